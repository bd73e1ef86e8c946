/* JSON of small documents: a strict reader in front of cJSON, positions for messages, and a writer.
 *
 * The reader accepts RFC 8259 and nothing else: valid UTF-8, no trailing bytes, no duplicate keys,
 * no \u0000, numbers by the grammar; and it holds limits on bytes, depth and nodes.
 * Logs never go through here: their bytes are kept (see record/). */
#ifndef DL_BASE_JSON_H
#define DL_BASE_JSON_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"

struct dl_json_limits {
    size_t bytes, depth, nodes;
};

/* 1 MiB, depth 64, 100,000 nodes: for configuration, manifests and answers. */
extern const struct dl_json_limits dl_json_default_limits;

/* Checks text by the rules above without building anything. On failure *offset (may be NULL) is
 * where, and err says what ("a comma is missing"), without file or line. code: DL_E_VALUE or
 * DL_E_LIMIT. */
int dl_json_check(const char *text, size_t len, const struct dl_json_limits *limits, size_t *offset,
                  struct dl_error *err);

/* Checks, then parses. *out is freed with cJSON_Delete. The error text begins "line L, column C: ".
 */
int dl_json_parse(cJSON **out, const char *text, size_t len, const struct dl_json_limits *limits,
                  struct dl_error *err);

/* Line and column (from 1, columns in code points) of an offset. */
void dl_json_place(const char *text, size_t len, size_t offset, size_t *line, size_t *column);

/* Offset of the key (for an object's member) or value (for an array's element) at a path in a text
 * that dl_json_check accepted. Path: keys and indexes, each NUL-terminated, as "tags", "[2]";
 * `steps` of them. Returns false if it is not there. */
bool dl_json_locate(const char *text, size_t len, const char *const *path, size_t steps,
                    size_t *offset);

/* A writer into a buffer. Errors stick: check dl_json_end() once. indent 0: one line. */
struct dl_json {
    struct dl_buffer *out;
    unsigned indent;
    unsigned depth;
    bool comma[64]; /* whether the value at this depth needs a comma before it */
    bool after_key;
    int status;
};

void dl_json_begin(struct dl_json *w, struct dl_buffer *out, unsigned indent);
void dl_json_object(struct dl_json *w);
void dl_json_object_end(struct dl_json *w);
void dl_json_array(struct dl_json *w);
void dl_json_array_end(struct dl_json *w);
void dl_json_key(struct dl_json *w, const char *key);
void dl_json_string(struct dl_json *w, const char *text);            /* NULL: null */
void dl_json_bytes(struct dl_json *w, const char *text, size_t len); /* invalid UTF-8 -> U+FFFD */
void dl_json_integer(struct dl_json *w, int64_t value);
void dl_json_real(struct dl_json *w, double value); /* up to 3 decimals; not finite: null */
void dl_json_bool(struct dl_json *w, bool value);
void dl_json_null(struct dl_json *w);
/* key and value in one call */
void dl_json_member(struct dl_json *w, const char *key, const char *text);
void dl_json_member_integer(struct dl_json *w, const char *key, int64_t value);
void dl_json_member_bool(struct dl_json *w, const char *key, bool value);
int dl_json_end(
    struct dl_json *w); /* 0 or the first negative code; every object and array closed */

/* Appends text as the inside of a JSON string (no quotes); invalid UTF-8 -> U+FFFD. 0 or negative.
 */
int dl_json_escape(struct dl_buffer *out, const char *text, size_t len);

#endif
