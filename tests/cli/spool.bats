#!/usr/bin/env bats
# `ddlogs spool`: what waits on the disk is shown, checked, got out and thrown away.
bats_require_minimum_version 1.5.0
load lib

setup() {
  sandbox
  KEY=$(new_key)
  printf %s "$KEY" >key
  printf '{"version":1,"name":"acme","source":"acme","services":["shop"]}\n' >manifest.json
  SENDERS=()
}

teardown() {
  local pid
  stop_intakes
  for pid in "${SENDERS[@]}"; do
    kill -KILL "$pid" 2>/dev/null && wait "$pid"
  done
  return 0
}

# Every object that a test saw holds to the documented schema, and to the sum of its counters.
teardown_file() {
  /usr/bin/python3 "$TESTS_DIR/schema.py" "$TESTS_DIR/../docs/schema.json" "$BATS_FILE_TMPDIR/objects"
  [ -z "$(jq -c 'select(.accepted) | select(.accepted != .delivered + .pending + .quarantined + .damaged + .discarded)' \
    "$BATS_FILE_TMPDIR/objects")" ]
}

# fill [OPTION...]: sends standard input into the spool; port 1 is one where nobody listens.
fill() {
  local code=0
  "$DDLOGS" send --manifest manifest.json --site eu1 --endpoint "${INTAKE_URL-http://127.0.0.1:1}" \
    --api-key-fd 9 --spool spool --timeout 0 "$@" 9<key || code=$?
  [ "$code" = 75 ]
}

# refuse: sends standard input to an intake that calls every log malformed. Not behind a pipe: the
# intake is one of the test's.
refuse() {
  local code=0
  start_intake --fault 'status=400@/api/v2/logs' --fault 'body={"errors":["no good"]}'
  "$DDLOGS" send --manifest manifest.json --site eu1 --endpoint "$INTAKE_URL" --api-key-fd 9 \
    --spool spool --timeout 30 9<key || code=$?
  [ "$code" = 70 ]
  stop_intakes
  unset INTAKE_URL
}

spool() {
  run --separate-stderr "$DDLOGS" spool "$@" --spool spool
}

# spool_json WORD...: its object in RESULT.
spool_json() {
  spool "$@" --json
  RESULT=${lines[-1]-}
  printf '%s\n' "$RESULT" >>"$BATS_FILE_TMPDIR/objects"
}

field() {
  jq -c "$1" <<<"$RESULT"
}

# What differs from run to run, as letters: bytes, ages, times.
masked() {
  sed -E 's/[0-9]+ bytes/N bytes/; s/[0-9]+ s( |$)/T\1/; s/20[0-9-]+T[0-9:.]+Z/TIME/'
}

