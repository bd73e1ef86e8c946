#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "base/width.h"

bool dl_text_copy(char *to, size_t size, const char *from)
{
    size_t len = strlen(from);
    bool fits = len < size;

    if (!size)
        return false;
    if (!fits)
        len = dl_utf8_cut(from, len, size - 1);
    memcpy(to, from, len);
    to[len] = '\0';
    return fits;
}

bool dl_text_format(char *to, size_t size, const char *format, ...)
{
    va_list args;
    int len;

    va_start(args, format);
    len = vsnprintf(to, size, format, args);
    va_end(args);
    if (len < 0 || !size)
        return false;
    if ((size_t)len < size)
        return true;
    to[dl_utf8_cut(to, size - 1, size - 1)] = '\0';
    return false;
}

static bool tail_byte(unsigned char c)
{
    return (c & 0xc0) == 0x80;
}

size_t dl_utf8_decode(const char *text, size_t len, uint32_t *code)
{
    const unsigned char *s = (const unsigned char *)text;
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t n;
    uint32_t c;

    if (!len)
        return 0;
    if (s[0] < 0x80) {
        *code = s[0];
        return 1;
    }
    if (s[0] >= 0xc2 && s[0] <= 0xdf)
        n = 2, c = s[0] & 0x1fu;
    else if ((s[0] & 0xf0) == 0xe0)
        n = 3, c = s[0] & 0x0fu;
    else if (s[0] >= 0xf0 && s[0] <= 0xf4)
        n = 4, c = s[0] & 0x07u;
    else
        return 0;
    if (len < n)
        return 0;
    for (size_t i = 1; i < n; i++) {
        if (!tail_byte(s[i]))
            return 0;
        c = c << 6 | (s[i] & 0x3fu);
    }
    if (c < least[n] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
        return 0;
    *code = c;
    return n;
}

size_t dl_utf8_encode(char to[4], uint32_t c)
{
    if (c < 0x80) {
        to[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        to[0] = (char)(0xc0 | c >> 6);
        to[1] = (char)(0x80 | (c & 0x3f));
        return 2;
    }
    if (c < 0x10000) {
        to[0] = (char)(0xe0 | c >> 12);
        to[1] = (char)(0x80 | (c >> 6 & 0x3f));
        to[2] = (char)(0x80 | (c & 0x3f));
        return 3;
    }
    to[0] = (char)(0xf0 | c >> 18);
    to[1] = (char)(0x80 | (c >> 12 & 0x3f));
    to[2] = (char)(0x80 | (c >> 6 & 0x3f));
    to[3] = (char)(0x80 | (c & 0x3f));
    return 4;
}

/* Moves *at over eight bytes at a time while all of them are ASCII; false: it did not move. */
static bool ascii_words(const char *text, size_t len, size_t *at)
{
    size_t from = *at;
    uint64_t word;

    while (len - *at >= sizeof word) {
        memcpy(&word, text + *at, sizeof word);
        if (word & UINT64_C(0x8080808080808080))
            break;
        *at += sizeof word;
    }
    return *at > from;
}

bool dl_utf8_valid(const char *text, size_t len, size_t *bad)
{
    size_t at = 0, n;
    uint32_t code;

    while (at < len) {
        if (ascii_words(text, len, &at))
            continue;
        n = dl_utf8_decode(text + at, len - at, &code);
        if (!n) {
            if (bad)
                *bad = at;
            return false;
        }
        at += n;
    }
    return true;
}

size_t dl_utf8_cut(const char *text, size_t len, size_t limit)
{
    size_t at, start;
    uint32_t code;

    if (limit > len)
        limit = len;
    /* back to the first byte of the sequence that the limit may have split */
    start = limit;
    while (start > 0 && limit - start < 4 && tail_byte((unsigned char)text[start - 1]))
        start--;
    if (start == 0)
        return limit;
    at = start - 1;
    if ((unsigned char)text[at] < 0x80)
        return limit;
    return dl_utf8_decode(text + at, limit - at, &code) == limit - at ? limit : at;
}

size_t dl_text_width(const char *text)
{
    size_t len = strlen(text), width = 0, n;
    uint32_t code;

    for (size_t at = 0; at < len; at += n) {
        n = dl_utf8_decode(text + at, len - at, &code);
        if (n)
            width += dl_width(code);
        else
            n = 1;
    }
    return width;
}

size_t dl_text_fit(const char *text, size_t columns)
{
    size_t len = strlen(text), at = 0, width = 0, n, w;
    uint32_t code;

    while (at < len) {
        n = dl_utf8_decode(text + at, len - at, &code);
        w = n ? dl_width(code) : 0;
        if (width + w > columns)
            break;
        width += w;
        at += n ? n : 1;
    }
    return at;
}

/* Characters that steer a terminal or hide: bidi controls, zero width, variation selectors, tags.
 */
static bool hidden(uint32_t c)
{
    return c == 0x00ad || c == 0x061c || c == 0x180e || (c >= 0x200b && c <= 0x200f) ||
           (c >= 0x202a && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) ||
           (c >= 0xfe00 && c <= 0xfe0f) || c == 0xfeff || (c >= 0xfff9 && c <= 0xfffb) ||
           (c >= 0xe0000 && c <= 0xe0fff);
}

int dl_text_clean(struct dl_buffer *out, const char *text, size_t len)
{
    size_t at = 0, n;
    unsigned marks = 0;
    uint32_t code;
    int rc = 0;

    while (at < len && rc == 0) {
        n = dl_utf8_decode(text + at, len - at, &code);
        if (!n) {
            rc = dl_buffer_text(out, "\xef\xbf\xbd");
            at++;
            marks = 0;
            continue;
        }
        if (code < 0x20 || code == 0x7f || (code >= 0x80 && code < 0xa0) || code == 0x2028 ||
            code == 0x2029) {
            rc = dl_buffer_char(out, ' ');
            marks = 0;
        } else if (!hidden(code)) {
            marks = dl_width(code) ? 0 : marks + 1;
            if (marks <= 4)
                rc = dl_buffer_add(out, text + at, n);
        }
        at += n;
    }
    return rc;
}

static bool blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

void dl_text_trim(const char **text, size_t *len)
{
    while (*len && blank(**text))
        (*text)++, (*len)--;
    while (*len && blank((*text)[*len - 1]))
        (*len)--;
}

char dl_ascii_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

bool dl_ascii_equal_n(const char *a, const char *b, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (dl_ascii_lower(a[i]) != dl_ascii_lower(b[i]))
            return false;
    return true;
}

bool dl_ascii_equal(const char *a, const char *b)
{
    size_t len = strlen(a);

    return len == strlen(b) && dl_ascii_equal_n(a, b, len);
}

bool dl_text_starts(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool dl_text_is_lower(const char *text)
{
    for (; *text; text++)
        if (*text >= 'A' && *text <= 'Z')
            return false;
    return true;
}

#define DISTANCE_MAX 64

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

size_t dl_text_distance(const char *a, const char *b)
{
    size_t la = strlen(a), lb = strlen(b);
    /* three rows of the usual table: a swap looks back two */
    unsigned char rows[3][DISTANCE_MAX + 1];

    if (la > DISTANCE_MAX || lb > DISTANCE_MAX)
        return SIZE_MAX;
    for (size_t j = 0; j <= lb; j++)
        rows[0][j] = (unsigned char)j;
    for (size_t i = 1; i <= la; i++) {
        unsigned char *row = rows[i % 3], *up = rows[(i + 2) % 3], *up2 = rows[(i + 1) % 3];

        row[0] = (unsigned char)i;
        for (size_t j = 1; j <= lb; j++) {
            char x = dl_ascii_lower(a[i - 1]), y = dl_ascii_lower(b[j - 1]);
            size_t best = least(least(up[j], row[j - 1]) + 1u, up[j - 1] + (x != y ? 1u : 0u));

            if (i > 1 && j > 1 && x == dl_ascii_lower(b[j - 2]) && dl_ascii_lower(a[i - 2]) == y)
                best = least(best, up2[j - 2] + 1u);
            row[j] = (unsigned char)best;
        }
    }
    return rows[la % 3][lb];
}

const char *dl_text_nearest(const char *text, const char *const *names)
{
    const char *best = NULL;
    size_t best_distance = 4;

    for (; *names; names++) {
        size_t distance = dl_text_distance(text, *names);

        if (distance < best_distance && distance * 2 < strlen(*names) + 1) {
            best = *names;
            best_distance = distance;
        }
    }
    return best;
}

bool dl_text_number(const char *text, uint64_t min, uint64_t max, uint64_t *out)
{
    uint64_t value = 0;

    if (!*text)
        return false;
    for (; *text; text++) {
        if (*text < '0' || *text > '9')
            return false;
        if (__builtin_mul_overflow(value, (uint64_t)10, &value) ||
            __builtin_add_overflow(value, (uint64_t)(*text - '0'), &value))
            return false;
    }
    if (value < min || value > max)
        return false;
    *out = value;
    return true;
}

struct unit {
    char letter;
    uint64_t value;
};

/* A number and one of the units; value 0 ends their list. */
static bool take_units(const char *text, const struct unit *units, uint64_t *out)
{
    size_t len = strlen(text), digits = strspn(text, "0123456789");
    char number[24];
    uint64_t value;

    if (digits == 0 || digits >= sizeof number || len > digits + 1)
        return false;
    memcpy(number, text, digits);
    number[digits] = '\0';
    while (units->value && units->letter != text[digits])
        units++;
    return units->value && dl_text_number(number, 0, UINT64_MAX, &value) &&
           !__builtin_mul_overflow(value, units->value, out) && *out <= UINT64_C(1) << 62;
}

bool dl_text_size(const char *text, uint64_t *out)
{
    static const struct unit units[] = {{'\0', 1},
                                        {'K', UINT64_C(1) << 10},
                                        {'M', UINT64_C(1) << 20},
                                        {'G', UINT64_C(1) << 30},
                                        {'T', UINT64_C(1) << 40},
                                        {0, 0}};

    return take_units(text, units, out);
}

bool dl_text_duration(const char *text, int64_t *out)
{
    static const struct unit units[] = {
        {'s', 1000}, {'m', 60000}, {'h', 3600000}, {'d', 86400000}, {0, 0}};
    uint64_t ms;

    if (!take_units(text, units, &ms))
        return false;
    *out = (int64_t)ms;
    return true;
}
