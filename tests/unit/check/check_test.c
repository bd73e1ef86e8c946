/* The order, deadlines and verdicts of the staged test, with net and sender played by this file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/text.h"
#include "check/check.h"
#include "sender/sender.h"

/* ---- the clock ---- */

static int64_t now_ms, wall_ms;

static int64_t fake_ms(void)
{
    return now_ms;
}

static int64_t fake_wall(void)
{
    return wall_ms;
}

/* ---- net ---- */

struct dl_http_transfer {
    struct dl_http_request request;
    char url[400];
    dl_http_done *done;
    void *context;
};

static struct dl_http_transfer *running;
static unsigned started, cancelled;
static bool key_in_handshake;

int dl_http_new(struct dl_http **out, struct dl_error *err)
{
    (void)err;
    *out = NULL;
    return 0;
}

void dl_http_free(struct dl_http *http)
{
    (void)http;
}

int dl_http_start(struct dl_http_transfer **out, struct dl_http *http,
                  const struct dl_http_request *request, dl_http_done *done, void *context,
                  struct dl_error *err)
{
    (void)http;
    (void)err;
    assert_null(running);
    running = calloc(1, sizeof *running);
    assert_non_null(running);
    running->request = *request;
    dl_text_copy(running->url, sizeof running->url, request->url);
    running->done = done;
    running->context = context;
    if (request->method == DL_HTTP_CONNECT && request->key)
        key_in_handshake = true;
    started++;
    *out = running;
    return 0;
}

void dl_http_cancel(struct dl_http *http, struct dl_http_transfer *transfer)
{
    (void)http;
    assert_ptr_equal(transfer, running);
    cancelled++;
    free(running);
    running = NULL;
}

int dl_http_poll(struct dl_http *http, struct pollfd *extra, size_t extra_count, int timeout_ms,
                 struct dl_error *err)
{
    (void)http, (void)extra, (void)extra_count, (void)timeout_ms, (void)err;
    return running ? 1 : 0;
}

const char *dl_http_user_agent(void)
{
    return "";
}

const char *dl_http_library_version(void)
{
    return "";
}

static void finish(const struct dl_http_answer *answer)
{
    struct dl_http_transfer *transfer = running;

    assert_non_null(transfer);
    running = NULL;
    transfer->done(transfer->context, answer);
    free(transfer);
}

/* ---- sender ---- */

struct dl_sender {
    struct dl_sender_options options;
    enum dl_encoding encoding;
    struct dl_sender_stats stats;
    bool flushed;
    struct dl_error problem;
};

static struct dl_sender *sender;
static unsigned senders;

int dl_sender_new(struct dl_sender **out, struct dl_http *http,
                  const struct dl_sender_options *options, struct dl_error *err)
{
    (void)http, (void)err;
    assert_null(sender);
    sender = calloc(1, sizeof *sender);
    assert_non_null(sender);
    sender->options = *options;
    sender->encoding = options->config->encoding;
    senders++;
    *out = sender;
    return 0;
}

void dl_sender_free(struct dl_sender *which)
{
    if (which)
        sender = NULL;
    free(which);
}

int dl_sender_text(struct dl_sender *which, const char *text, size_t len, const char *status,
                   const char *service, struct dl_error *err)
{
    (void)which, (void)text, (void)len, (void)status, (void)service, (void)err;
    return -DL_E_INTERNAL;
}

int dl_sender_json(struct dl_sender *which, const char *json, size_t len, const char *service,
                   struct dl_error *err)
{
    (void)json, (void)len, (void)service, (void)err;
    which->stats.taken++;
    which->stats.pending++;
    return 0;
}

int dl_sender_flush(struct dl_sender *which, struct dl_error *err)
{
    (void)err;
    which->flushed = true;
    return 0;
}

int dl_sender_step(struct dl_sender *which)
{
    (void)which;
    return -1;
}

bool dl_sender_idle(const struct dl_sender *which)
{
    return which->stats.pending == 0;
}

void dl_sender_stats(const struct dl_sender *which, struct dl_sender_stats *out)
{
    *out = which->stats;
}

const struct dl_error *dl_sender_problem(const struct dl_sender *which)
{
    return &which->problem;
}

