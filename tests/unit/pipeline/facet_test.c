/* Facets that the attributes of logs call for. */
#include "kit.h"

#include "pipeline/facet.h"

/* The proposals for some results of tests, as JSON. */
static const char *proposed(const char *have, const char *const *results)
{
    struct dl_facets facets;

    dl_facets_init(&facets, &arena, text_of("acme"), text_of("Acme"), have ? json(have) : NULL);
    for (; *results; results++)
        dl_facets_look(&facets, json(*results));
    return shown(facets.missing);
}

#define RESULTS(...) ((const char *const[]){__VA_ARGS__, NULL})

static void a_standard_path_gets_the_shared_facet(void **state)
{
    const char *group, *name;

    (void)state;
    assert_string_equal(proposed(NULL, RESULTS("{\"http\":{\"status_code\":200}}")),
                        "[{\"groups\":[\"Web Access\"],\"name\":\"Status Code\","
                        "\"path\":\"http.status_code\",\"source\":\"log\"}]");
    assert_true(dl_facet_is_standard(text_of("network.client.ip"), &group, &name));
    assert_string_equal(group, "Web Access");
    assert_string_equal(name, "Client IP");
    assert_true(dl_facet_is_standard(text_of("http.url"), NULL, NULL));
    assert_false(dl_facet_is_standard(text_of("http.urls"), NULL, NULL));
}

static void a_path_of_the_source_gets_one_of_its_own(void **state)
{
    (void)state;
    assert_string_equal(proposed(NULL, RESULTS("{\"acme\":{\"queue\":\"resize\"}}")),
                        "[{\"facetType\":\"list\",\"groups\":[\"Acme\"],\"name\":\"Queue\","
                        "\"path\":\"acme.queue\",\"source\":\"log\",\"type\":\"string\"}]");
}

/* A quantity is a measure, with the unit that its name tells; a number that names a thing is none.
 */
static void measures(void **state)
{
    (void)state;
    assert_string_equal(proposed(NULL, RESULTS("{\"acme\":{\"took_ms\":4}}")),
                        "[{\"facetType\":\"range\",\"groups\":[\"Acme\"],\"name\":\"Took Ms\","
                        "\"path\":\"acme.took_ms\",\"source\":\"log\",\"type\":\"integer\","
                        "\"unit\":{\"family\":\"time\",\"name\":\"millisecond\"}}]");
    assert_non_null(
        strstr(proposed(NULL, RESULTS("{\"acme\":{\"depth\":1.5}}")), "\"facetType\":\"range\""));
    assert_null(strstr(proposed(NULL, RESULTS("{\"acme\":{\"depth\":1.5}}")), "unit"));
    assert_non_null(
        strstr(proposed(NULL, RESULTS("{\"acme\":{\"widget_id\":7}}")), "\"facetType\":\"list\""));
}

static void a_type_that_changes_is_widened(void **state)
{
    const char *both =
        proposed(NULL, RESULTS("{\"acme\":{\"size\":1}}", "{\"acme\":{\"size\":1.5}}"));

    (void)state;
    assert_non_null(strstr(both, "\"type\":\"double\""));
    assert_non_null(strstr(both, "\"name\":\"byte\""));
    both = proposed(NULL, RESULTS("{\"acme\":{\"size\":1}}", "{\"acme\":{\"size\":\"big\"}}",
                                  "{\"acme\":{\"size\":2}}"));
    assert_non_null(strstr(both, "\"type\":\"string\""));
    assert_non_null(strstr(both, "\"facetType\":\"list\""));
    assert_null(strstr(both, "unit"));
}

static void what_gets_none(void **state)
{
    (void)state;
    assert_string_equal(proposed(NULL, RESULTS("{\"other\":1,\"acmes\":{\"a\":1},\"acme\":2}")),
                        "[]");
    assert_string_equal(proposed(NULL, RESULTS("{\"acme\":{\"list\":[1,2],\"none\":null}}")), "[]");
    assert_string_equal(proposed(NULL, RESULTS("[]", "7", "{}")), "[]");
    assert_string_equal(
        proposed("[{\"path\":\"acme.queue\"},{\"path\":\"http.method\"},7]",
                 RESULTS("{\"acme\":{\"queue\":\"x\"},\"http\":{\"method\":\"GET\"}}")),
        "[]");
}

static void titles(void **state)
{
    static const struct {
        const char *words, *title;
    } cases[] = {{"weight_kg", "Weight Kg"},
                 {"acme-widget", "Acme Widget"},
                 {"client.ip", "Client IP"},
                 {"url", "URL"},
                 {"x", "X"},
                 {"", ""},
                 {"9lives", "9lives"}};

    (void)state;
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct dl_text title = dl_facet_title(&arena, text_of(cases[i].words));

        if (!dl_text_equals(title, cases[i].title))
            fail_msg("%s: %.*s", cases[i].words, (int)title.len, title.at);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ARENA_TEST(a_standard_path_gets_the_shared_facet),
        ARENA_TEST(a_path_of_the_source_gets_one_of_its_own),
        ARENA_TEST(measures),
        ARENA_TEST(a_type_that_changes_is_widened),
        ARENA_TEST(what_gets_none),
        ARENA_TEST(titles),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
