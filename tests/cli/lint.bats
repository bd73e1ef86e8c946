#!/usr/bin/env bats
# `ddlogs pipeline lint`: assets by the rules of Datadog's check, for people, programs and hosts of
# code.
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

# acme/: nothing is wrong with it.
make_assets() {
  mkdir acme
  cat >acme/acme.yaml <<'YAML'
id: acme
metric_id: acme
backend_only: false
facets:
  - groups:
      - User
    name: User ID
    path: usr.id
    source: log
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
      samples:
        - 2024-03-07 10:11:12 WARN user=ann done
      grok:
        supportRules: ""
        matchRules: |
          line %{date("yyyy-MM-dd HH:mm:ss"):at} %{word:level} user=%{notSpace:usr.id} %{data:msg}
    - type: date-remapper
      name: date
      enabled: true
      sources:
        - at
    - type: status-remapper
      name: status
      enabled: true
      sources:
        - level
    - type: message-remapper
      name: message
      enabled: true
      sources:
        - msg
YAML
  cat >acme/acme_tests.yaml <<'YAML'
id: acme
tests:
  - sample: 2024-03-07 10:11:12 WARN user=ann done
    result:
      custom:
        at: 1709806272000
        level: WARN
        usr:
          id: ann
      message: done
      status: warn
      tags:
        - source:LOGS_SOURCE
      timestamp: 1709806272000
YAML
}

# A facet without a dot and a word of the log that no rule fits.
spoil() {
  sed -i 's/path: usr.id/path: user/' acme/acme.yaml
  sed -i 's/user=ann done/user=ann/' acme/acme_tests.yaml
}

lint() {
  run --separate-stderr "$DDLOGS" pipeline lint "$@"
}

object() {
  lint "$@" --json
  tail -n 1 <<<"$output" >>"$BATS_FILE_TMPDIR/objects"
}

ends_with() { # EXIT-CODE STDOUT
  [ "$status" -eq "$1" ] || { echo "exit code $status: $output $stderr"; return 1; }
  diff <(printf '%s\n' "$2") <(printf '%s\n' "$output")
}

@test "where nothing is wrong only the note on the service is told" {
  lint acme
  ends_with 0 "acme/acme.yaml:11: note[missing-service-remapper]: there is no service-remapper; the service is what the sender says
  fix: add one only if the logs name their service: Datadog's guide asks for it, its check flags it

0 errors, 0 warnings, 1 note, 0 bypassed in 1 pipeline; 1 test run."
  [ -z "$stderr" ]
}

@test "a finding has file, line, level, rule, reason and fix, and an error gives exit code 1" {
  spoil
  lint acme
  ends_with 1 "acme/acme.yaml:5: error[facets-path]: the facet of \"user\" has no dot in its path
  fix: bring the attribute below the source, or to its standard name, and the facet with it
acme/acme.yaml:5: warning[facet-unused]: no test has \"user\"
  fix: add a test that has it, or take the facet away
acme/acme.yaml:11: note[missing-service-remapper]: there is no service-remapper; the service is what the sender says
  fix: add one only if the logs name their service: Datadog's guide asks for it, its check flags it
acme/acme.yaml:27: warning[source-never]: no sample has what \"date\" reads
  fix: add a sample that has it, or take the processor away
acme/acme.yaml:32: warning[source-never]: no sample has what \"status\" reads
  fix: add a sample that has it, or take the processor away
acme/acme.yaml:37: warning[source-never]: no sample has what \"message\" reads
  fix: add a sample that has it, or take the processor away
acme/acme_tests.yaml:3: error[result-differs]: custom.at differs, and more
  fix: see both: ddlogs pipeline test PATH

2 errors, 4 warnings, 1 note, 0 bypassed in 1 pipeline; 1 test run."
  [ "${stderr_lines[0]}" = "ddlogs: E-PIPELINE-LINT: 2 errors in 1 pipeline" ]
}

@test "warnings do not fail, and --quiet leaves the exit code and the sentence" {
  sed -i '/^metric_id/d' acme/acme.yaml
  lint acme --quiet
  ends_with 0 ''
  spoil
  lint acme --quiet
  ends_with 1 ''
  [ "${stderr_lines[0]}" = "ddlogs: E-PIPELINE-LINT: 2 errors in 1 pipeline" ]
}

@test "a bypass at the head of a file silences a rule, and is counted" {
  spoil
  sed -i '1i # bypass-global-facets-path-checks' acme/acme.yaml
  sed -i '1i # bypass-global-result-differs-checks' acme/acme_tests.yaml
  lint acme
  [ "$status" -eq 0 ]
  [[ $output != *facets-path* ]]
  [[ ${lines[-1]} == "0 errors, 4 warnings, 1 note, 2 bypassed in 1 pipeline; 1 test run." ]]
  object acme
  [ "$status" -eq 0 ]
  [ "$(jq -c '[.findings[] | select(.bypassed) | [.file, .line, .code]]' <<<"$output")" = \
    '[["acme/acme.yaml",6,"facets-path"],["acme/acme_tests.yaml",4,"result-differs"]]' ]
  [ "$(jq -c .summary <<<"$output")" = \
    '{"errors":0,"warnings":4,"notes":1,"bypassed":2,"pipelines":1,"tests":1}' ]
}

@test "--json prints one object, with and without errors" {
  object acme
  [ "$status" -eq 0 ]
  [ "${#lines[@]}" -eq 1 ]
  [ "$(jq -c '[.command, .ok, .summary]' <<<"$output")" = \
    '["pipeline",true,{"errors":0,"warnings":0,"notes":1,"bypassed":0,"pipelines":1,"tests":1}]' ]
  spoil
  object acme
  [ "$status" -eq 1 ]
  [ "$(jq -c '[.ok, .exit_code, .code, .findings[0]]' <<<"$output")" = \
    '[false,1,"E-PIPELINE-LINT",{"file":"acme/acme.yaml","line":5,"code":"facets-path","severity":"error","message":"the facet of \"user\" has no dot in its path","fix":"bring the attribute below the source, or to its standard name, and the facet with it","bypassed":false}]' ]
}

