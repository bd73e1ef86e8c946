# The doctor's page at every size, and every key, on hand-made tables (doctor_gallery.c).

load lib

setup_file() { terminal_server; }
teardown_file() { terminal_end; }

setup() {
  sandbox
  LOG=$BATS_TEST_TMPDIR/asked
  : >"$LOG"
}

# Seconds since the run began differ from run to run.
masked() {
  sed -E 's/[0-9] s( *)$/N s\1/'
}

doctor() { # SIZE LOCALE TERM [VARIABLE=VALUE...] OPTION... SCENE
  local size=$1 locale=$2 term=$3 environment=()
  shift 3
  while [[ $1 == *=* ]]; do
    environment+=("$1")
    shift
  done
  start "$size" "$locale" "$term" "${environment[@]}" "$BUILDDIR/doctor_gallery" --log "$LOG" "$@"
}

# asked LINE: the loop asked for it as the last thing.
asked() {
  wait_until 5 last_asked "$1" || {
    echo "not asked for: $1"
    cat "$LOG"
    screen
    return 1
  }
}

last_asked() {
  [ "$(tail -n 1 "$LOG")" = "$1" ]
}

# A word of each scene by which it is known.
declare -A MARKERS=([waiting]='0 of 9 done' [half]='3 of 9 done' [healthy]='all is well' [broken]='3 of 9 FAIL'
  [blackhole]='9 of 9 FAIL' [warnings]='9 of 9 WARN' [machine]='Configuration: FAIL')

# walk FILE SIZE LOCALE: all scenes, all sites with all stages, and one site.
walk() {
  local scene
  for scene in waiting half healthy broken blackhole warnings machine; do
    doctor "$2" "$3" xterm-256color $scene
    wait_for "${MARKERS[$scene]}"
    golden "$1" $scene
    stop
  done
  doctor "$2" "$3" xterm-256color --deep broken
  wait_for '3 of 9 FAIL'
  golden "$1" 'all stages'
  stop
  for scene in half broken healthy; do
    doctor "$2" "$3" xterm-256color --site eu1 $scene
    wait_for 'EU1 datadoghq.eu'
    golden "$1" "one site $scene"
    stop
  done
  doctor "$2" "$3" xterm-256color broken
  wait_for '3 of 9 FAIL'
  keys Enter
  wait_for 'Enter back'
  golden "$1" details
  keys '?'
  wait_for 'What the words mean'
  golden "$1" help
  [ "$3" != C ] || ! everything_shown | LC_ALL=C grep -q '[^ -~]' || false
  stop
}

@test "every scene at 80x24" {
  walk doctor-80x24.txt 80x24 C.UTF-8
}

@test "every scene at 60x16" {
  walk doctor-60x16.txt 60x16 C.UTF-8
}

@test "every scene at 40x10" {
  walk doctor-40x10.txt 40x10 C.UTF-8
}

@test "every scene at 100x30" {
  walk doctor-100x30.txt 100x30 C.UTF-8
}

@test "every scene in ASCII" {
  for size in 80x24 60x16 40x10; do
    walk doctor-$size-ascii.txt $size C
  done
}

