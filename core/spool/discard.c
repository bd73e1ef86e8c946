/* Throwing a part of the spool away, with the count that it leaves. */
#include <errno.h>

#include "spool/inspect.h"
#include "spool/private.h"

static void remove_each(struct dl_spool *spool, enum dl_segment_kind kind,
                        const struct dl_segments *segments)
{
    char name[DL_SPOOL_NAME];

    for (size_t i = 0; i < segments->count; i++) {
        dl_segment_name(name, kind, segments->items[i].number);
        spool->disk.unlink(spool->disk.context, spool->folder, name);
    }
}

/* The quarantine, and what was set aside: kept for a person to look at, who has done so. */
static void remove_files(struct dl_spool *spool)
{
    struct dl_listing listing = {0};

    if (dl_listing_read(&listing, &spool->disk, spool->folder, NULL) == 0) {
        remove_each(spool, DL_KIND_QUARANTINE, &listing.quarantine);
        remove_each(spool, DL_KIND_ASIDE, &listing.aside);
    }
    dl_listing_free(&listing);
    spool->disk.sync_folder(spool->disk.context, spool->folder);
}

/* Nothing was given out yet: the cursor goes behind all that was accepted. */
static uint64_t pass_over(struct dl_spool *spool)
{
    struct dl_cursor *totals = &spool->totals;
    struct reader *r = &spool->reader;
    uint64_t logs;

    dl_spool_lock(spool);
    logs = spool->accepted - totals->origin - dl_cursor_settled(totals);
    totals->discarded += logs;
    totals->range_count = 0;
    r->segment = spool->next_segment;
    r->offset = DL_SEGMENT_HEADER;
    r->expected = spool->accepted + 1;
    r->bad = false;
    dl_spool_unlock(spool);
    return logs;
}

static uint64_t forgive(struct dl_spool *spool)
{
    uint64_t logs;

    dl_spool_lock(spool);
    logs = spool->totals.quarantined;
    spool->totals.discarded += logs;
    spool->totals.quarantined = 0;
    dl_spool_unlock(spool);
    return logs;
}

static int discard(struct dl_spool *spool, uint64_t *logs, enum dl_spool_part part,
                   struct dl_error *err)
{
    uint64_t gone = part == DL_SPOOL_PENDING ? pass_over(spool) : forgive(spool);

    spool->cursor.dirty = true;
    if (dl_cursor_sync(spool) < 0) {
        spool->start = 0; /* closing must not do it after all */
        return dl_error_set_errno(err, DL_E_IO, errno, "the spool's cursor cannot be written");
    }
    if (part == DL_SPOOL_PENDING)
        dl_spool_retire(spool);
    else
        remove_files(spool);
    *logs = gone;
    return 0;
}

int dl_spool_discard_on(uint64_t *logs, const char *folder, const struct dl_disk *disk,
                        enum dl_spool_part part, struct dl_error *err)
{
    const struct dl_spool_options options = {.disk = disk};
    struct dl_spool_counts counts;
    struct dl_spool *spool;
    int rc = dl_spool_look_on(&counts, NULL, folder, disk, err);

    if (rc == 0)
        rc = dl_spool_open(&spool, folder, &options, err);
    if (rc < 0)
        return rc;
    rc = discard(spool, logs, part, err);
    dl_spool_close(spool);
    return rc;
}

int dl_spool_discard(uint64_t *logs, const char *folder, enum dl_spool_part part,
                     struct dl_error *err)
{
    return dl_spool_discard_on(logs, folder, &dl_disk_real, part, err);
}
