#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "intake/inflate.h"

enum { LIMIT = 1000000 };

static struct dl_intake_inflate inflater; /* one for all: it must be fit for the next body always */
static struct dl_buffer out;

/* Packs with zlib: window bits 31 gzip, 15 zlib. The caller frees. */
static size_t pack(unsigned char **to, int bits, const void *data, size_t len)
{
    size_t room = len / 2 + 1000;
    z_stream z = {0};

    *to = malloc(room);
    assert_non_null(*to);
    assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, bits, 9, Z_DEFAULT_STRATEGY), Z_OK);
    z.next_in = data;
    z.avail_in = (uInt)len;
    z.next_out = *to;
    z.avail_out = (uInt)room;
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    deflateEnd(&z);
    return room - z.avail_out;
}

static size_t pack_zstd(unsigned char **to, const void *data, size_t len)
{
    size_t room = ZSTD_compressBound(len);

    *to = malloc(room);
    assert_non_null(*to);
    return ZSTD_compress(*to, room, data, len, 3);
}

/* Inflates in pieces of `piece` bytes. */
static int run(enum dl_intake_coding coding, const unsigned char *data, size_t len, size_t piece)
{
    int rc;

    dl_buffer_clear(&out);
    rc = dl_intake_inflate_begin(&inflater, coding);
    for (size_t at = 0; rc == 0 && at < len; at += piece)
        rc = dl_intake_inflate_add(&inflater, &out, LIMIT, data + at,
                                   piece < len - at ? piece : len - at);
    return rc < 0 ? rc : dl_intake_inflate_end(&inflater);
}

static const enum dl_intake_coding codings[] = {DL_CODING_GZIP, DL_CODING_DEFLATE, DL_CODING_ZSTD};

static size_t pack_as(unsigned char **to, enum dl_intake_coding coding, const void *data,
                      size_t len)
{
    return coding == DL_CODING_ZSTD ? pack_zstd(to, data, len)
                                    : pack(to, coding == DL_CODING_GZIP ? 31 : 15, data, len);
}

static void names_are_known_in_any_case(void **state)
{
    (void)state;
    assert_int_equal(dl_intake_coding_find(NULL), DL_CODING_IDENTITY);
    assert_int_equal(dl_intake_coding_find(""), DL_CODING_IDENTITY);
    assert_int_equal(dl_intake_coding_find("GZip"), DL_CODING_GZIP);
    assert_int_equal(dl_intake_coding_find("zstd"), DL_CODING_ZSTD);
    assert_int_equal(dl_intake_coding_find("br"), DL_CODING_UNKNOWN);
    assert_int_equal(dl_intake_coding_find("gzip, gzip"), DL_CODING_UNKNOWN);
    assert_int_equal(dl_intake_coding_find("unknown"), DL_CODING_UNKNOWN);
    assert_int_equal(dl_intake_inflate_begin(&inflater, DL_CODING_UNKNOWN), -DL_E_VALUE);
}

static void gives_back_the_bytes_in_pieces_of_any_size(void **state)
{
    char text[3000];
    unsigned char *packed;

    (void)state;
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (char)(i * i % 251);
    for (size_t c = 0; c < 3; c++) {
        size_t len = pack_as(&packed, codings[c], text, sizeof text);
        for (size_t piece = 1; piece <= len; piece = piece * 3 + 1) {
            assert_int_equal(run(codings[c], packed, len, piece), 0);
            assert_int_equal(out.len, sizeof text);
            assert_memory_equal(out.data, text, sizeof text);
        }
        free(packed);
    }
    assert_int_equal(run(DL_CODING_IDENTITY, (unsigned char *)text, sizeof text, 7), 0);
    assert_memory_equal(out.data, text, sizeof text);
}

static void no_body_at_all_is_fine_in_every_coding(void **state)
{
    (void)state;
    for (size_t c = 0; c < 3; c++)
        assert_int_equal(run(codings[c], NULL, 0, 1), 0);
    assert_int_equal(run(DL_CODING_IDENTITY, NULL, 0, 1), 0);
}

static void several_gzip_members_and_zstd_frames_follow_each_other(void **state)
{
    unsigned char *packed, twice[200];
    static const enum dl_intake_coding repeated[] = {DL_CODING_GZIP, DL_CODING_ZSTD};

    (void)state;
    for (size_t c = 0; c < 2; c++) {
        size_t len = pack_as(&packed, repeated[c], "abc", 3);
        memcpy(twice, packed, len);
        memcpy(twice + len, packed, len);
        assert_int_equal(run(repeated[c], twice, 2 * len, 5), 0);
        assert_string_equal(dl_buffer_string(&out), "abcabc");
        free(packed);
    }
}

