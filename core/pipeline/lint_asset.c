/* Lint: what the asset says of itself, its filters, and its processors in their order. */
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "pipeline/lint_private.h"

#define PROCESSORS_ADVISED 20
#define NESTED_ALLOWED 1

/* ---- processors ---- */

static bool find_kind(const struct dl_value *doc, enum dl_processor_kind *kind)
{
    static const char *const types[DL_PROCESSOR_KINDS] = {
#define KIND_TYPE(symbol, type) type,
        DL_PROCESSOR_TABLE(KIND_TYPE)
#undef KIND_TYPE
    };
    struct dl_text type = dl_option_text(doc, "type");

    for (int i = 0; i < DL_PROCESSOR_KINDS; i++)
        if (dl_text_equals(type, types[i])) {
            *kind = (enum dl_processor_kind)i;
            return true;
        }
    return false;
}

/* The list of those within, or NULL. */
static const struct dl_value *inner_list(const struct dl_value *doc, enum dl_processor_kind kind)
{
    const struct dl_value *list = NULL;

    if (kind == DL_PROCESSOR_PIPELINE || kind == DL_PROCESSOR_ARRAY_MAP)
        list = dl_option(doc, "processors");
    else if (kind == DL_PROCESSOR_SCHEMA)
        list = dl_option(doc, "mappers");
    return dl_value_is(list, DL_VALUE_ARRAY) ? list : NULL;
}

static size_t count_steps(const struct dl_value *doc, enum dl_processor_kind kind)
{
    const struct dl_value *list = inner_list(doc, kind);
    size_t count = 1;

    for (const struct dl_member *m = list ? list->of.list.first : NULL; m; m = m->next) {
        enum dl_processor_kind inner = DL_PROCESSOR_ATTRIBUTE;

        find_kind(m->value, &inner);
        count += count_steps(m->value, inner);
    }
    return count;
}

static void take_step(struct dl_lint *lint, const struct dl_value *doc, struct lint_step *parent)
{
    struct lint_step *step = &lint->steps[lint->step_count++];
    const struct dl_value *list;

    *step =
        (struct lint_step){.doc = doc, .parent = parent, .depth = parent ? parent->depth + 1 : 0};
    step->known = find_kind(doc, &step->kind);
    if (!parent && !dl_value_get(doc, "type")) {
        step->known = true; /* the pipeline itself need not say it */
        step->kind = DL_PROCESSOR_PIPELINE;
    }
    if (parent) {
        parent->children++;
        parent->grok_children += step->known && step->kind == DL_PROCESSOR_GROK;
    }
    list = step->known ? inner_list(doc, step->kind) : NULL;
    for (const struct dl_member *m = list ? list->of.list.first : NULL; m; m = m->next)
        take_step(lint, m->value, step);
}

void lint_take_steps(struct dl_lint *lint)
{
    size_t count = count_steps(lint->top, DL_PROCESSOR_PIPELINE);

    lint->steps = dl_arena_take(&lint->arena, count * sizeof *lint->steps);
    if (lint->steps)
        take_step(lint, lint->top, NULL);
}

struct dl_text lint_step_name(const struct lint_step *step)
{
    struct dl_text name = dl_option_text(step->doc, "name");

    return name.len ? name : dl_option_text(step->doc, "type");
}

void lint_each_source(const struct lint_step *step,
                      void (*each)(void *context, struct dl_text path), void *context)
{
    const struct dl_value *from =
        step->kind == DL_PROCESSOR_ARRAY ? dl_option(step->doc, "operation") : step->doc;
    const struct dl_value *list = dl_option(from, "sources");

    if (!dl_value_is(list, DL_VALUE_ARRAY)) {
        struct dl_text one = dl_option_text(from, "source");

        if (one.len)
            each(context, one);
        return;
    }
    for (const struct dl_member *m = list->of.list.first; m; m = m->next)
        if (dl_value_is(m->value, DL_VALUE_STRING))
            each(context, m->value->of.text);
}

