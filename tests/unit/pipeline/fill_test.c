/* Blank results of a file of tests, filled in where they stand. */
#include "kit.h"

#include "pipeline/suite_fill.h"

static const char pipeline_text[] =
    "id: acme\npipeline:\n  type: pipeline\n  name: Acme\n  filter: {query: 'source:acme'}\n"
    "  processors:\n"
    "    - type: grok-parser\n      name: parse\n      source: message\n"
    "      grok: {supportRules: '', matchRules: 'r %{integer:code} %{word:who}'}\n";

static struct dl_pipeline *pipeline;
static struct dl_arena scratch;
static struct dl_buffer out;
static size_t filled;

static int open_pipeline(void **state)
{
    open_arena(state);
    dl_arena_init(&scratch, DL_PIPELINE_LOG_MAX);
    dl_buffer_init(&out, DL_PIPELINE_BYTES_MAX);
    return dl_pipeline_read(&pipeline, pipeline_text, sizeof pipeline_text - 1, NULL);
}

static int close_pipeline(void **state)
{
    dl_pipeline_free(pipeline);
    dl_arena_free(&scratch);
    dl_buffer_free(&out);
    return close_arena(state);
}

static int fill(const char *text, struct dl_error *err)
{
    struct dl_suite *suite = NULL;
    int rc;

    dl_buffer_clear(&out);
    assert_int_equal(dl_suite_read(&suite, text, strlen(text), NULL), 0);
    rc = dl_suite_fill(&out, text_of(text), suite, pipeline, &scratch, &filled, err);
    dl_suite_free(suite);
    return rc;
}

/* What becomes of a text; filled once, there is nothing left to fill. */
static void expect(const char *text, size_t count, const char *becomes)
{
    struct dl_error err = {0};
    const char *first;

    if (fill(text, &err) < 0)
        fail_msg("%s: %s", text, err.text);
    assert_string_equal(dl_buffer_string(&out), becomes);
    assert_int_equal(filled, count);
    first = dl_arena_copy(&arena, dl_buffer_string(&out), out.len);
    assert_int_equal(fill(first, &err), 0);
    assert_int_equal(filled, 0);
    assert_string_equal(dl_buffer_string(&out), first);
}

#define RESULT(indent)                                                                             \
    indent "  custom:\n" indent "    code: 7\n" indent "    who: ann\n" indent                     \
           "  message: 7 ann\n" indent "  tags:\n" indent "    - source:LOGS_SOURCE\n"
#define FLOW                                                                                       \
    "{\"custom\":{\"code\":7,\"who\":\"ann\"},\"message\":\"7 ann\","                              \
    "\"tags\":[\"source:LOGS_SOURCE\"]}"

static void a_blank_result_is_filled_below_its_key(void **state)
{
    (void)state;
    expect("id: a\ntests:\n  - sample: 7 ann\n    result: null\n# end\n", 1,
           "id: a\ntests:\n  - sample: 7 ann\n    result:\n" RESULT("    ") "# end\n");
    expect("tests:\n- sample: 7 ann\n  result:", 1,
           "tests:\n- sample: 7 ann\n  result:\n" RESULT("  "));
    expect("tests:\n- result: ~ # later\n  sample: 7 ann\n", 1,
           "tests:\n- result: # later\n" RESULT("  ") "  sample: 7 ann\n");
    expect("- sample: 7 ann\n  result:\n    null\n", 1,
           "- sample: 7 ann\n  result:\n" RESULT("  "));
    expect("- sample: 7 ann\r\n  result: null\r\n", 1,
           "- sample: 7 ann\r\n  result:\n" RESULT("  "));
}

