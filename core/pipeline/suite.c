#include "pipeline/suite.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "pipeline/date.h"
#include "pipeline/path.h"
#include "pipeline/value_read.h"

struct dl_suite {
    struct dl_arena arena;
    struct dl_value *document;
    const struct dl_value *tests; /* an array */
    const struct dl_value **all;  /* its elements */
};

static int index_tests(struct dl_suite *suite, struct dl_error *err)
{
    size_t n = 0;

    suite->all =
        dl_arena_take(&suite->arena, (suite->tests->of.list.count + 1) * sizeof *suite->all);
    if (!suite->all)
        return dl_error_set(err, suite->arena.full ? DL_E_LIMIT : DL_E_NOMEM,
                            "there is no memory for the tests");
    for (const struct dl_member *m = suite->tests->of.list.first; m; m = m->next)
        suite->all[n++] = m->value;
    return 0;
}

int dl_suite_read(struct dl_suite **out, const char *text, size_t len, struct dl_error *err)
{
    struct dl_suite *suite;
    int rc;

    if (len > DL_PIPELINE_BYTES_MAX)
        return dl_error_set(err, DL_E_LIMIT, "a file of tests has at most %d MB",
                            DL_PIPELINE_BYTES_MAX >> 20);
    suite = calloc(1, sizeof *suite);
    if (!suite)
        return dl_error_set(err, DL_E_NOMEM, "there is no memory for the tests");
    dl_arena_init(&suite->arena, 16 * (size_t)DL_PIPELINE_BYTES_MAX);
    rc = dl_value_read_yaml(&suite->document, &suite->arena, text, len, err);
    if (rc == 0) {
        suite->tests = dl_value_is(suite->document, DL_VALUE_ARRAY)
                           ? suite->document
                           : dl_value_get(suite->document, "tests");
        if (!dl_value_is(suite->tests, DL_VALUE_ARRAY))
            rc = dl_error_set(err, DL_E_VALUE, "there is no list of tests");
    }
    if (rc == 0)
        rc = index_tests(suite, err);
    if (rc < 0)
        dl_suite_free(suite);
    else
        *out = suite;
    return rc;
}

void dl_suite_free(struct dl_suite *suite)
{
    if (!suite)
        return;
    dl_arena_free(&suite->arena);
    free(suite);
}

static const struct dl_value *test_at(const struct dl_suite *suite, size_t test)
{
    return test < suite->tests->of.list.count ? suite->all[test] : NULL;
}

struct dl_text dl_suite_id(const struct dl_suite *suite)
{
    const struct dl_value *id = dl_value_get(suite->document, "id");

    return dl_value_is(id, DL_VALUE_STRING) ? id->of.text : (struct dl_text){"", 0};
}

const struct dl_value *dl_suite_document(const struct dl_suite *suite)
{
    return suite->document;
}

const struct dl_value *dl_suite_expected(const struct dl_suite *suite, size_t test)
{
    const struct dl_value *expected = dl_value_get(test_at(suite, test), "result");

    return dl_value_is(expected, DL_VALUE_NULL) ? NULL : expected;
}

size_t dl_suite_count(const struct dl_suite *suite)
{
    return suite->tests->of.list.count;
}

int dl_suite_line(const struct dl_suite *suite, size_t test)
{
    const struct dl_value *t = test_at(suite, test);

    return t ? t->line : 0;
}

struct dl_text dl_suite_sample(const struct dl_suite *suite, size_t test)
{
    const struct dl_value *sample = dl_value_get(test_at(suite, test), "sample");

    return dl_value_is(sample, DL_VALUE_STRING) ? sample->of.text : (struct dl_text){"", 0};
}

/* ---- the log ---- */

void dl_suite_log_of(struct dl_pipeline_log *log, const struct dl_suite *suite, size_t test,
                     struct dl_text sample, const struct dl_pipeline *pipeline,
                     struct dl_arena *arena)
{
    const struct dl_value *t = test_at(suite, test);
    const struct dl_value *service = dl_value_get(t, "service"), *tags = dl_value_get(t, "tags");

    dl_pipeline_log_init(log, arena, DL_SUITE_NOW);
    log->test_mode = true;
    log->source = dl_pipeline_source(pipeline);
    if (dl_value_is(service, DL_VALUE_STRING))
        log->service = service->of.text;
    if (dl_value_is(tags, DL_VALUE_ARRAY))
        for (const struct dl_member *m = tags->of.list.first; m; m = m->next)
            dl_pipeline_log_tag_text(log, dl_value_print(arena, m->value));
    dl_pipeline_log_take(log, sample.at, sample.len);
}

