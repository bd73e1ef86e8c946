/* The cursor: two slots in blocks of their own. What was synced last is never written over: a write
 * that a power cut tears leaves it. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "spool/spool_private.h"

#define NAME DL_CURSOR_NAME

static int read_slots(struct dl_spool *s, int fd, struct dl_cursor *best)
{
    unsigned char bytes[DL_FORMAT_SLOT];
    struct dl_cursor one = {.next = 0};
    int found = 0;

    for (uint64_t slot = 0; slot < 2; slot++) {
        if (dl_spool_read_at(s, fd, bytes, sizeof bytes, slot * DL_FORMAT_SLOT) != sizeof bytes)
            continue;
        switch (dl_format_read_cursor(bytes, &one)) {
        case DL_FORMAT_NEWER:
            s->newer = true;
            break;
        case DL_FORMAT_GOOD:
            if (!found || one.generation > best->generation) {
                *best = one;
                s->cursor_slot = 1 - (unsigned)slot;
            }
            found = 1;
            break;
        case DL_FORMAT_BAD:
        default:
            break;
        }
    }
    return found;
}

/* Both slots are written out, so that they can be written again when the disk is full. */
static int make_file(struct dl_spool *s, struct dl_error *err)
{
    static const unsigned char zeros[2 * DL_FORMAT_SLOT];

    if (dl_spool_write_at(s, s->cursor_fd, zeros, sizeof zeros, 0) < 0)
        return dl_spool_failed(err, errno, "the cursor of the spool cannot be written");
    s->dirty = true;
    if (!dl_cursor_sync(s) || s->disk->sync_folder(s->disk->context, s->folder) < 0)
        return dl_spool_failed(err, errno, "the cursor of the spool cannot be written");
    return 0;
}

/* What stands in the cursor's place and is no file of ours goes aside. */
static int open_file(struct dl_spool *s)
{
    struct dl_disk const *d = s->disk;
    int fd = d->open(d->context, s->folder, NAME, s->read_only ? O_RDONLY : O_RDWR);
    char byte, name[DL_NAME_SIZE];

    if (fd >= 0 && d->pread(d->context, fd, &byte, 1, 0) < 0 && errno != EIO && errno != EINTR) {
        d->close(d->context, fd);
        fd = -1;
        errno = ELOOP;
    }
    if (fd >= 0 || s->read_only || errno == ENOENT || errno == EACCES || errno == EMFILE)
        return fd;
    for (unsigned i = 1; i < 100; i++) {
        snprintf(name, sizeof name, NAME ".aside-%u", i);
        if (d->rename(d->context, s->folder, NAME, name) == 0)
            break;
    }
    errno = ENOENT;
    return -1;
}

/* Without a cursor everything that is there is given out again. */
static void from_the_start(struct dl_spool *s)
{
    struct dl_segment *first = dl_segment_from(s, 0);
    uint64_t base = first ? dl_segment_base(s, first) : 1;

    memset(&s->cursor, 0, sizeof s->cursor);
    s->cursor.segment = first ? first->number : s->last_number + 1;
    s->cursor.offset = DL_FORMAT_HEAD;
    s->cursor.next = base == UINT64_MAX ? 0 : base; /* 0: the first entry tells */
    s->cursor.delivered = s->cursor.next ? s->cursor.next - 1 : 0;
    s->cursor.accepted = s->cursor.delivered;
}

int dl_cursor_load(struct dl_spool *s, struct dl_error *err)
{
    int found = 0;

    s->cursor_fd = open_file(s);
    if (s->cursor_fd >= 0)
        found = read_slots(s, s->cursor_fd, &s->cursor);
    if (s->newer)
        return dl_error_set(err, DL_E_SPOOL_NEWER,
                            "the spool was written by a newer version of ddlogs");
    if (found) {
        s->settled_count = s->cursor.range_count;
        memcpy(s->settled, s->cursor.ranges, sizeof s->settled);
        return 0;
    }
    from_the_start(s);
    if (s->read_only)
        return 0;
    if (s->cursor_fd < 0)
        s->cursor_fd = s->disk->open(s->disk->context, s->folder, NAME, O_RDWR | O_CREAT);
    if (s->cursor_fd < 0)
        return dl_spool_failed(err, errno, "the cursor of the spool cannot be made");
    return make_file(s, err);
}

/* Entries beyond the position that are settled, and their sums. */
static void fill(struct dl_spool *s, struct dl_cursor *c)
{
    *c = s->cursor;
    c->accepted = s->accepted;
    c->range_count = 0;
    for (unsigned i = 0; i < s->given_count; i++) {
        const struct dl_given *g = &s->given[(s->given_head + i) % DL_GIVEN_MAX];

        if (!g->count || g->left || c->range_count == DL_FORMAT_RANGES)
            continue;
        c->ranges[c->range_count++] = (struct dl_settled){g->first, g->count};
        if (g->counted)
            continue;
        c->delivered += g->delivered;
        c->quarantined += g->quarantined;
        c->discarded += g->discarded;
    }
    /* what was settled before and is not met again yet stays noted */
    for (unsigned i = 0; i < s->settled_count && c->range_count < DL_FORMAT_RANGES; i++)
        if (s->settled[i].first >= s->expected)
            c->ranges[c->range_count++] = s->settled[i];
}

bool dl_cursor_write(struct dl_spool *s)
{
    unsigned char bytes[DL_FORMAT_SLOT];
    struct dl_cursor c;

    if (!s->dirty || s->read_only || s->cursor_fd < 0)
        return !s->dirty;
    s->cursor.generation++;
    fill(s, &c);
    dl_format_cursor(bytes, &c);
    if (dl_spool_write_at(s, s->cursor_fd, bytes, sizeof bytes, s->cursor_slot * DL_FORMAT_SLOT) <
        0)
        return false;
    s->dirty = false;
    s->unsynced = true;
    return true;
}

bool dl_cursor_sync(struct dl_spool *s)
{
    if (!dl_cursor_write(s))
        return false;
    if (!s->unsynced)
        return true;
    if (s->disk->fdatasync(s->disk->context, s->cursor_fd) < 0) {
        s->dirty = true; /* what was written may be gone, and the system says so only once */
        return false;
    }
    s->unsynced = false;
    s->cursor_slot = 1 - s->cursor_slot;
    s->since = 0;
    s->synced_ms = dl_clock_ms();
    return true;
}
