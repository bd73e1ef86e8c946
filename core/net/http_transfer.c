/* One request: the marks it passes, and its life. */
#include <arpa/inet.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "net/endpoint.h"
#include "net/http_private.h"

#define CONNECT_TIMEOUT_MS 10000
#define TIMEOUT_MS 60000
#define IDLE_TIMEOUT_MS 10000

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
    if (t->method == DL_HTTP_LOOKUP) {
        return CURL_SOCKET_BAD; /* curl goes on to the next one */
    }
    if (!t->tls && !dl_http_is_mute(t) && !dl_host_is_loopback(text)) {
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
        dl_http_certificate_session(t->easy, &t->answer);
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

static CURLcode set_callbacks(CURL *easy, struct dl_http_transfer *t)
{
    CURLcode result = CURLE_OK;

    DL_HTTP_SET(CURLOPT_PRIVATE, t);
    DL_HTTP_SET(CURLOPT_ERRORBUFFER, t->curl_text);
    DL_HTTP_SET(CURLOPT_OPENSOCKETFUNCTION, open_socket);
    DL_HTTP_SET(CURLOPT_OPENSOCKETDATA, t);
    DL_HTTP_SET(CURLOPT_CLOSESOCKETFUNCTION, close_socket);
    DL_HTTP_SET(CURLOPT_CLOSESOCKETDATA, t->http);
    DL_HTTP_SET(CURLOPT_PREREQFUNCTION, before_request);
    DL_HTTP_SET(CURLOPT_PREREQDATA, t);
    DL_HTTP_SET(CURLOPT_HEADERFUNCTION, take_header);
    DL_HTTP_SET(CURLOPT_HEADERDATA, t);
    DL_HTTP_SET(CURLOPT_WRITEFUNCTION, take_body);
    DL_HTTP_SET(CURLOPT_WRITEDATA, t);
    return result;
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
    CURLcode result;
    int status = dl_http_setting_check(request, err);

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
    t->method = request->method;
    t->connect_timeout_ms = or_default(request->connect_timeout_ms, CONNECT_TIMEOUT_MS);
    t->timeout_ms = or_default(request->timeout_ms, TIMEOUT_MS);
    t->idle_timeout_ms = or_default(request->idle_timeout_ms, IDLE_TIMEOUT_MS);
    t->started_ms = dl_clock_ms();
    t->answer.dns_ms = t->answer.connect_ms = t->answer.tls_ms = t->answer.answer_ms = -1;
    t->answer.retry_after_ms = -1;
    dl_buffer_init(&t->body, DL_HTTP_BODY_MAX);
    dl_text_copy(t->ca_file, sizeof t->ca_file, request->ca_file ? request->ca_file : "");
    result = t->easy ? set_callbacks(t->easy, t) : CURLE_OUT_OF_MEMORY;
    status = result ? dl_http_setting_refused(result, err) : dl_http_setting_apply(t, request, err);
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
    /* the answer to CONNECT: from here on it is the far end that is late, not the proxy */
    if (transfer->proxy_shown[0] && !a->proxy_status &&
        !curl_easy_getinfo(transfer->easy, CURLINFO_HTTP_CONNECTCODE, &a->proxy_status) &&
        a->proxy_status) {
        transfer->progress_due = true;
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
    if (!curl_easy_getinfo(transfer->easy, CURLINFO_NUM_CONNECTS, &number)) {
        a->reused = result == CURLE_OK && number == 0;
    }
    if (!dl_http_asks(transfer)) {
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
