/* Delivery: packets in flight or waiting, and what their answers do to them.
 *
 * A packet leaves the queue in three ways only: its logs were accepted, its one log was refused, or
 * it grew older than its owner allows. */
#ifndef DL_SENDER_DELIVERY_H
#define DL_SENDER_DELIVERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compress.h"
#include "net/http.h"
#include "net/verdict.h"
#include "sender/packet.h"

#define DL_WINDOW_MAX 8   /* most requests in flight */
#define DL_STREAK_PAUSE 3 /* failures in a row after which all wait, not one packet alone */
#define DL_REFUSALS_IN_A_ROW                                                                       \
    10 /* single logs refused without one accepted: then it is not the logs */

/* What became of one request; valid during the call. */
struct dl_delivery {
    enum dl_verdict verdict;
    struct dl_error error; /* when verdict is not COMMIT */
    const struct dl_http_answer *answer;
    size_t logs, bytes, wire_bytes; /* entries, before and after compression */
    unsigned attempt;               /* from 1 */
    enum dl_encoding encoding;
};

/* What the owner of a queue is told. The calls must not call the queue; each may be NULL. */
struct dl_queue_events {
    void *context;
    /* after every answer */
    void (*answered)(void *context, const struct dl_delivery *delivery);
    /* these logs were accepted by the intake */
    void (*delivered)(void *context, uint64_t first, uint32_t count);
    /* The intake refuses this one log (its object). 0: it is taken care of; negative: keep it in
     * the queue and ask again later. */
    int (*refused)(void *context, uint64_t number, const char *log, size_t length,
                   const struct dl_error *why);
};

struct dl_queue {
    struct dl_http *http;
    struct dl_http_request request; /* all but the body */
    enum dl_encoding encoding;
    unsigned attempts; /* for each request, 0: no end */
    struct dl_queue_events events;

    struct dl_compressor *compressor;
    struct dl_buffer scratch; /* for what is unpacked */
    struct dl_packet *first, **last;
    size_t flying;
    unsigned window;   /* requests in flight allowed now */
    unsigned streak;   /* failures since the last success; those that flew together count once */
    unsigned refusals; /* single logs refused since the last success */
    int64_t resume_ms; /* nothing starts before */
    bool paused;       /* the owner's: nothing starts */
    bool given_up;     /* attempts ran out: nothing starts at all */
    int64_t calm_ms;   /* how long answers take while few requests fly; -1: not known */
    int64_t usual_ms;  /* how long they take lately */
    struct dl_error problem; /* what holds; code DL_OK: nothing */
    struct dl_error last_failure;
    struct dl_error refusal; /* the last one of a single log */

    size_t held, count; /* bytes and number of all packets */
    uint64_t pending, accepted, refused, requests, retries, bytes, wire_bytes;
};

/* http and request are kept by the caller; the request's body is set here. encoding is what is
 * expected to be taken: where zstd proves to be unknown it becomes gzip. */
int dl_queue_init(struct dl_queue *queue, struct dl_http *http,
                  const struct dl_http_request *request, enum dl_encoding encoding,
                  unsigned attempts, const struct dl_queue_events *events, struct dl_error *err);
void dl_queue_free(struct dl_queue *queue);

/* Puts a packet at the end; the queue owns it from then on. */
void dl_queue_add(struct dl_queue *queue, struct dl_packet *packet);

/* Starts what may start. Milliseconds until something else may, -1: when an answer comes. */
int dl_queue_step(struct dl_queue *queue);

/* What the owner mended (a new key, another endpoint) is tried at once. */
void dl_queue_resume(struct dl_queue *queue);

/* Takes out the packets that wait and whose logs were taken before this wall clock time: the first
 * of a list linked by `next`, which is the caller's, or NULL. */
struct dl_packet *dl_queue_expire(struct dl_queue *queue, int64_t before_ms);

/* More waits than may fly: the network is what limits, and packing smaller costs nothing. */
bool dl_queue_backed_up(const struct dl_queue *queue);

#endif
