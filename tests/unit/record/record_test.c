#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/text.h"
#include "record/record.h"

#define ROOM 5000000

static struct dl_buffer out;
static struct dl_frame *frame;
static enum dl_arrays arrays = DL_ARRAYS_KEEP; /* of the next frames */

/* A frame of source "acme", service "shop". */
static void frame_with(const char *tags, enum dl_tags_in tags_in, const char *hostname)
{
    char source[] = "acme";
    struct dl_integration integration = {.source = source, .arrays = arrays};
    struct dl_config config = {.tags_in = tags_in};
    struct dl_error err;

    if (*tags)
        assert_int_equal(dl_tags_parse(&config.tags, tags, NULL, NULL, &err), 0);
    dl_frame_free(frame);
    frame = NULL;
    assert_int_equal(dl_frame_new(&frame, &integration, &config, "shop", hostname, &err), 0);
    dl_tags_free(&config.tags);
    dl_buffer_free(&out);
    dl_buffer_init(&out, ROOM);
}

static int plain_frame(void **state)
{
    (void)state;
    frame_with("", DL_TAGS_IN_ATTRIBUTES, NULL);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arrays = DL_ARRAYS_KEEP;
    dl_clock_replace(NULL, NULL, NULL);
    dl_frame_free(frame);
    frame = NULL;
    dl_buffer_free(&out);
    return 0;
}

static void text_becomes(const char *text, const char *status, const char *want,
                         unsigned want_notes)
{
    unsigned notes = 99;
    struct dl_error err;

    out.len = 0;
    assert_int_equal(dl_record_text(&out, frame, text, strlen(text), status, &notes, &err), 0);
    assert_string_equal(dl_buffer_string(&out), want);
    assert_int_equal(notes, want_notes);
    assert_true(dl_utf8_valid(out.data, out.len, NULL));
}

static void json_becomes(const char *json, const char *want, unsigned want_notes)
{
    unsigned notes = 99;
    struct dl_error err;

    out.len = 0;
    assert_int_equal(dl_record_json(&out, frame, json, strlen(json), &notes, &err), 0);
    assert_string_equal(dl_buffer_string(&out), want);
    assert_int_equal(notes, want_notes);
}

#define HEAD "{\"ddsource\":\"acme\",\"service\":\"shop\""

static void a_text_line_is_framed_and_escaped(void **state)
{
    (void)state;
    text_becomes("hello", NULL, HEAD ",\"message\":\"hello\"}", 0);
    text_becomes("", NULL, HEAD ",\"message\":\"\"}", 0);
    text_becomes("say \"hi\"\t\\", "error",
                 HEAD ",\"status\":\"error\",\"message\":\"say \\\"hi\\\"\\t\\\\\"}", 0);
    text_becomes("caf\xe9", NULL, HEAD ",\"message\":\"caf\xef\xbf\xbd\"}", DL_NOTE_REPLACED);
}

static void a_status_that_is_no_word_is_refused(void **state)
{
    static const char *const wrong[] = {"", "a b", "\"", "a\n",
                                        "0123456789012345678901234567890123"};
    unsigned notes;
    struct dl_error err;

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(dl_record_text(&out, frame, "x", 1, wrong[i], &notes, &err), -DL_E_VALUE);
    assert_int_equal(out.len, 0);
}

static void an_object_keeps_its_own_bytes(void **state)
{
    (void)state;
    json_becomes("{}", HEAD "}", 0);
    json_becomes(" { \"a\" : 1.50 , \"b\":[1, {\"service\":2}] } ",
                 HEAD ",\"a\" : 1.50 , \"b\":[1, {\"service\":2}]}", 0);
    json_becomes("{\"a\":1,\"a\":2}", HEAD ",\"a\":1,\"a\":2}", 0);
    json_becomes("{\"host\":\"h\",\"hostname\":\"i\"}", HEAD ",\"host\":\"h\",\"hostname\":\"i\"}",
                 0);
}

