#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/text.h"
#include "secret/redact_rule.h"

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = dl_ascii_lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The value of `digits` hexadecimal characters at text[at], or -1. The text is NUL-terminated, and
 * a NUL is no digit, so this never reads past it. */
static int hex_number(const char *text, size_t at, size_t digits)
{
    int number = 0;

    for (size_t i = 0; i < digits; i++) {
        int digit = hex_value(text[at + i]);
        if (digit < 0)
            return -1;
        number = number * 16 + digit;
    }
    return number;
}

/* Bytes of text[at] that spell the character c by an escape; 0 if none does. */
static size_t escaped(const char *text, size_t at, char c)
{
    const int want = (unsigned char)c;

    if (text[at] == '%' && hex_number(text, at + 1, 2) == want)
        return 3;
    if (text[at] != '\\')
        return 0;
    if (text[at + 1] == c)
        return 2;
    if (text[at + 1] == 'x' && hex_number(text, at + 2, 2) == want)
        return 4;
    return text[at + 1] == 'u' && hex_number(text, at + 2, 4) == want ? 6 : 0;
}

static size_t plain(const char *text, size_t at, char c)
{
    return dl_ascii_lower(text[at]) == dl_ascii_lower(c) ? 1 : 0;
}

/* Each matcher returns how many bytes of text[at] hold the whole value, 0 if it is not there. */
typedef size_t spelling(const char *text, size_t at, char c);

/* A value may hold % and backslashes itself, so what comes first matters: both orders are tried. */
static size_t match_spelled(const char *text, size_t at, const char *value, size_t len,
                            spelling *first, spelling *second)
{
    size_t end = at;

    for (size_t i = 0; i < len; i++) {
        size_t n = first(text, end, value[i]);
        n = n ? n : second(text, end, value[i]);
        if (n == 0)
            return 0;
        end += n;
    }
    return end - at;
}

static size_t match_hex(const char *text, size_t at, const char *value, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (hex_number(text, at + 2 * i, 2) != (unsigned char)value[i])
            return 0;
    return 2 * len;
}

static int base64_value(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' || c == '-' ? 62 : c == '/' || c == '_' ? 63 : -1;
}

/* The six bits of value that begin at a bit. */
static int sextet(const char *value, size_t len, size_t bit)
{
    unsigned high = (unsigned char)value[bit / 8];
    unsigned low = bit / 8 + 1 < len ? (unsigned char)value[bit / 8 + 1] : 0;

    return (int)((high << 8 | low) >> (10 - bit % 8) & 63);
}

/* `skip`: bits of the value that share a character with bytes in front of it (0, 4 or 2). Only the
 * characters that the value alone decides are compared. */
static size_t match_base64(const char *text, size_t at, const char *value, size_t len, size_t skip)
{
    size_t n = 0;

    for (size_t bit = skip; bit + 6 <= 8 * len; bit += 6, n++)
        if (base64_value(text[at + n]) != sextet(value, len, bit))
            return 0;
    return n;
}

static void mark(struct dl_masked *m, size_t from, size_t to)
{
    memset(m->mask + from, 1, to - from);
}

/* A base64 match, and the character on each side that holds the remaining bits. */
static void mark_base64(struct dl_masked *m, size_t at, size_t n)
{
    size_t from = at, to = at + n;

    if (from > 0 && base64_value(m->text[from - 1]) >= 0)
        from--;
    if (to < m->len && base64_value(m->text[to]) >= 0)
        to++;
    mark(m, from, to);
}

void dl_mask_value(struct dl_masked *m, const char *value, size_t len)
{
    static const size_t skips[] = {0, 4, 2};
    size_t n;

    if (len < DL_REDACT_VALUE_MIN)
        return;
    for (size_t at = 0; at < m->len; at++) {
        if ((n = match_spelled(m->text, at, value, len, plain, escaped)) > 0)
            mark(m, at, at + n);
        if ((n = match_spelled(m->text, at, value, len, escaped, plain)) > 0)
            mark(m, at, at + n);
        if ((n = match_hex(m->text, at, value, len)) > 0)
            mark(m, at, at + n);
        for (size_t i = 0; i < sizeof(skips) / sizeof(skips[0]); i++)
            if ((n = match_base64(m->text, at, value, len, skips[i])) > 0)
                mark_base64(m, at, n);
    }
}
