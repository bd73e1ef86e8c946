/* A first pipeline for a product's logs, from samples of them. */
#ifndef DL_PIPELINE_DRAFT_H
#define DL_PIPELINE_DRAFT_H

#include "pipeline/value.h"

#define DL_DRAFT_SAMPLES_MAX 100
#define DL_DRAFT_RULES_MAX 10         /* rules of one parser, as the platform advises */
#define DL_DRAFT_PARSER_SAMPLES_MAX 5 /* samples that a parser may carry */

struct dl_draft {
    struct dl_text name, title; /* id and source; the pipeline's name */
    const struct dl_text *samples;
    size_t count;
};

/* The asset: source filter; for lines a grok parser that reads time, level and key=value pairs, and
 * for access logs of web servers their fields, URL, user agent and status by its code; for objects
 * remappers that bring their attributes below the source or to standard names; remappers of date,
 * status and message for what the samples have. NULL: the arena has failed. */
struct dl_value *dl_draft_pipeline(struct dl_arena *arena, const struct dl_draft *draft);

#endif
