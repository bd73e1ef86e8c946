#!/usr/bin/env bats
# Which integration, which configuration and which values a command works with.
bats_require_minimum_version 1.5.0
load lib

setup() {
  sandbox
  KEY=$(new_key)
  printf %s "$KEY" >key
  export DDLOGS_INTEGRATIONS_PATH=$PWD/integrations
  install_one acme
}

teardown() {
  stop_intakes
}

install_one() { # NAME
  mkdir -p "integrations/$1"
  printf '{"version":1,"name":"%s","source":"%s"}\n' "$1" "$1" >"integrations/$1/manifest.json"
}

send() {
  run --separate-stderr "$DDLOGS" send --site eu1 --endpoint "$INTAKE_URL" --api-key-fd 9 "$@" \
    9<key <<<'a line'
}

@test "the only integration need not be named" {
  start_intake
  send
  [ "$status" = 0 ]
  [ "$(entries | jq -r .ddsource)" = acme ]
}

@test "of several one is chosen by name, and without it the names are told" {
  install_one zebra
  start_intake
  send
  [ "$status" = 64 ]
  [[ "$stderr" == *"acme, zebra"*"--integration NAME"* ]]
  send --integration zebra
  [ "$status" = 0 ]
  [ "$(entries | jq -r .ddsource)" = zebra ]
}

@test "a name that is not installed gets the nearest one that is" {
  start_intake
  send --integration acne
  [ "$status" != 0 ]
  [[ "$stderr" == *E-MANIFEST-NONE*acme* ]]
}

@test "DD_ENV and DD_VERSION travel as tags, options take their place" {
  start_intake
  DD_ENV=prod DD_VERSION=1.2 send
  [ "$status" = 0 ]
  [ "$(entries | jq -c '[.env, .version]')" = '["prod","1.2"]' ]
  DD_ENV=prod send --env lab --tag team:web
  [ "$status" = 0 ]
  [ "$(entries | tail -n 1 | jq -c '[.env, .team]')" = '["lab","web"]' ]
}

@test "a value of the environment that is none is named with its variable" {
  DD_SITE=mars run --separate-stderr "$DDLOGS" test --site eu1 --api-key-fd 9 9<key
  [ "$status" != 0 ]
  [[ "$stderr" == *E-SITE*"DD_SITE in the environment"* ]]
  long=$(printf '%0600d' 0)
  DD_ENV=$long run --separate-stderr "$DDLOGS" test --site eu1 --api-key-fd 9 9<key
  [ "$status" != 0 ]
  [[ "$stderr" == *E-TAG*env* ]]
}

@test "the configuration of another integration is refused" {
  printf '{"version":1,"integration":"zebra","site":"eu1","key_source":"session"}\n' >other.json
  run --separate-stderr "$DDLOGS" test --config other.json --api-key-fd 9 9<key
  [ "$status" = 78 ]
  [[ "$stderr" == *"other.json is the configuration of zebra, not of acme"* ]]
}

@test "two keys on one command line are refused" {
  run --separate-stderr "$DDLOGS" test --site eu1 --api-key - --api-key-fd 9 9<key <key
  [ "$status" = 64 ]
  [[ "$stderr" == *"not both"* ]]
}

@test "a path of the configuration that is too long is one sentence" {
  run --separate-stderr "$DDLOGS" test --config "/$(printf '%05000d' 0)" --api-key-fd 9 9<key
  [ "$status" = 64 ]
  [[ "$stderr" == *"--config is too long"* ]]
}
