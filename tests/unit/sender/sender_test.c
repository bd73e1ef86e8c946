#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cjson/cJSON.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/compress.h"
#include "sender/delivery.h"
#include "sender/sender.h"

/* ---- an intake that lives in this file: it takes the place of net/http ---- */

#define FLIGHTS_MAX 16
#define IDS_MAX 20000

struct dl_http_transfer {
    bool used;
    struct dl_http_request request;
    dl_http_done *done;
    void *context;
};

static struct dl_http_transfer flights[FLIGHTS_MAX];
static bool start_fails;
static int64_t took_ms; /* of the next answers */
static char last_url[1000];

int dl_http_start(struct dl_http_transfer **out, struct dl_http *http,
                  const struct dl_http_request *request, dl_http_done *done, void *context,
                  struct dl_error *err)
{
    (void)http;
    if (start_fails)
        return dl_error_set(err, DL_E_NET_RESET, "no descriptor is left");
    for (size_t i = 0; i < FLIGHTS_MAX; i++)
        if (!flights[i].used) {
            flights[i] = (struct dl_http_transfer){true, *request, done, context};
            snprintf(last_url, sizeof last_url, "%s", request->url);
            *out = &flights[i];
            return 0;
        }
    fail_msg("more than %d requests in flight", FLIGHTS_MAX);
    return -1;
}

void dl_http_cancel(struct dl_http *http, struct dl_http_transfer *transfer)
{
    (void)http;
    transfer->used = false;
}

static size_t in_flight(void)
{
    size_t n = 0;

    for (size_t i = 0; i < FLIGHTS_MAX; i++)
        n += flights[i].used;
    return n;
}

static struct dl_http_transfer *flight(void)
{
    for (size_t i = 0; i < FLIGHTS_MAX; i++)
        if (flights[i].used)
            return &flights[i];
    fail_msg("nothing is in flight");
    return NULL;
}

/* The logs of a request, decoded. */
static cJSON *decode(const struct dl_http_request *request)
{
    struct dl_compressor *compressor;
    struct dl_buffer raw;
    enum dl_encoding encoding = DL_ENCODING_NONE;
    size_t size = request->body_length;
    const unsigned char *body = request->body;

    if (request->content_encoding && strcmp(request->content_encoding, "gzip") == 0) {
        const unsigned char *tail = body + request->body_length - 4;

        encoding = DL_ENCODING_GZIP;
        size = tail[0] | (size_t)tail[1] << 8 | (size_t)tail[2] << 16 | (size_t)tail[3] << 24;
    } else if (request->content_encoding) {
        encoding = DL_ENCODING_ZSTD;
        size = 5000000;
    }
    dl_buffer_init(&raw, 6000000);
    assert_int_equal(dl_compressor_new(&compressor, NULL), 0);
    if (encoding == DL_ENCODING_ZSTD) /* the frame knows its own size: try down to it */
        for (size = 1; size <= 5000000; size++)
            if (dl_expand(compressor, encoding, request->body, request->body_length, size, &raw,
                          NULL) == 0)
                break;
    assert_int_equal(
        dl_expand(compressor, encoding, request->body, request->body_length, size, &raw, NULL), 0);
    dl_compressor_free(compressor);
    assert_true(raw.len <= DL_BATCH_BYTES);
    cJSON *logs = cJSON_ParseWithLength(raw.data, raw.len);
    assert_non_null(logs);
    assert_true(cJSON_IsArray(logs));
    assert_in_range(cJSON_GetArraySize(logs), 1, DL_BATCH_ENTRIES);
    dl_buffer_free(&raw);
    return logs;
}

/* Answers one flight; code for what failed before HTTP. */
static void answer_as(struct dl_http_transfer *f, enum dl_code code, long status,
                      int64_t retry_after)
{
    struct dl_http_answer answer = {.code = code,
                                    .status = code ? 0 : status,
                                    .total_ms = took_ms,
                                    .retry_after_ms = retry_after,
                                    .body = "{}",
                                    .body_length = 2};

    f->used = false;
    f->done(f->context, &answer);
}

static void answer(long status)
{
    answer_as(flight(), DL_OK, status, -1);
}

/* ---- the sender under test ---- */

