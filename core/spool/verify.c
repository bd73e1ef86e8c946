/* Reads every byte of a spool and says what is not as it was written. */
#include <errno.h>
#include <stdlib.h>

#include "base/text.h"
#include "spool/inspect.h"

struct verify {
    struct dl_outside outside;
    struct dl_scanner scanner;
    struct dl_buffer body;
    struct dl_numbers refused;
    void (*found)(void *context, const struct dl_spool_finding *finding);
    void *context;
    int findings;
    char name[DL_SPOOL_NAME]; /* of the file at hand */
    uint64_t expected;        /* number of the next log */
    uint64_t whole, lost;     /* logs that are not settled */
    bool bad, any;            /* bytes that are no entry, and entries, in this file */
    uint64_t bad_at;
};

static void report(struct verify *v, uint64_t offset, uint64_t first, uint64_t logs,
                   const char *text)
{
    const struct dl_spool_finding finding = {
        .file = v->name, .offset = offset, .first = logs ? first : 0, .logs = logs, .text = text};

    v->findings++;
    if (v->found)
        v->found(v->context, &finding);
}

/* Logs are missing up to `end`. */
static void gap(struct verify *v, uint64_t end, uint64_t offset)
{
    uint64_t logs = dl_outside_unsettled(&v->outside, v->expected, end);

    if (logs)
        report(v, v->bad ? v->bad_at : offset, v->expected, logs, "accepted logs are missing here");
    else if (v->bad)
        report(v, v->bad_at, 0, 0, "logs that were settled are damaged here");
    v->lost += logs;
    v->expected = end;
}

static int unreadable(struct verify *v, uint64_t offset, struct dl_error *err)
{
    if (errno == ENOMEM)
        return dl_error_set(err, DL_E_NOMEM, "no memory to read the spool");
    report(v, offset, 0, 0, "the disk cannot read this place");
    return 0;
}

static void check_header(struct verify *v, const struct dl_segment *segment)
{
    unsigned char bytes[DL_SEGMENT_HEADER];
    struct dl_segment_header header;
    ssize_t n = dl_disk_read(v->outside.disk, v->scanner.fd, bytes, sizeof bytes, 0);

    if (n == 0 && segment->size == 0)
        return; /* just made, or made in vain */
    if (n < (ssize_t)sizeof bytes || !dl_segment_header_read(&header, bytes) ||
        header.number != segment->number || header.id != v->outside.survey.cursor.id)
        report(v, 0, 0, 0, "the header of the file is not what was written");
}

static int one_entry(struct verify *v, const struct dl_segment *segment,
                     const struct dl_scan_event *event, struct dl_error *err)
{
    const struct dl_entry_header *h = &event->header;
    uint64_t end = h->first + h->count, logs;
    int rc = dl_scanner_body(&v->scanner, event, &v->body);

    v->any = true;
    if (rc < 0 && errno == ENOMEM)
        return unreadable(v, event->offset, err);
    if (h->first < v->expected || end > segment->end)
        return 0; /* seen before, or never accepted */
    if (h->first > v->expected)
        gap(v, h->first, event->offset);
    else if (v->bad)
        report(v, v->bad_at, 0, 0, "bytes stand here that are no entry");
    v->bad = false;
    v->expected = end;
    logs = dl_outside_unsettled(&v->outside, h->first, end);
    if (rc == 1) {
        v->whole += logs;
        return 0;
    }
    v->lost += logs;
    report(v, event->offset, h->first, logs,
           logs ? "the content is not what was written"
                : "settled content is not what was written");
    return 0;
}

static void end_of(struct verify *v, const struct dl_segment *segment, bool there)
{
    if (v->expected < segment->end)
        gap(v, segment->end, v->scanner.limit);
    else if (there && v->bad && !v->any)
        report(v, 0, 0, 0, "this is no segment of the spool");
}

static int one_segment(struct verify *v, const struct dl_segment *segment, struct dl_error *err)
{
    struct dl_scan_event event = {.kind = DL_SCAN_BAD};
    int rc;

    dl_segment_name(v->name, DL_KIND_SEGMENT, segment->number);
    v->bad = v->any = false;
    rc = dl_outside_scan(&v->outside, &v->scanner, DL_KIND_SEGMENT, segment);
    if (rc < 0)
        return unreadable(v, 0, err);
    if (rc == 1 && v->outside.owner && !segment->odd) {
        v->whole += dl_outside_unsettled(&v->outside, v->expected, segment->end);
        v->expected = segment->end; /* settled and removed meanwhile */
        return 0;
    }
    if (rc == 1)
        report(v, 0, 0, 0, "this is no regular file");
    if (rc == 0)
        check_header(v, segment);
    for (; rc == 0 && event.kind != DL_SCAN_END; v->scanner.offset = event.end) {
        if (dl_scanner_look(&v->scanner, &event) < 0)
            return unreadable(v, v->scanner.offset, err);
        if (event.kind == DL_SCAN_ENTRY)
            rc = one_entry(v, segment, &event, err);
        if (event.kind == DL_SCAN_BAD) {
            v->bad = true;
            v->bad_at = event.offset;
        }
    }
    if (rc < 0)
        return rc;
    end_of(v, segment, rc == 0);
    return 0;
}

static int all_segments(struct verify *v, struct dl_error *err)
{
    const struct dl_segments *segments = &v->outside.listing.segments;
    int rc = 0;

    v->expected = v->outside.survey.cursor.number;
    for (size_t i = 0; i < segments->count; i++) {
        uint64_t base = segments->items[i].base;

        if (base && base < v->expected)
            v->expected = base;
    }
    for (size_t i = 0; i < segments->count && rc == 0; i++)
        rc = one_segment(v, &segments->items[i], err);
    dl_text_copy(v->name, sizeof v->name, ".");
    v->bad = false;
    if (rc == 0 && v->expected < v->outside.survey.next)
        gap(v, v->outside.survey.next, 0);
    return rc;
}

