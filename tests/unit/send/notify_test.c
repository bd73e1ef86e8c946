#include "folder.h"

#include <sys/socket.h>
#include <sys/un.h>

#include "send/notify.h"

static int listen_at(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);

    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    if (*path == '@')
        address.sun_path[0] = '\0';
    assert_int_equal(bind(fd, (struct sockaddr *)&address,
                          (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path))),
                     0);
    return fd;
}

static void hears(int fd, const char *want)
{
    char got[200];
    ssize_t n = recv(fd, got, sizeof got - 1, 0);

    assert_true(n >= 0);
    got[n] = '\0';
    assert_string_equal(got, want);
}

static void the_service_manager_hears_what_is_said(void **state)
{
    char name[64];
    int fd = listen_at(in_folder("notify"));

    (void)state;
    assert_true(notify_send(in_folder("notify"), "READY=1\nSTATUS=x"));
    hears(fd, "READY=1\nSTATUS=x");
    close(fd);
    snprintf(name, sizeof name, "@ddlogs-test-%ld", (long)getpid());
    fd = listen_at(name);
    assert_true(notify_send(name, "STOPPING=1"));
    hears(fd, "STOPPING=1");
    close(fd);
}

static void without_a_listener_nothing_happens(void **state)
{
    char longest[200];

    (void)state;
    assert_false(notify_send(NULL, "READY=1"));
    assert_false(notify_send("", "READY=1"));
    assert_false(notify_send("relative", "READY=1"));
    assert_false(notify_send(in_folder("gone"), "READY=1"));
    memset(longest, '/', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    assert_false(notify_send(longest, "READY=1"));
}

static void only_the_watched_process_is_watched(void **state)
{
    struct watchdog w;
    char pid[32];

    (void)state;
    watchdog_open(&w, NULL, NULL, 0);
    assert_int_equal(watchdog_wait(&w, 0), -1);
    watchdog_open(&w, "x", NULL, 0);
    assert_int_equal(watchdog_wait(&w, 0), -1);
    watchdog_open(&w, "10000000", "1", 0);
    assert_int_equal(watchdog_wait(&w, 0), -1);
    snprintf(pid, sizeof pid, "%ld", (long)getpid());
    watchdog_open(&w, "10000000", pid, 0);
    assert_int_equal(watchdog_wait(&w, 0), 5000);
    watchdog_open(&w, "10000000", NULL, 0);
    assert_int_equal(watchdog_wait(&w, 6000), 0);
}

static void a_sender_that_stands_still_is_not_vouched_for(void **state)
{
    struct counters now = {.at_ms = 1000, .pending = 5, .requests = 1};
    struct watchdog w;

    (void)state;
    watchdog_open(&w, "10000000", NULL, 0);
    assert_false(watchdog_look(&w, &now)); /* not yet time */
    now.at_ms = 5000;
    assert_true(watchdog_look(&w, &now)); /* a request went out */
    now.at_ms = 10000;
    assert_true(watchdog_look(&w, &now)); /* 5 s without one are no cause */
    now.at_ms = 15000;
    assert_false(watchdog_look(&w, &now)); /* 10 s are */
    now.held = true;
    now.at_ms = 20000;
    assert_true(watchdog_look(&w, &now));
    now.held = false;
    now.at_ms = 30000;
    assert_false(watchdog_look(&w, &now));
    now.delivered++;
    now.at_ms = 35000;
    assert_true(watchdog_look(&w, &now));
    now.pending = 0;
    now.at_ms = 90000;
    assert_true(watchdog_look(&w, &now));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_service_manager_hears_what_is_said),
        cmocka_unit_test(without_a_listener_nothing_happens),
        cmocka_unit_test(only_the_watched_process_is_watched),
        cmocka_unit_test(a_sender_that_stands_still_is_not_vouched_for),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
