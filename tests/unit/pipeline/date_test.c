#include "kit.h"

#include "pipeline/date.h"
#include "pipeline/grok.h"
#include "pipeline/suite.h"

#define MARCH_7 INT64_C(1709769600000) /* 2024-03-07T00:00:00Z */
#define HOUR INT64_C(3600000)
#define DAY (24 * HOUR)

/* Through a rule, as dates are read: the milliseconds, or INT64_MIN when nothing comes of it. */
static int64_t read_date(const char *arguments, const char *text, int64_t now)
{
    struct dl_grok_result result;
    struct dl_grok *grok = NULL;
    struct dl_error err = {0};
    const struct dl_value *v;
    char rule[200];

    snprintf(rule, sizeof rule, "r %%{date(%s):d}", arguments);
    if (dl_grok_compile(&grok, DL_TEXT(""), text_of(rule), &err) < 0)
        fail_msg("%s: %s", arguments, err.text);
    dl_grok_parse(&result, grok, &arena, text_of(text), now);
    dl_grok_free(grok);
    v = result.attributes ? dl_value_get(result.attributes, "d") : NULL;
    return dl_value_is(v, DL_VALUE_INTEGER) ? v->of.integer : INT64_MIN;
}

struct date_case {
    const char *arguments, *text;
    int64_t ms;
};

static void all_are_read(const struct date_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        int64_t ms = read_date(cases[i].arguments, cases[i].text, DL_SUITE_NOW);

        if (ms != cases[i].ms)
            fail_msg("%s of %s: %lld", cases[i].arguments, cases[i].text, (long long)ms);
    }
}

static void every_letter_is_read(void **state)
{
    static const struct date_case cases[] = {
        {"\"yyyy-MM-dd\"", "2024-03-07", MARCH_7},
        {"\"YYYY-MM-dd\"", "2024-03-07", MARCH_7},
        {"\"yy/M/d\"", "24/3/7", MARCH_7},
        {"\"yy/M/d\"", "69/3/7", INT64_C(3129840000000)}, /* 2069 */
        {"\"yy/M/d\"", "70/3/7", INT64_C(5616000000)},    /* 1970 */
        {"\"dd MMM yyyy\"", "07 Mar 2024", MARCH_7},
        {"\"d MMM yyyy\"", "7 mar 2024", MARCH_7},
        {"\"d MMMM yyyy\"", "7 March 2024", MARCH_7},
        {"\"EEE d MMM yyyy\"", "Thu 7 Mar 2024", MARCH_7},
        {"\"EEEE d MMM yyyy\"", "Thursday 7 Mar 2024", MARCH_7},
        {"\"yyyy-D\"", "2024-67", MARCH_7},
        {"\"yyyy-DDD\"", "2024-067", MARCH_7},
        {"\"yyyy-MM-dd HH:mm:ss\"", "2024-03-07 13:14:15", MARCH_7 + 13 * HOUR + 855000},
        {"\"yyyy-MM-dd H:m:s\"", "2024-03-07 1:2:3", MARCH_7 + HOUR + 123000},
        {"\"yyyy-MM-dd hh:mm a\"", "2024-03-07 12:00 AM", MARCH_7},
        {"\"yyyy-MM-dd hh:mm a\"", "2024-03-07 12:00 pm", MARCH_7 + 12 * HOUR},
        {"\"yyyy-MM-dd h a\"", "2024-03-07 3 PM", MARCH_7 + 15 * HOUR},
        {"\"yyyy-MM-dd'T'HH:mm:ss.S\"", "2024-03-07T00:00:00.5", MARCH_7 + 500},
        {"\"yyyy-MM-dd'T'HH:mm:ss.SSS\"", "2024-03-07T00:00:00.123", MARCH_7 + 123},
        {"\"yyyy-MM-dd'T'HH:mm:ss.SSSSSSSSS\"", "2024-03-07T00:00:00.123456789", MARCH_7 + 123},
        {"\"yyyy-MM-dd'T'HH:mm:ss,SSS\"", "2024-03-07T00:00:00,007", MARCH_7 + 7},
        {"\"yyyy-MM-dd'T'HH:mm:ssZ\"", "2024-03-07T02:00:00+0200", MARCH_7},
        {"\"yyyy-MM-dd'T'HH:mm:ssZ\"", "2024-03-07T02:00:00+02:00", MARCH_7},
        {"\"yyyy-MM-dd'T'HH:mm:ssZZ\"", "2024-03-06T19:00:00-05", MARCH_7},
        {"\"yyyy-MM-dd'T'HH:mm:ssZ\"", "2024-03-07T00:00:00Z", MARCH_7},
        {"\"yyyy-MM-dd HH:mm z\"", "2024-03-07 00:00 UTC", MARCH_7},
        {"\"yyyy-MM-dd HH:mm z\"", "2024-03-06 19:00 EST", MARCH_7},
        {"\"yyyy-MM-dd HH:mm z\"", "2024-03-07 01:00 Europe/Paris", MARCH_7},
        {"\"yyyy''MM'x'dd\"", "2024'03x07", MARCH_7},
        {"\"dd/MMM/yyyy:HH:mm:ss Z\"", "07/Mar/2024:00:00:00 +0000", MARCH_7},
        {"\"[yyyy.MM.dd]\"", "[2024.03.07]", MARCH_7},
    };

    (void)state;
    all_are_read(cases, LENGTH(cases));
}