/* ---- the rest of the folder ---- */

static int one_quarantine(struct verify *v, const struct dl_segment *segment, struct dl_error *err)
{
    struct dl_scan_event event = {.kind = DL_SCAN_BAD};
    int rc;

    dl_segment_name(v->name, DL_KIND_QUARANTINE, segment->number);
    rc = dl_outside_scan(&v->outside, &v->scanner, DL_KIND_QUARANTINE, segment);
    if (rc < 0)
        return unreadable(v, 0, err);
    if (rc == 1) {
        report(v, 0, 0, 0, "this is no regular file");
        return 0;
    }
    check_header(v, segment);
    for (; event.kind != DL_SCAN_END; v->scanner.offset = event.end) {
        if (dl_scanner_look(&v->scanner, &event) < 0)
            return unreadable(v, v->scanner.offset, err);
        if (event.kind == DL_SCAN_BAD)
            report(v, event.offset, 0, 0, "bytes stand here that are no entry");
        if (event.kind != DL_SCAN_ENTRY)
            continue;
        rc = dl_scanner_body(&v->scanner, &event, &v->body);
        if (rc == 0)
            report(v, event.offset, event.header.first, 1, "the content is not what was written");
        if (rc == 1)
            rc = dl_numbers_add(&v->refused, event.header.first);
        if (rc < 0)
            return dl_error_set(err, DL_E_NOMEM, "no memory to read the quarantine");
    }
    return 0;
}

static int all_quarantine(struct verify *v, struct dl_error *err)
{
    const struct dl_segments *segments = &v->outside.listing.quarantine;
    uint64_t counted = v->outside.survey.cursor.quarantined;
    int rc = 0;

    for (size_t i = 0; i < segments->count && rc == 0; i++)
        rc = one_quarantine(v, &segments->items[i], err);
    if (rc < 0 || v->refused.count >= counted)
        return rc;
    dl_text_copy(v->name, sizeof v->name, ".");
    report(v, 0, 0, counted - v->refused.count, "refused logs are missing in the quarantine");
    return 0;
}

static void check_cursor(struct verify *v)
{
    const struct dl_cursor_state *state = &v->outside.survey.state;

    dl_text_copy(v->name, sizeof v->name, DL_CURSOR_NAME);
    if (!v->outside.listing.cursor_there)
        report(v, 0, 0, 0, "it is missing: counts begin anew, logs may be delivered twice");
    else if (!v->outside.survey.cursor_valid)
        report(v, 0, 0, 0, "it cannot be used: counts begin anew, logs may be delivered twice");
    else if (!v->outside.owner) /* else it may be written just now */
        for (int i = 0; i < 2; i++)
            if (!state->valid[i] && !state->blank[i])
                report(v, (uint64_t)i * DL_CURSOR_SLOT, 0, 0, "one of its two slots is damaged");
}

static void check_names(struct verify *v)
{
    const struct dl_listing *listing = &v->outside.listing;

    for (size_t i = 0; i < listing->aside.count; i++) {
        dl_segment_name(v->name, DL_KIND_ASIDE, listing->aside.items[i].number);
        report(v, 0, 0, 0, "it was set aside with damaged logs in it");
    }
    if (!listing->strangers)
        return;
    dl_text_copy(v->name, sizeof v->name, listing->stranger);
    report(v, 0, 0, 0,
           listing->strangers == 1 ? "it is not of the spool"
                                   : "it is not of the spool, and others are not");
}

static int verify_all(struct verify *v, struct dl_spool_counts *out, struct dl_error *err)
{
    int rc;

    check_cursor(v);
    rc = all_segments(v, err);
    if (rc == 0)
        rc = all_quarantine(v, err);
    if (rc < 0)
        return rc;
    check_names(v);
    dl_outside_counts(&v->outside, out);
    out->damaged += v->lost;
    out->pending -= v->lost;
    dl_text_copy(v->name, sizeof v->name, ".");
    if (out->pending != v->whole)
        report(v, 0, 0, 0, "the counts do not add up");
    return v->findings;
}

int dl_spool_verify_on(struct dl_spool_counts *out, const char *folder, const struct dl_disk *disk,
                       void (*found)(void *context, const struct dl_spool_finding *finding),
                       void *context, struct dl_error *err)
{
    struct verify v = {.found = found, .context = context};
    struct dl_spool_counts counts;
    int rc = dl_outside_open(&v.outside, folder, disk, err);

    if (rc < 0)
        return rc;
    dl_buffer_init(&v.body, DL_SPOOL_BODY_MAX);
    rc = dl_scanner_new(&v.scanner, disk, v.outside.survey.cursor.id);
    if (rc < 0)
        dl_error_set(err, DL_E_NOMEM, "no memory to read the spool");
    else
        rc = verify_all(&v, &counts, err);
    if (rc >= 0)
        *out = counts;
    dl_scanner_free(&v.scanner);
    dl_buffer_free(&v.body);
    free(v.refused.items);
    dl_outside_close(&v.outside);
    return rc;
}

int dl_spool_verify(struct dl_spool_counts *out, const char *folder,
                    void (*found)(void *context, const struct dl_spool_finding *finding),
                    void *context, struct dl_error *err)
{
    return dl_spool_verify_on(out, folder, &dl_disk_real, found, context, err);
}
