/* From the document of an asset to processors. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "pipeline/processor.h"

#define NESTED_MAX 8

static const char *const types[DL_PROCESSOR_KINDS] = {
#define DL_PROCESSOR_TYPE(symbol, type) type,
    DL_PROCESSOR_TABLE(DL_PROCESSOR_TYPE)
#undef DL_PROCESSOR_TYPE
};

/* ---- options ---- */

/* "preserveSource" as the public API has it: "preserve_source". */
static void snake(const char *camel, char *to, size_t size)
{
    size_t n = 0;

    for (; *camel && n + 2 < size; camel++) {
        if (*camel >= 'A' && *camel <= 'Z')
            to[n++] = '_';
        to[n++] = dl_ascii_lower(*camel);
    }
    to[n] = '\0';
}

bool dl_option_is(struct dl_text key, const char *name)
{
    char other[64];

    if (dl_text_equals(key, name))
        return true;
    snake(name, other, sizeof other);
    if (key.len > 3 && memcmp(key.at, "is_", 3) == 0)
        key = (struct dl_text){key.at + 3, key.len - 3};
    return dl_text_equals(key, other);
}

const struct dl_value *dl_option(const struct dl_value *document, const char *name)
{
    const struct dl_value *v = dl_value_get(document, name);
    char other[64], is[80];

    if (v)
        return v;
    snake(name, other, sizeof other);
    v = dl_value_get(document, other);
    if (v)
        return v;
    snprintf(is, sizeof is, "is_%s", other);
    return dl_value_get(document, is);
}

struct dl_text dl_option_text(const struct dl_value *document, const char *name)
{
    const struct dl_value *v = dl_option(document, name);

    return dl_value_is(v, DL_VALUE_STRING) ? v->of.text : (struct dl_text){"", 0};
}

bool dl_option_bool(const struct dl_value *document, const char *name, bool fallback)
{
    const struct dl_value *v = dl_option(document, name);

    return dl_value_is(v, DL_VALUE_BOOL) ? v->of.boolean : fallback;
}

int dl_refuse(struct dl_compile *c, const struct dl_value *at, const char *format, ...)
{
    char text[400];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (c->arena->full)
        return dl_error_set(c->err, DL_E_LIMIT, "the pipeline is too large");
    if (c->arena->failed)
        return dl_error_set(c->err, DL_E_NOMEM, "there is no memory for the pipeline");
    if (at && at->line)
        return dl_error_set(c->err, DL_E_VALUE, "line %d: %s", at->line, text);
    return dl_error_set(c->err, DL_E_VALUE, "%s", text);
}

/* ---- parts that many have ---- */

static int take_sources(struct dl_processor *p, struct dl_compile *c, const struct dl_value *doc)
{
    const struct dl_value *list = dl_option(doc, "sources"), *one = dl_option(doc, "source");
    size_t count = dl_value_is(list, DL_VALUE_ARRAY) ? list->of.list.count : 0, n = 0;

    p->sources = dl_arena_take(c->arena, (count + 1) * sizeof *p->sources);
    if (!p->sources)
        return dl_refuse(c, doc, "there is no memory for the sources");
    if (count)
        for (const struct dl_member *m = list->of.list.first; m; m = m->next) {
            if (!dl_value_is_scalar(m->value))
                return dl_refuse(c, m->value, "a source is to be the name of an attribute");
            p->sources[n++] = dl_value_print(c->arena, m->value);
        }
    else if (dl_value_is_scalar(one))
        p->sources[n++] = dl_value_print(c->arena, one);
    p->source_count = n;
    return 0;
}

static int take_query(const struct dl_query **out, struct dl_compile *c, const struct dl_value *at,
                      struct dl_text query)
{
    struct dl_error cause = {0};

    if (dl_query_parse(out, c->arena, query, &cause) < 0)
        return dl_refuse(c, at, "the query \"%.*s\": %s", (int)(query.len < 80 ? query.len : 80),
                         query.at, cause.text);
    return 0;
}

