/* A .tar.gz of texts: the same bytes for the same files, with neither owner nor time of the packing
 * in it. libarchive does the work, in a module that is loaded by the first call. */
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
 * -DL_E_NOMEM, -DL_E_LIMIT: past its maximum; -DL_E_REPORT_WRITE: a path cannot be packed, or the
 * module cannot be loaded. */
int dl_archive_pack(const struct dl_archive_file *files, size_t count, int64_t made_ms,
                    struct dl_buffer *out, struct dl_error *err);

/* Given the name and the bytes (NUL-terminated) of an entry; other than 0 ends the reading. */
typedef int dl_archive_look(void *context, const char *name, const char *bytes, size_t len);

/* Calls `look` with every entry of the archive that begins at the descriptor's start; none may be
 * longer than entry_max bytes. What look returns other than 0 is returned; -DL_E_REPORT_WRITE: it
 * does not read back. */
int dl_archive_unpack(int fd, size_t entry_max, dl_archive_look *look, void *context,
                      struct dl_error *err);

/* "libarchive 3.6.2"; "not loaded" where the module is missing. */
const char *dl_archive_library(void);

#endif
