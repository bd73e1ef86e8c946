/* Opening and closing a spool, and its counts. */
#include "spool/spool.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/clock.h"
#include "spool/private.h"

void dl_spool_lock(struct dl_spool *spool)
{
    pthread_mutex_lock(&spool->mutex);
}

void dl_spool_unlock(struct dl_spool *spool)
{
    pthread_mutex_unlock(&spool->mutex);
}

struct slot *dl_spool_slot(struct dl_spool *spool, unsigned i)
{
    return &spool->slots[(spool->slot_first + i) % DL_SPOOL_AHEAD];
}

int dl_spool_lock_folder(int fd, const char *path, struct dl_error *err)
{
    pid_t owner;

    if (flock(fd, LOCK_EX | LOCK_NB) == 0)
        return 0;
    if (errno != EWOULDBLOCK)
        return dl_error_set_errno(err, DL_E_IO, errno, "the folder %s cannot be locked", path);
    owner = dl_folder_owner(fd);
    if (owner > 0)
        return dl_error_set(err, DL_E_SPOOL_BUSY, "process %ld uses the spool %s", (long)owner,
                            path);
    return dl_error_set(err, DL_E_SPOOL_BUSY, "another process uses the spool %s", path);
}

static struct dl_spool *new_spool(const struct dl_spool_options *options)
{
    struct dl_spool *spool = calloc(1, sizeof *spool);

    if (!spool)
        return NULL;
    spool->disk = options && options->disk ? *options->disk : dl_disk_real;
    spool->bytes_max = options ? options->bytes : 0;
    if (spool->bytes_max && spool->bytes_max < DL_SPOOL_BYTES_MIN)
        spool->bytes_max = DL_SPOOL_BYTES_MIN;
    spool->segment_max =
        options && options->segment_bytes ? options->segment_bytes : DL_SPOOL_SEGMENT;
    /* small enough that settled logs give room again long before the limit */
    if (spool->bytes_max && spool->segment_max > spool->bytes_max / 8)
        spool->segment_max = spool->bytes_max / 8;
    spool->folder = spool->writer.fd = spool->cursor.fd = spool->reader.quarantine = -1;
    spool->reader.scanner.fd = -1;
    pthread_mutex_init(&spool->mutex, NULL);
    pthread_mutex_init(&spool->writing, NULL);
    return spool;
}

/* What stands behind the last segment that is one is in the way of the numbers. */
static void clear_tail(struct dl_spool *spool, struct dl_listing *listing)
{
    struct dl_segments *segments = &listing->segments;
    struct dl_disk *disk = &spool->disk;
    char name[DL_SPOOL_NAME];

    while (segments->count) {
        struct dl_segment *last = &segments->items[segments->count - 1];

        if (last->base || last->number < spool->totals.segment)
            return;
        dl_segment_name(name, DL_KIND_SEGMENT, last->number);
        if (last->odd || last->size > DL_SEGMENT_HEADER) {
            if (dl_spool_set_aside(spool, name, last->number) < 0)
                return;
            spool->other_bytes += last->size;
        } else if (disk->unlink(disk->context, spool->folder, name) < 0) {
            return;
        }
        segments->count--;
    }
}

/* What was never synced is taken over; from now on it counts, so let it be on the disk. */
static void sync_adopted(struct dl_spool *spool, const struct dl_survey *survey)
{
    char name[DL_SPOOL_NAME];
    int fd;

    if (!survey->adopt)
        return;
    dl_segment_name(name, DL_KIND_SEGMENT, survey->adopt);
    fd = dl_disk_open(&spool->disk, spool->folder, name, 0);
    if (fd < 0)
        return;
    spool->disk.fdatasync(spool->disk.context, fd);
    spool->disk.close(spool->disk.context, fd);
}

static void take_cursor(struct dl_spool *spool, const struct dl_survey *survey)
{
    struct cursor_file *file = &spool->cursor;

    spool->totals = survey->cursor;
    /* one of another spool is written over, and what is written now counts more */
    spool->totals.generation = survey->state.generation;
    file->newest = survey->cursor_valid ? survey->state.newest : -1;
    file->slot = survey->state.newest < 0 ? 0 : survey->state.newest;
    file->synced_ms = dl_clock_ms();
    file->dirty = true;
    dl_cursor_open(spool);
}

