#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "exchange.h"
#include "net/http_private.h"
#include "server.h"

#define NAMES "DNS:localhost,DNS:intake.example"
#define DAY 86400L

static struct certificate ca, good, expired, early, other_name, self_signed, foreign_ca, foreign;
static char folder[] = "/tmp/ddlogs-tls-XXXXXX";
static char ca_file[64];

static int make_certificates(void **state)
{
    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(ca_file, sizeof ca_file, "%s/ca.pem", folder);
    certificate_make(&ca, "Example Corp Test CA", NULL, -DAY, 30 * DAY, NULL);
    certificate_make(&good, "good", NAMES, -DAY, 30 * DAY, &ca);
    certificate_make(&expired, "expired", NAMES, -2 * DAY, -DAY, &ca);
    certificate_make(&early, "early", NAMES, DAY, 2 * DAY, &ca);
    certificate_make(&other_name, "other", "DNS:portal.example", -DAY, 30 * DAY, &ca);
    certificate_make(&self_signed, "self", NAMES, -DAY, 30 * DAY, NULL);
    certificate_make(&foreign_ca, "Foreign CA", NULL, -DAY, 30 * DAY, NULL);
    certificate_make(&foreign, "foreign", NAMES, -DAY, 30 * DAY, &foreign_ca);
    certificate_write(&ca, ca_file);
    return 0;
}

static int drop_certificates(void **state)
{
    struct certificate *all[] = {&ca,         &good,        &expired,    &early,
                                 &other_name, &self_signed, &foreign_ca, &foreign};

    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        certificate_free(all[i]);
    unlink(ca_file);
    rmdir(folder);
    return 0;
}

struct scene {
    struct server server;
    struct exchange exchange;
    struct dl_http_request request;
};

static void open_scene(struct scene *s, server_script *script, const struct server_options *options)
{
    memset(s, 0, sizeof *s);
    server_start(&s->server, script, options);
    s->request.url = exchange_url(&s->exchange, "https", s->server.port, "/api/v2/logs");
    s->request.ca_file = ca_file;
}

static void close_scene(struct scene *s)
{
    exchange_close(&s->exchange);
    server_stop(&s->server);
}

static void accept_all(struct peer *peer)
{
    while (peer_read_request(peer))
        peer_answer(peer, "202 Accepted", "", "{}");
}

static void a_trusted_server_gets_the_request(void **state)
{
    static const struct server_options options = {.certificate = &good};
    struct scene s;
    const struct dl_http_answer *a = &s.exchange.answer;

    (void)state;
    open_scene(&s, accept_all, &options);
    for (int i = 0; i < 2; i++) {
        exchange_run(&s.exchange, &s.request);
        exchange_expect(&s.exchange, DL_OK, "");
        assert_int_equal(a->status, 202);
        assert_string_equal(a->tls_version, "TLSv1.3");
        assert_memory_equal(a->tls_cipher, "TLS_", 4);
        assert_string_equal(a->address, "127.0.0.1");
        assert_in_range(a->dns_ms, 0, a->connect_ms);
        assert_in_range(a->connect_ms, 0, a->tls_ms);
        assert_in_range(a->tls_ms, 0, a->answer_ms);
        assert_in_range(a->answer_ms, 0, a->total_ms);
        assert_true(s.exchange.progress >= 1);
    }
    assert_int_equal(atomic_load(&s.server.seen->handshakes), 1);
    close_scene(&s);
}

static void tls_1_2_is_enough(void **state)
{
    static const struct server_options options = {.certificate = &good, .tls_most = TLS1_2_VERSION};
    struct scene s;

    (void)state;
    open_scene(&s, accept_all, &options);
    exchange_run(&s.exchange, &s.request);
    exchange_expect(&s.exchange, DL_OK, "");
    assert_string_equal(s.exchange.answer.tls_version, "TLSv1.2");
    close_scene(&s);
}

