#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "exchange.h"
#include "server.h"

#define KEY "0123456789abcdef0123456789abcdef"

/* One plain server with one script, one GET or POST to it. */
struct scene {
    struct server server;
    struct exchange exchange;
    struct dl_http_request request;
};

static void open_scene(struct scene *s, server_script *script)
{
    memset(s, 0, sizeof *s);
    server_start(&s->server, script, NULL);
    s->request.url = exchange_url(&s->exchange, "http", s->server.port, "/api/v2/logs");
}

static void close_scene(struct scene *s)
{
    exchange_close(&s->exchange);
    server_stop(&s->server);
}

static void accept_all(struct peer *peer)
{
    while (peer_read_request(peer))
        peer_answer(peer, "202 Accepted", "Content-Type: application/json\r\nSet-Cookie: a=b\r\n",
                    "{}");
}

/* ---- what is sent ---- */

static void a_request_holds_exactly_the_headers_that_are_meant(void **state)
{
    struct scene s;
    struct dl_key *key;
    char expected[1000];

    (void)state;
    open_scene(&s, accept_all);
    assert_int_equal(dl_key_new(&key, KEY, strlen(KEY), NULL), 0);
    s.request.method = DL_HTTP_POST;
    s.request.body = "[1]";
    s.request.body_length = 3;
    s.request.content_encoding = "gzip";
    s.request.origin_name = "nginx-plus";
    s.request.key = key;
    exchange_run(&s.exchange, &s.request);
    exchange_expect(&s.exchange, DL_OK, "");
    assert_int_equal(s.exchange.answer.status, 202);
    assert_string_equal(s.exchange.body, "{}");
    assert_string_equal(s.exchange.answer.content_type, "application/json");
    snprintf(expected, sizeof expected,
             "POST /api/v2/logs HTTP/1.1\r\nHost: localhost:%d\r\nUser-Agent: %s\r\n"
             "Accept: application/json\r\nDD-EVP-ORIGIN: nginx-plus\r\n"
             "DD-EVP-ORIGIN-VERSION: %.*s\r\nContent-Type: application/json\r\n"
             "Content-Encoding: gzip\r\nDD-API-KEY: " KEY "\r\nContent-Length: 3\r\n\r\n[1]",
             s.server.port, dl_http_user_agent(),
             (int)strcspn(strchr(dl_http_user_agent(), '/') + 1, " "),
             strchr(dl_http_user_agent(), '/') + 1);
    assert_string_equal(s.server.seen->request, expected);
    dl_key_free(key);
    close_scene(&s);
}

static void a_get_without_a_key_sends_none(void **state)
{
    struct scene s;

    (void)state;
    open_scene(&s, accept_all);
    exchange_run(&s.exchange, &s.request);
    assert_memory_equal(s.server.seen->request, "GET /api/v2/logs HTTP/1.1\r\n", 27);
    assert_null(strstr(s.server.seen->request, "DD-API-KEY"));
    assert_null(strstr(s.server.seen->request, "Content-Type"));
    assert_non_null(strstr(s.server.seen->request, "\r\nDD-EVP-ORIGIN: ddlogs\r\n"));
    close_scene(&s);
}

static void a_body_of_five_megabytes_goes_out_at_once_without_100_continue(void **state)
{
    const size_t size = 5000000;
    char *body = malloc(size);
    struct scene s;

    (void)state;
    open_scene(&s, accept_all);
    memset(body, 'x', size);
    s.request.method = DL_HTTP_POST;
    s.request.body = body;
    s.request.body_length = size;
    exchange_run(&s.exchange, &s.request);
    exchange_expect(&s.exchange, DL_OK, "");
    assert_true(atomic_load(&s.server.seen->bytes) > size);
    s.server.seen->request[1000] = '\0';
    assert_null(strstr(s.server.seen->request, "Expect"));
    free(body);
    close_scene(&s);
}

static void the_next_request_uses_the_same_connection_and_no_cookie(void **state)
{
    struct scene s;

    (void)state;
    open_scene(&s, accept_all);
    for (int i = 0; i < 3; i++) {
        exchange_run(&s.exchange, &s.request);
        exchange_expect(&s.exchange, DL_OK, "");
        assert_true(s.exchange.answer.connect_ms >= 0);
        assert_string_equal(s.exchange.answer.address, "127.0.0.1");
        assert_int_equal(s.exchange.answer.reused, i > 0);
    }
    assert_int_equal(atomic_load(&s.server.seen->requests), 3);
    assert_int_equal(atomic_load(&s.server.seen->connections), 1);
    assert_null(strstr(s.server.seen->request, "Cookie"));
    close_scene(&s);
}

