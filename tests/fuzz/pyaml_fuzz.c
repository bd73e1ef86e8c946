/* Any bytes as YAML, as a pipeline and as its tests: refused with a place, or a value that reads
 * again from its JSON as the same; a pipeline that is one takes a log, and the linter says of one
 * that is none what is wrong. */
#include "fuzz.h"

#include "base/text.h"
#include "pipeline/lint.h"
#include "pipeline/suite.h"
#include "pipeline/value_read.h"

static void expect_sentence(int status, const struct dl_error *err)
{
    EXPECT(status == -DL_E_VALUE || status == -DL_E_LIMIT);
    EXPECT(err->text[0] != '\0' && dl_utf8_valid(err->text, strlen(err->text), NULL));
}

static bool has_infinity(const struct dl_value *v)
{
    if (v->type == DL_VALUE_DOUBLE)
        return v->of.real * 0 != 0;
    if (v->type < DL_VALUE_ARRAY)
        return false;
    for (const struct dl_member *m = v->of.list.first; m != NULL; m = m->next)
        if (has_infinity(m->value))
            return true;
    return false;
}

static void expect_json(struct dl_arena *arena, const struct dl_value *value)
{
    const struct dl_value *again;
    struct dl_buffer out;
    size_t types = 0;

    dl_buffer_init(&out, 1 << 26);
    EXPECT(dl_value_json(&out, value) == 0);
    again = dl_value_read_json(arena, out.data, out.len);
    if (!arena->failed && !has_infinity(value))
        EXPECT(dl_value_equal(value, again, &types) && types == 0);
    dl_buffer_free(&out);
}

static void read_value(const char *text, size_t size)
{
    struct dl_value *value = NULL;
    struct dl_error err = {0};
    struct dl_arena arena;
    int status;

    dl_arena_init(&arena, 1 << 26);
    status = dl_value_read_yaml(&value, &arena, text, size, &err);
    if (status == 0)
        expect_json(&arena, value);
    else
        expect_sentence(status, &err);
    dl_arena_free(&arena);
}

static void run_pipeline(const struct dl_pipeline *pipeline)
{
    static const char sample[] = "{\"a\":[{\"b\":1},\"x\"],\"n\":2.5,\"message\":\"user=ann n=1\"}";
    struct dl_pipeline_log log;
    struct dl_arena arena;
    struct dl_buffer out;

    dl_arena_init(&arena, 1 << 24);
    dl_buffer_init(&out, 1 << 26);
    dl_pipeline_log_init(&log, &arena, 0);
    dl_pipeline_log_take(&log, sample, sizeof sample - 1);
    dl_pipeline_run(pipeline, &log, true, NULL, NULL);
    if (!arena.failed) {
        EXPECT(dl_value_json(&out, dl_suite_result(&log)) == 0);
        EXPECT(dl_utf8_valid(out.data, out.len, NULL));
    }
    dl_buffer_free(&out);
    dl_arena_free(&arena);
}

static void run_suite(const struct dl_suite *suite, const struct dl_pipeline *pipeline)
{
    static struct dl_suite_outcome outcome;
    struct dl_arena arena;

    dl_arena_init(&arena, 1 << 24);
    for (size_t i = 0; i < dl_suite_count(suite) && i < 8; i++) {
        dl_arena_reset(&arena);
        dl_suite_run(&outcome, suite, i, pipeline, &arena);
        EXPECT(outcome.passed == (outcome.difference_count == 0));
    }
    dl_arena_free(&arena);
}

static void lint(const char *text, size_t size, bool is_pipeline)
{
    struct dl_lint_input input = {
        .pipeline = text, .pipeline_len = size, .name = "a.yaml", .tests = text, .tests_len = size};
    const struct dl_lint_finding *findings;
    struct dl_lint *linter = NULL;
    size_t count;

    EXPECT(dl_lint_run(&linter, &input, NULL) == 0);
    EXPECT(is_pipeline || dl_lint_total(linter, DL_LINT_ERROR) + dl_lint_bypassed(linter) > 0);
    findings = dl_lint_findings(linter, &count);
    for (size_t i = 0; i < count; i++) {
        const char *message = findings[i].message;

        EXPECT(message[0] != '\0' && dl_utf8_valid(message, strlen(message), NULL));
        EXPECT(
            i == 0 || findings[i - 1].file < findings[i].file ||
            (findings[i - 1].file == findings[i].file && findings[i - 1].line <= findings[i].line));
    }
    dl_lint_free(linter);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    struct dl_pipeline *pipeline = NULL;
    struct dl_suite *suite = NULL;
    struct dl_error err = {0};
    int status;

    read_value(text, size);
    status = dl_pipeline_read(&pipeline, text, size, &err);
    lint(text, size, status == 0);
    if (status < 0) {
        expect_sentence(status, &err);
        return 0;
    }
    run_pipeline(pipeline);
    if (dl_suite_read(&suite, text, size, NULL) == 0)
        run_suite(suite, pipeline);
    dl_suite_free(suite);
    dl_pipeline_free(pipeline);
    return 0;
}
