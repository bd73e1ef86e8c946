/* No memory, at every single allocation: JSON, tags, sites, manifests, configurations. */
#include "oom.h"

#include "folder.h"

#include "base/file.h"
#include "base/json.h"
#include "identity/config.h"
#include "identity/integration.h"
#include "identity/site.h"
#include "identity/tag.h"

static const char manifest[] =
    "{\"version\":1,\"name\":\"acme_widget\",\"title\":\"Acme Widget\",\"source\":\"acme_widget\","
    "\"services\":[\"acme-api\",\"acme-web\"],\"suggested_tags\":[\"team:widgets\",\"env:prod\"],"
    "\"samples\":[\"the widget turned\",{\"message\":\"caf\\u00e9\",\"n\":[1,2]}],"
    "\"support\":\"help@acme.example\"}";
static const char config[] =
    "{\"version\":1,\"integration\":\"acme_widget\",\"site\":\"eu1\",\"tags\":[\"env:prod\","
    "\"team:web\"],\"proxy\":\"http://proxy.example:3128\",\"key_source\":\"file\","
    "\"key_name\":\"/etc/acme/key\",\"encoding\":\"gzip\",\"verified\":true}";

/* ---- JSON ---- */

static int reads_json(void *context)
{
    cJSON *root = NULL;
    int rc = dl_json_parse(&root, manifest, strlen(manifest), &dl_json_default_limits, NULL);

    (void)context;
    assert_true((rc == 0) == (root != NULL));
    cJSON_Delete(root);
    return rc;
}

static int writes_json(void *context)
{
    struct dl_buffer out;
    struct dl_json w;

    (void)context;
    dl_buffer_init(&out, 100000);
    dl_json_begin(&w, &out, 2);
    dl_json_object(&w);
    dl_json_key(&w, "list");
    dl_json_array(&w);
    for (int i = 0; i < 500; i++)
        dl_json_string(&w, "a \"quoted\" text\n");
    dl_json_array_end(&w);
    dl_json_member_integer(&w, "n", 7);
    dl_json_object_end(&w);
    int rc = dl_json_end(&w);
    dl_buffer_free(&out);
    return rc;
}

static void json_is_read_and_written_or_the_code_says_why(void **state)
{
    (void)state;
    oom_each(reads_json, NULL);
    oom_each(writes_json, NULL);
}

/* ---- tags and sites ---- */

static void hears(void *context, const struct dl_tag_word *word)
{
    (void)context;
    assert_non_null(word->before);
    assert_non_null(word->after);
    assert_non_null(word->why);
}

static int parses_tags(void *context)
{
    struct dl_tags tags = {0};
    int rc = dl_tags_parse(&tags, "env:prod", NULL, NULL, NULL);

    (void)context;
    if (rc == 0) {
        rc = dl_tags_parse(&tags, "DD_TAGS=\"Team:Web Ops\", role:db env:prod zone:a,zone:b", hears,
                           NULL, NULL);
        assert_int_equal(tags.count, rc == 0 ? 5 : 1); /* all or nothing */
        assert_string_equal(tags.items[0], "env:prod");
    }
    dl_tags_free(&tags);
    return rc;
}

static int copies_tags(void *context)
{
    struct dl_tags to = {0};
    int rc = dl_tags_parse(&to, "old:one", NULL, NULL, NULL);

    if (rc == 0) {
        rc = dl_tags_copy(&to, context, NULL);
        assert_int_equal(to.count, rc == 0 ? 3 : 1);
    }
    dl_tags_free(&to);
    return rc;
}

static void tags_are_taken_whole_or_not_at_all(void **state)
{
    struct dl_tags tags = {0};

    (void)state;
    oom_each(parses_tags, NULL);
    assert_int_equal(dl_tags_parse(&tags, "a:1,b:2,c:3", NULL, NULL, NULL), 0);
    oom_each(copies_tags, &tags);
    dl_tags_free(&tags);
}

/* Recognising needs no memory; only repeating a wrong address does, and that may be withheld. */
static int refuses_a_site(void *context)
{
    const struct dl_site *site = NULL;
    struct dl_error err = {0};

    (void)context;
    assert_int_equal(dl_site_recognise(&site, NULL, 0, "https://datadog.example", &err),
                     -DL_E_SITE);
    assert_null(site);
    return 0;
}

static void a_wrong_site_is_refused_all_the_same(void **state)
{
    (void)state;
    oom_each(refuses_a_site, NULL);
}

/* ---- the manifest ---- */

static int reads_a_manifest(void *context)
{
    struct dl_integration *integration = NULL;
    struct dl_error err = {0};
    int rc = dl_integration_read(&integration, context, &err);

    assert_true((rc == 0) == (integration != NULL));
    assert_int_equal(err.code, -rc);
    dl_integration_free(integration);
    return rc;
}

