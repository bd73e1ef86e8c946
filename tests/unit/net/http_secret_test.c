/* Where the key must not be: in our memory after use, in a TLS key log, in what a server echoes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "exchange.h"
#include "net/verdict.h"
#include "secret/redact.h"
#include "server.h"

#define KEY_LENGTH 32
#define MASK 0x5a

static struct certificate ca, good;
static char ca_file[] = "/tmp/ddlogs-secret-XXXXXX";

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

/* ---- a search of this process's own memory ---- */

/* A random key; what is kept to look for it is masked, so that it does not find itself. */
static struct dl_key *new_key(unsigned char masked[KEY_LENGTH])
{
    struct dl_key *key;
    char text[KEY_LENGTH + 1];
    unsigned char random[KEY_LENGTH];

    assert_int_equal(dl_clock_random(random, sizeof random), 0);
    for (size_t i = 0; i < KEY_LENGTH; i++) {
        text[i] = "0123456789abcdef"[random[i] & 15];
        masked[i] = (unsigned char)text[i] ^ MASK;
    }
    text[KEY_LENGTH] = '\0';
    assert_int_equal(dl_key_new(&key, text, KEY_LENGTH, NULL), 0);
    explicit_bzero(text, sizeof text);
    explicit_bzero(random, sizeof random);
    return key;
}

static bool is_key(const unsigned char *at, const unsigned char masked[KEY_LENGTH])
{
    for (size_t i = 0; i < KEY_LENGTH; i++)
        if ((at[i] ^ MASK) != masked[i])
            return false;
    return true;
}

/* Looks through one mapping in pieces that overlap by a key less one byte. */
static size_t count_in(int memory, uintptr_t from, uintptr_t to, unsigned char *piece, size_t size,
                       const unsigned char masked[KEY_LENGTH])
{
    size_t found = 0;

    while (to - from >= KEY_LENGTH) {
        size_t want = to - from < size ? to - from : size;
        ssize_t got = pread(memory, piece, want, (off_t)from);

        if (got < KEY_LENGTH)
            break;
        for (size_t i = 0; i + KEY_LENGTH <= (size_t)got; i++)
            found += piece[i] == (masked[0] ^ MASK) && is_key(piece + i, masked);
        from += (size_t)got - (KEY_LENGTH - 1);
    }
    explicit_bzero(piece, size);
    return found;
}

/* Copies of the key anywhere in this process, its page and our own piece left out. */
static size_t count_copies(const struct dl_key *key, const unsigned char masked[KEY_LENGTH])
{
    static unsigned char piece[1 << 20];
    const uintptr_t page = (uintptr_t)dl_key_text(key) & ~(uintptr_t)4095;
    uintptr_t from, to;
    char line[512], mode[8];
    size_t found = 0;
    int memory = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
    FILE *maps = fopen("/proc/self/maps", "re");

    assert_true(memory >= 0);
    assert_non_null(maps);
    while (fgets(line, sizeof line, maps)) {
        if (sscanf(line, "%lx-%lx %7s", &from, &to, mode) != 3 || mode[0] != 'r' ||
            strstr(line, "[vvar]") || strstr(line, "[vsyscall]") || to - from > (1UL << 30))
            continue;
        if (page >= from && page < to) {
            found += count_in(memory, from, page, piece, sizeof piece, masked);
            from = page + 4096;
        }
        if ((uintptr_t)piece >= from && (uintptr_t)piece < to) {
            found += count_in(memory, from, (uintptr_t)piece, piece, sizeof piece, masked);
            from = (uintptr_t)piece + sizeof piece;
        }
        found += count_in(memory, from, to, piece, sizeof piece, masked);
    }
    fclose(maps);
    close(memory);
    return found;
}

static void the_search_finds_what_is_there(void **state)
{
    unsigned char masked[KEY_LENGTH];
    struct dl_key *key = new_key(masked);
    char *copy;

    (void)state;
    assert_int_equal(count_copies(key, masked), 0);
    copy = strdup(dl_key_text(key));
    assert_non_null(copy);
    assert_int_equal(count_copies(key, masked), 1);
    explicit_bzero(copy, KEY_LENGTH);
    assert_int_equal(count_copies(key, masked), 0);
    free(copy);
    dl_key_free(key);
}

static void accept_all(struct peer *peer)
{
    while (peer_read_request(peer))
        peer_answer(peer, "202 Accepted", "", "{}");
}

static void use_the_key(struct exchange *exchange, const struct dl_key *key, const char *body)
{
    struct dl_http_request request = {.url = exchange->url, .ca_file = ca_file, .key = key};

    exchange_run(exchange, &request);
    exchange_expect(exchange, DL_OK, "");
    request.method = DL_HTTP_POST;
    request.body = body;
    request.body_length = strlen(body);
    exchange_run(exchange, &request);
    exchange_expect(exchange, DL_OK, "");
    assert_int_equal(exchange->answer.status, 202);
}

static void no_copy_is_left_after_use(const struct server_options *options, const char *scheme)
{
    char *body = malloc(200000);
    unsigned char masked[KEY_LENGTH];
    struct server server;
    struct exchange exchange = {0};
    struct dl_key *key;

    assert_non_null(body);
    memset(body, ' ', 199999);
    body[199999] = '\0';
    server_start(&server, accept_all, options);
    key = new_key(masked);
    exchange_url(&exchange, scheme, server.port, "/api/v2/logs");
    use_the_key(&exchange, key, "[]");
    use_the_key(&exchange, key, body);
    assert_int_equal(atomic_load(&server.seen->requests), 4);
    exchange_close(&exchange);
    assert_int_equal(count_copies(key, masked), 0);
    dl_key_free(key);
    server_stop(&server);
    free(body);
}

