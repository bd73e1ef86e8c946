#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "exchange.h"
#include "server.h"

#define KEY "0123456789abcdef0123456789abcdef"

static struct certificate ca, good;
static char ca_file[] = "/tmp/ddlogs-proxy-XXXXXX";

static int make_certificates(void **state)
{
    (void)state;
    close(mkstemp(ca_file));
    certificate_make(&ca, "Test CA", NULL, -86400, 86400, NULL);
    certificate_make(&good, "good", "DNS:localhost", -86400, 86400, &ca);
    certificate_write(&ca, ca_file);
    return 0;
}

static int drop_certificates(void **state)
{
    (void)state;
    certificate_free(&ca);
    certificate_free(&good);
    unlink(ca_file);
    return 0;
}

struct scene {
    struct server origin, proxy;
    struct exchange exchange;
    struct dl_proxy address;
    struct dl_http_request request;
};

static void accept_all(struct peer *peer)
{
    while (peer_read_request(peer))
        peer_answer(peer, "202 Accepted", "", "{}");
}

/* An https origin, and a proxy with a script in front of it. */
static void open_scene(struct scene *s, server_script *script)
{
    const struct server_options tls = {.certificate = &good}, relay = {.canary = KEY};

    memset(s, 0, sizeof *s);
    server_start(&s->origin, accept_all, &tls);
    server_start(&s->proxy, script, &relay);
    s->request.url = exchange_url(&s->exchange, "https", s->origin.port, "/api/v2/logs");
    s->request.ca_file = ca_file;
    s->request.proxy = &s->address;
    snprintf(s->address.url, sizeof s->address.url, "http://me:hunter2@127.0.0.1:%d",
             s->proxy.port);
    snprintf(s->address.shown, sizeof s->address.shown, "http://127.0.0.1:%d", s->proxy.port);
    snprintf(s->address.origin, sizeof s->address.origin, "HTTPS_PROXY");
}

static void close_scene(struct scene *s)
{
    exchange_close(&s->exchange);
    server_stop(&s->proxy);
    server_stop(&s->origin);
}

static void tunnel(struct peer *peer)
{
    const char *colon;

    if (!peer_read_request(peer) || strncmp(peer_request(peer), "CONNECT ", 8) != 0)
        return;
    colon = strchr(peer_request(peer), ':');
    peer_write(peer, "HTTP/1.1 200 Connection established\r\n\r\n");
    peer_relay(peer, atoi(colon + 1));
}

static void a_proxy_sees_connect_and_neither_request_nor_key(void **state)
{
    struct scene s;
    struct dl_key *key;
    char expected[100];

    (void)state;
    open_scene(&s, tunnel);
    assert_int_equal(dl_key_new(&key, KEY, strlen(KEY), NULL), 0);
    s.request.key = key;
    exchange_run(&s.exchange, &s.request);
    exchange_expect(&s.exchange, DL_OK, "");
    assert_int_equal(s.exchange.answer.status, 202);
    assert_int_equal(s.exchange.answer.proxy_status, 200);
    snprintf(expected, sizeof expected, "CONNECT localhost:%d HTTP/1.1\r\n", s.origin.port);
    assert_memory_equal(s.proxy.seen->request, expected, strlen(expected));
    /* "me:hunter2" in base64, for the proxy alone */
    assert_non_null(
        strstr(s.proxy.seen->request, "\r\nProxy-Authorization: Basic bWU6aHVudGVyMg==\r\n"));
    assert_null(strstr(s.proxy.seen->request, KEY));
    assert_null(strstr(s.proxy.seen->request, "DD-"));
    assert_int_equal(atomic_load(&s.proxy.seen->leaks), 0);
    assert_null(strstr(s.origin.seen->request, "Proxy-"));
    assert_non_null(strstr(s.origin.seen->request, "\r\nDD-API-KEY: " KEY "\r\n"));
    dl_key_free(key);
    close_scene(&s);
}

