/* One pipeline of an integration with its tests. */
#include <string.h>

#include "base/text.h"
#include "command/integration.h"
#include "command/pipeline.h"
#include "pipeline/facet.h"

struct pair_job {
    struct integration_tree *tree;
    const struct dl_asset_pair *pair;
    struct dl_pipeline *pipeline; /* NULL: it cannot be read */
    struct dl_suite *suite;       /* NULL: there are none, or they cannot be read */
    struct dl_arena arena;
};

/* ---- the linter's findings ---- */

/* Where a rule of the linter belongs on the review's page. */
static enum integration_rule rule_of(const struct dl_lint_finding *f)
{
    static const enum integration_rule rules[] = {
        [DL_LINT_ASSET] = INTEGRATION_ASSETS,       [DL_LINT_FILTER] = INTEGRATION_PIPELINE,
        [DL_LINT_PROCESSOR] = INTEGRATION_PIPELINE, [DL_LINT_OFFICIAL] = INTEGRATION_OFFICIAL,
        [DL_LINT_REMAPPER] = INTEGRATION_PIPELINE,  [DL_LINT_GROK] = INTEGRATION_PIPELINE,
        [DL_LINT_FACET] = INTEGRATION_FACETS,       [DL_LINT_TEST] = INTEGRATION_TESTS,
        [DL_LINT_BUILDER] = INTEGRATION_PIPELINE,   [DL_LINT_FORM] = INTEGRATION_PIPELINE};

    if (f->rule == DL_LINT_RULE_UNREADABLE)
        return f->file == DL_LINT_TESTS ? INTEGRATION_TESTS : INTEGRATION_PIPELINE;
    return rules[dl_lint_rules[f->rule].area];
}

static int lint(struct pair_job *j)
{
    static const enum integration_level levels[] = {[DL_LINT_ERROR] = INTEGRATION_ERROR,
                                                    [DL_LINT_WARNING] = INTEGRATION_WARNING,
                                                    [DL_LINT_NOTE] = INTEGRATION_NOTE};
    const struct dl_lint_finding *findings;
    struct dl_lint *linter = NULL;
    size_t count;
    int rc = pipeline_lint_pair(&linter, j->pair, false, j->tree->err);

    if (rc < 0)
        return rc;
    findings = dl_lint_findings(linter, &count);
    for (size_t i = 0; i < count; i++) {
        const struct dl_lint_finding *f = &findings[i];
        const struct dl_lint_rule_info *info = &dl_lint_rules[f->rule];

        if (!f->bypassed)
            integration_find(j->tree, levels[info->severity], rule_of(f),
                             f->file == DL_LINT_TESTS ? j->pair->tests : j->pair->pipeline, f->line,
                             "%s; %s (%s)", f->message, info->fix, info->code);
    }
    j->tree->test_count += dl_lint_tests_run(linter);
    dl_lint_free(linter);
    return 0;
}

/* ---- the manifest's word ---- */

static void look_at_filter(struct pair_job *j)
{
    const struct dl_integration *m = j->tree->manifest;
    const struct dl_value *pipeline = dl_value_get(dl_pipeline_document(j->pipeline), "pipeline");
    const struct dl_value *query = dl_value_get(dl_value_get(pipeline, "filter"), "query");

    if (m && !dl_text_equals(dl_pipeline_source(j->pipeline), m->source))
        integration_find(j->tree, INTEGRATION_ERROR, INTEGRATION_PIPELINE, j->pair->pipeline,
                         query ? query->line : 0, "the filter is to be source:%s, the manifest's",
                         m->source);
}

/* ---- facets ---- */

int integration_propose(struct dl_value **out, struct dl_arena *arena,
                        const struct dl_pipeline *pipeline, const struct dl_suite *suite,
                        struct dl_error *err)
{
    const struct dl_value *document = dl_pipeline_document(pipeline);
    const struct dl_value *name = dl_value_get(dl_value_get(document, "pipeline"), "name");
    struct dl_text source = dl_pipeline_source(pipeline);
    struct dl_facets facets;

