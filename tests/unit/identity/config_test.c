#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "identity/config.h"

static struct dl_config *read_text(const char *text)
{
    struct dl_config *config = NULL;
    struct dl_error err = {0};

    if (dl_config_read_text(&config, text, strlen(text), "c.json", &err) < 0)
        fail_msg("%s\n%s", text, err.text);
    return config;
}

static struct dl_config *fresh(void)
{
    struct dl_config *config = NULL;

    assert_int_equal(dl_config_new(&config, "acme", NULL), 0);
    return config;
}

static void assert_written(const struct dl_config *config, const char *expected)
{
    struct dl_buffer text;

    dl_buffer_init(&text, DL_CONFIG_BYTES);
    assert_int_equal(dl_config_write_text(config, &text, NULL), 0);
    assert_string_equal(dl_buffer_string(&text), expected);
    dl_buffer_free(&text);
}

static void assert_value(const struct dl_config *config, enum dl_property property,
                         const char *expected)
{
    struct dl_buffer text;

    dl_buffer_init(&text, DL_CONFIG_BYTES);
    assert_int_equal(dl_config_get(config, property, &text, NULL), 0);
    assert_string_equal(dl_buffer_string(&text), expected);
    dl_buffer_free(&text);
}

static void a_new_configuration_holds_the_defaults(void **state)
{
    struct dl_config *config = fresh();

    (void)state;
    assert_string_equal(config->integration, "acme");
    for (enum dl_property p = 0; p < DL_PROPERTY_COUNT; p++) {
        assert_int_equal(config->origin[p], DL_ORIGIN_DEFAULT);
        if (p != DL_PROP_INTEGRATION)
            assert_value(config, p, dl_properties[p].fallback);
    }
    assert_null(config->site);
    assert_written(config, "{\n  \"version\": 1,\n  \"integration\": \"acme\"\n}\n");
    dl_config_free(config);
    dl_config_free(NULL);
}

static void the_file_has_a_fixed_order_and_no_defaults(void **state)
{
    struct dl_config *config =
        read_text("{\"verified\":true,\"encoding\":\"zstd\",\"key_source\":\"keyring\","
                  "\"tags\":[\"env:prod\",\"team:web\"],\"site\":\"https://app.datadoghq.eu/logs\","
                  "\"integration\":\"acme\",\"version\":1}");

    (void)state;
    assert_written(config, "{\n"
                           "  \"version\": 1,\n"
                           "  \"integration\": \"acme\",\n"
                           "  \"site\": \"eu1\",\n"
                           "  \"tags\": [\n"
                           "    \"env:prod\",\n"
                           "    \"team:web\"\n"
                           "  ],\n"
                           "  \"encoding\": \"zstd\",\n"
                           "  \"verified\": true\n"
                           "}\n");
    assert_int_equal(config->origin[DL_PROP_SITE], DL_ORIGIN_FILE);
    assert_int_equal(config->origin[DL_PROP_TAGS], DL_ORIGIN_FILE);
    assert_int_equal(config->origin[DL_PROP_PROXY], DL_ORIGIN_DEFAULT);
    dl_config_free(config);
}

#define HEAD "{\"version\":1,\"integration\":\"acme\","