/* The intake's answer to all that the sender took. */
static void deliver(long status, enum dl_verdict verdict, enum dl_code code)
{
    static const char body[] = "{}";
    struct dl_http_answer answer = {
        .status = status, .body = body, .body_length = 2, .total_ms = 7};
    struct dl_delivery delivery = {.verdict = verdict, .answer = &answer, .attempt = 1};

    assert_non_null(sender);
    assert_true(sender->flushed);
    delivery.logs = (size_t)sender->stats.pending;
    delivery.encoding = sender->encoding;
    if (verdict == DL_VERDICT_COMMIT) {
        sender->stats.accepted = sender->stats.pending;
    } else {
        sender->stats.refused = sender->stats.pending;
        dl_error_set(&delivery.error, code, "the intake said %ld", status);
        delivery.error.http_status = (int)status;
    }
    sender->stats.pending = 0;
    sender->options.delivered(sender->options.context, &delivery);
}

/* ---- a check to look at ---- */

struct world {
    struct dl_config *config;
    struct dl_integration integration;
    struct dl_check_options options;
    struct dl_check *check;
    unsigned changes;
    char *services[2];
    char *samples[2];
};

static struct dl_proxy_environment no_proxies;

static void changed(void *context)
{
    struct world *world = context;

    world->changes++;
}

static void set(struct world *world, enum dl_property property, const char *value)
{
    struct dl_error err = {0};

    if (dl_config_set(world->config, property, value, DL_ORIGIN_OPTION, &err) < 0)
        fail_msg("%s", err.text);
}

static int set_up(void **state)
{
    static char name[] = "acme", web[] = "web", api[] = "api";
    static char line[] = "2026-01-01 a line", object[] = "{\"a\":1}";
    struct world *world = calloc(1, sizeof *world);

    now_ms = 1000000;
    wall_ms = 1795000000000; /* 2026-11-18 11:06:40 UTC */
    started = cancelled = senders = 0;
    key_in_handshake = false;
    dl_clock_replace(fake_ms, fake_wall, NULL);
    if (!world || dl_config_new(&world->config, "acme", NULL) < 0)
        return -1;
    world->services[0] = web;
    world->services[1] = api;
    world->samples[0] = line;
    world->samples[1] = object;
    world->integration = (struct dl_integration){.name = name,
                                                 .source = name,
                                                 .services = world->services,
                                                 .service_count = 2,
                                                 .samples = world->samples,
                                                 .sample_count = 2};
    world->options = (struct dl_check_options){.config = world->config,
                                               .integration = &world->integration,
                                               .environment = &no_proxies,
                                               .stages = DL_STAGES_TEST,
                                               .changed = changed,
                                               .context = world};
    struct dl_key *key;
    if (dl_key_new(&key, "0123456789abcdef0123456789abcdef", 32, NULL) < 0)
        return -1;
    world->options.key = key;
    set(world, DL_PROP_SITE, "eu1");
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    struct world *world = *state;

    dl_check_free(world->check);
    assert_null(running);
    assert_null(sender);
    dl_key_free((struct dl_key *)(uintptr_t)world->options.key);
    dl_config_free(world->config);
    free(world);
    dl_clock_replace(NULL, NULL, NULL);
    return 0;
}

static const struct dl_stage_report *report(struct world *world, enum dl_stage stage)
{
    return dl_check_report(world->check, stage);
}

static void start(struct world *world)
{
    struct dl_error err = {0};

    if (dl_check_start(&world->check, NULL, &world->options, &err) < 0)
        fail_msg("%s", err.text);
    dl_check_step(world->check);
}

static struct dl_http_answer handshake_answer(void)
{
    struct dl_http_answer answer = {.dns_ms = 9,
                                    .connect_ms = 23,
                                    .tls_ms = 54,
                                    .answer_ms = -1,
                                    .total_ms = 54,
                                    .address = "10.1.2.3",
                                    .address_count = 1,
                                    .addresses = {"10.1.2.3"},
                                    .tls_version = "TLSv1.3",
                                    .retry_after_ms = -1,
                                    .chain_length = 1};

    dl_text_copy(answer.chain[0].subject, 256, "CN = *.logs.datadoghq.eu");
    dl_text_copy(answer.chain[0].issuer, 256, "C = US, O = Example, CN = Example CA 7");
    dl_text_copy(answer.chain[0].not_before, 40, "Nov  1 00:00:00 2026 GMT");
    dl_text_copy(answer.chain[0].not_after, 40, "Jan 27 11:06:40 2027 GMT");
    return answer;
}

