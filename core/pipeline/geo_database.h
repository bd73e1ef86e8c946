/* A Geo-IP database (MaxMind DB), read through libmaxminddb, which is loaded with the first one. */
#ifndef DL_PIPELINE_GEO_DATABASE_H
#define DL_PIPELINE_GEO_DATABASE_H

#include "base/error.h"
#include "pipeline/value.h"

/* Opens the database that every geo-IP parser reads from then on, until dl_geo_unload. Of one
 * thread. -DL_E_GEOIP: the file is no such database, or the library is not installed. */
int dl_geo_load(const char *path, struct dl_error *err);
void dl_geo_unload(void);
bool dl_geo_is_loaded(void);

/* What kind of database it says it is ("GeoLite2-City"); len 0 without one. */
struct dl_text dl_geo_kind(void);

/* The place of an address, written as the platform's parser writes it; an empty object for one that
 * the database does not know or whose entry is damaged. ip ends in NUL and is an address. */
struct dl_value *dl_geo_look_up(struct dl_arena *arena, const char *ip);

#endif
