#!/usr/bin/env bats
# ddlogs doctor: every stage with its evidence, one site or nine, the cause by its code.
bats_require_minimum_version 1.5.0
load helper

setup_file() {
    certs=$BATS_FILE_TMPDIR/certs
    make_certs "$certs"
    local san=DNS:localhost domain
    for domain in "${SITE_DOMAINS[@]}"; do
        san+=,DNS:http-intake.logs.$domain,DNS:api.$domain
    done
    make_leaf "$certs" expired "$san" -days -1
}

# nine [SITE=KIND...]: the nine sites of this test (nine.sh)
nine() {
    certs=$BATS_FILE_TMPDIR/certs
    export DDLOGS
    wrap=("$SRCDIR/nine.sh" "$certs" "$@" --)
}

codes() { # of the sites that are not well, "us3=E-TLS-TIME ..."
    get '[.sites[] | select(.code) | "\(.site)=\(.code)"] | join(" ")'
}

stage() { # NAME FIELD: of the machine or the first site
    get "[.machine[], .sites[0].stages[]] | .[] | select(.stage == \"$1\") | $2"
}

@test "three sites of nine that are broken in different ways are named, no slower than the slowest" {
    nine us3=expired us5=status=403 ap1=hole
    begin=$(now_ms)
    ddlogs_doctor --site all --ca-file "$BATS_FILE_TMPDIR/certs/ca.pem"
    took=$(($(now_ms) - begin))
    [ "$(codes)" = "us3=E-TLS-TIME us5=E-KEY-403 ap1=E-NET-TIMEOUT" ]
    [ "$code" = 77 ]
    [ "$(get .code)" = E-KEY-403 ]
    slowest=$(get '[.sites[].ms] | max')
    [ "$slowest" -ge 4900 ]
    [ "$took" -le $((slowest * 12 / 10)) ]
    # the certificate that was refused is named by a second look
    [[ "$(get '.sites[1].stages[] | select(.stage == "tls") | .evidence.subject')" == *expired* ]]
    [[ "$(get '.sites[1].stages[] | select(.stage == "tls") | .evidence.days_left')" == -* ]]
}

@test "nine healthy sites are well, no log is written, and government sites get no key" {
    nine
    ddlogs_doctor --site all --ca-file "$BATS_FILE_TMPDIR/certs/ca.pem"
    [ "$code" = 0 ]
    [ "$(get .ok)" = true ]
    [ -z "$(codes)" ]
    [ "$(get '[.sites[].site] | join(" ")')" = "us1 us3 us5 eu1 ap1 ap2 uk1 us1-fed us2-fed" ]
    [ "$(get '[.sites[0].stages[].stage] | join(" ")')" = "proxy dns tcp tls clock key intake" ]
    for site in us1 us3 us5 eu1 ap1 ap2 uk1; do
        grep -q '/api/v1/validate' "nine-$site.log"
        [ ! -s "nine-$site.ndjson" ]
    done
    lacks /api/v1/validate nine-us1-fed.log nine-us2-fed.log
    [[ "$(get '.sites[7].stages[] | select(.stage == "key") | .message')" == *government* ]]
}

@test "a key is shown to its own site alone" {
    nine
    export DD_SITE=eu1
    ddlogs_doctor --site all --ca-file "$BATS_FILE_TMPDIR/certs/ca.pem"
    [ "$code" = 0 ]
    grep -q /api/v1/validate nine-eu1.log
    for site in us1 us3 us5 ap1 ap2 uk1 us1-fed us2-fed; do
        lacks /api/v1/validate "nine-$site.log"
        lacks /api/v2/logs "nine-$site.log"
    done
    [[ "$(get '.sites[0].stages[] | select(.stage == "key") | .message')" == "the key is for EU1"* ]]
    [[ "$(stage plan .message)" == *"deliver to EU1"* ]]
}

