/* Where an address is. */
#ifndef DL_PIPELINE_GEO_H
#define DL_PIPELINE_GEO_H

#include "pipeline/value.h"

/* The place of an address: from the database that is loaded (geo_database.h). Without one, or where
 * `stub`, as in the platform's own tests of assets, which have none: an address gives an empty
 * object, one address of their fixtures a fixed place. What is no address says so in both. */
struct dl_value *dl_geo_read(struct dl_arena *arena, struct dl_text text, bool stub);

#endif
