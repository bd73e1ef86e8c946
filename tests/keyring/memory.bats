# The helper under valgrind: no wrong access and no leak of ours, on success and on failure.

load lib
setup() { prepare; }

@test "the helper handles memory cleanly, whatever the keyring does" {
  nm -D "$KEYRING_HELPER" 2>/dev/null | grep -q __asan && skip "built with sanitizers, which watch it themselves"
  export SUPPRESSIONS=$BATS_TEST_DIRNAME/memory.supp
  run --separate-stderr session 'helper() {
      valgrind -q --log-file="$HOME/valgrind.%p" --num-callers=30 --leak-check=full --errors-for-leak-kinds=definite \
        --show-leak-kinds=definite --suppressions=/usr/share/glib-2.0/valgrind/glib.supp \
        --suppressions="$SUPPRESSIONS" --error-exitcode=77 "$KEYRING_HELPER" "$1" acme_widget eu1 "${2:-never}" 60 | cat
      [ "${PIPESTATUS[0]}" -ne 77 ] || { cat "$HOME"/valgrind.*; exit 1; }
    }
    printf %s "$KEY" | helper store
    helper get; helper status
    lock
    helper get; helper get ask; helper status
    unset DBUS_SESSION_BUS_ADDRESS
    helper status'
  echo "$output"
  [ "$status" -eq 0 ]
  [ "$(grep -c '^done' <<<"$output")" -eq 7 ]
  [ "$(grep -c '^done ok' <<<"$output")" -eq 3 ]
}
