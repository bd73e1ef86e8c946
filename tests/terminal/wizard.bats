# The real wizard on a terminal, against a local intake: keys in, a configuration out.

load lib

setup_file() { terminal_server; }
teardown_file() { terminal_end; }

# Paths on the screen have the same length in every run, whatever the suite's own folders are.
setup() {
  sandbox
  FOLDER=$(mktemp -d /tmp/ddlogs-XXXXXX)
  export HOME=$FOLDER/home XDG_CONFIG_HOME=$FOLDER/config
  mkdir -p "$HOME"
  cp "$TESTS_DIR/../docs/guide/acme_widget/manifest.json" "$FOLDER/"
  cd "$FOLDER" || return 1
  KEY=$(new_key)
  printf %s "$KEY" >"$BATS_TEST_TMPDIR/key"
  chmod 600 "$BATS_TEST_TMPDIR/key"
  start_tls_intake --api-key-file "$BATS_TEST_TMPDIR/key"
  cp "$CA_FILE" "$FOLDER/ca.pem"
  CONFIG=$FOLDER/config.json
}

teardown() {
  stop_intakes
  rm -rf "${FOLDER:?}"
}

masked() {
  sed -E -e 's| +[0-9]+ ms\b| N ms|g' -e 's/:[0-9]{5}\b/:PORT_/g' \
    -e 's|/tmp/ddlogs-[A-Za-z0-9]{6}|/tmp/ddlogs-FOLDER|g' -e 's/[0-9a-f]{8}-[0-9a-f]{8}/TEST-ID/g' \
    -e 's/[0-9]+ kB/N kB/g' -e 's/port [0-9]{5}\b/port PORT_/' -e 's/[0-9]+ s of /N s of /'
}

# wizard SIZE LOCALE [OPTION...]
wizard() {
  start "$1" "$2" xterm-256color "$DDLOGS" setup --manifest manifest.json \
    --config "$CONFIG" \
    --connect-to "127.0.0.1:$INTAKE_PORT" --ca-file ca.pem "${@:3}"
}

# One key press, counted.
press() {
  PRESSED=$((${PRESSED-0} + 1))
  keys "$1"
}

# The whole way, with the golden screen of each page if a file is named.
walk() {
  local file=$1
  page() {
    wait_for "$1"
    [ -z "$file" ] || golden "$file" "$2"
  }
  wait_for 'Which Datadog'
  press 4
  page 'EU1 can be' site
  press Enter
  page 'Paste an' key
  paste "$KEY
"
  wait_for '[********************************]'
  page 'hexadecimal' 'key pasted'
  press Enter
  page 'Where shall' store
  ! shows 'not available' || press 2 # without a keyring: this run only
  press Enter
  page 'Which tags' tags
  paste 'Team:Web Ops,env:prod'
  page 'team:web_ops' 'tags entered'
  press Enter
  page 'added' 'tags added'
  press Enter
  wait_for 'test was accepted' 30
  page 'test was accepted' test
  press Enter
  page 'Write this' review
  press Enter
  page 'Ready. 39' result
  press Enter
}

@test "twelve key presses and one paste lead to a configuration that works" {
  wizard 80x24 C.UTF-8
  wait_for 'Which Datadog'
  press 4
  press Enter
  wait_for 'Paste an'
  paste "$KEY
"
  wait_for '32 hexadecimal'
  press Enter
  wait_for 'Where shall'
  press 2
  press Enter
  wait_for 'Which tags'
  press Enter
  wait_for 'test was accepted' 30
  press Enter
  wait_for 'Write this'
  press Enter
  wait_for 'Ready. 39'
  press Enter
  wait_over 'Ready. 39 test logs were accepted'
  [ "$PRESSED" -le 12 ]
  [ "$(entries | jq -s length)" = 39 ]
  jq -e '.site == "eu1" and .verified' "$CONFIG"
  [ "$(stat -c %a "$CONFIG")" = 600 ]
}

