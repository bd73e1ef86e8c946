# shellcheck shell=bash disable=SC2034,SC2154
# What the fault tests share: a canary key, a manifest, peers that misbehave, and the verdict of
# `ddlogs test --json`.
load ../cli/lib

intake_eu1=http-intake.logs.datadoghq.eu

setup() {
    sandbox
    work=$BATS_TEST_TMPDIR
    pids=()
    key=$(new_key)
    printf %s "$key" >key
    chmod 600 key
    cat >manifest.json <<'END'
{"version": 1, "name": "acme_widget", "title": "Acme Widget",
 "services": ["acme_widget", "acme_api"],
 "samples": ["10.0.0.1 GET / 200", "{\"level\":\"warn\",\"n\":1.50}"]}
END
}

teardown() {
    local pid
    stop_intakes
    for pid in "${pids[@]}"; do
        kill "$pid" 2>/dev/null && wait "$pid"
    done
    return 0
}

# Every object that a test of the file saw holds to the documented schema.
teardown_file() {
    /usr/bin/python3 "$TESTS_DIR/schema.py" "$TESTS_DIR/../docs/schema.json" \
        "$BATS_FILE_TMPDIR/objects"
}

# A CA and its certificates, once a file, in $certs.
certificates() {
    certs=$BATS_FILE_TMPDIR/certs
    [ -s "$certs/ca.pem" ] || make_ca "$certs"
}

# serve NAME [OPTION...]: an intake with that certificate
serve() {
    local name=$1
    shift
    certificates
    start_intake --tls-cert "$certs/$name.pem" --tls-key "$certs/$name.key" "$@"
}

# start_peer MODE: a server that misbehaves (peer.py); $peer_port is its port
start_peer() {
    /usr/bin/python3 "$SRCDIR/peer.py" "$1" "$work/peer.port" >"$work/peer.log" 2>&1 3>&- &
    pids+=("$!")
    wait_for_file "$work/peer.port"
    peer_port=$(cat "$work/peer.port")
}

# start_proxy LINE...: tinyproxy with these lines; $proxy_port is its port
start_proxy() {
    proxy_port=$(/usr/bin/python3 -c 'import socket
s = socket.create_server(("127.0.0.1", 0)); print(s.getsockname()[1])')
    printf '%s\n' "Port $proxy_port" "Listen 127.0.0.1" "Allow 127.0.0.1" "Timeout 60" "$@" \
        >"$work/proxy.conf"
    tinyproxy -d -c "$work/proxy.conf" >"$work/proxy.log" 2>&1 3>&- &
    pids+=("$!")
    wait_until 10 bash -c ": </dev/tcp/127.0.0.1/$proxy_port"
}

# ddlogs_test OPTION...: runs it, with $wrap in front; sets $code and $verdict (the object).
# Whatever happens, the key appears nowhere.
ddlogs_test() {
    tested=("$@")
    ddlogs_json test "$@"
}

# The doctor names the same cause as the test before it, by code and exit code.
doctor_agrees() {
    local said code_before=$code verdict_before=$verdict
    said=$(get .code)
    ddlogs_json doctor "${tested[@]}"
    [ "$(get .code)" = "$said" ]
    [ "$code" = "$code_before" ]
    code=$code_before verdict=$verdict_before
}

ddlogs_doctor() {
    ddlogs_json doctor "$@"
}

ddlogs_json() { # COMMAND OPTION...
    local command=$1
    shift
    code=0
    "${wrap[@]}" timeout 60 "$DDLOGS" "$command" --json --manifest "$work/manifest.json" "${key_option[@]}" "$@" \
        >"$work/out" 2>"$work/err" 9<"$work/key" 3>&- || code=$?
    verdict=$(tail -n 1 "$work/out")
    cat "$work/err"
    printf '%s\n' "$verdict"
    printf '%s\n' "$verdict" >>"$BATS_FILE_TMPDIR/objects"
    assert_canary_free "$key" "$work/out" "$work/err"
}

key_option=(--api-key-fd 9)
wrap=()

get() {
    printf '%s' "$verdict" | jq -r "$1"
}

# expect CODE EXIT [STAGE]: the whole and the stage that failed; later stages were not tried
expect() {
    [ "$code" = "$2" ]
    [ "$(get .exit_code)" = "$2" ]
    [ "$(get .code)" = "$1" ]
    [ "$(get .ok)" = false ]
    [ "$(get '.message | length > 0')" = true ]
    [ "$(get '.next | length > 0')" = true ]
    [ -z "$3" ] && return
    doctor_agrees
    [ "$(get '[.stages[] | select(.result == "fail") | .stage] | join(" ")')" = "$3" ]
    [ "$(get ".stages[] | select(.stage == \"$3\") | .code")" = "$1" ]
    [ "$(get '[.stages[] | .result] | join(" ") | test("fail( skip)*$")')" = true ]
}

# expect_warning CODE STAGE: accepted all the same
expect_warning() {
    [ "$code" = 0 ]
    [ "$(get .ok)" = true ]
    [ "$(get ".stages[] | select(.stage == \"$2\") | .result")" = warn ]
    [ "$(get ".stages[] | select(.stage == \"$2\") | .code")" = "$1" ]
}

message_has() {
    [[ "$(get .message)" == *"$1"* ]]
}

evidence() {
    get ".stages[] | select(.stage == \"$1\") | .evidence.\"$2\""
}

# lacks TEXT FILE...: none of them holds it
lacks() {
    if grep -nF -- "$@"; then return 1; fi
}

# A network of its own, where only loopback is up and a command may set packet rules.
netns() {
    if [ "$(id -u)" = 0 ]; then
        unshare -n -m sh -c "$1"'; shift; exec "$@"' sh "$@"
    else
        unshare -r -n -m sh -c "$1"'; shift; exec "$@"' sh "$@"
    fi
}
