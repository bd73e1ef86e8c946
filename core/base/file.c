#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"

#define COPY_MAX (16 * 1024 * 1024)

int dl_path_join(char *to, size_t size, const char *folder, const char *name)
{
    size_t len = strlen(folder);
    const char *slash = len && folder[len - 1] == '/' ? "" : "/";

    return dl_text_format(to, size, "%s%s%s", folder, slash, name) ? 0 : -DL_E_LIMIT;
}

int dl_file_read_fd(int fd, struct dl_buffer *out, struct dl_error *err)
{
    char part[16384];
    ssize_t n;
    int rc = 0;

    while (rc == 0) {
        n = read(fd, part, sizeof part);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            rc = dl_error_set_errno(err, DL_E_IO, errno, "reading failed");
            break;
        }
        if (n == 0)
            break;
        rc = dl_buffer_add(out, part, (size_t)n);
        if (rc == -DL_E_LIMIT)
            dl_error_set(err, DL_E_LIMIT, "larger than %zu bytes", out->max);
        else if (rc < 0)
            dl_error_set(err, DL_E_NOMEM, "no memory for its content");
    }
    explicit_bzero(part, sizeof part);
    return rc;
}

int dl_file_read(const char *path, bool follow, struct dl_buffer *out, struct dl_error *err)
{
    struct stat st;
    int fd, rc;

    /* O_NONBLOCK: opening a FIFO without a writer must not wait */
    fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | (follow ? 0 : O_NOFOLLOW));
    if (fd < 0) {
        if (errno == ELOOP && !follow)
            return dl_error_set_errno(err, DL_E_IO, errno,
                                      "%s is a symbolic link, which is not followed here", path);
        return dl_error_set_errno(err, DL_E_IO, errno, "%s cannot be read", path);
    }
    if (fstat(fd, &st) < 0)
        rc = dl_error_set_errno(err, DL_E_IO, errno, "%s cannot be read", path);
    else if (!S_ISREG(st.st_mode))
        rc = dl_error_set(err, DL_E_IO, "%s is no regular file", path);
    else {
        rc = dl_file_read_fd(fd, out, err);
        if (rc < 0)
            dl_error_prefix(err, "%s", path);
    }
    close(fd);
    return rc;
}

int dl_file_write_all(int fd, const void *data, size_t len, struct dl_error *err)
{
    const char *p = data;

    while (len) {
        ssize_t n = write(fd, p, len);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return dl_error_set_errno(err, DL_E_IO, errno, "writing failed");
        p += n;
        len -= (size_t)n;
    }
    return 0;
}

/* The folder of a path: "." without one. */
static int folder_of(char *to, size_t size, const char *path)
{
    const char *slash = strrchr(path, '/');
    size_t len = slash ? (size_t)(slash - path) : 1;

    if (slash == path)
        len = 1;
    if (len >= size)
        return -DL_E_LIMIT;
    memcpy(to, slash ? path : ".", len);
    to[len] = '\0';
    return 0;
}

static int sync_folder(const char *folder)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc;

    if (fd < 0)
        return -1;
    rc = fsync(fd);
    /* some file systems cannot sync a folder; that is no reason to fail */
    if (rc < 0 && (errno == EINVAL || errno == EROFS))
        rc = 0;
    close(fd);
    return rc;
}

int dl_file_make_folders(const char *path, struct dl_error *err)
{
    char part[PATH_MAX], parent[PATH_MAX];

    if (!dl_text_copy(part, sizeof part, path))
        return dl_error_set(err, DL_E_IO, "the path %.64s... is too long", path);
    for (char *p = part + 1;; p++) {
        char c = *p;

        if (c != '/' && c != '\0')
            continue;
        *p = '\0';
        if (mkdir(part, 0700) == 0) {
            if (folder_of(parent, sizeof parent, part) == 0 && sync_folder(parent) < 0)
                return dl_error_set_errno(err, DL_E_IO, errno, "%s cannot be synced", parent);
        } else if (errno != EEXIST) {
            return dl_error_set_errno(err, DL_E_IO, errno, "the folder %s cannot be made", part);
        }
        *p = c;
        if (!c)
            return 0;
    }
}

int dl_file_check_folder(const char *path, struct dl_error *err)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc;

    if (fd < 0)
        return dl_error_set_errno(err, DL_E_CFG_PERM, errno, "the folder %s cannot be used", path);
    rc = fstat(fd, &st);
    close(fd);
    if (rc < 0)
        return dl_error_set_errno(err, DL_E_CFG_PERM, errno, "the folder %s cannot be used", path);
    if (st.st_uid != geteuid() && st.st_uid != 0)
        return dl_error_set(err, DL_E_CFG_PERM,
                            "the folder %s belongs to user %u, not to you: chown it", path,
                            st.st_uid);
    if ((st.st_mode & (S_IWGRP | S_IWOTH)) && !(st.st_mode & S_ISVTX))
        return dl_error_set(err, DL_E_CFG_PERM, "others may write the folder %s: chmod go-w %s",
                            path, path);
    return 0;
}

#define MODE_OF_UMASK ((mode_t)-1) /* 0666 without what the umask takes away */

/* A file that is made beside the one that people know. */
struct temp {
    const char *path, *shown; /* shown: what people know, for errors */
    mode_t mode;
};

