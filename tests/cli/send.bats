#!/usr/bin/env bats
# ddlogs send against the local intake: what goes in arrives, once, or the exit code says so.
bats_require_minimum_version 1.5.0
load lib

setup() {
  sandbox
  KEY=$(new_key)
  printf %s "$KEY" >key
  printf '{"version":1,"name":"acme","source":"acme","services":["shop","cart"]}\n' >manifest.json
}

teardown() {
  stop_intakes
}

# Every object that a test saw holds to the documented schema, and to the sum of its counters.
teardown_file() {
  /usr/bin/python3 "$TESTS_DIR/schema.py" "$TESTS_DIR/../docs/schema.json" "$BATS_FILE_TMPDIR/objects"
  [ -z "$(jq -c 'select(.taken) | select(.accepted != .delivered + .pending + .quarantined + .damaged + .discarded)' \
    "$BATS_FILE_TMPDIR/objects")" ]
}

# saw JSON: the object that the test goes on with, in RESULT.
saw() {
  RESULT=$1
  printf '%s\n' "$1" >>"$BATS_FILE_TMPDIR/objects"
}

# start_sink [FAULT...]: an intake that knows the key.
start_sink() {
  local args=() fault
  for fault in "$@"; do args+=(--fault "$fault"); done
  start_intake --api-key-file key "${args[@]}"
}

# send [OPTION...]: with the key on a descriptor; the object of --json in RESULT.
send() {
  run --separate-stderr "$DDLOGS" send --manifest manifest.json --site eu1 --endpoint "$INTAKE_URL" \
    --api-key-fd 9 --json "$@" 9<key
  saw "${lines[-1]-}"
}

field() {
  jq -r ".$1" <<<"$RESULT"
}

# ids_arrived: the number in each log that arrived, sorted.
ids_arrived() {
  entries | jq -r '.n // (.message | capture("line (?<n>[0-9]+)").n)' | sort -n
}

mixed_lines() { # COUNT
  awk -v n="$1" 'BEGIN {
    for (i = 1; i <= n; i++)
      if (i % 3 == 0) printf "{\"n\":%d,\"text\":\"caf\303\251 \\u0022\"}\n", i
      else if (i % 3 == 1) printf "line %d of \"text\" with \\ and \ttab\r\n", i
      else printf "line %d\n", i
  }'
}

@test "the options of setup and test are taken, the origin of the API among them" {
  start_sink
  echo line >input
  send --api-endpoint "$INTAKE_URL" --tags-in ddtags --tag env:prod input
  [ "$status" -eq 0 ]
  [ "$(entries | jq -r .ddtags)" = env:prod ]
  send --api-endpoint http://example.com input
  [ "$status" -eq 65 ]
}

@test "ten thousand mixed lines arrive exactly once" {
  start_sink
  mixed_lines 10000 >input
  send input
  [ "$status" -eq 0 ]
  [ "$(field ok)" = true ]
  [ "$(field taken) $(field delivered) $(field pending) $(field refused)" = "10000 10000 0 0" ]
  [ "$(field requests)" = 10 ]
  diff <(seq 10000) <(ids_arrived)
}

@test "standard input is read when no file is named, and the last line needs no end" {
  start_sink
  send < <(printf 'one\r\n\n{"two":2}\nthree')
  [ "$status" -eq 0 ]
  diff - <(entries | jq -c '[.ddsource,.service,.message,.two]') <<'END'
["acme","shop","one",null]
["acme","shop",null,2]
["acme","shop","three",null]
END
}

@test "five in a hundred failed requests cost nothing but time" {
  start_sink status=503:5% drop:3%
  mixed_lines 60000 >input
  send input
  [ "$status" -eq 0 ]
  [ "$(field delivered)" = 60000 ]
  diff <(seq 60000) <(ids_arrived)
}

@test "a wrong key ends with 77, and nothing counts as delivered" {
  start_sink
  new_key >wrong
  run --separate-stderr "$DDLOGS" send --manifest manifest.json --site eu1 --endpoint "$INTAKE_URL" \
    --api-key-fd 9 --json 9<wrong < <(printf 'x\n')
  [ "$status" -eq 77 ]
  saw "${lines[-1]}"
  [ "$(field code)" = E-KEY-403 ]
  [ "$(field delivered) $(field pending)" = "0 1" ]
  [[ $stderr == *E-KEY-403* ]]
}