static enum dl_format format_of(struct dl_text text)
{
    if (dl_text_equals(text, "string"))
        return DL_FORMAT_STRING;
    if (dl_text_equals(text, "integer"))
        return DL_FORMAT_INTEGER;
    return dl_text_equals(text, "double") ? DL_FORMAT_DOUBLE : DL_FORMAT_AUTO;
}

/* ---- each kind ---- */

typedef int compile(struct dl_processor *p, struct dl_compile *c, const struct dl_value *doc,
                    unsigned depth);

static int plain(struct dl_processor *p, struct dl_compile *c, const struct dl_value *doc,
                 unsigned depth)
{
    (void)depth;
    if (p->source_count == 0)
        return dl_refuse(c, doc, "the %s has no sources", types[p->kind]);
    return 0;
}

static int targeted(struct dl_processor *p, struct dl_compile *c, const struct dl_value *doc,
                    unsigned depth)
{
    if (p->target.len == 0)
        return dl_refuse(c, doc, "the %s has no target", types[p->kind]);
    return plain(p, c, doc, depth);
}

static int grok(struct dl_processor *p, struct dl_compile *c, const struct dl_value *doc,
                unsigned depth)
{
    const struct dl_value *rules = dl_option(doc, "grok");
    struct dl_error cause = {0};
    int rc;

    (void)depth;
    if (!rules)
        return dl_refuse(c, doc, "the grok-parser has no rules");
    rc = dl_grok_compile(&p->grok, dl_option_text(rules, "supportRules"),
                         dl_option_text(rules, "matchRules"), &cause);
    if (rc == -DL_E_VALUE)
        return dl_refuse(c, rules, "%s", cause.text);
    return rc < 0 ? dl_error_set(c->err, cause.code, "%s", cause.text) : 0;
}

static int nested(struct dl_processor *p, struct dl_compile *c, const struct dl_value *doc,
                  unsigned depth)
{
    const struct dl_value *filter = dl_option(doc, "filter");
    int rc = take_query(&p->filter, c, filter ? filter : doc, dl_option_text(filter, "query"));

    return rc == 0 ? dl_processor_list(&p->children, c, dl_option(doc, "processors"), depth + 1)
                   : rc;
}

static int string_builder(struct dl_processor *p, struct dl_compile *c, const struct dl_value *doc,
                          unsigned depth)
{
    (void)depth;
    if (p->target.len == 0)
        return dl_refuse(c, doc, "the string-builder-processor has no target");
    return dl_template_compile(p, c, doc);
}

static int category(struct dl_processor *p, struct dl_compile *c, const struct dl_value *doc,
                    unsigned depth)
{
    (void)depth;
    return dl_categories_compile(p, c, doc);
}

static int lookup(struct dl_processor *p, struct dl_compile *c, const struct dl_value *doc,
                  unsigned depth)
{
    int rc = targeted(p, c, doc, depth);

    return rc == 0 ? dl_lookup_compile(p, c, doc) : rc;
}

static int arithmetic(struct dl_processor *p, struct dl_compile *c, const struct dl_value *doc,
                      unsigned depth)
{
    (void)depth;
    if (p->target.len == 0)
        return dl_refuse(c, doc, "the arithmetic-processor has no target");
    return dl_expression_compile(p, c, doc);
}

static int array(struct dl_processor *p, struct dl_compile *c, const struct dl_value *doc,
                 unsigned depth)
{
    static const char *const operations[] = {"select", "append", "length", "extract-key-value"};
    const struct dl_value *operation = dl_option(doc, "operation");
    struct dl_text type = dl_option_text(operation, "type");
    int rc;

    (void)depth;
    if (!operation)
        return dl_refuse(c, doc, "the array-processor has no operation");
    rc = take_sources(p, c, operation);
    if (rc < 0)
        return rc;
    p->target = dl_option_text(operation, "target");
    p->extract = dl_option_text(operation, "valueToExtract");
    p->preserve_source = dl_option_bool(operation, "preserveSource", true);
    if (dl_text_equals(type, "key-value") || dl_text_equals(type, "extract-key-value")) {
        p->key = dl_option_text(operation, "keyToExtract");
        p->operation = DL_ARRAY_KEY_VALUE;
        return 0;
    }
    for (int i = 0; i < 3; i++)
        if (dl_text_equals(type, operations[i])) {
            p->operation = (enum dl_array_operation)i;
            return p->operation == DL_ARRAY_SELECT
                       ? take_query(&p->filter, c, operation, dl_option_text(operation, "filter"))
                       : 0;
        }
    return dl_refuse(c, operation, "there is no array operation \"%.*s\"", (int)type.len, type.at);
}

