#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/buffer.h"
#include "base/text.h"

static void decodes_utf8_by_rfc_3629_and_nothing_else(void **state)
{
    static const struct {
        const char *bytes;
        size_t taken;
        uint32_t code;
    } rows[] = {
        {"a", 1, 'a'},
        {"\xc3\xa9", 2, 0xe9},
        {"\xe2\x82\xac", 3, 0x20ac},
        {"\xf0\x9f\x98\x80", 4, 0x1f600},
        {"\xf4\x8f\xbf\xbf", 4, 0x10ffff},
        {"\xf4\x90\x80\x80", 0, 0}, /* past U+10FFFF */
        {"\xc0\x80", 0, 0},         /* overlong NUL */
        {"\xe0\x80\x80", 0, 0},     /* overlong */
        {"\xf0\x80\x80\x80", 0, 0}, /* overlong */
        {"\xed\xa0\x80", 0, 0},     /* surrogate */
        {"\x80", 0, 0},
        {"\xff", 0, 0},
        {"\xe2\x82", 0, 0}, /* cut */
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint32_t code = 0;
        char back[4];

        assert_int_equal(dl_utf8_decode(rows[i].bytes, strlen(rows[i].bytes), &code),
                         rows[i].taken);
        if (!rows[i].taken)
            continue;
        assert_int_equal(code, rows[i].code);
        assert_int_equal(dl_utf8_encode(back, code), rows[i].taken);
        assert_memory_equal(back, rows[i].bytes, rows[i].taken);
    }
}

/* Wherever a byte stands in the words that are read at once. */
static void finds_the_first_byte_that_is_no_utf8(void **state)
{
    char text[40];
    size_t bad;

    (void)state;
    for (size_t len = 0; len < sizeof text; len++) {
        memset(text, 'a', sizeof text);
        assert_true(dl_utf8_valid(text, len, &bad));
        for (size_t at = 0; at < len; at++) {
            memset(text, 'a', sizeof text);
            text[at] = '\xff';
            bad = len;
            assert_false(dl_utf8_valid(text, len, &bad));
            assert_int_equal(bad, at);
            if (at + 2 > len)
                continue;
            memcpy(text + at, "\xc3\xa9", 2);
            assert_true(dl_utf8_valid(text, len, &bad));
        }
    }
}

static void cuts_never_split_a_sequence(void **state)
{
    static const char text[] = "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80z";
    static const size_t at[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 11, 11};

    (void)state;
    for (size_t limit = 0; limit < sizeof at / sizeof at[0]; limit++)
        assert_int_equal(dl_utf8_cut(text, sizeof text - 1, limit), at[limit]);
}

static void copies_are_cut_on_a_border_and_say_so(void **state)
{
    char to[5];

    (void)state;
    assert_true(dl_text_copy(to, sizeof to, "abcd"));
    assert_false(dl_text_copy(to, sizeof to, "abc\xc3\xa9"));
    assert_string_equal(to, "abc");
    assert_false(dl_text_format(to, sizeof to, "%s", "abc\xc3\xa9"));
    assert_string_equal(to, "abc");
    assert_false(dl_text_copy(to, 0, "x"));
}

static void assert_clean(const char *from, size_t len, const char *to)
{
    struct dl_buffer out;

    dl_buffer_init(&out, 1000);
    assert_int_equal(dl_text_clean(&out, from, len), 0);
    assert_string_equal(dl_buffer_string(&out), to);
    dl_buffer_free(&out);
}

static void foreign_text_cannot_steer_a_terminal(void **state)
{
    (void)state;
    assert_clean("a\033[31mb\r\nc\0d\x7f", 13, "a [31mb  c d ");
    assert_clean("\xc2\x9b"
                 "31m",
                 5, " 31m"); /* C1 CSI */
    assert_clean("a\xe2\x80\xae"
                 "b",
                 5, "ab"); /* right-to-left override */
    assert_clean("a\xe2\x80\x8b"
                 "b",
                 5, "ab"); /* zero width space */
    assert_clean("\xff", 1, "\xef\xbf\xbd");
    assert_clean("e\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81", 13,
                 "e\xcc\x81\xcc\x81\xcc\x81\xcc\x81");
    assert_clean("\xe2\x80\xa8", 3, " "); /* line separator */
}

