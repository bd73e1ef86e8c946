/* Facets and measures of a log asset: which ones the attributes of its logs call for. */
#ifndef DL_PIPELINE_FACET_H
#define DL_PIPELINE_FACET_H

#include "pipeline/value.h"

/* What the facets are made for. */
struct dl_facets {
    struct dl_arena *arena;
    struct dl_text source;       /* custom attributes stand below it */
    struct dl_text group;        /* of custom facets: the integration's title */
    const struct dl_value *have; /* the asset's "facets", or NULL */
    struct dl_value *missing;    /* an array: the proposals, in the order they were met */
};

/* Sets it up with no proposal. */
void dl_facets_init(struct dl_facets *facets, struct dl_arena *arena, struct dl_text source,
                    struct dl_text group, const struct dl_value *have);

/* Looks at the "custom" of one result of a test. A standard path gets the facet that Datadog's
 * integrations share; a path below the source gets one of its own: a measure where it is a
 * quantity, with the unit that its name tells. Arrays and other paths get none. */
void dl_facets_look(struct dl_facets *facets, const struct dl_value *custom);

/* Whether all integrations share a facet for this path; *group and *name (may be NULL) are its. */
bool dl_facet_is_standard(struct dl_text path, const char **group, const char **name);

/* A text of this asset's vocabulary for people: "weight_kg" becomes "Weight Kg". */
struct dl_text dl_facet_title(struct dl_arena *arena, struct dl_text words);

#endif