@test "an intake that is not there leaves everything pending and fails in the given time" {
  INTAKE_URL=http://127.0.0.1:1
  send --timeout 1 < <(printf 'x\ny\n')
  [ "$status" -eq 75 ]
  [ "$(field code)" = E-UNDELIVERED ]
  [ "$(field pending)" = 2 ]
}

@test "a log of the reader's own service keeps it under original" {
  start_sink
  send --service cart --tag env:prod,canary < <(printf '{"service":"mine","env":"dev"}\n')
  [ "$status" -eq 0 ]
  [ "$(field renamed) $(field clashed)" = "1 1" ]
  [ "$(entries | jq -c 'del(.["ddlogs.id"])')" = '{"ddsource":"acme","service":"cart","ddtags":"canary","env":"dev",'"$(entries | grep -o '"hostname":"[^"]*",' || true)"'"tags.env":"prod","original":{"service":"mine"}}' ]
}

@test "a service that the manifest does not list is refused" {
  start_sink
  send --service other < <(printf 'x\n')
  [ "$status" -eq 65 ]
  [[ $stderr == *'"other"'* ]]
  [ -z "$(entries)" ]
}

@test "--status marks text lines alone" {
  start_sink
  send --status error < <(printf 'text\n{"a":1}\n')
  [ "$(entries | jq -c '[.message,.status,.a]' | tr '\n' ' ')" = '["text","error",null] [null,null,1] ' ]
}

@test "a line of three megabytes arrives cut, marked and counted, and its neighbours whole" {
  start_sink
  {
    echo before
    head -c 3000000 /dev/zero | tr '\0' x
    echo
    echo after
  } >input
  send input
  [ "$status" -eq 0 ]
  [ "$(field delivered) $(field cut)" = "3 1" ]
  [ "$(entries | jq -r 'select(.["ddlogs.cut"]) | .message | length > 990000')" = true ]
  [ "$(entries | jq -r 'select(.["ddlogs.cut"] | not) | .message' | tr '\n' ' ')" = "before after " ]
}

@test "an object too long for any cut is refused alone, and the exit code says so" {
  start_sink
  {
    echo '{"n":1}'
    printf '{"a":"%s"}\n' "$(head -c 1200000 /dev/zero | tr '\0' x)"
    echo '{"n":2}'
  } >input
  send input
  [ "$status" -eq 65 ]
  [ "$(field code)" = E-RECORD ]
  [ "$(field taken) $(field delivered) $(field refused)" = "2 2 1" ]
  diff <(seq 2) <(ids_arrived)
}

@test "every encoding arrives" {
  start_sink
  for encoding in gzip zstd none; do
    send --encoding "$encoding" < <(printf 'line 1\n')
    [ "$status" -eq 0 ]
  done
  [ "$(jq -r .encoding "$INTAKE_RECORD" | tr '\n' ' ')" = "gzip zstd identity " ]
}

@test "zstd falls back to gzip where it is not known" {
  start_sink 'status=415*1'
  send --encoding zstd < <(printf 'line 1\n')
  [ "$status" -eq 0 ]
  [ "$(field delivered) $(field requests)" = "1 2" ]
  [ "$(jq -r .encoding "$INTAKE_RECORD")" = gzip ]
}

@test "a request that is too large is halved until it fits" {
  start_sink 'status=413*3'
  mixed_lines 100 >input
  send input
  [ "$status" -eq 0 ]
  diff <(seq 100) <(ids_arrived)
}

# send_from_pipe [OPTION...]: reads `pipe`, whose other end is descriptor 8, in the background.
send_from_pipe() {
  mkfifo pipe
  "$DDLOGS" send --manifest manifest.json --site eu1 --endpoint "$INTAKE_URL" --api-key-fd 9 --json \
    "$@" <pipe >out 2>err 9<key 3>&- &
  SEND_PID=$!
  exec 8>pipe
}

# ended: waits for it; its exit code in status, its object in RESULT.
ended() {
  status=0
  wait "$SEND_PID" || status=$?
  exec 8>&-
  saw "$(tail -n 1 out)"
}

@test "SIGTERM ends an open pipe and says what became of its lines" {
  start_sink
  send_from_pipe
  printf 'line 1\nline 2\n' >&8
  wait_until 10 grep -q 'line 2' "$INTAKE_RECORD"
  kill -TERM "$SEND_PID"
  ended
  [ "$status" -eq 0 ]
  [ "$(field taken) $(field delivered)" = "2 2" ]
}

@test "a second signal ends the wait for an intake that never accepts" {
  start_sink status=503
  send_from_pipe --timeout 600
  printf 'line 1\n' >&8
  wait_until 10 grep -q 503 "$INTAKE_LOG"
  kill -TERM "$SEND_PID"
  kill -INT "$SEND_PID"
  ended
  [ "$status" -eq 75 ]
  [ "$(field taken) $(field delivered) $(field pending)" = "1 0 1" ]
}

@test "lines arrive although the writer keeps the pipe open" {
  start_sink
  send_from_pipe
  printf 'line 1\n' >&8
  wait_until 10 grep -q 'line 1' "$INTAKE_RECORD"
  exec 8>&-
  ended
  [ "$status" -eq 0 ]
}

@test "a file that is not there, a folder and a missing configuration are one sentence each" {
  start_sink
  send missing
  [ "$status" -eq 73 ]
  [[ $stderr == *missing* ]]
  send .
  [ "$status" -eq 73 ]
  [[ $stderr == *folder* ]]
  run --separate-stderr "$DDLOGS" send --manifest manifest.json </dev/null
  [ "$status" -eq 78 ]
  [[ $stderr == *E-CFG-NONE* ]]
}

@test "the key cannot come from standard input together with the logs" {
  start_sink
  run --separate-stderr "$DDLOGS" send --manifest manifest.json --site eu1 --endpoint "$INTAKE_URL" \
    --api-key - <key
  [ "$status" -eq 64 ]
}

@test "tags in the query travel in the address, not in the body" {
  start_sink
  send --tag env:prod --tags-in query < <(printf 'x\n')
  [ "$status" -eq 0 ]
  [ "$(jq -r .query.ddtags "$INTAKE_RECORD")" = env:prod ]
  [ "$(entries | jq -c 'has("env")')" = false ]
}

@test "the key stands in nothing that send prints or that arrives" {
  start_sink
  mixed_lines 10 >input
  send input
  printf '%s\n%s\n' "$output" "$stderr" >printed
  assert_canary_free "$KEY" printed "$INTAKE_RECORD" "$INTAKE_LOG"
}

@test "arrays arrive as objects, as texts or as they were, as the manifest says, and are counted" {
  local policy
  start_sink
  for policy in index join keep; do
    printf '{"version":1,"name":"acme","arrays":"%s"}\n' "$policy" >manifest.json
    send < <(printf '%s\n' '{"a":[1,"x"],"b":[[true]]}' '{"a":"[1]"}' 'no [array]')
    [ "$status" -eq 0 ]
    [ "$(field flattened)" = "$([ "$policy" = keep ] && echo 0 || echo 1)" ]
  done
  diff - <(entries | jq -c 'select(.b) | [.a,.b]') <<'END'
[{"0":1,"1":"x"},{"0":{"0":true}}]
["1, x",{"0":"true"}]
[[1,"x"],[[true]]]
END
  [ "$(entries | jq -r 'select(.b | not) | .a // .message' | sort -u | tr '\n' '|')" = '[1]|no [array]|' ]
}

@test "without a word in the manifest no array is sent" {
  start_sink
  send < <(printf '{"a":[{"b":[]}]}\n')
  [ "$(entries | jq -c .a)" = '{"0":{"b":{}}}' ]
}

@test "logs with a date that Datadog drops are sent unchanged, counted, and warned about once" {
  local old now
  start_sink
  old=$(date -u -d '19 hours ago' +%Y-%m-%dT%H:%M:%SZ)
  now=$(date -u +%Y-%m-%dT%H:%M:%SZ)
  send < <(printf '{"timestamp":"%s"}\n{"timestamp":"%s"}\n{"date":%s}\n{"timestamp":"%s"}\n' \
    "$old" "$old" "$(date -d '3 hours' +%s)000" "$now")
  [ "$status" -eq 0 ]
  [ "$(field delivered) $(field aged) $(field ahead)" = "4 2 1" ]
  [ "$(grep -c W-DATE <<<"$stderr")" -eq 1 ]
  [[ $stderr == *"3 with a date that Datadog drops"* ]]
  [ "$(entries | jq -r .timestamp | head -1)" = "$old" ]
}

@test "logs with a date of now are not warned about" {
  start_sink
  send < <(printf '{"timestamp":%s000}\n{"@timestamp":"%s"}\n{"time":5}\n' "$(date +%s)" "$(date -u '+%b %e %H:%M:%S')")
  [ "$(field delivered) $(field aged) $(field ahead)" = "3 0 0" ]
  [[ $stderr != *W-DATE* ]]
}

has_pipe_open() {
  [ -n "$(find "/proc/$1/fd" -lname '*/pipe')" ]
}

@test "a FIFO is waited for, and a signal ends the waiting" {
  start_sink
  mkfifo pipe
  { wait_until 5 test -e going && printf 'line 1\nline 2' >pipe; } &
  touch going
  send pipe
  [ "$status" = 0 ]
  [ "$(field delivered)" = 2 ]
  "$DDLOGS" send --manifest manifest.json --site eu1 --endpoint "$INTAKE_URL" --api-key-fd 9 pipe \
    9<key 2>err 3>&- &
  pid=$!
  wait_until 5 has_pipe_open "$pid"
  kill -TERM "$pid"
  wait_until 5 grep -q 'not delivered' err
  wait "$pid" || true
}

# ---- lines that belong together ----

@test "joined lines are one log, up to the end of the input" {
  start_sink
  send --multiline-start '^[0-9]{4} ' < <(printf '2026 one\n at x\n\n at y\n2026 two\n')
  [ "$status" -eq 0 ]
  [ "$(entries | jq -c .message | tr '\n' ' ')" = '"2026 one\n at x\n\n at y" "2026 two" ' ]
}

@test "a joined log in a pipe is whole a second after its last line" {
  start_sink
  send_from_pipe --multiline-start '^[0-9]'
  printf '1 one\n at x\n' >&8
  wait_until 10 grep -q 'at x' "$INTAKE_RECORD"
  printf '2 two\n' >&8
  kill -TERM "$SEND_PID"
  ended
  [ "$status" -eq 0 ]
  [ "$(entries | jq -c .message | head -n 1)" = '"1 one\n at x"' ]
}

@test "a start pattern that is none is refused" {
  run --separate-stderr "$DDLOGS" send --manifest manifest.json --multiline-start '(' </dev/null
  [ "$status" -eq 64 ]
  [[ $stderr == *--multiline-start*"regular expression"* ]]
}

# ---- what is shown ----

@test "--preview prints what would be sent, with every change, and sends nothing" {
  start_sink
  mixed_lines 20 >input
  printf '{"service":"mine","env":"dev","a":[1]}\n' >>input
  run --separate-stderr "$DDLOGS" send --manifest manifest.json --tag env:prod --preview input
  [ "$status" -eq 0 ]
  [ -z "$stderr" ]
  printf '%s\n' "$output" | jq -c 'del(.["ddlogs.id"])' >shown
  [ "$(wc -l <shown)" -eq 21 ]
  [ -z "$(entries)" ]
  send --tag env:prod input
  diff shown <(entries | jq -c 'del(.["ddlogs.id"])')
  [ "$(tail -n 1 shown | jq -c '[.original.service,.env,.["tags.env"],.a["0"]]')" = '["mine","dev","prod",1]' ]
}

@test "a preview of a log that is too large says so and goes on" {
  {
    printf '{"a":"%s"}\n' "$(head -c 1200000 /dev/zero | tr '\0' x)"
    echo after
  } >input
  run --separate-stderr "$DDLOGS" send --manifest manifest.json --preview input
  [ "$status" -eq 0 ]
  [[ $stderr == *E-RECORD* ]]
  [ "$(jq -r .message <<<"$output")" = after ]
}

@test "--stats tells what goes on while it goes on, with --json as objects" {
  start_sink
  send_from_pipe --stats 1
  printf 'line 1\n' >&8
  wait_until 10 grep -q '"event":"stats".*"delivered":1,' err
  exec 8>&-
  ended
  [ "$(grep '^{' err | jq -r 'select(.event == "stats") | .held' | sort -u)" = false ]
}

@test "--metrics leaves figures that add up, readable by all" {
  start_sink
  mixed_lines 30 >input
  send --metrics ddlogs.prom input
  [ "$(stat -c %a ddlogs.prom)" = 644 ]
  grep -qx 'ddlogs_logs_delivered_total{integration="acme"} 30' ddlogs.prom
  grep -qx 'ddlogs_logs_pending{integration="acme"} 0' ddlogs.prom
  grep -qx 'ddlogs_held{integration="acme"} 0' ddlogs.prom
  [ "$(grep -c '^# TYPE ddlogs_' ddlogs.prom)" -eq 12 ]
  [ "$(find . -name 'ddlogs.prom*' | wc -l)" -eq 1 ]
}

@test "a metrics file that cannot be written is said once and stops nothing" {
  start_sink
  send --metrics none/ddlogs.prom < <(printf 'x\n')
  [ "$status" -eq 0 ]
  [ "$(grep -c none/ddlogs.prom <<<"$stderr")" -eq 1 ]
}

# in_terminal OPTION...: sends input with standard error on a terminal of 60 columns; what it wrote is in tty
in_terminal() {
  TERM=${TTY_TERM-xterm} /usr/bin/python3 - "$DDLOGS" send --manifest manifest.json --site eu1 \
    --endpoint "$INTAKE_URL" --api-key-fd 9 "$@" input >tty 9<key <<'END'
import fcntl, os, struct, subprocess, sys, termios
master, slave = os.openpty()
fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 60, 0, 0))
child = subprocess.Popen(sys.argv[1:], stderr=slave, stdin=subprocess.DEVNULL, pass_fds=[9])
os.close(slave)
while True:
    try: data = os.read(master, 4096)
    except OSError: break
    if not data: break
    sys.stdout.buffer.write(data)
