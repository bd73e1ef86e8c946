#!/usr/bin/env bats
# `ddlogs pipeline test` over real assets and their own tests: the folder that DDLOGS_PIPELINES
# names, else shared/data/pipelines beside the checkout.
bats_require_minimum_version 1.5.0
load lib

USER_AGENTS=/usr/share/uap-core/regexes.yaml

setup() {
  REAL=${DDLOGS_PIPELINES:-$TESTS_DIR/../../shared/data/pipelines}
  sandbox
  [ -d "$REAL" ] || skip "there are no real assets: DDLOGS_PIPELINES names none"
}

# passes PER-MILLE [OPTION...]: at least that many of a thousand tests pass.
passes() {
  local share=$1 passed failed
  shift
  run --separate-stderr "$DDLOGS" pipeline test "$REAL" --json "$@"
  read -r passed failed < <(jq -r '"\(.summary.passed) \(.summary.failed)"' <<<"$output")
  echo "$passed passed, $failed failed"
  ((passed + failed > 100))
  ((passed * 1000 >= (passed + failed) * share))
}

# Families of user agents come from uap-core alone; about 45 of 900 tests have them in their results.
@test "98 of 100 real tests pass with uap-core's patterns, 94 of 100 without" {
  if [ -r "$USER_AGENTS" ]; then
    passes 980
  fi
  printf 'user_agent_parsers: []\nos_parsers: []\ndevice_parsers: []\n' >none.yaml
  passes 940 --user-agents none.yaml
}

# Assets (their folders) whose files carry a bypass of a rule, and those that lint finds it in.
carry() {
  grep -lr "bypass-global-$1-checks" "$REAL" | sed 's|/[^/]*$||' | sort -u
}
found() {
  jq -r --arg code "$1" '.findings[] | select(.code == $code) | .file' findings.json |
    sed 's|/[^/]*$||' | sort -u
}

@test "lint finds what Datadog's check finds: the rules whose bypasses are in real assets" {
  run --separate-stderr "$DDLOGS" pipeline lint "$REAL" --json
  [ "$status" -le 1 ]
  tail -n 1 <<<"$output" >findings.json
  pipelines=$(jq .summary.pipelines findings.json)
  ((pipelines > 20))
  # exact both ways
  diff <(carry facets-path) <(found facets-path)
  diff <(carry no-processors) <(found no-processors)
  # nothing is found that is not bypassed; some bypasses stand where nothing is to be found
  for code in missing-date-remapper grok-parser-rules; do
    carry "$code" >carry
    found "$code" >found
    [ -z "$(comm -13 carry found)" ]
    (($(wc -l <found) * 10 >= $(wc -l <carry) * 7))
  done
  # these are younger than most assets: every bypass has its finding
  for code in grok-parser-count-per-pipeline no-service-config date-remapper-parse-failure; do
    [ -z "$(comm -23 <(carry "$code") <(found "$code"))" ]
  done
  # all of them were accepted: an error that is not bypassed is rare
  errors=$(jq '[.findings[] | select(.severity == "error" and (.bypassed | not) and
    .code != "date-remapper-parse-failure")] | length' findings.json)
  echo "$errors errors in $pipelines pipelines"
  ((errors * 4 <= pipelines))
}

@test "real assets come back from the API's spelling, and their tests give the same" {
  for file in "$REAL"/*/pipeline.yaml; do
    folder=there/$(basename "$(dirname "$file")")
    mkdir -p "$folder"
    "$DDLOGS" pipeline convert "$file" --quiet >api.json
    "$DDLOGS" pipeline convert api.json --quiet >"$folder/pipeline.yaml"
    "$DDLOGS" pipeline convert "$folder/pipeline.yaml" --quiet | cmp - api.json
    cp "${file%/*}/tests.yaml" "$folder"
  done
  run --separate-stderr "$DDLOGS" pipeline test "$REAL" --json
  before=$(tail -n 1 <<<"$output" | jq -c .summary)
  run --separate-stderr "$DDLOGS" pipeline test there --json
  [ "$(tail -n 1 <<<"$output" | jq -c .summary)" = "$before" ]
}
