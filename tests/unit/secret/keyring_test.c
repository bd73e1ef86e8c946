/* The client against helpers that misbehave. This program plays them itself: it names itself as the
 * helper, and the name of the integration says how to behave. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "secret/keyring.h"
#include "secret/redact.h"

#define KEY "0123456789abcdef0123456789abcdef"

/* ---- the helper's side ---- */

static void answer(const char *text)
{
    if (write(STDOUT_FILENO, text, strlen(text)) < 0)
        _exit(1);
}

/* Everything this process was given, as one line: arguments, environment, descriptors, session. */
static void describe_myself(char **argv)
{
    char fds[128] = "";
    struct dirent *entry;
    DIR *folder = opendir("/proc/self/fd");

    answer("label args");
    for (; *argv; argv++) {
        answer(" ");
        answer(*argv);
    }
    answer(" environ");
    for (char **e = environ; *e; e++) {
        answer(" ");
        answer(*e);
    }
    while (folder && (entry = readdir(folder)))
        if (entry->d_name[0] != '.' && atoi(entry->d_name) != dirfd(folder)) {
            strcat(fds, ".");
            strcat(fds, entry->d_name);
        }
    answer(" fds ");
    answer(fds);
    answer(getsid(0) == getpid() ? " own session" : " shared session");
    answer("\ndone ok\n");
}

static void leave_pid(const char *path)
{
    FILE *file = fopen(path, "w");

    if (!file)
        _exit(1);
    fprintf(file, "%d\n", (int)getpid());
    fclose(file);
}

static int play_helper(char **argv)
{
    static const struct {
        const char *name, *says;
    } plays[] = {
        {"whole", "label Login\nstored yes\ndone ok\n"},
        {"nothing", "stored no\ndone ok\n"},
        {"key", "key " KEY "\ndone ok\n"},
        {"later words", "colour blue\nkey " KEY "\ndone ok\n"},
        {"bad key", "key abc\x01\ndone ok\n"},
        {"garbage", "hello\nworld\n"},
        {"silent", ""},
        {"cut", "label Login\nstored yes\n"},
        {"cut in the key", "key 0123456789abcdef"},
        {"no key", "done ok\n"},
        {"locked", "label Login\ndone E-KS-LOCKED the keyring is locked\n"},
        {"none", "done E-KEY-NONE there is no key\n"},
        {"unknown code", "done E-NOPE what is this\n"},
        {"leaks", "done E-KS-OTHER cannot keep api_key=hunter2 \x1b[31m\n"},
        {"bare", "done \n"},
        {"hostile label", "label \x1b[31mred\x07 \xe2\x80\xaeright\ndone ok\n"},
    };
    const char *play = argv[2];
    char input[512];

    for (size_t i = 0; i < sizeof(plays) / sizeof(plays[0]); i++)
        if (strcmp(play, plays[i].name) == 0)
            answer(plays[i].says);
    if (strcmp(play, "describes") == 0)
        describe_myself(argv);
    if (strcmp(play, "takes the key") == 0) {
        ssize_t n, len = 0;
        while ((n = read(STDIN_FILENO, input + len, sizeof(input) - (size_t)len)) > 0)
            len += n;
        answer(len == 32 && memcmp(input, KEY, 32) == 0 ? "stored yes\ndone ok\n"
                                                        : "done E-KS-OTHER\n");
    }
    if (strcmp(play, "endless") == 0)
        for (;;)
            answer("label on and on and on and on and on and on and on and on and on and on\n");
    if (strcmp(play, "hangs") == 0) {
        leave_pid(argv[3]);
        for (;;)
            pause();
    }
    if (strcmp(play, "lingers") == 0) {
        leave_pid(argv[3]);
        answer("stored yes\ndone ok\n");
        close(STDIN_FILENO);
        close(STDOUT_FILENO);
        for (;;)
            pause();
    }
    return 0;
}

/* ---- the tests ---- */

static struct dl_keyring_request ask(enum dl_keyring_verb verb, const char *play)
{
    return (struct dl_keyring_request){.verb = verb,
                                       .helper = "/proc/self/exe",
                                       .integration = play,
                                       .site = "eu1",
                                       .timeout_ms = 20000};
}

