/* One log on its way through a pipeline. */
#ifndef DL_PIPELINE_LOG_H
#define DL_PIPELINE_LOG_H

#include "pipeline/value.h"

struct dl_log_tag {
    struct dl_log_tag *next;
    struct dl_text text; /* "key:value" */
};

struct dl_pipeline_log {
    struct dl_arena *arena;
    struct dl_value *attributes; /* an object */
    struct dl_text message;
    struct dl_text source; /* official values; len 0: none */
    struct dl_text service;
    struct dl_text host;
    struct dl_text status;
    struct dl_text trace_id, span_id;
    struct dl_log_tag *tags, **last_tag; /* in the order they were added */
    int64_t timestamp;                   /* milliseconds since 1970 */
    int64_t now;                         /* the same, for dates without a year */
    bool dated, has_timestamp;           /* a date remapper ran; it found a date */
    bool service_remapped, status_remapped, message_remapped;
    bool test_mode; /* as in the platform's own tests of assets */
};

/* An empty log. */
void dl_pipeline_log_init(struct dl_pipeline_log *log, struct dl_arena *arena, int64_t now);

/* Takes a raw line or a JSON object: attributes and message; bytes that are no UTF-8 become U+FFFD.
 * In test mode nothing else is read from it; otherwise reserved attributes become official values
 * as the platform does at intake. */
void dl_pipeline_log_take(struct dl_pipeline_log *log, const char *text, size_t len);

/* As it is given; and with a value in lower case, as remappers make tags. */
void dl_pipeline_log_tag_text(struct dl_pipeline_log *log, struct dl_text tag);
void dl_pipeline_log_tag(struct dl_pipeline_log *log, struct dl_text key, struct dl_text value);

/* The value of a tag, len 0: none. */
struct dl_text dl_pipeline_log_tag_value(const struct dl_pipeline_log *log, struct dl_text key);

#endif
