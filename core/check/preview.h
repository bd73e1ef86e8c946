/* One log as the sender would write it, for the wizard to show. */
#ifndef DL_CHECK_PREVIEW_H
#define DL_CHECK_PREVIEW_H

#include "base/buffer.h"
#include "base/error.h"
#include "identity/config.h"
#include "identity/integration.h"

/* Appends the JSON of the manifest's first sample (or of a plain line) with source, service and the
 * tags of the configuration. hostname NULL: none. */
int dl_check_preview(struct dl_buffer *out, const struct dl_config *config,
                     const struct dl_integration *integration, const char *hostname,
                     struct dl_error *err);

#endif
