#include "folder.h"

#include "identity/paths.h"

#define SYSTEM DL_SYSCONFDIR "/ddlogs/acme/config.json"

static void the_variable_names_where_integrations_are(void **state)
{
    struct dl_path_environment e = {.integrations_path = "/opt/one:/opt/two"};

    (void)state;
    assert_string_equal(dl_integrations_path(&e), "/opt/one:/opt/two");
    e.integrations_path = "";
    assert_string_equal(dl_integrations_path(&e),
                        dl_integrations_path(&(struct dl_path_environment){0}));
    assert_true(dl_integrations_path(&e)[0] == '/');
}

static void
a_configuration_belongs_to_xdg_then_to_the_system_for_root_then_to_the_home(void **state)
{
    static const struct {
        struct dl_path_environment e;
        const char *path;
    } cases[] = {
        {{.home = "/home/you"}, "/home/you/.config/ddlogs/acme/config.json"},
        {{.home = "/home/you", .xdg_config_home = "/xdg"}, "/xdg/ddlogs/acme/config.json"},
        {{.home = "/home/you", .xdg_config_home = "here"},
         "/home/you/.config/ddlogs/acme/config.json"},
        {{.home = "/home/you", .xdg_config_home = ""}, "/home/you/.config/ddlogs/acme/config.json"},
        {{.home = "/root", .root = true}, SYSTEM},
        {{.home = "/root", .xdg_config_home = "/xdg", .root = true},
         "/xdg/ddlogs/acme/config.json"},
    };
    char path[200];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(dl_config_path(path, sizeof path, "acme", &cases[i].e, NULL), 0);
        assert_string_equal(path, cases[i].path);
    }
}

static void without_a_home_the_sentence_says_what_to_do(void **state)
{
    static const char *const homes[] = {NULL, "", "here"};
    struct dl_error err;
    char path[200];

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct dl_path_environment e = {.home = homes[i]};

        assert_int_equal(dl_config_path(path, sizeof path, "acme", &e, &err), -DL_E_CFG_PERM);
        assert_non_null(strstr(err.text, "--config"));
    }
}

static void a_path_that_does_not_fit_is_refused_never_cut(void **state)
{
    static const struct dl_path_environment all[] = {
        {.home = "/home/you"}, {.xdg_config_home = "/xdg/of/somebody"}, {.root = true}};
    char path[20];

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct dl_error err = {0};

        int rc = dl_config_path(path, sizeof path, "acme", &all[i], &err);

        assert_int_equal(rc, -(int)err.code);
        assert_int_not_equal(err.code, DL_OK);
    }
}

/* What a reader finds: the user's own where there is one. */
static void a_reader_takes_the_file_that_is_there(void **state)
{
    struct dl_path_environment e = {.xdg_config_home = folder};
    char path[200], mine[200];

    (void)state;
    snprintf(mine, sizeof mine, "%s/ddlogs/acme/config.json", folder);
    if (access(SYSTEM, F_OK) != 0) { /* none anywhere: where the wizard would write one */
        assert_int_equal(dl_config_find(path, sizeof path, "acme", &e, NULL), 0);
        assert_string_equal(path, mine);
    }
    assert_int_equal(mkdir(in_folder("ddlogs"), 0700), 0);
    assert_int_equal(mkdir(in_folder("ddlogs/acme"), 0700), 0);
    put(mine, "{}");
    assert_int_equal(dl_config_find(path, sizeof path, "acme", &e, NULL), 0);
    assert_string_equal(path, mine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_variable_names_where_integrations_are),
        cmocka_unit_test(
            a_configuration_belongs_to_xdg_then_to_the_system_for_root_then_to_the_home),
        cmocka_unit_test(without_a_home_the_sentence_says_what_to_do),
        cmocka_unit_test(a_path_that_does_not_fit_is_refused_never_cut),
        cmocka_unit_test_setup_teardown(a_reader_takes_the_file_that_is_there, make_folder,
                                        remove_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
