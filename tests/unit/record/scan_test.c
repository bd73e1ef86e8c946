#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "record/scan.h"

/* Scans from an exact-size copy, so that a sanitizer sees one byte too many. */
static int scan_bytes(const char *text, size_t len, bool *broken)
{
    char *copy = malloc(len ? len : 1);
    struct dl_scan scan;
    struct dl_member member;
    int rc = -1;

    assert_non_null(copy);
    memcpy(copy, text, len);
    if (dl_scan_begin(&scan, copy, len))
        while ((rc = dl_scan_next(&scan, &member)) > 0) {
            char name[64];

            assert_true(member.value_length > 0);
            assert_true(member.value + member.value_length <= copy + len);
            (void)dl_scan_name(&member, name, sizeof name);
        }
    if (broken)
        *broken = scan.broken;
    free(copy);
    return rc;
}

static int scan(const char *text)
{
    return scan_bytes(text, strlen(text), NULL);
}

static const char *const accepted[] = {
    "{}",
    " \t\r\n{ \n} \n",
    "{\"\":0}",
    "{\"a\":1,\"a\":2}",
    "{\"a\":\"\"}",
    "{\"a\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\uD83D\\uDE00\"}",
    "{\"a\":\"\\ud800\"}",
    "{\"a\":\"\x7f\"}",
    "{\"a\":\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\"}",
    "{\"a\":[]}",
    "{\"a\":[ ]}",
    "{\"a\":{}}",
    "{\"a\":[[],{},[{}]]}",
    "{\"a\":[1,2,3],\"b\":{\"c\":[{\"d\":null}]}}",
    "{\"a\":true,\"b\":false,\"c\":null}",
    "{ \"a\" : 1 , \"b\" : [ 1 , 2 ] }",
    "{\"a\":0}",
    "{\"a\":-0}",
    "{\"a\":-0.0e-0}",
    "{\"a\":1E5}",
    "{\"a\":1e+5}",
    "{\"a\":123456789012345678901234567890}",
    "{\"a\":0.1}",
    "{\"a\\u0062\":1}",
};

static const char *const refused[] = {
    "",
    " ",
    "x",
    "[]",
    "\"a\"",
    "1",
    "null",
    "{",
    "}",
    "{}}",
    "{}x",
    "{} {}",
    "{,}",
    "{\"a\"}",
    "{\"a\":}",
    "{\"a\":1,}",
    "{,\"a\":1}",
    "{\"a\":1,,\"b\":2}",
    "{\"a\":1 \"b\":2}",
    "{\"a\" 1}",
    "{a:1}",
    "{'a':1}",
    "{1:1}",
    "{\"a\":1",
    "{\"a\":",
    "{\"a\"",
    "{\"a",
    "{\"a\":\"",
    "{\"a\":\"\\",
    "{\"a\":\"\\\"}",
    "{\"a\":\"\\x\"}",
    "{\"a\":\"\\u12\"}",
    "{\"a\":\"\\u12G4\"}",
    "{\"a\":\"\\u\"}",
    "{\"a\":\"\t\"}",
    "{\"a\":\"\n\"}",
    "{\"a\":01}",
    "{\"a\":-}",
    "{\"a\":+1}",
    "{\"a\":.5}",
    "{\"a\":1.}",
    "{\"a\":1.e5}",
    "{\"a\":1e}",
    "{\"a\":1e+}",
    "{\"a\":0x1}",
    "{\"a\":1_000}",
    "{\"a\":NaN}",
    "{\"a\":Infinity}",
    "{\"a\":tru}",
    "{\"a\":True}",
    "{\"a\":nul}",
    "{\"a\":truefalse}",
    "{\"a\":[}",
    "{\"a\":[1,]}",
    "{\"a\":[,1]}",
    "{\"a\":[1 2]}",
    "{\"a\":[1}}",
    "{\"a\":{]}",
    "{\"a\":{\"b\":1]}",
    "{\"a\":{\"b\"}}",
    "{\"a\":{1}}",
    "{\"a\":[\"b\":1]}",
    "{\"a\":1]",
    "{\"a\":/* */1}",
    "{\"a\":1}//",
    "\xef\xbb\xbf{}",
    "{\xc2\xa0}",
};

static void json_objects_are_accepted(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof accepted / sizeof *accepted; i++)
        if (scan(accepted[i]) != 0)
            fail_msg("refused: %s", accepted[i]);
}

static void what_is_no_json_object_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        if (scan(refused[i]) == 0)
            fail_msg("accepted: %s", refused[i]);
}

static void every_cut_of_an_object_is_refused(void **state)
{
    static const char text[] =
        "{\"one\":\"\\u00e9 \xc3\xa9\",\"two\":[1.5e3,true,{\"x\":null}],\"three\":{}}";

    (void)state;
    assert_int_equal(scan(text), 0);
    for (size_t n = 0; n < sizeof text - 1; n++)
        if (scan_bytes(text, n, NULL) == 0)
            fail_msg("accepted the first %zu bytes", n);
}

