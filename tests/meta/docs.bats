#!/usr/bin/env bats
# Documents against the tables they come from, and every error code against the tests.

codes() {
    sed -n 's/^| \[\([EW]-[A-Z0-9-]*\)\].*/\1/p' "$TOP/docs/errors.md"
}

@test "docs/errors.md is what the error table says" {
    ./errors_md | diff "$TOP/docs/errors.md" -
}

@test "every error code has a test that provokes it" {
    [ "$(codes | wc -l)" -gt 50 ]
    missing=
    for id in $(codes); do
        symbol=$(grep -oE "X\([A-Z0-9_]+, \"$id\"" "$TOP/core/base/error_table.h" |
            sed 's/X(\([A-Z0-9_]*\),.*/DL_E_\1/')
        [ -n "$symbol" ]
        grep -rqwE --include=*.bats --include=*_test.c --include=*.py -e "$id" -e "$symbol" \
            "$TOP/tests" || missing="$missing $id"
    done
    echo "without a test:$missing"
    [ -z "$missing" ]
}

@test "every error code has a sentence, causes and next steps that fit a screen" {
    while read -r line; do
        [ "${#line}" -le 120 ] || { echo "too long: $line"; return 1; }
    done <"$TOP/docs/errors.md"
    for id in $(codes); do
        section=$(sed -n "/^## $id\$/,/^## /p" "$TOP/docs/errors.md")
        [ "$(printf '%s\n' "$section" | grep -c '^- ')" -ge 2 ]
    done
}

@test "every warning exits 0 and every failure does not" {
    while IFS='|' read -r _ id exit_code _; do
        case $id in
        *W-*) [ "$exit_code" -eq 0 ] ;;
        *E-*) [ "$exit_code" -ne 0 ] ;;
        esac
    done < <(grep '^| \[' "$TOP/docs/errors.md")
}

@test "the man pages have no mistake of form" {
    mandoc -Tlint -W warning "$TOP"/docs/man/*.[135]
}

@test "ddlogs(3) tells of every function and every counter" {
    page=$TOP/docs/man/ddlogs.3
    for name in $(grep -oE '\bddlogs_[a-z_]+\(' "$TOP/core/ddlogs.h" | tr -d '(' | sort -u); do
        grep -qw "$name" "$page" || { echo "no $name"; return 1; }
    done
    for name in $(sed -n '/counters\[\] = {/,/};/p' "$TOP/core/ddlogs_sender.c" |
        grep -oE '"[a-z_]+"' | tr -d '"'); do
        grep -qwE "^\.It Ic .*$name.*" "$page" || { echo "no $name"; return 1; }
    done
}

@test "ddlogs-config(5) tells of every property, its choices and its variable" {
    page=$TOP/docs/man/ddlogs-config.5
    rows=$(tr -d '\\\n' <"$TOP/core/identity/property.h" | grep -oE ' X\([A-Z_]+, "[a-z_]+", DL_TYPE_[^)]*\)')
    [ "$(printf '%s\n' "$rows" | wc -l)" -eq "$(grep -cE '^ +X\([A-Z]' "$TOP/core/identity/property.h")" ]
    while read -r row; do
        key=$(cut -d'"' -f2 <<<"$row")
        grep -qx "\.It Ic $key" "$page" || { echo "no $key"; return 1; }
        for word in $(grep -oE '"[a-z]+(\|[a-z]+)+"' <<<"$row" | tr -d '"' | tr '|' ' '); do
            grep -qE "^\.(It )?Ql $word( |\$)" "$page" || { echo "no $word of $key"; return 1; }
        done
        for name in $(grep -oE '"(DD|DDLOGS)_[A-Z_]+"' <<<"$row" | tr -d '"'); do
            grep -q "^\.It Ev $name" "$page" || { echo "no $name of $key"; return 1; }
        done
    done <<<"$rows"
}

@test "ddlogs-manifest(5) tells of every key" {
    keys=$(sed -n '/manifest_keys\[\] = {/,/};/p' "$TOP/core/identity/integration.c" | grep -oE '"[a-z_]+"' | tr -d '"')
    [ "$(wc -w <<<"$keys")" -ge 9 ]
    for key in $keys; do
        grep -qx "\.It Ic $key" "$TOP/docs/man/ddlogs-manifest.5" || { echo "no $key"; return 1; }
    done
}

@test "the page on the local intake tells of every fault as --help does" {
    diff <(sed -n '/^## Faults/,$s/^| `\([a-z-].*\)` | \(.*\) |$/\1: \2/p' "$TOP/docs/internals/intake.md") \
        <("$BUILD/tui/ddlogs" intake --help | sed -n '/^Faults/,/^Several/p' |
            sed -nE '/^  [a-z]/{N;s/^  (.*)\n      (.*)$/\1: \2/p}')
}

# the names of the commands, from the list that help prints
commands() {
    "$BUILD/tui/ddlogs" help | sed -nE '/^Usage/,/^$/!s/^  ([a-z]+) +[a-z].*/\1/p'
}

@test "ddlogs(1) tells of every command" {
    [ "$(commands | wc -l)" -ge 6 ]
    for command in $(commands); do
        grep -qE "^\.It Ic $command( |\$)" "$TOP/docs/man/ddlogs.1" || { echo "no $command"; return 1; }
    done
}

@test "ddlogs(1) tells of every option that a command takes, and of no other" {
    diff <({
        for command in $(commands); do
            "$BUILD/tui/ddlogs" "$command" --help
        done | sed -nE 's/^  (-[a-zA-Z], )? *--([a-z-]+) .*/\1--\2/p'
        echo "-V, --version"
    } | sort -u) <(sed -n '/^\.Sh OPTIONS/,/^\.Sh LOCAL/p' "$TOP/docs/man/ddlogs.1" |
        sed -nE 's/^\.It Fl (.) , Fl -([a-z-]+).*/-\1, --\2/p; s/^\.It Fl -([a-z-]+).*/--\1/p' | sort -u)
}

@test "ddlogs(1) tells of every exit code, every variable and every fault" {
    page=$TOP/docs/man/ddlogs.1
    numbers=$(sed -n 's/^| \[E-[^|]*| *\([0-9]*\) .*/\1/p' "$TOP/docs/errors.md" | sort -u)
    [ "$(wc -w <<<"$numbers")" -ge 8 ]
    for number in 0 $numbers; do
        grep -qx "\.It $number" "$page" || { echo "no exit code $number"; return 1; }
    done
    names=$(grep -rhoE --include=*.[ch] 'getenv\("[A-Za-z_]+"\)|"(DD|DDLOGS)_[A-Z_]+",' \
        "$TOP/core" "$TOP/tui" | grep -oE '[A-Za-z]+_[A-Za-z_]+|"[A-Z]+"' | tr -d '"' | sort -u)
    [ "$(wc -w <<<"$names")" -ge 20 ]
    for name in $names; do
        grep -E '^\.(It )?Ev ' "$page" | grep -qw "$name" || { echo "no variable $name"; return 1; }
    done
    faults=$(sed -nE 's/^ +X\([A-Z_]+, "([a-z-]+)", .*/\1/p' "$TOP/core/intake/fault.h")
    [ "$(wc -w <<<"$faults")" -ge 20 ]
    for fault in $faults; do
        grep -qE "^\.It Cm $fault( |\$)" "$page" || { echo "no fault $fault"; return 1; }
    done
}