static int array_map(struct dl_processor *p, struct dl_compile *c, const struct dl_value *doc,
                     unsigned depth)
{
    int rc = targeted(p, c, doc, depth);

    return rc == 0 ? dl_processor_list(&p->children, c, dl_option(doc, "processors"), depth + 1)
                   : rc;
}

static int schema(struct dl_processor *p, struct dl_compile *c, const struct dl_value *doc,
                  unsigned depth)
{
    p->schema = dl_option(doc, "schema");
    return dl_processor_list(&p->children, c, dl_option(doc, "mappers"), depth + 1);
}

static int schema_category(struct dl_processor *p, struct dl_compile *c, const struct dl_value *doc,
                           unsigned depth)
{
    const struct dl_value *targets = dl_option(doc, "targets");
    const struct dl_value *fallback = dl_option(dl_option(doc, "fallback"), "sources");

    (void)depth;
    p->target = dl_option_text(targets, "name");
    p->id_target = dl_option_text(targets, "id");
    /* {TARGET OF THE NAME: [SOURCE]} */
    if (dl_value_is(fallback, DL_VALUE_OBJECT)) {
        const struct dl_member *m = dl_value_member(fallback, p->target);

        if (m && dl_value_is(m->value, DL_VALUE_ARRAY))
            p->fallback = m->value;
    }
    return dl_categories_compile(p, c, doc);
}

static int decoder(struct dl_processor *p, struct dl_compile *c, const struct dl_value *doc,
                   unsigned depth)
{
    struct dl_text encoding = dl_option_text(doc, "binaryToTextEncoding");

    p->hexadecimal = dl_text_equals(encoding, "base16");
    p->integer = dl_text_equals(dl_option_text(doc, "inputRepresentation"), "integer");
    if (!p->hexadecimal && !dl_text_equals(encoding, "base64"))
        return dl_refuse(c, doc, "a decoder reads base64 or base16");
    return targeted(p, c, doc, depth);
}

static int exclude(struct dl_processor *p, struct dl_compile *c, const struct dl_value *doc,
                   unsigned depth)
{
    (void)depth;
    p->target = dl_option_text(doc, "attributeToExclude");
    return p->target.len ? 0 : dl_refuse(c, doc, "which attribute is to be excluded is missing");
}

static int anything(struct dl_processor *p, struct dl_compile *c, const struct dl_value *doc,
                    unsigned depth)
{
    (void)p, (void)c, (void)doc, (void)depth;
    return 0;
}

static compile *const compilers[DL_PROCESSOR_KINDS] = {
    [DL_PROCESSOR_ATTRIBUTE] = targeted,
    [DL_PROCESSOR_GROK] = grok,
    [DL_PROCESSOR_PIPELINE] = nested,
    [DL_PROCESSOR_DATE] = plain,
    [DL_PROCESSOR_STRING_BUILDER] = string_builder,
    [DL_PROCESSOR_STATUS] = plain,
    [DL_PROCESSOR_CATEGORY] = category,
    [DL_PROCESSOR_LOOKUP] = lookup,
    [DL_PROCESSOR_MESSAGE] = plain,
    [DL_PROCESSOR_GEO_IP] = targeted,
    [DL_PROCESSOR_SERVICE] = plain,
    [DL_PROCESSOR_USER_AGENT] = targeted,
    [DL_PROCESSOR_URL] = targeted,
    [DL_PROCESSOR_ARITHMETIC] = arithmetic,
    [DL_PROCESSOR_ARRAY] = array,
    [DL_PROCESSOR_ARRAY_MAP] = array_map,
    [DL_PROCESSOR_SCHEMA] = schema,
    [DL_PROCESSOR_SCHEMA_REMAPPER] = targeted,
    [DL_PROCESSOR_SCHEMA_CATEGORY] = schema_category,
    [DL_PROCESSOR_TRACE_ID] = plain,
    [DL_PROCESSOR_SPAN_ID] = plain,
    [DL_PROCESSOR_DECODER] = decoder,
    [DL_PROCESSOR_EXCLUDE] = exclude,
    [DL_PROCESSOR_THREAT_INTEL] = anything,
};

