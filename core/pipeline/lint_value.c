/* Lint: the attributes of the tests' results, against facets and standard names. */
#include <string.h>

#include "base/text.h"
#include "pipeline/lint_private.h"

#define DEPTH_MAX 20     /* as deep as the platform looks into attributes */
#define PATH_MAX_LEN 512 /* bytes of a path that is looked at */
#define VALUES_MAX 20000 /* paths that are kept */

#define BIT(type) (1u << (type))
#define ARRAY_BIT BIT(DL_VALUE_ARRAY)

void lint_values_init(struct dl_lint *lint)
{
    dl_set_init(&lint->values, &lint->arena, 1024);
}

/* Remembers that a result has the path: number are the bits of its types, other the line. */
static void keep(struct dl_lint *lint, struct dl_text path, unsigned bits, int line)
{
    struct dl_set_entry *e = dl_set_find(&lint->values, path);

    if (!e && lint->value_count < VALUES_MAX) {
        path.at = dl_arena_copy(&lint->arena, path.at, path.len);
        e = path.at ? dl_set_put(&lint->values, path, NULL) : NULL;
        lint->value_count++;
        if (e)
            e->other = (size_t)line;
    }
    if (e)
        e->number |= bits;
}

static void look(struct dl_lint *lint, struct dl_text path, const struct dl_value *v,
                 unsigned depth, int line)
{
    bool is_array = dl_value_is(v, DL_VALUE_ARRAY);

    if (depth > DEPTH_MAX || path.len > PATH_MAX_LEN)
        return;
    if (path.len)
        keep(lint, path, BIT(v->type), line);
    if (!is_array && !dl_value_is(v, DL_VALUE_OBJECT))
        return;
    for (const struct dl_member *m = v->of.list.first; m; m = m->next) {
        struct dl_text inner = path;

        if (!is_array)
            inner.at = dl_arena_format(&lint->scratch, &inner.len, "%.*s%s%.*s", (int)path.len,
                                       path.at, path.len ? "." : "",
                                       (int)(m->key.len < PATH_MAX_LEN ? m->key.len : PATH_MAX_LEN),
                                       m->key.at);
        if (inner.at)
            look(lint, inner, m->value, depth + 1, line);
    }
}

void lint_values_look(struct dl_lint *lint, const struct dl_value *custom, int line)
{
    if (dl_value_is(custom, DL_VALUE_OBJECT))
        look(lint, (struct dl_text){"", 0}, custom, 0, line);
}

/* ---- facets ---- */

/* Targets of geo-ip-parsers: the tests have no places. */
static void take_places(struct dl_lint *lint, struct dl_set *places)
{
    dl_set_init(places, &lint->arena, 16);
    for (size_t i = 0; i < lint->step_count; i++)
        if (lint->steps[i].known && lint->steps[i].kind == DL_PROCESSOR_GEO_IP)
            dl_set_put(places, dl_option_text(lint->steps[i].doc, "target"), NULL);
}

static bool is_within(const struct dl_set *places, struct dl_text path)
{
    for (size_t i = 0; i < path.len && i < PATH_MAX_LEN; i++)
        if (path.at[i] == '.' && dl_set_find(places, (struct dl_text){path.at, i}))
            return true;
    return false;
}

