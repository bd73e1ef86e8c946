#include <string.h>
#include <time.h>

#include "base/text.h"
#include "check/internal.h"

#define WORDS_MAX 8
#define SEPARATORS " ,:"

static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

static int month_number(const char *name)
{
    for (int i = 0; i < 12; i++)
        if (dl_ascii_equal_n(name, months + 3 * i, 3))
            return i;
    return -1;
}

/* Words between blanks, commas and colons; the number of them, 0 when one is too long. */
static size_t split(const char *text, char words[WORDS_MAX][8])
{
    size_t count = 0;

    for (text += strspn(text, SEPARATORS); *text; text += strspn(text, SEPARATORS)) {
        size_t len = strcspn(text, SEPARATORS);

        if (count == WORDS_MAX || len >= sizeof words[0])
            return 0;
        memcpy(words[count], text, len);
        words[count++][len] = '\0';
        text += len;
    }
    return count;
}

static bool number(const char *word, uint64_t min, uint64_t max, int *to)
{
    uint64_t value;

    if (!dl_text_number(word, min, max, &value))
        return false;
    *to = (int)value;
    return true;
}

bool dl_date_parse(const char *text, int64_t *wall_ms)
{
    char words[WORDS_MAX][8];
    size_t count = split(text, words);
    /* header: Sun 06 Nov 1994 08 49 37 GMT; certificate: Nov 6 08 49 37 1994 GMT */
    bool header = count == 8;
    const char *month = words[header ? 2 : 0], *year = words[header ? 3 : 5];
    size_t hour = header ? 4 : 2;
    struct tm tm = {0};

    if ((count != 7 && count != 8) || strlen(month) != 3 || strcmp(words[count - 1], "GMT") != 0)
        return false;
    tm.tm_mon = month_number(month);
    if (tm.tm_mon < 0 || !number(words[1], 1, 31, &tm.tm_mday) ||
        !number(year, 1970, 9999, &tm.tm_year) || !number(words[hour], 0, 23, &tm.tm_hour) ||
        !number(words[hour + 1], 0, 59, &tm.tm_min) || !number(words[hour + 2], 0, 60, &tm.tm_sec))
        return false;
    tm.tm_year -= 1900;
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