static void a_cut_at_any_byte_is_noticed(void **state)
{
    unsigned char *packed;

    (void)state;
    for (size_t c = 0; c < 3; c++) {
        size_t len = pack_as(&packed, codings[c], "a body that is not whole", 24);
        for (size_t cut = 1; cut < len; cut++)
            assert_int_equal(run(codings[c], packed, cut, cut), -DL_E_VALUE);
        free(packed);
    }
}

static void damage_and_bytes_behind_the_end_are_noticed(void **state)
{
    unsigned char *packed, more[200];

    (void)state;
    for (size_t c = 0; c < 3; c++) {
        size_t len = pack_as(&packed, codings[c], "a body", 6);
        memcpy(more, packed, len);
        memcpy(more + len, "rubbish!", 8);
        assert_int_equal(run(codings[c], more, len + 8, 1000), -DL_E_VALUE);
        more[0] ^= 0x55;
        assert_int_equal(run(codings[c], more, len, 1000), -DL_E_VALUE);
        free(packed);
    }
}

static void stops_right_behind_the_limit(void **state)
{
    char *zeros = calloc(1, LIMIT + 1);
    unsigned char *packed;

    (void)state;
    assert_non_null(zeros);
    for (size_t c = 0; c < 3; c++) {
        size_t len = pack_as(&packed, codings[c], zeros, LIMIT);
        assert_int_equal(run(codings[c], packed, len, 1000), 0);
        assert_int_equal(out.len, LIMIT);
        free(packed);
        len = pack_as(&packed, codings[c], zeros, LIMIT + 1);
        assert_int_equal(run(codings[c], packed, len, 1000), -DL_E_LIMIT);
        free(packed);
    }
    assert_int_equal(run(DL_CODING_IDENTITY, (unsigned char *)zeros, LIMIT, 1000), 0);
    assert_int_equal(run(DL_CODING_IDENTITY, (unsigned char *)zeros, LIMIT + 1, 1000), -DL_E_LIMIT);
    free(zeros);
}

static void a_bomb_fills_no_more_than_the_limit(void **state)
{
    enum { SIZE = 200 * LIMIT };
    char *zeros = calloc(1, SIZE);
    unsigned char *packed;

    (void)state;
    assert_non_null(zeros);
    for (size_t c = 0; c < 3; c++) {
        size_t len = pack_as(&packed, codings[c], zeros, SIZE);
        assert_true(len < SIZE / 200);
        assert_int_equal(run(codings[c], packed, len, len), -DL_E_LIMIT);
        assert_true(out.len <= LIMIT + 1 && out.size <= LIMIT + 2);
        free(packed);
    }
    free(zeros);
}

static void a_zstd_frame_that_asks_for_a_huge_window_is_refused(void **state)
{
    /* magic, no single segment, window descriptor 2^(10 + 18) = 256 MiB, an empty last raw block */
    static const unsigned char frame[] = {0x28, 0xb5, 0x2f, 0xfd, 0x00, 18 << 3, 0x01, 0x00, 0x00};

    (void)state;
    assert_int_equal(run(DL_CODING_ZSTD, frame, sizeof frame, sizeof frame), -DL_E_VALUE);
}

static int set_up(void **state)
{
    (void)state;
    dl_buffer_init(&out, LIMIT + 1);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    dl_intake_inflate_free(&inflater);
    dl_buffer_free(&out);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_known_in_any_case),
        cmocka_unit_test(gives_back_the_bytes_in_pieces_of_any_size),
        cmocka_unit_test(no_body_at_all_is_fine_in_every_coding),
        cmocka_unit_test(several_gzip_members_and_zstd_frames_follow_each_other),
        cmocka_unit_test(a_cut_at_any_byte_is_noticed),
        cmocka_unit_test(damage_and_bytes_behind_the_end_are_noticed),
        cmocka_unit_test(stops_right_behind_the_limit),
        cmocka_unit_test(a_bomb_fills_no_more_than_the_limit),
        cmocka_unit_test(a_zstd_frame_that_asks_for_a_huge_window_is_refused),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