/* Writes it new, synced. */
static int write_temp(const struct temp *temp, const void *data, size_t len, struct dl_error *err)
{
    mode_t made = temp->mode == MODE_OF_UMASK ? 0666 : 0600;
    int fd = open(temp->path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, made), rc = 0;

    if (fd < 0)
        return dl_error_set_errno(err, DL_E_IO, errno, "%s cannot be written", temp->shown);
    if (temp->mode != MODE_OF_UMASK && fchmod(fd, temp->mode) < 0)
        rc = dl_error_set_errno(err, DL_E_IO, errno, "%s cannot be written", temp->shown);
    if (rc == 0) {
        rc = dl_file_write_all(fd, data, len, err);
        if (rc < 0)
            dl_error_prefix(err, "%s", temp->shown);
    }
    if (rc == 0 && fsync(fd) < 0)
        rc = dl_error_set_errno(err, DL_E_IO, errno, "%s cannot be synced", temp->shown);
    if (close(fd) < 0 && rc == 0)
        rc = dl_error_set_errno(err, DL_E_IO, errno, "%s cannot be closed", temp->shown);
    if (rc < 0)
        unlink(temp->path);
    return rc;
}

/* The same bytes in a new file, where the file system knows no second names. */
static int copy_file(const char *path, const struct temp *temp, struct dl_error *err)
{
    struct dl_buffer bytes;
    int rc;

    dl_buffer_init(&bytes, COPY_MAX);
    rc = dl_file_read(path, false, &bytes, err);
    if (rc == 0)
        rc = write_temp(temp, dl_buffer_string(&bytes), bytes.len, err);
    dl_buffer_free(&bytes);
    return rc;
}

/* Keeps the old file under PATH.bak: a second name for the same bytes, so nothing is copied. */
static int keep_backup(const char *path, const char *temp, struct dl_error *err)
{
    char backup[PATH_MAX];
    int rc;

    if (!dl_text_format(backup, sizeof backup, "%s.bak", path))
        return dl_error_set(err, DL_E_IO, "the path %s is too long", path);
    if (access(path, F_OK) < 0 && errno == ENOENT)
        return 0;
    if (link(path, temp) < 0) {
        if (errno != EPERM && errno != EOPNOTSUPP && errno != ENOSYS && errno != EMLINK)
            return dl_error_set_errno(err, DL_E_IO, errno, "%s cannot be kept", path);
        rc = copy_file(path, &(struct temp){.path = temp, .shown = backup, .mode = 0600}, err);
        if (rc < 0)
            return rc;
    }
    if (rename(temp, backup) < 0) {
        rc = dl_error_set_errno(err, DL_E_IO, errno, "%s cannot be written", backup);

        unlink(temp);
        return rc;
    }
    /* rename() of two names of one file does nothing and leaves both */
    unlink(temp);
    return 0;
}

/* The mode of the file that stands there already. */
static mode_t mode_of(const char *target)
{
    struct stat st;

    return stat(target, &st) == 0 ? st.st_mode & 0777 : MODE_OF_UMASK;
}

static int replace(const char *path, const void *data, size_t len, bool backup, bool shared,
                   struct dl_error *err)
{
    char target[PATH_MAX], folder[PATH_MAX], temp[PATH_MAX], old[PATH_MAX];
    uint32_t chance = 0;
    struct temp made;
    int rc;

    if (!realpath(path, target)) {
        if (errno != ENOENT)
            return dl_error_set_errno(err, DL_E_IO, errno, "%s cannot be written", path);
        if (!dl_text_copy(target, sizeof target, path))
            return dl_error_set(err, DL_E_IO, "the path %.64s... is too long", path);
    }
    if (dl_clock_random(&chance, sizeof chance) < 0)
        return dl_error_set(err, DL_E_INTERNAL, "the kernel gives no random bytes");
    if (folder_of(folder, sizeof folder, target) < 0 ||
        !dl_text_format(temp, sizeof temp, "%s.%08x.new", target, chance) ||
        !dl_text_format(old, sizeof old, "%s.%08x.old", target, chance))
        return dl_error_set(err, DL_E_IO, "the path %.64s... is too long", path);
    made = (struct temp){.path = temp, .shown = path, .mode = shared ? mode_of(target) : 0600};
    rc = write_temp(&made, data, len, err);
    if (rc < 0)
        return rc;
    if (backup)
        rc = keep_backup(target, old, err);
    if (rc == 0 && rename(temp, target) < 0)
        rc = dl_error_set_errno(err, DL_E_IO, errno, "%s cannot be replaced", target);
    if (rc < 0) {
        unlink(temp);
        return rc;
    }
    if (sync_folder(folder) < 0)
        return dl_error_set_errno(err, DL_E_IO, errno, "the folder %s cannot be synced", folder);
    return 0;
}

int dl_file_replace(const char *path, const void *data, size_t len, bool backup,
                    struct dl_error *err)
{
    return replace(path, data, len, backup, false, err);
}

int dl_file_replace_shared(const char *path, const void *data, size_t len, struct dl_error *err)
{
    return replace(path, data, len, false, true, err);
}

int dl_file_lock(int *fd, const char *path, struct dl_error *err)
{
    char pid[32] = "";
    int lock = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);

    if (lock < 0)
        return dl_error_set_errno(err, DL_E_CFG_PERM, errno, "%s cannot be made", path);
    if (flock(lock, LOCK_EX | LOCK_NB) < 0) {
        ssize_t n = read(lock, pid, sizeof pid - 1);

        close(lock);
        pid[n > 0 ? strspn(pid, "0123456789") : 0] = '\0';
        return dl_error_set(err, DL_E_CFG_BUSY,
                            "another set-up holds %s%s%s: finish or end it first", path,
                            *pid ? ", process " : "", pid);
    }
    dl_text_format(pid, sizeof pid, "%ld\n", (long)getpid());
    if (ftruncate(lock, 0) < 0 || dl_file_write_all(lock, pid, strlen(pid), NULL) < 0) {
        int number = errno;

        close(lock);
        return dl_error_set_errno(err, DL_E_CFG_PERM, number, "%s cannot be written", path);
    }
    *fd = lock;
    return 0;
}
