# Headers stand alone, and partners can use the public one from C and C++.

@test "every header compiles by itself" {
  cd "$TOP"
  bad=''
  while read -r header; do
    # shellcheck disable=SC2086 # flags
    ${CC%% *} -std=gnu17 -Wall -Wextra -Werror -fsyntax-only $CPPFLAGS $(pkg-config --cflags ncursesw libcurl libsecret-1 libmicrohttpd) \
      -x c - <<<"#include \"$header\"" 2>>"$BATS_TEST_TMPDIR/errors" || bad+="$header "
  done < <({ cd core && find . -name '*.h' && cd ../tui && find . -name '*.h'; } | sed 's|^\./||' | sort)
  [ -z "$bad" ] || { echo "$bad"; head -40 "$BATS_TEST_TMPDIR/errors"; false; }
}

@test "the public header is strict C11 and C++17" {
  gcc -std=c11 -pedantic -Wall -Wextra -Werror -fsyntax-only -x c "$TOP/core/ddlogs.h"
  command -v g++ >/dev/null || skip "no C++ compiler here"
  g++ -std=c++17 -pedantic -Wall -Wextra -Werror -fsyntax-only -x c++ "$TOP/core/ddlogs.h"
}
