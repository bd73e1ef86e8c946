/* Reading values: lenient JSON of logs, YAML and JSON of assets. */
#ifndef DL_PIPELINE_VALUE_READ_H
#define DL_PIPELINE_VALUE_READ_H

#include "base/error.h"
#include "pipeline/value.h"

#define DL_VALUE_DEPTH_MAX 128

/* A JSON text as the platform takes it: line ends and other control characters may stand in
 * strings. The whole text is one value, blanks around it aside; NULL: it is not. */
struct dl_value *dl_value_read_json(struct dl_arena *arena, const char *text, size_t len);

/* What parsing leaves of an object, in its place: members that are null, {} or [] go, at every
 * depth, and names with dots become paths. Nulls in arrays stay. */
struct dl_value *dl_value_clean(struct dl_arena *arena, struct dl_value *value);

/* One YAML document by the core schema of YAML 1.2 (JSON is one, too), with the lines of members
 * and values. Aliases are refused. -DL_E_VALUE: "LINE:COLUMN: what is wrong". */
int dl_value_read_yaml(struct dl_value **out, struct dl_arena *arena, const char *text, size_t len,
                       struct dl_error *err);

#endif
