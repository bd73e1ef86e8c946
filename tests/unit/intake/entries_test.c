#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "intake/entries.h"

static struct dl_intake_entries entries;

static int split(const char *text)
{
    return dl_intake_split_json(&entries, text, strlen(text));
}

static void assert_entry(size_t i, const char *body, const char *text)
{
    assert_true(i < entries.count);
    assert_int_equal(entries.spans[i].length, strlen(text));
    assert_memory_equal(body + entries.spans[i].start, text, strlen(text));
}

static void finds_each_object_of_an_array(void **state)
{
    const char *body = " [ {\"a\":[1,{\"b\":\"]}\"}]} ,{ } ] \n";

    (void)state;
    assert_int_equal(split(body), 0);
    assert_int_equal(entries.count, 2);
    assert_entry(0, body, "{\"a\":[1,{\"b\":\"]}\"}]}");
    assert_entry(1, body, "{ }");
    assert_int_equal(split("{\"message\":\"x\"}"), 0);
    assert_int_equal(entries.count, 1);
}

static void nothing_and_an_empty_object_are_probes(void **state)
{
    (void)state;
    for (const char *const *p = (const char *const[]){"", " \r\n\t", "{}", " { \n} ", "[]", NULL};
         *p; p++) {
        assert_int_equal(split(*p), 0);
        assert_int_equal(entries.count, 0);
    }
}

static void accepts_every_form_of_the_standard(void **state)
{
    static const char *const good[] = {"{\"a\":0}",
                                       "{\"a\":-0.0e-10}",
                                       "{\"a\":1E+5}",
                                       "{\"a\":[true,false,null]}",
                                       "{\"a\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\ud800\"}",
                                       "{\"\":\"\"}",
                                       "{\"a\":1,\"a\":2}",
                                       "{\"a\":\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\"}",
                                       "{\"a\":\"\x7f\"}",
                                       NULL};

    (void)state;
    for (const char *const *text = good; *text; text++)
        if (split(*text) != 0)
            fail_msg("%s is refused", *text);
}

static void refuses_everything_else(void **state)
{
    static const char *const bad[] = {"[",
                                      "]",
                                      "{",
                                      "[{}",
                                      "[{},]",
                                      "[,{}]",
                                      "[{}{}]",
                                      "[{}]]",
                                      "[{}]x",
                                      "{}{}",
                                      "[[{}]]",
                                      "[1]",
                                      "1",
                                      "\"a\"",
                                      "null",
                                      "{\"a\"}",
                                      "{\"a\":}",
                                      "{\"a\":1,}",
                                      "{a:1}",
                                      "{'a':1}",
                                      "{\"a\":01}",
                                      "{\"a\":1.}",
                                      "{\"a\":.5}",
                                      "{\"a\":1e}",
                                      "{\"a\":+1}",
                                      "{\"a\":-}",
                                      "{\"a\":tru}",
                                      "{\"a\":True}",
                                      "{\"a\":NaN}",
                                      "{\"a\":\"\n\"}",
                                      "{\"a\":\"\\x\"}",
                                      "{\"a\":\"\\u12g4\"}",
                                      "{\"a\":\"\\u123",
                                      "{\"a\":\"\\",
                                      "{\"a\":\"",
                                      "{\"a\":\"\xff\"}",
                                      "{\"a\":\"\xc0\x80\"}",
                                      "{\"a\":\"\xed\xa0\x80\"}",
                                      "{\"a\":\"\xe2\x82\"}",
                                      "\xef\xbb\xbf{}",
                                      "{\"a\":1}/**/",
                                      "{\"a\" 1}",
                                      "{\"a\":1 \"b\":2}",
                                      NULL};

    (void)state;
    for (const char *const *text = bad; *text; text++)
        if (split(*text) != -DL_E_VALUE)
            fail_msg("%s is accepted", *text);
    assert_int_equal(dl_intake_split_json(&entries, "{\"a\":\"\0\"}", 9), -DL_E_VALUE);
    assert_int_equal(dl_intake_split_json(&entries, "{\"a\":\"\\\0\"}", 10), -DL_E_VALUE);
}

static void a_cut_at_any_byte_is_refused(void **state)
{
    const char *body = "[{\"a\":[1.5e3,\"x\\u0041\",{\"b\":null}]},{\"c\":true}]";

    (void)state;
    assert_int_equal(split(body), 0);
    for (size_t len = 1; len < strlen(body); len++)
        assert_int_equal(dl_intake_split_json(&entries, body, len), -DL_E_VALUE);
}

static void depth_and_number_of_logs_have_limits(void **state)
{
    size_t len = (DL_INTAKE_ENTRIES_MAX + 1) * 3 + 2;
    char *body = malloc(len + 1);
    char deep[600];

    (void)state;
    assert_non_null(body);
    for (int n = DL_INTAKE_ENTRIES_MAX; n <= DL_INTAKE_ENTRIES_MAX + 1; n++) {
        char *at = body;
        *at++ = '[';
        for (int i = 0; i < n; i++, at += 3)
            memcpy(at, i < n - 1 ? "{}," : "{}]", 3);
        assert_int_equal(dl_intake_split_json(&entries, body, (size_t)(at - body)),
                         n <= DL_INTAKE_ENTRIES_MAX ? 0 : -DL_E_LIMIT);
    }
    free(body);
    for (int depth = DL_INTAKE_DEPTH_MAX; depth <= DL_INTAKE_DEPTH_MAX + 1; depth++) {
        size_t inner = (size_t)depth - 1;
        memcpy(deep, "{\"a\":", 5);
        memset(deep + 5, '[', inner);
        memset(deep + 5 + inner, ']', inner);
        deep[5 + 2 * inner] = '}';
        assert_int_equal(dl_intake_split_json(&entries, deep, 6 + 2 * inner),
                         depth <= DL_INTAKE_DEPTH_MAX ? 0 : -DL_E_VALUE);
    }
}