sys.exit(child.wait())
END
}

@test "a terminal sees a bar that goes away, and no escape sequence" {
  start_sink delay=300ms
  mixed_lines 300000 >input
  in_terminal
  grep -qE '[0-9]+%.*MB/s' tty
  if grep -q $'\033' tty; then return 1; fi
  # the summary stands on a line of its own
  tr '\r' '\n' <tty | grep -q '^300000 logs delivered'
  [ "$(tr '\r' '\n' <tty | awk '{ if (length > 59 && /%/) n++ } END { print n + 0 }')" -eq 0 ]
}

@test "no bar with --quiet, --plain or a dumb terminal" {
  start_sink
  mixed_lines 100000 >input
  in_terminal --quiet
  [ ! -s tty ]
  in_terminal --plain
  if grep -q '%' tty; then return 1; fi
  TTY_TERM=dumb in_terminal
  if grep -q '%' tty; then return 1; fi
}

# ---- the end ----

@test "--until-empty waits for an intake that comes back" {
  start_sink 'status=503*3'
  send --until-empty < <(printf 'line 1\n')
  [ "$status" -eq 0 ]
  [ "$(field delivered)" = 1 ]
  [ "$(field retries)" -ge 1 ]
}

@test "--until-empty waits out a refused key, and --timeout bounds it" {
  start_sink
  new_key >mine
  chmod 600 mine
  "$DDLOGS" send --manifest manifest.json --site eu1 --endpoint "$INTAKE_URL" --key-store file \
    --key-name "$PWD/mine" --until-empty <<<'line 1' >out 2>err 3>&- &
  SEND_PID=$!
  wait_until 10 grep -q E-KEY-403 err
  cat key >mine
  kill -HUP "$SEND_PID"
  wait "$SEND_PID"
  [ "$(ids_arrived)" = 1 ]
  INTAKE_URL=http://127.0.0.1:1
  send --until-empty --timeout 1 <<<'line 1'
  [ "$status" -eq 75 ]
}

