# The wizard as line prompts, and the same answers through all three front ends.

load lib

setup_file() { terminal_server; }
teardown_file() { terminal_end; }

setup() {
  sandbox
  key=$(new_key)
  wrong=$(new_key)
  printf %s "$key" >key
  printf %s "$wrong" >wrong
  chmod 600 key wrong
  printf '{"version": 1, "name": "acme_widget", "services": ["web", "api"]}' >manifest.json
  start_intake --api-key-file key
}

teardown() {
  stop_intakes
}

# wizard TERM FOLDER OPTION...: in a terminal, configuration under FOLDER. What it wrote to the
# terminal, byte for byte, is in FOLDER.bytes.
wizard() {
  local term=$1 folder=$2
  shift 2
  start 80x24 C.UTF-8 "$term" XDG_CONFIG_HOME="$PWD/$folder" script -qfec \
    "$DDLOGS setup --manifest manifest.json --endpoint $INTAKE_URL --key-store session $*" "$folder.bytes"
}

answer() {
  type_text "$1"
  keys Enter
}

# The answers of the tests: EU1, the key, two tags.
answer_all_plain() {
  wait_for 'Site number, name or URL'
  answer 4
  wait_for 'API key (input is hidden)'
  answer "$key"
  wait_for 'Add tags (empty: go on)'
  answer 'Team:Web env:prod'
  wait_for '2 added'
  answer ''
  wait_for 'test logs were accepted.'
  wait_for 'Your choice [go on]'
  answer ''
  wait_for 'Your choice [write]'
  answer ''
  wait_for 'Enter to end'
  answer ''
  wait_over 'man ddlogs-config'
}

@test "line prompts lead to a written configuration, without a control sequence" {
  wizard xterm-256color config --plain
  answer_all_plain
  [ "$(jq -r .site config/ddlogs/acme_widget/config.json)" = eu1 ]
  # script(1) adds lines of its own around what the program wrote
  sed '1d;$d' config.bytes >program.bytes
  run ! grep -q $'\033' program.bytes
  grep -q 'Step 1 of 6. Datadog site.' program.bytes
  everything_shown >shown
  assert_canary_free "$key" shown config.bytes config
}

@test "the three front ends write the same bytes for the same answers" {
  wizard xterm-256color plain --plain
  answer_all_plain
  wizard xterm-256color curses
  wait_for 'Which Datadog site'
  keys 4
  wait_for 'EU1 can be reached'
  keys Enter
  wait_for 'Paste an API key'
  paste "$key"
  wait_for 'looks like an API key'
  keys Enter
  wait_for 'Which tags'
  paste 'Team:Web env:prod'
  wait_for 'team:web'
  keys Enter
  wait_for '2 added'
  keys Enter
  wait_for 'test logs were accepted'
  keys Enter
  wait_for 'Write this configuration?'
  keys Enter
  wait_for 'Ready.'
  keys Enter
  wait_over 'Ready.'
  XDG_CONFIG_HOME=$PWD/flags "$DDLOGS" setup --no-input --manifest manifest.json \
    --endpoint "$INTAKE_URL" --key-store session --site eu1 --tag Team:Web --tag env:prod \
    --api-key-fd 9 9<key 3>&- </dev/null
  cmp plain/ddlogs/acme_widget/config.json curses/ddlogs/acme_widget/config.json
  cmp plain/ddlogs/acme_widget/config.json flags/ddlogs/acme_widget/config.json
}

@test "the demo leads to Ready in six key presses and one paste" {
  mkdir tmp
  start 80x24 C.UTF-8 xterm-256color TMPDIR="$PWD/tmp" "$DDLOGS" demo
  wait_for 'Which Datadog site'
  keys Enter
  wait_for 'Paste it:'
  sample=$(screen | grep -oE '\b[0-9a-f]{32}\b' | head -n 1)
  paste "$sample"
  wait_for 'looks like an API key'
  keys Enter
  wait_for 'Which tags'
  keys Enter
  wait_for 'test logs were accepted'
  keys Enter
  wait_for 'Write this configuration?'
  keys Enter
  wait_for 'Ready.'
  keys Enter
  wait_over 'This was a demo'
  wait_until 10 test -z "$(ls tmp)"
}

@test "the demo removes its folder and its intake when it is ended by a signal" {
  mkdir tmp
  start 80x24 C.UTF-8 xterm-256color TMPDIR="$PWD/tmp" "$DDLOGS" demo
  wait_for 'Which Datadog site'
  [ -n "$(ls tmp)" ]
  kill -TERM "$(pane_pid)"
  wait_until 10 dead
  wait_until 10 test -z "$(ls tmp)"
}

@test "a question mark helps, a less-than sign goes back, nonsense is told" {
  wizard dumb config
  wait_for 'plain mode. Type ? for help'
  answer '?'
  wait_for 'Datadog runs several sites'
  wait_for '< goes back a step'
  hides PgUp # keys of a screen mean nothing here
  answer ''
  answer 'https://example.com'
  wait_for FAIL
  answer eu1
  wait_for 'API key (input is hidden)'
  answer '<'
  wait_for 'Now: EU1 (given now)'
  answer 'https://acme.us5.datadoghq.com/logs'
  wait_for 'US5 custom endpoint'
}

