/* {:key => "value", "other" => [1, {nested: true}]} as Ruby prints a Hash. */
#include <string.h>

#include "base/text.h"
#include "pipeline/grok_private.h"
#include "pipeline/value_read.h"

struct reader {
    struct dl_arena *arena;
    const char *at, *end;
    unsigned depth;
};

static void blanks(struct reader *r)
{
    while (r->at < r->end && strchr(" \t\r\n", *r->at))
        r->at++;
}

static bool taken(struct reader *r, const char *text)
{
    size_t len = strlen(text);

    blanks(r);
    if ((size_t)(r->end - r->at) < len || memcmp(r->at, text, len) != 0)
        return false;
    r->at += len;
    return true;
}

static bool quoted(struct reader *r, char quote, struct dl_text *out)
{
    const char *close = r->at;
    char *text;
    size_t n = 0;

    while (close < r->end && *close != quote)
        close += *close == '\\' && close + 1 < r->end ? 2 : 1;
    if (close >= r->end)
        return false;
    text = dl_arena_take(r->arena, (size_t)(close - r->at) + 1);
    for (; text && r->at < close; r->at++) {
        if (*r->at == '\\')
            r->at++;
        text[n++] = *r->at;
    }
    if (!text)
        return false;
    r->at = close + 1;
    *out = (struct dl_text){text, n};
    return true;
}

static bool word(struct reader *r, struct dl_text *out)
{
    out->at = r->at;
    while (r->at < r->end && !strchr(" \t\r\n,=>{}[]:\"'", *r->at))
        r->at++;
    out->len = (size_t)(r->at - out->at);
    return out->len > 0;
}

/* :name =>, "name" =>, name: */
static bool key(struct reader *r, struct dl_text *out)
{
    blanks(r);
    if (r->at == r->end)
        return false;
    if (*r->at == '"' || *r->at == '\'') {
        char quote = *r->at++;

        return quoted(r, quote, out) && (taken(r, "=>") || taken(r, ":"));
    }
    if (*r->at == ':') {
        r->at++;
        if (r->at < r->end && *r->at == '"') {
            r->at++;
            return quoted(r, '"', out) && taken(r, "=>");
        }
        return word(r, out) && taken(r, "=>");
    }
    return word(r, out) && (taken(r, "=>") || taken(r, ":"));
}

static struct dl_value *value(struct reader *r);

static struct dl_value *hash(struct reader *r)
{
    struct dl_value *v = dl_value_object(r->arena);

    if (taken(r, "}"))
        return v;
    do {
        struct dl_text name;
        struct dl_value *inner;

        if (!key(r, &name))
            return NULL;
        inner = value(r);
        if (!inner)
            return NULL;
        if (inner->type != DL_VALUE_NULL)
            dl_value_put(r->arena, v, name, inner);
    } while (taken(r, ","));
    return taken(r, "}") ? v : NULL;
}

static struct dl_value *array(struct reader *r)
{
    struct dl_value *v = dl_value_array(r->arena);

    if (taken(r, "]"))
        return v;
    do {
        struct dl_value *inner = value(r);

        if (!inner)
            return NULL;
        dl_value_append(r->arena, v, inner);
    } while (taken(r, ","));
    return taken(r, "]") ? v : NULL;
}

static struct dl_value *plain(struct reader *r)
{
    struct dl_text text;
    double number;

    if (r->at < r->end && *r->at == ':')
        r->at++;
    if (!word(r, &text))
        return NULL;
    if (dl_text_equals(text, "nil") || dl_text_equals(text, "null"))
        return dl_value_null(r->arena);
    if (dl_text_equals(text, "true") || dl_text_equals(text, "false"))
        return dl_value_bool(r->arena, text.len == 4);
    if (dl_value_parse_double(text, &number))
        return dl_value_double(r->arena, number);
    return dl_value_text(r->arena, text.at, text.len);
}

static struct dl_value *value(struct reader *r)
{
    struct dl_value *v;
    struct dl_text text;

    blanks(r);
    if (r->at == r->end || ++r->depth > DL_VALUE_DEPTH_MAX)
        return NULL;
    if (taken(r, "{"))
        v = hash(r);
    else if (taken(r, "["))
        v = array(r);
    else if (*r->at == '"' || *r->at == '\'') {
        char quote = *r->at++;

        v = quoted(r, quote, &text) ? dl_value_text(r->arena, text.at, text.len) : NULL;
    } else
        v = plain(r);
    r->depth--;
    return v;
}

struct dl_value *dl_rubyhash_read(struct dl_arena *arena, struct dl_text text)
{
    struct reader r = {.arena = arena, .at = text.at, .end = text.at + text.len};
    struct dl_value *v = taken(&r, "{") ? hash(&r) : NULL;

    blanks(&r);
    return r.at == r.end ? v : NULL;
}