static char name[] = "acme", second[] = "cart", origin[] = "http://127.0.0.1:1";
static char *services[] = {name, second};
static struct dl_integration integration = {
    .name = name, .source = name, .services = services, .service_count = 2};
static struct dl_config config;
static struct dl_sender_options options;
static struct dl_sender *sender;
static int64_t now;
static uint64_t chance;
static struct dl_delivery last;
static unsigned deliveries;

static int64_t fake_ms(void)
{
    return now;
}

static int fake_random(void *to, size_t len)
{
    memcpy(to, &chance, len);
    return 0;
}

static void remember(void *context, const struct dl_delivery *delivery)
{
    (void)context;
    last = *delivery;
    deliveries++;
}

static int set_up(void **state)
{
    (void)state;
    memset(flights, 0, sizeof flights);
    config = (struct dl_config){.endpoint = origin};
    options = (struct dl_sender_options){
        .config = &config, .integration = &integration, .delivered = remember};
    start_fails = false;
    took_ms = 0;
    now = 1000000;
    chance = 0;
    deliveries = 0;
    dl_clock_replace(fake_ms, NULL, fake_random);
    return 0;
}

static void open_sender(void)
{
    struct dl_error err;

    if (dl_sender_new(&sender, NULL, &options, &err) < 0)
        fail_msg("%s", err.text);
}

static int tear_down(void **state)
{
    (void)state;
    dl_sender_free(sender);
    sender = NULL;
    assert_int_equal(in_flight(), 0);
    dl_clock_replace(NULL, NULL, NULL);
    return 0;
}

static void counts(uint64_t accepted, uint64_t pending, uint64_t refused)
{
    struct dl_sender_stats s;

    dl_sender_stats(sender, &s);
    assert_int_equal(s.accepted, accepted);
    assert_int_equal(s.pending, pending);
    assert_int_equal(s.refused, refused);
    assert_int_equal(s.taken, accepted + pending + refused);
}

static void send_text(const char *text)
{
    assert_int_equal(dl_sender_text(sender, text, strlen(text), NULL, NULL, NULL), 0);
}

static void send_many(int n)
{
    for (int i = 0; i < n; i++)
        send_text("line");
}

static void flush(void)
{
    assert_int_equal(dl_sender_flush(sender, NULL), 0);
    dl_sender_step(sender);
}

static int logs_in_flight(void)
{
    cJSON *logs = decode(&flight()->request);
    int n = cJSON_GetArraySize(logs);

    cJSON_Delete(logs);
    return n;
}

/* ---- what the user gets ---- */

static void accepted_logs_are_counted_when_the_answer_is_there(void **state)
{
    (void)state;
    open_sender();
    assert_true(dl_sender_idle(sender));
    send_many(3);
    counts(0, 3, 0);
    assert_int_equal(in_flight(), 0);
    flush();
    assert_int_equal(in_flight(), 1);
    assert_string_equal(last_url, "http://127.0.0.1:1/api/v2/logs");
    assert_string_equal(flight()->request.content_encoding, "gzip");
    assert_int_equal(logs_in_flight(), 3);
    counts(0, 3, 0);
    answer(202);
    counts(3, 0, 0);
    assert_true(dl_sender_idle(sender));
    assert_int_equal(last.verdict, DL_VERDICT_COMMIT);
    assert_int_equal(last.logs, 3);
}

static void a_log_carries_source_service_and_message(void **state)
{
    (void)state;
    open_sender();
    assert_int_equal(dl_sender_text(sender, "hi", 2, "error", "cart", NULL), 0);
    flush();
    cJSON *logs = decode(&flight()->request);
    char *text = cJSON_PrintUnformatted(logs);
    assert_string_equal(text, "[{\"ddsource\":\"acme\",\"service\":\"cart\",\"status\":\"error\","
                              "\"message\":\"hi\"}]");
    cJSON_free(text);
    cJSON_Delete(logs);
}

static void a_service_that_the_manifest_lacks_is_refused_and_not_taken(void **state)
{
    struct dl_error err;

    (void)state;
    open_sender();
    assert_int_equal(dl_sender_text(sender, "x", 1, NULL, "other", &err), -DL_E_VALUE);
    assert_non_null(strstr(err.text, "acme"));
    counts(0, 0, 0);
}

