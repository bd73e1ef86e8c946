#!/usr/bin/env bats
# `ddlogs integration`: from samples to the archive that Datadog reviews.
bats_require_minimum_version 1.5.0
load lib

LINE='2026-11-22T15:04:06.871Z WARN widget-worker queue=resize depth=412 client=203.0.113.7'
OBJECT='{"message":"painted","level":"info","timestamp":"2026-11-22T15:04:05Z","widget":{"id":18},"took_ms":48}'

setup() {
  sandbox
}

# Every object that a test saw holds to the documented schema.
teardown_file() {
  [ ! -e "$BATS_FILE_TMPDIR/objects" ] ||
    /usr/bin/python3 "$TESTS_DIR/schema.py" "$TESTS_DIR/../docs/schema.json" "$BATS_FILE_TMPDIR/objects"
}

# integration VERB [OPTION...]
integration() {
  run --separate-stderr "$DDLOGS" integration "$@" </dev/null
}

# The same with --json; its object is kept for the schema.
object() {
  integration "$@" --json
  tail -n 1 <<<"$output" >>"$BATS_FILE_TMPDIR/objects"
}

make_acme() {
  integration new acme --service shop --sample "$LINE" --sample "$OBJECT"
  [ "$status" -eq 0 ]
}

@test "new, lint and review in one go give an archive that lint finds clean" {
  make_acme
  integration lint acme
  [ "$status" -eq 0 ]
  [ "${lines[0]}" = "note    assets/logs/acme.yaml:42: there is no service-remapper; the service is what\
 the sender says; add one only if the logs name their service: Datadog's guide asks for it, its check\
 flags it (missing-service-remapper) [official]" ]
  [ "${lines[1]}" = "0 errors, 0 warnings, 1 note; 2 tests run." ]
  integration review acme
  [ "$status" -eq 0 ]
  [ "$(grep -c '^| PASS ' <<<"$output")" -eq 13 ]
  [ "$(tar tzf acme.tar.gz)" = "acme/manifest.json
acme/README.md
acme/assets/logs/acme.yaml
acme/assets/logs/acme_tests.yaml
acme/REVIEW.md" ]
  mkdir unpacked
  tar xzf acme.tar.gz -C unpacked
  integration lint unpacked/acme
  [ "$status" -eq 0 ]
  run "$DDLOGS" pipeline test unpacked/acme
  [ "$status" -eq 0 ]
}

@test "the same files give the same archive" {
  make_acme
  integration review acme
  mv acme.tar.gz first.tar.gz
  touch -d @1700000000 acme/manifest.json
  integration review acme --output second.tar.gz
  [ "$status" -eq 0 ]
  cmp first.tar.gz second.tar.gz
}

@test "the pipeline is written in the spelling of Datadog's files" {
  make_acme
  diff - acme/assets/logs/acme.yaml <<'END'
id: acme
metric_id: acme
backend_only: false
facets:
  - facetType: list
    groups:
      - Acme
    name: Queue
    path: acme.queue
    source: log
    type: string
  - facetType: range
    groups:
      - Acme
    name: Depth
    path: acme.depth
    source: log
    type: integer
  - groups:
      - Web Access
    name: Client IP
    path: network.client.ip
    source: log
  - facetType: list
    groups:
      - Acme
    name: Widget ID
    path: acme.widget.id
    source: log
    type: integer
  - facetType: range
    groups:
      - Acme
    name: Took Ms
    path: acme.took_ms
    source: log
    type: integer
    unit:
      family: time
      name: millisecond
pipeline:
  type: pipeline
  name: Acme
  enabled: true
  filter:
    query: source:acme
  processors:
    - type: grok-parser
      name: Parse lines
      enabled: true
      source: message
      samples:
        - 2026-11-22T15:04:06.871Z WARN widget-worker queue=resize depth=412 client=203.0.113.7
      grok:
        supportRules: ''
        matchRules: |
          line_1 %{date("yyyy-MM-dd'T'HH:mm:ss.SSSZ"):date}\s+%{word:level}\s+%{data:msg}
    - type: grok-parser
      name: Parse key=value pairs
      enabled: true
      source: msg
      samples:
        - widget-worker queue=resize depth=412 client=203.0.113.7
      grok:
        supportRules: ''
        matchRules: |
          key_values %{data:acme:keyvalue}
    - type: date-remapper
      name: Define the official date of the log
      enabled: true
      sources:
        - timestamp
        - date
    - type: status-remapper
      name: Define the official status of the log
      enabled: true
      sources:
        - level
    - type: message-remapper
      name: Define the official message of the log
      enabled: true
      sources:
        - message
        - msg
    - type: attribute-remapper
      name: Map `acme.client` to `network.client.ip`
      enabled: true
      sources:
        - acme.client
      sourceType: attribute
      target: network.client.ip
      targetType: attribute
      preserveSource: false
      overrideOnConflict: false
    - type: attribute-remapper
      name: Map `widget` to `acme.widget`
      enabled: true
      sources:
        - widget
      sourceType: attribute
      target: acme.widget
      targetType: attribute
      preserveSource: false
      overrideOnConflict: false
    - type: attribute-remapper
      name: Map `took_ms` to `acme.took_ms`
      enabled: true
      sources:
        - took_ms
      sourceType: attribute
      target: acme.took_ms
      targetType: attribute
      preserveSource: false
      overrideOnConflict: false
END
}

@test "every sample reaches the tests as it is, whatever characters it holds" {
  printf '%s\n' "it's \"quoted\": yes # no" '  leading and trailing  ' '- dash' 'tab	inside' \
    '2026-01-01' '0x10' 'null' '{"a b":"x: y","message":"z\nzz\n"}' 'Zoë ≠' >samples
  integration new odd --samples samples
  [ "$status" -eq 0 ]
  /usr/bin/python3 - samples odd/manifest.json <<'END'
import json, sys
lines = open(sys.argv[1], encoding="utf-8").read().split("\n")[:-1]
have = json.load(open(sys.argv[2], encoding="utf-8"))["samples"]
assert [l if l[0] != "{" else json.loads(l) for l in lines] == have, have
END
  run "$DDLOGS" pipeline test odd
  [ "$status" -eq 0 ]
  [[ "$output" == *"9 passed, 0 failed"* ]]
}

@test "bad names, another source and bad services are refused in one sentence" {
  for name in Acme 1acme 'ac me' ../acme ''; do
    integration new "$name" --sample x
    [ "$status" -eq 64 ]
    [[ "$stderr" == *"is no name: a name is a lowercase letter"* ]]
  done
  integration new acme --source other --sample x
  [ "$status" -eq 64 ]
  [[ "$stderr" == *"the source is the integration's name"* ]]
  integration new acme --service Shop --sample x
  [ "$status" -eq 64 ]
  integration new acme --no-input
  [ "$status" -eq 64 ]
  [[ "$stderr" == *"missing: a sample log"* ]]
  [ -z "$(find . -name manifest.json)" ]
}

@test "no file is overwritten" {
  mkdir acme
  echo mine >acme/README.md
  integration new acme --sample "$LINE"
  [ "$status" -eq 64 ]
  [[ "$stderr" == *"acme/README.md is there already"* ]]
  [ "$(cat acme/README.md)" = mine ]
  [ ! -e acme/manifest.json ]
}

@test "no key-like text passes new, lint or review" {
  local key
  key=$(new_key)
  integration new acme --sample "key $key"
  [ "$status" -eq 64 ]
  [[ "$output$stderr" != *"$key"* ]]
  [ ! -e acme ]
  make_acme
  for file in README.md assets/logs/acme.yaml assets/logs/acme_tests.yaml; do
    cp "acme/$file" kept
    printf '# %s\n' "$key" >>"acme/$file"
    object lint acme
    [ "$status" -eq 1 ]
    [[ "$output$stderr" != *"$key"* ]]
    [ "$(jq -r '.findings[] | select(.rule == "keys") | .file' <<<"$output")" = "$file" ]
    integration review acme
    [ "$status" -eq 1 ]
    [[ "$output$stderr" != *"$key"* ]]
    [[ "$stderr" == *E-REVIEW* ]]
    [ ! -e acme.tar.gz ]
    cp kept "acme/$file"
  done
  assert_canary_free "$key" acme
}

@test "what may be a credential is a warning and stops no review" {
  make_acme
  echo 'Log in with password=hunter2 as usual.' >>acme/README.md
  object lint acme
  [ "$status" -eq 0 ]
  [ "$(jq -r '.findings[] | select(.rule == "keys") | .level + " " + .file' <<<"$output")" = \
    'warning README.md' ]
  integration review acme
  [ "$status" -eq 0 ]
  [ -e acme.tar.gz ]
  printf 'key: %s%s\n' "$(new_key)" "$(new_key | head -c 8)" >>acme/README.md # an application key
  object lint acme
  [ "$status" -eq 1 ]
  [ "$(jq -r '.findings[] | select(.rule == "keys") | .level' <<<"$output")" = error ]
}

@test "a sample with a password is refused by new" {
  integration new acme --sample 'user=ann password=hunter2'
  [ "$status" -eq 64 ]
  [[ "$stderr" == *'looks like a key or password'* ]]
  [ ! -e acme ]
}

@test "files that are handed in have the mode of the umask, or keep their own" {
  umask 022
  make_acme
  sed -i '/^  - facetType: range/,/^pipeline:/{/^pipeline:/!d}' acme/assets/logs/acme.yaml
  chmod 640 acme/assets/logs/acme.yaml
  integration facets acme --yes
  [ "$status" -eq 0 ]
  [ "$(stat -c %a acme/assets/logs/acme.yaml)" = 640 ]
  integration review acme
  [ "$status" -eq 0 ]
  [ "$(stat -c %a acme/REVIEW.md acme.tar.gz | xargs)" = '644 644' ]
  chmod 600 acme.tar.gz
  umask 002
  rm acme/REVIEW.md
  integration review acme
  [ "$(stat -c %a acme/REVIEW.md acme.tar.gz | xargs)" = '664 600' ]
}

# access.log: lines of nginx and Apache, one of a broken client among them.
make_access_log() {
  cat >access.log <<'LOG'
203.0.113.7 - ann [22/Nov/2026:15:04:06 +0000] "GET /shop/cart?item=7&size=l HTTP/1.1" 200 5120 "https://shop.example.com/a b" "Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/128.0"
198.51.100.4 - - [22/Nov/2026:15:04:08 -0500] "GET /nowhere HTTP/1.1" 404 153
2001:db8::7 - - [22/Nov/2026:15:04:09 +0000] "\x16\x03\x01\x02" 400 - "-" "-"
web.example.com - - [22/Nov/2026:15:04:10 +0000] "POST /pay HTTP/2.0" 502 0 "-" "curl/8.1" 0.004 "-"
198.51.100.4 - - [22/Nov/2026:15:04:11 +0000] "GET /shop HTTP/1.1" 301 178 "-" "curl/8.1"
LOG
}

@test "access logs: a draft that reads them as a person would write it" {
  make_access_log
  integration new shop --samples access.log
  [ "$status" -eq 0 ]
  integration lint shop
  [ "$status" -eq 0 ]
  [ "${lines[-1]}" = "0 errors, 0 warnings, 1 note; 5 tests run." ]
  run "$DDLOGS" pipeline test shop
  [ "$status" -eq 0 ]
  grep -E '^ +- type: ' shop/assets/logs/shop.yaml | awk '{print $3}' >types
  [ "$(xargs <types)" = "grok-parser url-parser user-agent-parser category-processor date-remapper \
status-remapper message-remapper" ]
  run --separate-stderr "$DDLOGS" pipeline run shop/assets/logs/shop.yaml --in access.log
  [ "$(head -n 1 <<<"$output" | jq -c '[.timestamp, .status, .message, (.attributes |
    .network.client.ip, .network.bytes_written, .http.method, .http.status_code, .http.version,
    .http.auth, .http.referer, .http.url_details.path, .http.url_details.queryString.item)]')" = \
    '["2026-11-22T15:04:06.000Z","ok","GET /shop/cart?item=7&size=l HTTP/1.1","203.0.113.7",5120,"GET",200,"1.1","ann","https://shop.example.com/a b","/shop/cart","7"]' ]
  [ "$(jq -r .status <<<"$output" | xargs)" = 'ok warn warn error notice' ]
  [ "$(sed -n 2p <<<"$output" | jq -r .timestamp)" = 2026-11-22T20:04:08.000Z ]
  [ "$(sed -n 3p <<<"$output" | jq -c '[.message, .attributes.http]')" = \
    '["\\x16\\x03\\x01\\x02",{"status_code":400,"status_category":"warning"}]' ]
  [ "$(sed -n 4p <<<"$output" | jq -c '[.attributes.network.client.ip, .attributes.shop.extra]')" = \
    '["web.example.com","0.004 \"-\""]' ]
}

