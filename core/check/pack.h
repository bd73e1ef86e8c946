/* A .tar.gz of texts in memory: the same bytes for the same files, with neither owner nor time of
 * the packing in it. */
#ifndef DL_CHECK_PACK_H
#define DL_CHECK_PACK_H

#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"

struct dl_archive_file {
    const char *path; /* in the archive: "folder/name" */
    const char *bytes;
    size_t len;
};

/* Packs the files, owner-only, each of this time (milliseconds since 1970), into `out`.
 * -DL_E_NOMEM, -DL_E_LIMIT: past its maximum; -DL_E_REPORT_WRITE: a path cannot be packed. */
int dl_archive_pack(const struct dl_archive_file *files, size_t count, int64_t made_ms,
                    struct dl_buffer *out, struct dl_error *err);

#endif