static void reserved_names_of_the_log_are_kept_under_original(void **state)
{
    (void)state;
    json_becomes("{\"service\":\"mine\"}", HEAD ",\"original\":{\"service\":\"mine\"}}",
                 DL_NOTE_RENAMED);
    json_becomes(
        "{\"a\":1,\"service\":{\"x\":1},\"b\":2,\"ddsource\":\"y\",\"ddtags\":[\"t\"],\"c\":3}",
        HEAD ",\"a\":1,\"b\":2,\"c\":3,\"original\":{\"service\":{\"x\":1},"
             "\"ddsource\":\"y\",\"ddtags\":[\"t\"]}}",
        DL_NOTE_RENAMED);
    json_becomes("{\"serv\\u0069ce\":1}", HEAD ",\"original\":{\"serv\\u0069ce\":1}}",
                 DL_NOTE_RENAMED);
    json_becomes("{\"Service\":1,\"services\":2}", HEAD ",\"Service\":1,\"services\":2}", 0);
}

static void a_log_that_has_an_original_loses_neither(void **state)
{
    (void)state;
    json_becomes("{\"original\":1,\"service\":2}",
                 HEAD ",\"original\":1,\"ddlogs.original\":{\"service\":2}}", DL_NOTE_RENAMED);
    json_becomes("{\"original\":1}", HEAD ",\"original\":1}", 0);
    json_becomes("{\"original\":1,\"ddlogs.original\":2,\"service\":3}",
                 HEAD ",\"message\":\"{\\\"original\\\":1,\\\"ddlogs.original\\\":2,"
                      "\\\"service\\\":3}\"}",
                 DL_NOTE_TEXT);
}

static void seventeen_services_in_one_log_make_it_text(void **state)
{
    char json[512] = "{\"service\":1";
    unsigned notes;

    (void)state;
    for (int i = 1; i < 17; i++) {
        out.len = 0;
        strcat(json, "}");
        assert_int_equal(dl_record_json(&out, frame, json, strlen(json), &notes, NULL), 0);
        assert_int_equal(notes, DL_NOTE_RENAMED);
        json[strlen(json) - 1] = '\0';
        strcat(json, ",\"service\":1");
    }
    strcat(json, "}");
    assert_int_equal(dl_record_json(&out, frame, json, strlen(json), &notes, NULL), 0);
    assert_int_equal(notes, DL_NOTE_TEXT);
}

static void what_is_no_object_is_sent_as_text(void **state)
{
    (void)state;
    json_becomes("[1]", HEAD ",\"message\":\"[1]\"}", DL_NOTE_TEXT);
    json_becomes("{\"a\":}", HEAD ",\"message\":\"{\\\"a\\\":}\"}", DL_NOTE_TEXT);
}

static void invalid_utf8_in_an_object_is_mended(void **state)
{
    (void)state;
    json_becomes("{\"a\":\"\xff\",\"service\":\"\xfe\"}",
                 HEAD ",\"a\":\"\xef\xbf\xbd\",\"original\":{\"service\":\"\xef\xbf\xbd\"}}",
                 DL_NOTE_REPLACED | DL_NOTE_RENAMED);
}

static void tags_are_attributes_and_never_overwrite(void **state)
{
    (void)state;
    frame_with("env:prod,team:web", DL_TAGS_IN_ATTRIBUTES, NULL);
    text_becomes("x", NULL, HEAD ",\"env\":\"prod\",\"team\":\"web\",\"message\":\"x\"}", 0);
    json_becomes("{\"a\":1}", HEAD ",\"a\":1,\"env\":\"prod\",\"team\":\"web\"}", 0);
    json_becomes("{\"env\":\"dev\"}",
                 HEAD ",\"env\":\"dev\",\"tags.env\":\"prod\",\"team\":\"web\"}", DL_NOTE_CLASH);
    json_becomes("{\"\\u0065nv\":1,\"tags.env\":2}",
                 HEAD ",\"\\u0065nv\":1,\"tags.env\":2,\"team\":\"web\"}", DL_NOTE_CLASH);
    json_becomes("{\"tags.env\":2}", HEAD ",\"tags.env\":2,\"env\":\"prod\",\"team\":\"web\"}", 0);
}

static void tags_that_cannot_be_attributes_travel_in_ddtags(void **state)
{
    (void)state;
    frame_with("canary,env:prod,env:blue,level:gold,original:x,tags.y:z", DL_TAGS_IN_ATTRIBUTES,
               NULL);
    text_becomes("x", NULL,
                 HEAD ",\"ddtags\":\"canary,env:blue,level:gold,original:x,tags.y:z\",\"env\":"
                      "\"prod\",\"message\":\"x\"}",
                 0);
    frame_with("env:prod,canary", DL_TAGS_IN_DDTAGS, NULL);
    text_becomes("x", NULL, HEAD ",\"ddtags\":\"env:prod,canary\",\"message\":\"x\"}", 0);
    frame_with("env:prod,canary", DL_TAGS_IN_QUERY, NULL);
    text_becomes("x", NULL, HEAD ",\"message\":\"x\"}", 0);
}