# damage FILE OFFSET: another byte there.
damage() {
  local old
  old=$(od -An -tu1 -j "$2" -N 1 "$1")
  # shellcheck disable=SC2059 # an octal escape
  printf "\\$(printf %03o $((old ^ 1)))" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

# hold_spool: a sender that owns the spool until its input, descriptor 8, is closed.
hold_spool() {
  mkfifo input
  "$DDLOGS" send --manifest manifest.json --site eu1 --endpoint http://127.0.0.1:1 --api-key-fd 9 \
    --spool spool 9<key <input >/dev/null 2>&1 3>&- &
  SENDERS+=("$!")
  exec 8>input
  wait_until 20 has_owner
}

has_owner() {
  [ "$("$DDLOGS" spool status --json --spool spool | jq .owner)" = "${SENDERS[0]}" ]
}

@test "status says what became of the accepted logs" {
  printf 'one\ntwo\nthree\n' | fill
  spool status
  [ "$status" = 0 ]
  diff - <(masked <<<"$output") <<'END'
folder       spool
owner        nobody
on disk      N bytes
oldest       T

accepted                3 logs
= delivered             0
+ pending               3
+ quarantined           0
+ damaged               0
+ discarded             0
END
  spool_json status
  [ "$status" = 0 ]
  [ "$(field '[.ok, .folder, .owner, .accepted, .delivered, .pending, .quarantined, .damaged, .discarded]')" = \
    '[true,"spool",null,3,0,3,0,0,0]' ]
  [ "$(field .bytes)" = "$(cat spool/* | wc -c)" ]
  [ "$(field '.oldest | sub("\\.[0-9]+"; "") | fromdate <= now')" = true ]
}

@test "what an intake refuses for now stays pending, and is delivered later" {
  start_intake --fault 'status=503*1'
  printf 'one\ntwo\n' | fill
  spool_json status
  [ "$(field .pending)" = 2 ]
  "$DDLOGS" send --manifest manifest.json --site eu1 --endpoint "$INTAKE_URL" --api-key-fd 9 \
    --spool spool --timeout 30 9<key </dev/null
  spool_json status
  [ "$(field '[.accepted, .delivered, .pending, .oldest]')" = '[2,2,0,null]' ]
  [ "$(entries | jq -r .message | sort | paste -sd' ')" = "one two" ]
  spool export
  [ "$status" = 0 ]
  [ -z "$output" ]
}

@test "list shows one line an entry" {
  printf 'one\n' | fill
  seq 1200 | fill
  spool list
  [ "$status" = 0 ]
  diff - <(masked <<<"$output") <<'END'
1-1  1 log  T old  N bytes  none
2-1001  1000 logs  T old  N bytes  gzip
1002-1201  200 logs  T old  N bytes  gzip
3 entries, 1201 logs
END
  spool_json list
  [ "$(field '[.entry_count, .logs]')" = '[3,1201]' ]
  [ "$(field '[.entries[] | [.first, .logs, .packing]]')" = \
    '[[1,1,"none"],[2,1000,"gzip"],[1002,200,"gzip"]]' ]
}

@test "export writes each pending log as it would be sent, one a line" {
  for encoding in gzip zstd none; do
    printf '%s\n' 'a "quoted" } text, with \ and {[' '{"a":{"b":{"c":"}\\"}},"d":"\"]{"}' |
      fill --encoding "$encoding"
    seq 1500 | fill --encoding "$encoding"
  done
  "$DDLOGS" spool export --spool spool >exported 2>told
  [ "$(cat told)" = "4506 logs exported" ]
  [ "$(wc -l <exported)" = 4506 ]
  [ "$(jq -cs 'map(select(.message | . and test("quoted"))) | map(.message) | unique' exported)" = \
    '["a \"quoted\" } text, with \\ and {["]' ]
  [ "$(jq -cs 'map(select(.d)) | map([.a, .d]) | unique' exported)" = '[[{"b":{"c":"}\\"}},"\"]{"]]' ]
  diff <(jq -r '.message | select(. and test("^[0-9]+$"))' exported | sort -n | uniq -c | awk '{print $1, $2}') \
    <(seq 1500 | sed 's/^/3 /')
  "$DDLOGS" spool export --quiet --spool spool >again 2>told
  [ ! -s told ]
  cmp exported again
}

@test "what is exported and sent again arrives as it is" {
  seq 100 | fill
  start_intake
  "$DDLOGS" spool export --spool spool | "$DDLOGS" send --manifest manifest.json --site eu1 \
    --endpoint "$INTAKE_URL" --api-key-fd 9 9<key
  diff <(seq 100) <(entries | jq -r .message | sort -n)
}

@test "export says when its output goes nowhere" {
  seq 3000 | fill
  local code=0
  "$DDLOGS" spool export --spool spool 2>told >/dev/full || code=$?
  [ "$code" = 73 ] || [ "$code" = 74 ] # EX_CANTCREAT, EX_IOERR
  grep -q "E-IO: standard output cannot be written: No space left" told
  # the reader is gone before the first byte
  mkfifo pipe
  code=0
  { "$DDLOGS" spool export --spool spool 2>told || echo "$?" >code; } >pipe &
  exec 7<pipe
  exec 7<&-
  wait "$!"
  grep -q "E-IO: standard output cannot be written: Broken pipe" told
  [ "$(cat code)" -gt 0 ]
}

@test "an object of export is a log, so --json is refused" {
  printf 'one\n' | fill
  spool_json export
  [ "$status" = 64 ]
  [ "$(field .code)" = '"E-USAGE"' ]
}

@test "refused logs are listed with the answer" {
  refuse < <(printf 'one\n{"b":2,"c":"\\u0000"}\n')
  spool list --quarantine
  [ "$status" = 0 ]
  diff - <(masked <<<"$output") <<'END'
1  TIME  400  E-HTTP-400  The intake calls the request malformed (status 400): {"errors":["no good"]}
2  TIME  400  E-HTTP-400  The intake calls the request malformed (status 400): {"errors":["no good"]}
2 refused logs
END
  spool_json list --quarantine
  [ "$(field '[.refused[] | [.number, .status, .code]]')" = '[[1,400,"E-HTTP-400"],[2,400,"E-HTTP-400"]]' ]
  spool list
  [ "$output" = "0 entries, 0 logs" ]
}

@test "what a file of the quarantine says is harmless for a terminal" {
  refuse < <(printf 'one\n')
  local add=(/usr/bin/python3 "$SRCDIR/spool_file.py" refuse "$(echo spool/quarantine-*.seg)")
  "${add[@]}" 2 '{"number":2,"at":"now","code":"E-HTTP-400","status":400,"answer":"\u001b[31m\u009b1m\r\nred \u202e","log":{}}'
  "${add[@]}" 3 $'{"number":3,"at":"now","code":"\e[31m","status":400,"answer":"x","log":{}}'
  "${add[@]}" 4 "{\"number\":4,\"at\":\"now\",\"code\":\"E-HTTP-400\",\"status\":400,\"answer\":\"$(printf 'é%.0s' {1..300})\",\"log\":{\"a\":1,\"a\":2}}"
  spool list --quarantine
  [ "$status" = 0 ]
  diff - <(sed 1d <<<"$output") <<END
2  now  400  E-HTTP-400   [31m 1m  red 
3  the reason cannot be read
4  now  400  E-HTTP-400  $(printf 'é%.0s' {1..120})...
4 refused logs
END
  spool_json list --quarantine
  [ "$(field '[.refused[] | .code]')" = '["E-HTTP-400","E-HTTP-400",null,"E-HTTP-400"]' ]
  spool export --quarantine
  [ "${#lines[@]}" = 4 ]
}

@test "refused logs are exported with the reason around them" {
  refuse < <(printf 'one\n{"b":2}\n')
  spool export --quarantine
  [ "$status" = 0 ]
  [ "${#lines[@]}" = 2 ]
  [ "$(jq -c '[.number, .code, .status, .log.message, .log.b]' <<<"$output" | paste -sd' ')" = \
    '[1,"E-HTTP-400",400,"one",null] [2,"E-HTTP-400",400,null,2]' ]
}

@test "verify finds nothing in a spool that is whole" {
  seq 1200 | fill
  refuse < <(printf 'one\n')
  seq 1200 | fill
  spool verify
  [ "$status" = 0 ]
  [ "$output" = "no findings" ]
  spool_json verify
  [ "$(field '[.finding_count, .findings]')" = '[0,[]]' ]
}

@test "verify finds a flipped bit, and export says what it left out" {
  seq 1200 | fill
  damage spool/0000000000000001.seg 500
  spool verify
  [ "$status" = 1 ]
  [[ "$stderr" == *"E-SPOOL-DAMAGED: 1 finding"* ]]
  diff - <(cat <<<"$output") <<'END'
0000000000000001.seg  offset 64  logs 1-1000  the content is not what was written
1 finding
END
  spool_json verify
  [ "$status" = 1 ]
  [ "$(field '[.code, .pending, .damaged, .finding_count, (.findings | length)]')" = \
    '["E-SPOOL-DAMAGED",200,1000,1,1]' ]
  spool export
  [ "$status" = 1 ]
  [ "${#lines[@]}" = 200 ]
  [[ "$stderr" == *"200 logs exported"*"E-SPOOL-DAMAGED: 1000 logs are damaged and were left out"* ]]
}

@test "looking works while a sender uses the spool, and says who it is; discard does not" {
  seq 100 | fill
  hold_spool
  spool status
  [ "$status" = 0 ]
  [[ "$output" == *"owner        process ${SENDERS[0]}"* ]]
  spool verify
  [ "$status" = 0 ]
  spool list
  [ "$status" = 0 ]
  spool export
  [ "$status" = 0 ]
  [ "${#lines[@]}" = 100 ]
  spool discard --yes
  [ "$status" = 73 ]
  [[ "$stderr" == *"E-SPOOL-BUSY: process ${SENDERS[0]} uses the spool"* ]]
  spool_json status
  [ "$(field .pending)" = 100 ]
}

@test "discard throws the pending logs away and leaves the count" {
  seq 1200 | fill
  spool discard --yes
  [ "$status" = 0 ]
  [ "$output" = "1200 logs were thrown away; the spool counts them as discarded." ]
  spool_json status
  [ "$(field '[.accepted, .pending, .discarded]')" = '[1200,0,1200]' ]
  printf 'next\n' | fill
  spool_json discard --yes
  [ "$(field '[.thrown_away, .accepted, .pending, .discarded]')" = '[1,1201,0,1201]' ]
}

@test "discard --quarantine throws refused logs and damaged files away, and nothing else" {
  refuse < <(printf 'one\n')
  printf 'two\n' | fill
  : >spool/damaged-0000000000000099.seg
  spool discard --quarantine --yes
  [ "$status" = 0 ]
  [ "$output" = "1 refused logs were thrown away; the spool counts them as discarded." ]
  spool_json status
  [ "$(field '[.accepted, .pending, .quarantined, .discarded]')" = '[2,1,0,1]' ]
  [ -z "$(find spool -name 'quarantine*' -o -name 'damaged*')" ]
}

@test "discard asks on the terminal, and only y is yes" {
  printf 'one\ntwo\n' | fill
  for answer in "" n yesterday no; do
    run /usr/bin/python3 "$SRCDIR/answer.py" '[y/N] ' "$answer" "$DDLOGS" spool discard --spool spool
    [ "$status" = 130 ]
    [[ "$output" == *"Throw away 2 logs that wait for delivery? They cannot be got back. [y/N] "* ]]
    [[ "$output" == *"E-CANCELLED: nothing was thrown away"* ]]
  done
  spool_json status
  [ "$(field .pending)" = 2 ]
  run /usr/bin/python3 "$SRCDIR/answer.py" '[y/N] ' y "$DDLOGS" spool discard --spool spool
  [ "$status" = 0 ]
  [[ "$output" == *"2 logs were thrown away"* ]]
  spool_json status
  [ "$(field '[.pending, .discarded]')" = '[0,2]' ]
}

@test "without a terminal, and with --no-input, discard needs --yes" {
  printf 'one\n' | fill
  run --separate-stderr setsid -w "$DDLOGS" spool discard --spool spool
  [ "$status" = 64 ]
  [[ "$stderr" == *--yes* ]]
  spool discard --no-input
  [ "$status" = 64 ]
  [[ "$stderr" == *--yes* ]]
  spool_json status
  [ "$(field .pending)" = 1 ]
}

@test "the folder is the one of the option, else of the environment, else of the configuration" {
  printf 'one\n' | fill
  cp -r spool "$PWD/of environment"
  mkdir -p "$XDG_CONFIG_HOME/acme"
  printf '{"version":1,"integration":"acme","site":"eu1","spool":"%s"}\n' "$PWD/spool" >config.json
  chmod 600 config.json
  run --separate-stderr "$DDLOGS" spool status --manifest manifest.json --config config.json
  [ "$status" = 0 ]
  [[ "$output" == "folder       $PWD/spool"$'\n'* ]]
  DDLOGS_SPOOL="$PWD/of environment" run --separate-stderr "$DDLOGS" spool status \
    --manifest manifest.json --config config.json
  [[ "$output" == "folder       $PWD/of environment"$'\n'* ]]
  DDLOGS_SPOOL="$PWD/of environment" run --separate-stderr "$DDLOGS" spool status
  [[ "$output" == "folder       $PWD/of environment"$'\n'* ]]
  DDLOGS_SPOOL="$PWD/of environment" spool status
  [[ "$output" == "folder       spool"$'\n'* ]]
}

@test "where no folder is named, or there is none, it is told" {
  run --separate-stderr "$DDLOGS" spool status
  [ "$status" = 78 ]
  [[ "$stderr" == *"E-SPOOL-NONE: the configuration names no spool"*"--spool FOLDER"* ]]
  for word in status verify list export "discard --yes"; do
    # shellcheck disable=SC2086 # words
    spool $word
    [ "$status" = 78 ]
    [[ "$stderr" == *E-SPOOL-NONE* ]]
  done
  [ ! -e spool ]
}

@test "a folder's name cannot write to the terminal" {
  local name=$'a\e[31mb'
  mkdir "$name"
  run --separate-stderr "$DDLOGS" spool status --spool "$name"
  [ "$status" = 0 ]
  [[ "$output" == "folder       a [31mb"$'\n'* ]]
}

@test "--quiet tells by the exit code alone" {
  printf 'one\n' | fill
  for word in status verify list "discard --yes"; do
    # shellcheck disable=SC2086 # words
    spool $word --quiet
    [ "$status" = 0 ]
    [ -z "$output$stderr" ]
  done
}

@test "only one of the words is taken" {
  for words in "" show "status verify"; do
    # shellcheck disable=SC2086 # words
    spool $words
    [ "$status" = 64 ]
    [[ "$stderr" == *"status, verify, list, export or discard"* ]]
  done
}
