/* One pipeline of an integration with its tests. */
#include <string.h>

#include "base/text.h"
#include "command/integration.h"
#include "pipeline/facet.h"

struct pair_job {
    struct integration_tree *tree;
    const struct dl_asset_pair *pair;
    struct dl_pipeline *pipeline;
    struct dl_suite *suite;
    struct dl_arena arena;
};

/* ---- ids ---- */

static bool is_stem(const char *path, struct dl_text id)
{
    const char *slash = strrchr(path, '/');
    const char *base = slash ? slash + 1 : path;

    return strlen(base) == id.len + strlen(".yaml") && memcmp(base, id.at, id.len) == 0;
}

static void look_at_ids(struct pair_job *j)
{
    struct integration_tree *tree = j->tree;
    struct dl_text id = dl_pipeline_id(j->pipeline), tests;

    if (!is_stem(j->pair->pipeline, id))
        integration_find(tree, INTEGRATION_ERROR, INTEGRATION_ASSETS, j->pair->pipeline, 0,
                         "the id is \"%.*s\"; it is to be the file's name without .yaml",
                         (int)(id.len < 64 ? id.len : 64), id.at);
    if (!j->suite)
        return;
    tests = dl_suite_id(j->suite);
    if (!dl_text_is(id, tests))
        integration_find(tree, INTEGRATION_ERROR, INTEGRATION_ASSETS, j->pair->tests, 0,
                         "the tests' id is \"%.*s\"; it is to be the pipeline's, \"%.*s\"",
                         (int)(tests.len < 64 ? tests.len : 64), tests.at,
                         (int)(id.len < 64 ? id.len : 64), id.at);
}

/* ---- the pipeline ---- */

static void look_at_filter(struct pair_job *j)
{
    const struct dl_integration *m = j->tree->manifest;
    const struct dl_value *pipeline = dl_value_get(dl_pipeline_document(j->pipeline), "pipeline");
    const struct dl_value *query = dl_value_get(dl_value_get(pipeline, "filter"), "query");
    struct dl_text source = dl_pipeline_source(j->pipeline);
    bool only = dl_value_is(query, DL_VALUE_STRING) &&
                query->of.text.len == source.len + strlen("source:") && source.len;

    if (m && (!only || !dl_text_equals(source, m->source)))
        integration_find(j->tree, INTEGRATION_ERROR, INTEGRATION_PIPELINE, j->pair->pipeline,
                         query ? query->line : 0, "the filter is to be source:%s and nothing else",
                         m->source);
    if (!dl_pipeline_first(j->pipeline, NULL))
        integration_find(j->tree, INTEGRATION_ERROR, INTEGRATION_PIPELINE, j->pair->pipeline, 0,
                         "the pipeline has no processors");
}

static bool has_kind(const struct dl_pipeline *pipeline, const struct dl_processor *parent,
                     enum dl_processor_kind kind)
{
    for (const struct dl_processor *p = dl_pipeline_first(pipeline, parent); p;
         p = dl_processor_next(p))
        if (dl_processor_kind(p) == kind ||
            (dl_processor_kind(p) == DL_PROCESSOR_PIPELINE && has_kind(pipeline, p, kind)))
            return true;
    return false;
}

static void look_for_remappers(struct pair_job *j)
{
    static const struct {
        enum dl_processor_kind kind;
        const char *what;
    } wanted[] = {{DL_PROCESSOR_DATE, "date"},
                  {DL_PROCESSOR_STATUS, "status"},
                  {DL_PROCESSOR_MESSAGE, "message"}};

    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        if (!has_kind(j->pipeline, NULL, wanted[i].kind))
            integration_find(j->tree, INTEGRATION_WARNING, INTEGRATION_OFFICIAL, j->pair->pipeline,
                             0, "there is no %s-remapper; the %s is %s", wanted[i].what,
                             wanted[i].what,
                             i == 0   ? "when the log arrives"
                             : i == 1 ? "what the sender says, else info"
                                      : "the whole log");
}

/* ---- tests ---- */

static void look_at_result(struct pair_job *j, size_t test, const struct dl_suite_outcome *o)
{
    int line = dl_suite_line(j->suite, test);
    const struct dl_difference *d = &o->differences[0];
    struct dl_pipeline_log log;

    if (o->blank)
        integration_find(j->tree, INTEGRATION_ERROR, INTEGRATION_TESTS, j->pair->tests, line,
                         "the result is blank; write down what \"ddlogs pipeline run\" gives");
    else if (!o->passed)
        integration_find(j->tree, INTEGRATION_ERROR, INTEGRATION_TESTS, j->pair->tests, line,
                         "the pipeline gives another result: %.*s differs%s; see: ddlogs pipeline "
                         "test",
                         (int)(d->path.len < 200 ? d->path.len : 200), d->path.at,
                         o->difference_count > 1 ? ", and more" : "");
    dl_suite_log(&log, j->suite, test, j->pipeline, &j->arena);
    dl_pipeline_run(j->pipeline, &log, true, NULL, NULL);
    if (log.dated && !log.has_timestamp)
        integration_find(j->tree, INTEGRATION_ERROR, INTEGRATION_OFFICIAL, j->pair->tests, line,
                         "the date-remapper finds no date in this sample, or one that it cannot "
                         "read");
}

