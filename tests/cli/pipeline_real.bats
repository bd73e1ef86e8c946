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