static int take_over(struct dl_spool *spool, struct dl_listing *listing, struct dl_error *err)
{
    struct dl_survey survey;
    int rc = dl_listing_read(listing, &spool->disk, spool->folder, err);

    if (rc == 0)
        rc = dl_survey(&survey, &spool->disk, spool->folder, listing, err);
    if (rc < 0)
        return rc;
    rc = dl_scanner_new(&spool->reader.scanner, &spool->disk, survey.cursor.id);
    if (rc < 0)
        return dl_error_set(err, DL_E_NOMEM, "no memory for the spool");
    sync_adopted(spool, &survey);
    take_cursor(spool, &survey);
    clear_tail(spool, listing);
    spool->start = survey.next;
    spool->accepted = spool->writer.appended = survey.next - 1;
    spool->reader.segment = survey.cursor.segment;
    spool->reader.offset = survey.cursor.offset;
    spool->reader.expected = survey.cursor.number;
    spool->reader.bad = survey.cursor.damage;
    return 0;
}

static void take_listing(struct dl_spool *spool, struct dl_listing *listing)
{
    uint64_t next = listing->top + 1;

    if (next < spool->totals.segment)
        next = spool->totals.segment;
    /* its file was taken away by someone: another of that number begins at its beginning */
    if (next == spool->totals.segment && spool->totals.offset > DL_SEGMENT_HEADER)
        next++;
    spool->next_segment = next;
    spool->live_bytes = dl_segments_bytes(&listing->segments);
    spool->other_bytes += dl_segments_bytes(&listing->quarantine) +
                          dl_segments_bytes(&listing->aside) + listing->stranger_bytes +
                          DL_CURSOR_FILE;
    spool->segments = listing->segments;
    listing->segments = (struct dl_segments){0};
}

int dl_spool_open(struct dl_spool **out, const char *folder, const struct dl_spool_options *options,
                  struct dl_error *err)
{
    struct dl_spool *spool = new_spool(options);
    struct dl_listing listing = {0};
    int rc;

    if (!spool)
        return dl_error_set(err, DL_E_NOMEM, "no memory for the spool");
    rc = dl_folder_open(&spool->folder, folder, true, err);
    if (rc == 0)
        rc = dl_spool_lock_folder(spool->folder, folder, err);
    if (rc == 0)
        rc = take_over(spool, &listing, err);
    if (rc == 0) {
        take_listing(spool, &listing);
        dl_cursor_sync(spool);
        dl_spool_retire(spool);
        *out = spool;
    } else {
        dl_spool_close(spool);
    }
    dl_listing_free(&listing);
    return rc;
}

void dl_spool_close(struct dl_spool *spool)
{
    struct dl_disk *disk;

    if (!spool)
        return;
    disk = &spool->disk;
    if (spool->start) /* it was taken over */
        dl_spool_finish(spool);
    dl_writer_close(spool);
    if (spool->cursor.fd >= 0)
        disk->close(disk->context, spool->cursor.fd);
    if (spool->reader.quarantine >= 0)
        disk->close(disk->context, spool->reader.quarantine);
    dl_scanner_free(&spool->reader.scanner);
    if (spool->folder >= 0)
        close(spool->folder);
    pthread_mutex_destroy(&spool->writing);
    pthread_mutex_destroy(&spool->mutex);
    free(spool->segments.items);
    free(spool);
}

void dl_spool_counts(struct dl_spool *spool, struct dl_spool_counts *out)
{
    const struct slot *head;

    dl_spool_lock(spool);
    *out = (struct dl_spool_counts){
        .accepted = spool->accepted - spool->totals.origin,
        .delivered = spool->totals.delivered,
        .quarantined = spool->totals.quarantined,
        .damaged = spool->totals.damaged,
        .discarded = spool->totals.discarded,
        .bytes = spool->live_bytes + spool->other_bytes,
        .entries_read = spool->entries_read,
    };
    for (unsigned i = 0; i < spool->slot_count; i++) {
        const struct slot *slot = dl_spool_slot(spool, i);

        if (slot->left == 0) /* in the totals already */
            continue;
        out->delivered += slot->fates[DL_SPOOL_DELIVERED];
        out->quarantined += slot->fates[DL_SPOOL_QUARANTINED];
        out->discarded += slot->fates[DL_SPOOL_DISCARDED];
    }
    out->pending =
        out->accepted - out->delivered - out->quarantined - out->damaged - out->discarded;
    head = spool->slot_count ? dl_spool_slot(spool, 0) : NULL;
    if (out->pending)
        out->oldest_ms = head ? head->taken_ms : spool->unread_ms;
    dl_spool_unlock(spool);
}