static int find_kind(enum dl_processor_kind *out, struct dl_text type)
{
    for (int i = 0; i < DL_PROCESSOR_KINDS; i++)
        if (dl_text_equals(type, types[i])) {
            *out = (enum dl_processor_kind)i;
            return 0;
        }
    return -1;
}

int dl_processor_compile(struct dl_processor **out, struct dl_compile *c,
                         const struct dl_value *document, unsigned depth)
{
    struct dl_text type = dl_option_text(document, "type");
    struct dl_processor *p = dl_arena_take(c->arena, sizeof *p);
    int rc;

    if (!p)
        return dl_refuse(c, document, "there is no memory for a processor");
    if (depth > NESTED_MAX)
        return dl_refuse(c, document, "pipelines are nested too deeply");
    if (find_kind(&p->kind, type) < 0)
        return dl_refuse(c, document, "there is no processor \"%.*s\"", (int)type.len, type.at);
    p->line = document->line;
    p->number = c->count++;
    p->name = dl_option_text(document, "name");
    p->enabled = dl_option_bool(document, "enabled", true);
    p->target = dl_option_text(document, "target");
    p->source_is_tag = dl_text_equals(dl_option_text(document, "sourceType"), "tag");
    p->target_is_tag = dl_text_equals(dl_option_text(document, "targetType"), "tag");
    p->preserve_source = dl_option_bool(document, "preserveSource", true);
    p->override = dl_option_bool(document, "overrideOnConflict", false);
    p->replace_missing = dl_option_bool(document, "replaceMissing", false);
    p->normalize_slashes = dl_option_bool(document, "normalizeEndingSlashes", false);
    p->encoded = dl_option_bool(document, "encoded", false);
    p->format = format_of(dl_option_text(document, "targetFormat"));
    *out = p;
    rc = take_sources(p, c, document);
    return rc == 0 ? compilers[p->kind](p, c, document, depth) : rc;
}

int dl_processor_list(struct dl_processor **out, struct dl_compile *c, const struct dl_value *list,
                      unsigned depth)
{
    struct dl_processor **last = out;

    if (!list || list->type == DL_VALUE_NULL)
        return 0;
    if (list->type != DL_VALUE_ARRAY)
        return dl_refuse(c, list, "processors are to be a list");
    for (const struct dl_member *m = list->of.list.first; m; m = m->next) {
        struct dl_processor *p = NULL;
        int rc = dl_processor_compile(&p, c, m->value, depth);

        if (p) { /* in the list even if it failed: what it holds is freed with it */
            *last = p;
            last = &p->next;
        }
        if (rc < 0)
            return rc;
    }
    return 0;
}

void dl_processor_free(struct dl_processor *processor)
{
    for (; processor; processor = processor->next) {
        dl_grok_free(processor->grok);
        dl_processor_free(processor->children);
    }
}

const struct dl_processor *dl_processor_next(const struct dl_processor *processor)
{
    return processor->next;
}

enum dl_processor_kind dl_processor_kind(const struct dl_processor *processor)
{
    return processor->kind;
}

const char *dl_processor_type(const struct dl_processor *processor)
{
    return types[processor->kind];
}

struct dl_text dl_processor_name(const struct dl_processor *processor)
{
    return processor->name;
}

int dl_processor_line(const struct dl_processor *processor)
{
    return processor->line;
}

const struct dl_grok *dl_processor_grok(const struct dl_processor *processor)
{
    return processor->grok;
}
