#!/usr/bin/env bats
# What a careless caller or somebody who means harm can do with words, files, variables and
# descriptors.
load lib

setup() {
  sandbox
  key=$(new_key)
  printf %s "$key" >key
  chmod 600 key
  printf '{"version": 1, "name": "acme_widget", "services": ["web", "api"]}' >manifest.json
  # an escape sequence, the same by a C1 character, a change of direction, a line end
  evil=$'\e]0;owned\a\e[2J\xc2\x9b31m\xe2\x80\xae\nDone.'
}

teardown() {
  stop_intakes
}

run_hostile() {
  status=0
  timeout 20 "$DDLOGS" "$@" 9<key >out 2>err 3>&- || status=$?
  cat -v out err
}

# Every line is printable, and a line that begins is one of ours.
assert_harmless() {
  if grep -aP '[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\xaa-\xae]' "$@" | cat -v; then
    [ "${PIPESTATUS[0]}" = 1 ]
  fi
  ! grep -a '^Done' "$@" || false
}

@test "no word, value or path of the command line acts on the terminal" {
  local -a lines=(
    "X" "X --json" "test X --json" "setup X" "demo X" "intake X" "help X" "help a X" "key X"
    "test --X" "test --X=1 --json" "test --manifest X --json" "test --manifest manifest.json --config X --json"
    "test --integration X" "test --manifest manifest.json --site X --json"
    "setup --no-input --manifest manifest.json --only X --json"
    "setup --no-input --manifest manifest.json --site eu1 --color X --api-key-fd 9"
    "setup --no-input --manifest manifest.json --site eu1 --tag X:X --json"
    "setup --no-input --manifest manifest.json --site eu1 --endpoint http://X --json"
    "setup --no-input --manifest manifest.json --site eu1 --proxy http://X --json"
    "test --manifest manifest.json --site eu1 --ca-file X --api-key-fd 9 --json"
    "send --manifest manifest.json --service X" "send --manifest manifest.json --status X"
    "send --manifest manifest.json --site eu1 --api-key-fd 9 X"
    "key status --manifest manifest.json --site eu1 --key-store file --key-name X --json"
    "intake --fault X" "intake --record /none/X" "intake --port-file /none/X"
    "intake --api-key-file /none/X" "intake --api-key-hash X" "intake --port X")
  local line
  for line in "${lines[@]}"; do
    local -a words
    read -ra words <<<"$line"
    run_hostile "${words[@]//X/$evil}"
    [ "$status" != 0 ]
    [ "$status" -lt 124 ]
    [ -s err ]
    assert_harmless out err
    [[ $line = *--json* ]] || continue
    tail -n 1 out | jq -e '.ok == false and .exit_code > 0'
    tail -n 1 out | jq -j '.. | strings' >texts
    assert_harmless texts
  done
}

@test "a key put where it does not belong is not repeated" {
  local line
  for line in "$key" "$key --json" "test $key" "setup $key" "help $key" "key $key" "test --$key" \
    "test --api-key $key --json" "setup --api-key=$key" "test --api-key-fd $key" \
    "setup --no-input --manifest manifest.json --only $key" \
    "send --manifest manifest.json --service $key" "test --integration $key" \
    "setup --no-input --manifest manifest.json --tag $key" \
    "setup --no-input --manifest manifest.json --tag team:$key --json" \
    "setup --no-input --manifest manifest.json --site $key --json" \
    "setup --no-input --manifest manifest.json --env $key" \
    "test --manifest manifest.json --endpoint https://$key.example" \
    "test --manifest manifest.json --proxy http://$key@proxy.example:1"; do
    # shellcheck disable=SC2086
    run_hostile $line
    [ "$status" != 0 ]
    assert_canary_free "$key" out err
  done
}

@test "a command line that cannot be read gets an object too, where --json is on it" {
  local line
  for line in "--json" "nothing --json" "test --nothing --json" "test --json --site" \
    "send --json --timeout x" "setup --json --only nothing" "key --json" "intake --json --port 70000"; do
    # shellcheck disable=SC2086
    run_hostile $line
    [ "$status" = 64 ]
    [ "$(wc -l <out)" = 1 ]
    jq -e '.schema == 1 and .ok == false and .exit_code == 64 and .code == "E-USAGE"' out
  done
}

