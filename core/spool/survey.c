/* What is known of a spool without reading through it: the cursor and the last segments. */
#include <errno.h>
#include <fcntl.h>

#include "base/clock.h"
#include "spool/folder.h"

/* The header of a segment's file. 1, 0 for none that counts, -1 and errno. */
static int read_header(struct dl_segment_header *out, const struct dl_disk *disk, int fd)
{
    unsigned char bytes[DL_SEGMENT_HEADER];
    ssize_t n = dl_disk_read(disk, fd, bytes, sizeof bytes, 0);

    if (n < 0)
        return -1;
    return n == (ssize_t)sizeof bytes && dl_segment_header_read(out, bytes);
}

/* The same by number; what is no file has none. */
static int header_of(struct dl_segment_header *out, const struct dl_disk *disk, int folder,
                     enum dl_segment_kind kind, const struct dl_segment *segment)
{
    char name[DL_SPOOL_NAME];
    int fd, rc, number;

    if (segment->odd)
        return 0;
    dl_segment_name(name, kind, segment->number);
    fd = dl_disk_open(disk, folder, name, O_RDONLY);
    if (fd < 0)
        return errno == EISDIR || errno == ENOENT ? 0 : -1;
    rc = read_header(out, disk, fd);
    number = errno;
    disk->close(disk->context, fd);
    errno = number;
    return rc;
}

/* base by the first entry that stands in it */
static int first_base(uint64_t *base, struct dl_scanner *scanner)
{
    struct dl_scan_event event;

    for (;;) {
        if (dl_scanner_look(scanner, &event) < 0)
            return -1;
        if (event.kind == DL_SCAN_END)
            return 0;
        if (event.kind == DL_SCAN_ENTRY) {
            *base = event.header.base;
            return 0;
        }
        scanner->offset = event.end;
    }
}

int dl_segment_base(uint64_t *base, const struct dl_disk *disk, int folder,
                    const struct dl_segment *segment, uint64_t id)
{
    struct dl_segment_header header;
    struct dl_scanner scanner;
    char name[DL_SPOOL_NAME];
    int rc = header_of(&header, disk, folder, DL_KIND_SEGMENT, segment), number;

    *base = 0;
    if (rc < 0)
        return -1;
    if (rc == 1 && header.id == id && header.number == segment->number) {
        *base = header.base;
        return 0;
    }
    if (segment->odd || segment->size <= DL_SEGMENT_HEADER)
        return 0;
    if (dl_scanner_new(&scanner, disk, id) < 0) {
        errno = ENOMEM;
        return -1;
    }
    dl_segment_name(name, DL_KIND_SEGMENT, segment->number);
    scanner.limit = segment->limit;
    rc = dl_scanner_open(&scanner, folder, name, segment->number);
    if (rc < 0 && (errno == EISDIR || errno == ENOENT))
        rc = 0;
    else if (rc == 0)
        rc = first_base(base, &scanner);
    number = errno;
    dl_scanner_free(&scanner);
    errno = number;
    return rc;
}

/* ---- the tail ---- */

struct tail {
    uint64_t accepted; /* number of the last log known to be accepted */
    uint64_t next;     /* behind the last log that stands there whole */
    bool entries;      /* there is one */
};

/* What each entry says of those before it: they were accepted when it was written. */
static int read_marks(struct tail *tail, struct dl_scanner *scanner, uint64_t base)
{
    struct dl_scan_event event;

    scanner->offset = DL_SEGMENT_HEADER;
    for (;; scanner->offset = event.end) {
        if (dl_scanner_look(scanner, &event) < 0)
            return -1;
        if (event.kind == DL_SCAN_END)
            return 0;
        if (event.kind != DL_SCAN_ENTRY || event.header.first < base)
            continue;
        tail->entries = true;
        if (tail->accepted < event.header.first - 1 - event.header.unsynced)
            tail->accepted = event.header.first - 1 - event.header.unsynced;
    }
}

