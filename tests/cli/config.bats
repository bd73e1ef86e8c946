#!/usr/bin/env bats
# ddlogs status, config and reset: what is set up, changing one value, and taking it away.
bats_require_minimum_version 1.5.0
load lib

setup() {
  sandbox
  KEY=$(new_key)
  printf %s "$KEY" >key
  chmod 600 key
  printf '{"version":1,"name":"acme","source":"acme","services":["acme"]}\n' >manifest.json
  FILE=$PWD/conf/config.json
}

teardown() { stop_intakes; }

teardown_file() {
  /usr/bin/python3 "$TESTS_DIR/schema.py" "$TESTS_DIR/../docs/schema.json" "$BATS_FILE_TMPDIR/objects"
}

config() { run --separate-stderr "$DDLOGS" config "$@" --manifest manifest.json --config "$FILE"; }
status() { run --separate-stderr "$DDLOGS" status --manifest manifest.json --config "$FILE" "$@"; }
reset() { run --separate-stderr "$DDLOGS" reset --manifest manifest.json --config "$FILE" "$@"; }
object() {
  printf '%s\n' "${lines[-1]}" >>"$BATS_FILE_TMPDIR/objects"
  jq -r "$1" <<<"${lines[-1]}"
}

put() {
  mkdir -p conf
  printf '%s\n' "$1" >"$FILE"
  chmod 600 "$FILE"
}

# ---- config ----

@test "set writes one value, get and list read it, and unset takes it back" {
  config set site eu1
  [ "$status" = 0 ]
  [ "$output" = $'site: (unset)\n  -> eu1' ]
  config get site
  [ "$output" = eu1 ]
  config set tags env:prod,team:web
  config list
  grep -qx 'site          = eu1' <<<"$output"
  grep -qx 'tags          = env:prod,team:web' <<<"$output"
  config unset tags
  [ "$status" = 0 ]
  config get tags
  [ -z "$output" ]
  [ "$(stat -c %a "$FILE")" = 600 ]
  [ -s "$FILE.bak" ]
}

@test "what is the same already touches nothing" {
  config set site eu1
  before=$(stat -c %Y.%i "$FILE")
  config set site datadoghq.eu
  [ "$output" = "unchanged: site is eu1 already" ]
  config set site eu1 --json
  [ "$(object .change)" = unchanged ]
  [ "$(stat -c %Y.%i "$FILE")" = "$before" ]
}

@test "--origin tells default, file and environment apart" {
  config set encoding zstd
  export DD_SITE=us5
  config list --origin
  grep -qx 'site          = us5   (environment)' <<<"$output"
  grep -qx 'encoding      = zstd   (file)' <<<"$output"
  grep -qx 'when_full     = block   (default)' <<<"$output"
  config list --json
  [ "$(object '.properties | [.site.origin, .encoding.value, .spool.value] | @csv')" = '"environment","zstd",' ]
  # what is set goes into the file as the file was, not as the environment makes it
  config set tags a:b
  [ "$(jq -r '.site' "$FILE")" = null ]
}

@test "a change takes back what a test said, and says so" {
  put '{"version": 1, "integration": "acme", "site": "eu1", "verified": true}'
  config set spool "$PWD/spool"
  [ "$(jq .verified "$FILE")" = true ]
  config set tags a:b
  [[ "$output" == *"counts no more"*"ddlogs test"* ]]
  [ "$(jq .verified "$FILE")" = null ]
}

@test "--dry-run shows the change and writes nothing" {
  config set site eu1 --dry-run
  [ "$status" = 0 ]
  [ "$output" = $'would change site: (unset)\n  -> eu1' ]
  [ ! -e "$FILE" ]
  config set site eu1 --dry-run --json
  [ "$(object '[.change, .before, .value] | @csv')" = '"none",,"eu1"' ]
}

@test "a key or value that is none is refused in one sentence, with what is meant" {
  while IFS='|' read -r code text words; do
    # shellcheck disable=SC2086
    config $words
    [ "$status" = "$code" ]
    [[ "$stderr" == *"$text"* ]]
    [ ! -e "$FILE" ]
  done <<'END'
65|did you mean "site"|set sit eu1
65|E-SITE|set site nowhere
65|come from the manifest|set source other
65|come from the manifest|get service
65|never kept in the configuration|set api_key x
65|decided by the manifest|set integration other
65|what a test says|set verified true
65|encoding|set encoding rar
65|https|set endpoint http://elsewhere.example
64|config takes list|set site
64|config takes list|show
END
  config set proxy "http://u:$KEY@proxy.example:3128"
  [ "$status" = 65 ]
  config set tags "secret:$KEY"
  [ "$status" = 65 ]
  printf '%s\n' "$stderr" "$output" >out
  assert_canary_free "$KEY" out
}

@test "validate names the first mistake by line and column" {
  put $'{"version": 1,\n  "integration": "acme",\n  "sight": "eu1"}'
  config validate
  [ "$status" = 78 ]
  [[ "$stderr" == *"config.json:3:3: "*sight* ]]
  run --separate-stderr "$DDLOGS" config validate "$FILE" --json
  [ "$status" = 78 ]
  [ "$(object .code)" = E-CFG-PARSE ]
  put '{"version": 1, "integration": "acme", "site": "eu1"}'
  config validate
  [ "$status" = 0 ]
  [ "$output" = "$FILE: valid" ]
  rm "$FILE"
  config validate
  [ "$status" = 78 ]
  [[ "$stderr" == *E-CFG-NONE* ]]
}