static void the_query_is_percent_encoded(void **state)
{
    struct dl_config config = {.tags_in = DL_TAGS_IN_QUERY};
    struct dl_buffer query;

    (void)state;
    dl_buffer_init(&query, 1000);
    assert_int_equal(dl_tags_parse(&config.tags, "env:prod,team:caf\xc3\xa9/x", NULL, NULL, NULL),
                     0);
    assert_int_equal(dl_frame_query(&query, &config, NULL), 0);
    assert_string_equal(dl_buffer_string(&query), "ddtags=env%3Aprod%2Cteam%3Acaf%C3%A9%2Fx");
    dl_buffer_clear(&query);
    config.tags_in = DL_TAGS_IN_DDTAGS;
    assert_int_equal(dl_frame_query(&query, &config, NULL), 0);
    assert_string_equal(dl_buffer_string(&query), "");
    dl_tags_free(&config.tags);
    dl_buffer_free(&query);
}

static void the_host_name_gives_way_to_the_logs_own(void **state)
{
    (void)state;
    frame_with("env:prod", DL_TAGS_IN_ATTRIBUTES, "here");
    text_becomes("x", NULL, HEAD ",\"hostname\":\"here\",\"env\":\"prod\",\"message\":\"x\"}", 0);
    json_becomes("{\"a\":1}", HEAD ",\"a\":1,\"hostname\":\"here\",\"env\":\"prod\"}", 0);
    json_becomes("{\"host\":\"h\"}", HEAD ",\"host\":\"h\",\"env\":\"prod\"}", 0);
    json_becomes("{\"hostname\":\"h\"}", HEAD ",\"hostname\":\"h\",\"env\":\"prod\"}", 0);
}

/* A text of n bytes whose last character, of two bytes, straddles nothing or the limit. */
static char *long_text(size_t n, bool wide_end)
{
    char *text = malloc(n + 1);

    memset(text, 'x', n);
    text[n] = '\0';
    if (wide_end)
        memcpy(text + n - 2, "\xc3\xa9", 2);
    return text;
}

static void a_text_is_cut_only_past_the_limit(void **state)
{
    size_t fixed = sizeof(HEAD ",\"message\":\"\"}") - 1;

    (void)state;
    for (int step = -1; step <= 1; step++) {
        for (int wide = 0; wide < 2; wide++) {
            size_t n = (size_t)(DL_RECORD_BYTES - (int)fixed + step);
            char *text = long_text(n, wide);
            unsigned notes;

            out.len = 0;
            assert_int_equal(dl_record_text(&out, frame, text, n, NULL, &notes, NULL), 0);
            assert_int_equal(notes, step > 0 ? DL_NOTE_CUT : 0);
            assert_true(dl_utf8_valid(out.data, out.len, NULL));
            if (step <= 0)
                assert_int_equal(out.len, DL_RECORD_BYTES + step);
            else
                assert_int_equal(out.len, DL_RECORD_BYTES);
            assert_int_equal(strstr(out.data + out.len - 30, "\",\"ddlogs.cut\":true}") != NULL,
                             step > 0);
            free(text);
        }
    }
}

static void a_cut_falls_on_a_border_of_characters(void **state)
{
    unsigned notes;
    size_t n = 1200000;
    char *text = malloc(n);

    (void)state;
    for (size_t shift = 0; shift < 4; shift++) {
        memset(text, 'x', shift);
        for (size_t i = shift; i + 4 <= n; i += 4)
            memcpy(text + i, "\xf0\x9f\x98\x80", 4);
        out.len = 0;
        assert_int_equal(dl_record_text(&out, frame, text, n - 4, NULL, &notes, NULL), 0);
        assert_true(notes & DL_NOTE_CUT);
        assert_true(dl_utf8_valid(out.data, out.len, NULL));
        assert_true(out.len <= DL_RECORD_BYTES && out.len > DL_RECORD_BYTES - 4);
    }
    free(text);
}

