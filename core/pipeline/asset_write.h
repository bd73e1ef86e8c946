/* Assets as YAML in the spelling of Datadog's own files: two-space indents, sequences indented
 * under their key, members in the order they were put. */
#ifndef DL_PIPELINE_ASSET_WRITE_H
#define DL_PIPELINE_ASSET_WRITE_H

#include "base/error.h"
#include "pipeline/value.h"

/* Appends the document; it reads back as the same value. Texts of several lines become blocks. 0 or
 * a negative code of the buffer. */
int dl_asset_write(struct dl_buffer *out, const struct dl_value *document);

/* Appends the members of an object that has some, from this column on; what stands before it ended
 * its line. The same codes. */
int dl_asset_write_members(struct dl_buffer *out, const struct dl_value *object, size_t column);

/* Appends the asset's text with these facets behind those that it has; every other byte stands as
 * it was. document: what the text was read into. -DL_E_VALUE: the list is not written one facet
 * below the other. */
int dl_asset_add_facets(struct dl_buffer *out, struct dl_text text, const struct dl_value *document,
                        const struct dl_value *facets, struct dl_error *err);

#endif