/* No request reaches a server whose certificate is refused, whatever is wrong with it. */
static void a_certificate_that_cannot_be_trusted_ends_it_before_the_request(void **state)
{
    static const struct {
        const struct certificate *certificate;
        bool with_ca;
        enum dl_code code;
        long verify;
        const char *words;
    } rows[] = {
        {&expired, true, DL_E_TLS_TIME, 10, "has expired; the clock here says 2"},
        {&early, true, DL_E_TLS_TIME, 9, "is not valid yet; the clock here says 2"},
        {&other_name, true, DL_E_TLS_NAME, 1, "is for another name"},
        {&self_signed, true, DL_E_TLS_CA, 18, "self-signed"},
        {&foreign, true, DL_E_TLS_CA, 20, "unable to get local issuer"},
        {&good, false, DL_E_TLS_CA, 20, "unable to get local issuer"},
    };
    struct dl_key *key;

    (void)state;
    assert_int_equal(dl_key_new(&key, "0123456789abcdef0123456789abcdef", 32, NULL), 0);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct server_options options = {.certificate = rows[i].certificate};
        struct scene s;
        char where[100];

        open_scene(&s, accept_all, &options);
        s.request.key = key;
        if (!rows[i].with_ca)
            s.request.ca_file = NULL;
        exchange_run(&s.exchange, &s.request);
        exchange_expect(&s.exchange, rows[i].code, rows[i].words);
        snprintf(where, sizeof where, "localhost:%d (127.0.0.1)", s.server.port);
        exchange_expect(&s.exchange, rows[i].code, where);
        assert_int_equal(s.exchange.answer.verify_result, rows[i].verify);
        assert_true(s.exchange.answer.connect_ms >= 0);
        assert_int_equal(s.exchange.answer.tls_ms, -1);
        assert_int_equal(atomic_load(&s.server.seen->bytes), 0);
        close_scene(&s);
    }
    dl_key_free(key);
}

static void less_than_tls_1_2_is_refused(void **state)
{
    static const int versions[] = {TLS1_VERSION, TLS1_1_VERSION};

    (void)state;
    for (size_t i = 0; i < sizeof versions / sizeof *versions; i++) {
        struct server_options options = {.certificate = &good, .tls_most = versions[i]};
        struct scene s;

        open_scene(&s, accept_all, &options);
        exchange_run(&s.exchange, &s.request);
        exchange_expect(&s.exchange, DL_E_TLS_VERSION, "agree on no TLS of 1.2 or newer");
        assert_int_equal(atomic_load(&s.server.seen->handshakes), 0);
        close_scene(&s);
    }
}

