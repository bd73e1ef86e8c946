/* The writer: append, sync, and what a failure leaves. */
#include <errno.h>
#include <fcntl.h>

#include "base/clock.h"
#include "spool/crc32c.h"
#include "spool/private.h"

int dl_spool_write_error(struct dl_error *err, int number, const char *what)
{
    if (number == ENOSPC || number == EDQUOT)
        return dl_error_set_errno(err, DL_E_SPOOL_FULL, number, "%s", what);
    return dl_error_set_errno(err, DL_E_IO, number, "%s", what);
}

void dl_writer_close(struct dl_spool *spool)
{
    struct writer *w = &spool->writer;
    struct dl_segment *segment;

    if (w->fd < 0)
        return;
    spool->disk.close(spool->disk.context, w->fd);
    w->fd = -1;
    dl_spool_lock(spool);
    segment = dl_segments_from(&spool->segments, w->number);
    if (segment)
        segment->open = false;
    dl_spool_unlock(spool);
}

void dl_writer_let_go(struct dl_spool *spool, uint64_t larger)
{
    struct writer *w = &spool->writer;

    if (pthread_mutex_trylock(&spool->writing) != 0)
        return;
    if (w->fd >= 0 && w->offset > larger && w->appended == spool->accepted)
        dl_writer_close(spool);
    pthread_mutex_unlock(&spool->writing);
}

/* The list knows of the new segment; nothing in it may be read yet. */
static int enlist(struct dl_spool *spool)
{
    struct writer *w = &spool->writer;
    int rc;

    dl_spool_lock(spool);
    rc = dl_segments_add(&spool->segments, &(struct dl_segment){.number = w->number,
                                                                .base = w->base,
                                                                .end = w->base,
                                                                .size = DL_SEGMENT_HEADER,
                                                                .open = true});
    if (rc == 0)
        spool->live_bytes += DL_SEGMENT_HEADER;
    dl_spool_unlock(spool);
    return rc;
}

static uint64_t take_number(struct dl_spool *spool)
{
    uint64_t number;

    dl_spool_lock(spool);
    number = spool->next_segment++;
    dl_spool_unlock(spool);
    return number;
}

static int open_segment(struct dl_spool *spool, struct dl_error *err)
{
    struct writer *w = &spool->writer;
    struct dl_disk *disk = &spool->disk;
    unsigned char bytes[DL_SEGMENT_HEADER];
    char name[DL_SPOOL_NAME];
    int tries = 0, fd, number;

    do {
        w->number = take_number(spool);
        dl_segment_name(name, DL_KIND_SEGMENT, w->number);
        fd = dl_disk_open(disk, spool->folder, name, O_RDWR | O_CREAT | O_EXCL);
    } while (fd < 0 && errno == EEXIST && ++tries < 100);
    if (fd < 0)
        return dl_spool_write_error(err, errno, "the spool's next file cannot be made");
    w->base = spool->accepted + 1; /* only this thread changes it */
    dl_segment_header_write(bytes, &(struct dl_segment_header){.version = DL_SPOOL_VERSION,
                                                               .number = w->number,
                                                               .base = w->base,
                                                               .id = spool->totals.id,
                                                               .created_ms = dl_clock_wall_ms()});
    number = dl_disk_write(disk, fd, bytes, sizeof bytes, 0) < 0 ? errno : 0;
    if (number == 0 && enlist(spool) == 0) {
        w->fd = fd;
        w->offset = DL_SEGMENT_HEADER;
        w->synced = 0;
        return 0;
    }
    disk->close(disk->context, fd);
    disk->unlink(disk->context, spool->folder, name);
    if (number == 0)
        return dl_error_set(err, DL_E_NOMEM, "no memory for the spool's next file");
    return dl_spool_write_error(err, number, "the spool's next file cannot be written");
}

/* Nothing more goes into this segment, and what was not synced in it never counts: the next one
 * begins with the number of its first log. */
static void give_up(struct dl_spool *spool)
{
    struct writer *w = &spool->writer;
    struct dl_disk *disk = &spool->disk;
    char name[DL_SPOOL_NAME];
    struct dl_segment *segment;
    bool cut, gone;

    if (w->fd < 0)
        return;
    cut = disk->ftruncate(disk->context, w->fd, (off_t)w->synced) == 0;
    disk->close(disk->context, w->fd);
    w->fd = -1;
    dl_segment_name(name, DL_KIND_SEGMENT, w->number);
    gone = w->synced == 0 && disk->unlink(disk->context, spool->folder, name) == 0;
    dl_spool_lock(spool);
    segment = dl_segments_from(&spool->segments, w->number);
    if (segment) {
        segment->open = false;
        if (cut || gone) {
            spool->live_bytes -= segment->size - w->synced;
            segment->size = w->synced;
        }
    }
    if (gone)
        dl_segments_remove(&spool->segments, w->number);
    w->appended = spool->accepted;
    dl_spool_unlock(spool);
}

/* A failed write is taken back; what cannot be taken back spoils all since the last sync. */
static int take_back(struct dl_spool *spool, struct dl_error *err)
{
    struct writer *w = &spool->writer;
    int number = errno, rc = dl_spool_write_error(err, number, "the spool cannot be written");

    if (spool->disk.ftruncate(spool->disk.context, w->fd, (off_t)w->offset) == 0)
        return rc;
    w->broken = w->appended != spool->accepted;
    give_up(spool);
    return rc;
}

