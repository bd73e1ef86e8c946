/* --metrics: the counters as Prometheus text, for the textfile collector of a node exporter. */
#ifndef DL_TUI_SEND_METRICS_H
#define DL_TUI_SEND_METRICS_H

#include "base/buffer.h"
#include "base/error.h"
#include "send/counters.h"

#define METRICS_EVERY_MS 15000

/* Appends the text; the name of the integration is a label. 0 or negative. */
int metrics_print(struct dl_buffer *out, const struct counters *counters, const char *integration);

/* Replaces the file as a whole, readable by all (0644), so that no half of it is ever collected.
 * -DL_E_IO: the old one stands. */
int metrics_write(const char *path, const struct counters *counters, const char *integration,
                  struct dl_error *err);

#endif
