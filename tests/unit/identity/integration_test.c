#include "folder.h"

#include <cjson/cJSON.h>

#include "base/buffer.h"
#include "identity/integration.h"

static struct dl_integration *read_text(const char *text)
{
    struct dl_integration *m = NULL;
    struct dl_error err = {0};

    if (dl_integration_read_text(&m, text, strlen(text), "m.json", &err) < 0)
        fail_msg("%s", err.text);
    return m;
}

static void the_least_manifest_fills_in_the_rest(void **state)
{
    struct dl_integration *m = read_text("{\"version\":1,\"name\":\"acme_widget\"}");

    (void)state;
    assert_string_equal(m->name, "acme_widget");
    assert_string_equal(m->title, "acme_widget");
    assert_string_equal(m->source, "acme_widget");
    assert_int_equal(m->service_count, 1);
    assert_string_equal(m->services[0], "acme_widget");
    assert_int_equal(m->sample_count, 0);
    assert_int_equal(m->suggested.count, 0);
    assert_int_equal(m->arrays, DL_ARRAYS_INDEX);
    assert_null(m->support);
    assert_string_equal(m->path, "m.json");
    dl_integration_free(m);
    dl_integration_free(NULL);
}

static void a_full_manifest_is_read(void **state)
{
    struct dl_integration *m = read_text(
        "{\"version\":1,\"name\":\"a\",\"title\":\"A \\u00fc\",\"source\":\"a\","
        "\"services\":[\"a-api\",\"a.worker\"],\"arrays\":\"join\",\"support\":\"s@a.example\","
        "\"suggested_tags\":[\"env:prod\",\"team:x\"],"
        "\"samples\":[\"text [1], {2}\",\n  { \"b\" : [ 1e400, \"x  y\\\" ]}\" ] ,\n \"c\":{ } } , "
        "\"t\"]}");

    (void)state;
    assert_string_equal(m->title, "A ü");
    assert_int_equal(m->service_count, 2);
    assert_string_equal(dl_integration_service(m, "a.worker"), "a.worker");
    assert_null(dl_integration_service(m, "A.worker"));
    assert_int_equal(m->arrays, DL_ARRAYS_JOIN);
    assert_string_equal(m->support, "s@a.example");
    assert_int_equal(m->suggested.count, 2);
    assert_int_equal(m->sample_count, 3);
    assert_string_equal(m->samples[0], "text [1], {2}");
    assert_string_equal(m->samples[1], "{\"b\":[1e400,\"x  y\\\" ]}\"],\"c\":{}}");
    assert_string_equal(m->samples[2], "t");
    dl_integration_free(m);
}

