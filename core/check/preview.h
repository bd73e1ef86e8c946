/* Logs as the sender would write them, to show: nothing is sent and no key is needed. */
#ifndef DL_CHECK_PREVIEW_H
#define DL_CHECK_PREVIEW_H

#include <stdbool.h>

#include "base/buffer.h"
#include "base/error.h"
#include "identity/config.h"
#include "identity/integration.h"

/* Appends the JSON of the manifest's first sample (or of a plain line) with source, service and the
 * tags of the configuration. hostname NULL: none. */
int dl_check_preview(struct dl_buffer *out, const struct dl_config *config,
                     const struct dl_integration *integration, const char *hostname,
                     struct dl_error *err);

/* The same for many logs of one service (NULL: the manifest's first), with ids as the sender gives
 * them. */
struct dl_preview;
int dl_preview_new(struct dl_preview **out, const struct dl_config *config,
                   const struct dl_integration *integration, const char *hostname,
                   const char *service, struct dl_error *err);
void dl_preview_free(struct dl_preview *preview); /* NULL is fine */

/* Appends one log, without a line end. status NULL: none; it is for text alone. -DL_E_RECORD: it is
 * larger than the intake takes and cannot be cut; -DL_E_VALUE: the status is none. */
int dl_preview_log(struct dl_preview *preview, struct dl_buffer *out, const char *log, size_t len,
                   bool json, const char *status, struct dl_error *err);

#endif