@test "a refused key offers numbered ways out" {
  wizard dumb config
  answer eu1
  wait_for 'API key (input is hidden)'
  answer "$wrong"
  wait_for 'E-KEY-403'
  wait_for 'e enter again'
  answer e
  wait_until 10 sh -c "[ \$(grep -c 'input is hidden' config.bytes) = 2 ]"
  answer "$key"
  wait_for 'Add tags'
  everything_shown >shown
  assert_canary_free "$key" shown config.bytes
  assert_canary_free "$wrong" shown config.bytes
}

@test "a tag is removed and travels another way by a letter behind a slash" {
  wizard dumb config --tag env:prod --tag team:web
  answer eu1
  wait_for 'API key (input is hidden)'
  answer "$key"
  wait_for 'Add tags'
  answer '/d 1'
  answer '/t'
  wait_for '"ddtags":"team:web"'
}

@test "a failed test is answered by number" {
  stop_intake
  wizard dumb config
  answer eu1
  wait_for 'API key (input is hidden)'
  answer "$key"
  wait_for 'E-NET-REFUSED'
  answer c
  wait_for 'Add tags'
  answer ''
  wait_for 'save anyway'
  number=$(screen | grep -oE '[0-9] save anyway' | tail -n 1 | cut -c 1)
  answer "$number"
  wait_for 'Save anyway (not verified)?'
  answer ''
  wait_for 'Your choice [repeat]'
}

@test "an unknown terminal, ACCESSIBLE and TERM unset give line prompts" {
  for variable in TERM=ddlogs-nowhere TERM=dumb ACCESSIBLE=1; do
    start 80x24 C.UTF-8 xterm "$variable" "$DDLOGS" setup --manifest manifest.json
    wait_for 'plain mode.'
    stop
  done
}

@test "where a key cannot be typed hidden it is not taken" {
  status=0
  printf 'eu1\n%s\n' "$key" | "$DDLOGS" setup --plain --manifest manifest.json --endpoint "$INTAKE_URL" \
    --key-store session >out 2>err 3>&- || status=$?
  cat out err
  [ "$status" = 64 ]
  grep -qF -- '--api-key-fd' out
  [ ! -e "$XDG_CONFIG_HOME" ]
}

@test "an end of the input or Ctrl-C ends it and saves nothing" {
  status=0
  "$DDLOGS" setup --plain --manifest manifest.json </dev/null >out 2>err 3>&- || status=$?
  [ "$status" = 130 ]
  wizard dumb config
  wait_for 'Site number'
  keys C-c
  wait_until 10 dead
  [ ! -e config ]
}

@test "a long wait is told at 2 seconds" {
  stop_intake
  start_intake --api-key-file key --fault delay=2500ms@/api/v1/validate
  wizard dumb config
  answer eu1
  wait_for 'API key (input is hidden)'
  answer "$key"
  wait_for '2 s: RUN'
  wait_for 'Add tags'
}

@test "my site is found after a yes, and only then is another site asked" {
  stop_intake
  start_tls_intake --api-key-file key --fault 'status=403@api.datadoghq.com/api/v1/validate' \
    --fault 'status=403@api.us3.datadoghq.com/api/v1/validate'
  start 80x40 C.UTF-8 dumb XDG_CONFIG_HOME="$PWD/config" "$DDLOGS" setup --manifest manifest.json \
    --connect-to "127.0.0.1:$INTAKE_PORT" --ca-file "$CA_FILE" --key-store session
  wait_for 'Site number'
  answer us1
  wait_for 'input is hidden'
  answer "$key"
  wait_for 'f find my site'
  answer f
  wait_for 'sends the key to 6 other Datadog sites (US3, US5, EU1, AP1, AP2, UK1)'
  [ "$(grep -c /api/v1/validate "$INTAKE_LOG")" = 1 ]
  answer y
  wait_for 'US5 knows this key'
  [ "$(grep -c /api/v1/validate "$INTAKE_LOG")" = 3 ]
  run ! grep -q ddog-gov "$INTAKE_LOG"
  answer ''
  wait_for 'Add tags'
  answer ''
  wait_for 'test logs were accepted.'
  answer ''
  wait_for 'Your choice [write]'
  answer ''
  wait_for 'accepted by Datadog US5'
  [ "$(jq -r .site config/ddlogs/acme_widget/config.json)" = us5 ]
}

@test "all nine sites are tried at once and without a key" {
  stop_intake
  start_tls_intake --api-key-file key
  start 80x40 C.UTF-8 dumb "$DDLOGS" setup --manifest manifest.json --connect-to "127.0.0.1:$INTAKE_PORT" \
    --ca-file "$CA_FILE"
  wait_for 'Site number'
  answer o
  wait_for 'Enter to go back'
  [ "$(screen | grep -c '^OK .*can be reached')" = 9 ]
  stop_intake
  grep -q '^0 requests' "$INTAKE_OUT"
}
