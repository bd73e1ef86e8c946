/* --stats: what went on since the last look, on one line, for people or as JSON. */
#ifndef DL_TUI_SEND_STATS_H
#define DL_TUI_SEND_STATS_H

#include "base/buffer.h"
#include "send/counters.h"

/* Each appends one line with its end. `before` is the look before: rates are between the two.
 * 0 or negative. */
int stats_text(struct dl_buffer *out, const struct counters *before, const struct counters *now);
int stats_json(struct dl_buffer *out, const struct counters *before, const struct counters *now);

#endif
