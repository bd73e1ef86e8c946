#include <assert.h>
#include <endian.h>
#include <math.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"

static void put(struct dl_json *w, const char *text, size_t len)
{
    if (w->status == 0)
        w->status = dl_buffer_add(w->out, text, len);
}

static void new_line(struct dl_json *w)
{
    if (!w->indent)
        return;
    put(w, "\n", 1);
    for (unsigned i = 0; i < w->depth * w->indent; i++)
        put(w, " ", 1);
}

/* What must stand before a value or key at this place. */
static void before(struct dl_json *w)
{
    if (w->after_key) {
        w->after_key = false;
        return;
    }
    if (w->comma[w->depth])
        put(w, ",", 1);
    w->comma[w->depth] = true;
    if (w->depth)
        new_line(w);
}

void dl_json_begin(struct dl_json *w, struct dl_buffer *out, unsigned indent)
{
    *w = (struct dl_json){.out = out, .indent = indent};
}

static void open_level(struct dl_json *w, char c)
{
    before(w);
    put(w, &c, 1);
    if (w->depth + 1 >= sizeof w->comma / sizeof w->comma[0]) {
        w->status = -DL_E_LIMIT;
        return;
    }
    w->comma[++w->depth] = false;
}

static void close_level(struct dl_json *w, char c)
{
    bool any = w->comma[w->depth];

    if (w->depth == 0) {
        w->status = -DL_E_INTERNAL;
        return;
    }
    w->depth--;
    if (any)
        new_line(w);
    put(w, &c, 1);
}

void dl_json_object(struct dl_json *w)
{
    open_level(w, '{');
}

void dl_json_object_end(struct dl_json *w)
{
    close_level(w, '}');
}

void dl_json_array(struct dl_json *w)
{
    open_level(w, '[');
}

void dl_json_array_end(struct dl_json *w)
{
    close_level(w, ']');
}

#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte)) /* in each of eight bytes */

/* How many of eight bytes come before the first quote, backslash, control or byte beyond ASCII.
 * Each line of `found` but the first has the high bit of the lowest such byte set, if there is one;
 * what is above it may be wrong. */
static size_t plain_bytes(const char *text)
{
    uint64_t word, quote, backslash, del, found;

    memcpy(&word, text, sizeof word);
    word = le64toh(word);
    quote = word ^ EACH('"');
    backslash = word ^ EACH('\\');
    del = word ^ EACH(0x7f);
    found = word;
    found |= (word - EACH(0x20)) & ~word;
    found |= (quote - EACH(1)) & ~quote;
    found |= (backslash - EACH(1)) & ~backslash;
    found |= (del - EACH(1)) & ~del;
    found &= EACH(0x80);
    return found ? (size_t)__builtin_ctzll(found) / 8 : sizeof word;
}

/* How many bytes of text stand in a string as they are: no quote, backslash or control, valid
 * UTF-8. */
static size_t plain_run(const char *text, size_t len)
{
    size_t at = 0;

    while (at < len) {
        size_t plain = len - at >= 8 ? plain_bytes(text + at) : 0;
        unsigned char c;
        uint32_t code;

        at += plain;
        if (plain == 8)
            continue;
        c = (unsigned char)text[at];
        size_t n = c >= 0x80 ? dl_utf8_decode(text + at, len - at, &code)
                   : c < 0x20 || c == 0x7f || c == '"' || c == '\\' ? 0
                                                                    : 1;

        if (!n)
            break;
        at += n;
    }
    return at;
}

/* The one byte that ended a plain run. */
static int escape_byte(struct dl_buffer *out, unsigned char c)
{
    static const char *const shorts[32] = {
        ['\b'] = "\\b", ['\f'] = "\\f", ['\n'] = "\\n", ['\r'] = "\\r", ['\t'] = "\\t"};

    if (c >= 0x80)
        return dl_buffer_text(out, "\xef\xbf\xbd");
    if (c == '"' || c == '\\')
        return dl_buffer_add(out, (const char[]){'\\', (char)c}, 2);
    if (c < 0x20 && shorts[c])
        return dl_buffer_text(out, shorts[c]);
    return dl_buffer_format(out, "\\u%04x", c);
}

int dl_json_escape(struct dl_buffer *out, const char *text, size_t len)
{
    for (;;) {
        size_t n = plain_run(text, len);
        int rc = dl_buffer_add(out, text, n);

        if (rc < 0 || n == len)
            return rc;
        rc = escape_byte(out, (unsigned char)text[n]);
        if (rc < 0)
            return rc;
        text += n + 1;
        len -= n + 1;
    }
}

static void quoted(struct dl_json *w, const char *text, size_t len)
{
    put(w, "\"", 1);
    if (w->status == 0)
        w->status = dl_json_escape(w->out, text, len);
    put(w, "\"", 1);
}

void dl_json_key(struct dl_json *w, const char *key)
{
    before(w);
    quoted(w, key, strlen(key));
    put(w, ": ", w->indent ? 2 : 1);
    w->after_key = true;
}

void dl_json_bytes(struct dl_json *w, const char *text, size_t len)
{
    before(w);
    quoted(w, text, len);
}

void dl_json_null(struct dl_json *w)
{
    before(w);
    put(w, "null", 4);
}

void dl_json_string(struct dl_json *w, const char *text)
{
    if (text)
        dl_json_bytes(w, text, strlen(text));
    else
        dl_json_null(w);
}

void dl_json_integer(struct dl_json *w, int64_t value)
{
    char text[32];

    dl_text_format(text, sizeof text, "%lld", (long long)value);
    before(w);
    put(w, text, strlen(text));
}

void dl_json_real(struct dl_json *w, double value)
{
    char text[64];

    /* past this a double has no decimals; and it fits the array */
    if (!isfinite(value) || fabs(value) > 9e15) {
        dl_json_null(w);
        return;
    }
    dl_text_format(text, sizeof text, "%.3f", value);
    before(w);
    put(w, text, strlen(text));
}

void dl_json_bool(struct dl_json *w, bool value)
{
    before(w);
    put(w, value ? "true" : "false", value ? 4 : 5);
}

void dl_json_member(struct dl_json *w, const char *key, const char *text)
{
    dl_json_key(w, key);
    dl_json_string(w, text);
}

void dl_json_member_integer(struct dl_json *w, const char *key, int64_t value)
{
    dl_json_key(w, key);
    dl_json_integer(w, value);
}

void dl_json_member_bool(struct dl_json *w, const char *key, bool value)
{
    dl_json_key(w, key);
    dl_json_bool(w, value);
}

int dl_json_end(struct dl_json *w)
{
    if (w->status == 0 && w->depth != 0)
        w->status = -DL_E_INTERNAL;
    return w->status;
}
