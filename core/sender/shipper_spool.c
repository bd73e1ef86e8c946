/* The shipper and its spool: what is packed goes to the disk, what is delivered comes from there.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "sender/shipper_private.h"

#define WRITE_GROUP 8                        /* batches that share one sync while more are coming */
#define WRITE_AGAIN_MS 1000                  /* after the spool took nothing */
#define FEED_BYTES ((size_t)2 * 1024 * 1024) /* read ahead of what flies */
#define MERGE_BYTES 65536                    /* entries that are smaller are put together */

/* ---- writing ---- */

/* How many packed slots are worth a sync now; 0: none. With the lock held. */
static unsigned group(struct dl_shipper *s)
{
    unsigned n = 0;

    while (n < DL_RING_SLOTS && dl_ring_packed(&s->ring, n))
        n++;
    if (n && n < WRITE_GROUP && s->ring.closed && !s->waiters)
        return 0; /* more will be packed in a moment */
    return n;
}

static int append_slots(struct dl_shipper *s, struct dl_packet **packets, unsigned n,
                        struct dl_error *err)
{
    int rc = 0;

    for (unsigned i = 0; rc == 0 && i < n; i++) {
        struct dl_spool_entry entry = {.count = packets[i]->count,
                                       .raw_length = (uint32_t)packets[i]->raw_length,
                                       .encoding = (uint8_t)packets[i]->encoding,
                                       .taken_ms = packets[i]->taken_ms,
                                       .body = packets[i]->wire,
                                       .length = packets[i]->wire_length};

        rc = dl_spool_append(s->spool, &entry, err);
        if (rc < 0 && i > 0) { /* those before it fit: they are accepted, it waits */
            return dl_spool_sync(s->spool, err) < 0 ? -1 : (int)i;
        }
    }
    if (rc == 0)
        rc = dl_spool_sync(s->spool, err);
    return rc < 0 ? -1 : (int)n;
}

/* Notes what the spool said, and tells it once. */
static void note_write(struct dl_shipper *s, const struct dl_error *err)
{
    bool news = s->write_error.code != err->code;

    s->write_error = *err;
    s->stuck = err->code != DL_OK;
    s->write_again_ms = dl_clock_ms() + WRITE_AGAIN_MS;
    if (news && err->code) {
        pthread_mutex_unlock(&s->lock);
        dl_shipper_notice(s, err);
        pthread_mutex_lock(&s->lock);
    }
}

bool dl_shipper_write(struct dl_shipper *s)
{
    struct dl_packet *packets[DL_RING_SLOTS];
    struct dl_error err = {.code = DL_OK};
    uint64_t first = s->accepted + 1, count = 0;
    unsigned n;
    int done;

    if (!s->spool || s->writing || (s->write_error.code && dl_clock_ms() < s->write_again_ms))
        return false;
    n = group(s);
    if (n == 0)
        return false;
    for (unsigned i = 0; i < n; i++)
        packets[i] = dl_ring_packed(&s->ring, i)->packet;
    s->writing = true;
    pthread_mutex_unlock(&s->lock);
    done = append_slots(s, packets, n, &err);
    pthread_mutex_lock(&s->lock);
    s->writing = false;
    for (int i = 0; i < done; i++) {
        struct dl_packet *p = dl_ring_pop(&s->ring);

        count += p->count;
        dl_packet_free(p);
    }
    s->accepted += count;
    dl_shipper_wake(s); /* there is something to deliver */
    dl_shipper_changed(s);
    if (done == (int)n)
        err.code = DL_OK;
    note_write(s, &err);
    pthread_mutex_unlock(&s->lock);
    dl_shipper_receipt(s, DL_RECEIPT_ACCEPTED, first, count, NULL);
    pthread_mutex_lock(&s->lock);
    return done > 0;
}

/* ---- what became of logs ---- */

/* Numbers of the spool as numbers of this shipper: first those of an earlier process. */
static void tell_owner(struct dl_shipper *s, enum dl_receipt receipt, uint64_t first,
                       uint64_t count, const struct dl_error *why)
{
    uint64_t before = first > s->offset               ? 0
                      : s->offset - first + 1 < count ? s->offset - first + 1
                                                      : count;

    dl_shipper_receipt(s, receipt, 0, before, why);
    dl_shipper_receipt(s, receipt, first + before - s->offset, count - before, why);
}

void dl_shipper_settle(struct dl_shipper *s, enum dl_receipt receipt, uint64_t first,
                       uint32_t count, const struct dl_error *why)
{
    if (s->spool) {
        dl_spool_settle(s->spool, first, count,
                        receipt == DL_RECEIPT_DELIVERED     ? DL_SPOOL_DELIVERED
                        : receipt == DL_RECEIPT_QUARANTINED ? DL_SPOOL_QUARANTINED
                                                            : DL_SPOOL_DISCARDED);
        s->unsettled = true;
        tell_owner(s, receipt, first, count, why);
        return;
    }
    dl_shipper_receipt(s, receipt, first, count, why);
}

void dl_shipper_discard(struct dl_shipper *s, uint64_t first, uint32_t count)
{
    struct dl_error why;

    dl_error_set(&why, DL_E_EXPIRED, "not delivered within spool_age");
    s->expired += count;
    dl_shipper_settle(s, DL_RECEIPT_DISCARDED, first, count, &why);
}

