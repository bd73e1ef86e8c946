/* What a line of a log begins with, as a grok rule. For draft.c alone. */
#ifndef DL_PIPELINE_DRAFT_LINE_H
#define DL_PIPELINE_DRAFT_LINE_H

#include "pipeline/draft.h"

struct dl_line_rules {
    const char *patterns[DL_DRAFT_RULES_MAX]; /* each but once, in the order they were met */
    size_t count;
    bool dated, levelled, pairs; /* some rule reads a date, a level; some line has key=value */
};

/* Adds the rule of a line: its date, its level, and the rest as `msg`. Past the most rules there
 * may be, the line gets none. */
void dl_line_rule(struct dl_line_rules *rules, struct dl_arena *arena, struct dl_text line);

/* What that rule calls `msg`. */
struct dl_text dl_line_rest(struct dl_text line);

/* The next key of a "key=value" pair at or behind *at, which moves behind it. */
bool dl_line_pair(struct dl_text line, size_t *at, struct dl_text *key);

#endif
