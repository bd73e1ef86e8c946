#!/usr/bin/env bats
# ddlogs send --spool: what was accepted outlives the process, the key, the network and a full disk.
# tests/torture does the same many times.
bats_require_minimum_version 1.5.0
load ../cli/lib

setup() {
  sandbox
  KEY=$(new_key)
  printf %s "$KEY" >key
  printf '{"version":1,"name":"acme","source":"acme","services":["shop"]}\n' >manifest.json
  SENDER=
}

teardown() {
  [ -z "$SENDER" ] || kill -KILL "$SENDER" 2>/dev/null || true
  stop_intakes
}

lines() { # FIRST LAST: numbered logs, text and JSON in turn
  seq "$1" "$2" | awk '{ if ($1 % 2) printf "line %d of \"text\"\n", $1; else printf "{\"n\":%d,\"text\":\"caf\303\251\"}\n", $1 }'
}

# arrived: the numbers of the logs that came, sorted, each once.
arrived() {
  entries | jq -r '.n // (.message | capture("line (?<n>[0-9]+)").n)' | sort -n | uniq
}

# start_send [OPTION...]: in the background, from standard input; SENDER is its process.
start_send() {
  "$DDLOGS" send --manifest manifest.json --site eu1 --endpoint "$INTAKE_URL" --api-key-fd 9 --json --quiet \
    --spool spool "$@" 9<key >out 2>err 3>&- 8>&- &
  SENDER=$!
}

# send [OPTION...]: to its end; CODE and RESULT.
send() {
  CODE=0
  timeout 100 "$DDLOGS" send --manifest manifest.json --site eu1 --endpoint "$INTAKE_URL" --api-key-fd 9 --json \
    --quiet --spool spool "$@" 9<key >out 2>err || CODE=$?
  RESULT=$(tail -n 1 out)
  cat err
}

field() {
  jq -r ".$1" <<<"$RESULT"
}

spool_count() { # NAME: as "ddlogs spool status" tells it
  "$DDLOGS" spool status --spool spool --json | tail -n 1 | jq -r ".$1"
}

# accepted COUNT: the spool has taken that many over
accepted() {
  [ "$(spool_count accepted)" -ge "$1" ]
}

# The sum of every count, and every byte.
sound() {
  "$DDLOGS" spool verify --spool spool
}

@test "kill -9 three times: what was accepted arrives, and what comes twice was in flight" {
  local taken=0 i
  mkfifo input
  # an answer takes longer than a kill: whatever was sent is in flight
  start_intake --fault delay=300ms:50% --fault close=60:10%
  for i in 1 2 3; do
    exec 8<>input # whoever opens a FIFO for reading waits for its writer
    start_send <input
    lines $((taken + 1)) $((taken + 3000)) >&8
    wait_until 10 accepted $((taken + 1000))
    kill -KILL "$SENDER"
    wait "$SENDER" || true
    exec 8>&-
    sound
    taken=$(spool_count accepted)
  done
  lines $((taken + 1)) 12000 >rest
  send rest
  [ "$CODE" -eq 0 ]
  diff <(seq 12000) <(arrived)
  [ "$(entries | wc -l)" -le $((12000 + 4 * 8 * 1000)) ]
  sound
  [ "$(spool_count pending) $(spool_count accepted)" = "0 12000" ]
}

@test "an intake that is not there: the logs wait in the spool, the exit code says so, the next run sends them" {
  lines 1 500 >input
  INTAKE_URL=http://127.0.0.1:1
  send --timeout 1 input
  [ "$CODE" -ne 0 ]
  [ "$(field accepted) $(field delivered) $(field pending)" = "500 0 500" ]
  sound
  start_intake
  : >none
  send none
  [ "$CODE" -eq 0 ]
  diff <(seq 500) <(arrived)
  [ "$(entries | wc -l)" -eq 500 ]
}

@test "a revoked key: the logs wait in the spool until there is another one" {
  lines 1 500 >input
  new_key >other
  start_intake --api-key-file other
  send input
  [ "$CODE" -eq 77 ]
  [ "$(field code) $(field pending)" = "E-KEY-403 500" ]
  cp other key
  : >none
  send none
  [ "$CODE" -eq 0 ]
  diff <(seq 500) <(arrived)
  [ "$(entries | wc -l)" -eq 500 ]
}

@test "one poison log is kept in the quarantine with the answer, the others arrive" {
  lines 1 1000 >input
  start_intake --fault 'poison=line 77 '
  send input
  [ "$CODE" -ne 0 ]
  [ "$(field delivered) $(field quarantined) $(field pending)" = "999 1 0" ]
  diff <(seq 1000 | grep -vx 77) <(arrived)
  "$DDLOGS" spool export --quarantine --spool spool | grep -F 'line 77 '
  sound
}

@test "a disk that is full: nothing is lost, and all goes on by itself when there is room again" {
  unshare -Urm true 2>/dev/null || skip "no user namespaces here"
  mkfifo input
  start_intake
  stop_intake
  cat >full <<'END'
mkdir disk
mount -t tmpfs -o size=256k none disk || exit 1
# more than the disk can hold, to a port where nobody listens yet
"$DDLOGS" send --manifest manifest.json --site eu1 --endpoint "$1" --api-key-fd 9 --json --quiet --spool disk/spool \
  --encoding none <input 9<key >out 2>err 3>&- &
sender=$!
seq -f 'line %g' 1 10000 >input &
until [ "$(df --output=avail -k disk | tail -n 1)" -lt 100 ]; do sleep 0.01; done
kill -0 $sender || exit 2
"$DDLOGS" intake --port "$2" --record "$3" >out.intake 2>&1 &
intake=$!
wait $sender
code=$?
kill $intake
wait $intake
exit $code
END
  export DDLOGS
  CODE=0
  timeout 60 unshare -Urm bash full "$INTAKE_URL" "$INTAKE_PORT" "$INTAKE_RECORD" 3>&- || CODE=$?
  cat err
  [ "$CODE" -eq 0 ]
  diff <(seq 10000) <(arrived)
}
