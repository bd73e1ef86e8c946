/* ddlogs pipeline explain: one log, processor by processor. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "command/pipeline.h"
#include "command/terminal.h"
#include "pipeline/explorer.h"
#include "pipeline/trace.h"

#define SHOWN_MAX 200  /* bytes of a value */
#define FOLLOWS_MAX 60 /* bytes of what a rule does not fit */

/* Whatever stands in a log or an asset, fit for a terminal, and not more than `most` bytes of it.
 */
static void print_clean(struct dl_text text, size_t most)
{
    size_t cut = dl_utf8_cut(text.at, text.len, text.len < most ? text.len : most);
    struct dl_buffer clean;

    dl_buffer_init(&clean, 8 * SHOWN_MAX);
    if (dl_text_clean(&clean, text.at, cut) == 0)
        printf("%s%s", dl_buffer_string(&clean), cut < text.len ? "..." : "");
    dl_buffer_free(&clean);
}

static void show(const char *sign, struct dl_text path, struct dl_text value)
{
    printf("      %s ", sign);
    print_clean(path, SHOWN_MAX);
    if (value.len)
        fputs(" = ", stdout);
    print_clean(value, SHOWN_MAX);
    putchar('\n');
}

static void print_change(const struct dl_trace_change *c)
{
    if (c->official)
        show("*", c->path, c->now);
    else if (c->has)
        show(c->had ? "~" : "+", c->path, c->now);
    else
        show("-", c->path, c->before);
}

static void print_rule(const struct dl_trace_rule *rule)
{
    fputs("      rule ", stdout);
    print_clean(rule->name, SHOWN_MAX);
    printf(": fits the first %zu bytes", rule->reach);
    if (rule->rest.len) {
        fputs(", not what follows: ", stdout);
        print_clean(rule->rest, FOLLOWS_MAX);
    }
    putchar('\n');
}

static void print_step(const struct dl_trace *trace, const struct dl_trace_step *step,
                       unsigned number)
{
    const struct dl_processor *p = step->processor;
    struct dl_text name = dl_processor_name(p);

    printf("%3u  %s", number, dl_processor_type(p));
    if (name.len) {
        fputs(" \"", stdout);
        print_clean(name, SHOWN_MAX);
        putchar('"');
    }
    printf(" (line %d): %s", dl_processor_line(p), dl_outcome_text(step->outcome));
    if (step->detail.len) {
        fputs(" (", stdout);
        print_clean(step->detail, SHOWN_MAX);
        putchar(')');
    }
    putchar('\n');
    for (const struct dl_trace_rule *r = dl_trace_rules(trace, step); r; r = r->next)
        print_rule(r);
    for (const struct dl_trace_change *c = step->changes; c; c = c->next)
        print_change(c);
}

static int print_log(const struct dl_pipeline_log *log, struct dl_error *err)
{
    struct dl_buffer out;
    int rc;

    dl_buffer_init(&out, DL_PIPELINE_LOG_MAX);
    rc = dl_value_json(&out, dl_explorer_value(log));
    if (rc < 0 || log->arena->failed)
        rc = dl_error_set(err, DL_E_LIMIT, "the log grows past %d MB on its way",
                          DL_PIPELINE_LOG_MAX >> 20);
    else
        printf("\n%s\n", dl_buffer_string(&out));
    dl_buffer_free(&out);
    return rc;
}

static int explain(const struct dl_pipeline *pipeline, const char *sample, struct dl_error *err)
{
    struct dl_arena arena;
    struct dl_pipeline_log log;
    struct dl_trace trace;
    unsigned number = 0;
    int rc;

    dl_arena_init(&arena, DL_PIPELINE_LOG_MAX);
    dl_pipeline_log_init(&log, &arena, dl_clock_wall_ms());
    dl_pipeline_log_take(&log, sample, strlen(sample));
    if (log.source.len == 0)
        log.source = dl_pipeline_source(pipeline);
    rc = dl_trace_run(&trace, pipeline, &log, false, err);
    for (const struct dl_trace_step *s = trace.first; s && rc == 0; s = s->next)
        print_step(&trace, s, ++number);
    if (rc == 0 && !trace.taken)
        printf("The filter of the pipeline does not take this log.\n");
    if (rc == 0)
        rc = print_log(&log, err);
    dl_arena_free(&arena);
    return rc;
}

/* Lines, for whoever has no screen. */
static int with_lines(const struct pipeline_job *job, struct dl_error *err)
{
    const char *sample = job->program->options.sample;
    struct dl_pipeline *pipeline = NULL;
    int rc;

    if (!sample)
        return dl_error_set(err, DL_E_USAGE, "missing: --sample TEXT, the log to explain");
    rc = pipeline_load(&pipeline, job->words[0], err);
    if (rc == 0)
        rc = explain(pipeline, sample, err);
    dl_pipeline_free(pipeline);
    return rc;
}

int pipeline_explain(struct pipeline_job *job)
{
    const struct options *o = &job->program->options;
    struct screen_options screen;
    struct dl_error err = {0};
    int code = 0, rc = terminal_screen(&screen, job->program, &err); /* told without one, too */
    bool lines = terminal_front(job->program) != TERMINAL_SCREEN || o->quiet;

    if (rc == 0 && job->word_count != 1)
        rc = dl_error_set(&err, DL_E_USAGE, "pipeline explain takes one pipeline");
    if (rc == 0 && !lines) {
        rc = pipeline_explain_screen(job, &code, &err);
        if (rc == 0)
            return code;
        lines = rc == -DL_E_TERM;
        rc = lines ? 0 : rc;
    }
    if (rc == 0 && lines)
        rc = with_lines(job, &err);
    return result_end(&job->result, o->json, rc, &err);
}
