#include "kit.h"

#include "pipeline/path.h"

static void values_are_found_by_path(void **state)
{
    static const char root[] =
        "{\"a\":{\"b\":{\"c\":1}},\"d.e\":2,\"f\":{\"g.h\":{\"i\":3}},\"x y\":{\"@k\":{\"$v\":4}},"
        "\"users\":[{\"name\":\"ann\",\"tags\":[1,2]},{\"name\":\"bob\",\"tags\":[3]},{\"id\":7}],"
        "\"n\":[[{\"m\":5}],[{\"m\":6}]],\"custom\":{\"own\":8},\"s\":\"text\"}";
    static const struct {
        const char *path, *found;
    } cases[] = {
        {"a", "{\"b\":{\"c\":1}}"},
        {"a.b.c", "1"},
        {"a.b.d", "nothing"},
        {"a.b.c.d", "nothing"},
        {"d.e", "2"},
        {"f.g.h.i", "3"},
        {"x y.@k.$v", "4"},
        {"users.name", "[\"ann\",\"bob\"]"},
        {"users.tags", "[1,2,3]"},
        {"users.none", "nothing"},
        {"n.m", "[5,6]"},
        {"custom.a.b.c", "1"},
        {"custom.own", "8"},
        {"s", "\"text\""},
        {"s.more", "nothing"},
        {"", "nothing"},
        {".", "nothing"},
        {"a.", "nothing"},
        {".a", "nothing"},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(cases); i++)
        assert_string_equal(shown(dl_path_get(&arena, json(root), text_of(cases[i].path))),
                            cases[i].found);
}

static void values_are_put_at_a_path(void **state)
{
    static const struct {
        const char *before, *path, *after;
    } cases[] = {
        {"{}", "a", "{\"a\":9}"},
        {"{}", "a.b.c", "{\"a\":{\"b\":{\"c\":9}}}"},
        {"{\"a\":{\"x\":1}}", "a.b", "{\"a\":{\"x\":1,\"b\":9}}"},
        {"{\"a\":\"scalar\"}", "a.b", "{\"a\":{\"b\":9}}"},
        {"{\"a\":[1]}", "a", "{\"a\":9}"},
        {"{\"a.b\":1}", "a.b", "{\"a.b\":9}"},
        {"{}", "custom.a", "{\"a\":9}"},
        {"{}", "customer.a", "{\"customer\":{\"a\":9}}"},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct dl_value *root = json(cases[i].before);

        dl_path_set(&arena, root, text_of(cases[i].path), dl_value_integer(&arena, 9));
        assert_string_equal(shown(root), cases[i].after);
    }
}

static void removing_takes_empty_objects_along(void **state)
{
    static const struct {
        const char *before, *path, *after;
        bool was;
    } cases[] = {
        {"{\"a\":{\"b\":{\"c\":1}}}", "a.b.c", "{}", true},
        {"{\"a\":{\"b\":{\"c\":1},\"d\":2}}", "a.b.c", "{\"a\":{\"d\":2}}", true},
        {"{\"a\":{\"b\":1}}", "a.c", "{\"a\":{\"b\":1}}", false},
        {"{\"a\":1}", "a.b", "{\"a\":1}", false},
        {"{\"a.b\":1,\"c\":2}", "a.b", "{\"c\":2}", true},
        {"{\"a\":{\"b.c\":1}}", "a.b.c", "{}", true},
        {"{\"a\":1,\"b\":2}", "custom.a", "{\"b\":2}", true},
        {"{\"a\":1}", "", "{\"a\":1}", false},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct dl_value *root = json(cases[i].before);

        assert_int_equal(dl_path_remove(root, text_of(cases[i].path)), cases[i].was);
        assert_string_equal(shown(root), cases[i].after);
    }
}

static void objects_merge_and_all_else_replaces(void **state)
{
    struct dl_value *into = json("{\"a\":{\"x\":1,\"y\":{\"z\":1}},\"b\":[1],\"c\":\"s\"}");

    (void)state;
    dl_path_merge(&arena, into,
                  json("{\"a\":{\"y\":{\"w\":2},\"x\":3},\"b\":[2],\"c\":{\"d\":4},\"e\":5}"));
    assert_string_equal(
        shown(into), "{\"a\":{\"x\":3,\"y\":{\"z\":1,\"w\":2}},\"b\":[2],\"c\":{\"d\":4},\"e\":5}");
}

/* A name with a hundred thousand dots makes no tree that a later step cannot walk. */
static void the_depth_of_a_path_has_a_maximum(void **state)
{
    static char path[200002];
    struct dl_value *root = json("{}"), *v = root;
    size_t depth = 0;

    (void)state;
    for (size_t i = 0; i < sizeof path - 1; i += 2)
        memcpy(path + i, "a.", 2);
    path[sizeof path - 2] = '\0';
    dl_path_set(&arena, root, text_of(path), json("1"));
    for (; dl_value_is(v, DL_VALUE_OBJECT); depth++)
        v = v->of.list.first->value;
    assert_int_equal(depth, DL_PATH_DEPTH_MAX);
    assert_string_equal(shown(dl_path_get(&arena, root, text_of(path))), "1");
    assert_true(dl_path_remove(root, text_of(path)));
    assert_string_equal(shown(root), "{}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ARENA_TEST(values_are_found_by_path),
        ARENA_TEST(values_are_put_at_a_path),
        ARENA_TEST(removing_takes_empty_objects_along),
        ARENA_TEST(objects_merge_and_all_else_replaces),
        ARENA_TEST(the_depth_of_a_path_has_a_maximum),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