static void shake_hands(struct world *world)
{
    struct dl_http_answer answer = handshake_answer();

    finish(&answer);
    dl_check_step(world->check);
}

static void answer_get(struct world *world, long status, const char *body, const char *date)
{
    struct dl_http_answer answer = {.status = status,
                                    .body = body,
                                    .body_length = strlen(body),
                                    .total_ms = 88,
                                    .retry_after_ms = -1,
                                    .content_type = "application/json"};

    dl_text_copy(answer.date, sizeof answer.date, date);
    finish(&answer);
    dl_check_step(world->check);
}

static void pass_key(struct world *world)
{
    answer_get(world, 200, "{\"valid\":true}", "Wed, 18 Nov 2026 11:06:41 GMT");
    answer_get(world, 404, "{}", "");
}

static void accept(struct world *world)
{
    deliver(202, DL_VERDICT_COMMIT, DL_OK);
    dl_check_step(world->check);
}

static const char *evidence(const struct dl_stage_report *r, const char *name)
{
    for (size_t i = 0; i < r->evidence_count; i++)
        if (strcmp(r->evidence[i].name, name) == 0)
            return r->evidence[i].value;
    return "";
}

static void expect_rest_skipped(struct world *world, enum dl_stage failed)
{
    for (int i = (int)failed + 1; i < DL_STAGE_COUNT; i++) {
        if (!dl_check_has(world->check, (enum dl_stage)i))
            continue;
        const struct dl_stage_report *r = report(world, (enum dl_stage)i);
        assert_int_equal(r->result, DL_RESULT_SKIP);
        assert_non_null(strstr(r->message, dl_stage_label(failed)));
    }
    assert_true(dl_check_done(world->check));
}

static void expect_failure(struct world *world, enum dl_stage stage, enum dl_code code)
{
    struct dl_error err = {0};

    assert_int_equal(report(world, stage)->result, DL_RESULT_FAIL);
    assert_string_equal(dl_error_info(report(world, stage)->code)->id, dl_error_info(code)->id);
    assert_int_equal(dl_check_verdict(world->check, &err), -(int)code);
    assert_int_equal(err.code, code);
    assert_string_equal(err.text, report(world, stage)->message);
    expect_rest_skipped(world, stage);
}

/* ---- tests ---- */

static void test_all_stages_pass_and_zstd_is_preferred(void **state)
{
    struct world *world = *state;

    start(world);
    assert_int_equal(report(world, DL_STAGE_PROXY)->result, DL_RESULT_PASS);
    assert_int_equal(report(world, DL_STAGE_DNS)->result, DL_RESULT_RUN);
    assert_int_equal(report(world, DL_STAGE_TCP)->result, DL_RESULT_WAIT);
    shake_hands(world);
    assert_string_equal(report(world, DL_STAGE_DNS)->message,
                        "http-intake.logs.datadoghq.eu -> 10.1.2.3");
    assert_int_equal(report(world, DL_STAGE_DNS)->ms, 9);
    assert_string_equal(report(world, DL_STAGE_TCP)->message, "port 443, IPv4");
    assert_int_equal(report(world, DL_STAGE_TCP)->ms, 14);
    assert_string_equal(report(world, DL_STAGE_TLS)->message,
                        "TLSv1.3, issued by Example CA 7, 70 days left");
    assert_int_equal(report(world, DL_STAGE_TLS)->ms, 31);
    assert_string_equal(running->url, "https://api.datadoghq.eu/api/v1/validate");
    pass_key(world);
    assert_string_equal(report(world, DL_STAGE_KEY)->message, "valid for EU1, clock ok");
    assert_int_equal(sender->encoding, DL_ENCODING_GZIP);
    accept(world);
    assert_int_equal(dl_check_accepted(world->check), 1);
    assert_int_equal(sender->encoding, DL_ENCODING_GZIP);
    accept(world);
    assert_int_equal(dl_check_encoding(world->check), DL_ENCODING_GZIP);
    assert_int_equal(sender->encoding, DL_ENCODING_ZSTD);
    accept(world);
    assert_true(dl_check_done(world->check));
    assert_int_equal(dl_check_encoding(world->check), DL_ENCODING_ZSTD);
    /* 9 statuses, 2 services, tags, Unicode, attributes, long line, 2 samples; twice, and one */
    assert_int_equal(dl_check_accepted(world->check), 2 * 17 + 1);
    assert_int_equal(dl_check_verdict(world->check, NULL), 0);
    assert_int_equal(senders, 3);
    assert_false(key_in_handshake);
    assert_true(world->changes >= 8);
}

