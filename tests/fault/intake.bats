#!/usr/bin/env bats
# The faults of the local intake, as curl meets them: every kind of the table in intake/fault.h.
bats_require_minimum_version 1.5.0
load ../cli/lib

setup() {
  sandbox
  KEY=$(new_key)
}

teardown() {
  stop_intakes
}

# ask PATH [CURL OPTION...]: RC of curl, STATUS, BODY, HEADERS.
ask() {
  local path=$1
  shift
  RC=0
  rm -f body headers
  STATUS=$(curl -s --noproxy '*' --max-time 10 -o body -D headers -w '%{http_code}' \
    -H "DD-API-KEY: $KEY" "$@" "$INTAKE_URL$path") || RC=$?
  BODY=$([ ! -e body ] || tr -d '\0' <body)
  HEADERS=$([ ! -e headers ] || tr -d '\r' <headers)
}

# Posts one log.
post() {
  ask /api/v2/logs -H 'Content-Type: application/json' -d '[{"message":"x"}]' "$@"
}

recorded() {
  [ "$(wc -l <"$INTAKE_RECORD")" -eq "$1" ]
}

@test "status: every code comes with its body, and from 300 on nothing is accepted" {
  local code
  for code in 400 401 403 404 405 408 413 415 429 500 502 503 504; do
    start_intake --fault "status=$code"
    post
    [ "$STATUS" = "$code" ]
    [ "$(jq -r '.errors[0].status' <<<"$BODY")" = "$code" ]
    recorded 0
    ask /api/v1/validate
    [ "$STATUS" = "$code" ]
    [ "$(jq -r '.errors[0] | type' <<<"$BODY")" = string ]
    ask /v1/input -H 'Content-Type: text/plain' -d x
    [ "$(jq -r .code <<<"$BODY")" = "$code" ]
    stop_intake
  done
  start_intake --fault status=200
  post
  [ "$STATUS $BODY" = "200 {}" ]
  recorded 1
}

@test "delay: the answer waits and is whole" {
  start_intake --fault delay=300ms
  local begun
  begun=$(now_ms)
  post
  [ "$STATUS $BODY" = "202 {}" ]
  [ $(($(now_ms) - begun)) -ge 300 ]
}

@test "hang: no answer, the logs are in, and SIGTERM still ends the intake within 200 ms" {
  start_intake --fault hang
  post --max-time 0.5
  [ "$RC" -eq 28 ]
  recorded 1
  curl -s --noproxy '*' -H "DD-API-KEY: $KEY" "$INTAKE_URL/api/v1/validate" 3>&- &
  wait_until 10 grep -q /api/v1/validate "$INTAKE_LOG"
  local begun
  begun=$(now_ms)
  stop_intake
  [ $(($(now_ms) - begun)) -lt "${STOP_LIMIT_MS:-200}" ]
}

@test "drop and cut: the connection ends and nothing is accepted" {
  start_intake --fault drop
  post
  [ "$RC" -eq 52 ]
  recorded 0
  stop_intake
  head -c 400000 /dev/zero | tr '\0' x >big
  start_intake --fault cut=100000
  ask /api/v2/logs -H 'Content-Type: text/plain' --data-binary @big
  [ "$RC" -eq 55 ] || [ "$RC" -eq 56 ]
  recorded 0
}

@test "close: the logs are in, the answer is missing or cut" {
  start_intake --fault close
  post
  [ "$RC" -eq 52 ]
  recorded 1
  stop_intake
  start_intake --fault close=60
  post # curl calls headers that end early an answer
  [ "$STATUS" = 202 ]
  [[ $HEADERS != *Content-Length* ]]
  recorded 1
  stop_intake
  start_intake --fault close=200 --fault "body=$(printf 'x%.0s' {1..500})"
  post
  [ "$RC" -eq 18 ]
  [ "$STATUS" = 202 ]
}

