#include "pipeline/lint.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "pipeline/lint_private.h"
#include "pipeline/value_read.h"

#define MESSAGE_MAX 400

const struct dl_lint_rule_info dl_lint_rules[DL_LINT_RULES] = {
#define RULE_INFO(symbol, code, severity, area, title, fix)                                        \
    {code, DL_LINT_##severity, DL_LINT_##area, title, fix},
    DL_LINT_TABLE(RULE_INFO)
#undef RULE_INFO
};

const char *const dl_lint_severity_names[] = {"error", "warning", "note"};

/* ---- findings ---- */

static const char *clean_message(struct dl_lint *lint, const char *text)
{
    struct dl_buffer clean;
    const char *message = NULL;

    dl_buffer_init(&clean, 8 * MESSAGE_MAX);
    if (dl_text_clean(&clean, text, strlen(text)) == 0)
        message = dl_arena_copy(&lint->arena, dl_buffer_string(&clean), clean.len);
    dl_buffer_free(&clean);
    return message;
}

static bool grow(struct dl_lint *lint)
{
    size_t size = lint->size ? 2 * lint->size : 64;
    struct dl_lint_finding *grown;

    if (lint->count < lint->size)
        return true;
    grown = reallocarray(lint->findings, size, sizeof *grown);
    if (!grown)
        return false;
    lint->findings = grown;
    lint->size = size;
    return true;
}

void lint_find(struct dl_lint *lint, enum dl_lint_rule rule, enum dl_lint_file file, int line,
               const char *format, ...)
{
    struct dl_lint_finding finding = {
        .rule = rule, .file = file, .line = line, .bypassed = lint->bypassed[rule]};
    char text[MESSAGE_MAX];
    va_list args;

    if (finding.bypassed)
        lint->bypassed_total++;
    else
        lint->totals[dl_lint_rules[rule].severity]++;
    if (lint->kept[rule] == DL_LINT_KEPT_MAX)
        return;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    finding.message = clean_message(lint, text);
    if (!finding.message || !grow(lint)) {
        lint->failed = true;
        return;
    }
    lint->kept[rule]++;
    lint->findings[lint->count++] = finding;
}

void lint_scratch_reset(struct dl_lint *lint)
{
    lint->failed = lint->failed || (lint->scratch.failed && !lint->scratch.full);
    dl_arena_reset(&lint->scratch);
}

static int order(const void *a, const void *b)
{
    const struct dl_lint_finding *x = a, *y = b;

    if (x->file != y->file)
        return x->file < y->file ? -1 : 1;
    if (x->line != y->line)
        return x->line < y->line ? -1 : 1;
    if (x->rule != y->rule)
        return x->rule < y->rule ? -1 : 1;
    return strcmp(x->message, y->message);
}

const struct dl_lint_finding *dl_lint_findings(const struct dl_lint *lint, size_t *count)
{
    *count = lint->count;
    return lint->findings;
}

size_t dl_lint_total(const struct dl_lint *lint, enum dl_lint_severity severity)
{
    return lint->totals[severity];
}

size_t dl_lint_bypassed(const struct dl_lint *lint)
{
    return lint->bypassed_total;
}

size_t dl_lint_tests_run(const struct dl_lint *lint)
{
    return lint->tests_run;
}

/* ---- looking ---- */

/* What could not be read is a finding, want of memory is none. The sentence begins with the line,
 * as "12:3: ..." or "line 12: ...". */
static bool is_read(struct dl_lint *lint, enum dl_lint_file file, int rc,
                    const struct dl_error *cause)
{
    const char *number = cause->text + (dl_text_starts(cause->text, "line ") ? 5 : 0);

    if (rc == -DL_E_NOMEM)
        lint->failed = true;
    else if (rc < 0)
        lint_find(lint, DL_LINT_RULE_UNREADABLE, file, (int)strtol(number, NULL, 10), "%s",
                  cause->text);
    return rc == 0;
}

static bool read_pipeline(struct dl_lint *lint)
{
    struct dl_error cause = {0};
    int rc;

    if (lint->in.pipeline_len > DL_PIPELINE_BYTES_MAX)
        rc = dl_error_set(&cause, DL_E_LIMIT, "a pipeline has at most %d MB",
                          DL_PIPELINE_BYTES_MAX >> 20);
    else
        rc = dl_value_read_yaml(&lint->document, &lint->arena, lint->in.pipeline,
                                lint->in.pipeline_len, &cause);
    if (!is_read(lint, DL_LINT_PIPELINE, rc, &cause))
        return false;
    lint->top = dl_value_get(lint->document, "pipeline");
    if (!lint->top && dl_value_get(lint->document, "processors"))
        lint->top = lint->document; /* as the public API has it */
    if (dl_value_is(lint->top, DL_VALUE_OBJECT))
        return true;
    lint_find(lint, DL_LINT_RULE_UNREADABLE, DL_LINT_PIPELINE, lint->document->line,
              "there is no pipeline in it");
    return false;
}

static void read_tests(struct dl_lint *lint)
{
    struct dl_error cause = {0};
    int rc;

    if (!lint->in.tests) {
        lint_find(lint, DL_LINT_RULE_TESTS_MISSING, DL_LINT_PIPELINE, 0,
                  "there is no tests file beside it");
        return;
    }
    rc = dl_suite_read(&lint->suite, lint->in.tests, lint->in.tests_len, &cause);
    is_read(lint, DL_LINT_TESTS, rc, &cause);
}

/* One of the findings says why the pipeline cannot be compiled. */
static bool is_explained(const struct dl_lint *lint)
{
    static const enum dl_lint_rule rules[] = {DL_LINT_RULE_UNREADABLE, DL_LINT_RULE_QUERY,
                                              DL_LINT_RULE_TYPE,       DL_LINT_RULE_OPTION_TYPE,
                                              DL_LINT_RULE_NESTED,     DL_LINT_RULE_OPTION_MISSING,
                                              DL_LINT_RULE_GROK_RULE,  DL_LINT_RULE_EXPRESSION};

    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (lint->kept[rules[i]])
            return true;
    return false;
}

static void compile(struct dl_lint *lint)
{
    struct dl_error cause = {0};
    int rc = dl_pipeline_read(&lint->pipeline, lint->in.pipeline, lint->in.pipeline_len, &cause);

    if (rc == -DL_E_NOMEM || !is_explained(lint))
        is_read(lint, DL_LINT_PIPELINE, rc, &cause);
}

static void look(struct dl_lint *lint)
{
    static void (*const looks[])(struct dl_lint *) = {
        lint_look_at_asset,    lint_look_at_options, lint_look_at_builders,
        lint_look_at_groks,    lint_look_at_facets,  lint_look_at_remappers,
        lint_look_at_official, lint_look_at_form,    compile,
        lint_look_at_tests,    lint_look_at_values};

    lint_lines_read(lint, DL_LINT_PIPELINE, lint->in.pipeline, lint->in.pipeline_len);
    if (lint->in.tests)
        lint_lines_read(lint, DL_LINT_TESTS, lint->in.tests, lint->in.tests_len);
    read_tests(lint);
    if (!read_pipeline(lint))
        return;
    lint_take_steps(lint);
    for (size_t i = 0; i < sizeof looks / sizeof *looks; i++) {
        if (lint->failed || lint->arena.failed)
            return;
        looks[i](lint);
    }
}

/* Past the arena's maximum it is the file that is at fault. */
static void tell_of_size(struct dl_lint *lint)
{
    if (!lint->arena.full)
        return;
    dl_arena_reset(&lint->arena);
    memset(lint->totals, 0, sizeof lint->totals);
    memset(lint->kept, 0, sizeof lint->kept);
    lint->count = 0;
    lint->failed = false;
    lint_find(lint, DL_LINT_RULE_UNREADABLE, DL_LINT_PIPELINE, 0, "the file is too large");
}

int dl_lint_run(struct dl_lint **out, const struct dl_lint_input *input, struct dl_error *err)
{
    struct dl_lint *lint = calloc(1, sizeof *lint);

    if (!lint)
        return dl_error_set(err, DL_E_NOMEM, "there is no memory for the linter");
    lint->in = *input;
    dl_arena_init(&lint->arena, 32 * (size_t)DL_PIPELINE_BYTES_MAX);
    dl_arena_init(&lint->scratch, DL_PIPELINE_LOG_MAX);
    look(lint);
    tell_of_size(lint);
    if (lint->failed || lint->arena.failed) {
        dl_lint_free(lint);
        return dl_error_set(err, DL_E_NOMEM, "there is no memory for the findings");
    }
    if (lint->count)
        qsort(lint->findings, lint->count, sizeof *lint->findings, order);
    *out = lint;
    return 0;
}

void dl_lint_free(struct dl_lint *lint)
{
    if (!lint)
        return;
    dl_suite_free(lint->suite);
    dl_pipeline_free(lint->pipeline);
    dl_arena_free(&lint->scratch);
    dl_arena_free(&lint->arena);
    free(lint->findings);
    free(lint);
}