@test "nine sites in a black hole end within 30 s, all with the cause" {
    nine us1=hole us3=hole us5=hole eu1=hole ap1=hole ap2=hole uk1=hole us1-fed=hole us2-fed=hole
    begin=$(now_ms)
    ddlogs_doctor --site all
    [ $(($(now_ms) - begin)) -lt 30000 ]
    [ "$(get '[.sites[].code] | unique | join(" ")')" = E-NET-TIMEOUT ]
    [ "$code" = 75 ]
}

@test "--site all prints a line a site and one card a code, with the sites that have it" {
    nine us3=closed us5=closed
    run --separate-stderr "${wrap[@]}" timeout 60 "$DDLOGS" doctor --manifest manifest.json --site all \
        --ca-file "$BATS_FILE_TMPDIR/certs/ca.pem"
    [ "$status" = 69 ]
    [ "$(grep -c '^OK  *[A-Z0-9-]* *https://' <<<"$output")" = 7 ]
    [ "$(grep -c '^FAIL .*E-NET-REFUSED: ' <<<"$output")" = 2 ]
    grep -qxF -- '---- US3, US5 ----' <<<"$output"
    [ "$(grep -c '^More: ddlogs help' <<<"$output")" = 1 ]
    [ "${lines[-1]}" = "2 problems, 0 warnings." ]
}

@test "one site, before any set-up: every stage in order, and nothing is written" {
    start_intake
    ddlogs_doctor --site eu1 --endpoint "http://127.0.0.1:$INTAKE_PORT"
    [ "$code" = 0 ]
    [ "$(get '[.machine[].stage] | join(" ")')" = "config source state plan" ]
    [ "$(get '[.sites[0].stages[] | .stage + "=" + .result] | join(" ")')" = \
        "proxy=pass dns=skip tcp=pass tls=skip clock=pass key=pass intake=pass" ]
    [ "$(stage source .evidence.place)" = --api-key-fd ]
    [ "$(stage config .evidence.site)" = "eu1 (option)" ]
    [ "$(stage key '.evidence.organization')" != null ]
    [ ! -s "$INTAKE_RECORD" ]
}

@test "without integration, site option and key: an endpoint is enough, and what is missing is told" {
    start_intake
    run --separate-stderr "$DDLOGS" doctor --endpoint "http://127.0.0.1:$INTAKE_PORT"
    [ "$status" = 0 ]
    grep -q '^SKIP *Key source *no API key was given$' <<<"$output"
    grep -q '^SKIP *Key *no API key was given$' <<<"$output"
    grep -q '^OK *Clock ' <<<"$output"
    run --separate-stderr "$DDLOGS" doctor
    [ "$status" = 64 ]
    [[ "$stderr" == *"choose one with --site"* ]]
}

@test "--send writes the test logs, --deep large objects and many rounds without a log" {
    start_intake
    ddlogs_doctor --site eu1 --endpoint "http://127.0.0.1:$INTAKE_PORT" --deep
    [ "$code" = 0 ]
    [ ! -s "$INTAKE_RECORD" ]
    [ "$(stage large .evidence.\"4.9\ MB\ plain\" | cut -d , -f 1)" = passes ]
    [ "$(stage quality .evidence.connections)" = "0 new, 12 reused" ]
    ddlogs_doctor --site eu1 --endpoint "http://127.0.0.1:$INTAKE_PORT" --send
    [ "$code" = 0 ]
    [ "$(stage zstd .result)" = pass ]
    [ "$(wc -l <"$INTAKE_RECORD")" = 35 ]
}

@test "a limit of the proxy for bodies is W-BODY-LIMIT, connections that do not last W-KEEPALIVE" {
    start_peer small
    ddlogs_doctor --site eu1 --endpoint "http://127.0.0.1:$peer_port" --deep
    [ "$code" = 0 ]
    [ "$(stage large .code)" = W-BODY-LIMIT ]
    [[ "$(stage large .message)" == *"4.9 MB plain"*413* ]]
    [[ "$(stage large .evidence.\"1\ MB\ plain\")" == passes* ]]
    [ "$(stage quality .code)" = W-KEEPALIVE ]
}

