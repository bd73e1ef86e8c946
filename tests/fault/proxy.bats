#!/usr/bin/env bats
# Proxies that refuse, and settings of proxies that are traps.
load helper

through_proxy() {
    ddlogs_test --site eu1 --connect-to "127.0.0.1:${peer_port:-$INTAKE_PORT}" "$@"
}

@test "a proxy that wants credentials is E-PROXY-AUTH, and with them it passes" {
    start_tls_intake
    start_proxy "ConnectPort $INTAKE_PORT" "BasicAuth someone sesame"
    export HTTPS_PROXY=http://127.0.0.1:$proxy_port
    through_proxy --ca-file "$CA_FILE"
    expect E-PROXY-AUTH 77 tcp
    [ "$(evidence tcp proxy_status)" != null ]
    export HTTPS_PROXY=http://someone:sesame@127.0.0.1:$proxy_port
    through_proxy --ca-file "$CA_FILE"
    [ "$code" = 0 ]
    lacks sesame out err
}

@test "wrong credentials are E-PROXY-AUTH and are not shown" {
    start_tls_intake
    start_proxy "ConnectPort $INTAKE_PORT" "BasicAuth someone sesame"
    export HTTPS_PROXY=http://someone:barley@127.0.0.1:$proxy_port
    through_proxy --ca-file "$CA_FILE"
    expect E-PROXY-AUTH 77 tcp
    lacks barley out err
}

@test "a proxy that does not allow the port is E-PROXY-DENY and names what to allow" {
    start_tls_intake
    start_proxy "ConnectPort 1"
    export HTTPS_PROXY=http://127.0.0.1:$proxy_port
    through_proxy --ca-file "$CA_FILE"
    expect E-PROXY-DENY 69 tcp
    [[ "$(get '.next[0]')" == "Ask to allow CONNECT to $intake_eu1:443 at http://127.0.0.1:"* ]]
}

@test "a proxy that holds the tunnel open to a silent host is E-TLS-TIMEOUT" {
    start_peer hold
    start_proxy "ConnectPort $peer_port"
    export HTTPS_PROXY=http://127.0.0.1:$proxy_port
    through_proxy --timeout 1
    expect E-TLS-TIMEOUT 75 tls
}

@test "an address that is no proxy is E-PROXY-URL and names the variable" {
    export HTTPS_PROXY=gopher://proxy.corp:3128
    ddlogs_test --site eu1
    expect E-PROXY-URL 78 proxy
    message_has HTTPS_PROXY
}

@test "a NO_PROXY entry with a dot is W-NOPROXY-DOT and everything goes on" {
    start_tls_intake
    NO_PROXY=.corp through_proxy --ca-file "$CA_FILE"
    expect_warning W-NOPROXY-DOT proxy
    [[ "$(evidence proxy W-NOPROXY-DOT)" == *NO_PROXY=corp* ]]
}

@test "HTTP_PROXY in capitals is W-HTTP-PROXY-UPPER" {
    start_tls_intake
    HTTP_PROXY=http://127.0.0.1:1 through_proxy --ca-file "$CA_FILE"
    expect_warning W-HTTP-PROXY-UPPER proxy
}

@test "a proxy variable without http:// is W-HTTPS-PROXY" {
    start_tls_intake
    start_proxy "ConnectPort $INTAKE_PORT"
    export HTTPS_PROXY=127.0.0.1:$proxy_port
    through_proxy --ca-file "$CA_FILE"
    expect_warning W-HTTPS-PROXY proxy
}
