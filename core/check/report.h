/* The support file: small texts about one machine, packed so that it can be mailed, because it
 * holds no secret. What is added is redacted at once; the finished archive is read back from the
 * disk and searched for every live key before it gets its name. Nothing is ever uploaded. */
#ifndef DL_CHECK_REPORT_H
#define DL_CHECK_REPORT_H

#include <stddef.h>

#include "base/buffer.h"
#include "base/error.h"

#define DL_REPORT_FILES_MAX 64
#define DL_REPORT_FILE_BYTES ((size_t)4 * 1024 * 1024)   /* most of one file */
#define DL_REPORT_TOTAL_BYTES ((size_t)32 * 1024 * 1024) /* most of all files */
#define DL_REPORT_NAME_MAX 48                            /* bytes of a file's name, NUL included */

struct dl_report;

/* An empty report of this moment: its folder and all times in it are taken from the clock here. */
int dl_report_new(struct dl_report **out, struct dl_error *err);
void dl_report_free(struct dl_report *report); /* wipes what it held; NULL is fine */

/* "ddlogs-report-20261122T150405Z": the one folder in the archive. */
const char *dl_report_folder(const struct dl_report *report);

/* Adds a file; the bytes are copied and redacted: live keys by their value, then by patterns.
 * -DL_E_LIMIT: too large, too many, or too much in all; the text names the limit. -DL_E_INTERNAL:
 * the name is no plain file name (A-Z, a-z, 0-9, '.', '_', '-'), or is there already. Nothing is
 * added then. */
int dl_report_add(struct dl_report *report, const char *name, const char *bytes, size_t len,
                  struct dl_error *err);

/* The files, in the order they were added. */
size_t dl_report_count(const struct dl_report *report);
const char *dl_report_name(const struct dl_report *report, size_t index);
size_t dl_report_size(const struct dl_report *report, size_t index);
const char *dl_report_bytes(const struct dl_report *report, size_t index); /* NUL-terminated */

/* Whether path can be written as far as can be told before: its folder is there, it is not.
 * -DL_E_REPORT_WRITE names the path and why. */
int dl_report_check_path(const char *path, struct dl_error *err);

/* Writes a .tar.gz to a new file (0600) beside path, reads it back, searches it, packed and
 * unpacked, for every live key in each form that dl_redact_finds knows, syncs it and gives it its
 * name. *size (may be NULL): its bytes. -DL_E_REPORT_WRITE: it cannot be written, or path is there
 * already. -DL_E_REPORT_SECRET: a live key stands in it. Nothing is left behind on a failure. */
int dl_report_write(const struct dl_report *report, const char *path, size_t *size,
                    struct dl_error *err);

#endif
