# shellcheck shell=bash disable=SC2034
# What the suites of the installed program share. A suite begins with
#
#     load lib                     (from another folder: load ../cli/lib)
#     setup() { sandbox; }
#     teardown() { stop_intakes; }
#
# Every test has folders, keys and ports of its own; nothing outside BATS_TEST_TMPDIR is touched.

# Outside of "make installcheck" the program of the environment's path is tested.
: "${DDLOGS:=ddlogs}"

# Empty home and XDG folders, no variable that could reach the program from outside.
sandbox() {
  local name
  for name in $(compgen -e); do
    case $name in
    DD_* | DATADOG_* | DDLOGS_* | *_proxy | *_PROXY | XDG_* | SSLKEYLOGFILE | SECRET_* | \
      DBUS_SESSION_BUS_ADDRESS | CREDENTIALS_DIRECTORY | NO_COLOR | DISPLAY) unset "$name" ;;
    esac
  done
  export HOME=$BATS_TEST_TMPDIR/home LC_ALL=C.UTF-8 TERM=dumb
  export XDG_CONFIG_HOME=$HOME/.config XDG_DATA_HOME=$HOME/.local/share
  export XDG_CACHE_HOME=$HOME/.cache XDG_STATE_HOME=$HOME/.local/state
  export XDG_RUNTIME_DIR=$BATS_TEST_TMPDIR/run
  mkdir -p "$HOME"
  mkdir -m 700 "$XDG_RUNTIME_DIR"
  cd "$BATS_TEST_TMPDIR" || return 1
  INTAKE_PIDS=()
}

# 32 hexadecimal digits by chance: an API key, and the canary of its test.
new_key() {
  od -An -N16 -tx1 /dev/urandom | tr -d ' \n'
}

# wait_until SECONDS COMMAND...: true as soon as the command is, false when time is up.
wait_until() {
  local end=$((${EPOCHREALTIME/./} + $1 * 1000000))
  shift
  until "$@" 2>/dev/null; do
    ((${EPOCHREALTIME/./} < end)) || return 1
    sleep 0.01
  done
}

wait_for_file() {
  wait_until "${2:-10}" test -s "$1"
}

now_ms() {
  echo $((${EPOCHREALTIME/./} / 1000))
}

# start_intake [OPTION...]: a local intake on a free port. Sets INTAKE_PID, INTAKE_PORT, INTAKE_URL,
# INTAKE_RECORD (what arrived, NDJSON), INTAKE_LOG (a line a request), INTAKE_OUT (address, summary).
start_intake() {
  local n=${#INTAKE_PIDS[@]} scheme=http
  local base=$BATS_TEST_TMPDIR/intake$n
  case " $* " in *" --tls-cert "*) scheme=https ;; esac
  INTAKE_RECORD=$base.ndjson INTAKE_LOG=$base.log INTAKE_OUT=$base.out
  rm -f "$base.port" # of one that is stopped
  # descriptor 3 is bats' own: a child that holds it would keep bats waiting
  "$DDLOGS" intake --port-file "$base.port" --record "$INTAKE_RECORD" "$@" \
    >"$INTAKE_OUT" 2>"$INTAKE_LOG" 3>&- &
  INTAKE_PID=$!
  INTAKE_PIDS+=("$INTAKE_PID")
  if ! wait_until 20 intake_is_up "$base.port" "$INTAKE_PID" || [ ! -s "$base.port" ]; then
    cat "$INTAKE_OUT" "$INTAKE_LOG" >&2
    return 1
  fi
  INTAKE_PORT=$(cat "$base.port")
  INTAKE_URL=$scheme://127.0.0.1:$INTAKE_PORT
}

# Up, or over before it was.
intake_is_up() {
  [ -s "$1" ] || ! kill -0 "$2"
}

# Stops the intake started last and waits for it, so that its summary is written.
stop_intake() {
  kill -TERM "$INTAKE_PID" 2>/dev/null
  wait "$INTAKE_PID"
}