static void test_rows_pass_as_the_handshake_goes_on(void **state)
{
    struct world *world = *state;
    struct dl_http_answer answer = handshake_answer();

    start(world);
    answer.connect_ms = answer.tls_ms = -1;
    running->request.progress(running->context, &answer);
    assert_int_equal(report(world, DL_STAGE_DNS)->result, DL_RESULT_PASS);
    assert_int_equal(report(world, DL_STAGE_TCP)->result, DL_RESULT_RUN);
    answer.connect_ms = 23;
    running->request.progress(running->context, &answer);
    assert_int_equal(report(world, DL_STAGE_TCP)->result, DL_RESULT_PASS);
    assert_int_equal(report(world, DL_STAGE_TLS)->result, DL_RESULT_RUN);
}

static void test_a_refused_certificate_is_named_by_a_second_handshake(void **state)
{
    struct world *world = *state;
    struct dl_http_answer answer = handshake_answer();

    start(world);
    answer.code = DL_E_TLS_CA;
    answer.verify_result = 20;
    answer.chain_length = 0;
    answer.tls_ms = -1;
    finish(&answer);
    dl_check_step(world->check);
    assert_non_null(running);
    assert_true(running->request.look_at_certificate);
    assert_null(running->request.key);
    answer = handshake_answer();
    dl_text_copy(answer.chain[0].issuer, 256, "O = Corp, CN = Corp TLS Inspection");
    finish(&answer);
    dl_check_step(world->check);
    expect_failure(world, DL_STAGE_TLS, DL_E_TLS_CA);
    assert_non_null(strstr(report(world, DL_STAGE_TLS)->message, "\"Corp TLS Inspection\""));
    assert_string_equal(evidence(report(world, DL_STAGE_TLS), "issuer"),
                        "O = Corp, CN = Corp TLS Inspection");
    assert_int_equal(started, 2);
}

static void test_a_second_handshake_that_hangs_keeps_the_first_verdict(void **state)
{
    struct world *world = *state;
    struct dl_http_answer answer = handshake_answer();

    start(world);
    answer.code = DL_E_TLS_TIME;
    answer.chain_length = 0;
    dl_text_copy(answer.text, sizeof answer.text, "the certificate has expired");
    finish(&answer);
    dl_check_step(world->check);
    now_ms += 5000;
    dl_check_step(world->check);
    expect_failure(world, DL_STAGE_TLS, DL_E_TLS_TIME);
    assert_int_equal(cancelled, 1);
}

static void test_each_stage_of_the_handshake_has_five_seconds(void **state)
{
    struct world *world = *state;
    struct dl_http_answer answer = handshake_answer();
    static const struct {
        enum dl_stage stage;
        enum dl_code code;
    } cases[] = {{DL_STAGE_DNS, DL_E_NET_DNS},
                 {DL_STAGE_TCP, DL_E_NET_TIMEOUT},
                 {DL_STAGE_TLS, DL_E_TLS_TIMEOUT}};

    for (size_t i = 0; i < 3; i++) {
        start(world);
        answer.tls_ms = answer.connect_ms = -1;
        if (i >= 1)
            running->request.progress(running->context, &answer);
        answer.connect_ms = 20;
        if (i >= 2)
            running->request.progress(running->context, &answer);
        now_ms += 4999;
        assert_int_equal(dl_check_step(world->check), 1);
        assert_false(dl_check_done(world->check));
        now_ms += 1;
        dl_check_step(world->check);
        expect_failure(world, cases[i].stage, cases[i].code);
        assert_non_null(strstr(report(world, cases[i].stage)->message, "5 s"));
        dl_check_free(world->check);
        world->check = NULL;
    }
}

static void test_a_request_has_fifteen_seconds(void **state)
{
    struct world *world = *state;

    start(world);
    shake_hands(world);
    now_ms += 14999;
    dl_check_step(world->check);
    assert_false(dl_check_done(world->check));
    now_ms += 1;
    dl_check_step(world->check);
    expect_failure(world, DL_STAGE_KEY, DL_E_NET_TIMEOUT);
}