const struct dl_value *lint_text_option(const struct lint_step *step, const char *name)
{
    const struct dl_value *v = dl_option(step->doc, name);

    return dl_value_is(v, DL_VALUE_STRING) ? v : NULL;
}

int lint_option_line(const struct lint_step *step, const char *name)
{
    const struct dl_value *v = dl_option(step->doc, name);

    return v && v->line ? v->line : step->doc->line;
}

static void look_at_counts(struct dl_lint *lint, const struct lint_step *step)
{
    if (step->kind != DL_PROCESSOR_PIPELINE)
        return;
    if (step->children == 0)
        lint_find(lint, DL_LINT_RULE_NO_PROCESSORS, DL_LINT_PIPELINE, step->doc->line,
                  "the pipeline \"%.*s\" has no processors", LINT_SHOW(lint_step_name(step)));
    if (step->children > PROCESSORS_ADVISED)
        lint_find(lint, DL_LINT_RULE_MANY, DL_LINT_PIPELINE, step->doc->line,
                  "the pipeline \"%.*s\" has %zu processors; up to %d are advised",
                  LINT_SHOW(lint_step_name(step)), step->children, PROCESSORS_ADVISED);
    if (step->depth > NESTED_ALLOWED)
        lint_find(lint, DL_LINT_RULE_NESTED, DL_LINT_PIPELINE, step->doc->line,
                  "the pipeline \"%.*s\" is nested in a nested one",
                  LINT_SHOW(lint_step_name(step)));
}

/* ---- ids ---- */

static void look_for_placeholder(struct dl_lint *lint, enum dl_lint_file file,
                                 const struct dl_value *document, const char *key)
{
    const struct dl_value *v = dl_value_get(document, key);

    if (dl_value_is(v, DL_VALUE_STRING) && dl_text_starts(v->of.text.at, "REPLACE_WITH_"))
        lint_find(lint, DL_LINT_RULE_PLACEHOLDER, file, v->line, "%s is still \"%.*s\"", key,
                  LINT_SHOW(v->of.text));
}

/* Files in a folder of their own are all called pipeline.yaml. */
static void look_at_stem(struct dl_lint *lint, int line)
{
    static const char ending[] = ".yaml";
    const char *name = lint->in.name;
    size_t len = name ? strlen(name) : 0, tail = sizeof ending - 1;

    if (len <= tail || strcmp(name + len - tail, ending) != 0 || strcmp(name, "pipeline.yaml") == 0)
        return;
    if (!dl_text_is(lint->id, (struct dl_text){name, len - tail}))
        lint_find(lint, DL_LINT_RULE_ID_FILE, DL_LINT_PIPELINE, line,
                  "the id is \"%.*s\" and the file %.80s", LINT_SHOW(lint->id), name);
}

static void look_at_ids(struct dl_lint *lint)
{
    const struct dl_value *id = dl_value_get(lint->document, "id"), *metric, *tests;

    if (!dl_value_is_scalar(id))
        lint_find(lint, DL_LINT_RULE_ID_MISSING, DL_LINT_PIPELINE, id ? id->line : 1,
                  "the pipeline has no id");
    else
        look_at_stem(lint, id->line);
    metric = dl_value_get(lint->document, "metric_id");
    if (!dl_value_is_scalar(metric))
        lint_find(lint, DL_LINT_RULE_METRIC_ID, DL_LINT_PIPELINE, metric ? metric->line : 1,
                  "metric_id is missing");
    if (!dl_value_is(dl_value_get(lint->document, "backend_only"), DL_VALUE_BOOL))
        lint_find(lint, DL_LINT_RULE_BACKEND_ONLY, DL_LINT_PIPELINE, 1, "backend_only is missing");
    look_for_placeholder(lint, DL_LINT_PIPELINE, lint->document, "id");
    look_for_placeholder(lint, DL_LINT_PIPELINE, lint->document, "metric_id");
    if (!lint->suite)
        return;
    tests = dl_value_get(dl_suite_document(lint->suite), "id");
    look_for_placeholder(lint, DL_LINT_TESTS, dl_suite_document(lint->suite), "id");
    if (!dl_text_is(lint->id, dl_suite_id(lint->suite)))
        lint_find(lint, DL_LINT_RULE_ID_TESTS, DL_LINT_TESTS, tests ? tests->line : 1,
                  "the tests' id is \"%.*s\", the pipeline's \"%.*s\"",
                  LINT_SHOW(dl_suite_id(lint->suite)), LINT_SHOW(lint->id));
}