/* The relay can find the key: in plain http on this machine it passes through. */
static void a_relay_notices_a_key_that_passes_in_clear(void **state)
{
    const struct server_options relay = {.canary = KEY};
    struct server origin, proxy;
    struct exchange exchange = {0};
    struct dl_proxy address = {0};
    struct dl_http_request request = {.proxy = &address};
    struct dl_key *key;

    (void)state;
    server_start(&origin, accept_all, NULL);
    server_start(&proxy, tunnel, &relay);
    assert_int_equal(dl_key_new(&key, KEY, strlen(KEY), NULL), 0);
    snprintf(address.url, sizeof address.url, "http://127.0.0.1:%d", proxy.port);
    request.url = exchange_url(&exchange, "http", origin.port, "/");
    request.key = key;
    exchange_run(&exchange, &request);
    exchange_expect(&exchange, DL_OK, "");
    assert_memory_equal(proxy.seen->request, "CONNECT localhost:", 18);
    assert_int_equal(atomic_load(&proxy.seen->leaks), 1);
    dl_key_free(key);
    exchange_close(&exchange);
    server_stop(&proxy);
    server_stop(&origin);
}

static const char *refusal;

static void refuse(struct peer *peer)
{
    if (peer_read_request(peer))
        peer_answer(peer, refusal, "Proxy-Authenticate: Basic realm=\"x\"\r\n", "<html>no</html>");
}

static void say_nothing(struct peer *peer)
{
    peer_read_request(peer);
    peer_wait_for_end(peer);
}

static void end_at_once(struct peer *peer)
{
    peer_read_request(peer);
}

static void rubbish(struct peer *peer)
{
    peer_read_request(peer);
    peer_write(peer, "SSH-2.0-OpenSSH_9.2p1\r\n\r\n");
    peer_wait_for_end(peer);
}

static void endless_headers(struct peer *peer)
{
    peer_read_request(peer);
    peer_write(peer, "HTTP/1.1 200 Connection established\r\n");
    while (peer_write(peer, "X: y\r\n"))
        peer_pause(1);
}

static void open_and_end(struct peer *peer)
{
    peer_read_request(peer);
    peer_write(peer, "HTTP/1.1 200 Connection established\r\n\r\n");
}

static void open_and_answer_itself(struct peer *peer)
{
    peer_read_request(peer);
    peer_write(peer, "HTTP/1.1 200 Connection established\r\n\r\n"
                     "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nlogin");
    peer_wait_for_end(peer);
}

static void what_a_proxy_does_wrong_is_told_apart_and_names_where_it_was_set(void **state)
{
    static const struct {
        server_script *script;
        const char *status;
        enum dl_code code;
        const char *words;
    } rows[] = {
        {refuse, "407 Proxy Authentication Required", DL_E_PROXY_AUTH, "user and password"},
        {refuse, "401 Unauthorized", DL_E_PROXY_AUTH, "(status 401)"},
        {refuse, "403 Forbidden", DL_E_PROXY_DENY, "does not allow CONNECT to localhost:"},
        {refuse, "405 Method Not Allowed", DL_E_PROXY_DENY, "(status 405)"},
        {refuse, "302 Found", DL_E_PROXY_DENY, "(status 302)"},
        {refuse, "500 Unable to connect", DL_E_NET_UNREACH, "cannot reach localhost:"},
        {refuse, "503 Unavailable", DL_E_NET_UNREACH, "(status 503)"},
        {say_nothing, NULL, DL_E_NET_TIMEOUT, "took the connection but did not open localhost:"},
        {end_at_once, NULL, DL_E_NET_RESET, "cut the connection before it opened localhost:"},
        /* it said 200 and never came to the end of its headers */
        {endless_headers, NULL, DL_E_TLS_TIMEOUT, "the TLS handshake got no answer"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct scene s;
        char who[100];

        refusal = rows[i].status;
        open_scene(&s, rows[i].script);
        if (rows[i].code == DL_E_NET_TIMEOUT || rows[i].code == DL_E_TLS_TIMEOUT)
            s.request.connect_timeout_ms = 600;
        exchange_run(&s.exchange, &s.request);
        exchange_expect(&s.exchange, rows[i].code, rows[i].words);
        snprintf(who, sizeof who, "the proxy http://127.0.0.1:%d (from HTTPS_PROXY)", s.proxy.port);
        exchange_expect(&s.exchange, rows[i].code, who);
        assert_null(strstr(s.exchange.answer.text, "hunter2"));
        assert_int_equal(atomic_load(&s.origin.seen->connections), 0);
        close_scene(&s);
    }
}

static void a_proxy_that_lies_gets_no_request(void **state)
{
    static const struct {
        server_script *script;
        enum dl_code code;
    } rows[] = {{open_and_end, DL_E_NET_RESET}, {open_and_answer_itself, DL_E_TLS_NOTTLS}};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct scene s;

        open_scene(&s, rows[i].script);
        exchange_run(&s.exchange, &s.request);
        exchange_expect(&s.exchange, rows[i].code, "localhost:");
        assert_int_equal(atomic_load(&s.proxy.seen->leaks), 0);
        close_scene(&s);
    }
}

