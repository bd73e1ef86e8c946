/* Foreign bytes to the inside of a JSON string, at the speed of the machine. */
#ifndef DL_RECORD_ESCAPE_H
#define DL_RECORD_ESCAPE_H

#include <stdbool.h>
#include <stddef.h>

/* Writes text as the inside of a JSON string to `to`, at most `room` bytes, and returns how many.
 * Stops before the first character that does not fit; *used is how much of text was taken, so
 * *used == len says that all fitted. A byte that begins no valid UTF-8 becomes U+FFFD and sets
 * *replaced (which is never cleared here). */
size_t dl_escape(char *to, size_t room, const char *text, size_t len, size_t *used, bool *replaced);

/* The inside of a JSON string (or any JSON) that is valid but for its UTF-8: copied with U+FFFD for
 * the bytes that are wrong. `to` NULL: only measured. Stops before the character or \u escape pair
 * that does not fit into `room`. Returns the bytes written; *used as above. */
size_t dl_mend(char *to, size_t room, const char *json, size_t len, size_t *used);

#endif
