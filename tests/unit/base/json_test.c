#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"

static void assert_accepted(const char *text, size_t len)
{
    struct dl_error err = {0};
    cJSON *tree = NULL;

    if (dl_json_parse(&tree, text, len, &dl_json_default_limits, &err) != 0)
        fail_msg("%s: %s", text, err.text);
    cJSON_Delete(tree);
}

static void assert_refused(const char *text, size_t len, const char *message)
{
    struct dl_error err = {0};
    cJSON *tree = NULL;

    assert_true(dl_json_parse(&tree, text, len, &dl_json_default_limits, &err) < 0);
    assert_null(tree);
    if (!strstr(err.text, message))
        fail_msg("%s: \"%s\" lacks \"%s\"", text, err.text, message);
}

static void accepts_what_rfc_8259_allows(void **state)
{
    static const char *const texts[] = {
        "{}",
        "[]",
        " [ ] ",
        "null",
        "true",
        "-0",
        "-0.1e-2",
        "1E+2",
        "\"\"",
        "[1,2]",
        "0",
        "\"\\u00e9\\ud83d\\ude00\\n\\/\"",
        "{\"a\":{\"a\":[{\"a\":1}]}}",
        "\"\xc3\xa9\"",
        "\t\r\n {\"\":0}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        assert_accepted(texts[i], strlen(texts[i]));
}

static void refuses_everything_else_and_says_where(void **state)
{
    static const struct {
        const char *text, *message;
    } rows[] = {
        {"", "line 1, column 1: the text ends too early"},
        {"{\"a\":1,}", "line 1, column 8: a comma stands before the end"},
        {"[1,]", "a comma stands before the end"},
        {"[1 2]", "a comma or ] is missing"},
        {"{\"a\" 1}", "a colon is missing behind a key"},
        {"{a:1}", "a key in double quotes is expected here"},
        {"{\n \"a\":1,\n \"a\":2}", "line 3, column 2: a key stands twice in one object"},
        {"01", "a number begins with 0"},
        {"1.", "no digits behind its point"},
        {"1e", "no digits in its exponent"},
        {"-", "a number has no digits"},
        {"+1", "a value is expected here"},
        {"0x10", "something follows the end of the value"},
        {"NaN", "a value is expected here"},
        {"{} x", "something follows the end of the value"},
        {"\"\\u0000\"", "\\u0000 is not allowed"},
        {"\"\\ud800\"", "a surrogate stands alone"},
        {"\"\\udc00\"", "a surrogate stands alone"},
        {"\"\\x\"", "no known escape"},
        {"\"\\u12g4\"", "lacks its four digits"},
        {"\"a\nb\"", "a control character that is not escaped"},
        {"\"\xff\"", "no valid UTF-8"},
        {"\"abc", "a string is not closed"},
        {"[", "ends too early"},
        {"{\"a\":", "ends too early"},
        {"\xef\xbb\xbf{}", "a value is expected here"},
        {"tru", "a value is expected here"},
        {"'a'", "a value is expected here"},
        {"// x\n1", "a value is expected here"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_refused(rows[i].text, strlen(rows[i].text), rows[i].message);
    assert_refused("[\0]", 3, "a value is expected here");
}

static void holds_its_limits_exactly(void **state)
{
    char deep[200];
    struct dl_json_limits small = {10, 64, 3};
    struct dl_error err;

    (void)state;
    memset(deep, '[', 65);
    memset(deep + 65, ']', 65);
    assert_int_equal(dl_json_check(deep + 1, 128, &dl_json_default_limits, NULL, NULL), 0);
    assert_int_equal(dl_json_check(deep, 130, &dl_json_default_limits, NULL, &err), -DL_E_LIMIT);
    assert_string_equal(err.text, "more than 64 levels");
    assert_int_equal(dl_json_check("[1,2]", 5, &small, NULL, NULL), 0);
    assert_int_equal(dl_json_check("[1,2,3]", 7, &small, NULL, &err), -DL_E_LIMIT);
    assert_int_equal(dl_json_check("\"12345678\"", 10, &small, NULL, NULL), 0);
    assert_int_equal(dl_json_check("\"123456789\"", 11, &small, NULL, &err), -DL_E_LIMIT);
}

static void refuses_an_object_of_too_many_keys(void **state)
{
    struct dl_buffer text;
    struct dl_error err;

    (void)state;
    dl_buffer_init(&text, 100000);
    dl_buffer_text(&text, "{");
    for (int i = 0; i < 1025; i++)
        dl_buffer_format(&text, "%s\"k%d\":0", i ? "," : "", i);
    dl_buffer_text(&text, "}");
    assert_int_equal(dl_json_check(text.data, text.len, &dl_json_default_limits, NULL, &err),
                     -DL_E_LIMIT);
    assert_string_equal(err.text, "more than 1024 keys in one object");
    dl_buffer_free(&text);
}

static void finds_the_place_of_a_key_or_an_element(void **state)
{
    static const char text[] = "{\n  \"b\": {\"tags\": 1},\n  \"tags\": [\"x\", {\"q\": 1}]\n}";
    static const char *const key[] = {"tags"}, *const element[] = {"tags", "[0]"},
                             *const inner[] = {"tags", "[1]", "q"}, *const none[] = {"tags", "[2]"};
    size_t at = 0, line, column;

    (void)state;
    assert_true(dl_json_locate(text, sizeof text - 1, key, 1, &at));
    dl_json_place(text, sizeof text - 1, at, &line, &column);
    assert_int_equal(line, 3);
    assert_int_equal(column, 3);
    assert_true(dl_json_locate(text, sizeof text - 1, element, 2, &at));
    assert_memory_equal(text + at, "\"x\"", 3);
    assert_true(dl_json_locate(text, sizeof text - 1, inner, 3, &at));
    assert_memory_equal(text + at, "\"q\": 1", 6);
    assert_false(dl_json_locate(text, sizeof text - 1, none, 2, &at));
}

static void columns_count_characters_not_bytes(void **state)
{
    size_t line, column;

    (void)state;
    dl_json_place("\xc3\xa9\xe2\x82\xacx", 6, 5, &line, &column);
    assert_int_equal(line, 1);
    assert_int_equal(column, 3);
}

static void write_sample(struct dl_json *w)
{
    dl_json_object(w);
    dl_json_member(w, "a", "x\"\\\n\x01\xff\xc3\xa9");
    dl_json_member_integer(w, "i", INT64_MIN);
    dl_json_key(w, "r");
    dl_json_real(w, 1.5);
    dl_json_key(w, "l");
    dl_json_array(w);
    dl_json_bool(w, true);
    dl_json_null(w);
    dl_json_object(w);
    dl_json_object_end(w);
    dl_json_array_end(w);
    dl_json_object_end(w);
}

static void writes_what_its_own_reader_accepts(void **state)
{
    struct dl_buffer out;
    struct dl_json w;

    (void)state;
    dl_buffer_init(&out, 1000);
    dl_json_begin(&w, &out, 0);
    write_sample(&w);
    assert_int_equal(dl_json_end(&w), 0);
    assert_string_equal(
        out.data, "{\"a\":\"x\\\"\\\\\\n\\u0001\xef\xbf\xbd\xc3\xa9\",\"i\":-9223372036854775808,"
                  "\"r\":1.500,\"l\":[true,null,{}]}");
    assert_accepted(out.data, out.len);
    dl_buffer_clear(&out);
    dl_json_begin(&w, &out, 2);
    write_sample(&w);
    assert_int_equal(dl_json_end(&w), 0);
    assert_accepted(out.data, out.len);
    assert_non_null(strstr(out.data, "\n  \"l\": [\n    true,\n    null,\n    {}\n  ]\n}"));
    dl_buffer_free(&out);
}

static void a_writer_without_room_fails_at_the_end(void **state)
{
    struct dl_buffer out;
    struct dl_json w;

    (void)state;
    dl_buffer_init(&out, 10);
    dl_json_begin(&w, &out, 0);
    write_sample(&w);
    assert_int_equal(dl_json_end(&w), -DL_E_LIMIT);
    dl_buffer_clear(&out);
    dl_json_begin(&w, &out, 0);
    dl_json_object(&w);
    assert_int_equal(dl_json_end(&w), -DL_E_INTERNAL);
    dl_buffer_free(&out);
}

/* A byte is escaped the same wherever it stands in the words that are read at once. */
static void escapes_a_byte_wherever_it_stands(void **state)
{
    struct dl_buffer whole, pieces;
    char text[20];

    (void)state;
    dl_buffer_init(&whole, 1000);
    dl_buffer_init(&pieces, 1000);
    for (int byte = 0; byte < 256; byte++)
        for (size_t at = 0; at < sizeof text; at++) {
            memset(text, 'a', sizeof text);
            text[at] = (char)byte;
            dl_buffer_clear(&whole);
            dl_buffer_clear(&pieces);
            assert_int_equal(dl_json_escape(&whole, text, sizeof text), 0);
            for (size_t i = 0; i < sizeof text; i++)
                assert_int_equal(dl_json_escape(&pieces, text + i, 1), 0);
            assert_string_equal(dl_buffer_string(&whole), dl_buffer_string(&pieces));
        }
    dl_buffer_free(&whole);
    dl_buffer_free(&pieces);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(escapes_a_byte_wherever_it_stands),
        cmocka_unit_test(accepts_what_rfc_8259_allows),
        cmocka_unit_test(refuses_everything_else_and_says_where),
        cmocka_unit_test(holds_its_limits_exactly),
        cmocka_unit_test(refuses_an_object_of_too_many_keys),
        cmocka_unit_test(finds_the_place_of_a_key_or_an_element),
        cmocka_unit_test(columns_count_characters_not_bytes),
        cmocka_unit_test(writes_what_its_own_reader_accepts),
        cmocka_unit_test(a_writer_without_room_fails_at_the_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
