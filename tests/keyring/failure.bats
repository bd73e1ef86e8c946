# Every way in which a keyring can fail has its own code, within its time, and is never taken for
# "no key is stored".

load lib
setup() { prepare; }

@test "no session bus" {
  refused E-KS-NOBUS 78 -k none 'unset DBUS_SESSION_BUS_ADDRESS; ask status'
  refused E-KS-NOBUS 78 -k none 'unset DBUS_SESSION_BUS_ADDRESS; store'
  # with a display GLib would start a bus of its own
  refused E-KS-NOBUS 78 -k none 'unset DBUS_SESSION_BUS_ADDRESS; DISPLAY=:7 ask status'
}

@test "a bus address where nobody listens" {
  refused E-KS-NOBUS 78 -k none 'DBUS_SESSION_BUS_ADDRESS=unix:path=$HOME/no-bus ask status'
  refused E-KS-NOBUS 78 -k none 'DBUS_SESSION_BUS_ADDRESS=rubbish ask status'
}

@test "a bus without a keyring service" {
  refused E-KS-NOSERVICE 78 -k none -b "$(bus)" 'ask status'
  refused E-KS-NOSERVICE 78 -k none -b "$(bus)" 'store'
  refused E-KS-NOSERVICE 78 -k none -b "$(bus)" 'ask delete'
}

@test "a keyring service that does not start" {
  refused E-KS-NOSERVICE 78 -k none -b "$(bus /bin/false)" 'ask status'
  refused E-KS-NOSERVICE 78 -k none -b "$(bus /nonexistent/keyring)" 'ask status'
}

@test "a keyring service that hangs while it starts" {
  refused E-KS-TIMEOUT 78 -k none -b "$(bus '/bin/sh -c "exec sleep 20 >/dev/null 2>&1"')" 'ask status'
}

@test "a keyring service that is stopped" {
  refused E-KS-TIMEOUT 78 'kill -STOP "$SESSION_DAEMON"; ask status; rc=$?; kill -CONT "$SESSION_DAEMON"; exit $rc'
  refused E-KS-TIMEOUT 78 'kill -STOP "$SESSION_DAEMON"; store; rc=$?; kill -CONT "$SESSION_DAEMON"; exit $rc'
}

@test "the time to wait can be chosen" {
  LIMIT_MS=2500 refused E-KS-TIMEOUT 78 'kill -STOP "$SESSION_DAEMON"; ask status --timeout 1; rc=$?; kill -CONT "$SESSION_DAEMON"; exit $rc'
}

@test "no keyring was ever made" {
  for word in status delete; do
    refused E-KS-NOCOLL 78 -k empty "ask $word"
  done
  refused E-KS-NOCOLL 78 -k empty store
}

@test "a locked keyring" {
  refused E-KS-LOCKED 78 'store >/dev/null; lock; ask status'
  [ "$(jq -r '.keyring, .keyring_label, .key' <<<"${lines[-1]}" | paste -sd,)" = "locked,Login,true" ]
  refused E-KS-LOCKED 78 'lock; ask status'
  [ "$(jq -r '.key' <<<"${lines[-1]}")" = null ]
  refused E-KS-LOCKED 78 'lock; store'
}

@test "deleting from a locked keyring deletes nothing and says so" {
  refused E-KS-LOCKED 78 'store >/dev/null; lock; ask delete'
  run session 'store >/dev/null; lock; ask delete >/dev/null
    ask status | jq -e ".key == true" >/dev/null'
  [ "$status" -eq 0 ]
}

@test "a test with the key in a locked keyring says locked, not absent" {
  refused E-KS-LOCKED 78 'store >/dev/null; lock
    "$DDLOGS" test --json --manifest "$MANIFEST" --site eu1 --endpoint http://127.0.0.1:9 2>/dev/null'
}

