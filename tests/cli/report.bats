#!/usr/bin/env bats
# `ddlogs report`: a file for support that holds no secret, whatever the machine is full of.
bats_require_minimum_version 1.5.0
load lib

setup() {
  sandbox
  KEY=$(new_key)
  (umask 077 && printf %s "$KEY" >key)
  printf '%s\n' "$KEY" >secrets
  printf '{"version":1,"name":"acme","source":"acme","services":["shop"]}\n' >manifest.json
}

teardown() {
  stop_intakes
}

# Every object that a test saw holds to the documented schema.
teardown_file() {
  [ ! -e "$BATS_FILE_TMPDIR/objects" ] ||
    /usr/bin/python3 "$TESTS_DIR/schema.py" "$TESTS_DIR/../docs/schema.json" "$BATS_FILE_TMPDIR/objects"
}

FILES='README.txt
doctor.json
config.json
manifest.json
versions.txt
environment.txt
terminal.txt
ca.txt
keyring.txt
spool.txt
log.txt'

# report [OPTION...]: made with the manifest, into r.tar.gz.
report() {
  rm -f r.tar.gz
  run --separate-stderr "$DDLOGS" report --manifest manifest.json --output r.tar.gz "$@" </dev/null
}

# read_file NAME: what stands in it.
read_file() {
  tar -xzOf r.tar.gz --wildcards "*/$1"
}

# Nothing that was planted is in the archive, nor in what the command printed.
assert_clean() {
  local secret
  [ "$(sort -u secrets | wc -l)" -ge "${1:-1}" ]
  /usr/bin/python3 "$SRCDIR/report_search.py" r.tar.gz secrets
  while read -r secret; do
    [[ "$output$stderr" != *"$secret"* ]] || { echo "printed: $secret"; return 1; }
  done <secrets
}

# secret FORM: a new one, also written into the list. Without a form: letters that no pattern knows.
secret() {
  local value hex
  hex=$(new_key)$(new_key)
  case ${1-} in
  api) value=${hex:0:32} ;;
  app) value=${hex:0:40} ;;
  pub) value=pub${hex:0:32} ;;
  *_) value=$1${hex:0:36} ;;
  '') value=$(tr 0-9 g-p <<<"${hex:0:20}") ;;
  esac
  printf '%s\n' "$value" >>secrets
  printf %s "$value"
}

# plant NAME FORM [BEFORE] [BEHIND]: a variable with a secret in it.
plant() {
  export "$1=${3-}$(secret "$2")${4-}"
}

@test "the search of these tests finds each form" {
  secret api >/dev/null
  secret ddapp_ >/dev/null
  secret >/dev/null
  /usr/bin/python3 "$SRCDIR/report_search.py" --control secrets
}

@test "the list is what goes in, and --dry-run writes nothing" {
  report --dry-run
  [ "$status" = 0 ]
  [ "$(awk '$1 ~ /^[0-9]+$/ { print $2 }' <<<"$output")" = "$FILES" ]
  [ "$(awk '$1 == "together" { print ($2 > 1000 && $2 < 60000) }' <<<"$output")" = 1 ]
  [ "${lines[-1]}" = 'Nothing was written.' ]
  [ ! -e r.tar.gz ]
  [ "$(find . -maxdepth 1 -name '*tar.gz*')" = '' ]
}

@test "it writes what it listed, for its owner alone, and says that nothing was uploaded" {
  report
  [ "$status" = 0 ]
  [[ "${lines[-1]}" =~ ^'Written: r.tar.gz, '[0-9]+' bytes. It holds no key, and nothing was uploaded.'$ ]]
  [ "$(stat -c '%a %h' r.tar.gz)" = '600 1' ]
  [ "$(tar -tzf r.tar.gz | sed 's|.*/||')" = "$FILES" ]
  [ "$(tar -tzf r.tar.gz | sed 's|/.*||' | sort -u | grep -cE '^ddlogs-report-[0-9]{8}T[0-9]{6}Z$')" = 1 ]
  for name in doctor config manifest; do
    read_file "$name.json" | jq -e . >/dev/null
  done
  [ "$(stat -c %s r.tar.gz)" -lt 65536 ]
  # owner, group and time of the packing tell nothing
  [ "$(tar --numeric-owner -tvzf r.tar.gz | awk '{ print $1, $2 }' | sort -u)" = '-rw------- 0/0' ]
}

