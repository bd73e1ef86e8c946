# The wizard and a real gnome-keyring: the key is stored, read back, used again, and put back.

load lib

setup() {
  prepare
  printf %s "$KEY" >key
  chmod 600 key
  start_intake --api-key-file key
  export INTAKE_URL CONFIG=$BATS_TEST_TMPDIR/etc/acme_widget/config.json
}

teardown() {
  stop_intakes
}

# In a session: set_up [OPTION...] with the key on standard input; the object is what it prints.
set_up='set_up() { "$DDLOGS" setup --no-input --manifest "$MANIFEST" --endpoint "$INTAKE_URL" --site eu1 \
  --config "$CONFIG" --json "$@" 2>/dev/null | tee -a "$OBJECTS"; return "${PIPESTATUS[0]}"; }
held() { "$KEYRING_HELPER" get acme_widget eu1 never 9; }
'

@test "the key goes into the keyring and nowhere else, and the next run uses it" {
  run session "$set_up"'
    set_up --api-key - <key | jq -e ".ok and .change == \"created\"" || exit 1
    held | grep -qx "key $KEY" || exit 2
    before=$(stat -c "%y %i" "$CONFIG")
    set_up </dev/null | jq -e ".ok and .change == \"unchanged\"" || exit 3
    [ "$before" = "$(stat -c "%y %i" "$CONFIG")" ] || exit 4
    set_up --api-key - <key | jq -e ".change == \"unchanged\"" || exit 5'
  echo "$output"
  [ "$status" -eq 0 ]
  [ "$(jq -r '.key_source // "keyring"' "$CONFIG")" = keyring ]
  assert_canary_free "$KEY" "$(dirname "$CONFIG")"
}

@test "a configuration that cannot be written leaves the keyring as it was" {
  mkdir -p "$(dirname "$CONFIG")"
  chmod 700 "$(dirname "$CONFIG")"
  mkdir "$CONFIG.lock" # no lock, so nothing is begun
  run session "$set_up"'
    set_up --api-key - <key; [ $? -eq 73 ] || exit 1
    held && exit 2
    exit 0'
  echo "$output"
  [ "$status" -eq 0 ]
  rmdir "$CONFIG.lock"
  # the folder is refused after the key was stored
  chmod 777 "$(dirname "$CONFIG")"
  run session "$set_up"'
    set_up --api-key - <key; [ $? -eq 73 ] || exit 1
    held | grep -q "^key" && exit 2
    OLD=$(printf %s "$KEY" | tr 0-9a-f 1-9a-f0)
    printf %s "$OLD" | ask set --api-key - || exit 3
    set_up --api-key - <key; [ $? -eq 73 ] || exit 4
    held | grep -qx "key $OLD" || exit 5'
  echo "$output"
  [ "$status" -eq 0 ]
  [ ! -e "$CONFIG" ]
}

@test "a locked keyring is never taken for one without a key" {
  run session "$set_up"'
    set_up --api-key - <key >/dev/null || exit 1
    lock
    set_up --tag env:new </dev/null >object; [ $? -eq 78 ] || exit 2
    jq -e ".code == \"E-KS-LOCKED\"" object || exit 3'
  echo "$output"
  [ "$status" -eq 0 ]
  [ "$(jq -c .tags "$CONFIG")" = null ]
}

@test "a key that the test refuses is not stored" {
  run session "$set_up"'
    printf %s "$KEY" | tr 0-9a-f 1-9a-f0 | set_up --api-key -; [ $? -eq 77 ] || exit 1
    held && exit 2
    exit 0'
  echo "$output"
  [ "$status" -eq 0 ]
  [ ! -e "$CONFIG" ]
}