static void what_does_not_fit_is_no_date(void **state)
{
    static const struct date_case cases[] = {
        {"\"yyyy-MM-dd\"", "2024-3-07", INT64_MIN},
        {"\"yyyy-MM-dd\"", "24-03-07", INT64_MIN},
        {"\"yyyy-MM-dd\"", "2024-13-01", INT64_MIN},
        {"\"yyyy-MM-dd\"", "2024-00-01", INT64_MIN},
        {"\"yyyy-MM-dd\"", "2024-01-32", INT64_MIN},
        {"\"yyyy-MM-dd\"", "2024-04-31", INT64_MIN},
        {"\"yyyy-MM-dd\"", "2023-02-29", INT64_MIN},
        {"\"yyyy-MM-dd\"", "2024-01-00", INT64_MIN},
        {"\"yyyy-D\"", "2024-367", INT64_MIN},
        {"\"yyyy-D\"", "2023-366", INT64_MIN},
        {"\"yyyy-D HH\"", "2024-1 99", INT64_MIN},
        {"\"dd MMM\"", "07 Foo", INT64_MIN},
        {"\"HH:mm\"", "25:00", INT64_MIN},
        {"\"HH:mm\"", "10:60", INT64_MIN},
        {"\"ss.SSS\"", "10.12", INT64_MIN},
        {"\"MMM  d\"", "Mar 7", INT64_MIN},
        {"\"yyyy-MM-dd z\"", "2024-03-07 XYZ", INT64_MIN},
        {"\"yyyy-MM-dd z\"", "2024-03-07 Europe/Atlantis", INT64_MIN},
    };

    (void)state;
    all_are_read(cases, LENGTH(cases));
    assert_int_equal(read_date("\"yyyy-MM-dd\"", "2024-02-29", 0), MARCH_7 - 7 * DAY);
}

