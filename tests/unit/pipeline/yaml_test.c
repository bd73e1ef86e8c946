/* The YAML of assets: the core schema of YAML 1.2, without what assets have no use for. */
#include "kit.h"

static const char *yaml(const char *text)
{
    struct dl_error err = {0};
    struct dl_value *v = NULL;

    if (dl_value_read_yaml(&v, &arena, text, strlen(text), &err) < 0)
        fail_msg("%s", err.text);
    return shown(v);
}

static void plain_scalars_have_the_types_of_the_core_schema(void **state)
{
    static const struct {
        const char *yaml, *shown;
    } cases[] = {
        {"null", "null"},
        {"~", "null"},
        {"a:", "{\"a\":null}"},
        {"true", "true"},
        {"False", "false"},
        {"yes", "\"yes\""},
        {"no", "\"no\""},
        {"on", "\"on\""},
        {"off", "\"off\""},
        {"y", "\"y\""},
        {"12", "12"},
        {"-12", "-12"},
        {"+12", "12"},
        {"012", "12"},
        {"0o17", "15"},
        {"0x1F", "31"},
        {"0o18", "\"0o18\""},
        {"0xG", "\"0xG\""},
        {"0b11", "\"0b11\""},
        {"1_000", "\"1_000\""},
        {"12:30", "\"12:30\""},
        {"1.5", "1.5"},
        {"1.", "1.0"},
        {".5", "0.5"},
        {"1e3", "1000.0"},
        {"1e", "\"1e\""},
        {".", "\".\""},
        {"2024-05-01", "\"2024-05-01\""},
        {"2024-05-01T10:00:00Z", "\"2024-05-01T10:00:00Z\""},
        {"'12'", "\"12\""},
        {"\"true\"", "\"true\""},
        {"!!str 12", "\"12\""},
        {"|\n  a\n  b\n", "\"a\\nb\\n\""},
        {">-\n  a\n  b\n", "\"a b\""},
        {"a: 'x'' y'\nb: \"\\u00e9\\n\"\n", "{\"a\":\"x' y\",\"b\":\"é\\n\"}"},
        {"- 1\n- [2, {b: c}]\n", "[1,[2,{\"b\":\"c\"}]]"},
        {"{\"json\": [1.0, null]}", "{\"json\":[1.0,null]}"},
        {"# comment\na: 1 # more\n", "{\"a\":1}"},
        {"--- \na: 1\n...\n", "{\"a\":1}"},
        {"12: x", "{\"12\":\"x\"}"},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(cases); i++)
        assert_string_equal(yaml(cases[i].yaml), cases[i].shown);
}

static void what_is_refused_is_told_with_its_line(void **state)
{
    static const struct {
        const char *yaml, *words;
    } cases[] = {
        {"a: 1\nb: 2\na: 3\n", "3:1: this key is there twice"},
        {"a: &x 1\nb: *x\n", "2:4: aliases are not taken"},
        {"a: [1\nb: 2\n", "2:"},
        {"a: 1\n\tb: 2\n", "2:"},
        {"? [a]\n: 1\n", "1:3: a key is to be a text"},
        {"a: 1\n---\nb: 2\n", "2:1: one document is enough"},
        {"", "1:1: the file is empty"},
        {"# nothing\n", "the file is empty"},
        {"a: \"\xff\"\n", "byte 5 is no UTF-8"},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct dl_error err = {0};
        struct dl_value *v = NULL;

        assert_int_equal(dl_value_read_yaml(&v, &arena, cases[i].yaml, strlen(cases[i].yaml), &err),
                         -DL_E_VALUE);
        assert_null(v);
        if (!strstr(err.text, cases[i].words))
            fail_msg("\"%s\" is not in \"%s\"", cases[i].words, err.text);
    }
}

static void depth_has_a_maximum(void **state)
{
    char text[2 * DL_VALUE_DEPTH_MAX + 8];
    struct dl_error err = {0};
    struct dl_value *v = NULL;
    size_t n = DL_VALUE_DEPTH_MAX;

    (void)state;
    memset(text, '[', n);
    memset(text + n, ']', n);
    assert_int_equal(dl_value_read_yaml(&v, &arena, text, 2 * n, &err), 0);
    n++;
    memset(text, '[', n);
    memset(text + n, ']', n);
    assert_int_equal(dl_value_read_yaml(&v, &arena, text, 2 * n, &err), -DL_E_VALUE);
    assert_non_null(strstr(err.text, "nested too deeply"));
}

static void values_and_members_know_their_lines(void **state)
{
    static const char text[] = "a: 1\nb:\n  - x\n  - c: 2\n    d: 3\n";
    struct dl_value *v = NULL;
    const struct dl_value *list;

    (void)state;
    assert_int_equal(dl_value_read_yaml(&v, &arena, text, sizeof text - 1, NULL), 0);
    assert_int_equal(dl_value_member(v, DL_TEXT("b"))->line, 2);
    list = dl_value_get(v, "b");
    assert_int_equal(list->of.list.first->value->line, 3);
    assert_int_equal(list->of.list.last->value->line, 4);
    assert_int_equal(dl_value_member(list->of.list.last->value, DL_TEXT("d"))->line, 5);
}

static void an_arena_that_is_full_is_told_as_a_limit(void **state)
{
    static char text[100000];
    struct dl_arena small;
    struct dl_error err = {0};
    struct dl_value *v = NULL;

    (void)state;
    memset(text, 'x', sizeof text);
    dl_arena_init(&small, 70000);
    assert_int_equal(dl_value_read_yaml(&v, &small, text, sizeof text, &err), -DL_E_LIMIT);
    assert_null(v);
    dl_arena_free(&small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ARENA_TEST(plain_scalars_have_the_types_of_the_core_schema),
        ARENA_TEST(what_is_refused_is_told_with_its_line),
        ARENA_TEST(depth_has_a_maximum),
        ARENA_TEST(values_and_members_know_their_lines),
        cmocka_unit_test(an_arena_that_is_full_is_told_as_a_limit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
