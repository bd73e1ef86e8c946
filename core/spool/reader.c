#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/clock.h"
#include "spool/crc32c.h"
#include "spool/spool_private.h"

#define SYNC_ENTRIES 16 /* settled entries after which the cursor is synced */
#define SYNC_MS 1000

/* ---- what was met ---- */

static struct dl_given *given_at(struct dl_spool *s, unsigned i)
{
    return &s->given[(s->given_head + i) % DL_GIVEN_MAX];
}

static struct dl_given *push(struct dl_spool *s)
{
    struct dl_given *g = given_at(s, s->given_count++);

    memset(g, 0, sizeof *g);
    g->segment = s->in_number;
    g->end = s->in_offset;
    return g;
}

/* There was no cursor, and no header told: what is before the first entry was delivered. */
static void start_at(struct dl_spool *s, uint64_t number)
{
    s->expected = s->cursor.next = number;
    s->cursor.delivered = number - 1;
}

/* All numbers below `until` that were expected are gone. */
static void push_gap(struct dl_spool *s, uint64_t until)
{
    if (!s->expected)
        start_at(s, until);
    if (until > s->expected) {
        push(s)->damaged = until - s->expected;
        s->expected = until;
        s->dirty = true;
    }
}

void dl_reader_advance(struct dl_spool *s)
{
    while (s->given_count && given_at(s, 0)->left == 0) {
        struct dl_given *g = given_at(s, 0);

        if (!g->counted) {
            s->cursor.delivered += g->delivered;
            s->cursor.quarantined += g->quarantined;
            s->cursor.discarded += g->discarded;
        }
        s->cursor.damaged += g->damaged;
        s->cursor.segment = g->segment;
        s->cursor.offset = g->end;
        s->cursor.next += g->count + g->damaged;
        s->given_head = (s->given_head + 1) % DL_GIVEN_MAX;
        s->given_count--;
        s->dirty = true;
    }
}

void dl_reader_sums(struct dl_spool *s, struct dl_spool_counts *out)
{
    *out = (struct dl_spool_counts){.accepted = s->accepted,
                                    .delivered = s->cursor.delivered,
                                    .quarantined = s->cursor.quarantined,
                                    .damaged = s->cursor.damaged,
                                    .discarded = s->cursor.discarded,
                                    .entries_read = s->entries_read};
    for (unsigned i = 0; i < s->given_count; i++) {
        const struct dl_given *g = given_at(s, i);

        out->damaged += g->damaged;
        if (g->left && !out->oldest_ms)
            out->oldest_ms = g->taken_ms;
        if (g->counted)
            continue;
        out->delivered += g->delivered;
        out->quarantined += g->quarantined;
        out->discarded += g->discarded;
    }
    out->pending =
        out->accepted - out->delivered - out->quarantined - out->damaged - out->discarded;
}

/* ---- from one segment to the next ---- */

static void close_in(struct dl_spool *s)
{
    if (s->in >= 0)
        s->disk->close(s->disk->context, s->in);
    s->in = -1;
}

static bool is_written(const struct dl_spool *s, const struct dl_segment *segment)
{
    return s->out >= 0 && segment->number == s->out_number;
}

/* What the reader may read of the segment it is in. */
static uint64_t readable(struct dl_spool *s, const struct dl_segment *segment)
{
    return is_written(s, segment) ? s->out_synced : segment->size;
}

/* The numbers of this segment end where those of the next one begin; 0: that cannot be read now. */
static uint64_t bound(struct dl_spool *s, const struct dl_segment *segment)
{
    struct dl_segment *next = dl_segment_from(s, segment->number + 1);

    if (next)
        return dl_segment_base(s, next);
    return is_written(s, segment) ? UINT64_MAX : s->next_at_open;
}

/* Behind the last entry of a segment that nobody writes any more. False: not now. */
static bool leave_segment(struct dl_spool *s, const struct dl_segment *segment)
{
    uint64_t end = bound(s, segment);

    if (!end)
        return false;
    close_in(s);
    s->in_number = segment->number + 1;
    s->in_offset = DL_FORMAT_HEAD;
    if (end != UINT64_MAX)
        push_gap(s, end);
    push(s); /* so that the cursor leaves it too */
    return true;
}

/* Opens the segment that comes next; NULL when there is none. A file that cannot be opened is
 * passed over: what it held is missed by its numbers. */
static struct dl_segment *enter_segment(struct dl_spool *s)
{
    struct dl_segment *segment;
    char name[DL_NAME_SIZE];

