# Every screen at every size, and every key, through hand-made views (gallery.c).

load lib

setup_file() { terminal_server; }
teardown_file() { terminal_end; }

setup() {
  sandbox
  LOG=$BATS_TEST_TMPDIR/events
  : >"$LOG"
}

# A word of each page by which it is known even at 40 columns, in their order.
MARKERS=('One thing' 'Which Datadog' 'Paste an' 'find my site' 'Shall we' 'Where shall' 'What is the'
  'Which tags' 'Sending test' 'The test failed' 'Which sites' 'This is what' 'Ready. 13' 'Which product')

# walk FILE [OPTION...]: all pages are as the golden file says.
walk() {
  local i file=$1
  shift
  for i in "${!MARKERS[@]}"; do
    wait_for "${MARKERS[i]}"
    golden "$file" "$i ${MARKERS[i]}" "$@"
    keys Enter
  done
}

gallery() { # SIZE LOCALE TERM [VARIABLE=VALUE...] [OPTION...] PAGE
  start "$1" "$2" "$3" "${@:4:$#-4}" "$GALLERY" --log "$LOG" "${@: -1}"
}

# event LINE...: each was the last of the log once, in this order.
event() {
  local line
  for line in "$@"; do
    wait_until 5 grep -qxF -- "$line" "$LOG" || {
      echo "no event $line in:"
      cat "$LOG"
      screen
      return 1
    }
  done
}

no_event() {
  ! grep -q -- "^$1" "$LOG" || false
}

@test "every screen at 80x24" {
  gallery 80x24 C.UTF-8 xterm-256color 0
  walk gallery-80x24.txt
}

@test "every screen at 60x16" {
  gallery 60x16 C.UTF-8 xterm-256color 0
  walk gallery-60x16.txt
}

@test "every screen at 40x10" {
  gallery 40x10 C.UTF-8 xterm-256color 0
  walk gallery-40x10.txt
}

@test "every screen in ASCII at 80x24, 60x16 and 40x10" {
  for size in 80x24 60x16 40x10; do
    gallery $size C xterm-256color 0
    walk gallery-$size-ascii.txt
    screen | LC_ALL=C grep -q '[^ -~]' && false
    stop
  done
}

@test "256 colours, 8 colours and none say the same" {
  for term in xterm-256color:256 xterm:8 vt100:mono; do
    for page in 1 3 9 11; do
      gallery 80x24 C.UTF-8 ${term%:*} $page
      wait_for "${MARKERS[page]}"
      golden gallery-${term#*:}-colors.txt "$page" -e -N
      text=$(screen)
      [ "$term" = xterm-256color:256 ] || [ "$text" = "${first[page]}" ]
      first[page]=${first[page]-$text}
      stop
    done
  done
}

@test "NO_COLOR and --color never leave no colour" {
  gallery 80x24 C.UTF-8 xterm-256color NO_COLOR=1 3
  wait_for "${MARKERS[3]}"
  golden gallery-mono-colors.txt 3 -e -N
  stop
  start 80x24 C.UTF-8 xterm-256color "$GALLERY" --never 3
  wait_for "${MARKERS[3]}"
  golden gallery-mono-colors.txt 3 -e -N
}

@test "common terminals draw the page and know the keys" {
  for term in xterm-256color screen tmux-256color linux vt100; do
    : >"$LOG"
    gallery 80x24 C.UTF-8 $term 1
    wait_for 'Which Datadog'
    keys Down
    event 'SELECT 4'
    keys End
    event 'SELECT 8'
    keys Home
    event 'SELECT 0'
    paste 'https://acme.us5.datadoghq.com/logs'
    event 'FOCUS 0' 'TEXT 0 "https://acme.us5.datadoghq.com/logs"'
    wait_for '[https://acme.us5'
    stop
  done
}

@test "a terminal that cannot place its cursor, or is unknown, is refused in one sentence" {
  for term in dumb nosuchterminal ''; do
    start 80x24 C.UTF-8 "$term" sh -c "'$GALLERY' 1; echo exit code \$?"
    wait_over E-TERM
    wait_over 'exit code 1'
    stop
  done
}

@test "a pasted key is 32 stars and its line end sends nothing" {
  gallery 80x24 C.UTF-8 xterm-256color 2
  wait_for 'Paste an API key'
  paste "$(new_key)
"
  event 'KEY 0 32'
  wait_for '[********************************]'
  wait_for 'OK    32 characters'
  no_event NEXT
  keys Enter
  event 'NEXT 0'
}

@test "a key that comes without brackets, in one burst, sends nothing either" {
  gallery 80x24 C.UTF-8 xterm-256color 2
  wait_for 'Paste an API key'
  # shellcheck disable=SC2046
  keys -H $(printf %s "$(new_key)" | od -An -v -tx1) 0d
  event 'KEY 0 32'
  no_event NEXT
  wait_until 5 enter_goes_on # the first ones may still belong to the burst
}

enter_goes_on() {
  keys Enter
  grep -q NEXT "$LOG"
}

@test "a key typed by hand shows 32 stars from its first character" {
  gallery 80x24 C.UTF-8 xterm-256color 2
  wait_for 'Paste an API key'
  type_text a
  wait_for '[********************************]'
  keys BSpace
  wait_gone '****'
  type_text abc
  wait_for '[********************************]'
  no_event KEY
  keys Enter
  event 'KEY 0 3' 'NEXT 0'
}

@test "resizing keeps the key that is being entered, also below the least size" {
  gallery 80x24 C.UTF-8 xterm-256color 2
  wait_for 'Paste an API key'
  paste "$(new_key)"
  for size in 60x16 40x10 100x30 30x12 20x5 80x24; do
    resize $size
    case $size in
    30x12 | 20x5) wait_for "${size}" ;;
    *) wait_for '[********************************]' ;;
    esac
  done
  golden gallery-80x24.txt 'after resizing'
  keys C-c
  event 'QUIT 0'
  wait_over 'gallery: over'
}

