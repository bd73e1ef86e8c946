#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "send/notices.h"

static struct notices notices;

static int set_up(void **state)
{
    (void)state;
    return notices_init(&notices, NULL);
}

static int tear_down(void **state)
{
    (void)state;
    notices_free(&notices);
    return 0;
}

static bool readable(void)
{
    struct pollfd fd = {.fd = notices.fd, .events = POLLIN};

    return poll(&fd, 1, 0) == 1;
}

static void what_is_added_comes_out_in_order_and_wakes(void **state)
{
    struct notice got;

    (void)state;
    assert_false(readable());
    for (int round = 0; round < 20; round++) { /* the ring goes round */
        notices_add(&notices, "E-A", "one");
        notices_add(&notices, "E-B", "two");
        assert_true(readable());
        assert_true(notices_take(&notices, &got));
        assert_string_equal(got.code, "E-A");
        assert_true(readable());
        assert_true(notices_take(&notices, &got));
        assert_string_equal(got.text, "two");
        assert_false(readable());
        assert_false(notices_take(&notices, &got));
    }
}

static void the_last_word_is_kept_when_nobody_listens(void **state)
{
    struct notice got = {.code = ""};
    char text[32];
    int count = 0;

    (void)state;
    for (int i = 0; i < 1000; i++) {
        snprintf(text, sizeof text, "%d", i);
        notices_add(&notices, "E-A", text);
    }
    while (notices_take(&notices, &got))
        count++;
    assert_int_equal(count, NOTICES_MAX);
    assert_string_equal(got.text, "999");
}

static void *add_many(void *unused)
{
    for (int i = 0; i < 1000; i++)
        notices_add(&notices, "E-A", "from a thread");
    return unused;
}

static void threads_may_add_while_one_takes(void **state)
{
    pthread_t threads[4];
    struct notice got;

    (void)state;
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, add_many, NULL), 0);
    for (int i = 0; i < 2000; i++)
        if (notices_take(&notices, &got))
            assert_string_equal(got.text, "from a thread");
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    while (notices_take(&notices, &got))
        assert_string_equal(got.text, "from a thread");
    assert_false(readable());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_added_comes_out_in_order_and_wakes, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(the_last_word_is_kept_when_nobody_listens, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(threads_may_add_while_one_takes, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
