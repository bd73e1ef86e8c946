#include "secret/key_source.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "secret/keyring.h"

#define TIMEOUT_MS 3000
#define WAIT_FOREVER (-1)

/* Waits until fd can be read. */
static int wait_readable(int fd, int64_t deadline, struct dl_error *err)
{
    for (;;) {
        struct pollfd p = {.fd = fd, .events = POLLIN};
        int64_t left = deadline == WAIT_FOREVER ? -1 : deadline - dl_clock_ms();

        if (deadline != WAIT_FOREVER && left <= 0)
            return dl_error_set(err, DL_E_KEY_NONE, "no API key came in time from descriptor %d",
                                fd);
        int rc = poll(&p, 1, left > 1000 ? 1000 : (int)left);
        if (rc > 0)
            return 0;
        if (rc < 0 && errno != EINTR)
            return dl_error_set_errno(err, DL_E_IO, errno, "descriptor %d cannot be waited for",
                                      fd);
    }
}

/* Reads until end of file into the key's page; what passes the stack is wiped. */
static int read_into(struct dl_key *key, int fd, int64_t deadline, struct dl_error *err)
{
    char chunk[256];
    int rc = 0;

    while (rc == 0) {
        rc = wait_readable(fd, deadline, err);
        if (rc < 0)
            break;
        ssize_t n = read(fd, chunk, sizeof(chunk));
        if (n == 0)
            break;
        if (n > 0)
            rc = dl_key_append(key, chunk, (size_t)n, err);
        else if (errno != EINTR && errno != EAGAIN)
            rc = dl_error_set_errno(err, DL_E_IO, errno, "descriptor %d cannot be read", fd);
    }
    explicit_bzero(chunk, sizeof(chunk));
    return rc;
}

static int read_key(struct dl_key **out, int fd, int64_t deadline, struct dl_error *err)
{
    struct dl_key *key;
    int rc = dl_key_begin(&key, err);

    if (rc < 0)
        return rc;
    rc = read_into(key, fd, deadline, err);
    if (rc == 0)
        rc = dl_key_finish(key, err);
    if (rc == 0 && dl_key_length(key) == 0)
        rc = dl_error_set(err, DL_E_KEY_NONE, "it is empty; it should hold the API key");
    if (rc < 0)
        dl_key_free(key);
    else
        *out = key;
    return rc;
}

static int read_fd(struct dl_key **out, int fd, int64_t deadline, struct dl_error *err)
{
    int rc;

    if (fcntl(fd, F_GETFD) < 0)
        return dl_error_set(err, DL_E_KEY_NONE,
                            "descriptor %d is not open; give the key with, for example, "
                            "%d<KEYFILE at the end of the command",
                            fd, fd);
    if (isatty(fd))
        return dl_error_set(err, DL_E_KEY_NONE,
                            "descriptor %d is a terminal, which would show the key; "
                            "use a pipe or a file, or run: ddlogs key set",
                            fd);
    fcntl(fd, F_SETFD, FD_CLOEXEC); /* no child of ours shall hold it */
    rc = read_key(out, fd, deadline, err);
    if (rc < 0)
        dl_error_prefix(err, "API key from descriptor %d", fd);
    return rc;
}

int dl_key_read_fd(struct dl_key **out, int fd, struct dl_error *err)
{
    return read_fd(out, fd, WAIT_FOREVER, err);
}

/* Opens a file that must hold a secret, without following a link or waiting for a FIFO. */
static int open_file(int *out, const char *path, struct stat *st, struct dl_error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);

    if (fd < 0 && errno == ELOOP)
        return dl_error_set(err, DL_E_KEY_FILE,
                            "key file %s is a symbolic link; name the file that it points to",
                            path);
    if (fd < 0)
        return dl_error_set_errno(err, DL_E_KEY_FILE, errno, "key file %s cannot be opened", path);
    if (fstat(fd, st) != 0 || !S_ISREG(st->st_mode)) {
        close(fd);
        return dl_error_set(err, DL_E_KEY_FILE, "key file %s is not a regular file; name one",
                            path);
    }
    *out = fd;
    return 0;
}

/* The checks look at the open descriptor, so that nobody can change the file between look and read.
 */
static int check_owner(const char *path, const struct stat *st, struct dl_error *err)
{
    if (st->st_uid != geteuid() && st->st_uid != 0)
        return dl_error_set(err, DL_E_KEY_FILE,
                            "key file %s belongs to user %u, neither to you nor to root; "
                            "make it yours: chown %u %s",
                            path, (unsigned)st->st_uid, (unsigned)geteuid(), path);
    return 0;
}

static int read_open_file(struct dl_key **out, int fd, const char *path, struct dl_error *err)
{
    int rc = read_key(out, fd, WAIT_FOREVER, err);

    if (rc < 0)
        dl_error_prefix(err, "key file %s", path);
    return rc;
}

