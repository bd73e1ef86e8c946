/* ddlogs pipeline test: assets against their own tests. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "command/junit.h"
#include "command/pipeline.h"
#include "pipeline/assets.h"
#include "pipeline/suite_fill.h"

#define SHOWN_MAX 240     /* bytes of a value in a difference */
#define FAILURES_MAX 1000 /* in the object; all are counted */

/* One test that failed, for the object. */
struct failure {
    char *file, *path, *processor;
    int line;
};

struct totals {
    struct pipeline_job *job;
    struct dl_arena arena;
    struct dl_suite_outcome *outcome;
    size_t pairs, passed, failed, blank, types, filled;
    struct junit junit, cases; /* of all files; of the one that is tested */
    struct failure *failures;
    size_t failure_count;
};

static bool speaks(const struct totals *t)
{
    return !t->job->program->options.json && !t->job->program->options.quiet;
}

/* ---- what people see ---- */

static void print_value(const char *label, struct dl_text text)
{
    struct dl_buffer clean;
    size_t cut = dl_utf8_cut(text.at, text.len, text.len < SHOWN_MAX ? text.len : SHOWN_MAX);

    dl_buffer_init(&clean, 8 * SHOWN_MAX);
    if (text.len && dl_text_clean(&clean, text.at, cut) == 0)
        printf("      %s %s%s\n", label, dl_buffer_string(&clean), cut < text.len ? "..." : "");
    else
        printf("      %s nothing\n", label);
    dl_buffer_free(&clean);
}

static void print_failure(const struct totals *t, const char *file, int line)
{
    const struct dl_suite_outcome *o = t->outcome;

    printf("FAIL  %s:%d\n", file, line);
    for (size_t i = 0; i < o->difference_count; i++) {
        const struct dl_difference *d = &o->differences[i];

        printf("    %.*s", (int)d->path.len, d->path.at);
        if (d->by) {
            struct dl_text name = dl_processor_name(d->by);

            printf("   (last written at line %d by %s%s%.*s%s)", dl_processor_line(d->by),
                   dl_processor_type(d->by), name.len ? " \"" : "", (int)name.len, name.at,
                   name.len ? "\"" : "");
        }
        putchar('\n');
        print_value("expected", d->expected);
        print_value("got     ", d->got);
    }
}

/* ---- what programs see ---- */

static char *copy(struct dl_text text)
{
    char *c = malloc(text.len + 1);

    if (c) {
        memcpy(c, text.at, text.len);
        c[text.len] = '\0';
    }
    return c;
}

static void keep_failure(struct totals *t, const char *file, int line)
{
    const struct dl_difference *d = &t->outcome->differences[0];
    struct failure *f;

    if (t->failure_count == FAILURES_MAX || t->outcome->difference_count == 0)
        return;
    f = realloc(t->failures, (t->failure_count + 1) * sizeof *f);
    if (!f)
        return;
    t->failures = f;
    f = &t->failures[t->failure_count++];
    *f = (struct failure){.file = strdup(file), .path = copy(d->path), .line = line};
    if (d->by)
        f->processor = copy(dl_processor_name(d->by));
}

static void write_object(struct dl_json *w, const void *context)
{
    const struct totals *t = context;

    dl_json_key(w, "failures");
    dl_json_array(w);
    for (size_t i = 0; i < t->failure_count; i++) {
        dl_json_object(w);
        dl_json_member(w, "file", t->failures[i].file);
        dl_json_member_integer(w, "line", t->failures[i].line);
        dl_json_member(w, "path", t->failures[i].path);
        dl_json_member(w, "processor", t->failures[i].processor);
        dl_json_object_end(w);
    }
    dl_json_array_end(w);
    dl_json_key(w, "summary");
    dl_json_object(w);
    dl_json_member_integer(w, "passed", (int64_t)t->passed);
    dl_json_member_integer(w, "failed", (int64_t)t->failed);
    dl_json_member_integer(w, "blank", (int64_t)t->blank);
    if (t->job->program->options.update)
        dl_json_member_integer(w, "filled", (int64_t)t->filled);
    dl_json_member_integer(w, "type_mismatches", (int64_t)t->types);
    dl_json_member_integer(w, "pipelines", (int64_t)t->pairs);
    dl_json_object_end(w);
}

