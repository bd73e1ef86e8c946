#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cjson/cJSON.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "record/escape.h"

static char out[4096];

static size_t escape(const char *text, size_t len, size_t *used, bool *replaced)
{
    char *copy = malloc(len ? len : 1);
    size_t n;

    memcpy(copy, text, len);
    *replaced = false;
    n = dl_escape(out, sizeof out, copy, len, used, replaced);
    free(copy);
    return n;
}

static void every_byte_has_its_escape(void **state)
{
    char want[16];
    size_t used;
    bool replaced;

    (void)state;
    for (int c = 0; c < 0x80; c++) {
        char byte = (char)c;
        size_t n = escape(&byte, 1, &used, &replaced);

        switch (c) {
        case '"':
            strcpy(want, "\\\"");
            break;
        case '\\':
            strcpy(want, "\\\\");
            break;
        case '\b':
            strcpy(want, "\\b");
            break;
        case '\f':
            strcpy(want, "\\f");
            break;
        case '\n':
            strcpy(want, "\\n");
            break;
        case '\r':
            strcpy(want, "\\r");
            break;
        case '\t':
            strcpy(want, "\\t");
            break;
        default:
            snprintf(want, sizeof want, c < 0x20 ? "\\u%04x" : "%c", (unsigned)c);
        }
        assert_int_equal(n, strlen(want));
        assert_memory_equal(out, want, n);
        assert_int_equal(used, 1);
        assert_false(replaced);
    }
}

static void special_bytes_are_found_at_every_place_of_a_block(void **state)
{
    static const char *const units[] = {"\"",  "\\", "\n", "\x01", "\xc3\xa9", "\xf0\x9f\x98\x80",
                                        "\xff"};
    static const char *const becomes[] = {
        "\\\"", "\\\\", "\\n", "\\u0001", "\xc3\xa9", "\xf0\x9f\x98\x80", "\xef\xbf\xbd"};

    (void)state;
    for (size_t u = 0; u < sizeof units / sizeof *units; u++)
        for (size_t place = 0; place < 50; place++)
            for (size_t tail = 0; tail < 20; tail++) {
                char text[128], want[160];
                size_t used;
                bool replaced;

                int n = snprintf(text, sizeof text, "%.*s%s%.*s", (int)place,
                                 "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz", units[u],
                                 (int)tail, "ABCDEFGHIJKLMNOPQRST");
                int w = snprintf(want, sizeof want, "%.*s%s%.*s", (int)place,
                                 "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz", becomes[u],
                                 (int)tail, "ABCDEFGHIJKLMNOPQRST");
                assert_int_equal(escape(text, (size_t)n, &used, &replaced), w);
                assert_memory_equal(out, want, (size_t)w);
                assert_int_equal(used, n);
                assert_int_equal(replaced, u == 6);
            }
}

static void stops_at_every_room_without_splitting_a_character(void **state)
{
    static const char text[] =
        "0123456789abcdef\"\\\x01\xc3\xa9\xf0\x9f\x98\x80zzzzzzzzzzzzzzzzzzzz\n";
    size_t len = sizeof text - 1;

    (void)state;
    for (size_t room = 0; room < 80; room++) {
        char *to = malloc(room ? room : 1);
        size_t used;
        bool replaced = false;
        size_t n = dl_escape(to, room, text, len, &used, &replaced);
        size_t used_again;
        size_t whole = dl_escape(out, sizeof out, text, used, &used_again, &replaced);

        assert_true(n <= room);
        assert_int_equal(whole, n); /* what was taken is exactly what was written */
        assert_memory_equal(out, to, n);
        assert_true(dl_utf8_valid(to, n, NULL));
        assert_true(used == len || room - n < 6);
        free(to);
    }
}

static void random_bytes_become_valid_json(void **state)
{
    unsigned seed = 12345;

    (void)state;
    for (int round = 0; round < 3000; round++) {
        char text[300], json[2048];
        size_t len = seed % sizeof text, used;
        bool replaced = false;

        for (size_t i = 0; i < len; i++) {
            seed = seed * 1103515245u + 12345u;
            unsigned r = seed >> 16;
            text[i] = (char)(r % 4 ? 0x20 + r % 0x5f : r >> 3);
        }
        seed = seed * 1103515245u + 12345u;
        json[0] = '"';
        size_t n = dl_escape(json + 1, sizeof json - 3, text, len, &used, &replaced);
        assert_int_equal(used, len);
        json[n + 1] = '"';
        json[n + 2] = '\0';
        assert_true(dl_utf8_valid(json, n + 2, NULL));
        assert_int_equal(replaced, !dl_utf8_valid(text, len, NULL));
        cJSON *parsed = cJSON_Parse(json);
        /* cJSON refuses \u0000, which is right JSON */
        if (!memchr(text, 0, len)) {
            assert_non_null(parsed);
            if (!replaced)
                assert_memory_equal(cJSON_GetStringValue(parsed), text, len);
        }
        cJSON_Delete(parsed);
    }
}

static void mending_keeps_what_is_right(void **state)
{
    static const char text[] = "a\\\"\\u00e9\\ud83d\\ude00\xff\xc3\xa9 \x80";
    static const char want[] = "a\\\"\\u00e9\\ud83d\\ude00\xef\xbf\xbd\xc3\xa9 \xef\xbf\xbd";
    size_t used;

    (void)state;
    assert_int_equal(dl_mend(out, sizeof out, text, sizeof text - 1, &used), sizeof want - 1);
    assert_int_equal(used, sizeof text - 1);
    assert_memory_equal(out, want, sizeof want - 1);
    assert_int_equal(dl_mend(NULL, SIZE_MAX, text, sizeof text - 1, &used), sizeof want - 1);
}

static void mending_never_splits_an_escape_or_a_pair(void **state)
{
    static const char text[] = "a\\\"\\ud83d\\ude00b";
    static const size_t ends[] = {0, 1, 1, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 15, 16, 16};

    (void)state;
    for (size_t room = 0; room < sizeof ends / sizeof *ends; room++) {
        size_t used;

        assert_int_equal(dl_mend(NULL, room, text, sizeof text - 1, &used), ends[room]);
        assert_int_equal(used, ends[room]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_byte_has_its_escape),
        cmocka_unit_test(special_bytes_are_found_at_every_place_of_a_block),
        cmocka_unit_test(stops_at_every_room_without_splitting_a_character),
        cmocka_unit_test(random_bytes_become_valid_json),
        cmocka_unit_test(mending_keeps_what_is_right),
        cmocka_unit_test(mending_never_splits_an_escape_or_a_pair),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
