/* A local intake: Datadog's documented contract on loopback, for demo and tests.
 * Stands on base alone, so that a mistake in the sender cannot hide here.
 *
 *     POST /api/v2/logs     202 {}   array or one object, text/plain, application/logplex-1;
 *     POST /v1/input        200 {}   plain, gzip, deflate or zstd
 *     GET  /api/v1/validate 200 {"valid":true}
 *     GET  /api/v2/validate 200 organization and key id
 *
 * Limits: 5,000,000 plain bytes and 1000 logs a request (413), 1,000,000 bytes a log (cut, 2xx).
 * Errors are {"errors":[{"status","title","detail"}]}, {"code","message"} on /v1/input and
 * {"errors":["text"]} on the validate paths. The key counts in the header DD-API-KEY alone.
 * Sources: Datadog's public API reference, "Logs" and "Authentication". */
#ifndef DL_INTAKE_INTAKE_H
#define DL_INTAKE_INTAKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct dl_intake_options {
    const char *listen;  /* loopback address, NULL: 127.0.0.1 */
    uint16_t port;       /* 0: a free one */
    const char *api_key; /* the one key that is accepted (kept only as a salted hash) or NULL */
    const char *api_key_hash;              /* "SALT:SHA256" in hexadecimal instead, or NULL */
    const char *certificate, *private_key; /* PEM text: TLS; NULL: plain HTTP */
    const char *pipeline; /* file: "explorer" in the record, and in answers to test logs; or NULL */
    const char *record;   /* NDJSON file of what arrived, or NULL */
    const char *const *faults; /* NULL-terminated fault descriptions, see fault.h, or NULL */
    uint64_t seed;             /* of the faults that meet a share of the requests */
    void (*log)(void *context, const char *line); /* one line a request, or NULL; from any thread */
    void *context;
};

struct dl_intake_stats {
    uint64_t requests, accepted_requests, logs;
    uint64_t bytes;      /* plain bytes of the bodies accepted */
    uint64_t wire_bytes; /* the same as they came */
    uint64_t truncated;  /* logs that were cut to 1,000,000 bytes */
};

struct dl_intake;

/* Runs in threads of its own until stopped. -DL_E_VALUE for an option that cannot be, -DL_E_IO for
 * a port or file that cannot be had. */
int dl_intake_start(struct dl_intake **out, const struct dl_intake_options *options,
                    struct dl_error *err);
uint16_t dl_intake_port(const struct dl_intake *intake);
void dl_intake_stats(const struct dl_intake *intake, struct dl_intake_stats *out);
/* "libmicrohttpd 0.9.75, GnuTLS 3.7.9" */
void dl_intake_libraries(char *to, size_t size);

void dl_intake_stop(struct dl_intake *intake); /* NULL is fine */

#endif