static int lists_integrations(void *context)
{
    char **names = NULL;
    int rc = dl_integration_list(&names, context, NULL);

    assert_true((rc == 0) == (names != NULL));
    dl_names_free(names);
    return rc;
}

static int finds_an_integration(void *context)
{
    struct dl_integration *integration = NULL;
    int rc = dl_integration_find(&integration, "acme_widget", context, NULL);

    assert_true((rc == 0) == (integration != NULL));
    dl_integration_free(integration);
    return rc;
}

static void a_manifest_is_read_and_found_or_the_code_says_why(void **state)
{
    (void)state;
    assert_int_equal(mkdir(in_folder("acme_widget"), 0700), 0);
    put(in_folder("acme_widget/manifest.json"), manifest);
    oom_each(reads_a_manifest, (void *)(uintptr_t)in_folder("acme_widget/manifest.json"));
    oom_each(lists_integrations, folder);
    oom_each(finds_an_integration, folder);
}

/* ---- the configuration ---- */

static int reads_a_configuration(void *context)
{
    struct dl_config *c = NULL;
    struct dl_error err = {0};
    int rc = dl_config_read(&c, context, &err);

    assert_true((rc == 0) == (c != NULL));
    assert_int_equal(err.code, -rc);
    dl_config_free(c);
    return rc;
}

static int copies_a_configuration(void *context)
{
    struct dl_config *c = NULL;
    int rc = dl_config_copy(&c, context, NULL);

    assert_true((rc == 0) == (c != NULL));
    if (rc == 0)
        assert_true(dl_config_equal(c, context));
    dl_config_free(c);
    return rc;
}

static const char *const values[DL_PROPERTY_COUNT] = {
    [DL_PROP_SITE] = "us3",
    [DL_PROP_ENDPOINT] = "https://intake.example",
    [DL_PROP_PROXY] = "none",
    [DL_PROP_TAGS] = "a:1,b:2",
    [DL_PROP_KEY_NAME] = "/other/key",
    [DL_PROP_CA_FILE] = "/etc/ca.pem",
};

/* Each property in turn: a failure leaves its old value. */
static int sets_properties(void *context)
{
    struct dl_config *c = NULL;
    struct dl_buffer before, after;
    int rc = dl_config_copy(&c, context, NULL);

    dl_buffer_init(&before, 10000);
    dl_buffer_init(&after, 10000);
    for (int p = 0; p < DL_PROPERTY_COUNT && rc == 0; p++) {
        if (values[p] == NULL)
            continue;
        dl_buffer_clear(&before);
        dl_buffer_clear(&after);
        rc = dl_config_write_text(c, &before, NULL);
        if (rc != 0)
            break;
        rc = dl_config_set(c, (enum dl_property)p, values[p], DL_ORIGIN_OPTION, NULL);
        if (rc != 0 && dl_config_write_text(c, &after, NULL) == 0)
            assert_string_equal(dl_buffer_string(&before), dl_buffer_string(&after));
    }
    dl_buffer_free(&before);
    dl_buffer_free(&after);
    dl_config_free(c);
    return rc;
}

/* The file is the old one or the new one, never another. */
static int saves_a_configuration(void *context)
{
    const char *path = context;
    struct dl_config *c = NULL;
    struct dl_buffer file;
    bool changed = false;

    put(path, config);
    int rc = dl_config_read(&c, path, NULL);
    if (rc == 0)
        rc = dl_config_set(c, DL_PROP_SITE, "us3", DL_ORIGIN_OPTION, NULL);
    if (rc == 0)
        rc = dl_config_save(c, path, &changed, NULL);
    dl_buffer_init(&file, 10000);
    if (dl_file_read(path, false, &file, NULL) == 0)
        assert_true((strstr(file.data, "\"us3\"") != NULL) == changed);
    if (rc == 0)
        assert_true(changed);
    dl_buffer_free(&file);
    dl_config_free(c);
    return rc;
}

static void a_configuration_is_read_changed_and_saved_or_stays(void **state)
{
    char path[320];
    struct dl_config *c;

    (void)state;
    snprintf(path, sizeof path, "%s/config.json", folder);
    put(path, config);
    assert_int_equal(chmod(path, 0600), 0);
    oom_each(reads_a_configuration, path);
    assert_int_equal(dl_config_read(&c, path, NULL), 0);
    oom_each(copies_a_configuration, c);
    oom_each(sets_properties, c);
    dl_config_free(c);
    oom_each(saves_a_configuration, path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_is_read_and_written_or_the_code_says_why),
        cmocka_unit_test(tags_are_taken_whole_or_not_at_all),
        cmocka_unit_test(a_wrong_site_is_refused_all_the_same),
        cmocka_unit_test(a_manifest_is_read_and_found_or_the_code_says_why),
        cmocka_unit_test(a_configuration_is_read_changed_and_saved_or_stays),
    };
    return cmocka_run_group_tests_name("identity without memory", tests, make_folder,
                                       remove_folder);
}
