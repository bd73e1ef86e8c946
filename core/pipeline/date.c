#include "pipeline/date.h"

#include <string.h>

#include "base/text.h"

static const char months[] = "janfebmaraprmayjunjulaugsepoctnovdec";
#define DAY INT64_C(86400)
#define SHORT_YEAR_PIVOT 1970 /* two digits are a year of the hundred from it on */
#define AHEAD_DAYS                                                                                 \
    187 /* a date without a year is at most so far ahead: half a year and some days */

/* One letter of a pattern and how often it stands there, or a piece of text. */
struct item {
    char letter; /* '\0': text */
    size_t count;
    struct dl_text text;
};

/* The next item; false at the end. */
static bool next_item(struct dl_text pattern, size_t *at, struct item *item)
{
    size_t i = *at;

    if (i >= pattern.len)
        return false;
    *item = (struct item){.text = {pattern.at + i, 1}};
    if (pattern.at[i] == '\'') {
        const char *close = memchr(pattern.at + i + 1, '\'', pattern.len - i - 1);
        size_t len = close ? (size_t)(close - pattern.at) - i - 1 : pattern.len - i - 1;

        item->text = len ? (struct dl_text){pattern.at + i + 1, len} : DL_TEXT("'");
        *at = i + len + 2;
        return true;
    }
    if ((pattern.at[i] | 32) >= 'a' && (pattern.at[i] | 32) <= 'z') {
        item->letter = pattern.at[i];
        while (i < pattern.len && pattern.at[i] == item->letter)
            i++;
        item->count = i - *at;
        *at = i;
        return true;
    }
    *at = i + 1;
    return true;
}

/* ---- as a regular expression ---- */

static const char *fragment(const struct item *item)
{
    switch (item->letter) {
    case 'y':
    case 'Y':
    case 'x':
    case 'u':
        return item->count == 2 ? "\\d{2}" : "\\d{4}";
    case 'M':
    case 'L':
        if (item->count > 2)
            return item->count == 3 ? "[A-Za-z]{3}\\.?" : "[A-Za-z]+";
        return item->count == 2 ? "\\d{2}" : "\\d{1,2}";
    case 'D':
        return item->count == 1 ? "\\d{1,3}" : item->count == 2 ? "\\d{2,3}" : "\\d{3}";
    case 'd':
    case 'H':
    case 'h':
    case 'k':
    case 'K':
    case 'm':
    case 's':
        return item->count == 1 ? "\\d{1,2}" : "\\d{2}";
    case 'E':
        return item->count <= 3 ? "[A-Za-z]{3}" : "[A-Za-z]+";
    case 'e':
        return "\\d";
    case 'a':
        return "(?:[AaPp]\\.?[Mm]\\.?)";
    case 'Z':
        return "(?:Z|[+-]\\d{2}:?\\d{2}|[+-]\\d{2})";
    case 'z':
        return "(?:[A-Za-z]+(?:/"
               "[A-Za-z_+\\-0-9]+)*(?:[+-]\\d{1,2}(?::?\\d{2})?)?|[+-]\\d{2}:?\\d{2})";
    default:
        return NULL;
    }
}

static int literal(struct dl_buffer *out, struct dl_text text)
{
    int rc = 0;

    for (size_t i = 0; i < text.len && rc == 0; i++) {
        if (strchr("\\^$.|?*+()[]{}", text.at[i]))
            rc = dl_buffer_char(out, '\\');
        if (rc == 0)
            rc = dl_buffer_char(out, text.at[i]);
    }
    return rc;
}

int dl_date_regex(struct dl_buffer *out, struct dl_text pattern, struct dl_error *err)
{
    struct item item;
    size_t at = 0;
    int rc = 0;

    while (rc == 0 && next_item(pattern, &at, &item)) {
        const char *piece = item.letter ? fragment(&item) : NULL;

        if (!item.letter)
            rc = literal(out, item.text);
        else if (item.letter == 'S')
            rc = dl_buffer_format(out, "\\d{%zu}", item.count);
        else if (piece)
            rc = dl_buffer_text(out, piece);
        else
            return dl_error_set(err, DL_E_VALUE, "the date pattern knows no letter \"%c\"",
                                item.letter);
    }
    return rc < 0 ? dl_error_set(err, (enum dl_code) - rc, "the date pattern is too long") : 0;
}

/* ---- reading ---- */

struct fields {
    bool has_year, short_year, has_month, has_day, has_day_of_year, has_zone, pm, half_day;
    int64_t year, month, day, day_of_year, hour, minute, second, ms;
    struct dl_text zone;
};