static bool is_official(struct dl_text path)
{
    static const char *const names[] = {"service", "status", "host", "source", "trace_id"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (dl_text_equals(path, names[i]))
            return true;
    return false;
}

/* What the values may be for a facet of this type; 0: anything. */
static unsigned bits_of(struct dl_text type)
{
    if (dl_text_equals(type, "string"))
        return BIT(DL_VALUE_STRING);
    if (dl_text_equals(type, "integer"))
        return BIT(DL_VALUE_INTEGER);
    if (dl_text_equals(type, "double"))
        return BIT(DL_VALUE_DOUBLE) | BIT(DL_VALUE_INTEGER);
    return dl_text_equals(type, "boolean") ? BIT(DL_VALUE_BOOL) : 0;
}

static const char *name_of(unsigned bits)
{
    return bits & BIT(DL_VALUE_STRING)    ? "texts"
           : bits & BIT(DL_VALUE_BOOL)    ? "true or false"
           : bits & BIT(DL_VALUE_DOUBLE)  ? "numbers with decimals"
           : bits & BIT(DL_VALUE_INTEGER) ? "whole numbers"
                                          : "no values";
}

static void look_at_facet(struct dl_lint *lint, const struct lint_facet *f,
                          const struct dl_set *places)
{
    const struct dl_set_entry *e = dl_set_find(&lint->values, f->path);
    unsigned wanted = bits_of(dl_option_text(f->doc, "type")), others;

    if (!e) {
        if (!dl_text_equals(dl_option_text(f->doc, "source"), "tag") && !is_official(f->path) &&
            !is_within(places, f->path) && lint->value_count < VALUES_MAX)
            lint_find(lint, DL_LINT_RULE_FACET_UNUSED, DL_LINT_PIPELINE, f->doc->line,
                      "no test has \"%.*s\"", LINT_SHOW(f->path));
        return;
    }
    if (e->number & ARRAY_BIT)
        lint_find(lint, DL_LINT_RULE_FACET_ARRAY, DL_LINT_PIPELINE, f->doc->line,
                  "\"%.*s\" is an array in a test", LINT_SHOW(f->path));
    others =
        (unsigned)e->number & ~wanted &
        (BIT(DL_VALUE_BOOL) | BIT(DL_VALUE_INTEGER) | BIT(DL_VALUE_DOUBLE) | BIT(DL_VALUE_STRING));
    if (wanted && others)
        lint_find(lint, DL_LINT_RULE_FACET_TYPE, DL_LINT_PIPELINE, f->doc->line,
                  "the facet of \"%.*s\" is of the type %.*s, and tests have %s there",
                  LINT_SHOW(f->path), LINT_SHOW(dl_option_text(f->doc, "type")), name_of(others));
}

/* ---- standard names ---- */

/* X(standard attribute, names for it without "_" and "-"...) */
#define STANDARD_TABLE(X)                                                                          \
    X("network.client.ip", "clientip", "srcip", "sourceip", "remoteip", "remoteaddr")              \
    X("network.destination.ip", "dstip", "destip", "destinationip")                                \
    X("network.client.port", "clientport", "srcport", "sourceport")                                \
    X("network.destination.port", "dstport", "destport", "destinationport")                        \
    X("http.status_code", "httpstatus", "httpstatuscode", "statuscode", "responsecode")            \
    X("http.useragent", "useragent", "httpuseragent")                                              \
    X("http.method", "httpmethod", "requestmethod")                                                \
    X("http.url", "requesturl", "requesturi", "httpurl")                                           \
    X("http.referer", "referer", "referrer", "httpreferer")                                        \
    X("usr.id", "userid")                                                                          \
    X("usr.name", "username")                                                                      \
    X("usr.email", "useremail")                                                                    \
    X("duration", "responsetime", "elapsedtime", "requesttime")

#define WORD_MAX 32

/* The last name of a path, in lowercase and without what joins words; "" where it is longer. */
static void last_word(char to[WORD_MAX], struct dl_text path)
{
    size_t from = path.len, n = 0;

    while (from && path.at[from - 1] != '.')
        from--;
    for (; from < path.len && n + 1 < WORD_MAX; from++)
        if (path.at[from] != '_' && path.at[from] != '-')
            to[n++] = dl_ascii_lower(path.at[from]);
    to[from == path.len ? n : 0] = '\0';
}

/* A standard name already, or so deep that the log's own order says what it is. */
static bool is_named(struct dl_text path)
{
    size_t dots = 0;
    static const char *const roots[] = {"http.", "network.", "usr.", "ocsf.", "db.", "dns."};

    for (size_t i = 0; i < sizeof roots / sizeof *roots; i++)
        if (path.len > strlen(roots[i]) && memcmp(path.at, roots[i], strlen(roots[i])) == 0)
            return true;
    for (size_t i = 0; i < path.len; i++)
        dots += path.at[i] == '.';
    return dots > 1;
}

static const char *standard_of(struct dl_text path)
{
    static const struct {
        const char *path, *words[6];
    } table[] = {
#define STANDARD_ROW(path, ...) {path, {__VA_ARGS__, NULL}},
        STANDARD_TABLE(STANDARD_ROW)
#undef STANDARD_ROW
    };
    char word[WORD_MAX];

    if (is_named(path))
        return NULL;
    last_word(word, path);
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        for (size_t w = 0; table[i].words[w]; w++)
            if (strcmp(word, table[i].words[w]) == 0)
                return table[i].path;
    return NULL;
}

static void look_at_name(struct dl_lint *lint, const struct dl_set_entry *e)
{
    const char *standard = standard_of(e->text);

    if (!standard || !(e->number & ~(size_t)(ARRAY_BIT | BIT(DL_VALUE_OBJECT))) ||
        dl_set_find(&lint->values, (struct dl_text){standard, strlen(standard)}))
        return;
    lint_find(lint, DL_LINT_RULE_STANDARD, DL_LINT_TESTS, (int)e->other,
              "\"%.*s\" is %s by its name, and no test has that", LINT_SHOW(e->text), standard);
}

/* A number that nothing multiplies. */
static void look_at_duration(struct dl_lint *lint)
{
    const struct dl_set_entry *e = dl_set_find(&lint->values, DL_TEXT("duration"));
    size_t numbers = BIT(DL_VALUE_INTEGER) | BIT(DL_VALUE_DOUBLE);

    if (!e || !(e->number & numbers) ||
        memmem(lint->in.pipeline, lint->in.pipeline_len, "scale(", 6))
        return;
    for (size_t i = 0; i < lint->step_count; i++)
        if (lint->steps[i].known && lint->steps[i].kind == DL_PROCESSOR_ARITHMETIC)
            return;
    lint_find(lint, DL_LINT_RULE_DURATION, DL_LINT_TESTS, (int)e->other,
              "duration is a number as the log has it; it is to be nanoseconds");
}

void lint_look_at_values(struct dl_lint *lint)
{
    const struct dl_set_entry *code = dl_set_find(&lint->values, DL_TEXT("http.status_code"));
    struct dl_set places;

    if (lint->value_count == 0)
        return;
    take_places(lint, &places);
    for (size_t i = 0; i < lint->facet_count; i++)
        look_at_facet(lint, &lint->facets[i], &places);
    for (size_t i = 0; i < lint->values.size; i++)
        for (const struct dl_set_entry *e = lint->values.buckets[i]; e; e = e->next)
            look_at_name(lint, e);
    look_at_duration(lint);
    if (code && (code->number & (BIT(DL_VALUE_STRING) | BIT(DL_VALUE_DOUBLE))))
        lint_find(lint, DL_LINT_RULE_STATUS_CODE, DL_LINT_TESTS, (int)code->other,
                  "http.status_code is %s in a test", name_of((unsigned)code->number));
}
