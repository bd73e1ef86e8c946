/* %{name(arguments):attribute:filter(arguments)} taken apart. */
#include <string.h>

#include "base/text.h"
#include "pipeline/grok_private.h"

struct reader {
    struct dl_arena *arena;
    const char *at, *end;
    struct dl_error *err;
};

static int refuse(struct reader *r, const char *what)
{
    return dl_error_set(r->err, DL_E_VALUE, "%s", what);
}

static void blanks(struct reader *r)
{
    while (r->at < r->end && (*r->at == ' ' || *r->at == '\t'))
        r->at++;
}

/* Behind the opening quote; \" and \\ stand for the second character, all else for itself. */
static int quoted(struct reader *r, struct dl_text *out)
{
    const char *close = r->at;
    char *text;
    size_t n = 0;

    while (close < r->end && *close != '"')
        close += *close == '\\' && close + 1 < r->end ? 2 : 1;
    if (close >= r->end)
        return refuse(r, "the closing \" is missing");
    text = dl_arena_take(r->arena, (size_t)(close - r->at) + 1);
    if (!text)
        return dl_error_set(r->err, DL_E_NOMEM, "there is no memory for the rule");
    for (; r->at < close; r->at++) {
        if (*r->at == '\\' && r->at + 1 < close && (r->at[1] == '"' || r->at[1] == '\\'))
            r->at++;
        text[n++] = *r->at;
    }
    r->at = close + 1;
    *out = (struct dl_text){text, n};
    return 0;
}

static int call(struct reader *r, struct dl_call *out, unsigned depth);

static int argument(struct reader *r, struct dl_call *out, unsigned depth)
{
    size_t i = out->count;
    struct dl_call *inner;
    int rc;

    if (i == DL_GROK_ARGS_MAX)
        return refuse(r, "there are too many arguments");
    blanks(r);
    if (r->at < r->end && *r->at == '"') {
        r->at++;
        rc = quoted(r, &out->args[i]);
        out->count += rc == 0;
        return rc;
    }
    inner = dl_arena_take(r->arena, sizeof *inner);
    if (!inner)
        return dl_error_set(r->err, DL_E_NOMEM, "there is no memory for the rule");
    rc = call(r, inner, depth + 1);
    if (rc < 0)
        return rc;
    out->args[i] = inner->name;
    if (inner->name.len && !strchr("0123456789+-.", inner->name.at[0]))
        out->inner[i] = inner;
    out->count++;
    return 0;
}

/* "name" or "name(arg, arg)" */
static int call(struct reader *r, struct dl_call *out, unsigned depth)
{
    int rc = 0;

    if (depth > 4)
        return refuse(r, "filters are nested too deeply");
    blanks(r);
    out->name.at = r->at;
    while (r->at < r->end && !strchr(" \t(),:}", *r->at))
        r->at++;
    out->name.len = (size_t)(r->at - out->name.at);
    blanks(r);
    if (r->at == r->end || *r->at != '(')
        return 0;
    do {
        r->at++;
        blanks(r);
        if (r->at < r->end && *r->at == ')' && out->count == 0)
            break;
        rc = argument(r, out, depth);
        blanks(r);
    } while (rc == 0 && r->at < r->end && *r->at == ',');
    if (rc < 0)
        return rc;
    if (r->at == r->end || *r->at != ')')
        return refuse(r, "the closing ) of the arguments is missing");
    r->at++;
    blanks(r);
    return 0;
}

static int extract(struct reader *r, struct dl_text *out)
{
    blanks(r);
    if (r->at < r->end && *r->at == '"') {
        r->at++;
        return quoted(r, out);
    }
    out->at = r->at;
    while (r->at < r->end && *r->at != ':' && *r->at != '}')
        r->at++;
    out->len = (size_t)(r->at - out->at);
    while (out->len && out->at[out->len - 1] == ' ')
        out->len--;
    return 0;
}

int dl_token_read(struct dl_token *out, struct dl_arena *arena, const char **at, const char *end,
                  struct dl_error *err)
{
    struct reader r = {.arena = arena, .at = *at, .end = end, .err = err};
    int rc;

    *out = (struct dl_token){0};
    if (end - r.at > 2 && memcmp(r.at, "?>", 2) == 0)
        r.at += 2;
    rc = call(&r, &out->matcher, 0);
    if (rc == 0 && r.at < end && *r.at == ':') {
        r.at++;
        out->has_colon = true;
        rc = extract(&r, &out->extract);
    }
    if (rc == 0 && r.at < end && *r.at == ':') {
        r.at++;
        blanks(&r);
        out->has_filter = r.at < end && *r.at != '}';
        rc = call(&r, &out->filter, 0);
    }
    if (rc < 0)
        return rc;
    if (r.at == end || *r.at != '}')
        return refuse(&r, "the closing } of a %{ is missing");
    *at = r.at + 1;
    return 0;
}
