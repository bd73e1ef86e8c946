#!/usr/bin/env bats
# `ddlogs pipeline`: assets against their tests, logs through a pipeline, one log step by step.
bats_require_minimum_version 1.5.0
load lib

setup() {
  sandbox
  make_assets
}

# Every object that a test saw holds to the documented schema.
teardown_file() {
  /usr/bin/python3 "$TESTS_DIR/schema.py" "$TESTS_DIR/../docs/schema.json" "$BATS_FILE_TMPDIR/objects"
}

teardown() {
  stop_intakes
}

LINE='2024-03-07 10:11:12 WARN user=ann took 1.5'

# acme/: a pipeline and its tests, which pass.
make_assets() {
  mkdir acme
  cat >acme/acme.yaml <<'YAML'
id: acme
pipeline:
  type: pipeline
  name: Acme
  enabled: true
  filter:
    query: source:acme
  processors:
    - type: grok-parser
      name: parse the line
      enabled: true
      source: message
      samples: []
      grok:
        supportRules: ""
        matchRules: line %{date("yyyy-MM-dd HH:mm:ss"):at} %{word:level} user=%{notSpace:user} took %{number:duration}
    - type: date-remapper
      name: ""
      enabled: true
      sources: [at]
    - type: status-remapper
      name: level is the status
      enabled: true
      sources: [level]
    - type: attribute-remapper
      name: user is usr.id
      enabled: true
      sources: [user]
      target: usr.id
      preserveSource: false
    - type: service-remapper
      name: off
      enabled: false
      sources: [user]
YAML
  cat >acme/acme_tests.yaml <<'YAML'
id: acme
tests:
  - sample: "2024-03-07 10:11:12 WARN user=ann took 1.5"
    result:
      custom:
        at: 1709806272000
        duration: 1.5
        level: WARN
        usr:
          id: ann
      message: "2024-03-07 10:11:12 WARN user=ann took 1.5"
      status: warn
      tags:
        - source:LOGS_SOURCE
      timestamp: 1709806272000
YAML
}

# The tests of acme with two values that are not what the pipeline makes.
spoil() {
  sed -i 's/id: ann$/id: bob/; s/status: warn/status: error/' acme/acme_tests.yaml
}

pipeline() {
  run --separate-stderr "$DDLOGS" pipeline "$@"
}

# The last line of standard output is the object.
keep_object() {
  tail -n 1 <<<"$output" >>"$BATS_FILE_TMPDIR/objects"
}

ends_with() { # EXIT-CODE STDOUT
  [ "$status" -eq "$1" ] || { echo "exit code $status: $output $stderr"; return 1; }
  diff <(printf '%s\n' "$2") <(printf '%s\n' "$output")
}

@test "tests that pass are counted by file" {
  pipeline test acme
  ends_with 0 'ok    1 of 1  acme/acme_tests.yaml

1 passed, 0 failed in 1 pipeline; 0 numbers of another type.'
  [ -z "$stderr" ]
}

@test "a difference says what was expected, what came, and which processor wrote it" {
  spoil
  pipeline test acme
  ends_with 1 'FAIL  acme/acme_tests.yaml:3
    custom.usr.id   (last written at line 25 by attribute-remapper "user is usr.id")
      expected "bob"
      got      "ann"
    status   (last written at line 21 by status-remapper "level is the status")
      expected "error"
      got      "warn"
      0 of 1  acme/acme_tests.yaml

0 passed, 1 failed in 1 pipeline; 0 numbers of another type.'
  [ "${stderr_lines[0]}" = "ddlogs: E-PIPELINE-TEST: 1 of 1 tests differ" ]
}

@test "a number of another type passes and is counted" {
  sed -i 's/duration: 1.5/duration: 2/' acme/acme_tests.yaml
  sed -i 's/took 1.5/took 2/' acme/acme_tests.yaml
  pipeline test acme
  [ "$status" -eq 0 ]
  [[ $output == *"1 passed, 0 failed in 1 pipeline; 1 number of another type."* ]]
}

