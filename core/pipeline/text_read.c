/* Small formats: percent escapes, query strings, URLs, CSV. */
#include <string.h>

#include "base/text.h"
#include "pipeline/grok_private.h"
#include "pipeline/parse.h"
#include "pipeline/path.h"

static int hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1;
}

struct dl_text dl_percent_decode(struct dl_arena *arena, struct dl_text text, bool plus)
{
    char *out = dl_arena_take(arena, text.len + 1);
    size_t n = 0;

    for (size_t i = 0; out && i < text.len; i++) {
        if (text.at[i] == '%' && i + 2 < text.len && hex(text.at[i + 1]) >= 0 &&
            hex(text.at[i + 2]) >= 0) {
            out[n++] = (char)(hex(text.at[i + 1]) * 16 + hex(text.at[i + 2]));
            i += 2;
        } else {
            out[n++] = plus && text.at[i] == '+' ? ' ' : text.at[i];
        }
    }
    if (!out || !dl_utf8_valid(out, n, NULL))
        return text;
    return (struct dl_text){out, n};
}

/* A further value of a name: an array of those that differ. */
static void add(struct dl_arena *arena, struct dl_value *into, struct dl_text key,
                struct dl_value *value)
{
    struct dl_member *m = dl_value_member(into, key);
    struct dl_value *list;

    if (!m) {
        dl_value_put(arena, into, key, value);
        return;
    }
    if (dl_value_equal(m->value, value, NULL))
        return;
    list = m->value;
    if (!dl_value_is(list, DL_VALUE_ARRAY)) {
        list = dl_value_array(arena);
        dl_value_append(arena, list, m->value);
        dl_value_put(arena, into, key, list);
    }
    for (const struct dl_member *e = list ? list->of.list.first : NULL; e; e = e->next)
        if (dl_value_equal(e->value, value, NULL))
            return;
    dl_value_append(arena, list, value);
}

struct dl_value *dl_querystring_read(struct dl_arena *arena, struct dl_text text, bool decode)
{
    struct dl_value *into = dl_value_object(arena);

    while (into && text.len) {
        const char *amp = memchr(text.at, '&', text.len);
        struct dl_text pair = {text.at, amp ? (size_t)(amp - text.at) : text.len};
        const char *equal = memchr(pair.at, '=', pair.len);
        struct dl_text key = {pair.at, equal ? (size_t)(equal - pair.at) : pair.len};
        struct dl_text value = {equal ? equal + 1 : "", equal ? pair.len - key.len - 1 : 0};

        if (decode) {
            key = dl_percent_decode(arena, key, true);
            value = dl_percent_decode(arena, value, true);
        }
        if (key.len)
            add(arena, into, key, dl_value_text(arena, value.at, value.len));
        text.len -= pair.len + (amp != NULL);
        text.at += pair.len + (amp != NULL);
    }
    return into && into->of.list.count ? into : NULL;
}

/* ---- URLs ---- */

static void put(struct dl_arena *arena, struct dl_value *into, const char *name,
                struct dl_text text)
{
    dl_value_put(arena, into, (struct dl_text){name, strlen(name)},
                 dl_value_text(arena, text.at, text.len));
}

/* Cuts at the first of these characters; what is behind it goes to `rest`, false: it is not there.
 */
static bool cut(struct dl_text *text, char at, struct dl_text *rest)
{
    const char *found = memchr(text->at, at, text->len);

    if (!found)
        return false;
    *rest = (struct dl_text){found + 1, text->len - (size_t)(found - text->at) - 1};
    text->len = (size_t)(found - text->at);
    return true;
}

static size_t scheme_length(struct dl_text text)
{
    size_t n = 0;

    while (n < text.len && (((text.at[n] | 32) >= 'a' && (text.at[n] | 32) <= 'z') ||
                            (n && strchr("0123456789+-.", text.at[n]))))
        n++;
    return n && text.len > n + 2 && memcmp(text.at + n, "://", 3) == 0 ? n : 0;
}

