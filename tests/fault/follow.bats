#!/usr/bin/env bats
# Followed files: renames, truncations and kills against a local intake. The oracle: unique ids; what
# was written is what arrived, and what arrived twice is within the bound that the manual states.
bats_require_minimum_version 1.5.0
load helper

# no object of `ddlogs test` here
teardown_file() {
    :
}

# follow [OPTION...]: ddlogs send --follow in the background; SEND_PID, what it says in err.
follow() {
    # descriptor 3 is bats' own
    "$DDLOGS" send --manifest manifest.json --site eu1 --endpoint "$INTAKE_URL" --api-key-fd 9 \
        --follow --positions "$work/positions.json" "$@" >>out 2>>err 9<key 3>&- &
    SEND_PID=$!
    pids+=("$SEND_PID")
}

# ended [SIGNAL]: sends it and waits; the exit code in status.
ended() {
    status=0
    kill "-${1:-TERM}" "$SEND_PID"
    wait "$SEND_PID" || status=$?
}

sink() {
    start_intake --api-key-file key "$@"
}

# ids: the number of each log that arrived, in its order.
ids() {
    entries | jq -r '.message | capture("^id (?<n>[0-9]+) ").n'
}

arrived() {
    [ "$(ids | sort -un | tail -n 1)" = "$1" ] && [ "$(ids | sort -un | wc -l)" = "$1" ]
}

# lines FROM TO: each with its id
lines() {
    seq "$1" "$2" | sed 's/.*/id & some words that make a log of it/'
}

# exactly N: 1 to N arrived, each once
exactly() {
    diff <(seq "$1") <(ids | sort -n)
}

followed() {
    [ -s "$work/positions.json" ]
}

@test "a file that appears later is waited for, said once, and read whole" {
    sink
    follow app.log
    wait_until 10 grep -q 'app.log.*waiting for it' err
    lines 1 100 >>app.log
    wait_until 20 arrived 100
    ended
    [ "$status" -eq 0 ]
    exactly 100
    [ "$(grep -c waiting err)" -eq 1 ]
}

@test "a folder that appears later is found" {
    sink
    follow deep/app.log
    wait_until 10 grep -q 'waiting for it' err
    mkdir deep
    lines 1 10 >deep/app.log
    wait_until 20 arrived 10
    ended
    exactly 10
}

@test "a file that is there is followed from its end, or from its start if asked" {
    sink
    lines 1 10 >app.log
    follow app.log
    wait_until 10 followed
    lines 1 5 | sed 's/^id /id 10/' >>app.log
    wait_until 20 eval '[ "$(ids | wc -l)" = 5 ]'
    ended
    [ "$(ids | sort -n | tr '\n' ' ')" = "101 102 103 104 105 " ]
    rm positions.json
    follow --from-start app.log
    wait_until 20 eval '[ "$(ids | wc -l)" = 20 ]'
    ended
}

@test "a renamed file is read to its end, and its successor from its beginning" {
    sink
    follow --from-start app.log
    lines 1 10 >>app.log
    wait_until 20 arrived 10
    exec 7>>app.log
    mv app.log app.log.1
    lines 21 30 >app.log
    lines 11 20 >&7
    exec 7>&-
    wait_until 20 arrived 30
    ended
    [ "$status" -eq 0 ]
    diff <(seq 30) <(ids)
}

@test "an emptied file is read from its beginning" {
    sink
    follow --from-start app.log
    lines 1 10 >>app.log
    wait_until 20 arrived 10
    cp app.log app.log.1
    : >app.log
    lines 11 12 >>app.log
    wait_until 20 arrived 12
    lines 13 500 >app.log # longer than before, in one go
    wait_until 20 arrived 500
    ended
    exactly 500
}

@test "a deleted file that is made again goes on" {
    sink
    follow --from-start app.log
    for n in 1 2 3; do
        lines $((n * 10 - 9)) $((n * 10)) >>app.log
        wait_until 20 arrived $((n * 10))
        rm app.log
    done
    ended
    exactly 30
}

@test "a hundred rotations while it is written to lose nothing and repeat nothing" {
    local i
    sink
    follow --from-start app.log
    wait_until 20 grep -q 'waiting for it' err
    for ((i = 0; i < 100; i++)); do
        lines $((i * 50 + 1)) $((i * 50 + 25)) >>app.log
        lines $((i * 50 + 26)) $((i * 50 + 50)) >>app.log
        mv app.log "app.log.$i"
    done
    lines 5001 5010 >app.log
    wait_until 60 arrived 5010
    ended
    [ "$status" -eq 0 ]
    exactly 5010
}