@test "a result that is left blank neither passes nor fails" {
  printf 'id: acme\ntests:\n  - sample: x\n    result: null\n' >acme/acme_tests.yaml
  pipeline test acme --json
  [ "$status" -eq 0 ]
  keep_object
  [ "$(jq -c .summary <<<"$output")" = '{"passed":0,"failed":0,"blank":1,"type_mismatches":0,"pipelines":1}' ]
}

@test "--json prints one object, of tests that pass and of tests that differ" {
  pipeline test acme --json
  [ "$status" -eq 0 ]
  [ "${#lines[@]}" -eq 1 ]
  keep_object
  [ "$(jq -c '[.command, .ok, .failures, .summary]' <<<"$output")" = \
    '["pipeline",true,[],{"passed":1,"failed":0,"blank":0,"type_mismatches":0,"pipelines":1}]' ]
  spoil
  pipeline test acme --json
  [ "$status" -eq 1 ]
  keep_object
  [ "$(jq -c '[.ok, .exit_code, .code, .failures]' <<<"$output")" = \
    '[false,1,"E-PIPELINE-TEST",[{"file":"acme/acme_tests.yaml","line":3,"path":"custom.usr.id","processor":"user is usr.id"}]]' ]
}

@test "--quiet leaves the exit code and the sentence" {
  spoil
  pipeline test acme --quiet
  ends_with 1 ''
  [ "${stderr_lines[0]}" = "ddlogs: E-PIPELINE-TEST: 1 of 1 tests differ" ]
}

@test "several paths count together, a file may be named itself" {
  cp -r acme second
  pipeline test acme/acme.yaml second
  [ "$status" -eq 0 ]
  [[ $output == *"2 passed, 0 failed in 2 pipelines; 0 numbers of another type."* ]]
}

# Tests of acme as people and tools write them, with results left blank.
make_blank() {
  cat >acme/acme_tests.yaml <<'YAML'
# bypass-global-timestamp-format-in-sample-checks
id: acme
tests:
  # exported
  - sample: "2024-03-07 10:11:12 WARN user=ann took 1.5"
    result: null  # not run yet
  - sample: |-
      {"message": "2024-03-07 10:11:12 info user=bob took 2",
       "list": [1, 2.5, {"a": "b: c"}], "yes": "true", "esc": "\u001b[31m"}
    service: web
    result:

  - {sample: 'in one line ☃', result: ~, tags: ['env:prod']}
  - sample: kept
    result:
      custom: {}
      message: kept
      tags: [source:LOGS_SOURCE]
      timestamp: 1
  - sample: "two\n  lines \n"
# The result is left blank until the validation has run.
YAML
}

