#include "base/compress.h"

#include <isa-l.h>
#include <isa-l/igzip_lib.h>
#include <libdeflate.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "base/text.h"

/* By measurement (docs/internals/sender.md): the next level costs twice the time and more for a
 * tenth of the bytes, which pays only where the processor waits for the network anyway. */
#define ISAL_LEVEL 1
#define GZIP_SMALL_LEVEL 6
#define ZSTD_LEVEL 1
#define ZSTD_SMALL_LEVEL 6

/* ISA-L's state and the buffer that its level 1 works in. */
struct isal {
    struct isal_zstream stream;
    uint8_t level[ISAL_DEF_LVL1_DEFAULT];
};

struct dl_compressor {
    struct isal *isal;
    struct libdeflate_compressor *gzip;
    struct libdeflate_decompressor *gunzip;
    ZSTD_CCtx *zstd;
    char *scratch;
    size_t scratch_size;
};

int dl_compressor_new(struct dl_compressor **out, struct dl_error *err)
{
    struct dl_compressor *c = calloc(1, sizeof *c);

    if (!c)
        return dl_error_set(err, DL_E_NOMEM, "no memory for compression");
    *out = c;
    return 0;
}

void dl_compressor_free(struct dl_compressor *c)
{
    if (!c)
        return;
    free(c->isal);
    libdeflate_free_compressor(c->gzip);
    libdeflate_free_decompressor(c->gunzip);
    ZSTD_freeCCtx(c->zstd);
    free(c->scratch);
    free(c);
}

/* Room for the worst case; the system gives pages only as they are written. */
static bool make_scratch(struct dl_compressor *c, size_t size)
{
    if (c->scratch_size >= size)
        return true;
    free(c->scratch); /* nothing in it is needed */
    c->scratch = malloc(size);
    c->scratch_size = c->scratch ? size : 0;
    return c->scratch != NULL;
}

/* Most bytes that gzip makes of `length`, whoever packs: stored blocks of 64 KiB less one. */
static size_t gzip_bound(size_t length)
{
    return length + (length / 65535 + 1) * 5 + 64;
}

static size_t pack_gzip_fast(struct dl_compressor *c, const char *data, size_t length)
{
    struct isal_zstream *z;

    if (!c->isal)
        c->isal = calloc(1, sizeof *c->isal); /* its own set-up leaves parts as they were */
    if (!c->isal || !make_scratch(c, gzip_bound(length)))
        return 0;
    z = &c->isal->stream;
    isal_deflate_stateless_init(z);
    z->level = ISAL_LEVEL;
    z->level_buf = c->isal->level;
    z->level_buf_size = sizeof c->isal->level;
    z->gzip_flag = IGZIP_GZIP;
    z->end_of_stream = 1;
    memcpy(&z->next_in, &data, sizeof data); /* it reads from it; the type lacks the const */
    z->avail_in = (uint32_t)length;
    z->next_out = (uint8_t *)c->scratch;
    z->avail_out = (uint32_t)c->scratch_size;
    return isal_deflate_stateless(z) == COMP_OK && z->avail_in == 0 ? z->total_out : 0;
}

static size_t pack_gzip_small(struct dl_compressor *c, const char *data, size_t length)
{
    if (!c->gzip)
        c->gzip = libdeflate_alloc_compressor(GZIP_SMALL_LEVEL);
    if (!c->gzip || !make_scratch(c, libdeflate_gzip_compress_bound(c->gzip, length)))
        return 0;
    return libdeflate_gzip_compress(c->gzip, data, length, c->scratch, c->scratch_size);
}

static size_t pack_zstd(struct dl_compressor *c, int level, const char *data, size_t length)
{
    if (!c->zstd)
        c->zstd = ZSTD_createCCtx();
    if (!c->zstd || !make_scratch(c, ZSTD_compressBound(length)))
        return 0;
    size_t n = ZSTD_compressCCtx(c->zstd, c->scratch, c->scratch_size, data, length, level);
    return ZSTD_isError(n) ? 0 : n;
}

/* Into scratch; 0: no memory. */
static size_t pack(struct dl_compressor *c, enum dl_encoding encoding, enum dl_effort effort,
                   const char *data, size_t length)
{
    bool small = effort == DL_EFFORT_SMALL;

    if (length > UINT32_MAX / 2)
        return 0;
    if (encoding == DL_ENCODING_ZSTD)
        return pack_zstd(c, small ? ZSTD_SMALL_LEVEL : ZSTD_LEVEL, data, length);
    return small ? pack_gzip_small(c, data, length) : pack_gzip_fast(c, data, length);
}

int dl_compress(struct dl_compressor *c, enum dl_encoding encoding, enum dl_effort effort,
                const char *data, size_t data_length, char **out, size_t *length,
                struct dl_error *err)
{
    const char *packed = data;
    size_t n = data_length;
    char *copy;

    if (encoding != DL_ENCODING_NONE) {
        n = pack(c, encoding, effort, data, data_length);
        packed = c->scratch;
        if (n == 0)
            return dl_error_set(err, DL_E_NOMEM, "no memory to compress %zu bytes", data_length);
    }
    copy = malloc(n ? n : 1);
    if (!copy)
        return dl_error_set(err, DL_E_NOMEM, "no memory for a request of %zu bytes", n);
    memcpy(copy, packed, n);
    *out = copy;
    *length = n;
    return 0;
}

static bool unpack(struct dl_compressor *c, enum dl_encoding encoding, const char *packed,
                   size_t packed_length, char *to, size_t raw_length)
{
    switch (encoding) {
    case DL_ENCODING_ZSTD:
        return ZSTD_decompress(to, raw_length, packed, packed_length) == raw_length;
    case DL_ENCODING_GZIP:
        /* NULL for the actual length: it must be exactly raw_length. */
        return libdeflate_gzip_decompress(c->gunzip, packed, packed_length, to, raw_length, NULL) ==
               LIBDEFLATE_SUCCESS;
    case DL_ENCODING_NONE:
    default:
        if (packed_length != raw_length)
            return false;
        memcpy(to, packed, raw_length);
        return true;
    }
}

int dl_expand(struct dl_compressor *c, enum dl_encoding encoding, const char *packed,
              size_t packed_length, size_t raw_length, struct dl_buffer *out, struct dl_error *err)
{
    dl_buffer_clear(out);
    if (encoding == DL_ENCODING_GZIP && !c->gunzip)
        c->gunzip = libdeflate_alloc_decompressor();
    if ((encoding == DL_ENCODING_GZIP && !c->gunzip) || dl_buffer_reserve(out, raw_length) < 0)
        return dl_error_set(err, DL_E_NOMEM, "no memory to unpack %zu bytes", raw_length);
    if (!unpack(c, encoding, packed, packed_length, out->data, raw_length))
        return dl_error_set(err, DL_E_INTERNAL,
                            "a packed request of %zu bytes is damaged in memory", packed_length);
    out->len = raw_length;
    out->data[raw_length] = '\0';
    return 0;
}

const char *dl_encoding_name(enum dl_encoding encoding)
{
    switch (encoding) {
    case DL_ENCODING_GZIP:
        return "gzip";
    case DL_ENCODING_ZSTD:
        return "zstd";
    case DL_ENCODING_NONE:
    default:
        return NULL;
    }
}

void dl_compress_libraries(char *to, size_t size)
{
    dl_text_format(to, size, "zstd %s, libdeflate %s, ISA-L %d.%d.%d", ZSTD_versionString(),
                   LIBDEFLATE_VERSION_STRING, ISAL_MAJOR_VERSION, ISAL_MINOR_VERSION,
                   ISAL_PATCH_VERSION);
}
