# shellcheck shell=bash
# Programs on a terminal: each suite has a tmux server of its own, each test sessions in it.
#
#     load lib
#     setup_file() { terminal_server; }
#     teardown_file() { terminal_end; }
#
# UPDATE_GOLDEN=1 writes the golden screens anew; look at the difference before it is committed.

load ../cli/lib

# shellcheck disable=SC2034
GALLERY=${BUILDDIR:-.}/gallery
GOLDEN=${SRCDIR:-$BATS_TEST_DIRNAME}/golden

tm() {
  LC_ALL=C.UTF-8 tmux -u -L "$TERMINAL_SOCKET" -f /dev/null "$@"
}

# The server ends with its last session, so one stays.
terminal_server() {
  export TERMINAL_SOCKET=ddlogs-$BATS_ROOT_PID-$RANDOM
  tm new-session -d -s keep 'sleep 100000'
  tm set-option -g remain-on-exit on
}

terminal_end() {
  tm kill-server
}

# start COLUMNSxROWS LOCALE TERM COMMAND...: a session for this test; its name in SESSION.
start() {
  local size=$1 locale=$2 term=$3
  shift 3
  SESSION=t$BATS_TEST_NUMBER-$((++SESSIONS))
  tm new-session -d -x "${size%x*}" -y "${size#*x}" -s "$SESSION" \
    env LC_ALL="$locale" TERM="$term" "$@"
}

stop() {
  tm kill-session -t "$SESSION"
}

# Keys by their names, text as it is, a paste as a terminal sends it.
keys() {
  tm send-keys -t "$SESSION" "$@"
}

type_text() {
  tm send-keys -t "$SESSION" -l "$1"
}

paste() {
  printf %s "$1" | tm load-buffer -b paste -
  tm paste-buffer -p -r -d -b paste -t "$SESSION"
}

resize() {
  tm resize-window -t "$SESSION" -x "${1%x*}" -y "${1#*x}"
}

# What the terminal shows, and all it ever showed.
screen() {
  tm capture-pane -p -t "$SESSION" "$@"
}

everything_shown() {
  tm capture-pane -p -S - -t "$SESSION"
  tm capture-pane -p -a -q -S - -t "$SESSION" || true
}

pane_pid() {
  tm display-message -p -t "$SESSION" '#{pane_pid}'
}

shows() {
  screen | grep -qF -- "$1"
}

# wait_for TEXT [SECONDS]: until it is on the screen; shows the screen if it never is.
wait_for() {
  wait_until "${2:-10}" shows "$1" || {
    echo "never on the screen: $1"
    screen
    return 1
  }
}

# wait_over TEXT: until the program has ended, with this among what it left on the terminal.
wait_over() {
  if ! wait_until 10 dead || ! everything_shown | grep -qF -- "$1"; then
    echo "not over, or without: $1"
    everything_shown
    return 1
  fi
}

dead() {
  [ "$(tm display-message -p -t "$SESSION" '#{pane_dead}')" = 1 ]
}

hides() {
  ! shows "$1"
}

wait_gone() {
  wait_until "${2:-10}" hides "$1" || {
    echo "still on the screen: $1"
    screen
    return 1
  }
}

# The part of a golden file that stands under "=== NAME".
golden_part() {
  awk -v name="=== $2" '$0 == name { on = 1; next } /^=== / { on = 0 } on' "$GOLDEN/$1" 2>/dev/null
}

same_as_golden() {
  SHOWN=$(screen "${@:3}" | masked)
  [ "$SHOWN" = "$(golden_part "$1" "$2")" ]
}

# What differs from run to run; a suite may say more.
masked() {
  cat
}

# golden FILE PART [OPTION OF CAPTURE...]: the screen is, or soon becomes, what the file says.
golden() {
  local before
  if [ -n "${UPDATE_GOLDEN-}" ]; then
    SHOWN=''
    until before=$SHOWN && SHOWN=$(screen "${@:3}" | masked) && [ -n "$SHOWN" ] && [ "$before" = "$SHOWN" ]; do
      sleep 0.3
    done
    mkdir -p "$GOLDEN"
    {
      [ ! -e "$GOLDEN/$1" ] || awk -v name="=== $2" \
        '/^=== / { on = $0 == name } !on' "$GOLDEN/$1"
      printf '=== %s\n%s\n' "$2" "$SHOWN"
    } >"$BATS_TEST_TMPDIR/golden"
    cp "$BATS_TEST_TMPDIR/golden" "$GOLDEN/$1"
    return
  fi
  wait_until 5 same_as_golden "$@" || {
    echo "$1, $2 (UPDATE_GOLDEN=1 accepts it):"
    diff <(golden_part "$1" "$2") <(echo "$SHOWN")
    return 1
  }
}
