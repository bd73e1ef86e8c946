/* XML as the filter xml makes it: attributes and children are members, text beside them is "value",
 * names that come again make arrays. No entities but the five, no DTD. */
#include <string.h>

#include "base/text.h"
#include "pipeline/grok_private.h"
#include "pipeline/value_read.h"

struct reader {
    struct dl_arena *arena;
    const char *at, *end;
    unsigned depth;
};

static bool starts(const struct reader *r, const char *text)
{
    size_t len = strlen(text);

    return (size_t)(r->end - r->at) >= len && memcmp(r->at, text, len) == 0;
}

static void blanks(struct reader *r)
{
    while (r->at < r->end && strchr(" \t\r\n", *r->at))
        r->at++;
}

/* Behind the next occurrence; false: there is none. */
static bool skip_behind(struct reader *r, const char *text)
{
    const char *found = memmem(r->at, (size_t)(r->end - r->at), text, strlen(text));

    if (found)
        r->at = found + strlen(text);
    return found != NULL;
}

/* Prologue, comments, declarations. */
static bool skip_rest(struct reader *r)
{
    for (;;) {
        blanks(r);
        if (starts(r, "<?")) {
            if (!skip_behind(r, "?>"))
                return false;
        } else if (starts(r, "<!--")) {
            if (!skip_behind(r, "-->"))
                return false;
        } else if (starts(r, "<!DOCTYPE")) {
            if (!skip_behind(r, ">"))
                return false;
        } else {
            return true;
        }
    }
}

static bool name(struct reader *r, struct dl_text *out)
{
    out->at = r->at;
    while (r->at < r->end && !strchr(" \t\r\n/>=<\"'", *r->at))
        r->at++;
    out->len = (size_t)(r->at - out->at);
    return out->len > 0;
}

static struct dl_text unescape(struct dl_arena *arena, struct dl_text text)
{
    static const struct {
        const char *name;
        char c;
    } known[] = {{"&lt;", '<'}, {"&gt;", '>'}, {"&amp;", '&'}, {"&quot;", '"'}, {"&apos;", '\''}};
    char *out = dl_arena_take(arena, text.len + 1);
    size_t n = 0;

    for (size_t i = 0; out && i < text.len;) {
        size_t len = 0;

        for (size_t k = 0; k < sizeof known / sizeof *known && !len; k++) {
            size_t l = strlen(known[k].name);

            if (text.len - i >= l && memcmp(text.at + i, known[k].name, l) == 0) {
                out[n++] = known[k].c;
                len = l;
            }
        }
        if (!len)
            out[n++] = text.at[i];
        i += len ? len : 1;
    }
    return (struct dl_text){out ? out : "", n};
}

static void add(struct dl_arena *arena, struct dl_value *into, struct dl_text key,
                struct dl_value *value)
{
    struct dl_member *m = dl_value_member(into, key);
    struct dl_value *list;

    if (!m) {
        dl_value_put(arena, into, key, value);
        return;
    }
    list = m->value;
    if (!dl_value_is(list, DL_VALUE_ARRAY)) {
        list = dl_value_array(arena);
        dl_value_append(arena, list, m->value);
        dl_value_put(arena, into, key, list);
    }
    dl_value_append(arena, list, value);
}

static bool attributes(struct reader *r, struct dl_value *into)
{
    for (;;) {
        struct dl_text key, text;
        char quote;

        blanks(r);
        if (r->at == r->end)
            return false;
        if (*r->at == '/' || *r->at == '>')
            return true;
        if (!name(r, &key))
            return false;
        blanks(r);
        if (r->at == r->end || *r->at != '=')
            return false;
        r->at++;
        blanks(r);
        if (r->at == r->end || (*r->at != '"' && *r->at != '\''))
            return false;
        quote = *r->at++;
        text.at = r->at;
        while (r->at < r->end && *r->at != quote)
            r->at++;
        if (r->at == r->end)
            return false;
        text.len = (size_t)(r->at++ - text.at);
        text = unescape(r->arena, text);
        add(r->arena, into, key, dl_value_text(r->arena, text.at, text.len));
    }
}

static struct dl_value *element(struct reader *r, struct dl_text *tag);

/* Children and text up to the closing tag. */
static bool content(struct reader *r, struct dl_value *into, struct dl_text tag,
                    struct dl_text *text)
{
    *text = (struct dl_text){"", 0};
    for (;;) {
        struct dl_text piece = {r->at, 0}, child;
        struct dl_value *inner;

        if (starts(r, "<![CDATA[")) {
            piece.at = r->at + 9;
            if (!skip_behind(r, "]]>"))
                return false;
            *text = (struct dl_text){piece.at, (size_t)(r->at - 3 - piece.at)};
            continue;
        }
        while (r->at < r->end && *r->at != '<')
            r->at++;
        if (r->at == r->end)
            return false;
        piece.len = (size_t)(r->at - piece.at);
        dl_text_trim(&piece.at, &piece.len);
        if (piece.len)
            *text = unescape(r->arena, piece);
        if (starts(r, "<!--")) {
            if (!skip_behind(r, "-->"))
                return false;
        } else if (starts(r, "</")) {
            r->at += 2;
            if (!name(r, &child) || !dl_text_is(child, tag))
                return false;
            blanks(r);
            return r->at < r->end && *r->at++ == '>';
        } else if (!starts(r, "<![CDATA[")) {
            inner = element(r, &child);
            if (!inner)
                return false;
            add(r->arena, into, child, inner);
        }
    }
}

/* An element without attributes and children is its text. */
static struct dl_value *element(struct reader *r, struct dl_text *tag)
{
    struct dl_value *into = dl_value_object(r->arena);
    struct dl_text text = {"", 0};

    if (!into || r->at == r->end || *r->at++ != '<' || !name(r, tag) ||
        ++r->depth > DL_VALUE_DEPTH_MAX || !attributes(r, into))
        return NULL;
    if (*r->at == '/') {
        r->at++;
        if (r->at == r->end || *r->at++ != '>')
            return NULL;
    } else {
        r->at++;
        if (!content(r, into, *tag, &text))
            return NULL;
    }
    r->depth--;
    if (into->of.list.count == 0)
        return dl_value_text(r->arena, text.at, text.len);
    if (text.len)
        add(r->arena, into, DL_TEXT("value"), dl_value_text(r->arena, text.at, text.len));
    return into;
}

struct dl_value *dl_xml_read(struct dl_arena *arena, struct dl_text text)
{
    struct reader r = {.arena = arena, .at = text.at, .end = text.at + text.len};
    struct dl_value *root = dl_value_object(arena), *inner;
    struct dl_text tag;

    if (!root || !skip_rest(&r))
        return NULL;
    inner = element(&r, &tag);
    if (!inner || !skip_rest(&r) || r.at != r.end)
        return NULL;
    dl_value_put(arena, root, tag, inner);
    return root;
}
