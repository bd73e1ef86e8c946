/* A strict reader over one JSON object (RFC 8259) that builds nothing: it validates every byte once
 * and hands out the top-level members as ranges of the input.
 *
 * Duplicate names pass (the RFC allows them). Invalid UTF-8 inside a string does not make the
 * object invalid, it is noted: one wrong byte must not cost a log its structure. */
#ifndef DL_RECORD_SCAN_H
#define DL_RECORD_SCAN_H

#include <stdbool.h>
#include <stddef.h>

#define DL_SCAN_DEPTH 64 /* most levels inside a member's value; deeper is no log of ours */

struct dl_member {
    const char *name;   /* behind the opening quote */
    size_t name_length; /* without the quotes, escapes as they stand */
    bool name_escaped;  /* a backslash is in it */
    const char *value;  /* first byte of the value */
    size_t value_length;
    bool array; /* the value is an array or holds one */
};

struct dl_scan {
    const char *at, *end;
    bool begun;
    bool broken; /* a string held invalid UTF-8 */
};

/* False at once for what does not begin like an object. */
bool dl_scan_begin(struct dl_scan *scan, const char *text, size_t len);

/* 1: *out is the next member. 0: the object and the text ended well. -1: this is no JSON object. */
int dl_scan_next(struct dl_scan *scan, struct dl_member *out);

/* The member's name with its escapes resolved, as far as it fits: returns its length, or SIZE_MAX
 * when it is longer than `size`. */
size_t dl_scan_name(const struct dl_member *member, char *to, size_t size);

#endif