static void a_control_character_anywhere_is_refused_before_anything_is_sent(void **state)
{
    static const char *const bad[] = {"x\r\nDD-Other: y", "x\n", "x\rb", "\tx", "x\x01", "x\x7f"};
    struct scene s;

    (void)state;
    open_scene(&s, accept_all);
    assert_int_equal(dl_http_new(&s.exchange.http, NULL), 0);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct dl_proxy proxy = {0};
        struct dl_http_request requests[6];
        char url[600];

        for (size_t j = 0; j < 6; j++) {
            requests[j] = s.request;
            requests[j].method = DL_HTTP_POST;
        }
        snprintf(url, sizeof url, "%s?ddtags=%s", s.request.url, bad[i]);
        snprintf(proxy.url, sizeof proxy.url, "http://u:%s@127.0.0.1:1", bad[i]);
        requests[0].url = url;
        requests[1].content_type = bad[i];
        requests[2].content_encoding = bad[i];
        requests[3].origin_name = bad[i];
        requests[4].connect_to = bad[i];
        requests[5].proxy = &proxy;
        for (size_t j = 0; j < 6; j++) {
            struct dl_error err = {0};

            if (dl_http_start(NULL, s.exchange.http, &requests[j], NULL, NULL, &err) != -DL_E_VALUE)
                fail_msg("request %zu with %zu is taken", j, i);
            assert_non_null(strstr(err.text, "control character"));
        }
    }
    assert_int_equal(atomic_load(&s.server.seen->connections), 0);
    close_scene(&s);
}

static void http_leads_to_this_machine_alone(void **state)
{
    static const char *const urls[] = {"http://example.com/",
                                       "http://10.0.0.1/",
                                       "http://localhost.example.com/",
                                       "http://0.0.0.0/",
                                       "ftp://localhost/",
                                       "file:///etc/passwd",
                                       "localhost"};
    struct dl_proxy proxy = {.url = "http://proxy.example:3128"};
    struct dl_http_request request = {.url = "http://localhost:1/"};
    struct dl_http *http;

    (void)state;
    assert_int_equal(dl_http_new(&http, NULL), 0);
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
        struct dl_http_request other = {.url = urls[i]};

        assert_int_equal(dl_http_start(NULL, http, &other, NULL, NULL, NULL), -DL_E_VALUE);
    }
    request.connect_to = "example.com:80";
    assert_int_equal(dl_http_start(NULL, http, &request, NULL, NULL, NULL), -DL_E_VALUE);
    request.connect_to = NULL;
    request.proxy = &proxy;
    assert_int_equal(dl_http_start(NULL, http, &request, NULL, NULL, NULL), -DL_E_VALUE);
    dl_http_free(http);
}

static void environment_and_netrc_change_nothing(void **state)
{
    static const char *const names[] = {"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy",
                                        "ALL_PROXY"};
    char folder[] = "/tmp/ddlogs-net-XXXXXX", path[100];
    struct scene s;
    FILE *file;

    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/.netrc", folder);
    file = fopen(path, "w");
    assert_non_null(file);
    fputs("machine localhost login me password hunter2\ndefault login me password hunter2\n", file);
    fclose(file);
    setenv("HOME", folder, 1);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        setenv(names[i], "http://127.0.0.1:1", 1);
    open_scene(&s, accept_all);
    exchange_run(&s.exchange, &s.request);
    exchange_expect(&s.exchange, DL_OK, "");
    assert_memory_equal(s.server.seen->request, "GET /api", 8);
    assert_null(strstr(s.server.seen->request, "Authorization"));
    close_scene(&s);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        unsetenv(names[i]);
    unlink(path);
    rmdir(folder);
}

/* ---- redirects ---- */

static int second_port;
static const char *redirect_status;

