/* What became of the logs: settling, the quarantine, and files that are done with. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>

#include "base/clock.h"
#include "base/compress.h"
#include "base/text.h"
#include "spool/crc32c.h"
#include "spool/private.h"

#define SYNC_ENTRIES 16 /* settled, until the cursor is synced */
#define SYNC_MS 1000

bool dl_spool_pop(struct dl_spool *spool)
{
    bool popped = false;

    while (spool->slot_count && dl_spool_slot(spool, 0)->left == 0) {
        spool->slot_first = (spool->slot_first + 1) % DL_SPOOL_AHEAD;
        spool->slot_count--;
        popped = true;
    }
    return popped;
}

static void mark(struct slot *slot, uint64_t number, enum dl_spool_fate fate)
{
    uint64_t i = number - slot->first, bit = (uint64_t)1 << (i % 64);

    if (slot->left == 0 || slot->settled[i / 64] & bit)
        return;
    slot->settled[i / 64] |= bit;
    slot->fates[fate]++;
    slot->left--;
}

/* Marks them in one slot; true if that settled the last of it. */
static bool settle_in(struct dl_spool *spool, struct slot *slot, uint64_t first, uint64_t end,
                      enum dl_spool_fate fate)
{
    if (slot->left == 0)
        return false;
    if (first < slot->first)
        first = slot->first;
    if (end > slot->end)
        end = slot->end;
    for (uint64_t number = first; number < end; number++)
        mark(slot, number, fate);
    if (slot->left)
        return false;
    spool->totals.delivered += slot->fates[DL_SPOOL_DELIVERED];
    spool->totals.quarantined += slot->fates[DL_SPOOL_QUARANTINED];
    spool->totals.discarded += slot->fates[DL_SPOOL_DISCARDED];
    return true;
}

void dl_spool_settle(struct dl_spool *spool, uint64_t first, uint32_t count,
                     enum dl_spool_fate fate)
{
    struct cursor_file *file = &spool->cursor;
    unsigned done = 0;

    dl_spool_lock(spool);
    for (unsigned i = 0; i < spool->slot_count; i++)
        done += settle_in(spool, dl_spool_slot(spool, i), first, first + count, fate);
    dl_spool_pop(spool);
    dl_spool_unlock(spool);
    if (!done)
        return;
    dl_reader_go_past(spool);
    file->dirty = true;
    file->settled += done;
    if (file->settled >= SYNC_ENTRIES || dl_clock_ms() - file->synced_ms >= SYNC_MS)
        dl_cursor_sync(spool);
    else
        dl_cursor_put(spool);
    dl_spool_retire(spool);
}

/* With all settled, the segment that is written to can vanish too, unless it is small. */
static void finish(struct dl_spool *spool, uint64_t larger)
{
    bool all, other;

    dl_spool_lock(spool);
    all = spool->slot_count == 0 && spool->reader.expected > spool->accepted;
    other = spool->cursor.accepted != spool->accepted;
    dl_spool_unlock(spool);
    if (all)
        dl_writer_let_go(spool, larger);
    dl_reader_go_past(spool);
    spool->cursor.dirty |= other;
    dl_cursor_sync(spool);
    dl_spool_retire(spool);
}

void dl_spool_rest(struct dl_spool *spool)
{
    finish(spool, spool->segment_max / 16);
}

void dl_spool_finish(struct dl_spool *spool)
{
    finish(spool, 0);
}

/* ---- files that are done with ---- */

int dl_spool_set_aside(struct dl_spool *spool, const char *name, uint64_t number)
{
    struct dl_disk *disk = &spool->disk;
    char to[DL_SPOOL_NAME];
    uint32_t chance = 0;

    dl_segment_name(to, DL_KIND_ASIDE, number);
    if (number && disk->rename(disk->context, spool->folder, name, to) == 0)
        return 0;
    if (number && errno != EISDIR && errno != ENOTDIR && errno != ENOTEMPTY && errno != EEXIST)
        return -1;
    /* something of that name stands there already */
    if (dl_clock_random(&chance, sizeof chance) < 0)
        return -1;
    dl_text_format(to, sizeof to, "damaged-%s-%08" PRIx32, name, chance);
    return disk->rename(disk->context, spool->folder, name, to);
}

/* The next segment from this number on that is read and settled. */
static bool next_done(struct dl_spool *spool, uint64_t from, struct dl_segment *out)
{
    const struct dl_segment *segment;
    uint64_t position;

    dl_spool_lock(spool);
    position = spool->slot_count ? dl_spool_slot(spool, 0)->segment : spool->reader.segment;
    segment = dl_segments_from(&spool->segments, from);
    if (segment)
        *out = *segment;
    dl_spool_unlock(spool);
    return segment && out->number < position && !out->open;
}

/* Without any cursor on the disk, reading would begin anew at the first file that is left: nothing
 * is lost by taking one away that is settled, and that may make room for a cursor. */
static bool may_go_without_cursor(struct dl_spool *spool)
{
    bool several;

    dl_spool_lock(spool);
    several = spool->segments.count > 1;
    dl_spool_unlock(spool);
    return spool->cursor.fd < 0 && several;
}