static void control_and_nul_bytes_in_strings_are_refused(void **state)
{
    char text[] = "{\"a\":\"0123456789 01234567?89\"}";
    char *place = strchr(text, '?');

    (void)state;
    for (int c = 0; c < 0x20; c++) {
        *place = (char)c;
        assert_int_equal(scan_bytes(text, sizeof text - 1, NULL), -1);
    }
    *place = ' ';
    assert_int_equal(scan_bytes(text, sizeof text - 1, NULL), 0);
}

static void nesting_ends_at_its_limit(void **state)
{
    char text[600];

    (void)state;
    for (int over = 0; over < 2; over++) {
        int levels = DL_SCAN_DEPTH + over;
        int n = snprintf(text, sizeof text, "{\"a\":");

        for (int i = 0; i < levels; i++)
            text[n++] = '[';
        for (int i = 0; i < levels; i++)
            text[n++] = ']';
        text[n++] = '}';
        assert_int_equal(scan_bytes(text, (size_t)n, NULL), over ? -1 : 0);
    }
}

static void mixed_nesting_keeps_its_kinds_to_the_limit(void **state)
{
    char text[1000];
    int n = snprintf(text, sizeof text, "{\"a\":");

    (void)state;
    for (int i = 0; i < DL_SCAN_DEPTH / 2; i++)
        n += snprintf(text + n, sizeof text - (size_t)n, "[{\"b\":");
    n += snprintf(text + n, sizeof text - (size_t)n, "1");
    for (int i = 0; i < DL_SCAN_DEPTH / 2; i++)
        n += snprintf(text + n, sizeof text - (size_t)n, "}]");
    text[n++] = '}';
    assert_int_equal(scan_bytes(text, (size_t)n, NULL), 0);
    text[n - 2] = '}'; /* the outermost array closed by a brace */
    assert_int_equal(scan_bytes(text, (size_t)n, NULL), -1);
}

static void invalid_utf8_is_noted_and_does_not_cost_the_structure(void **state)
{
    static const char *const wrong[] = {
        "\xff", "\xc3", "\xed\xa0\x80", "\xc0\xaf", "\xf4\x90\x80\x80", "\x80"};
    char text[64];
    bool broken;

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        int n = snprintf(text, sizeof text, "{\"a\":\"x%sy\"}", wrong[i]);
        assert_int_equal(scan_bytes(text, (size_t)n, &broken), 0);
        assert_true(broken);
    }
    assert_int_equal(scan_bytes("{\"a\":\"\xc3\xa9\"}", 10, &broken), 0);
    assert_false(broken);
}

static void members_are_ranges_of_the_input(void **state)
{
    static const char text[] = " { \"one\" : [1, 2] ,\"tw\\u006f\":\"x\"}";
    struct dl_scan s;
    struct dl_member m;
    char name[16];

    (void)state;
    assert_true(dl_scan_begin(&s, text, sizeof text - 1));
    assert_int_equal(dl_scan_next(&s, &m), 1);
    assert_int_equal(m.name_length, 3);
    assert_memory_equal(m.name, "one", 3);
    assert_false(m.name_escaped);
    assert_int_equal(m.value_length, 6);
    assert_memory_equal(m.value, "[1, 2]", 6);
    assert_int_equal(dl_scan_next(&s, &m), 1);
    assert_true(m.name_escaped);
    assert_int_equal(dl_scan_name(&m, name, sizeof name), 3);
    assert_memory_equal(name, "two", 3);
    assert_memory_equal(m.value, "\"x\"", 3);
    assert_int_equal(dl_scan_next(&s, &m), 0);
}

static void names_are_resolved_from_every_escape(void **state)
{
    static const char text[] = "{\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\ud83d\\ude00\\udc00\":1}";
    static const char want[] = "\"\\/\b\f\n\r\t\xc3\xa9\xf0\x9f\x98\x80\xef\xbf\xbd";
    struct dl_scan s;
    struct dl_member m;
    char name[64];

    (void)state;
    assert_true(dl_scan_begin(&s, text, sizeof text - 1));
    assert_int_equal(dl_scan_next(&s, &m), 1);
    assert_int_equal(dl_scan_name(&m, name, sizeof name), sizeof want - 1);
    assert_memory_equal(name, want, sizeof want - 1);
    assert_true(dl_scan_name(&m, name, sizeof want - 2) == SIZE_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_objects_are_accepted),
        cmocka_unit_test(what_is_no_json_object_is_refused),
        cmocka_unit_test(every_cut_of_an_object_is_refused),
        cmocka_unit_test(control_and_nul_bytes_in_strings_are_refused),
        cmocka_unit_test(nesting_ends_at_its_limit),
        cmocka_unit_test(mixed_nesting_keeps_its_kinds_to_the_limit),
        cmocka_unit_test(invalid_utf8_is_noted_and_does_not_cost_the_structure),
        cmocka_unit_test(members_are_ranges_of_the_input),
        cmocka_unit_test(names_are_resolved_from_every_escape),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
