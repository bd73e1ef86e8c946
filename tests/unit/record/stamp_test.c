#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "record/stamp.h"

#define NOW INT64_C(1795363200000) /* 2026-11-22T16:00:00Z */
#define HOUR INT64_C(3600000)

static struct dl_stamp stamp_of(const char *json)
{
    struct dl_stamp stamp = {0, NULL, 0};
    struct dl_scan scan;
    struct dl_member m;

    assert_true(dl_scan_begin(&scan, json, strlen(json)));
    while (dl_scan_next(&scan, &m) > 0)
        dl_stamp_offer(&stamp, &m, m.name, m.name_length);
    return stamp;
}

static void every_form_that_datadog_reads_is_read(void **state)
{
    static const struct {
        const char *value;
        int64_t ms;
    } cases[] = {
        {"\"2026-11-22T16:00:00Z\"", NOW},
        {"\"2026-11-22T16:00:00\"", NOW},
        {"\"2026-11-22T16:00:00.5Z\"", NOW + 500},
        {"\"2026-11-22T16:00:00,123456789Z\"", NOW + 123},
        {"\"2026-11-22T18:00:00+02:00\"", NOW},
        {"\"2026-11-22T18:30:00+0230\"", NOW},
        {"\"2026-11-22T11:00:00-05\"", NOW},
        {"\"1970-01-01T00:00:00Z\"", 0},
        {"\"1969-12-31T23:59:59Z\"", -1000},
        {"\"2024-02-29T00:00:00Z\"", INT64_C(1709164800000)},
        {"\"2100-03-01T00:00:00Z\"", INT64_C(4107542400000)},
        {"\"Nov 22 16:00:00\"", NOW},
        {"\"Nov  2 16:00:00\"", NOW - 20 * 24 * HOUR},
        {"\"Nov 2 16:00:00\"", NOW - 20 * 24 * HOUR},
        {"\"Nov 02 16:00:00\"", NOW - 20 * 24 * HOUR},
        {"\"Jan  1 00:00:00\"", NOW + (39 * 24 + 8) * HOUR},
        {"1795363200000", NOW},
        {"\"1795363200000\"", NOW},
        {"1795363200000.75", NOW},
        {"1795363200", INT64_C(1795363200)}, /* seconds are read as milliseconds */
        {"0", 0},
        {"-5", -5},
        {"1795363200000000000", INT64_C(179536320000000000)}, /* nanoseconds: far away */
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct dl_stamp stamp = {1, cases[i].value, strlen(cases[i].value)};
        int64_t ms = -99;

        if (!dl_stamp_read(&stamp, NOW, &ms))
            fail_msg("%s was not read", cases[i].value);
        if (ms != cases[i].ms)
            fail_msg("%s was read as %lld", cases[i].value, (long long)ms);
    }
}

static void any_other_form_is_left_alone(void **state)
{
    static const char *const values[] = {
        "\"\"",
        "\"x\"",
        "\"2026-11-22\"",
        "\"2026-11-22 16:00:00\"",
        "\"2026/11/22T16:00:00Z\"",
        "\"2026-13-22T16:00:00Z\"",
        "\"2026-11-22T24:00:00Z\"",
        "\"2026-11-22T16:00\"",
        "\"2026-11-22T16:00:00Zulu\"",
        "\"2026-11-22T16:00:00+2\"",
        "\"2026-11-22T16:00:00+02:\"",
        "\"Nov 22\"",
        "\"Nov 22 16:00:00 2026\"",
        "\"Nov 32 16:00:00\"",
        "\"nov 22 16:00:00\"",
        "\"No\"",
        "\"1795363200.859\"",
        "\"17953632e5\"",
        "\"-\"",
        "17953632e5",
    };

    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        struct dl_stamp stamp = {1, values[i], strlen(values[i])};
        int64_t ms = -99;

        if (dl_stamp_read(&stamp, NOW, &ms))
            fail_msg("%s was read as %lld", values[i], (long long)ms);
        assert_int_equal(ms, -99);
    }
}

static void the_attribute_is_the_one_that_datadog_looks_at_first(void **state)
{
    static const struct {
        const char *json, *value; /* NULL: none */
    } cases[] = {
        {"{}", NULL},
        {"{\"time\":1,\"timestamps\":2,\"TIMESTAMP\":3}", NULL},
        {"{\"timestamp\":1}", "1"},
        {"{\"timestamp\":1,\"@timestamp\":2,\"date\":3}", "2"},
        {"{\"date\":3,\"eventTime\":4,\"published_date\":5}", "4"},
        {"{\"published_date\":5,\"syslog.timestamp\":6}", "5"},
        {"{\"syslog\":{\"a\":0,\"timestamp\":\"7\"}}", "\"7\""},
        {"{\"syslog\":{\"timestamp\":7},\"date\":8}", "8"},
        {"{\"syslog\":\"timestamp\",\"_timestamp\":9,\"Timestamp\":10}", "9"},
        {"{\"@timestamp\":null,\"timestamp\":[1],\"date\":{\"timestamp\":2}}", NULL},
        {"{\"@timestamp\":null,\"date\":-3}", "-3"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct dl_stamp stamp = stamp_of(cases[i].json);

        assert_int_equal(stamp.rank != 0, cases[i].value != NULL);
        if (cases[i].value) {
            assert_int_equal(stamp.length, strlen(cases[i].value));
            assert_memory_equal(stamp.value, cases[i].value, stamp.length);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_form_that_datadog_reads_is_read),
        cmocka_unit_test(any_other_form_is_left_alone),
        cmocka_unit_test(the_attribute_is_the_one_that_datadog_looks_at_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
