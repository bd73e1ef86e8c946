#!/usr/bin/env bats
# All nine sites under their true host names, against one local TLS intake.
bats_require_minimum_version 1.5.0
load helper

@test "every site's own names are connected, checked and sent to" {
    start_tls_intake --api-key-file key
    for site in us1 us3 us5 eu1 ap1 ap2 uk1 us1-fed us2-fed; do
        ddlogs_test --site "$site" --connect-to "127.0.0.1:$INTAKE_PORT" --ca-file "$CA_FILE"
        [ "$code" = 0 ]
        [ "$(get .ok)" = true ]
        [ "$(get .site)" = "$site" ]
        [ "$(get '[.stages[] | .result] | unique | join(" ")')" = "pass skip" ]
        [ "$(get .accepted)" = 35 ]
    done
    [ "$(jq -r 'select(.path == "/api/v2/logs") | .headers.Host' "$INTAKE_RECORD" | sort -u | wc -l)" = 9 ]
}

@test "every test log carries the id that the result names" {
    start_tls_intake --api-key-file key
    ddlogs_test --site us5 --connect-to "127.0.0.1:$INTAKE_PORT" --ca-file "$CA_FILE" --tag env:prod
    id=$(get .test_id)
    [ "${#id}" -ge 17 ]
    [ "$(grep -c "\"id\":\"$id\"" "$INTAKE_RECORD")" = 35 ]
    lacks "$key" "$INTAKE_RECORD" "$INTAKE_LOG"
}

@test "it works through a CONNECT proxy too" {
    start_tls_intake
    start_proxy "ConnectPort $INTAKE_PORT"
    HTTPS_PROXY=http://127.0.0.1:$proxy_port ddlogs_test --site eu1 \
        --connect-to "127.0.0.1:$INTAKE_PORT" --ca-file "$CA_FILE"
    [ "$code" = 0 ]
    [[ "$(get '.stages[0].message')" == *"HTTPS_PROXY"* ]]
}

@test "--site all reaches the nine at once, without a key" {
    key_option=()
    start_tls_intake
    ddlogs_test --site all --connect-to "127.0.0.1:$INTAKE_PORT" --ca-file "$CA_FILE"
    [ "$code" = 0 ]
    [ "$(get '[.sites[] | select(.ok) | .site] | join(" ")')" = \
        "us1 us3 us5 eu1 ap1 ap2 uk1 us1-fed us2-fed" ]
    [ ! -s "$INTAKE_RECORD" ]
}

@test "--site all prints a row for each site and counts them" {
    certs=$BATS_FILE_TMPDIR/rows
    make_ca "$certs"
    make_leaf "$certs" rows DNS:http-intake.logs.datadoghq.eu
    start_intake --tls-cert "$certs/rows.pem" --tls-key "$certs/rows.key"
    run --separate-stderr "$DDLOGS" test --manifest manifest.json --site all \
        --connect-to "127.0.0.1:$INTAKE_PORT" --ca-file "$certs/ca.pem"
    [ "$status" = 1 ]
    [ "$(grep -c '^FAIL .*E-TLS-NAME: ' <<<"$output")" = 8 ]
    grep -q '^OK *EU1 *https://http-intake.logs.datadoghq.eu, .* ms$' <<<"$output"
    [ "${lines[-1]}" = "1 of 9 sites can be reached." ]
    [[ "$stderr" == *"ddlogs help E-TLS-NAME"* ]]
}

@test "--site all is about Datadog's own addresses, so an endpoint is refused" {
    run --separate-stderr "$DDLOGS" test --manifest manifest.json --site all --endpoint http://127.0.0.1:9
    [ "$status" = 64 ]
    [[ "$stderr" == *"leave out --endpoint"* ]]
}

@test "--site all names the sites that cannot be reached, and exits 1 when they differ" {
    certs=$BATS_FILE_TMPDIR/some
    make_ca "$certs"
    make_leaf "$certs" some DNS:http-intake.logs.datadoghq.eu,DNS:http-intake.logs.us3.datadoghq.com
    start_intake --tls-cert "$certs/some.pem" --tls-key "$certs/some.key"
    key_option=()
    ddlogs_test --site all --connect-to "127.0.0.1:$INTAKE_PORT" --ca-file "$certs/ca.pem"
    [ "$code" = 1 ]
    [ "$(get '[.sites[] | select(.ok) | .site] | join(" ")')" = "us3 eu1" ]
    [ "$(get '[.sites[] | select(.ok | not) | .code] | unique | join(" ")')" = E-TLS-NAME ]
}

@test "--site all takes no longer than one site that does not answer" {
    wrap=(netns 'ip link set lo up; iptables -A INPUT -p tcp --dport 443 -j DROP')
    key_option=()
    begin=$(now_ms)
    ddlogs_test --site all --connect-to 127.0.0.1:443 --timeout 1
    [ $(($(now_ms) - begin)) -lt 2500 ]
    [ "$code" = 75 ]
    [ "$(get '[.sites[].code] | unique | join(" ")')" = E-NET-TIMEOUT ]
}
