/* What the Log Explorer would show of a log: intake and pipeline in one call, for previews. */
#ifndef DL_PIPELINE_EXPLORER_H
#define DL_PIPELINE_EXPLORER_H

#include "pipeline/pipeline.h"

struct dl_explorer;

/* With the pipeline of a file (asset in YAML or JSON). -DL_E_PIPELINE: "FILE: line N: ...". */
int dl_explorer_open(struct dl_explorer **out, const char *path, struct dl_error *err);
void dl_explorer_close(struct dl_explorer *explorer); /* NULL is fine */

/* Appends one JSON object: timestamp, status, service, source, host, tags, message, trace_id,
 * span_id, attributes; "pipeline" is false when its filter did not take the log. A line that is no
 * object is a message; its source is the pipeline's then. Of one thread at a time. */
int dl_explorer_add(struct dl_explorer *explorer, struct dl_buffer *out, const char *log,
                    size_t len, struct dl_error *err);

/* Whether the last one was taken by the filter. */
bool dl_explorer_took(const struct dl_explorer *explorer);

/* A log as an object. */
struct dl_value *dl_explorer_value(const struct dl_pipeline_log *log);

#endif