void dl_suite_log(struct dl_pipeline_log *log, const struct dl_suite *suite, size_t test,
                  const struct dl_pipeline *pipeline, struct dl_arena *arena)
{
    dl_suite_log_of(log, suite, test, dl_suite_sample(suite, test), pipeline, arena);
}

static void put(struct dl_arena *arena, struct dl_value *into, const char *key, struct dl_text text)
{
    if (text.len)
        dl_value_put(arena, into, (struct dl_text){key, strlen(key)},
                     dl_value_text(arena, text.at, text.len));
}

struct dl_value *dl_suite_result(const struct dl_pipeline_log *log)
{
    struct dl_arena *arena = log->arena;
    struct dl_value *result = dl_value_object(arena), *tags = dl_value_array(arena);

    dl_value_put(arena, result, DL_TEXT("custom"), dl_value_copy(arena, log->attributes));
    dl_value_sort(dl_value_get(result, "custom"));
    dl_value_put(arena, result, DL_TEXT("message"),
                 dl_value_text(arena, log->message.at, log->message.len));
    put(arena, result, "service", log->service);
    put(arena, result, "status", log->status);
    dl_value_append(arena, tags, dl_value_text(arena, "source:LOGS_SOURCE", 18));
    for (const struct dl_log_tag *tag = log->tags; tag; tag = tag->next)
        dl_value_append(arena, tags, dl_value_text(arena, tag->text.at, tag->text.len));
    dl_value_put(arena, result, DL_TEXT("tags"), tags);
    if (log->dated)
        dl_value_put(
            arena, result, DL_TEXT("timestamp"),
            dl_value_integer(arena, log->has_timestamp ? log->timestamp : DL_SUITE_NO_DATE));
    put(arena, result, "trace_id", log->trace_id);
    put(arena, result, "span_id", log->span_id);
    return result;
}

/* ---- comparing ---- */

/* Texts that are the same JSON count as the same, and a date in words as its milliseconds. */
static bool same_message(struct dl_arena *arena, struct dl_text a, struct dl_text b)
{
    struct dl_value *x, *y;

    if (dl_text_is(a, b))
        return true;
    dl_text_trim(&a.at, &a.len);
    dl_text_trim(&b.at, &b.len);
    if (dl_text_is(a, b))
        return true;
    x = dl_value_read_json(arena, a.at, a.len);
    y = dl_value_read_json(arena, b.at, b.len);
    return x && y && dl_value_equal(x, y, NULL);
}

static bool same(struct dl_arena *arena, struct dl_text path, const struct dl_value *expected,
                 const struct dl_value *got, size_t *types)
{
    int64_t ms;

    if (dl_value_equal(expected, got, types))
        return true;
    if (dl_value_is(expected, DL_VALUE_STRING) && dl_value_is(got, DL_VALUE_STRING))
        return dl_text_equals(path, "message") &&
               same_message(arena, expected->of.text, got->of.text);
    return dl_text_equals(path, "timestamp") && dl_value_is(expected, DL_VALUE_STRING) &&
           dl_value_is(got, DL_VALUE_INTEGER) && dl_date_official(expected->of.text, &ms) &&
           ms == got->of.integer;
}

static struct dl_text shown(struct dl_arena *arena, const struct dl_value *v)
{
    struct dl_buffer out;
    struct dl_text text = {"", 0};

    if (!v)
        return text;
    dl_buffer_init(&out, arena->max);
    if (dl_value_json(&out, v) == 0)
        text = (struct dl_text){dl_arena_copy(arena, dl_buffer_string(&out), out.len), out.len};
    else
        arena->failed = true;
    dl_buffer_free(&out);
    return text.at ? text : (struct dl_text){"", 0};
}

static void compare(struct dl_suite_outcome *out, struct dl_arena *arena, struct dl_text path,
                    const struct dl_value *expected, const struct dl_value *got);

static void differ(struct dl_suite_outcome *out, struct dl_arena *arena, struct dl_text path,
                   const struct dl_value *expected, const struct dl_value *got)
{
    out->passed = false;
    if (out->difference_count == DL_SUITE_DIFFERENCES_MAX)
        return;
    out->differences[out->difference_count++] = (struct dl_difference){
        .path = path, .expected = shown(arena, expected), .got = shown(arena, got)};
}

static struct dl_text below(struct dl_arena *arena, struct dl_text path, struct dl_text key)
{
    struct dl_text full;

    if (path.len == 0)
        return key;
    full.at = dl_arena_format(arena, &full.len, "%.*s.%.*s", (int)path.len, path.at, (int)key.len,
                              key.at);
    return full.at ? full : path;
}

