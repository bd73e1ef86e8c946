/* The reader: the next entry that counts, and what is missing before it. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "spool/private.h"

#define TRIES 5 /* of a place that cannot be read, before it counts as damaged */
#define PAGE 4096

enum { AGAIN = 2 }; /* a step was done that gives nothing out */

static struct slot *push(struct dl_spool *spool, uint64_t first, uint64_t end)
{
    struct reader *r = &spool->reader;
    struct slot *slot = dl_spool_slot(spool, spool->slot_count++);

    *slot = (struct slot){.first = first, .end = end, .segment = r->segment, .offset = r->offset};
    r->expected = end;
    return slot;
}

/* Logs that are not there: lost, but for those that were settled before. */
static void push_gap(struct dl_spool *spool, uint64_t end)
{
    struct reader *r = &spool->reader;
    uint64_t first = r->expected, lost;
    struct dl_segment *segment;

    dl_spool_lock(spool);
    lost = end - first - dl_cursor_covers(&spool->totals, first, end);
    spool->totals.damaged += lost;
    segment = dl_segments_from(&spool->segments, r->segment);
    if (segment && segment->number == r->segment && r->bad && lost)
        segment->damaged = true;
    push(spool, first, end);
    dl_spool_pop(spool);
    dl_spool_unlock(spool);
    spool->cursor.dirty = true;
}

/* ---- places that cannot be read ---- */

/* True if the file as such can be read, so that it is this place alone that cannot. */
static bool elsewhere_is_fine(struct dl_spool *spool)
{
    unsigned char bytes[DL_SEGMENT_HEADER];
    struct dl_scanner *scanner = &spool->reader.scanner;

    return scanner->fd >= 0 && dl_disk_read(&spool->disk, scanner->fd, bytes, sizeof bytes, 0) >= 0;
}

/* After errno was set at `offset`: 0 if the place is to count as damaged, else the error. */
static int unreadable(struct dl_spool *spool, uint64_t offset, struct dl_error *err)
{
    struct reader *r = &spool->reader;
    int number = errno;

    if (number == ENOMEM)
        return dl_error_set(err, DL_E_NOMEM, "no memory to read from the spool");
    if (number == EOVERFLOW)
        return dl_error_set(err, DL_E_LIMIT, "an entry of the spool is larger than the buffer");
    r->failures = r->failed_at == offset ? r->failures + 1 : 1;
    r->failed_at = offset;
    if (number == EIO && r->failures >= TRIES && elsewhere_is_fine(spool)) {
        r->failures = 0;
        return 0;
    }
    return dl_error_set_errno(err, DL_E_IO, number, "the spool cannot be read");
}

/* ---- the segment at hand ---- */

/* What is read next, as it is now. */
struct view {
    struct dl_segment segment;
    bool there;        /* a segment is left */
    uint64_t accepted; /* number of the last accepted log */
};

/* False if no more may be given out now. */
static bool take_view(struct dl_spool *spool, struct view *view)
{
    const struct dl_segment *segment;
    bool room;

    dl_spool_lock(spool);
    room = spool->slot_count < DL_SPOOL_AHEAD;
    segment = dl_segments_from(&spool->segments, spool->reader.segment);
    view->there = segment != NULL;
    if (segment)
        view->segment = *segment;
    view->accepted = spool->accepted;
    dl_spool_unlock(spool);
    return room;
}

/* The segment behind this one, 0 if none, and its base if known. */
static uint64_t following(struct dl_spool *spool, uint64_t number, struct dl_segment *out)
{
    const struct dl_segment *segment;

    dl_spool_lock(spool);
    segment = dl_segments_from(&spool->segments, number + 1);
    number = segment ? segment->number : 0;
    if (segment)
        *out = *segment;
    dl_spool_unlock(spool);
    return number;
}

/* A segment of an earlier session ends where the next one begins: what stands in it from that
 * number on was never accepted. */
static int find_end(struct dl_spool *spool, struct dl_segment *segment, struct dl_error *err)
{
    struct dl_segment next, *kept;
    uint64_t number = segment->number, end = 0;
    int rc;

    while (end == 0) {
        number = following(spool, number, &next);
        if (number == 0)
            end = spool->start;
        else if (next.base)
            end = next.base;
        else if (dl_segment_base(&end, &spool->disk, spool->folder, &next, spool->totals.id) < 0) {
            rc = unreadable(spool, UINT64_MAX - number, err);
            if (rc < 0)
                return rc;
        }
    }
    segment->end = end < spool->start ? end : spool->start;
    dl_spool_lock(spool);
    kept = dl_segments_from(&spool->segments, segment->number);
    if (kept && kept->number == segment->number)
        kept->end = segment->end;
    dl_spool_unlock(spool);
    return 0;
}

/* Done with this segment; reading goes on in the next one, when there is one. */
static void go_past(struct dl_spool *spool, uint64_t number)
{
    struct reader *r = &spool->reader;
    struct dl_segment *segment;

    dl_spool_lock(spool);
    segment = dl_segments_from(&spool->segments, number);
    if (segment && segment->number == number && r->bad && !r->any)
        segment->damaged = true;
    dl_spool_unlock(spool);
    dl_scanner_close(&r->scanner);
    r->segment = number + 1;
    r->offset = DL_SEGMENT_HEADER;
    r->bad = r->any = false;
    spool->cursor.dirty = true;
}

void dl_reader_go_past(struct dl_spool *spool)
{
    const struct reader *r = &spool->reader;
    const struct dl_segment *segment;
    bool done;

    dl_spool_lock(spool);
    segment = dl_segments_from(&spool->segments, r->segment);
    done = segment && segment->number == r->segment && !segment->open && segment->end &&
           r->offset >= segment->limit && r->expected >= segment->end;
    dl_spool_unlock(spool);
    if (done)
        go_past(spool, r->segment);
}

