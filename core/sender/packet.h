/* A packet: one closed batch as it is sent, and where it stands in its delivery. */
#ifndef DL_SENDER_PACKET_H
#define DL_SENDER_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/compress.h"
#include "base/error.h"
#include "sender/batch.h"

struct dl_queue;
struct dl_http_transfer;

struct dl_packet {
    struct dl_packet *next;
    char *wire; /* the body as it is sent */
    size_t wire_length, raw_length;
    enum dl_encoding encoding;
    uint64_t first;   /* number of its first log */
    uint32_t count;   /* logs */
    int64_t taken_ms; /* wall clock when its first log was taken */

    /* of the queue */
    struct dl_queue *queue;
    struct dl_http_transfer *transfer; /* NULL: waiting */
    bool trial;                        /* gzip in place of a zstd that was refused */
    unsigned attempt;
    unsigned holds;  /* how often it asked in vain whether the hold is over */
    unsigned streak; /* the queue's when it was last started */
    int64_t due_ms;  /* not before this time */
};

/* Packs a closed body. */
int dl_packet_new(struct dl_packet **out, struct dl_compressor *compressor,
                  enum dl_encoding encoding, enum dl_effort effort, const char *body, size_t length,
                  struct dl_error *err);
void dl_packet_free(struct dl_packet *packet); /* NULL is fine */

/* What it counts for in memory. */
size_t dl_packet_held(const struct dl_packet *packet);

/* The same logs in another encoding; on failure it stays as it was. `scratch` holds a whole batch
 * meanwhile and is freed. */
int dl_packet_recode(struct dl_packet *packet, struct dl_compressor *compressor,
                     struct dl_buffer *scratch, enum dl_encoding encoding, struct dl_error *err);

/* Its logs as two packets, for one of at least two logs, which stays as it was. */
int dl_packet_divide(const struct dl_packet *packet, struct dl_compressor *compressor,
                     struct dl_buffer *scratch, struct dl_packet **first, struct dl_packet **second,
                     struct dl_error *err);

#endif
