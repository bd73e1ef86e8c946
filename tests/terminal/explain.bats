# The page of `ddlogs pipeline explain` at every size, and every key.

load lib

setup_file() { terminal_server; }
teardown_file() { terminal_end; }

setup() {
  sandbox
  make_assets
}

# A pipeline that nests, and samples: one as expected, one that differs, one of two lines.
make_assets() {
  cat >acme.yaml <<'YAML'
id: acme
pipeline:
  type: pipeline
  name: Acme
  enabled: true
  filter:
    query: source:acme
  processors:
    - type: grok-parser
      name: parse the line
      enabled: true
      source: message
      samples: []
      grok:
        supportRules: ""
        matchRules: |
          short %{word:level} %{notSpace:user}
          line %{date("yyyy-MM-dd HH:mm:ss"):at} %{word:level} user=%{notSpace:user} took %{number:duration}
    - type: date-remapper
      name: ""
      enabled: true
      sources: [at]
    - type: status-remapper
      name: level is the status
      enabled: true
      sources: [level]
    - type: pipeline
      name: slow ones
      enabled: true
      filter: {query: "@duration:>1"}
      processors:
        - type: attribute-remapper
          name: user is usr.id
          enabled: true
          sources: [user, username]
          target: usr.id
          preserveSource: false
        - type: string-builder-processor
          name: a greeting “with” ümläuts
          template: "hello %{usr.id}"
          target: greeting
    - type: service-remapper
      name: off
      enabled: false
      sources: [user]
YAML
  cat >acme_tests.yaml <<'YAML'
id: acme
tests:
  - sample: "2024-03-07 10:11:12 WARN user=ann took 1.5"
    result:
      custom:
        at: 1709806272000
        duration: 1.5
        level: WARN
        greeting: hello ann
        usr: {id: ann}
      message: "2024-03-07 10:11:12 WARN user=ann took 1.5"
      status: warn
      tags: [source:LOGS_SOURCE]
      timestamp: 1709806272000
  - sample: "2024-03-07 10:11:13 INFO user=bob took 2.5"
    result:
      custom:
        at: 1709806273000
        duration: 2.5
        level: INFO
        greeting: hello bob
        usr: {id: ann}
      message: "2024-03-07 10:11:13 INFO user=bob took 2.5"
      status: error
      tags: [source:LOGS_SOURCE]
      timestamp: 1709806273000
  - sample: |-
      two lines
      {"a": "x"}
    result: null
YAML
}

explain() { # SIZE LOCALE TERM [VARIABLE=VALUE...] [OPTION...]
  local size=$1 locale=$2 term=$3 environment=()
  shift 3
  while [[ ${1-} == *=* && $1 != -* ]]; do
    environment+=("$1")
    shift
  done
  start "$size" "$locale" "$term" "${environment[@]}" \
    sh -c 'cd "$0" && "$@"; echo "exit $?"' "$PWD" "$DDLOGS" pipeline explain acme.yaml "$@"
}

# walk FILE SIZE LOCALE: what a person may see.
walk() {
  explain "$2" "$3" xterm-256color
  wait_for 'sample 1 of 3'
  golden "$1" 'as expected'
  keys Right
  wait_for 'sample 2 of 3'
  golden "$1" 'at fault'
  keys f
  wait_for '> FAIL  5'
  golden "$1" 'next at fault'
  keys Enter
  wait_for 'Enter back'
  golden "$1" details
  keys Escape
  wait_for 'Enter more'
  keys Right
  wait_for 'sample 3 of 3'
  golden "$1" 'a parser that does not match'
  keys e
  wait_for 'Edit the sample'
  golden "$1" edit
  keys Escape
  wait_for 'Enter more'
  keys '?'
  wait_for 'What the words mean'
  golden "$1" help
  [ "$3" != C ] || ! everything_shown | LC_ALL=C grep -q '[^ -~]' || false
  stop
}

@test "every page at 80x24" {
  walk explain-80x24.txt 80x24 C.UTF-8
}

@test "every page at 60x16" {
  walk explain-60x16.txt 60x16 C.UTF-8
}

@test "every page at 40x10" {
  walk explain-40x10.txt 40x10 C.UTF-8
}

@test "every page at 100x30" {
  walk explain-100x30.txt 100x30 C.UTF-8
}

