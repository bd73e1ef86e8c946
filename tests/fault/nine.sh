#!/usr/bin/env bash
# nine.sh CERTS [SITE=KIND...] -- COMMAND...: runs the command in a network of its own, where the
# true host names of all nine sites lead to a local TLS intake each. Kinds: good, expired (its
# certificate), hole (packets vanish), closed (port), or a fault of `ddlogs intake`.
# Ends by itself: the intakes end with it.
set -u
if [ "${INSIDE-}" != yes ]; then
  map=()
  [ "$(id -u)" = 0 ] || map=(-r)
  INSIDE=yes exec unshare "${map[@]}" -n -m -p --fork --kill-child --mount-proc "$0" "$@"
fi
certs=$1
shift
declare -A kind
while [ "$1" != -- ]; do
  kind[${1%%=*}]=${1#*=}
  shift
done
shift
ip link set lo up
sites=(us1=datadoghq.com us3=us3.datadoghq.com us5=us5.datadoghq.com eu1=datadoghq.eu
  ap1=ap1.datadoghq.com ap2=ap2.datadoghq.com uk1=uk1.datadoghq.com us1-fed=ddog-gov.com
  us2-fed=us2.ddog-gov.com)
folder=$(mktemp -d)
i=0
for site in "${sites[@]}"; do
  i=$((i + 1))
  id=${site%%=*} domain=${site#*=} leaf=intake fault=()
  echo "127.0.1.$i http-intake.logs.$domain api.$domain" >>"$folder/hosts"
  case ${kind[$id]-good} in
  good) ;;
  expired) leaf=expired ;;
  hole)
    iptables -A INPUT -p tcp -d 127.0.1.$i --dport 443 -j DROP
    continue
    ;;
  closed) continue ;;
  *) fault=(--fault "${kind[$id]}") ;;
  esac
  iptables -t nat -A OUTPUT -p tcp -d 127.0.1.$i --dport 443 -j REDIRECT --to-ports $((44300 + i))
  "$DDLOGS" intake --port $((44300 + i)) --port-file "$folder/$i" --tls-cert "$certs/$leaf.pem" \
    --tls-key "$certs/$leaf.key" --record "$PWD/nine-$id.ndjson" "${fault[@]}" \
    >"$folder/$i.out" 2>"$PWD/nine-$id.log" 3>&- 9<&- &
done
mount --bind "$folder/hosts" /etc/hosts
for ((n = 1; n <= i; n++)); do
  [ -e "$folder/$n.out" ] || continue
  for ((wait = 0; wait < 1000; wait++)); do
    [ ! -s "$folder/$n" ] || break
    sleep 0.01
  done
done
"$@"
code=$?
rm -rf "$folder"
exit $code
