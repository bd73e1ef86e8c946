#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "net/http_private.h"

#define NOON INT64_C(1779019200000) /* Sun, 17 May 2026 12:00:00 GMT */
#define HOUR INT64_C(3600000)

static void the_wait_is_read_from_seconds_and_dates_and_never_exceeds_an_hour(void **state)
{
    static const struct {
        const char *retry_after, *reset, *date;
        int64_t wait;
    } rows[] = {
        {"", "", "", -1},
        {"0", "", "", 0},
        {"7", "", "", 7000},
        {"3600", "", "", HOUR},
        {"3601", "", "", HOUR},
        {"1000000000000", "", "", HOUR},
        {"99999999999999999999999999999999999999", "", "", HOUR},
        {"-5", "", "", -1},
        {"+5", "", "", -1},
        {"1.5", "", "", -1},
        {"5 s", "", "", -1},
        {"soon", "", "", -1},
        {"Mon", "", "", -1},
        {"12:00", "", "", -1},
        {"Sun, 17 May 2026 12:00:30 GMT", "", "", 30000},
        {"Sun, 17 May 2026 11:59:00 GMT", "", "", 0},
        {"Sun, 17 May 2026 23:00:00 GMT", "", "", HOUR},
        {"Sunday, 17-May-26 12:00:30 GMT", "", "", 30000},
        {"Sun May 17 12:00:30 2026", "", "", 30000},
        /* the server's clock counts, not ours */
        {"Mon, 18 May 2026 01:00:10 GMT", "", "Mon, 18 May 2026 01:00:00 GMT", 10000},
        {"Sun, 17 May 2026 12:00:30 GMT", "", "garbage", 30000},
        {"", "9", "", 9000},
        {"", "-9", "", -1},
        {"", "1779019200", "", HOUR},
        {"2", "9", "", 2000},
        {"soon", "9", "", 9000},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int64_t wait = dl_http_header_wait(rows[i].retry_after, rows[i].reset, rows[i].date, NOON);

        if (wait != rows[i].wait)
            fail_msg("Retry-After '%s', reset '%s': %ld", rows[i].retry_after, rows[i].reset,
                     (long)wait);
    }
}

static bool take(struct dl_http_transfer *transfer, const char *line)
{
    return dl_http_header_take(transfer, line, strlen(line));
}

static void known_headers_are_kept_in_any_case_and_cleaned(void **state)
{
    static struct dl_http_transfer transfer;

    (void)state;
    assert_true(take(&transfer, "HTTP/1.1 429 Too Many\r\n"));
    assert_true(take(&transfer, "content-TYPE:  text/html; charset=x \r\n"));
    assert_true(take(&transfer, "Location: https://x/\x1b]0;t\x07\r\n"));
    assert_true(take(&transfer, "Date: Sun, 17 May 2026 12:00:00 GMT\r\n"));
    assert_true(take(&transfer, "Retry-After: 7\r\n"));
    assert_true(take(&transfer, "X-RateLimit-Reset: 8\r\n"));
    assert_true(take(&transfer, "\r\n"));
    assert_string_equal(transfer.answer.content_type, "text/html; charset=x");
    assert_null(strchr(transfer.answer.location, '\x1b'));
    assert_string_equal(transfer.answer.date, "Sun, 17 May 2026 12:00:00 GMT");
    assert_string_equal(transfer.retry_after, "7");
    assert_string_equal(transfer.rate_limit_reset, "8");
}

static void too_many_headers_and_too_many_bytes_are_refused(void **state)
{
    static struct dl_http_transfer many, large;
    char line[1024];

    (void)state;
    for (int i = 0; i < DL_HTTP_HEADERS_MAX; i++)
        assert_true(take(&many, "X: y\r\n"));
    assert_false(take(&many, "X: y\r\n"));

    memset(line, 'x', sizeof line);
    for (int i = 0; i < DL_HTTP_HEADER_BYTES_MAX / 1024; i++)
        assert_true(dl_http_header_take(&large, line, sizeof line));
    assert_false(take(&large, "x"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_wait_is_read_from_seconds_and_dates_and_never_exceeds_an_hour),
        cmocka_unit_test(known_headers_are_kept_in_any_case_and_cleaned),
        cmocka_unit_test(too_many_headers_and_too_many_bytes_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
