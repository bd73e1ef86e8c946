#!/usr/bin/env bats
# Keys that are refused here, by Datadog, or cannot be read.
load helper

@test "a key of another site or a wrong one is E-KEY-403 and no log is sent" {
    echo 00000000000000000000000000000001 >other
    start_intake --api-key-file other
    ddlogs_test --endpoint "http://127.0.0.1:$INTAKE_PORT" --site eu1
    expect E-KEY-403 77 key
    [[ "$(get '.next | join(" ")')" == *https://app.datadoghq.eu/organization-settings/api-keys* ]]
    lacks '"path":"/api/v2/logs"' "$INTAKE_RECORD"
}

@test "401 for the key is E-KEY-403 as well" {
    start_peer old-api
    ddlogs_test --endpoint "http://127.0.0.1:$peer_port" --site eu1
    expect E-KEY-403 77 key
}

@test "a valid key that the intake refuses is E-KEY-INTAKE, told apart" {
    start_intake --fault status=403@/api/v2/logs
    ddlogs_test --endpoint "http://127.0.0.1:$INTAKE_PORT" --site eu1
    expect E-KEY-INTAKE 77 log
    [ "$(get '.stages[] | select(.stage == "key") | .result')" = pass ]
}

@test "what is no key is E-KEY-SHAPE before any network" {
    printf '${DD_API_KEY}' >key
    key='${DD_API_KEY}'
    ddlogs_test --endpoint https://127.0.0.1:1 --site eu1
    expect E-KEY-SHAPE 65
    [ "$(get '.stages | length')" = 0 ]
}

@test "an application key is E-KEY-APPKEY and says what to create" {
    key=${key}01234567
    printf %s "$key" >key
    ddlogs_test --endpoint https://127.0.0.1:1 --site eu1
    expect E-KEY-APPKEY 65
    [[ "$(get '.next[0]')" == *https://app.datadoghq.eu/organization-settings/api-keys* ]]
}

@test "a key file that others may read is E-KEY-FILE and says how to mend it" {
    chmod 644 key
    key_option=()
    ddlogs_test --endpoint https://127.0.0.1:1 --site eu1 --key-store file --key-name "$work/key"
    expect E-KEY-FILE 78
    [[ "$(get '.message + (.next | join(" "))')" == *"chmod 600"* ]]
}

@test "no key at all is E-KEY-NONE and says how to give one" {
    key_option=()
    ddlogs_test --endpoint https://127.0.0.1:1 --site eu1 --key-store session
    expect E-KEY-NONE 78
    [[ "$(get '.next | join(" ")')" == *"ddlogs key set"* ]]
}
