# shellcheck shell=bash
# What the scripts inside a session can say. bash reads this file first (BASH_ENV).

# shellcheck source=../cli/lib.bash
. "$TESTS_DIR/cli/lib.bash"

# key WORD [OPTION...]
key() {
  "$DDLOGS" key "$@" --manifest "$MANIFEST" --site eu1
}

# ask WORD [OPTION...]: the same, for its object, which is kept; standard error is left out.
ask() (
  set -o pipefail
  key "$@" --json 2>/dev/null | tee -a "$OBJECTS"
)

# store [OPTION...]: stores KEY.
store() {
  printf %s "$KEY" | ask set --api-key - "$@"
}

lock() {
  gdbus call --session -d org.freedesktop.secrets -o /org/freedesktop/secrets \
    -m org.freedesktop.Secret.Service.Lock "['$COLLECTION']" >/dev/null
}

# mock KIND: a Secret Service that misbehaves, see mock_service.py.
mock() {
  /usr/bin/python3 "$MOCK" "$1" &
  MOCK_PID=$!
  gdbus wait --session --timeout 20 org.freedesktop.secrets
}