static void a_full_batch_leaves_at_once(void **state)
{
    (void)state;
    open_sender();
    send_many(1000);
    assert_int_equal(in_flight(), 1);
    assert_int_equal(logs_in_flight(), 1000);
    send_text("one more");
    assert_int_equal(in_flight(), 1);
}

static void an_open_batch_leaves_after_its_linger(void **state)
{
    (void)state;
    options.linger_ms = 500;
    open_sender();
    send_text("x");
    assert_int_equal(dl_sender_step(sender), 500);
    now += 499;
    assert_int_equal(dl_sender_step(sender), 1);
    assert_int_equal(in_flight(), 0);
    now += 1;
    dl_sender_step(sender);
    assert_int_equal(in_flight(), 1);
}

static void a_passing_failure_is_tried_again_after_its_wait(void **state)
{
    struct dl_sender_stats s;

    (void)state;
    open_sender();
    send_many(2);
    flush();
    chance = 15; /* of 0 to 20 ms */
    answer(503);
    counts(0, 2, 0);
    assert_int_equal(dl_sender_step(sender), 15);
    assert_int_equal(in_flight(), 0);
    now += 15;
    dl_sender_step(sender);
    assert_int_equal(logs_in_flight(), 2);
    answer_as(flight(), DL_E_NET_RESET, 0, -1);
    assert_int_equal(last.error.code, DL_E_NET_RESET);
    assert_int_equal(last.attempt, 2);
    now += 2000;
    dl_sender_step(sender);
    answer(202);
    counts(2, 0, 0);
    dl_sender_stats(sender, &s);
    assert_int_equal(s.requests, 3);
    assert_int_equal(s.retries, 2);
    assert_int_equal(dl_sender_problem(sender)->code, DL_OK);
}

static void a_429_without_a_time_is_given_a_second(void **state)
{
    (void)state;
    open_sender();
    send_many(1000);
    chance = 1000; /* of 0 to 1000 ms */
    answer(429);
    assert_int_equal(dl_sender_step(sender), 1000);
    now += 1000;
    dl_sender_step(sender);
    answer(202);
    counts(1000, 0, 0);
}

static void retry_after_is_obeyed_by_all(void **state)
{
    (void)state;
    open_sender();
    send_many(2000);
    assert_int_equal(in_flight(), 2);
    answer_as(flight(), DL_OK, 429, 5000);
    answer(202);
    send_many(1000);
    assert_int_equal(in_flight(), 1); /* a success since: the others go on */
    answer_as(flight(), DL_OK, 429, 5000);
    send_many(1000);
    assert_int_equal(in_flight(), 0);
    assert_int_equal(dl_sender_step(sender), 5000);
    now += 5000;
    dl_sender_step(sender);
    assert_true(in_flight() > 0);
}

static void after_three_failures_in_a_row_one_request_probes(void **state)
{
    (void)state;
    open_sender();
    send_many(1000);
    chance = UINT64_MAX;
    for (int i = 0; i < 3; i++) {
        answer(500);
        now += 120000;
        dl_sender_step(sender);
    }
    assert_int_equal(in_flight(), 1);
    send_many(5000);
    assert_int_equal(in_flight(), 1);
    answer(202);
    dl_sender_step(sender);
    assert_true(in_flight() > 1);
    while (in_flight()) {
        answer(202);
        dl_sender_step(sender);
    }
    counts(6000, 0, 0);
}

static void requests_that_fail_together_count_as_one_failure(void **state)
{
    (void)state;
    open_sender();
    send_many(4000);
    assert_int_equal(in_flight(), 4);
    for (int i = 0; i < 4; i++)
        answer_as(flight(), DL_E_NET_RESET, 0, -1);
    dl_sender_step(sender); /* chance 0: due at once, and not a streak of four */
    assert_true(in_flight() > 1);
}

static bool holds_poison(const struct dl_http_request *request)
{
    cJSON *logs = decode(request), *log;
    bool found = false;

    cJSON_ArrayForEach(log, logs)
    {
        const char *message = cJSON_GetStringValue(cJSON_GetObjectItem(log, "message"));

        found |= message && strcmp(message, "poison") == 0;
    }
    cJSON_Delete(logs);
    return found;
}