static bool remove_done(struct dl_spool *spool, const struct dl_segment *segment)
{
    struct dl_disk *disk = &spool->disk;
    bool keep = segment->damaged || segment->odd;
    char name[DL_SPOOL_NAME];
    int rc;

    dl_segment_name(name, DL_KIND_SEGMENT, segment->number);
    rc = keep ? dl_spool_set_aside(spool, name, segment->number)
              : disk->unlink(disk->context, spool->folder, name);
    if (rc < 0 && errno == EISDIR)
        rc = dl_spool_set_aside(spool, name, segment->number);
    if (rc < 0 && errno != ENOENT)
        return false;
    dl_spool_lock(spool);
    spool->live_bytes -= segment->size;
    spool->other_bytes += keep ? segment->size : 0;
    dl_segments_remove(&spool->segments, segment->number);
    dl_spool_unlock(spool);
    return keep;
}

/* Both slots say that all in it is settled, so that no fall back to the older one finds a gap. */
static bool passed_for_good(struct dl_spool *spool)
{
    if (dl_cursor_sync(spool) == 0) {
        spool->cursor.dirty = true;
        if (dl_cursor_sync(spool) == 0)
            return true;
    }
    return may_go_without_cursor(spool);
}

void dl_spool_retire(struct dl_spool *spool)
{
    struct dl_segment segment;
    bool renamed = false, synced = false;

    for (uint64_t from = 0; next_done(spool, from, &segment); from = segment.number + 1) {
        if (!synced && !passed_for_good(spool))
            break;
        synced = true;
        renamed |= remove_done(spool, &segment);
    }
    if (renamed)
        spool->disk.sync_folder(spool->disk.context, spool->folder);
}

/* ---- the quarantine ---- */

static int open_quarantine(struct dl_spool *spool)
{
    struct dl_disk *disk = &spool->disk;
    struct reader *r = &spool->reader;
    unsigned char bytes[DL_SEGMENT_HEADER];
    char name[DL_SPOOL_NAME];
    int fd, number;

    dl_spool_lock(spool);
    r->quarantine_number = spool->next_segment++;
    dl_spool_unlock(spool);
    dl_segment_name(name, DL_KIND_QUARANTINE, r->quarantine_number);
    fd = dl_disk_open(disk, spool->folder, name, O_RDWR | O_CREAT | O_EXCL);
    if (fd < 0)
        return -1;
    dl_segment_header_write(bytes, &(struct dl_segment_header){.version = DL_SPOOL_VERSION,
                                                               .number = r->quarantine_number,
                                                               .base = 1,
                                                               .id = spool->totals.id,
                                                               .created_ms = dl_clock_wall_ms()});
    if (dl_disk_write(disk, fd, bytes, sizeof bytes, 0) < 0 ||
        disk->sync_folder(disk->context, spool->folder) < 0) {
        number = errno;
        disk->close(disk->context, fd);
        disk->unlink(disk->context, spool->folder, name);
        errno = number;
        return -1;
    }
    r->quarantine = fd;
    r->quarantine_offset = DL_SEGMENT_HEADER;
    dl_spool_lock(spool);
    spool->other_bytes += DL_SEGMENT_HEADER;
    dl_spool_unlock(spool);
    return 0;
}

static int write_refused(struct dl_spool *spool, uint64_t number, const char *body, size_t length)
{
    struct reader *r = &spool->reader;
    struct dl_disk *disk = &spool->disk;
    unsigned char bytes[DL_ENTRY_HEADER];

    dl_entry_header_write(bytes,
                          &(struct dl_entry_header){.body_crc = dl_crc32c(0, body, length),
                                                    .length = (uint32_t)length,
                                                    .raw_length = (uint32_t)length,
                                                    .count = 1,
                                                    .encoding = DL_ENCODING_NONE,
                                                    .first = number,
                                                    .taken_ms = dl_clock_wall_ms(),
                                                    .id = spool->totals.id,
                                                    .base = 1,
                                                    .segment = (uint32_t)r->quarantine_number});
    if (dl_disk_write(disk, r->quarantine, bytes, sizeof bytes, r->quarantine_offset) < 0 ||
        dl_disk_write(disk, r->quarantine, body, length, r->quarantine_offset + DL_ENTRY_HEADER) <
            0)
        return -1;
    return disk->fdatasync(disk->context, r->quarantine);
}

int dl_spool_quarantine(struct dl_spool *spool, uint64_t number, const char *body, size_t length,
                        struct dl_error *err)
{
    struct reader *r = &spool->reader;
    struct dl_disk *disk = &spool->disk;
    int failed;

    if (length > DL_SPOOL_BODY_MAX || number < 1 || number > UINT64_MAX / 2)
        return dl_error_set(err, DL_E_LIMIT, "a refused log of %zu bytes is too large", length);
    if (r->quarantine >= 0 && r->quarantine_offset > spool->segment_max) {
        disk->close(disk->context, r->quarantine);
        r->quarantine = -1;
    }
    if (r->quarantine < 0 && open_quarantine(spool) < 0)
        return dl_spool_write_error(err, errno, "the quarantine cannot be made");
    if (write_refused(spool, number, body, length) < 0) {
        /* whatever stands there now, the next one goes into a new file */
        failed = errno;
        disk->ftruncate(disk->context, r->quarantine, (off_t)r->quarantine_offset);
        disk->close(disk->context, r->quarantine);
        r->quarantine = -1;
        return dl_spool_write_error(err, failed, "the quarantine cannot be written");
    }
    r->quarantine_offset += DL_ENTRY_HEADER + length;
    dl_spool_lock(spool);
    spool->other_bytes += DL_ENTRY_HEADER + length;
    dl_spool_unlock(spool);
    return 0;
}
