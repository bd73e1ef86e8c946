/* A local intake: Datadog's documented contract on loopback, for demo and tests.
 * Stands on base alone, so that a mistake in the sender cannot hide here. */
#ifndef DL_INTAKE_INTAKE_H
#define DL_INTAKE_INTAKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct dl_intake_options {
    const char *listen;      /* loopback address, NULL: 127.0.0.1 */
    uint16_t port;           /* 0: a free one */
    const char *api_key;     /* the one key that is accepted (kept only as a salted hash) or NULL */
    const char *api_key_hash; /* "SALT:SHA256" in hexadecimal instead, or NULL */
    const char *certificate, *private_key; /* PEM text: TLS; NULL: plain HTTP */
    const char *record;      /* NDJSON file of what arrived, or NULL */
    const char *const *faults; /* NULL-terminated fault descriptions, see ddlogs(1), or NULL */
    void (*log)(void *context, const char *line); /* one line a request, or NULL */
    void *context;
};

struct dl_intake_stats {
    uint64_t requests, accepted_requests, logs, bytes;
};

struct dl_intake;

int dl_intake_start(struct dl_intake **out, const struct dl_intake_options *options,
                    struct dl_error *err);
uint16_t dl_intake_port(const struct dl_intake *intake);
void dl_intake_stats(const struct dl_intake *intake, struct dl_intake_stats *out);
void dl_intake_stop(struct dl_intake *intake); /* NULL is fine */

#endif
