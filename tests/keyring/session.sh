#!/bin/sh
# session.sh [-b BUS_CONFIGURATION] [-k unlocked|empty|none] COMMAND...
#
# Runs COMMAND on a session bus of its own, in a home of its own, and removes both afterwards. With -k
# unlocked (the usual) a gnome-keyring with one open keyring "Login" serves it; "empty": one that
# never had a keyring; "none": nobody serves it. The daemon ends when its bus ends.
bus=/usr/share/dbus-1/session.conf
keyring=unlocked
while getopts b:k: option; do
    case $option in
        b) bus=$OPTARG ;;
        k) keyring=$OPTARG ;;
        *) exit 64 ;;
    esac
done
shift $((OPTIND - 1))

home=$(mktemp -d) || exit 99
trap 'rm -rf "$home"' EXIT
trap 'exit 99' HUP INT TERM
export HOME="$home" XDG_DATA_HOME="$home/data" XDG_CONFIG_HOME="$home/config"
export XDG_CACHE_HOME="$home/cache" XDG_STATE_HOME="$home/state" XDG_RUNTIME_DIR="$home/run"
unset DBUS_SESSION_BUS_ADDRESS DISPLAY WAYLAND_DISPLAY GNOME_KEYRING_CONTROL
mkdir -m 700 "$XDG_RUNTIME_DIR" "$XDG_DATA_HOME"
export SESSION_KEYRING="$keyring"
ulimit -f 131072 # 64 MiB: nothing here may fill a disk, whatever goes wrong

# shellcheck disable=SC2016 # for the inner shell
dbus-run-session --config-file="$bus" -- sh -c '
    case $SESSION_KEYRING in
        unlocked) set_up="--unlock" ;;
        empty) set_up="--start" ;;
        none) exec "$@" ;;
    esac
    printf %s password |
        gnome-keyring-daemon "$set_up" --components=secrets --daemonize >"$HOME/daemon.log" 2>&1 || exit 98
    # --daemonize returns before the name is owned
    gdbus wait --session --timeout 10 org.freedesktop.secrets || exit 97
    SESSION_DAEMON=$(gdbus call --session -d org.freedesktop.DBus -o / \
        -m org.freedesktop.DBus.GetConnectionUnixProcessID org.freedesktop.secrets |
        sed "s/.* //; s/[^0-9]//g")
    export SESSION_DAEMON
    exec "$@"' sh "$@" 2>"$home/errors"
rc=$?
grep -vE 'Failed to set fd limit|Activating service|[Aa]ctivated service' "$home/errors" >&2
exit $rc