@test "256 colours, 8 colours and none say the same" {
  for term in xterm-256color:256 xterm:8 vt100:mono; do
    for scene in half broken warnings; do
      doctor 80x24 C.UTF-8 ${term%:*} $scene
      wait_for "${MARKERS[$scene]}"
      golden doctor-${term#*:}-colors.txt $scene -e -N
      text=$(screen | masked)
      [ "$term" = xterm-256color:256 ] || [ "$text" = "${first[$scene]}" ]
      declare -A first
      first[$scene]=${first[$scene]-$text}
      stop
    done
  done
}

@test "NO_COLOR and --color never leave no colour" {
  doctor 80x24 C.UTF-8 xterm-256color NO_COLOR=1 broken
  wait_for '3 of 9 FAIL'
  golden doctor-mono-colors.txt broken -e -N
  stop
  doctor 80x24 C.UTF-8 xterm-256color --never broken
  wait_for '3 of 9 FAIL'
  golden doctor-mono-colors.txt broken -e -N
}

@test "the page fills as the answers come, and the selection follows them" {
  doctor 80x24 C.UTF-8 xterm-256color live
  wait_for 'of 9 done'
  wait_for 'all is well'
  wait_for '> 4  EU1      ok     ok    ok    ok    ok     ok   [ok]'
  stop
  doctor 80x24 C.UTF-8 xterm-256color --site us5 live
  wait_for 'of 7 done'
  wait_for 'all is well'
  wait_for '> OK    Intake'
}

@test "at the end the cause on the own site is selected, and explained" {
  doctor 80x24 C.UTF-8 xterm-256color broken
  wait_for '[FAIL] -       E-KEY-403'
  wait_for 'FAIL  EU1 Key, E-KEY-403, 88 ms: Datadog EU1 does not know this key.'
  wait_for 'perhaps: The key belongs to another site.'
}

@test "arrows, letters and digits move the selection" {
  doctor 80x24 C.UTF-8 xterm-256color healthy
  wait_for '> 4  EU1'
  keys Down
  wait_for '> 5  AP1'
  keys Up Up
  wait_for '> 3  US5'
  keys Home
  wait_for '[ok]    ok    ok    ok    ok     ok    ok'
  keys Right
  wait_for 'US5 DNS, 9 ms: http-intake.logs.us5.datadoghq.com -> 2 addresses'
  keys End
  wait_for 'US5 Intake'
  keys Left
  wait_for 'US5 Key'
  type_text j
  wait_for 'EU1 Key'
  type_text k
  wait_for 'US5 Key'
  type_text h
  wait_for 'US5 Clock'
  type_text l
  wait_for 'US5 Key'
  type_text 9
  wait_for '> 9  US2-FED'
  type_text 1
  wait_for '> 1  US1'
  type_text 0
  keys Up
  wait_for '> OK    Sender now'
  keys Left Right
  keys Up Up Up Up
  wait_for '> OK    Configuration'
  wait_for 'OK    Configuration, 1 ms: /home/ada/.config/ddlogs/acme-shop/config.json: 9'
  keys NPage
  wait_for '> 9  US2-FED'
  keys PPage
  wait_for '> OK    Configuration'
  keys End
  wait_for '> 9  US2-FED'
}

@test "the terminals that are common know the keys" {
  for term in xterm-256color screen tmux-256color linux vt100; do
    doctor 80x24 C.UTF-8 $term healthy
    wait_for '> 4  EU1'
    keys Down
    wait_for '> 5  AP1'
    keys Left
    wait_for 'AP1 Key'
    stop
  done
}

@test "long details scroll below the matrix, and say so" {
  doctor 80x24 C.UTF-8 xterm-256color broken
  wait_for '1-4 of 13  PgUp PgDn'
  keys NPage
  wait_for '4-7 of 13'
  wait_gone 'belongs to another'
  keys NPage NPage NPage NPage
  wait_for 'body'
  keys PPage PPage PPage PPage
  wait_for 'belongs to another'
  # another cell begins at its top
  keys NPage
  wait_gone 'belongs to another'
  keys Up Down
  wait_for 'belongs to another'
}

@test "Enter shows all that was seen, Esc and Enter lead back" {
  doctor 64x16 C.UTF-8 xterm-256color broken
  wait_for '3 of 9 FAIL'
  keys Enter
  wait_for 'https://app.datadoghq.eu/organization-settings/api-keys'
  wait_gone '> 4  EU1'
  keys NPage
  wait_for '{"errors":["Forbidden"]}'
  keys PPage
  wait_gone '{"errors"'
  keys Down Down
  keys Escape
  wait_for '> 4  EU1'
  keys Enter
  wait_for 'perhaps:'
  keys Enter
  wait_for '> 4  EU1'
}

@test "? explains words and keys, and three keys lead back" {
  doctor 80x24 C.UTF-8 xterm-256color broken
  wait_for '3 of 9 FAIL'
  for key in Escape Enter '?'; do
    keys '?'
    wait_for 'What the words mean'
    type_text rw # not here
    keys "$key"
    wait_for '> 4  EU1'
  done
  asked 'START all'
  [ "$(wc -l <"$LOG")" = 1 ]
}

@test "r repeats, and the selection stays" {
  doctor 80x24 C.UTF-8 xterm-256color broken
  asked 'START all'
  wait_for '> 4  EU1'
  keys Down Left
  wait_for 'AP1 Clock'
  : >"$LOG"
  type_text r
  asked 'START all'
  wait_for 'AP1 Clock'
  wait_for '> 5  AP1'
}

@test "o tests the selected site alone, and again all" {
  doctor 80x24 C.UTF-8 xterm-256color broken
  wait_for '> 4  EU1'
  type_text 6
  wait_for '> 6  AP2'
  type_text o
  asked 'START AP2'
  wait_for 'AP2 ap2.datadoghq.com'
  wait_for '> FAIL  TCP'
  wait_for 'o all sites'
  : >"$LOG"
  type_text r
  asked 'START AP2'
  type_text o
  asked 'START all'
  wait_for '> 6  AP2'
  wait_for 'AP2 TCP'
}

@test "on the machine's own stages o means nothing" {
  doctor 80x24 C.UTF-8 xterm-256color healthy
  wait_for '> 4  EU1'
  type_text 1
  wait_for '> 1  US1'
  keys Up
  wait_for '> OK    Sender now'
  wait_gone 'o one site'
  type_text o
  keys Down
  wait_for '> 1  US1'
  [ "$(cat "$LOG")" = 'START all' ]
}

@test "w writes the report and says where" {
  doctor 80x24 C.UTF-8 xterm-256color half
  wait_for '3 of 9 done'
  type_text w
  asked 'REPORT not done'
  wait_for 'OK    The report is in /home/ada/ddlogs-report-1126.txt'
  keys Up
  wait_gone 'The report is in'
}

@test "what cannot begin or be written is explained, and what was there stays" {
  doctor 80x24 C.UTF-8 xterm-256color refused
  wait_for 'all is well'
  type_text w
  wait_for 'FAIL  E-CFG-PERM: /tmp/ddlogs-report.txt cannot be written'
  type_text r
  wait_for 'FAIL  E-CFG-PARSE: config.json, line 3: not JSON any more'
  shows '> 4  EU1'
  keys Down
  wait_for '> 5  AP1'
  wait_gone 'not JSON any more'
}

@test "what cannot even begin leaves the terminal as it was" {
  doctor 80x24 C.UTF-8 xterm-256color never
  wait_over 'E-CFG-PARSE: config.json, line 3'
  [ "$(tm display-message -p -t "$SESSION" '#{alternate_on}')" = 0 ]
  ! everything_shown | grep -q wish || false
}

@test "with a watch the run is repeated" {
  doctor 80x24 C.UTF-8 xterm-256color --watch 2 healthy
  wait_for 'all is well, again in 2 s'
  wait_for 'all is well, again in 1 s'
  wait_until 10 started_twice
  type_text q
  wait_over 'wish 0'
}

started_twice() {
  [ "$(grep -c 'START all' "$LOG")" -ge 2 ]
}

@test "q, Esc and Ctrl-C quit: 0 when the run was over, 130 before" {
  for key in q Escape C-c; do
    doctor 80x24 C.UTF-8 xterm-256color broken
    wait_for '3 of 9 FAIL'
    keys $key
    wait_over 'wish 0'
    everything_shown | grep -qF 'gallery: over, 9 rows'
    stop
    doctor 80x24 C.UTF-8 xterm-256color half
    wait_for '3 of 9 done'
    keys $key
    wait_over 'wish 130'
    stop
  done
}

@test "Tab reaches the keys of the footer" {
  doctor 80x24 C.UTF-8 xterm-256color broken
  wait_for '3 of 9 FAIL'
  keys Tab Right Enter
  wait_until 5 started_twice
  keys Tab
  keys Down
  wait_for '> 5  AP1'
}

@test "a signal ends it and gives the terminal back" {
  for signal in TERM:143 HUP:129 INT:130; do
    doctor 80x24 C.UTF-8 xterm-256color half
    wait_for '3 of 9 done'
    kill -"${signal%:*}" "$(pane_pid)"
    wait_over "wish ${signal#*:}"
    [ "$(tm display-message -p -t "$SESSION" '#{alternate_on}')" = 0 ]
    stop
  done
}

@test "resizing keeps the selection, also below the least size" {
  doctor 80x24 C.UTF-8 xterm-256color broken
  wait_for '3 of 9 FAIL'
  for size in 60x16 40x10 100x30 30x12 20x5 80x24; do
    resize $size
    case $size in
    30x12 | 20x5) wait_for "${size}" ;;
    *) wait_for '[FAIL]' ;;
    esac
  done
  golden doctor-80x24.txt broken
}

