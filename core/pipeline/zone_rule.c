#include "pipeline/zone_rule.h"

#include "pipeline/date.h"

#define DAY INT64_C(86400)
#define CYCLE_DAYS INT64_C(146097) /* 400 years: the calendar repeats, with its weekdays */
#define CYCLE_FROM 2000            /* a year that such a cycle begins with */
#define HOURS_MAX 167              /* of a time of day in a rule: a week's (RFC 8536, 3.3.1) */
#define NAME_LEAST 3

/* The day and time of a change. */
struct change {
    enum { BY_WEEK, BY_DAY, BY_DAY_WITHOUT_LEAP } kind;
    int64_t month, week, weekday; /* week 5: the last one */
    int64_t day;                  /* of the year, from 0; without leap days from 1 */
    int64_t time;                 /* seconds, also below 0 and past 24 hours */
};

/* A text that is read from its start. */
struct cursor {
    const char *at, *end;
};

static bool take(struct cursor *c, char sign)
{
    if (c->at == c->end || *c->at != sign)
        return false;
    c->at++;
    return true;
}

/* Digits, for a number of at most this. */
static bool take_number(struct cursor *c, int64_t most, int64_t *number)
{
    const char *begin = c->at;

    *number = 0;
    for (; c->at < c->end && *c->at >= '0' && *c->at <= '9'; c->at++) {
        *number = *number * 10 + (*c->at - '0');
        if (*number > most)
            return false;
    }
    return c->at > begin;
}

/* "CET" or "<+03>" */
static bool take_name(struct cursor *c)
{
    bool quoted = take(c, '<');
    const char *begin = c->at;

    for (; c->at < c->end; c->at++) {
        bool letter = (*c->at | 32) >= 'a' && (*c->at | 32) <= 'z';
        bool more = (*c->at >= '0' && *c->at <= '9') || *c->at == '+' || *c->at == '-';

        if (!letter && !(quoted && more))
            break;
    }
    return c->at - begin >= NAME_LEAST && (!quoted || take(c, '>'));
}

/* "[+-]hh[:mm[:ss]]" in seconds */
static bool take_time(struct cursor *c, int64_t *seconds)
{
    bool minus = take(c, '-');
    int64_t hours, minutes = 0, rest = 0;

    if (!minus)
        (void)take(c, '+');
    if (!take_number(c, HOURS_MAX, &hours) || (take(c, ':') && !take_number(c, 59, &minutes)))
        return false;
    if (take(c, ':') && !take_number(c, 59, &rest))
        return false;
    *seconds = hours * 3600 + minutes * 60 + rest;
    if (minus)
        *seconds = -*seconds;
    return true;
}

/* ",M3.5.0/2", ",J60", ",59" */
static bool take_change(struct cursor *c, struct change *out)
{
    *out = (struct change){.kind = BY_DAY, .time = INT64_C(2) * 3600};
    if (!take(c, ','))
        return false;
    if (take(c, 'M')) {
        out->kind = BY_WEEK;
        if (!take_number(c, 12, &out->month) || !take(c, '.') || !take_number(c, 5, &out->week) ||
            !take(c, '.') || !take_number(c, 6, &out->weekday) || !out->month || !out->week)
            return false;
    } else if (take(c, 'J')) {
        out->kind = BY_DAY_WITHOUT_LEAP;
        if (!take_number(c, 365, &out->day) || !out->day)
            return false;
    } else if (!take_number(c, 365, &out->day)) {
        return false;
    }
    return !take(c, '/') || take_time(c, &out->time);
}

/* The day that the change falls on in a year, from 1970. */
static int64_t day_of(const struct change *c, int64_t year)
{
    int64_t first = dl_date_days(year, 1, 1), day, next;
    bool leap = dl_date_days(year + 1, 1, 1) - first == 366;

    if (c->kind == BY_DAY)
        return first + c->day;
    if (c->kind == BY_DAY_WITHOUT_LEAP)
        return first + c->day - 1 + (leap && c->day >= 60);
    first = dl_date_days(year, c->month, 1);
    next = c->month == 12 ? dl_date_days(year + 1, 1, 1) : dl_date_days(year, c->month + 1, 1);
    day = first + ((c->weekday - (first + 4)) % 7 + 7) % 7; /* 1970-01-01 was a Thursday */
    day += (c->week - 1) * 7;
    return day < next ? day : day - 7;
}

static int64_t year_of(int64_t day)
{
    int64_t year = 1970 + day / 366;

    while (dl_date_days(year + 1, 1, 1) <= day)
        year++;
    return year;
}

/* Whether a local time is between the two changes, each by the clock that it ends. */
static bool is_summer(const struct change *start, const struct change *end, int64_t local)
{
    int64_t day = local / DAY - (local % DAY < 0), begin = dl_date_days(CYCLE_FROM, 1, 1);
    int64_t moved = begin + ((day - begin) % CYCLE_DAYS + CYCLE_DAYS) % CYCLE_DAYS;
    int64_t year = year_of(moved), from, to;

    local += (moved - day) * DAY;
    from = day_of(start, year) * DAY + start->time;
    to = day_of(end, year) * DAY + end->time;
    return from < to ? local >= from && local < to : local >= from || local < to;
}

bool dl_zone_rule(struct dl_text rule, int64_t local, int64_t *offset)
{
    struct cursor c = {rule.at, rule.at + rule.len};
    struct change start, end;
    int64_t winter, summer;

    if (!take_name(&c) || !take_time(&c, &winter))
        return false;
    *offset = -winter; /* POSIX counts west of Greenwich */
    if (c.at == c.end)
        return true;
    summer = winter - 3600;
    if (!take_name(&c) || (c.at < c.end && *c.at != ',' && !take_time(&c, &summer)) ||
        !take_change(&c, &start) || !take_change(&c, &end) || c.at != c.end)
        return false;
    if (is_summer(&start, &end, local))
        *offset = -summer;
    return true;
}
