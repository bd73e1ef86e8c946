/* Assets in YAML, through libyaml: its events become values with their lines. */
#include <string.h>
#include <yaml.h>

#include "base/text.h"
#include "pipeline/set.h"
#include "pipeline/value_read.h"

struct reader {
    yaml_parser_t parser;
    yaml_event_t event;
    struct dl_arena *arena;
    struct dl_error *err;
    unsigned depth;
};

static struct dl_value *refuse(struct reader *r, const char *what)
{
    if (r->err->code == DL_OK)
        dl_error_set(r->err, DL_E_VALUE, "%zu:%zu: %s", r->event.start_mark.line + 1,
                     r->event.start_mark.column + 1, what);
    return NULL;
}

static bool next(struct reader *r)
{
    yaml_event_delete(&r->event);
    if (yaml_parser_parse(&r->parser, &r->event))
        return true;
    dl_error_set(r->err, DL_E_VALUE, "%zu:%zu: %s", r->parser.problem_mark.line + 1,
                 r->parser.problem_mark.column + 1,
                 r->parser.problem ? r->parser.problem : "this is no YAML");
    return false;
}

static bool one_of(struct dl_text text, const char *const *words)
{
    for (; *words; words++)
        if (dl_text_equals(text, *words))
            return true;
    return false;
}

/* [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )? */
static bool is_number(struct dl_text t)
{
    size_t i = 0, digits = 0;

    if (i < t.len && (t.at[i] == '-' || t.at[i] == '+'))
        i++;
    for (; i < t.len && t.at[i] >= '0' && t.at[i] <= '9'; i++)
        digits++;
    if (i < t.len && t.at[i] == '.')
        for (i++; i < t.len && t.at[i] >= '0' && t.at[i] <= '9'; i++)
            digits++;
    if (!digits)
        return false;
    if (i < t.len && (t.at[i] | 32) == 'e') {
        i++;
        if (i < t.len && (t.at[i] == '-' || t.at[i] == '+'))
            i++;
        if (i == t.len)
            return false;
        while (i < t.len && t.at[i] >= '0' && t.at[i] <= '9')
            i++;
    }
    return i == t.len;
}

/* 0o17, 0x1F */
static bool is_other_base(struct dl_text t, int64_t *out)
{
    int64_t base = t.len > 2 && t.at[0] == '0' ? t.at[1] == 'o' ? 8 : t.at[1] == 'x' ? 16 : 0 : 0;

    *out = 0;
    for (size_t i = 2; i < t.len && base; i++) {
        char c = t.at[i];
        int64_t digit = c >= '0' && c <= '9'                 ? c - '0'
                        : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10
                                                             : base;

        if (digit >= base || *out > (INT64_MAX - digit) / base)
            return false;
        *out = *out * base + digit;
    }
    return base != 0;
}

/* A plain scalar by the core schema. */
static struct dl_value *plain(struct reader *r, struct dl_text text)
{
    static const char *const nulls[] = {"", "~", "null", "Null", "NULL", NULL};
    static const char *const yes[] = {"true", "True", "TRUE", NULL};
    static const char *const no[] = {"false", "False", "FALSE", NULL};
    int64_t integer;
    double real;

    if (one_of(text, nulls))
        return dl_value_null(r->arena);
    if (one_of(text, yes) || one_of(text, no))
        return dl_value_bool(r->arena, one_of(text, yes));
    if (is_other_base(text, &integer) ||
        (is_number(text) && dl_value_parse_integer(text, &integer)))
        return dl_value_integer(r->arena, integer);
    if (is_number(text) && dl_value_parse_double(text, &real))
        return dl_value_double(r->arena, real);
    return dl_value_text(r->arena, text.at, text.len);
}

/* "!!str 12" */
static bool is_tagged_text(const struct reader *r)
{
    const char *tag = (const char *)r->event.data.scalar.tag;

    return tag && strcmp(tag, YAML_STR_TAG) == 0;
}

static struct dl_value *node(struct reader *r);

static struct dl_value *sequence(struct reader *r)
{
    struct dl_value *v = dl_value_array(r->arena);

