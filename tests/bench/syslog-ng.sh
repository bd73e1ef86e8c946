#!/usr/bin/env bash
# syslog-ng.sh PORT FILE LINES: the lines of FILE by syslog-ng's http() to that port. It does not end
# by itself at the end of a file, so it is ended when it has counted them all as written.
set -eu
port=$1 file=$2 lines=$3
work=$(mktemp -d)
pid=
end() {
  [ -z "$pid" ] || kill "$pid" || true
  rm -rf "$work"
}
trap end EXIT
cat >"$work/conf" <<END
@version: 3.38
options { stats-freq(0); log-msg-size(65536); log-fifo-size(200000); };
source s { file("$file" flags(no-parse) follow-freq(0.1) log-iw-size(100000) log-fetch-limit(10000)); };
destination d { http(url("http://127.0.0.1:$port/api/v2/logs") method("POST")
  headers("Content-Type: application/json") body-prefix("[") body-suffix("]") delimiter(",")
  body("\$(format-json --pair ddsource=bench --pair service=web --pair message=\$MESSAGE)")
  batch-lines(1000) batch-bytes(4900Kb) batch-timeout(200) workers(2)); };
log { source(s); destination(d); flags(flow-control); };
END
syslog-ng -F -f "$work/conf" -R "$work/persist" -p "$work/pid" -c "$work/ctl" --no-caps &
pid=$!
for ((i = 0; i < 6000; i++)); do # two minutes at most
  written=$(syslog-ng-ctl stats -c "$work/ctl" 2>/dev/null |
    sed -n 's/^dst\.http;.*;written;//p' || true)
  [ "${written:-0}" -lt "$lines" ] || break
  sleep 0.02
done
kill "$pid"
wait "$pid"
pid=
[ "${written:-0}" -ge "$lines" ]