int dl_key_read_file(struct dl_key **out, const char *path, struct dl_error *err)
{
    struct stat st;
    int fd, rc = open_file(&fd, path, &st, err);

    if (rc < 0)
        return rc;
    rc = check_owner(path, &st, err);
    if (rc == 0 && (st.st_mode & 07177) != 0)
        rc = dl_error_set(err, DL_E_KEY_FILE,
                          "key file %s has mode %04o, but a key must be its owner's alone; "
                          "run: chmod 600 %s",
                          path, (unsigned)(st.st_mode & 07777), path);
    if (rc == 0)
        rc = read_open_file(out, fd, path, err);
    close(fd);
    return rc;
}

int dl_key_read_credential(struct dl_key **out, const char *folder, const char *name,
                           struct dl_error *err)
{
    char path[4096];
    struct stat st;
    int fd, rc;

    if (!name || !*name || strchr(name, '/') || name[0] == '.')
        return dl_error_set(
            err, DL_E_KEY_NONE,
            "the configuration names no systemd credential; set key_name to its name");
    if (!folder || folder[0] != '/')
        return dl_error_set(err, DL_E_KEY_NONE,
                            "there is no systemd credential here; start this as a unit that has "
                            "LoadCredentialEncrypted=%s:FILE",
                            name);
    rc = dl_path_join(path, sizeof(path), folder, name);
    if (rc < 0)
        return dl_error_set(err, DL_E_LIMIT, "the path of the systemd credential is too long");
    rc = open_file(&fd, path, &st, err);
    if (rc < 0) {
        if (err && err->sys_errno == ENOENT)
            return dl_error_set(err, DL_E_KEY_NONE,
                                "systemd gave this unit no credential %s; add to the unit: "
                                "LoadCredentialEncrypted=%s:FILE",
                                name, name);
        return rc;
    }
    rc = check_owner(path, &st, err);
    /* systemd lets the unit's user in by an access list, whose mask shows as reading by the group.
     */
    if (rc == 0 && (st.st_mode & 07137) != 0)
        rc = dl_error_set(err, DL_E_KEY_FILE,
                          "credential %s has mode %04o; systemd's own are for their owner alone",
                          path, (unsigned)(st.st_mode & 07777));
    if (rc == 0)
        rc = read_open_file(out, fd, path, err);
    close(fd);
    return rc;
}

static int read_keyring(struct dl_key **out, const struct dl_config *config,
                        const struct dl_key_environment *environment, struct dl_error *err)
{
    struct dl_keyring_request request = {.verb = DL_KEYRING_GET,
                                         .helper = environment->keyring_helper,
                                         .integration = config->integration,
                                         .timeout_ms = environment->timeout_ms};

    if (!config->site)
        return dl_error_set(err, DL_E_KEY_NONE, "no site is chosen, so no key can be looked up");
    request.site = config->site->id;
    return dl_keyring_run(&request, out, err);
}

static int read_configured_fd(struct dl_key **out, const struct dl_config *config,
                              const struct dl_key_environment *environment, struct dl_error *err)
{
    int timeout = environment->timeout_ms > 0 ? environment->timeout_ms : TIMEOUT_MS;
    uint64_t fd;

    if (!config->key_name || !dl_text_number(config->key_name, 0, 65535, &fd))
        return dl_error_set(err, DL_E_KEY_NONE,
                            "the configuration names no descriptor; set key_name to its number");
    return read_fd(out, (int)fd, dl_clock_ms() + timeout, err);
}

int dl_key_read(struct dl_key **out, const struct dl_config *config,
                const struct dl_key_environment *environment, struct dl_error *err)
{
    const struct dl_key *key = environment->environment_key;

    switch (config->key_source) {
    case DL_KEY_KEYRING:
        return read_keyring(out, config, environment, err);
    case DL_KEY_CREDENTIAL:
        return dl_key_read_credential(out, environment->credentials_directory, config->key_name,
                                      err);
    case DL_KEY_FILE:
        if (!config->key_name)
            return dl_error_set(err, DL_E_KEY_NONE,
                                "the configuration names no key file; set key_name to its path");
        return dl_key_read_file(out, config->key_name, err);
    case DL_KEY_FD:
        return read_configured_fd(out, config, environment, err);
    case DL_KEY_ENVIRONMENT:
        if (!key || dl_key_length(key) == 0)
            return dl_error_set(err, DL_E_KEY_NONE,
                                "the environment variable DD_API_KEY is not set");
        return dl_key_new(out, dl_key_text(key), dl_key_length(key), err);
    case DL_KEY_SESSION:
        break;
    }
    return dl_error_set(err, DL_E_KEY_NONE,
                        "the configuration keeps no key; give one with --api-key-fd N, --api-key - "
                        "or DD_API_KEY");
}
