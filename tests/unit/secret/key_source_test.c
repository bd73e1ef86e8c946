#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <pty.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "secret/key_source.h"

#define KEY "0123456789abcdef0123456789abcdef"

static char folder[64], file[128];

static int set_up(void **state)
{
    (void)state;
    snprintf(folder, sizeof(folder), "/tmp/key_source_test.XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    snprintf(file, sizeof(file), "%s/key", folder);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    unlink(file);
    return rmdir(folder);
}

static void put(const char *text, size_t len, mode_t mode)
{
    unlink(file);
    int fd = open(file, O_WRONLY | O_CREAT | O_EXCL, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, len), (ssize_t)len);
    assert_int_equal(fchmod(fd, mode), 0);
    close(fd);
}

/* Reads the file; what must come is a key for code 0, else that code and these words. */
static void expect_file(enum dl_code code, const char *words)
{
    struct dl_key *key = NULL;
    struct dl_error err = {0};

    assert_int_equal(dl_key_read_file(&key, file, &err), -(int)code);
    if (code == DL_OK)
        assert_string_equal(dl_key_text(key), KEY);
    else
        assert_null(key);
    if (!strstr(err.text, words))
        assert_string_equal(err.text, words);
    dl_key_free(key);
}

static void reads_a_file_that_is_its_owners_alone(void **state)
{
    (void)state;
    put(KEY, 32, 0600);
    expect_file(DL_OK, "");
    put("  " KEY "\r\n", 36, 0400);
    expect_file(DL_OK, "");
}

static void refuses_any_other_mode_and_gives_the_command_that_mends_it(void **state)
{
    static const mode_t modes[] = {0640, 0604, 0644, 0660, 0610, 0602, 0700, 04600, 01600, 0666};
    char mend[256];

    (void)state;
    snprintf(mend, sizeof(mend), "run: chmod 600 %s", file);
    for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
        put(KEY, 32, modes[i]);
        expect_file(DL_E_KEY_FILE, mend);
    }
}

static void refuses_a_file_of_another_user(void **state)
{
    (void)state;
    if (geteuid() != 0) /* only root can give a file away */
        return;
    put(KEY, 32, 0600);
    assert_int_equal(chown(file, 65534, 65534), 0);
    expect_file(DL_E_KEY_FILE, "belongs to user 65534");
    assert_int_equal(setegid(65534), 0);
    assert_int_equal(seteuid(65534), 0);
    expect_file(DL_E_KEY_FILE, "cannot be opened: Permission denied"); /* the folder is root's */
    assert_int_equal(seteuid(0), 0);
    assert_int_equal(setegid(0), 0);
}

static void refuses_what_is_no_regular_file_without_waiting_for_it(void **state)
{
    char target[160];

    (void)state;
    unlink(file);
    expect_file(DL_E_KEY_FILE, "No such file");
    assert_int_equal(mkfifo(file, 0600), 0);
    expect_file(DL_E_KEY_FILE, "is not a regular file");
    unlink(file);
    assert_int_equal(mkdir(file, 0700), 0);
    expect_file(DL_E_KEY_FILE, "is not a regular file");
    assert_int_equal(rmdir(file), 0);
    put(KEY, 32, 0600);
    snprintf(target, sizeof(target), "%s/target", folder);
    assert_int_equal(rename(file, target), 0);
    assert_int_equal(symlink(target, file), 0);
    expect_file(DL_E_KEY_FILE, "is a symbolic link");
    unlink(target);
}

static void refuses_what_a_key_file_cannot_hold(void **state)
{
    char large[4096];

    (void)state;
    put("", 0, 0600);
    expect_file(DL_E_KEY_NONE, "it is empty");
    put(" \n\n", 3, 0600);
    expect_file(DL_E_KEY_NONE, "it is empty");
    put(KEY "\n# my key\n", 42, 0600);
    expect_file(DL_E_KEY_SHAPE, "byte 33 of 41 of the key is a line end");
    put("ab\0cd", 5, 0600);
    expect_file(DL_E_KEY_SHAPE, "a control character");
    memset(large, 'a', sizeof(large));
    put(large, sizeof(large), 0600);
    expect_file(DL_E_LIMIT, "more than 1024 bytes");
}

