/* Lint: the options of processors, as the pipelines page exports them. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "pipeline/lint_private.h"

enum shape { TEXT, BOOL, LIST, OBJECT, TABLE, TEMPLATE, ANY };

static const char *const shape_names[] = {
    "a text",           "true or false", "a list", "a mapping", "a text of lines or a list",
    "a text or number", "any value"};

struct option {
    const char *name;
    enum shape shape;
    bool required;
};

#define END                                                                                        \
    {                                                                                              \
        NULL, ANY, false                                                                           \
    }

/* In the order of the export. */
static const struct option attribute_options[] = {{"sources", LIST, true},
                                                  {"sourceType", TEXT, false},
                                                  {"target", TEXT, true},
                                                  {"targetType", TEXT, false},
                                                  {"targetFormat", TEXT, false},
                                                  {"preserveSource", BOOL, false},
                                                  {"overrideOnConflict", BOOL, false},
                                                  END};
static const struct option sources_options[] = {
    {"sources", LIST, true}, {"overrideOnConflict", BOOL, false}, END};
static const struct option grok_options[] = {
    {"source", TEXT, true}, {"samples", LIST, false}, {"grok", OBJECT, true}, END};
static const struct option pipeline_options[] = {{"ocsf", OBJECT, false},
                                                 {"filter", OBJECT, true},
                                                 {"processors", LIST, false},
                                                 {"tags", LIST, false},
                                                 {"id", TEXT, false},
                                                 {"readOnly", BOOL, false},
                                                 END};
static const struct option string_builder_options[] = {
    {"template", TEMPLATE, true}, {"target", TEXT, true}, {"replaceMissing", BOOL, false}, END};
static const struct option category_options[] = {
    {"categories", LIST, true}, {"target", TEXT, true}, END};
static const struct option lookup_options[] = {{"source", TEXT, true},
                                               {"target", TEXT, true},
                                               {"lookupTable", TABLE, true},
                                               {"defaultLookup", ANY, false},
                                               {"lookupEnrichmentTable", TEXT, false},
                                               {"type", TEXT, true},
                                               END};
static const struct option targeted_options[] = {{"sources", LIST, true},
                                                 {"target", TEXT, true},
                                                 {"encoded", BOOL, false},
                                                 {"combineVersionDetails", BOOL, false},
                                                 {"normalizeEndingSlashes", BOOL, false},
                                                 {"ipProcessingBehavior", TEXT, false},
                                                 END};
static const struct option arithmetic_options[] = {
    {"expression", TEXT, true}, {"target", TEXT, true}, {"replaceMissing", BOOL, false}, END};
static const struct option array_options[] = {{"operation", OBJECT, true}, END};
static const struct option array_map_options[] = {{"source", TEXT, true},
                                                  {"target", TEXT, true},
                                                  {"preserveSource", BOOL, false},
                                                  {"processors", LIST, true},
                                                  END};
static const struct option schema_options[] = {
    {"mappers", LIST, true}, {"schema", OBJECT, true}, END};
static const struct option schema_category_options[] = {
    {"categories", LIST, true}, {"targets", OBJECT, true}, {"fallback", OBJECT, false}, END};
static const struct option decoder_options[] = {{"source", TEXT, true},
                                                {"target", TEXT, true},
                                                {"binaryToTextEncoding", TEXT, true},
                                                {"inputRepresentation", TEXT, true},
                                                END};
static const struct option exclude_options[] = {{"attributeToExclude", TEXT, true}, END};
static const struct option threat_intel_options[] = {
    {"sources", LIST, false}, {"source", TEXT, false}, {"target", TEXT, false}, END};

