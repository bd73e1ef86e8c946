#!/usr/bin/env bats
# The local intake against curl: paths, encodings, limits, answers, the record and the key.
bats_require_minimum_version 1.5.0
load lib

setup() {
  sandbox
  KEY=$(new_key)
}

teardown() {
  stop_intakes
}

# ask PATH [CURL OPTION...]: STATUS, BODY, and HEADERS of the answer to the key in SENT (else KEY).
ask() {
  local path=$1
  shift
  STATUS=$(curl -s --noproxy '*' --max-time 20 -o body -D headers -w '%{http_code}' \
    -H "DD-API-KEY: ${SENT-$KEY}" "$@" "$INTAKE_URL$path")
  BODY=$(cat body)
  HEADERS=$(tr -d '\r' <headers)
}

# post DATA [CURL OPTION...] to the current path of logs
post() {
  local data=$1
  shift
  ask /api/v2/logs -H 'Content-Type: application/json' --data-binary "$data" "$@"
}

answers() { # STATUS BODY
  [ "$STATUS" = "$1" ] || { echo "status $STATUS, not $1: $BODY"; return 1; }
  [ $# -lt 2 ] || [ "$BODY" = "$2" ] || { echo "body $BODY"; return 1; }
}

error_body() { # STATUS TITLE DETAIL
  printf '{"errors":[{"status":"%s","title":"%s","detail":"%s"}]}' "$@"
}

@test "an array, one object and the older path are accepted and recorded" {
  start_intake
  post '[{"message":"one","n":1.50},{"message":"two"}]'
  answers 202 '{}'
  [[ $HEADERS == *"Content-Type: application/json"* ]]
  post '{"message":"three"}'
  answers 202 '{}'
  ask /v1/input -H 'Content-Type: application/json' --data-binary '[{"message":"four"}]'
  answers 200 '{}'
  [ "$(jq -r .entry.message "$INTAKE_RECORD")" = $'one\ntwo\nthree\nfour' ]
  [ "$(jq -r .path "$INTAKE_RECORD" | uniq)" = $'/api/v2/logs\n/v1/input' ]
  [ "$(jq -r .request "$INTAKE_RECORD" | tr '\n' ' ')" = "1 1 2 3 " ]
}

@test "the record keeps strings and numbers as they came" {
  start_intake
  post $'[ {"message" : "a\\u0000b \\ud83d\\ude00 \\/ \xc3\xa9 { , }" ,\n "big":12345678901234567890, "f":1.0e+2 } ]'
  answers 202 '{}'
  grep -qF '"entry":{"message":"a\u0000b \ud83d\ude00 \/ é { , }","big":12345678901234567890,"f":1.0e+2}}' \
    "$INTAKE_RECORD"
}

@test "lines of text and syslog frames become messages" {
  start_intake
  ask /api/v2/logs -H 'Content-Type: text/plain' --data-binary $'first\r\n\nsecond "quoted"\n'
  answers 202 '{}'
  ask /api/v2/logs -H 'Content-Type: application/logplex-1' \
    --data-binary $'13 <40>1 - alpha12 <40>1 - beta'
  answers 202 '{}'
  [ "$(entries)" = $'{"message":"first"}\n{"message":"second \\"quoted\\""}\n{"message":"<40>1 - alpha"}\n{"message":"<40>1 - beta"}' ]
  ask /api/v2/logs -H 'Content-Type: application/logplex-1' --data-binary '99 <40>1 - cut'
  answers 400 "$(error_body 400 "Bad Request" "Invalid frame")"
}

@test "gzip, deflate and zstd bodies are understood" {
  start_intake
  printf '[{"message":"packed"}]' >plain
  gzip -k plain
  zstd -q plain
  /usr/bin/python3 -c 'import zlib; open("plain.z", "wb").write(zlib.compress(open("plain", "rb").read()))'
  post @plain.gz -H 'Content-Encoding: gzip'
  answers 202 '{}'
  post @plain.z -H 'Content-Encoding: deflate'
  answers 202 '{}'
  post @plain.zst -H 'Content-Encoding: zstd'
  answers 202 '{}'
  [ "$(jq -r .encoding "$INTAKE_RECORD" | tr '\n' ' ')" = "gzip deflate zstd " ]
  [ "$(jq -r .entry.message "$INTAKE_RECORD" | uniq)" = packed ]
}

@test "an empty body and an empty object only probe the connection" {
  start_intake
  post ''
  answers 202 '{}'
  post '{}'
  answers 202 '{}'
  post '[]'
  answers 202 '{}'
  [ ! -s "$INTAKE_RECORD" ]
  [ "$(grep -c 'logs=0' "$INTAKE_LOG")" -eq 3 ]
}

@test "what is not JSON or no object gets 400 and is not recorded" {
  start_intake
  local bad
  for bad in '[{"message":"a"},]' '[{"message":"a"}' '{"message":tru}' '"text"' '[1]' '[{"a":01}]' \
    '{"a":1}x' $'{"a":"\x01"}' $'{"a":"\xff"}' '{"a" 1}' '{a:1}'; do
    post "$bad"
    answers 400 "$(error_body 400 "Bad Request" "Invalid JSON")"
  done
  post "$(printf '[%.0s' {1..200})"
  answers 400
  post "{\"a\":$(printf '[%.0s' {1..200})$(printf ']%.0s' {1..200})}"
  answers 400
  [ ! -s "$INTAKE_RECORD" ]
}

@test "a body that does not match its encoding gets 400" {
  start_intake
  printf '[{"message":"packed"}]' | gzip >whole.gz
  head -c 20 whole.gz >cut.gz
  post @cut.gz -H 'Content-Encoding: gzip'
  answers 400
  post '{"message":"plain"}' -H 'Content-Encoding: gzip'
  answers 400
  post '{"message":"plain"}' -H 'Content-Encoding: zstd'
  answers 400
  [ ! -s "$INTAKE_RECORD" ]
}

@test "an unknown encoding and an unknown type get 415" {
  start_intake
  post '{"message":"a"}' -H 'Content-Encoding: br'
  answers 415 "$(error_body 415 "Unsupported Media Type" "Content type or encoding is not supported")"
  ask /api/v2/logs -H 'Content-Type: application/xml' -d '<a/>'
  answers 415
}

@test "5,000,000 bytes are accepted and one more gets 413, packed or not" {
  start_intake
  local empty='{"message":""}'
  {
    printf '{"message":"'
    head -c $((5000000 - ${#empty})) /dev/zero | tr '\0' x
    printf '"}'
  } >just
  [ "$(stat -c %s just)" -eq 5000000 ]
  {
    cat just
    printf ' '
  } >over
  gzip -k just over
  post @just
  answers 202 '{}'
  post @just.gz -H 'Content-Encoding: gzip'
  answers 202 '{}'
  post @over
  answers 413 "$(error_body 413 "Request Entity Too Large" "Request too large")"
  post @over -H 'Transfer-Encoding: chunked'
  answers 413
  post @over.gz -H 'Content-Encoding: gzip'
  answers 413
}

@test "a bomb costs no more than the limit" {
  start_intake
  head -c 1000000000 /dev/zero | gzip -1 >bomb.gz
  head -c 1000000000 /dev/zero | zstd -q -1 >bomb.zst
  post @bomb.gz -H 'Content-Encoding: gzip'
  answers 413
  post @bomb.zst -H 'Content-Encoding: zstd'
  answers 413
  [ "$(awk '/VmHWM/ { print $2 }' "/proc/$INTAKE_PID/status")" -lt "${BOMB_LIMIT_KB:-400000}" ]
}

@test "1000 logs are accepted and one more gets 413" {
  start_intake
  seq 1000 | jq -c '{message: "log \(.)"}' | jq -sc . >just
  seq 1001 | jq -c '{message: "log \(.)"}' | jq -sc . >over
  post @just
  answers 202 '{}'
  post @over
  answers 413
  [ "$(wc -l <"$INTAKE_RECORD")" -eq 1000 ]
}

@test "a log above 1,000,000 bytes is accepted and cut, the others are not touched" {
  start_intake
  {
    printf '[{"message":"small"},{"message":"'
    head -c 1100000 /dev/zero | tr '\0' x
    printf '","service":"shop"}]'
  } >big
  post @big
  answers 202 '{}'
  [ "$(jq -c .truncated "$INTAKE_RECORD" | tr '\n' ' ')" = "null true " ]
  [ "$(jq -r .entry.message "$INTAKE_RECORD" | head -1)" = small ]
  [ "$(tail -1 "$INTAKE_RECORD" | jq -r .entry.service)" = shop ]
  [ "$(tail -1 "$INTAKE_RECORD" | jq -c .entry | tr -d '\n' | wc -c)" -eq 1000000 ]
}

@test "the key checks tell a good, a wrong and a missing key apart" {
  printf '%s\n' "$KEY" >key
  start_intake --api-key-file key
  ask /api/v1/validate
  answers 200 '{"valid":true}'
  ask /api/v2/validate
  answers 200
  [ "$(jq -c '[.data.type, .data.attributes.valid, (.data.id | length)]' <<<"$BODY")" = '["validate_v2",true,36]' ]
  SENT=$(new_key) ask /api/v1/validate
  answers 403 '{"errors":["Forbidden"]}'
  SENT='' ask /api/v1/validate
  answers 403 '{"errors":["API key required"]}'
  SENT=$(new_key) post '[]'
  answers 403 "$(error_body 403 Forbidden "API key is invalid")"
  SENT='' post '[]'
  answers 401 "$(error_body 401 Unauthorized "API key is missing")"
  SENT='' ask /v1/input -H 'Content-Type: text/plain' -d x
  answers 401 '{"code":401,"message":"API key is missing"}'
}

@test "the key counts in its header alone" {
  printf '%s\n' "$KEY" >key
  start_intake --api-key-file key
  SENT='' ask "/api/v2/logs?dd-api-key=$KEY" -H 'Content-Type: text/plain' -d x
  answers 401
  SENT='' ask "/v1/input/$KEY" -H 'Content-Type: text/plain' -d x
  answers 404
  SENT='' ask "/api/v1/validate?api_key=$KEY"
  answers 403
  assert_canary_free "$KEY" "$INTAKE_LOG" "$INTAKE_OUT"
}

@test "a salted hash stands for the key" {
  local salt=00ff10 sum
  sum=$( (printf '\x00\xff\x10'; printf %s "$KEY") | sha256sum | cut -d' ' -f1)
  start_intake --api-key-hash "$salt:$sum"
  ask /api/v1/validate
  answers 200
  SENT=$(new_key) ask /api/v1/validate
  answers 403
}

@test "without a key every key of the right form is accepted" {
  start_intake
  ask /api/v1/validate
  answers 200
  SENT=not-a-key ask /api/v1/validate
  answers 403
}

@test "an unknown path gets 404, a wrong method 405" {
  start_intake
  ask /api/v2/log -d x
  answers 404 "$(error_body 404 "Not Found" "HTTP path is unknown")"
  ask /api/v2/logs
  answers 405
  [[ $HEADERS == *"Allow: POST"* ]]
  ask /api/v1/validate -d x
  answers 405
}

@test "over plain HTTP only loopback names are served" {
  start_intake
  ask /api/v1/validate -H 'Host: http-intake.logs.datadoghq.com'
  answers 421
  ask /api/v1/validate -H 'Host: attacker.example'
  answers 421
  ask /api/v1/validate -H "Host: localhost:$INTAKE_PORT"
  answers 200
  ask /api/v1/validate -H "Host: [::1]:$INTAKE_PORT"
  answers 200
}

# ask_site HOST PATH [CURL OPTION...]: STATUS of the answer over TLS under a true name.
ask_site() {
  local url=https://$1$2
  shift 2
  STATUS=$(curl -s --noproxy '*' --cacert "$CA_FILE" --connect-to "::127.0.0.1:$INTAKE_PORT" \
    -o body -w '%{http_code}' -H "DD-API-KEY: $KEY" "$@" "$url")
}

@test "over TLS each site's hosts serve their own paths alone" {
  start_tls_intake
  local domain
  for domain in "${SITE_DOMAINS[@]}"; do
    ask_site "http-intake.logs.$domain" /api/v2/logs -H 'Content-Type: application/json' -d '{"a":1}'
    [ "$STATUS" = 202 ]
    ask_site "http-intake.logs.$domain" /api/v1/validate
    [ "$STATUS" = 404 ]
    ask_site "api.$domain" /api/v1/validate
    [ "$STATUS" = 200 ]
  done
  [ "$(wc -l <"$INTAKE_RECORD")" -eq 9 ]
}

@test "the query and the headers that matter are recorded, the key is not" {
  start_intake
  post '[{"message":"a"}]' -A "agent/1 $KEY" -H 'DD-EVP-ORIGIN: ddlogs'
  ask "/api/v2/logs?ddtags=env:prod,team:web&ddsource=demo&dd-api-key=$KEY&x=$KEY" \
    -H 'Content-Type: text/plain' --data-binary "the key is $KEY here"
  answers 202
  [ "$(head -1 "$INTAKE_RECORD" | jq -r '.headers["DD-EVP-ORIGIN"]')" = ddlogs ]
  [ "$(tail -1 "$INTAKE_RECORD" | jq -r .query.ddtags)" = env:prod,team:web ]
  [ "$(tail -1 "$INTAKE_RECORD" | jq -r .entry.message)" = "the key is ******************************** here" ]
  stop_intake
  assert_canary_free "$KEY" "$INTAKE_RECORD" "$INTAKE_LOG" "$INTAKE_OUT" "$BATS_TEST_TMPDIR"/*.port
}

@test "the key is in no page of memory once the request is over" {
  printf '%s\n' "$KEY" >key
  start_intake --api-key-file key
  rm key
  # one connection stays open, so that its memory is still there
  exec 4<>"/dev/tcp/127.0.0.1/$INTAKE_PORT"
  printf 'GET /api/v1/validate HTTP/1.1\r\nHost: localhost\r\nDD-API-KEY: %s\r\n\r\n' "$KEY" >&4
  read -r STATUS <&4
  [[ $STATUS == *"200 OK"* ]]
  post '[{"message":"in the core"}]'
  answers 202
  dump_core "$INTAKE_PID"
  exec 4>&-
  grep -qaF 'in the core' "core.$INTAKE_PID" # a body's memory is kept, so the core has the heap
  run -1 grep -caF "$KEY" "core.$INTAKE_PID"
}

@test "the key is in no page of memory after requests over TLS" {
  printf '%s\n' "$KEY" >key
  start_tls_intake --api-key-file key
  rm key
  local n
  for n in 1 2 3; do
    post '[{"message":"in the core"}]' --cacert "$CA_FILE"
    answers 202
  done
  dump_core "$INTAKE_PID"
  grep -qaF 'in the core' "core.$INTAKE_PID"
  run -1 grep -caF "$KEY" "core.$INTAKE_PID"
}

@test "the log has one line a request, without the key" {
  start_intake
  post '[{"message":"a"},{"message":"b"}]'
  ask /api/v1/validate
  ask "/v1/input/$KEY"
  [ "$(sed 's/ [0-9.]*ms.*//' "$INTAKE_LOG")" = $'POST /api/v2/logs 202 logs=2 bytes=33\nGET /api/v1/validate 200 logs=0 bytes=0\nGET /v1/input/******************************** 404 logs=0 bytes=0' ]
}

@test "SIGTERM ends it within 200 ms with a summary and exit code 0" {
  start_intake --json
  post '[{"message":"a"},{"message":"b"}]'
  local begun ended rc=0
  begun=$(now_ms)
  kill -TERM "$INTAKE_PID"
  wait "$INTAKE_PID" || rc=$?
  ended=$(now_ms)
  [ "$rc" -eq 0 ]
  [ $((ended - begun)) -lt "${STOP_LIMIT_MS:-200}" ]
  grep -qF '1 requests, 1 accepted, 2 logs, 33 bytes' "$INTAKE_OUT"
  [ "$(tail -1 "$INTAKE_OUT" | jq -c '[.command, .ok, .exit_code, .logs]')" = '["intake",true,0,2]' ]
}

@test "it says how to point the set-up at it" {
  start_intake
  grep -qx "Listening on $INTAKE_URL" "$INTAKE_OUT"
  grep -qF "ddlogs setup --endpoint $INTAKE_URL" "$INTAKE_OUT"
}

@test "a taken port, a bad hash, a bad fault and a lone certificate are refused with a sentence" {
  start_intake
  run --separate-stderr -73 "$DDLOGS" intake --port "$INTAKE_PORT"
  [[ $stderr == *"cannot listen on port $INTAKE_PORT: Address already in use"* ]]
  run --separate-stderr -65 "$DDLOGS" intake --api-key-hash 12:34
  [[ $stderr == *"must be SALT:SHA256"* ]]
  run --separate-stderr -65 "$DDLOGS" intake --fault stauts=503
  [[ $stderr == *'did you mean "status"?'* ]]
  run --separate-stderr -64 "$DDLOGS" intake --tls-cert x
  [[ $stderr == *"belong together"* ]]
  run --separate-stderr -73 "$DDLOGS" intake --record /dev/null
  [[ $stderr == *"it is no regular file"* ]]
}
