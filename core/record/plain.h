/* The inner loop of this room: how far a run of plain bytes goes, 16 at a time where SSE2 is there
 * (every x86-64), 8 at a time elsewhere. */
#ifndef DL_RECORD_PLAIN_H
#define DL_RECORD_PLAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* Whether a byte stands in a JSON string as it is and is ASCII: no quote, backslash or control. */
static inline bool dl_plain_byte(unsigned char c)
{
    return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

#ifdef __SSE2__
#define DL_PLAIN_STEP 16

/* Bits of the bytes that are not plain, the first byte lowest; 0: all are. */
static inline unsigned dl_plain_mask(const char *p, __m128i *bytes)
{
    *bytes = _mm_loadu_si128((const __m128i *)(const void *)p);
    /* As signed bytes, "below space" finds controls and everything from 0x80 at once. */
    __m128i odd = _mm_cmplt_epi8(*bytes, _mm_set1_epi8(0x20));
    odd = _mm_or_si128(odd, _mm_cmpeq_epi8(*bytes, _mm_set1_epi8('"')));
    odd = _mm_or_si128(odd, _mm_cmpeq_epi8(*bytes, _mm_set1_epi8('\\')));
    return (unsigned)_mm_movemask_epi8(odd);
}

static inline size_t dl_plain_copy(char *to, const char *p)
{
    __m128i bytes;
    unsigned odd = dl_plain_mask(p, &bytes);

    _mm_storeu_si128((__m128i *)(void *)to, bytes);
    return odd ? (size_t)__builtin_ctz(odd) : DL_PLAIN_STEP;
}

static inline size_t dl_plain_length(const char *p)
{
    __m128i bytes;
    unsigned odd = dl_plain_mask(p, &bytes);

    return odd ? (size_t)__builtin_ctz(odd) : DL_PLAIN_STEP;
}
#else
#define DL_PLAIN_STEP 8

static inline size_t dl_plain_length(const char *p)
{
    const uint64_t ones = 0x0101010101010101u, high = 0x8080808080808080u;
    uint64_t w, odd;

    memcpy(&w, p, sizeof w);
    uint64_t quote = w ^ ones * '"', slash = w ^ ones * '\\';
    /* A borrow can mark a byte too many behind a true hit, never hide one. */
    odd = ((w - ones * 0x20) | w | (quote - ones) | (slash - ones)) & high;
    if (!odd)
        return DL_PLAIN_STEP;
    for (size_t i = 0; i < DL_PLAIN_STEP; i++)
        if (!dl_plain_byte((unsigned char)p[i]))
            return i;
    return DL_PLAIN_STEP;
}

static inline size_t dl_plain_copy(char *to, const char *p)
{
    memcpy(to, p, DL_PLAIN_STEP);
    return dl_plain_length(p);
}
#endif

/* The first byte from p on that is not plain, or end. */
static inline const char *dl_plain_end(const char *p, const char *end)
{
    while (end - p >= DL_PLAIN_STEP) {
        size_t n = dl_plain_length(p);

        p += n;
        if (n < DL_PLAIN_STEP)
            return p;
    }
    while (p < end && dl_plain_byte((unsigned char)*p))
        p++;
    return p;
}

#endif
