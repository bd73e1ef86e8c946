/* A whole spool taken off the disk: only what is ours, and only while nobody uses it. */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/text.h"
#include "spool/cursor.h"
#include "spool/private.h"

static int unlink_one(int folder, const char *name, struct dl_error *err)
{
    if (unlinkat(folder, name, 0) == 0 || errno == ENOENT || errno == EISDIR)
        return 0;
    return dl_error_set_errno(err, DL_E_IO, errno, "%s of the spool cannot be removed", name);
}

static int unlink_each(int folder, enum dl_segment_kind kind, const struct dl_segments *segments,
                       struct dl_error *err)
{
    char name[DL_SPOOL_NAME];
    int rc = 0;

    for (size_t i = 0; i < segments->count && rc == 0; i++) {
        dl_segment_name(name, kind, segments->items[i].number);
        rc = unlink_one(folder, name, err);
    }
    return rc;
}

/* Segments first, the cursor last: what is left after a crash is a spool that can be removed. */
static int remove_files(int folder, const struct dl_listing *listing, struct dl_error *err)
{
    int rc = unlink_each(folder, DL_KIND_SEGMENT, &listing->segments, err);

    if (rc == 0)
        rc = unlink_each(folder, DL_KIND_QUARANTINE, &listing->quarantine, err);
    if (rc == 0)
        rc = unlink_each(folder, DL_KIND_ASIDE, &listing->aside, err);
    return rc == 0 ? unlink_one(folder, DL_CURSOR_NAME, err) : rc;
}

int dl_spool_remove(const char *folder, char *kept, size_t size, struct dl_error *err)
{
    struct dl_listing listing = {0};
    int fd, rc = access(folder, F_OK) < 0 && errno == ENOENT
                     ? dl_error_set(err, DL_E_SPOOL_NONE, "there is no spool at %s", folder)
                     : dl_folder_open(&fd, folder, false, err);

    if (rc < 0)
        return rc;
    rc = dl_spool_lock_folder(fd, folder, err);
    if (rc == 0)
        rc = dl_listing_read(&listing, &dl_disk_real, fd, err);
    if (rc == 0)
        rc = remove_files(fd, &listing, err);
    if (rc == 0 && kept)
        dl_text_copy(kept, size, listing.stranger);
    if (rc == 0 && rmdir(folder) < 0 && errno != ENOTEMPTY && errno != EEXIST)
        rc = dl_error_set_errno(err, DL_E_IO, errno, "the folder %s cannot be removed", folder);
    dl_listing_free(&listing);
    close(fd);
    return rc;
}