    dl_facets_init(&facets, arena, source,
                   dl_value_is(name, DL_VALUE_STRING) ? name->of.text : source,
                   dl_value_get(document, "facets"));
    for (size_t i = 0; i < dl_suite_count(suite); i++) {
        struct dl_pipeline_log log;

        dl_suite_log(&log, suite, i, pipeline, arena);
        dl_pipeline_run(pipeline, &log, true, NULL, NULL);
        dl_facets_look(&facets, log.attributes);
    }
    if (arena->failed)
        return dl_error_set(err, DL_E_LIMIT, "the tests' results grow past %d MB",
                            DL_PIPELINE_LOG_MAX >> 20);
    *out = facets.missing;
    return 0;
}

static int look_at_facets(struct pair_job *j)
{
    const struct dl_value *facets = dl_value_get(dl_pipeline_document(j->pipeline), "facets");
    struct dl_value *missing = NULL;
    int rc;

    if (dl_value_is(facets, DL_VALUE_ARRAY))
        j->tree->facet_count += facets->of.list.count;
    rc = integration_propose(&missing, &j->arena, j->pipeline, j->suite, j->tree->err);
    if (rc == 0 && missing->of.list.count)
        integration_find(j->tree, INTEGRATION_WARNING, INTEGRATION_FACETS, j->pair->pipeline, 0,
                         "%zu attributes of the tests have no facet; see: ddlogs integration "
                         "facets FOLDER",
                         missing->of.list.count);
    return rc;
}

/* ---- one pair ---- */

static int look_at_pair(struct pair_job *j)
{
    int rc = lint(j);

    if (rc == 0 && j->pipeline)
        look_at_filter(j);
    if (rc == 0 && j->pipeline && j->suite)
        rc = look_at_facets(j);
    return rc;
}

/* Why one of them cannot be read is told by the linter. */
static int load(struct pair_job *j)
{
    struct dl_error cause = {0};
    struct dl_buffer text;
    int rc;

    dl_buffer_init(&text, DL_PIPELINE_BYTES_MAX);
    rc = integration_read(&text, j->pair->pipeline, j->tree->err);
    if (rc == 0)
        dl_pipeline_read(&j->pipeline, dl_buffer_string(&text), text.len, &cause);
    if (rc == 0 && j->pair->tests[0]) {
        rc = integration_read(&text, j->pair->tests, j->tree->err);
        if (rc == 0)
            dl_suite_read(&j->suite, dl_buffer_string(&text), text.len, &cause);
    }
    dl_buffer_free(&text);
    if (cause.code == DL_E_NOMEM)
        rc = dl_error_set(j->tree->err, DL_E_NOMEM, "%s", cause.text);
    return rc;
}

/* What was seen; of what could not be read nothing is said, and its rows are not checked. */
static void describe(struct integration_tree *tree, bool pipeline, bool suite)
{
    dl_text_format(tree->evidence[INTEGRATION_ASSETS], sizeof tree->evidence[0],
                   "%zu pair%s below assets/logs", tree->pair_count,
                   tree->pair_count == 1 ? "" : "s");
    if (!pipeline)
        return;
    if (tree->manifest)
        dl_text_format(tree->evidence[INTEGRATION_PIPELINE], sizeof tree->evidence[0],
                       "filter source:%s", tree->manifest->source);
    dl_text_copy(tree->evidence[INTEGRATION_OFFICIAL], sizeof tree->evidence[0],
                 "remappers of date, status and message");
    if (!suite)
        return;
    dl_text_format(tree->evidence[INTEGRATION_TESTS], sizeof tree->evidence[0], "tests passed: %zu",
                   tree->test_count);
    dl_text_format(tree->evidence[INTEGRATION_FACETS], sizeof tree->evidence[0], "facets: %zu",
                   tree->facet_count);
}

int integration_inspect_pair(struct integration_tree *tree, const struct dl_asset_pair *pair)
{
    struct pair_job j = {.tree = tree, .pair = pair};
    int rc;

    dl_arena_init(&j.arena, DL_PIPELINE_LOG_MAX);
    rc = load(&j);
    if (rc == 0)
        rc = look_at_pair(&j);
    describe(tree, j.pipeline != NULL, j.suite != NULL);
    dl_arena_free(&j.arena);
    dl_suite_free(j.suite);
    dl_pipeline_free(j.pipeline);
    return rc;
}