@test "every page in ASCII" {
  for size in 80x24 60x16 40x10; do
    walk explain-$size-ascii.txt $size C
  done
}

@test "256 colours, 8 colours and none say the same" {
  for term in xterm-256color:256 xterm:8 vt100:mono; do
    explain 80x24 C.UTF-8 ${term%:*}
    wait_for 'sample 1 of 3'
    keys Right
    wait_for 'sample 2 of 3'
    golden explain-${term#*:}-colors.txt 'at fault' -e -N
    text=$(screen)
    [ "$term" = xterm-256color:256 ] || [ "$text" = "$first" ]
    first=${first-$text}
    stop
  done
}

@test "NO_COLOR and --color never leave no colour" {
  explain 80x24 C.UTF-8 xterm-256color NO_COLOR=1
  wait_for 'sample 1 of 3'
  keys Right
  wait_for 'sample 2 of 3'
  golden explain-mono-colors.txt 'at fault' -e -N
  stop
  explain 80x24 C.UTF-8 xterm-256color --color never
  wait_for 'sample 1 of 3'
  keys Right
  wait_for 'sample 2 of 3'
  golden explain-mono-colors.txt 'at fault' -e -N
}

@test "arrows and letters go through processors and samples, and stop at the ends" {
  explain 80x24 C.UTF-8 xterm-256color
  wait_for '> OK    1  parse the line'
  keys Down
  wait_for '> OK    2  date-remapper'
  type_text jj
  wait_for '> OK    4  slow ones'
  type_text k
  wait_for '> OK    3'
  keys End
  wait_for '> SKIP  7  off'
  wait_for 'skipped: it is not enabled'
  keys Down
  keys Home
  wait_for '> OK    1'
  keys Up Left
  wait_for 'sample 1 of 3'
  type_text l
  wait_for 'sample 2 of 3, 2 values differ'
  type_text h
  wait_for 'sample 1 of 3, as expected'
  keys Right Right Right
  wait_for 'sample 3 of 3'
}

@test "a failing sample leads to the processors at fault" {
  explain 80x24 C.UTF-8 xterm-256color
  wait_for 'sample 1 of 3, as expected'
  hides 'f fault'
  keys Right
  wait_for 'Not as expected: custom.usr.id, status.'
  wait_for '> FAIL  3  level is the'
  wait_for 'expected "error"'
  wait_for '+ status = info'
  keys f
  wait_for '> FAIL  5'
  wait_for 'expected "ann"'
  keys f
  wait_for '> FAIL  3'
}

@test "what a parser reads, and how far its rules get" {
  explain 80x24 C.UTF-8 xterm-256color --sample '2024-03-07 10:11:12 WARN usr=ann'
  wait_for 'sample 1 of 4'
  wait_for '> WARN  1  parse the line'
  wait_for 'Rules that do not match:'
  wait_for 'line: fits the first 27 bytes'
}

@test "a sample is edited, run again, and brought back" {
  explain 80x24 C.UTF-8 xterm-256color
  wait_for 'sample 1 of 3'
  keys e
  wait_for 'Edit the sample'
  keys BSpace BSpace
  type_text 'q?4'
  wait_for 'took 1q?4'
  keys Left Left Left DC DC Enter
  wait_for 'sample 1 of 3, edited'
  wait_for '+ duration = 14'
  wait_for 'it is not compared'
  keys Right
  wait_for 'sample 2 of 3'
  keys Left
  wait_for 'sample 1 of 3, edited'
  keys u
  wait_for 'sample 1 of 3, as expected'
  keys Home
  wait_for '+ duration = 1.5'
  keys e
  wait_for '[2024'
  keys C-u
  wait_gone '[2024'
  paste 'short x'
  wait_for '[short x'
  keys Escape
  wait_for 'sample 1 of 3, as expected'
}

@test "a long sample scrolls in its field and below it" {
  printf -v long 'x%.0s' {1..3000}
  explain 60x16 C.UTF-8 xterm-256color --sample "begin $long end"
  wait_for 'sample 1 of 4'
  keys e
  wait_for 'xxx end'
  keys Home
  wait_for '[begin x'
  keys NPage
  wait_for '↑'
  keys Enter
  wait_for 'edited'
}

@test "control characters of samples, names and assets never reach the terminal" {
  sed -i 's/name: level is the status/name: "\\e[41mred \\a"/' acme.yaml
  explain 80x24 C.UTF-8 xterm-256color --sample $'{"\e]0;title\a":"\e[42m\u202e","message":"\e[2J\x9b31m"}'
  tm pipe-pane -t "$SESSION" "cat >$BATS_TEST_TMPDIR/bytes"
  wait_for 'sample 1 of 4'
  keys Down Enter
  wait_for 'Enter back'
  keys Escape
  wait_for 'Enter more'
  keys Down e
  wait_for 'Edit the sample'
  keys Enter
  wait_for 'edited'
  tm pipe-pane -t "$SESSION"
  [ "$(tm display-message -p -t "$SESSION" '#{pane_title}')" != title ]
  ! LC_ALL=C grep -qE $'\e\\]0|\e\\[4[12]m|\a|\xe2\x80\xae' "$BATS_TEST_TMPDIR/bytes" || false
}

@test "? explains words and keys, and three keys lead back" {
  explain 80x24 C.UTF-8 xterm-256color
  wait_for 'sample 1 of 3'
  for key in Escape Enter '?'; do
    keys '?'
    wait_for 'What the words mean'
    type_text efu # not here
    keys "$key"
    wait_for '> OK    1'
  done
}

@test "resizing keeps the place, also below the least size" {
  explain 80x24 C.UTF-8 xterm-256color
  wait_for 'sample 1 of 3'
  keys Right
  wait_for 'sample 2 of 3'
  for size in 60x16 40x10 100x30 30x12 20x5 80x24; do
    resize $size
    case $size in
    30x12 | 20x5) wait_for "${size}" ;;
    *) wait_for '> FAIL  3' ;;
    esac
  done
  golden explain-80x24.txt 'at fault'
}