@test "an intake that runs a pipeline: the last page shows what the Log Explorer would" {
  printf '%s\n' 'id: acme_widget' 'pipeline:' '  type: pipeline' '  name: Acme' \
    '  filter: {query: source:acme_widget}' '  processors:' \
    '    - {type: category-processor, name: Kind, target: acme_widget.kind,' \
    '       categories: [{name: a trial, filter: {query: "@ddlogs_test:true"}}]}' >"$FOLDER/pipeline.yaml"
  start_intake --api-key-file "$BATS_TEST_TMPDIR/key" --pipeline "$FOLDER/pipeline.yaml"
  start 80x50 C.UTF-8 xterm-256color "$DDLOGS" setup --manifest manifest.json --config "$CONFIG" \
    --endpoint "$INTAKE_URL" --site eu1 --key-store session
  wait_for 'Which Datadog'
  press Enter
  wait_for 'Paste an'
  paste "$KEY
"
  wait_for '32 hexadecimal'
  press Enter
  wait_for 'Which tags'
  press Enter
  wait_for 'test was accepted' 30
  press Enter
  wait_for 'Write this'
  press Enter
  wait_for 'Ready. 39'
  wait_for 'The Log Explorer would show of the test log'
  wait_for 'message  ddlogs test: one log'
  wait_for '@acme_widget.kind  a trial'
  press Enter
  wait_over 'would show of the first sample'
  everything_shown >shown
  assert_canary_free "$KEY" shown
}

@test "every page at 80x24" {
  wizard 80x24 C.UTF-8
  walk wizard-80x24.txt
}

@test "every page at 60x16" {
  wizard 60x16 C.UTF-8
  walk wizard-60x16.txt
}

@test "every page at 40x10" {
  wizard 40x10 C.UTF-8
  walk wizard-40x10.txt
}

@test "every page in ASCII" {
  for size in 80x24 60x16 40x10; do
    rm -f "$CONFIG"
    wizard $size C
    walk wizard-$size-ascii.txt
    ! everything_shown | LC_ALL=C grep -q '[^ -~]' || false
  done
}

@test "a key that is refused is explained, and another one goes" {
  wizard 80x24 C.UTF-8 --site eu1
  wait_for 'Which Datadog'
  keys Enter
  wait_for 'Paste an'
  paste "$(new_key)"
  wait_for '32 hexadecimal'
  keys Enter
  wait_for E-KEY-403
  golden wizard-80x24.txt 'key refused'
  resize 40x10
  wait_for 'FAIL'
  golden wizard-40x10.txt 'key refused'
  resize 80x24
  wait_for 'E-KEY-403'
  keys e
  wait_gone E-KEY-403
  paste "$KEY"
  wait_for '32 hexadecimal'
  keys Enter
  wait_for 'Where shall'
}

@test "help opens on every page that has a list and by F1 in a field" {
  wizard 80x24 C.UTF-8 --site eu1
  wait_for 'Which Datadog'
  keys '?'
  wait_gone 'Or paste your URL'
  golden wizard-80x24.txt help
  keys Escape
  wait_for 'Or paste your URL'
  keys Enter
  wait_for 'Paste an'
  keys F1
  wait_gone 'hidden; paste is fine'
  keys C-g
  wait_for 'hidden; paste is fine'
}

@test "Ctrl-C asks once when something was entered, and leaves nothing behind" {
  wizard 80x24 C.UTF-8 --site eu1
  wait_for 'Which Datadog'
  keys Enter
  wait_for 'Paste an'
  paste "$KEY"
  wait_for '32 hexadecimal'
  keys C-c
  wait_gone '32 hexadecimal'
  golden wizard-80x24.txt quit
  keys C-c
  wait_over ''
  [ ! -e "$CONFIG" ]
}

@test "a second run changes nothing that was not changed" {
  wizard 80x24 C.UTF-8
  walk ''
  wait_over 'Ready.'
  stop
  before=$(stat -c '%Y %i' "$CONFIG")
  wizard 80x24 C.UTF-8
  wait_for '> 4  EU1'
  keys Enter
  wait_for 'Paste an'
  paste "$KEY"
  wait_for '32 hexadecimal'
  keys Enter
  wait_for 'team:web_ops'
  keys Enter
  wait_for 'test was accepted' 30
  keys Enter
  wait_for 'Review'
  golden wizard-80x24.txt 'review again'
  keys Enter
  wait_for 'Ready. 39'
  keys Enter
  wait_over 'Ready.'
  [ "$(stat -c '%Y %i' "$CONFIG")" = "$before" ]
}