static void redirect(struct peer *peer)
{
    char headers[200];

    while (peer_read_request(peer)) {
        snprintf(headers, sizeof headers, "Location: http://localhost:%d/api/v2/logs\r\n",
                 second_port);
        peer_answer(peer, redirect_status, headers, "");
    }
}

static void a_redirect_is_never_followed_and_the_second_server_sees_nothing(void **state)
{
    static const char *const statuses[] = {"301 Moved", "302 Found", "303 See Other",
                                           "307 Temporary", "308 Permanent"};
    struct server second;
    struct dl_key *key;

    (void)state;
    server_start(&second, accept_all, NULL);
    second_port = second.port;
    assert_int_equal(dl_key_new(&key, KEY, strlen(KEY), NULL), 0);
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
        for (int post = 0; post < 2; post++) {
            struct scene s;
            char location[100];

            redirect_status = statuses[i];
            open_scene(&s, redirect);
            s.request.key = key;
            s.request.method = post ? DL_HTTP_POST : DL_HTTP_GET;
            exchange_run(&s.exchange, &s.request);
            exchange_expect(&s.exchange, DL_OK, "");
            assert_int_equal(s.exchange.answer.status, atoi(statuses[i]));
            snprintf(location, sizeof location, "http://localhost:%d/api/v2/logs", second_port);
            assert_string_equal(s.exchange.answer.location, location);
            assert_int_equal(atomic_load(&s.server.seen->requests), 1);
            close_scene(&s);
        }
    }
    assert_int_equal(atomic_load(&second.seen->connections), 0);
    dl_key_free(key);
    server_stop(&second);
}

/* ---- no answer ---- */

static void a_name_that_is_not_there_is_named(void **state)
{
    struct exchange exchange = {0};
    struct dl_http_request request = {.url = "https://name.invalid/x"};

    (void)state;
    exchange_run(&exchange, &request);
    exchange_expect(&exchange, DL_E_NET_DNS, "the name name.invalid cannot be looked up");
    assert_int_equal(exchange.answer.dns_ms, -1);
    assert_int_equal(exchange.answer.address_count, 0);
    exchange_close(&exchange);
}

static void a_refused_connection_names_host_and_port(void **state)
{
    struct exchange exchange = {0};
    struct dl_http_request request = {0};
    char words[60];
    int port = server_closed_port();

    (void)state;
    request.url = exchange_url(&exchange, "http", port, "/");
    exchange_run(&exchange, &request);
    snprintf(words, sizeof words, "localhost:%d", port);
    exchange_expect(&exchange, DL_E_NET_REFUSED, words);
    exchange_expect(&exchange, DL_E_NET_REFUSED, "refused the connection");
    assert_int_equal(exchange.answer.os_errno, ECONNREFUSED);
    assert_true(exchange.answer.dns_ms >= 0);
    assert_int_equal(exchange.answer.connect_ms, -1);
    assert_true(exchange.answer.address_count >= 1);
    exchange_close(&exchange);
}

static void a_look_up_names_the_addresses_of_a_family_and_connects_to_none(void **state)
{
    struct exchange exchange = {0};
    struct dl_http_request request = {.method = DL_HTTP_LOOKUP, .url = "https://localhost:1"};

    (void)state;
    exchange_run(&exchange, &request);
    assert_int_equal(exchange.answer.code, DL_OK);
    assert_int_equal(exchange.answer.address_count, 2);
    assert_int_equal(exchange.answer.connect_ms, -1);
    assert_true(exchange.answer.dns_ms >= 0);
    request.family = DL_HTTP_IPV4;
    exchange_run(&exchange, &request);
    assert_int_equal(exchange.answer.address_count, 1);
    assert_string_equal(exchange.answer.addresses[0], "127.0.0.1");
    request.family = DL_HTTP_IPV6;
    exchange_run(&exchange, &request);
    assert_int_equal(exchange.answer.address_count, 1);
    assert_string_equal(exchange.answer.addresses[0], "::1");
    request.url = "https://name.invalid";
    exchange_run(&exchange, &request);
    exchange_expect(&exchange, DL_E_NET_DNS, "the name name.invalid cannot be looked up");
    exchange_close(&exchange);
}

static void wait_for_a_request(struct peer *peer)
{
    peer_read_request(peer);
}