/* {"a":1,"message":"xxx...",...} of exactly n bytes when framed */
static char *long_object(size_t n, const char *unit)
{
    size_t fixed = sizeof(HEAD ",\"a\":1,\"message\":\"\",\"z\":[2]}") - 1;
    char *json = malloc(n + 100), *w = json;

    w += sprintf(w, "{\"a\":1,\"message\":\"");
    for (size_t left = n - fixed; left;) {
        size_t take = strlen(unit) <= left ? strlen(unit) : 1;

        memcpy(w, take == strlen(unit) ? unit : "x", take);
        w += take;
        left -= take;
    }
    strcpy(w, "\",\"z\":[2]}");
    return json;
}

static void an_object_is_cut_in_its_message_only_past_the_limit(void **state)
{
    (void)state;
    for (int step = -1; step <= 1; step++) {
        char *json = long_object((size_t)(DL_RECORD_BYTES + step), "x");
        unsigned notes;

        out.len = 0;
        assert_int_equal(dl_record_json(&out, frame, json, strlen(json), &notes, NULL), 0);
        assert_int_equal(notes, step > 0 ? DL_NOTE_CUT : 0);
        assert_int_equal(out.len, step > 0 ? DL_RECORD_BYTES : DL_RECORD_BYTES + step);
        assert_int_equal(strstr(out.data + out.len - 40, ",\"z\":[2],\"ddlogs.cut\":true}") != NULL,
                         step > 0);
        free(json);
    }
}

static void a_cut_object_stays_valid_json(void **state)
{
    static const char *const units[] = {
        "\\\"", "\xc3\xa9", "\\u00e9", "\\ud83d\\ude00", "\xf0\x9f\x98\x80", "\xff", "ab\\\\"};

    (void)state;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        char *json = long_object(1300000, units[i]);
        struct dl_json_limits limits = {.bytes = 2000000, .depth = 10, .nodes = 100};
        unsigned notes;
        struct dl_error err;

        out.len = 0;
        assert_int_equal(dl_record_json(&out, frame, json, strlen(json), &notes, &err), 0);
        assert_true(notes & DL_NOTE_CUT);
        assert_int_equal(notes & DL_NOTE_REPLACED, units[i][0] == '\xff' ? DL_NOTE_REPLACED : 0);
        assert_true(out.len <= DL_RECORD_BYTES && out.len > DL_RECORD_BYTES - 12);
        assert_int_equal(dl_json_check(out.data, out.len, &limits, NULL, &err), 0);
        free(json);
    }
}

static void an_object_that_no_cut_helps_is_refused_with_its_size(void **state)
{
    size_t n = 1100000;
    char *json = malloc(n + 100);
    unsigned notes;
    struct dl_error err;

    (void)state;
    sprintf(json, "{\"message\":\"short\",\"a\":\"%0*d\"}", (int)n, 0);
    assert_int_equal(dl_record_json(&out, frame, json, strlen(json), &notes, &err), -DL_E_RECORD);
    assert_non_null(strstr(err.text, "1000000"));
    assert_int_equal(out.len, 0);
    free(json);
}

static void a_full_batch_is_left_as_it_was(void **state)
{
    unsigned notes;
    char text[200];

    (void)state;
    memset(text, 'x', sizeof text);
    for (size_t room = 0; room < 400; room++) {
        struct dl_buffer small;

        dl_buffer_init(&small, room + 3);
        assert_int_equal(dl_buffer_text(&small, "abc"), 0);
        int rc = dl_record_text(&small, frame, text, sizeof text, "info", &notes, NULL);
        assert_true(rc == 0 || rc == -DL_E_LIMIT);
        if (rc < 0)
            assert_string_equal(dl_buffer_string(&small), "abc");
        else
            assert_int_equal(notes, 0); /* never cut for want of room in a batch */
        small.len = 3;
        small.data[3] = '\0';
        rc = dl_record_json(&small, frame, "{\"a\":[1,2,3,4,5,6,7,8,9]}", 25, &notes, NULL);
        assert_true(rc == 0 || rc == -DL_E_LIMIT);
        if (rc < 0)
            assert_string_equal(dl_buffer_string(&small), "abc");
        dl_buffer_free(&small);
    }
}

