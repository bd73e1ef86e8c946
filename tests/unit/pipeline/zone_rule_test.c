/* Rules of summer time as zone files end with them. */
#include "kit.h"

#include <stdlib.h>

#include "pipeline/date.h"
#include "pipeline/zone_rule.h"

static int64_t at(int64_t year, int64_t month, int64_t day, int64_t hour, int64_t minute)
{
    return dl_date_days(year, month, day) * 86400 + hour * 3600 + minute * 60;
}

static void expect(const char *rule, int64_t local, int64_t hours, int64_t minutes)
{
    int64_t offset = -1;

    if (!dl_zone_rule(text_of(rule), local, &offset))
        fail_msg("%s is no rule", rule);
    if (offset != hours * 3600 + minutes * 60)
        fail_msg("%s at %lld: %lld", rule, (long long)local, (long long)offset);
}

/* 2040: the last Sunday of March is the 25th, that of October the 28th. */
static void the_hours_around_a_change(void **state)
{
    static const char berlin[] = "CET-1CEST,M3.5.0,M10.5.0/3";

    (void)state;
    expect(berlin, at(2040, 3, 25, 1, 59), 1, 0);
    expect(berlin, at(2040, 3, 25, 2, 0), 2, 0);
    expect(berlin, at(2040, 3, 25, 3, 1), 2, 0);
    expect(berlin, at(2040, 10, 28, 2, 59), 2, 0); /* there twice */
    expect(berlin, at(2040, 10, 28, 3, 0), 1, 0);
    expect(berlin, at(2040, 12, 31, 23, 59), 1, 0);
    expect(berlin, at(2041, 1, 1, 0, 0), 1, 0);
    expect(berlin, at(9999, 7, 1, 0, 0), 2, 0);
    expect(berlin, at(1901, 7, 1, 0, 0), 2, 0);
}

static void weeks_counted_from_the_start(void **state)
{
    static const char new_york[] = "EST5EDT,M3.2.0,M11.1.0";

    (void)state;
    expect(new_york, at(2030, 3, 10, 1, 59), -5, 0);
    expect(new_york, at(2030, 3, 10, 2, 0), -4, 0);
    expect(new_york, at(2030, 11, 3, 1, 59), -4, 0);
    expect(new_york, at(2030, 11, 3, 2, 0), -5, 0);
}

static void summer_over_the_new_year(void **state)
{
    static const char sydney[] = "AEST-10AEDT,M10.1.0,M4.1.0/3";

    (void)state;
    expect(sydney, at(2040, 1, 1, 0, 0), 11, 0);
    expect(sydney, at(2040, 4, 1, 2, 59), 11, 0);
    expect(sydney, at(2040, 4, 1, 3, 0), 10, 0);
    expect(sydney, at(2040, 10, 7, 1, 59), 10, 0);
    expect(sydney, at(2040, 10, 7, 2, 0), 11, 0);
    expect(sydney, at(2040, 12, 31, 23, 59), 11, 0);
}

static void zones_without_changes_and_odd_ones(void **state)
{
    (void)state;
    expect("JST-9", at(2040, 7, 1, 0, 0), 9, 0);
    expect("<+0545>-5:45", at(2040, 7, 1, 0, 0), 5, 45);
    expect("<+01>-1", at(2100, 7, 1, 0, 0), 1, 0);
    expect("UTC0", at(2100, 7, 1, 0, 0), 0, 0);
    expect("IST-1GMT0,M10.5.0,M3.5.0/1", at(2040, 7, 1, 0, 0), 1, 0); /* winter is the exception */
    expect("IST-1GMT0,M10.5.0,M3.5.0/1", at(2040, 1, 1, 0, 0), 0, 0);
    expect("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", at(2040, 3, 24, 22, 59), -2, 0); /* before the day */
    expect("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", at(2040, 3, 24, 23, 0), -1, 0);
    expect("EET-2EEST,M3.4.4/50,M10.4.4/50", at(2040, 3, 24, 1, 59), 2, 0); /* two days after it */
    expect("EET-2EEST,M3.4.4/50,M10.4.4/50", at(2040, 3, 24, 2, 0), 3, 0);
    expect("LHST-10:30LHDT-11,M10.1.0,M4.1.0", at(2040, 1, 1, 0, 0), 11, 0); /* half an hour */
    expect("EST5EDT,0/0,J365/25", at(2040, 1, 1, 0, 0), -4, 0);              /* all the year */
    expect("EST5EDT,0/0,J365/25", at(2040, 12, 31, 23, 59), -4, 0);
}

