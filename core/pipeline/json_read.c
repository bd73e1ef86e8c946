/* Lenient JSON of logs. */
#include <string.h>

#include "base/text.h"
#include "pipeline/path.h"
#include "pipeline/set.h"
#include "pipeline/value_read.h"

struct reader {
    struct dl_arena *arena;
    const char *at, *end;
    unsigned depth;
};

static void blanks(struct reader *r)
{
    while (r->at < r->end && (*r->at == ' ' || *r->at == '\t' || *r->at == '\n' || *r->at == '\r'))
        r->at++;
}

static bool taken(struct reader *r, char c)
{
    blanks(r);
    if (r->at == r->end || *r->at != c)
        return false;
    r->at++;
    return true;
}

static bool hex4(struct reader *r, uint32_t *code)
{
    *code = 0;
    for (int i = 0; i < 4; i++, r->at++) {
        char c;

        if (r->at == r->end)
            return false;
        c = *r->at;
        if (c >= '0' && c <= '9')
            *code = *code << 4 | (uint32_t)(c - '0');
        else if ((c | 32) >= 'a' && (c | 32) <= 'f')
            *code = *code << 4 | (uint32_t)((c | 32) - 'a' + 10);
        else
            return false;
    }
    return true;
}

/* \uXXXX, a pair of them beyond the first plane; half a pair becomes U+FFFD. */
static bool unicode(struct reader *r, char **to)
{
    uint32_t code, low;

    if (!hex4(r, &code))
        return false;
    if (code >= 0xd800 && code < 0xdc00 && r->end - r->at >= 6 && r->at[0] == '\\' &&
        r->at[1] == 'u') {
        const char *before = r->at;

        r->at += 2;
        if (!hex4(r, &low))
            return false;
        if (low >= 0xdc00 && low < 0xe000)
            code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
        else
            r->at = before;
    }
    if (code >= 0xd800 && code < 0xe000)
        code = 0xfffd;
    *to += dl_utf8_encode(*to, code);
    return true;
}

static bool escape(struct reader *r, char **to)
{
    static const char from[] = "\"\\/bfnrt", plain[] = "\"\\/\b\f\n\r\t";
    const char *found;
    char c;

    if (r->at == r->end)
        return false;
    c = *r->at++;
    if (c == 'u')
        return unicode(r, to);
    found = memchr(from, c, sizeof from - 1);
    if (!found)
        return false;
    *(*to)++ = plain[found - from];
    return true;
}

/* The quote that ends a string; NULL: none. Most strings have no escape. */
static const char *closing(const char *at, const char *end)
{
    const char *close = memchr(at, '"', (size_t)(end - at));

    if (!close || !memchr(at, '\\', (size_t)(close - at)))
        return close;
    while (at < end && *at != '"')
        at += *at == '\\' ? 2 : 1;
    return at < end ? at : NULL;
}

/* Behind the opening quote; with a NUL behind it. */
static bool string(struct reader *r, struct dl_text *out)
{
    const char *close = closing(r->at, r->end);
    char *text, *to;

    if (!close)
        return false;
    text = to = dl_arena_take(r->arena, (size_t)(close - r->at) + 1);
    if (!text)
        return false;
    while (r->at < close) {
        const char *escaped = memchr(r->at, '\\', (size_t)(close - r->at));
        size_t plain = (size_t)((escaped ? escaped : close) - r->at);

        memcpy(to, r->at, plain);
        to += plain;
        r->at += plain;
        if (!escaped)
            break;
        r->at++;
        if (!escape(r, &to))
            return false;
    }
    r->at = close + 1;
    *out = (struct dl_text){text, (size_t)(to - text)};
    return true;
}

static struct dl_value *text_value(struct reader *r)
{
    struct dl_text text;
    struct dl_value *v = string(r, &text) ? dl_value_text(r->arena, "", 0) : NULL;

    if (v)
        v->of.text = text; /* it is in the arena already */
    return v;
}

static struct dl_value *value(struct reader *r);

static struct dl_value *object(struct reader *r)
{
    struct dl_value *v = dl_value_object(r->arena);
    struct dl_set keys = {0};

