/* Delivery: closed batches as packets, in flight or waiting, and what their answers do to them.
 *
 * A packet leaves the queue in two ways only: its logs were accepted, or its one log was refused.
 */
#ifndef DL_SENDER_DELIVERY_H
#define DL_SENDER_DELIVERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compress.h"
#include "net/http.h"
#include "net/verdict.h"
#include "sender/batch.h"
#include "sender/sender.h"

#define DL_WINDOW_MAX 8   /* most requests in flight */
#define DL_STREAK_PAUSE 3 /* failures in a row after which all wait, not one packet alone */
#define DL_REFUSALS_IN_A_ROW                                                                       \
    10 /* single logs refused without one accepted: then it is not the logs */

struct dl_packet {
    struct dl_packet *next;
    struct dl_queue *queue;
    struct dl_http_transfer *transfer;    /* NULL: waiting */
    char *wire;                           /* the body as it is sent */
    size_t wire_length, raw_length, held; /* held: what it counts for in memory */
    enum dl_encoding encoding;
    bool trial; /* gzip in place of a zstd that was refused */
    unsigned attempt;
    unsigned streak; /* the queue's when it was last started */
    int64_t due_ms;  /* not before this time */
    size_t count;
    uint32_t ends[]; /* of the logs in the raw body */
};

struct dl_queue {
    struct dl_http *http;
    struct dl_http_request request; /* all but the body */
    enum dl_encoding encoding;
    unsigned attempts; /* for each request, 0: no end */
    void (*delivered)(void *context, const struct dl_delivery *delivery);
    void *context;

    struct dl_compressor *compressor;
    struct dl_batch part;   /* halves are put together here */
    struct dl_buffer whole; /* and taken from here */
    struct dl_packet *first, **last;
    size_t flying;
    unsigned window;   /* requests in flight allowed now */
    unsigned streak;   /* failures since the last success; those that flew together count once */
    unsigned refusals; /* single logs refused since the last success */
    int64_t resume_ms; /* nothing starts before */
    bool given_up;     /* attempts ran out: nothing starts at all */
    struct dl_error problem; /* what holds; code DL_OK: nothing */
    struct dl_error last_failure;
    struct dl_error refusal; /* the last one of a single log */

    size_t held; /* bytes of all packets */
    uint64_t pending, accepted, refused, requests, retries, bytes, wire_bytes;
};

/* http and request are kept by the caller; the request's body is set here. */
int dl_queue_init(struct dl_queue *queue, struct dl_http *http,
                  const struct dl_http_request *request, const struct dl_sender_options *options,
                  struct dl_error *err);
void dl_queue_free(struct dl_queue *queue);

/* Takes the logs of a batch, which is closed and cleared. Failing, the batch is as it was, open. */
int dl_queue_add(struct dl_queue *queue, struct dl_batch *batch, struct dl_error *err);

/* Starts what may start. Milliseconds until something else may, -1: when an answer comes. */
int dl_queue_step(struct dl_queue *queue);

#endif
