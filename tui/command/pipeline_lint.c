/* ddlogs pipeline lint: assets by the rules of Datadog's check and review. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "command/pipeline.h"

#define FINDINGS_MAX 10000 /* in the object and in SARIF; all are counted */

struct report {
    struct pipeline_job *job;
    struct pipeline_finding *findings;
    size_t count, size;
    size_t totals[DL_LINT_SEVERITIES], bypassed, pairs, tests;
};

static bool speaks(const struct report *r)
{
    return !r->job->program->options.json && !r->job->program->options.quiet;
}

int pipeline_lint_pair(struct dl_lint **out, const struct dl_asset_pair *pair, bool follow,
                       struct dl_error *err)
{
    const char *slash = strrchr(pair->pipeline, '/');
    struct dl_lint_input input = {.name = slash ? slash + 1 : pair->pipeline};
    struct dl_buffer pipeline, tests;
    int rc;

    dl_buffer_init(&pipeline, DL_PIPELINE_BYTES_MAX);
    dl_buffer_init(&tests, DL_PIPELINE_BYTES_MAX);
    rc = dl_file_read(pair->pipeline, follow, &pipeline, err);
    if (rc == 0 && pair->tests[0])
        rc = dl_file_read(pair->tests, follow, &tests, err);
    if (rc == 0) {
        input.pipeline = dl_buffer_string(&pipeline);
        input.pipeline_len = pipeline.len;
        input.tests = pair->tests[0] ? dl_buffer_string(&tests) : NULL;
        input.tests_len = tests.len;
        rc = dl_lint_run(out, &input, err);
    }
    dl_buffer_free(&pipeline);
    dl_buffer_free(&tests);
    return rc;
}

/* ---- output ---- */

static void print(const char *file, const struct dl_lint_finding *f)
{
    const struct dl_lint_rule_info *rule = &dl_lint_rules[f->rule];

    fputs(file, stdout);
    if (f->line)
        printf(":%d", f->line);
    printf(": %s[%s]: %s\n  fix: %s\n", dl_lint_severity_names[rule->severity], rule->code,
           f->message, rule->fix);
}

static const char *plural(size_t count)
{
    return count == 1 ? "" : "s";
}

static void print_summary(const struct report *r)
{
    const size_t *t = r->totals;

    printf("%s%zu error%s, %zu warning%s, %zu note%s, %zu bypassed in %zu pipeline%s; %zu test%s "
           "run.\n",
           t[DL_LINT_ERROR] + t[DL_LINT_WARNING] + t[DL_LINT_NOTE] ? "\n" : "", t[DL_LINT_ERROR],
           plural(t[DL_LINT_ERROR]), t[DL_LINT_WARNING], plural(t[DL_LINT_WARNING]),
           t[DL_LINT_NOTE], plural(t[DL_LINT_NOTE]), r->bypassed, r->pairs, plural(r->pairs),
           r->tests, plural(r->tests));
}

static void write_object(struct dl_json *w, const void *context)
{
    const struct report *r = context;

    dl_json_key(w, "findings");
    dl_json_array(w);
    for (size_t i = 0; i < r->count; i++) {
        const struct pipeline_finding *f = &r->findings[i];
        const struct dl_lint_rule_info *rule = &dl_lint_rules[f->rule];

        dl_json_object(w);
        dl_json_member(w, "file", f->file);
        dl_json_member_integer(w, "line", f->line);
        dl_json_member(w, "code", rule->code);
        dl_json_member(w, "severity", dl_lint_severity_names[rule->severity]);
        dl_json_member(w, "message", f->message);
        dl_json_member(w, "fix", rule->fix);
        dl_json_member_bool(w, "bypassed", f->bypassed);
        dl_json_object_end(w);
    }
    dl_json_array_end(w);
    dl_json_key(w, "summary");
    dl_json_object(w);
    dl_json_member_integer(w, "errors", (int64_t)r->totals[DL_LINT_ERROR]);
    dl_json_member_integer(w, "warnings", (int64_t)r->totals[DL_LINT_WARNING]);
    dl_json_member_integer(w, "notes", (int64_t)r->totals[DL_LINT_NOTE]);
    dl_json_member_integer(w, "bypassed", (int64_t)r->bypassed);
    dl_json_member_integer(w, "pipelines", (int64_t)r->pairs);
    dl_json_member_integer(w, "tests", (int64_t)r->tests);
    dl_json_object_end(w);
}

