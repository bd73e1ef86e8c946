/* Access logs of web servers (the common and the combined format). For draft.c alone. */
#ifndef DL_PIPELINE_DRAFT_ACCESS_H
#define DL_PIPELINE_DRAFT_ACCESS_H

#include "pipeline/draft.h"

enum dl_access { DL_ACCESS_NONE, DL_ACCESS_COMMON, DL_ACCESS_COMBINED };

/* Helpers of the grok parser, and its rule access_common for lines of the common format. */
extern const char dl_access_support[], dl_access_common[];

/* Which format a line has: client, two names, [date], "request", status and size; combined: then
 * "referer" and "agent", and what a server was told to write behind them. */
enum dl_access dl_access_line(struct dl_text line);

/* Appends what comes after the grok parser: URL and, where `agent`, user agent taken apart, and the
 * category of the status code, for a status remapper to read. */
void dl_access_processors(struct dl_arena *arena, struct dl_value *processors, bool agent);
#define DL_ACCESS_STATUS "http.status_category"

#endif
