/* The JSON of logs: RFC 8259, with control characters let through in strings. */
#include "kit.h"

static void what_the_rfc_takes_is_taken(void **state)
{
    static const struct {
        const char *text, *shown;
    } cases[] = {
        {"0", "0"},
        {"-0", "0"},
        {" \t\r\n1 \n", "1"},
        {"-12", "-12"},
        {"1.0", "1.0"},
        {"1.25e2", "125.0"},
        {"1E+2", "100.0"},
        {"1e-2", "0.01"},
        {"0e1", "0.0"},
        {"-0.5", "-0.5"},
        {"123456789012345678901", "1.2345678901234568E20"},
        {"true", "true"},
        {"false", "false"},
        {"null", "null"},
        {"\"\"", "\"\""},
        {"\"a/b\\/c\"", "\"a/b/c\""},
        {"\"\\\"\\\\\\b\\f\\n\\r\\t\"", "\"\\\"\\\\\\b\\f\\n\\r\\t\""},
        {"\"\\u0041\\u00e9\\u20AC\"", "\"Aé€\""},
        {"\"\\ud83d\\ude00\"", "\"😀\""},
        {"\"caf\xc3\xa9\"", "\"café\""},
        {"[]", "[]"},
        {"[ ]", "[]"},
        {"[1,[2,[3]]]", "[1,[2,[3]]]"},
        {"{}", "{}"},
        {"{ \"a\" : 1 , \"b\" : [ { } ] }", "{\"a\":1,\"b\":[{}]}"},
        {"{\"\":0}", "{\"\":0}"},
        {"{\"a\":1,\"a\":2}", "{\"a\":2}"}, /* the last one counts */
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(cases); i++)
        assert_string_equal(shown(json(cases[i].text)), cases[i].shown);
}

static void of_many_keys_too_the_last_value_counts_in_the_first_place(void **state)
{
    char text[4096] = "{", expected[4096] = "{", member[32];

    (void)state;
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < 150; i++) {
            snprintf(member, sizeof member, "%s\"k%d\":%d", round || i ? "," : "", i,
                     i % 3 ? i : i + round);
            strcat(text, member);
            snprintf(member, sizeof member, "%s\"k%d\":%d", i ? "," : "", i, i % 3 ? i : i + 1);
            if (round)
                strcat(expected, member);
        }
    strcat(text, "}");
    strcat(expected, "}");
    assert_string_equal(shown(json(text)), expected);
}

static void what_is_no_json_is_refused(void **state)
{
    static const char *const cases[] = {
        "",         " ",     "nul",    "tru",       "True",       "nan",         "Infinity",
        "+1",       "01",    "-01",    "-",         ".5",         "-.5",         "1.",
        "1.e2",     "1e",    "1e+",    "1.5.2",     "0x1",        "1_0",         "--1",
        "\"",       "\"a",   "\"\\\"", "\"\\x41\"", "'a'",        "\"\\u12\"",   "\"\\u12g4\"",
        "\"\\\n\"", "[",     "[1",     "[1,",       "[1,]",       "[,1]",        "[1 2]",
        "[1}",      "]",     "{",      "{\"a\"",    "{\"a\":",    "{\"a\":1",    "{\"a\":1,}",
        "{,}",      "{a:1}", "{1:1}",  "{\"a\" 1}", "{\"a\"::1}", "{\"a\":1]",   "}",
        "1 2",      "{} {}", "[] x",   "// c\n1",   "1 // c",     "\"a\" \"b\"", "\f1",
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(cases); i++)
        if (dl_value_read_json(&arena, cases[i], strlen(cases[i])))
            fail_msg("this was taken: %s", cases[i]);
    assert_null(dl_value_read_json(&arena, "1\0", 2));
    assert_null(dl_value_read_json(&arena, "\0", 1));
    assert_null(dl_value_read_json(&arena, "[1\0]", 4));
}

/* Half a pair is no character; what is around it stays. */
static void lone_surrogates_become_the_replacement_character(void **state)
{
    static const char *const cases[] = {"\"a\\ud83db\"", "\"a\\ude00b\"", "\"a\\ud83d\\u0062\""};

    (void)state;
    for (size_t i = 0; i < LENGTH(cases); i++)
        assert_string_equal(shown(json(cases[i])), "\"a\xef\xbf\xbd"
                                                   "b\"");
    assert_string_equal(shown(json("\"\\ud83d\\ud83d\\ude00\"")), "\"\xef\xbf\xbd😀\"");
}

static void control_characters_may_stand_in_strings(void **state)
{
    struct dl_value *v = json("{\"a\":\"one\ntwo\tthree\x01\"}");

    (void)state;
    assert_string_equal(string_of(dl_value_get(v, "a")->of.text), "one\ntwo\tthree\x01");
    v = dl_value_read_json(&arena, "\"a\0b\"", 5);
    assert_non_null(v);
    assert_int_equal(v->of.text.len, 3);
}

static void depth_has_a_maximum(void **state)
{
    char text[2 * DL_VALUE_DEPTH_MAX + 4];

    (void)state;
    memset(text, '[', DL_VALUE_DEPTH_MAX);
    memset(text + DL_VALUE_DEPTH_MAX, ']', DL_VALUE_DEPTH_MAX);
    assert_non_null(dl_value_read_json(&arena, text, (size_t)2 * DL_VALUE_DEPTH_MAX));
    memset(text, '[', DL_VALUE_DEPTH_MAX + 1);
    memset(text + DL_VALUE_DEPTH_MAX + 1, ']', DL_VALUE_DEPTH_MAX + 1);
    assert_null(dl_value_read_json(&arena, text, (size_t)2 * DL_VALUE_DEPTH_MAX + 2));
}

static void nothing_goes_and_dots_become_paths(void **state)
{
    static const struct {
        const char *before, *after;
    } cases[] = {
        {"{\"a\":null,\"b\":{},\"c\":[],\"d\":1}", "{\"d\":1}"},
        {"{\"a\":{\"b\":{\"c\":null}},\"d\":1}", "{\"d\":1}"},
        {"{\"a\":[null,1,{\"x\":null}]}", "{\"a\":[null,1,{}]}"},
        {"{\"a\":\"\",\"b\":0,\"c\":false}", "{\"a\":\"\",\"b\":0,\"c\":false}"},
        {"{\"a.b\":1,\"a.c\":2}", "{\"a\":{\"b\":1,\"c\":2}}"},
        {"{\"a\":{\"b.c\":1}}", "{\"a\":{\"b\":{\"c\":1}}}"},
        {"{\"a.b\":null}", "{}"},
        {"[{\"a\":null}]", "[{}]"},
        {"null", "null"},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(cases); i++)
        assert_string_equal(shown(dl_value_clean(&arena, json(cases[i].before))), cases[i].after);
    assert_null(dl_value_clean(&arena, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ARENA_TEST(what_the_rfc_takes_is_taken),
        ARENA_TEST(of_many_keys_too_the_last_value_counts_in_the_first_place),
        ARENA_TEST(what_is_no_json_is_refused),
        ARENA_TEST(lone_surrogates_become_the_replacement_character),
        ARENA_TEST(control_characters_may_stand_in_strings),
        ARENA_TEST(depth_has_a_maximum),
        ARENA_TEST(nothing_goes_and_dots_become_paths),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
