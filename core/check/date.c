#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/text.h"
#include "check/internal.h"

static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

static int month_number(const char *name)
{
    for (int i = 0; i < 12; i++)
        if (dl_ascii_equal_n(name, months + 3 * i, 3))
            return i;
    return -1;
}

bool dl_date_parse(const char *text, int64_t *wall_ms)
{
    struct tm tm = {0};
    char name[4] = "", zone[4] = "";
    int year = 0;
    const char *comma = strchr(text, ',');

    if (comma) { /* header: the name of the day says nothing new */
        if (sscanf(comma + 1, " %2d %3s %4d %2d:%2d:%2d %3s", &tm.tm_mday, name, &year, &tm.tm_hour,
                   &tm.tm_min, &tm.tm_sec, zone) != 7)
            return false;
    } else if (sscanf(text, " %3s %2d %2d:%2d:%2d %4d %3s", name, &tm.tm_mday, &tm.tm_hour,
                      &tm.tm_min, &tm.tm_sec, &year, zone) != 7) {
        return false;
    }
    tm.tm_mon = month_number(name);
    tm.tm_year = year - 1900;
    if (strlen(name) != 3 || tm.tm_mon < 0 || strcmp(zone, "GMT") != 0)
        return false;
    if (tm.tm_mday < 1 || tm.tm_mday > 31 || tm.tm_hour < 0 || tm.tm_hour > 23 || tm.tm_min < 0 ||
        tm.tm_min > 59 || tm.tm_sec < 0 || tm.tm_sec > 60 || year < 1970)
        return false;
    *wall_ms = (int64_t)timegm(&tm) * 1000;
    return true;
}

void dl_date_span(int64_t ms, char *to, size_t size)
{
    static const struct {
        int64_t ms;
        const char *one, *many;
    } units[] = {{86400000, "day", "days"},
                 {3600000, "hour", "hours"},
                 {60000, "minute", "minutes"},
                 {1000, "second", "seconds"}};
    size_t i = 0;

    while (i < 3 && ms < units[i].ms)
        i++;
    long long n = (long long)(ms / units[i].ms);
    dl_text_format(to, size, "%lld %s", n, n == 1 ? units[i].one : units[i].many);
}