@test "the page that waits says what is needed and loses nothing" {
  gallery 30x8 C.UTF-8 xterm-256color 7
  wait_for 30x8
  golden gallery-waits.txt 30x8
  type_text prod
  resize 80x24
  wait_for '[prod '
}

@test "Ctrl-L repairs the screen" {
  gallery 80x24 C.UTF-8 xterm-256color 1
  wait_for 'Which Datadog'
  tty=$(tm display-message -p -t "$SESSION" '#{pane_tty}')
  printf '\033[5;5HGARBAGE' >"$tty"
  wait_for GARBAGE
  keys C-l
  wait_gone GARBAGE
  golden gallery-80x24.txt '1 Which Datadog'
}

@test "one step in a list sends only what changes" {
  gallery 80x24 C.UTF-8 xterm-256color 1
  wait_for 'Which Datadog'
  tm pipe-pane -t "$SESSION" "cat >$BATS_TEST_TMPDIR/bytes"
  keys Down
  wait_for '> 5  AP1'
  wait_for_file "$BATS_TEST_TMPDIR/bytes"
  tm pipe-pane -t "$SESSION"
  [ "$(wc -c <"$BATS_TEST_TMPDIR/bytes")" -lt 600 ]
}

@test "Tab reaches everything, also the keys of the footer" {
  gallery 80x24 C.UTF-8 xterm-256color 1
  wait_for 'Which Datadog'
  keys Tab
  event 'FOCUS 0'
  keys Tab
  event 'FOCUS 1'
  keys Right Right Enter
  event 'HELP 0'
  wait_for 'Line 1 of a help'
}

@test "a long page scrolls by PgDn and PgUp and says where it is" {
  gallery 80x24 C.UTF-8 xterm-256color 1
  wait_for 'Which Datadog'
  keys '?'
  wait_for 'Line 1 of a help'
  wait_for '1-19 of 30  PgUp PgDn'
  keys NPage
  wait_gone 'Line 1 of'
  keys End
  wait_for 'Line 30 of'
  keys NPage
  keys PPage
  wait_gone 'Line 30 of'
  keys Home
  wait_for 'Line 1 of'
  keys Escape
  wait_for 'Which Datadog'
}

@test "a long list filters by / and takes numbers of two digits" {
  gallery 60x16 C.UTF-8 xterm-256color 13
  wait_for 'Which product'
  type_text 12
  event 'SELECT 11'
  wait_for '> 12  acme-depot-12'
  type_text /
  wait_for 'Filter:'
  type_text shop-2
  wait_for '> 21  acme-shop-21'
  golden gallery-60x16.txt filter
  keys Escape
  wait_gone 'Filter:'
}

# A shell on the terminal, so that job control and the state of the terminal can be seen.
shell() {
  start 80x24 C.UTF-8 xterm-256color PS1='$ ' HISTFILE= bash --norc --noprofile -i
  wait_for '$'
}

