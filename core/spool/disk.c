#include "spool/disk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int real_open(void *context, int folder, const char *name, int flags)
{
    struct stat st;
    int fd;

    (void)context;
    fd = openat(folder, name, flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, 0600);
    if (fd < 0) {
        /* a link, a FIFO without a reader, a socket, a device without a driver, mode 000 */
        if (errno == ELOOP || errno == ENXIO || errno == ENODEV || errno == EACCES)
            errno = EISDIR;
        return -1;
    }
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
        return fd;
    close(fd);
    errno = EISDIR;
    return -1;
}

static ssize_t real_pread(void *context, int fd, void *to, size_t length, off_t offset)
{
    (void)context;
    return pread(fd, to, length, offset);
}

static ssize_t real_pwrite(void *context, int fd, const void *from, size_t length, off_t offset)
{
    (void)context;
    return pwrite(fd, from, length, offset);
}

static int real_fdatasync(void *context, int fd)
{
    (void)context;
    return fdatasync(fd);
}

static int real_ftruncate(void *context, int fd, off_t length)
{
    (void)context;
    return ftruncate(fd, length);
}

static int real_unlink(void *context, int folder, const char *name)
{
    (void)context;
    return unlinkat(folder, name, 0);
}

static int real_rename(void *context, int folder, const char *from, const char *to)
{
    (void)context;
    return renameat(folder, from, folder, to);
}

static int real_sync_folder(void *context, int folder)
{
    int rc = fsync(folder);

    (void)context;
    /* some file systems cannot sync a folder; that is no reason to fail */
    return rc < 0 && (errno == EINVAL || errno == EROFS) ? 0 : rc;
}

static int real_close(void *context, int fd)
{
    (void)context;
    return close(fd);
}

static int real_list(void *context, int folder,
                     void (*each)(void *to, const char *name, off_t size), void *to)
{
    /* a descriptor of its own, so that nobody else's place in the folder moves */
    int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc = 0, number;
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    struct dirent *entry;
    struct stat st;

    (void)context;
    if (!dir) {
        number = errno;
        if (fd >= 0)
            close(fd);
        errno = number;
        return -1;
    }
    while (rc == 0) {
        errno = 0;
        entry = readdir(dir);
        if (!entry) {
            rc = errno ? -1 : 0;
            break;
        }
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 ||
            fstatat(folder, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
            continue;
        each(to, entry->d_name, S_ISREG(st.st_mode) ? st.st_size : -1);
    }
    number = errno;
    closedir(dir);
    errno = number;
    return rc;
}

const struct dl_disk dl_disk_real = {
    .open = real_open,
    .pread = real_pread,
    .pwrite = real_pwrite,
    .fdatasync = real_fdatasync,
    .ftruncate = real_ftruncate,
    .unlink = real_unlink,
    .rename = real_rename,
    .sync_folder = real_sync_folder,
    .close = real_close,
    .list = real_list,
};

int dl_disk_open(const struct dl_disk *disk, int folder, const char *name, int flags)
{
    int fd;

    do
        fd = disk->open(disk->context, folder, name, flags);
    while (fd < 0 && errno == EINTR);
    return fd;
}

ssize_t dl_disk_read(const struct dl_disk *disk, int fd, void *to, size_t length, uint64_t offset)
{
    size_t done = 0;

    while (done < length) {
        ssize_t n = disk->pread(disk->context, fd, (char *)to + done, length - done,
                                (off_t)(offset + done));

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        if (n == 0)
            break;
        done += (size_t)n;
    }
    return (ssize_t)done;
}

int dl_disk_write(const struct dl_disk *disk, int fd, const void *from, size_t length,
                  uint64_t offset)
{
    size_t done = 0;

    while (done < length) {
        ssize_t n = disk->pwrite(disk->context, fd, (const char *)from + done, length - done,
                                 (off_t)(offset + done));

        if (n < 0 && errno == EINTR)
            continue;
        if (n == 0)
            errno = ENOSPC;
        if (n <= 0)
            return -1;
        done += (size_t)n;
    }
    return 0;
}