static void arrays_become_what_the_manifest_says(void **state)
{
    const char *json = "{ \"a\" : [1, 2], \"ddtags\":[\"x\",[]], \"b\":[{}], \"c\" : \"[1]\" }";

    (void)state;
    json_becomes(json,
                 HEAD ",\"a\" : [1, 2],\"b\":[{}], \"c\" : \"[1]\","
                      "\"original\":{\"ddtags\":[\"x\",[]]}}",
                 DL_NOTE_RENAMED);
    arrays = DL_ARRAYS_INDEX;
    frame_with("", DL_TAGS_IN_ATTRIBUTES, NULL);
    json_becomes(json,
                 HEAD ",\"a\" : {\"0\":1, \"1\":2},\"b\":{\"0\":{}}, \"c\" : \"[1]\","
                      "\"original\":{\"ddtags\":{\"0\":\"x\",\"1\":{}}}}",
                 DL_NOTE_RENAMED | DL_NOTE_ARRAYS);
    json_becomes("{\"\\u0061\":[\"\xff\"]}", HEAD ",\"\\u0061\":{\"0\":\"\xef\xbf\xbd\"}}",
                 DL_NOTE_REPLACED | DL_NOTE_ARRAYS);
    json_becomes("{\"c\" : \"[1]\", \"d\":{\"e\" : 1} }",
                 HEAD ",\"c\" : \"[1]\", \"d\":{\"e\" : 1}}", 0);
    json_becomes("{\"a\":[}", HEAD ",\"message\":\"{\\\"a\\\":[}\"}", DL_NOTE_TEXT);
    arrays = DL_ARRAYS_JOIN;
    frame_with("", DL_TAGS_IN_ATTRIBUTES, NULL);
    json_becomes(json,
                 HEAD ",\"a\" : \"1, 2\",\"b\":{\"0\":{}}, \"c\" : \"[1]\","
                      "\"original\":{\"ddtags\":{\"0\":\"x\",\"1\":\"\"}}}",
                 DL_NOTE_RENAMED | DL_NOTE_ARRAYS);
}

/* {"a":[0,...],"message":"xxx","b":[0,...]} that takes n bytes when framed and indexed: twelve
 * elements each side, and brackets in the message */
static char *long_indexed(size_t n)
{
    static const char array[] = "[0,0,0,0,0,0,0,0,0,0,0,0]";
    size_t grown = 12 * 2 + 1 + 10 * 4 + 2 * 5;
    size_t fixed = sizeof(HEAD ",\"a\":,\"message\":\"\",\"b\":}") - 1 + 2 * grown;
    char *json = malloc(n + 200), *w = json;

    w += sprintf(w, "{\"a\":%s,\"message\":\"", array);
    memset(w, '[', n - fixed);
    w += n - fixed;
    sprintf(w, "\",\"b\":%s}", array);
    return json;
}

static void growth_by_arrays_counts_towards_the_limit(void **state)
{
    struct dl_json_limits limits = {.bytes = 2000000, .depth = 10, .nodes = 100};

    (void)state;
    arrays = DL_ARRAYS_INDEX;
    frame_with("", DL_TAGS_IN_ATTRIBUTES, NULL);
    for (int step = -1; step <= 1; step++) {
        char *json = long_indexed((size_t)(DL_RECORD_BYTES + step));
        unsigned notes;

        assert_true(strlen(json) < DL_RECORD_BYTES - 20);
        out.len = 0;
        assert_int_equal(dl_record_json(&out, frame, json, strlen(json), &notes, NULL), 0);
        assert_int_equal(notes, DL_NOTE_ARRAYS | (step > 0 ? DL_NOTE_CUT : 0u));
        assert_int_equal(out.len, step > 0 ? DL_RECORD_BYTES : DL_RECORD_BYTES + step);
        assert_int_equal(dl_json_check(out.data, out.len, &limits, NULL, NULL), 0);
        assert_non_null(strstr(out.data + out.len - 140, "[[[\",\"b\":{\"0\":0,\"1\":0,"));
        free(json);
    }
}

