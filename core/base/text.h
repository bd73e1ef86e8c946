/* Text: UTF-8, widths, trimming, comparing, and the one sanitiser for foreign text. */
#ifndef DL_BASE_TEXT_H
#define DL_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct dl_buffer;

/* Copies `from` into `to` (size bytes, NUL included), cut on a UTF-8 border. Returns true if all
 * fit. */
bool dl_text_copy(char *to, size_t size, const char *from);

/* printf into `to`, cut on a UTF-8 border. Returns true if all fit. */
bool dl_text_format(char *to, size_t size, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Decodes one code point at text (len bytes left). Returns the bytes it takes and sets *code, or 0
 * for a byte that begins no valid sequence (overlong, surrogate, past U+10FFFF, cut). */
size_t dl_utf8_decode(const char *text, size_t len, uint32_t *code);

/* Writes one code point (at most 4 bytes) and returns how many. */
size_t dl_utf8_encode(char to[4], uint32_t code);

/* True if all of text is valid UTF-8; otherwise *bad (may be NULL) is the offset of the first bad
 * byte. */
bool dl_utf8_valid(const char *text, size_t len, size_t *bad);

/* The largest n <= limit at which text can be cut without splitting a sequence. */
size_t dl_utf8_cut(const char *text, size_t len, size_t limit);

/* Columns that a terminal gives the text (wcwidth by our own rule for C0/invalid: 0). The text must
 * already be clean (dl_text_clean). Independent of the locale. */
size_t dl_text_width(const char *text);

/* The longest start of text that fits into `columns`; returns its length in bytes. */
size_t dl_text_fit(const char *text, size_t columns);

/* Foreign text made safe for a terminal and a log line: C0, C1, DEL, line ends -> space; bidi
 * controls, zero-width characters, variation selectors removed; more than 4 combining marks in a
 * row removed; invalid bytes -> U+FFFD. Appends to `out`; returns 0 or a negative code. */
int dl_text_clean(struct dl_buffer *out, const char *text, size_t len);

/* Blank = space, tab, CR, LF, VT, FF. Moves *text and *len inward. */
void dl_text_trim(const char **text, size_t *len);

/* ASCII only, never the locale. */
char dl_ascii_lower(char c);
bool dl_ascii_equal(const char *a, const char *b);               /* ignoring case */
bool dl_ascii_equal_n(const char *a, const char *b, size_t len); /* ignoring case, both len long */
bool dl_text_starts(const char *text, const char *prefix);       /* exact case */
bool dl_text_is_lower(const char *text);                         /* no A-Z */

/* Edit distance (insert, delete, replace, swap = 1 each), ignoring ASCII case; SIZE_MAX past 64
 * bytes. */
size_t dl_text_distance(const char *a, const char *b);

/* The nearest of `names` (NULL-terminated) within 3 edits and under half its length, or NULL. */
const char *dl_text_nearest(const char *text, const char *const *names);

/* A whole decimal number within [min, max], no sign, no blank; false otherwise. */
bool dl_text_number(const char *text, uint64_t min, uint64_t max, uint64_t *out);

/* The same with a unit behind it: bytes as 1000, 64K, 512M, 2G, 1T (powers of 1024); milliseconds
 * as 90s, 30m, 12h, 7d. False for anything else, and past 2^62. */
bool dl_text_size(const char *text, uint64_t *out);
bool dl_text_duration(const char *text, int64_t *out);

#endif
