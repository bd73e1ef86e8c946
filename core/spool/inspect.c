/* A spool from outside, while another process may own it: nothing here writes. */
#include "spool/inspect.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LOOKS 5 /* at a folder that changes while it is looked at */

static int read_once(struct dl_outside *o, struct dl_error *err)
{
    int rc;

    dl_listing_free(&o->listing);
    rc = dl_listing_read(&o->listing, o->disk, o->folder, err);
    if (rc < 0)
        return rc;
    if (!o->listing.cursor_there && !o->listing.segments.count && !o->listing.quarantine.count &&
        o->listing.strangers)
        return dl_error_set(err, DL_E_SPOOL_NONE, "other things are in this folder, and no spool");
    return dl_survey(&o->survey, o->disk, o->folder, &o->listing, err);
}

/* What an owner wrote between the names and the cursor: sizes once more. False if there is a new
 * segment. */
static bool catch_up(struct dl_outside *o, const struct dl_listing *again)
{
    const struct dl_segments *segments = &again->segments;

    for (size_t i = 0; i < segments->count; i++) {
        struct dl_segment *segment =
            dl_segments_from(&o->listing.segments, segments->items[i].number);

        if (segment && segment->number == segments->items[i].number)
            segment->size = segment->limit = segments->items[i].size;
    }
    return again->top == o->listing.top;
}

static int read_whole(struct dl_outside *o, struct dl_error *err)
{
    struct dl_listing again = {0};
    bool whole = false;
    int rc = 0;

    for (int i = 0; i < LOOKS && rc == 0 && !whole; i++) {
        rc = read_once(o, err);
        if (rc == 0)
            rc = dl_listing_read(&again, o->disk, o->folder, err);
        whole = rc == 0 && catch_up(o, &again);
        dl_listing_free(&again);
    }
    return rc;
}

/* Where each segment's accepted logs begin and end. */
static int find_ends(struct dl_outside *o, struct dl_error *err)
{
    struct dl_segments *segments = &o->listing.segments;
    uint64_t end = o->survey.next;

    for (size_t i = segments->count; i-- > 0;) {
        struct dl_segment *segment = &segments->items[i];

        if (segment->base == 0 &&
            dl_segment_base(&segment->base, o->disk, o->folder, segment, o->survey.cursor.id) < 0)
            return dl_error_set_errno(err, DL_E_IO, errno, "the spool cannot be read");
        segment->end = end;
        if (segment->base && segment->base < end)
            end = segment->base;
    }
    return 0;
}

int dl_outside_open(struct dl_outside *out, const char *folder, const struct dl_disk *disk,
                    struct dl_error *err)
{
    int rc;

    *out = (struct dl_outside){.disk = disk, .folder = -1};
    out->folder = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (out->folder < 0 && (errno == ENOENT || errno == ENOTDIR))
        return dl_error_set_errno(err, DL_E_SPOOL_NONE, errno, "%s", folder);
    if (out->folder < 0)
        return dl_error_set_errno(err, DL_E_IO, errno, "the folder %s cannot be used", folder);
    out->owner = dl_folder_owner(out->folder);
    rc = read_whole(out, err);
    if (rc == 0)
        rc = find_ends(out, err);
    if (rc < 0) {
        dl_error_prefix(err, "%s", folder);
        dl_outside_close(out);
    }
    return rc;
}

void dl_outside_close(struct dl_outside *o)
{
    dl_listing_free(&o->listing);
    if (o->folder >= 0)
        close(o->folder);
    o->folder = -1;
}

uint64_t dl_outside_unsettled(const struct dl_outside *o, uint64_t first, uint64_t end)
{
    if (first < o->survey.cursor.number)
        first = o->survey.cursor.number;
    return first < end ? end - first - dl_cursor_covers(&o->survey.cursor, first, end) : 0;
}

