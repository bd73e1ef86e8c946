/* First pipelines from samples: what is drafted is a pipeline, and reads the samples. */
#include "kit.h"

#include <stdlib.h>

#include "pipeline/asset_write.h"
#include "pipeline/draft.h"
#include "pipeline/draft_access.h"
#include "pipeline/explorer.h"

/* The draft for some samples; NULL ends them. */
static struct dl_value *draft(const char *const *samples)
{
    struct dl_text texts[DL_DRAFT_SAMPLES_MAX];
    struct dl_draft d = {
        .name = text_of("acme"), .title = text_of("Acme"), .samples = texts, .count = 0};
    struct dl_value *v;

    for (; *samples; samples++)
        texts[d.count++] = text_of(*samples);
    v = dl_draft_pipeline(&arena, &d);
    assert_non_null(v);
    return v;
}

#define SAMPLES(...) ((const char *const[]){__VA_ARGS__, NULL})

static const struct dl_value *processors_of(const struct dl_value *asset)
{
    return dl_value_get(dl_value_get(asset, "pipeline"), "processors");
}

/* The kinds of its processors, with blanks between. */
static const char *types_of(const struct dl_value *asset)
{
    const struct dl_value *processors = processors_of(asset);
    const char *all = "";

    for (const struct dl_member *m = processors->of.list.first; m; m = m->next)
        all = dl_arena_format(&arena, NULL, "%s%s%s", all, *all ? " " : "",
                              dl_value_get(m->value, "type")->of.text.at);
    return all;
}

static const char *rules_of(const struct dl_value *asset)
{
    const struct dl_value *first = processors_of(asset)->of.list.first->value;

    return dl_value_get(dl_value_get(first, "grok"), "matchRules")->of.text.at;
}

/* What the draft makes of a log. */
static struct dl_value *result(const struct dl_value *asset, const char *sample)
{
    struct dl_pipeline *pipeline = NULL;
    struct dl_pipeline_log log;
    struct dl_error err = {0};
    struct dl_buffer text;

    dl_buffer_init(&text, 1 << 20);
    assert_int_equal(dl_asset_write(&text, asset), 0);
    if (dl_pipeline_read(&pipeline, dl_buffer_string(&text), text.len, &err) < 0)
        fail_msg("%s in:\n%s", err.text, dl_buffer_string(&text));
    dl_pipeline_log_init(&log, &arena, INT64_C(1700000000000));
    dl_pipeline_log_take(&log, sample, strlen(sample));
    log.source = text_of("acme");
    assert_true(dl_pipeline_run(pipeline, &log, false, NULL, NULL));
    dl_pipeline_free(pipeline);
    dl_buffer_free(&text);
    return dl_explorer_value(&log);
}

static void the_head_of_an_asset(void **state)
{
    struct dl_value *asset = draft(SAMPLES("hello"));

    (void)state;
    assert_string_equal(shown(dl_value_get(asset, "id")), "\"acme\"");
    assert_string_equal(shown(dl_value_get(dl_value_get(asset, "pipeline"), "filter")),
                        "{\"query\":\"source:acme\"}");
    assert_string_equal(shown(dl_value_get(dl_value_get(asset, "pipeline"), "name")), "\"Acme\"");
}

static void lines_have_date_level_and_rest(void **state)
{
    static const char *const lines[][2] = {
        {"2026-11-22T15:04:06.871Z WARN a b",
         "line_1 %{date(\"yyyy-MM-dd'T'HH:mm:ss.SSSZ\"):date}\\s+%{word:level}\\s+%{data:msg}\n"},
        {"[2026-11-22 15:04:06,871] [error] a b",
         "line_1 \\[%{date(\"yyyy-MM-dd "
         "HH:mm:ss,SSS\"):date}\\]\\s+\\[%{word:level}\\]\\s+%{data:msg}\n"},
        {"Nov 22 15:04:06 a b", "line_1 %{date(\"MMM dd HH:mm:ss\"):date}\\s+%{data:msg}\n"},
        {"a b", "line_1 %{data:msg}\n"}};

    (void)state;
    for (size_t i = 0; i < LENGTH(lines); i++) {
        struct dl_value *asset = draft(SAMPLES(lines[i][0]));

        assert_string_equal(rules_of(asset), lines[i][1]);
        assert_string_equal(shown(dl_value_get(result(asset, lines[i][0]), "message")), "\"a b\"");
    }
}

static void pairs_are_read_and_standard_names_used(void **state)
{
    static const char line[] = "INFO done depth=4 client=203.0.113.7";
    struct dl_value *asset = draft(SAMPLES(line)), *attributes;

    (void)state;
    assert_string_equal(types_of(asset), "grok-parser grok-parser status-remapper message-remapper "
                                         "attribute-remapper");
    attributes = dl_value_get(result(asset, line), "attributes");
    assert_string_equal(shown(dl_value_get(attributes, "acme")), "{\"depth\":4}");
    assert_string_equal(shown(dl_value_get(attributes, "network")),
                        "{\"client\":{\"ip\":\"203.0.113.7\"}}");
}

static void objects_go_below_the_source(void **state)
{
    static const char object[] = "{\"msg\":\"painted\",\"level\":\"warn\",\"took\":4,"
                                 "\"user_agent\":\"x\",\"http\":{\"method\":\"GET\"}}";
    struct dl_value *asset = draft(SAMPLES(object)), *v = result(asset, object);

    (void)state;
    assert_string_equal(types_of(asset), "status-remapper message-remapper attribute-remapper "
                                         "attribute-remapper");
    assert_string_equal(shown(dl_value_get(v, "status")), "\"warn\"");
    assert_string_equal(shown(dl_value_get(v, "message")), "\"painted\"");
    assert_string_equal(shown(dl_value_get(dl_value_get(v, "attributes"), "acme")), "{\"took\":4}");
    assert_string_equal(shown(dl_value_get(dl_value_get(v, "attributes"), "http")),
                        "{\"method\":\"GET\",\"useragent\":\"x\"}");
}