static void a_dial_connects_and_says_nothing(void **state)
{
    struct exchange exchange = {0};
    struct dl_http_request request = {.method = DL_HTTP_DIAL, .family = DL_HTTP_IPV4};
    struct server server;

    (void)state;
    server_start(&server, wait_for_a_request, NULL);
    request.url = exchange_url(&exchange, "https", server.port, "");
    exchange_run(&exchange, &request);
    assert_int_equal(exchange.answer.code, DL_OK);
    assert_string_equal(exchange.answer.address, "127.0.0.1");
    assert_true(exchange.answer.connect_ms >= 0);
    assert_int_equal(exchange.answer.tls_ms, -1);
    exchange_close(&exchange);
    assert_int_equal(atomic_load(&server.seen->bytes), 0);
    server_stop(&server);
    request.url = exchange_url(&exchange, "https", server_closed_port(), "");
    exchange_run(&exchange, &request);
    exchange_expect(&exchange, DL_E_NET_REFUSED, "refused the connection");
    exchange_close(&exchange);
}

static void end_at_once(struct peer *peer)
{
    peer_read_request(peer);
}

static void reset_at_once(struct peer *peer)
{
    peer_read_request(peer);
    peer_reset(peer);
}

static void reset_within(struct peer *peer)
{
    peer_read_request(peer);
    peer_write(peer, "HTTP/1.1 202 Accepted\r\nContent-Length: 1000\r\n\r\n{\"some\":");
    peer_pause(50);
    peer_reset(peer);
}

static void end_within(struct peer *peer)
{
    peer_read_request(peer);
    peer_write(peer, "HTTP/1.1 202 Accepted\r\nContent-Length: 1000\r\n\r\n{\"some\":");
}

static void end_within_chunk(struct peer *peer)
{
    peer_read_request(peer);
    peer_write(peer, "HTTP/1.1 202 Accepted\r\nTransfer-Encoding: chunked\r\n\r\n10\r\n{\"some\":");
}

static void end_within_head(struct peer *peer)
{
    peer_read_request(peer);
    peer_write(peer, "HTTP/1.1 202 Accepted\r\nContent-Le");
}

static void a_connection_that_is_cut_is_no_success_whatever_came_before(void **state)
{
    static server_script *const scripts[] = {end_at_once, reset_at_once,    reset_within,
                                             end_within,  end_within_chunk, end_within_head};

    (void)state;
    for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++) {
        struct scene s;

        open_scene(&s, scripts[i]);
        exchange_run(&s.exchange, &s.request);
        exchange_expect(&s.exchange, DL_E_NET_RESET, "localhost:");
        assert_true(s.exchange.answer.connect_ms >= 0);
        close_scene(&s);
    }
}

static void rubbish(struct peer *peer)
{
    peer_read_request(peer);
    peer_write(peer, "SSH-2.0-OpenSSH_9.2p1 Debian\r\n");
}

static void strange_version(struct peer *peer)
{
    peer_read_request(peer);
    peer_write(peer, "HTTP/7.3 200 OK\r\nContent-Length: 0\r\n\r\n");
}

static void what_is_not_http_is_called_so(void **state)
{
    static server_script *const scripts[] = {rubbish, strange_version};

    (void)state;
    for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++) {
        struct scene s;

        open_scene(&s, scripts[i]);
        exchange_run(&s.exchange, &s.request);
        exchange_expect(&s.exchange, DL_E_HTTP_HTML, "does not answer in HTTP");
        close_scene(&s);
    }
}

/* ---- time ---- */

static void say_nothing(struct peer *peer)
{
    peer_read_request(peer);
    peer_wait_for_end(peer);
}

static void drip_a_header(struct peer *peer)
{
    peer_read_request(peer);
    peer_write(peer, "HTTP/1.1 202 Accepted\r\nX-Slow: ");
    while (peer_write(peer, "x"))
        peer_pause(20);
}

static void drip_a_body(struct peer *peer)
{
    peer_read_request(peer);
    peer_write(peer, "HTTP/1.1 202 Accepted\r\nContent-Length: 60000\r\n\r\n");
    while (peer_write(peer, " "))
        peer_pause(20);
}

static void a_server_that_says_nothing_is_left_after_the_idle_time(void **state)
{
    struct scene s;

    (void)state;
    open_scene(&s, say_nothing);
    s.request.idle_timeout_ms = 300;
    exchange_run(&s.exchange, &s.request);
    exchange_expect(&s.exchange, DL_E_NET_TIMEOUT, "sent nothing for 0.3 s");
    assert_in_range(s.exchange.answer.total_ms, 290, 3000);
    close_scene(&s);
}