/* Goes over what may never have been synced, as far as it stands whole and without a gap. */
static int read_rest(struct tail *tail, struct dl_scanner *scanner)
{
    struct dl_scan_event event;
    struct dl_buffer body;
    int rc = 1;

    dl_buffer_init(&body, DL_SPOOL_BODY_MAX);
    tail->next = tail->accepted + 1;
    scanner->offset = DL_SEGMENT_HEADER;
    for (; rc == 1; scanner->offset = event.end) {
        rc = dl_scanner_look(scanner, &event);
        if (rc < 0 || event.kind == DL_SCAN_END)
            break;
        rc = 1;
        if (event.kind != DL_SCAN_ENTRY || event.header.first != tail->next)
            continue;
        rc = dl_scanner_body(scanner, &event, &body);
        if (rc == 1)
            tail->next += event.header.count;
    }
    dl_buffer_free(&body);
    return rc < 0 ? -1 : 0;
}

/* One segment, the last that is one. 1: it has a base or entries; 0: it is none. -1 and errno. */
static int read_tail(struct tail *tail, const struct dl_disk *disk, int folder,
                     struct dl_segment *segment, struct dl_scanner *scanner)
{
    char name[DL_SPOOL_NAME];

    if (dl_segment_base(&segment->base, disk, folder, segment, scanner->id) < 0)
        return -1;
    if (segment->base == 0)
        return 0;
    if (tail->accepted < segment->base - 1)
        tail->accepted = segment->base - 1;
    dl_segment_name(name, DL_KIND_SEGMENT, segment->number);
    scanner->limit = segment->limit;
    if (dl_scanner_open(scanner, folder, name, segment->number) < 0)
        return errno == ENOENT ? 1 : -1;
    if (read_marks(tail, scanner, segment->base) < 0 || read_rest(tail, scanner) < 0)
        return -1;
    return 1;
}

static int read_tails(struct dl_survey *survey, const struct dl_disk *disk, int folder,
                      struct dl_segments *segments, struct dl_error *err)
{
    struct tail tail = {.accepted = survey->cursor.accepted};
    struct dl_scanner scanner;
    int rc = dl_scanner_new(&scanner, disk, survey->cursor.id), number;

    if (rc < 0)
        return dl_error_set(err, DL_E_NOMEM, "no memory to read the spool");
    /* what the cursor has passed was either settled or given up */
    for (size_t i = segments->count;
         i-- > 0 && rc == 0 && segments->items[i].number >= survey->cursor.segment;) {
        rc = read_tail(&tail, disk, folder, &segments->items[i], &scanner);
        if (rc == 1 && tail.entries)
            survey->adopt = segments->items[i].number;
    }
    number = errno;
    dl_scanner_free(&scanner);
    if (rc < 0)
        return number == ENOMEM
                   ? dl_error_set(err, DL_E_NOMEM, "no memory to read the spool")
                   : dl_error_set_errno(err, DL_E_IO, number, "the spool cannot be read");
    survey->next = tail.next > tail.accepted ? tail.next : tail.accepted + 1;
    return 0;
}

/* ---- the cursor ---- */

static int read_cursor(struct dl_survey *survey, const struct dl_disk *disk, int folder,
                       struct dl_error *err)
{
    int fd = dl_disk_open(disk, folder, DL_CURSOR_NAME, O_RDONLY), rc, number;

    survey->state.newest = -1;
    if (fd < 0 && (errno == ENOENT || errno == EISDIR))
        return 0;
    if (fd < 0)
        return dl_error_set_errno(err, DL_E_IO, errno, "the spool's cursor cannot be read");
    rc = dl_cursor_read(&survey->cursor, &survey->state, disk, fd, &number);
    disk->close(disk->context, fd);
    if (rc < 0)
        return dl_error_set(err, DL_E_SPOOL_NEWER, "a newer ddlogs wrote the spool");
    if (rc == 0 && number)
        return dl_error_set_errno(err, DL_E_IO, number, "the spool's cursor cannot be read");
    survey->cursor_valid = rc == 1;
    return 0;
}

struct look {
    const struct dl_disk *disk;
    int folder;
    uint64_t id; /* by the cursor, 0: there is none */
    struct dl_error *err;
};

/* 1 and its header; 0: it is no segment. */
static int look_at(struct look *look, enum dl_segment_kind kind, const struct dl_segment *segment,
                   struct dl_segment_header *header)
{
    int rc = header_of(header, look->disk, look->folder, kind, segment);

