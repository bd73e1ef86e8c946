/* The one sink for messages of the library. It redacts before it calls out, so that no path can
 * forget to. The library never prints; the program sets the callback. */
#ifndef DL_BASE_LOG_H
#define DL_BASE_LOG_H

#include <stddef.h>

#include "base/buffer.h"

enum dl_log_level { DL_LOG_DEBUG, DL_LOG_INFO, DL_LOG_WARN, DL_LOG_ERROR };

typedef void dl_log_sink(void *context, enum dl_log_level level, const char *line);

/* Replaces secrets in `text` in place or shrinks it; set by secret/redact. Works on a buffer
 * because a replacement may be longer. Returns 0 or a negative code (then the message is withheld).
 */
typedef int dl_log_filter(struct dl_buffer *text);

void dl_log_set_sink(dl_log_sink *sink, void *context);
void dl_log_set_filter(dl_log_filter *filter);

void dl_log(enum dl_log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Foreign text made safe to show and to keep: cleaned (dl_text_clean), redacted by the filter, cut
 * to size. What the filter cannot handle becomes "(withheld)". */
void dl_log_scrub(char *to, size_t size, const char *text, size_t len);

#endif
