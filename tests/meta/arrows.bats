# The arrows of the house, read off the #include lines: who may know whom.

# allowed FOLDER "ROOM...": files of the folder include headers of these rooms alone.
allowed() {
  local folder=$1 rooms=" $2 " bad=''
  while IFS=: read -r file line; do
    room=$(sed -E 's|.*"([a-z]+)/.*|\1|' <<<"$line")
    [[ $rooms == *" $room "* ]] || bad+="$file: $line"$'\n'
  done < <(cd "$TOP" && grep -rHE '^#include "[a-z]+/' --include='*.[ch]' "$folder")
  [ -z "$bad" ] || { printf 'not allowed in %s:\n%s' "$folder" "$bad"; return 1; }
}

# known_by "REGEX OF HEADERS" FILE...: only these files (globs) include such a header.
known_by() {
  local header=$1 bad='' files
  shift
  while read -r file; do
    for files; do
      # shellcheck disable=SC2053 # a glob
      [[ $file == $files ]] && continue 2
    done
    bad+="$file "
  done < <(cd "$TOP" && grep -rlE "^#include <($header)" --include='*.[ch]' core tui)
  [ -z "$bad" ] || { echo "<$header> is included by: $bad"; return 1; }
}

@test "the rooms of the library depend one way" {
  allowed core/base "base"
  allowed core/identity "base identity"
  allowed core/secret "base identity secret"
  allowed core/record "base identity secret record"
  allowed core/net "base identity secret record net"
  allowed core/spool "base spool"
  allowed core/sender "base identity secret record net spool sender"
  allowed core/check "base identity secret record net spool sender check"
}

@test "pipelines stand on base alone" {
  allowed core/pipeline "base pipeline"
}

@test "the local intake knows nothing of the sender" {
  allowed core/intake "base intake pipeline"
}

@test "the program reaches record, net and sender through check or the public header" {
  allowed tui "base identity secret spool check pipeline intake command setup screen widget plain doctor explain send"
}

@test "the wizard's machine knows neither terminal nor network" {
  allowed tui/setup "base identity secret check setup"
  allowed tui/widget "base secret setup widget"
  allowed tui/screen "base secret setup widget screen"
  allowed tui/plain "base identity secret check setup plain"
}

@test "the doctor's page knows the wizard's views and no terminal" {
  allowed tui/doctor "base identity check setup doctor"
}

@test "the page of explain knows pipelines, the wizard's views and no terminal" {
  allowed tui/explain "base pipeline setup explain"
}

@test "what send reads and shows knows no command"  {
  allowed tui/send "base send"
}

@test "each outside library is known in one place" {
  known_by 'libsecret' 'core/secret/keyring_*'
  known_by 'glib|gio' 'core/secret/keyring_*'
  known_by 'curl/' 'core/net/*'
  known_by 'microhttpd' 'core/intake/*'
  known_by 'yaml' 'core/pipeline/yaml_*'
  known_by 'pcre2' 'core/pipeline/grok*' 'core/pipeline/keyvalue.c' 'core/pipeline/useragent.c'
  known_by 'archive' 'core/check/pack_module.c'
  known_by 'libdeflate|isa-l|zstd' 'core/base/compress.c' 'core/intake/*'
  known_by '(n)?curses|panel|term\.h' 'tui/screen/*' 'tui/widget/*'
}

# key_source.c holds dl_key_take_environment, and ddlogs.c ddlogs_config_use_environment: asked for by name.
@test "the library neither prints, exits, nor reads the environment by itself" {
  run bash -c "cd '$TOP' && grep -nE '\b(getenv|secure_getenv|setlocale|exit|abort|printf|puts|perror|signal|sigaction)\(' \
    -r core --include='*.c' | grep -vE 'core/secret/keyring_(helper|service)|core/ddlogs.c|core/secret/key_source.c|_exit\(|snprintf\(|core/secret/harden'"
  [ "$status" -ne 0 ] || { echo "$output"; false; }
}
