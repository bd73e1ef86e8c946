#include "pipeline/pipeline.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "pipeline/path.h"
#include "pipeline/processor.h"
#include "pipeline/value_read.h"

struct dl_pipeline {
    struct dl_arena arena;
    struct dl_value *document;
    struct dl_processor *top; /* the pipeline itself */
    struct dl_text id, source;
};

/* ---- reading ---- */

/* The word behind "source:" of the top filter. */
static struct dl_text source_of(struct dl_text query)
{
    static const char word[] = "source:";
    const char *at = memmem(query.at, query.len, word, sizeof word - 1);
    struct dl_text source = {"", 0};

    if (!at)
        return source;
    source.at = at + sizeof word - 1;
    while (source.at + source.len < query.at + query.len &&
           !strchr(" \t\n()", source.at[source.len]))
        source.len++;
    return source;
}

static int compile(struct dl_pipeline *pipeline, struct dl_error *err)
{
    struct dl_compile c = {.arena = &pipeline->arena, .err = err};
    const struct dl_value *top = dl_value_get(pipeline->document, "pipeline");
    int rc;

    pipeline->id = dl_option_text(pipeline->document, "id");
    if (!top && dl_value_get(pipeline->document, "processors"))
        top = pipeline->document; /* as the public API has it */
    if (!dl_value_is(top, DL_VALUE_OBJECT))
        return dl_refuse(&c, pipeline->document, "there is no pipeline in it");
    if (!dl_value_get(top, "type"))
        dl_value_put(&pipeline->arena, (struct dl_value *)(uintptr_t)top, DL_TEXT("type"),
                     dl_value_text(&pipeline->arena, "pipeline", 8));
    pipeline->source = source_of(dl_option_text(dl_option(top, "filter"), "query"));
    rc = dl_processor_compile(&pipeline->top, &c, top, 0);
    return rc == 0 && pipeline->arena.failed ? dl_refuse(&c, top, "the pipeline is not whole") : rc;
}

int dl_pipeline_read(struct dl_pipeline **out, const char *text, size_t len, struct dl_error *err)
{
    struct dl_pipeline *pipeline;
    int rc;

    if (len > DL_PIPELINE_BYTES_MAX)
        return dl_error_set(err, DL_E_LIMIT, "a pipeline has at most %d MB",
                            DL_PIPELINE_BYTES_MAX >> 20);
    pipeline = calloc(1, sizeof *pipeline);
    if (!pipeline)
        return dl_error_set(err, DL_E_NOMEM, "there is no memory for the pipeline");
    dl_arena_init(&pipeline->arena, 16 * (size_t)DL_PIPELINE_BYTES_MAX);
    rc = dl_value_read_yaml(&pipeline->document, &pipeline->arena, text, len, err);
    if (rc == 0)
        rc = compile(pipeline, err);
    if (rc < 0)
        dl_pipeline_free(pipeline);
    else
        *out = pipeline;
    return rc;
}

void dl_pipeline_free(struct dl_pipeline *pipeline)
{
    if (!pipeline)
        return;
    dl_processor_free(pipeline->top);
    dl_arena_free(&pipeline->arena);
    free(pipeline);
}

struct dl_text dl_pipeline_id(const struct dl_pipeline *pipeline)
{
    return pipeline->id;
}

struct dl_text dl_pipeline_source(const struct dl_pipeline *pipeline)
{
    return pipeline->source;
}

const struct dl_value *dl_pipeline_document(const struct dl_pipeline *pipeline)
{
    return pipeline->document;
}

const struct dl_processor *dl_pipeline_first(const struct dl_pipeline *pipeline,
                                             const struct dl_processor *parent)
{
    return parent ? parent->children : pipeline->top->children;
}

/* ---- running ---- */

bool dl_processor_grok_input(const struct dl_processor *p, const struct dl_pipeline_log *log,
                             struct dl_text *out)
{
    struct dl_value *v;

    if (p->source_count == 0 || dl_text_equals(p->sources[0], "message")) {
        v = p->source_count ? dl_attribute(log, p->sources[0]) : NULL;
        *out = v && log->message.len == 0 ? dl_value_print(log->arena, v) : log->message;
        return true;
    }
    v = dl_attribute(log, p->sources[0]);
    if (!v)
        return false;
    if (v->type == DL_VALUE_ARRAY && v->of.list.count == 1)
        v = v->of.list.first->value;
    *out = dl_value_print(log->arena, v);
    return true;
}