@test "the name is made of the time unless one is given" {
  mkdir here
  cd here
  run --separate-stderr "$DDLOGS" report --manifest ../manifest.json --no-input
  [ "$status" = 0 ]
  [[ "$(ls -A)" =~ ^ddlogs-report-[0-9]{8}T[0-9]{6}Z\.tar\.gz$ ]]
  [ "$(tar -tzf ./*.tar.gz | head -n 1)" = "$(basename ./*.tar.gz .tar.gz)/README.txt" ]
}

@test "a file that is there is not overwritten" {
  echo mine >there
  run --separate-stderr "$DDLOGS" report --manifest manifest.json --output there --json </dev/null
  [ "$status" = 73 ]
  [[ "$stderr" == *"E-REPORT-WRITE: there is there already"*"--output FILE"* ]]
  printf '%s\n' "${lines[-1]}" >>"$BATS_FILE_TMPDIR/objects"
  [ "$(jq -c '[.ok, .code, .path, .files]' <<<"${lines[-1]}")" = '[false,"E-REPORT-WRITE",null,[]]' ]
  [ "$(cat there)" = mine ]
  ln -s nowhere link
  run "$DDLOGS" report --output link </dev/null
  [ "$status" = 73 ]
  [ ! -e nowhere ]
}

@test "a folder that is not there is named, and a path of - is refused" {
  run --separate-stderr "$DDLOGS" report --output none/r.tar.gz </dev/null
  [ "$status" = 73 ]
  [[ "$stderr" == *"none/r.tar.gz cannot be written: No such file or directory"* ]]
  run --separate-stderr "$DDLOGS" report --output - </dev/null
  [ "$status" = 64 ]
  run "$DDLOGS" report now </dev/null
  [ "$status" = 64 ]
}

@test "it works before anything is set up, and what is missing says why" {
  DDLOGS_INTEGRATIONS_PATH=$PWD/nothing run --separate-stderr "$DDLOGS" report --output r.tar.gz --json </dev/null
  [ "$status" = 0 ]
  printf '%s\n' "${lines[-1]}" >>"$BATS_FILE_TMPDIR/objects"
  [ "$(jq -c '[.ok, .path, [.files[].name] == $names, .warnings[0].code]' \
    --argjson names "$(jq -Rsc 'rtrimstr("\n") | split("\n")' <<<"$FILES")" <<<"${lines[-1]}")" = \
    '[true,"r.tar.gz",true,"E-MANIFEST-NONE"]' ]
  [ "$(jq .bytes <<<"${lines[-1]}")" = "$(stat -c %s r.tar.gz)" ]
  [ "$(read_file doctor.json | jq -c '[.ok, .code]')" = '[false,"E-CFG-NONE"]' ]
  [ "$(read_file manifest.json | jq -r .code)" = E-MANIFEST-NONE ]
  [ "$(read_file config.json | jq -c '[.saved, .file, .code, .properties.encoding]')" = \
    '[false,null,"E-MANIFEST-NONE",{"value":"gzip","origin":"default"}]' ]
  [ "$(read_file spool.txt)" = 'The configuration names no spool.' ]
  [[ "$(read_file log.txt)" == 'warn  E-MANIFEST-NONE: '* ]]
}

@test "a configuration with a mistake is told, and the report is made all the same" {
  echo '{"version": 1, "integration": "acme", "sight": "eu1"}' >config.json
  report --config config.json
  [ "$status" = 0 ]
  [[ "$stderr" == *E-CFG-PARSE*sight* ]]
  [[ "$(read_file config.json | jq -r .message)" == *config.json:1:*sight* ]]
}

@test "an option's value that is none is told, and the report is made all the same" {
  report --site mars
  [ "$status" -eq 0 ]
  [[ "$stderr" == "ddlogs: E-SITE: "* ]]
  [ "$(tar -xOzf r.tar.gz --wildcards '*/doctor.json' | jq -r .code)" = E-SITE ]
}