static void wait_for(struct dl_keyring *keyring)
{
    struct pollfd p = {.fd = dl_keyring_fd(keyring), .events = POLLIN};
    int64_t left = dl_keyring_deadline(keyring) - dl_clock_ms();

    poll(&p, 1, left > 0 ? (int)left : 0);
}

/* Drives one request to its end; the caller frees. */
static int drive(struct dl_keyring **keyring, const struct dl_keyring_request *request,
                 struct dl_error *err)
{
    int rc;

    assert_int_equal(dl_keyring_start(keyring, request, err), 0);
    while ((rc = dl_keyring_step(*keyring, err)) > 0)
        wait_for(*keyring);
    assert_int_equal(dl_keyring_step(*keyring, err), rc);
    return rc;
}

static void tells_what_status_says(void **state)
{
    struct dl_keyring_request request = ask(DL_KEYRING_STATUS, "whole");
    struct dl_keyring *keyring;
    struct dl_error err = {0};

    (void)state;
    assert_int_equal(drive(&keyring, &request, &err), 0);
    assert_string_equal(dl_keyring_label(keyring), "Login");
    assert_true(dl_keyring_has_key(keyring));
    dl_keyring_free(keyring);

    request.integration = "nothing";
    assert_int_equal(drive(&keyring, &request, &err), 0);
    assert_false(dl_keyring_has_key(keyring));
    dl_keyring_free(keyring);

    request.integration = "locked";
    assert_int_equal(drive(&keyring, &request, &err), -DL_E_KS_LOCKED);
    assert_string_equal(err.text, "the keyring is locked");
    assert_string_equal(dl_keyring_label(keyring), "Login");
    dl_keyring_free(keyring);
}

static void cleans_the_label_that_the_keyring_gives(void **state)
{
    struct dl_keyring_request request = ask(DL_KEYRING_STATUS, "hostile label");
    struct dl_keyring *keyring;

    (void)state;
    assert_int_equal(drive(&keyring, &request, NULL), 0);
    assert_string_equal(dl_keyring_label(keyring), " [31mred  right");
    dl_keyring_free(keyring);
}

static void gives_the_key_once(void **state)
{
    static const char *const plays[] = {"key", "later words"};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct dl_keyring_request request = ask(DL_KEYRING_GET, plays[i]);
        struct dl_keyring *keyring;
        assert_int_equal(drive(&keyring, &request, NULL), 0);
        struct dl_key *key = dl_keyring_take_key(keyring);
        assert_string_equal(dl_key_text(key), KEY);
        assert_null(dl_keyring_take_key(keyring));
        dl_key_free(key);
        dl_keyring_free(keyring);
    }
}

static void hands_the_key_over_by_the_socket_alone(void **state)
{
    struct dl_keyring_request request = ask(DL_KEYRING_STORE, "takes the key");
    struct dl_key *key;

    (void)state;
    assert_int_equal(dl_key_new(&key, KEY, 32, NULL), 0);
    request.key = key;
    assert_int_equal(dl_keyring_run(&request, NULL, NULL), 0);

    /* what a helper can see of itself, and so can everybody else of it */
    setenv("DD_API_KEY", KEY, 1);
    setenv("LD_PRELOAD_CANARY", KEY, 1);
    setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/somewhere", 1);
    assert_int_equal(dup2(STDERR_FILENO, 50), 50); /* not close-on-exec */
    request = ask(DL_KEYRING_STORE, "describes");
    request.key = key;
    struct dl_keyring *keyring;
    assert_int_equal(drive(&keyring, &request, NULL), 0);
    const char *label = dl_keyring_label(keyring);
    assert_null(strstr(label, KEY));
    assert_null(strstr(label, "CANARY"));
    assert_non_null(strstr(label, "DBUS_SESSION_BUS_ADDRESS=unix:path=/somewhere"));
    assert_non_null(strstr(label, "never 22"));
    assert_non_null(strstr(label, " own session"));
    const char *fds = strstr(label, " fds ");
    assert_non_null(fds);
    assert_null(strstr(fds, "50"));
    assert_null(strstr(fds, ".3"));
    dl_keyring_free(keyring);
    close(50);
    unsetenv("DD_API_KEY");
    unsetenv("LD_PRELOAD_CANARY");
    unsetenv("DBUS_SESSION_BUS_ADDRESS");
    dl_key_free(key);
}