static void every_mistake_is_named_by_its_place(void **state)
{
    static const char *const rows[][2] = {
        {"", "m.json:1:1: "},
        {"[]", "m.json:1:1: an object { ... } is expected"},
        {"{\"version\":1,\n \"name\":\"a\",}", "m.json:2:13: "},
        {"{\"version\":1,\"name\":\"a\"} x", "m.json:1:26: "},
        {"{\"name\":\"a\"}", "m.json:1:1: \"version\" is missing; write \"version\": 1"},
        {"{\"version\":\"1\",\"name\":\"a\"}", "m.json:1:2: \"version\" must be a whole number"},
        {"{\"version\":0}", "m.json:1:2: \"version\" must be a whole number"},
        {"{\"version\":1.5}", "m.json:1:2: \"version\" must be a whole number"},
        {"{\"version\":2,\"new\":1}",
         "m.json:1:2: the file has version 2, and this ddlogs reads up "
         "to 1; update ddlogs"},
        {"{\"version\":1}", "m.json:1:1: \"name\" is missing"},
        {"{\"version\":1,\"name\":\"a\",\n  \"sample\":[]}",
         "m.json:2:3: unknown key \"sample\"; did you mean \"samples\"?"},
        {"{\"version\":1,\"name\":\"a\",\"colour\":1}", "m.json:1:25: unknown key \"colour\""},
        {"{\"version\":1,\"name\":\"A\"}", "m.json:1:14: \"name\" must be lowercase"},
        {"{\"version\":1,\"name\":\"../a\"}", "m.json:1:14: \"name\" must be lowercase"},
        {"{\"version\":1,\"name\":\"1a\"}", "m.json:1:14: \"name\" must be lowercase"},
        {"{\"version\":1,\"name\":\"\"}", "m.json:1:14: \"name\" is empty"},
        {"{\"version\":1,\"name\":3}", "m.json:1:14: \"name\" must be a text in quotes"},
        {"{\"version\":1,\"name\":\"a\",\"title\":\"\\u001b[2J\"}",
         "m.json:1:25: \"title\" holds a character that cannot be shown"},
        {"{\"version\":1,\"name\":\"a\",\"source\":\"A\"}",
         "m.json:1:25: \"source\" must be lowercase; write \"a\""},
        {"{\"version\":1,\"name\":\"a\",\"source\":\"b\"}",
         "m.json:1:25: \"source\" must be the integration's name; write \"a\""},
        {"{\"version\":1,\"name\":\"a\",\"services\":\"b\"}",
         "m.json:1:25: \"services\" must be an array"},
        {"{\"version\":1,\"name\":\"a\",\"services\":[\"b\",\n\"C\"]}",
         "m.json:2:1: a service must be lowercase"},
        {"{\"version\":1,\"name\":\"a\",\"services\":[\"b c\"]}",
         "m.json:1:37: a service is a letter"},
        {"{\"version\":1,\"name\":\"a\",\"services\":[\"b:\"]}",
         "m.json:1:37: a service is a letter"},
        {"{\"version\":1,\"name\":\"a\",\"services\":[\"\"]}",
         "m.json:1:37: a service is a letter"},
        {"{\"version\":1,\"name\":\"a\",\"services\":[null]}",
         "m.json:1:37: a service must be a text"},
        {"{\"version\":1,\"name\":\"a\",\"services\":[\"b\",\"b\"]}",
         "m.json:1:41: the service \"b\" is there twice"},
        {"{\"version\":1,\"name\":\"a\",\"samples\":[\"x\",3,\"y\"]}",
         "m.json:1:40: a sample is a text"},
        {"{\"version\":1,\"name\":\"a\",\"samples\":[[1]]}", "m.json:1:36: a sample is a text"},
        {"{\"version\":1,\"name\":\"a\",\"samples\":[\"\"]}", "m.json:1:36: a sample is empty"},
        {"{\"version\":1,\"name\":\"a\",\"suggested_tags\":[\"a:b\",\"host:x\"]}",
         "m.json:1:49: the tag \"host:x\" is refused"},
        {"{\"version\":1,\"name\":\"a\",\"suggested_tags\":[\"a:b,c:d\"]}",
         "m.json:1:43: one tag is expected"},
        {"{\"version\":1,\"name\":\"a\",\"suggested_tags\":[\"a:b\",\"a:b\"]}",
         "m.json:1:49: one tag is expected"},
        {"{\"version\":1,\"name\":\"a\",\"suggested_tags\":[1]}",
         "m.json:1:43: a tag must be a text"},
        {"{\"version\":1,\"name\":\"a\",\"arrays\":\"drop\"}",
         "m.json:1:25: \"arrays\" must be \"index\", \"join\" or \"keep\""},
        {"{\"version\":1,\"name\":\"a\",\"name\":\"b\"}", "m.json:1:"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct dl_integration *m = NULL;
        struct dl_error err = {0};

        assert_int_equal(
            dl_integration_read_text(&m, rows[i][0], strlen(rows[i][0]), "m.json", &err),
            -DL_E_MANIFEST);
        assert_int_equal(err.code, DL_E_MANIFEST);
        assert_null(m);
        if (strncmp(err.text, rows[i][1], strlen(rows[i][1])) != 0)
            fail_msg("%s\n  says     %s\n  not      %s", rows[i][0], err.text, rows[i][1]);
    }
}

static void a_key_anywhere_is_refused_and_not_repeated(void **state)
{
    static const char key[] = "0123456789abcdef0123456789abcdef";
    static const char *const formats[] = {"\"support\":\"%s\"",
                                          "\"samples\":[\"x\",\"k=%s\"]",
                                          "\"samples\":[{\"a\":{\"b\":[\"%s\"]}}]",
                                          "\"samples\":[{\"%s\":1}]",
                                          "\"%s\":1",
                                          "\"suggested_tags\":[\"k:%s\"]",
                                          "\"samples\":[{\"a\":\"\\u0030%.31s\"}]"};
    static const char *const places[] = {"1:25", "1:40", "1:36", "1:36", "1:25", "1:43", "1:36"};

    (void)state;
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        struct dl_integration *m = NULL;
        char text[300], expected[64];
        struct dl_error err;
        int len = snprintf(text, sizeof text, "{\"version\":1,\"name\":\"a\",");

        len += snprintf(text + len, sizeof text - (size_t)len, formats[i], i == 6 ? key + 1 : key);
        snprintf(text + len, sizeof text - (size_t)len, "}");
        assert_int_equal(dl_integration_read_text(&m, text, strlen(text), "m.json", &err),
                         -DL_E_MANIFEST);
        snprintf(expected, sizeof expected, "m.json:%s: this looks like a key", places[i]);
        if (strncmp(err.text, expected, strlen(expected)) != 0)
            fail_msg("%s\n  says %s", text, err.text);
        assert_null(strstr(err.text, "123456789abcdef"));
    }
}

