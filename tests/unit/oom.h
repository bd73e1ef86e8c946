/* Runs a scenario again and again, each time with another of its allocations failing.
 *
 * The linker puts these functions in front of the allocator (oom_ldflags in Makefile.am), for our
 * own code; cJSON and libdeflate are told to ask here too. Libraries keep their own allocator
 * otherwise. */
#ifndef DL_TESTS_OOM_H
#define DL_TESTS_OOM_H

/* 0 or a negative code. It checks itself that a failure leaves outputs as they were, and frees
 * whatever it made. */
typedef int oom_scenario(void *context);

/* The n-th allocation fails, for n = 1, 2, ... until a run needs fewer; then the same with every
 * allocation from the n-th on failing. Each run must end with 0 or -DL_E_NOMEM and give back all it
 * took; the run without a failure must end with 0. */
void oom_each(oom_scenario *scenario, void *context);

/* The same for n = 1, 1 + step, ...: for what allocates more often than a test has time for. */
void oom_some(oom_scenario *scenario, void *context, unsigned step);

#endif
