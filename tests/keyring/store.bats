# A real gnome-keyring: what is stored comes back, and goes away.

load lib
setup() { prepare; }

@test "a stored key is there, comes back for a test, and is gone when deleted" {
  run session '
    ask status | jq -e ".code == \"E-KEY-NONE\" and .key == false and .keyring == \"unlocked\" and .keyring_label == \"Login\"" || exit 1
    store | jq -e ".ok and .change == \"stored\"" || exit 2
    ask status | jq -e ".ok and .key == true and .place == \"keyring\"" || exit 3
    "$KEYRING_HELPER" get acme_widget eu1 never 9 | grep -qx "key $KEY" || exit 4
    ask delete | jq -e ".ok and .change == \"deleted\"" || exit 5
    ask delete; [ $? -eq 78 ] || exit 6
    ask status | jq -e ".key == false" || exit 7'
  echo "$output"
  [ "$status" -eq 0 ]
}

@test "a second key takes the place of the first" {
  run session '
    store >/dev/null || exit 1
    NEW=$(printf %s "$KEY" | tr 0-9a-f 1-9a-f0)
    printf %s "$NEW" | ask set --api-key - || exit 2
    "$KEYRING_HELPER" get acme_widget eu1 never 9 | grep -qx "key $NEW" || exit 3
    secret-tool search --all xdg:schema io.github.ddlogs.ApiKey 2>&1 | grep -c "^label" | grep -qx 1 || exit 4'
  echo "$output"
  [ "$status" -eq 0 ]
}

@test "each integration and site has a key of its own" {
  run session '
    store >/dev/null || exit 1
    "$DDLOGS" key status --manifest "$MANIFEST" --site us1 --json 2>/dev/null | jq -e ".key == false" || exit 3
    sed "s/acme_widget/other_widget/g" "$MANIFEST" >"$HOME/other.json"
    "$DDLOGS" key status --manifest "$HOME/other.json" --site eu1 --json 2>/dev/null | jq -e ".key == false" || exit 4'
  echo "$output"
  [ "$status" -eq 0 ]
}

@test "label and attributes name integration and site and nothing of the key" {
  run session 'store >/dev/null || exit 1
    secret-tool search --all integration acme_widget 2>&1 | grep -v "^secret = "'
  [ "$status" -eq 0 ]
  [[ $output == *"label = Datadog API key of acme_widget (eu1)"* ]]
  [[ $output == *"attribute.site = eu1"* ]]
  [ "$(grep -c '^attribute\.' <<<"$output")" -eq 2 ] # the schema is shown apart
  for ((i = 0; i + 5 <= 32; i++)); do
    [[ $output != *"${KEY:i:5}"* ]]
  done
}

@test "what is no API key is refused before the keyring is asked" {
  for bad in "" '$DD_API_KEY' "ddap_0123456789abcdef" "${KEY}01234567" "01234567-89ab-cdef-0123-456789abcdef"; do
    run session -k none "printf %s '$bad' | ask set --api-key -"
    [ "$status" -eq 65 ] || [ "$status" -eq 78 ]
    [[ $(jq -r .code <<<"${lines[-1]}") == E-KEY-* ]]
    [ "$(jq -r .change <<<"${lines[-1]}")" = none ]
  done
}

@test "a key of an unusual length is stored with a warning" {
  run session 'printf %s "${KEY}0" | ask set --api-key -'
  [ "$status" -eq 0 ]
  [ "$(jq -r '.warnings[0].code' <<<"${lines[-1]}")" = E-KEY-SHAPE ]
  [[ $(jq -r '.warnings[0].message' <<<"${lines[-1]}") == "33 hexadecimal characters"* ]]
}

@test "a key in another place is not the keyring's to change" {
  for word in set delete; do
    run --separate-stderr "$DDLOGS" key $word --manifest "$MANIFEST" --site eu1 --key-store file \
      --key-name /somewhere/key </dev/null
    [ "$status" -eq 64 ]
    [[ $stderr == *"takes the key from another place (file /somewhere/key)"* ]]
  done
}

@test "the helper refuses people and strangers" {
  run --separate-stderr "$KEYRING_HELPER"
  [ "$status" -eq 64 ]
  run --separate-stderr "$KEYRING_HELPER" burn acme_widget eu1 never 9
  [ "$status" -eq 64 ]
  # a terminal as standard output would show the key
  run script -qec "'$KEYRING_HELPER' get acme_widget eu1 never 9" /dev/null
  [ "$status" -eq 64 ]
  [[ $output == *"use: ddlogs key"* ]]
}

@test "status and the doctor see a stored key, and reset takes it away with the configuration" {
  run session '
    config=$HOME/config.json
    run() { "$DDLOGS" "$1" --manifest "$MANIFEST" --config "$config" "${@:2}"; }
    "$DDLOGS" config set site eu1 --manifest "$MANIFEST" --config "$config" || exit 1
    run status --json 2>/dev/null | jq -e ".code == \"E-KEY-NONE\" and .key.place == \"keyring\"" || exit 2
    store >/dev/null || exit 3
    run status --json | jq -e ".ok and .key.there and .key.keyring == \"unlocked\"" || exit 4
    run doctor --endpoint https://127.0.0.1:1 --json 2>/dev/null |
      jq -e ".machine[] | select(.stage == \"source\") | .result == \"pass\" and .evidence.place == \"the keyring\"" || exit 5
    run reset --dry-run | grep -q "^remove    key           of acme_widget on site eu1 in the keyring Login$" || exit 6
    run reset --yes --json | jq -e ".removed.key and .removed.configuration" || exit 7
    ask status | jq -e ".key == false" || exit 8
    [ ! -e "$config" ]'
  echo "$output"
  [ "$status" -eq 0 ]
}
