# The unit of the service: its form, and how much of the system it could reach.

setup() {
  command -v systemd-analyze >/dev/null || skip "systemd-analyze is missing"
  UNIT=$BATS_TEST_TMPDIR/ddlogs@acme.service
  sed -e "s|@bindir[@]/ddlogs|/bin/true|" -e 's|%d/|/run/|' "$TOP/docs/systemd/ddlogs@.service.in" >"$UNIT"
}

@test "the exposure of the service is at most 1.5" {
  run systemd-analyze security --no-pager --offline=true --threshold=15 "$UNIT"
  echo "$output"
  [ "$status" -eq 0 ]
  [[ $output == *"Overall exposure level"* ]]
}

@test "the unit has no word that systemd does not know" {
  run systemd-analyze verify --man=no "$UNIT"
  echo "$output"
  [[ $output != *ddlogs@acme.service:* ]]
}

@test "the unit runs an option that send takes" {
  for word in $(grep -oE -- '--[a-z-]+' <(grep ^ExecStart "$TOP/docs/systemd/ddlogs@.service.in")); do
    "$BUILD/tui/ddlogs" send --help | grep -qE -- "$word( |\$)"
  done
}