static void a_result_that_is_missing_goes_to_the_end_of_its_test(void **state)
{
    (void)state;
    expect("tests:\n  - sample: 7 ann", 1,
           "tests:\n  - sample: 7 ann\n    result:\n" RESULT("    "));
    expect("# ä\ntests:\n  - sample: |-\n      7 ann\n  # next\n  - sample: \"7 ann\" # é\n", 2,
           "# ä\ntests:\n  - sample: |-\n      7 ann\n    result:\n" RESULT(
               "    ") "  # next\n  - sample: \"7 ann\" # é\n    result:\n" RESULT("    "));
    expect("- sample: 7 ann\n  more:\n    - a: [b,\n        c]\n\n# next\n- sample: 7 ann\n  more: "
           "{a:\n"
           "    b}\n- sample: 7 ann\n  more:\n",
           3,
           "- sample: 7 ann\n  more:\n    - a: [b,\n        c]\n  result:\n" RESULT(
               "  ") "\n# next\n"
                     "- sample: 7 ann\n  more: {a:\n    b}\n  result:\n" RESULT(
                         "  ") "- sample: 7 ann\n  more:\n  result:\n" RESULT("  "));
    expect("tests:\n  - sample: 7\n     ann\n\n  -\n    sample: 7 ann\n", 2,
           "tests:\n  - sample: 7\n     ann\n    result:\n" RESULT(
               "    ") "\n  -\n    sample: 7 ann\n    result:\n" RESULT("    "));
}

static void tests_that_are_written_as_json_stay_so(void **state)
{
    (void)state;
    expect("[{\"sample\": \"7 ann\", \"result\": null}]", 1,
           "[{\"sample\": \"7 ann\", \"result\": " FLOW "}]");
    expect("{\"tests\": [{\"sample\": \"7 ann\"}, {\"sample\": \"7 ann\", }]}\n", 2,
           "{\"tests\": [{\"sample\": \"7 ann\", \"result\": " FLOW
           "}, {\"sample\": \"7 ann\", \"result\": " FLOW "}]}\n");
    expect("- {sample: 7 ann, result: }\n- {result, sample: 7 ann}\n", 2,
           "- {sample: 7 ann, result: " FLOW "}\n- {result: " FLOW ", sample: 7 ann}\n");
}

static void what_is_there_is_never_touched(void **state)
{
    static const char *const texts[] = {
        "id: a\ntests:\n  - sample: 7 ann\n    result: {custom: {}}\n",
        "tests:\n  - sample: 7 ann\n    result: ''\n", "tests: []\n", "tests:\n  - 7 ann\n",
        "other: {result: null}\ntests:\n- sample: x\n  result: 'null'\n  also: {result: ~}\n"};

    (void)state;
    for (size_t i = 0; i < LENGTH(texts); i++)
        expect(texts[i], 0, texts[i]);
}

static void what_cannot_be_read_back_is_refused(void **state)
{
    char text[1400], key[1101];
    struct dl_error err = {0};

    (void)state;
    memset(key, 'k', sizeof key - 1);
    key[sizeof key - 1] = '\0';
    /* a key of YAML has at most 1024 characters */
    snprintf(text, sizeof text, "- {sample: '{\"%s\":1}'}\n", key);
    assert_int_equal(fill(text, &err), -DL_E_VALUE);
    assert_string_equal(err.text, "its results cannot be written so that they read back");
    key[900] = '\0';
    snprintf(text, sizeof text, "- {sample: '{\"%s\":1}'}\n", key);
    assert_int_equal(fill(text, &err), 0);
    assert_int_equal(filled, 1);
}

#define FILL_TEST(f) cmocka_unit_test_setup_teardown(f, open_pipeline, close_pipeline)

int main(void)
{
    const struct CMUnitTest tests[] = {
        FILL_TEST(a_blank_result_is_filled_below_its_key),
        FILL_TEST(a_result_that_is_missing_goes_to_the_end_of_its_test),
        FILL_TEST(tests_that_are_written_as_json_stay_so),
        FILL_TEST(what_is_there_is_never_touched),
        FILL_TEST(what_cannot_be_read_back_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