/* J60 is the first of March in every year, 59 the 60th day. */
static void days_of_the_year(void **state)
{
    (void)state;
    expect("AAA0BBB,J60/0,J300/0", at(2040, 2, 29, 23, 59), 0, 0);
    expect("AAA0BBB,J60/0,J300/0", at(2040, 3, 1, 0, 0), 1, 0);
    expect("AAA0BBB,J60/0,J300/0", at(2041, 3, 1, 0, 0), 1, 0);
    expect("AAA0BBB,59/0,300/0", at(2040, 2, 29, 0, 0), 1, 0);
    expect("AAA0BBB,59/0,300/0", at(2041, 2, 28, 23, 59), 0, 0);
    expect("AAA0BBB,59/0,300/0", at(2041, 3, 1, 0, 0), 1, 0);
}

static void what_is_no_rule(void **state)
{
    static const char *const none[] = {"",
                                       "C",
                                       "CE-1",
                                       "CET",
                                       "CET-",
                                       "CET-1CEST",
                                       "CET-1CEST,",
                                       "CET-1CEST,M3.5.0",
                                       "CET-1CEST,M13.5.0,M10.5.0",
                                       "CET-1CEST,M0.5.0,M10.5.0",
                                       "CET-1CEST,M3.6.0,M10.5.0",
                                       "CET-1CEST,M3.0.0,M10.5.0",
                                       "CET-1CEST,M3.5.7,M10.5.0",
                                       "CET-1CEST,J0,J1",
                                       "CET-1CEST,J366,J1",
                                       "CET-1CEST,366,1",
                                       "CET-1CEST,M3.5.0/168,M10.5.0",
                                       "CET-1CEST,M3.5.0/2:60,M10.5.0",
                                       "CET-1CEST,M3.5.0,M10.5.0/",
                                       "CET-1CEST,M3.5.0,M10.5.0 ",
                                       "CET-999999999999999999999999",
                                       "<CET-1",
                                       "<>-1",
                                       "<+01>-1<",
                                       "CET-1\n"};
    int64_t offset;

    (void)state;
    for (size_t i = 0; i < LENGTH(none); i++)
        if (dl_zone_rule(text_of(none[i]), 0, &offset))
            fail_msg("\"%s\" is taken for a rule", none[i]);
    assert_false(dl_zone_rule((struct dl_text){"CET\0-1", 6}, 0, &offset));
}

/* Any bytes and any time give an answer within a week of UTC, and an end. */
static void hostile_rules(void **state)
{
    static const char letters[] = "CETM,J<>/.-+:0123459\n\377";
    static const int64_t times[] = {INT64_MIN / 4, -1, 0, INT64_MAX / 4};
    unsigned seed = 11;

    (void)state;
    for (int round = 0; round < 20000; round++) {
        char rule[40] = "CET-1CEST,M3.5.0,M10.5.0/3";
        int64_t offset = 0;

        for (int n = 0; n < 3; n++)
            rule[(size_t)rand_r(&seed) % 26] =
                letters[(size_t)rand_r(&seed) % (sizeof letters - 1)];
        for (size_t i = 0; i < LENGTH(times); i++)
            if (dl_zone_rule(text_of(rule), times[i], &offset))
                assert_true(offset > -168 * 3600 && offset < 168 * 3600);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ARENA_TEST(the_hours_around_a_change),
        ARENA_TEST(weeks_counted_from_the_start),
        ARENA_TEST(summer_over_the_new_year),
        ARENA_TEST(zones_without_changes_and_odd_ones),
        ARENA_TEST(days_of_the_year),
        ARENA_TEST(what_is_no_rule),
        ARENA_TEST(hostile_rules),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