static void widths_do_not_depend_on_the_locale(void **state)
{
    (void)state;
    assert_int_equal(dl_text_width("abc"), 3);
    assert_int_equal(dl_text_width("\xe6\x97\xa5\xe6\x9c\xac"), 4);
    assert_int_equal(dl_text_width("e\xcc\x81"), 1);
    assert_int_equal(dl_text_width("\xf0\x9f\x98\x80"), 2);
    assert_int_equal(dl_text_fit("\xe6\x97\xa5\xe6\x9c\xac", 3), 3);
    assert_int_equal(dl_text_fit("abc", 9), 3);
}

static void trims_every_blank(void **state)
{
    const char *text = " \t\r\n\v\fx y \n";
    size_t len = strlen(text);

    (void)state;
    dl_text_trim(&text, &len);
    assert_int_equal(len, 3);
    assert_memory_equal(text, "x y", 3);
    text = "  ";
    len = 2;
    dl_text_trim(&text, &len);
    assert_int_equal(len, 0);
}

static void suggests_the_nearest_name_and_nothing_far(void **state)
{
    static const char *const names[] = {"site", "service", "endpoint", NULL};

    (void)state;
    assert_int_equal(dl_text_distance("kitten", "sitting"), 3);
    assert_int_equal(dl_text_distance("ab", "ba"), 1);
    assert_int_equal(dl_text_distance("", "abc"), 3);
    assert_string_equal(dl_text_nearest("sitee", names), "site");
    assert_string_equal(dl_text_nearest("Endpiont", names), "endpoint");
    assert_null(dl_text_nearest("colour", names));
    assert_null(dl_text_nearest("xy", names));
}

static void numbers_are_whole_and_within_bounds(void **state)
{
    uint64_t n = 0;

    (void)state;
    assert_true(dl_text_number("65535", 0, 65535, &n));
    assert_int_equal(n, 65535);
    assert_false(dl_text_number("65536", 0, 65535, &n));
    assert_false(dl_text_number("", 0, 9, &n));
    assert_false(dl_text_number("-1", 0, 9, &n));
    assert_false(dl_text_number(" 1", 0, 9, &n));
    assert_false(dl_text_number("1x", 0, 9, &n));
    assert_false(dl_text_number("99999999999999999999999", 0, UINT64_MAX, &n));
}

static void sizes_and_times_have_one_unit(void **state)
{
    static const struct {
        const char *text;
        uint64_t value; /* UINT64_MAX: refused */
    } sizes[] = {{"0", 0},
                 {"1000", 1000},
                 {"64K", 65536},
                 {"3M", 3145728},
                 {"2G", UINT64_C(1) << 31},
                 {"1T", UINT64_C(1) << 40},
                 {"4611686018427387904", UINT64_C(1) << 62},
                 {"4611686018427387905", UINT64_MAX},
                 {"99999999999999999999", UINT64_MAX},
                 {"4194305T", UINT64_MAX},
                 {"", UINT64_MAX},
                 {"G", UINT64_MAX},
                 {"-1", UINT64_MAX},
                 {"1.5G", UINT64_MAX},
                 {"2GB", UINT64_MAX},
                 {"2 G", UINT64_MAX},
                 {"12h", UINT64_MAX}};
    static const struct {
        const char *text;
        int64_t value; /* -1: refused */
    } times[] = {{"90s", 90000}, {"30m", 1800000}, {"12h", 43200000}, {"7d", 604800000},
                 {"12", -1},     {"h", -1},        {"1w", -1},        {"9223372036854775807d", -1}};

    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        uint64_t value = 0;

        assert_int_equal(dl_text_size(sizes[i].text, &value), sizes[i].value != UINT64_MAX);
        if (sizes[i].value != UINT64_MAX)
            assert_int_equal(value, sizes[i].value);
    }
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        int64_t value = 0;

        assert_int_equal(dl_text_duration(times[i].text, &value), times[i].value >= 0);
        if (times[i].value >= 0)
            assert_int_equal(value, times[i].value);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decodes_utf8_by_rfc_3629_and_nothing_else),
        cmocka_unit_test(finds_the_first_byte_that_is_no_utf8),
        cmocka_unit_test(cuts_never_split_a_sequence),
        cmocka_unit_test(copies_are_cut_on_a_border_and_say_so),
        cmocka_unit_test(foreign_text_cannot_steer_a_terminal),
        cmocka_unit_test(widths_do_not_depend_on_the_locale),
        cmocka_unit_test(trims_every_blank),
        cmocka_unit_test(suggests_the_nearest_name_and_nothing_far),
        cmocka_unit_test(numbers_are_whole_and_within_bounds),
        cmocka_unit_test(sizes_and_times_have_one_unit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
