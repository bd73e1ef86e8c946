#include "record/scan.h"

#include <stdint.h>
#include <string.h>

#include "base/text.h"
#include "record/plain.h"

static const char *blanks(const char *p, const char *end)
{
    /* one comparison where there is none, as in nearly every log */
    while (p < end && (unsigned char)*p <= ' ' &&
           (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t'))
        p++;
    return p;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = dl_ascii_lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Behind the escape at p, or NULL. */
static const char *skip_escape(const char *p, const char *end)
{
    if (end - p < 2)
        return NULL;
    if (p[1] != 'u')
        return p[1] && strchr("\"\\/bfnrt", p[1]) ? p + 2 : NULL;
    if (end - p < 6)
        return NULL;
    for (int i = 2; i < 6; i++)
        if (hex_digit(p[i]) < 0)
            return NULL;
    return p + 6;
}

/* p is in a string, at its first byte that is not plain. Returns behind the closing quote, or NULL.
 * Apart, so that the strings without such a byte, nearly all, cost no call. */
static __attribute__((noinline)) const char *skip_odd_string(struct dl_scan *s, const char *p,
                                                             bool *escaped)
{
    for (;; p = dl_plain_end(p, s->end)) {
        if (p == s->end)
            return NULL;
        unsigned char c = (unsigned char)*p;
        if (c == '"')
            return p + 1;
        if (c == '\\') {
            *escaped = true;
            p = skip_escape(p, s->end);
            if (!p)
                return NULL;
        } else if (c >= 0x80) {
            uint32_t code;
            size_t n = dl_utf8_decode(p, (size_t)(s->end - p), &code);

            s->broken |= !n;
            p += n ? n : 1;
        } else {
            return NULL; /* a control character */
        }
    }
}

/* p is behind the opening quote. Returns behind the closing one, or NULL. */
static inline const char *skip_string(struct dl_scan *s, const char *p, bool *escaped)
{
    p = dl_plain_end(p, s->end);
    return p < s->end && *p == '"' ? p + 1 : skip_odd_string(s, p, escaped);
}

static const char *digits(const char *p, const char *end)
{
    const char *from = p;

    while (p < end && *p >= '0' && *p <= '9')
        p++;
    return p == from ? NULL : p;
}

static const char *skip_number(const char *p, const char *end)
{
    if (p < end && *p == '-')
        p++;
    if (p < end && *p == '0')
        p++; /* and no digit may follow: what comes next sees it */
    else
        p = digits(p, end);
    if (p && p < end && *p == '.')
        p = digits(p + 1, end);
    if (p && p < end && (*p == 'e' || *p == 'E')) {
        p++;
        if (p < end && (*p == '+' || *p == '-'))
            p++;
        p = digits(p, end);
    }
    return p;
}

static const char *skip_word(const char *p, const char *end, const char *word, size_t length)
{
    return (size_t)(end - p) >= length && memcmp(p, word, length) == 0 ? p + length : NULL;
}

/* A string, number or word. */
static const char *skip_scalar(struct dl_scan *s, const char *p)
{
    bool escaped;

    switch (*p) {
    case '"':
        return skip_string(s, p + 1, &escaped);
    case 't':
        return skip_word(p, s->end, "true", 4);
    case 'f':
        return skip_word(p, s->end, "false", 5);
    case 'n':
        return skip_word(p, s->end, "null", 4);
    default:
        return skip_number(p, s->end);
    }
}

/* A name, its colon, and the blanks around: returns where the value begins, or NULL. */
static const char *skip_name(struct dl_scan *s, const char *p, struct dl_member *member)
{
    bool escaped = false;
    const char *name, *behind;

    p = blanks(p, s->end);
    if (p == s->end || *p != '"')
        return NULL;
    name = p + 1;
    behind = skip_string(s, name, &escaped);
    if (!behind)
        return NULL;
    p = blanks(behind, s->end);
    if (p == s->end || *p != ':')
        return NULL;
    p = blanks(p + 1, s->end);
    if (p == s->end)
        return NULL;
    if (member)
        *member = (struct dl_member){.name = name,
                                     .name_length = (size_t)(behind - 1 - name),
                                     .name_escaped = escaped,
                                     .value = p};
    return p;
}

/* The open objects and arrays of one value: a bit each, set for an object. */
struct nest {
    uint64_t objects;
    unsigned depth;
};

static bool in_object(const struct nest *n)
{
    return n->objects & 1;
}

/* Behind a value, inside the nest: closes what ends here. Returns where the next value begins, or
 * behind the whole when the nest is empty (n->depth 0), or NULL. */
static const char *after_value(struct dl_scan *s, struct nest *n, const char *p)
{
    while (n->depth) {
        p = blanks(p, s->end);
        if (p == s->end)
            return NULL;
        if (*p == ',') {
            if (in_object(n))
                return skip_name(s, p + 1, NULL);
            p = blanks(p + 1, s->end);
            return p == s->end ? NULL : p;
        }
        if (*p != (in_object(n) ? '}' : ']'))
            return NULL;
        p++;
        n->objects >>= 1;
        n->depth--;
    }
    return p;
}

/* p is at a value's first byte. Returns behind it, or NULL. */
static const char *skip_value(struct dl_scan *s, const char *p, bool *array)
{
    struct nest nest = {0, 0};

    for (;;) {
        if (*p == '{' || *p == '[') {
            bool object = *p == '{';

            *array |= !object;
            if (nest.depth == DL_SCAN_DEPTH)
                return NULL;
            nest.depth++;
            nest.objects = nest.objects << 1 | object;
            p = blanks(p + 1, s->end);
            if (p == s->end)
                return NULL;
            if (*p != (object ? '}' : ']')) { /* not empty: on to its first value */
                if (object)
                    p = skip_name(s, p, NULL);
                if (!p)
                    return NULL;
                continue;
            }
        } else {
            p = skip_scalar(s, p);
            if (!p)
                return NULL;
        }
        /* An empty object or array closes itself in after_value. */
        p = after_value(s, &nest, p);
        if (!p || !nest.depth)
            return p;
    }
}

bool dl_scan_begin(struct dl_scan *scan, const char *text, size_t len)
{
    *scan = (struct dl_scan){.end = text + len};
    scan->at = blanks(text, scan->end);
    if (scan->at == scan->end || *scan->at != '{')
        return false;
    scan->at++;
    return true;
}

int dl_scan_next(struct dl_scan *scan, struct dl_member *out)
{
    const char *p = blanks(scan->at, scan->end);

    if (p == scan->end)
        return -1;
    if (*p == '}')
        return blanks(p + 1, scan->end) == scan->end ? 0 : -1;
    if (scan->begun) {
        if (*p != ',')
            return -1;
        p++;
    }
    scan->begun = true;
    p = skip_name(scan, p, out);
    if (!p)
        return -1;
    p = skip_value(scan, p, &out->array);
    if (!p)
        return -1;
    out->value_length = (size_t)(p - out->value);
    scan->at = p;
    return 1;
}

/* The code point of the \uXXXX at p (pairs joined, a lone surrogate is U+FFFD). */
static size_t unicode_escape(const char *p, const char *end, uint32_t *code)
{
    uint32_t a = 0, b = 0;

    for (int i = 2; i < 6; i++)
        a = a << 4 | (uint32_t)hex_digit(p[i]);
    *code = a;
    if (a < 0xd800 || a > 0xdfff)
        return 6;
    *code = 0xfffd;
    if (a > 0xdbff || end - p < 12 || p[6] != '\\' || p[7] != 'u')
        return 6;
    for (int i = 8; i < 12; i++)
        b = b << 4 | (uint32_t)hex_digit(p[i]);
    if (b < 0xdc00 || b > 0xdfff)
        return 6;
    *code = 0x10000 + ((a - 0xd800) << 10) + (b - 0xdc00);
    return 12;
}

size_t dl_scan_name(const struct dl_member *member, char *to, size_t size)
{
    static const char from[] = "bfnrt", becomes[] = "\b\f\n\r\t";
    const char *p = member->name, *end = p + member->name_length;
    size_t length = 0;

    while (p < end) {
        char unit[4];
        size_t n = 1;

        unit[0] = *p;
        if (*p != '\\') {
            p++;
        } else if (p[1] == 'u') {
            uint32_t code;

            p += unicode_escape(p, end, &code);
            n = dl_utf8_encode(unit, code);
        } else {
            const char *short_form = strchr(from, p[1]);

            unit[0] = short_form ? becomes[short_form - from] : p[1];
            p += 2;
        }
        if (size - length < n)
            return SIZE_MAX;
        memcpy(to + length, unit, n);
        length += n;
    }
    return length;
}
