/* One request as a curl easy handle: every setting in one place, and the marks it passes. */
#include <arpa/inet.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "config.h"
#include "net/endpoint.h"
#include "net/http_private.h"
#include "secret/key.h"

#define CONNECT_TIMEOUT_MS 10000
#define TIMEOUT_MS 60000
#define IDLE_TIMEOUT_MS 10000
#define CONNECTION_LIFE_S 300L /* so that an expired certificate is noticed */

/* ---- what is asked for ---- */

/* libcurl sends CR and LF in a header as they are: another header could be smuggled in. */
static int check_text(const char *what, const char *text, struct dl_error *err)
{
    for (const char *c = text ? text : ""; *c; c++) {
        if ((unsigned char)*c < 0x20 || *c == 0x7f) {
            return dl_error_set(err, DL_E_VALUE,
                                "the %s holds a control character (line end, tab or the like) at "
                                "byte %zu; remove it",
                                what, (size_t)(c - text) + 1);
        }
    }
    return 0;
}

static int check_texts(const struct dl_http_request *request, struct dl_error *err)
{
    const struct {
        const char *what, *text;
    } texts[] = {
        {"URL", request->url},
        {"content type", request->content_type},
        {"content encoding", request->content_encoding},
        {"name of the origin", request->origin_name},
        {"address to connect to", request->connect_to},
        {"API key", request->key ? dl_key_text(request->key) : NULL},
        {"proxy's address", request->proxy ? request->proxy->url : NULL},
    };

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        int status = check_text(texts[i].what, texts[i].text, err);

        if (status) {
            return status;
        }
    }
    if (request->look_at_certificate && (request->key || request->method != DL_HTTP_CONNECT)) {
        return dl_error_set(err, DL_E_INTERNAL,
                            "a certificate is looked at without a key and without a request");
    }
    return 0;
}

/* The names that sentences use, and the rule that plain http stays on this machine. */
static int take_names(struct dl_http_transfer *t, const struct dl_http_request *request,
                      struct dl_error *err)
{
    int status = dl_url_split(request->url, t->host, sizeof t->host, &t->port, &t->tls, err);
    int ignored_port;
    bool ignored_tls;

    if (status) {
        return status;
    }
    dl_text_copy(t->looked_up, sizeof t->looked_up, t->host);
    if (request->connect_to) {
        char address[DL_ORIGIN_MAX];

        if (!dl_text_format(address, sizeof address, "https://%s", request->connect_to) ||
            dl_origin_split(address, t->looked_up, sizeof t->looked_up, &ignored_port, &ignored_tls,
                            NULL)) {
            return dl_error_set(err, DL_E_VALUE,
                                "the address to connect to is not usable; write it as HOST:PORT");
        }
    }
    if (request->proxy && request->proxy->url[0]) {
        status = dl_proxy_host(request->proxy, t->looked_up, sizeof t->looked_up, err);
        if (status) {
            return status;
        }
        dl_text_copy(t->proxy_shown, sizeof t->proxy_shown, request->proxy->shown);
        dl_text_copy(t->proxy_origin, sizeof t->proxy_origin, request->proxy->origin);
    }
    if (!t->tls && !(dl_host_is_loopback(t->host) && dl_host_is_loopback(t->looked_up))) {
        return dl_error_set(err, DL_E_VALUE,
                            "http:// without encryption is for this machine alone, not for %s; use "
                            "https://",
                            dl_host_is_loopback(t->host) ? t->looked_up : t->host);
    }
    return 0;
}

/* ---- callbacks of curl; data is the transfer ---- */

static bool address_text(const struct sockaddr *address, char *to, size_t size)
{
    const void *in = NULL;

    if (address->sa_family == AF_INET) {
        in = &((const struct sockaddr_in *)(const void *)address)->sin_addr;
    } else if (address->sa_family == AF_INET6) {
        in = &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr;
    }
    return in && inet_ntop(address->sa_family, in, to, (socklen_t)size);
}

