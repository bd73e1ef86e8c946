#include "record/escape.h"

#include <stdint.h>
#include <string.h>

#include "base/text.h"
#include "record/plain.h"

static const char replacement[] = "\xef\xbf\xbd"; /* U+FFFD */

/* The escape of one ASCII byte that is not plain; returns its length. */
static size_t escape_byte(char to[6], unsigned char c)
{
    static const char hex[] = "0123456789abcdef";
    static const char names[] = "btn\0fr"; /* 0x08 to 0x0d; 0x0b has no name */

    to[0] = '\\';
    if (c == '"' || c == '\\') {
        to[1] = (char)c;
        return 2;
    }
    if (c >= 0x08 && c <= 0x0d && c != 0x0b) {
        to[1] = names[c - 0x08];
        return 2;
    }
    memcpy(to + 1, "u00", 3);
    to[4] = hex[c >> 4];
    to[5] = hex[c & 15];
    return 6;
}

/* One character that is not plain: sets what it becomes and returns the bytes of text it takes. */
static size_t next_unit(const char *p, size_t left, char unit[6], size_t *length, bool *replaced)
{
    unsigned char c = (unsigned char)*p;
    uint32_t code;
    size_t n;

    if (c < 0x80) {
        *length = escape_byte(unit, c);
        return 1;
    }
    n = dl_utf8_decode(p, left, &code);
    if (n) {
        memcpy(unit, p, n);
        *length = n;
        return n;
    }
    memcpy(unit, replacement, 3);
    *length = 3;
    *replaced = true;
    return 1;
}

/* As far as whole blocks go, quotes and backslashes included: nearly all of nearly every log. */
static void escape_blocks(char **to, const char *limit, const char **from, const char *end)
{
    const char *p = *from;
    char *w = *to;

    /* Two more than a block, so that a short escape behind 15 plain bytes always has room. */
    while (end - p >= DL_PLAIN_STEP && limit - w >= DL_PLAIN_STEP + 2) {
        size_t n = dl_plain_copy(w, p);

        p += n;
        w += n;
        if (n == DL_PLAIN_STEP)
            continue;
        if (*p != '"' && *p != '\\')
            break;
        *w++ = '\\';
        *w++ = *p++;
    }
    *from = p;
    *to = w;
}

size_t dl_escape(char *to, size_t room, const char *text, size_t len, size_t *used, bool *replaced)
{
    const char *p = text, *end = text + len;
    char *w = to, *limit = to + room;

    for (;;) {
        char unit[6];
        size_t length, n;
        bool bad = false;

        escape_blocks(&w, limit, &p, end);
        while (p < end && w < limit && dl_plain_byte((unsigned char)*p))
            *w++ = *p++;
        if (p == end || w == limit)
            break;
        n = next_unit(p, (size_t)(end - p), unit, &length, &bad);
        if ((size_t)(limit - w) < length)
            break;
        memcpy(w, unit, length);
        w += length;
        p += n;
        *replaced |= bad;
    }
    *used = (size_t)(p - text);
    return (size_t)(w - to);
}

static bool high_surrogate(const char *p)
{
    return p[0] == '\\' && p[1] == 'u' && dl_ascii_lower(p[2]) == 'd' &&
           strchr("89abAB", p[3]) != NULL;
}

/* Length of the escape at p; a pair of surrogates is one. */
static size_t escape_length(const char *p, size_t left)
{
    size_t n = left > 1 && p[1] == 'u' ? 6 : 2;

    if (n == 6 && left >= 12 && high_surrogate(p) && p[6] == '\\' && p[7] == 'u')
        n = 12;
    return n < left ? n : left;
}

size_t dl_mend(char *to, size_t room, const char *json, size_t len, size_t *used)
{
    size_t at = 0, written = 0;

    while (at < len) {
        const char *from = json + at;
        size_t n = 1, length;
        uint32_t code;

        if ((unsigned char)*from >= 0x80) {
            n = dl_utf8_decode(from, len - at, &code);
        } else if (*from == '\\') {
            n = escape_length(from, len - at);
        }
        length = n ? n : 3;
        if (room - written < length)
            break;
        if (to)
            memcpy(to + written, n ? from : replacement, length);
        written += length;
        at += n ? n : 1;
    }
    *used = at;
    return written;
}
