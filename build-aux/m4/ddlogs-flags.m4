dnl Compiler and linker flags, each tried before it is used.

dnl DL_TRY_CFLAG(VARIABLE, FLAG): adds FLAG to VARIABLE if the compiler takes it without a warning.
AC_DEFUN([DL_TRY_CFLAG], [
  AC_MSG_CHECKING([whether $CC takes $2])
  dl_saved="$CFLAGS"; CFLAGS="-Werror $2"
  AC_COMPILE_IFELSE([AC_LANG_SOURCE([[int dl_probe(void); int dl_probe(void) { return 0; }]])],
    [AC_MSG_RESULT([yes]); $1="$$1 $2"], [AC_MSG_RESULT([no])])
  CFLAGS="$dl_saved"])

AC_DEFUN([DL_TRY_LDFLAG], [
  AC_MSG_CHECKING([whether the linker takes $2])
  dl_saved="$LDFLAGS"; LDFLAGS="$LDFLAGS $2"
  AC_LINK_IFELSE([AC_LANG_PROGRAM([], [])],
    [AC_MSG_RESULT([yes]); $1="$$1 $2"], [AC_MSG_RESULT([no])])
  LDFLAGS="$dl_saved"])

AC_DEFUN([DL_WARNING_FLAGS], [
  DL_WARN=""
  m4_foreach_w([dl_flag], [-Wall -Wextra -Wformat=2 -Wconversion -Wsign-conversion
    -Wimplicit-fallthrough -Wshadow -Wvla -Wcast-qual -Wmissing-prototypes -Wstrict-prototypes
    -Wundef -Wpointer-arith -Wwrite-strings -Wtrampolines -Wbidi-chars=any
    -Werror=implicit -Werror=incompatible-pointer-types -Werror=int-conversion],
    [DL_TRY_CFLAG([DL_WARN], dl_flag)])
  DL_TRY_CFLAG([DL_WARN], [-Wformat -Werror=format-security])
  AS_IF([test "$enable_werror" = yes], [DL_WARN="$DL_WARN -Werror"])])

dnl The flags of the OpenSSF guide that gcc 12 and clang 14 have. A sanitizer build goes without
dnl fortification, which hides what the sanitizer would name.
AC_DEFUN([DL_HARDENING_FLAGS], [
  DL_HARDEN=""
  DL_HARDEN_LD=""
  AS_IF([test "$enable_sanitizers" = no && test "$enable_coverage" != yes],
    [DL_TRY_CFLAG([DL_HARDEN], [-O2 -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3])])
  m4_foreach_w([dl_flag], [-fstack-clash-protection -fstack-protector-strong -fcf-protection=full
    -ftrivial-auto-var-init=zero -fzero-call-used-regs=used-gpr -fno-delete-null-pointer-checks
    -fno-strict-overflow -fno-strict-aliasing], [DL_TRY_CFLAG([DL_HARDEN], dl_flag)])
  DL_TRY_LDFLAG([DL_HARDEN_LD], [-Wl,-z,relro])
  DL_TRY_LDFLAG([DL_HARDEN_LD], [-Wl,-z,now])
  DL_TRY_LDFLAG([DL_HARDEN_LD], [-Wl,-z,noexecstack])
  DL_TRY_LDFLAG([DL_HARDEN_LD], [-Wl,-z,separate-code])
  DL_TRY_LDFLAG([DL_HARDEN_LD], [-Wl,--as-needed])
  dnl the program alone: a library is position independent already
  DL_HARDEN_PIE="-fPIE"; DL_HARDEN_PIE_LD="-pie"
  AC_SUBST([DL_HARDEN_PIE]) AC_SUBST([DL_HARDEN_PIE_LD])])

AC_DEFUN([DL_BUILD_KIND_FLAGS], [
  DL_KIND=""
  DL_KIND_LD=""
  AS_IF([test "$enable_sanitizers" != no],
    [DL_KIND="-O1 -fno-omit-frame-pointer -fsanitize=$enable_sanitizers -fno-sanitize-recover=all"
     DL_KIND_LD="-fsanitize=$enable_sanitizers"])
  AS_IF([test "$enable_coverage" = yes],
    [DL_KIND="$DL_KIND -O0 --coverage -fprofile-update=atomic"; DL_KIND_LD="$DL_KIND_LD --coverage"])
  AS_IF([test "$enable_fuzzing" = yes], [DL_KIND="$DL_KIND -fsanitize=fuzzer-no-link"])])
