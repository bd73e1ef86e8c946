#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/compress.h"

static const enum dl_encoding encodings[] = {DL_ENCODING_GZIP, DL_ENCODING_ZSTD, DL_ENCODING_NONE};

static struct dl_compressor *compressor;

static int set_up(void **state)
{
    (void)state;
    return dl_compressor_new(&compressor, NULL);
}

static int tear_down(void **state)
{
    (void)state;
    dl_compressor_free(compressor);
    return 0;
}

static void every_encoding_gives_back_what_went_in(void **state)
{
    static const size_t sizes[] = {1, 2, 100, 65536, 5000000, 7};
    struct dl_buffer back;

    (void)state;
    dl_buffer_init(&back, 5000000);
    for (size_t e = 0; e < 3; e++)
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
            char *data = malloc(sizes[i]), *packed;
            size_t length;

            for (size_t k = 0; k < sizes[i]; k++)
                data[k] = (char)(k * k >> 3);
            assert_int_equal(dl_compress(compressor, encodings[e],
                                         i % 2 ? DL_EFFORT_SMALL : DL_EFFORT_FAST, data, sizes[i],
                                         &packed, &length, NULL),
                             0);
            assert_int_equal(
                dl_expand(compressor, encodings[e], packed, length, sizes[i], &back, NULL), 0);
            assert_int_equal(back.len, sizes[i]);
            assert_memory_equal(back.data, data, sizes[i]);
            free(packed);
            free(data);
        }
    dl_buffer_free(&back);
}

static void bytes_that_do_not_shrink_still_fit(void **state)
{
    size_t size = 100000, length;
    char *data = malloc(size), *packed;
    unsigned seed = 1;

    (void)state;
    for (size_t i = 0; i < size; i++)
        data[i] = (char)((seed = seed * 1103515245u + 12345u) >> 16);
    for (size_t e = 0; e < 3; e++) {
        assert_int_equal(dl_compress(compressor, encodings[e], DL_EFFORT_FAST, data, size, &packed,
                                     &length, NULL),
                         0);
        assert_true(length >= size);
        free(packed);
    }
    free(data);
}

static void zlib_reads(enum dl_effort effort)
{
    char data[1000], back[1000], *packed;
    size_t length;
    z_stream z = {0};

    memset(data, 'a', sizeof data);
    assert_int_equal(dl_compress(compressor, DL_ENCODING_GZIP, effort, data, sizeof data, &packed,
                                 &length, NULL),
                     0);
    assert_int_equal(inflateInit2(&z, 16 + MAX_WBITS), Z_OK);
    z.next_in = (unsigned char *)packed;
    z.avail_in = (unsigned)length;
    z.next_out = (unsigned char *)back;
    z.avail_out = sizeof back;
    assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
    assert_int_equal(z.total_out, sizeof data);
    assert_memory_equal(back, data, sizeof data);
    inflateEnd(&z);
    free(packed);
}

static void gzip_is_what_zlib_reads(void **state)
{
    (void)state;
    zlib_reads(DL_EFFORT_FAST);
    zlib_reads(DL_EFFORT_SMALL);
}

/* Words in chance order: what is there to find takes looking for. */
static void more_effort_makes_it_smaller(void **state)
{
    static const char *const words[] = {"GET ", "POST ", "/index", "/login ", "200 ", "error "};
    char data[60000], *packed;
    size_t n = 0, fast, small;
    unsigned seed = 1;

    (void)state;
    while (n < sizeof data - 10)
        n = (size_t)(stpcpy(data + n, words[((seed = seed * 1103515245u + 12345u) >> 16) % 6]) -
                     data);
    for (size_t e = 0; e < 2; e++) {
        assert_int_equal(
            dl_compress(compressor, encodings[e], DL_EFFORT_FAST, data, n, &packed, &fast, NULL),
            0);
        free(packed);
        assert_int_equal(
            dl_compress(compressor, encodings[e], DL_EFFORT_SMALL, data, n, &packed, &small, NULL),
            0);
        free(packed);
        assert_true(small < fast);
    }
}

static void damage_is_noticed(void **state)
{
    char data[1000], *packed;
    size_t length;
    struct dl_buffer back;

    (void)state;
    dl_buffer_init(&back, 2000);
    memset(data, 'a', sizeof data);
    for (size_t e = 0; e < 2; e++) {
        assert_int_equal(dl_compress(compressor, encodings[e], DL_EFFORT_FAST, data, sizeof data,
                                     &packed, &length, NULL),
                         0);
        assert_int_equal(
            dl_expand(compressor, encodings[e], packed, length - 1, sizeof data, &back, NULL),
            -DL_E_INTERNAL);
        assert_int_equal(
            dl_expand(compressor, encodings[e], packed, length, sizeof data - 1, &back, NULL),
            -DL_E_INTERNAL);
        free(packed);
    }
    dl_buffer_free(&back);
}

static void content_encoding_is_named(void **state)
{
    (void)state;
    assert_string_equal(dl_encoding_name(DL_ENCODING_GZIP), "gzip");
    assert_string_equal(dl_encoding_name(DL_ENCODING_ZSTD), "zstd");
    assert_null(dl_encoding_name(DL_ENCODING_NONE));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_encoding_gives_back_what_went_in),
        cmocka_unit_test(bytes_that_do_not_shrink_still_fit),
        cmocka_unit_test(more_effort_makes_it_smaller),
        cmocka_unit_test(gzip_is_what_zlib_reads),
        cmocka_unit_test(damage_is_noticed),
        cmocka_unit_test(content_encoding_is_named),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
