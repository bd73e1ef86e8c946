# shellcheck shell=bash
# What the suites of the keyring share: buses with or without a service, and the command under test.

load ../cli/lib
bats_require_minimum_version 1.5.0

prepare() {
  sandbox
  KEY=$(new_key)
  export KEY DDLOGS
  export MANIFEST=$BATS_TEST_TMPDIR/manifest.json
  echo '{"version": 1, "name": "acme_widget", "source": "acme_widget"}' >"$MANIFEST"
  export COLLECTION=/org/freedesktop/secrets/collection/login
  export MOCK=$BATS_TEST_DIRNAME/mock_service.py OBJECTS=$BATS_FILE_TMPDIR/objects
}

# Every object that a test asked for holds to the documented schema.
teardown_file() {
  [ ! -e "$BATS_FILE_TMPDIR/objects" ] ||
    /usr/bin/python3 "$TESTS_DIR/schema.py" "$TESTS_DIR/../docs/schema.json" "$BATS_FILE_TMPDIR/objects"
}

# session [-b BUS] [-k KEYRING] SCRIPT: the script in bash on a bus of its own (see session.sh), with
# the functions of commands.bash. Descriptor 3 is bats' own: a daemon that holds it would keep bats waiting.
session() {
  local options=()
  while [ $# -gt 1 ]; do
    options+=("$1")
    shift
  done
  BASH_ENV=$BATS_TEST_DIRNAME/commands.bash "$BATS_TEST_DIRNAME/session.sh" "${options[@]}" bash -c "$1" 3>&-
}

# bus [PROGRAM [ARGUMENT...]]: writes a bus that starts the program when the keyring is asked for, or
# nothing; prints the path of its configuration.
bus() {
  local folder=$BATS_TEST_TMPDIR/bus
  mkdir -p "$folder/services"
  [ $# -eq 0 ] || printf '[D-BUS Service]\nName=org.freedesktop.secrets\nExec=%s\n' "$*" \
    >"$folder/services/org.freedesktop.secrets.service"
  cat >"$folder/bus.conf" <<END
<busconfig><type>session</type><keep_umask/><listen>unix:tmpdir=/tmp</listen>
<servicedir>$folder/services</servicedir>
<policy context="default"><allow send_destination="*" eavesdrop="true"/>
<allow eavesdrop="true"/><allow own="*"/></policy></busconfig>
END
  echo "$folder/bus.conf"
}

# refused CODE EXIT SESSION-ARGUMENT...: the last line of the session is an object with this code, and
# the session ends with this exit code, far sooner than the 25 s that the keyring's own library waits
# (a machine under load takes its time, so the limit is no measurement).
refused() {
  local code=$1 exit=$2 begun
  shift 2
  begun=$(now_ms)
  run --separate-stderr session "$@"
  [ "$status" -eq "$exit" ] && [ "$(jq -r .code <<<"${lines[-1]}")" = "$code" ] &&
    [ "$(jq -r '.message | length > 10' <<<"${lines[-1]}")" = true ] &&
    [ $(($(now_ms) - begun)) -lt "${LIMIT_MS:-12000}" ] && return
  echo "expected $code and exit $exit; after $(($(now_ms) - begun)) ms came exit $status and:"
  echo "$output"
  echo "${stderr:-}"
  return 1
}
