/* The shipper: what the public library opens. Any thread hands in logs; one thread of the shipper
 * packs and delivers them, and whoever would wait for it lends a hand. With a spool, a log is
 * accepted when it is on disk, and what is delivered is read back from there, checked. */
#ifndef DL_SENDER_SHIPPER_H
#define DL_SENDER_SHIPPER_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "identity/config.h"
#include "identity/integration.h"
#include "net/proxy.h"
#include "secret/key.h"
#include "sender/collector.h"

enum dl_receipt {
    DL_RECEIPT_ACCEPTED = 1,
    DL_RECEIPT_DELIVERED,
    DL_RECEIPT_QUARANTINED,
    DL_RECEIPT_DISCARDED
};

/* Called from any thread that runs a call of the shipper, or from its own; never with its lock
 * held. Each may be NULL. */
struct dl_shipper_events {
    void *context;
    /* logs first to first + count - 1; first 0: of an earlier process */
    void (*receipt)(void *context, enum dl_receipt receipt, uint64_t first, uint64_t count,
                    const struct dl_error *why);
    /* something that a person should hear, once; code DL_OK: a hold is over */
    void (*notice)(void *context, const struct dl_error *what);
    /* the key, read anew from where it came; the shipper owns it */
    int (*read_key)(void *context, struct dl_key **out, struct dl_error *err);
};

/* Where logs go and what they carry; copied. */
struct dl_shipper_settings {
    const struct dl_config *config;
    const struct dl_key *key;
    const struct dl_proxy *proxy; /* NULL: none */
};

struct dl_shipper_options {
    struct dl_shipper_settings settings;
    const struct dl_integration *integration; /* kept by the caller */
    const char *hostname;                     /* NULL: none */
    int linger_ms;                            /* age at which an open batch is closed; 0: 1000 */
    size_t memory;                            /* most bytes of packed requests; 0: 6 MiB */
    struct dl_shipper_events events;
};

/* Always: accepted = delivered + pending + quarantined + damaged + discarded. With a spool these
 * are the spool's own, of its whole life. */
struct dl_shipper_stats {
    uint64_t taken, waiting; /* of this shipper; waiting: taken and not accepted yet */
    uint64_t accepted, delivered, pending, quarantined, damaged, discarded;
    uint64_t dropped; /* by when_full: never taken */
    uint64_t requests, retries, bytes, wire_bytes;
    uint64_t oldest_ms; /* age of the oldest pending log */
    struct dl_collector_notes notes;
};

struct dl_shipper;

/* Opens the spool that the configuration names, and starts the thread. */
int dl_shipper_open(struct dl_shipper **out, const struct dl_shipper_options *options,
                    struct dl_error *err);

/* Ends the thread and frees. What is not accepted is gone; flush or commit first. NULL is fine. In
 * the child of a fork() it does nothing. */
void dl_shipper_close(struct dl_shipper *shipper);

/* One log; *number (may be NULL) counts from 1. No room: by the configuration's when_full block (at
 * most wait_ms, negative: as long as it takes), -DL_E_FULL, or dropped: 0 and *number 0. After a
 * fork() every call fails with -DL_E_FORK. */
int dl_shipper_take(struct dl_shipper *shipper, const struct dl_log *log, int wait_ms,
                    uint64_t *number, struct dl_error *err);

/* All that was taken before is accepted when it returns 0. -DL_E_FULL when the time is up, or what
 * the spool said last. */
int dl_shipper_commit(struct dl_shipper *shipper, int timeout_ms, struct dl_error *err);

/* Waits until nothing is left to deliver, at most timeout_ms (negative: as long as it takes), and
 * not longer than until something holds. 0: nothing is left. */
int dl_shipper_flush(struct dl_shipper *shipper, int timeout_ms, struct dl_error *err);

/* Goes on with other settings, for what is taken from now on and for all that is not in flight. */
int dl_shipper_reload(struct dl_shipper *shipper, const struct dl_shipper_settings *settings,
                      struct dl_error *err);

int dl_shipper_stats(struct dl_shipper *shipper, struct dl_shipper_stats *out,
                     struct dl_error *err);

/* What holds, what failed last, and why the last log was refused; code DL_OK: nothing. */
void dl_shipper_troubles(struct dl_shipper *shipper, struct dl_error *problem,
                         struct dl_error *last_failure, struct dl_error *refusal);

#endif