@test "each value comes with its origin, the stages with their verdict, no log is sent" {
  start_intake --api-key-file key
  printf '{"version":1,"integration":"acme","site":"eu1","tags":["env:prod"],"key_source":"file","key_name":"%s"}' \
    "$PWD/key" >config.json
  DD_TAGS=env:lab report --config config.json --endpoint "$INTAKE_URL"
  [ "$status" = 0 ]
  [ "$(read_file config.json | jq -c '[.saved] + (.properties | [.site, .tags, .endpoint, .encoding] | map(.origin))')" = \
    '[true,"file","environment","option","default"]' ]
  [ "$(read_file doctor.json | jq -c '[.ok, .code, [.sites[0].stages[] | select(.result == "pass").stage]]')" = \
    '[true,null,["proxy","tcp","clock","key","intake"]]' ]
  [ ! -s "$INTAKE_RECORD" ]
  [[ "$(read_file keyring.txt)" == "place    file $PWD/key"*"key      there, for acme on site eu1"*"in use   a key" ]]
  assert_clean
}

@test "versions, terminal and CA files are told" {
  make_ca certs
  cat certs/ca.pem certs/ca.pem >two.pem
  TERM=xterm-256color report --ca-file two.pem
  [ "$status" = 0 ]
  for word in ddlogs libcurl OpenSSL zstd cJSON ncurses libarchive libmicrohttpd glibc Linux PRETTY_NAME=; do
    read_file versions.txt | grep -qF "$word"
  done
  [[ "$(read_file terminal.txt)" == "input          no terminal"*"there, it can place its cursor"*"colours        256"*"characters     UTF-8" ]]
  [[ "$(read_file ca.txt)" == *"named by       --ca-file, in addition
file           $PWD/two.pem
size           $(stat -c %s two.pem) bytes, 2 certificates
SHA-256        $(sha256sum two.pem | cut -d' ' -f1)"* ]]
  TERM=nosuchterminal report
  read_file terminal.txt | grep -qx 'description    none of that name'
}

@test "variables that play a part are told, secret ones only by name" {
  unset LANG LANGUAGE
  DD_API_KEY=$KEY DD_SITE=eu1 DD_CLIENT_TOKEN=x NO_PROXY=localhost GREETING=hello DDLOGS_KEY_FILE=/x report
  [ "$status" = 0 ]
  diff - <(read_file environment.txt | grep -E '^(DD|NO_|GREET)') <<'END'
DD_API_KEY is set, and not shown
DDLOGS_KEY_FILE=/x
DD_CLIENT_TOKEN is set, and not shown
DD_SITE=eu1
NO_PROXY=localhost
END
  report
  read_file environment.txt | grep -qx 'DD_API_KEY is not set'
  assert_clean
}

@test "a DD_API_KEY that is no key is told, and the report is made all the same" {
  DD_API_KEY=$'two\nlines' report --site eu1 --endpoint http://127.0.0.1:1
  [ "$status" = 0 ]
  [[ "$stderr" == *DD_API_KEY* ]]
  read_file environment.txt | grep -qx 'DD_API_KEY is set, and no key'
  read_file log.txt | grep -qE '^warn  E-KEY-[A-Z]+: .*DD_API_KEY'
  [ "$(read_file doctor.json | jq -r .code)" = E-NET-REFUSED ]
}

@test "the spool is summed up, and no log of it goes in" {
  local code=0
  printf 'order %s\n' "$(secret)" "$(secret api)" |
    "$DDLOGS" send --manifest manifest.json --site eu1 --endpoint http://127.0.0.1:1 --api-key-fd 9 \
      --spool "$PWD/spool" --timeout 0 9<key || code=$?
  [ "$code" = 75 ]
  report --spool "$PWD/spool"
  [ "$status" = 0 ]
  read_file spool.txt | grep -qE '^accepted +2 logs$'
  assert_clean 3
}

@test "--quiet prints nothing" {
  report --quiet
  [ "$status" = 0 ]
  [ -z "$output" ]
  [ -s r.tar.gz ]
}

# answer ANSWERS...: on a terminal, one a question.
answer() {
  rm -f r.tar.gz
  run /usr/bin/python3 "$SRCDIR/answer.py" 'shows that file] ' "$(printf '%s\n' "$@")" \
    "$DDLOGS" report --manifest manifest.json --output r.tar.gz
}

@test "a person is asked, sees any file, and only y writes" {
  for no in n '' yes no 0 12 -1 q; do
    answer "$no"
    [ "$status" = 130 ]
    [[ "$output" == *"Write r.tar.gz? [y/N, a number shows that file] $no"*E-CANCELLED* ]]
    [ ! -e r.tar.gz ]
  done
  DD_SITE=eu1 answer 6 1 y
  [ "$status" = 0 ]
  [[ "$output" == *"---- environment.txt"*DD_SITE=eu1*"---- README.txt"*"Nothing was uploaded"*"Written: r.tar.gz"* ]]
  [ -s r.tar.gz ]
}

@test "with --no-input a terminal is not asked" {
  run /usr/bin/python3 "$SRCDIR/answer.py" 'shows that file] ' n \
    "$DDLOGS" report --manifest manifest.json --output r.tar.gz --no-input
  [ "$status" = 0 ]
  [ -s r.tar.gz ]
}

@test "a shown file drives no terminal" {
  printf '{"version":1,"name":"acme","source":"acme","samples":["\x1b]0;title\x07 \xe2\x80\xae x"]}' >manifest.json
  DD_SERVICE=$'\e[31mred\e[2J' answer 6 4 n
  [ "$status" = 130 ]
  [[ "$output" == *DD_SERVICE=*red* ]]
  [[ "$output" != *$'\e'* ]]
  [[ "$output" != *$'\a'* ]]
}

# ---- secrets everywhere ----

# Variables that hold secrets where people put them.
plant_environment() {
  export DD_API_KEY=$KEY
  plant DATADOG_API_KEY api
  plant DD_APP_KEY app
  plant DATADOG_APP_KEY app
  plant DD_APPLICATION_KEY ddapp_
  plant https_proxy '' 'http://user:' '@proxy.example:3128'
  plant HTTPS_PROXY '' 'http://user:' '@proxy.example:3128'
  plant http_proxy '' 'http://user:' '@proxy.example:3128'
  plant HTTP_PROXY '' 'user:' '@proxy.example:3128'
  plant all_proxy '' 'socks5h://user:' '@proxy.example:1080/'
  plant ALL_PROXY '' 'http://user:p%40' '@proxy.example'
  plant ftp_proxy '' 'http://' '@proxy.example:3128'
  plant DD_PROXY_HTTP api 'http://' ':x@proxy.example:3128'
  plant DD_PROXY_HTTPS '' 'http://user:' '@proxy.example:3128'
  plant DD_CLIENT_TOKEN pub
  plant DD_SERVICE api 'shop-'
  plant DD_HOSTNAME app
  plant DD_PERSONAL ddpat_ 'see '
  plant DD_OTHER ddap_
  plant DD_MORE ddsat_ '(' ')'
  plant DD_AUTH '' 'Bearer '
  plant DD_HEADERS '' 'Authorization: Basic '
  plant DD_LOGS_URL '' 'https://agent.example/v1/input/' '?x=1'
  plant DD_QUERY '' 'https://x.example/?api_key=' '&y=1'
  plant DD_JSON '' '{"password":"' '"}'
  plant DD_PEM '' '-----BEGIN PRIVATE KEY----- ' ' -----END PRIVATE KEY-----'
  plant DD_DB_PASSWORD ''
  plant DDLOGS_SECRET_THING ''
  plant DD_KEY ''
  plant DD_PROXY_PASS ''
  plant DDLOGS_AUTH ''
  # where a value is cut, a half must not stay
  plant DD_LONG api "$(printf 'a %.0s' {1..2040})"
  plant DD_LONGER app "$(printf 'a %.0s' {1..2032})"
  plant XDG_DATA_DIRS api '/usr/share:/opt/' '/share'
  plant XDG_CACHE_HOME app "$PWD/" '/cache'
  plant DBUS_STARTER_ADDRESS api 'unix:path=/x,guid='
  plant CREDENTIALS_DIRECTORY app '/run/credentials/'
  plant SSL_CERT_FILE ddpat_ '/etc/' '/ca.pem'
  plant CURL_CA_BUNDLE pub '/etc/' '/ca.pem'
  plant TMPDIR api '/tmp/'
  plant LC_TIME api
  plant LC_NAME app 'de_DE.' '@euro'
  plant TERM api "$(printf 'x-%.0s' {1..55})"
  plant AWS_SECRET_ACCESS_KEY ''
  export DD_COMMENT="was $AWS_SECRET_ACCESS_KEY before" # nothing but its value tells
  plant GITHUB_TOKEN ''
  export XDG_STATE_HOME=$PWD/state-$GITHUB_TOKEN
  TZ=$(printf %s "$GITHUB_TOKEN" | base64)
  export TZ
  DD_WIDE=$(printf %s "$KEY" | od -An -tx1 | tr -d ' \n')
  DD_PERCENT=$(printf %s "$KEY" | od -An -tx1 | tr -d '\n' | tr ' ' %)
  DD_BASE=$(printf 'x%s' "$KEY" | base64 -w 0)
  export DD_WIDE DD_PERCENT DD_BASE
}

@test "40 secrets in the environment, and none is in the report" {
  plant_environment
  start_intake --api-key-file key
  report --site eu1 --endpoint "$INTAKE_URL"
  [ "$status" = 0 ]
  assert_clean 40
  # they were looked at, and hidden
  [ "$(read_file environment.txt | grep -c '\*\*\*\*\*\*\*\*')" -ge 25 ]
  # hidden, not refused: what is left is as it should be
  [ "$(read_file doctor.json | jq .ok)" = true ]
  read_file config.json | jq -e . >/dev/null
}

@test "secrets in configuration, manifest, options and paths are hidden" {
  mkdir -p "$HOME"
  cat >manifest.json <<END
{"version":1,"name":"acme","source":"acme","support":"https://help:$(secret)@acme.example/",
 "samples":["password=$(secret)","Authorization: Bearer $(secret)","https://x/?token=$(secret)",
 {"message":"-----BEGIN RSA PRIVATE KEY-----\n$(secret)\n-----END RSA PRIVATE KEY-----"},
 "$(printf 'xx%s' "$KEY" | base64 -w 0)","$(printf %s "$KEY" | od -An -tx1 | tr -d ' \n')"]}
END
  cat >config.json <<END
{"version":1,"integration":"acme","site":"eu1","tags":["secret:$(secret)","team:web"],
 "key_source":"file",
 "key_name":"$PWD/key","spool":"$PWD/token=$(secret)"}
END
  report --config config.json --timeout 5
  [ "$status" = 0 ]
  [ "$(read_file config.json | jq -r .saved)" = true ]
  [ "$(read_file config.json | jq -r .properties.tags.value)" = 'secret:********,team:web' ]
  read_file manifest.json | grep -qF 'password=********'
  assert_clean 8
  # a password in it is refused, and the manifest is there all the same
  cat >config.json <<END
{"version":1,"integration":"acme","site":"eu1","proxy":"http://user:$(secret)@127.0.0.1:1"}
END
  report --config config.json --timeout 5 --api-key-fd 9 9<key
  [ "$status" = 0 ]
  [ "$(read_file config.json | jq -r .code)" = E-CFG-PARSE ]
  [ "$(read_file manifest.json | jq -r .name)" = acme ]
  assert_clean 9
}

@test "what makes the configuration unusable may be a secret, and is hidden" {
  for name in DD_SITE DD_TAGS DD_ENV DD_VERSION DDLOGS_ENDPOINT DDLOGS_CONNECT_TO DDLOGS_SPOOL DDLOGS_INTEGRATIONS_PATH; do
    for form in api app ddpat_; do
      (
        plant "$name" "$form"
        report --timeout 2
        [ "$status" = 0 ]
        assert_clean 2
      )
    done
  done
  for option in site tag endpoint connect-to proxy ca-file key-name config integration spool; do
    report --timeout 2 "--$option" "$(secret app)"
    [ "$status" = 0 ]
    assert_clean 2
  done
}

@test "host names that look like keys are hidden" {
  report --endpoint "https://$(secret api).invalid" --connect-to "$(secret api).invalid:443" --api-key-fd 9 9<key --timeout 5
  [ "$status" = 0 ]
  assert_clean 3
  report --site eu1 --proxy "http://u:$(secret)@$(secret api).invalid:1" --api-key-fd 9 9<key --timeout 5
  [ "$status" = 0 ]
  [ "$(read_file doctor.json | jq .ok)" = false ]
  assert_clean 5
}

@test "an intake that gives the key back in every place gets it into no report" {
  local fault
  for fault in echo-key "redirect=https://x.example/?api_key=$KEY" "header=Location: https://u:$KEY@x.example/" \
    "header=Content-Type: text/$KEY" "header=Date: $KEY" "html=403" "body={\"errors\":[\"key $KEY, $(secret app)\"]}" \
    "body=<title>$KEY</title>" "body=$(printf 'x%s' "$KEY" | base64 -w 0)" "retry-after=$KEY"; do
    start_intake --fault "status=403@/api/v1/validate" --fault "$fault@/api/v1/validate"
    report --site eu1 --endpoint "$INTAKE_URL" --api-key-fd 9 9<key
    stop_intakes
    [ "$status" = 0 ]
    # it did answer, with what it was given
    [[ "$(read_file doctor.json | jq -r .code)" =~ ^E-(KEY|HTTP)- ]]
    grep -q validate "$INTAKE_LOG"
    assert_clean
  done
}

@test "certificates that hold key-like names get them into no report" {
  local name
  name=$(secret api)
  make_ca certs
  make_leaf certs leaf "DNS:localhost,IP:127.0.0.1,DNS:$name.example"
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 \
    -keyout own.key -out own.pem -subj "/CN=$name/O=$(secret app)" \
    -addext subjectAltName=IP:127.0.0.1 2>/dev/null
  for pair in certs/leaf own; do
    start_intake --tls-cert "$pair.pem" --tls-key "$pair.key"
    report --site eu1 --endpoint "$INTAKE_URL" --api-key-fd 9 9<key
    stop_intakes
    [ "$status" = 0 ]
    [ "$(read_file doctor.json | jq -r .code)" = E-TLS-CA ]
    assert_clean 3
  done
}

# A key that ddlogs is told of only by its words, with no form that a pattern knows.
@test "the key in use is hidden whatever its form" {
  local word
  word=$(secret)
  (umask 077 && printf %s "$word" >odd)
  export DD_SERVICE=$word DD_HOSTNAME="${word^^}" XDG_STATE_HOME=/x/$word/y
  DD_COMMENT=$(printf %s "$word" | base64 -w 0)
  export DD_COMMENT
  report --site eu1 --key-store file --key-name "$PWD/odd" --endpoint http://127.0.0.1:1
  [ "$status" = 0 ]
  assert_clean 2
  read_file environment.txt | grep -qx 'DD_SERVICE=\*\*\*\*\*\*\*\*'
}

@test "a key that stands in a name of the archive is found at the last, and nothing is kept" {
  (umask 077 && printf %s 'ddlogs-report' >odd)
  report --site eu1 --key-store file --key-name "$PWD/odd" --endpoint http://127.0.0.1:1 --json
  [ "$status" = 70 ]
  [[ "$stderr" == *"E-REPORT-SECRET: an API key was found in the name of a file"* ]]
  printf '%s\n' "${lines[-1]}" >>"$BATS_FILE_TMPDIR/objects"
  [ "$(jq -c '[.ok, .code, .path, .bytes]' <<<"${lines[-1]}")" = '[false,"E-REPORT-SECRET",null,0]' ]
  [ -z "$(ls -A | grep tar.gz)" ]
}

@test "a password that is a word of the archive's own names stops no report" {
  DD_PASSWORD=manifest DDLOGS_PASSWORD=environment.txt MY_TOKEN=$(date -u +%Y%m%d) OTHER_TOKEN=ddlogs-report- report
  [ "$status" = 0 ]
  [ "$(tar -tzf r.tar.gz | sed 's|.*/||')" = "$FILES" ]
}

@test "a full disk leaves nothing behind" {
  run --separate-stderr bash -c "trap '' XFSZ; ulimit -f 1; exec '$DDLOGS' report --manifest manifest.json --output r.tar.gz" </dev/null
  [ "$status" = 73 ]
  [[ "$stderr" == *"E-REPORT-WRITE: r.tar.gz: "*"File too large"* ]]
  [ -z "$(ls -A | grep tar.gz)" ]
}

@test "Ctrl-C while it waits ends it, and nothing is written" {
  local code=0
  start_intake --fault hang@/api/v1/validate
  "$DDLOGS" report --manifest manifest.json --output r.tar.gz --site eu1 --endpoint "$INTAKE_URL" \
    --api-key-fd 9 9<key </dev/null >out 2>err 3>&- &
  local pid=$!
  wait_until 10 test -s "$INTAKE_LOG" # an answer came before the one that does not
  kill -TERM "$pid"
  wait "$pid" || code=$?
  [ "$code" = 130 ]
  grep -q E-CANCELLED err
  [ -z "$(ls -A | grep tar.gz)" ]
}