static void a_header_that_never_ends_does_not_keep_it_waiting(void **state)
{
    struct scene s;

    (void)state;
    open_scene(&s, drip_a_header);
    s.request.idle_timeout_ms = 300;
    exchange_run(&s.exchange, &s.request);
    exchange_expect(&s.exchange, DL_E_NET_TIMEOUT, "sent nothing for 0.3 s");
    close_scene(&s);
}

static void a_body_that_drips_ends_at_the_total_time(void **state)
{
    struct scene s;

    (void)state;
    open_scene(&s, drip_a_body);
    s.request.idle_timeout_ms = 300;
    s.request.timeout_ms = 900;
    exchange_run(&s.exchange, &s.request);
    exchange_expect(&s.exchange, DL_E_NET_TIMEOUT, "did not finish its answer in 0.9 s");
    assert_in_range(s.exchange.answer.total_ms, 890, 4000);
    close_scene(&s);
}

static void a_body_on_its_way_out_that_nobody_reads_ends_at_the_idle_time(void **state)
{
    const size_t size = 16 * 1024 * 1024;
    char *body = calloc(1, size);
    struct scene s;

    (void)state;
    open_scene(&s, peer_wait_for_end);
    kill(s.server.pid, SIGSTOP); /* the kernel connects, nobody reads */
    s.request.method = DL_HTTP_POST;
    s.request.body = body;
    s.request.body_length = size;
    s.request.idle_timeout_ms = 300;
    exchange_run(&s.exchange, &s.request);
    exchange_expect(&s.exchange, DL_E_NET_TIMEOUT, "sent nothing for 0.3 s");
    close_scene(&s);
    free(body);
}

/* ---- size ---- */

static void endless_body(struct peer *peer)
{
    static char block[8192];

    peer_read_request(peer);
    memset(block, ' ', sizeof block);
    peer_write(peer, "HTTP/1.1 202 Accepted\r\n\r\n");
    while (peer_write_bytes(peer, block, sizeof block)) {
    }
}

static void large_body(struct peer *peer)
{
    static char body[DL_HTTP_BODY_MAX + 1];

    memset(body, 'x', DL_HTTP_BODY_MAX);
    while (peer_read_request(peer))
        peer_answer(peer, "200 OK", "", body);
}

static void endless_headers(struct peer *peer)
{
    peer_read_request(peer);
    peer_write(peer, "HTTP/1.1 202 Accepted\r\n");
    while (peer_write(peer, "X: y\r\n")) {
    }
}

static void endless_header(struct peer *peer)
{
    static char block[8192];

    peer_read_request(peer);
    memset(block, 'x', sizeof block);
    peer_write(peer, "HTTP/1.1 202 Accepted\r\nX: ");
    while (peer_write_bytes(peer, block, sizeof block)) {
    }
}

static void endless_continue(struct peer *peer)
{
    peer_read_request(peer);
    while (peer_write(peer, "HTTP/1.1 100 Continue\r\n\r\n")) {
    }
}

static void an_endless_body_is_cut_and_marked(void **state)
{
    struct scene s;

    (void)state;
    open_scene(&s, endless_body);
    exchange_run(&s.exchange, &s.request);
    exchange_expect(&s.exchange, DL_OK, "");
    assert_int_equal(s.exchange.answer.status, 202);
    assert_true(s.exchange.answer.body_cut);
    assert_int_equal(s.exchange.answer.body_length, DL_HTTP_BODY_MAX);
    close_scene(&s);
}

static void a_body_of_exactly_the_limit_is_whole(void **state)
{
    struct scene s;

    (void)state;
    open_scene(&s, large_body);
    exchange_run(&s.exchange, &s.request);
    exchange_expect(&s.exchange, DL_OK, "");
    assert_false(s.exchange.answer.body_cut);
    assert_int_equal(s.exchange.answer.body_length, DL_HTTP_BODY_MAX);
    close_scene(&s);
}