static size_t digits_at(struct dl_text text, size_t at, size_t most, int64_t *out)
{
    size_t n = 0;

    *out = 0;
    for (; n < most && at + n < text.len && text.at[at + n] >= '0' && text.at[at + n] <= '9'; n++)
        *out = *out * 10 + (text.at[at + n] - '0');
    return n;
}

static size_t letters_at(struct dl_text text, size_t at)
{
    size_t n = 0;

    while (at + n < text.len && (text.at[at + n] | 32) >= 'a' && (text.at[at + n] | 32) <= 'z')
        n++;
    return n;
}

static int64_t month_number(const char *name)
{
    for (int i = 0; i < 12; i++)
        if (dl_ascii_equal_n(name, months + (ptrdiff_t)i * 3, 3))
            return i + 1;
    return 0;
}

static size_t month_at(const struct item *item, struct dl_text text, size_t at, struct fields *f)
{
    size_t n;

    f->has_month = true;
    if (item->count <= 2)
        return digits_at(text, at, 2, &f->month);
    n = letters_at(text, at);
    n = item->count == 3 && n > 3 ? 3 : n;
    f->month = n >= 3 ? month_number(text.at + at) : 0;
    if (item->count == 3 && at + n < text.len && text.at[at + n] == '.')
        n++;
    return n;
}

/* "Z", "+hhmm", "+hh:mm", "+hh", a name. */
static size_t zone_at(struct dl_text text, size_t at, struct fields *f)
{
    size_t n = 0;

    while (at + n < text.len && !strchr(" \t,;)]\"'|", text.at[at + n]))
        n++;
    /* what follows a number may be text of the pattern */
    if (at < text.len && (text.at[at] == '+' || text.at[at] == '-')) {
        size_t len = 1;

        while (
            len < n &&
            ((text.at[at + len] >= '0' && text.at[at + len] <= '9') || text.at[at + len] == ':') &&
            len < 6)
            len++;
        n = len;
    } else if (at < text.len && text.at[at] == 'Z') {
        n = 1;
    }
    f->zone = (struct dl_text){text.at + at, n};
    f->has_zone = true;
    return n;
}

static size_t year_at(const struct item *item, struct dl_text text, size_t at, struct fields *f)
{
    size_t n = digits_at(text, at, item->count == 2 ? 2 : 4, &f->year);

    f->has_year = true;
    f->short_year = n == 2;
    return n;
}

static size_t fraction_at(const struct item *item, struct dl_text text, size_t at, struct fields *f)
{
    size_t n = 0;
    int64_t unit = 100;

    for (; n < item->count && at + n < text.len; n++, unit /= 10)
        f->ms += (text.at[at + n] - '0') * unit;
    return n;
}

/* Takes what an item stands for; how many bytes. */
static size_t read_item(const struct item *item, struct dl_text text, size_t at, struct fields *f)
{
    switch (item->letter) {
    case '\0':
        return item->text.len;
    case 'y':
    case 'Y':
    case 'x':
    case 'u':
        return year_at(item, text, at, f);
    case 'M':
    case 'L':
        return month_at(item, text, at, f);
    case 'd':
        f->has_day = true;
        return digits_at(text, at, 2, &f->day);
    case 'D':
        f->has_day_of_year = true;
        return digits_at(text, at, 3, &f->day_of_year);
    case 'h':
    case 'K':
        f->half_day = true;
        return digits_at(text, at, 2, &f->hour);
    case 'H':
    case 'k':
        return digits_at(text, at, 2, &f->hour);
    case 'm':
        return digits_at(text, at, 2, &f->minute);
    case 's':
        return digits_at(text, at, 2, &f->second);
    case 'S':
        return fraction_at(item, text, at, f);
    case 'a':
        f->pm = at < text.len && (text.at[at] | 32) == 'p';
        return at + 1 < text.len && text.at[at + 1] == '.' ? 4 : 2;
    case 'E':
        return letters_at(text, at);
    case 'Z':
    case 'z':
        return zone_at(text, at, f);
    default:
        return 1;
    }
}

/* Days since 1970 of a date of the proleptic Gregorian calendar. */
int64_t dl_date_days(int64_t y, int64_t m, int64_t d)
{
    int64_t era, year, day;

    y -= m <= 2;
    era = (y >= 0 ? y : y - 399) / 400;
    year = y - era * 400;
    day = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    return era * 146097 + year * 365 + year / 4 - year / 100 + day - 719468;
}

