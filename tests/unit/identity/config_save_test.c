#include "folder.h"

#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/file.h"
#include "identity/config.h"

#define SAVES 200 /* of each writer */

static struct dl_config *fresh(const char *site)
{
    struct dl_config *config = NULL;

    assert_int_equal(dl_config_new(&config, "acme", NULL), 0);
    assert_int_equal(dl_config_set(config, DL_PROP_SITE, site, DL_ORIGIN_OPTION, NULL), 0);
    return config;
}

static struct dl_config *read_file(const char *path)
{
    struct dl_config *config = NULL;
    struct dl_error err = {0};

    if (dl_config_read(&config, path, &err) < 0)
        fail_msg("%s", err.text);
    return config;
}

static void assert_site(const char *path, const char *site)
{
    struct dl_config *config = read_file(path);

    assert_string_equal(config->site->id, site);
    dl_config_free(config);
}

static bool save(const struct dl_config *config, const char *path)
{
    struct dl_error err = {0};
    bool changed = false;

    if (dl_config_save(config, path, &changed, &err) < 0)
        fail_msg("%s", err.text);
    return changed;
}

static mode_t mode_of(const char *path)
{
    struct stat st;

    assert_int_equal(lstat(path, &st), 0);
    return st.st_mode & 07777;
}

static void files_are_0600_and_folders_0700_under_any_umask(void **state)
{
    static const mode_t masks[] = {0, 022, 077};
    struct dl_config *config = fresh("eu1");

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        mode_t before = umask(masks[i]);
        char path[64];

        snprintf(path, sizeof path, "a%zu/b/config.json", i);
        assert_true(save(config, in_folder(path)));
        umask(before);
        assert_int_equal(mode_of(in_folder(path)), 0600);
        snprintf(path, sizeof path, "a%zu/b", i);
        assert_int_equal(mode_of(in_folder(path)), 0700);
        snprintf(path, sizeof path, "a%zu", i);
        assert_int_equal(mode_of(in_folder(path)), 0700);
    }
    dl_config_free(config);
}

static void the_same_values_touch_nothing(void **state)
{
    struct dl_config *config = fresh("eu1");
    const char *path = in_folder("config.json");
    struct timespec long_ago[2] = {{1000000000, 5}, {1000000000, 5}};
    struct stat before, after;

    (void)state;
    assert_true(save(config, path));
    assert_int_equal(utimensat(AT_FDCWD, path, long_ago, 0), 0);
    assert_int_equal(stat(path, &before), 0);
    assert_false(save(config, path));
    dl_config_free(config);
    config = read_file(path);
    assert_false(save(config, path));
    assert_int_equal(stat(path, &after), 0);
    assert_int_equal(after.st_ino, before.st_ino);
    assert_int_equal(after.st_mtim.tv_sec, 1000000000);
    assert_int_equal(after.st_ctim.tv_nsec, before.st_ctim.tv_nsec);
    assert_int_not_equal(access(in_folder("config.json.bak"), F_OK), 0);
    dl_config_free(config);
}

static void the_old_file_is_kept_as_bak(void **state)
{
    struct dl_config *config = fresh("eu1");
    const char *path = in_folder("config.json");

    (void)state;
    assert_true(save(config, path));
    assert_int_equal(dl_config_set(config, DL_PROP_SITE, "us3", DL_ORIGIN_OPTION, NULL), 0);
    assert_true(save(config, path));
    assert_site(path, "us3");
    assert_site(in_folder("config.json.bak"), "eu1");
    assert_int_equal(mode_of(in_folder("config.json.bak")), 0600);
    dl_config_free(config);
}

