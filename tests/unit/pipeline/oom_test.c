/* No memory, at every single allocation: a pipeline and its tests are read and run, or it is said
 * that they are not; a test never fails or passes on half a log. libyaml and PCRE2 keep their own
 * allocator. */
#include "oom.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "pipeline/lint.h"
#include "pipeline/suite.h"
#include "pipeline/suite_fill.h"
#include "pipeline/trace.h"

static const char pipeline_text[] =
    "id: acme\npipeline:\n  type: pipeline\n  filter: {query: 'source:acme OR @a:[1 TO 2]'}\n"
    "  processors:\n"
    "    - type: grok-parser\n      source: message\n"
    "      grok:\n        supportRules: 'h %{date(\"yyyy-MM-dd\"):at} (?<own>x)'\n"
    "        matchRules: 'r %{h} %{data::keyvalue(\": \")} %{notSpace:l:array(\"[]\", \",\", "
    "integer)}'\n"
    "    - {type: attribute-remapper, sources: [k], target: b.c, preserveSource: false}\n"
    "    - {type: string-builder-processor, template: 'x%{b.c}%{l}', target: t}\n"
    "    - {type: arithmetic-processor, expression: 'n * 2', target: m}\n"
    "    - {type: category-processor, target: c, categories: [{filter: {query: '@n:>1'}, "
    "name: high}]}\n"
    "    - {source: n, target: w, lookupTable: '5,five', type: lookup-processor}\n"
    "    - {type: date-remapper, sources: [at]}\n"
    "    - {type: pipeline, filter: {query: '@c:high'}, processors: [{type: url-parser, "
    "sources: [t], target: u}]}\n";

static const char suite_text[] =
    "id: acme\ntests:\n  - sample: '1970-01-02 x k: v n: 5 [1,2]'\n    tags: [env:p]\n"
    "    result:\n      custom:\n        at: 86400000\n        b: {c: v}\n        c: high\n"
    "        l: [1, 2]\n        m: 10.0\n        n: 5\n        own: x\n        t: xv1,2\n"
    "        u: {path: 'xv1,2'}\n        w: five\n"
    "      message: '1970-01-02 x k: v n: 5 [1,2]'\n"
    "      tags: [source:LOGS_SOURCE, env:p]\n      timestamp: 86400000\n"
    "  - sample: '{\"a\": {\"b.c\": [1.5, null]}}'\n    result:\n      custom: {a: {b: {c: [1.5, "
    "null]}}}\n"
    "      message: wrong\n      tags: [source:LOGS_SOURCE]\n      timestamp: 1\n";

static int run(const struct dl_pipeline *pipeline, const struct dl_suite *suite)
{
    static struct dl_suite_outcome outcome;
    struct dl_arena own;
    int rc = 0;

    dl_arena_init(&own, DL_PIPELINE_LOG_MAX);
    for (size_t i = 0; i < 2 && rc == 0; i++) {
        dl_suite_run(&outcome, suite, i, pipeline, &own);
        if (own.failed)
            rc = -DL_E_NOMEM;
        else if (i == 0 && !outcome.passed)
            fail_msg("%.*s is %s", (int)outcome.differences[0].path.len,
                     outcome.differences[0].path.at, outcome.differences[0].got.at);
        if (rc == 0 && i == 1) {
            /* the message, and one that did not find its way is the only difference */
            assert_int_equal(outcome.difference_count, 1);
            assert_true(dl_text_equals(outcome.differences[0].path, "message"));
            assert_true(outcome.differences[0].got.len > 20);
        }
    }
    dl_arena_free(&own);
    return rc;
}

/* What each processor did, and blank results filled in. */
static int trace_and_fill(const struct dl_pipeline *pipeline, const struct dl_suite *suite)
{
    static const char text[] = "- {sample: n}\n- sample: m\n  result: null\n";
    struct dl_pipeline_log log;
    struct dl_suite *blank = NULL;
    struct dl_trace trace;
    struct dl_error err = {0};
    struct dl_buffer out;
    struct dl_arena own;
    size_t filled = 0;
    int rc;

    dl_arena_init(&own, DL_PIPELINE_LOG_MAX);
    dl_buffer_init(&out, DL_PIPELINE_BYTES_MAX);
    dl_suite_log(&log, suite, 0, pipeline, &own);
    rc = dl_trace_run(&trace, pipeline, &log, true, &err);
    if (rc == 0)
        assert_non_null(trace.first->changes);
    if (rc == 0)
        rc = dl_suite_read(&blank, text, sizeof text - 1, &err);
    if (rc == 0)
        rc = dl_suite_fill(&out, (struct dl_text){text, sizeof text - 1}, blank, pipeline, &own,
                           &filled, &err);
    if (rc == 0)
        assert_int_equal(filled, 2);
    else
        assert_int_equal(err.code, -rc);
    dl_suite_free(blank);
    dl_buffer_free(&out);
    dl_arena_free(&own);
    return rc;
}