void dl_outside_counts(const struct dl_outside *o, struct dl_spool_counts *out)
{
    const struct dl_cursor *cursor = &o->survey.cursor;

    *out = (struct dl_spool_counts){
        .accepted = o->survey.next - 1 - cursor->origin,
        .delivered = cursor->delivered,
        .quarantined = cursor->quarantined,
        .damaged = cursor->damaged,
        .discarded = cursor->discarded,
        .bytes = dl_segments_bytes(&o->listing.segments) +
                 dl_segments_bytes(&o->listing.quarantine) + dl_segments_bytes(&o->listing.aside) +
                 o->listing.stranger_bytes + (o->listing.cursor_there ? DL_CURSOR_FILE : 0),
    };
    out->pending = out->accepted - dl_cursor_settled(cursor);
}

int dl_outside_scan(const struct dl_outside *o, struct dl_scanner *scanner,
                    enum dl_segment_kind kind, const struct dl_segment *segment)
{
    char name[DL_SPOOL_NAME];

    dl_segment_name(name, kind, segment->number);
    if (segment->odd)
        return 1;
    if (dl_scanner_open(scanner, o->folder, name, segment->number) < 0)
        return errno == ENOENT || errno == EISDIR ? 1 : -1;
    scanner->limit = segment->limit;
    return 0;
}

int dl_numbers_add(struct dl_numbers *n, uint64_t number)
{
    size_t low = 0, high = n->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (n->items[middle] == number)
            return 0;
        if (n->items[middle] < number)
            low = middle + 1;
        else
            high = middle;
    }
    if (n->count == n->room) {
        size_t room = n->room ? n->room * 2 : 64;
        uint64_t *items = reallocarray(n->items, room, sizeof *items);

        if (!items)
            return -DL_E_NOMEM;
        n->items = items;
        n->room = room;
    }
    memmove(n->items + low + 1, n->items + low, (n->count - low) * sizeof *n->items);
    n->items[low] = number;
    n->count++;
    return 1;
}

/* ---- look ---- */

/* Time of the first entry that is not settled, by its header; 0 if it cannot be found. */
static int64_t oldest(const struct dl_outside *o)
{
    const struct dl_cursor *cursor = &o->survey.cursor;
    const struct dl_segment *segment = dl_segments_from(&o->listing.segments, cursor->segment);
    struct dl_scan_event event = {.kind = DL_SCAN_BAD};
    struct dl_scanner scanner;
    int64_t ms = 0;

    if (!segment || dl_scanner_new(&scanner, o->disk, cursor->id) < 0)
        return 0;
    if (dl_outside_scan(o, &scanner, DL_KIND_SEGMENT, segment) == 0) {
        if (segment->number == cursor->segment)
            scanner.offset = cursor->offset;
        while (ms == 0 && event.kind != DL_SCAN_END && dl_scanner_look(&scanner, &event) == 0) {
            const struct dl_entry_header *h = &event.header;

            if (event.kind == DL_SCAN_ENTRY &&
                dl_outside_unsettled(o, h->first, h->first + h->count))
                ms = h->taken_ms;
            scanner.offset = event.end;
        }
    }
    dl_scanner_free(&scanner);
    return ms;
}

int dl_spool_look_on(struct dl_spool_counts *out, pid_t *owner, const char *folder,
                     const struct dl_disk *disk, struct dl_error *err)
{
    struct dl_outside o;
    int rc = dl_outside_open(&o, folder, disk, err);

    if (rc < 0)
        return rc;
    dl_outside_counts(&o, out);
    if (out->pending)
        out->oldest_ms = oldest(&o);
    if (owner)
        *owner = o.owner;
    dl_outside_close(&o);
    return 0;
}

int dl_spool_look(struct dl_spool_counts *out, pid_t *owner, const char *folder,
                  struct dl_error *err)
{
    return dl_spool_look_on(out, owner, folder, &dl_disk_real, err);
}

/* ---- walk ---- */

struct walk {
    struct dl_outside outside;
    struct dl_scanner scanner;
    struct dl_buffer body;
    struct dl_numbers seen; /* of the quarantine */
    uint64_t expected;      /* of what is pending */
    enum dl_spool_part part;
    bool with_body;
    int (*each)(void *context, const struct dl_spool_entry *entry);
    void *context;
};

