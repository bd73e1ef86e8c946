#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "send/watermark.h"

#define LOGS 3000

/* The same from one flag a log. */
struct flags {
    bool safe[LOGS + 2];
    uint64_t mark;
};

static void flag(struct flags *f, uint64_t first, uint64_t count)
{
    for (uint64_t n = first; n < first + count && n <= LOGS; n++)
        f->safe[n] = true;
    while (f->mark < LOGS && f->safe[f->mark + 1])
        f->mark++;
}

static void is_in_order(const struct watermark *w)
{
    uint64_t last = w->mark;

    for (size_t i = 0; i < w->count; i++) {
        assert_true(w->ranges[i].first > last + 1);
        assert_true(w->ranges[i].last >= w->ranges[i].first);
        last = w->ranges[i].last;
    }
}

static void ranges_in_any_order_give_the_mark(void **state)
{
    (void)state;
    for (unsigned seed = 1; seed <= 200; seed++) {
        struct watermark w = {0};
        struct flags f = {.mark = 0};

        srandom(seed);
        for (int i = 0; i < 400; i++) {
            uint64_t first = 1 + (uint64_t)random() % LOGS;
            uint64_t count = 1 + (uint64_t)random() % (seed % 2 ? 3 : 60);

            if (first + count > LOGS + 1)
                count = LOGS + 1 - first;
            assert_int_equal(watermark_add(&w, first, count), 0);
            flag(&f, first, count);
            assert_true(w.mark == f.mark);
            is_in_order(&w);
        }
        assert_int_equal(watermark_add(&w, 1, LOGS), 0);
        assert_true(w.mark == LOGS);
        assert_int_equal(w.count, 0);
        watermark_free(&w);
    }
}

static void every_log_once_in_random_order_leaves_nothing(void **state)
{
    static uint64_t order[LOGS];
    struct watermark w = {0};

    (void)state;
    srandom(7);
    for (uint64_t i = 0; i < LOGS; i++)
        order[i] = i + 1;
    for (size_t i = LOGS - 1; i > 0; i--) {
        size_t j = (size_t)random() % (i + 1);
        uint64_t swap = order[i];

        order[i] = order[j];
        order[j] = swap;
    }
    for (size_t i = 0; i < LOGS; i++)
        assert_int_equal(watermark_add(&w, order[i], 1), 0);
    assert_true(w.mark == LOGS);
    assert_int_equal(w.count, 0);
    watermark_free(&w);
}

static void what_says_nothing_changes_nothing(void **state)
{
    struct watermark w = {0};

    (void)state;
    assert_int_equal(watermark_add(&w, 0, 5), 0);
    assert_int_equal(watermark_add(&w, 5, 0), 0);
    assert_int_equal(watermark_add(&w, UINT64_MAX, 1), 0);
    assert_int_equal(watermark_add(&w, UINT64_MAX - 1, 5), 0);
    assert_true(w.mark == 0 && w.count == 0);
    assert_int_equal(watermark_add(&w, 1, 10), 0);
    assert_int_equal(watermark_add(&w, 3, 2), 0);
    assert_true(w.mark == 10 && w.count == 0);
    watermark_free(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranges_in_any_order_give_the_mark),
        cmocka_unit_test(every_log_once_in_random_order_leaves_nothing),
        cmocka_unit_test(what_says_nothing_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
