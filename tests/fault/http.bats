#!/usr/bin/env bats
# What the intake can answer.
load helper

@test "each status has its code, its exit code and its stage" {
    while read -r status want exit_code; do
            start_intake --fault "status=$status@/api/v2/logs"
        ddlogs_test --endpoint "http://127.0.0.1:$INTAKE_PORT" --site eu1
        expect "$want" "$exit_code" log
        [ "$(evidence log status)" = "$status" ]
        [[ "$(evidence log request)" == "POST http://127.0.0.1:$INTAKE_PORT/api/v2/logs" ]]
    done <<'END'
400 E-HTTP-400 70
403 E-KEY-INTAKE 77
404 E-HTTP-404 76
408 E-HTTP-408 75
413 E-HTTP-413 70
415 E-HTTP-415 76
418 E-HTTP-STATUS 76
429 E-HTTP-429 75
500 E-HTTP-5XX 75
503 E-HTTP-5XX 75
END
}

@test "the time that Datadog asks to wait is told" {
    start_intake --fault retry-after=7@/api/v2/logs
    ddlogs_test --endpoint "http://127.0.0.1:$INTAKE_PORT" --site eu1
    expect E-HTTP-429 75 log
    message_has "7 s"
}

@test "a redirect is E-HTTP-REDIRECT and is not followed" {
    start_intake --fault redirect=http://127.0.0.1:1/login@/api/v2/logs
    ddlogs_test --endpoint "http://127.0.0.1:$INTAKE_PORT" --site eu1
    expect E-HTTP-REDIRECT 76 log
    [ "$(evidence log location)" = http://127.0.0.1:1/login ]
}

@test "a web page with status 200 is E-HTTP-HTML, not success" {
    start_intake --fault html=200@/api/v2/logs
    ddlogs_test --endpoint "http://127.0.0.1:$INTAKE_PORT" --site eu1
    expect E-HTTP-HTML 76 log
    [ "$(get .accepted)" = 0 ]
    start_intake --fault html=200@/api/v1/validate
    ddlogs_test --endpoint "http://127.0.0.1:$INTAKE_PORT" --site eu1
    expect E-HTTP-HTML 76 key
}

@test "an empty body with 202 is success" {
    start_intake --fault body=@/api/v2/logs
    ddlogs_test --endpoint "http://127.0.0.1:$INTAKE_PORT" --site eu1
    [ "$(get .ok)" = true ]
}

@test "a failure of the batch alone is told at the batch, with what was accepted before" {
    start_peer gzip
    ddlogs_test --endpoint "http://127.0.0.1:$peer_port" --site eu1 --encoding none
    expect E-HTTP-415 76 log
    [ "$(get .accepted)" = 0 ]
}

@test "an intake without zstd is a warning, and gzip stays" {
    start_peer gzip
    ddlogs_test --endpoint "http://127.0.0.1:$peer_port" --site eu1
    expect_warning E-HTTP-415 zstd
    [[ "$(get '.stages[-1].message')" == *"gzip will be used"* ]]
    [ "$(get .accepted)" = 18 ]
}

@test "an intake without zstd fails a configuration that asks for zstd" {
    start_peer gzip
    ddlogs_test --endpoint "http://127.0.0.1:$peer_port" --site eu1 --encoding zstd
    expect E-HTTP-415 76 zstd
}

@test "a clock that is ten minutes off is W-CLOCK" {
    start_intake --fault date=10m
    ddlogs_test --endpoint "http://127.0.0.1:$INTAKE_PORT" --site eu1
    expect_warning W-CLOCK key
    [[ "$(get '.stages[] | select(.stage == "key") | .message')" == *behind* ]]
}

@test "a clock that would lose logs is E-CLOCK, behind or ahead" {
    for off in 19h -3h; do
            start_intake --fault "date=$off"
        ddlogs_test --endpoint "http://127.0.0.1:$INTAKE_PORT" --site eu1
        expect E-CLOCK 78 key
    done
}

@test "the first bytes of an answer are evidence, and a key in them is not" {
    start_intake --fault echo-key@/api/v2/logs
    ddlogs_test --endpoint "http://127.0.0.1:$INTAKE_PORT" --site eu1
    expect E-KEY-INTAKE 77 log
    [ "$(evidence log body)" != null ]
}