static enum dl_outcome apply_grok(const struct dl_processor *p, struct dl_run *run)
{
    struct dl_grok_result result;
    struct dl_text input;

    if (!dl_processor_grok_input(p, run->log, &input))
        return DL_OUTCOME_NO_SOURCE;
    dl_grok_parse(&result, p->grok, run->log->arena, input, run->log->now);
    run->detail = result.rule;
    if (result.limit)
        return DL_OUTCOME_LIMIT;
    if (!result.attributes)
        return DL_OUTCOME_NO_MATCH;
    dl_path_merge(run->log->arena, run->log->attributes, result.attributes);
    return DL_OUTCOME_APPLIED;
}

static enum dl_outcome apply_pipeline(const struct dl_processor *p, struct dl_run *run)
{
    struct dl_run inner = {.log = run->log, .step = run->step, .context = run->context};

    if (!dl_query_match(p->filter, run->log))
        return DL_OUTCOME_NO_MATCH;
    dl_apply_list(p->children, &inner);
    return DL_OUTCOME_APPLIED;
}

static enum dl_outcome apply_nothing(const struct dl_processor *p, struct dl_run *run)
{
    (void)p, (void)run;
    return DL_OUTCOME_NOT_RUN;
}

static dl_apply *const applies[DL_PROCESSOR_KINDS] = {
    [DL_PROCESSOR_ATTRIBUTE] = dl_apply_attribute,
    [DL_PROCESSOR_GROK] = apply_grok,
    [DL_PROCESSOR_PIPELINE] = apply_pipeline,
    [DL_PROCESSOR_DATE] = dl_apply_date,
    [DL_PROCESSOR_STRING_BUILDER] = dl_apply_string_builder,
    [DL_PROCESSOR_STATUS] = dl_apply_status,
    [DL_PROCESSOR_CATEGORY] = dl_apply_category,
    [DL_PROCESSOR_LOOKUP] = dl_apply_lookup,
    [DL_PROCESSOR_MESSAGE] = dl_apply_message,
    [DL_PROCESSOR_GEO_IP] = dl_apply_geo_ip,
    [DL_PROCESSOR_SERVICE] = dl_apply_service,
    [DL_PROCESSOR_USER_AGENT] = dl_apply_user_agent,
    [DL_PROCESSOR_URL] = dl_apply_url,
    [DL_PROCESSOR_ARITHMETIC] = dl_apply_arithmetic,
    [DL_PROCESSOR_ARRAY] = dl_apply_array,
    [DL_PROCESSOR_ARRAY_MAP] = dl_apply_array_map,
    [DL_PROCESSOR_SCHEMA] = dl_apply_schema,
    [DL_PROCESSOR_SCHEMA_REMAPPER] = dl_apply_attribute,
    [DL_PROCESSOR_SCHEMA_CATEGORY] = dl_apply_schema_category,
    [DL_PROCESSOR_TRACE_ID] = dl_apply_trace_id,
    [DL_PROCESSOR_SPAN_ID] = dl_apply_span_id,
    [DL_PROCESSOR_DECODER] = dl_apply_decoder,
    [DL_PROCESSOR_EXCLUDE] = dl_apply_exclude,
    [DL_PROCESSOR_THREAT_INTEL] = apply_nothing,
};

void dl_apply_list(const struct dl_processor *first, struct dl_run *run)
{
    for (const struct dl_processor *p = first; p; p = p->next) {
        enum dl_outcome outcome;

        run->detail = (struct dl_text){"", 0};
        outcome = p->enabled ? applies[p->kind](p, run) : DL_OUTCOME_DISABLED;
        if (run->step)
            run->step(run->context, p, outcome, run->detail, run->log);
        if (run->log->arena->failed)
            return;
    }
}

bool dl_pipeline_run(const struct dl_pipeline *pipeline, struct dl_pipeline_log *log, bool granted,
                     dl_pipeline_step *step, void *context)
{
    struct dl_run run = {.log = log, .step = step, .context = context};

    if (!pipeline->top->enabled || (!granted && !dl_query_match(pipeline->top->filter, log)))
        return false;
    dl_apply_list(pipeline->top->children, &run);
    return true;
}
