#include "secret/keyring.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "secret/key_page.h"
#include "secret/keyring_protocol.h"

#define TIMEOUT_MS 3000
#define ENVIRONMENT_MAX 8

/* On pages of its own (dl_page_new): the answer to GET passes through it. */
struct dl_keyring {
    enum dl_keyring_verb verb;
    pid_t pid; /* 0: reaped */
    int fd;    /* -1: closed */
    int timeout_ms;
    int64_t deadline;
    bool finished, asked, has_key;
    int status;          /* when finished */
    struct dl_error err; /* when status is negative */
    struct dl_key *key;
    char label[256];
    size_t len;
    char answer[DL_KEYRING_ANSWER_MAX + 1];
};

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

/* The helper gets what leads to the session bus and nothing else of our environment: no DD_API_KEY,
 * nothing that makes GLib log or libsecret use a file, no language (its texts are for our reports).
 */
static void choose_environment(char *to[ENVIRONMENT_MAX + 1])
{
    static const char *const names[] = {"DBUS_SESSION_BUS_ADDRESS=", "XDG_RUNTIME_DIR=", "HOME="};
    size_t count = 0;

    for (char **entry = environ; entry && *entry; entry++)
        for (size_t i = 0; i < sizeof(names) / sizeof(names[0]) && count < ENVIRONMENT_MAX; i++)
            if (dl_text_starts(*entry, names[i]))
                to[count++] = *entry;
    to[count] = NULL;
}

static int set_up_spawn(posix_spawn_file_actions_t *actions, posix_spawnattr_t *attributes, int fd)
{
    sigset_t none, all;
    int rc;

    sigemptyset(&none);
    sigfillset(&all);
    rc = posix_spawn_file_actions_adddup2(actions, fd, STDIN_FILENO);
    rc = rc ? rc : posix_spawn_file_actions_adddup2(actions, fd, STDOUT_FILENO);
    rc = rc ? rc
            : posix_spawn_file_actions_addopen(actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    rc = rc ? rc : posix_spawn_file_actions_addclosefrom_np(actions, STDERR_FILENO + 1);
    /* A session of its own: no terminal to ask on, and Ctrl-C there is ours to handle. */
    rc = rc ? rc
            : posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK |
                                                       POSIX_SPAWN_SETSIGDEF);
    rc = rc ? rc : posix_spawnattr_setsigmask(attributes, &none);
    return rc ? rc : posix_spawnattr_setsigdefault(attributes, &all);
}

/* Returns 0 or an errno value. */
static int spawn(pid_t *pid, const char *helper, const char *const argv[], int fd)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    char *environment[ENVIRONMENT_MAX + 1];
    int rc = posix_spawn_file_actions_init(&actions);

    if (rc)
        return rc;
    rc = posix_spawnattr_init(&attributes);
    if (rc == 0) {
        choose_environment(environment);
        rc = set_up_spawn(&actions, &attributes, fd);
        if (rc == 0) /* the strings are not changed: POSIX has the type without const for history */
            rc = posix_spawn(pid, helper, &actions, &attributes, (char *const *)(uintptr_t)argv,
                             environment);
        posix_spawnattr_destroy(&attributes);
    }
    posix_spawn_file_actions_destroy(&actions);
    return rc;
}

static int start_helper(struct dl_keyring *keyring, const struct dl_keyring_request *request,
                        int fd, struct dl_error *err)
{
    static const char *const verbs[] = DL_KEYRING_VERBS;
    const char *helper = request->helper ? request->helper : DL_KEYRING_HELPER;
    char seconds[16];
    int rc;

    dl_text_format(seconds, sizeof(seconds), "%d", keyring->timeout_ms / 1000 + 2);
    const char *argv[] = {helper,
                          verbs[request->verb],
                          request->integration,
                          request->site,
                          request->unlock ? DL_KEYRING_ASK : DL_KEYRING_NEVER,
                          seconds,
                          NULL};
    rc = spawn(&keyring->pid, helper, argv, fd);
    if (rc == 0)
        return 0;
    keyring->pid = 0;
    return dl_error_set_errno(err, DL_E_KS_HELPER, rc, "the keyring helper %s cannot be run",
                              helper);
}

