#!/bin/sh
# synthetic.sh pipeline|tests [PROCESSORS]: a pipeline of so many processors (200) of the kinds that
# integrations use, or samples for it.
set -eu
if [ "$1" = tests ]; then
  cat <<'END'
id: synthetic
tests:
  - sample: '2026-11-26T10:00:00.123Z web-1 INFO 192.0.2.10 "GET https://shop.example/cart?id=7&item=42" 200 1532 12.5'
  - sample: '2026-11-26T10:00:01.456Z web-2 ERROR 2001:db8::7 "POST https://shop.example/pay?id=8" 502 98 1250'
  - sample: '{"message":"2026-11-26T10:00:02.789Z web-1 WARN 198.51.100.4 \"PUT https://shop.example/a/b\" 404 0 3.25","region":"eu","user":{"name":"ada","id":7}}'
END
  exit
fi
count=${2:-200}
cat <<'END'
id: synthetic
pipeline:
  type: pipeline
  name: Synthetic
  enabled: true
  filter: {query: 'source:synthetic'}
  processors:
    - type: grok-parser
      source: message
      grok:
        matchRules: |
          access %{date("yyyy-MM-dd'T'HH:mm:ss.SSSZ"):time} %{notSpace:node} %{word:level} %{ipOrHost:network.client.ip} "%{word:http.method} %{notSpace:http.url}" %{integer:http.status_code} %{integer:network.bytes_written} %{number:duration}
          other %{data:rest}
    - {type: date-remapper, enabled: true, sources: [time]}
    - {type: status-remapper, enabled: true, sources: [level]}
    - {type: url-parser, enabled: true, sources: [http.url], target: http.url_details}
END
n=4
while [ "$n" -lt "$count" ]; do
  case $((n % 10)) in
  0 | 1 | 2 | 3) echo "    - {type: attribute-remapper, enabled: true, sources: [a$n, node], target: copies.c$n, preserveSource: true, overrideOnConflict: true}" ;;
  4 | 5) echo "    - {type: category-processor, enabled: true, target: class.k$n, categories: [{filter: {query: '@http.status_code:[500 TO 599]'}, name: error}, {filter: {query: '@http.method:(PUT OR POST)'}, name: write}, {filter: {query: '@http.status_code:[200 TO 299]'}, name: ok}]}" ;;
  6) printf '    - {source: http.method, target: verb.v%d, lookupTable: "GET,read\\nPOST,write\\nPUT,replace", enabled: true, type: lookup-processor}\n' "$n" ;;
  7) echo "    - {type: string-builder-processor, enabled: true, template: '%{node} %{http.method} $n', target: text.t$n, replaceMissing: true}" ;;
  8) echo "    - {type: arithmetic-processor, enabled: true, expression: 'duration * $n', target: sums.s$n}" ;;
  9) printf '    - type: grok-parser\n      enabled: true\n      source: http.url_details.path\n      grok: {matchRules: "part /%%{regex(\\"[^/]+\\"):part.p%d}(/.*)?"}\n' "$n" ;;
  esac
  n=$((n + 1))
done