@test "rotations that nobody saw are gone through in their order" {
    sink
    follow --from-start app.log
    lines 1 10 >>app.log
    wait_until 20 arrived 10
    ended
    lines 11 20 >>app.log
    mv app.log app.log.2
    lines 21 30 >app.log
    mv app.log app.log.1
    lines 31 40 >app.log
    follow app.log
    wait_until 20 arrived 40
    ended
    diff <(seq 40) <(ids)
}

# writer N FROM: writes lines and rotates now and then, on its own
writer() {
    local i
    for ((i = $2; i <= $1; i += 20)); do
        lines "$i" $((i + 19)) >>app.log
        ((i % 2000 != 1)) || mv app.log "app.log.$i"
        read -r -t 0.001 <>pause || true
    done
}

# killed_again_and_again BOUND OPTION...: BOUND is what one process can have in flight: what it delivers
# in the 200 ms between two notes of positions, and 63 lines. kill -9 at random moments while a writer writes and rotates
killed_again_and_again() {
    local bound=$1 kills=0 all=20000 writer
    shift
    mkfifo pause
    # a process that was killed before it noted its first place has never begun
    : >app.log
    follow --from-start "$@" app.log
    wait_until 20 followed
    ended KILL
    writer $all 1 3>&- 9>&- &
    writer=$!
    pids+=("$writer")
    while kill -0 "$writer" 2>/dev/null; do
        follow --from-start "$@" app.log
        # a random moment, while the writer goes on
        read -r -t "0.$(printf %03d $((RANDOM % 400 + 50)))" <>pause || true
        kill -KILL "$SEND_PID"
        wait "$SEND_PID" || true
        kills=$((kills + 1))
    done
    [ "$kills" -ge 3 ]
    follow --from-start "$@" app.log
    wait_until 60 arrived $all
    ended
    echo "# kills: $kills, arrived: $(ids | wc -l)"
    diff <(seq $all) <(ids | sort -un)
    [ "$(ids | wc -l)" -le $((all + kills * bound)) ]
    if grep -q 'gone or was written anew' err; then return 1; fi
}

@test "kill -9 at random moments loses nothing, and repeats what was in flight at most" {
    sink
    killed_again_and_again 2500
}

@test "the same with a spool" {
    sink
    killed_again_and_again 2500 --spool "$work/spool"
}

all_safe() {
    [ "$(jq '.files[0].offset' positions.json)" = "$(stat -c %s app.log)" ]
}

@test "kill -9 when all is delivered repeats nothing, and what came meanwhile is read" {
    local i
    sink
    : >app.log
    for i in 1 2 3 4; do
        follow --from-start app.log
        lines $((i * 100 - 99)) $((i * 100)) >>app.log
        wait_until 20 arrived $((i * 100))
        wait_until 20 all_safe
        ended KILL
    done
    exactly 400
}

@test "kill -9 with a dead intake loses nothing" {
    sink --fault status=503
    : >app.log
    follow --from-start app.log
    wait_until 20 followed
    lines 1 100 >>app.log
    wait_until 20 grep -q 503 "$INTAKE_LOG"
    ended KILL
    sink
    follow app.log
    wait_until 20 arrived 100
    ended
    exactly 100
}

@test "a line is sent when its end comes, and at a stop" {
    sink
    follow --from-start app.log
    printf 'id 1 whole\nid 2 ha' >app.log
    wait_until 20 arrived 1
    printf 'lf\nid 3 cut' >>app.log
    wait_until 20 arrived 2
    ended
    [ "$(entries | jq -r .message | tr '\n' '|')" = 'id 1 whole|id 2 half|id 3 cut|' ]
}

@test "a damaged file of positions is put aside and said" {
    sink
    printf '{"version":1,"files":[{' >positions.json
    lines 1 3 >app.log
    follow --from-start app.log
    wait_until 20 arrived 3
    ended
    [ "$status" -eq 0 ]
    grep -q 'positions.json.damaged' err
    [ "$(cat positions.json.damaged)" = '{"version":1,"files":[{' ]
    jq -e '.files[0].offset > 0' positions.json
}

@test "a second process with the same positions is refused" {
    sink
    follow app.log
    wait_until 10 grep -q waiting err
    run "$DDLOGS" send --manifest manifest.json --site eu1 --endpoint "$INTAKE_URL" --api-key-fd 9 \
        --follow --positions "$work/positions.json" app.log 9<key
    [ "$status" -eq 73 ]
    [[ $output == *E-CFG-BUSY*--positions* ]]
    ended
}

@test "stack traces arrive as one log, from several files at once" {
    sink
    follow --from-start --multiline-start '^id ' a.log b.log
    printf 'id 1 boom\n  at x\n' >>a.log
    printf 'id 2 boom\n' >>b.log
    printf '  at y\n' >>a.log
    wait_until 20 arrived 2
    ended
    [ "$(entries | jq -r .message | sort | tr '\n' '|')" = '  at x|  at y|id 1 boom|id 2 boom|' ]
    [ "$(entries | wc -l)" -eq 2 ]
}