    if (taken(r, '}'))
        return v;
    do {
        struct dl_text key;
        struct dl_value *inner;

        if (!taken(r, '"') || !string(r, &key) || !taken(r, ':'))
            return NULL;
        inner = value(r);
        if (!inner)
            return NULL;
        if (dl_set_is_new_key(&keys, r->arena, v, key))
            dl_value_add(r->arena, v, key, inner); /* the key is in the arena already */
        else
            dl_value_put(r->arena, v, key, inner);
    } while (taken(r, ','));
    return taken(r, '}') ? v : NULL;
}

static struct dl_value *array(struct reader *r)
{
    struct dl_value *v = dl_value_array(r->arena);

    if (taken(r, ']'))
        return v;
    do {
        struct dl_value *inner = value(r);

        if (!inner)
            return NULL;
        dl_value_append(r->arena, v, inner);
    } while (taken(r, ','));
    return taken(r, ']') ? v : NULL;
}

static bool digits(struct reader *r)
{
    const char *before = r->at;

    while (r->at < r->end && *r->at >= '0' && *r->at <= '9')
        r->at++;
    return r->at > before;
}

/* By the grammar of RFC 8259, 6. */
static struct dl_value *number(struct reader *r)
{
    struct dl_text text = {r->at, 0};
    const char *first;
    bool whole = true;
    int64_t integer;
    double real;

    r->at += *r->at == '-';
    first = r->at;
    if (!digits(r) || (*first == '0' && r->at - first > 1))
        return NULL;
    if (r->at < r->end && *r->at == '.') {
        whole = false;
        r->at++;
        if (!digits(r))
            return NULL;
    }
    if (r->at < r->end && (*r->at | 32) == 'e') {
        whole = false;
        r->at++;
        r->at += r->at < r->end && (*r->at == '+' || *r->at == '-');
        if (!digits(r))
            return NULL;
    }
    text.len = (size_t)(r->at - text.at);
    if (whole && dl_value_parse_integer(text, &integer))
        return dl_value_integer(r->arena, integer);
    return dl_value_parse_double(text, &real) ? dl_value_double(r->arena, real) : NULL;
}

static bool word(struct reader *r, const char *text)
{
    size_t len = strlen(text);

    if ((size_t)(r->end - r->at) < len || memcmp(r->at, text, len) != 0)
        return false;
    r->at += len;
    return true;
}

static struct dl_value *value(struct reader *r)
{
    struct dl_value *v = NULL;

    blanks(r);
    if (r->at == r->end || ++r->depth > DL_VALUE_DEPTH_MAX)
        return NULL;
    if (taken(r, '{'))
        v = object(r);
    else if (taken(r, '['))
        v = array(r);
    else if (taken(r, '"'))
        v = text_value(r);
    else if (word(r, "true"))
        v = dl_value_bool(r->arena, true);
    else if (word(r, "false"))
        v = dl_value_bool(r->arena, false);
    else if (word(r, "null"))
        v = dl_value_null(r->arena);
    else
        v = number(r);
    r->depth--;
    return v;
}

struct dl_value *dl_value_read_json(struct dl_arena *arena, const char *text, size_t len)
{
    struct reader r = {.arena = arena, .at = text, .end = text + len};
    struct dl_value *v = value(&r);

    blanks(&r);
    return r.at == r.end && !arena->failed ? v : NULL;
}

static bool is_empty(const struct dl_value *v)
{
    return !v || v->type == DL_VALUE_NULL || (v->type >= DL_VALUE_ARRAY && v->of.list.count == 0);
}

/* The members again, one by one; a name with dots makes a path, which a later name may meet. */
static void clean_object(struct dl_arena *arena, struct dl_value *object)
{
    struct dl_member *m = object->of.list.first, *next;
    bool dotted = false;

    memset(&object->of.list, 0, sizeof object->of.list);
    for (; m; m = next) {
        next = m->next;
        m->value = dl_value_clean(arena, m->value);
        if (is_empty(m->value))
            continue;
        if (memchr(m->key.at, '.', m->key.len)) {
            dl_path_set(arena, object, m->key, m->value);
            dotted = true;
        } else if (dotted) {
            dl_value_put(arena, object, m->key, m->value);
        } else {
            dl_value_relink(object, m);
        }
    }
}

struct dl_value *dl_value_clean(struct dl_arena *arena, struct dl_value *value)
{
    if (dl_value_is(value, DL_VALUE_ARRAY))
        for (struct dl_member *m = value->of.list.first; m; m = m->next)
            m->value = dl_value_clean(arena, m->value);
    else if (dl_value_is(value, DL_VALUE_OBJECT))
        clean_object(arena, value);
    return value;
}
