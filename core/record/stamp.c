#include "record/stamp.h"

#include <string.h>

#define DAY_MS (24 * 3600 * INT64_C(1000))

/* ---- which attribute ---- */

enum { SYSLOG = 8, RANK_COUNT = 8 };

static unsigned rank_of(const char *name, size_t length)
{
    static const struct {
        const char *name;
        size_t length;
    } names[RANK_COUNT] = {{"@timestamp", 10},     {"timestamp", 9},        {"_timestamp", 10},
                           {"Timestamp", 9},       {"eventTime", 9},        {"date", 4},
                           {"published_date", 14}, {"syslog.timestamp", 16}};

    for (unsigned i = 0; i < RANK_COUNT; i++)
        if (names[i].length == length && names[i].name[0] == name[0] &&
            memcmp(names[i].name, name, length) == 0)
            return i + 1;
    return 0;
}

static void take(struct dl_stamp *stamp, unsigned rank, const struct dl_member *m)
{
    bool dated = *m->value == '"' || *m->value == '-' || (*m->value >= '0' && *m->value <= '9');

    if (dated && (!stamp->rank || rank < stamp->rank))
        *stamp = (struct dl_stamp){rank, m->value, m->value_length};
}

static void look_inside(struct dl_stamp *stamp, const struct dl_member *syslog)
{
    struct dl_scan scan;
    struct dl_member m;

    if (!dl_scan_begin(&scan, syslog->value, syslog->value_length))
        return;
    while (dl_scan_next(&scan, &m) > 0)
        if (m.name_length == 9 && memcmp(m.name, "timestamp", 9) == 0)
            take(stamp, SYSLOG, &m);
}

void dl_stamp_offer(struct dl_stamp *stamp, const struct dl_member *member, const char *name,
                    size_t length)
{
    unsigned rank = rank_of(name, length);

    if (rank)
        take(stamp, rank, member);
    else if (length == 6 && memcmp(name, "syslog", 6) == 0 && !stamp->rank)
        look_inside(stamp, member);
}

/* ---- what it says ---- */

/* The text that is left to read. */
struct text {
    const char *at, *end;
};

static bool next_is(struct text *t, char c)
{
    if (t->at == t->end || *t->at != c)
        return false;
    t->at++;
    return true;
}

static bool digit(const struct text *t)
{
    return t->at < t->end && *t->at >= '0' && *t->at <= '9';
}

enum { NO_NUMBER = 10000 };

/* The number that two digits make. */
static int pair(const char *p)
{
    unsigned a = (unsigned)(unsigned char)p[0] - '0', b = (unsigned)(unsigned char)p[1] - '0';

    return a < 10 && b < 10 ? (int)(a * 10 + b) : NO_NUMBER;
}

static bool next_pair(struct text *t, int most, int *out)
{
    if (t->end - t->at < 2)
        return false;
    *out = pair(t->at);
    t->at += 2;
    return *out <= most;
}

/* Days since 1970-01-01 of a date of the Gregorian calendar: years begin in March, so that the day
 * that comes and goes is the last of them. */
static int64_t days_of(int year, int month, int day)
{
    int64_t y = year - (month <= 2);
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

    return y * 365 + y / 4 - y / 100 + y / 400 + of_year - 719468;
}

/* "15:04:05", all eight bytes there, to milliseconds or -1; 60 is a leap second. */
static int64_t clock_time(const char *p)
{
    int hour = pair(p), minute = pair(p + 3), second = pair(p + 6);

    if (hour > 23 || minute > 59 || second > 60 || p[2] != ':' || p[5] != ':')
        return -1;
    return ((hour * 60 + minute) * 60 + second) * INT64_C(1000);
}

/* "Z", "+02", "+0200", "+02:00" or nothing, as milliseconds east of UTC. */
static bool zone(struct text *t, int64_t *ms)
{
    int hour, minute = 0, sign;

    *ms = 0;
    if (t->at == t->end || next_is(t, 'Z'))
        return true;
    sign = *t->at == '-' ? -1 : 1;
    if (!next_is(t, '+') && !next_is(t, '-'))
        return false;
    if (!next_pair(t, 18, &hour))
        return false;
    if ((next_is(t, ':') || digit(t)) && !next_pair(t, 59, &minute))
        return false;
    *ms = sign * (hour * 60 + minute) * INT64_C(60000);
    return true;
}

static bool iso_date(struct text t, int64_t *ms)
{
    const char *p = t.at;
    int year, month, day, scale = 100;
    int64_t time, east;

    if (t.end - p < 19 || p[4] != '-' || p[7] != '-' || p[10] != 'T')
        return false;
    year = pair(p) * 100 + pair(p + 2);
    month = pair(p + 5);
    day = pair(p + 8);
    time = clock_time(p + 11);
    if (year > 9999 || month < 1 || month > 12 || day < 1 || day > 31 || time < 0)
        return false;
    t.at += 19;
    if (next_is(&t, '.') || next_is(&t, ','))
        for (; digit(&t); t.at++, scale /= 10)
            time += scale * (*t.at - '0');
    if (!zone(&t, &east) || t.at != t.end)
        return false;
    *ms = days_of(year, month, day) * DAY_MS + time - east;
    return true;
}

static int month_named(struct text *t)
{
    static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

    for (int i = 0; t->end - t->at >= 3 && i < 12; i++)
        if (memcmp(names + 3 * i, t->at, 3) == 0) {
            t->at += 3;
            return i + 1;
        }
    return 0;
}

/* "Nov  2 15:04:05", "Nov 2 15:04:05" or "Nov 02 15:04:05", which tell no year. */
static bool syslog_date(struct text t, int64_t now_ms, int64_t *ms)
{
    int month = month_named(&t), day = 0, around = 1970 + (int)(now_ms / (DAY_MS * 1461 / 4));
    int64_t time, best = INT64_MAX;

    if (!month || !next_is(&t, ' '))
        return false;
    next_is(&t, ' ');
    for (int i = 0; i < 2 && digit(&t); i++)
        day = day * 10 + (*t.at++ - '0');
    if (day < 1 || day > 31 || !next_is(&t, ' ') || t.end - t.at != 8)
        return false;
    time = clock_time(t.at);
    if (time < 0)
        return false;
    for (int year = around - 1; year <= around + 1; year++) {
        int64_t when = days_of(year, month, day) * DAY_MS + time;
        int64_t off = when > now_ms ? when - now_ms : now_ms - when;

        if (off < best) {
            best = off;
            *ms = when;
        }
    }
    return true;
}

/* Digits to the end, behind a sign or not. Past eighteen they are the far future, or past. */
static bool milliseconds(struct text t, bool fraction, int64_t *ms)
{
    bool negative = next_is(&t, '-');
    int64_t value = 0;

    if (!digit(&t))
        return false;
    for (; digit(&t); t.at++)
        if (value < INT64_MAX / 100)
            value = value * 10 + (*t.at - '0');
    if (fraction && next_is(&t, '.'))
        while (digit(&t))
            t.at++;
    if (t.at != t.end)
        return false;
    *ms = negative ? -value : value;
    return true;
}

bool dl_stamp_read(const struct dl_stamp *stamp, int64_t now_ms, int64_t *ms)
{
    struct text t = {stamp->value, stamp->value + stamp->length};

    if (!stamp->rank)
        return false;
    if (*t.at != '"')
        return milliseconds(t, true, ms);
    t.at++;
    t.end--;
    return iso_date(t, ms) || syslog_date(t, now_ms, ms) || milliseconds(t, false, ms);
}