/* ---- what build servers see ---- */

static void junit_value(struct junit *j, const char *label, struct dl_text text)
{
    junit_text(j, label, strlen(label));
    if (text.len)
        junit_text(j, text.at, text.len);
    else
        junit_text(j, "nothing", strlen("nothing"));
    junit_line_end(j);
}

static void junit_differences(struct junit *j, const struct dl_suite_outcome *o)
{
    char message[64];

    snprintf(message, sizeof message, "%zu value%s differ%s", o->difference_count,
             o->difference_count == 1 ? "" : "s", o->difference_count == 1 ? "s" : "");
    junit_failure(j, dl_error_info(DL_E_PIPELINE_TEST)->id, message);
    for (size_t i = 0; i < o->difference_count; i++) {
        junit_text(j, o->differences[i].path.at, o->differences[i].path.len);
        junit_line_end(j);
        junit_value(j, "  expected ", o->differences[i].expected);
        junit_value(j, "  got      ", o->differences[i].got);
    }
    junit_failure_end(j);
}

static void junit_test(struct totals *t, const struct dl_suite *suite, size_t i)
{
    char id[128], name[64];

    if (!t->job->program->options.junit)
        return;
    dl_text_format(id, sizeof id, "pipeline.%.*s", (int)dl_suite_id(suite).len,
                   dl_suite_id(suite).at);
    snprintf(name, sizeof name, "line %d", dl_suite_line(suite, i));
    junit_case(&t->cases, id, name, -1);
    if (t->outcome->blank)
        junit_skipped(&t->cases, "its result is left blank");
    else if (!t->outcome->passed)
        junit_differences(&t->cases, t->outcome);
    junit_case_end(&t->cases);
}

/* ---- one file ---- */

static int run_test(struct totals *t, const struct dl_pipeline *pipeline,
                    const struct dl_suite *suite, size_t i, const char *file, struct dl_error *err)
{
    dl_arena_reset(&t->arena);
    dl_suite_run(t->outcome, suite, i, pipeline, &t->arena);
    if (t->arena.failed)
        return dl_error_set(err, DL_E_LIMIT, "%s:%d: the log grows past %d MB on its way", file,
                            dl_suite_line(suite, i), DL_PIPELINE_LOG_MAX >> 20);
    t->types += t->outcome->types;
    junit_test(t, suite, i);
    if (t->outcome->blank) {
        t->blank++;
        return 0;
    }
    if (t->outcome->passed) {
        t->passed++;
        return 0;
    }
    t->failed++;
    keep_failure(t, file, dl_suite_line(suite, i));
    if (speaks(t))
        print_failure(t, file, dl_suite_line(suite, i));
    return 0;
}

static int run_suite(struct totals *t, const struct dl_asset_pair *pair,
                     const struct dl_pipeline *pipeline, const struct dl_suite *suite,
                     struct dl_error *err)
{
    int rc = 0;
    size_t before = t->passed, failed = t->failed, blank = t->blank;

    junit_init(&t->cases);
    for (size_t i = 0; i < dl_suite_count(suite) && rc == 0; i++)
        rc = run_test(t, pipeline, suite, i, pair->tests, err);
    junit_suite(&t->junit, pair->tests,
                &(struct junit_counts){dl_suite_count(suite), t->failed - failed, t->blank - blank},
                &t->cases);
    junit_free(&t->cases);
    if (rc == 0 && speaks(t))
        printf("%s  %zu of %zu  %s\n",
               t->passed - before == dl_suite_count(suite) ? "ok  " : "    ", t->passed - before,
               dl_suite_count(suite), pair->tests);
    return rc;
}

/* Writes what the pipeline makes of each sample whose result is blank; the suite and its text
 * become those of the new file. */
static int update(struct totals *t, const struct dl_asset_pair *pair,
                  const struct dl_pipeline *pipeline, struct dl_suite **suite,
                  struct dl_buffer *text, struct dl_error *err)
{
    struct dl_error cause = {0};
    struct dl_buffer changed;
    size_t filled = 0;
    int rc;