@test "output that cannot be written is a failure with its reason, for every command" {
  start_intake
  local line
  local -a to=(--manifest manifest.json --site eu1 --endpoint "$INTAKE_URL" --api-key-fd 9)
  echo a line >lines
  for line in "--help" "--version" "help" "help not-visible" "help E-KEY-403" "setup --help" \
    "test ${to[*]}" "test ${to[*]} --json" "send ${to[*]} --json lines" "demo --no-input" \
    "setup ${to[*]} --no-input --key-store session --json" \
    "setup ${to[*]} --no-input --key-store session --check-only"; do
    status=0
    # shellcheck disable=SC2086
    "$DDLOGS" $line >/dev/full 2>err 9<key 3>&- || status=$?
    [ "$status" = 73 ]
    grep -q '^ddlogs: E-IO: standard output' err
    status=0
    # shellcheck disable=SC2086
    "$DDLOGS" $line >&- 2>err 9<key 3>&- || status=$?
    [ "$status" = 73 ]
    grep -q '^ddlogs: E-IO: standard output' err
  done
}

@test "with all standard descriptors closed nothing is written where it does not belong" {
  start_intake
  status=0
  "$DDLOGS" setup --no-input --manifest manifest.json --site eu1 --endpoint "$INTAKE_URL" \
    --api-key-fd 9 --key-store session 9<key <&- >&- 2>&- 3>&- || status=$?
  [ "$status" = 73 ] # its words could not be written, the configuration could
  jq -e '.site == "eu1" and .verified' "$XDG_CONFIG_HOME/ddlogs/acme_widget/config.json"
  [ "$(grep -c . "$XDG_CONFIG_HOME/ddlogs/acme_widget/config.json.lock")" = 1 ]
  stop_intake
  [ "$(entries | wc -l)" = 31 ]
  ! grep -q ' 400 ' "$INTAKE_LOG" || false
}

@test "a password in a proxy variable is shown nowhere" {
  local name
  for name in HTTPS_PROXY https_proxy ALL_PROXY DD_PROXY_HTTPS; do
    export "$name=http://somebody:hidden-pass-word@127.0.0.1:1"
    run_hostile test --manifest manifest.json --site eu1 --api-key-fd 9 --json
    [ "$status" = 69 ]
    ! grep -r hidden-pass-word out err || false
    run_hostile setup --no-input --manifest manifest.json --site eu1 --api-key-fd 9 \
      --key-store session --save-anyway
    ! grep -r hidden-pass-word out err "$HOME" || false
    unset "$name"
  done
}

@test "an option whose value is empty is told, not ignored" {
  local option
  for option in config manifest site endpoint ca-file proxy integration tags-in; do
    run_hostile test --manifest manifest.json --site eu1 --api-key-fd 9 "--$option" ""
    [ "$status" = 64 ]
    grep -qF -- "--$option needs a value" err
  done
}

@test "a value that is none is told by every command that takes the option, with an object too" {
  local word command option tried=0
  local -A verb=([config]=list [key]=status [spool]=status [pipeline]=test [integration]=lint)
  # a report is for when things are wrong: it tells the value and goes on (report.bats)
  for word in $("$DDLOGS" --help | sed -n 's/^  \([a-z]*\)  .*/\1/p' | grep -v '^report$'); do
    "$DDLOGS" "$word" --help >help
    command="$word ${verb[$word]-}"
    ! grep -q -- ' --manifest FILE' help || command+=" --manifest manifest.json"
    ! grep -q -- ' --no-input ' help || command+=" --no-input"
    while read -r option; do
      grep -q -- " ${option%% *} " help || continue
      for json in "" --json; do
        [ -z "$json" ] || grep -q -- ' --json ' help || continue
        read -ra words <<<"$command $option $json"
        run_hostile "${words[@]}" </dev/null
        echo "${words[*]}: $status"
        [[ "$status" =~ ^(64|65|78)$ ]]
        grep -q '^ddlogs: E-[A-Z-]*: ' err
        [ -z "$json" ] || jq -e '.ok == false and .code != null' <<<"$(tail -n 1 out)" >/dev/null
        tried=$((tried + 1))
      done
    done <<'TEXT'
--site mars
--endpoint nonsense
--api-endpoint nonsense
--connect-to x
--proxy :x:
--encoding lzma
--tags-in moon
--key-store moon
--color pink
--timeout never
--when-full explode
--spool-bytes much
TEXT
  done
  [ "$tried" -ge 80 ]
}