/* ---- looking ---- */

static int keep(struct report *r, const char *file, const struct dl_lint_finding *f,
                struct dl_error *err)
{
    struct pipeline_finding *kept;

    if (r->count == FINDINGS_MAX)
        return 0;
    if (r->count == r->size) {
        r->size = r->size ? 2 * r->size : 64;
        kept = reallocarray(r->findings, r->size, sizeof *kept);
        if (!kept)
            return dl_error_set(err, DL_E_NOMEM, "there is no memory for the findings");
        r->findings = kept;
    }
    kept = &r->findings[r->count++];
    *kept = (struct pipeline_finding){.rule = f->rule,
                                      .file = strdup(file),
                                      .message = strdup(f->message),
                                      .line = f->line,
                                      .bypassed = f->bypassed};
    if (!kept->file || !kept->message)
        return dl_error_set(err, DL_E_NOMEM, "there is no memory for the findings");
    return 0;
}

static int each(void *context, const struct dl_asset_pair *pair)
{
    struct report *r = context;
    struct dl_error *err = (struct dl_error *)(uintptr_t)r->job->result.error;
    struct dl_lint *lint = NULL;
    const struct dl_lint_finding *findings;
    size_t count;
    int rc = pipeline_lint_pair(&lint, pair, true, err);

    if (rc < 0)
        return rc;
    findings = dl_lint_findings(lint, &count);
    for (size_t i = 0; i < count && rc == 0; i++) {
        const char *file = findings[i].file == DL_LINT_TESTS ? pair->tests : pair->pipeline;

        if (speaks(r) && !findings[i].bypassed)
            print(file, &findings[i]);
        rc = keep(r, file, &findings[i], err);
    }
    for (enum dl_lint_severity s = 0; s < DL_LINT_SEVERITIES; s++)
        r->totals[s] += dl_lint_total(lint, s);
    r->bypassed += dl_lint_bypassed(lint);
    r->tests += dl_lint_tests_run(lint);
    r->pairs++;
    dl_lint_free(lint);
    return rc;
}

static int conclude(struct report *r, struct dl_error *err)
{
    const char *sarif = r->job->program->options.sarif;
    size_t errors = r->totals[DL_LINT_ERROR];
    int rc = 0;

    if (r->pairs == 0)
        return dl_error_set(err, DL_E_PIPELINE, "there is no pipeline, no NAME.yaml, below %s",
                            r->job->words[0]);
    r->job->result.more = write_object;
    r->job->result.more_context = r;
    if (speaks(r))
        print_summary(r);
    if (sarif)
        rc = pipeline_sarif(sarif, r->findings, r->count, err);
    if (rc == 0 && errors)
        rc = dl_error_set(err, DL_E_PIPELINE_LINT, "%zu error%s in %zu pipeline%s", errors,
                          plural(errors), r->pairs, plural(r->pairs));
    return rc;
}

int pipeline_lint(struct pipeline_job *job)
{
    struct report r = {.job = job};
    struct dl_error err = {0};
    int rc = 0, code;

    job->result.error = &err;
    for (size_t i = 0; i < job->word_count && rc == 0; i++)
        rc = dl_assets_find(job->words[i], each, &r, &err);
    if (rc == 0)
        rc = conclude(&r, &err);
    code = result_end(&job->result, job->program->options.json, rc, &err);
    for (size_t i = 0; i < r.count; i++) {
        free(r.findings[i].file);
        free(r.findings[i].message);
    }
    free(r.findings);
    return code;
}