static int has_room(struct dl_spool *spool, size_t length, struct dl_error *err)
{
    uint64_t live;

    dl_spool_lock(spool);
    live = spool->live_bytes;
    dl_spool_unlock(spool);
    if (spool->writer.fd < 0)
        length += DL_SEGMENT_HEADER;
    if (spool->bytes_max && live + DL_ENTRY_HEADER + length > spool->bytes_max)
        return dl_error_set(err, DL_E_SPOOL_FULL,
                            "the spool holds %llu bytes, and spool_bytes allows %llu",
                            (unsigned long long)live, (unsigned long long)spool->bytes_max);
    return 0;
}

static int write_entry(struct dl_spool *spool, const struct dl_spool_entry *entry)
{
    struct writer *w = &spool->writer;
    unsigned char bytes[DL_ENTRY_HEADER];

    dl_entry_header_write(
        bytes, &(struct dl_entry_header){.body_crc = dl_crc32c(0, entry->body, entry->length),
                                         .length = (uint32_t)entry->length,
                                         .raw_length = entry->raw_length,
                                         .count = (uint16_t)entry->count,
                                         .encoding = entry->encoding,
                                         .first = w->appended + 1,
                                         .taken_ms = entry->taken_ms,
                                         .id = spool->totals.id,
                                         .base = w->base,
                                         .segment = (uint32_t)w->number,
                                         .unsynced = (uint32_t)(w->appended - spool->accepted)});
    if (dl_disk_write(&spool->disk, w->fd, bytes, sizeof bytes, w->offset) < 0)
        return -1;
    return dl_disk_write(&spool->disk, w->fd, entry->body, entry->length,
                         w->offset + DL_ENTRY_HEADER);
}

static int append(struct dl_spool *spool, struct dl_spool_entry *entry, struct dl_error *err)
{
    struct writer *w = &spool->writer;
    struct dl_segment *segment;
    int rc;

    if (entry->count < 1 || entry->count > DL_SPOOL_ENTRY_LOGS || entry->length > DL_SPOOL_BODY_MAX)
        return dl_error_set(err, DL_E_LIMIT, "an entry of %u logs and %zu bytes is too large",
                            entry->count, entry->length);
    if (w->broken || w->appended - spool->accepted > UINT32_MAX - DL_SPOOL_ENTRY_LOGS)
        return dl_error_set(err, DL_E_IO, "an earlier write to the spool failed");
    rc = has_room(spool, entry->length, err);
    if (rc == 0 && w->fd < 0)
        rc = open_segment(spool, err);
    if (rc < 0)
        return rc;
    if (write_entry(spool, entry) < 0)
        return take_back(spool, err);
    if (w->appended == spool->accepted)
        w->taken_ms = entry->taken_ms;
    entry->first = w->appended + 1;
    w->appended += entry->count;
    w->offset += DL_ENTRY_HEADER + entry->length;
    dl_spool_lock(spool);
    segment = dl_segments_from(&spool->segments, w->number);
    if (segment) {
        spool->live_bytes += w->offset - segment->size;
        segment->size = w->offset;
    }
    dl_spool_unlock(spool);
    return 0;
}

/* A segment that stays open cannot vanish, however much of it is settled. */
static void close_if_full(struct dl_spool *spool, int rc)
{
    struct writer *w = &spool->writer;

    if (rc == -DL_E_SPOOL_FULL && w->fd >= 0 && w->appended == spool->accepted)
        dl_writer_close(spool);
}

int dl_spool_append(struct dl_spool *spool, struct dl_spool_entry *entry, struct dl_error *err)
{
    int rc;

    pthread_mutex_lock(&spool->writing);
    rc = append(spool, entry, err);
    close_if_full(spool, rc);
    pthread_mutex_unlock(&spool->writing);
    return rc;
}

/* All of it is on the disk: the reader may see it. */
static void accept(struct dl_spool *spool)
{
    struct writer *w = &spool->writer;
    struct dl_segment *segment;

    dl_spool_lock(spool);
    if (spool->accepted == spool->totals.origin + dl_cursor_settled(&spool->totals))
        spool->unread_ms = w->taken_ms;
    spool->accepted = w->appended;
    segment = dl_segments_from(&spool->segments, w->number);
    if (segment) {
        segment->limit = w->offset;
        segment->end = w->appended + 1;
    }
    dl_spool_unlock(spool);
    w->synced = w->offset;
}

static int sync_all(struct dl_spool *spool, struct dl_error *err)
{
    struct writer *w = &spool->writer;
    struct dl_disk *disk = &spool->disk;
    int number = 0;

    if (w->broken) {
        w->broken = false;
        return dl_error_set(err, DL_E_IO, "an earlier write to the spool failed");
    }
    if (w->fd < 0 || w->appended == spool->accepted)
        return 0;
    if (disk->fdatasync(disk->context, w->fd) < 0 ||
        (w->synced == 0 && disk->sync_folder(disk->context, spool->folder) < 0))
        number = errno;
    if (number) {
        /* never again for the same bytes: the kernel may have dropped them and say "done" */
        give_up(spool);
        return dl_spool_write_error(err, number, "the spool cannot be synced");
    }
    accept(spool);
    if (w->offset > spool->segment_max)
        dl_writer_close(spool);
    return 0;
}

int dl_spool_sync(struct dl_spool *spool, struct dl_error *err)
{
    int rc;

    pthread_mutex_lock(&spool->writing);
    rc = sync_all(spool, err);
    pthread_mutex_unlock(&spool->writing);
    return rc;
}
