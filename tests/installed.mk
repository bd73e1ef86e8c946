# Suites of the installed program: a folder lists its bats files in installed_tests. They find the
# program in DDLOGS, the sources beside them in SRCDIR, and the stage's other files by its prefix.
TEST_EXTENSIONS = .bats
BATS_LOG_COMPILER = $(BATS)
AM_BATS_LOG_FLAGS = --tap
BATS_LOG_DRIVER = $(TAP_DRIVER)
TESTS =
MOSTLYCLEANFILES = $(installed_tests:.bats=.log) $(installed_tests:.bats=.trs)
AM_TESTS_ENVIRONMENT = \
	DDLOGS='$(DESTDIR)$(bindir)/ddlogs'; export DDLOGS; \
	KEYRING_HELPER='$(DESTDIR)$(libexecdir)/ddlogs/ddlogs-keyring'; export KEYRING_HELPER; \
	PKGDATADIR='$(DESTDIR)$(pkgdatadir)'; export PKGDATADIR; \
	SRCDIR='$(abs_srcdir)'; export SRCDIR; \
	TESTS_DIR='$(abs_top_srcdir)/tests'; export TESTS_DIR; \
	BUILDDIR='$(abs_builddir)'; export BUILDDIR;

# SKIP_INSTALLED=yes in the environment leaves these suites out of a whole distcheck.
installcheck-local:
	test -n "$$SKIP_INSTALLED" || { \
	  $(MAKE) $(AM_MAKEFLAGS) $(check_PROGRAMS) all && \
	  $(MAKE) $(AM_MAKEFLAGS) check-TESTS TESTS='$(installed_tests)'; }