static const struct option *const tables[DL_PROCESSOR_KINDS] = {
    [DL_PROCESSOR_ATTRIBUTE] = attribute_options,
    [DL_PROCESSOR_GROK] = grok_options,
    [DL_PROCESSOR_PIPELINE] = pipeline_options,
    [DL_PROCESSOR_DATE] = sources_options,
    [DL_PROCESSOR_STRING_BUILDER] = string_builder_options,
    [DL_PROCESSOR_STATUS] = sources_options,
    [DL_PROCESSOR_CATEGORY] = category_options,
    [DL_PROCESSOR_LOOKUP] = lookup_options,
    [DL_PROCESSOR_MESSAGE] = sources_options,
    [DL_PROCESSOR_GEO_IP] = targeted_options,
    [DL_PROCESSOR_SERVICE] = sources_options,
    [DL_PROCESSOR_USER_AGENT] = targeted_options,
    [DL_PROCESSOR_URL] = targeted_options,
    [DL_PROCESSOR_ARITHMETIC] = arithmetic_options,
    [DL_PROCESSOR_ARRAY] = array_options,
    [DL_PROCESSOR_ARRAY_MAP] = array_map_options,
    [DL_PROCESSOR_SCHEMA] = schema_options,
    [DL_PROCESSOR_SCHEMA_REMAPPER] = attribute_options,
    [DL_PROCESSOR_SCHEMA_CATEGORY] = schema_category_options,
    [DL_PROCESSOR_TRACE_ID] = sources_options,
    [DL_PROCESSOR_SPAN_ID] = sources_options,
    [DL_PROCESSOR_DECODER] = decoder_options,
    [DL_PROCESSOR_EXCLUDE] = exclude_options,
    [DL_PROCESSOR_THREAT_INTEL] = threat_intel_options,
};

/* Of every kind, before its own. */
static const struct option common[] = {{"type", TEXT, true},     {"name", TEXT, false},
                                       {"enabled", BOOL, false}, {"description", TEXT, false},
                                       {"meta", OBJECT, false},  {NULL, ANY, false}};

static bool fits(const struct dl_value *v, enum shape shape)
{
    switch (shape) {
    case TEXT:
        return dl_value_is(v, DL_VALUE_STRING);
    case BOOL:
        return dl_value_is(v, DL_VALUE_BOOL);
    case LIST:
        return dl_value_is(v, DL_VALUE_ARRAY);
    case OBJECT:
        return dl_value_is(v, DL_VALUE_OBJECT);
    case TABLE:
        return dl_value_is(v, DL_VALUE_STRING) || dl_value_is(v, DL_VALUE_ARRAY);
    case TEMPLATE:
        return dl_value_is_scalar(v);
    default:
        return true;
    }
}

/* The option of a key and its rank in the export, from 0. */
static const struct option *find_option(enum dl_processor_kind kind, struct dl_text key,
                                        size_t *rank)
{
    const struct option *own = tables[kind], *found = NULL;
    size_t count = sizeof common / sizeof *common - 1;

    for (size_t i = 0; i < count && !found; i++)
        if (dl_option_is(key, common[i].name)) {
            *rank = i;
            found = &common[i];
        }
    for (size_t i = 0; own[i].name; i++)
        if (dl_option_is(key, own[i].name)) { /* a type that stands last is the kind's own */
            *rank = count + i;
            found = &own[i];
        }
    return found;
}

static void look_at_keys(struct dl_lint *lint, struct lint_step *step)
{
    size_t last = 0, rank = 0;
    bool ordered = true;

    for (const struct dl_member *m = step->doc->of.list.first; m; m = m->next) {
        const struct option *o = find_option(step->kind, m->key, &rank);

        if (!o) {
            lint_find(lint, DL_LINT_RULE_OPTION, DL_LINT_PIPELINE, m->line,
                      "a %.*s has no option \"%.*s\"", LINT_SHOW(dl_option_text(step->doc, "type")),
                      LINT_SHOW(m->key));
            continue;
        }
        if (!fits(m->value, o->shape) && m->value->type != DL_VALUE_NULL) {
            step->refused = true;
            lint_find(lint, DL_LINT_RULE_OPTION_TYPE, DL_LINT_PIPELINE, m->line, "%s is to be %s",
                      o->name, shape_names[o->shape]);
        }
        ordered = ordered && rank >= last;
        last = rank > last ? rank : last;
    }
    if (ordered)
        return;
    if (lint->disordered++ == 0)
        lint->disordered_line = step->doc->line;
}