    while ((segment = dl_segment_from(s, s->in_number)) != NULL) {
        if (segment->number != s->in_number) {
            close_in(s);
            s->in_number = segment->number;
            s->in_offset = DL_FORMAT_HEAD;
        }
        if (s->in < 0) {
            dl_segment_name(name, "", segment->number);
            (void)dl_segment_base(s, segment); /* notices a damaged header */
            s->in = s->disk->open(s->disk->context, s->folder, name, O_RDONLY);
        }
        if (s->in >= 0)
            return segment;
        if (errno != ENOENT && (is_written(s, segment) || ++s->failures < DL_SPOOL_TRIES))
            return NULL; /* no descriptor is left, for example: it is tried again */
        s->failures = 0;
        segment->damaged = true;
        if (!leave_segment(s, segment) || s->given_count >= DL_SPOOL_AHEAD)
            return NULL;
    }
    if (s->out < 0)
        push_gap(s, s->next_at_open);
    return NULL;
}

/* ---- entries ---- */

static bool was_settled(struct dl_spool *s, const struct dl_spool_entry *e)
{
    for (unsigned i = 0; i < s->settled_count; i++)
        if (s->settled[i].first == e->first && s->settled[i].count == e->count)
            return true;
    return false;
}

static void push_entry(struct dl_spool *s, const struct dl_spool_entry *e, uint32_t left,
                       uint64_t damaged)
{
    struct dl_given *g = push(s);

    g->first = e->first;
    g->count = damaged ? 0 : e->count;
    g->left = left;
    g->damaged = damaged;
    g->counted = !left && !damaged;
    g->taken_ms = e->taken_ms;
    s->expected = e->first + e->count;
    s->dirty |= damaged != 0;
}

/* The body of an entry, without the lock. 1: whole and right; 0: damaged; negative: try again. */
static int read_body(struct dl_spool *s, const struct dl_entry_head *head, uint64_t offset,
                     struct dl_buffer *body)
{
    ssize_t n;

    dl_buffer_clear(body);
    if (dl_buffer_reserve(body, head->entry.length) < 0)
        return -DL_E_NOMEM;
    n = dl_spool_read_at(s, s->in, body->data, head->entry.length, offset + DL_FORMAT_HEAD);
    if (n < 0)
        return -DL_E_IO;
    if ((size_t)n != head->entry.length)
        return 0;
    body->len = head->entry.length;
    body->data[body->len] = '\0';
    return dl_crc32c(0, body->data, body->len) == head->body_sum;
}

/* A place that cannot be read: tried again some times, then given up. */
static int failed_here(struct dl_spool *s, struct dl_segment *segment, struct dl_error *err)
{
    int number = errno;

    if (++s->failures < DL_SPOOL_TRIES)
        return dl_error_set_errno(err, DL_E_IO, number, "the spool cannot be read");
    s->failures = 0;
    segment->damaged = true;
    return 0;
}

/* What steps of the reader come to, beside a negative error. */
enum { NOTHING_NOW = 0, FOUND = 1, LOOK_AGAIN = 2 };

/* The file has no entry at or behind this place. */
static int at_the_end(struct dl_spool *s, struct dl_segment *segment, uint64_t size)
{
    if (!is_written(s, segment))
        return leave_segment(s, segment) ? LOOK_AGAIN : NOTHING_NOW;
    s->in_offset = size; /* bad bytes in what was just written */
    push_gap(s, s->accepted + 1);
    return NOTHING_NOW;
}

/* The next header from in_offset on, which moves there. */
static int find_entry(struct dl_spool *s, struct dl_entry_head *head, struct dl_error *err)
{
    struct dl_segment *segment = enter_segment(s);
    uint64_t size, end, offset = s->in_offset;
    bool skipped;
    int rc;

    if (!segment)
        return NOTHING_NOW;
    size = readable(s, segment);
    if (is_written(s, segment) && offset >= size)
        return NOTHING_NOW;
    rc = dl_segment_find(s, s->in, &offset, size, head, &skipped);
    if (rc < 0 && (rc = failed_here(s, segment, err)) < 0)
        return rc;
    segment->damaged |= skipped;
    if (rc == 0)
        return at_the_end(s, segment, size);
    end = bound(s, segment);
    if (end == 0)
        return NOTHING_NOW;
    if (head->entry.first >= end) /* never accepted, and nothing behind it was */
        return leave_segment(s, segment) ? LOOK_AGAIN : NOTHING_NOW;
    s->in_offset = offset;
    return FOUND;
}

/* Reads the entry whose header is at in_offset, and gives it out if it is whole. */
static int give_out(struct dl_spool *s, const struct dl_entry_head *head, struct dl_buffer *body,
                    struct dl_error *err)
{
    uint64_t offset = s->in_offset, number = s->in_number;
    struct dl_segment *segment;
    int rc;

