#!/usr/bin/env bats
# `ddlogs key` where no keyring is in play: each other place, in words and as an object.
bats_require_minimum_version 1.5.0
load lib

setup() {
  sandbox
  KEY=$(new_key)
  (umask 077 && printf %s "$KEY" >key)
  printf '{"version":1,"name":"acme","source":"acme"}\n' >manifest.json
}

key() {
  run --separate-stderr "$DDLOGS" key "$@" --manifest manifest.json --site eu1
  [[ "$output$stderr" != *"$KEY"* ]]
}

@test "status tells in words where the key is and whether it is there" {
  key status --key-store file --key-name "$PWD/key"
  [ "$status" = 0 ]
  [ "$output" = "place    file $PWD/key
key      there, for acme on site eu1" ]
}

@test "status tells as an object where the key is" {
  key status --key-store file --key-name "$PWD/key" --json
  [ "$status" = 0 ]
  [ "$(jq -c '[.ok, .place, .place_name, .keyring, .key]' <<<"$output")" = \
    "[true,\"file\",\"$PWD/key\",null,true]" ]
}

@test "a place without a key is told as none, one that cannot be read as unknown" {
  key status --key-store environment
  [ "$status" = 78 ]
  [[ "$output" == *"key      none,"* ]]
  chmod 644 key
  key status --key-store file --key-name "$PWD/key"
  [ "$status" = 78 ]
  [[ "$output" == *"key      unknown,"* ]]
  [[ "$stderr" == *E-KEY-FILE* ]]
}

@test "a key of systemd is found by its name" {
  mkdir credentials
  cp key credentials/acme_key
  CREDENTIALS_DIRECTORY=$PWD/credentials key status --key-store credential --key-name acme_key
  [ "$status" = 0 ]
  [[ "$output" == "place    credential acme_key"* ]]
}

@test "a key of the environment is told as winning over the chosen place" {
  DD_API_KEY=$KEY key status --key-store file --key-name "$PWD/key"
  [ "$status" = 0 ]
  [[ "$stderr" == *"W-ENV-OVERRIDE"*"DD_API_KEY"*"wins over the file"* ]]
  DD_API_KEY=$KEY key status --key-store environment
  [ "$status" = 0 ]
  [ -z "$stderr" ]
}

@test "--quiet tells by the exit code alone" {
  key status --key-store file --key-name "$PWD/key" --quiet
  [ "$status" = 0 ]
  [ -z "$output" ]
}

@test "without a keyring the status says unavailable and unknown" {
  key status
  [ "$status" = 78 ]
  [[ "$output" == *"keyring  unavailable"*"key      unknown"* ]]
}

@test "only one of the three words is taken" {
  for words in "" "show" "status set"; do
    # shellcheck disable=SC2086 # words
    key $words
    [ "$status" = 64 ]
    [[ "$stderr" == *"status, set or delete"* ]]
  done
}