/* A manifest with `count` elements in the array `key`; each is format with its number. */
static int read_many(const char *key, const char *format, int count)
{
    struct dl_integration *m = NULL;
    struct dl_buffer text;
    struct dl_error err;
    int status;

    dl_buffer_init(&text, 1 << 20);
    dl_buffer_format(&text, "{\"version\":1,\"name\":\"a\",\"%s\":[", key);
    for (int i = 0; i < count; i++) {
        dl_buffer_format(&text, "%s", i > 0 ? "," : "");
        dl_buffer_format(&text, format, i);
    }
    dl_buffer_text(&text, "]}");
    status = dl_integration_read_text(&m, text.data, text.len, "m.json", &err);
    if (status < 0)
        assert_non_null(strstr(err.text, "has at most"));
    dl_buffer_free(&text);
    dl_integration_free(m);
    return status;
}

static void lists_end_at_their_limits(void **state)
{
    (void)state;
    for (int more = -1; more <= 1; more++) {
        int expected = more > 0 ? -DL_E_MANIFEST : 0;

        assert_int_equal(read_many("services", "\"s%d\"", DL_SERVICES_MAX + more), expected);
        assert_int_equal(read_many("samples", "\"s%d\"", DL_SAMPLES_MAX + more), expected);
        assert_int_equal(read_many("samples", "{\"s\":%d}", DL_SAMPLES_MAX + more), expected);
        assert_int_equal(read_many("suggested_tags", "\"s:%d\"", DL_TAGS_MAX + more), expected);
    }
}

static int read_sized(const char *format, size_t size)
{
    char *value = malloc(size + 1), *text = malloc(size + 200);
    struct dl_integration *m = NULL;
    struct dl_error err;
    int status;

    assert_non_null(value);
    assert_non_null(text);
    memset(value, 'x', size);
    value[size] = '\0';
    snprintf(text, size + 200, format, value);
    status = dl_integration_read_text(&m, text, strlen(text), "m.json", &err);
    free(value);
    free(text);
    dl_integration_free(m);
    return status;
}

static void texts_end_at_their_limits(void **state)
{
    static const struct {
        const char *format;
        size_t max;
    } rows[] = {
        {"{\"version\":1,\"name\":\"%s\"}", DL_NAME_MAX},
        {"{\"version\":1,\"name\":\"a\",\"title\":\"%s\"}", DL_TITLE_MAX},
        {"{\"version\":1,\"name\":\"a\",\"support\":\"%s\"}", DL_SUPPORT_MAX},
        {"{\"version\":1,\"name\":\"a\",\"services\":[\"%s\"]}", DL_SERVICE_MAX},
        {"{\"version\":1,\"name\":\"a\",\"samples\":[\"%s\"]}", DL_SAMPLE_BYTES},
        {"{\"version\":1,\"name\":\"a\",\"samples\":[{\"a\":\"%s\"}]}", DL_SAMPLE_BYTES - 8},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(read_sized(rows[i].format, rows[i].max - 1), 0);
        assert_int_equal(read_sized(rows[i].format, rows[i].max), 0);
        assert_int_equal(read_sized(rows[i].format, rows[i].max + 1), -DL_E_MANIFEST);
    }
}

static void a_manifest_has_at_most_one_mebibyte(void **state)
{
    static const char start[] = "{\"version\":1,\"name\":\"a\"}";
    const char *path = in_folder("manifest.json");

    (void)state;
    for (size_t size = (1 << 20) - 1; size <= (1 << 20) + 1; size++) {
        struct dl_integration *m = NULL;
        struct dl_error err = {0};
        char *text = malloc(size + 1);

        assert_non_null(text);
        memset(text, ' ', size);
        memcpy(text, start, sizeof start - 1);
        text[size] = '\0';
        put(path, text);
        free(text);
        assert_int_equal(dl_integration_read(&m, path, &err), size <= 1 << 20 ? 0 : -DL_E_MANIFEST);
        dl_integration_free(m);
    }
}

static void what_is_no_file_is_a_manifest_error(void **state)
{
    struct dl_integration *m = NULL;
    struct dl_error err;

    (void)state;
    assert_int_equal(dl_integration_read(&m, in_folder("none.json"), &err), -DL_E_MANIFEST);
    assert_non_null(strstr(err.text, "none.json"));
    assert_int_equal(dl_integration_read(&m, folder, &err), -DL_E_MANIFEST);
    assert_null(m);
}

