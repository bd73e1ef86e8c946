/* What the files of http share. Nobody outside this room includes it. */
#ifndef DL_NET_HTTP_PRIVATE_H
#define DL_NET_HTTP_PRIVATE_H

#include <curl/curl.h>
#include <stdbool.h>
#include <sys/stat.h>

#include "base/buffer.h"
#include "net/http.h"

#define DL_HTTP_HEADER_BYTES_MAX (32 * 1024)
#define DL_HTTP_HEADERS_MAX 100
#define DL_HTTP_CA_MAX (8 * 1024 * 1024)

/* Why we ended a transfer ourselves. */
enum dl_http_stop { DL_HTTP_GOES_ON, DL_HTTP_STOP_IDLE, DL_HTTP_STOP_HEADERS, DL_HTTP_STOP_BODY };

struct dl_http_transfer {
    struct dl_http_transfer *next;
    struct dl_http *http;
    CURL *easy;
    struct curl_slist *headers, *connect_to;
    char curl_text[CURL_ERROR_SIZE];

    dl_http_done *done;
    void (*progress)(void *context, const struct dl_http_answer *so_far);
    void *context;
    bool progress_due;

    /* what a sentence about it names */
    char host[256];
    int port;
    bool tls;
    char looked_up[256]; /* the name that DNS is asked for: host, connect_to's or the proxy's */
    char proxy_shown[512], proxy_origin[64];
    char ca_file[512];
    int connect_timeout_ms, timeout_ms, idle_timeout_ms;
    enum dl_http_method method;

    int64_t started_ms, last_byte_ms;
    curl_off_t uploaded;
    bool request_begun; /* connected and encrypted; the idle clock runs from here */
    enum dl_http_stop stop;

    curl_socket_t sockets[DL_HTTP_ADDRESSES_MAX]; /* opened and not closed yet */
    size_t socket_count;

    size_t header_count, header_bytes;
    bool head_ended; /* the empty line behind the headers came */
    char retry_after[64], rate_limit_reset[64];
    struct dl_buffer body;
    struct dl_http_answer answer;
};

struct dl_http {
    CURLM *multi;
    struct dl_http_transfer *transfers;
    char *ca_path; /* the extra CA file that ca_text was made with, and what it was then */
    struct stat ca_stat;
    struct dl_buffer ca_text;
};

/* http_setting.c */
/* A setting that libcurl refuses is a mistake of ours or no memory: remembered, told once. */
#define DL_HTTP_SET(option, value)                                                                 \
    do {                                                                                           \
        if (!result) {                                                                             \
            result = curl_easy_setopt(easy, option, value);                                        \
        }                                                                                          \
    } while (0)

/* What may not stand in a request: -DL_E_VALUE. */
int dl_http_setting_check(const struct dl_http_request *request, struct dl_error *err);
int dl_http_setting_apply(struct dl_http_transfer *transfer, const struct dl_http_request *request,
                          struct dl_error *err);
int dl_http_setting_refused(CURLcode result, struct dl_error *err);

/* http_transfer.c: an easy handle with every setting, or a negative code. */
int dl_http_transfer_new(struct dl_http_transfer **out, struct dl_http *http,
                         const struct dl_http_request *request, struct dl_error *err);
void dl_http_transfer_free(struct dl_http_transfer *transfer);
/* Marks that curl tells by no callback: connected. Called after each step of the loop. */
void dl_http_transfer_look(struct dl_http_transfer *transfer, int64_t now);
/* The answer is complete: times, status, cause. */
void dl_http_transfer_finish(struct dl_http_transfer *transfer, CURLcode result);
/* A socket of some transfer is closed (CURLOPT_CLOSESOCKETFUNCTION of the loop). */
void dl_http_transfer_forget_socket(struct dl_http_transfer *transfer, curl_socket_t fd);

/* http_header.c: one header line into the transfer; false when it has gone past the limits. */
bool dl_http_header_take(struct dl_http_transfer *transfer, const char *line, size_t len);
/* Milliseconds to wait from Retry-After (seconds or an HTTP date; `date` is the answer's own Date
 * or
 * "") or else X-RateLimit-Reset (seconds): -1 when neither says so, at most an hour. */
int64_t dl_http_header_wait(const char *retry_after, const char *rate_limit_reset, const char *date,
                            int64_t wall_ms);

/* http_cause.c: fills code and text of the answer from curl's result. */
void dl_http_cause(struct dl_http_transfer *transfer, CURLcode result);

/* http_certificate.c */
int dl_http_certificate_trust(struct dl_http *http, CURL *easy, const char *ca_file,
                              struct dl_error *err);
void dl_http_certificate_chain(CURL *easy, struct dl_http_answer *answer);
/* Version and cipher of the connection. */
void dl_http_certificate_session(CURL *easy, struct dl_http_answer *answer);

/* Whether the transfer is an HTTP request, not only a way to the host. */
static inline bool dl_http_asks(const struct dl_http_transfer *transfer)
{
    return transfer->method < DL_HTTP_CONNECT;
}

/* Whether nothing is said to the host, so that it may be any. */
static inline bool dl_http_is_mute(const struct dl_http_transfer *transfer)
{
    return transfer->method > DL_HTTP_CONNECT;
}

#endif