static void an_array_that_grows_past_the_limit_is_refused(void **state)
{
    size_t n = 400000;
    char *json = malloc(n + 20), *w = json;
    unsigned notes;
    struct dl_error err;

    (void)state;
    w += sprintf(w, "{\"a\":[1");
    while (w < json + n)
        w += sprintf(w, ",1");
    sprintf(w, "]}");
    assert_int_equal(dl_record_json(&out, frame, json, strlen(json), &notes, &err), 0);
    out.len = 0;
    arrays = DL_ARRAYS_INDEX;
    frame_with("", DL_TAGS_IN_ATTRIBUTES, NULL);
    assert_int_equal(dl_record_json(&out, frame, json, strlen(json), &notes, &err), -DL_E_RECORD);
    assert_int_equal(out.len, 0);
    free(json);
}

/* However little room the batch has: the same bytes as with plenty, or none. */
static void room_decides_nothing_but_whether(void **state)
{
    const char *json = "{\"a\":[1,2,3,4,5,6,7,8,9,[\"\"]],\"service\":[true]}";
    char want[400];
    unsigned notes;

    (void)state;
    arrays = DL_ARRAYS_INDEX;
    frame_with("", DL_TAGS_IN_ATTRIBUTES, NULL);
    assert_int_equal(dl_record_json(&out, frame, json, strlen(json), &notes, NULL), 0);
    strcpy(want, dl_buffer_string(&out));
    for (size_t room = 0; room < 400; room++) {
        struct dl_buffer small;

        dl_buffer_init(&small, room);
        int rc = dl_record_json(&small, frame, json, strlen(json), &notes, NULL);
        assert_int_equal(rc, room < strlen(want) ? -DL_E_LIMIT : 0);
        assert_string_equal(dl_buffer_string(&small), rc ? "" : want);
        dl_buffer_free(&small);
    }
}

static int64_t fixed_wall(void)
{
    return INT64_C(1795363200000); /* 2026-11-22T16:00:00Z */
}

static void a_date_that_datadog_will_not_take_is_noted(void **state)
{
    static const struct {
        const char *member;
        unsigned notes;
    } cases[] = {
        {"\"timestamp\":1795363200000", 0},
        {"\"timestamp\":\"2026-11-21T22:00:00Z\"", 0},
        {"\"timestamp\":\"2026-11-21T21:59:59.999Z\"", DL_NOTE_AGED},
        {"\"date\":\"2026-11-22T18:00:00Z\"", 0},
        {"\"date\":\"2026-11-22T18:00:00.001Z\"", DL_NOTE_AHEAD},
        {"\"timest\\u0061mp\":1795363200", DL_NOTE_AGED},
        {"\"eventTime\":1795363200000000000", DL_NOTE_AHEAD},
        {"\"time\":5,\"x\":{\"date\":5}", 0},
        {"\"date\":\"soon\"", 0},
    };

    (void)state;
    dl_clock_replace(NULL, fixed_wall, NULL);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char json[200], want[300];

        snprintf(json, sizeof json, "{%s}", cases[i].member);
        snprintf(want, sizeof want, HEAD ",%s}", cases[i].member);
        json_becomes(json, want, cases[i].notes);
    }
}

static void every_log_of_a_sender_has_an_id_of_its_own(void **state)
{
    struct dl_record_id id = {.next = 41}, other;

    (void)state;
    assert_int_equal(dl_record_id_init(&other, NULL), 0);
    assert_int_equal(dl_record_id_init(&id, NULL), 0);
    assert_string_not_equal(id.prefix, other.prefix);
    assert_int_equal(id.prefix_length, strlen(",\"ddlogs.id\":\"0123456789-"));
    assert_int_equal(id.next, 1);
    id.prefix_length = (size_t)sprintf(id.prefix, ",\"ddlogs.id\":\"P-");
    frame_with("env:prod", DL_TAGS_IN_ATTRIBUTES, NULL);
    frame->id = &id;
    text_becomes("a", NULL, HEAD ",\"env\":\"prod\",\"ddlogs.id\":\"P-1\",\"message\":\"a\"}", 0);
    id.next = 1234567890123456789;
    json_becomes("{\"a\":1}",
                 HEAD ",\"a\":1,\"env\":\"prod\",\"ddlogs.id\":\"P-1234567890123456789\"}", 0);
    /* a log that comes with one keeps it, but not in its place */
    json_becomes("{\"ddlogs.id\":\"mine\"}",
                 HEAD ",\"env\":\"prod\",\"ddlogs.id\":\"P-1234567890123456789\","
                      "\"original\":{\"ddlogs.id\":\"mine\"}}",
                 DL_NOTE_RENAMED);
}

