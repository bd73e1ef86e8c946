#!/usr/bin/env bats
# Configurations, manifests and command lines that cannot be used: one sentence that says where.
load helper

write_config() {
    printf '%s' "$1" >"$work/config.json"
    chmod 600 "$work/config.json"
}

saved() {
    ddlogs_test --config "$work/config.json" "$@"
}

@test "the saved configuration is enough" {
    start_intake
    write_config '{"version": 1, "integration": "acme_widget", "site": "eu1",
        "endpoint": "http://127.0.0.1:'"$INTAKE_PORT"'", "key_source": "file", "key_name": "'"$work"'/key"}'
    key_option=()
    saved
    [ "$code" = 0 ]
    [ "$(get .config)" = "$work/config.json" ]
    [ "$(get .site)" = eu1 ]
}

@test "no configuration is E-CFG-NONE and names the set-up" {
    saved
    expect E-CFG-NONE 78
    [[ "$(get '.next[0]')" == *"ddlogs setup"* ]]
}

@test "a mistake in the configuration is E-CFG-PARSE with line and column" {
    write_config '{"version": 1, "integration": "acme_widget",
  "sitee": "eu1"}'
    saved
    expect E-CFG-PARSE 78
    message_has "config.json:2:"
    message_has site
}

@test "a configuration of a newer version is E-CFG-NEWER" {
    write_config '{"version": 2, "integration": "acme_widget", "site": "eu1"}'
    saved
    expect E-CFG-NEWER 78
}

@test "a variable that wins over the file is W-ENV-OVERRIDE and both values are told" {
    start_intake
    write_config '{"version": 1, "integration": "acme_widget", "site": "us1",
        "endpoint": "http://127.0.0.1:'"$INTAKE_PORT"'"}'
    DD_SITE=eu1 saved
    [ "$code" = 0 ]
    [ "$(get .site)" = eu1 ]
    [ "$(get '.warnings[0].code')" = W-ENV-OVERRIDE ]
    [[ "$(get '.warnings[0].message')" == *DD_SITE=eu1*us1* ]]
}

@test "a damaged manifest is E-MANIFEST with line and column" {
    printf '{"version": 1,\n "name": 7}' >manifest.json
    ddlogs_test --site eu1
    expect E-MANIFEST 78
    message_has "manifest.json:2:"
}

@test "no installed integration is E-MANIFEST-NONE and names the demo" {
    code=0
    DDLOGS_INTEGRATIONS_PATH=$work/none "$DDLOGS" test --json --site eu1 >out 2>err || code=$?
    verdict=$(tail -n 1 out)
    expect E-MANIFEST-NONE 78
    [[ "$(get '.next | join(" ")')" == *"ddlogs demo"* ]]
}

@test "a site that is none is E-SITE with the nearest guess" {
    ddlogs_test --site eu11
    expect E-SITE 65
    message_has eu1
}

@test "a tag that is reserved is E-TAG" {
    ddlogs_test --site eu1 --tag source:mine
    expect E-TAG 65
    message_has source
}

@test "plain http to another machine is E-VALUE" {
    ddlogs_test --site eu1 --endpoint http://192.0.2.1
    expect E-VALUE 65
}

@test "an option that does not exist is E-USAGE with the nearest one" {
    ddlogs_test --sit eu1 --tmeout 3
    expect E-USAGE 64
    message_has timeout
}

@test "a key on the command line is E-USAGE and called compromised" {
    key_option=()
    code=0
    "$DDLOGS" test --json --manifest manifest.json --site eu1 --api-key sesame >out 2>err || code=$?
    verdict=$(tail -n 1 out)
    expect E-USAGE 64
    message_has revoke
    lacks sesame out err
}

@test "a file that is too large is E-LIMIT" {
    head -c 2000000 /dev/zero | tr '\0' ' ' >manifest.json
    ddlogs_test --site eu1
    [ "$(get .code)" = E-LIMIT ] || [ "$(get .code)" = E-MANIFEST ]
    message_has bytes
}

@test "a configuration that is a folder is E-IO" {
    mkdir config.json
    saved
    expect E-IO 73
}

@test "without the module of archives a report says what is missing, and leaves nothing" {
  unshare -Urm true 2>/dev/null || skip "no user namespaces here"
  local module
  module=$(dirname "$(dirname "$DDLOGS")")/lib/ddlogs
  [ -e "$module/ddlogs-archive.so" ]
  # shellcheck disable=SC2016 # the inner shell's
  run unshare -Urm sh -c 'mount -t tmpfs none "$1" && exec "$2" report --no-input --output r.tar.gz' \
    sh "$module" "$DDLOGS"
  [ "$status" = 73 ]
  [[ $output == *"E-REPORT-WRITE: r.tar.gz"*"the part that packs files cannot be loaded: $module/ddlogs-archive.so"* ]]
  [ ! -e r.tar.gz ]
}