    dl_buffer_init(&changed, DL_PIPELINE_BYTES_MAX);
    rc = dl_suite_fill(&changed, (struct dl_text){dl_buffer_string(text), text->len}, *suite,
                       pipeline, &t->arena, &filled, &cause);
    if (rc < 0)
        rc = dl_error_set(err, DL_E_PIPELINE, "%s: %s", pair->tests, cause.text);
    else if (filled > 0)
        rc = dl_file_replace_shared(pair->tests, dl_buffer_string(&changed), changed.len, err);
    dl_buffer_free(&changed);
    if (rc < 0 || filled == 0)
        return rc;
    t->filled += filled;
    if (speaks(t))
        printf("      filled in %zu result%s of %s\n", filled, filled == 1 ? "" : "s", pair->tests);
    dl_suite_free(*suite);
    *suite = NULL;
    return pipeline_load_tests(suite, text, pair->tests, err);
}

static int each(void *context, const struct dl_asset_pair *pair)
{
    struct totals *t = context;
    struct dl_error *err = (struct dl_error *)(uintptr_t)t->job->result.error;
    struct dl_pipeline *pipeline = NULL;
    struct dl_suite *suite = NULL;
    struct dl_buffer text;
    int rc;

    if (!pair->tests[0])
        return 0;
    t->pairs++;
    dl_buffer_init(&text, DL_PIPELINE_BYTES_MAX);
    rc = pipeline_load_tests(&suite, &text, pair->tests, err);
    if (rc == 0)
        rc = pipeline_load(&pipeline, pair->pipeline, err);
    if (rc == 0 && t->job->program->options.update)
        rc = update(t, pair, pipeline, &suite, &text, err);
    if (rc == 0)
        rc = run_suite(t, pair, pipeline, suite, err);
    dl_pipeline_free(pipeline);
    dl_suite_free(suite);
    dl_buffer_free(&text);
    return rc;
}

static int conclude(struct totals *t, struct dl_error *err)
{
    struct pipeline_job *job = t->job;

    if (t->pairs == 0)
        return dl_error_set(err, DL_E_PIPELINE,
                            "there is no pipeline with tests below %s: a pair is NAME.yaml with "
                            "NAME_tests.yaml, or pipeline.yaml with tests.yaml",
                            job->words[0]);
    job->result.more = write_object;
    job->result.more_context = t;
    if (speaks(t))
        printf("\n%zu passed, %zu failed%s in %zu pipeline%s; %zu number%s of another type.\n",
               t->passed, t->failed, t->blank ? ", some without a result" : "", t->pairs,
               t->pairs == 1 ? "" : "s", t->types, t->types == 1 ? "" : "s");
    if (job->program->options.junit) {
        int rc = junit_write(&t->junit, job->program->options.junit, err);

        if (rc < 0)
            return rc;
    }
    if (t->failed)
        return dl_error_set(err, DL_E_PIPELINE_TEST, "%zu of %zu tests differ", t->failed,
                            t->failed + t->passed);
    return 0;
}

int pipeline_test(struct pipeline_job *job)
{
    struct totals t = {.job = job, .outcome = malloc(sizeof *t.outcome)};
    struct dl_error err = {0};
    int rc = t.outcome ? 0 : dl_error_set(&err, DL_E_NOMEM, "there is no memory for the tests");
    int code;

    if (rc == 0 && job->program->options.geoip)
        rc = dl_error_set(&err, DL_E_USAGE,
                          "pipeline test runs as Datadog's own tests do, which have no Geo-IP "
                          "database: leave --geoip out");

    job->result.error = &err;
    junit_init(&t.junit);
    dl_arena_init(&t.arena, DL_PIPELINE_LOG_MAX);
    for (size_t i = 0; i < job->word_count && rc == 0; i++)
        rc = dl_assets_find(job->words[i], each, &t, &err);
    if (rc == 0)
        rc = conclude(&t, &err);
    code = result_end(&job->result, job->program->options.json, rc, &err);
    for (size_t i = 0; i < t.failure_count; i++) {
        free(t.failures[i].file);
        free(t.failures[i].path);
        free(t.failures[i].processor);
    }
    free(t.failures);
    junit_free(&t.junit);
    free(t.outcome);
    dl_arena_free(&t.arena);
    return code;
}