static void headers_without_end_are_refused(void **state)
{
    static server_script *const scripts[] = {endless_headers, endless_header, endless_continue};

    (void)state;
    for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++) {
        struct scene s;

        open_scene(&s, scripts[i]);
        exchange_run(&s.exchange, &s.request);
        exchange_expect(&s.exchange, DL_E_HTTP_HTML, "headers");
        close_scene(&s);
    }
}

static void ask_to_wait(struct peer *peer)
{
    while (peer_read_request(peer))
        peer_answer(peer, "429 Too Many Requests",
                    "Retry-After: 7\r\nDate: Sun, 17 May 2026 12:00:00 GMT\r\n", "{\"errors\":[]}");
}

static void a_wait_that_is_asked_for_and_the_server_s_date_are_handed_on(void **state)
{
    struct scene s;

    (void)state;
    open_scene(&s, ask_to_wait);
    exchange_run(&s.exchange, &s.request);
    exchange_expect(&s.exchange, DL_OK, "");
    assert_int_equal(s.exchange.answer.status, 429);
    assert_int_equal(s.exchange.answer.retry_after_ms, 7000);
    assert_string_equal(s.exchange.answer.date, "Sun, 17 May 2026 12:00:00 GMT");
    close_scene(&s);
}

/* ---- the loop ---- */

static void count_call(void *context, const struct dl_http_answer *answer)
{
    (void)answer;
    ++*(int *)context;
}

static void a_cancelled_transfer_calls_back_no_more(void **state)
{
    struct dl_http_transfer *transfer;
    struct scene s;
    int calls = 0;
    int64_t begun;

    (void)state;
    open_scene(&s, say_nothing);
    assert_int_equal(dl_http_new(&s.exchange.http, NULL), 0);
    assert_int_equal(
        dl_http_start(&transfer, s.exchange.http, &s.request, count_call, &calls, NULL), 0);
    while (atomic_load(&s.server.seen->requests) == 0)
        assert_int_equal(dl_http_poll(s.exchange.http, NULL, 0, 10, NULL), 1);
    begun = dl_clock_ms();
    dl_http_cancel(s.exchange.http, transfer);
    assert_int_equal(dl_http_poll(s.exchange.http, NULL, 0, 0, NULL), 0);
    assert_true(dl_clock_ms() - begun < 200);
    assert_int_equal(calls, 0);
    dl_http_cancel(s.exchange.http, NULL);
    close_scene(&s);
}

static void freeing_the_loop_ends_what_runs_without_a_call(void **state)
{
    struct scene s;
    int calls = 0;

    (void)state;
    open_scene(&s, say_nothing);
    assert_int_equal(dl_http_new(&s.exchange.http, NULL), 0);
    for (int i = 0; i < 3; i++)
        assert_int_equal(dl_http_start(NULL, s.exchange.http, &s.request, count_call, &calls, NULL),
                         0);
    assert_int_equal(dl_http_poll(s.exchange.http, NULL, 0, 0, NULL), 3);
    close_scene(&s);
    assert_int_equal(calls, 0);
}

struct chain {
    struct dl_http *http;
    struct dl_http_request *request;
    struct dl_http_transfer *other;
    int left, calls;
};

static void start_the_next(void *context, const struct dl_http_answer *answer)
{
    struct chain *chain = context;

    assert_int_equal(answer->code, DL_OK);
    chain->calls++;
    if (chain->other) {
        dl_http_cancel(chain->http, chain->other);
        chain->other = NULL;
    }
    if (chain->left-- > 0)
        assert_int_equal(
            dl_http_start(NULL, chain->http, chain->request, start_the_next, chain, NULL), 0);
}

static void a_callback_may_start_and_cancel_others(void **state)
{
    struct server silent;
    struct scene s;
    struct chain chain;
    struct dl_http_request other = {0};
    char url[100];
    int other_calls = 0;
    int64_t end = dl_clock_ms() + 20000;

    (void)state;
    open_scene(&s, accept_all);
    server_start(&silent, say_nothing, NULL);
    snprintf(url, sizeof url, "http://127.0.0.1:%d/", silent.port);
    other.url = url;
    assert_int_equal(dl_http_new(&s.exchange.http, NULL), 0);
    chain = (struct chain){.http = s.exchange.http, .request = &s.request, .left = 4};
    assert_int_equal(
        dl_http_start(&chain.other, chain.http, &other, count_call, &other_calls, NULL), 0);
    assert_int_equal(dl_http_start(NULL, chain.http, &s.request, start_the_next, &chain, NULL), 0);
    while (dl_http_poll(chain.http, NULL, 0, 1000, NULL) > 0)
        assert_true(dl_clock_ms() < end);
    assert_int_equal(chain.calls, 5);
    assert_int_equal(other_calls, 0);
    server_stop(&silent);
    close_scene(&s);
}