/* ---- access logs ---- */

#define COMMON "203.0.113.7 - ann [22/Nov/2026:15:04:06 +0000] \"GET /a?b=c HTTP/1.1\" 404 153"
#define COMBINED COMMON " \"https://example.com/\" \"curl/8.1\""

static void which_lines_are_access_logs(void **state)
{
    static const struct {
        const char *line;
        enum dl_access access;
    } cases[] = {
        {COMMON, DL_ACCESS_COMMON},
        {COMBINED, DL_ACCESS_COMBINED},
        {COMBINED " 0.004 \"-\"", DL_ACCESS_COMBINED},
        {"h - - [22/Nov/2026:15:04:06 +0000] \"-\" 400 -", DL_ACCESS_COMMON},
        {"h - - [22/Nov/2026:15:04:06 +0000] \"GET /\\\"x\\\" HTTP/1.1\" 400 -", DL_ACCESS_COMMON},
        {"", DL_ACCESS_NONE},
        {"h", DL_ACCESS_NONE},
        {"h - - ", DL_ACCESS_NONE},
        {"h - - [22/Nov/2026:15:04:06 +0000", DL_ACCESS_NONE},
        {"h - - [22/Nov/2026:15:04:06 +0000] \"GET / HTTP/1.1", DL_ACCESS_NONE},
        {"h - - [22/Nov/2026:15:04:06 +0000] \"GET / HTTP/1.1\" 20 3", DL_ACCESS_NONE},
        {"h - - [22/Nov/2026:15:04:06 +0000] \"GET / HTTP/1.1\" 200 ", DL_ACCESS_NONE},
        {"h - - [22/Nov/2026:15:04:06 +0000] \"GET / HTTP/1.1\" 200 3 x", DL_ACCESS_NONE},
        {"h - - [22/Nov/2026:15:04:06 +0000] \"GET / HTTP/1.1\" 200 3 \"-\" \"-", DL_ACCESS_NONE},
        {"h - - [2026-11-22 15:04:06] \"GET / HTTP/1.1\" 200 3", DL_ACCESS_NONE},
        {"h - - [22/Nov/2026:15:04:06 +0000] \"\\", DL_ACCESS_NONE},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(cases); i++)
        if (dl_access_line(text_of(cases[i].line)) != cases[i].access)
            fail_msg("%s", cases[i].line);
}

static void access_logs_are_read(void **state)
{
    struct dl_value *asset = draft(SAMPLES(COMMON, COMBINED)), *v, *http;

    (void)state;
    assert_string_equal(types_of(asset),
                        "grok-parser url-parser user-agent-parser category-processor "
                        "date-remapper status-remapper message-remapper");
    v = result(asset, COMBINED);
    assert_string_equal(shown(dl_value_get(v, "status")), "\"warn\"");
    assert_string_equal(shown(dl_value_get(v, "message")), "\"GET /a?b=c HTTP/1.1\"");
    http = dl_value_get(dl_value_get(v, "attributes"), "http");
    assert_string_equal(shown(dl_value_get(http, "status_code")), "404");
    assert_string_equal(shown(dl_value_get(http, "url_details")),
                        "{\"path\":\"/a\",\"queryString\":{\"b\":\"c\"}}");
    assert_string_equal(shown(dl_value_get(http, "useragent")), "\"curl/8.1\"");
    assert_string_equal(shown(dl_value_get(http, "auth")), "\"ann\"");
    assert_null(dl_value_get(http, "ident"));
}

static void the_common_format_has_no_agent(void **state)
{
    (void)state;
    assert_string_equal(types_of(draft(SAMPLES(COMMON))),
                        "grok-parser url-parser category-processor date-remapper status-remapper "
                        "message-remapper");
}

static void other_lines_beside_access_logs(void **state)
{
    struct dl_value *asset = draft(SAMPLES(COMBINED, "2026-11-22T15:04:06Z WARN a b"));

    (void)state;
    assert_non_null(strstr(rules_of(asset), "access_combined "));
    assert_non_null(strstr(rules_of(asset), "line_1 "));
    assert_string_equal(
        shown(dl_value_get(result(asset, "2026-11-22T15:04:06Z WARN a b"), "status")), "\"warn\"");
    assert_string_equal(shown(dl_value_get(result(asset, COMBINED), "status")), "\"warn\"");
}

/* Bytes by chance never break the asset. */
static void hostile_samples(void **state)
{
    unsigned seed = 3;

    (void)state;
    for (int round = 0; round < 300; round++) {
        char sample[64];

        for (size_t i = 0; i < sizeof sample - 1; i++)
            sample[i] = " []\"\\%{}|-=:,'09aZ\t/T"[(size_t)rand_r(&seed) % 22];
        sample[sizeof sample - 1] = '\0';
        (void)result(draft(SAMPLES(sample)), sample);
        dl_arena_reset(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ARENA_TEST(the_head_of_an_asset),
        ARENA_TEST(lines_have_date_level_and_rest),
        ARENA_TEST(pairs_are_read_and_standard_names_used),
        ARENA_TEST(objects_go_below_the_source),
        ARENA_TEST(which_lines_are_access_logs),
        ARENA_TEST(access_logs_are_read),
        ARENA_TEST(the_common_format_has_no_agent),
        ARENA_TEST(other_lines_beside_access_logs),
        ARENA_TEST(hostile_samples),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