static void test_the_whole_ends_within_thirty_seconds(void **state)
{
    struct world *world = *state;

    start(world);
    now_ms += 4000;
    shake_hands(world);
    now_ms += 14000;
    pass_key(world);
    now_ms += 11999;
    assert_int_equal(dl_check_step(world->check), 1);
    now_ms += 1;
    dl_check_step(world->check);
    expect_failure(world, DL_STAGE_LOG, DL_E_NET_TIMEOUT);
}

static void test_a_shorter_whole_time_can_be_set(void **state)
{
    struct world *world = *state;

    world->options.total_ms = 1000;
    start(world);
    assert_int_equal(dl_check_step(world->check), 1000);
    now_ms += 1000;
    dl_check_step(world->check);
    expect_failure(world, DL_STAGE_DNS, DL_E_NET_DNS);
}

static void test_freeing_cancels_what_runs(void **state)
{
    struct world *world = *state;

    start(world);
    assert_non_null(running);
    dl_check_free(world->check);
    world->check = NULL;
    assert_null(running);
    assert_int_equal(cancelled, 1);
    start(world);
    shake_hands(world);
    pass_key(world);
    assert_non_null(sender);
    dl_check_free(world->check);
    world->check = NULL;
    assert_null(sender);
}

static void test_plain_http_on_loopback_has_no_tls_and_says_so(void **state)
{
    struct world *world = *state;
    struct dl_http_answer answer = {.dns_ms = 0,
                                    .connect_ms = 1,
                                    .tls_ms = -1,
                                    .address = "127.0.0.1",
                                    .address_count = 1,
                                    .addresses = {"127.0.0.1"}};

    set(world, DL_PROP_ENDPOINT, "http://127.0.0.1:8126");
    start(world);
    assert_string_equal(running->url, "http://127.0.0.1:8126");
    finish(&answer);
    dl_check_step(world->check);
    assert_int_equal(report(world, DL_STAGE_DNS)->result, DL_RESULT_SKIP);
    assert_int_equal(report(world, DL_STAGE_TCP)->result, DL_RESULT_PASS);
    assert_string_equal(report(world, DL_STAGE_TCP)->message, "port 8126, IPv4");
    assert_int_equal(report(world, DL_STAGE_TLS)->result, DL_RESULT_SKIP);
    assert_non_null(strstr(report(world, DL_STAGE_TLS)->message, "plain HTTP"));
    assert_string_equal(running->url, "http://127.0.0.1:8126/api/v1/validate");
}

static void test_with_a_proxy_the_lookup_is_about_the_proxy(void **state)
{
    struct world *world = *state;
    struct dl_http_answer answer = handshake_answer();

    set(world, DL_PROP_PROXY, "http://proxy.corp:3128");
    start(world);
    assert_non_null(strstr(report(world, DL_STAGE_PROXY)->message, "proxy.corp:3128"));
    answer.tls_ms = -1;
    running->request.progress(running->context, &answer);
    assert_non_null(strstr(report(world, DL_STAGE_DNS)->message, "proxy.corp -> "));
    assert_int_equal(report(world, DL_STAGE_TCP)->result, DL_RESULT_RUN);
    answer.code = DL_E_PROXY_AUTH;
    answer.proxy_status = 407;
    finish(&answer);
    dl_check_step(world->check);
    expect_failure(world, DL_STAGE_TCP, DL_E_PROXY_AUTH);
    assert_string_equal(evidence(report(world, DL_STAGE_TCP), "proxy_status"), "407");
}

static void test_a_key_that_validate_refuses_sends_no_log(void **state)
{
    struct world *world = *state;

    start(world);
    shake_hands(world);
    answer_get(world, 403, "{\"errors\":[\"Forbidden\"]}", "");
    expect_failure(world, DL_STAGE_KEY, DL_E_KEY_403);
    assert_int_equal(senders, 0);
    assert_int_equal(dl_check_accepted(world->check), 0);
    assert_string_equal(evidence(report(world, DL_STAGE_KEY), "body"),
                        "{\"errors\":[\"Forbidden\"]}");
}