# watch_processes FILE: every command line and environment of the session's processes, over and over.
watch_processes() {
  /usr/bin/python3 - "$(pane_pid)" "$1" <<'PY' 3>&- &
import os
import select
import sys

top, out = int(sys.argv[1]), open(sys.argv[2], "wb")
ended = select.poll()
ended.register(os.pidfd_open(top), select.POLLIN)


def children(pid):
    try:
        with open(f"/proc/{pid}/task/{pid}/children") as file:
            found = [int(word) for word in file.read().split()]
    except OSError:
        found = []
    return [pid] + [other for child in found for other in children(child)]


seen = set()
while not ended.poll(0):
    for pid in children(top):
        for name in ("cmdline", "environ"):
            try:
                with open(f"/proc/{pid}/{name}", "rb") as file:
                    text = file.read()
            except OSError:
                continue
            if text not in seen:
                seen.add(text)
                out.write(text + b"\n")
                out.flush()
PY
  WATCHER=$!
}

@test "with a keyring the key is kept there and nowhere else" {
  command -v gnome-keyring-daemon dbus-run-session >/dev/null
  start 80x24 C.UTF-8 xterm-256color "$TESTS_DIR/keyring/session.sh" \
    sh -c "env >'$FOLDER/session'; '$DDLOGS' setup --manifest manifest.json --config '$CONFIG' \
      --connect-to 127.0.0.1:$INTAKE_PORT --ca-file ca.pem --site eu1; \
      '$DDLOGS' test --manifest manifest.json --config '$CONFIG'; echo test \$?; cp -r \"\$HOME\" '$FOLDER/kept'"
  watch_processes "$BATS_TEST_TMPDIR/processes"
  wait_for 'Which Datadog'
  press Enter
  wait_for 'Paste an'
  paste "$KEY
"
  wait_for '32 hexadecimal'
  tm pipe-pane -t "$SESSION" "cat >$BATS_TEST_TMPDIR/terminal"
  press Enter
  wait_until 10 eval 'shows "Which tags" || shows "Where shall"'
  ! shows 'Where shall' || press Enter
  wait_for 'Which tags'
  press Enter
  wait_for 'test was accepted' 30
  press Enter
  wait_for 'Write this'
  golden wizard-80x24.txt 'review with a keyring'
  press Enter
  wait_for 'Ready. 39'
  press Enter
  wait_over 'test 0'
  wait "$WATCHER"
  [ "$PRESSED" -le 12 ]
  jq -e '(.key_source // "keyring") == "keyring" and .verified' "$CONFIG"
  [ -s "$FOLDER/kept/data/keyrings/login.keyring" ]
  everything_shown >"$BATS_TEST_TMPDIR/shown"
  rm "$BATS_TEST_TMPDIR/key"
  grep -qa ddlogs "$BATS_TEST_TMPDIR/processes"
  assert_canary_free "$KEY" "$BATS_TEST_TMPDIR" "$FOLDER"
}

@test "the demo leads to Ready with the key that it shows" {
  start 80x24 C.UTF-8 xterm-256color "$DDLOGS" demo
  wait_for 'Which Datadog'
  press Enter
  wait_for 'made-up key'
  sample=$(screen | grep -oE '\b[0-9a-f]{32}\b')
  paste "$sample
"
  wait_for '32 hexadecimal'
  press Enter
  wait_until 10 eval 'shows "Which tags" || shows "Where shall"'
  ! shows 'Where shall' || press Enter
  wait_for 'Which tags'
  press Enter
  wait_for 'test was accepted' 30
  press Enter
  wait_for 'Write this'
  press Enter
  wait_for 'Ready. 39'
  press Enter
  wait_over 'Ready.'
  [ "$PRESSED" -le 12 ]
}

@test "a terminal that is unknown gets line prompts" {
  for term in dumb nosuchterminal; do
    start 80x24 C.UTF-8 $term "$DDLOGS" setup --manifest manifest.json --config "$CONFIG"
    wait_for 'Step 1 of 6'
    stop
  done
}

@test "a signal and a crash in the key field leave the terminal as it was, without the key" {
  for signal in TERM SEGV; do
    start 80x24 C.UTF-8 xterm-256color sh -c "stty -g >'$FOLDER/before'; ulimit -c 0; '$DDLOGS' setup \
      --manifest manifest.json --config '$CONFIG' --connect-to 127.0.0.1:$INTAKE_PORT --ca-file ca.pem \
      --site eu1; stty -g >'$FOLDER/after'"
    wait_for 'Which Datadog'
    keys Enter
    wait_for 'Paste an'
    paste "$KEY"
    wait_for '32 hexadecimal'
    pkill -$signal -P "$(pane_pid)" -x ddlogs
    wait_over ''
    cmp "$FOLDER/before" "$FOLDER/after"
    ! everything_shown | grep -qF "$KEY" || false
    stop
  done
}
