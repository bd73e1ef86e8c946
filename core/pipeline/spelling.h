/* The two spellings of a pipeline: of assets, which partners hand in (YAML, "preserveSource"), and
 * of the public API (JSON, "preserve_source"). Both are read everywhere; here is one made of the
 * other. */
#ifndef DL_PIPELINE_SPELLING_H
#define DL_PIPELINE_SPELLING_H

#include "pipeline/value.h"

/* Whether a document that is a pipeline is spelled as the API has it. */
bool dl_spelling_is_api(const struct dl_value *document);

/* The pipeline of an asset as the API takes it; what the API has no place for is not in it
 * (dl_spelling_extra). Members keep their order. NULL: no memory. */
struct dl_value *dl_spelling_to_api(struct dl_arena *arena, const struct dl_value *document);

/* A pipeline of the API as an asset with this id, without facets. NULL: no memory. */
struct dl_value *dl_spelling_to_asset(struct dl_arena *arena, const struct dl_value *document,
                                      struct dl_text id);

/* The members of the document, in turn, that the other spelling has no place for: the first behind
 * `last`, which is NULL at first. NULL: no more. */
const struct dl_member *dl_spelling_extra(const struct dl_value *document,
                                          const struct dl_member *last);

#endif
