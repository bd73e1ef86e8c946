/* An asset as the public API spells it, and the other way round. */
#include "kit.h"

#include "pipeline/spelling.h"

static const struct {
    const char *asset, *api; /* a processor's members */
} cases[] = {
    {"\"enabled\":true", "\"is_enabled\":true"},
    {"\"replaceMissing\":true", "\"is_replace_missing\":true"},
    {"\"encoded\":false", "\"is_encoded\":false"},
    {"\"preserveSource\":true", "\"preserve_source\":true"},
    {"\"overrideOnConflict\":true", "\"override_on_conflict\":true"},
    {"\"normalizeEndingSlashes\":true", "\"normalize_ending_slashes\":true"},
    {"\"ip_processing_behavior\":\"do-nothing\"", "\"ip_processing_behavior\":\"do-nothing\""},
    {"\"grok\":{\"supportRules\":\"\",\"matchRules\":\"a b\"}",
     "\"grok\":{\"support_rules\":\"\",\"match_rules\":\"a b\"}"},
    {"\"lookupTable\":\"a,b\\nc,d\\n\",\"defaultLookup\":\"e\"",
     "\"lookup_table\":[\"a,b\",\"c,d\"],\"default_lookup\":\"e\""},
    {"\"categories\":[{\"filter\":{\"query\":\"@aB:cD\"},\"name\":\"eF\"}]",
     "\"categories\":[{\"filter\":{\"query\":\"@aB:cD\"},\"name\":\"eF\"}]"},
    {"\"processors\":[{\"enabled\":true,\"sources\":[\"aB\"]}]",
     "\"processors\":[{\"is_enabled\":true,\"sources\":[\"aB\"]}]"},
    /* names of attributes are no options */
    {"\"fallback\":{\"values\":{\"a.enabled\":1,\"bC\":2},\"sources\":{\"dE\":[\"f_g\"]}}",
     "\"fallback\":{\"values\":{\"a.enabled\":1,\"bC\":2},\"sources\":{\"dE\":[\"f_g\"]}}"},
};

static const char *asset_with(const char *members)
{
    size_t len;

    return dl_arena_format(&arena, &len,
                           "{\"id\":\"acme\",\"metric_id\":\"acme\",\"backend_only\":false,"
                           "\"facets\":null,\"pipeline\":{\"type\":\"pipeline\",%s}}",
                           members);
}

static const char *api_with(const char *members)
{
    size_t len;

    return dl_arena_format(&arena, &len, "{\"type\":\"pipeline\",%s}", members);
}

static void keys_are_respelled_both_ways(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(cases); i++) {
        const char *asset = asset_with(cases[i].asset), *api = api_with(cases[i].api);

        assert_string_equal(shown(dl_spelling_to_api(&arena, json(asset))), api);
        assert_string_equal(shown(dl_spelling_to_asset(&arena, json(api), DL_TEXT("acme"))), asset);
    }
}

static void what_has_no_place_is_named(void **state)
{
    const struct dl_value *asset = json("{\"id\":\"a\",\"pipeline\":{},\"facets\":[]}");
    const struct dl_value *api = json("{\"id\":\"x\",\"processors\":[],\"is_read_only\":false}");
    const struct dl_member *m;

    (void)state;
    assert_false(dl_spelling_is_api(asset));
    assert_true(dl_spelling_is_api(api));
    m = dl_spelling_extra(asset, NULL);
    assert_true(m && dl_text_equals(m->key, "id"));
    m = dl_spelling_extra(asset, m);
    assert_true(m && dl_text_equals(m->key, "facets"));
    assert_null(dl_spelling_extra(asset, m));
    m = dl_spelling_extra(api, NULL);
    assert_true(m && dl_text_equals(m->key, "id"));
    m = dl_spelling_extra(api, m);
    assert_true(m && dl_text_equals(m->key, "is_read_only"));
    assert_null(dl_spelling_extra(api, m));
    assert_null(dl_value_get(
        dl_value_get(dl_spelling_to_asset(&arena, api, DL_TEXT("a")), "pipeline"), "readOnly"));
}

static void want_of_memory_is_told(void **state)
{
    struct dl_arena small;
    const struct dl_value *asset =
        json("{\"pipeline\":{\"lookupTable\":\"a,b\",\"enabled\":true}}");

    (void)state;
    dl_arena_init(&small, 1);
    assert_null(dl_spelling_to_api(&small, asset));
    assert_null(dl_spelling_to_asset(&small, dl_value_get(asset, "pipeline"), DL_TEXT("a")));
    dl_arena_free(&small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ARENA_TEST(keys_are_respelled_both_ways),
        ARENA_TEST(what_has_no_place_is_named),
        ARENA_TEST(want_of_memory_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