    pthread_mutex_unlock(&s->lock);
    rc = read_body(s, head, offset, body);
    pthread_mutex_lock(&s->lock);
    segment = dl_segment_at(s, number);
    if (rc == -DL_E_IO && segment)
        rc = failed_here(s, segment, err);
    if (rc < 0)
        return rc == -DL_E_NOMEM ? dl_error_set(err, DL_E_NOMEM, "no memory to read the spool")
                                 : rc;
    s->failures = 0;
    s->in_offset += DL_FORMAT_HEAD + head->entry.length;
    if (rc > 0) {
        push_entry(s, &head->entry, head->entry.count, 0);
        s->entries_read++;
        return FOUND;
    }
    if (segment)
        segment->damaged = true;
    push_entry(s, &head->entry, 0, head->entry.count);
    return LOOK_AGAIN;
}

static int step(struct dl_spool *s, struct dl_spool_entry *entry, struct dl_buffer *body,
                struct dl_error *err)
{
    struct dl_entry_head head;
    int rc = find_entry(s, &head, err);

    if (rc != FOUND)
        return rc;
    if (!s->expected)
        start_at(s, head.entry.first);
    if (head.entry.first < s->expected) { /* seen before */
        s->in_offset += DL_FORMAT_HEAD + head.entry.length;
        return LOOK_AGAIN;
    }
    push_gap(s, head.entry.first);
    if (was_settled(s, &head.entry)) {
        s->in_offset += DL_FORMAT_HEAD + head.entry.length;
        push_entry(s, &head.entry, 0, 0);
        return LOOK_AGAIN;
    }
    rc = give_out(s, &head, body, err);
    if (rc == FOUND) {
        *entry = head.entry;
        entry->body = body->data;
    }
    return rc;
}

int dl_spool_next(struct dl_spool *s, struct dl_spool_entry *entry, struct dl_buffer *body,
                  struct dl_error *err)
{
    int rc = LOOK_AGAIN;

    pthread_mutex_lock(&s->lock);
    while (rc == LOOK_AGAIN) {
        dl_reader_advance(s);
        rc = s->given_count < DL_SPOOL_AHEAD ? step(s, entry, body, err) : NOTHING_NOW;
    }
    dl_reader_advance(s);
    dl_segments_clean(s, s->cursor.segment);
    pthread_mutex_unlock(&s->lock);
    return rc;
}

/* ---- settling ---- */

static void settle_one(struct dl_given *g, uint64_t first, uint64_t count, enum dl_spool_fate fate)
{
    uint64_t from = first > g->first ? first : g->first;
    uint64_t to = first + count < g->first + g->count ? first + count : g->first + g->count;
    uint32_t n;

    if (from >= to || !g->left)
        return;
    n = (uint32_t)(to - from);
    if (n > g->left)
        n = g->left;
    g->left -= n;
    g->delivered += fate == DL_SPOOL_DELIVERED ? n : 0;
    g->quarantined += fate == DL_SPOOL_QUARANTINED ? n : 0;
    g->discarded += fate == DL_SPOOL_DISCARDED ? n : 0;
}

/* When all that was written is settled, the files can go: the one that is written to as well, if it
 * is larger than `from`. */
static void leave_all(struct dl_spool *s, uint64_t from)
{
    struct dl_spool_counts c;
    struct dl_entry_head head;

    dl_reader_sums(s, &c);
    if (c.pending || (s->out >= 0 && (s->out_size <= from || s->out_size != s->out_synced)))
        return;
    dl_writer_let_go(s);
    while (s->given_count < DL_SPOOL_AHEAD && find_entry(s, &head, NULL) == LOOK_AGAIN)
        dl_reader_advance(s);
}

void dl_spool_settle(struct dl_spool *s, uint64_t first, uint32_t count, enum dl_spool_fate fate)
{
    pthread_mutex_lock(&s->lock);
    for (unsigned i = 0; i < s->given_count; i++) {
        struct dl_given *g = given_at(s, i);
        uint32_t before = g->left;

        settle_one(g, first, count, fate);
        if (before && !g->left) {
            s->since++;
            s->dirty = true;
        }
    }
    dl_reader_advance(s);
    if (!s->given_count)
        leave_all(s, UINT64_MAX);
    (void)dl_cursor_write(s);
    if (s->since >= SYNC_ENTRIES || dl_clock_ms() - s->synced_ms >= SYNC_MS)
        (void)dl_cursor_sync(s);
    dl_segments_clean(s, s->cursor.segment);
    pthread_mutex_unlock(&s->lock);
}

void dl_spool_rest(struct dl_spool *s)
{
    pthread_mutex_lock(&s->lock);
    leave_all(s, s->segment_bytes / 16);
    (void)dl_cursor_sync(s);
    dl_segments_clean(s, s->cursor.segment);
    pthread_mutex_unlock(&s->lock);
}

void dl_reader_finish(struct dl_spool *s)
{
    leave_all(s, 0);
    (void)dl_cursor_sync(s);
    dl_segments_clean(s, s->cursor.segment);
}
