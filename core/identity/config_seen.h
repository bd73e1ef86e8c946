/* What a configuration file held when it was last read or written: inside of config*.c. */
#ifndef DL_IDENTITY_CONFIG_SEEN_H
#define DL_IDENTITY_CONFIG_SEEN_H

#include <stddef.h>

#include "base/error.h"

struct dl_config_seen {
    char *path; /* NULL: nobody looked, so nothing is compared */
    char *text; /* NULL: there was no file */
    size_t len;
};

/* Notes the bytes (NULL: no file) of the file at path. */
int dl_config_see(struct dl_config_seen *seen, const char *path, const char *text, size_t len,
                  struct dl_error *err);

#endif
