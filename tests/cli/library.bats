#!/usr/bin/env bats
# What a partner's program gets: the library of an installed copy, by pkg-config and nothing else.
load lib

setup() {
  sandbox
  PREFIX=${DDLOGS%/bin/ddlogs}
  export PKG_CONFIG_PATH=$PREFIX/lib/pkgconfig LD_LIBRARY_PATH=$PREFIX/lib
}
teardown() { stop_intakes; }

# The program of ddlogs(3), as it stands there.
example() {
  sed -n '/^\.Sh EXAMPLES/,/^\.Sh SEE/p' "$TESTS_DIR/../docs/man/ddlogs.3" |
    sed -n '/^\.Bd/,/^\.Ed/p' | sed '1d;$d' >"$1"
}

# The library as it was built: a sanitized one wants its runtime in the program too.
sanitizer() {
  if readelf -d "$PREFIX/lib/libddlogs.so" | grep -q libasan; then echo -fsanitize=address,undefined; fi
}

# build COMPILER SOURCE TO
build() {
  # shellcheck disable=SC2046 # lists of options
  "$1" -Wall -Wextra -Werror $(sanitizer) "$2" $(pkg-config --cflags --libs ddlogs) -o "$3"
}

configure() {
  printf '{"version":1,"name":"acme","source":"acme","services":["shop"]}' >manifest.json
  mkdir -m 700 config
  printf '{"version":1,"integration":"acme","site":"eu1","endpoint":"%s","key_source":"file","key_name":"%s/key"}' \
    "$INTAKE_URL" "$PWD" >config/config.json
  chmod 600 config/config.json
  (umask 077 && new_key >key)
}

@test "the example of ddlogs(3) builds from the installed copy and delivers" {
  start_intake
  configure
  example ship.c
  build cc ship.c ship
  run ./ship manifest.json config/config.json
  [ "$status" -eq 0 ]
  [ "$output" = delivered ]
  [ "$(entries | jq -r .message | sort | paste -sd,)" = 'order taken,started' ]
  [ "$(entries | jq -r 'select(.message == "order taken") | .["order.items"]')" = 3 ]
  [ "$(entries | jq -r .service | sort -u)" = shop ]
  [ "$(entries | jq -r '.["ddlogs.id"]' | sort -u | wc -l)" -eq 2 ]
}

@test "it builds as C++ too" {
  start_intake
  configure
  example ship.cc
  build g++ ship.cc ship
  run ./ship manifest.json config/config.json
  [ "$status" -eq 0 ]
}

@test "what goes wrong is told by code and sentence, without the key" {
  start_intake --api-key-hash 00:0000000000000000000000000000000000000000000000000000000000000000
  configure
  example ship.c
  build cc ship.c ship
  export ASAN_OPTIONS=detect_leaks=0 # what fails leaves its handles to the system
  run ./ship manifest.json config/config.json
  [ "$status" -eq 1 ]
  [[ $output == E-KEY-403:* ]]
  [[ $output != *"$(cat key)"* ]]
  run ./ship manifest.json /nowhere/config.json
  [[ $output == E-CFG-NONE:* ]]
}