static void a_file_that_was_changed_meanwhile_is_not_overwritten(void **state)
{
    const char *path = in_folder("config.json");
    struct dl_config *first = fresh("eu1"), *second;
    struct dl_error err;
    bool changed = true;

    (void)state;
    save(first, path);
    dl_config_free(first);
    first = read_file(path);
    second = read_file(path);
    dl_config_set(first, DL_PROP_SITE, "us3", DL_ORIGIN_OPTION, NULL);
    dl_config_set(second, DL_PROP_SITE, "us5", DL_ORIGIN_OPTION, NULL);
    assert_true(save(first, path));
    assert_int_equal(dl_config_save(second, path, &changed, &err), -DL_E_CFG_CHANGED);
    assert_int_equal(err.code, DL_E_CFG_CHANGED);
    assert_false(changed);
    assert_site(path, "us3");
    /* the first one goes on from its own save */
    dl_config_set(first, DL_PROP_SITE, "ap1", DL_ORIGIN_OPTION, NULL);
    assert_true(save(first, path));
    /* the file was removed: that is a change as well */
    assert_int_equal(unlink(path), 0);
    dl_config_set(first, DL_PROP_SITE, "ap2", DL_ORIGIN_OPTION, NULL);
    assert_int_equal(dl_config_save(first, path, NULL, &err), -DL_E_CFG_CHANGED);
    /* another path is another file */
    assert_true(save(first, in_folder("other.json")));
    dl_config_free(first);
    dl_config_free(second);
}

static void a_watched_path_is_guarded_before_its_first_file(void **state)
{
    const char *path = in_folder("config.json");
    struct dl_config *config = fresh("eu1"), *copy;
    struct dl_error err;

    (void)state;
    assert_int_equal(dl_config_watch(config, path, &err), 0);
    assert_int_equal(dl_config_copy(&copy, config, &err), 0);
    put(path, "somebody else's");
    assert_int_equal(dl_config_save(config, path, NULL, &err), -DL_E_CFG_CHANGED);
    assert_int_equal(dl_config_save(copy, path, NULL, &err), -DL_E_CFG_CHANGED);
    /* one who looked may replace even what cannot be read as a configuration */
    assert_int_equal(dl_config_watch(config, path, &err), 0);
    assert_true(save(config, path));
    assert_site(path, "eu1");
    dl_config_free(config);
    dl_config_free(copy);
}

static void a_link_stays_and_its_target_is_replaced(void **state)
{
    const char *link = in_folder("config.json"), *target = in_folder("dotfiles/ddlogs.json");
    struct dl_config *config = fresh("eu1");

    (void)state;
    save(config, target);
    assert_int_equal(symlink(target, link), 0);
    dl_config_free(config);
    config = read_file(link);
    dl_config_set(config, DL_PROP_SITE, "us3", DL_ORIGIN_OPTION, NULL);
    assert_true(save(config, link));
    assert_site(target, "us3");
    assert_int_equal(mode_of(link), 0777); /* still a link */
    dl_config_free(config);
}

static void a_folder_that_others_may_write_is_refused(void **state)
{
    static const mode_t modes[] = {0770, 0707, 0777, 01777};
    struct dl_config *config = fresh("eu1");
    struct dl_error err;

    (void)state;
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        assert_int_equal(chmod(folder, modes[i]), 0);
        assert_int_equal(dl_config_save(config, in_folder("config.json"), NULL, &err),
                         -DL_E_CFG_PERM);
        assert_non_null(strstr(err.text, folder));
        assert_int_not_equal(access(in_folder("config.json"), F_OK), 0);
    }
    assert_int_equal(chmod(folder, 0700), 0);
    /* a link must not lead to one either */
    assert_int_equal(mkdir(in_folder("open"), 0700), 0);
    put(in_folder("open/victim"), "old");
    assert_int_equal(chmod(in_folder("open"), 01777), 0);
    assert_int_equal(symlink(in_folder("open/victim"), in_folder("config.json")), 0);
    assert_int_equal(dl_config_save(config, in_folder("config.json"), NULL, &err), -DL_E_CFG_PERM);
    dl_config_free(config);
}