@test "a newer configuration is left alone, and so is one that others may write" {
  put '{"version": 2, "integration": "acme"}'
  config set site eu1
  [ "$status" = 78 ]
  [[ "$stderr" == *E-CFG-NEWER* ]]
  put '{"version": 1, "integration": "acme"}'
  chmod 666 "$FILE"
  config set site eu1
  [ "$status" = 73 ]
  [[ "$stderr" == *E-CFG-PERM* ]]
  [ "$(jq .site "$FILE")" = null ]
}

@test "path names the file, there or not" {
  config path
  [ "$status" = 0 ]
  [ "$output" = "$FILE" ]
  config path --json
  [ "$(object .path)" = "$FILE" ]
}

# ---- status ----

@test "status tells what is set up, and its exit code what is missing" {
  status
  [ "$status" = 78 ]
  [[ "$stderr" == *"nothing is set up yet"* ]]
  grep -q "^configuration $FILE, not there$" <<<"$output"
  put "{\"version\": 1, \"integration\": \"acme\", \"site\": \"eu1\", \"key_source\": \"file\", \"key_name\": \"$PWD/key\"}"
  status
  [ "$status" = 0 ]
  grep -qx 'site          eu1   (file)' <<<"$output"
  grep -qx "key           file $PWD/key: a key is there" <<<"$output"
  grep -qx 'verified      no: prove it with ddlogs test' <<<"$output"
  grep -qx 'spool         none is configured: logs wait in memory alone' <<<"$output"
  rm key
  status --json
  [ "$status" = 78 ]
  [ "$(object '[.code, .key.place, .key.there] | @csv')" = '"E-KEY-NONE","file",false' ] ||
    [ "$(object '[.code, .key.place] | @csv')" = '"E-KEY-FILE","file"' ]
}

@test "status counts the spool, knows DD_API_KEY, and shows no part of a key" {
  put "{\"version\": 1, \"integration\": \"acme\", \"site\": \"eu1\", \"spool\": \"$PWD/spool\"}"
  export DD_API_KEY=$KEY
  status
  [ "$status" = 0 ]
  grep -qx 'spool         nothing was spooled yet' <<<"$output"
  printf 'one\ntwo\n' | "$DDLOGS" send --manifest manifest.json --config "$FILE" --endpoint https://127.0.0.1:1 --timeout 1 || true
  status --json
  [ "$status" = 0 ]
  [ "$(object '[.spool.pending, .spool.owner, .key.place] | @csv')" = '2,,"environment"' ]
  status
  grep -q '^spool         2 pending (oldest .*), 0 refused, nobody sends$' <<<"$output"
  printf '%s\n' "$output" "$stderr" >out
  assert_canary_free "$KEY" out
}

# ---- reset ----

@test "reset lists, asks, and removes only what ddlogs wrote" {
  put "{\"version\": 1, \"integration\": \"acme\", \"site\": \"eu1\", \"spool\": \"$PWD/spool\", \"key_source\": \"file\", \"key_name\": \"$PWD/key\"}"
  config set tags a:b
  echo one | "$DDLOGS" send --manifest manifest.json --config "$FILE" --endpoint https://127.0.0.1:1 --timeout 1 --api-key-fd 9 9<key || true
  echo mine >spool/notes.txt
  reset --dry-run
  [ "$status" = 0 ]
  grep -q "^remove    spool         $PWD/spool$" <<<"$output"
  [[ "$output" == *"with 1 logs that wait"* ]]
  grep -q "^keep      key           $PWD/key: it is yours, not ours$" <<<"$output"
  [ -s "$FILE" ]
  reset --no-input
  [ "$status" = 64 ]
  [ -s "$FILE" ]
  reset --yes --json
  [ "$status" = 0 ]
  [ "$(object '[.removed.configuration, .removed.spool, .removed.key, .pending, .kept] | @csv')" = \
    'true,true,false,1,"notes.txt"' ]
  [ ! -e "$FILE" ]
  [ ! -e "$FILE.bak" ]
  [ ! -e conf ]
  [ "$(ls spool)" = notes.txt ]
  [ -s key ]
  reset --yes
  [ "$output" = "There is nothing to remove." ]
}

@test "reset touches nothing while a process uses the spool, and leaves it with --keep-spool" {
  put "{\"version\": 1, \"integration\": \"acme\", \"site\": \"eu1\", \"spool\": \"$PWD/spool\"}"
  mkfifo feed
  "$DDLOGS" send --manifest manifest.json --config "$FILE" --endpoint https://127.0.0.1:1 --api-key-fd 9 9<key <feed \
    >send.out 2>send.err 3>&- &
  pid=$!
  exec 8>feed
  wait_until 10 test -e spool/cursor
  reset --yes
  [ "$status" = 73 ]
  [[ "$stderr" == *"E-SPOOL-BUSY: process $pid uses"* ]]
  [ -s "$FILE" ]
  reset --yes --keep-spool
  [ "$status" = 0 ]
  [ ! -e "$FILE" ]
  [ -e spool/cursor ]
  kill "$pid"
  wait "$pid" || true
  exec 8>&-
}

@test "reset is rid of a configuration that cannot be read" {
  put '{"version": 1, rubbish'
  reset --yes
  [ "$status" = 0 ]
  [ ! -e "$FILE" ]
}

@test "no is no, and nothing is removed" {
  put '{"version": 1, "integration": "acme"}'
  /usr/bin/python3 "$SRCDIR/answer.py" 'Remove this' n "$DDLOGS" reset --manifest manifest.json --config "$FILE" >out 2>&1 || code=$?
  [ "$code" = 130 ]
  grep -q 'Remove this? \[y/N\]' out
  [ -s "$FILE" ]
  /usr/bin/python3 "$SRCDIR/answer.py" 'Remove this' y "$DDLOGS" reset --manifest manifest.json --config "$FILE" >out 2>&1
  [ ! -e "$FILE" ]
}