/* ---- filters ---- */

static void look_at_source(struct dl_lint *lint, const struct dl_value *query, int line)
{
    static const char word[] = "source:";
    struct dl_text text = query ? lint_trim(query->of.text) : (struct dl_text){"", 0}, end;
    bool lower = true;

    if (text.len <= sizeof word - 1 || !memmem(text.at, text.len, word, sizeof word - 1)) {
        lint_find(lint, DL_LINT_RULE_FILTER_SOURCE, DL_LINT_PIPELINE, line,
                  "the top filter is \"%.*s\"", LINT_SHOW(text));
        return;
    }
    lint->source.at =
        (const char *)memmem(text.at, text.len, word, sizeof word - 1) + sizeof word - 1;
    end = (struct dl_text){lint->source.at, (size_t)(text.at + text.len - lint->source.at)};
    while (lint->source.len < end.len && !strchr(" \t\n()", end.at[lint->source.len]))
        lint->source.len++;
    if (text.len != lint->source.len + sizeof word - 1)
        lint_find(lint, DL_LINT_RULE_FILTER_EXTRA, DL_LINT_PIPELINE, line,
                  "the top filter is \"%.*s\"", LINT_SHOW(text));
    for (size_t i = 0; i < lint->source.len; i++)
        lower = lower && dl_ascii_lower(lint->source.at[i]) == lint->source.at[i];
    if (!lower)
        lint_find(lint, DL_LINT_RULE_SOURCE_CASE, DL_LINT_PIPELINE, line, "the source is \"%.*s\"",
                  LINT_SHOW(lint->source));
    if (lint->id.len && !dl_text_is(lint->id, lint->source))
        lint_find(lint, DL_LINT_RULE_SOURCE_ID, DL_LINT_PIPELINE, line,
                  "the source is \"%.*s\" and the id \"%.*s\"", LINT_SHOW(lint->source),
                  LINT_SHOW(lint->id));
}

static void look_at_query(struct dl_lint *lint, struct lint_step *step)
{
    const struct dl_value *filter = dl_option(step->doc, "filter");
    const struct dl_value *query = dl_option(filter, "query");
    const struct dl_query *parsed;
    struct dl_error cause = {0};
    int line = query ? query->line : step->doc->line;

    if (step->kind != DL_PROCESSOR_PIPELINE)
        return;
    query = dl_value_is(query, DL_VALUE_STRING) ? query : NULL;
    if (!step->parent)
        look_at_source(lint, query, line);
    if (!query)
        return;
    if (lint_trim(query->of.text).len != query->of.text.len)
        lint_find(lint, DL_LINT_RULE_QUERY_BLANKS, DL_LINT_PIPELINE, line,
                  "blanks stand around the query \"%.*s\"", LINT_SHOW(query->of.text));
    if (dl_query_parse(&parsed, &lint->arena, query->of.text, &cause) < 0) {
        step->refused = true;
        lint_find(lint, DL_LINT_RULE_QUERY, DL_LINT_PIPELINE, line, "the query \"%.*s\": %s",
                  LINT_SHOW(query->of.text), cause.text);
    }
}

void lint_look_at_asset(struct dl_lint *lint)
{
    const struct dl_value *id = dl_value_get(lint->document, "id");

    if (dl_value_is_scalar(id))
        lint->id = dl_value_print(&lint->arena, id);
    lint->title = dl_option_text(lint->top, "name");
    look_at_ids(lint);
    for (size_t i = 0; i < lint->step_count; i++) {
        look_at_counts(lint, &lint->steps[i]);
        look_at_query(lint, &lint->steps[i]);
    }
}
