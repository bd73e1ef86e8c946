/* ddlogs pipeline explain: one log, processor by processor. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "command/pipeline.h"
#include "pipeline/explorer.h"
#include "pipeline/grok.h"
#include "pipeline/path.h"

#define SHOWN_MAX 200  /* bytes of a value */
#define FOLLOWS_MAX 60 /* bytes of what a rule does not fit */

/* The log as it was before the processor that runs. */
struct trace {
    struct dl_value *before; /* attributes */
    struct dl_text message, status, service;
    bool has_timestamp;
    int64_t timestamp;
    unsigned number;
};

static const char *outcome_word(enum dl_outcome outcome)
{
    static const char *const words[] = {
        [DL_OUTCOME_APPLIED] = "applied",
        [DL_OUTCOME_DISABLED] = "skipped: it is not enabled",
        [DL_OUTCOME_NO_SOURCE] = "skipped: what it reads is not there",
        [DL_OUTCOME_NO_MATCH] = "skipped: nothing fits",
        [DL_OUTCOME_INVALID] = "skipped: what it reads cannot be used",
        [DL_OUTCOME_LIMIT] = "given up: a rule takes too many steps",
        [DL_OUTCOME_NOT_RUN] = "not evaluated here"};

    return words[outcome];
}

static void show(const char *sign, struct dl_text path, struct dl_text value)
{
    struct dl_buffer clean;
    size_t cut = dl_utf8_cut(value.at, value.len, value.len < SHOWN_MAX ? value.len : SHOWN_MAX);

    dl_buffer_init(&clean, 8 * SHOWN_MAX);
    if (dl_text_clean(&clean, value.at, cut) == 0)
        printf("      %s %.*s%s%s%s\n", sign, (int)path.len, path.at, value.len ? " = " : "",
               dl_buffer_string(&clean), cut < value.len ? "..." : "");
    dl_buffer_free(&clean);
}

static struct dl_text as_json(struct dl_arena *arena, const struct dl_value *v)
{
    struct dl_buffer out;
    struct dl_text text = {"", 0};

    dl_buffer_init(&out, arena->max);
    if (dl_value_json(&out, v) == 0)
        text = (struct dl_text){dl_arena_copy(arena, dl_buffer_string(&out), out.len), out.len};
    dl_buffer_free(&out);
    return text.at ? text : (struct dl_text){"", 0};
}

static struct dl_text below(struct dl_arena *arena, struct dl_text path, struct dl_text key)
{
    struct dl_text full = key;

    if (path.len)
        full.at = dl_arena_format(arena, &full.len, "%.*s.%.*s", (int)path.len, path.at,
                                  (int)key.len, key.at);
    return full.at ? full : key;
}

/* Leaves that came, changed or went. */
static void changes(struct dl_arena *arena, struct dl_text path, const struct dl_value *before,
                    const struct dl_value *after)
{
    if (dl_value_is(before, DL_VALUE_OBJECT) && dl_value_is(after, DL_VALUE_OBJECT)) {
        for (const struct dl_member *m = after->of.list.first; m; m = m->next) {
            struct dl_member *old = dl_value_member(before, m->key);

            changes(arena, below(arena, path, m->key), old ? old->value : NULL, m->value);
        }
        for (const struct dl_member *m = before->of.list.first; m; m = m->next)
            if (!dl_value_member(after, m->key))
                show("-", below(arena, path, m->key), as_json(arena, m->value));
        return;
    }
    if (!dl_value_equal(before, after, NULL))
        show(before ? "~" : "+", path, as_json(arena, after));
}

static void official(const char *name, struct dl_text before, struct dl_text after)
{
    if (!dl_text_is(before, after))
        show("*", (struct dl_text){name, strlen(name)}, after);
}

static void remember(struct trace *t, const struct dl_pipeline_log *log)
{
    t->before = dl_value_copy(log->arena, log->attributes);
    t->message = log->message;
    t->status = log->status;
    t->service = log->service;
    t->has_timestamp = log->has_timestamp;
    t->timestamp = log->timestamp;
}

/* The start of what a rule does not fit. */
static void follows(struct dl_text left)
{
    size_t cut = dl_utf8_cut(left.at, left.len, left.len < FOLLOWS_MAX ? left.len : FOLLOWS_MAX);
    struct dl_buffer clean;

    dl_buffer_init(&clean, 8 * SHOWN_MAX);
    if (dl_text_clean(&clean, left.at, cut) == 0)
        printf(", not what follows: %s%s", dl_buffer_string(&clean), cut < left.len ? "..." : "");
    dl_buffer_free(&clean);
}