@test "unlocking where no desktop can show the prompt" {
  refused E-KS-DISMISSED 78 'store >/dev/null; lock; ask status --unlock'
  refused E-KS-DISMISSED 78 'lock; store --unlock'
  refused E-KS-DISMISSED 78 'store >/dev/null; lock; ask delete --unlock'
}

@test "a dismissed prompt" {
  refused E-KS-DISMISSED 78 -k none -b "$(bus)" 'mock dismisses; ask status --unlock; rc=$?; kill $MOCK_PID; exit $rc'
  refused E-KS-DISMISSED 78 -k none -b "$(bus)" 'mock dismisses; store --unlock; rc=$?; kill $MOCK_PID; exit $rc'
}

@test "a prompt that nobody answers" {
  refused E-KS-TIMEOUT 78 -k none -b "$(bus)" 'mock asks-forever; store --unlock --timeout 1; rc=$?; kill $MOCK_PID; exit $rc'
  [[ $(jq -r .message <<<"${lines[-1]}") == "nobody unlocked the keyring within 1.0 s" ]]
}

@test "no prompt comes up unless a person asked for it" {
  run session -k none -b "$(bus)" 'export MOCK_ASKED=$HOME/asked
    mock dismisses
    ask status; store; ask delete
    kill $MOCK_PID
    [ ! -e "$MOCK_ASKED" ]'
  [ "$status" -eq 0 ]
}

@test "a locked keyring that hides what it holds is not an empty one" {
  refused E-KS-LOCKED 78 -k none -b "$(bus)" 'mock hides; ask status; rc=$?; kill $MOCK_PID; exit $rc'
  refused E-KS-LOCKED 78 -k none -b "$(bus)" 'mock hides; ask delete; rc=$?; kill $MOCK_PID; exit $rc'
}

@test "a service that only knows plain sessions never gets the key" {
  refused E-KS-PLAIN 78 -k none -b "$(bus)" 'dbus-monitor --session >"$HOME/bus.log" 2>&1 & monitor=$!
    wait_for_file "$HOME/bus.log"
    mock plain; store; rc=$?
    wait_until 10 grep -q "string \"plain\"" "$HOME/bus.log" || exit 1
    kill $MOCK_PID $monitor
    assert_canary_free "$KEY" "$HOME/bus.log" >&2 || exit 2
    exit $rc'
}

@test "a service that dies in the middle" {
  refused E-KS-GONE 78 -k none -b "$(bus)" 'mock dies-searching; ask status'
  refused E-KS-GONE 78 -k none -b "$(bus)" 'mock dies-searching; ask delete'
  refused E-KS-GONE 78 -k none -b "$(bus)" 'mock dies-storing; store'
}

@test "a bus that dies in the middle" {
  refused E-KS-GONE 78 -k none -b "$(bus)" 'export MOCK_ASKED=$HOME/asked
    bus=$(gdbus call --session -d org.freedesktop.DBus -o / \
      -m org.freedesktop.DBus.GetConnectionUnixProcessID org.freedesktop.DBus | sed "s/.* //; s/[^0-9]//g")
    mock hangs
    (wait_for_file "$MOCK_ASKED"; kill -KILL "$bus") &
    ask status --timeout 30'
}

@test "a killed service that comes back locked is locked, not empty" {
  refused E-KS-LOCKED 78 'store >/dev/null; kill -KILL "$SESSION_DAEMON"; ask status'
}

@test "a service that takes a key and does not hold it" {
  refused E-KS-OTHER 78 -k none -b "$(bus)" 'mock forgets; store; rc=$?; kill $MOCK_PID; exit $rc'
  [[ $(jq -r .message <<<"${lines[-1]}") == *"does not hold it" ]]
}

@test "a failing keyring leaves no file with the key behind" {
  for kind in plain forgets dies-storing; do
    run session -k none -b "$(bus)" "mock $kind; store; kill \$MOCK_PID; assert_canary_free \$KEY \$HOME"
    [ "$status" -eq 0 ]
  done
}
