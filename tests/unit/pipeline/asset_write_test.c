/* Assets written as YAML: they read back as they were, and stand as people write them. */
#include "kit.h"

#include "pipeline/asset_write.h"

static struct dl_buffer out;

static const char *written(const struct dl_value *document)
{
    dl_buffer_clear(&out);
    assert_int_equal(dl_asset_write(&out, document), 0);
    return dl_buffer_string(&out);
}

static struct dl_value *yaml(const char *text)
{
    struct dl_value *v = NULL;
    struct dl_error err = {0};

    if (dl_value_read_yaml(&v, &arena, text, strlen(text), &err) < 0)
        fail_msg("%s in:\n%s", err.text, text);
    return v;
}

static int open_all(void **state)
{
    dl_buffer_init(&out, 1 << 20);
    return open_arena(state);
}

static int close_all(void **state)
{
    dl_buffer_free(&out);
    return close_arena(state);
}

static void collections(void **state)
{
    (void)state;
    assert_string_equal(
        written(json("{\"id\":\"acme\",\"list\":[{\"a\":1,\"b\":[\"x\",\"y\"]},\"z\",[true]],"
                     "\"none\":null,\"empty\":[],\"o\":{}}")),
        "id: acme\n"
        "list:\n"
        "  - a: 1\n"
        "    b:\n"
        "      - x\n"
        "      - 'y'\n"
        "  - z\n"
        "  - - true\n"
        "none: null\n"
        "empty: []\n"
        "o: {}\n");
}

/* What a text looks like when it stands alone, and that every one reads back. */
static void texts(void **state)
{
    static const struct {
        const char *text, *written;
    } cases[] = {
        {"plain words", "v: plain words\n"},
        {"", "v: ''\n"},
        {"true", "v: 'true'\n"},
        {"No", "v: 'No'\n"},
        {"12", "v: '12'\n"},
        {"1.5e3", "v: '1.5e3'\n"},
        {"2026-11-22", "v: '2026-11-22'\n"},
        {"10:20", "v: '10:20'\n"},
        {"a: b", "v: 'a: b'\n"},
        {"a #b", "v: 'a #b'\n"},
        {"a#b", "v: a#b\n"},
        {"- a", "v: '- a'\n"},
        {"@http.status_code:[200 TO 299]", "v: '@http.status_code:[200 TO 299]'\n"},
        {"it's", "v: it's\n"},
        {"'it's'", "v: '''it''s'''\n"},
        {" blank", "v: ' blank'\n"},
        {"blank ", "v: 'blank '\n"},
        {"%{data}", "v: '%{data}'\n"},
        {"two\nlines", "v: |-\n  two\n  lines\n"},
        {"two\nlines\n", "v: |\n  two\n  lines\n"},
        {"more\n\n", "v: |+\n  more\n\n"},
        {"a\n\n b\n", "v: |\n  a\n\n   b\n"},
        {" \nblank first", "v: \" \\nblank first\"\n"},
        {"bell \a", "v: \"bell \\u0007\"\n"},
        {"\xc3\xa9t\xc3\xa9", "v: \xc3\xa9t\xc3\xa9\n"},
        {"next\xc2\x85line", "v: \"next\\u0085line\"\n"},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct dl_value *v = dl_value_object(&arena);
        const struct dl_value *back;

        dl_value_put(&arena, v, DL_TEXT("v"),
                     dl_value_text(&arena, cases[i].text, strlen(cases[i].text)));
        assert_string_equal(written(v), cases[i].written);
        back = dl_value_get(yaml(dl_buffer_string(&out)), "v");
        if (!dl_value_is(back, DL_VALUE_STRING) || !dl_text_equals(back->of.text, cases[i].text))
            fail_msg("%s reads back as %s", cases[i].written, shown(back));
    }
}

static void numbers_keep_their_type(void **state)
{
    const char *text = "{\"i\":-7,\"d\":2.0,\"big\":2.02E8,\"t\":true,\"n\":null}";
    struct dl_value *v = json(text), *back;
    size_t types = 0;

    (void)state;
    back = yaml(written(v));
    assert_true(dl_value_equal(v, back, &types));
    assert_int_equal(types, 0);
}

static void odd_keys(void **state)
{
    struct dl_value *v = json("{\"a b\":1,\"a: b\":2,\"12\":3,\"\":4,\"x\\ny\":5}");

    (void)state;
    assert_true(dl_value_equal(v, yaml(written(v)), NULL));
}

/* ---- facets ---- */

static const char *added(const char *asset, const char *facets)
{
    struct dl_error err = {0};

    dl_buffer_clear(&out);
    if (dl_asset_add_facets(&out, text_of(asset), yaml(asset), json(facets), &err) < 0)
        fail_msg("%s", err.text);
    return dl_buffer_string(&out);
}

static void facets_where_there_are_none(void **state)
{
    static const char *const none[] = {"facets:\n", "facets: null\n", "facets: []\n", ""};

    (void)state;
    for (size_t i = 0; i < LENGTH(none); i++) {
        char asset[200];

        snprintf(asset, sizeof asset, "# ours\nid: a\n%spipeline:\n  name: x # kept\n", none[i]);
        assert_string_equal(added(asset, "[{\"path\":\"a.b\"}]"),
                            "# ours\nid: a\nfacets:\n  - path: a.b\npipeline:\n  name: x # kept\n");
    }
}

static void facets_behind_those_that_are_there(void **state)
{
    (void)state;
    assert_string_equal(
        added("id: a\nfacets:\n- path: old   # ours\n\n# of the pipeline\npipeline: {}\n",
              "[{\"groups\":[\"A\"],\"path\":\"a.b\"}]"),
        "id: a\nfacets:\n- path: old   # ours\n- groups:\n    - A\n  path: a.b\n"
        "\n# of the pipeline\npipeline: {}\n");
    assert_string_equal(
        added("pipeline: {}\nfacets:\n    - path: old", "[{\"path\":\"a.b\"},{\"path\":\"a.c\"}]"),
        "pipeline: {}\nfacets:\n    - path: old\n    - path: a.b\n    - path: a.c\n");
}

static void facets_in_one_line_are_refused(void **state)
{
    static const char asset[] = "facets: [{path: old}]\npipeline: {}\n";
    struct dl_error err = {0};

    (void)state;
    assert_int_equal(
        dl_asset_add_facets(&out, text_of(asset), yaml(asset), json("[{\"path\":\"a\"}]"), &err),
        -DL_E_VALUE);
    assert_non_null(strstr(err.text, "one below the other"));
}

static void a_full_buffer_is_told(void **state)
{
    struct dl_error err = {0};
    struct dl_buffer small;

    (void)state;
    dl_buffer_init(&small, 8);
    assert_int_equal(dl_asset_write(&small, json("{\"key\":\"a longer text\"}")), -DL_E_LIMIT);
    dl_buffer_clear(&small);
    assert_int_equal(dl_asset_add_facets(&small, text_of("id: abcdef\n"), yaml("id: abcdef\n"),
                                         json("[{\"path\":\"a\"}]"), &err),
                     -DL_E_LIMIT);
    dl_buffer_free(&small);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_all, close_all)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(collections),
        TEST(texts),
        TEST(numbers_keep_their_type),
        TEST(odd_keys),
        TEST(facets_where_there_are_none),
        TEST(facets_behind_those_that_are_there),
        TEST(facets_in_one_line_are_refused),
        TEST(a_full_buffer_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
