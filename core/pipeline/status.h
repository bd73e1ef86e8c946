/* The platform's statuses and what becomes one. */
#ifndef DL_PIPELINE_STATUS_H
#define DL_PIPELINE_STATUS_H

#include "pipeline/value.h"

/* "emergency", "alert", "critical", "error", "warn", "notice", "info", "debug", "ok": numbers 0 to
 * 7 as in syslog, texts by how they begin, all else info. Source: docs.datadoghq.com,
 * log_configuration/processors, log status remapper. */
struct dl_text dl_status_of(const struct dl_value *value, struct dl_arena *arena);

#endif