static void install(const char *where, const char *name, const char *text)
{
    char path[200];

    mkdir(in_folder(where), 0700);
    snprintf(path, sizeof path, "%s/%s", where, name);
    mkdir(in_folder(path), 0700);
    snprintf(path, sizeof path, "%s/%s/manifest.json", where, name);
    put(in_folder(path), text);
}

static void installed_integrations_are_listed_and_found(void **state)
{
    struct dl_integration *m = NULL;
    char search[400], **names;
    struct dl_error err;

    (void)state;
    install("own", "zebra", "{\"version\":1,\"name\":\"zebra\",\"title\":\"own\"}");
    install("own", "broken", "{");
    install("all", "zebra", "{\"version\":1,\"name\":\"zebra\",\"title\":\"all\"}");
    install("all", "ape", "{\"version\":1,\"name\":\"ape\"}");
    install("all", "other", "{\"version\":1,\"name\":\"renamed\"}");
    install("all", "Upper", "{}");
    install("all", ".hidden", "{}");
    mkdir(in_folder("all/empty"), 0700);
    put(in_folder("all/file"), "x");
    snprintf(search, sizeof search, "%s/nowhere::%s/own:%s/all:", folder, folder, folder);

    assert_int_equal(dl_integration_list(&names, search, &err), 0);
    assert_string_equal(names[0], "ape");
    assert_string_equal(names[1], "broken");
    assert_string_equal(names[2], "other");
    assert_string_equal(names[3], "zebra");
    assert_null(names[4]);
    dl_names_free(names);

    assert_int_equal(dl_integration_find(&m, "zebra", search, &err), 0);
    assert_string_equal(m->title, "own");
    dl_integration_free(m);
    m = NULL;
    assert_int_equal(dl_integration_find(&m, "broken", search, &err), -DL_E_MANIFEST);
    assert_int_equal(dl_integration_find(&m, "other", search, &err), -DL_E_MANIFEST);
    assert_non_null(strstr(err.text, "renamed"));
    assert_int_equal(dl_integration_find(&m, "zebro", search, &err), -DL_E_MANIFEST_NONE);
    assert_string_equal(err.text, "no integration \"zebro\" is installed; did you mean \"zebra\"?");
    assert_int_equal(dl_integration_find(&m, "../own/zebra", search, &err), -DL_E_MANIFEST_NONE);
    assert_int_equal(dl_integration_find(&m, "file", search, &err), -DL_E_MANIFEST_NONE);
    assert_null(m);
}

static void nothing_installed_is_an_empty_list(void **state)
{
    char **names;

    (void)state;
    assert_int_equal(dl_integration_list(&names, "", NULL), 0);
    assert_null(names[0]);
    dl_names_free(names);
    assert_int_equal(dl_integration_list(&names, in_folder("nowhere"), NULL), 0);
    assert_null(names[0]);
    dl_names_free(names);
    dl_names_free(NULL);
}

static void the_demo_manifest_is_one(void **state)
{
    struct dl_integration *m = NULL;
    struct dl_error err = {0};

    (void)state;
    if (dl_integration_read(&m, SOURCE_TREE "/docs/guide/acme_widget/manifest.json", &err) < 0)
        fail_msg("%s", err.text);
    assert_string_equal(m->name, "acme_widget");
    assert_int_equal(m->service_count, 2);
    assert_true(m->sample_count >= 3);
    for (size_t i = 0; i < m->sample_count; i++) {
        cJSON *json = cJSON_Parse(m->samples[i]);

        assert_null(strchr(m->samples[i], '\n'));
        assert_int_equal(cJSON_IsObject(json), m->samples[i][0] == '{');
        cJSON_Delete(json);
    }
    dl_integration_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_least_manifest_fills_in_the_rest),
        cmocka_unit_test(a_full_manifest_is_read),
        cmocka_unit_test(every_mistake_is_named_by_its_place),
        cmocka_unit_test(a_key_anywhere_is_refused_and_not_repeated),
        cmocka_unit_test(lists_end_at_their_limits),
        cmocka_unit_test(texts_end_at_their_limits),
        cmocka_unit_test_setup_teardown(a_manifest_has_at_most_one_mebibyte, make_folder,
                                        remove_folder),
        cmocka_unit_test_setup_teardown(what_is_no_file_is_a_manifest_error, make_folder,
                                        remove_folder),
        cmocka_unit_test_setup_teardown(installed_integrations_are_listed_and_found, make_folder,
                                        remove_folder),
        cmocka_unit_test_setup_teardown(nothing_installed_is_an_empty_list, make_folder,
                                        remove_folder),
        cmocka_unit_test(the_demo_manifest_is_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
