/* HTTP requests through libcurl: the only room that knows curl transfers.
 *
 * One dl_http is one event loop: it drives all transfers, waits on further descriptors with them,
 * and calls back from dl_http_poll() only. No threads of ours, no blocking call. */
#ifndef DL_NET_HTTP_H
#define DL_NET_HTTP_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "net/proxy.h"
#include "secret/key.h"

#define DL_HTTP_BODY_MAX (64 * 1024) /* most bytes of an answer's body */
#define DL_HTTP_ADDRESSES_MAX 8
#define DL_HTTP_CHAIN_MAX 8

enum dl_http_method {
    DL_HTTP_GET,
    DL_HTTP_POST,
    DL_HTTP_CONNECT, /* handshake only, sends nothing */
    DL_HTTP_DIAL,    /* TCP alone, to the host itself: no proxy, no TLS, nothing is sent */
    DL_HTTP_LOOKUP   /* the host's addresses; none is connected to */
};

enum dl_http_family { DL_HTTP_ANY_FAMILY, DL_HTTP_IPV4, DL_HTTP_IPV6 };

struct dl_http_answer;

struct dl_http_request {
    enum dl_http_method method;
    const char *url;            /* whole URL; for CONNECT, DIAL and LOOKUP the origin */
    enum dl_http_family family; /* addresses that are used */
    const void *body;           /* POST: kept by the caller until `done` */
    size_t body_length;
    const char *content_type;     /* NULL: application/json */
    const char *content_encoding; /* NULL: none */
    const struct dl_key *key; /* sent as DD-API-KEY; NULL: none. Kept by the caller until `done` */
    const struct dl_proxy *proxy; /* NULL: none */
    const char *ca_file;          /* further CA certificates, or NULL */
    const char *connect_to;       /* "HOST:PORT", or NULL */
    const char *origin_name;      /* DD-EVP-ORIGIN, NULL: "ddlogs" */
    int connect_timeout_ms;       /* 0: 10000 */
    int timeout_ms;               /* 0: 60000 */
    int idle_timeout_ms;          /* without a byte; 0: 10000 */
    bool look_at_certificate; /* CONNECT: no verification, to name what was refused; never with a
                                 key */
    /* Called as a transfer passes a mark, before `done`; NULL: not wanted. */
    void (*progress)(void *context, const struct dl_http_answer *so_far);
};

struct dl_http_certificate {
    char subject[256], issuer[256], not_before[40], not_after[40];
};

/* Times are milliseconds from the start; -1: not reached. */
struct dl_http_answer {
    enum dl_code code; /* DL_OK when a whole HTTP answer (or what was asked) came; else the cause */
    char text[512];    /* one scrubbed sentence when code is not DL_OK */
    long status;       /* HTTP status, 0: none */
    long proxy_status; /* answer to the proxy's CONNECT, 0: none */
    int curl_code, os_errno;
    long verify_result;                        /* OpenSSL's X509_V_ERR_*, 0: fine */
    char address[64];                          /* the one connected to, "" none */
    char addresses[DL_HTTP_ADDRESSES_MAX][64]; /* all that were tried */
    size_t address_count;
    int64_t dns_ms, connect_ms, tls_ms, answer_ms, total_ms;
    char tls_version[16], tls_cipher[64];
    bool reused; /* it went over a connection that was open already */
    struct dl_http_certificate chain[DL_HTTP_CHAIN_MAX]; /* leaf first */
    size_t chain_length;
    char content_type[128], location[512];
    char date[64];          /* Date header as sent, "" none */
    int64_t retry_after_ms; /* from Retry-After or X-RateLimit-Reset, -1: none; capped at 1 h */
    const char *body;       /* raw, NUL-terminated, at most DL_HTTP_BODY_MAX; valid during `done` */
    size_t body_length;
    bool body_cut;
};

typedef void dl_http_done(void *context, const struct dl_http_answer *answer);

struct dl_http;
struct dl_http_transfer;

int dl_http_new(struct dl_http **out, struct dl_error *err);
void dl_http_free(struct dl_http *http); /* cancels what runs; no callbacks */

/* Starts a transfer. `done` is called exactly once from dl_http_poll, unless it is cancelled.
 * *out (may be NULL) is valid until then. */
int dl_http_start(struct dl_http_transfer **out, struct dl_http *http,
                  const struct dl_http_request *request, dl_http_done *done, void *context,
                  struct dl_error *err);

/* Ends it at once; `done` is not called. */
void dl_http_cancel(struct dl_http *http, struct dl_http_transfer *transfer);

/* Drives transfers and waits up to timeout_ms for them or for one of `extra` (its revents are set).
 * Returns the number of transfers that run, or a negative code. */
int dl_http_poll(struct dl_http *http, struct pollfd *extra, size_t extra_count, int timeout_ms,
                 struct dl_error *err);

/* "ddlogs/0.1.0 (linux)"; version of libcurl and its TLS library for doctor and --version. */
const char *dl_http_user_agent(void);
const char *dl_http_library_version(void);

/* libcurl and all that it links, with versions. */
const char *dl_http_libraries(void);

/* The file of CA certificates that libcurl uses without being told, and the folder; NULL: none. */
const char *dl_http_ca_bundle(const char **folder);

#endif
