/* What the module of archives gives to the program that loads it. */
#ifndef DL_CHECK_PACK_MODULE_H
#define DL_CHECK_PACK_MODULE_H

#include "check/pack.h"

/* The calls of pack.h, as the module does them. */
struct dl_archive_module {
    const char *(*library)(void);
    int (*pack)(const struct dl_archive_file *files, size_t count, int64_t made_ms,
                struct dl_buffer *out, struct dl_error *err);
    int (*unpack)(int fd, size_t entry_max, dl_archive_look *look, void *context,
                  struct dl_error *err);
};

/* The one name that the module exports. */
extern const struct dl_archive_module dl_archive_calls;

/* Loads it once for the life of the process, from where it was installed. NULL and
 * -DL_E_REPORT_WRITE in err: it is missing, or a library that it needs is. */
const struct dl_archive_module *dl_archive_load(struct dl_error *err);

#endif