/* Our end is never waited for and never raises SIGPIPE. */
static int connect_helper(struct dl_keyring *keyring, const struct dl_keyring_request *request,
                          struct dl_error *err)
{
    int ends[2], rc;

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return dl_error_set_errno(err, DL_E_KS_HELPER, errno, "there is no socket for the keyring");
    keyring->fd = ends[0];
    rc = start_helper(keyring, request, ends[1], err);
    close(ends[1]);
    if (rc < 0)
        return rc;
    /* A key is far smaller than a socket's buffer, so this never waits. A helper that is gone
     * already shows when its answer is read. */
    if (request->verb == DL_KEYRING_STORE)
        send(keyring->fd, dl_key_text(request->key), dl_key_length(request->key),
             MSG_NOSIGNAL | MSG_DONTWAIT);
    shutdown(keyring->fd, SHUT_WR);
    return 0;
}

int dl_keyring_start(struct dl_keyring **out, const struct dl_keyring_request *request,
                     struct dl_error *err)
{
    bool locked;
    struct dl_keyring *keyring;
    int rc;

    if (!request->integration || !request->site ||
        (request->verb == DL_KEYRING_STORE && (!request->key || dl_key_length(request->key) == 0)))
        return dl_error_set(err, DL_E_INTERNAL, "the keyring was asked without a name or key");
    keyring = dl_page_new(sizeof(*keyring), &locked);
    if (!keyring)
        return dl_error_set(err, DL_E_NOMEM, "there is no memory to ask the keyring");
    keyring->verb = request->verb;
    keyring->asked = request->unlock;
    keyring->fd = -1;
    keyring->timeout_ms = request->timeout_ms > 0 ? request->timeout_ms : TIMEOUT_MS;
    keyring->deadline = dl_clock_ms() + keyring->timeout_ms;
    rc = connect_helper(keyring, request, err);
    if (rc < 0)
        dl_keyring_free(keyring);
    else
        *out = keyring;
    return rc;
}

int dl_keyring_fd(const struct dl_keyring *keyring)
{
    return keyring->fd;
}

int64_t dl_keyring_deadline(const struct dl_keyring *keyring)
{
    return keyring->deadline;
}

/* Ends the helper. Asked first whether it is still our child: the program around this library may
 * reap children by itself, and then the number could belong to somebody else. */
static void reap(struct dl_keyring *keyring)
{
    pid_t rc;

    close_fd(&keyring->fd);
    if (!keyring->pid)
        return;
    do
        rc = waitpid(keyring->pid, NULL, WNOHANG);
    while (rc < 0 && errno == EINTR);
    if (rc == 0) {
        kill(keyring->pid, SIGKILL);
        do
            rc = waitpid(keyring->pid, NULL, 0);
        while (rc < 0 && errno == EINTR);
    }
    keyring->pid = 0;
}

/* "E-KS-LOCKED The keyring is locked." -> code and text */
static int take_error(struct dl_keyring *keyring, char *text)
{
    const struct dl_error_info *info;
    char clean[sizeof(keyring->err.text)];
    char *sentence = strchr(text, ' ');

    if (sentence)
        *sentence++ = '\0';
    info = dl_error_find(text);
    dl_log_scrub(clean, sizeof(clean), sentence ? sentence : "", sentence ? strlen(sentence) : 0);
    return dl_error_set(&keyring->err, info && info->code ? info->code : DL_E_KS_OTHER, "%s",
                        clean[0] ? clean : "the keyring gave no reason");
}

static void take_label(struct dl_keyring *keyring, const char *text)
{
    struct dl_buffer clean;

    dl_buffer_init(&clean, DL_KEYRING_ANSWER_MAX * 4);
    if (dl_text_clean(&clean, text, strlen(text)) == 0)
        dl_text_copy(keyring->label, sizeof(keyring->label), dl_buffer_string(&clean));
    dl_buffer_free(&clean);
}

