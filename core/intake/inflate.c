#include "intake/inflate.h"

#include <zstd_errors.h>

#include "base/error.h"
#include "base/text.h"

enum { PIECE = 64 * 1024, ZSTD_WINDOW_LOG = 23 };

static const char *const names[] = {"identity", "gzip", "deflate", "zstd", "unknown"};

enum dl_intake_coding dl_intake_coding_find(const char *header)
{
    if (!header || !*header)
        return DL_CODING_IDENTITY;
    for (int i = DL_CODING_IDENTITY; i < DL_CODING_UNKNOWN; i++)
        if (dl_ascii_equal(header, names[i]))
            return (enum dl_intake_coding)i;
    return DL_CODING_UNKNOWN;
}

const char *dl_intake_coding_name(enum dl_intake_coding coding)
{
    return names[coding];
}

static int zlib_begin(struct dl_intake_inflate *in)
{
    bool gzip = in->coding == DL_CODING_GZIP;
    z_stream *z = &in->zlib[!gzip];

    if (in->zlib_made[!gzip])
        return inflateReset(z) == Z_OK ? 0 : -DL_E_INTERNAL;
    if (inflateInit2(z, gzip ? MAX_WBITS + 16 : MAX_WBITS) != Z_OK)
        return -DL_E_NOMEM;
    in->zlib_made[!gzip] = true;
    return 0;
}

static int zstd_begin(struct dl_intake_inflate *in)
{
    if (!in->zstd && !(in->zstd = ZSTD_createDCtx()))
        return -DL_E_NOMEM;
    ZSTD_DCtx_reset(in->zstd, ZSTD_reset_session_and_parameters);
    ZSTD_DCtx_setParameter(in->zstd, ZSTD_d_windowLogMax, ZSTD_WINDOW_LOG);
    return 0;
}

int dl_intake_inflate_begin(struct dl_intake_inflate *in, enum dl_intake_coding coding)
{
    in->coding = coding;
    in->begun = false;
    switch (coding) {
    case DL_CODING_IDENTITY:
        return 0;
    case DL_CODING_GZIP:
    case DL_CODING_DEFLATE:
        return zlib_begin(in);
    case DL_CODING_ZSTD:
        return zstd_begin(in);
    case DL_CODING_UNKNOWN:
        break;
    }
    return -DL_E_VALUE;
}

/* Room for the next piece of output: never past limit + 1, where the one byte more tells "too much"
 * from "just fits". */
static int make_room(struct dl_buffer *out, size_t limit, size_t *room)
{
    if (out->len > limit)
        return -DL_E_LIMIT;
    *room = limit + 1 - out->len;
    if (*room > PIECE)
        *room = PIECE;
    return dl_buffer_reserve(out, *room);
}

static int zlib_add(struct dl_intake_inflate *in, struct dl_buffer *out, size_t limit,
                    const void *data, size_t len)
{
    z_stream *z = &in->zlib[in->coding == DL_CODING_DEFLATE];
    size_t room;
    int rc, status;

    z->next_in = data;
    z->avail_in = (uInt)len;
    do {
        if (!in->begun && z->avail_in == 0)
            break;
        if ((rc = make_room(out, limit, &room)) < 0)
            return rc;
        in->begun = true;
        z->next_out = (Bytef *)out->data + out->len;
        z->avail_out = (uInt)room;
        status = inflate(z, Z_NO_FLUSH);
        out->len += room - z->avail_out;
        out->data[out->len] = '\0';
        if (status == Z_STREAM_END) {
            in->begun = false;
            if (z->avail_in && in->coding == DL_CODING_DEFLATE)
                return -DL_E_VALUE;
            inflateReset(z);
        } else if (status == Z_MEM_ERROR) {
            return -DL_E_NOMEM;
        } else if (status != Z_OK && status != Z_BUF_ERROR) {
            return -DL_E_VALUE;
        }
    } while (z->avail_in > 0 || z->avail_out == 0);
    return out->len > limit ? -DL_E_LIMIT : 0;
}

static int zstd_add(struct dl_intake_inflate *in, struct dl_buffer *out, size_t limit,
                    const void *data, size_t len)
{
    ZSTD_inBuffer from = {data, len, 0};
    size_t room, left;
    int rc;

    do {
        if (!in->begun && from.pos == from.size)
            break;
        if ((rc = make_room(out, limit, &room)) < 0)
            return rc;
        ZSTD_outBuffer to = {out->data + out->len, room, 0};
        in->begun = true;
        left = ZSTD_decompressStream(in->zstd, &to, &from);
        out->len += to.pos;
        out->data[out->len] = '\0';
        if (ZSTD_isError(left))
            return ZSTD_getErrorCode(left) == ZSTD_error_memory_allocation ? -DL_E_NOMEM
                                                                           : -DL_E_VALUE;
        if (left == 0)
            in->begun = false;
        room -= to.pos;
    } while (from.pos < from.size || room == 0);
    return out->len > limit ? -DL_E_LIMIT : 0;
}

int dl_intake_inflate_add(struct dl_intake_inflate *in, struct dl_buffer *out, size_t limit,
                          const void *data, size_t len)
{
    if (len == 0)
        return 0;
    switch (in->coding) {
    case DL_CODING_GZIP:
    case DL_CODING_DEFLATE:
        return zlib_add(in, out, limit, data, len);
    case DL_CODING_ZSTD:
        return zstd_add(in, out, limit, data, len);
    default:
        if (len > limit || out->len > limit - len)
            return -DL_E_LIMIT;
        return dl_buffer_add(out, data, len);
    }
}

int dl_intake_inflate_end(const struct dl_intake_inflate *in)
{
    return in->begun ? -DL_E_VALUE : 0;
}

void dl_intake_inflate_free(struct dl_intake_inflate *in)
{
    for (int i = 0; i < 2; i++)
        if (in->zlib_made[i])
            inflateEnd(&in->zlib[i]);
    ZSTD_freeDCtx(in->zstd);
    *in = (struct dl_intake_inflate){0};
}