@test "q, Esc and Ctrl-C quit and give the terminal back" {
  for key in q Escape C-c; do
    explain 80x24 C.UTF-8 xterm-256color
    wait_for 'sample 1 of 3'
    keys $key
    wait_over 'exit 0'
    [ "$(tm display-message -p -t "$SESSION" '#{alternate_on}')" = 0 ]
    stop
  done
}

@test "a signal ends it and gives the terminal back" {
  for signal in TERM:143 HUP:129; do
    explain 80x24 C.UTF-8 xterm-256color
    wait_for 'sample 1 of 3'
    kill -"${signal%:*}" "$(pgrep -P "$(pane_pid)" ddlogs)"
    wait_over "exit ${signal#*:}"
    [ "$(tm display-message -p -t "$SESSION" '#{alternate_on}')" = 0 ]
    stop
  done
}

@test "without a screen, or asked for lines, it prints lines" {
  explain 80x24 C.UTF-8 dumb --sample nothing
  wait_over '  1  grok-parser "parse the line" (line 9): skipped: nothing fits'
  stop
  explain 80x24 C.UTF-8 xterm-256color --plain --sample nothing
  wait_over '  1  grok-parser "parse the line" (line 9): skipped: nothing fits'
  stop
  explain 80x24 C.UTF-8 xterm-256color --plain
  wait_over 'E-USAGE: missing: --sample TEXT, the log to explain'
  stop
}

@test "without tests and without a sample there is nothing to show, and a broken file is named" {
  rm acme_tests.yaml
  explain 80x24 C.UTF-8 xterm-256color
  wait_over 'E-USAGE: missing: --sample TEXT'
  wait_over 'exit 64'
  stop
  explain 80x24 C.UTF-8 xterm-256color --sample short
  wait_for 'sample 1 of 1'
  keys q
  wait_over 'exit 0'
  stop
  printf 'tests: [\n' >acme_tests.yaml
  explain 80x24 C.UTF-8 xterm-256color
  wait_over 'E-PIPELINE: acme_tests.yaml: '
  wait_over 'exit 65'
  stop
}

@test "the key of the environment is on no screen" {
  KEY=$(new_key)
  explain 100x30 C.UTF-8 xterm-256color DD_API_KEY="$KEY"
  wait_for 'sample 1 of 3'
  keys Right
  wait_for 'sample 2 of 3'
  everything_shown >shown
  [ -s shown ]
  assert_canary_free "$KEY" shown
}