static void every_mistake_is_named_by_its_place(void **state)
{
    static const char *const rows[][2] = {
        {"", "c.json:1:1: "},
        {"null", "c.json:1:1: an object { ... } is expected"},
        {"{\"version\":1,\"version\":1}", "c.json:1:"},
        {"{\"integration\":\"acme\"}", "c.json:1:1: \"version\" is missing"},
        {"{\"version\":1}", "c.json:1:1: \"integration\" is missing"},
        {"{\"version\":true}", "c.json:1:2: \"version\" must be a whole number"},
        {HEAD "\n  \"sitee\": \"eu1\"}",
         "c.json:2:3: unknown key \"sitee\"; did you mean \"site\"?"},
        {HEAD "\"whatever\":1}", "c.json:1:35: unknown key \"whatever\""},
        {HEAD "\"Site\":\"eu1\"}", "c.json:1:35: unknown key \"Site\"; did you mean \"site\"?"},
        {HEAD "\"source\":\"x\"}", "c.json:1:35: \"source\" cannot be set here: source and service "
                                   "come from the manifest of the integration alone"},
        {HEAD "\"service\":\"x\"}", "c.json:1:35: \"service\" cannot be set here: source and "
                                    "service come from the manifest of the integration alone"},
        {HEAD "\"api_key\":\"x\"}", "c.json:1:35: \"api_key\" cannot be set here: the key is never "
                                    "kept in the configuration"},
        {HEAD "\"site\":\"datadog.com\"}",
         "c.json:1:35: site: \"datadog.com\" is not a Datadog site"},
        {HEAD "\"site\":3}", "c.json:1:35: \"site\" must be a text in quotes"},
        {HEAD "\"site\":null}", "c.json:1:35: \"site\" must be a text in quotes"},
        {HEAD "\"site\":\"\"}",
         "c.json:1:35: \"site\" is empty; write a value or leave the key out"},
        {HEAD "\"endpoint\":\"http://h.example\"}", "c.json:1:35: endpoint: "},
        {HEAD "\"proxy\":\"http://u:hunter2@h:1\"}",
         "c.json:1:35: proxy: user and password of a proxy are not kept here; put credentials into "
         "HTTPS_PROXY"},
        {HEAD "\"connect_to\":\"h\"}", "c.json:1:35: connect_to: "},
        {HEAD "\"ca_file\":\"ca.pem\"}", "c.json:1:35: ca_file: write the whole path, from /"},
        {HEAD "\"ca_file\":\"/a\\nb\"}", "c.json:1:35: \"ca_file\" holds a character"},
        {HEAD "\"encoding\":\"gzi\"}", "c.json:1:35: encoding: it must be one of gzip|zstd|none"},
        {HEAD "\"verified\":\"true\"}", "c.json:1:35: \"verified\" must be true or false"},
        {HEAD "\"tags\":\"a:b\"}", "c.json:1:35: \"tags\" must be an array [ ... ]"},
        {HEAD "\"tags\":[\"a:b\",\n 3]}", "c.json:2:2: a tag must be a text in quotes"},
        {HEAD "\"tags\":[\"a:b\",\n \"host:c\"]}", "c.json:2:2: the tag \"host:c\" is refused"},
        {HEAD "\"tags\":[\"a:b,c:d\"]}", "c.json:1:43: one tag is expected in each text"},
        {HEAD "\"key_source\":\"file\"}", "c.json:1:35: key_name: for the key source \"file\""},
        {HEAD "\"key_source\":\"fd\",\"key_name\":\"x\"}", "c.json:1:35: key_name: for the key"},
        {HEAD "\"key_source\":\"credential\",\"key_name\":\"../x\"}", "c.json:1:35: key_name: for"},
        {"{\"version\":1,\"integration\":\"Acme\"}",
         "c.json:1:14: integration: it must be lowercase"},
        {HEAD "\"key_name\":\"0123456789abcdef0123456789abcdef\"}",
         "c.json:1:35: this looks like a key"},
        {HEAD "\"0123456789abcdef0123456789abcdef\":1}", "c.json:1:35: this looks like a key"},
        {HEAD "\"tags\":[\"x\",\"k:0123456789abcdef0123456789abcdef\"]}",
         "c.json:1:47: this looks like a key"},
        {HEAD "\"proxy\":\"http://h/0123456789abcdef0123456789abcdef\"}",
         "c.json:1:35: this looks like a key"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct dl_config *config = NULL;
        struct dl_error err = {0};

        assert_int_equal(
            dl_config_read_text(&config, rows[i][0], strlen(rows[i][0]), "c.json", &err),
            -DL_E_CFG_PARSE);
        assert_int_equal(err.code, DL_E_CFG_PARSE);
        assert_null(config);
        if (strncmp(err.text, rows[i][1], strlen(rows[i][1])) != 0)
            fail_msg("%s\n  says %s\n  not  %s", rows[i][0], err.text, rows[i][1]);
        assert_null(strstr(err.text, "hunter2"));
        assert_null(strstr(err.text, "0123456789abcdef"));
    }
}

static void a_newer_file_is_left_to_a_newer_program(void **state)
{
    static const char text[] = "{\"version\":2,\"integration\":\"acme\",\"future\":1}";
    struct dl_config *config = NULL;
    struct dl_error err;

    (void)state;
    assert_int_equal(dl_config_read_text(&config, text, strlen(text), "c.json", &err),
                     -DL_E_CFG_NEWER);
    assert_int_equal(err.code, DL_E_CFG_NEWER);
    assert_string_equal(err.text, "c.json:1:2: the file has version 2, and this ddlogs reads up to "
                                  "1; update ddlogs");
}

static void a_value_is_set_with_its_origin_or_stays(void **state)
{
    struct dl_config *config = fresh();
    struct dl_error err;

    (void)state;
    assert_int_equal(dl_config_set(config, DL_PROP_SITE, "EU1", DL_ORIGIN_ENVIRONMENT, &err), 0);
    assert_int_equal(config->origin[DL_PROP_SITE], DL_ORIGIN_ENVIRONMENT);
    assert_value(config, DL_PROP_SITE, "eu1");
    assert_int_equal(dl_config_set(config, DL_PROP_SITE, "nowhere", DL_ORIGIN_OPTION, &err),
                     -DL_E_SITE);
    assert_true(strncmp(err.text, "site: ", 6) == 0);
    assert_int_equal(config->origin[DL_PROP_SITE], DL_ORIGIN_ENVIRONMENT);
    assert_value(config, DL_PROP_SITE, "eu1");

    assert_int_equal(dl_config_set(config, DL_PROP_TAGS, "a:b C:d", DL_ORIGIN_OPTION, &err), 0);
    assert_value(config, DL_PROP_TAGS, "a:b,c:d");
    assert_int_equal(dl_config_set(config, DL_PROP_TAGS, "e:f,host:x", DL_ORIGIN_OPTION, &err),
                     -DL_E_TAG);
    assert_value(config, DL_PROP_TAGS, "a:b,c:d");

    assert_int_equal(dl_config_set(config, DL_PROP_ENCODING, "zstd", DL_ORIGIN_OPTION, &err), 0);
    assert_int_equal(config->encoding, DL_ENCODING_ZSTD);
    assert_int_equal(dl_config_set(config, DL_PROP_ENCODING, "br", DL_ORIGIN_OPTION, &err),
                     -DL_E_VALUE);
    assert_int_equal(config->encoding, DL_ENCODING_ZSTD);
    assert_int_equal(dl_config_set(config, DL_PROP_ENCODING, NULL, DL_ORIGIN_OPTION, &err), 0);
    assert_int_equal(config->encoding, DL_ENCODING_GZIP);
    assert_int_equal(config->origin[DL_PROP_ENCODING], DL_ORIGIN_DEFAULT);

    assert_int_equal(dl_config_set(config, DL_PROP_KEY_NAME, "a\nb", DL_ORIGIN_OPTION, &err),
                     -DL_E_VALUE);
    assert_int_equal(dl_config_set(config, DL_PROP_KEY_NAME, "\xff", DL_ORIGIN_OPTION, &err),
                     -DL_E_VALUE);
    assert_int_equal(dl_config_set(config, DL_PROP_KEY_NAME, "0123456789abcdef0123456789abcdef",
                                   DL_ORIGIN_OPTION, &err),
                     -DL_E_VALUE);
    assert_null(strstr(err.text, "0123456789abcdef"));
    assert_null(config->key_name);
    dl_config_free(config);
}

static void a_relative_ca_file_of_the_command_line_becomes_a_whole_path(void **state)
{
    struct dl_config *config = fresh();
    char expected[5000], here[4096];

    (void)state;
    assert_non_null(getcwd(here, sizeof here));
    snprintf(expected, sizeof expected, "%s/ca.pem", here);
    assert_int_equal(dl_config_set(config, DL_PROP_CA_FILE, "ca.pem", DL_ORIGIN_OPTION, NULL), 0);
    assert_value(config, DL_PROP_CA_FILE, expected);
    assert_int_equal(dl_config_set(config, DL_PROP_CA_FILE, "/x/ca.pem", DL_ORIGIN_FILE, NULL), 0);
    assert_value(config, DL_PROP_CA_FILE, "/x/ca.pem");
    assert_int_equal(dl_config_set(config, DL_PROP_CA_FILE, "ca.pem", DL_ORIGIN_FILE, NULL),
                     -DL_E_VALUE);
    dl_config_free(config);
}

static void a_long_value_ends_at_its_limit(void **state)
{
    struct dl_config *config = fresh();
    char text[DL_KEY_NAME_MAX + 2];

    (void)state;
    memset(text, 'x', sizeof text);
    for (int more = 1; more >= -1; more--) {
        text[DL_KEY_NAME_MAX + more] = '\0';
        assert_int_equal(dl_config_set(config, DL_PROP_KEY_NAME, text, DL_ORIGIN_OPTION, NULL),
                         more > 0 ? -DL_E_VALUE : 0);
    }
    assert_value(config, DL_PROP_KEY_NAME, text);
    dl_config_free(config);
}

static void a_key_source_wants_a_fitting_name(void **state)
{
    static const struct {
        const char *source, *name;
        bool fits;
    } rows[] = {
        {"keyring", "", true},
        {"environment", "", true},
        {"session", "", true},
        {"file", "", false},
        {"file", "key", false},
        {"file", "/run/key", true},
        {"fd", "", false},
        {"fd", "3", true},
        {"fd", "-1", false},
        {"fd", "2147483647", true},
        {"fd", "2147483648", false},
        {"credential", "", false},
        {"credential", "ddlogs", true},
        {"credential", "a/b", false},
        {"credential", "..", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct dl_config *config = fresh();

        assert_int_equal(
            dl_config_set(config, DL_PROP_KEY_SOURCE, rows[i].source, DL_ORIGIN_OPTION, NULL), 0);
        assert_int_equal(
            dl_config_set(config, DL_PROP_KEY_NAME, rows[i].name, DL_ORIGIN_OPTION, NULL), 0);
        if ((dl_config_check(config, NULL) == 0) != rows[i].fits)
            fail_msg("%s %s", rows[i].source, rows[i].name);
        dl_config_free(config);
    }
}

/* Values that each property takes; chosen by chance in the next test. */
static const char *const values[DL_PROPERTY_COUNT][5] = {
    [DL_PROP_INTEGRATION] = {"acme", "a", "acme_widget-2", "z9"},
    [DL_PROP_SITE] = {"us1", "EU1", "https://x.us5.datadoghq.com/logs", "us2-fed"},
    [DL_PROP_ENDPOINT] = {"https://h.example", "http://127.0.0.1:1", "https://[::1]:2"},
    [DL_PROP_API_ENDPOINT] = {"https://api.example:444", "http://localhost:9"},
    [DL_PROP_CONNECT_TO] = {"10.1.2.3:443", "vpce.example:8443"},
    [DL_PROP_TAGS] = {"a:b", "env:prod,team:web", "größe:ä x:1 y", "\"q:w e\",z:1"},
    [DL_PROP_TAGS_IN] = {"attributes", "ddtags", "query"},
    [DL_PROP_PROXY] = {"none", "http://p.example:3128", "https://p.example"},
    [DL_PROP_CA_FILE] = {"/etc/ca.pem", "/a \"b\"\\c/ü.pem", "/tmp/x"},
    [DL_PROP_ENCODING] = {"gzip", "zstd", "none"},
    [DL_PROP_KEY_SOURCE] = {"keyring", "environment", "session"},
    [DL_PROP_KEY_NAME] = {"ddlogs", "/run/secrets/dd key", "7"},
    [DL_PROP_SPOOL] = {"/var/lib/ddlogs/acme/spool", "/tmp/a b"},
    [DL_PROP_SPOOL_BYTES] = {"1G", "64M", "16777216", "2T"},
    [DL_PROP_SPOOL_AGE] = {"17h", "90s", "7d"},
    [DL_PROP_WHEN_FULL] = {"block", "fail", "drop"},
    [DL_PROP_VERIFIED] = {"true", "false"},
};

static unsigned chance(unsigned below)
{
    static uint32_t seed = 20261122;

    seed = seed * 1664525u + 1013904223u;
    return (seed >> 16) % below;
}

static struct dl_config *by_chance(void)
{
    struct dl_config *config = fresh();
    struct dl_error err;

    for (enum dl_property p = 0; p < DL_PROPERTY_COUNT; p++) {
        unsigned count = 0;

        while (count < 5 && values[p][count] != NULL)
            count++;
        if (chance(2) == 0 &&
            dl_config_set(config, p, values[p][chance(count)], DL_ORIGIN_OPTION, &err) < 0)
            fail_msg("%s", err.text);
    }
    return config;
}

static void what_is_written_is_read_as_the_same(void **state)
{
    (void)state;
    for (int i = 0; i < 2000; i++) {
        struct dl_config *config = by_chance(), *again, *copy;
        struct dl_buffer text;

        dl_buffer_init(&text, DL_CONFIG_BYTES);
        assert_int_equal(dl_config_write_text(config, &text, NULL), 0);
        assert_int_equal(text.data[text.len - 1], '\n');
        again = read_text(text.data);
        assert_true(dl_config_equal(config, again));
        assert_written(again, text.data);
        assert_int_equal(dl_config_copy(&copy, config, NULL), 0);
        assert_true(dl_config_equal(config, copy));
        assert_written(copy, text.data);
        assert_memory_equal(copy->origin, config->origin, sizeof copy->origin);
        dl_buffer_free(&text);
        dl_config_free(config);
        dl_config_free(again);
        dl_config_free(copy);
    }
}

static void one_different_value_is_a_different_configuration(void **state)
{
    (void)state;
    for (enum dl_property p = 0; p < DL_PROPERTY_COUNT; p++) {
        struct dl_config *a = fresh(), *b = fresh();

        assert_true(dl_config_equal(a, b));
        assert_int_equal(
            dl_config_set(b, p, values[p][p == DL_PROP_VERIFIED ? 0 : 1], DL_ORIGIN_OPTION, NULL),
            0);
        assert_false(dl_config_equal(a, b));
        assert_false(dl_config_equal(b, a));
        dl_config_free(a);
        dl_config_free(b);
    }
}

static void the_limits_of_the_spool_are_numbers_with_units(void **state)
{
    struct dl_config *config;
    struct dl_error err;

    (void)state;
    assert_int_equal(dl_config_new(&config, "nginx", NULL), 0);
    assert_int_equal(dl_config_spool_bytes(config), UINT64_C(1) << 30);
    assert_int_equal(dl_config_spool_age_ms(config), 0);
    assert_int_equal(config->when_full, DL_WHEN_FULL_BLOCK);
    assert_int_equal(dl_config_set(config, DL_PROP_SPOOL_BYTES, "64M", DL_ORIGIN_FILE, NULL), 0);
    assert_int_equal(dl_config_set(config, DL_PROP_SPOOL_AGE, "17h", DL_ORIGIN_FILE, NULL), 0);
    assert_int_equal(dl_config_set(config, DL_PROP_WHEN_FULL, "drop", DL_ORIGIN_FILE, NULL), 0);
    assert_int_equal(dl_config_spool_bytes(config), 64 * 1024 * 1024);
    assert_int_equal(dl_config_spool_age_ms(config), 17 * 3600 * 1000);
    assert_int_equal(config->when_full, DL_WHEN_FULL_DROP);
    assert_int_equal(dl_config_set(config, DL_PROP_SPOOL_BYTES, "1M", DL_ORIGIN_FILE, &err),
                     -DL_E_VALUE);
    assert_string_equal(err.text,
                        "spool_bytes: it must be a number of bytes like 500M or 2G, at least 16M");
    assert_int_equal(dl_config_set(config, DL_PROP_SPOOL_AGE, "soon", DL_ORIGIN_FILE, &err),
                     -DL_E_VALUE);
    assert_string_equal(err.text, "spool_age: it must be a time like 90s, 30m, 12h or 7d");
    assert_int_equal(dl_config_spool_bytes(config),
                     64 * 1024 * 1024); /* what was refused left all */
    dl_config_free(config);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_configuration_holds_the_defaults),
        cmocka_unit_test(the_file_has_a_fixed_order_and_no_defaults),
        cmocka_unit_test(every_mistake_is_named_by_its_place),
        cmocka_unit_test(a_newer_file_is_left_to_a_newer_program),
        cmocka_unit_test(a_value_is_set_with_its_origin_or_stays),
        cmocka_unit_test(a_relative_ca_file_of_the_command_line_becomes_a_whole_path),
        cmocka_unit_test(a_long_value_ends_at_its_limit),
        cmocka_unit_test(a_key_source_wants_a_fitting_name),
        cmocka_unit_test(what_is_written_is_read_as_the_same),
        cmocka_unit_test(one_different_value_is_a_different_configuration),
        cmocka_unit_test(the_limits_of_the_spool_are_numbers_with_units),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
