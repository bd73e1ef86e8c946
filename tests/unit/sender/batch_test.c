#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "sender/batch.h"

static struct dl_batch batch, part;

static int set_up(void **state)
{
    (void)state;
    dl_batch_init(&batch);
    dl_batch_init(&part);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    dl_batch_free(&batch);
    dl_batch_free(&part);
    return 0;
}

static int add(struct dl_batch *b, const char *log, size_t len)
{
    int rc = dl_batch_begin(b);

    if (rc == 0)
        rc = dl_buffer_add(&b->body, log, len);
    if (rc < 0)
        dl_batch_undo(b);
    else
        dl_batch_keep(b);
    return rc;
}

static void closed(struct dl_batch *b, const char *want)
{
    dl_batch_close(b);
    assert_int_equal(b->body.len, strlen(want));
    assert_memory_equal(b->body.data, want, strlen(want));
}

static void logs_become_one_array(void **state)
{
    (void)state;
    assert_int_equal(add(&batch, "{}", 2), 0);
    assert_int_equal(add(&batch, "{1}", 3), 0);
    assert_int_equal(dl_batch_begin(&batch), 0);
    dl_batch_undo(&batch);
    assert_int_equal(add(&batch, "{2}", 3), 0);
    closed(&batch, "[{},{1},{2}]");
    dl_batch_clear(&batch);
    assert_int_equal(add(&batch, "{}", 2), 0);
    closed(&batch, "[{}]");
}

static void a_thousand_logs_are_full(void **state)
{
    (void)state;
    for (int i = 0; i < DL_BATCH_ENTRIES; i++)
        assert_int_equal(add(&batch, "{}", 2), 0);
    assert_int_equal(add(&batch, "{}", 2), -DL_E_LIMIT);
    assert_int_equal(batch.count, DL_BATCH_ENTRIES);
}

static void five_million_bytes_are_full_brackets_and_commas_included(void **state)
{
    size_t size = 999999; /* five of them, a bracket, four commas and a bracket: 5,000,001 */
    char *log = malloc(size);

    (void)state;
    memset(log, 'x', size);
    for (int i = 0; i < 4; i++)
        assert_int_equal(add(&batch, log, size), 0);
    assert_int_equal(add(&batch, log, size), -DL_E_LIMIT);
    assert_int_equal(batch.count, 4);
    assert_int_equal(add(&batch, log, size - 1), 0);
    dl_batch_close(&batch);
    assert_int_equal(batch.body.len, DL_BATCH_BYTES);
    assert_int_equal(batch.body.data[DL_BATCH_BYTES - 1], ']');
    free(log);
}

static void halves_hold_the_same_logs(void **state)
{
    (void)state;
    for (int i = 0; i < 7; i++) {
        char log[16];

        assert_int_equal(add(&batch, log, (size_t)snprintf(log, sizeof log, "{%0*d}", i + 1, i)),
                         0);
    }
    dl_batch_close(&batch);
    assert_int_equal(dl_batch_add_part(&part, batch.body.data, batch.ends, 0, 3), 0);
    closed(&part, "[{0},{01},{002}]");
    dl_batch_clear(&part);
    assert_int_equal(dl_batch_add_part(&part, batch.body.data, batch.ends, 3, 7), 0);
    closed(&part, "[{0003},{00004},{000005},{0000006}]");
}

static size_t ends_of(const char *body, uint32_t *ends)
{
    return dl_batch_find_ends(body, strlen(body), ends);
}

static void the_ends_of_logs_are_found_again(void **state)
{
    static const char *const wrong[] = {"",      "[",           "[]",     "[{}",    "[{},]",
                                        "[{}]x", "[1]",         "[{}{}]", "[{},1]", "[{\"a\":\"}]",
                                        "{}",    "[{\"a\\\"}]", "[[{}]]"};
    uint32_t ends[DL_BATCH_ENTRIES];

    (void)state;
    assert_int_equal(ends_of("[{\"a\":\"}],{\\\"\",\"b\":[{},[1]]},{},{\"\\\\\":{}}]", ends), 3);
    assert_int_equal(ends[0], 28);
    assert_int_equal(ends[1], 31);
    assert_int_equal(ends[2], 41);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(ends_of(wrong[i], ends), 0);
    for (int i = 0; i < DL_BATCH_ENTRIES; i++)
        assert_int_equal(add(&batch, "{\"x\":\"]\"}", 9), 0);
    dl_batch_close(&batch);
    assert_int_equal(dl_batch_find_ends(batch.body.data, batch.body.len, ends), DL_BATCH_ENTRIES);
    assert_memory_equal(ends, batch.ends, sizeof ends);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(logs_become_one_array, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_thousand_logs_are_full, set_up, tear_down),
        cmocka_unit_test_setup_teardown(five_million_bytes_are_full_brackets_and_commas_included,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(halves_hold_the_same_logs, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_ends_of_logs_are_found_again, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