@test "--update fills in blank results, touches nothing else, and then all pass" {
  make_blank
  chmod 640 acme/acme_tests.yaml
  cp acme/acme_tests.yaml before
  pipeline test acme --update
  ends_with 0 '      filled in 4 results of acme/acme_tests.yaml
ok    5 of 5  acme/acme_tests.yaml

5 passed, 0 failed in 1 pipeline; 0 numbers of another type.'
  [ "$(stat -c %a acme/acme_tests.yaml)" = 640 ]
  [ "$(ls acme)" = $'acme.yaml\nacme_tests.yaml' ]
  # lines were added; of those there were, only two changed
  [ "$(diff before acme/acme_tests.yaml | grep '^<')" = "<     result: null  # not run yet
<   - {sample: 'in one line ☃', result: ~, tags: ['env:prod']}" ]
  grep -qxF '    result: # not run yet' acme/acme_tests.yaml
  grep -qxF '      message: 2024-03-07 10:11:12 WARN user=ann took 1.5' acme/acme_tests.yaml
  grep -qF "'in one line ☃', result: {\"custom\":{},\"message\":\"in one line ☃\"" acme/acme_tests.yaml
  [ "$(tail -n 1 acme/acme_tests.yaml)" = '# The result is left blank until the validation has run.' ]
  cp acme/acme_tests.yaml filled
  pipeline test acme
  [ "$status" -eq 0 ]
  pipeline test acme --update
  ends_with 0 'ok    5 of 5  acme/acme_tests.yaml

5 passed, 0 failed in 1 pipeline; 0 numbers of another type.'
  diff filled acme/acme_tests.yaml
}

@test "--update never writes over a result, not over a wrong one either" {
  spoil
  cp acme/acme_tests.yaml before
  pipeline test acme --update --json
  [ "$status" -eq 1 ]
  keep_object
  [ "$(jq -c .summary <<<"$output")" = '{"passed":0,"failed":1,"blank":0,"filled":0,"type_mismatches":0,"pipelines":1}' ]
  diff before acme/acme_tests.yaml
  make_blank
  pipeline test acme --update --json
  [ "$status" -eq 0 ]
  keep_object
  [ "$(jq -c .summary.filled <<<"$output")" = 4 ]
}

@test "--update takes tests that are written as JSON" {
  printf '{"id": "acme", "tests": [{"sample": "%s", "result": null}, {"sample": "x"}]}' "$LINE" >acme/acme_tests.yaml
  pipeline test acme --update
  [ "$status" -eq 0 ]
  [ "$(jq -c '[.tests[].result.timestamp]' acme/acme_tests.yaml)" = '[1709806272000,1]' ]
  pipeline test acme
  [ "$status" -eq 0 ]
}

@test "--update leaves a file whose results cannot be written" {
  printf -v key 'k%.0s' {1..1100} # YAML has no longer keys than 1024
  printf -- '- sample: "x"\n- sample: '"'"'{"%s":1}'"'"'\n' "$key" >acme/acme_tests.yaml
  cp acme/acme_tests.yaml before
  pipeline test acme --update
  [ "$status" -eq 65 ]
  [ "${stderr_lines[0]}" = "ddlogs: E-PIPELINE: acme/acme_tests.yaml: its results cannot be written so that they read back" ]
  diff before acme/acme_tests.yaml
}

@test "--junit writes what build servers read, of each test" {
  make_blank
  pipeline test acme --junit out.xml
  [ "$status" -eq 0 ]
  /usr/bin/python3 - out.xml <<'END'
import sys, xml.etree.ElementTree as tree
suites = tree.parse(sys.argv[1]).getroot().findall("testsuite")
assert [s.get("name") for s in suites] == ["acme/acme_tests.yaml"], suites
assert [suites[0].get(k) for k in ("tests", "failures", "skipped")] == ["5", "0", "4"]
assert suites[0][0].find("skipped") is not None
assert len(suites[0][3]) == 0 and suites[0][3].get("name") == "line 14"
END
  rm -r acme
  make_assets
  spoil
  sed -i 's/id: bob/id: "<\\e\&>"/' acme/acme_tests.yaml
  pipeline test acme --junit out.xml
  [ "$status" -eq 1 ]
  /usr/bin/python3 - out.xml <<'END'
import sys, xml.etree.ElementTree as tree
case = tree.parse(sys.argv[1]).getroot()[0][0]
assert case.get("classname") == "ddlogs.pipeline.acme"
failure = case.find("failure")
assert failure.get("type") == "E-PIPELINE-TEST"
assert failure.get("message") == "2 values differ"
assert 'custom.usr.id\n  expected "<\\u001b&>"\n  got      "ann"\n' in failure.text, failure.text
END
}

@test "--junit into a folder that is not there names the file that was asked for" {
  pipeline test acme --junit none/out.xml
  [ "$status" -ne 0 ]
  [ "${stderr_lines[0]}" = "ddlogs: E-IO: none/out.xml cannot be written: No such file or directory" ]
}

@test "an option of another verb is refused, not passed over" {
  pipeline explain acme/acme.yaml --sample x --update
  ends_with 64 ''
  [ "${stderr_lines[0]}" = "ddlogs: E-USAGE: --update is for pipeline test: leave it out of pipeline explain" ]
  pipeline run acme/acme.yaml --junit out.xml </dev/null
  ends_with 64 ''
  [ "${stderr_lines[0]}" = "ddlogs: E-USAGE: --junit is for pipeline test: leave it out of pipeline run" ]
  pipeline test acme --sarif out.sarif
  ends_with 64 ''
  [ "${stderr_lines[0]}" = "ddlogs: E-USAGE: --sarif is for pipeline lint: leave it out of pipeline test" ]
  pipeline lint acme --sample x
  ends_with 64 ''
  [ "${stderr_lines[0]}" = "ddlogs: E-USAGE: --sample is for pipeline explain: leave it out of pipeline lint" ]
  pipeline explain acme/acme.yaml --in logs
  ends_with 64 ''
  [ "${stderr_lines[0]}" = "ddlogs: E-USAGE: --in is for pipeline run: leave it out of pipeline explain" ]
}

@test "a line that is longer than is read is told" {
  { head -c 2097152 /dev/zero | tr '\\0' x && echo && head -c 3000000 /dev/zero | tr '\\0' y && echo; } >long
  pipeline run acme/acme.yaml --in long
  [ "$status" -eq 0 ]
  [ "$(jq -r '.message | length' <<<"$output" | xargs)" = '2097152 2097152' ]
  [ "$stderr" = "ddlogs: 1 line was longer than 2 MB; the start of each was read alone" ]
}

@test "where there is no pair the names of one are said" {
  mkdir empty
  pipeline test empty
  ends_with 65 ''
  [[ $stderr == "ddlogs: E-PIPELINE: there is no pipeline with tests below empty: a pair is NAME.yaml with NAME_tests.yaml"* ]]
  pipeline test empty --json
  [ "$status" -eq 65 ]
  keep_object
  [ "$(jq -r .code <<<"$output")" = E-PIPELINE ]
  pipeline test nowhere
  [ "$status" -ne 0 ]
  [[ $stderr == "ddlogs: E-IO: nowhere cannot be read: No such file or directory"* ]]
}

@test "broken YAML and broken rules are told with file and line" {
  printf 'id: a\npipeline:\n  processors: [\n' >acme/acme.yaml
  pipeline test acme
  [ "$status" -eq 65 ]
  [[ $stderr == "ddlogs: E-PIPELINE: acme/acme.yaml: 4:1: "* ]]
  printf 'pipeline:\n  processors:\n    - {type: grok-parser, source: m, grok: {matchRules: "r %%{nope}"}}\n' >acme/acme.yaml
  pipeline test acme
  [ "$status" -eq 65 ]
  [[ $stderr == 'ddlogs: E-PIPELINE: acme/acme.yaml: line 3: rule r: there is no rule and no matcher "nope"'* ]]
  make_tests_twice
  pipeline test acme
  [ "$status" -eq 65 ]
  [[ $stderr == "ddlogs: E-PIPELINE: acme/acme_tests.yaml: 2:1: this key is there twice"* ]]
}

make_tests_twice() {
  printf 'tests: []\ntests: []\n' >acme/acme_tests.yaml
}

@test "run takes lines and JSON and gives one object a line" {
  printf '%s\nnothing fits\n\n%s\n' "$LINE" \
    '{"message":"2024-03-07 10:11:12 info user=bob took 2","service":"web"}' >logs
  pipeline run acme/acme.yaml <logs
  ends_with 0 '{"timestamp":"2024-03-07T10:11:12.000Z","status":"warn","source":"acme","message":"2024-03-07 10:11:12 WARN user=ann took 1.5","attributes":{"at":1709806272000,"level":"WARN","duration":1.5,"usr":{"id":"ann"}}}
{"source":"acme","message":"nothing fits","attributes":{}}
{"timestamp":"2024-03-07T10:11:12.000Z","status":"info","service":"web","source":"acme","message":"2024-03-07 10:11:12 info user=bob took 2","attributes":{"service":"web","at":1709806272000,"level":"info","duration":2.0,"usr":{"id":"bob"}}}'
  piped=$output
  pipeline run acme/acme.yaml --in logs </dev/null
  ends_with 0 "$piped"
}

@test "run mends broken bytes, and every line of it is JSON" {
  printf 'a\xffb\n{"k":"\xc3"}\n{"a.a.a":1}\n' >logs
  pipeline run acme/acme.yaml --in logs
  [ "$status" -eq 0 ]
  [ "$(jq -c '[.message, .attributes]' <<<"$output" | head -n 1)" = '["a�b",{}]' ]
  [ "$(jq -c .attributes <<<"$output" | tail -n 2)" = $'{"k":"�"}\n{"a":{"a":{"a":1}}}' ]
}

@test "run: a name of very many dots is taken" {
  { printf '{"'; printf 'a.%.0s' {1..200000}; printf '":1}\n'; } >logs
  pipeline run acme/acme.yaml --in logs
  [ "$status" -eq 0 ]
}

@test "run names what it cannot read" {
  pipeline run acme/acme.yaml --in nope
  [ "$status" -ne 0 ]
  [ -z "$output" ]
  [[ $stderr == "ddlogs: E-IO: nope cannot be read: No such file or directory"* ]]
  pipeline run nope.yaml </dev/null
  [ "$status" -ne 0 ]
  [[ $stderr == *"nope.yaml"* ]]
  pipeline run </dev/null
  [ "$status" -eq 64 ]
}

@test "run and explain with --json end with an object" {
  printf '%s\n' "$LINE" >logs
  pipeline run acme/acme.yaml --in logs --json
  [ "$status" -eq 0 ]
  keep_object
  [ "$(tail -n 1 <<<"$output" | jq -c '[.command, .ok, .logs, .not_taken, .cut]')" = '["pipeline",true,1,0,0]' ]
}

@test "explain tells what each processor read, wrote, or why it did not" {
  pipeline explain acme/acme.yaml --sample "$LINE"
  ends_with 0 '  1  grok-parser "parse the line" (line 9): applied (line)
      + at = 1709806272000
      + level = "WARN"
      + user = "ann"
      + duration = 1.5
  2  date-remapper (line 17): applied (at)
      * timestamp = 2024-03-07T10:11:12.000Z
  3  status-remapper "level is the status" (line 21): applied (level)
      * status = warn
  4  attribute-remapper "user is usr.id" (line 25): applied (user)
      + usr = {"id":"ann"}
      - user = "ann"
  5  service-remapper "off" (line 31): skipped: it is not enabled

{"timestamp":"2024-03-07T10:11:12.000Z","status":"warn","source":"acme","message":"2024-03-07 10:11:12 WARN user=ann took 1.5","attributes":{"at":1709806272000,"level":"WARN","duration":1.5,"usr":{"id":"ann"}}}'
}

@test "explain tells how far a rule gets, in what its parser reads" {
  pipeline explain acme/acme.yaml --sample '2024-03-07 10:11:12 WARN usr=ann'
  [ "$status" -eq 0 ]
  [ "${lines[0]}" = '  1  grok-parser "parse the line" (line 9): skipped: nothing fits' ]
  [ "${lines[1]}" = '      rule line: fits the first 27 bytes, not what follows: r=ann' ]
  sed -i 's/source: message/source: text/' acme/acme.yaml
  pipeline explain acme/acme.yaml --sample '{"text":"2024-03-07 10:11:12 -","user":{"x":1}}'
  [ "${lines[1]}" = '      rule line: fits the first 20 bytes, not what follows: -' ]
}

@test "explain shows the whole path of what goes" {
  sed -i 's/\[user\]/[o.user]/' acme/acme.yaml
  pipeline explain acme/acme.yaml --sample '{"o":{"user":1,"x":2}}'
  [ "$status" -eq 0 ]
  grep -qxF '      - o.user = 1' <<<"$output"
}

@test "explain wants a pipeline and a sample, pipeline wants a verb" {
  pipeline explain acme/acme.yaml
  [ "$status" -eq 64 ]
  [[ $stderr == "ddlogs: E-USAGE: missing: --sample TEXT, the log to explain"* ]]
  pipeline explain --sample x
  [ "$status" -eq 64 ]
  pipeline
  [ "$status" -eq 64 ]
  pipeline nope acme
  [ "$status" -eq 64 ]
  [[ $stderr == "ddlogs: E-USAGE: pipeline takes a verb and a path: test PATH..., lint PATH..., run FILE, explain FILE"* ]]
}

@test "control characters of a log do not reach the terminal" {
  pipeline explain acme/acme.yaml --sample $'{"a":"\e[31mred","message":"\e]0;t\a"}'
  [ "$status" -eq 0 ]
  [[ $output != *$'\e'* ]]
  # nor those of its names, and of the asset's
  sed -i 's/name: user is usr.id/name: "\\e[31mred"/; s/\[user\]/["\\e[32mgreen"]/' acme/acme.yaml
  pipeline explain acme/acme.yaml --sample $'{"\e[32mgreen":1}'
  [ "$status" -eq 0 ]
  grep -qF -- '-  [32mgreen = 1' <<<"$output"
  [[ $output != *$'\e'* ]]
}

@test "the key of the environment is in no output" {
  KEY=$(new_key)
  export DD_API_KEY=$KEY
  spoil
  printf '%s\n' "$LINE" >logs
  "$DDLOGS" pipeline test acme --junit out.xml >out 2>&1 || true
  "$DDLOGS" pipeline run acme/acme.yaml --in logs >>out 2>&1
  "$DDLOGS" pipeline explain acme/acme.yaml --sample "$LINE" >>out 2>&1
  [ -s out ]
  assert_canary_free "$KEY" out out.xml
}

# places: a pipeline with a geo-ip parser, and a database of invented places.
places() {
  cat >places.yaml <<'YAML'
id: acme
pipeline:
  type: pipeline
  name: Acme
  filter: {query: source:acme}
  processors:
    - {type: geo-ip-parser, name: Places, sources: [ip], target: network.client.geoip}
YAML
  python3 "$TESTS_DIR/mmdb.py" places.mmdb
}

@test "places are from --geoip, else from the stub, and explain says which" {
  places
  pipeline explain places.yaml --sample '{"ip":"192.0.2.9"}' --geoip places.mmdb
  [ "$status" -eq 0 ]
  [[ $output == *'geo-ip-parser "Places" (line 7): applied (ip, by Test-City)'* ]]
  [ "$(tail -n 1 <<<"$output" | jq -r '.attributes.network.client.geoip | .city.name, .country.iso_code, .subdivision.iso_code')" = \
    $'Paris\nFR\nFR-IDF' ]
  pipeline explain places.yaml --sample '{"ip":"192.0.2.9"}'
  [ "$status" -eq 0 ]
  [[ $output == *"(ip, by the stub of Datadog's tests, no database)"* ]]
  [ "$(tail -n 1 <<<"$output" | jq -c .attributes.network.client.geoip)" = '{}' ]
}

@test "run, send --preview and intake take --geoip; test keeps the stub" {
  places
  pipeline run places.yaml --geoip places.mmdb <<<'{"ip":"2001:db8::7"}'
  [ "$(jq -r .attributes.network.client.geoip.country.name <<<"$output")" = 'New Zealand' ]
  printf '{"version":1,"name":"acme","source":"acme","services":["shop"]}\n' >manifest.json
  run --separate-stderr "$DDLOGS" send --manifest manifest.json --site eu1 --preview \
    --pipeline places.yaml --geoip places.mmdb <<<'{"ip":"192.0.2.9"}'
  [ "$status" -eq 0 ]
  [ "$(tail -n 1 <<<"$output" | jq -r .attributes.network.client.geoip.city.name)" = Paris ]
  start_intake --pipeline places.yaml --geoip places.mmdb
  curl -sS -H "DD-API-KEY: $(new_key)" -H 'Content-Type: application/json' \
    -d '[{"ddsource":"acme","ip":"192.0.2.9"}]' "$INTAKE_URL/api/v2/logs"
  [ "$(jq -r .explorer.attributes.network.client.geoip.city.name "$INTAKE_RECORD")" = Paris ]
  mkdir pair
  cp places.yaml pair/places.yaml
  printf 'id: acme\ntests:\n  - sample: "{}"\n    result: {custom: {}, message: "{}", tags: ["source:LOGS_SOURCE"]}\n' \
    >pair/places_tests.yaml
  pipeline test pair --geoip places.mmdb
  [ "$status" -eq 64 ]
  [[ $stderr == *"which have no Geo-IP database: leave --geoip out"* ]]
}

@test "a file that is no Geo-IP database is told in one sentence" {
  places
  pipeline run places.yaml --geoip places.yaml </dev/null
  [ "$status" -eq 65 ]
  [[ $stderr == "ddlogs: E-GEOIP: places.yaml is no Geo-IP database that can be read ("*"): give a file in MaxMind's format (.mmdb)"* ]]
  head -c 200 places.mmdb >cut.mmdb
  pipeline run places.yaml --geoip cut.mmdb </dev/null
  [ "$status" -eq 65 ]
  pipeline run places.yaml --geoip nowhere.mmdb </dev/null
  [ "$status" -ne 0 ]
  [[ $stderr == *"the Geo-IP database nowhere.mmdb cannot be read: "* ]]
}

@test "nothing but --geoip loads the library of Geo-IP databases" {
  places
  run -0 env LD_DEBUG=files LD_DEBUG_OUTPUT=loaded "$DDLOGS" --version
  cat loaded.* >all
  run -1 grep -q maxminddb all
  rm loaded.*
  run -0 env LD_DEBUG=files LD_DEBUG_OUTPUT=loaded "$DDLOGS" pipeline run places.yaml \
    --geoip places.mmdb </dev/null
  cat loaded.* >all
  grep -q maxminddb all
}

@test "convert spells an asset as the API takes it, and back, and names what is left out" {
  pipeline convert acme/acme.yaml
  [ "$status" -eq 0 ]
  [ "$(jq -c '[.is_enabled, .filter.query, (.processors[0] | .is_enabled, (.grok | keys[]))]' <<<"$output")" = \
    '[true,"source:acme",true,"match_rules","support_rules"]' ]
  [ "$stderr" = "ddlogs: left out, since the API has no place for it: id" ]
  jq -c '. + {id: "x1", is_read_only: false}' <<<"$output" >api.json
  pipeline convert api.json
  [ "$status" -eq 0 ]
  [ "$stderr" = "ddlogs: left out, since Datadog gives it and assets have none: id, is_read_only" ]
  [ "${lines[0]} ${lines[1]} ${lines[2]}" = "id: acme metric_id: acme backend_only: false" ]
  mkdir back
  echo "$output" >back/acme.yaml
  cp acme/acme_tests.yaml back
  pipeline test back
  [ "$status" -eq 0 ]
}

@test "convert refuses what it cannot read, by its line, and takes one file" {
  printf 'id: acme\npipeline:\n  type: pipeline\n  processors:\n    - type: odd\n' >bad.yaml
  pipeline convert bad.yaml
  ends_with 65 ''
  [[ ${stderr_lines[0]} == "ddlogs: E-PIPELINE: bad.yaml: "*5* ]]
  pipeline convert acme/acme.yaml bad.yaml
  ends_with 64 ''
  [ "${stderr_lines[0]}" = "ddlogs: E-USAGE: pipeline convert takes one pipeline" ]
}