@test "what fails now and then is a warning of the path, with its cause" {
    start_intake --fault 'status=503@/api/v2/logs:50%' --seed 7
    code=1
    for ((i = 0; i < 20 && code != 0; i++)); do # the stage before needs one answer that is well
        ddlogs_doctor --site eu1 --endpoint "http://127.0.0.1:$INTAKE_PORT" --deep
        [ "$(stage intake .result)" = pass ] && [ "$(stage quality .result)" = warn ] || code=1
    done
    [ "$code" = 0 ]
    [ "$(stage quality .code)" = E-HTTP-5XX ]
    [[ "$(stage quality .message)" == *" of 12 rounds failed: "* ]]
}

@test "an address family that leads nowhere is W-NET-FAMILY beside one that works" {
    certs=$BATS_FILE_TMPDIR/certs
    make_leaf "$certs" both DNS:both.example
    export DDLOGS
    wrap=(netns "ip link set lo up; ip addr add fd00::1/128 dev lo nodad
        printf '127.0.0.1 both.example\nfd00::1 both.example\n' >hosts; mount --bind hosts /etc/hosts
        \"\$DDLOGS\" intake --port 44399 --port-file here --tls-cert '$certs/both.pem' \
        --tls-key '$certs/both.key' >here.out 2>here.log 3>&- 9<&- & echo \$! >here.pid
        while [ ! -s here ]; do sleep 0.01; done")
    ddlogs_doctor --site eu1 --endpoint https://both.example:44399 --ca-file "$certs/ca.pem"
    kill "$(cat here.pid)"
    [ "$code" = 0 ]
    [ "$(stage tcp .code)" = W-NET-FAMILY ]
    [ "$(stage dns .evidence.A)" = "127.0.0.1 (this machine)" ]
    [ "$(stage dns .evidence.AAAA)" = "fd00::1 (private)" ]
    [[ "$(stage tcp .evidence.IPv6)" == "fd00::1 refuses" ]]
    [[ "$(stage tcp .evidence.IPv4)" == "127.0.0.1 connected in "* ]]
}

@test "a company's inspection whose CA is trusted here is W-TLS-INSPECTED and names it" {
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 -keyout ca.key \
        -out ca.pem -subj "/O=Example Corp/CN=Example Corp TLS Inspection" \
        -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign 2>/dev/null
    make_leaf . opened IP:127.0.0.1
    start_intake --tls-cert opened.pem --tls-key opened.key
    ddlogs_doctor --site eu1 --endpoint "https://127.0.0.1:$INTAKE_PORT" --ca-file ca.pem
    [ "$code" = 0 ]
    [ "$(stage tls .code)" = W-TLS-INSPECTED ]
    [[ "$(stage tls .message)" == *'"Example Corp TLS Inspection"'* ]]
    [ "$(stage tls .evidence.cipher)" != null ]
    [[ "$(stage tls .evidence.name)" == "matches 127.0.0.1" ]]
}

@test "a clock far off is E-CLOCK before a key is needed, and the other stages are looked at all the same" {
    start_intake --fault date=19h
    ddlogs_doctor --site eu1 --endpoint "http://127.0.0.1:$INTAKE_PORT"
    [ "$code" = 78 ]
    [ "$(stage clock .code)" = E-CLOCK ]
    [ "$(stage intake .result)" = pass ]
    key_option=()
    ddlogs_doctor --site eu1 --endpoint "http://127.0.0.1:$INTAKE_PORT"
    [ "$(stage clock .code)" = E-CLOCK ]
    [ "$(stage key .result)" = skip ]
}

@test "a valid key that the intake refuses is E-KEY-INTAKE, by an object that is no log" {
    start_intake --fault status=403@/api/v2/logs
    ddlogs_doctor --site eu1 --endpoint "http://127.0.0.1:$INTAKE_PORT"
    [ "$code" = 77 ]
    [ "$(stage intake .code)" = E-KEY-INTAKE ]
    [ "$(stage plan .code)" = E-KEY-INTAKE ]
    [[ "$(stage plan .message)" == *"keep every log"*"until this is mended"* ]]
}

@test "what the sender would do is told: try again by itself, in the spool" {
    ddlogs_doctor --site eu1 --endpoint https://127.0.0.1:1 --spool "$PWD/spool"
    [ "$code" = 69 ]
    [[ "$(stage plan .message)" == *"in the spool $PWD/spool"*"try again"* ]]
    [ "$(stage state .message)" = "nothing was spooled yet" ]
}

@test "logs that nobody sends are W-SPOOL-WAITS, with their counts and the last refusal" {
    start_intake
    echo one | "$DDLOGS" send --manifest manifest.json --site eu1 --endpoint https://127.0.0.1:1 --spool "$PWD/spool" \
        --timeout 1 --api-key-fd 9 9<key || true
    ddlogs_doctor --site eu1 --endpoint "http://127.0.0.1:$INTAKE_PORT" --spool "$PWD/spool"
    [ "$code" = 0 ]
    [ "$(stage state .code)" = W-SPOOL-WAITS ]
    [ "$(stage state .evidence.pending)" = 1 ]
    [ "$(stage state .evidence.owner)" = nobody ]
    stop_intake
    start_intake --fault status=400@/api/v2/logs
    "$DDLOGS" send --manifest manifest.json --site eu1 --endpoint "http://127.0.0.1:$INTAKE_PORT" \
        --spool "$PWD/spool" --until-empty --timeout 20 --api-key-fd 9 9<key </dev/null || true
    stop_intake
    start_intake
    ddlogs_doctor --site eu1 --endpoint "http://127.0.0.1:$INTAKE_PORT" --spool "$PWD/spool"
    [ "$(stage state .evidence.quarantined)" = 1 ]
    [[ "$(stage state .evidence.last_error)" == *E-HTTP-400* ]]
}

@test "a broken configuration is a finding with its line, and the rest is looked at by the options" {
    start_intake
    mkdir -p "$XDG_CONFIG_HOME/ddlogs/acme_widget"
    printf '{"version": 1,\n  "integration": "acme_widget",\n  "sight": "eu1"}\n' \
        >"$XDG_CONFIG_HOME/ddlogs/acme_widget/config.json"
    ddlogs_doctor --site eu1 --endpoint "http://127.0.0.1:$INTAKE_PORT"
    [ "$code" = 78 ]
    [ "$(stage config .code)" = E-CFG-PARSE ]
    [[ "$(stage config .message)" == *config.json:3:* ]]
    [ "$(stage intake .result)" = pass ]
}

@test "the environment that hides the file's value is W-ENV-OVERRIDE" {
    start_intake
    mkdir -p "$XDG_CONFIG_HOME/ddlogs/acme_widget"
    printf '{"version": 1, "integration": "acme_widget", "site": "eu1", "endpoint": "http://127.0.0.1:%s"}\n' "$INTAKE_PORT" \
        >"$XDG_CONFIG_HOME/ddlogs/acme_widget/config.json"
    DD_SITE=us5 ddlogs_doctor
    [ "$code" = 0 ]
    [ "$(stage config .code)" = W-ENV-OVERRIDE ]
    [[ "$(stage config .message)" == "DD_SITE=us5 in the environment wins over site"* ]]
}

@test "a key of a place that gives none is a finding; an application key is never sent" {
    start_intake
    key_option=(--key-store file --key-name "$work/none")
    ddlogs_doctor --site eu1 --endpoint "http://127.0.0.1:$INTAKE_PORT"
    [ "$code" = 78 ]
    [ "$(stage source .code)" = E-KEY-NONE ] || [ "$(stage source .code)" = E-KEY-FILE ]
    [ "$(stage clock .result)" = pass ]
    key_option=(--api-key-fd 9)
    key=${key}01234567
    printf %s "$key" >key
    ddlogs_doctor --site eu1 --endpoint "http://127.0.0.1:$INTAKE_PORT"
    [ "$code" = 65 ]
    [ "$(stage source .code)" = E-KEY-APPKEY ]
    lacks /api/v1/validate "$INTAKE_LOG"
}

@test "--junit writes what build servers read, with its failures" {
    ddlogs_doctor --site eu1 --endpoint https://127.0.0.1:1 --junit out.xml
    [ "$code" = 69 ]
    /usr/bin/python3 - out.xml <<'END'
import sys, xml.etree.ElementTree as tree
suites = tree.parse(sys.argv[1]).getroot().findall("testsuite")
assert [s.get("name") for s in suites] == ["machine", "https://127.0.0.1:1"], suites
cases = {c.get("name"): c for c in suites[1]}
assert cases["tcp"].find("failure").get("type") == "E-NET-REFUSED"
assert "next: " in cases["tcp"].find("failure").text
assert cases["intake"].find("skipped") is not None
assert suites[1].get("failures") == "1"
END
    assert_canary_free "$key" out.xml
}

@test "--junit into a folder that is not there names the file that was asked for" {
    ddlogs_doctor --site eu1 --endpoint https://127.0.0.1:1 --junit none/out.xml
    grep -qF "ddlogs: E-IO: none/out.xml cannot be written: No such file or directory" err
}

@test "--watch prints changes alone, and its exit code is of the worst that was seen" {
    start_intake --fault 'status=503@/api/v2/logs*2'
    "$DDLOGS" doctor --manifest manifest.json --site eu1 --endpoint "http://127.0.0.1:$INTAKE_PORT" \
        --watch 1 --api-key-fd 9 9<key >watch 2>watch.err 3>&- &
    pid=$!
    wait_until 20 grep -q 'intake *OK: ' watch
    kill -TERM "$pid"
    code=0
    wait "$pid" || code=$?
    [ "$code" = 75 ]
    [ "$(wc -l <watch)" = 2 ]
    grep -q '^20..-..-..T.*Z  http://127.* intake *FAIL E-HTTP-5XX: ' watch
    assert_canary_free "$key" watch watch.err
}

@test "what contradicts itself is refused in one sentence" {
    for options in '--site all --endpoint http://127.0.0.1:9' '--site all --send' '--watch 0' '--timeout 0' 'word'; do
        # shellcheck disable=SC2086
        run --separate-stderr "$DDLOGS" doctor --manifest manifest.json $options
        [ "$status" = 64 ]
        [ "$(grep -c '^ddlogs: E-USAGE: ' <<<"$stderr")" = 1 ]
    done
}

@test "Ctrl-C ends it at once with E-CANCELLED" {
    start_peer hold
    "$DDLOGS" doctor --json --manifest manifest.json --site eu1 --endpoint "https://127.0.0.1:$peer_port" \
        --api-key-fd 9 9<key >out 2>err 3>&- &
    pid=$!
    wait_until 10 test -s greeting
    begin=$(now_ms)
    kill -INT "$pid" || true
    kill -TERM "$pid"
    code=0
    wait "$pid" || code=$?
    [ $(($(now_ms) - begin)) -lt 300 ]
    [ "$code" = 130 ]
}

@test "an answer that gives the key back puts it into no output" {
    start_intake --fault echo-key
    ddlogs_doctor --site eu1 --endpoint "http://127.0.0.1:$INTAKE_PORT" --deep --send
    run "$DDLOGS" doctor --manifest manifest.json --site eu1 --endpoint "http://127.0.0.1:$INTAKE_PORT" \
        --verbose --api-key-fd 9 --junit out.xml 9<key
    printf '%s\n' "$output" >rows
    assert_canary_free "$key" rows out.xml
}