static void names_the_failure_of_a_helper_that_dies_or_talks_nonsense(void **state)
{
    static const struct {
        const char *play;
        enum dl_code code;
    } rows[] = {
        {"silent", DL_E_KS_GONE},   {"cut", DL_E_KS_GONE},       {"cut in the key", DL_E_KS_GONE},
        {"garbage", DL_E_KS_OTHER}, {"bad key", DL_E_KEY_SHAPE}, {"no key", DL_E_KS_OTHER},
        {"none", DL_E_KEY_NONE},    {"locked", DL_E_KS_LOCKED},  {"unknown code", DL_E_KS_OTHER},
        {"bare", DL_E_KS_OTHER},    {"endless", DL_E_KS_GONE},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct dl_keyring_request request = ask(DL_KEYRING_GET, rows[i].play);
        struct dl_key *key = NULL;
        struct dl_error err = {0};
        assert_int_equal(dl_keyring_run(&request, &key, &err), -(int)rows[i].code);
        assert_int_equal(err.code, rows[i].code);
        assert_true(strlen(err.text) > 5);
        assert_null(key);
    }
}

static void cleans_and_redacts_what_the_helper_says(void **state)
{
    struct dl_keyring_request request = ask(DL_KEYRING_GET, "leaks");
    struct dl_error err = {0};
    struct dl_key *key = NULL;

    (void)state;
    dl_redact_install();
    assert_int_equal(dl_keyring_run(&request, &key, &err), -DL_E_KS_OTHER);
    assert_string_equal(err.text, "cannot keep api_key=********  [31m");
    dl_log_set_filter(NULL);
}

static char pid_file[] = "/tmp/keyring_test.XXXXXX";

static pid_t left_pid(void)
{
    int pid = 0;
    FILE *file = fopen(pid_file, "r");

    assert_non_null(file);
    assert_int_equal(fscanf(file, "%d", &pid), 1);
    fclose(file);
    return (pid_t)pid;
}

static void waits_until_pid_is_left(void)
{
    int64_t end = dl_clock_ms() + 20000;
    FILE *file;
    int pid = 0;

    while (pid == 0 && dl_clock_ms() < end) {
        file = fopen(pid_file, "r");
        if (file && fscanf(file, "%d", &pid) != 1)
            pid = 0;
        if (file)
            fclose(file);
        poll(NULL, 0, 5);
    }
    assert_true(pid > 0);
}

static void does_not_wait_for_a_helper_that_hangs_and_kills_it_at_the_deadline(void **state)
{
    struct dl_keyring_request request = ask(DL_KEYRING_STATUS, "hangs");
    struct dl_keyring *keyring;
    struct dl_error err = {0};
    int64_t begun = dl_clock_ms();

    (void)state;
    assert_int_equal(truncate(pid_file, 0), 0);
    request.site = pid_file;
    request.timeout_ms = 1500;
    assert_int_equal(dl_keyring_start(&keyring, &request, &err), 0);
    assert_int_equal(dl_keyring_step(keyring, &err), 1);
    assert_true(dl_clock_ms() - begun < 1000);
    waits_until_pid_is_left();
    while (dl_keyring_step(keyring, &err) > 0)
        wait_for(keyring);
    assert_int_equal(dl_keyring_step(keyring, &err), -DL_E_KS_TIMEOUT);
    assert_string_equal(err.text, "the keyring did not answer within 1.5 s");
    assert_true(dl_clock_ms() - begun >= 1500);
    assert_int_equal(kill(left_pid(), 0), -1);
    assert_int_equal(errno, ESRCH);
    dl_keyring_free(keyring);
}

static void ends_the_helper_when_it_is_cancelled(void **state)
{
    struct dl_keyring_request request = ask(DL_KEYRING_STATUS, "hangs");
    struct dl_keyring *keyring;

    (void)state;
    assert_int_equal(truncate(pid_file, 0), 0);
    request.site = pid_file;
    assert_int_equal(dl_keyring_start(&keyring, &request, NULL), 0);
    waits_until_pid_is_left();
    int64_t begun = dl_clock_ms();
    dl_keyring_free(keyring);
    assert_true(dl_clock_ms() - begun < 200);
    assert_int_equal(kill(left_pid(), 0), -1);
}