static void answers_that_grow_slow_make_fewer_fly(void **state)
{
    (void)state;
    open_sender();
    send_many(60000);
    took_ms = 20;
    for (int i = 0; i < 10; i++) {
        answer(202);
        dl_sender_step(sender);
    }
    assert_int_equal(in_flight(), DL_WINDOW_MAX); /* as fast as they were */
    took_ms = 2000;
    for (int i = 0; i < 20; i++) {
        answer(202);
        dl_sender_step(sender);
    }
    assert_in_range(in_flight(), 1, DL_WINDOW_MAX / 2);
    took_ms = 20;
    for (int i = 0; i < 60 && in_flight(); i++) {
        answer(202);
        send_many(1000);
        dl_sender_step(sender);
    }
    assert_int_equal(in_flight(), DL_WINDOW_MAX);
    while (in_flight()) {
        answer(202);
        dl_sender_step(sender);
    }
}

static void a_batch_that_alone_is_held_lets_the_others_through(void **state)
{
    (void)state;
    options.linger_ms = 1;
    open_sender();
    send_text("poison");
    flush();
    send_many(3000);
    for (int i = 0; i < 60 && !dl_sender_idle(sender); i++) {
        while (in_flight()) /* as a firewall in between answers to one content */
            answer_as(flight(), DL_OK, holds_poison(&flight()->request) ? 403 : 202, -1);
        now += 120000;
        dl_sender_step(sender);
    }
    counts(3000, 1, 0);
}

static void a_request_that_is_too_large_is_halved(void **state)
{
    (void)state;
    open_sender();
    send_many(5);
    flush();
    answer(413);
    dl_sender_step(sender);
    assert_int_equal(in_flight(), 2);
    assert_int_equal(logs_in_flight(), 2);
    answer(202);
    assert_int_equal(logs_in_flight(), 3);
    answer(202);
    counts(5, 0, 0);
}

static void one_poison_log_in_a_thousand_is_found_and_refused_alone(void **state)
{
    unsigned requests = 0;

    (void)state;
    open_sender();
    for (int i = 0; i < 1000; i++)
        send_text(i == 617 ? "poison" : "good");
    while (in_flight()) {
        struct dl_http_transfer *f = flight();

        requests++;
        answer_as(f, DL_OK, holds_poison(&f->request) ? 400 : 202, -1);
        if (last.verdict == DL_VERDICT_BISECT && last.logs == 1)
            assert_int_equal(last.answer->status, 400);
        dl_sender_step(sender);
    }
    counts(999, 0, 1);
    assert_true(requests <= 22);
    assert_int_equal(dl_sender_refusal(sender)->code, DL_E_HTTP_400);
    assert_int_equal(dl_sender_refusal(sender)->http_status, 400);
}

static void when_every_log_is_refused_the_rest_is_kept(void **state)
{
    (void)state;
    open_sender();
    send_many(1000);
    for (int i = 0; i < 3000 && in_flight(); i++) {
        answer(400);
        dl_sender_step(sender);
        now += 1000;
        if (dl_sender_problem(sender)->code)
            break;
    }
    assert_int_equal(dl_sender_problem(sender)->code, DL_E_HTTP_400);
    counts(0, 1000 - DL_REFUSALS_IN_A_ROW, DL_REFUSALS_IN_A_ROW);
    /* mended: all that is left arrives */
    for (int i = 0; i < 5000 && !dl_sender_idle(sender); i++) {
        now += 120000;
        dl_sender_step(sender);
        while (in_flight())
            answer(202);
    }
    counts(1000 - DL_REFUSALS_IN_A_ROW, 0, DL_REFUSALS_IN_A_ROW);
    assert_int_equal(dl_sender_problem(sender)->code, DL_OK);
}

static void a_refused_key_holds_everything_until_it_is_taken(void **state)
{
    (void)state;
    open_sender();
    send_many(1000);
    answer(403);
    assert_int_equal(dl_sender_problem(sender)->code, DL_E_KEY_403);
    counts(0, 1000, 0);
    chance = 800;
    send_many(3000);
    dl_sender_step(sender);
    assert_int_equal(in_flight(), 1); /* the polite question, at once by chance 0 */
    answer(403);
    assert_int_equal(dl_sender_step(sender), 800);
    assert_int_equal(in_flight(), 0);
    now += 800;
    dl_sender_step(sender);
    assert_int_equal(in_flight(), 1);
    answer(202);
    assert_int_equal(dl_sender_problem(sender)->code, DL_OK);
    dl_sender_step(sender);
    while (in_flight())
        answer(202);
    counts(4000, 0, 0);
}