stop_intakes() {
  local pid
  for pid in "${INTAKE_PIDS[@]}"; do
    kill -TERM "$pid" 2>/dev/null && wait "$pid"
  done
  INTAKE_PIDS=()
}

# The logs that arrived, one compact JSON object a line: what jq makes of them.
entries() {
  [ ! -e "$INTAKE_RECORD" ] || jq -c .entry "$INTAKE_RECORD"
}

SITE_DOMAINS=(datadoghq.com us3.datadoghq.com us5.datadoghq.com datadoghq.eu ap1.datadoghq.com
  ap2.datadoghq.com uk1.datadoghq.com ddog-gov.com us2.ddog-gov.com)

# make_ca FOLDER: FOLDER/ca.pem and FOLDER/ca.key, a test CA.
make_ca() {
  mkdir -p "$1"
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 \
    -keyout "$1/ca.key" -out "$1/ca.pem" -subj "/CN=ddlogs test CA" \
    -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign 2>/dev/null
}

# make_leaf FOLDER NAME SAN [OPTION OF openssl x509...]: FOLDER/NAME.{pem,key} signed by the CA there.
# An expired one: make_leaf DIR old DNS:x -days -1
make_leaf() {
  local folder=$1 name=$2 san=$3
  shift 3
  [ $# -gt 0 ] || set -- -days 30
  openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes \
    -keyout "$folder/$name.key" -out "$folder/$name.csr" -subj "/CN=$name" 2>/dev/null &&
    openssl x509 -req -in "$folder/$name.csr" -CA "$folder/ca.pem" -CAkey "$folder/ca.key" \
      -set_serial "0x$(od -An -N8 -tx1 /dev/urandom | tr -d ' \n')" -out "$folder/$name.pem" \
      -extfile <(printf 'subjectAltName=%s\n' "$san") "$@" 2>/dev/null
}

# make_certs FOLDER: a CA (ca.pem) and one certificate (intake.pem, intake.key) for the intake and API
# hosts of all nine sites and for loopback.
make_certs() {
  local san=DNS:localhost,IP:127.0.0.1 domain
  for domain in "${SITE_DOMAINS[@]}"; do
    san+=,DNS:http-intake.logs.$domain,DNS:api.$domain
  done
  make_ca "$1" && make_leaf "$1" intake "$san"
}

# start_tls_intake [OPTION...]: the same over TLS, under the true host names: with --connect-to
# 127.0.0.1:$INTAKE_PORT and --ca-file $CA_FILE.
start_tls_intake() {
  local certs=$BATS_FILE_TMPDIR/certs
  [ -s "$certs/intake.pem" ] || make_certs "$certs" || return 1
  CA_FILE=$certs/ca.pem
  start_intake --tls-cert "$certs/intake.pem" --tls-key "$certs/intake.key" "$@"
}

# assert_canary_free KEY FILE-OR-FOLDER...: the key stands nowhere in them, plain, as base64, as
# hexadecimal, reversed or as UTF-16.
assert_canary_free() {
  local key=$1 form
  shift
  for form in "$key" "$(printf %s "$key" | base64)" "$(printf %s "$key" | od -An -tx1 | tr -d ' \n')" \
    "$(printf %s "$key" | rev)" "${key:4:24}"; do
    if grep -rlaF -- "$form" "$@"; then
      echo "the key stands in the files above" >&2
      return 1
    fi
  done
  if grep -rlaP -- "$(printf %s "$key" | sed 's/./&\\x00/g')" "$@"; then
    echo "the key stands in the files above as UTF-16" >&2
    return 1
  fi
}

# dump_core PID: core.PID in this folder. Skips under a sanitizer, whose shadow memory fills a disk.
dump_core() {
  ! grep -qaF __asan_init "$DDLOGS" || skip "a sanitizer keeps freed memory"
  gcore -o core "$1" >/dev/null 2>&1
  [ -s "core.$1" ]
}
