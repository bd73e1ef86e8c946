/* Arrays made into what Datadog can search: the manifest's policy, applied to scanned JSON. */
#ifndef DL_RECORD_ARRAYS_H
#define DL_RECORD_ARRAYS_H

#include <stdbool.h>
#include <stddef.h>

#include "identity/integration.h"

#define DL_ARRAYS_SEPARATOR ", " /* between the elements of a joined array */

/* No more than this many times the bytes of the input come out, mended or not, as long as that is
 * within DL_RECORD_BYTES: `1,` becomes `"12345":1,` at worst. */
#define DL_ARRAYS_GROWTH 6

/* Writes JSON with every array in it changed and everything else as it stands:
 * index  [1,["x"]] -> {"0":1,"1":{"0":"x"}}, [] -> {}
 * join   [1,"x",null] -> "1, x, null", [] -> ""; an array that holds an object or an array as index
 * json: whole members of an object, or values, that dl_scan_next accepted. mend: U+FFFD for the
 * bytes of strings that are no UTF-8. to NULL: only measured. Returns the bytes written. */
size_t dl_arrays_write(char *to, enum dl_arrays policy, bool mend, const char *json, size_t len);

#endif
