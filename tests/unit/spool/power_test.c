/* Power cuts: what was not synced is lost, torn or reordered, names of files too. Random sequences
 * of work and cuts by a fixed seed; DDLOGS_TORTURE=N runs N of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "spool/oracle.h"

#define RUNS 10000

static char folder[64];

static int make_folder(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/ddlogs-unit-XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    return rmdir(folder);
}

static uint64_t runs(void)
{
    const char *text = getenv("DDLOGS_TORTURE");

    return text && *text ? strtoull(text, NULL, 10) : RUNS;
}

/* One life between two cuts; the cut may come in the middle of any call. */
static void live(struct oracle *o)
{
    struct sim *sim = o->sim;

    if (sim_below(sim, 3) == 0)
        sim_stop(sim, 1 + sim_below(sim, 120));
    if (oracle_open(o) == 0) {
        for (uint64_t i = sim_below(sim, 40); i > 0 && !sim_stopped(sim); i--)
            oracle_step(o);
        if (sim_below(sim, 4) == 0)
            sim_stop(sim, 1); /* not even a close */
        oracle_close(o);
    }
    if (sim_below(sim, 4))
        sim_power_cut(sim);
    else
        sim_restart(sim);
}

static void run(uint64_t seed)
{
    struct sim *sim = sim_new(seed);
    struct oracle o;

    oracle_begin(&o, sim, folder);
    for (uint64_t lives = 1 + sim_below(sim, 4); lives > 0; lives--)
        live(&o);
    assert_int_equal(oracle_open(&o), 0);
    assert_int_equal(oracle_append(&o), 0);
    assert_int_equal(oracle_sync(&o), 0);
    oracle_drain(&o);
    oracle_expect_all(&o, 0);
    oracle_end(&o);
    sim_free(sim);
}

static void nothing_accepted_is_lost(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= runs(); seed++) {
        *(volatile uint64_t *)*state = seed; /* which one, in a debugger */
        run(seed);
    }
}

int main(void)
{
    static uint64_t seed;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(nothing_accepted_is_lost, &seed),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