@test "reset: the logs are in, the connection is reset at any byte of the answer" {
  local bytes
  for bytes in 0 1 15 40 100 130; do
    start_intake --fault "reset=$bytes"
    post
    [ "$RC" -eq 56 ]
    recorded 1
    stop_intake
  done
}

@test "slow: the answer trickles at the rate" {
  start_intake --fault slow=200
  local begun
  begun=$(now_ms)
  post
  [ "$STATUS $BODY" = "202 {}" ]
  # some 140 bytes at 200 a second
  [ $(($(now_ms) - begun)) -ge 500 ]
}

@test "html and redirect: what a captive portal does, and nothing is accepted" {
  start_intake --fault html
  post
  [ "$STATUS" = 200 ]
  [[ $HEADERS == *"Content-Type: text/html"* ]]
  [[ $BODY == "<!DOCTYPE html>"* ]]
  recorded 0
  stop_intake
  start_intake --fault html=503
  post
  [ "$STATUS" = 503 ]
  stop_intake
  start_intake --fault redirect=https://portal.example/login
  post
  [ "$STATUS" = 302 ]
  [[ $HEADERS == *$'\nLocation: https://portal.example/login\n'* ]]
  recorded 0
}

@test "retry-after: any form of it, with 429 or the status given before it" {
  local form
  for form in 0 5 -1 1000000000000 'Wed, 21 Oct 2026 07:28:00 GMT' soon ''; do
    start_intake --fault "retry-after=$form"
    post
    [ "$STATUS" = 429 ]
    [ -z "$form" ] || [[ $HEADERS == *$'\n'"Retry-After: $form"$'\n'* ]]
    stop_intake
  done
  start_intake --fault status=503 --fault retry-after=7
  post
  [ "$STATUS" = 503 ]
  [[ $HEADERS == *"Retry-After: 7"* ]]
}

@test "body, header and date change one thing each" {
  start_intake --fault 'body={"errors":' --fault 'header=X-Cache: HIT from proxy' --fault date=-2h
  post
  [ "$STATUS" = 202 ]
  [ "$BODY" = '{"errors":' ]
  [[ $HEADERS == *$'\nX-Cache: HIT from proxy\n'* ]]
  local date off
  date=$(sed -n 's/^Date: //p' <<<"$HEADERS")
  off=$(($(date +%s) - $(date -d "$date" +%s)))
  [ "$off" -ge 7199 ] && [ "$off" -le 7230 ]
  stop_intake
  start_intake --fault body=
  post
  [ "$STATUS" = 202 ]
  [ -z "$BODY" ]
}

@test "rubbish, endless, headers, continue and bomb: answers to be refused" {
  start_intake --fault rubbish
  post
  [ "$RC" -eq 1 ]
  stop_intake
  start_intake --fault endless
  post --max-time 1
  [ "$RC" -eq 28 ]
  [ "$(stat -c %s body)" -gt 100000 ]
  stop_intake
  start_intake --fault headers
  post --max-time 5
  [ "$RC" -ne 0 ]
  stop_intake
  start_intake --fault continue=50
  post
  [ "$STATUS $BODY" = "202 {}" ]
  [ "$(grep -c '100 Continue' headers)" -eq 50 ]
  stop_intake
  start_intake --fault bomb=10000000
  post
  [ "$STATUS" = 202 ]
  [ "$(stat -c %s body)" -lt 100000 ]
  [ "$(gzip -dc body | wc -c)" -eq 10000000 ]
}

@test "echo-key: the answer holds the key in reason, header and body, the log does not" {
  start_intake --fault echo-key
  ask /api/v1/validate
  [ "$STATUS" = 403 ]
  [[ $HEADERS == "HTTP/1.1 403 Forbidden $KEY"$'\n'* ]]
  [[ $HEADERS == *$'\n'"X-Key: $KEY"$'\n'* ]]
  [[ $BODY == *"API key $KEY is invalid"* ]]
  stop_intake
  assert_canary_free "$KEY" "$INTAKE_LOG" "$INTAKE_OUT"
}

