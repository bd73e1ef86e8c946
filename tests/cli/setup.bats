#!/usr/bin/env bats
# ddlogs setup without a person: what it writes, what it refuses, what it leaves alone.
load lib

setup() {
  sandbox
  key=$(new_key)
  wrong=$(new_key)
  printf %s "$key" >key
  printf %s "$wrong" >wrong
  chmod 600 key wrong
  printf '{"version": 1, "name": "acme_widget", "services": ["web", "api"]}' >manifest.json
  config=$XDG_CONFIG_HOME/ddlogs/acme_widget/config.json
}

teardown() {
  stop_intakes
}

# set_up OPTION...: with the right key on descriptor 9, unless KEYFILE says otherwise
set_up() {
  status=0
  "$DDLOGS" setup --no-input --manifest manifest.json --endpoint "$INTAKE_URL" --site eu1 \
    --api-key-fd 9 --key-store session "$@" 9<"${KEYFILE:-key}" >out 2>err 3>&- </dev/null || status=$?
  cat out err
  assert_canary_free "$key" out err
}

object() {
  tail -n 1 out
}

start_strict_intake() {
  start_intake --api-key-file key "$@"
}

@test "one command line sets up, tests and writes, and ends with one object" {
  start_strict_intake
  status=0
  "$DDLOGS" setup --no-input --manifest manifest.json --endpoint "http://127.0.0.1:$INTAKE_PORT" \
    --site eu1 --tag env:prod --api-key-fd 3 --key-store session --json 3<key >out 2>err </dev/null ||
    status=$?
  cat out err
  [ "$status" = 0 ]
  [ "$(wc -l <out)" = 1 ]
  object | jq -e '.schema == 1 and .command == "setup" and .ok == true and .exit_code == 0 and
    .site == "eu1" and (.stages | length) == 8 and .change == "created"'
  [ "$(object | jq -r .config)" = "$config" ]
  [ "$(object | jq .accepted)" = "$(entries | wc -l)" ]
  [ "$(entries | grep -c "$(object | jq -r .test_id)")" = "$(entries | wc -l)" ]
  [ "$(entries | jq -r .env | sort -u)" = prod ]
  jq -e '. == {version: 1, integration: "acme_widget", site: "eu1", endpoint: $url, tags: ["env:prod"],
    encoding: "zstd", key_source: "session", verified: true}' --arg url "$INTAKE_URL" "$config"
  [ "$(stat -c %a "$config")" = 600 ]
  [ "$(stat -c %a "${config%/*}")" = 700 ]
  assert_canary_free "$key" out err "$HOME" "$INTAKE_RECORD" "$INTAKE_LOG"
}

@test "the object is what docs/schema.json says, on success and on failure" {
  start_strict_intake
  for file in key wrong; do
    KEYFILE=$file set_up --json
    object >"$file.json"
    /usr/bin/python3 -c 'import json,sys,jsonschema; jsonschema.validate(json.load(open(sys.argv[2])), json.load(open(sys.argv[1])))' \
      "$TESTS_DIR/../docs/schema.json" "$file.json"
  done
}

@test "a wrong key exits 77 and writes nothing" {
  start_strict_intake
  KEYFILE=wrong set_up --json
  [ "$status" = 77 ]
  object | jq -e '.ok == false and .exit_code == 77 and .code == "E-KEY-403" and .accepted == 0 and
    .config == null and .change == "none"'
  [ ! -e "$XDG_CONFIG_HOME" ]
  [ -z "$(entries)" ]
  assert_canary_free "$wrong" out err "$HOME"
}

@test "each step and the verdict are printed" {
  start_strict_intake
  set_up --tag team:web
  [ "$status" = 0 ]
  grep -q '^1/6 Datadog site: EU1' out
  grep -q '^2/6 API key: Use the key given with --api-key-fd' out
  grep -q '^4/6 Tags: team:web' out
  grep -qE '^OK    Send batch ' out
  grep -q '^Ready\. [0-9]* test logs were accepted by http://127' out
  grep -qF "$config" out
}

@test "all that is missing is told at once" {
  for arguments in --no-input ''; do
    status=0
    "$DDLOGS" setup $arguments --manifest manifest.json </dev/null >out 2>err 3>&- || status=$?
    [ "$status" = 64 ]
    grep -qF 'missing: --site, an API key (--api-key-fd N, --api-key - or DD_API_KEY)' err
    [ ! -e "$XDG_CONFIG_HOME" ]
  done
}

@test "a second run with the same values says unchanged and touches nothing" {
  start_strict_intake
  set_up --tag env:prod
  before=$(stat -c '%n %y %i' "$config" "${config%/*}")
  set_up --tag env:prod --json
  [ "$status" = 0 ]
  [ "$(object | jq -r .change)" = unchanged ]
  [ "$before" = "$(stat -c '%n %y %i' "$config" "${config%/*}")" ]
  set_up
  grep -q '^INFO  unchanged' out
  [ "$before" = "$(stat -c '%n %y %i' "$config" "${config%/*}")" ]
}

@test "what is given anew is changed, the rest stays, and the old file is kept" {
  start_strict_intake
  set_up --tag env:prod --tag team:web
  cp "$config" old
  status=0
  "$DDLOGS" setup --no-input --manifest manifest.json --site us5 --api-key - <key >out 2>err 3>&- || status=$?
  cat out err
  [ "$status" = 0 ]
  grep -q '^  + .*us5' out
  grep -q '^  - .*eu1' out
  [ "$(jq -c .tags "$config")" = '["env:prod","team:web"]' ]
  cmp old "$config.bak"
}

@test "a dry run shows what would be written and writes nothing" {
  start_strict_intake
  set_up --dry-run
  [ "$status" = 0 ]
  grep -q '^  + .*"site": "eu1"' out
  grep -q 'Dry run: nothing was written' out
  [ ! -e "$XDG_CONFIG_HOME" ]
}

@test "check-only tests and writes nothing" {
  start_strict_intake
  set_up --check-only
  [ "$status" = 0 ]
  [ ! -e "$XDG_CONFIG_HOME" ]
  KEYFILE=wrong set_up --check-only
  [ "$status" = 77 ]
}

@test "a failed test is saved on demand alone, and marked as not verified" {
  INTAKE_URL=http://127.0.0.1:1
  set_up
  [ "$status" = 69 ]
  [ ! -e "$XDG_CONFIG_HOME" ]
  set_up --save-anyway
  [ "$status" = 0 ]
  grep -q 'not verified' out
  [ "$(jq '.verified // false' "$config")" = false ]
}

@test "an encoding given by option stays" {
  start_strict_intake
  set_up --encoding gzip
  [ "$status" = 0 ]
  [ "$(jq -r '.encoding // "gzip"' "$config")" = gzip ]
}

@test "one of several integrations is named, or the names are told" {
  for name in one two; do
    mkdir -p "integrations/$name"
    printf '{"version": 1, "name": "%s"}' "$name" >"integrations/$name/manifest.json"
  done
  export DDLOGS_INTEGRATIONS_PATH=$PWD/integrations
  start_strict_intake
  status=0
  "$DDLOGS" setup --no-input --site eu1 --api-key-fd 9 9<key >out 2>err 3>&- </dev/null || status=$?
  cat err
  [ "$status" = 64 ]
  grep -qE 'missing: --integration \(one, two\)' err
  "$DDLOGS" setup --no-input --integration two --endpoint "$INTAKE_URL" --site eu1 --key-store session \
    --api-key-fd 9 9<key 3>&- </dev/null
  [ "$(jq -r .integration "$XDG_CONFIG_HOME/ddlogs/two/config.json")" = two ]
}

@test "without an integration one sentence says how to get one" {
  mkdir empty
  export DDLOGS_INTEGRATIONS_PATH=$PWD/empty
  status=0
  "$DDLOGS" setup --no-input --site eu1 </dev/null >out 2>err 3>&- || status=$?
  [ "$status" = 78 ]
  grep -q 'E-MANIFEST-NONE' err
  grep -q 'ddlogs demo' err
}

@test "an application key is refused before anything is sent" {
  start_intake
  printf %s "$key${key:0:8}" >appkey
  KEYFILE=appkey set_up --json
  [ "$status" = 65 ]
  [ "$(object | jq -r .code)" = E-KEY-APPKEY ]
  stop_intake
  grep -q '^0 requests' "$INTAKE_OUT"
}

@test "without a keyring nothing is saved and another place is asked for" {
  start_strict_intake
  status=0
  "$DDLOGS" setup --no-input --manifest manifest.json --endpoint "$INTAKE_URL" --site eu1 \
    --api-key-fd 9 9<key >out 2>err 3>&- </dev/null || status=$?
  cat out err
  [ "$status" = 78 ]
  grep -q E-KS-NOBUS err
  grep -q -- --key-store err
  [ ! -e "$XDG_CONFIG_HOME" ]
}

@test "a key in an owner-only file is used, and its path is all that is kept" {
  start_strict_intake
  status=0
  "$DDLOGS" setup --no-input --manifest manifest.json --endpoint "$INTAKE_URL" --site eu1 \
    --key-store file --key-name "$PWD/key" >out 2>err 3>&- </dev/null || status=$?
  cat out err
  [ "$status" = 0 ]
  [ "$(jq -r .key_name "$config")" = "$PWD/key" ]
  assert_canary_free "$key" "$HOME" out err
  chmod 644 key
  status=0
  "$DDLOGS" setup --no-input --manifest manifest.json </dev/null >out 2>err 3>&- || status=$?
  [ "$status" = 78 ]
  grep -q E-KEY-FILE err
}

@test "the environment suggests values for a first set-up and is warned of later" {
  start_strict_intake
  DD_SITE=us3 DD_ENV=stage DD_API_KEY=$key "$DDLOGS" setup --no-input --manifest manifest.json \
    --endpoint "$INTAKE_URL" --key-store environment 3>&- </dev/null
  [ "$(jq -r .site "$config")" = us3 ]
  [ "$(jq -c .tags "$config")" = '["env:stage"]' ]
  cp "$config" first
  DD_SITE=us5 DD_API_KEY=$key "$DDLOGS" setup --no-input --manifest manifest.json 3>&- </dev/null >out
  grep -q 'W-ENV-OVERRIDE: DD_SITE=us5' out
  cmp first "$config"
}

@test "a second set-up at the same time is refused" {
  start_strict_intake
  mkdir -p "${config%/*}"
  chmod 700 "${config%/*}"
  exec 8>"$config.lock"
  flock 8
  set_up
  [ "$status" = 73 ]
  grep -q E-CFG-BUSY err
  [ ! -e "$config" ]
}

@test "one step alone leaves the others as they are" {
  start_strict_intake
  set_up --tag env:prod
  status=0
  "$DDLOGS" setup --no-input --manifest manifest.json --only tags --tag env:test --api-key - <key \
    >out 2>err 3>&- || status=$?
  cat out err
  [ "$status" = 0 ]
  run ! grep -q '^1/6' out
  [ "$(jq -c .tags "$config")" = '["env:test"]' ]
  [ "$(jq -r .site "$config")" = eu1 ]
}

@test "the demo reaches Ready by itself and leaves nothing behind" {
  export TMPDIR=$PWD/tmp
  mkdir tmp
  "$DDLOGS" demo --no-input </dev/null >out 3>&-
  cat out
  grep -q 'This is a demo' out
  grep -q '^Ready\.' out
  [ -z "$(ls tmp)" ]
  [ ! -e "$XDG_CONFIG_HOME" ]
}

@test "mistakes of the command line are named" {
  status=0
  "$DDLOGS" setup --only everything --manifest manifest.json </dev/null 2>err 3>&- || status=$?
  [ "$status" = 64 ]
  grep -q 'site, key, store or tags' err
  status=0
  "$DDLOGS" setup sideways </dev/null 2>err 3>&- || status=$?
  [ "$status" = 64 ]
}