@test "access logs beside other logs: both are read" {
  make_access_log
  integration new shop --samples access.log --sample "$LINE" --sample "$OBJECT"
  [ "$status" -eq 0 ]
  integration lint shop
  [ "${lines[-1]}" = "0 errors, 0 warnings, 1 note; 7 tests run." ]
  head -n 2 access.log | tail -n 1 >common.log
  integration new plain --samples common.log
  [ "$status" -eq 0 ]
  run ! grep -q user-agent plain/assets/logs/plain.yaml
  integration lint plain
  [ "${lines[-1]}" = "0 errors, 3 warnings, 1 note; 1 test run." ]
}

@test "lint names what would stop the review" {
  make_acme
  sed -i 's/source:acme/source:other/' acme/assets/logs/acme.yaml
  sed -i 's/^id: acme/id: acne/; s/depth: 412/depth: 413/' acme/assets/logs/acme_tests.yaml
  echo 'See https://docs.datadoghq.com and https://app.datadoghq.com/logs.' >>acme/README.md
  object lint acme
  [ "$status" -eq 1 ]
  [ "$(jq -r '.findings[] | select(.level == "error") | .rule' <<<"$output" | sort -u | xargs)" = \
    "assets pipeline sites tests" ]
  integration review acme
  [ "$status" -eq 1 ]
  [ "$(grep -c '^| FAIL ' acme/REVIEW.md)" -eq 4 ]
  [ ! -e acme.tar.gz ]
}

