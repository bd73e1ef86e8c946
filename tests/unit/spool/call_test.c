/* The disk fails or the process is killed, at every single call: what was accepted comes out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "spool/oracle.h"

#define STEPS 90
#define SEED 7

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

/* The same story for every seed; some of it in a second session. */
static void story(struct oracle *o)
{
    for (int round = 0; round < 2; round++) {
        if (!o->spool && oracle_open(o) < 0)
            return;
        for (int i = 0; i < STEPS / 2 && !sim_stopped(o->sim); i++)
            oracle_step(o);
        if (round == 0)
            oracle_close(o);
    }
}

static void finish(struct oracle *o)
{
    if (o->spool)
        oracle_close(o);
    sim_restart(o->sim);
    assert_int_equal(oracle_open(o), 0);
    assert_int_equal(oracle_append(o), 0);
    assert_int_equal(oracle_sync(o), 0);
    oracle_drain(o);
    oracle_expect_all(o, 0);
}

/* Calls of a story in which nothing fails. */
static unsigned long calls_of(uint64_t seed)
{
    struct sim *sim = sim_new(seed);
    unsigned long calls;
    struct oracle o;

    oracle_begin(&o, sim, folder);
    sim_fail(sim, 0, 0, false);
    story(&o);
    calls = sim_calls(sim);
    finish(&o);
    assert_int_equal(o.duplicates, 0);
    oracle_end(&o);
    sim_free(sim);
    return calls;
}

static void fail_each(int number, bool forever)
{
    for (uint64_t seed = SEED; seed < SEED + 3; seed++) {
        unsigned long calls = calls_of(seed);

        assert_true(calls > 100);
        for (unsigned long n = 1; n <= calls; n++) {
            struct sim *sim = sim_new(seed);
            struct oracle o;

            oracle_begin(&o, sim, folder);
            sim_fail(sim, n, number, forever);
            story(&o);
            finish(&o);
            oracle_end(&o);
            sim_free(sim);
        }
    }
}

static void an_io_error_at_each_call_loses_nothing(void **state)
{
    (void)state;
    fail_each(EIO, false);
    fail_each(EIO, true);
}

static void a_full_disk_at_each_call_loses_nothing(void **state)
{
    (void)state;
    fail_each(ENOSPC, false);
    fail_each(ENOSPC, true);
}

static void an_interruption_at_each_call_loses_nothing(void **state)
{
    (void)state;
    fail_each(EINTR, false);
}

static void short_reads_and_writes_lose_nothing(void **state)
{
    (void)state;
    fail_each(0, false);
    fail_each(0, true);
}

/* The disk goes on failing in the same session, and recovers in it. */
static void a_session_goes_on_after_failures(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 300; seed++) {
        struct sim *sim = sim_new(seed);
        struct oracle o;

        oracle_begin(&o, sim, folder);
        assert_int_equal(oracle_open(&o), 0);
        sim_fail_often(sim, 150);
        for (int i = 0; i < 200; i++)
            oracle_step(&o);
        sim_fail_often(sim, 0);
        oracle_sync(&o);
        assert_int_equal(oracle_append(&o), 0);
        assert_int_equal(oracle_sync(&o), 0);
        oracle_drain(&o);
        oracle_expect_all(&o, 0);
        assert_int_equal(o.duplicates, 0);
        finish(&o);
        oracle_end(&o);
        sim_free(sim);
    }
}

static void a_kill_at_each_call_loses_nothing(void **state)
{
    (void)state;
    for (uint64_t seed = SEED; seed < SEED + 5; seed++) {
        unsigned long calls = calls_of(seed);

        for (unsigned long n = 1; n <= calls; n++) {
            struct sim *sim = sim_new(seed);
            struct oracle o;

            oracle_begin(&o, sim, folder);
            sim_stop(sim, n);
            story(&o);
            assert_true(sim_stopped(sim));
            finish(&o);
            /* a cursor that is torn in writing falls back to the one synced last */
            assert_true(o.duplicates <= 16);
            oracle_end(&o);
            sim_free(sim);
        }
    }
}

/* A disk that fills up and is freed: no restart is needed. */
static void a_disk_full_and_freed_again(void **state)
{
    struct sim *sim = sim_new(3);
    struct oracle o;
    int rc = 0;

    (void)state;
    oracle_begin(&o, sim, folder);
    assert_int_equal(oracle_open(&o), 0);
    sim_limit(sim, 30000);
    while (rc == 0) {
        rc = oracle_append(&o);
        if (rc == 0)
            assert_int_equal(oracle_sync(&o), 0);
    }
    assert_int_equal(rc, -DL_E_SPOOL_FULL);
    assert_int_equal(oracle_append(&o), -DL_E_SPOOL_FULL);
    oracle_drain(&o);
    oracle_expect_all(&o, 0);
    assert_int_equal(oracle_append(&o), 0);
    assert_int_equal(oracle_sync(&o), 0);
    finish(&o);
    oracle_end(&o);
    sim_free(sim);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_io_error_at_each_call_loses_nothing),
        cmocka_unit_test(a_full_disk_at_each_call_loses_nothing),
        cmocka_unit_test(an_interruption_at_each_call_loses_nothing),
        cmocka_unit_test(short_reads_and_writes_lose_nothing),
        cmocka_unit_test(a_session_goes_on_after_failures),
        cmocka_unit_test(a_kill_at_each_call_loses_nothing),
        cmocka_unit_test(a_disk_full_and_freed_again),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