static int scenario(void *context)
{
    struct dl_pipeline *pipeline = NULL;
    struct dl_suite *suite = NULL;
    struct dl_error err = {0};
    int rc = dl_pipeline_read(&pipeline, pipeline_text, sizeof pipeline_text - 1, &err);

    (void)context;
    if (rc < 0)
        assert_null(pipeline);
    if (rc == 0)
        rc = dl_suite_read(&suite, suite_text, sizeof suite_text - 1, &err);
    if (rc < 0) {
        assert_null(suite);
        assert_int_equal(err.code, -rc);
    }
    if (rc == 0)
        rc = run(pipeline, suite);
    if (rc == 0)
        rc = trace_and_fill(pipeline, suite);
    dl_suite_free(suite);
    dl_pipeline_free(pipeline);
    return rc;
}

static void a_pipeline_is_read_and_run_or_the_code_says_why(void **state)
{
    (void)state;
    oom_each(scenario, NULL);
}

/* Facets, a duplicate, a table, samples: something of all that lint keeps. */
static const char lint_text[] =
    "# bypass-global-facets-path-checks\nid: acme\nfacets:\n  - {path: at, groups: [a]}\n"
    "  - {path: acme.t, groups: [a], type: string}\npipeline:\n  filter: {query: 'source:acme'}\n"
    "  processors:\n    - type: grok-parser\n      source: message\n      samples: [x]\n"
    "      grok: {supportRules: 'h x', matchRules: 'r %{h} %{data::keyvalue(\": \")}'}\n"
    "    - {type: category-processor, target: c, categories: [{filter: {query: '@n:>1'}, "
    "name: high}]}\n"
    "    - {source: n, target: w, lookupTable: '5,five', type: lookup-processor}\n"
    "    - {type: status-remapper, sources: [c]}\n    - {type: no}\n";

/* A text and what is found in it when there is memory; found 0: not known yet. */
struct lint_case {
    size_t len, found;
};

static int lint_scenario(void *context)
{
    struct lint_case *c = context;
    struct dl_lint_input input = {.pipeline = lint_text,
                                  .pipeline_len = c->len,
                                  .name = "acme.yaml",
                                  .tests = suite_text,
                                  .tests_len = sizeof suite_text - 1};
    struct dl_error err = {0};
    struct dl_lint *lint = NULL;
    int rc = dl_lint_run(&lint, &input, &err);
    size_t found;

    if (rc < 0) {
        assert_null(lint);
        assert_int_equal(err.code, -rc);
        return rc;
    }
    dl_lint_findings(lint, &found);
    c->found = c->found ? c->found : found;
    assert_int_equal(found, c->found);
    assert_int_equal(dl_lint_bypassed(lint), 1);
    assert_int_equal(dl_lint_tests_run(lint), 2);
    dl_lint_free(lint);
    return 0;
}

/* With its last line, which cannot be compiled, and without. */
static void lint_tells_all_or_that_there_is_no_memory(void **state)
{
    static const char last[] = "    - {type: no}\n";
    struct lint_case c = {.len = sizeof lint_text - 1};

    (void)state;
    for (int i = 0; i < 2; i++) {
        c.found = 0;
        assert_int_equal(lint_scenario(&c), 0);
        assert_true(c.found > 10);
        oom_each(lint_scenario, &c);
        c.len -= sizeof last - 1;
    }
}

/* The same with arenas that are full at every size: a limit, never a wrong result. */
static void a_full_arena_is_told(void **state)
{
    struct dl_pipeline *pipeline = NULL;
    struct dl_suite *suite = NULL;
    static struct dl_suite_outcome outcome;

    (void)state;
    assert_int_equal(dl_pipeline_read(&pipeline, pipeline_text, sizeof pipeline_text - 1, NULL), 0);
    assert_int_equal(dl_suite_read(&suite, suite_text, sizeof suite_text - 1, NULL), 0);
    for (size_t max = 0; max < 256; max++) {
        struct dl_arena small;

        dl_arena_init(&small, max);
        dl_suite_run(&outcome, suite, 0, pipeline, &small);
        assert_true(small.failed && small.full);
        dl_arena_free(&small);
    }
    dl_suite_free(suite);
    dl_pipeline_free(pipeline);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pipeline_is_read_and_run_or_the_code_says_why),
        cmocka_unit_test(lint_tells_all_or_that_there_is_no_memory),
        cmocka_unit_test(a_full_arena_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