static void ends_a_helper_that_answered_but_stays(void **state)
{
    struct dl_keyring_request request = ask(DL_KEYRING_STATUS, "lingers");

    (void)state;
    request.site = pid_file;
    assert_int_equal(dl_keyring_run(&request, NULL, NULL), 0);
    assert_int_equal(kill(left_pid(), 0), -1);
}

static void leaves_no_child_and_no_descriptor_behind(void **state)
{
    static const char *const plays[] = {"whole", "silent", "garbage", "endless"};
    int before = dup(STDERR_FILENO), after;

    (void)state;
    close(before);
    for (size_t i = 0; i < 4; i++) {
        struct dl_keyring_request request = ask(DL_KEYRING_STATUS, plays[i]);
        dl_keyring_run(&request, NULL, NULL);
    }
    after = dup(STDERR_FILENO);
    close(after);
    assert_int_equal(after, before);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
}

static void works_in_a_program_that_ignores_its_children(void **state)
{
    struct dl_keyring_request request = ask(DL_KEYRING_GET, "key");
    struct dl_key *key = NULL;

    (void)state;
    signal(SIGCHLD, SIG_IGN);
    assert_int_equal(dl_keyring_run(&request, &key, NULL), 0);
    signal(SIGCHLD, SIG_DFL);
    dl_key_free(key);
}

static void survives_a_helper_that_does_not_read(void **state)
{
    struct dl_keyring_request request = ask(DL_KEYRING_STORE, "silent");
    struct dl_key *key;

    (void)state;
    assert_int_equal(dl_key_new(&key, KEY, 32, NULL), 0);
    request.key = key;
    for (int i = 0; i < 20; i++) /* SIGPIPE would end this program */
        assert_int_equal(dl_keyring_run(&request, NULL, NULL), -DL_E_KS_GONE);
    dl_key_free(key);
}

static void says_when_the_helper_is_not_installed(void **state)
{
    struct dl_keyring_request request = ask(DL_KEYRING_STATUS, "whole");
    struct dl_error err = {0};

    (void)state;
    request.helper = "/nonexistent/ddlogs-keyring";
    assert_int_equal(dl_keyring_run(&request, NULL, &err), -DL_E_KS_HELPER);
    assert_non_null(strstr(err.text, "/nonexistent/ddlogs-keyring"));
    assert_int_equal(err.sys_errno, ENOENT);
}

static void refuses_a_request_without_what_it_needs(void **state)
{
    struct dl_keyring_request request = ask(DL_KEYRING_STORE, "whole");

    (void)state;
    assert_int_equal(dl_keyring_run(&request, NULL, NULL), -DL_E_INTERNAL);
    request = ask(DL_KEYRING_GET, NULL);
    assert_int_equal(dl_keyring_run(&request, NULL, NULL), -DL_E_INTERNAL);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_what_status_says),
        cmocka_unit_test(cleans_the_label_that_the_keyring_gives),
        cmocka_unit_test(gives_the_key_once),
        cmocka_unit_test(hands_the_key_over_by_the_socket_alone),
        cmocka_unit_test(names_the_failure_of_a_helper_that_dies_or_talks_nonsense),
        cmocka_unit_test(cleans_and_redacts_what_the_helper_says),
        cmocka_unit_test(does_not_wait_for_a_helper_that_hangs_and_kills_it_at_the_deadline),
        cmocka_unit_test(ends_the_helper_when_it_is_cancelled),
        cmocka_unit_test(ends_a_helper_that_answered_but_stays),
        cmocka_unit_test(leaves_no_child_and_no_descriptor_behind),
        cmocka_unit_test(works_in_a_program_that_ignores_its_children),
        cmocka_unit_test(survives_a_helper_that_does_not_read),
        cmocka_unit_test(says_when_the_helper_is_not_installed),
        cmocka_unit_test(refuses_a_request_without_what_it_needs),
    };

    if (argc == 6)
        return play_helper(argv);
    int fd = mkstemp(pid_file);
    if (fd < 0)
        return 99;
    close(fd);
    int rc = cmocka_run_group_tests(tests, NULL, NULL);
    unlink(pid_file);
    return rc;
}
