#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "check/internal.h"

static void test_dates_of_headers_and_certificates_are_read(void **state)
{
    static const struct {
        const char *text;
        int64_t ms;
    } rows[] = {{"Sun, 06 Nov 1994 08:49:37 GMT", 784111777000},
                {"Nov  6 08:49:37 1994 GMT", 784111777000},
                {"Thu, 01 Jan 1970 00:00:00 GMT", 0},
                {"Dec 31 23:59:59 9999 GMT", 253402300799000}};
    int64_t ms = -1;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_true(dl_date_parse(rows[i].text, &ms));
        assert_int_equal(ms, rows[i].ms);
    }
}

static void test_what_is_no_date_is_refused(void **state)
{
    static const char *const rows[] = {"",
                                       "yesterday",
                                       "Sun, 06 Foo 1994 08:49:37 GMT",
                                       "Sun, 32 Nov 1994 08:49:37 GMT",
                                       "Sun, 06 Nov 1994 24:49:37 GMT",
                                       "Sun, 06 Nov 1994 08:49:37 CET",
                                       "Sun, 06 Nov 1994 08:49 GMT",
                                       "Sun, 06 Nov 1869 08:49:37 GMT"};
    int64_t ms = 42;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_false(dl_date_parse(rows[i], &ms));
    assert_int_equal(ms, 42);
}

static void test_spans_are_told_in_their_largest_unit(void **state)
{
    static const struct {
        int64_t ms;
        const char *text;
    } rows[] = {
        {0, "0 seconds"},           {1000, "1 second"},       {59999, "59 seconds"},
        {60000, "1 minute"},        {7 * 60000, "7 minutes"}, {3600000, "1 hour"},
        {18 * 3600000, "18 hours"}, {86400000, "1 day"},      {86400000LL * 211, "211 days"}};
    char text[32];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        dl_date_span(rows[i].ms, text, sizeof text);
        assert_string_equal(text, rows[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dates_of_headers_and_certificates_are_read),
        cmocka_unit_test(test_what_is_no_date_is_refused),
        cmocka_unit_test(test_spans_are_told_in_their_largest_unit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