static void an_id_keeps_a_cut_log_within_its_limit(void **state)
{
    static char text[1100000];
    struct dl_record_id id;
    unsigned notes = 0;

    (void)state;
    assert_int_equal(dl_record_id_init(&id, NULL), 0);
    id.next = UINT64_MAX;
    plain_frame(NULL);
    frame->id = &id;
    memset(text, 'x', sizeof text);
    assert_int_equal(dl_record_text(&out, frame, text, sizeof text, NULL, &notes, NULL), 0);
    assert_int_equal(notes, DL_NOTE_CUT);
    assert_in_range(out.len, DL_RECORD_BYTES - 100, DL_RECORD_BYTES);
    assert_non_null(strstr(out.data, "18446744073709551615"));
    memcpy(text, "{\"message\":\"", 12);
    memcpy(text + sizeof text - 2, "\"}", 2);
    out.len = 0;
    assert_int_equal(dl_record_json(&out, frame, text, sizeof text, &notes, NULL), 0);
    assert_int_equal(notes, DL_NOTE_CUT);
    assert_in_range(out.len, DL_RECORD_BYTES - 200, DL_RECORD_BYTES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_text_line_is_framed_and_escaped, plain_frame, tear_down),
        cmocka_unit_test_setup_teardown(a_status_that_is_no_word_is_refused, plain_frame,
                                        tear_down),
        cmocka_unit_test_setup_teardown(an_object_keeps_its_own_bytes, plain_frame, tear_down),
        cmocka_unit_test_setup_teardown(reserved_names_of_the_log_are_kept_under_original,
                                        plain_frame, tear_down),
        cmocka_unit_test_setup_teardown(a_log_that_has_an_original_loses_neither, plain_frame,
                                        tear_down),
        cmocka_unit_test_setup_teardown(seventeen_services_in_one_log_make_it_text, plain_frame,
                                        tear_down),
        cmocka_unit_test_setup_teardown(what_is_no_object_is_sent_as_text, plain_frame, tear_down),
        cmocka_unit_test_setup_teardown(invalid_utf8_in_an_object_is_mended, plain_frame,
                                        tear_down),
        cmocka_unit_test_setup_teardown(tags_are_attributes_and_never_overwrite, plain_frame,
                                        tear_down),
        cmocka_unit_test_setup_teardown(tags_that_cannot_be_attributes_travel_in_ddtags,
                                        plain_frame, tear_down),
        cmocka_unit_test(the_query_is_percent_encoded),
        cmocka_unit_test_setup_teardown(the_host_name_gives_way_to_the_logs_own, plain_frame,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_text_is_cut_only_past_the_limit, plain_frame, tear_down),
        cmocka_unit_test_setup_teardown(a_cut_falls_on_a_border_of_characters, plain_frame,
                                        tear_down),
        cmocka_unit_test_setup_teardown(an_object_is_cut_in_its_message_only_past_the_limit,
                                        plain_frame, tear_down),
        cmocka_unit_test_setup_teardown(a_cut_object_stays_valid_json, plain_frame, tear_down),
        cmocka_unit_test_setup_teardown(an_object_that_no_cut_helps_is_refused_with_its_size,
                                        plain_frame, tear_down),
        cmocka_unit_test_setup_teardown(a_full_batch_is_left_as_it_was, plain_frame, tear_down),
        cmocka_unit_test_setup_teardown(arrays_become_what_the_manifest_says, plain_frame,
                                        tear_down),
        cmocka_unit_test_setup_teardown(growth_by_arrays_counts_towards_the_limit, plain_frame,
                                        tear_down),
        cmocka_unit_test_setup_teardown(an_array_that_grows_past_the_limit_is_refused, plain_frame,
                                        tear_down),
        cmocka_unit_test_setup_teardown(room_decides_nothing_but_whether, plain_frame, tear_down),
        cmocka_unit_test_setup_teardown(a_date_that_datadog_will_not_take_is_noted, plain_frame,
                                        tear_down),
        cmocka_unit_test_setup_teardown(every_log_of_a_sender_has_an_id_of_its_own, plain_frame,
                                        tear_down),
        cmocka_unit_test_setup_teardown(an_id_keeps_a_cut_log_within_its_limit, plain_frame,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