@test "with a spool what cannot be delivered is kept, said, and goes out later" {
  local sink
  start_sink
  sink=$INTAKE_URL
  INTAKE_URL=http://127.0.0.1:1
  send --spool spool --timeout 1 < <(printf 'line 1\nline 2\n')
  [ "$status" -eq 75 ]
  [ "$(field code) $(field pending) $(field accepted)" = "E-PENDING 2 2" ]
  [[ $stderr == *"2 logs wait in the spool"* ]]
  INTAKE_URL=$sink
  send --spool spool --until-empty </dev/null
  [ "$status" -eq 0 ]
  diff <(seq 2) <(ids_arrived)
}

@test "with --positions the same command sends what was added" {
  start_sink
  mixed_lines 10 >input
  send --positions positions.json input
  [ "$status" -eq 0 ]
  mixed_lines 15 >input
  send --positions positions.json input
  [ "$status" -eq 0 ]
  diff <(seq 15) <(ids_arrived)
}

@test "options that do not go together are refused" {
  local options
  for options in "--follow" "--follow -" "--from-start input" "--positions p -" "--stats 0" \
    "--preview --positions p input"; do
    # shellcheck disable=SC2086
    run --separate-stderr "$DDLOGS" send --manifest manifest.json $options </dev/null
    [ "$status" -eq 64 ]
    [[ $stderr == *E-USAGE* ]]
  done
}