static void a_descriptor_of_the_caller_wakes_the_loop(void **state)
{
    struct dl_http *http;
    struct pollfd extra[2] = {{.events = POLLIN}, {.fd = -1, .events = POLLIN}};
    int fds[2];
    int64_t begun = dl_clock_ms();

    (void)state;
    assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
    assert_int_equal(dl_http_new(&http, NULL), 0);
    extra[0].fd = fds[0];
    assert_int_equal(dl_http_poll(http, extra, 2, 0, NULL), 0);
    assert_int_equal(extra[0].revents, 0);
    assert_int_equal(write(fds[1], "x", 1), 1);
    assert_int_equal(dl_http_poll(http, extra, 2, 60000, NULL), 0);
    assert_int_equal(extra[0].revents, POLLIN);
    assert_int_equal(extra[1].revents, 0);
    assert_int_equal(read(fds[0], (char[1]){0}, 1), 1);
    close(fds[1]); /* the end of a pipe shows as POLLHUP */
    assert_int_equal(dl_http_poll(http, extra, 2, 60000, NULL), 0);
    assert_int_equal(extra[0].revents, POLLHUP);
    assert_true(dl_clock_ms() - begun < 10000);
    close(fds[0]);
    dl_http_free(http);
}

static void versions_are_told(void **state)
{
    (void)state;
    assert_memory_equal(dl_http_user_agent(), "ddlogs/", 7);
    assert_non_null(strstr(dl_http_user_agent(), " (linux)"));
    assert_memory_equal(dl_http_library_version(), "libcurl/", 8);
    assert_non_null(strstr(dl_http_library_version(), "SSL/"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_holds_exactly_the_headers_that_are_meant),
        cmocka_unit_test(a_get_without_a_key_sends_none),
        cmocka_unit_test(a_body_of_five_megabytes_goes_out_at_once_without_100_continue),
        cmocka_unit_test(the_next_request_uses_the_same_connection_and_no_cookie),
        cmocka_unit_test(a_control_character_anywhere_is_refused_before_anything_is_sent),
        cmocka_unit_test(http_leads_to_this_machine_alone),
        cmocka_unit_test(environment_and_netrc_change_nothing),
        cmocka_unit_test(a_redirect_is_never_followed_and_the_second_server_sees_nothing),
        cmocka_unit_test(a_name_that_is_not_there_is_named),
        cmocka_unit_test(a_refused_connection_names_host_and_port),
        cmocka_unit_test(a_look_up_names_the_addresses_of_a_family_and_connects_to_none),
        cmocka_unit_test(a_dial_connects_and_says_nothing),
        cmocka_unit_test(a_connection_that_is_cut_is_no_success_whatever_came_before),
        cmocka_unit_test(what_is_not_http_is_called_so),
        cmocka_unit_test(a_server_that_says_nothing_is_left_after_the_idle_time),
        cmocka_unit_test(a_header_that_never_ends_does_not_keep_it_waiting),
        cmocka_unit_test(a_body_that_drips_ends_at_the_total_time),
        cmocka_unit_test(a_body_on_its_way_out_that_nobody_reads_ends_at_the_idle_time),
        cmocka_unit_test(an_endless_body_is_cut_and_marked),
        cmocka_unit_test(a_body_of_exactly_the_limit_is_whole),
        cmocka_unit_test(headers_without_end_are_refused),
        cmocka_unit_test(a_wait_that_is_asked_for_and_the_server_s_date_are_handed_on),
        cmocka_unit_test(a_cancelled_transfer_calls_back_no_more),
        cmocka_unit_test(freeing_the_loop_ends_what_runs_without_a_call),
        cmocka_unit_test(a_callback_may_start_and_cancel_others),
        cmocka_unit_test(a_descriptor_of_the_caller_wakes_the_loop),
        cmocka_unit_test(versions_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