/* 1: this one is to be shown; 0: it is not; negative codes. */
static int wanted(struct walk *w, const struct dl_segment *segment,
                  const struct dl_entry_header *header)
{
    uint64_t end = header->first + header->count;

    if (w->part == DL_SPOOL_QUARANTINE)
        return dl_numbers_add(&w->seen, header->first);
    if (header->first < w->expected || end > segment->end ||
        dl_outside_unsettled(&w->outside, header->first, end) == 0)
        return 0;
    w->expected = end;
    return 1;
}

static int walk_entry(struct walk *w, const struct dl_segment *segment,
                      const struct dl_scan_event *event, struct dl_error *err)
{
    const struct dl_entry_header *h = &event->header;
    int rc = dl_scanner_body(&w->scanner, event, &w->body);

    if (rc < 0 && errno == ENOMEM)
        return dl_error_set(err, DL_E_NOMEM, "no memory for an entry of the spool");
    if (rc == 1)
        rc = wanted(w, segment, h);
    if (rc == -DL_E_NOMEM)
        return dl_error_set(err, DL_E_NOMEM, "no memory for the numbers in the quarantine");
    if (rc <= 0) /* damaged, unreadable, or not meant */
        return 0;
    return w->each(w->context, &(struct dl_spool_entry){.first = h->first,
                                                        .count = h->count,
                                                        .raw_length = h->raw_length,
                                                        .encoding = h->encoding,
                                                        .taken_ms = h->taken_ms,
                                                        .body = w->with_body ? w->body.data : NULL,
                                                        .length = w->body.len});
}

static int walk_segment(struct walk *w, enum dl_segment_kind kind, const struct dl_segment *segment,
                        struct dl_error *err)
{
    struct dl_scan_event event;
    int rc = dl_outside_scan(&w->outside, &w->scanner, kind, segment);

    if (rc == 1)
        return 0;
    while (rc == 0) {
        if (dl_scanner_look(&w->scanner, &event) < 0)
            break;
        if (event.kind == DL_SCAN_END)
            return 0;
        if (event.kind == DL_SCAN_ENTRY)
            rc = walk_entry(w, segment, &event, err);
        if (rc != 0)
            return rc;
        w->scanner.offset = event.end;
    }
    return dl_error_set_errno(err, DL_E_IO, errno, "the spool cannot be read");
}

static int walk_all(struct walk *w, struct dl_error *err)
{
    const struct dl_listing *listing = &w->outside.listing;
    bool pending = w->part == DL_SPOOL_PENDING;
    const struct dl_segments *segments = pending ? &listing->segments : &listing->quarantine;
    int rc = 0;

    for (size_t i = 0; i < segments->count && rc == 0; i++) {
        const struct dl_segment *segment = &segments->items[i];

        if (!pending || segment->number >= w->outside.survey.cursor.segment)
            rc = walk_segment(w, pending ? DL_KIND_SEGMENT : DL_KIND_QUARANTINE, segment, err);
    }
    return rc;
}

int dl_spool_walk_on(const char *folder, const struct dl_disk *disk, enum dl_spool_part part,
                     bool with_body, int (*each)(void *context, const struct dl_spool_entry *entry),
                     void *context, struct dl_error *err)
{
    struct walk w = {.part = part, .with_body = with_body, .each = each, .context = context};
    int rc = dl_outside_open(&w.outside, folder, disk, err);

    if (rc < 0)
        return rc;
    dl_buffer_init(&w.body, DL_SPOOL_BODY_MAX);
    w.expected = w.outside.survey.cursor.number;
    rc = dl_scanner_new(&w.scanner, disk, w.outside.survey.cursor.id);
    if (rc < 0)
        dl_error_set(err, DL_E_NOMEM, "no memory to read the spool");
    else
        rc = walk_all(&w, err);
    dl_scanner_free(&w.scanner);
    dl_buffer_free(&w.body);
    free(w.seen.items);
    dl_outside_close(&w.outside);
    return rc;
}

int dl_spool_walk(const char *folder, enum dl_spool_part part, bool with_body,
                  int (*each)(void *context, const struct dl_spool_entry *entry), void *context,
                  struct dl_error *err)
{
    return dl_spool_walk_on(folder, &dl_disk_real, part, with_body, each, context, err);
}
