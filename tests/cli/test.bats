#!/usr/bin/env bats
# What `ddlogs test` shows a person, and what it leaves behind. Its failures are in tests/fault.
load lib

setup() {
  sandbox
  key=$(new_key)
  printf %s "$key" >key
  chmod 600 key
  printf '{"version": 1, "name": "acme_widget", "services": ["web", "api"]}' >manifest.json
}

teardown() {
  stop_intakes
}

check() {
  status=0
  "$DDLOGS" test --manifest manifest.json --site eu1 --api-key-fd 9 "$@" 9<key >out 2>err 3>&- ||
    status=$?
  cat out err
  assert_canary_free "$key" out err
}

@test "each stage is a row with a word, a name, a fact and a time" {
  start_intake
  check --endpoint "$INTAKE_URL"
  [ "$status" = 0 ]
  [ ! -s err ]
  grep -qE '^OK    Proxy        none \(loopback\)  [0-9]+ ms$' out
  grep -qE '^SKIP  DNS          127\.0\.0\.1 is an address: nothing to look up$' out
  grep -qE "^OK    TCP          port $INTAKE_PORT, IPv4  [0-9]+ ms\$" out
  grep -qE '^SKIP  TLS          plain HTTP to this machine: nothing to encrypt$' out
  grep -qE "^OK    Key          valid at $INTAKE_URL, clock ok  [0-9]+ ms\$" out
  grep -qE '^OK    Send 1 log   accepted \(202\)  [0-9]+ ms$' out
  grep -qE '^OK    Send batch   15 logs accepted \(202\), 90[0-9] kB as [0-9]+ kB  [0-9]+ ms$' out
  grep -qE '^OK    Send as zstd 15 logs accepted \(202\), .* of zstd  [0-9]+ ms$' out
  grep -qF "31 test logs were accepted by $INTAKE_URL." out
}

@test "after a test on Datadog the search that finds its logs is printed" {
  start_tls_intake
  check --connect-to "127.0.0.1:$INTAKE_PORT" --ca-file "$CA_FILE"
  [ "$status" = 0 ]
  grep -qF 'https://app.datadoghq.eu/logs' out
  id=$(sed -n 's/.*source:acme_widget @test\.id:\([0-9a-f-]*\) .*/\1/p' out)
  [ -n "$id" ]
  [ "$(entries | grep -c "$id")" = 31 ]
  grep -qF 'ddlogs help not-visible' out
}

@test "a failure is a card: code, sentence, evidence, causes, next steps" {
  check --endpoint https://127.0.0.1:1
  [ "$status" = 69 ]
  grep -qE '^FAIL  TCP ' out
  grep -qE '^SKIP  Send 1 log   not tried, because TCP failed$' out
  grep -qF 'E-NET-REFUSED: The connection was refused.' err
  grep -qF '  port: 1' err
  grep -qF 'Likely causes:' err
  grep -qF '  Try the port: curl -sv https://127.0.0.1:1/' err
  grep -qF 'More: ddlogs help E-NET-REFUSED' err
}

@test "--quiet prints nothing when all is well" {
  start_intake
  check --endpoint "$INTAKE_URL" --quiet
  [ "$status" = 0 ]
  [ ! -s out ]
  [ ! -s err ]
}

@test "--verbose prints the evidence of each stage below its row" {
  start_intake
  check --endpoint "$INTAKE_URL" --verbose
  [ "$status" = 0 ]
  grep -qF "  request: GET $INTAKE_URL/api/v1/validate" out
  grep -qF "  request: POST $INTAKE_URL/api/v2/logs" out
  grep -qE '^  status: 202$' out
}

@test "--json prints one line, the object" {
  start_intake
  check --endpoint "$INTAKE_URL" --json
  [ "$(wc -l <out)" = 1 ]
  [ "$(jq -r '.accepted' out)" = 31 ]
  [ "$(jq -r '[.stages[].stage] | join(" ")' out)" = "proxy dns tcp tls key log batch zstd" ]
}

@test "the batch has every status, each service, tags, Unicode, nesting and a 900 kB line" {
  start_intake
  check --endpoint "$INTAKE_URL" --tag env:prod
  stop_intake
  [ "$(entries | jq -r 'select(.test.kind == "status") | .status' | sort -u | wc -l)" = 9 ]
  [ "$(entries | jq -r 'select(.test.kind == "service") | .service' | sort -u | paste -sd' ')" = "api web" ]
  [ "$(entries | jq -r .env | sort -u)" = prod ]
  [ "$(entries | jq -r .ddsource | sort -u)" = acme_widget ]
  [ "$(entries | jq -r .ddlogs_test | sort -u)" = true ]
  entries | jq -r 'select(.test.kind == "unicode") | .message' | grep -qF '中文'
  [ "$(entries | jq -r 'select(.test.kind == "attributes") | .attributes.two.three.four.five.six.seven.text' | sort -u)" = "deep, and within Datadog's ten levels" ]
  [ "$(entries | jq -r 'select(.test.kind == "long") | .message | length' | sort -u)" = 900000 ]
}

@test "arrays of the manifest's samples are tested as the product will send them" {
  printf '{"version": 1, "name": "acme_widget", "samples": [{"a": [1, "x"]}]}' >manifest.json
  start_intake
  check --endpoint "$INTAKE_URL" --quiet
  [ "$status" = 0 ]
  [ "$(entries | jq -c 'select(.a).a' | sort -u)" = '{"0":1,"1":"x"}' ]
  [ "$(entries | jq -c '[.. | select(type == "array")] | length' | sort -u)" = 0 ]
}

