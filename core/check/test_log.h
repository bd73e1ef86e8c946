/* The logs that prove a set-up: one plain log, and a mixed batch with what breaks elsewhere. */
#ifndef DL_CHECK_TEST_LOG_H
#define DL_CHECK_TEST_LOG_H

#include <stddef.h>

#include "base/error.h"
#include "identity/integration.h"

#define DL_TEST_LOG_LINE 900000 /* bytes of the long message: near the 1 MB of one log */

/* Takes one JSON object; a negative return ends the making and is handed back. */
typedef int dl_test_log_take(void *context, const char *json, size_t len, const char *service,
                             struct dl_error *err);

/* One log. Every log here and below has status, "ddlogs_test": true and test.id. */
int dl_test_log_one(const char *test_id, dl_test_log_take *take, void *context,
                    struct dl_error *err);

/* Every status, each service of the manifest, tags, Unicode, nested attributes, a 900 kB line and
 * the manifest's samples. */
int dl_test_log_batch(const char *test_id, const struct dl_integration *integration,
                      dl_test_log_take *take, void *context, struct dl_error *err);

#endif
