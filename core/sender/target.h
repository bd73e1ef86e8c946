/* Where batches go: the address and the request that all of them share. */
#ifndef DL_SENDER_TARGET_H
#define DL_SENDER_TARGET_H

#include "base/buffer.h"
#include "base/error.h"
#include "identity/config.h"
#include "net/http.h"

struct dl_target {
    struct dl_buffer url;
    struct dl_http_request request; /* all but body and encoding */
};

/* config, key and proxy (NULL: none) are kept by the caller as long as the target. timeout_ms of
 * one request, 0: 60000. */
int dl_target_init(struct dl_target *target, const struct dl_config *config,
                   const struct dl_key *key, const struct dl_proxy *proxy, int timeout_ms,
                   struct dl_error *err);
void dl_target_free(struct dl_target *target);

#endif