@test "the clear text of the key goes into the header alone" {
  start_intake
  check --endpoint "$INTAKE_URL"
  stop_intake
  assert_canary_free "$key" "$INTAKE_RECORD" "$INTAKE_LOG" "$INTAKE_OUT"
}

@test "a word that test does not take is refused" {
  check everything
  [ "$status" = 64 ]
  grep -qF everything err
}

@test "a time of no seconds is refused" {
  check --timeout 0
  [ "$status" = 64 ]
}

# A pipeline for the manifest's sample, in pipeline.yaml.
make_pipeline() {
  printf '{"version": 1, "name": "acme_widget", "samples": ["2024-03-07 WARN ann logged in"]}' >manifest.json
  cat >pipeline.yaml <<'YAML'
id: acme_widget
pipeline:
  type: pipeline
  name: Acme
  filter: {query: source:acme_widget}
  processors:
    - type: grok-parser
      name: Parse
      source: message
      samples: []
      grok: {supportRules: "", matchRules: 'line %{notSpace} %{word:level} %{word:usr.name} %{data:msg}'}
    - {type: status-remapper, name: Status, sources: [level]}
    - {type: message-remapper, name: Message, sources: [msg]}
YAML
}

@test "with an intake that runs a pipeline, what the Log Explorer would show is printed" {
  make_pipeline
  start_intake --pipeline pipeline.yaml
  check --endpoint "$INTAKE_URL"
  [ "$status" = 0 ]
  sed -n '/of the test log/,/^$/p' out >plain
  grep -qE '^The Log Explorer would show of the test log, by the intake.s pipeline:$' plain
  grep -qE '^  status +info$' plain
  grep -qE '^  message +ddlogs test: one log$' plain
  sed -n '/of the first sample of the manifest/,/^$/p' out >sample
  grep -qE '^  status +warn$' sample
  grep -qE '^  message +logged in$' sample
  grep -qE '^  @usr.name +ann$' sample
  check --endpoint "$INTAKE_URL" --json --quiet
  [ "$(tail -n 1 out | jq -c '[.explorer[] | .of, .taken, (.rows | map({(.name): .value}) | add | .status)]')" = \
    '["the test log",true,"info","the first sample of the manifest",true,"warn"]' ]
  tail -n 1 out >object
  /usr/bin/python3 "$TESTS_DIR/schema.py" "$TESTS_DIR/../docs/schema.json" object
}

@test "an intake's pipeline needs no record" {
  make_pipeline
  "$DDLOGS" intake --port-file port --pipeline pipeline.yaml >intake.out 2>intake.err 3>&- &
  INTAKE_PIDS+=("$!")
  wait_for_file port
  check --endpoint "http://127.0.0.1:$(cat port)"
  [ "$status" = 0 ]
  grep -qE '^  @usr.name +ann$' out
}

@test "only test logs are answered with what becomes of them" {
  make_pipeline
  start_intake --pipeline pipeline.yaml
  post() {
    curl -sS -H "DD-API-KEY: $key" -H 'Content-Type: application/json' -d "$1" "$INTAKE_URL/api/v2/logs"
  }
  [ "$(post '[{"message":"a"}]')" = '{}' ]
  [ "$(post '[{"message":"a","ddlogs_test":true},{"message":"b"}]' | jq -c '.explorer | map(.message)')" = '["a"]' ]
  [ "$(post "[{\"message\":\"$key\",\"ddlogs_test\":true}]" | jq -r '.explorer[0].message')" = \
    "$(tr '0-9a-f' '*' <<<"$key")" ]
}

@test "the answer to test logs is bounded" {
  make_pipeline
  start_intake --pipeline pipeline.yaml
  jq -nc '[range(1000) | {message: ("x" * 1000), ddlogs_test: true}] + [{message: ("y" * 20000), ddlogs_test: true}] | .[1:]' >many
  curl -sS -H "DD-API-KEY: $key" -H 'Content-Type: application/json' --data-binary @many "$INTAKE_URL/api/v2/logs" >answer
  [ "$(jq '.explorer | length' answer)" -gt 10 ]
  [ "$(wc -c <answer)" -lt 50000 ]
  run grep -c yyyy answer
  [ "$output" = 0 ]
}

@test "a log that the pipeline's filter does not take is told" {
  make_pipeline
  sed -i 's/query: source:acme_widget/query: source:other/' pipeline.yaml
  start_intake --pipeline pipeline.yaml
  check --endpoint "$INTAKE_URL"
  [ "$status" = 0 ]
  grep -qF "  (the pipeline's filter does not take this log)" out
}

@test "an intake without a pipeline, and one that lies, do no harm" {
  start_intake
  check --endpoint "$INTAKE_URL"
  run grep -F Explorer out
  [ "$status" = 1 ]
  start_intake --fault 'body={"explorer":[7,{"message":"\u001b[31mred\u202e","tags":{},"attributes":[{"a":1}]}]}@/api/v2/logs'
  check --endpoint "$INTAKE_URL"
  [ "$status" = 0 ]
  grep -qE '^  message +\[31mred$' out
  run grep -P '[\x1b]' out
  [ "$status" = 1 ]
  # check() looks for the key in what is printed
  start_intake --fault "body={\"explorer\":[{\"message\":\"$key\",\"attributes\":{\"$key\":\"$key\"}}]}@/api/v2/logs"
  check --endpoint "$INTAKE_URL"
  [ "$status" = 0 ]
  grep -qF 'Explorer' out
  check --endpoint "$INTAKE_URL" --json
  [ "$status" = 0 ]
  start_intake --fault 'body={"explorer":{"message":1}}@/api/v2/logs'
  check --endpoint "$INTAKE_URL"
  [ "$status" = 0 ]
  run grep -F Explorer out
  [ "$status" = 1 ]
}