@test "a row of the review says what was not checked, and what was warned of" {
  make_acme
  echo rubbish >acme/manifest.json
  integration review acme
  [ "$status" -ne 0 ]
  grep -q '^| NOT CHECKED | ' acme/REVIEW.md
  [ "$(grep -c '^| PASS .* |  |$' acme/REVIEW.md)" -eq 0 ]
}

@test "lint looks at the assets by the pipeline linter's rules, and a bypass silences one" {
  make_acme
  sed -i 's/^    path: acme.queue/    path: queue/' acme/assets/logs/acme.yaml
  object lint acme
  [ "$status" -eq 1 ]
  [ "$(jq -r '.findings[] | select(.level == "error") | "\(.rule) \(.file):\(.line) \(.text)"' <<<"$output")" = \
    'facets assets/logs/acme.yaml:5 the facet of "queue" has no dot in its path; bring the attribute below the source, or to its standard name, and the facet with it (facets-path)' ]
  integration review acme
  [ "$status" -eq 1 ]
  [ ! -e acme.tar.gz ]
  sed -i '1i # bypass-global-facets-path-checks' acme/assets/logs/acme.yaml
  integration review acme
  [ "$status" -eq 0 ]
  [ -e acme.tar.gz ]
}

@test "lint names a source that is not the integration's name" {
  make_acme
  sed -i 's/"source": "acme"/"source": "Acme"/' acme/manifest.json
  object lint acme
  [ "$status" -eq 1 ]
  [ "$(jq -r '.findings[0].rule' <<<"$output")" = source ]
}