/* Each rule, and how far into the text its start gets. */
static void unmatched(const struct dl_processor *p, const struct dl_pipeline_log *log)
{
    const struct dl_grok *grok = dl_processor_grok(p);
    struct dl_text input;

    if (!dl_processor_grok_input(p, log, &input))
        return;
    dl_text_trim(&input.at, &input.len); /* as the rules see it */
    for (size_t i = 0; i < dl_grok_rule_count(grok); i++) {
        struct dl_text name = dl_grok_rule_name(grok, i);
        size_t reach = dl_grok_longest_prefix(grok, i, input);

        printf("      rule %.*s: fits the first %zu bytes", (int)name.len, name.at, reach);
        if (reach < input.len)
            follows((struct dl_text){input.at + reach, input.len - reach});
        putchar('\n');
    }
}

static void step(void *context, const struct dl_processor *p, enum dl_outcome outcome,
                 struct dl_text detail, const struct dl_pipeline_log *log)
{
    struct trace *t = context;
    struct dl_text name = dl_processor_name(p);
    char now[32];

    printf("%3u  %s", ++t->number, dl_processor_type(p));
    if (name.len)
        printf(" \"%.*s\"", (int)name.len, name.at);
    printf(" (line %d): %s", dl_processor_line(p), outcome_word(outcome));
    if (detail.len)
        printf(" (%.*s)", (int)detail.len, detail.at);
    putchar('\n');
    if (outcome == DL_OUTCOME_NO_MATCH && dl_processor_kind(p) == DL_PROCESSOR_GROK)
        unmatched(p, log);
    if (dl_processor_kind(p) == DL_PROCESSOR_PIPELINE)
        return; /* what those within did is told already */
    changes(log->arena, (struct dl_text){"", 0}, t->before, log->attributes);
    official("message", t->message, log->message);
    official("status", t->status, log->status);
    official("service", t->service, log->service);
    if (log->has_timestamp && (!t->has_timestamp || t->timestamp != log->timestamp)) {
        dl_clock_iso(log->timestamp, now);
        show("*", DL_TEXT("timestamp"), (struct dl_text){now, strlen(now)});
    }
    remember(t, log);
}

static int explain(const struct dl_pipeline *pipeline, const char *sample, struct dl_error *err)
{
    struct dl_arena arena;
    struct dl_pipeline_log log;
    struct trace trace = {0};
    struct dl_buffer out;
    int rc;

    dl_arena_init(&arena, DL_PIPELINE_LOG_MAX);
    dl_pipeline_log_init(&log, &arena, dl_clock_wall_ms());
    dl_pipeline_log_take(&log, sample, strlen(sample));
    if (log.source.len == 0)
        log.source = dl_pipeline_source(pipeline);
    remember(&trace, &log);
    if (!dl_pipeline_run(pipeline, &log, false, step, &trace))
        printf("The filter of the pipeline does not take this log.\n");
    dl_buffer_init(&out, DL_PIPELINE_LOG_MAX);
    rc = dl_value_json(&out, dl_explorer_value(&log));
    if (rc < 0 || arena.failed)
        rc = dl_error_set(err, DL_E_LIMIT, "the log grows past %d MB on its way",
                          DL_PIPELINE_LOG_MAX >> 20);
    else
        printf("\n%s\n", dl_buffer_string(&out));
    dl_buffer_free(&out);
    dl_arena_free(&arena);
    return rc;
}

int pipeline_explain(struct pipeline_job *job)
{
    const char *sample = job->program->options.sample;
    struct dl_pipeline *pipeline = NULL;
    struct dl_error err = {0};
    int rc = 0;

    if (job->word_count != 1)
        rc = dl_error_set(&err, DL_E_USAGE, "pipeline explain takes one pipeline");
    else if (!sample)
        rc = dl_error_set(&err, DL_E_USAGE, "missing: --sample TEXT, the log to explain");
    if (rc == 0)
        rc = pipeline_load(&pipeline, job->words[0], &err);
    if (rc == 0)
        rc = explain(pipeline, sample, &err);
    dl_pipeline_free(pipeline);
    return result_end(&job->result, job->program->options.json, rc, &err);
}
