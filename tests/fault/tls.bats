#!/usr/bin/env bats
# What a TLS peer can do wrong; the certificate that was refused is named.
load helper

setup_file() {
    certificates
    make_leaf "$certs" good "DNS:$intake_eu1,DNS:api.datadoghq.eu,IP:127.0.0.1" -days 20
    make_leaf "$certs" other.example DNS:portal.example
    make_leaf "$certs" expired IP:127.0.0.1 -days -1
    make_leaf "$certs" future IP:127.0.0.1
    faketime '+10 days' openssl x509 -req -in "$certs/future.csr" -CA "$certs/ca.pem" \
        -CAkey "$certs/ca.key" -set_serial 99 -out "$certs/future.pem" \
        -extfile <(echo subjectAltName=IP:127.0.0.1) 2>/dev/null
}

@test "a peer that takes the connection and says nothing is E-TLS-TIMEOUT" {
    start_peer hold
    ddlogs_test --endpoint "https://127.0.0.1:$peer_port" --site eu1 --timeout 1
    expect E-TLS-TIMEOUT 75 tls
    [ "$(get '.stages[] | select(.stage == "tcp") | .result')" = pass ]
}

@test "plain HTTP on the port is E-TLS-NOTTLS" {
    start_peer plain
    ddlogs_test --endpoint "https://127.0.0.1:$peer_port" --site eu1
    expect E-TLS-NOTTLS 76 tls
}

@test "a peer that knows TLS 1.1 alone is E-TLS-VERSION" {
    serve good --fault tls=1.1
    ddlogs_test --endpoint "https://127.0.0.1:$INTAKE_PORT" --site eu1 --ca-file "$certs/ca.pem"
    expect E-TLS-VERSION 76 tls
}

@test "TLS 1.2 and 1.3 are both fine" {
    for version in 1.2 1.3; do
            serve good --fault tls=$version
        ddlogs_test --endpoint "https://127.0.0.1:$INTAKE_PORT" --site eu1 --ca-file "$certs/ca.pem"
        [ "$(get .ok)" = true ]
        [[ "$(evidence tls version)" == *$version ]]
    done
}

@test "a company CA that is not trusted is E-TLS-CA, names the issuer, and --ca-file mends it" {
    serve good
    ddlogs_test --endpoint "https://127.0.0.1:$INTAKE_PORT" --site eu1
    expect E-TLS-CA 69 tls
    message_has 'issued by "ddlogs test CA"'
    [[ "$(evidence tls issuer)" == *"ddlogs test CA"* ]]
    [[ "$(get '.next[0]')" == *--ca-file* ]]
    [ ! -s "$INTAKE_RECORD" ]
    ddlogs_test --endpoint "https://127.0.0.1:$INTAKE_PORT" --site eu1 --ca-file "$certs/ca.pem"
    [ "$(get .ok)" = true ]
    [[ "$(get '.stages[] | select(.stage == "tls") | .message')" == *"issued by ddlogs test CA, 19 days left" ]]
}

@test "a certificate for another name is E-TLS-NAME and tells for which" {
    serve other.example
    ddlogs_test --endpoint "https://127.0.0.1:$INTAKE_PORT" --site eu1 --ca-file "$certs/ca.pem"
    expect E-TLS-NAME 69 tls
    message_has other.example
}

@test "an expired certificate is E-TLS-TIME with its dates and the clock's" {
    serve expired
    ddlogs_test --endpoint "https://127.0.0.1:$INTAKE_PORT" --site eu1 --ca-file "$certs/ca.pem"
    expect E-TLS-TIME 69 tls
    message_has "clock"
    [ "$(evidence tls not_after)" != null ]
}

@test "a certificate that is not valid yet is E-TLS-TIME" {
    serve future
    ddlogs_test --endpoint "https://127.0.0.1:$INTAKE_PORT" --site eu1 --ca-file "$certs/ca.pem"
    expect E-TLS-TIME 69 tls
}

@test "a clock that is far ahead makes a good certificate E-TLS-TIME" {
    serve good
    wrap=(faketime '+60 days')
    ddlogs_test --endpoint "https://127.0.0.1:$INTAKE_PORT" --site eu1 --ca-file "$certs/ca.pem"
    expect E-TLS-TIME 69 tls
}

@test "a CA file that is missing or holds no certificate is E-CA-FILE and is named" {
    serve good
    ddlogs_test --endpoint "https://127.0.0.1:$INTAKE_PORT" --site eu1 --ca-file "$work/missing.pem"
    expect E-CA-FILE 78 tls
    message_has missing.pem
    echo rubbish >junk.pem
    ddlogs_test --endpoint "https://127.0.0.1:$INTAKE_PORT" --site eu1 --ca-file "$work/junk.pem"
    expect E-CA-FILE 78 tls
    message_has junk.pem
}
