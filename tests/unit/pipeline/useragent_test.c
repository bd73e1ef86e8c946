/* User agents by patterns in uap-core's format, from a file of our own. */
#include "kit.h"

#include <stdlib.h>
#include <unistd.h>

#include "pipeline/parse.h"

static const char patterns[] = "user_agent_parsers:\n"
                               "  - regex: '(Firefox)/(\\d+)\\.(\\d+)(?:\\.(\\d+)|)'\n"
                               "  - regex: '(acmebot)/(\\d+)'\n"
                               "    regex_flag: 'i'\n"
                               "    family_replacement: 'Acme $1 v$2'\n"
                               "    v2_replacement: '7'\n"
                               "  - regex: '('\n" /* damaged: it is passed over */
                               "  - regex: 'Old(er|est)? Agent'\n"
                               "    family_replacement: '$1 $9'\n"
                               "os_parsers:\n"
                               "  - regex: '(Windows NT 10)\\.0'\n"
                               "    os_replacement: 'Windows'\n"
                               "    os_v1_replacement: '10'\n"
                               "  - regex: '(Android)[ ](\\d+)'\n"
                               "  - regex: '(Linux)'\n"
                               "device_parsers:\n"
                               "  - regex: 'acmebot'\n"
                               "    regex_flag: 'i'\n"
                               "    device_replacement: 'Spider'\n"
                               "    brand_replacement: 'Spider'\n"
                               "    model_replacement: 'Desktop'\n"
                               "  - regex: '; (Pixel [0-9]+)'\n"
                               "    brand_replacement: 'Google'\n"
                               "    model_replacement: '$1'\n";

static char path[] = "/tmp/ddlogs-agents-XXXXXX";

static int load(const char *text, struct dl_error *err)
{
    FILE *file = fopen(path, "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
    assert_int_equal(fclose(file), 0);
    return dl_useragent_load(path, err);
}

static int set_up(void **state)
{
    int fd = mkstemp(path);

    (void)state;
    return fd < 0 ? -1 : close(fd);
}

static int tear_down(void **state)
{
    (void)state;
    dl_useragent_unload();
    return unlink(path);
}

static void expect(const char *agent, const char *member, const char *as)
{
    assert_string_equal(shown(dl_value_get(dl_useragent_read(&arena, text_of(agent)), member)), as);
}

static void load_ours(void)
{
    struct dl_error err = {0};

    if (load(patterns, &err) < 0)
        fail_msg("%s", err.text);
    assert_true(dl_useragent_is_loaded());
}

static void groups_are_family_and_version(void **state)
{
    (void)state;
    load_ours();
    expect("Mozilla Firefox/128.0", "browser",
           "{\"family\":\"Firefox\",\"major\":\"128\",\"minor\":\"0\"}");
    expect("Mozilla Firefox/128.0.3", "browser",
           "{\"family\":\"Firefox\",\"major\":\"128\",\"minor\":\"0\",\"patch\":\"3\"}");
    expect("x (Android 14)", "os", "{\"family\":\"Android\",\"major\":\"14\"}");
}

static void replacements_take_the_groups_in(void **state)
{
    (void)state;
    load_ours();
    expect("AcmeBot/3", "browser",
           "{\"family\":\"Acme AcmeBot v3\",\"major\":\"3\",\"minor\":\"7\"}");
    expect("Older Agent", "browser", "{\"family\":\"er\"}");
    expect("(Windows NT 10.0; x)", "os", "{\"family\":\"Windows\",\"major\":\"10\"}");
}

static void devices_and_their_category(void **state)
{
    static const struct {
        const char *agent, *device;
    } cases[] = {
        {"acmebot/1", "{\"family\":\"Spider\",\"brand\":\"Spider\",\"model\":\"Desktop\","
                      "\"category\":\"Bot\"}"},
        {"(Linux; Android 14; Pixel 8) Mobile",
         "{\"family\":\"Pixel 8\",\"brand\":\"Google\",\"model\":\"Pixel 8\","
         "\"category\":\"Mobile\"}"},
        {"(Android 14; Tablet)", "{\"family\":\"Other\",\"category\":\"Tablet\"}"},
        {"(Windows NT 10.0)", "{\"family\":\"Other\",\"category\":\"Desktop\"}"},
        {"(X11; Linux x86_64)", "{\"family\":\"Other\",\"category\":\"Desktop\"}"},
        {"toaster", "{\"family\":\"Other\",\"category\":\"Other\"}"},
    };

    (void)state;
    load_ours();
    for (size_t i = 0; i < LENGTH(cases); i++)
        expect(cases[i].agent, "device", cases[i].device);
}

static void what_no_pattern_fits_is_other(void **state)
{
    (void)state;
    load_ours();
    expect("toaster", "browser", "{\"family\":\"Other\"}");
    expect("toaster", "os", "{\"family\":\"Other\"}");
    expect("", "browser", "{\"family\":\"Other\"}");
    dl_useragent_unload();
    assert_false(dl_useragent_is_loaded());
    expect("Firefox/1.2", "browser", "{\"family\":\"Other\"}");
}

static void files_that_are_none_of_uap_core(void **state)
{
    static const char *const none[] = {
        "",
        "a: 1\n",
        "[]\n",
        "user_agent_parsers: []\nos_parsers: []\n",
        "user_agent_parsers: 7\nos_parsers: []\ndevice_parsers: []\n",
        "user_agent_parsers: [\n"};
    struct dl_error err = {0};

    (void)state;
    for (size_t i = 0; i < LENGTH(none); i++) {
        if (load(none[i], &err) == 0)
            fail_msg("taken for uap-core's: %s", none[i]);
        assert_true(*err.text);
        assert_false(dl_useragent_is_loaded());
    }
    assert_true(dl_useragent_load("/nowhere/regexes.yaml", &err) < 0);
    assert_int_equal(
        load("user_agent_parsers: [7, {}]\nos_parsers: []\ndevice_parsers: []\n", &err), 0);
    expect("Firefox/1.2", "os", "{\"family\":\"Other\"}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ARENA_TEST(groups_are_family_and_version),   ARENA_TEST(replacements_take_the_groups_in),
        ARENA_TEST(devices_and_their_category),      ARENA_TEST(what_no_pattern_fits_is_other),
        ARENA_TEST(files_that_are_none_of_uap_core),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