@test "Ctrl-L repairs the screen" {
  doctor 80x24 C.UTF-8 xterm-256color broken
  wait_for '3 of 9 FAIL'
  tty=$(tm display-message -p -t "$SESSION" '#{pane_tty}')
  printf '\033[5;5HGARBAGE' >"$tty"
  wait_for GARBAGE
  keys C-l
  wait_gone GARBAGE
  golden doctor-80x24.txt broken
}

@test "one step of the selection sends only what changes" {
  doctor 80x24 C.UTF-8 xterm-256color healthy
  wait_for '> 4  EU1'
  tm pipe-pane -t "$SESSION" "cat >$BATS_TEST_TMPDIR/bytes"
  keys Down
  wait_for '> 5  AP1'
  wait_for_file "$BATS_TEST_TMPDIR/bytes"
  tm pipe-pane -t "$SESSION"
  [ "$(wc -c <"$BATS_TEST_TMPDIR/bytes")" -lt 900 ]
}

@test "Ctrl-Z gives the terminal back and fg takes it again" {
  start 80x24 C.UTF-8 xterm-256color PS1='$ ' HISTFILE= bash --norc --noprofile -i
  wait_for '$'
  type_text "$BUILDDIR/doctor_gallery broken"
  keys Enter
  wait_for '3 of 9 FAIL'
  keys C-z
  wait_for Stopped
  type_text fg
  keys Enter
  wait_for '3 of 9 FAIL'
  golden doctor-80x24.txt broken
  keys q
  wait_for 'wish 0'
}

