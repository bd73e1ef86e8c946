#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "sender/backoff.h"

static uint64_t chance;

static int fixed_chance(void *to, size_t len)
{
    memcpy(to, &chance, len);
    return 0;
}

static int no_chance(void *to, size_t len)
{
    (void)to;
    (void)len;
    return -DL_E_INTERNAL;
}

static int tear_down(void **state)
{
    (void)state;
    dl_clock_replace(NULL, NULL, NULL);
    return 0;
}

static void the_longest_wait_doubles_up_to_its_cap(void **state)
{
    static const int64_t tops[] = {1000, 2000, 4000, 8000, 16000, 32000, 64000, 120000, 120000};

    (void)state;
    dl_clock_replace(NULL, NULL, no_chance); /* then the longest is taken */
    for (unsigned i = 0; i < sizeof tops / sizeof *tops; i++)
        assert_int_equal(dl_backoff_ms(i + 1, -1), tops[i]);
    assert_int_equal(dl_backoff_ms(4000000000u, -1), 120000);
    assert_int_equal(dl_backoff_ms(0, -1), 1000);
}

static void a_lone_failure_waits_little(void **state)
{
    static const int64_t tops[] = {20, 40, 80, 160, 320, 640, 1000, 1000};

    (void)state;
    dl_clock_replace(NULL, NULL, no_chance);
    for (unsigned i = 0; i < sizeof tops / sizeof *tops; i++)
        assert_int_equal(dl_backoff_lone_ms(i + 1), tops[i]);
    assert_int_equal(dl_backoff_lone_ms(4000000000u), 1000);
}

static void failures_in_a_row_wait_little_at_first_and_long_in_the_end(void **state)
{
    static const int64_t tops[] = {20, 40, 80, 160, 320, 640, 1280, 2560};

    (void)state;
    dl_clock_replace(NULL, NULL, no_chance);
    for (unsigned i = 0; i < sizeof tops / sizeof *tops; i++)
        assert_int_equal(dl_backoff_row_ms(i + 1), tops[i]);
    assert_int_equal(dl_backoff_row_ms(13), 81920);
    assert_int_equal(dl_backoff_row_ms(14), 120000);
    assert_int_equal(dl_backoff_row_ms(4000000000u), 120000);
}

static void jitter_covers_the_whole_range(void **state)
{
    (void)state;
    dl_clock_replace(NULL, NULL, fixed_chance);
    chance = 0;
    assert_int_equal(dl_backoff_ms(3, -1), 0);
    chance = 4000;
    assert_int_equal(dl_backoff_ms(3, -1), 4000);
    chance = 4001;
    assert_int_equal(dl_backoff_ms(3, -1), 0);
}

static void real_chance_spreads_evenly(void **state)
{
    int quarter[4] = {0};

    (void)state;
    dl_clock_replace(NULL, NULL, NULL);
    for (int i = 0; i < 4000; i++) {
        int64_t ms = dl_backoff_ms(1, -1);

        assert_in_range(ms, 0, 1000);
        quarter[ms * 4 / 1001]++;
    }
    for (int i = 0; i < 4; i++)
        assert_in_range(quarter[i], 800, 1200);
}

static void the_intakes_time_is_obeyed_up_to_the_cap(void **state)
{
    (void)state;
    dl_clock_replace(NULL, NULL, fixed_chance);
    chance = 0;
    assert_int_equal(dl_backoff_ms(1, 7000), 7000);
    assert_int_equal(dl_backoff_ms(9, 0), 0);
    assert_int_equal(dl_backoff_ms(1, 3600000), DL_BACKOFF_CAP_MS);
    chance = 1000;
    assert_int_equal(dl_backoff_ms(1, 7000), 8000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_longest_wait_doubles_up_to_its_cap),
        cmocka_unit_test(a_lone_failure_waits_little),
        cmocka_unit_test(failures_in_a_row_wait_little_at_first_and_long_in_the_end),
        cmocka_unit_test(jitter_covers_the_whole_range),
        cmocka_unit_test(real_chance_spreads_evenly),
        cmocka_unit_test(the_intakes_time_is_obeyed_up_to_the_cap),
    };
    return cmocka_run_group_tests(tests, NULL, tear_down);
}
