# ddlogs key set asks on the terminal, and the terminal never shows the answer.

load lib
setup() {
  prepare
  export TMUX_SOCKET=ddlogs-key-$$-$BATS_TEST_NUMBER
}
teardown() { tmux -L "$TMUX_SOCKET" kill-server 2>/dev/null || true; }

screen() { tmux -L "$TMUX_SOCKET" capture-pane -p -S - -t t; }
shows() { screen | grep -qF -- "$1"; }

# terminal SCRIPT: runs it in a terminal, on a session of its own. Ctrl-C is for the script and not for
# the bus that it stands on, hence setsid.
terminal() {
  printf '%s\n' "$1" >"$BATS_TEST_TMPDIR/script"
  BASH_ENV=$BATS_TEST_DIRNAME/commands.bash tmux -L "$TMUX_SOCKET" -f /dev/null new-session -d -s t -x 80 -y 24 \
    "'$BATS_TEST_DIRNAME/session.sh' setsid -wc bash '$BATS_TEST_TMPDIR/script'; sleep 60" 3>&-
}

@test "a key that is typed or pasted is stored and not shown" {
  terminal 'stty -a >"$MANIFEST.before"
    key set; echo "exit $?"
    stty -a >"$MANIFEST.after"; cmp "$MANIFEST.before" "$MANIFEST.after" && echo "same terminal"
    "$KEYRING_HELPER" get acme_widget eu1 never 9 | grep -qx "key $KEY" && echo kept'
  wait_until 20 shows "input is hidden"
  tmux -L "$TMUX_SOCKET" send-keys -t t -l "$KEY"
  tmux -L "$TMUX_SOCKET" send-keys -t t Enter
  wait_until 20 shows kept || { screen; false; }
  shows "exit 0"
  shows "same terminal"
  screen >"$BATS_TEST_TMPDIR/screen"
  assert_canary_free "$KEY" "$BATS_TEST_TMPDIR/screen"
}

@test "Ctrl-C leaves the terminal as it was and stores nothing" {
  terminal 'stty -a >"$MANIFEST.before"
    trap : INT
    key set; echo "exit $?"
    stty -a >"$MANIFEST.after"; cmp "$MANIFEST.before" "$MANIFEST.after" && echo "same terminal"
    ask status | jq -c .key | sed "s/^/stored: /"'
  wait_until 20 shows "input is hidden"
  tmux -L "$TMUX_SOCKET" send-keys -t t -l "${KEY:0:10}"
  tmux -L "$TMUX_SOCKET" send-keys -t t C-c
  wait_until 20 shows "stored: false" || { screen; false; }
  shows "exit 130"
  shows "same terminal"
  ! shows "${KEY:0:10}" || false
}

@test "a killed prompt leaves the terminal as it was" {
  terminal 'stty -a >"$MANIFEST.before"
    (key set; echo "exit $?")
    stty -a >"$MANIFEST.after"; cmp "$MANIFEST.before" "$MANIFEST.after" && echo "same terminal"'
  wait_until 20 shows "input is hidden"
  kill -TERM "$(pgrep -f "ddlogs key set --manifest $MANIFEST")"
  wait_until 20 shows "exit 143" || { screen; false; }
  wait_until 20 shows "same terminal" || { screen; false; }
}

@test "without a terminal it says how to give the key" {
  run --separate-stderr setsid -w "$DDLOGS" key set --manifest "$MANIFEST" --site eu1 </dev/null
  [ "$status" -eq 64 ]
  [[ $stderr == *"--api-key-fd N"* ]]
  run --separate-stderr "$DDLOGS" key set --manifest "$MANIFEST" --site eu1 --no-input </dev/null
  [ "$status" -eq 64 ]
  [[ $stderr == *"missing: an API key"* ]]
}