    for (;;) {
        struct dl_value *inner;

        if (!next(r))
            return NULL;
        if (r->event.type == YAML_SEQUENCE_END_EVENT)
            return v;
        inner = node(r);
        if (!inner)
            return NULL;
        dl_value_append(r->arena, v, inner);
        if (v && v->of.list.last)
            v->of.list.last->line = inner->line;
    }
}

static struct dl_value *mapping(struct reader *r)
{
    struct dl_value *v = dl_value_object(r->arena);
    struct dl_set keys = {0};

    for (;;) {
        struct dl_value *inner;
        struct dl_member *member;
        struct dl_text key;
        int line;

        if (!next(r))
            return NULL;
        if (r->event.type == YAML_MAPPING_END_EVENT)
            return v;
        if (r->event.type != YAML_SCALAR_EVENT)
            return refuse(r, "a key is to be a text");
        key.len = r->event.data.scalar.length;
        key.at = dl_arena_copy(r->arena, (const char *)r->event.data.scalar.value, key.len);
        line = (int)r->event.start_mark.line + 1;
        if (!key.at)
            return NULL;
        if (!dl_set_is_new_key(&keys, r->arena, v, key))
            return refuse(r, "this key is there twice");
        if (!next(r))
            return NULL;
        inner = node(r);
        if (!inner)
            return NULL;
        member = dl_value_add(r->arena, v, key, inner);
        if (!member)
            return NULL;
        member->line = line;
    }
}

/* The node whose event is there. */
static struct dl_value *node(struct reader *r)
{
    int line = (int)r->event.start_mark.line + 1;
    struct dl_value *v = NULL;

    if (++r->depth > DL_VALUE_DEPTH_MAX)
        return refuse(r, "this is nested too deeply");
    switch (r->event.type) {
    case YAML_SCALAR_EVENT: {
        struct dl_text text = {(const char *)r->event.data.scalar.value,
                               r->event.data.scalar.length};

        v = r->event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE && !is_tagged_text(r)
                ? plain(r, text)
                : dl_value_text(r->arena, text.at, text.len);
        break;
    }
    case YAML_SEQUENCE_START_EVENT:
        v = sequence(r);
        break;
    case YAML_MAPPING_START_EVENT:
        v = mapping(r);
        break;
    case YAML_ALIAS_EVENT:
        return refuse(r, "aliases are not taken; write the value out");
    default:
        return refuse(r, "a value is missing");
    }
    r->depth--;
    if (v)
        v->line = line;
    return v;
}

static struct dl_value *document(struct reader *r)
{
    struct dl_value *v;

    do
        if (!next(r))
            return NULL;
    while (r->event.type == YAML_STREAM_START_EVENT || r->event.type == YAML_DOCUMENT_START_EVENT);
    if (r->event.type == YAML_STREAM_END_EVENT)
        return refuse(r, "the file is empty");
    v = node(r);
    if (!v || !next(r) || !next(r))
        return NULL;
    return r->event.type == YAML_STREAM_END_EVENT ? v : refuse(r, "one document is enough");
}

int dl_value_read_yaml(struct dl_value **out, struct dl_arena *arena, const char *text, size_t len,
                       struct dl_error *err)
{
    struct reader r = {.arena = arena};
    struct dl_error cause = {0};
    struct dl_value *v;
    size_t bad;

    r.err = &cause;
    if (!dl_utf8_valid(text, len, &bad))
        return dl_error_set(err, DL_E_VALUE, "byte %zu is no UTF-8", bad + 1);
    if (!yaml_parser_initialize(&r.parser))
        return dl_error_set(err, DL_E_NOMEM, "there is no memory to read YAML");
    yaml_parser_set_input_string(&r.parser, (const unsigned char *)text, len);
    yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
    v = document(&r);
    yaml_event_delete(&r.event);
    yaml_parser_delete(&r.parser);
    if (arena->full)
        return dl_error_set(err, DL_E_LIMIT, "the file is too large");
    if (arena->failed)
        return dl_error_set(err, DL_E_NOMEM, "there is no memory for the file");
    if (!v) {
        if (err)
            *err = cause;
        return -DL_E_VALUE;
    }
    *out = v;
    return 0;
}