    if (rc < 0)
        return dl_error_set_errno(look->err, DL_E_IO, errno, "the spool cannot be read");
    if (rc == 0 || header->number != segment->number)
        return 0;
    /* of this spool, as far as is known: a stranger's file stops nothing */
    if (header->version > DL_SPOOL_VERSION && (look->id == 0 || look->id == header->id))
        return dl_error_set(look->err, DL_E_SPOOL_NEWER, "a newer ddlogs wrote the spool");
    return 1;
}

/* A cursor of another spool does not count: the segments say whose it is. Without a cursor the
 * first segment that is one gives id and beginning. */
static int match(struct dl_survey *survey, struct look *look, const struct dl_segments *segments)
{
    const struct dl_segment *at = dl_segments_from(segments, survey->cursor.segment);
    struct dl_segment_header header;
    bool same = false, other = false;
    int rc;

    for (size_t i = 0; i < segments->count; i++) {
        const struct dl_segment *segment = &segments->items[i];

        /* the first ones, the one that is read next, and the last */
        if (i > 1 && segment != at && i + 1 < segments->count)
            continue;
        rc = look_at(look, DL_KIND_SEGMENT, segment, &header);
        if (rc < 0)
            return rc;
        if (rc == 0)
            continue;
        same |= survey->cursor_valid && header.id == survey->cursor.id;
        other |= survey->cursor_valid && header.id != survey->cursor.id;
    }
    if (other && !same)
        survey->cursor_valid = false;
    return 0;
}

/* id by the first header that counts; 1 if it is one of a segment */
static int find_id(uint64_t *id, struct look *look, const struct dl_listing *listing)
{
    struct dl_segment_header header;
    int rc = 0;

    for (size_t i = 0; i < listing->segments.count && rc == 0; i++)
        rc = look_at(look, DL_KIND_SEGMENT, &listing->segments.items[i], &header);
    if (rc == 1)
        *id = header.id;
    if (rc != 0)
        return rc;
    for (size_t i = 0; i < listing->quarantine.count && rc == 0; i++)
        rc = look_at(look, DL_KIND_QUARANTINE, &listing->quarantine.items[i], &header);
    if (rc == 1)
        *id = header.id;
    else if (rc == 0 && dl_clock_random(id, sizeof *id) < 0)
        return dl_error_set(look->err, DL_E_INTERNAL, "the kernel gives no random bytes");
    return rc < 0 ? rc : 0;
}

/* Without a cursor reading begins at the first segment's first entry, and so do the counts. */
static int begin_anew(struct dl_survey *survey, struct look *look, const struct dl_listing *listing)
{
    const struct dl_segments *segments = &listing->segments;
    struct dl_cursor *cursor = &survey->cursor;
    uint64_t base = 0;
    int rc;

    *cursor = (struct dl_cursor){.segment = 1, .offset = DL_SEGMENT_HEADER, .number = 1};
    look->id = 0;
    rc = find_id(&cursor->id, look, listing);
    if (rc <= 0)
        return rc;
    cursor->segment = segments->items[0].number;
    for (size_t i = 0; i < segments->count && base == 0; i++)
        if (dl_segment_base(&base, look->disk, look->folder, &segments->items[i], cursor->id) < 0)
            return dl_error_set_errno(look->err, DL_E_IO, errno, "the spool cannot be read");
    if (base > 1)
        cursor->number = base;
    cursor->origin = cursor->accepted = cursor->number - 1;
    return 0;
}

int dl_survey(struct dl_survey *out, const struct dl_disk *disk, int folder,
              struct dl_listing *listing, struct dl_error *err)
{
    struct look look = {.disk = disk, .folder = folder, .err = err};
    int rc;

    *out = (struct dl_survey){0};
    rc = read_cursor(out, disk, folder, err);
    look.id = out->cursor_valid ? out->cursor.id : 0;
    if (rc == 0)
        rc = match(out, &look, &listing->segments);
    if (rc == 0 && !out->cursor_valid)
        rc = begin_anew(out, &look, listing);
    if (rc == 0)
        rc = read_tails(out, disk, folder, &listing->segments, err);
    return rc;
}