static void attempts_that_ran_out_hold_and_nothing_is_tried_again(void **state)
{
    (void)state;
    options.attempts = 2;
    open_sender();
    send_many(1);
    flush();
    answer(503);
    assert_int_equal(dl_sender_problem(sender)->code, DL_OK);
    dl_sender_step(sender);
    answer(503);
    assert_int_equal(dl_sender_problem(sender)->code, DL_E_HTTP_5XX);
    now += 1000000;
    assert_int_equal(dl_sender_step(sender), -1);
    assert_int_equal(in_flight(), 0);
    assert_false(dl_sender_idle(sender));
    counts(0, 1, 0);
}

static void zstd_gives_way_to_gzip_where_it_is_unknown(void **state)
{
    (void)state;
    config.encoding = DL_ENCODING_ZSTD;
    open_sender();
    send_many(2);
    flush();
    assert_string_equal(flight()->request.content_encoding, "zstd");
    assert_int_equal(logs_in_flight(), 2);
    answer(415);
    assert_int_equal(last.verdict, DL_VERDICT_RETRY);
    assert_int_equal(last.encoding, DL_ENCODING_ZSTD);
    dl_sender_step(sender);
    assert_string_equal(flight()->request.content_encoding, "gzip");
    assert_int_equal(logs_in_flight(), 2);
    answer(202);
    counts(2, 0, 0);
    send_many(1);
    flush();
    assert_string_equal(flight()->request.content_encoding, "gzip");
    answer(202);
}

static void batches_packed_before_the_fall_back_are_packed_anew(void **state)
{
    (void)state;
    config.encoding = DL_ENCODING_ZSTD;
    open_sender();
    send_many(1000);
    answer(400);
    start_fails = true; /* the second batch is packed as zstd and has to wait */
    send_many(1000);
    start_fails = false;
    dl_sender_step(sender);
    now += 1000;
    dl_sender_step(sender);
    while (in_flight())
        answer(202);
    send_many(1);
    flush();
    assert_string_equal(flight()->request.content_encoding, "gzip");
    answer(202);
    counts(2001, 0, 0);
}

static void a_400_that_gzip_gets_too_is_not_zstds_fault(void **state)
{
    (void)state;
    config.encoding = DL_ENCODING_ZSTD;
    open_sender();
    send_text("poison");
    send_text("good");
    flush();
    for (int i = 0; i < 20 && in_flight(); i++) {
        struct dl_http_transfer *f = flight();

        answer_as(f, DL_OK, holds_poison(&f->request) ? 400 : 202, -1);
        dl_sender_step(sender);
    }
    counts(1, 0, 1);
    send_text("x");
    flush();
    assert_string_equal(flight()->request.content_encoding, "zstd");
}

static void a_full_memory_takes_nothing_until_there_is_room(void **state)
{
    static char text[100000];
    unsigned taken = 0;
    int rc;

    (void)state;
    config.encoding = DL_ENCODING_NONE;
    options.memory = 1000000;
    open_sender();
    memset(text, 'x', sizeof text);
    while ((rc = dl_sender_text(sender, text, sizeof text, NULL, NULL, NULL)) == 0)
        assert_true(++taken < 100);
    assert_int_equal(rc, -DL_E_FULL);
    assert_in_range(taken, 8, 10);
    counts(0, taken, 0);
    answer(202);
    assert_int_equal(dl_sender_text(sender, text, sizeof text, NULL, NULL, NULL), 0);
}

static void a_memory_smaller_than_a_log_still_takes_one(void **state)
{
    static char text[100000];

    (void)state;
    options.memory = 1;
    open_sender();
    memset(text, 'x', sizeof text);
    assert_int_equal(dl_sender_text(sender, text, sizeof text, NULL, NULL, NULL), 0);
    assert_int_equal(dl_sender_text(sender, text, sizeof text, NULL, NULL, NULL), -DL_E_FULL);
    assert_int_equal(in_flight(), 1); /* what fills the memory is on its way */
    answer(202);
    assert_int_equal(dl_sender_text(sender, text, sizeof text, NULL, NULL, NULL), 0);
}

