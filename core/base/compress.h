/* Compression of one request body: gzip, zstd, or none. Fast while the processor is what limits
 * (gzip by ISA-L level 1, zstd level 1), small while the network does (libdeflate 6, zstd 6). */
#ifndef DL_BASE_COMPRESS_H
#define DL_BASE_COMPRESS_H

#include <stddef.h>

#include "base/buffer.h"
#include "base/error.h"

enum dl_encoding { DL_ENCODING_GZIP, DL_ENCODING_ZSTD, DL_ENCODING_NONE };
enum dl_effort { DL_EFFORT_FAST, DL_EFFORT_SMALL };

/* Reusable states; made when first needed. Of one thread at a time. */
struct dl_compressor;

int dl_compressor_new(struct dl_compressor **out, struct dl_error *err);
void dl_compressor_free(struct dl_compressor *compressor); /* NULL is fine */

/* Packs data into new memory of exactly *length bytes, freed with free(). */
int dl_compress(struct dl_compressor *compressor, enum dl_encoding encoding, enum dl_effort effort,
                const char *data, size_t data_length, char **out, size_t *length,
                struct dl_error *err);

/* The way back, into `out` (cleared first); raw_length is what went in. -DL_E_INTERNAL if damaged.
 */
int dl_expand(struct dl_compressor *compressor, enum dl_encoding encoding, const char *packed,
              size_t packed_length, size_t raw_length, struct dl_buffer *out, struct dl_error *err);

/* "zstd 1.5.4, libdeflate 1.14, ISA-L 2.30.0" */
void dl_compress_libraries(char *to, size_t size);

/* Value of Content-Encoding, NULL for none. */
const char *dl_encoding_name(enum dl_encoding encoding);

#endif
