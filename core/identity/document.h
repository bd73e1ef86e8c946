/* A small JSON file that a person may have written: read within limits, checked strictly, and every
 * mistake named as FILE:LINE:COLUMN. Configuration and manifest stand on this. */
#ifndef DL_IDENTITY_DOCUMENT_H
#define DL_IDENTITY_DOCUMENT_H

#include <cjson/cJSON.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/json.h"

struct dl_document {
    const char *path;  /* the caller's; for messages alone */
    enum dl_code code; /* of a mistake in it */
    const char *text;  /* the caller's */
    size_t len;
    cJSON *root; /* an object */
};

#define DL_NO_ELEMENT ((size_t)-1)

/* Parses text, refuses what is no object and what looks like a key anywhere. The text must outlive
 * the document. Freed with dl_document_free, also after a failure. */
int dl_document_parse(struct dl_document *document, const struct dl_json_limits *limits,
                      struct dl_error *err);
void dl_document_free(struct dl_document *document);

/* "FILE:LINE:COLUMN: ..." at a key (NULL: the start), or at an element of its array. Returns -code.
 */
int dl_document_fail(const struct dl_document *document, struct dl_error *err, const char *key,
                     size_t element, const char *format, ...) __attribute__((format(printf, 5, 6)));

/* The same for an error that another function wrote about that place; -DL_E_NOMEM stays itself. err
 * must not be NULL. */
int dl_document_blame(const struct dl_document *document, struct dl_error *err, const char *key,
                      size_t element);

/* "version": there, a whole number from 1 to newest; a newer one is `newer`. */
int dl_document_version(const struct dl_document *document, unsigned newest, enum dl_code newer,
                        struct dl_error *err);

/* Names the first key that is not in `keys` (NULL-terminated), with the nearest that is. */
int dl_document_keys(const struct dl_document *document, const char *const *keys,
                     struct dl_error *err);

/* A member that is a text of 1 to max characters without control characters. *out is NULL if it is
 * not there. */
int dl_document_text(const struct dl_document *document, const char **out, const char *key,
                     size_t max, struct dl_error *err);

/* A member that is an array of at most max elements. *out is NULL if it is not there. */
int dl_document_array(const struct dl_document *document, const cJSON **out, const char *key,
                      size_t max, struct dl_error *err);

#endif