/* 0; AGAIN if there is nothing to open. */
static int open_view(struct dl_spool *spool, struct view *view, struct dl_error *err)
{
    struct reader *r = &spool->reader;
    struct dl_segment *segment = &view->segment;
    char name[DL_SPOOL_NAME];
    int rc;

    if (segment->number != r->segment) {
        r->segment = segment->number;
        r->offset = DL_SEGMENT_HEADER;
        r->bad = r->any = false;
        dl_scanner_close(&r->scanner);
    }
    if (segment->end == 0) {
        rc = find_end(spool, segment, err);
        if (rc < 0)
            return rc;
    }
    if (segment->odd || (r->scanner.fd >= 0 && r->scanner.segment == segment->number))
        return 0;
    dl_segment_name(name, DL_KIND_SEGMENT, segment->number);
    if (dl_scanner_open(&r->scanner, spool->folder, name, segment->number) == 0)
        return 0;
    if (errno != ENOENT && errno != EISDIR)
        return dl_error_set_errno(err, DL_E_IO, errno, "the spool cannot be read");
    segment->odd = true; /* it is not there any more, or something else is */
    r->bad = true;
    return 0;
}

/* ---- one step ---- */

/* Nothing more stands in this segment. 0: nor will it be found elsewhere now. */
static int at_end(struct dl_spool *spool, const struct view *view)
{
    if (spool->reader.expected < view->segment.end) {
        push_gap(spool, view->segment.end);
        return AGAIN;
    }
    if (view->segment.open)
        return 0;
    go_past(spool, view->segment.number);
    dl_spool_retire(spool);
    return AGAIN;
}

static bool was_settled(const struct dl_spool *spool, uint64_t first, uint64_t end)
{
    return dl_cursor_covers(&spool->totals, first, end) == end - first;
}

static void fill_entry(struct dl_spool_entry *out, const struct dl_entry_header *header,
                       const struct dl_buffer *body)
{
    *out = (struct dl_spool_entry){.first = header->first,
                                   .count = header->count,
                                   .raw_length = header->raw_length,
                                   .encoding = header->encoding,
                                   .taken_ms = header->taken_ms,
                                   .body = dl_buffer_string(body),
                                   .length = body->len};
}

static int give_out(struct dl_spool *spool, const struct dl_scan_event *event,
                    struct dl_spool_entry *entry, struct dl_buffer *body, struct dl_error *err)
{
    const struct dl_entry_header *header = &event->header;
    uint64_t end = header->first + header->count;
    bool settled = was_settled(spool, header->first, end);
    struct slot *slot;
    int rc = 1;

    if (!settled) {
        rc = dl_scanner_body(&spool->reader.scanner, event, body);
        if (rc < 0) {
            rc = unreadable(spool, event->offset, err);
            if (rc < 0)
                return rc;
        }
    }
    if (rc == 0) { /* its header says what was lost */
        spool->reader.bad = true;
        push_gap(spool, end);
    } else {
        dl_spool_lock(spool);
        slot = push(spool, header->first, end);
        slot->taken_ms = header->taken_ms;
        slot->left = settled ? 0 : header->count;
        spool->entries_read += !settled;
        spool->unread_ms = 0;
        dl_spool_pop(spool);
        dl_spool_unlock(spool);
    }
    spool->reader.offset = event->end;
    spool->reader.any = true;
    spool->reader.failures = 0;
    if (rc == 0 || settled)
        return AGAIN;
    fill_entry(entry, header, body);
    return 1;
}

static int at_entry(struct dl_spool *spool, const struct view *view,
                    const struct dl_scan_event *event, struct dl_spool_entry *entry,
                    struct dl_buffer *body, struct dl_error *err)
{
    struct reader *r = &spool->reader;
    const struct dl_entry_header *header = &event->header;

    if (header->first < r->expected || header->first + header->count > view->segment.end) {
        /* seen already, or never accepted */
        r->any = true;
        r->offset = event->end;
        return AGAIN;
    }
    if (header->first > r->expected) {
        push_gap(spool, header->first);
        return AGAIN;
    }
    return give_out(spool, event, entry, body, err);
}

static int step(struct dl_spool *spool, struct view *view, struct dl_spool_entry *entry,
                struct dl_buffer *body, struct dl_error *err)
{
    struct reader *r = &spool->reader;
    struct dl_scan_event event = {.kind = DL_SCAN_END};
    int rc = open_view(spool, view, err);

    if (rc < 0)
        return rc;
    r->scanner.limit = view->segment.limit;
    r->scanner.offset = r->offset;
    if (!view->segment.odd && dl_scanner_look(&r->scanner, &event) < 0) {
        rc = unreadable(spool, r->offset, err);
        if (rc < 0)
            return rc;
        event = (struct dl_scan_event){.kind = DL_SCAN_BAD, .end = (r->offset / PAGE + 1) * PAGE};
    }
    if (event.kind == DL_SCAN_END)
        return at_end(spool, view);
    if (event.kind == DL_SCAN_ENTRY)
        return at_entry(spool, view, &event, entry, body, err);
    r->bad = true;
    r->offset = event.end;
    return AGAIN;
}

int dl_spool_next(struct dl_spool *spool, struct dl_spool_entry *entry, struct dl_buffer *body,
                  struct dl_error *err)
{
    struct view view;
    int rc = AGAIN;

    dl_buffer_clear(body);
    while (rc == AGAIN) {
        if (!take_view(spool, &view))
            return 0;
        if (view.there)
            rc = step(spool, &view, entry, body, err);
        else if (spool->reader.expected <= view.accepted)
            push_gap(spool, view.accepted + 1);
        else
            return 0;
    }
    return rc;
}