static void compare_members(struct dl_suite_outcome *out, struct dl_arena *arena,
                            struct dl_text path, const struct dl_value *expected,
                            const struct dl_value *got)
{
    for (const struct dl_member *m = expected->of.list.first; m; m = m->next) {
        struct dl_member *other = dl_value_member(got, m->key);

        compare(out, arena, below(arena, path, m->key), m->value, other ? other->value : NULL);
    }
    for (const struct dl_member *m = got->of.list.first; m; m = m->next)
        if (!dl_value_member(expected, m->key))
            differ(out, arena, below(arena, path, m->key), NULL, m->value);
}

static void compare(struct dl_suite_outcome *out, struct dl_arena *arena, struct dl_text path,
                    const struct dl_value *expected, const struct dl_value *got)
{
    if (dl_value_is(expected, DL_VALUE_OBJECT) && dl_value_is(got, DL_VALUE_OBJECT))
        compare_members(out, arena, path, expected, got);
    else if (!same(arena, path, expected, got, &out->types))
        differ(out, arena, path, expected, got);
}

/* Absent and empty are one for what a result may leave out. */
static void compare_results(struct dl_suite_outcome *out, struct dl_arena *arena,
                            const struct dl_value *expected, const struct dl_value *got)
{
    static const char *const keys[] = {"custom",    "message",  "status",  "service",
                                       "timestamp", "trace_id", "span_id", "tags"};

    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        struct dl_value *a = dl_value_get(expected, keys[i]), *b = dl_value_get(got, keys[i]);
        struct dl_text path = {keys[i], strlen(keys[i])};

        if (dl_value_is(a, DL_VALUE_NULL))
            a = NULL;
        if (i == 0 && !a)
            a = dl_value_object(arena);
        if (!a && !b)
            continue;
        if (!a || !b)
            differ(out, arena, path, a, b);
        else
            compare(out, arena, path, a, b);
    }
}

/* ---- who did it ---- */

/* Watches what the paths that differ are after each processor. */
struct watch {
    struct dl_suite_outcome *out;
    struct dl_text before[DL_SUITE_DIFFERENCES_MAX];
};

static struct dl_text at_path(const struct dl_pipeline_log *log, struct dl_text path)
{
    static const struct dl_text custom = {"custom.", 7};

    if (path.len > custom.len && memcmp(path.at, custom.at, custom.len) == 0)
        return shown(log->arena,
                     dl_path_get(log->arena, log->attributes,
                                 (struct dl_text){path.at + custom.len, path.len - custom.len}));
    if (dl_text_equals(path, "message"))
        return log->message;
    if (dl_text_equals(path, "status"))
        return log->status;
    if (dl_text_equals(path, "service"))
        return log->service;
    if (dl_text_equals(path, "timestamp"))
        return shown(log->arena, dl_value_integer(log->arena, log->timestamp));
    return (struct dl_text){"", 0};
}

static void watch_step(void *context, const struct dl_processor *processor, enum dl_outcome outcome,
                       struct dl_text detail, const struct dl_pipeline_log *log)
{
    struct watch *w = context;

    (void)outcome;
    (void)detail;
    for (size_t i = 0; i < w->out->difference_count; i++) {
        struct dl_text now = at_path(log, w->out->differences[i].path);

        /* a nested pipeline only repeats what those within did */
        if (!dl_text_is(now, w->before[i]) && dl_processor_kind(processor) != DL_PROCESSOR_PIPELINE)
            w->out->differences[i].by = processor;
        w->before[i] = now;
    }
}

static void find_writers(struct dl_suite_outcome *out, const struct dl_suite *suite, size_t test,
                         const struct dl_pipeline *pipeline, struct dl_arena *arena)
{
    struct watch *w = dl_arena_take(arena, sizeof *w);
    struct dl_pipeline_log log;

    if (!w)
        return;
    w->out = out;
    dl_suite_log(&log, suite, test, pipeline, arena);
    for (size_t i = 0; i < out->difference_count; i++)
        w->before[i] = at_path(&log, out->differences[i].path);
    dl_pipeline_run(pipeline, &log, true, watch_step, w);
}

void dl_suite_run(struct dl_suite_outcome *out, const struct dl_suite *suite, size_t test,
                  const struct dl_pipeline *pipeline, struct dl_arena *arena)
{
    const struct dl_value *expected = dl_value_get(test_at(suite, test), "result");
    struct dl_pipeline_log log;

    memset(out, 0, sizeof *out);
    out->passed = true;
    out->blank = !expected || expected->type == DL_VALUE_NULL;
    dl_suite_log(&log, suite, test, pipeline, arena);
    dl_pipeline_run(pipeline, &log, true, NULL, NULL);
    if (out->blank)
        return;
    compare_results(out, arena, expected, dl_suite_result(&log));
    if (out->difference_count)
        find_writers(out, suite, test, pipeline, arena);
}