static void an_argument_gives_the_zone_where_the_text_has_none(void **state)
{
    static const struct date_case cases[] = {
        {"\"yyyy-MM-dd HH\", \"UTC\"", "2024-03-07 00", MARCH_7},
        {"\"yyyy-MM-dd HH\", \"+5\"", "2024-03-07 05", MARCH_7},
        {"\"yyyy-MM-dd HH\", \"UTC+5\"", "2024-03-07 05", MARCH_7},
        {"\"yyyy-MM-dd HH:mm\", \"+05:30\"", "2024-03-07 05:30", MARCH_7},
        {"\"yyyy-MM-dd HH\", \"-0800\"", "2024-03-06 16", MARCH_7},
        {"\"yyyy-MM-dd HH\", \"PST\"", "2024-03-06 16", MARCH_7},
        {"\"yyyy-MM-dd HH\", \"Europe/Paris\"", "2024-03-07 01", MARCH_7},
        {"\"yyyy-MM-dd HH\", \"America/New_York\"", "2024-03-06 19", MARCH_7},
        {"\"yyyy-MM-dd HH Z\", \"Europe/Paris\"", "2024-03-07 00 +0000", MARCH_7},
        {"\"yyyy-MM-dd HH\", \"Nowhere/City\"", "2024-03-07 00", INT64_MIN},
        {"\"yyyy-MM-dd HH\", \"UTC\", \"en\"", "2024-03-07 00", MARCH_7},
    };

    (void)state;
    all_are_read(cases, LENGTH(cases));
}

static void zones_know_summer_time(void **state)
{
    static const struct {
        const char *zone;
        int64_t local; /* seconds */
        int64_t offset;
    } cases[] = {
        {"Europe/Paris", MARCH_7 / 1000, 3600},
        {"Europe/Paris", MARCH_7 / 1000 + INT64_C(120) * 86400, 7200},
        /* 2024-03-31: 01:59 is winter, 03:01 summer; 2024-10-27 04:00 winter again */
        {"Europe/Paris", 1711850340, 3600},
        {"Europe/Paris", 1711854060, 7200},
        {"Europe/Paris", 1730001600, 3600},
        {"America/New_York", 1720000000, -14400},
        {"America/New_York", 1704067200, -18000},
        {"Asia/Kolkata", MARCH_7 / 1000, 19800},
        {"Australia/Sydney", 1704067200, 39600}, /* January is summer there */
        {"America/Sao_Paulo", 1545000000, -7200},
        {"Europe/Paris", -3000000000, 561}, /* local mean time */
        /* past the last change of the tables: 2030-07-01, 2040-07-01, 2040-01-01 */
        {"Europe/Berlin", 1909094400, 7200},
        {"Europe/Berlin", 2224713600, 7200},
        {"Europe/Berlin", 2208988800, 3600},
        {"America/New_York", 2224713600, -14400},
        {"America/New_York", 2208988800, -18000},
        {"Australia/Sydney", 2224713600, 36000},
        {"Australia/Sydney", 2208988800, 39600},
        {"Asia/Tokyo", 2224713600, 32400},
        {"Africa/Casablanca", 4102444800, 3600}, /* 2100 */
        {"Europe/Dublin", 2224713600, 3600},     /* winter is the exception there */
        {"Europe/Dublin", 2208988800, 0},
        {"+5", 0, 18000},
        {"-05", 0, -18000},
        {"+0530", 0, 19800},
        {"+05:30", 0, 19800},
        {"+5:30", 0, 19800},
        {"Z", 0, 0},
        {"utc", 0, 0},
        {"GMT-3", 0, -10800},
        {"CEST", 0, 7200},
        {"NST", 0, -12600},
        {"IST", 0, 19800},
    };
    static const char *const none[] = {
        "",        "+",        "+x", "+123",          "+12345",      "+24",
        "+0160",   "Europe",   "X",  "../etc/passwd", "/etc/passwd", "UTC+x",
        "Europe/", "tzdata.zi"};
    int64_t offset;

    (void)state;
    for (size_t i = 0; i < LENGTH(cases); i++)
        if (!dl_zone_offset(text_of(cases[i].zone), cases[i].local, &offset) ||
            offset != cases[i].offset)
            fail_msg("%s at %lld", cases[i].zone, (long long)cases[i].local);
    for (size_t i = 0; i < LENGTH(none); i++)
        if (dl_zone_offset(text_of(none[i]), 0, &offset))
            fail_msg("%s is a zone", none[i]);
}