static void mark(struct dl_http_transfer *t, int64_t *time, int64_t now)
{
    if (*time < 0) {
        *time = now - t->started_ms;
        t->progress_due = true;
    }
}

/* A name has been looked up: curl is about to try one of its addresses. */
static curl_socket_t open_socket(void *data, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct dl_http_transfer *t = data;
    struct dl_http_answer *a = &t->answer;
    char text[64] = "";
    curl_socket_t fd;

    (void)purpose;
    if (!address_text(&address->addr, text, sizeof text)) {
        return CURL_SOCKET_BAD;
    }
    mark(t, &a->dns_ms, dl_clock_ms());
    if (a->address_count < DL_HTTP_ADDRESSES_MAX) {
        dl_text_copy(a->addresses[a->address_count++], sizeof a->addresses[0], text);
    }
    if (!t->tls && !dl_host_is_loopback(text)) {
        return CURL_SOCKET_BAD; /* a loopback name that leads elsewhere */
    }
    fd = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    if (fd != CURL_SOCKET_BAD && t->socket_count < DL_HTTP_ADDRESSES_MAX) {
        t->sockets[t->socket_count++] = fd;
    }
    return fd;
}

/* data is the loop: a connection outlives the transfer that opened it. */
static int close_socket(void *data, curl_socket_t fd)
{
    struct dl_http *http = data;

    for (struct dl_http_transfer *t = http->transfers; t; t = t->next) {
        dl_http_transfer_forget_socket(t, fd);
    }
    return close(fd);
}

void dl_http_transfer_forget_socket(struct dl_http_transfer *transfer, curl_socket_t fd)
{
    for (size_t i = 0; i < transfer->socket_count; i++) {
        if (transfer->sockets[i] == fd) {
            transfer->sockets[i] = transfer->sockets[--transfer->socket_count];
            return;
        }
    }
}

/* Connected, through the proxy, encrypted: the request goes out next. */
static int before_request(void *data, char *address, char *local, int port, int local_port)
{
    struct dl_http_transfer *t = data;
    int64_t now = dl_clock_ms();

    (void)local;
    (void)port;
    (void)local_port;
    mark(t, &t->answer.dns_ms, now); /* a connection that is used again */
    mark(t, &t->answer.connect_ms, now);
    if (t->tls) {
        mark(t, &t->answer.tls_ms, now);
        dl_http_certificate_tls_version(t->easy, t->answer.tls_version,
                                        sizeof t->answer.tls_version);
    }
    dl_text_copy(t->answer.address, sizeof t->answer.address, address ? address : "");
    t->request_begun = true;
    t->last_byte_ms = now;
    return CURL_PREREQFUNC_OK;
}

static size_t take_header(char *line, size_t size, size_t n, void *data)
{
    struct dl_http_transfer *t = data;
    size_t len = size * n;

    t->last_byte_ms = dl_clock_ms();
    if (t->answer.answer_ms < 0) {
        t->answer.answer_ms = t->last_byte_ms - t->started_ms;
    }
    if (!dl_http_header_take(t, line, len)) {
        t->stop = DL_HTTP_STOP_HEADERS;
        return 0;
    }
    return len;
}

static size_t take_body(char *bytes, size_t size, size_t n, void *data)
{
    struct dl_http_transfer *t = data;
    size_t len = size * n;
    size_t room = DL_HTTP_BODY_MAX - t->body.len;

    t->last_byte_ms = dl_clock_ms();
    if (dl_buffer_add(&t->body, bytes, len < room ? len : room)) {
        return 0;
    }
    if (len > room) {
        t->answer.body_cut = true;
        t->stop = DL_HTTP_STOP_BODY;
        return 0;
    }
    return len;
}

/* ---- the settings ---- */