static void an_object_beyond_help_counts_as_refused(void **state)
{
    static char json[1100000];
    struct dl_error err;

    (void)state;
    open_sender();
    memset(json, ' ', sizeof json);
    memcpy(json, "{\"a\":\"", 6);
    memset(json + 6, 'x', sizeof json - 8);
    memcpy(json + sizeof json - 2, "\"}", 2);
    assert_int_equal(dl_sender_json(sender, json, sizeof json, NULL, &err), -DL_E_RECORD);
    counts(0, 0, 1);
    assert_int_equal(dl_sender_refusal(sender)->code, DL_E_RECORD);
    send_text("next");
    counts(0, 1, 1);
}

static void long_lines_stay_within_five_megabytes_a_request(void **state)
{
    static char text[1500000];
    struct dl_sender_stats s;
    int seen = 0;

    (void)state;
    open_sender();
    memset(text, 'x', sizeof text);
    for (int i = 0; i < 12; i++)
        assert_int_equal(dl_sender_text(sender, text, sizeof text, NULL, NULL, NULL), 0);
    flush();
    while (in_flight()) {
        int n = logs_in_flight(); /* checks the size too */

        assert_in_range(n, 1, 4);
        seen += n;
        answer(202);
        dl_sender_step(sender);
    }
    assert_int_equal(seen, 12);
    dl_sender_stats(sender, &s);
    assert_int_equal(s.notes.cut, 12);
}

static void tags_travel_in_the_query_when_asked_to(void **state)
{
    (void)state;
    config.tags_in = DL_TAGS_IN_QUERY;
    assert_int_equal(dl_tags_parse(&config.tags, "env:prod,canary", NULL, NULL, NULL), 0);
    open_sender();
    send_text("x");
    flush();
    assert_string_equal(last_url, "http://127.0.0.1:1/api/v2/logs?ddtags=env%3Aprod%2Ccanary");
    answer(202);
    dl_tags_free(&config.tags);
}

static void freeing_cancels_what_is_in_flight(void **state)
{
    (void)state;
    open_sender();
    send_many(3000);
    assert_int_equal(in_flight(), 3);
    dl_sender_free(sender);
    sender = NULL;
    assert_int_equal(in_flight(), 0);
    assert_int_equal(deliveries, 0);
}

/* ---- conservation under chance ---- */

static unsigned seed;
static unsigned char fate[IDS_MAX]; /* 1: accepted, 2: refused */

static unsigned dice(unsigned sides)
{
    seed = seed * 1103515245u + 12345u;
    return (seed >> 16) % sides;
}

/* Settles the logs of a request that is answered for good. */
static void settle(const struct dl_http_request *request, unsigned char as)
{
    cJSON *logs = decode(request), *log;

    cJSON_ArrayForEach(log, logs)
    {
        int id = atoi(cJSON_GetStringValue(cJSON_GetObjectItem(log, "message")));

        assert_int_equal(fate[id], 0); /* never twice */
        fate[id] = as;
    }
    cJSON_Delete(logs);
}

/* Answers by chance; every log whose number ends in 77 is poison. */
static void answer_by_chance(bool healthy)
{
    static const long passing[] = {500, 503, 429, 408}, holding[] = {401, 403, 404, 302, 418};
    struct dl_http_transfer *f = flight();
    cJSON *logs = decode(&f->request), *log;
    int n = cJSON_GetArraySize(logs);
    bool poison = false;

    cJSON_ArrayForEach(log, logs)
    {
        poison |= atoi(cJSON_GetStringValue(cJSON_GetObjectItem(log, "message"))) % 100 == 77;
    }
    cJSON_Delete(logs);
    unsigned chance_of = healthy ? 10 : dice(10);
    if (chance_of == 0) {
        answer_as(f, DL_E_NET_RESET, 0, -1);
    } else if (chance_of <= 2) {
        answer_as(f, DL_OK, passing[dice(4)], dice(2) ? -1 : (int64_t)dice(3000));
    } else if (chance_of == 3) {
        answer_as(f, DL_OK, holding[dice(5)], -1);
    } else if (chance_of == 4 && n > 1) {
        answer_as(f, DL_OK, 413, -1);
    } else if (poison) {
        struct dl_sender_stats before, after;
        cJSON *one = n == 1 ? decode(&f->request) : NULL;

        dl_sender_stats(sender, &before);
        answer_as(f, DL_OK, 400, -1);
        dl_sender_stats(sender, &after);
        if (one && after.refused > before.refused)
            fate[atoi(cJSON_GetStringValue(
                cJSON_GetObjectItem(cJSON_GetArrayItem(one, 0), "message")))] = 2;
        cJSON_Delete(one);
    } else {
        settle(&f->request, 1);
        answer_as(f, DL_OK, 202, -1);
    }
}