# The state of the terminal as the shell's commands meet it.
stty_state() {
  type_text "clear; echo \"state=\$(stty -g)\""
  keys Enter
  wait_until 5 state_shown
  screen | sed -n 's/^state=//p'
}

state_shown() {
  screen | grep -q '^state=.*:'
}

child() {
  pgrep -P "$(pane_pid)" -x gallery
}

@test "Ctrl-Z gives the terminal back and fg takes it again" {
  shell
  before=$(stty_state)
  type_text "$GALLERY 1"
  keys Enter
  wait_for 'Which Datadog'
  keys C-z
  wait_for Stopped
  [ "$(stty_state)" = "$before" ]
  type_text fg
  keys Enter
  wait_for 'Which Datadog'
  golden gallery-80x24.txt '1 Which Datadog'
  keys Down
  wait_for '> 5  AP1'
  keys C-c
  wait_for 'gallery: over'
  [ "$(stty_state)" = "$before" ]
}

@test "a stop from outside gives the terminal back too" {
  shell
  before=$(stty_state)
  type_text "$GALLERY 1"
  keys Enter
  wait_for 'Which Datadog'
  kill -TSTP "$(child)"
  wait_for Stopped
  [ "$(stty_state)" = "$before" ]
  type_text fg
  keys Enter
  wait_for 'Which Datadog'
}

@test "a crash or a signal leaves the terminal as it was" {
  for signal in SEGV ABRT BUS TERM HUP INT; do
    shell
    before=$(stty_state)
    type_text "ulimit -c 0; $GALLERY 2"
    keys Enter
    wait_for 'Paste an API key'
    [ "$(tm display-message -p -t "$SESSION" '#{alternate_on}')" = 1 ]
    kill -$signal "$(child)"
    wait_gone 'Paste an API key'
    [ "$(stty_state)" = "$before" ]
    [ "$(tm display-message -p -t "$SESSION" '#{alternate_on}')" = 0 ]
    [ "$(tm display-message -p -t "$SESSION" '#{cursor_flag}')" = 1 ]
    # bracketed paste is off: a program that knows nothing of it gets the bare text
    type_text 'clear; cat -v'
    keys Enter
    wait_gone stty
    paste bare
    wait_for bare
    ! shows '200~' || false
    stop
  done
}

@test "with input or output redirected the screen is drawn on the terminal itself" {
  start 80x24 C.UTF-8 xterm-256color sh -c "echo piped | '$GALLERY' --log '$LOG' 1 >'$BATS_TEST_TMPDIR/out'"
  wait_for 'Which Datadog'
  keys Down
  event 'SELECT 4'
  keys C-c
  wait_for_file "$BATS_TEST_TMPDIR/out"
  [ "$(cat "$BATS_TEST_TMPDIR/out")" = 'gallery: over' ]
}

# count_in_memory PID TEXT: how often a process holds it, as bytes or as wide characters.
count_in_memory() {
  /usr/bin/python3 - "$1" "$2" <<'PY'
import re
import sys

pid, text = sys.argv[1], sys.argv[2]
wanted = [text.encode(), text.encode("utf-32-le"), text.encode("utf-16-le")]
count = 0
with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb") as memory:
    for line in maps:
        match = re.match(r"([0-9a-f]+)-([0-9a-f]+) rw", line)
        if not match:
            continue
        start, end = (int(part, 16) for part in match.groups())
        try:
            memory.seek(start)
            piece = memory.read(end - start)
        except OSError:
            continue
        count += sum(piece.count(one) for one in wanted)
print(count)
PY
}

@test "the key is on no screen, and after Ctrl-U in no memory" {
  key=$(new_key)
  gallery 80x24 C.UTF-8 xterm-256color 2
  wait_for 'Paste an API key'
  paste "$key"
  event 'KEY 0 32'
  wait_for '****'
  pid=$(pane_pid)
  [ "$(count_in_memory "$pid" "$key")" -ge 1 ]
  [ "$(count_in_memory "$pid" "$key")" -le 1 ] # the field's page; the gallery frees its own at once
  for size in 60x16 30x8 80x24; do
    resize $size
    wait_until 5 sh -c "[ '$(tm display-message -p -t "$SESSION" '#{window_width}x#{window_height}')' = $size ]"
  done
  wait_for '****'
  keys C-u
  event 'KEY 0 0'
  wait_gone '****'
  [ "$(count_in_memory "$pid" "$key")" = 0 ]
  keys C-c
  wait_over 'gallery: over'
  ! everything_shown | grep -qF "$key" || false
  ! grep -qF "$key" "$LOG" || false
}