@test "facets are shown, added on consent, and nothing else is changed" {
  make_acme
  cp acme/assets/logs/acme.yaml whole
  sed -i '/^  - facetType: range/,/^pipeline:/{/^pipeline:/!d}' acme/assets/logs/acme.yaml
  sed -i '1i # a comment of mine' acme/assets/logs/acme.yaml
  cp acme/assets/logs/acme.yaml before
  object facets acme
  [ "$status" -eq 0 ]
  [ "$(jq -c '[.facets[].path]' <<<"$output")" = '["acme.depth","network.client.ip","acme.widget.id","acme.took_ms"]' ]
  cmp before acme/assets/logs/acme.yaml
  integration facets acme --yes
  [ "$status" -eq 0 ]
  [[ "$output" == *'measure  acme.took_ms  "Took Ms" in Acme, integer of milliseconds'* ]]
  sed -i 1d acme/assets/logs/acme.yaml
  cmp whole acme/assets/logs/acme.yaml
  integration facets acme
  [[ "$output" == "Every attribute"* ]]
}

@test "facets come into an asset that has none" {
  make_acme
  cp acme/assets/logs/acme.yaml whole
  sed -i '/^facets:/,/^pipeline:/{/^pipeline:/!d}' acme/assets/logs/acme.yaml
  integration facets acme --yes
  cmp whole acme/assets/logs/acme.yaml
  sed -i '/^facets:/,/^pipeline:/{/^pipeline:/!d}; s/^pipeline:/facets: []\npipeline:/' \
    acme/assets/logs/acme.yaml
  integration facets acme --yes
  cmp whole acme/assets/logs/acme.yaml
}

@test "a terminal is asked for services and samples, and before facets are added" {
  /usr/bin/python3 "$SRCDIR/answer.py" ': ' "acme-api worker
$LINE
" "$DDLOGS" integration new acme >out 2>&1
  grep -q '^Next: ddlogs integration lint' out
  [ "$(jq -c .services acme/manifest.json)" = '["acme-api","worker"]' ]
  [ "$(jq -r '.samples[]' acme/manifest.json)" = "$LINE" ]
  sed -i '/^facets:/,/^pipeline:/{/^pipeline:/!d}' acme/assets/logs/acme.yaml
  cp acme/assets/logs/acme.yaml before
  /usr/bin/python3 "$SRCDIR/answer.py" 'Add them?' n "$DDLOGS" integration facets acme >out 2>&1 || true
  grep -q 'measure  acme.depth' out
  cmp before acme/assets/logs/acme.yaml
  /usr/bin/python3 "$SRCDIR/answer.py" 'Add them?' y "$DDLOGS" integration facets acme >out 2>&1
  grep -q '^facets:' acme/assets/logs/acme.yaml
}

@test "objects tell what was made" {
  object new acme --sample "$LINE"
  [ "$(jq -r '.files | length' <<<"$output")" -eq 4 ]
  object review acme
  [ "$(jq -r .archive <<<"$output")" = acme.tar.gz ]
}
