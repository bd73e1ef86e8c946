/* Tests of pipelines, and the files of assets. */
#include "../folder.h"

#include "kit.h"

#include "pipeline/assets.h"
#include "pipeline/suite.h"

static const char pipeline_text[] =
    "id: acme\npipeline:\n  type: pipeline\n  name: Acme\n  filter: {query: 'source:acme'}\n"
    "  processors:\n"
    "    - type: grok-parser\n      name: parse\n      source: message\n"
    "      grok: {supportRules: '', matchRules: 'r %{integer:code} %{word:who}'}\n"
    "    - type: attribute-remapper\n      name: rename who\n      sources: [who]\n"
    "      target: usr.id\n      preserveSource: false\n"
    "    - {type: service-remapper, sources: [svc]}\n"
    "    - {type: date-remapper, sources: [at]}\n";

static struct dl_pipeline *pipeline;

static int open_pipeline(void **state)
{
    open_arena(state);
    return dl_pipeline_read(&pipeline, pipeline_text, sizeof pipeline_text - 1, NULL);
}

static int close_pipeline(void **state)
{
    dl_pipeline_free(pipeline);
    return close_arena(state);
}

static struct dl_suite *suite_of(const char *text)
{
    struct dl_suite *suite = NULL;
    struct dl_error err = {0};

    if (dl_suite_read(&suite, text, strlen(text), &err) < 0)
        fail_msg("%s", err.text);
    return suite;
}

static struct dl_suite_outcome outcome_of(const char *test)
{
    static struct dl_suite_outcome outcome;
    struct dl_suite *suite;
    struct dl_buffer text;

    dl_buffer_init(&text, 1 << 20);
    assert_int_equal(dl_buffer_format(&text, "id: acme\ntests:\n%s", test), 0);
    suite = suite_of(dl_buffer_string(&text));
    dl_buffer_free(&text);
    dl_suite_run(&outcome, suite, 0, pipeline, &arena);
    /* what it points at lives in the arena, not in the suite */
    dl_suite_free(suite);
    return outcome;
}

static void a_result_that_is_the_same_passes(void **state)
{
    static const char *const cases[] = {
        "  - sample: 7 ann\n    result:\n      custom: {code: 7, usr: {id: ann}}\n"
        "      message: 7 ann\n      tags: [source:LOGS_SOURCE]\n      timestamp: 1\n",
        /* the order of members is free, and blanks around a message */
        "  - sample: 7 ann\n    result:\n      custom: {usr: {id: ann}, code: 7}\n"
        "      message: \"7 ann\\n\"\n      tags: [source:LOGS_SOURCE]\n      timestamp: 1\n",
        /* a service given at intake, and tags */
        "  - sample: x\n    service: web\n    tags: [env:prod]\n    result:\n      custom: {}\n"
        "      message: x\n      service: web\n      tags: [source:LOGS_SOURCE, env:prod]\n"
        "      timestamp: 1\n",
        /* no custom at all is an empty one */
        "  - sample: x\n    result:\n      message: x\n      tags: [source:LOGS_SOURCE]\n"
        "      timestamp: 1\n",
        /* a date in words is its milliseconds */
        "  - sample: '{\"at\":1000,\"message\":\"m\"}'\n    result:\n      custom: {at: 1000}\n"
        "      message: m\n      tags: [source:LOGS_SOURCE]\n"
        "      timestamp: '1970-01-01T00:00:01Z'\n",
        /* a message that is JSON compares as JSON */
        "  - sample: '{\"at\":1000}'\n    result:\n      custom: {at: 1000}\n"
        "      message: '{\"at\":1000}'\n      tags: [source:LOGS_SOURCE]\n"
        "      timestamp: 1000\n",
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct dl_suite_outcome outcome = outcome_of(cases[i]);

        if (!outcome.passed)
            fail_msg("%s: %s, not %s", string_of(outcome.differences[0].path),
                     string_of(outcome.differences[0].got),
                     string_of(outcome.differences[0].expected));
        assert_int_equal(outcome.types, 0);
    }
}

static void numbers_of_another_type_are_counted(void **state)
{
    struct dl_suite_outcome outcome =
        outcome_of("  - sample: 7 ann\n    result:\n      custom: {code: 7.0, usr: {id: ann}}\n"
                   "      message: 7 ann\n      tags: [source:LOGS_SOURCE]\n      timestamp: 1\n");

    (void)state;
    assert_true(outcome.passed);
    assert_int_equal(outcome.types, 1);
}

static void a_difference_names_its_place_and_the_processor(void **state)
{
    struct dl_suite_outcome outcome =
        outcome_of("  - sample: 7 ann\n    result:\n      custom: {code: 8, usr: {id: bob}, x: 1}\n"
                   "      message: 7 ann\n      service: web\n      tags: [source:LOGS_SOURCE]\n");
    static const char *const expected[][4] = {
        {"custom.code", "8", "7", "parse"}, {"custom.usr.id", "\"bob\"", "\"ann\"", "rename who"},
        {"custom.x", "1", "", NULL},        {"service", "\"web\"", "", NULL},
        {"timestamp", "", "1", NULL},
    };

    (void)state;
    assert_false(outcome.passed || outcome.blank);
    assert_int_equal(outcome.difference_count, LENGTH(expected));
    for (size_t i = 0; i < LENGTH(expected); i++) {
        const struct dl_difference *d = &outcome.differences[i];

        assert_string_equal(string_of(d->path), expected[i][0]);
        assert_string_equal(string_of(d->expected), expected[i][1]);
        assert_string_equal(string_of(d->got), expected[i][2]);
        if (expected[i][3])
            assert_string_equal(string_of(dl_processor_name(d->by)), expected[i][3]);
        else
            assert_null(d->by);
    }
}

