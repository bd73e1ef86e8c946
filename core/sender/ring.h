/* The ring of batches between those who take logs and the thread that delivers them: each slot is
 * one batch on its way from open to packed, in the order of its logs. No locks of its own: the
 * owner's lock is held for every call. */
#ifndef DL_SENDER_RING_H
#define DL_SENDER_RING_H

#include <stdbool.h>
#include <stdint.h>

#include "sender/batch.h"
#include "sender/packet.h"

#define DL_RING_SLOTS 32  /* batches on their way, packed ones included */
#define DL_RING_BATCHES 4 /* of them not packed yet: raw bytes in memory */

/* A batch of long logs is closed at this size, so that raw bytes in memory stay few; the intake
 * takes DL_BATCH_BYTES. */
#define DL_RING_BATCH_BYTES 1000000

enum dl_slot_state {
    DL_SLOT_EMPTY,
    DL_SLOT_OPEN,    /* takes logs */
    DL_SLOT_CLOSED,  /* waits to be packed */
    DL_SLOT_PACKING, /* somebody packs it, without the lock */
    DL_SLOT_PACKED
};

struct dl_slot {
    enum dl_slot_state state;
    struct dl_batch *batch;   /* while not packed */
    struct dl_packet *packet; /* when packed */
    uint64_t first;           /* number of its first log */
};

struct dl_ring {
    struct dl_slot slots[DL_RING_SLOTS];
    unsigned head; /* the oldest slot in use */
    unsigned used;
    struct dl_batch batches[DL_RING_BATCHES];
    struct dl_batch *spare[DL_RING_BATCHES];
    unsigned spare_count;
    size_t held;     /* bytes of the packed ones */
    unsigned closed; /* slots that wait to be packed */
};

void dl_ring_init(struct dl_ring *ring);
void dl_ring_free(struct dl_ring *ring);

/* The slot that takes logs; without one a new one is opened, whose logs are numbered from `next`.
 * NULL: no slot or no batch is left. */
struct dl_slot *dl_ring_open_slot(struct dl_ring *ring, uint64_t next);

/* The open slot, if there is one with logs in it. */
struct dl_slot *dl_ring_filling(struct dl_ring *ring);

/* No log is on its way through the ring. */
bool dl_ring_idle(const struct dl_ring *ring);

/* Closes the open slot, if there is one with logs in it. */
void dl_ring_close_slot(struct dl_ring *ring);

/* The oldest slot that waits to be packed becomes the caller's (PACKING), or NULL. */
struct dl_slot *dl_ring_begin_packing(struct dl_ring *ring);

/* Packed, or with packet NULL to be packed again later. */
void dl_ring_end_packing(struct dl_ring *ring, struct dl_slot *slot, struct dl_packet *packet);

/* The n-th oldest slot if all up to it are packed, else NULL. */
struct dl_slot *dl_ring_packed(struct dl_ring *ring, unsigned n);

/* Empties the oldest slot, which is packed; its packet is the caller's. */
struct dl_packet *dl_ring_pop(struct dl_ring *ring);

#endif
