/* Undoes the Content-Encoding of a request body, piece by piece and under a limit.
 *
 * Nothing is inflated past the limit of the output buffer, so a bomb costs at most that much memory
 * and time, whatever its ratio. A zstd frame may ask for a window of 8 MiB at most (RFC
 * 8878 3.1.1.1.2). */
#ifndef DL_INTAKE_INFLATE_H
#define DL_INTAKE_INFLATE_H

#include <stdbool.h>
#include <stddef.h>
#define ZLIB_CONST /* next_in points to const */
#include <zlib.h>
#include <zstd.h>

#include "base/buffer.h"

enum dl_intake_coding {
    DL_CODING_IDENTITY,
    DL_CODING_GZIP,    /* RFC 1952, several members allowed */
    DL_CODING_DEFLATE, /* RFC 1950: the zlib format, as HTTP means it (RFC 9110 8.4.1.2) */
    DL_CODING_ZSTD,    /* RFC 8878, several frames allowed */
    DL_CODING_UNKNOWN
};

/* Zero-initialised before the first use; kept between requests so that contexts are reused. */
struct dl_intake_inflate {
    enum dl_intake_coding coding;
    bool begun;        /* a member or frame is open */
    bool zlib_made[2]; /* gzip, zlib */
    z_stream zlib[2];
    ZSTD_DCtx *zstd;
};

/* The coding a Content-Encoding header names; NULL or "" is identity. */
enum dl_intake_coding dl_intake_coding_find(const char *header);
const char *dl_intake_coding_name(enum dl_intake_coding coding);

/* Prepares for one body. 0, -DL_E_VALUE for an unknown coding, -DL_E_NOMEM. */
int dl_intake_inflate_begin(struct dl_intake_inflate *in, enum dl_intake_coding coding);

/* Appends the plain bytes of this piece to `out`. -DL_E_LIMIT once they would pass `limit`
 * (out->max must be larger than it), -DL_E_VALUE when the data is damaged, -DL_E_NOMEM. */
int dl_intake_inflate_add(struct dl_intake_inflate *in, struct dl_buffer *out, size_t limit,
                          const void *data, size_t len);

/* 0 when the body ended where it may, -DL_E_VALUE when it was cut. */
int dl_intake_inflate_end(const struct dl_intake_inflate *in);

void dl_intake_inflate_free(struct dl_intake_inflate *in);

#endif