/* The tests of assets run at the end of 1970: half a year back and half a year ahead. */
static void a_date_without_a_year_is_near_to_now(void **state)
{
    static const struct date_case cases[] = {
        {"\"MMM dd HH:mm:ss\"", "Jan 01 00:00:00", 365 * DAY},
        {"\"MMM dd HH:mm:ss\"", "Dec 31 00:00:00", 364 * DAY},
        {"\"MMM dd\"", "Jun 15", (365 + 165) * DAY},
        {"\"MMM dd\"", "Jul 15", 195 * DAY},
        {"\"MM/dd\"", "12/01", 334 * DAY},
        {"\"HH:mm:ss\"", "01:00:00", 364 * DAY + HOUR}, /* no date at all */
    };

    (void)state;
    all_are_read(cases, LENGTH(cases));
    /* in use: what seems far ahead was last year */
    assert_int_equal(read_date("\"MMM dd\"", "Mar 07", MARCH_7 + DAY), MARCH_7);
    assert_int_equal(read_date("\"MMM dd\"", "Dec 25", MARCH_7), INT64_C(1703462400000));
    assert_int_equal(read_date("\"MMM dd\"", "Mar 08", MARCH_7), MARCH_7 + DAY);
}

static void a_remapper_takes_iso_dates_and_milliseconds(void **state)
{
    static const struct {
        const char *text;
        int64_t ms;
    } cases[] = {
        {"2024-03-07T00:00:00Z", MARCH_7},
        {"2024-03-07T00:00Z", MARCH_7},
        {"2024-03-07T00:00:00", MARCH_7},
        {"2024-03-07T00:00:00.5Z", MARCH_7 + 500},
        {"2024-03-07T00:00:00.123456789Z", MARCH_7 + 123},
        {"2024-03-07T02:00:00+02:00", MARCH_7},
        {"2024-03-06T19:00:00.000-0500", MARCH_7},
        {"1709769600000", MARCH_7},
        {"1709769600", INT64_C(1709769600)},
        {"-1", -1},
    };
    static const char *const none[] = {"",
                                       "2024/03/07 00:00:00",
                                       "2024-03-07 00:00:00",
                                       "2024-03-07",
                                       "2024-13-07T00:00:00Z",
                                       "2024-03-07T25:00:00Z",
                                       "2023-02-29T00:00:00Z",
                                       "2024-03-07T00:00:00 Mars",
                                       "1709769600.5",
                                       "Thu Mar  7",
                                       "yesterday"};
    int64_t ms;

    (void)state;
    for (size_t i = 0; i < LENGTH(cases); i++)
        if (!dl_date_official(text_of(cases[i].text), &ms) || ms != cases[i].ms)
            fail_msg("%s", cases[i].text);
    for (size_t i = 0; i < LENGTH(none); i++)
        if (dl_date_official(text_of(none[i]), &ms))
            fail_msg("%s is a date", none[i]);
}

static void letters_that_are_none_are_refused(void **state)
{
    struct dl_error err = {0};
    struct dl_buffer out;

    (void)state;
    dl_buffer_init(&out, 4096);
    assert_int_equal(dl_date_regex(&out, DL_TEXT("yyyy-QQ"), &err), -DL_E_VALUE);
    assert_string_equal(err.text, "the date pattern knows no letter \"Q\"");
    dl_buffer_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ARENA_TEST(every_letter_is_read),
        ARENA_TEST(what_does_not_fit_is_no_date),
        ARENA_TEST(an_argument_gives_the_zone_where_the_text_has_none),
        cmocka_unit_test(zones_know_summer_time),
        ARENA_TEST(a_date_without_a_year_is_near_to_now),
        cmocka_unit_test(a_remapper_takes_iso_dates_and_milliseconds),
        cmocka_unit_test(letters_that_are_none_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