static void text_is_split_at_line_ends(void **state)
{
    const char *body = "one\r\n\n  \ntwo three\nlast";

    (void)state;
    assert_int_equal(dl_intake_split_text(&entries, body, strlen(body)), 0);
    assert_int_equal(entries.count, 3);
    assert_entry(0, body, "one");
    assert_entry(1, body, "two three");
    assert_entry(2, body, "last");
    assert_int_equal(dl_intake_split_text(&entries, "", 0), 0);
    assert_int_equal(entries.count, 0);
}

static void logplex_frames_are_split_by_their_length(void **state)
{
    const char *body = "10 <40>1 - a\n11 <40>1 - b\nc";

    (void)state;
    assert_int_equal(dl_intake_split_logplex(&entries, body, strlen(body)), 0);
    assert_int_equal(entries.count, 2);
    assert_entry(0, body, "<40>1 - a");
    assert_entry(1, body, "<40>1 - b\nc");
    body = "plain line\nanother";
    assert_int_equal(dl_intake_split_logplex(&entries, body, strlen(body)), 0);
    assert_int_equal(entries.count, 2);
    body = "10 <40>1 - a\n99 <40>1 - b";
    assert_int_equal(dl_intake_split_logplex(&entries, body, strlen(body)), -DL_E_VALUE);
    body = "10 <40>1 - a\nrubbish";
    assert_int_equal(dl_intake_split_logplex(&entries, body, strlen(body)), -DL_E_VALUE);
    body = "99999999999999999999 <40>1";
    assert_int_equal(dl_intake_split_logplex(&entries, body, strlen(body)), 0);
}

static void compacting_keeps_strings_and_drops_blanks(void **state)
{
    const char *json = "{ \"a b\" :\t[ 1 , \"c  \\\" d\" ]\r\n}";
    struct dl_buffer out;

    (void)state;
    dl_buffer_init(&out, 1000);
    assert_int_equal(dl_intake_compact(&out, json, strlen(json)), 0);
    assert_string_equal(dl_buffer_string(&out), "{\"a b\":[1,\"c  \\\" d\"]}");
    dl_buffer_free(&out);
}

/* An object of DL_INTAKE_ENTRY_MAX + over bytes with the message in the middle. */
static char *big(size_t over, const char *unit)
{
    const char *head = "{\"n\":1,\"message\":\"", *tail = "\",\"service\":\"shop\"}";
    size_t len = DL_INTAKE_ENTRY_MAX + over, inside = len - strlen(head) - strlen(tail);
    char *json = malloc(len + 1), *at;

    assert_non_null(json);
    at = json + strlen(strcpy(json, head));
    for (size_t i = 0; i < inside; i++)
        *at++ = inside - i >= strlen(unit) - i % strlen(unit) ? unit[i % strlen(unit)] : 'x';
    strcpy(at, tail);
    return json;
}

static void a_large_log_loses_the_end_of_its_message_alone(void **state)
{
    static const char *const units[] = {"x", "\xf0\x9f\x98\x80", "\\u00e9", "\\n", NULL};
    struct dl_buffer out;

    (void)state;
    dl_buffer_init(&out, 2 * DL_INTAKE_ENTRY_MAX);
    for (const char *const *unit = units; *unit; unit++)
        for (size_t over = 1; over < 12; over++) {
            char *json = big(over, *unit);
            dl_buffer_clear(&out);
            assert_int_equal(dl_intake_cut(&out, json, strlen(json)), 0);
            assert_in_range(out.len, DL_INTAKE_ENTRY_MAX - 6, DL_INTAKE_ENTRY_MAX);
            assert_int_equal(dl_intake_split_json(&entries, out.data, out.len), 0);
            assert_non_null(strstr(out.data, "\",\"service\":\"shop\"}"));
            free(json);
        }
    dl_buffer_free(&out);
}

static void a_large_log_without_a_message_becomes_one(void **state)
{
    struct dl_buffer json, out;

    (void)state;
    dl_buffer_init(&json, 2 * DL_INTAKE_ENTRY_MAX);
    dl_buffer_init(&out, 3 * DL_INTAKE_ENTRY_MAX);
    dl_buffer_text(&json, "{\"message\":7,\"text\":\"");
    while (json.len < DL_INTAKE_ENTRY_MAX + 10)
        dl_buffer_char(&json, 'x');
    dl_buffer_text(&json, "\"}");
    assert_int_equal(dl_intake_cut(&out, json.data, json.len), 0);
    assert_int_equal(dl_intake_split_json(&entries, out.data, out.len), 0);
    assert_memory_equal(out.data, "{\"message\":\"{\\\"message\\\":7,", 26);
    dl_buffer_free(&json);
    dl_buffer_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_each_object_of_an_array),
        cmocka_unit_test(nothing_and_an_empty_object_are_probes),
        cmocka_unit_test(accepts_every_form_of_the_standard),
        cmocka_unit_test(refuses_everything_else),
        cmocka_unit_test(a_cut_at_any_byte_is_refused),
        cmocka_unit_test(depth_and_number_of_logs_have_limits),
        cmocka_unit_test(text_is_split_at_line_ends),
        cmocka_unit_test(logplex_frames_are_split_by_their_length),
        cmocka_unit_test(compacting_keeps_strings_and_drops_blanks),
        cmocka_unit_test(a_large_log_loses_the_end_of_its_message_alone),
        cmocka_unit_test(a_large_log_without_a_message_becomes_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