static void answer_in_plain(struct peer *peer)
{
    peer_write(peer, "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
    peer_wait_for_end(peer);
}

static void end_at_once(struct peer *peer)
{
    (void)peer;
    peer_pause(20);
}

static void reset_at_once(struct peer *peer)
{
    peer_pause(20);
    peer_reset(peer);
}

static void what_goes_wrong_in_the_handshake_is_told_apart(void **state)
{
    static const struct {
        server_script *script;
        enum dl_code code;
        const char *words;
    } rows[] = {
        {answer_in_plain, DL_E_TLS_NOTTLS, "does not speak TLS"},
        {peer_wait_for_end, DL_E_TLS_TIMEOUT, "the TLS handshake got no answer in 0.4 s"},
        {end_at_once, DL_E_NET_RESET, "during the TLS handshake"},
        {reset_at_once, DL_E_NET_RESET, "during the TLS handshake"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct scene s;

        open_scene(&s, rows[i].script, NULL);
        if (rows[i].code == DL_E_TLS_TIMEOUT)
            s.request.connect_timeout_ms = 400;
        exchange_run(&s.exchange, &s.request);
        exchange_expect(&s.exchange, rows[i].code, rows[i].words);
        assert_true(s.exchange.answer.connect_ms >= 0);
        assert_int_equal(s.exchange.answer.tls_ms, -1);
        assert_string_equal(s.exchange.answer.address, "127.0.0.1");
        close_scene(&s);
    }
}

static void a_handshake_alone_gives_the_chain_and_sends_nothing(void **state)
{
    static const struct server_options options = {.certificate = &good};
    struct scene s;
    const struct dl_http_answer *a = &s.exchange.answer;

    (void)state;
    open_scene(&s, accept_all, &options);
    s.request.method = DL_HTTP_CONNECT;
    exchange_run(&s.exchange, &s.request);
    exchange_expect(&s.exchange, DL_OK, "");
    assert_int_equal(a->status, 0);
    assert_true(a->tls_ms >= a->connect_ms);
    assert_string_equal(a->tls_version, "TLSv1.3");
    assert_int_equal(a->chain_length, 1);
    assert_non_null(strstr(a->chain[0].subject, "good"));
    assert_non_null(strstr(a->chain[0].issuer, "Example Corp Test CA"));
    assert_non_null(strstr(a->chain[0].not_after, "GMT"));
    assert_int_equal(atomic_load(&s.server.seen->bytes), 0);
    close_scene(&s);
}

static void a_look_names_the_issuer_that_was_refused(void **state)
{
    static const struct server_options options = {.certificate = &foreign};
    struct scene s;

    (void)state;
    open_scene(&s, accept_all, &options);
    s.request.method = DL_HTTP_CONNECT;
    s.request.look_at_certificate = true;
    exchange_run(&s.exchange, &s.request);
    exchange_expect(&s.exchange, DL_OK, "");
    assert_non_null(strstr(s.exchange.answer.chain[0].issuer, "Foreign CA"));
    assert_int_equal(s.exchange.answer.verify_result, 20);

    /* the connection it made is used for nothing else */
    s.request.method = DL_HTTP_GET;
    s.request.look_at_certificate = false;
    exchange_run(&s.exchange, &s.request);
    exchange_expect(&s.exchange, DL_E_TLS_CA, "not trusted here");
    assert_int_equal(atomic_load(&s.server.seen->bytes), 0);
    close_scene(&s);
}

static void a_look_with_a_key_or_a_request_is_refused(void **state)
{
    struct dl_http_request request = {.url = "https://localhost:1/", .look_at_certificate = true};
    struct dl_http *http;
    struct dl_key *key;

    (void)state;
    assert_int_equal(dl_key_new(&key, "0123456789abcdef0123456789abcdef", 32, NULL), 0);
    assert_int_equal(dl_http_new(&http, NULL), 0);
    request.method = DL_HTTP_GET;
    assert_int_equal(dl_http_start(NULL, http, &request, NULL, NULL, NULL), -DL_E_INTERNAL);
    request.method = DL_HTTP_POST;
    assert_int_equal(dl_http_start(NULL, http, &request, NULL, NULL, NULL), -DL_E_INTERNAL);
    request.method = DL_HTTP_CONNECT;
    request.key = key;
    assert_int_equal(dl_http_start(NULL, http, &request, NULL, NULL, NULL), -DL_E_INTERNAL);
    dl_http_free(http);
    dl_key_free(key);
}

static void connect_to_leads_elsewhere_and_keeps_the_name(void **state)
{
    static const struct server_options options = {.certificate = &good};
    struct scene s;
    char address[40];

    (void)state;
    open_scene(&s, accept_all, &options);
    snprintf(address, sizeof address, "127.0.0.1:%d", s.server.port);
    s.request.url = "https://intake.example/api/v2/logs";
    s.request.connect_to = address;
    exchange_run(&s.exchange, &s.request);
    exchange_expect(&s.exchange, DL_OK, "");
    assert_non_null(strstr(s.server.seen->request, "\r\nHost: intake.example\r\n"));

    exchange_close(&s.exchange); /* the server talks to one at a time */
    s.request.url = "https://portal.example/";
    exchange_run(&s.exchange, &s.request);
    exchange_expect(&s.exchange, DL_E_TLS_NAME, "portal.example:443 (127.0.0.1)");
    close_scene(&s);
}

/* ---- the CA file ---- */

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

static void a_ca_file_that_cannot_be_used_is_named(void **state)
{
    static const char junk[] = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    static const struct server_options options = {.certificate = &good};
    char path[100];
    struct dl_error err;
    struct scene s;

    (void)state;
    open_scene(&s, accept_all, &options);
    assert_int_equal(dl_http_new(&s.exchange.http, NULL), 0);
    snprintf(path, sizeof path, "%s/x.pem", folder);
    s.request.ca_file = path;
    assert_int_equal(dl_http_start(NULL, s.exchange.http, &s.request, NULL, NULL, &err),
                     -DL_E_CA_FILE);
    assert_non_null(strstr(err.text, path));
    assert_non_null(strstr(err.text, "No such file"));
    write_file(path, "no certificate\n");
    assert_int_equal(dl_http_start(NULL, s.exchange.http, &s.request, NULL, NULL, &err),
                     -DL_E_CA_FILE);
    assert_non_null(strstr(err.text, "no certificate in PEM form"));
    s.request.ca_file = folder;
    assert_int_equal(dl_http_start(NULL, s.exchange.http, &s.request, NULL, NULL, &err),
                     -DL_E_CA_FILE);

    write_file(path, junk);
    s.request.ca_file = path;
    exchange_run(&s.exchange, &s.request);
    exchange_expect(&s.exchange, DL_E_CA_FILE, path);

    certificate_write(&ca, path); /* mended: the next try reads it again */
    exchange_run(&s.exchange, &s.request);
    exchange_expect(&s.exchange, DL_OK, "");
    assert_int_equal(atomic_load(&s.server.seen->requests), 1);
    unlink(path);
    close_scene(&s);
}

static void a_ca_file_adds_to_the_system_s_bundle(void **state)
{
    static const struct server_options options = {.certificate = &good};
    struct scene s;
    struct dl_buffer bundle, extra;
    const char *path = NULL;
    CURL *easy;

    (void)state;
    open_scene(&s, accept_all, &options);
    exchange_run(&s.exchange, &s.request);
    exchange_expect(&s.exchange, DL_OK, "");
    dl_buffer_init(&bundle, DL_HTTP_CA_MAX);
    dl_buffer_init(&extra, DL_HTTP_CA_MAX);
    easy = curl_easy_init();
    assert_int_equal(curl_easy_getinfo(easy, CURLINFO_CAINFO, &path), CURLE_OK);
    assert_int_equal(dl_file_read(path, true, &bundle, NULL), 0);
    assert_int_equal(dl_file_read(ca_file, true, &extra, NULL), 0);
    assert_true(bundle.len > 1000);
    assert_memory_equal(s.exchange.http->ca_text.data, bundle.data, bundle.len);
    assert_non_null(strstr(s.exchange.http->ca_text.data + bundle.len, extra.data));
    curl_easy_cleanup(easy);
    dl_buffer_free(&bundle);
    dl_buffer_free(&extra);
    close_scene(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_trusted_server_gets_the_request),
        cmocka_unit_test(tls_1_2_is_enough),
        cmocka_unit_test(a_certificate_that_cannot_be_trusted_ends_it_before_the_request),
        cmocka_unit_test(less_than_tls_1_2_is_refused),
        cmocka_unit_test(what_goes_wrong_in_the_handshake_is_told_apart),
        cmocka_unit_test(a_handshake_alone_gives_the_chain_and_sends_nothing),
        cmocka_unit_test(a_look_names_the_issuer_that_was_refused),
        cmocka_unit_test(a_look_with_a_key_or_a_request_is_refused),
        cmocka_unit_test(connect_to_leads_elsewhere_and_keeps_the_name),
        cmocka_unit_test(a_ca_file_that_cannot_be_used_is_named),
        cmocka_unit_test(a_ca_file_adds_to_the_system_s_bundle),
    };
    return cmocka_run_group_tests(tests, make_certificates, drop_certificates);
}
