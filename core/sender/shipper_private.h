/* What the files of the shipper share. Nobody outside this room includes it. */
#ifndef DL_SENDER_SHIPPER_PRIVATE_H
#define DL_SENDER_SHIPPER_PRIVATE_H

#include <pthread.h>
#include <stdbool.h>
#include <sys/types.h>

#include "net/http.h"
#include "sender/delivery.h"
#include "sender/ring.h"
#include "sender/shipper.h"
#include "sender/target.h"
#include "spool/spool.h"

/* Where logs go: copies of what the program gave, and the request made from them. */
struct dl_settings {
    struct dl_config *config;
    struct dl_key *key;
    struct dl_proxy proxy;
    struct dl_target target;
};

int dl_settings_new(struct dl_settings **out, const struct dl_shipper_settings *from,
                    struct dl_error *err);
void dl_settings_free(struct dl_settings *settings); /* NULL is fine */

struct dl_shipper {
    /* set by open, never changed */
    struct dl_shipper_events events;
    const struct dl_integration *integration;
    char *hostname;
    enum dl_when_full when_full;
    int64_t spool_age_ms;
    int linger_ms;
    size_t memory;
    char *alive; /* a page that is wiped in the child of a fork: 1 in the process that opened */
    int wake;    /* eventfd that ends the thread's wait */
    pthread_t thread;
    bool thread_runs;
    struct dl_spool *spool; /* NULL: memory alone; has a lock of its own */
    uint64_t offset;        /* what to add to a number here for the spool's */

    pthread_mutex_t lock;   /* of all that follows, up to the thread's own */
    pthread_cond_t changed; /* something moved on */
    unsigned waiters;       /* threads that wait for it */
    struct dl_ring ring;
    struct dl_collector collector;
    struct dl_compressor *helper; /* of the one caller that packs, see helping */
    bool helping, writing, stuck, asleep, ending;
    uint64_t taken, accepted; /* of this shipper */
    uint64_t dropped;
    uint64_t flush_to;           /* logs up to this number leave without waiting for their linger */
    enum dl_encoding encoding;   /* to pack with */
    enum dl_effort effort;       /* and how well */
    struct dl_error write_error; /* why the spool took nothing the last time; DL_OK: it did */
    int64_t write_again_ms;      /* when it is asked again */
    struct dl_settings *next_settings;
    struct dl_queue_seen {
        uint64_t pending, delivered, refused, expired, requests, retries, bytes, wire_bytes;
        size_t held;
        int64_t oldest_ms; /* wall clock when the oldest packet was taken, 0: none */
        struct dl_error problem, last_failure, refusal;
    } seen; /* the queue as it was a moment ago */

    /* the thread's own */
    struct dl_http *http;
    struct dl_queue queue;
    struct dl_compressor *packer;
    struct dl_settings *settings;
    struct dl_buffer body;         /* an entry of the spool */
    struct dl_batch merged;        /* small entries put together, from `merging` on */
    struct dl_spool_entry merging; /* count 0: none */
    struct dl_spool_entry held;    /* read, but too much for the packet before it; count 0: none */
    struct dl_buffer held_body;
    uint64_t expired, expired_told; /* discarded because of their age */
    enum dl_code told;              /* the problem that was told of */
    uint64_t damage_told;
    int64_t expire_ms; /* when old logs are looked for again */
    int64_t judged_ms; /* since when is measured how long the thread waits */
    int64_t waited_ms; /* and how long it did */
    bool unsettled;    /* the spool's cursor changed since its last rest */
};

/* ---- shipper.c ---- */

/* Tells the owner. Without the lock. */
void dl_shipper_receipt(struct dl_shipper *s, enum dl_receipt receipt, uint64_t first,
                        uint64_t count, const struct dl_error *why);
void dl_shipper_notice(struct dl_shipper *s, const struct dl_error *what);

/* With the lock held. */
void dl_shipper_wake(struct dl_shipper *s);    /* the thread, if it waits */
void dl_shipper_changed(struct dl_shipper *s); /* callers that wait */

/* Packs one closed batch with this compressor, without the lock meanwhile; false: there is none.
 * With the lock held. */
bool dl_shipper_pack(struct dl_shipper *s, struct dl_compressor *compressor);

/* ---- shipper_spool.c ---- */

/* Writes what is packed into the spool and syncs it; one thread at a time does. With the lock held,
 * given up meanwhile. False: there was nothing to do, or the spool takes nothing now. */
bool dl_shipper_write(struct dl_shipper *s);

/* Gives the queue what the spool has next. The thread's. */
void dl_shipper_feed(struct dl_shipper *s);

/* What became of logs, to the spool and to the owner. The thread's. */
void dl_shipper_settle(struct dl_shipper *s, enum dl_receipt receipt, uint64_t first,
                       uint32_t count, const struct dl_error *why);

/* Logs that grew too old. */
void dl_shipper_discard(struct dl_shipper *s, uint64_t first, uint32_t count);

/* Keeps a refused log in the quarantine. */
int dl_shipper_quarantine(struct dl_shipper *s, uint64_t number, const char *log, size_t length,
                          const struct dl_error *why);

/* ---- shipper_thread.c ---- */

extern const struct dl_queue_events dl_shipper_queue_events;

void *dl_shipper_run(void *shipper);

#endif
