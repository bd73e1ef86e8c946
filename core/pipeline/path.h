/* Where an attribute is: "http.url_details.path". Arrays on the way are mapped over. */
#ifndef DL_PIPELINE_PATH_H
#define DL_PIPELINE_PATH_H

#include "pipeline/value.h"

#define DL_PATH_DEPTH_MAX 32 /* objects that one path makes; the rest of it is one name */

/* The value at a path, NULL: none. Members whose names hold dots are found too. Through an array,
 * an array of what its elements have there, flattened by one level. A leading "custom." means the
 * root. */
struct dl_value *dl_path_get(struct dl_arena *arena, const struct dl_value *root,
                             struct dl_text path);

/* Puts it there; scalars on the way give way to objects. */
void dl_path_set(struct dl_arena *arena, struct dl_value *root, struct dl_text path,
                 struct dl_value *value);

/* Takes it away, and the objects that are empty then. False: it was not there. */
bool dl_path_remove(struct dl_value *root, struct dl_text path);

/* Into an object: objects merge member by member, everything else replaces. */
void dl_path_merge(struct dl_arena *arena, struct dl_value *into, const struct dl_value *from);

#endif