static int64_t year_of(int64_t ms)
{
    int64_t days = ms / 1000 / DAY, year = 1970 + days / 365;

    while (dl_date_days(year, 1, 1) > days)
        year--;
    while (dl_date_days(year + 1, 1, 1) <= days)
        year++;
    return year;
}

static bool is_possible(const struct fields *f)
{
    return (f->has_day_of_year || (f->month >= 1 && f->month <= 12)) && f->hour <= 24 &&
           f->minute <= 59 && f->second <= 60;
}

/* The year has such a day. */
static bool is_day_of(const struct fields *f, int64_t year)
{
    int64_t next =
        f->month == 12 ? dl_date_days(year + 1, 1, 1) : dl_date_days(year, f->month + 1, 1);

    if (f->has_day_of_year)
        return f->day_of_year >= 1 &&
               f->day_of_year <= dl_date_days(year + 1, 1, 1) - dl_date_days(year, 1, 1);
    return f->day >= 1 && f->day <= next - dl_date_days(year, f->month, 1);
}

/* Local seconds since 1970 in that year. */
static int64_t local_seconds(const struct fields *f, int64_t year)
{
    int64_t days = f->has_day_of_year ? dl_date_days(year, 1, 1) + f->day_of_year - 1
                                      : dl_date_days(year, f->month, f->day);

    return days * DAY + f->hour * 3600 + f->minute * 60 + f->second;
}

static bool to_ms(const struct fields *f, struct dl_text zone, int64_t year, int64_t *ms)
{
    int64_t local = local_seconds(f, year), offset = 0;

    if (!is_day_of(f, year))
        return false;
    if (f->has_zone)
        zone = f->zone;
    if (zone.len && !dl_zone_offset(zone, local, &offset))
        return false;
    *ms = (local - offset) * 1000 + f->ms;
    return true;
}

bool dl_date_read(struct dl_text pattern, struct dl_text zone, struct dl_text text, int64_t now,
                  int64_t *ms)
{
    struct fields f = {.month = 1, .day = 1};
    struct item item;
    size_t at = 0, pos = 0;
    int64_t best = 0;

    while (next_item(pattern, &at, &item))
        pos += read_item(&item, text, pos, &f);
    if (f.half_day)
        f.hour = f.hour % 12 + (f.pm ? 12 : 0);
    if (!f.has_year && !f.has_month && !f.has_day && !f.has_day_of_year) {
        /* no date at all: the day before now */
        int64_t day = now / 1000 / DAY;

        if (!to_ms(&f, zone, 1970, &best))
            return false;
        *ms = best + day * DAY * 1000;
        return f.hour <= 24 && f.minute <= 59;
    }
    if (!is_possible(&f))
        return false;
    if (f.short_year)
        f.year += f.year < SHORT_YEAR_PIVOT % 100 ? 2000 : 1900;
    if (f.has_year)
        return to_ms(&f, zone, f.year, ms);
    /* the last one that is not far ahead */
    for (int64_t y = year_of(now) + 1; y >= year_of(now) - 1; y--) {
        if (to_ms(&f, zone, y, ms) && *ms <= now + AHEAD_DAYS * DAY * 1000)
            return true;
    }
    return false;
}

/* ---- official dates ---- */

static bool read_iso(struct dl_text t, int64_t *ms)
{
    struct fields f = {0};
    size_t n = 19;
    int64_t unit = 100;

    if (t.len < 16 || t.at[4] != '-' || t.at[7] != '-' || (t.at[10] != 'T' && t.at[10] != 't') ||
        t.at[13] != ':')
        return false;
    if (digits_at(t, 0, 4, &f.year) != 4 || digits_at(t, 5, 2, &f.month) != 2 ||
        digits_at(t, 8, 2, &f.day) != 2 || digits_at(t, 11, 2, &f.hour) != 2 ||
        digits_at(t, 14, 2, &f.minute) != 2)
        return false;
    if (t.len == 16 || t.at[16] != ':')
        n = 16;
    else if (digits_at(t, 17, 2, &f.second) != 2)
        return false;
    if (n < t.len && (t.at[n] == '.' || t.at[n] == ','))
        for (n++; n < t.len && t.at[n] >= '0' && t.at[n] <= '9'; n++, unit /= 10)
            f.ms += (t.at[n] - '0') * unit;
    f.zone = (struct dl_text){t.at + n, t.len - n};
    f.has_zone = f.zone.len > 0;
    return is_possible(&f) && to_ms(&f, DL_TEXT("UTC"), f.year, ms);
}

bool dl_date_official(struct dl_text text, int64_t *ms)
{
    return dl_value_parse_integer(text, ms) || read_iso(text, ms);
}
