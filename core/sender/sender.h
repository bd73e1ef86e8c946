/* The sender of the staged test: records -> batches -> compressed requests -> verdicts, in memory,
 * without a thread. It never blocks: it lives on a dl_http loop that its owner polls. What the
 * public library adds (a thread, the spool) stands in shipper.h; the parts are the same. */
#ifndef DL_SENDER_SENDER_H
#define DL_SENDER_SENDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "identity/config.h"
#include "identity/integration.h"
#include "net/http.h"
#include "net/verdict.h"
#include "record/record.h"
#include "sender/collector.h"
#include "sender/delivery.h"

#define DL_LOG_BYTES DL_RECORD_BYTES /* one log; longer messages are cut and marked */

struct dl_sender_options {
    const struct dl_config *config; /* all four kept by the caller */
    const struct dl_integration *integration;
    const struct dl_key *key;
    const struct dl_proxy *proxy; /* NULL: none */
    const char *hostname;         /* NULL: none */
    unsigned attempts; /* for each request, then the sender gives up and holds; 0: no end */
    int timeout_ms;    /* of one request, 0: 60000 */
    int linger_ms;     /* age at which an open batch is sent; 0: 1000 */
    size_t memory;     /* most bytes held; 0: 32 MiB */
    /* After every answer; may be NULL. It must not call the sender. */
    void (*delivered)(void *context, const struct dl_delivery *delivery);
    void *context;
};

/* taken = accepted + pending + refused, always. A log that is refused at once (-DL_E_RECORD) counts
 * as taken and refused; what failed otherwise was not taken. */
struct dl_sender_stats {
    uint64_t taken, accepted, pending, refused; /* logs */
    uint64_t requests, retries, bytes, wire_bytes;
    struct dl_collector_notes notes;
};

struct dl_sender;

int dl_sender_new(struct dl_sender **out, struct dl_http *http,
                  const struct dl_sender_options *options, struct dl_error *err);
void dl_sender_free(struct dl_sender *sender); /* cancels what runs */

/* One log. service NULL: the integration's first; otherwise one of its list. status NULL: none.
 * -DL_E_FULL: take nothing, poll, try again. */
int dl_sender_text(struct dl_sender *sender, const char *text, size_t len, const char *status,
                   const char *service, struct dl_error *err);
/* One JSON object as it stands; what is no object is sent as text. */
int dl_sender_json(struct dl_sender *sender, const char *json, size_t len, const char *service,
                   struct dl_error *err);

/* Sends the open batch without waiting for its age. */
int dl_sender_flush(struct dl_sender *sender, struct dl_error *err);

/* Timers: call after every dl_http_poll. Returns milliseconds until it wants to be called again,
 * -1: only when a transfer ends. */
int dl_sender_step(struct dl_sender *sender);

bool dl_sender_idle(const struct dl_sender *sender); /* nothing open, in flight or waiting */
void dl_sender_stats(const struct dl_sender *sender, struct dl_sender_stats *out);
/* The failure that holds the sender until somebody acts, code DL_OK when none. Without attempts it
 * asks now and then by itself and goes on when the answer is better. */
const struct dl_error *dl_sender_problem(const struct dl_sender *sender);
/* The last failure of any request, held or not; code DL_OK when there was none. */
const struct dl_error *dl_sender_last_failure(const struct dl_sender *sender);
/* Why the last refused log was refused; code DL_OK when none was. */
const struct dl_error *dl_sender_refusal(const struct dl_sender *sender);

#endif
