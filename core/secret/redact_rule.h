/* What redaction looks for. For this room alone. */
#ifndef DL_SECRET_REDACT_RULE_H
#define DL_SECRET_REDACT_RULE_H

#include <stddef.h>

/* Shortest value that is looked for: a shorter one would be found in ordinary words. */
#define DL_REDACT_VALUE_MIN 6

struct dl_masked {
    const char *text; /* NUL-terminated behind len bytes */
    size_t len;
    unsigned char *mask; /* len bytes, 1: hidden */
};

/* Marks every occurrence of a known value: as it is (any case, also with %XX, \xXX, \uXXXX or \c in
 * it), as hexadecimal of its bytes, and as base64 at each of the three alignments, both alphabets.
 */
void dl_mask_value(struct dl_masked *m, const char *value, size_t len);

/* Marks what looks like a secret by the rules in redact_pattern.c. Time is linear in the length. */
void dl_mask_patterns(struct dl_masked *m);

#endif