static int run_tests(struct pair_job *j)
{
    struct dl_suite_outcome *outcome;

    if (dl_suite_count(j->suite) == 0)
        integration_find(j->tree, INTEGRATION_ERROR, INTEGRATION_TESTS, j->pair->tests, 0,
                         "there is no test; write one for every kind of log");
    for (size_t i = 0; i < dl_suite_count(j->suite); i++) {
        dl_arena_reset(&j->arena);
        outcome = dl_arena_take(&j->arena, sizeof *outcome);
        if (outcome) {
            dl_suite_run(outcome, j->suite, i, j->pipeline, &j->arena);
            look_at_result(j, i, outcome);
        }
        if (j->arena.failed)
            return dl_error_set(j->tree->err, DL_E_LIMIT, "%s:%d: the log grows past %d MB",
                                j->pair->tests, dl_suite_line(j->suite, i),
                                DL_PIPELINE_LOG_MAX >> 20);
    }
    j->tree->test_count += dl_suite_count(j->suite);
    return 0;
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

static void look_at_facet(struct pair_job *j, const struct dl_value *facet)
{
    const struct dl_value *path = dl_value_get(facet, "path"),
                          *groups = dl_value_get(facet, "groups");

    if (!dl_value_is(path, DL_VALUE_STRING) || !dl_value_is(groups, DL_VALUE_ARRAY) ||
        groups->of.list.count != 1)
        integration_find(j->tree, INTEGRATION_ERROR, INTEGRATION_FACETS, j->pair->pipeline,
                         facet->line, "a facet needs a path and exactly one group");
    else if (!memchr(path->of.text.at, '.', path->of.text.len) &&
             !dl_text_equals(path->of.text, "duration"))
        integration_find(j->tree, INTEGRATION_ERROR, INTEGRATION_FACETS, j->pair->pipeline,
                         facet->line,
                         "the path has no dot; bring the attribute below the source first");
}

static int look_at_facets(struct pair_job *j)
{
    const struct dl_value *facets = dl_value_get(dl_pipeline_document(j->pipeline), "facets");
    struct dl_value *missing = NULL;
    int rc;

    if (dl_value_is(facets, DL_VALUE_ARRAY)) {
        for (const struct dl_member *m = facets->of.list.first; m; m = m->next)
            look_at_facet(j, m->value);
        j->tree->facet_count += facets->of.list.count;
    }
    dl_arena_reset(&j->arena);
    rc = integration_propose(&missing, &j->arena, j->pipeline, j->suite, j->tree->err);
    if (rc == 0 && missing->of.list.count)
        integration_find(j->tree, INTEGRATION_WARNING, INTEGRATION_FACETS, j->pair->pipeline, 0,
                         "%zu attributes of the tests have no facet; see: ddlogs integration "
                         "facets FOLDER",
                         missing->of.list.count);
    return rc;
}

/* ---- one pair ---- */

/* Further findings about a pipeline and its tests are merged in here. */
static int look_at_pair(struct pair_job *j)
{
    int rc = 0;

    look_at_ids(j);
    look_at_filter(j);
    look_for_remappers(j);
    if (j->suite) {
        rc = run_tests(j);
        if (rc == 0)
            rc = look_at_facets(j);
    }
    return rc;
}

static int load(struct pair_job *j)
{
    struct dl_error cause = {0};
    struct dl_buffer text;
    int rc;

    dl_buffer_init(&text, DL_PIPELINE_BYTES_MAX);
    rc = integration_read(&text, j->pair->pipeline, j->tree->err);
    if (rc == 0 && dl_pipeline_read(&j->pipeline, dl_buffer_string(&text), text.len, &cause) < 0)
        integration_find(j->tree, INTEGRATION_ERROR, INTEGRATION_PIPELINE, j->pair->pipeline, 0,
                         "%s", cause.text);
    if (rc == 0 && !j->pair->tests[0]) {
        integration_find(j->tree, INTEGRATION_ERROR, INTEGRATION_ASSETS, j->pair->pipeline, 0,
                         "its tests are missing: NAME_tests.yaml beside it");
    } else if (rc == 0) {
        rc = integration_read(&text, j->pair->tests, j->tree->err);
        if (rc == 0 && dl_suite_read(&j->suite, dl_buffer_string(&text), text.len, &cause) < 0)
            integration_find(j->tree, INTEGRATION_ERROR, INTEGRATION_TESTS, j->pair->tests, 0, "%s",
                             cause.text);
    }
    dl_buffer_free(&text);
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
    if (rc == 0 && j.pipeline)
        rc = look_at_pair(&j);
    describe(tree, j.pipeline != NULL, j.suite != NULL);
    dl_arena_free(&j.arena);
    dl_suite_free(j.suite);
    dl_pipeline_free(j.pipeline);
    return rc;
}