static int pipe_with(const char *text, int *writer)
{
    int ends[2];

    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], text, strlen(text)), (ssize_t)strlen(text));
    if (writer)
        *writer = ends[1];
    else
        close(ends[1]);
    return ends[0];
}

static void reads_a_descriptor_until_its_end(void **state)
{
    struct dl_key *key = NULL;
    struct dl_error err = {0};
    int fd = pipe_with(KEY "\n", NULL);

    (void)state;
    assert_int_equal(dl_key_read_fd(&key, fd, &err), 0);
    assert_string_equal(dl_key_text(key), KEY);
    assert_int_equal(fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
    dl_key_free(key);
    close(fd);
    assert_int_equal(dl_key_read_fd(&key, fd, &err), -DL_E_KEY_NONE);
    assert_non_null(strstr(err.text, "is not open"));
    assert_int_equal(dl_key_read_fd(&key, -1, &err), -DL_E_KEY_NONE);
    fd = pipe_with("", NULL);
    assert_int_equal(dl_key_read_fd(&key, fd, &err), -DL_E_KEY_NONE);
    assert_non_null(strstr(err.text, "it is empty"));
    close(fd);
}

static void does_not_read_a_key_from_a_terminal_that_would_show_it(void **state)
{
    struct dl_key *key = NULL;
    struct dl_error err = {0};
    int ours, theirs;

    (void)state;
    assert_int_equal(openpty(&ours, &theirs, NULL, NULL, NULL), 0);
    assert_int_equal(dl_key_read_fd(&key, theirs, &err), -DL_E_KEY_NONE);
    assert_non_null(strstr(err.text, "is a terminal"));
    close(ours);
    close(theirs);
}

static void takes_the_key_out_of_the_environment(void **state)
{
    struct dl_key *key = NULL;
    struct dl_error err = {0};

    (void)state;
    unsetenv("DD_API_KEY");
    assert_int_equal(dl_key_take_environment(&key, &err), 0);
    assert_null(key);
    setenv("DD_API_KEY", KEY, 1);
    const char *bytes = getenv("DD_API_KEY");
    assert_int_equal(dl_key_take_environment(&key, &err), 0);
    assert_string_equal(dl_key_text(key), KEY);
    assert_null(getenv("DD_API_KEY"));
    for (size_t i = 0; i < 32; i++)
        assert_int_equal(bytes[i], 0);
    dl_key_free(key);
    setenv("DD_API_KEY", "", 1);
    assert_int_equal(dl_key_take_environment(&key, &err), 0);
    assert_null(key);
    setenv("DD_API_KEY", "a\nb", 1);
    assert_int_equal(dl_key_take_environment(&key, &err), -DL_E_KEY_SHAPE);
    assert_null(key);
    assert_null(getenv("DD_API_KEY"));
    assert_non_null(strstr(err.text, "DD_API_KEY: byte 2 of 3"));
}

static void expect_credential(const char *name, enum dl_code code, const char *words)
{
    struct dl_key *key = NULL;
    struct dl_error err = {0};

    assert_int_equal(dl_key_read_credential(&key, folder, name, &err), -(int)code);
    if (!strstr(err.text, words))
        assert_string_equal(err.text, words);
    dl_key_free(key);
}

static void reads_a_credential_of_systemd(void **state)
{
    struct dl_key *key = NULL;
    struct dl_error err = {0};

    (void)state;
    put(KEY "\n", 33, 0400);
    expect_credential("key", DL_OK, "");
    put(KEY, 32, 0440); /* how an access list for the unit's user shows */
    expect_credential("key", DL_OK, "");
    put(KEY, 32, 0444);
    expect_credential("key", DL_E_KEY_FILE, "has mode 0444");
    expect_credential("other", DL_E_KEY_NONE, "LoadCredentialEncrypted=other:FILE");
    expect_credential("../key", DL_E_KEY_NONE, "names no systemd credential");
    expect_credential("..", DL_E_KEY_NONE, "names no systemd credential");
    expect_credential("", DL_E_KEY_NONE, "names no systemd credential");
    expect_credential(NULL, DL_E_KEY_NONE, "names no systemd credential");
    assert_int_equal(dl_key_read_credential(&key, NULL, "key", &err), -DL_E_KEY_NONE);
    assert_non_null(strstr(err.text, "there is no systemd credential here"));
    assert_int_equal(dl_key_read_credential(&key, "relative", "key", &err), -DL_E_KEY_NONE);
}

static struct dl_config config; /* zeroed: what no test sets is not used */
static struct dl_key_environment environment;

static void expect_place(enum dl_key_place place, char *name, enum dl_code code, const char *words)
{
    struct dl_key *key = NULL;
    struct dl_error err = {0};

    config.key_source = place;
    config.key_name = name;
    assert_int_equal(dl_key_read(&key, &config, &environment, &err), -(int)code);
    if (code == DL_OK)
        assert_string_equal(dl_key_text(key), KEY);
    if (!strstr(err.text, words))
        assert_string_equal(err.text, words);
    dl_key_free(key);
}

static void reads_from_the_place_that_the_configuration_names(void **state)
{
    char number[16], integration[] = "acme", credential[] = "key";
    int writer, fd = pipe_with(KEY, NULL);

    (void)state;
    config.integration = integration;
    put(KEY, 32, 0600);
    expect_place(DL_KEY_FILE, file, DL_OK, "");
    expect_place(DL_KEY_FILE, NULL, DL_E_KEY_NONE, "names no key file");

    expect_place(DL_KEY_CREDENTIAL, credential, DL_E_KEY_NONE, "no systemd credential here");
    environment.credentials_directory = folder;
    expect_place(DL_KEY_CREDENTIAL, credential, DL_OK, "");

    snprintf(number, sizeof(number), "%d", fd);
    expect_place(DL_KEY_FD, number, DL_OK, "");
    expect_place(DL_KEY_FD, integration, DL_E_KEY_NONE, "names no descriptor");
    close(fd);

    expect_place(DL_KEY_ENVIRONMENT, NULL, DL_E_KEY_NONE, "DD_API_KEY is not set");
    assert_int_equal(dl_key_new(&environment.environment_key, KEY, 32, NULL), 0);
    expect_place(DL_KEY_ENVIRONMENT, NULL, DL_OK, "");
    dl_key_free(environment.environment_key);

    expect_place(DL_KEY_SESSION, NULL, DL_E_KEY_NONE, "--api-key-fd");

    expect_place(DL_KEY_KEYRING, NULL, DL_E_KEY_NONE, "no site is chosen");
    config.site = dl_site_by_id("eu1");
    environment.keyring_helper = "/nonexistent/ddlogs-keyring";
    expect_place(DL_KEY_KEYRING, NULL, DL_E_KS_HELPER, "cannot be run");

    /* a descriptor on which nothing comes */
    fd = pipe_with("", &writer);
    snprintf(number, sizeof(number), "%d", fd);
    environment.timeout_ms = 100;
    int64_t begun = dl_clock_ms();
    expect_place(DL_KEY_FD, number, DL_E_KEY_NONE, "no API key came in time");
    assert_true(dl_clock_ms() - begun >= 100);
    close(fd);
    close(writer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(reads_a_file_that_is_its_owners_alone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refuses_any_other_mode_and_gives_the_command_that_mends_it,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(refuses_a_file_of_another_user, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refuses_what_is_no_regular_file_without_waiting_for_it,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(refuses_what_a_key_file_cannot_hold, set_up, tear_down),
        cmocka_unit_test(reads_a_descriptor_until_its_end),
        cmocka_unit_test(does_not_read_a_key_from_a_terminal_that_would_show_it),
        cmocka_unit_test(takes_the_key_out_of_the_environment),
        cmocka_unit_test_setup_teardown(reads_a_credential_of_systemd, set_up, tear_down),
        cmocka_unit_test_setup_teardown(reads_from_the_place_that_the_configuration_names, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
