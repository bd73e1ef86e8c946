#!/usr/bin/env bats
# `ddlogs help`: commands, codes, topics.
load lib

setup() {
  sandbox
}

@test "help alone lists commands and topics" {
  run "$DDLOGS" help
  [ "$status" = 0 ]
  [[ "$output" == *"  test     "* ]]
  [[ "$output" == *not-visible* ]]
}

@test "help CODE is a card, in any case of letters" {
  run "$DDLOGS" help e-key-403
  [ "$status" = 0 ]
  [[ "$output" == "E-KEY-403: "*"(exit code 77)"*"Likely causes:"*"Next steps:"* ]]
}

@test "every code has its card" {
  while read -r id; do
    run "$DDLOGS" help "$id"
    [ "$status" = 0 ]
    [[ "$output" == "$id: "* ]]
  done < <(sed -n 's/^## \([EW]-.*\)/\1/p' "$TESTS_DIR/../docs/errors.md")
}

@test "help not-visible explains why accepted logs may not be seen" {
  run "$DDLOGS" help not-visible
  [ "$status" = 0 ]
  for word in Exclusion quota 18 Permissions "@test.id" site; do
    [[ "$output" == *"$word"* ]]
  done
}

@test "help COMMAND is the command's own help" {
  run "$DDLOGS" help test
  [ "$status" = 0 ]
  [[ "$output" == "Usage: ddlogs test"*--timeout* ]]
}

@test "a word that is nothing gets the nearest one" {
  run "$DDLOGS" help E-KEY-404
  [ "$status" = 64 ]
  [[ "$output" == *"did you mean E-KEY-403?"* || "$output" == *"did you mean E-HTTP-404?"* ]]
}

@test "no line of a card or topic is wider than 120 columns" {
  for word in not-visible test E-KEY-INTAKE E-NET-TIMEOUT; do
    run "$DDLOGS" help "$word"
    for line in "${lines[@]}"; do
      [ "${#line}" -le 120 ]
    done
  done
}