/* One line of the answer. *done is set by the last one. Returns the status so far. */
static int take_line(struct dl_keyring *keyring, char *line, bool *done)
{
    char *text = strchr(line, ' ');

    if (!text)
        return dl_error_set(&keyring->err, DL_E_KS_OTHER,
                            "the keyring helper's answer is not understood");
    text++;
    if (dl_text_starts(line, DL_KEYRING_WORD_LABEL)) {
        take_label(keyring, text);
    } else if (dl_text_starts(line, DL_KEYRING_WORD_STORED)) {
        keyring->has_key = strcmp(text, "yes") == 0;
    } else if (dl_text_starts(line, DL_KEYRING_WORD_KEY)) {
        dl_key_free(keyring->key);
        keyring->key = NULL;
        return dl_key_new(&keyring->key, text, strlen(text), &keyring->err);
    } else if (dl_text_starts(line, DL_KEYRING_WORD_DONE)) {
        *done = true;
        return strcmp(text, DL_KEYRING_OK) == 0 ? 0 : take_error(keyring, text);
    }
    return 0; /* a word of a newer helper */
}

static int take_answer(struct dl_keyring *keyring)
{
    bool done = false;
    int rc = 0;
    char *rest = keyring->answer, *line;

    while (rc == 0 && !done && strchr(rest, '\n')) {
        line = strsep(&rest, "\n");
        rc = take_line(keyring, line, &done);
    }
    if (rc == 0 && !done)
        rc = dl_error_set(&keyring->err, DL_E_KS_GONE,
                          "the keyring helper ended in the middle of its answer; try again");
    if (rc == 0 && keyring->verb == DL_KEYRING_GET && !keyring->key)
        rc = dl_error_set(&keyring->err, DL_E_KS_OTHER, "the keyring helper gave no key");
    return rc;
}

static int finish(struct dl_keyring *keyring, int status)
{
    keyring->finished = true;
    keyring->status = status;
    explicit_bzero(keyring->answer, sizeof(keyring->answer));
    reap(keyring);
    return status;
}

/* Reads what is there. 1: more may come; 0: the answer is whole, or nothing more will come. */
static int receive(struct dl_keyring *keyring)
{
    for (;;) {
        size_t room = DL_KEYRING_ANSWER_MAX - keyring->len;
        ssize_t n = recv(keyring->fd, keyring->answer + keyring->len, room, MSG_DONTWAIT);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno == EAGAIN)
            return 1;
        if (n <= 0 || room == 0)
            return 0;
        keyring->len += (size_t)n;
        keyring->answer[keyring->len] = '\0';
    }
}

int dl_keyring_step(struct dl_keyring *keyring, struct dl_error *err)
{
    if (!keyring->finished) {
        if (receive(keyring) == 0)
            finish(keyring, take_answer(keyring));
        else if (dl_clock_ms() < keyring->deadline)
            return 1;
        else
            finish(keyring,
                   dl_error_set(&keyring->err, DL_E_KS_TIMEOUT,
                                keyring->asked ? "nobody unlocked the keyring within %d.%d s"
                                               : "the keyring did not answer within %d.%d s",
                                keyring->timeout_ms / 1000, keyring->timeout_ms % 1000 / 100));
    }
    if (keyring->status < 0 && err)
        *err = keyring->err;
    return keyring->status;
}

struct dl_key *dl_keyring_take_key(struct dl_keyring *keyring)
{
    struct dl_key *key = keyring->key;

    keyring->key = NULL;
    return key;
}

const char *dl_keyring_label(const struct dl_keyring *keyring)
{
    return keyring->label;
}

bool dl_keyring_has_key(const struct dl_keyring *keyring)
{
    return keyring->has_key;
}

void dl_keyring_free(struct dl_keyring *keyring)
{
    if (!keyring)
        return;
    reap(keyring);
    dl_key_free(keyring->key);
    dl_page_free(keyring, sizeof(*keyring));
}

int dl_keyring_wait(struct dl_keyring *keyring, struct dl_error *err)
{
    int rc;

    while ((rc = dl_keyring_step(keyring, err)) > 0) {
        struct pollfd p = {.fd = keyring->fd, .events = POLLIN};
        int64_t left = keyring->deadline - dl_clock_ms();
        poll(&p, 1, left > 0 ? (int)left : 0);
    }
    return rc;
}

int dl_keyring_run(const struct dl_keyring_request *request, struct dl_key **key,
                   struct dl_error *err)
{
    struct dl_keyring *keyring;
    int rc = dl_keyring_start(&keyring, request, err);

    if (rc < 0)
        return rc;
    rc = dl_keyring_wait(keyring, err);
    if (rc == 0 && key)
        *key = dl_keyring_take_key(keyring);
    dl_keyring_free(keyring);
    return rc;
}
