#!/bin/sh
# One command each: set-up and the wizard on a local intake (run), set-up and every test (check),
# set-up alone (build). Nothing that is finished is done again.
set -eu
cd "$(dirname "$0")"
root=$PWD
stage=$root/build/stage

usage() {
  cat <<'TEXT'
Usage: ./bootstrap.sh run | check | build
  run    install what is missing, build, open the set-up wizard against a local intake (a demo)
  check  the same set-up, then every test; the last line counts them
  build  set-up and build alone; build/stage/bin/ddlogs is the program
TEXT
}

say() { printf '%s\n' "== $*"; }

# packages WHAT: the packages of packages.txt for building, or for building and checking.
packages() {
  sed -e 's/#.*//' build-aux/packages.txt |
    awk -v what="$1" 'NF == 1 || (NF == 2 && what == "check") { print $1 }'
}

as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

install_packages() {
  missing=
  for package in $(packages "$1"); do
    state=$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null || true)
    [ "$state" = 'install ok installed' ] || missing="$missing $package"
  done
  [ -n "$missing" ] || return 0
  say "installing:$missing"
  as_root apt-get update -q
  # shellcheck disable=SC2086 # a list of names
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends \
    -o DPkg::Lock::Timeout=300 $missing
}

# configure_tree FOLDER PREFIX OPTION...: once; make itself does it again when configure.ac changes.
configure_tree() {
  folder=$1
  prefix=$2
  shift 2
  [ -x configure ] || { say "preparing configure"; autoreconf -fi >build/autoreconf.log 2>&1 || {
    cat build/autoreconf.log; exit 1; }; }
  [ -f "$folder/Makefile" ] && return 0
  say "configuring $folder"
  mkdir -p "$folder"
  (cd "$folder" && "$root/configure" -q --prefix="$prefix" "$@") >"$folder.log" 2>&1 || {
    cat "$folder.log"; exit 1; }
}

# build_tree FOLDER: builds, and installs when something was built since the last time.
build_tree() {
  say "building $1"
  make -s -j"$(nproc)" -C "$1" >"$1.log" 2>&1 || { tail -n 40 "$1.log"; exit 1; }
  if [ ! -f "$1.installed" ] || [ -n "$(find "$1/core" "$1/tui" docs -newer "$1.installed" \
    \( -name '*.la' -o -name '*.o' -o -path 'docs/*' \) -print -quit)" ]; then
    make -s -C "$1" install >"$1.log" 2>&1 || { tail -n 40 "$1.log"; exit 1; }
    touch "$1.installed"
  fi
}

build() {
  install_packages "$1"
  mkdir -p build
  configure_tree build/tree "$stage" --enable-werror
  build_tree build/tree
}

run() {
  build build
  if [ -t 0 ] && [ -t 1 ]; then
    exec "$stage/bin/ddlogs" demo
  fi
  exec "$stage/bin/ddlogs" demo --no-input
}

case "${1-}" in
run) run ;;
build) build build; say "the program is build/stage/bin/ddlogs" ;;
check) build check; exec tests/run "$root" ;;
-h | --help) usage ;;
*) usage >&2; exit 64 ;;
esac