static void a_proxy_that_talks_no_http_is_called_so(void **state)
{
    struct scene s;

    (void)state;
    open_scene(&s, rubbish);
    s.request.connect_timeout_ms = 600;
    exchange_run(&s.exchange, &s.request);
    assert_int_not_equal(s.exchange.answer.code, DL_OK);
    assert_int_not_equal(s.exchange.answer.code, DL_E_INTERNAL);
    assert_non_null(strstr(s.exchange.answer.text, "(from HTTPS_PROXY)"));
    close_scene(&s);
}

static void a_proxy_that_is_not_there_is_not_taken_for_the_host(void **state)
{
    struct exchange exchange = {0};
    struct dl_proxy proxy = {.origin = "https_proxy"};
    struct dl_http_request request = {.url = "https://intake.example/", .proxy = &proxy};

    (void)state;
    snprintf(proxy.url, sizeof proxy.url, "http://me:hunter2@127.0.0.1:%d", server_closed_port());
    snprintf(proxy.shown, sizeof proxy.shown, "http://127.0.0.1:1");
    exchange_run(&exchange, &request);
    exchange_expect(&exchange, DL_E_PROXY_REFUSED,
                    "the proxy http://127.0.0.1:1 (from https_proxy) refused the connection");

    snprintf(proxy.url, sizeof proxy.url, "http://me:hunter2@proxy.invalid:3128");
    snprintf(proxy.shown, sizeof proxy.shown, "http://proxy.invalid:3128");
    exchange_run(&exchange, &request);
    exchange_expect(&exchange, DL_E_NET_DNS_PROXY,
                    "the name of the proxy http://proxy.invalid:3128 (from https_proxy)");
    exchange_close(&exchange);
}

/* ---- SOCKS 5 (RFC 1928) ---- */

static unsigned char socks_reply;

static void socks(struct peer *peer)
{
    const unsigned char method[2] = {5, 0};
    const unsigned char reply[10] = {5, socks_reply, 0, 1, 0, 0, 0, 0, 0, 0};

    peer_write_bytes(peer, method, sizeof method);
    peer_write_bytes(peer, reply, sizeof reply);
    peer_wait_for_end(peer);
}

static void socks_no_method(struct peer *peer)
{
    const unsigned char none[2] = {5, 0xff};

    peer_write_bytes(peer, none, sizeof none);
    peer_wait_for_end(peer);
}

static void what_a_socks_proxy_answers_is_told_apart(void **state)
{
    static const struct {
        server_script *script;
        unsigned char reply;
        enum dl_code code;
    } rows[] = {
        {socks, 2, DL_E_PROXY_DENY},
        {socks, 4, DL_E_NET_UNREACH},
        {socks, 5, DL_E_NET_UNREACH},
        {socks_no_method, 0, DL_E_PROXY_AUTH},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct scene s;

        socks_reply = rows[i].reply;
        open_scene(&s, rows[i].script);
        snprintf(s.address.url, sizeof s.address.url, "socks5h://127.0.0.1:%d", s.proxy.port);
        exchange_run(&s.exchange, &s.request);
        exchange_expect(&s.exchange, rows[i].code, "(from HTTPS_PROXY)");
        close_scene(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_proxy_sees_connect_and_neither_request_nor_key),
        cmocka_unit_test(a_relay_notices_a_key_that_passes_in_clear),
        cmocka_unit_test(what_a_proxy_does_wrong_is_told_apart_and_names_where_it_was_set),
        cmocka_unit_test(a_proxy_that_lies_gets_no_request),
        cmocka_unit_test(a_proxy_that_talks_no_http_is_called_so),
        cmocka_unit_test(a_proxy_that_is_not_there_is_not_taken_for_the_host),
        cmocka_unit_test(what_a_socks_proxy_answers_is_told_apart),
    };
    return cmocka_run_group_tests(tests, make_certificates, drop_certificates);
}