static void test_a_valid_key_that_the_intake_refuses_is_told_apart(void **state)
{
    struct world *world = *state;

    start(world);
    shake_hands(world);
    pass_key(world);
    deliver(403, DL_VERDICT_HOLD, DL_E_KEY_403);
    dl_check_step(world->check);
    expect_failure(world, DL_STAGE_LOG, DL_E_KEY_INTAKE);
}

static void test_the_organization_is_evidence_and_its_lack_no_matter(void **state)
{
    struct world *world = *state;

    start(world);
    shake_hands(world);
    answer_get(world, 200, "{\"valid\":true}", "");
    assert_string_equal(running->url, "https://api.datadoghq.eu/api/v2/validate");
    answer_get(world, 200,
               "{\"data\":{\"id\":\"org-1\",\"attributes\":{\"api_key_id\":\"key-7\"}}}", "");
    assert_int_equal(report(world, DL_STAGE_KEY)->result, DL_RESULT_PASS);
    assert_string_equal(evidence(report(world, DL_STAGE_KEY), "organization"), "org-1");
    assert_string_equal(evidence(report(world, DL_STAGE_KEY), "key_id"), "key-7");
    dl_check_free(world->check);
    start(world);
    shake_hands(world);
    answer_get(world, 200, "{\"valid\":true}", "");
    now_ms += 3000;
    dl_check_step(world->check);
    assert_int_equal(report(world, DL_STAGE_KEY)->result, DL_RESULT_PASS);
    assert_int_equal(report(world, DL_STAGE_LOG)->result, DL_RESULT_RUN);
}

static void clock_case(struct world *world, int64_t off_ms, enum dl_result result,
                       enum dl_code code)
{
    int64_t wall = wall_ms;

    start(world);
    shake_hands(world);
    wall_ms += off_ms;
    answer_get(world, 200, "{\"valid\":true}", "Wed, 18 Nov 2026 11:06:40 GMT");
    answer_get(world, 404, "{}", "");
    assert_int_equal(report(world, DL_STAGE_KEY)->result, result);
    assert_int_equal(report(world, DL_STAGE_KEY)->code, code);
    assert_int_equal(dl_check_done(world->check), result == DL_RESULT_FAIL);
    dl_check_free(world->check);
    world->check = NULL;
    wall_ms = wall;
}

static void test_the_clock_is_judged_by_the_date_header(void **state)
{
    const int64_t minute = 60000, hour = 60 * minute;

    clock_case(*state, 5 * minute, DL_RESULT_PASS, DL_OK);
    clock_case(*state, -5 * minute, DL_RESULT_PASS, DL_OK);
    clock_case(*state, 5 * minute + 1, DL_RESULT_WARN, DL_E_CLOCK);
    clock_case(*state, -5 * minute - 1, DL_RESULT_WARN, DL_E_CLOCK);
    clock_case(*state, 2 * hour, DL_RESULT_WARN, DL_E_CLOCK);
    clock_case(*state, 2 * hour + 1, DL_RESULT_FAIL, DL_E_CLOCK_FAR);
    clock_case(*state, -18 * hour, DL_RESULT_WARN, DL_E_CLOCK);
    clock_case(*state, -18 * hour - 1, DL_RESULT_FAIL, DL_E_CLOCK_FAR);
}

static void reach_zstd(struct world *world)
{
    start(world);
    shake_hands(world);
    pass_key(world);
    accept(world);
    accept(world);
    assert_int_equal(sender->encoding, DL_ENCODING_ZSTD);
}

static void test_zstd_that_is_refused_means_gzip(void **state)
{
    struct world *world = *state;

    reach_zstd(world);
    deliver(415, DL_VERDICT_HOLD, DL_E_HTTP_415);
    dl_check_step(world->check);
    assert_true(dl_check_done(world->check));
    assert_int_equal(report(world, DL_STAGE_ZSTD)->result, DL_RESULT_WARN);
    assert_non_null(strstr(report(world, DL_STAGE_ZSTD)->message, "gzip will be used"));
    assert_int_equal(dl_check_verdict(world->check, NULL), 0);
    assert_int_equal(dl_check_encoding(world->check), DL_ENCODING_GZIP);
    assert_int_equal(dl_check_accepted(world->check), 18);
}