/* Root passes every mode, so the one who may not write is somebody else then. */
static void a_folder_that_cannot_be_written_is_named(void **state)
{
    struct dl_config *config = fresh("eu1");
    pid_t child;
    int status;

    (void)state;
    assert_int_equal(chmod(folder, 0500), 0);
    child = fork();
    if (child == 0) {
        struct dl_error err;

        if (geteuid() == 0 && (setgroups(0, NULL) < 0 || setresgid(65534, 65534, 65534) < 0 ||
                               setresuid(65534, 65534, 65534) < 0))
            _exit(2);
        status = dl_config_save(config, in_folder("config.json"), NULL, &err);
        _exit(status == -DL_E_CFG_PERM && strstr(err.text, folder) != NULL ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(chmod(folder, 0700), 0);
    assert_int_equal(status, 0);
    dl_config_free(config);
}

static void a_file_that_others_may_write_is_not_read(void **state)
{
    static const mode_t modes[] = {0620, 0602, 0666};
    const char *path = in_folder("config.json");
    struct dl_config *config = fresh("eu1"), *read = NULL;
    struct dl_error err;

    (void)state;
    save(config, path);
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        assert_int_equal(chmod(path, modes[i]), 0);
        assert_int_equal(dl_config_read(&read, path, &err), -DL_E_CFG_PERM);
        assert_non_null(strstr(err.text, "chmod go-w"));
    }
    assert_int_equal(chmod(path, 0644), 0);
    assert_site(path, "eu1");
    if (geteuid() == 0) { /* only root can give a file away */
        assert_int_equal(chown(path, 65534, 65534), 0);
        assert_int_equal(dl_config_read(&read, path, &err), -DL_E_CFG_PERM);
    }
    assert_null(read);
    dl_config_free(config);
}

static void what_cannot_be_read_says_why(void **state)
{
    struct dl_config *read = NULL;
    struct dl_error err;

    (void)state;
    assert_int_equal(dl_config_read(&read, in_folder("none.json"), &err), -DL_E_CFG_NONE);
    assert_non_null(strstr(err.text, "ddlogs setup"));
    assert_int_equal(dl_config_read(&read, in_folder("no/such/folder.json"), &err), -DL_E_CFG_NONE);
    assert_int_equal(dl_config_read(&read, folder, &err), -DL_E_IO);
    assert_int_equal(mkfifo(in_folder("fifo"), 0600), 0);
    assert_int_equal(dl_config_read(&read, in_folder("fifo"), &err), -DL_E_IO);
    put(in_folder("bad.json"), "{\n\"version\": 1,\n\"sitee\": 1}");
    assert_int_equal(dl_config_read(&read, in_folder("bad.json"), &err), -DL_E_CFG_PARSE);
    assert_non_null(
        strstr(err.text, "/bad.json:3:1: unknown key \"sitee\"; did you mean \"site\"?"));
    assert_null(read);
}

static void a_file_ends_at_its_limit(void **state)
{
    static const char start[] = "{\"version\":1,\"integration\":\"acme\"}";
    char *text = malloc(DL_CONFIG_BYTES + 2);

    (void)state;
    assert_non_null(text);
    for (int more = -1; more <= 1; more++) {
        struct dl_config *config = NULL;
        struct dl_error err;

        memset(text, ' ', DL_CONFIG_BYTES + 1);
        memcpy(text, start, sizeof start - 1);
        text[DL_CONFIG_BYTES + more] = '\0';
        put(in_folder("config.json"), text);
        assert_int_equal(dl_config_read(&config, in_folder("config.json"), &err),
                         more > 0 ? -DL_E_CFG_PARSE : 0);
        dl_config_free(config);
    }
    free(text);
}

static void what_the_check_refuses_is_not_saved(void **state)
{
    struct dl_config *config = fresh("eu1");
    struct dl_error err;

    (void)state;
    config->key_source = DL_KEY_FILE;
    assert_int_equal(dl_config_save(config, in_folder("config.json"), NULL, &err), -DL_E_VALUE);
    assert_int_not_equal(access(in_folder("config.json"), F_OK), 0);
    dl_config_free(config);
}

/* Takes the lock, adds one to the number in key_name, saves. Returns what went wrong. */
static int add_one(const char *path, const char *lock)
{
    int64_t deadline = dl_clock_ms() + 60000;
    struct dl_config *config;
    struct dl_error err;
    char number[16];
    int fd, status;

    while ((status = dl_file_lock(&fd, lock, &err)) == -DL_E_CFG_BUSY && dl_clock_ms() < deadline)
        sched_yield();
    if (status < 0)
        return status;
    status = dl_config_read(&config, path, &err);
    if (status == 0) {
        snprintf(number, sizeof number, "%ld", strtol(config->key_name, NULL, 10) + 1);
        status = dl_config_set(config, DL_PROP_KEY_NAME, number, DL_ORIGIN_OPTION, &err);
        if (status == 0)
            status = dl_config_save(config, path, NULL, &err);
        dl_config_free(config);
    }
    close(fd);
    return status;
}

static void two_writers_lose_no_change(void **state)
{
    const char *path = in_folder("config.json"), *lock = in_folder("config.lock");
    struct dl_config *config = fresh("eu1");
    pid_t writers[2];
    int status;

    (void)state;
    dl_config_set(config, DL_PROP_KEY_NAME, "0", DL_ORIGIN_OPTION, NULL);
    save(config, path);
    dl_config_free(config);
    for (int i = 0; i < 2; i++) {
        writers[i] = fork();
        if (writers[i] == 0) {
            for (int k = 0; k < SAVES; k++)
                if (add_one(path, lock) < 0)
                    _exit(1);
            _exit(0);
        }
    }
    for (int i = 0; i < 2; i++) {
        assert_int_equal(waitpid(writers[i], &status, 0), writers[i]);
        assert_int_equal(status, 0);
    }
    config = read_file(path);
    assert_int_equal(strtol(config->key_name, NULL, 10), 2 * SAVES);
    dl_config_free(config);
}

/* Puts a good file, one that others may write, and a link to that one at the path, in turns. */
static void swap_for_ever(const char *path)
{
    const char *link = in_folder("link"), *temp = in_folder("temp"), *evil = in_folder("evil"),
               *good = in_folder("good");

    for (;;) {
        if (symlink(evil, link) == 0)
            rename(link, path);
        if (linkat(AT_FDCWD, evil, AT_FDCWD, temp, 0) == 0)
            rename(temp, path);
        if (linkat(AT_FDCWD, good, AT_FDCWD, temp, 0) == 0)
            rename(temp, path);
    }
}

static void what_is_read_is_what_was_checked_whoever_swaps_the_file(void **state)
{
    const char *path = in_folder("config.json");
    struct dl_config *good = fresh("eu1"), *evil = fresh("us1");
    int taken = 0, refused = 0, status;
    pid_t child;

    (void)state;
    save(good, in_folder("good"));
    save(evil, in_folder("evil"));
    assert_int_equal(chmod(in_folder("evil"), 0666), 0);
    child = fork();
    if (child == 0)
        swap_for_ever(path);
    for (int64_t deadline = dl_clock_ms() + 20000;
         (taken < 300 || refused < 300) && dl_clock_ms() < deadline;) {
        struct dl_config *config = NULL;
        struct dl_error err;

        status = dl_config_read(&config, path, &err);
        if (status == 0)
            assert_string_equal(config->site->id, "eu1");
        taken += status == 0;
        refused += status == -DL_E_CFG_PERM;
        dl_config_free(config);
    }
    kill(child, SIGKILL);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(taken > 0 && refused > 0);
    dl_config_free(good);
    dl_config_free(evil);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, make_folder, remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(files_are_0600_and_folders_0700_under_any_umask),
        TEST(the_same_values_touch_nothing),
        TEST(the_old_file_is_kept_as_bak),
        TEST(a_file_that_was_changed_meanwhile_is_not_overwritten),
        TEST(a_watched_path_is_guarded_before_its_first_file),
        TEST(a_link_stays_and_its_target_is_replaced),
        TEST(a_folder_that_others_may_write_is_refused),
        TEST(a_folder_that_cannot_be_written_is_named),
        TEST(a_file_that_others_may_write_is_not_read),
        TEST(what_cannot_be_read_says_why),
        TEST(a_file_ends_at_its_limit),
        TEST(what_the_check_refuses_is_not_saved),
        TEST(two_writers_lose_no_change),
        TEST(what_is_read_is_what_was_checked_whoever_swaps_the_file),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
