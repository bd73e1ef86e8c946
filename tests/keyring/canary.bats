# Where the key must not be seen while it is stored and read.

load lib
setup() { prepare; }

@test "the key crosses the bus encrypted only" {
  run session 'dbus-monitor --session >"$HOME/bus.log" 2>&1 & monitor=$!
    dbus-monitor --session --binary >"$HOME/bus.raw" 2>/dev/null & raw=$!
    wait_for_file "$HOME/bus.log"; wait_for_file "$HOME/bus.raw"
    store >/dev/null || exit 1
    "$KEYRING_HELPER" get acme_widget eu1 never 9 | grep -qx "key $KEY" || exit 2
    wait_until 10 grep -q "member=GetSecret" "$HOME/bus.log" || exit 3
    kill $monitor $raw
    grep -q dh-ietf1024-sha256-aes128-cbc-pkcs7 "$HOME/bus.log" || exit 4
    assert_canary_free "$KEY" "$HOME/bus.log" "$HOME/bus.raw"'
  echo "$output"
  [ "$status" -eq 0 ]
}

@test "the keyring's files hold the key encrypted only, and no other file was made" {
  run session 'store >/dev/null || exit 1
    ls "$XDG_DATA_HOME/keyrings"/*.keyring >/dev/null || exit 2
    assert_canary_free "$KEY" "$HOME" || exit 3
    find "$HOME" -type f | grep -vE "/keyrings/|/daemon.log$|/errors$"'
  echo "$output"
  [ "$status" -eq 1 ] # grep found nothing else
}

@test "no process shows the key in its arguments or environment, and the helper gets none of ours" {
  run session -k none -b "$(bus)" 'export MOCK_ASKED=$HOME/asked DD_SECRET_CANARY=$KEY
    mock hangs
    printf %s "$KEY" | env -u KEY "$DDLOGS" key set --api-key - --manifest "$MANIFEST" --site eu1 --timeout 20 2>/dev/null &
    wait_for_file "$MOCK_ASKED" || exit 1
    helper=$(pgrep -P "$(pgrep -P $$ -x ddlogs)" ddlogs-keyring) || exit 2
    tr "\0" "\n" <"/proc/$helper/cmdline" >"$HOME/seen"
    tr "\0" "\n" <"/proc/$helper/environ" >>"$HOME/seen"
    cat "/proc/$(ps -o ppid= -p "$helper" | tr -d " ")/cmdline" >>"$HOME/seen"
    ls -l "/proc/$helper/fd" >>"$HOME/seen"
    kill "$(pgrep -P $$ -x ddlogs)" $MOCK_PID
    # the helper goes with the one who asked
    wait_until 10 test ! -e "/proc/$helper" || exit 3
    grep -q acme_widget "$HOME/seen" || exit 4
    grep -q "^DBUS_SESSION_BUS_ADDRESS=" "$HOME/seen" || exit 5
    grep -E "^(DD_|PATH=|MANIFEST=)" "$HOME/seen" && exit 6
    assert_canary_free "$KEY" "$HOME/seen"'
  echo "$output"
  [ "$status" -eq 0 ]
}

@test "nobody can trace the helper or make it dump" {
  run session -k none -b "$(bus)" 'export MOCK_ASKED=$HOME/asked
    mock hangs
    ask status --timeout 20 &
    wait_for_file "$MOCK_ASKED" || exit 1
    helper=$(pgrep -n ddlogs-keyring) || exit 2
    # files of a process that is not dumpable belong to root, its limits say no core
    grep -E "^Max core file size +0 +0" "/proc/$helper/limits" || exit 3
    kill $MOCK_PID'
  echo "$output"
  [ "$status" -eq 0 ]
}

@test "DD_API_KEY is told as winning, never shown" {
  run session 'DD_API_KEY=$KEY key status --json 2>&1'
  [[ $output == *W-ENV-OVERRIDE* ]]
  [[ $output != *"$KEY"* ]]
}

@test "a report tells the keyring's state, and holds nothing of the key in it" {
  run session 'store >/dev/null || exit 1
    export DD_COMMENT=$(printf "x%s" "$KEY" | base64)
    report() {
      rm -rf "$HOME/r" && mkdir "$HOME/r" || return 1
      "$DDLOGS" report --manifest "$MANIFEST" --site eu1 --endpoint http://127.0.0.1:1 \
        --output "$HOME/r/r.tar.gz" --quiet </dev/null || return 1
      tar -xzf "$HOME/r/r.tar.gz" -C "$HOME/r" --strip-components=1
    }
    report || exit 2
    grep -qx "keyring  \"Login\", unlocked" "$HOME/r/keyring.txt" || exit 3
    grep -qx "in use   a key" "$HOME/r/keyring.txt" || exit 4
    assert_canary_free "$KEY" "$HOME/r" || exit 5
    grep -q "^DD_COMMENT=.*\*\*\*\*\*\*\*\*" "$HOME/r/environment.txt" || exit 6
    unset DD_COMMENT
    lock
    report || exit 7
    grep -qx "keyring  \"Login\", locked" "$HOME/r/keyring.txt" || exit 8
    grep -q "E-KS-LOCKED" "$HOME/r/keyring.txt" || exit 9
    assert_canary_free "$KEY" "$HOME/r"'
  echo "$output"
  [ "$status" -eq 0 ]
}