static void test_zstd_that_was_asked_for_and_is_refused_fails(void **state)
{
    struct world *world = *state;

    set(world, DL_PROP_ENCODING, "zstd");
    world->options.encoding_fixed = true;
    reach_zstd(world);
    deliver(415, DL_VERDICT_HOLD, DL_E_HTTP_415);
    dl_check_step(world->check);
    expect_failure(world, DL_STAGE_ZSTD, DL_E_HTTP_415);
}

static void test_reachability_needs_no_key(void **state)
{
    struct world *world = *state;
    struct dl_key *key = (struct dl_key *)(uintptr_t)world->options.key;

    world->options.key = NULL;
    world->options.stages = DL_STAGES_REACH;
    start(world);
    shake_hands(world);
    assert_true(dl_check_done(world->check));
    assert_int_equal(dl_check_verdict(world->check, NULL), 0);
    assert_int_equal(started, 1);
    dl_check_free(world->check);
    world->options.stages = DL_STAGES_TEST;
    start(world);
    shake_hands(world);
    assert_true(dl_check_done(world->check));
    assert_int_equal(report(world, DL_STAGE_KEY)->result, DL_RESULT_SKIP);
    assert_int_equal(report(world, DL_STAGE_LOG)->result, DL_RESULT_SKIP);
    assert_int_equal(started, 2);
    world->options.key = key;
}

static void test_a_configuration_without_site_is_refused(void **state)
{
    struct world *world = *state;
    struct dl_error err = {0};

    set(world, DL_PROP_SITE, NULL);
    assert_true(dl_check_start(&world->check, NULL, &world->options, &err) < 0);
    assert_null(world->check);
    assert_true(err.text[0] != '\0');
}

static void test_the_stages_become_json(void **state)
{
    struct world *world = *state;
    struct dl_buffer out;
    struct dl_json w;
    cJSON *root;

    start(world);
    struct dl_http_answer answer = {.code = DL_E_NET_DNS, .dns_ms = -1, .connect_ms = -1};
    finish(&answer);
    dl_check_step(world->check);
    expect_failure(world, DL_STAGE_DNS, DL_E_NET_DNS);
    dl_buffer_init(&out, 100000);
    dl_json_begin(&w, &out, 0);
    dl_check_json(world->check, &w);
    assert_int_equal(dl_json_end(&w), 0);
    assert_int_equal(dl_json_parse(&root, out.data, out.len, &dl_json_default_limits, NULL), 0);
    assert_int_equal(cJSON_GetArraySize(root), 8);
    const cJSON *dns = cJSON_GetArrayItem(root, 1);
    assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItem(dns, "stage")), "dns");
    assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItem(dns, "result")), "fail");
    assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItem(dns, "code")), "E-NET-DNS");
    assert_true(cJSON_GetArraySize(cJSON_GetObjectItem(dns, "next")) > 0);
    const cJSON *tls = cJSON_GetArrayItem(root, 3);
    assert_true(cJSON_IsNull(cJSON_GetObjectItem(tls, "code")));
    cJSON_Delete(root);
    dl_buffer_free(&out);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_all_stages_pass_and_zstd_is_preferred),
        TEST(test_rows_pass_as_the_handshake_goes_on),
        TEST(test_a_refused_certificate_is_named_by_a_second_handshake),
        TEST(test_a_second_handshake_that_hangs_keeps_the_first_verdict),
        TEST(test_each_stage_of_the_handshake_has_five_seconds),
        TEST(test_a_request_has_fifteen_seconds),
        TEST(test_the_whole_ends_within_thirty_seconds),
        TEST(test_a_shorter_whole_time_can_be_set),
        TEST(test_freeing_cancels_what_runs),
        TEST(test_plain_http_on_loopback_has_no_tls_and_says_so),
        TEST(test_with_a_proxy_the_lookup_is_about_the_proxy),
        TEST(test_a_key_that_validate_refuses_sends_no_log),
        TEST(test_a_valid_key_that_the_intake_refuses_is_told_apart),
        TEST(test_the_organization_is_evidence_and_its_lack_no_matter),
        TEST(test_the_clock_is_judged_by_the_date_header),
        TEST(test_zstd_that_is_refused_means_gzip),
        TEST(test_zstd_that_was_asked_for_and_is_refused_fails),
        TEST(test_reachability_needs_no_key),
        TEST(test_a_configuration_without_site_is_refused),
        TEST(test_the_stages_become_json),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