static void a_result_that_is_not_written_down_is_blank(void **state)
{
    (void)state;
    assert_true(outcome_of("  - sample: 7 ann\n    result:\n").blank);
    assert_true(outcome_of("  - sample: 7 ann\n    result: null\n").blank);
    assert_true(outcome_of("  - sample: 7 ann\n").blank);
    assert_true(outcome_of("  - 12\n").blank);
}

static void differences_have_a_maximum(void **state)
{
    struct dl_suite_outcome outcome;
    struct dl_buffer test;

    (void)state;
    dl_buffer_init(&test, 1 << 20);
    assert_int_equal(dl_buffer_text(&test, "  - sample: x\n    result:\n      custom:\n"), 0);
    for (int i = 0; i < 2 * DL_SUITE_DIFFERENCES_MAX; i++)
        assert_int_equal(dl_buffer_format(&test, "        k%d: 1\n", i), 0);
    outcome = outcome_of(dl_buffer_string(&test));
    dl_buffer_free(&test);
    assert_false(outcome.passed);
    assert_int_equal(outcome.difference_count, DL_SUITE_DIFFERENCES_MAX);
}

static void a_suite_tells_what_it_holds(void **state)
{
    struct dl_suite *suite =
        suite_of("id: acme\ntests:\n  - sample: one\n    result:\n  - sample: |-\n      two\n");

    (void)state;
    assert_string_equal(string_of(dl_suite_id(suite)), "acme");
    assert_int_equal(dl_suite_count(suite), 2);
    assert_int_equal(dl_suite_line(suite, 0), 3);
    assert_int_equal(dl_suite_line(suite, 1), 5);
    assert_int_equal(dl_suite_line(suite, 2), 0);
    assert_string_equal(string_of(dl_suite_sample(suite, 1)), "two");
    assert_int_equal(dl_suite_sample(suite, 2).len, 0);
    dl_suite_free(suite);
    dl_suite_free(NULL);
}

static void what_is_no_suite_is_refused(void **state)
{
    static const char *const cases[][2] = {
        {"id: a\n", "there is no list of tests"},
        {"tests: {}\n", "there is no list of tests"},
        {"tests: [\n", "2:1: "},
        {"a: 1\na: 2\n", "2:1: this key is there twice"},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct dl_suite *suite = NULL;
        struct dl_error err = {0};

        assert_int_equal(dl_suite_read(&suite, cases[i][0], strlen(cases[i][0]), &err),
                         -DL_E_VALUE);
        assert_null(suite);
        if (!strstr(err.text, cases[i][1]))
            fail_msg("\"%s\" is not in \"%s\"", cases[i][1], err.text);
    }
}

/* ---- files ---- */

static int note(void *context, const struct dl_asset_pair *pair)
{
    struct dl_buffer *out = context;
    const char *tests = pair->tests[0] ? pair->tests + strlen(folder) + 1 : "none";

    return dl_buffer_format(out, "%s with %s\n", pair->pipeline + strlen(folder) + 1, tests);
}

static void pairs_are_found_by_their_names(void **state)
{
    static const char *const files[] = {
        "b.yaml",         "b_tests.yaml", "a.yaml",       "a_test.yaml", "sub/pipeline.yaml",
        "sub/tests.yaml", "alone.yaml",   ".hidden.yaml", "notes.txt",   "lost_tests.yaml"};
    static const char found[] = "a.yaml with a_test.yaml\nalone.yaml with none\n"
                                "b.yaml with b_tests.yaml\nsub/pipeline.yaml with sub/tests.yaml\n";
    struct dl_error err = {0};
    struct dl_buffer out;

    (void)state;
    assert_int_equal(mkdir(in_folder("sub"), 0700), 0);
    for (size_t i = 0; i < LENGTH(files); i++)
        put(in_folder(files[i]), "");
    dl_buffer_init(&out, 4096);
    assert_int_equal(dl_assets_find(folder, note, &out, &err), 0);
    assert_string_equal(dl_buffer_string(&out), found);
    dl_buffer_clear(&out);
    assert_int_equal(dl_assets_find(in_folder("b.yaml"), note, &out, &err), 0);
    assert_string_equal(dl_buffer_string(&out), "b.yaml with b_tests.yaml\n");
    assert_int_equal(dl_assets_find(in_folder("none"), note, &out, &err), -DL_E_IO);
    assert_non_null(strstr(err.text, "cannot be read"));
    dl_buffer_free(&out);
}

#define PIPELINE_TEST(f) cmocka_unit_test_setup_teardown(f, open_pipeline, close_pipeline)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PIPELINE_TEST(a_result_that_is_the_same_passes),
        PIPELINE_TEST(numbers_of_another_type_are_counted),
        PIPELINE_TEST(a_difference_names_its_place_and_the_processor),
        PIPELINE_TEST(a_result_that_is_not_written_down_is_blank),
        PIPELINE_TEST(differences_have_a_maximum),
        ARENA_TEST(a_suite_tells_what_it_holds),
        cmocka_unit_test(what_is_no_suite_is_refused),
        cmocka_unit_test_setup_teardown(pairs_are_found_by_their_names, make_folder, remove_folder),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