int dl_shipper_quarantine(struct dl_shipper *s, uint64_t number, const char *log, size_t length,
                          const struct dl_error *why)
{
    struct dl_buffer text;
    struct dl_json w;
    char at[32];
    int rc;

    dl_buffer_init(&text, DL_SPOOL_BODY_MAX);
    dl_clock_iso(dl_clock_wall_ms(), at);
    dl_json_begin(&w, &text, 0);
    dl_json_object(&w);
    dl_json_member_integer(&w, "number", (int64_t)number);
    dl_json_member(&w, "at", at);
    dl_json_member(&w, "code", dl_error_info(why->code)->id);
    dl_json_member_integer(&w, "status", why->http_status);
    dl_json_member(&w, "answer", why->text);
    dl_json_object_end(&w);
    rc = dl_json_end(&w);
    if (rc == 0) { /* the log as it stands: it is an object already */
        text.len--;
        rc = dl_buffer_text(&text, ",\"log\":");
    }
    if (rc == 0)
        rc = dl_buffer_add(&text, log, length);
    if (rc == 0)
        rc = dl_buffer_char(&text, '}');
    if (rc == 0)
        rc = dl_spool_quarantine(s->spool, number, text.data, text.len, NULL);
    dl_buffer_free(&text);
    return rc;
}

/* ---- reading ---- */

/* The entry as a packet that takes over the bytes. */
static int packet_of(struct dl_packet **out, const struct dl_spool_entry *entry,
                     struct dl_buffer *body)
{
    struct dl_packet *p = calloc(1, sizeof *p);

    if (!p)
        return -DL_E_NOMEM;
    p->wire = body->data;
    p->wire_length = body->len;
    p->raw_length = entry->raw_length;
    p->encoding = (enum dl_encoding)entry->encoding;
    p->first = entry->first;
    p->count = entry->count;
    p->taken_ms = entry->taken_ms;
    body->data = NULL;
    body->len = body->size = 0;
    *out = p;
    return 0;
}

/* An entry that was too small to be packed goes into the batch of such; false: it does not fit. */
static bool merge(struct dl_batch *batch, const struct dl_spool_entry *entry,
                  const struct dl_buffer *body)
{
    uint32_t ends[DL_BATCH_ENTRIES];
    size_t before = batch->count, count;

    if (before + entry->count > DL_BATCH_ENTRIES)
        return false;
    count = dl_batch_find_ends(body->data, body->len, ends);
    if (count != entry->count || dl_batch_add_part(batch, body->data, ends, 0, count) < 0) {
        while (batch->count > before) {
            batch->count--;
            dl_batch_undo(batch);
        }
        return false;
    }
    return true;
}

static int merged_packet(struct dl_packet **out, struct dl_shipper *s)
{
    const struct dl_spool_entry *first = &s->merging;
    struct dl_batch *batch = &s->merged;
    int rc;

    dl_batch_close(batch);
    rc = dl_packet_new(out, s->packer, s->queue.encoding, DL_EFFORT_FAST, batch->body.data,
                       batch->body.len, NULL);
    if (rc < 0) {
        dl_batch_undo(batch);
        return rc;
    }
    (*out)->first = first->first;
    (*out)->count = (uint32_t)batch->count;
    (*out)->taken_ms = first->taken_ms;
    dl_batch_clear(batch);
    s->merging.count = 0;
    return 0;
}

/* The next entry, or the one that was put back. 1, 0, negative like dl_spool_next. */
static int next_entry(struct dl_shipper *s, struct dl_spool_entry *entry)
{
    struct dl_buffer empty = s->body;

    if (!s->held.count)
        return dl_spool_next(s->spool, entry, &s->body, NULL);
    *entry = s->held;
    s->held.count = 0;
    s->body = s->held_body;
    s->held_body = empty;
    return 1;
}

static void put_back(struct dl_shipper *s, const struct dl_spool_entry *entry)
{
    struct dl_buffer empty = s->held_body;

    s->held = *entry;
    s->held_body = s->body;
    s->body = empty;
}

static bool is_small(const struct dl_spool_entry *entry)
{
    return entry->encoding == DL_ENCODING_NONE && entry->raw_length < MERGE_BYTES;
}

static bool is_old(const struct dl_shipper *s, const struct dl_spool_entry *entry)
{
    return s->spool_age_ms && entry->taken_ms < dl_clock_wall_ms() - s->spool_age_ms;
}

/* One packet of what the spool has next: one entry, or several small ones in a row. */
static struct dl_packet *read_packet(struct dl_shipper *s)
{
    struct dl_spool_entry entry, *first = &s->merging;
    struct dl_packet *packet = NULL;

    while (next_entry(s, &entry) > 0) {
        if (is_old(s, &entry)) {
            if (first->count) {
                put_back(s, &entry);
                break;
            }
            dl_shipper_discard(s, entry.first, entry.count);
            continue;
        }
        if (is_small(&entry) && (!first->count || entry.first == first->first + s->merged.count) &&
            merge(&s->merged, &entry, &s->body)) {
            if (!first->count)
                *first = entry;
            continue;
        }
        if (first->count || packet_of(&packet, &entry, &s->body) < 0)
            put_back(s, &entry);
        break;
    }
    if (first->count && merged_packet(&packet, s) < 0)
        packet = NULL; /* it stays merged: memory may come back */
    return packet;
}

void dl_shipper_feed(struct dl_shipper *s)
{
    struct dl_spool_counts counts;
    struct dl_packet *packet;

    while (s->queue.held < FEED_BYTES && s->queue.count < 2 * DL_WINDOW_MAX &&
           (packet = read_packet(s)) != NULL)
        dl_queue_add(&s->queue, packet);
    dl_spool_counts(s->spool, &counts);
    if (counts.damaged > s->damage_told) {
        struct dl_error err;

        dl_error_set(&err, DL_E_SPOOL_DAMAGED,
                     "%llu logs of the spool are damaged; what is left of them is kept aside",
                     (unsigned long long)(counts.damaged - s->damage_told));
        s->damage_told = counts.damaged;
        dl_shipper_notice(s, &err);
    }
}
