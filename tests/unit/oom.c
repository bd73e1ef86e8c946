#include "oom.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cjson/cJSON.h>
#include <cmocka.h>
#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

#define RUNS_MAX 4000
#define LIVE_MAX 65536

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *p, size_t size);
void *__real_reallocarray(void *p, size_t count, size_t size);
char *__real_strdup(const char *text);
char *__real_strndup(const char *text, size_t size);
void __real_free(void *p);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *p, size_t size);
void *__wrap_reallocarray(void *p, size_t count, size_t size);
char *__wrap_strdup(const char *text);
char *__wrap_strndup(const char *text, size_t size);
void __wrap_free(void *p);

static bool armed;
static bool all_after; /* not the one alone, but all from there on */
static unsigned count, fail_at;
static void *live[LIVE_MAX]; /* what a run took and has not given back */
static size_t live_count;

static bool refused(void)
{
    if (!armed)
        return false;
    count++;
    return all_after ? count >= fail_at : count == fail_at;
}

static void *took(void *p)
{
    if (armed && p) {
        if (live_count == LIVE_MAX)
            abort();
        live[live_count++] = p;
    }
    return p;
}

static void gave(const void *p)
{
    for (size_t i = live_count; i > 0; i--)
        if (live[i - 1] == p) {
            live[i - 1] = live[--live_count];
            return;
        }
}

void *__wrap_malloc(size_t size)
{
    return refused() ? NULL : took(__real_malloc(size));
}

void *__wrap_calloc(size_t n, size_t size)
{
    return refused() ? NULL : took(__real_calloc(n, size));
}

void *__wrap_realloc(void *p, size_t size)
{
    if (refused())
        return NULL;
    gave(p);
    return took(__real_realloc(p, size));
}

void *__wrap_reallocarray(void *p, size_t n, size_t size)
{
    if (refused())
        return NULL;
    gave(p);
    return took(__real_reallocarray(p, n, size));
}

char *__wrap_strdup(const char *text)
{
    return refused() ? NULL : took(__real_strdup(text));
}

char *__wrap_strndup(const char *text, size_t size)
{
    return refused() ? NULL : took(__real_strndup(text, size));
}

void __wrap_free(void *p)
{
    gave(p);
    __real_free(p);
}

/* True when the run met the failure. */
static bool run(oom_scenario *scenario, void *context, unsigned n)
{
    int rc;

    count = 0;
    live_count = 0;
    fail_at = n;
    armed = true;
    rc = scenario(context);
    armed = false;
    if (live_count)
        fail_msg("allocation %u fails: %zu blocks are not given back", n, live_count);
    if (count < n) {
        assert_int_equal(rc, 0);
        return false;
    }
    if (rc != 0 && rc != -DL_E_NOMEM)
        fail_msg("allocation %u fails: the code is %s", n, dl_error_info((enum dl_code) - rc)->id);
    return true;
}

void oom_some(oom_scenario *scenario, void *context, unsigned step)
{
    static cJSON_Hooks hooks = {__wrap_malloc, __wrap_free};

    cJSON_InitHooks(&hooks);
    libdeflate_set_memory_allocator(__wrap_malloc, __wrap_free);
    for (int pass = 0; pass < 2; pass++) {
        unsigned n = 1;

        all_after = pass == 1;
        while (run(scenario, context, n)) {
            n += step;
            assert_true(n < RUNS_MAX * step);
        }
        assert_true(n > 1); /* it allocates at all */
    }
}

void oom_each(oom_scenario *scenario, void *context)
{
    oom_some(scenario, context, 1);
}
