/* Where an address is. */
#ifndef DL_PIPELINE_GEO_H
#define DL_PIPELINE_GEO_H

#include "pipeline/value.h"

/* The platform's own tests of assets run without a database: an address gives an empty object, one
 * documentation address a fixed place, and what is no address says so. The same here. */
struct dl_value *dl_geo_read(struct dl_arena *arena, struct dl_text text);

#endif
