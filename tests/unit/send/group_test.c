#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "send/group.h"

/* Where the logs of a group go: each in brackets with the offset behind it. */
struct taken {
    char text[4000];
    size_t used;
    size_t largest, count;
    int answer; /* what the next take returns */
};

static int take(void *context, const char *text, size_t len, uint64_t behind, struct dl_error *err)
{
    struct taken *t = context;

    (void)err;
    if (t->answer)
        return t->answer;
    t->count++;
    if (len > t->largest)
        t->largest = len;
    if (len < 100)
        t->used += (size_t)snprintf(t->text + t->used, sizeof t->text - t->used, "[%.*s]%u",
                                    (int)len, text, (unsigned)behind);
    return 0;
}

static regex_t pattern;

static void lines(struct group *g, const char *const *list, int64_t now)
{
    unsigned behind = 0;

    for (; *list; list++)
        assert_int_equal(group_line(g, *list, strlen(*list), behind += 10, now, NULL), 0);
}

static void without_a_pattern_each_line_is_a_log_and_an_empty_one_is_none(void **state)
{
    static const char *const in[] = {"a", "", " b", NULL};
    struct taken t = {.used = 0};
    struct group g;

    (void)state;
    group_init(&g, NULL, take, &t);
    lines(&g, in, 0);
    assert_string_equal(t.text, "[a]10[ b]30");
    assert_int_equal(group_wait(&g, 0), -1);
    group_free(&g);
}

static void lines_that_do_not_start_a_log_join_the_one_before(void **state)
{
    static const char *const in[] = {"  cut off", "2026 one", "\tat x",   "",           "\tat y",
                                     "",          "",         "2026 two", "2027 three", NULL};
    struct taken t = {.used = 0};
    struct group g;

    (void)state;
    group_init(&g, &pattern, take, &t);
    lines(&g, in, 0);
    assert_string_equal(t.text, "[  cut off]10[2026 one\n\tat x\n\n\tat y]70[2026 two]80");
    assert_int_equal(group_flush(&g, NULL), 0);
    assert_string_equal(t.text + strlen(t.text) - 14, "[2027 three]90");
    assert_int_equal(group_flush(&g, NULL), 0);
    assert_int_equal(t.count, 4);
    group_free(&g);
}

static void an_open_log_is_due_a_second_after_its_last_line(void **state)
{
    struct taken t = {.used = 0};
    struct group g;

    (void)state;
    group_init(&g, &pattern, take, &t);
    assert_int_equal(group_line(&g, "20", 2, 1, 5000, NULL), 0);
    assert_int_equal(group_wait(&g, 5000), 1000);
    assert_int_equal(group_line(&g, " more", 5, 2, 5400, NULL), 0);
    assert_int_equal(group_wait(&g, 6399), 1);
    assert_int_equal(group_wait(&g, 6400), 0);
    assert_int_equal(group_wait(&g, 9000), 0);
    assert_int_equal(group_flush(&g, NULL), 0);
    assert_int_equal(group_wait(&g, 9000), -1);
    group_free(&g);
}

static void a_log_ends_at_its_limit_and_the_rest_is_the_next(void **state)
{
    static char line[1000];
    struct taken t = {.used = 0};
    struct group g;

    (void)state;
    memset(line, 'x', sizeof line);
    group_init(&g, &pattern, take, &t);
    assert_int_equal(group_line(&g, "20", 2, 1, 0, NULL), 0);
    for (int i = 0; i < 2500; i++)
        assert_int_equal(group_line(&g, line, sizeof line, 1, 0, NULL), 0);
    assert_int_equal(group_flush(&g, NULL), 0);
    assert_int_equal(t.count, 3);
    assert_int_equal(g.split, 2);
    assert_true(t.largest <= GROUP_MAX && t.largest > GROUP_MAX - 1002);
    group_free(&g);
}

static void what_the_taker_refuses_is_kept(void **state)
{
    struct taken t = {.used = 0};
    struct group g;

    (void)state;
    group_init(&g, &pattern, take, &t);
    assert_int_equal(group_line(&g, "20a", 3, 1, 0, NULL), 0);
    t.answer = -DL_E_CANCELLED;
    assert_int_equal(group_line(&g, "20b", 3, 2, 0, NULL), -DL_E_CANCELLED);
    t.answer = 0;
    assert_int_equal(group_line(&g, "20b", 3, 2, 0, NULL), 0);
    assert_string_equal(t.text, "[20a]1");
    group_free(&g);
}

static void bytes_that_are_no_text_are_looked_at_as_they_are(void **state)
{
    struct taken t = {.used = 0};
    struct group g;

    (void)state;
    group_init(&g, &pattern, take, &t);
    assert_int_equal(group_line(&g, "20\0\xff", 4, 1, 0, NULL), 0);
    assert_int_equal(group_line(&g, "\xff\0", 2, 2, 0, NULL), 0);
    assert_int_equal(group_line(&g, "20", 2, 3, 0, NULL), 0);
    assert_int_equal(t.count, 1);
    assert_int_equal(t.largest, 7);
    group_free(&g);
}

static void a_pattern_that_is_none_is_refused_in_words(void **state)
{
    static const char *const bad[] = {"(", "[a", "a{2"};
    char longest[GROUP_PATTERN_MAX + 2];
    struct dl_error err;
    regex_t unused;

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(group_pattern(&unused, bad[i], &err), -DL_E_USAGE);
        assert_non_null(strstr(err.text, "--multiline-start"));
    }
    memset(longest, 'a', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    assert_int_equal(group_pattern(&unused, longest, &err), -DL_E_USAGE);
    longest[sizeof longest - 2] = '\0';
    assert_int_equal(group_pattern(&unused, longest, &err), 0);
    regfree(&unused);
}

static int set_up(void **state)
{
    (void)state;
    return group_pattern(&pattern, "^20([0-9]{2})?", NULL);
}

static int tear_down(void **state)
{
    (void)state;
    regfree(&pattern);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_pattern_each_line_is_a_log_and_an_empty_one_is_none),
        cmocka_unit_test(lines_that_do_not_start_a_log_join_the_one_before),
        cmocka_unit_test(an_open_log_is_due_a_second_after_its_last_line),
        cmocka_unit_test(a_log_ends_at_its_limit_and_the_rest_is_the_next),
        cmocka_unit_test(what_the_taker_refuses_is_kept),
        cmocka_unit_test(bytes_that_are_no_text_are_looked_at_as_they_are),
        cmocka_unit_test(a_pattern_that_is_none_is_refused_in_words),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