static void after_http_the_locked_page_alone_holds_the_key(void **state)
{
    static const struct server_options options = {.forget = true};

    (void)state;
    no_copy_is_left_after_use(&options, "http");
}

static void after_https_the_locked_page_alone_holds_the_key(void **state)
{
    static const struct server_options options = {.certificate = &good, .forget = true};

    (void)state;
    no_copy_is_left_after_use(&options, "https");
}

static void after_a_failure_and_a_cancel_the_locked_page_alone_holds_the_key(void **state)
{
    struct exchange exchange = {0};
    unsigned char masked[KEY_LENGTH];
    struct dl_key *key = new_key(masked);
    struct dl_http_request request = {.key = key};
    struct dl_http_transfer *transfer;

    (void)state;
    request.url = exchange_url(&exchange, "https", server_closed_port(), "/");
    exchange_run(&exchange, &request);
    exchange_expect(&exchange, DL_E_NET_REFUSED, "localhost");
    assert_int_equal(dl_http_start(&transfer, exchange.http, &request, NULL, NULL, NULL), 0);
    dl_http_cancel(exchange.http, transfer);
    assert_int_equal(dl_http_start(&transfer, exchange.http, &request, NULL, NULL, NULL), 0);
    exchange_close(&exchange);
    assert_int_equal(count_copies(key, masked), 0);
    dl_key_free(key);
}

/* ---- SSLKEYLOGFILE ---- */

/* In a process of its own, as the program does at its start. */
static void one_hardened_request(int port)
{
    struct exchange exchange = {0};
    struct dl_http_request request = {.ca_file = ca_file};

    if (dl_secret_harden_process(NULL))
        _exit(2);
    request.url = exchange_url(&exchange, "https", port, "/");
    exchange_run(&exchange, &request);
    _exit(exchange.answer.status == 202 ? 0 : 3);
}

static void a_tls_key_log_is_never_written(void **state)
{
    static const struct server_options options = {.certificate = &good};
    char path[] = "/tmp/ddlogs-keylog-XXXXXX";
    struct server server;
    int status;
    pid_t pid;

    (void)state;
    close(mkstemp(path));
    unlink(path);
    server_start(&server, accept_all, &options);
    setenv("SSLKEYLOGFILE", path, 1);
    pid = fork();
    assert_true(pid >= 0);
    if (pid == 0)
        one_hardened_request(server.port);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    unsetenv("SSLKEYLOGFILE");
    assert_int_equal(status, 0);
    assert_int_equal(access(path, F_OK), -1);
    server_stop(&server);
}

/* ---- a server that says the key back ---- */

static void echo(struct peer *peer)
{
    char headers[300], body[300], key[KEY_LENGTH + 1] = "";

    while (peer_read_request(peer)) {
        const char *at = strstr(peer_request(peer), "DD-API-KEY: ");

        if (at)
            memcpy(key, at + 12, KEY_LENGTH);
        snprintf(headers, sizeof headers,
                 "Content-Type: text/%s\r\nLocation: https://x/?k=%s\r\nDate: %s\r\n", key, key,
                 key);
        snprintf(body, sizeof body, "{\"errors\":[\"%s is not known\"]}", key);
        peer_answer(peer, "403 Forbidden", headers, body);
    }
}

static void what_a_server_says_back_is_cleaned_before_it_is_shown(void **state)
{
    unsigned char masked[KEY_LENGTH];
    struct dl_key *key = new_key(masked);
    struct server server;
    struct exchange exchange = {0};
    struct dl_http_request request = {.key = key};
    const struct dl_http_answer *a = &exchange.answer;
    struct dl_error err;

    (void)state;
    dl_redact_install();
    server_start(&server, echo, NULL);
    request.url = exchange_url(&exchange, "http", server.port, "/");
    exchange_run(&exchange, &request);
    exchange_expect(&exchange, DL_OK, "");
    assert_int_equal(dl_verdict_intake(a, &err), DL_VERDICT_HOLD);
    assert_non_null(strstr(a->body, dl_key_text(key)));
    assert_non_null(strstr(err.text, "is not known"));
    assert_null(strstr(err.text, dl_key_text(key)));
    assert_null(strstr(a->location, dl_key_text(key)));
    assert_null(strstr(a->content_type, dl_key_text(key)));
    assert_null(strstr(a->date, dl_key_text(key)));
    exchange_close(&exchange);
    dl_key_free(key);
    server_stop(&server);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_search_finds_what_is_there),
        cmocka_unit_test(after_http_the_locked_page_alone_holds_the_key),
        cmocka_unit_test(after_https_the_locked_page_alone_holds_the_key),
        cmocka_unit_test(after_a_failure_and_a_cancel_the_locked_page_alone_holds_the_key),
        cmocka_unit_test(a_tls_key_log_is_never_written),
        cmocka_unit_test(what_a_server_says_back_is_cleaned_before_it_is_shown),
    };
    return cmocka_run_group_tests(tests, make_certificates, drop_certificates);
}
