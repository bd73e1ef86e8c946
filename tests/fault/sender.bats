#!/usr/bin/env bats
# ddlogs send meets what networks and intakes do: every log arrives, or the exit code and the counters
# say that it did not. tests/torture does the same many times.
bats_require_minimum_version 1.5.0
load ../cli/lib

setup() {
  sandbox
  KEY=$(new_key)
  printf %s "$KEY" >key
  printf '{"version":1,"name":"acme","source":"acme","services":["shop"]}\n' >manifest.json
}

teardown() {
  stop_intakes
}

# send [OPTION...]: sets CODE and RESULT, the object of --json.
send() {
  CODE=0
  timeout 100 "$DDLOGS" send --manifest manifest.json --site eu1 --endpoint "$INTAKE_URL" --api-key-fd 9 --json \
    --quiet "$@" 9<key >out 2>err || CODE=$?
  RESULT=$(tail -n 1 out)
  cat err
}

field() {
  jq -r ".$1" <<<"$RESULT"
}

lines() { # FIRST LAST: numbered logs, text and JSON in turn
  seq "$1" "$2" | awk '{ if ($1 % 2) printf "line %d of \"text\"\n", $1; else printf "{\"n\":%d,\"text\":\"caf\303\251\"}\n", $1 }'
}

# arrived: the numbers of the logs that came, sorted, each once.
arrived() {
  entries | jq -r '.n // (.message | capture("line (?<n>[0-9]+)").n)' | sort -n | uniq
}

requests() {
  grep -c 'POST /api/v2/logs' "$INTAKE_LOG"
}

@test "a connection that is reset anywhere in request or answer costs no log" {
  local fault
  lines 1 100 >input
  for fault in cut=0 cut=1 cut=500 cut=3000 reset=0 reset=12 reset=40 close=0 close=60 drop; do
    start_intake --fault "$fault@/api/v2/logs*1"
    send --encoding none input
    [ "$CODE" -eq 0 ]
    [ "$(field delivered) $(field pending)" = "100 0" ]
    diff <(seq 100) <(arrived)
    stop_intake
  done
}

@test "429 with any Retry-After, or none, is waited for and costs no log" {
  local text past
  lines 1 100 >input
  past=$(date -u -d '-1 year' '+%a, %d %b %Y %T GMT')
  for text in 0 -1 1 soon '' 1e9 "$past"; do
    start_intake --fault "retry-after=$text@/api/v2/logs*1"
    send input
    [ "$CODE" -eq 0 ]
    [ "$(requests)" -eq 2 ]
    diff <(seq 100) <(arrived)
    stop_intake
  done
}

@test "one poison log among a thousand is refused alone, within 21 requests" {
  local fault
  lines 1 1000 >input
  # the answers of the last: one refused and good halves, ten times, and as many halves again at most
  for fault in 'line 1 ' 'line 499 ' 'line 999 '; do
    start_intake --fault "poison=$fault"
    send input
    [ "$CODE" -ne 0 ]
    [ "$(field taken) $(field delivered) $(field quarantined) $(field pending)" = "1000 999 1 0" ]
    [ "$(requests)" -le 21 ]
    diff <(seq 1000 | grep -vx "$(tr -dc 0-9 <<<"$fault")") <(arrived)
    stop_intake
  done
}

@test "answers that never end, inflate, or are none are bounded, and nothing is called delivered that was not" {
  local fault
  lines 1 100 >input
  for fault in endless headers continue=1000000 bomb=200000000 rubbish html redirect=http://127.0.0.1:1/ status=418; do
    start_intake --fault "$fault@/api/v2/logs"
    send --timeout 5 input
    [ "$CODE" -ne 0 ]
    [ "$(field delivered) $(field pending)" = "0 100" ]
    stop_intake
  done
}

@test "503, lost answers and cut bodies at once: all logs arrive, and the exit code is 0" {
  local seed
  lines 1 20000 >input
  for seed in 1 2; do
    start_intake --seed $seed --fault status=503:20% --fault close=60:10% --fault cut=500:10%
    send input
    [ "$CODE" -eq 0 ]
    [ "$(field taken) $(field delivered)" = "20000 20000" ]
    diff <(seq 20000) <(arrived)
    stop_intake
  done
}

@test "an intake that takes nothing more: the rest is pending, and the exit code says so" {
  lines 1 5000 >input
  start_intake --fault status=503@/api/v2/logs
  send --timeout 1 input
  [ "$CODE" -ne 0 ]
  [ "$(field accepted)" = "$(($(field delivered) + $(field pending) + $(field quarantined) + $(field discarded)))" ]
  [ "$(field delivered)" = 0 ]
  [ -z "$(arrived)" ]
}
