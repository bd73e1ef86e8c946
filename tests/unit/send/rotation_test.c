#include "folder.h"

#include <fcntl.h>
#include <sys/time.h>

#include "send/rotation.h"

static void names_that_rotation_gives_are_known(void **state)
{
    static const char *const good[] = {
        "app.log.1",   "app.log.12",         "app.log-20260131", "app.log.2026-01-31T23",
        "app.log.old", "app-2026-01-31.log", "app.1.log",        "app_3.log"};
    static const char *const bad[] = {
        "app.log",  "app.log.gz",  "app.log.1.gz", "app.log.",    "app.log.bak",
        "app.log~", "apple.1.log", "other.log.1",  "app.log.swp", "app.log1",
        "",         "app-x.log"};

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_true(rotation_name("app.log", good[i]));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(rotation_name("app.log", bad[i]));
    assert_true(rotation_name("messages", "messages-20260131"));
    assert_false(rotation_name(".log", ".log2.log"));
}

static struct rotation_file stat_of(const char *name)
{
    struct rotation_file file;

    assert_true(rotation_stat(&file, AT_FDCWD, in_folder(name)));
    return file;
}

/* Written at this second, so that the order is certain. */
static void make(const char *name, time_t second)
{
    struct timeval at[2] = {{.tv_sec = second}, {.tv_sec = second}};

    put(in_folder(name), name);
    assert_int_equal(utimes(in_folder(name), at), 0);
}

static void brothers_come_in_the_order_of_their_age(void **state)
{
    struct rotation_done done = {.count = 0};
    struct rotation_file after, current, next;
    char path[400];

    (void)state;
    make("app.log.5", 50); /* older than the one we were at */
    make("app.log.4", 100);
    make("app.log.3", 200);
    make("app.log.2", 300);
    make("app.log.2.gz", 310);
    make("app.log", 400);
    after = stat_of("app.log.4");
    current = stat_of("app.log");
    assert_true(
        rotation_next(path, sizeof path, folder, "app.log", &after, &current, &done, &next));
    assert_string_equal(path, in_folder("app.log.3"));
    rotation_add(&done, &after);
    assert_true(rotation_next(path, sizeof path, folder, "app.log", &next, &current, &done, &next));
    assert_string_equal(path, in_folder("app.log.2"));
    assert_false(
        rotation_next(path, sizeof path, folder, "app.log", &next, &current, &done, &next));
    /* one that is done is not read again, though it seems as young */
    after = stat_of("app.log.3");
    rotation_add(&done, &after);
    next = stat_of("app.log.2");
    rotation_add(&done, &next);
    assert_false(
        rotation_next(path, sizeof path, folder, "app.log", &after, &current, &done, &next));
    assert_false(rotation_next(path, sizeof path, in_folder("none"), "app.log", &after, &current,
                               &done, &next));
}

static void a_file_is_found_under_its_new_name(void **state)
{
    struct rotation_file file;
    char path[400];

    (void)state;
    put(in_folder("here"), "x");
    file = stat_of("here");
    assert_int_equal(rename(in_folder("here"), in_folder("there")), 0);
    assert_true(rotation_find(path, sizeof path, folder, file.device, file.inode));
    assert_string_equal(path, in_folder("there"));
    assert_int_equal(unlink(in_folder("there")), 0);
    assert_false(rotation_find(path, sizeof path, folder, file.device, file.inode));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_that_rotation_gives_are_known),
        cmocka_unit_test(brothers_come_in_the_order_of_their_age),
        cmocka_unit_test(a_file_is_found_under_its_new_name),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