static void conserved(void)
{
    struct dl_sender_stats s;

    dl_sender_stats(sender, &s);
    assert_int_equal(s.taken, s.accepted + s.pending + s.refused);
}

static void no_log_is_lost_or_doubled_whatever_the_answers(void **state)
{
    (void)state;
    for (unsigned round = 1; round <= 6; round++) {
        int taken = 0;
        struct dl_sender_stats s;

        seed = round * 7919;
        memset(fate, 0, sizeof fate);
        config.encoding = round % 3 == 0 ? DL_ENCODING_NONE : DL_ENCODING_GZIP;
        options.linger_ms = 300;
        options.memory = round % 2 ? 200000 : 0;
        open_sender();
        for (int step = 0; step < 3000; step++) {
            for (unsigned n = dice(20); n > 0 && taken < IDS_MAX; n--) {
                char text[16];
                int length = snprintf(text, sizeof text, "%d", taken);

                taken += dl_sender_text(sender, text, (size_t)length, NULL, NULL, NULL) == 0;
            }
            while (in_flight() && dice(3))
                answer_by_chance(false);
            conserved();
            now += dice(200);
            chance = dice(100000);
            dl_sender_step(sender);
            assert_true(in_flight() <= DL_WINDOW_MAX);
        }
        for (int step = 0; step < 100000 && !dl_sender_idle(sender); step++) {
            now += 1000;
            dl_sender_step(sender);
            while (in_flight())
                answer_by_chance(true);
            conserved();
        }
        assert_true(dl_sender_idle(sender));
        dl_sender_stats(sender, &s);
        assert_int_equal(s.taken, taken);
        assert_int_equal(s.pending, 0);
        uint64_t accepted = 0, refused = 0;
        for (int id = 0; id < taken; id++) {
            assert_int_equal(fate[id], id % 100 == 77 ? 2 : 1);
            accepted += fate[id] == 1;
            refused += fate[id] == 2;
        }
        assert_int_equal(s.accepted, accepted);
        assert_int_equal(s.refused, refused);
        dl_sender_free(sender);
        sender = NULL;
    }
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(accepted_logs_are_counted_when_the_answer_is_there),
        TEST(a_log_carries_source_service_and_message),
        TEST(a_service_that_the_manifest_lacks_is_refused_and_not_taken),
        TEST(a_full_batch_leaves_at_once),
        TEST(an_open_batch_leaves_after_its_linger),
        TEST(a_passing_failure_is_tried_again_after_its_wait),
        TEST(a_429_without_a_time_is_given_a_second),
        TEST(retry_after_is_obeyed_by_all),
        TEST(after_three_failures_in_a_row_one_request_probes),
        TEST(requests_that_fail_together_count_as_one_failure),
        TEST(answers_that_grow_slow_make_fewer_fly),
        TEST(a_batch_that_alone_is_held_lets_the_others_through),
        TEST(a_request_that_is_too_large_is_halved),
        TEST(one_poison_log_in_a_thousand_is_found_and_refused_alone),
        TEST(when_every_log_is_refused_the_rest_is_kept),
        TEST(a_refused_key_holds_everything_until_it_is_taken),
        TEST(attempts_that_ran_out_hold_and_nothing_is_tried_again),
        TEST(zstd_gives_way_to_gzip_where_it_is_unknown),
        TEST(batches_packed_before_the_fall_back_are_packed_anew),
        TEST(a_400_that_gzip_gets_too_is_not_zstds_fault),
        TEST(a_full_memory_takes_nothing_until_there_is_room),
        TEST(a_memory_smaller_than_a_log_still_takes_one),
        TEST(an_object_beyond_help_counts_as_refused),
        TEST(long_lines_stay_within_five_megabytes_a_request),
        TEST(tags_travel_in_the_query_when_asked_to),
        TEST(freeing_cancels_what_is_in_flight),
        TEST(no_log_is_lost_or_doubled_whatever_the_answers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
