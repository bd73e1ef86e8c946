# Calls that lead to trouble, and the tree's own form.



@test "no call without a bound, no hidden state" {
  run bash -c "cd '$TOP' && grep -nE '\b(strcpy|strcat|sprintf|vsprintf|gets|strtok|atoi|atol|scanf|system|popen|alloca|rand|localtime|gmtime|asctime|ctime|setenv|putenv)\(' -r core tui --include='*.c'"
  [ "$status" -ne 0 ] || { echo "$output"; false; }
}

@test "verbose output of the HTTP library is never switched on" {
  run bash -c "cd '$TOP' && grep -nE 'CURLOPT_(VERBOSE|DEBUGFUNCTION)' -r core tui"
  [ "$status" -ne 0 ] || { echo "$output"; false; }
}

@test "every source is formatted as .clang-format says" {
  cd "$TOP"
  [ -e .git ] || skip "only in a checkout"
  run bash -c "find core tui tests -name '*.[ch]' -print0 | xargs -0 clang-format --dry-run -Werror 2>&1 | grep -oE '^[^ :]+:[0-9]+:[0-9]+: (error|warning)' | cut -d: -f1 | sort -u"
  [ -z "$output" ] || { echo "not formatted: $output"; false; }
}

@test "a negated command in a test can fail it" {
  # bash does not end a script when "! command" is false: it needs "|| false" behind it
  cd "$TOP"
  run grep -rnE '^\s*! [^|]*(\|[^|]+)*$' tests --include='*.bats'
  [ "$status" -ne 0 ] || { echo "$output"; false; }
}

@test "scripts are clean" {
  cd "$TOP"
  [ -e .git ] || skip "only in a checkout"
  shellcheck bootstrap.sh tests/run tests/coverage tests/bench/run tests/bench/syslog-ng.sh tests/bench/pipelines.sh tests/bench/synthetic.sh tests/torture/run .ci/run build-aux/cmocka-tap.sh
}

@test "every source file is in the tarball" {
  cd "$TOP"
  [ -e .git ] || skip "only in a checkout"
  bad=''
  while read -r file; do
    name=${file##*/}; [[ $file == tests/* ]] && name=${name%.c}
    grep -rqsE --include=Makefile.am -- "\b${name//./\\.}\b" "$(dirname "$file")" "$(dirname "$file")/.." || bad+="$file "
  done < <(git ls-files 'core/*.[ch]' 'tui/*.[ch]' 'tests/*.c')
  [ -z "$bad" ] || { echo "in no Makefile.am: $bad"; false; }
}
