#!/usr/bin/env bats
# What can be wrong with a spool, each for real.
load helper

eval "$(declare -f setup | sed '1s/setup/setup_work/')"

setup() {
    setup_work
    senders=()
    spool=$work/spool
}

teardown() {
    local pid
    stop_intakes
    for pid in "${senders[@]}"; do
        kill -KILL "$pid" 2>/dev/null && wait "$pid"
    done
    return 0
}

# run_ddlogs COMMAND OPTION...: with $wrap in front; sets $code and $verdict (the object)
run_ddlogs() {
    code=0
    "${wrap[@]}" timeout 60 "$DDLOGS" "$@" --json --spool "$spool" >"$work/out" 2>"$work/err" \
        9<"$work/key" 3>&- || code=$?
    verdict=$(tail -n 1 "$work/out")
    cat "$work/err"
    printf '%s\n' "$verdict"
    printf '%s\n' "$verdict" >>"$BATS_FILE_TMPDIR/objects"
    assert_canary_free "$key" "$work/out" "$work/err"
}

# send OPTION...: standard input to where nobody listens, so that it stays in the spool
send() {
    run_ddlogs send --manifest "$work/manifest.json" --site eu1 --endpoint http://127.0.0.1:1 \
        --api-key-fd 9 "$@"
}

# fill FROM TO: that many logs wait in the spool
fill() {
    send --timeout 0 < <(seq "$1" "$2")
    [ "$(counts)" = "[$2,0,$2,0,0,0]" ]
}

# what the spool says of its logs
counts() {
    "$DDLOGS" spool status --json --spool "$spool" |
        jq -c '[.accepted, .delivered, .pending, .quarantined, .damaged, .discarded]'
}

@test "a folder that others may write is E-SPOOL-PERM, and nothing is written there" {
    mkdir "$spool"
    chmod 777 "$spool"
    send < <(seq 3)
    expect E-SPOOL-PERM 73
    message_has "chmod 700 $spool"
    [ -z "$(ls -A "$spool")" ]
    chmod 700 "$spool"
    fill 1 3
}

@test "a spool of a newer version is E-SPOOL-NEWER for all, and stays as it is" {
    fill 1 3
    /usr/bin/python3 "$TESTS_DIR/cli/spool_file.py" newer "$spool/cursor"
    (cd "$spool" && sha256sum -- *) >before
    send < <(seq 3)
    expect E-SPOOL-NEWER 78
    run_ddlogs spool discard --yes
    expect E-SPOOL-NEWER 78
    run_ddlogs spool verify
    expect E-SPOOL-NEWER 78
    (cd "$spool" && sha256sum -- *) | diff before -
}

@test "a spool that is not there is E-SPOOL-NONE, and is not made by looking" {
    for command in status verify list "discard --yes"; do
        # shellcheck disable=SC2086 # words
        run_ddlogs spool $command
        expect E-SPOOL-NONE 78
        message_has "$spool"
    done
    [ ! -e "$spool" ]
}

@test "a flipped bit is E-SPOOL-DAMAGED, what is whole is delivered, and the count tells" {
    fill 1 1000
    fill 1001 2000
    printf '\377' | dd of="$spool/0000000000000001.seg" bs=1 seek=300 conv=notrunc status=none
    run_ddlogs spool verify
    expect E-SPOOL-DAMAGED 1
    start_intake
    run_ddlogs send --manifest "$work/manifest.json" --site eu1 --endpoint "$INTAKE_URL" \
        --api-key-fd 9 --timeout 30 </dev/null
    [ "$code" = 0 ]
    grep -q "E-SPOOL-DAMAGED: 1000 logs" err
    [ "$(get '.warnings[0].code')" = E-SPOOL-DAMAGED ]
    entries | jq -r .message | sort -n | diff <(seq 1001 2000) -
    [ "$(counts)" = '[2000,1000,0,0,1000,0]' ]
    [ -s "$spool/damaged-0000000000000001.seg" ]
}

@test "a second sender on a spool is E-SPOOL-BUSY and names the first" {
    fill 1 3
    mkfifo input
    "$DDLOGS" send --manifest manifest.json --site eu1 --endpoint http://127.0.0.1:1 \
        --api-key-fd 9 --spool "$spool" 9<key <input >first.out 2>&1 3>&- &
    senders+=("$!")
    exec 8>input
    wait_until 20 sh -c '[ "$("$1" spool status --json --spool "$2" | jq .owner)" = "$3" ]' sh \
        "$DDLOGS" "$spool" "${senders[0]}"
    send < <(seq 3)
    expect E-SPOOL-BUSY 73
    message_has "process ${senders[0]}"
    # and the moment that it ends, the spool is free
    kill -KILL "${senders[0]}"
    wait "${senders[0]}" || true
    fill 4 6
}

@test "a full disk is E-SPOOL-FULL, what was accepted is kept, and the rest is told" {
    mkdir small
    # shellcheck disable=SC2016 # for the shells inside
    wrap=(netns 'ip link set lo up; mount -t tmpfs -o size=256k tmpfs small'
        sh -c '"$@"; code=$?; cp -r small/spool .; exit $code' sh)
    spool=$work/small/spool
    head -c 300000 /dev/urandom | base64 -w 99 >lines
    send --timeout 2 lines
    [ "$code" = 75 ]
    grep -q "E-SPOOL-FULL: .*No space left" err
    [ "$(get '.warnings[0].code')" = E-SPOOL-FULL ]
    [ "$(get .taken)" = "$(wc -l <lines)" ]
    spool=$work/spool
    wrap=()
    accepted=$(counts | jq '.[0]')
    run_ddlogs spool verify
    [ "$code" = 0 ]
    "$DDLOGS" spool export --spool "$spool" | jq -r .message | diff <(head -n "$accepted" lines) -
    [ "$accepted" -gt 0 ]
}

@test "logs older than --spool-age are discarded with W-EXPIRED, and counted" {
    fill 1 20
    send --spool-age 1h --timeout 0 </dev/null
    [ "$(counts)" = '[20,0,20,0,0,0]' ]
    # two hours pass
    /usr/bin/python3 "$TESTS_DIR/cli/spool_file.py" age "$spool/0000000000000001.seg" 7200
    send --spool-age 1h --timeout 30 </dev/null
    [ "$code" = 0 ]
    grep -q W-EXPIRED err
    [ "$(get '.warnings[0].code')" = W-EXPIRED ]
    [ "$(get .discarded)" = 20 ]
    [ "$(counts)" = '[20,0,0,0,0,20]' ]
}
