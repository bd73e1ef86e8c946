/* The search language of filters and categories: parsed once, then matched against logs. */
#ifndef DL_PIPELINE_QUERY_H
#define DL_PIPELINE_QUERY_H

#include "base/error.h"
#include "pipeline/log.h"

#define DL_QUERY_DEPTH_MAX 64
#define DL_QUERY_NODES_MAX 4096 /* terms and what joins them */

struct dl_query;

/* Lives in the arena. -DL_E_VALUE: "column N: what is wrong". An empty query matches all. */
int dl_query_parse(const struct dl_query **out, struct dl_arena *arena, struct dl_text text,
                   struct dl_error *err);

bool dl_query_match(const struct dl_query *query, const struct dl_pipeline_log *log);

/* The same for an element of an array: `key:value` reads its members. */
bool dl_query_match_value(const struct dl_query *query, struct dl_arena *arena,
                          const struct dl_value *element);

#endif
