#include "exchange.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"

#define DEADLINE_MS 20000

const char *exchange_url(struct exchange *exchange, const char *scheme, int port, const char *path)
{
    snprintf(exchange->url, sizeof exchange->url, "%s://localhost:%d%s", scheme, port, path);
    return exchange->url;
}

static void take(void *context, const struct dl_http_answer *answer)
{
    struct exchange *exchange = context;

    exchange->done++;
    exchange->answer = *answer;
    memcpy(exchange->body, answer->body, answer->body_length + 1);
    exchange->answer.body = exchange->body;
}

static void count(void *context, const struct dl_http_answer *so_far)
{
    struct exchange *exchange = context;

    (void)so_far;
    exchange->progress++;
}

void exchange_run(struct exchange *exchange, struct dl_http_request *request)
{
    int64_t end = dl_clock_ms() + DEADLINE_MS;
    struct dl_error err = {0};
    int running = 1;

    exchange->done = exchange->progress = 0;
    if (!exchange->http && dl_http_new(&exchange->http, &err))
        fail_msg("%s", err.text);
    request->progress = count;
    if (dl_http_start(NULL, exchange->http, request, take, exchange, &err))
        fail_msg("%s", err.text);
    while (running > 0 && dl_clock_ms() < end)
        running = dl_http_poll(exchange->http, NULL, 0, 1000, &err);
    if (running < 0)
        fail_msg("%s", err.text);
    assert_int_equal(running, 0);
    assert_int_equal(exchange->done, 1);
}

void exchange_expect(const struct exchange *exchange, enum dl_code code, const char *words)
{
    const struct dl_http_answer *a = &exchange->answer;

    if (a->code != code)
        fail_msg("%s instead of %s: %s (curl %d)", dl_error_info(a->code)->id,
                 dl_error_info(code)->id, a->text, a->curl_code);
    if (!strstr(a->text, words))
        fail_msg("\"%s\" does not say \"%s\"", a->text, words);
}

void exchange_close(struct exchange *exchange)
{
    dl_http_free(exchange->http);
    exchange->http = NULL;
}
