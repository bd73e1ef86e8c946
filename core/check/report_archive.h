/* A report's .tar.gz: packed through pack.h and read back here. For report.c alone. */
#ifndef DL_CHECK_REPORT_ARCHIVE_H
#define DL_CHECK_REPORT_ARCHIVE_H

#include <stdint.h>

#include "check/report.h"

/* Packs all files into `out`. -DL_E_NOMEM, -DL_E_LIMIT: past its maximum. */
int dl_report_pack(const struct dl_report *report, int64_t made_ms, struct dl_buffer *out,
                   struct dl_error *err);

/* Calls `look` with the name and the bytes (NUL-terminated) of every entry of the archive that
 * begins at the descriptor's start. What look returns other than 0 ends it and is returned. */
int dl_report_unpack(int fd,
                     int (*look)(void *context, const char *name, const char *bytes, size_t len),
                     void *context, struct dl_error *err);

#endif