@test "poison: a body that holds the text is refused whole, packed or not; others are not" {
  start_intake --fault poison=arsenic
  ask /api/v2/logs -H 'Content-Type: application/json' -d '[{"message":"tea"},{"message":"arsenic"}]'
  [ "$STATUS" = 400 ]
  [ "$(jq -r '.errors[0].detail' <<<"$BODY")" = "A log holds what a fault refuses" ]
  gzip -c <<<'[{"message":"arsenic"}]' >packed
  ask /api/v2/logs -H 'Content-Type: application/json' -H 'Content-Encoding: gzip' --data-binary @packed
  [ "$STATUS" = 400 ]
  recorded 0
  post
  [ "$STATUS" = 202 ]
  recorded 1
}

@test "the same over TLS: reset, slow, bomb and the key's echo" {
  start_tls_intake --fault reset=60
  post --cacert "$CA_FILE"
  [ "$RC" -eq 56 ]
  recorded 1
  stop_intake
  start_tls_intake --fault slow=200
  post --cacert "$CA_FILE"
  [ "$STATUS $BODY" = "202 {}" ]
  stop_intake
  start_tls_intake --fault bomb=1000000
  post --cacert "$CA_FILE"
  [ "$(gzip -dc body | wc -c)" -eq 1000000 ]
  stop_intake
  start_tls_intake --fault echo-key
  post --cacert "$CA_FILE"
  [[ $BODY == *"$KEY"* ]]
}

@test "tls: one version alone is offered" {
  start_tls_intake --fault tls=1.1
  post --cacert "$CA_FILE" --tlsv1.2
  [ "$RC" -eq 35 ]
  stop_intake
  start_tls_intake --fault tls=1.2
  post --cacert "$CA_FILE" --tlsv1.2
  [ "$STATUS" = 202 ]
  post --cacert "$CA_FILE" --tlsv1.3
  [ "$RC" -eq 35 ]
}

@test "a fault keeps to its path, its host and its count" {
  start_intake --fault status=403@/api/v1/validate --fault 'status=503@/api/v2/logs*2'
  ask /api/v1/validate
  [ "$STATUS" = 403 ]
  post
  [ "$STATUS" = 503 ]
  post
  [ "$STATUS" = 503 ]
  post
  [ "$STATUS" = 202 ]
  stop_intake
  start_tls_intake --fault 'status=403@api.us3.datadoghq.com/api/v1/validate'
  local host
  for host in api.us3.datadoghq.com api.datadoghq.eu; do
    STATUS=$(curl -s --noproxy '*' --cacert "$CA_FILE" --connect-to "::127.0.0.1:$INTAKE_PORT" -o body \
      -w '%{http_code}' -H "DD-API-KEY: $KEY" "https://$host/api/v1/validate")
    echo "$host $STATUS" >>seen
  done
  [ "$(cat seen)" = $'api.us3.datadoghq.com 403\napi.datadoghq.eu 200' ]
}

@test "a share of the requests is drawn from the seed: the same seed gives the same run" {
  local seed n
  for seed in 7 7 8; do
    start_intake --seed "$seed" --fault 'status=503:50%'
    for n in {1..40}; do
      printf 'url = "%s/api/v1/validate"\noutput = /dev/null\n' "$INTAKE_URL"
    done >urls
    curl -s --noproxy '*' -K urls -H "DD-API-KEY: $KEY" -w '%{http_code} ' >>runs
    echo >>runs
    stop_intake
  done
  [ "$(sed -n 1p runs)" = "$(sed -n 2p runs)" ]
  [ "$(sed -n 1p runs)" != "$(sed -n 3p runs)" ]
  [ "$(sed -n 1p runs | grep -o 503 | wc -l)" -ge 8 ]
  [ "$(sed -n 1p runs | grep -o 200 | wc -l)" -ge 8 ]
}