/* A setting that libcurl refuses is a mistake of ours or no memory: remembered, told once. */
#define SET(option, value)                                                                         \
    do {                                                                                           \
        if (!result) {                                                                             \
            result = curl_easy_setopt(easy, option, value);                                        \
        }                                                                                          \
    } while (0)

static CURLcode set_protocol(CURL *easy, const struct dl_http_transfer *t,
                             const struct dl_http_request *request)
{
    CURLcode result = CURLE_OK;
    bool look = request->look_at_certificate;

    SET(CURLOPT_URL, request->url);
    SET(CURLOPT_PROTOCOLS_STR, t->tls ? "https" : "http");
    SET(CURLOPT_REDIR_PROTOCOLS_STR, "https"); /* never used; an empty list is refused */
    SET(CURLOPT_FOLLOWLOCATION, 0L);           /* the key would go along */
    SET(CURLOPT_MAXREDIRS, 0L);
    SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    SET(CURLOPT_HTTP09_ALLOWED, 0L);
    SET(CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
    SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    SET(CURLOPT_HTTPAUTH, (long)CURLAUTH_NONE);
    SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    SET(CURLOPT_SSL_VERIFYPEER, look ? 0L : 1L);
    SET(CURLOPT_SSL_VERIFYHOST, look ? 0L : 2L);
    SET(CURLOPT_MAXLIFETIME_CONN, CONNECTION_LIFE_S);
    return result;
}

/* Always set both, so that libcurl never looks into the environment. */
static CURLcode set_proxy(CURL *easy, const struct dl_http_request *request)
{
    CURLcode result = CURLE_OK;

    SET(CURLOPT_PROXY, request->proxy ? request->proxy->url : "");
    SET(CURLOPT_NOPROXY, "");
    SET(CURLOPT_HTTPPROXYTUNNEL, 1L); /* a proxy sees CONNECT and never the request */
    SET(CURLOPT_PROXYAUTH, (long)CURLAUTH_BASIC);
    SET(CURLOPT_HEADEROPT, (long)CURLHEADER_SEPARATE);
    SET(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    SET(CURLOPT_PROXY_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    SET(CURLOPT_PROXY_SSL_VERIFYPEER, 1L);
    SET(CURLOPT_PROXY_SSL_VERIFYHOST, 2L);
    return result;
}

static CURLcode set_limits(CURL *easy, const struct dl_http_transfer *t)
{
    CURLcode result = CURLE_OK;

    SET(CURLOPT_CONNECTTIMEOUT_MS, (long)t->connect_timeout_ms);
    SET(CURLOPT_TIMEOUT_MS, (long)t->timeout_ms);
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_QUICK_EXIT, 1L); /* a name server that hangs does not hold up a cancel */
    return result;
}

static CURLcode set_callbacks(CURL *easy, struct dl_http_transfer *t)
{
    CURLcode result = CURLE_OK;

    SET(CURLOPT_PRIVATE, t);
    SET(CURLOPT_ERRORBUFFER, t->curl_text);
    SET(CURLOPT_OPENSOCKETFUNCTION, open_socket);
    SET(CURLOPT_OPENSOCKETDATA, t);
    SET(CURLOPT_CLOSESOCKETFUNCTION, close_socket);
    SET(CURLOPT_CLOSESOCKETDATA, t->http);
    SET(CURLOPT_PREREQFUNCTION, before_request);
    SET(CURLOPT_PREREQDATA, t);
    SET(CURLOPT_HEADERFUNCTION, take_header);
    SET(CURLOPT_HEADERDATA, t);
    SET(CURLOPT_WRITEFUNCTION, take_body);
    SET(CURLOPT_WRITEDATA, t);
    return result;
}

static CURLcode set_method(CURL *easy, const struct dl_http_request *request)
{
    CURLcode result = CURLE_OK;

    switch (request->method) {
    case DL_HTTP_GET:
        SET(CURLOPT_HTTPGET, 1L);
        break;
    case DL_HTTP_POST:
        SET(CURLOPT_POST, 1L);
        SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body_length);
        SET(CURLOPT_POSTFIELDS, request->body ? request->body : "");
        break;
    case DL_HTTP_CONNECT:
        SET(CURLOPT_CONNECT_ONLY, 1L);
        SET(CURLOPT_CERTINFO, 1L);
        SET(CURLOPT_FRESH_CONNECT, 1L);
        SET(CURLOPT_FORBID_REUSE, 1L);
        break;
    }
    return result;
}

static bool add(struct curl_slist **list, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* In wiped memory from end to end: one of the headers is the key. */
static bool add(struct curl_slist **list, const char *format, ...)
{
    const size_t size = 512 + DL_KEY_MAX;
    char *text = dl_wiped_malloc(size);
    struct curl_slist *longer = NULL;
    va_list arguments;

    if (text) {
        int n;

        va_start(arguments, format);
        n = vsnprintf(text, size, format, arguments);
        va_end(arguments);
        if (n > 0 && (size_t)n < size) {
            longer = curl_slist_append(*list, text);
        }
        dl_wiped_free(text);
    }
    if (longer) {
        *list = longer;
    }
    return longer != NULL;
}

static CURLcode set_headers(CURL *easy, struct dl_http_transfer *t,
                            const struct dl_http_request *request)
{
    CURLcode result = CURLE_OK;
    const char *origin = request->origin_name ? request->origin_name : "ddlogs";
    bool ok = add(&t->headers, "Accept: application/json") &&
              add(&t->headers, "DD-EVP-ORIGIN: %s", origin) &&
              add(&t->headers, "DD-EVP-ORIGIN-VERSION: " PACKAGE_VERSION) &&
              add(&t->headers, "Expect:"); /* no waiting for 100 Continue */

    if (ok && request->method == DL_HTTP_POST) {
        ok = add(&t->headers, "Content-Type: %s",
                 request->content_type ? request->content_type : "application/json");
        if (ok && request->content_encoding) {
            ok = add(&t->headers, "Content-Encoding: %s", request->content_encoding);
        }
    }
    if (ok && request->key) {
        ok = add(&t->headers, "DD-API-KEY: %s", dl_key_text(request->key));
    }
    if (ok && request->connect_to) {
        ok = add(&t->connect_to, "::%s", request->connect_to);
    }
    if (!ok) {
        return CURLE_OUT_OF_MEMORY;
    }
    SET(CURLOPT_HTTPHEADER, t->headers);
    SET(CURLOPT_USERAGENT, dl_http_user_agent());
    if (t->connect_to) {
        SET(CURLOPT_CONNECT_TO, t->connect_to);
    }
    return result;
}

static int set_all(struct dl_http_transfer *t, const struct dl_http_request *request,
                   struct dl_error *err)
{
    CURL *easy = t->easy;
    CURLcode result = set_protocol(easy, t, request);

    result = result ? result : set_proxy(easy, request);
    result = result ? result : set_limits(easy, t);
    result = result ? result : set_callbacks(easy, t);
    result = result ? result : set_method(easy, request);
    result = result ? result : set_headers(easy, t, request);
    if (result == CURLE_OUT_OF_MEMORY) {
        return dl_error_set(err, DL_E_NOMEM, "there is no memory for a request");
    }
    if (result) {
        return dl_error_set(err, DL_E_INTERNAL, "libcurl refuses a setting: %s",
                            curl_easy_strerror(result));
    }
    return t->tls && !request->look_at_certificate
               ? dl_http_certificate_trust(t->http, easy, request->ca_file, err)
               : 0;
}

/* ---- its life ---- */

static int or_default(int value, int fallback)
{
    return value > 0 ? value : fallback;
}

int dl_http_transfer_new(struct dl_http_transfer **out, struct dl_http *http,
                         const struct dl_http_request *request, struct dl_error *err)
{
    struct dl_http_transfer *t;
    int status = check_texts(request, err);

    if (status) {
        return status;
    }
    t = calloc(1, sizeof *t);
    if (!t) {
        return dl_error_set(err, DL_E_NOMEM, "there is no memory for a request");
    }
    t->http = http;
    t->easy = curl_easy_init();
    t->progress = request->progress;
    t->handshake_only = request->method == DL_HTTP_CONNECT;
    t->connect_timeout_ms = or_default(request->connect_timeout_ms, CONNECT_TIMEOUT_MS);
    t->timeout_ms = or_default(request->timeout_ms, TIMEOUT_MS);
    t->idle_timeout_ms = or_default(request->idle_timeout_ms, IDLE_TIMEOUT_MS);
    t->started_ms = dl_clock_ms();
    t->answer.dns_ms = t->answer.connect_ms = t->answer.tls_ms = t->answer.answer_ms = -1;
    t->answer.retry_after_ms = -1;
    dl_buffer_init(&t->body, DL_HTTP_BODY_MAX);
    dl_text_copy(t->ca_file, sizeof t->ca_file, request->ca_file ? request->ca_file : "");
    status = t->easy ? take_names(t, request, err)
                     : dl_error_set(err, DL_E_NOMEM, "there is no memory for a request");
    if (!status) {
        status = set_all(t, request, err);
    }
    if (status) {
        dl_http_transfer_free(t);
        return status;
    }
    *out = t;
    return 0;
}

void dl_http_transfer_free(struct dl_http_transfer *transfer)
{
    curl_easy_cleanup(transfer->easy);
    curl_slist_free_all(transfer->headers); /* wiped: all of curl's memory is */
    curl_slist_free_all(transfer->connect_to);
    dl_buffer_free(&transfer->body);
    free(transfer);
}

/* curl's own connect time stays 0 when a later step fails, so the sockets are asked. */
void dl_http_transfer_look(struct dl_http_transfer *transfer, int64_t now)
{
    struct dl_http_answer *a = &transfer->answer;
    curl_off_t uploaded = 0;

    for (size_t i = 0; a->connect_ms < 0 && i < transfer->socket_count; i++) {
        struct sockaddr_storage peer;
        socklen_t size = sizeof peer;

        if (!getpeername(transfer->sockets[i], (struct sockaddr *)&peer, &size) &&
            address_text((const struct sockaddr *)&peer, a->address, sizeof a->address)) {
            mark(transfer, &a->connect_ms, now);
        }
    }
    /* bytes of the body on their way out count as life too */
    if (transfer->request_begun &&
        !curl_easy_getinfo(transfer->easy, CURLINFO_SIZE_UPLOAD_T, &uploaded) &&
        uploaded != transfer->uploaded) {
        transfer->uploaded = uploaded;
        transfer->last_byte_ms = now;
    }
}

void dl_http_transfer_finish(struct dl_http_transfer *transfer, CURLcode result)
{
    struct dl_http_answer *a = &transfer->answer;
    long number = 0;

    a->total_ms = dl_clock_ms() - transfer->started_ms;
    a->curl_code = (int)result;
    curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &a->status);
    curl_easy_getinfo(transfer->easy, CURLINFO_HTTP_CONNECTCODE, &a->proxy_status);
    curl_easy_getinfo(transfer->easy, CURLINFO_SSL_VERIFYRESULT, &a->verify_result);
    if (!curl_easy_getinfo(transfer->easy, CURLINFO_OS_ERRNO, &number)) {
        a->os_errno = (int)number;
    }
    if (transfer->handshake_only) {
        a->status = 0;
        if (result == CURLE_OK) {
            dl_http_certificate_chain(transfer->easy, a);
        }
    }
    a->body = dl_buffer_string(&transfer->body);
    a->body_length = transfer->body.len;
    a->retry_after_ms = dl_http_header_wait(transfer->retry_after, transfer->rate_limit_reset,
                                            a->date, dl_clock_wall_ms());
    dl_http_cause(transfer, result);
}
