#include "sender/ring.h"

#include <string.h>

void dl_ring_init(struct dl_ring *r)
{
    memset(r, 0, sizeof *r);
    for (unsigned i = 0; i < DL_RING_BATCHES; i++) {
        dl_batch_init(&r->batches[i]);
        r->spare[r->spare_count++] = &r->batches[i];
    }
}

void dl_ring_free(struct dl_ring *r)
{
    for (unsigned i = 0; i < DL_RING_SLOTS; i++)
        dl_packet_free(r->slots[i].packet);
    for (unsigned i = 0; i < DL_RING_BATCHES; i++)
        dl_batch_free(&r->batches[i]);
}

static struct dl_slot *slot_at(struct dl_ring *r, unsigned n)
{
    return &r->slots[(r->head + n) % DL_RING_SLOTS];
}

static struct dl_slot *newest(struct dl_ring *r)
{
    struct dl_slot *slot = r->used ? slot_at(r, r->used - 1) : NULL;

    return slot && slot->state == DL_SLOT_OPEN ? slot : NULL;
}

struct dl_slot *dl_ring_open_slot(struct dl_ring *r, uint64_t next)
{
    struct dl_slot *slot = newest(r);

    if (slot)
        return slot;
    if (r->used == DL_RING_SLOTS || r->spare_count == 0)
        return NULL;
    slot = slot_at(r, r->used++);
    *slot =
        (struct dl_slot){.state = DL_SLOT_OPEN, .batch = r->spare[--r->spare_count], .first = next};
    return slot;
}

struct dl_slot *dl_ring_filling(struct dl_ring *r)
{
    struct dl_slot *slot = newest(r);

    return slot && slot->batch->count ? slot : NULL;
}

bool dl_ring_idle(const struct dl_ring *r)
{
    const struct dl_slot *slot = &r->slots[r->head];

    return r->used == 0 || (r->used == 1 && slot->state == DL_SLOT_OPEN && slot->batch->count == 0);
}

void dl_ring_close_slot(struct dl_ring *r)
{
    struct dl_slot *slot = dl_ring_filling(r);

    if (!slot)
        return;
    dl_batch_close(slot->batch);
    slot->state = DL_SLOT_CLOSED;
    r->closed++;
}

struct dl_slot *dl_ring_begin_packing(struct dl_ring *r)
{
    for (unsigned i = 0; r->closed && i < r->used; i++) {
        struct dl_slot *slot = slot_at(r, i);

        if (slot->state == DL_SLOT_CLOSED) {
            slot->state = DL_SLOT_PACKING;
            r->closed--;
            return slot;
        }
    }
    return NULL;
}

void dl_ring_end_packing(struct dl_ring *r, struct dl_slot *slot, struct dl_packet *packet)
{
    if (!packet) {
        slot->state = DL_SLOT_CLOSED;
        r->closed++;
        return;
    }
    packet->first = slot->first;
    packet->count = (uint32_t)slot->batch->count;
    packet->taken_ms = slot->batch->taken_ms;
    dl_batch_clear(slot->batch);
    r->spare[r->spare_count++] = slot->batch;
    slot->batch = NULL;
    slot->packet = packet;
    slot->state = DL_SLOT_PACKED;
    r->held += dl_packet_held(packet);
}

struct dl_slot *dl_ring_packed(struct dl_ring *r, unsigned n)
{
    for (unsigned i = 0; i <= n; i++)
        if (i >= r->used || slot_at(r, i)->state != DL_SLOT_PACKED)
            return NULL;
    return slot_at(r, n);
}

struct dl_packet *dl_ring_pop(struct dl_ring *r)
{
    struct dl_slot *slot = slot_at(r, 0);
    struct dl_packet *packet = slot->packet;

    r->held -= dl_packet_held(packet);
    *slot = (struct dl_slot){.state = DL_SLOT_EMPTY};
    r->head = (r->head + 1) % DL_RING_SLOTS;
    r->used--;
    return packet;
}