# ---- keys, dead intakes, the service manager ----

@test "SIGHUP reads a rotated key file, and what was held goes on" {
    sink
    new_key >mine
    chmod 600 mine
    "$DDLOGS" send --manifest manifest.json --site eu1 --endpoint "$INTAKE_URL" \
        --key-store file --key-name "$work/mine" --follow --positions positions.json --from-start \
        app.log >out 2>err 3>&- &
    SEND_PID=$!
    pids+=("$SEND_PID")
    lines 1 3 >app.log
    wait_until 20 grep -q E-KEY-403 err
    cat key >mine
    kill -HUP "$SEND_PID"
    wait_until 20 grep -q 'read anew' err
    wait_until 20 arrived 3
    ended
    [ "$status" -eq 0 ]
    exactly 3
    assert_canary_free "$key" out err
}

@test "SIGHUP with a broken configuration is told, and the old one stays" {
    sink
    mkdir -p home/.config/ddlogs/acme_widget
    printf '{"version":1,"integration":"acme_widget","site":"eu1","endpoint":"%s"}' "$INTAKE_URL" \
        >home/.config/ddlogs/acme_widget/config.json
    chmod 600 home/.config/ddlogs/acme_widget/config.json
    "$DDLOGS" send --manifest manifest.json --api-key-fd 9 --follow --positions positions.json \
        --from-start app.log >out 2>err 9<key 3>&- &
    SEND_PID=$!
    pids+=("$SEND_PID")
    lines 1 3 >app.log
    wait_until 20 arrived 3
    echo '{' >home/.config/ddlogs/acme_widget/config.json
    kill -HUP "$SEND_PID"
    wait_until 20 grep -q 'E-CFG-PARSE.*stays' err
    lines 4 6 >>app.log
    wait_until 20 arrived 6
    ended
    exactly 6
}

@test "SIGTERM with a dead intake ends in time, says what is pending, and nothing is forgotten" {
    INTAKE_URL=http://127.0.0.1:1
    follow --from-start --timeout 1 app.log
    lines 1 10 >app.log
    wait_until 10 followed
    ended
    [ "$status" -eq 75 ]
    grep -q '10 not delivered' err
    sink
    follow app.log
    wait_until 20 arrived 10
    ended
    [ "$status" -eq 0 ]
    exactly 10
}

@test "the service manager hears of readiness, reload and stop" {
    sink
    /usr/bin/python3 -c 'import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); s.bind("notify")
print("bound", flush=True)
while True: print(s.recv(4096).decode().replace("\n", " "), flush=True)' >heard 3>&- &
    pids+=("$!")
    wait_until 10 grep -q bound heard
    NOTIFY_SOCKET=$work/notify WATCHDOG_USEC=200000 STATE_DIRECTORY=$work/state \
        "$DDLOGS" send --manifest manifest.json --site eu1 --endpoint "$INTAKE_URL" --api-key-fd 9 \
        --follow app.log >out 2>err 9<key 3>&- &
    SEND_PID=$!
    pids+=("$SEND_PID")
    wait_until 10 grep -q 'READY=1 STATUS=Following' heard
    wait_until 10 grep -q 'WATCHDOG=1' heard
    kill -HUP "$SEND_PID"
    wait_until 10 grep -q 'RELOADING=1 MONOTONIC_USEC=[0-9]' heard
    lines 1 2 >app.log
    wait_until 20 arrived 2
    ended
    [ "$status" -eq 0 ]
    wait_until 10 grep -q 'STOPPING=1' heard
    [ -s state/positions.json ]
}

@test "a process without rights is told of changes too" {
    local folder
    [ "$(id -u)" = 0 ] || skip "it is one in all of these tests"
    folder=$(mktemp -d)
    chmod 777 "$folder"
    if ! setpriv --reuid 65534 --regid 65534 --clear-groups "$DDLOGS" --version >/dev/null; then
        rm -r "$folder"
        skip "another user cannot start the program where it stands"
    fi
    cp manifest.json "$folder"
    : >"$folder/app.log"
    sink
    HOME=$folder XDG_STATE_HOME=$folder XDG_CONFIG_HOME=$folder setpriv --reuid 65534 --regid 65534 \
        --clear-groups "$DDLOGS" send --manifest "$folder/manifest.json" --site eu1 \
        --endpoint "$INTAKE_URL" --api-key-fd 9 --follow "$folder/app.log" >out 2>err 9<key 3>&- &
    SEND_PID=$!
    pids+=("$SEND_PID")
    wait_until 10 test -s "$folder/ddlogs/acme_widget/positions.json"
    lines 1 3 >>"$folder/app.log"
    wait_until 20 arrived 3
    ended
    rm -r "$folder"
    [ "$status" -eq 0 ]
    lacks 'once a second' err
}