static void authority(struct dl_arena *arena, struct dl_value *into, struct dl_text text)
{
    const char *at = memrchr(text.at, '@', text.len), *colon;
    char *lower;
    int64_t port;

    if (at)
        text = (struct dl_text){at + 1, text.len - (size_t)(at - text.at) - 1};
    colon = memrchr(text.at, ':', text.len);
    if (colon && !memchr(colon, ']', text.len - (size_t)(colon - text.at)) &&
        dl_value_parse_integer(
            (struct dl_text){colon + 1, text.len - (size_t)(colon - text.at) - 1}, &port)) {
        dl_value_put(arena, into, DL_TEXT("port"), dl_value_integer(arena, port));
        text.len = (size_t)(colon - text.at);
    }
    lower = dl_arena_copy(arena, text.at, text.len);
    for (size_t i = 0; lower && i < text.len; i++)
        lower[i] = dl_ascii_lower(lower[i]);
    if (lower && text.len)
        put(arena, into, "host", (struct dl_text){lower, text.len});
}

struct dl_value *dl_url_read(struct dl_arena *arena, struct dl_text text)
{
    struct dl_value *into = dl_value_object(arena), *query;
    struct dl_text hash, parameters;
    size_t scheme = scheme_length(text);
    bool has_hash = cut(&text, '#', &hash), has_query = cut(&text, '?', &parameters);

    if (!into)
        return NULL;
    if (scheme) {
        struct dl_text rest = {text.at + scheme + 3,
                               text.len > scheme + 3 ? text.len - scheme - 3 : 0};
        size_t host = 0;

        put(arena, into, "scheme", (struct dl_text){text.at, scheme});
        while (host < rest.len && rest.at[host] != '/')
            host++;
        authority(arena, into, (struct dl_text){rest.at, host});
        text = (struct dl_text){rest.at + host, rest.len - host};
    }
    put(arena, into, "path", text);
    query = has_query ? dl_querystring_read(arena, parameters, false) : NULL;
    if (query)
        dl_value_put(arena, into, DL_TEXT("queryString"), query);
    if (has_hash && hash.len)
        put(arena, into, "hash", hash);
    return into;
}

/* ---- CSV ---- */

static bool starts_at(struct dl_text text, size_t at, struct dl_text word)
{
    return text.len - at >= word.len && memcmp(text.at + at, word.at, word.len) == 0;
}

/* One field; moves *at behind its separator. */
static struct dl_text field(struct dl_arena *arena, struct dl_text text, size_t *at,
                            struct dl_text separator, char quote)
{
    char *out = dl_arena_take(arena, text.len - *at + 1);
    size_t n = 0, i = *at;
    bool inside = i < text.len && text.at[i] == quote;

    i += inside;
    for (; out && i < text.len; i++) {
        if (inside && text.at[i] == quote) {
            if (i + 1 < text.len && text.at[i + 1] == quote)
                i++;
            else {
                inside = false;
                continue;
            }
        } else if (!inside && starts_at(text, i, separator)) {
            break;
        }
        out[n++] = text.at[i];
    }
    *at = i + separator.len;
    return (struct dl_text){out ? out : "", n};
}

struct dl_value *dl_csv_read(struct dl_arena *arena, struct dl_text names, struct dl_text separator,
                             char quote, struct dl_text text)
{
    struct dl_value *into = dl_value_object(arena);
    size_t at = 0;

    while (into && names.len && at < text.len) {
        struct dl_text rest = {"", 0}, name = names, value;
        double number;

        cut(&name, ',', &rest);
        names = rest;
        dl_text_trim(&name.at, &name.len);
        value = field(arena, text, &at, separator, quote);
        if (value.len == 0 || name.len == 0)
            continue;
        if (dl_value_parse_double(value, &number))
            dl_path_set(arena, into, name, dl_value_double(arena, number));
        else
            dl_path_set(arena, into, name, dl_value_text(arena, value.at, value.len));
    }
    return into && into->of.list.count ? into : NULL;
}