@test "a terminal that cannot place its cursor is refused" {
  for term in dumb nosuchterminal; do
    doctor 80x24 C.UTF-8 $term broken
    wait_over E-TERM
    [ ! -s "$LOG" ]
    stop
  done
}

# The program's own page, against a local intake.
program() { # SIZE OPTION...
  KEY=$(new_key)
  printf %s "$KEY" >key
  chmod 600 key
  printf '{"version":1,"name":"acme","source":"acme","services":["acme"]}\n' >manifest.json
  cat >run.sh <<END
cd "$PWD" && "$DDLOGS" doctor --manifest manifest.json --site eu1 --key-store file --key-name "$PWD/key" ${*:2}
echo "exit \$?"
END
  start "$1" C.UTF-8 xterm-256color sh run.sh
}

@test "the program shows one site, writes its report, and says again what it found" {
  start_intake --fault status=403@/api/v2/logs
  program 100x30 --endpoint "$INTAKE_URL"
  wait_for 'E-KEY-INTAKE'
  wait_for 'keep every log'
  keys w
  wait_for 'Written: ddlogs-report-'
  [ "$(tar xzOf ddlogs-report-*.tar.gz --wildcards '*/doctor.json' | jq -r .code)" = E-KEY-INTAKE ]
  keys q
  wait_over 'exit 77'
  everything_shown >shown
  grep -q '^FAIL .*E-KEY-INTAKE: ' shown
  grep -q '^1 problem, 0 warnings.$' shown
  assert_canary_free "$KEY" shown
  zcat ddlogs-report-*.tar.gz >archive
  assert_canary_free "$KEY" archive
}

@test "the program repeats, and a healthy site exits 0" {
  start_intake
  program 80x24 --endpoint "$INTAKE_URL"
  wait_for 'all is well'
  keys r
  wait_for 'all is well'
  keys q
  wait_over 'exit 0'
}
