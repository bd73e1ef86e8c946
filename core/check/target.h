/* Host and port of a URL, for messages and evidence. */
#ifndef DL_CHECK_TARGET_H
#define DL_CHECK_TARGET_H

#include <stdbool.h>

#include "base/error.h"

struct dl_target {
    char host[256]; /* without brackets */
    int port;
    bool tls;
    bool literal; /* an address, no name: nothing to look up */
};

/* From "scheme://[user@]host[:port][/...]" or "host:port"; the usual port of the scheme fills in.
 */
bool dl_target_from_url(struct dl_target *out, const char *url);

#endif
