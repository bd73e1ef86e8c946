/* Keeps the cursor's file: which slot may be written, what is synced. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/clock.h"
#include "spool/private.h"

/* Written out whole once, so that it can be rewritten on a full disk. */
static int fill(struct dl_spool *spool, int fd)
{
    static const unsigned char zeros[DL_CURSOR_FILE];
    unsigned char there[DL_CURSOR_FILE];
    ssize_t size = dl_disk_read(&spool->disk, fd, there, sizeof there, 0);

    if (size < 0)
        return -1;
    return dl_disk_write(&spool->disk, fd, zeros, sizeof zeros - (size_t)size, (uint64_t)size);
}

int dl_cursor_open(struct dl_spool *spool)
{
    struct dl_disk *disk = &spool->disk;
    int fd = dl_disk_open(disk, spool->folder, DL_CURSOR_NAME, O_RDWR | O_CREAT);

    if (fd < 0 && errno == EISDIR && dl_spool_set_aside(spool, DL_CURSOR_NAME, 0) == 0)
        fd = dl_disk_open(disk, spool->folder, DL_CURSOR_NAME, O_RDWR | O_CREAT);
    if (fd < 0)
        return -1;
    if (fill(spool, fd) < 0 || disk->fdatasync(disk->context, fd) < 0 ||
        disk->sync_folder(disk->context, spool->folder) < 0) {
        disk->close(disk->context, fd);
        return -1;
    }
    spool->cursor.fd = fd;
    if (spool->cursor.newest >= 0) /* it may have been in memory alone; now it is synced */
        spool->cursor.slot = 1 - spool->cursor.newest;
    return 0;
}

static void add_range(struct dl_cursor *cursor, uint64_t first, uint64_t end)
{
    struct dl_range *last = cursor->range_count ? &cursor->ranges[cursor->range_count - 1] : NULL;

    if (last && last->end == first)
        last->end = end;
    else if (cursor->range_count < DL_SPOOL_AHEAD)
        cursor->ranges[cursor->range_count++] = (struct dl_range){first, end};
}

/* What was read from the disk as settled and lies behind all that was given out since. */
static void add_old_ranges(struct dl_cursor *cursor, const struct dl_cursor *old, uint64_t from)
{
    for (uint32_t i = 0; i < old->range_count; i++) {
        uint64_t first = old->ranges[i].first;

        if (first < from)
            first = from;
        if (first < old->ranges[i].end)
            add_range(cursor, first, old->ranges[i].end);
    }
}

/* The cursor as it is now; under the mutex. */
static void snapshot(struct dl_spool *spool, struct dl_cursor *out)
{
    const struct reader *reader = &spool->reader;
    const struct slot *head = spool->slot_count ? dl_spool_slot(spool, 0) : NULL;
    const struct dl_segment *segment;

    *out = spool->totals;
    out->range_count = 0;
    out->accepted = spool->accepted;
    out->segment = head ? head->segment : reader->segment;
    out->offset = head ? head->offset : reader->offset;
    out->number = head ? head->first : reader->expected;
    segment = dl_segments_from(&spool->segments, out->segment);
    out->damage = (segment && segment->number == out->segment && segment->damaged) ||
                  (reader->segment == out->segment && reader->bad);
    for (unsigned i = 0; i < spool->slot_count; i++) {
        const struct slot *slot = dl_spool_slot(spool, i);

        if (slot->left == 0)
            add_range(out, slot->first, slot->end);
    }
    add_old_ranges(out, &spool->totals, reader->expected);
}

int dl_cursor_put(struct dl_spool *spool)
{
    struct cursor_file *file = &spool->cursor;
    struct dl_cursor now;

    if (file->fd < 0 && dl_cursor_open(spool) < 0)
        return -1;
    dl_spool_lock(spool);
    spool->totals.generation++;
    snapshot(spool, &now);
    dl_spool_unlock(spool);
    if (dl_cursor_write(&now, file->slot, &spool->disk, file->fd) < 0)
        return -1;
    file->dirty = false;
    file->written = true;
    file->accepted = now.accepted;
    return 0;
}

int dl_cursor_sync(struct dl_spool *spool)
{
    struct cursor_file *file = &spool->cursor;

    if (file->dirty && dl_cursor_put(spool) < 0)
        return -1;
    if (!file->written)
        return file->fd < 0 ? -1 : 0;
    if (spool->disk.fdatasync(spool->disk.context, file->fd) < 0) {
        file->dirty = true; /* nobody knows what is on the disk now: all of it again */
        file->written = false;
        return -1;
    }
    file->written = false;
    file->slot = 1 - file->slot;
    file->settled = 0;
    file->synced_ms = dl_clock_ms();
    return 0;
}