@test "a DD_API_KEY that is no key stops only what would use it" {
  export DD_API_KEY=$'first line\nsecond'
  run_hostile help
  [ "$status" = 0 ]
  run_hostile demo --no-input
  [ "$status" = 0 ]
  run_hostile test --manifest manifest.json --site eu1
  [ "$status" = 65 ]
  ! grep -q second out err || false
}

@test "--version behind a command prints the version and does nothing else" {
  local command
  for command in setup test send key demo intake help; do
    run_hostile "$command" --version
    [ "$status" = 0 ]
    grep -q '^ddlogs [0-9]' out
    [ "$(wc -l <out)" = 1 ]
  done
}

@test "a time of no seconds is refused where nothing could be done in it" {
  local command
  for command in "setup --no-input" test "key status" "demo --no-input"; do
    # shellcheck disable=SC2086
    run_hostile $command --timeout 0
    [ "$status" = 64 ]
  done
}

@test "a configuration that cannot be read is written anew as its error says" {
  start_intake
  local folder=$XDG_CONFIG_HOME/ddlogs/acme_widget
  local -a to=(--manifest manifest.json --no-input --site eu1 --endpoint "$INTAKE_URL" --api-key-fd 9
    --key-store session)
  mkdir -p -m 700 "$folder"
  for text in '{"version":' '{"version":999,"integration":"acme_widget"}'; do
    echo "$text" >"$folder/config.json"
    run_hostile setup "${to[@]}"
    [ "$status" = 78 ]
    [ "$(cat "$folder/config.json")" = "$text" ]
    grep -q 'next: Or set the file aside under another name, then run: ddlogs setup' err
    mv "$folder/config.json" "$folder/aside"
    run_hostile setup "${to[@]}"
    [ "$status" = 0 ]
    jq -e .verified "$folder/config.json"
  done
}

@test "line prompts that cannot hide the key end with an object too" {
  status=0
  "$DDLOGS" setup --plain --json --manifest manifest.json <<<"us1" >out 2>err 3>&- || status=$?
  [ "$status" = 64 ]
  [ "$(wc -l <out)" = 1 ]
  tail -n 1 out | jq -e '.code == "E-USAGE" and .exit_code == 64 and (.message | test("hidden"))'
}

@test "which sites can be reached is told without an integration as well" {
  export DDLOGS_INTEGRATIONS_PATH=$BATS_TEST_TMPDIR/none
  run_hostile test --site all --proxy http://127.0.0.1:1 --json --timeout 5
  [ "$status" = 69 ]
  tail -n 1 out | jq -e '.sites | length == 9'
  run_hostile test --site all --integration other --json
  [ "$status" = 78 ]
  tail -n 1 out | jq -e '.code == "E-MANIFEST-NONE" and .stages == []'
}

@test "DD_SITE and DD_API_KEY do where nothing is saved, as in a pipeline" {
  start_intake
  echo a line >lines
  export DD_SITE=eu1 DD_API_KEY=$key DDLOGS_ENDPOINT=$INTAKE_URL
  run_hostile test --manifest manifest.json --json
  [ "$status" = 0 ]
  tail -n 1 out | jq -e '.site == "eu1" and .config == null and .accepted == 31'
  run_hostile send --manifest manifest.json --json lines
  [ "$status" = 0 ]
  assert_canary_free "$key" out err "$HOME" "$INTAKE_RECORD" "$INTAKE_LOG"
}