@test "--sarif writes rules, places and what is suppressed" {
  spoil
  sed -i '1i # bypass-global-facets-path-checks' acme/acme.yaml
  mv acme 'a b'
  lint 'a b' --sarif out.sarif --quiet
  [ "$status" -eq 1 ]
  jq -e '.version == "2.1.0" and (.runs | length) == 1' out.sarif
  jq -e '.runs[0] as $run | $run.results | length > 4 and all(. as $r |
    $run.tool.driver.rules[$r.ruleIndex].id == $r.ruleId and ($r.message.text | length) > 0 and
    $run.tool.driver.rules[$r.ruleIndex].defaultConfiguration.level == $r.level)' out.sarif
  jq -e '.runs[0].tool.driver.rules | (map(.id) | unique | length) == length and
    all((.shortDescription.text | length) > 0 and (.help.text | length) > 0)' out.sarif
  [ "$(jq -c '[.runs[0].results[] | select(.suppressions) | [.ruleId, .suppressions[0].kind,
    .locations[0].physicalLocation.artifactLocation.uri,
    .locations[0].physicalLocation.region.startLine]]' out.sarif)" = \
    '[["facets-path","inSource","a%20b/acme.yaml",6]]' ]
  lint acme --sarif nowhere/out.sarif
  [ "$status" -ne 0 ]
}

@test "the page of the guide has the rules that SARIF names, in no other number" {
  lint acme --sarif out.sarif --quiet
  diff <(sed -n 's/^| `\([a-z-]*\)` |.*/\1/p' "$TESTS_DIR/../docs/guide/lint.md" | sort) \
    <(jq -r '.runs[0].tool.driver.rules[].id' out.sarif | sort)
}

@test "a grok rule that is broken is named with its own line, and the rest is looked at" {
  sed -i 's/user=%{notSpace:usr.id}/user=%{nope:usr.id}/; s/source:acme$/source:Acme/' acme/acme.yaml
  lint acme
  [ "$status" -eq 1 ]
  grep -qxF 'acme/acme.yaml:26: error[grok-rule]: rule line: there is no rule and no matcher "nope"' <<<"$output"
  grep -qxF 'acme/acme.yaml:15: warning[source-case]: the source is "Acme"' <<<"$output"
}

@test "what cannot be read is a finding with its line" {
  printf 'id: [\n' >acme/acme.yaml
  printf 'tests: []\ntests: []\n' >acme/acme_tests.yaml
  lint acme
  [ "$status" -eq 1 ]
  grep -q '^acme/acme.yaml:2: error\[unreadable\]: 2:1: ' <<<"$output"
  grep -q '^acme/acme_tests.yaml:2: error\[unreadable\]: 2:1: this key is there twice' <<<"$output"
  head -c 100000 /dev/urandom >acme/acme.yaml
  lint acme
  [ "$status" -eq 1 ]
  head -c 9000000 /dev/zero | tr '\0' a >acme/acme.yaml
  object acme
  [ "$status" -ne 0 ]
  [[ $stderr == "ddlogs: E-LIMIT: acme/acme.yaml: larger than "* ]]
}

@test "a pipeline without tests, several paths, a path that is none" {
  rm acme/acme_tests.yaml
  cp -r acme second
  lint acme second/acme.yaml
  [ "$status" -eq 1 ]
  [ "$(grep -c 'error\[tests-missing\]' <<<"$output")" -eq 2 ]
  [[ ${lines[-1]} == "2 errors, "*" in 2 pipelines; 0 tests run." ]]
  mkdir empty
  object empty
  [ "$status" -eq 65 ]
  [[ $stderr == "ddlogs: E-PIPELINE: there is no pipeline, no NAME.yaml, below empty"* ]]
  lint nowhere
  [ "$status" -ne 0 ]
  [[ $stderr == "ddlogs: E-IO: nowhere cannot be read"* ]]
  lint
  [ "$status" -eq 64 ]
}

@test "control characters of an asset do not reach the terminal" {
  sed -i 's/path: usr.id/path: "\\e[31mred\\e]0;t\\a"/' acme/acme.yaml
  lint acme
  [ "$status" -eq 1 ]
  [[ $output != *$'\e'* ]]
}

@test "a large asset is looked at in time" {
  {
    sed '/^facets:/,/^pipeline:/{/^pipeline:/!d}; /^pipeline:/,$d' acme/acme.yaml
    echo facets:
    for i in {1..20000}; do
      printf '  - {groups: [A], name: x, path: acme.f%d, source: log, type: string}\n' "$i"
    done
    sed -n '/^pipeline:/,$p' acme/acme.yaml
    for i in {1..5000}; do
      printf '    - {type: attribute-remapper, name: x, enabled: true, sources: [a%d], target: b%d}\n' "$i" "$i"
    done
  } >large.yaml
  mv large.yaml acme/acme.yaml
  run timeout 60 "$DDLOGS" pipeline lint acme --quiet
  [ "$status" -le 1 ]
}

@test "the key of the environment is in no output" {
  KEY=$(new_key)
  export DD_API_KEY=$KEY
  spoil
  "$DDLOGS" pipeline lint acme --sarif out.sarif >out 2>&1 || true
  "$DDLOGS" pipeline lint acme --json >>out 2>&1 || true
  [ -s out ]
  assert_canary_free "$KEY" out out.sarif
}