static void look_for_missing(struct dl_lint *lint, struct lint_step *step)
{
    for (const struct option *o = tables[step->kind]; o->name; o++) {
        const struct dl_value *v = dl_option(step->doc, o->name);

        if (!o->required || (v && v->type != DL_VALUE_NULL) || strcmp(o->name, "type") == 0)
            continue;
        if (strcmp(o->name, "sources") == 0 && dl_option(step->doc, "source"))
            continue; /* one is as good */
        step->refused = true;
        lint_find(lint, DL_LINT_RULE_OPTION_MISSING, DL_LINT_PIPELINE, step->doc->line,
                  "the processor \"%.*s\" lacks %s", LINT_SHOW(lint_step_name(step)), o->name);
    }
}

static const enum dl_lint_rule rules_of_kinds[DL_PROCESSOR_KINDS] = {
    [DL_PROCESSOR_GROK] = DL_LINT_RULE_GROK_RULE,
    [DL_PROCESSOR_ARITHMETIC] = DL_LINT_RULE_EXPRESSION,
    [DL_PROCESSOR_CATEGORY] = DL_LINT_RULE_QUERY,
    [DL_PROCESSOR_SCHEMA_CATEGORY] = DL_LINT_RULE_QUERY,
};

/* What the compiler refuses beyond that; grok parsers are lint_grok.c's. */
static void compile_alone(struct dl_lint *lint, struct lint_step *step)
{
    struct dl_error cause = {0};
    struct dl_compile c = {.arena = &lint->arena, .err = &cause};
    struct dl_processor *p = NULL;
    enum dl_lint_rule rule = rules_of_kinds[step->kind];
    int line = step->doc->line, rc;
    char *text = cause.text;

    if (step->kind == DL_PROCESSOR_PIPELINE || step->kind == DL_PROCESSOR_ARRAY_MAP ||
        step->kind == DL_PROCESSOR_SCHEMA || step->kind == DL_PROCESSOR_GROK || step->refused)
        return;
    rc = dl_processor_compile(&p, &c, step->doc, 0);
    dl_processor_free(p);
    if (rc == -DL_E_NOMEM)
        lint->failed = true;
    if (rc == 0 || rc == -DL_E_NOMEM)
        return;
    step->refused = true;
    if (dl_text_starts(text, "line ")) {
        line = (int)strtol(text + 5, &text, 10);
        text += strspn(text, ": ");
    }
    lint_find(lint, rule ? rule : DL_LINT_RULE_OPTION_MISSING, DL_LINT_PIPELINE, line, "%s", text);
}

static void look_at_step(struct dl_lint *lint, struct lint_step *step)
{
    struct dl_text type = dl_option_text(step->doc, "type");

    if (!step->known) {
        lint_find(lint, DL_LINT_RULE_TYPE, DL_LINT_PIPELINE, lint_option_line(step, "type"),
                  "there is no processor \"%.*s\"", LINT_SHOW(type));
        return;
    }
    if (!dl_option_bool(step->doc, "enabled", true))
        lint_find(lint, DL_LINT_RULE_DISABLED, DL_LINT_PIPELINE, lint_option_line(step, "enabled"),
                  "\"%.*s\" is not enabled", LINT_SHOW(lint_step_name(step)));
    /* the public API's form of a pipeline has members that are none of a processor */
    if (step->parent || lint->top != lint->document)
        look_at_keys(lint, step);
    look_for_missing(lint, step);
    compile_alone(lint, step);
}

void lint_look_at_options(struct dl_lint *lint)
{
    for (size_t i = 0; i < lint->step_count; i++)
        look_at_step(lint, &lint->steps[i]);
    if (lint->disordered)
        lint_find(lint, DL_LINT_RULE_KEY_ORDER, DL_LINT_PIPELINE, lint->disordered_line,
                  "%zu processors have their keys in another order; this is the first",
                  lint->disordered);
}
