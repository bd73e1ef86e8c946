#include "spool/disk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static int real_open(void *context, int folder, const char *name, int flags)
{
    (void)context;
    return openat(folder, name, flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, 0600);
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
    (void)context;
    return fsync(folder);
}

static int real_close(void *context, int fd)
{
    (void)context;
    return close(fd);
}

static int real_list(void *context, int folder,
                     void (*each)(void *to, const char *name, off_t size), void *to)
{
    int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *stream = fd < 0 ? NULL : fdopendir(fd);
    struct dirent *entry;
    struct stat st;

    (void)context;
    if (!stream) {
        if (fd >= 0)
            close(fd);
        return -1;
    }
    errno = 0;
    while ((entry = readdir(stream)) != NULL)
        if (fstatat(folder, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0)
            each(to, entry->d_name, S_ISREG(st.st_mode) ? st.st_size : -1);
    closedir(stream);
    return 0;
}

const struct dl_disk dl_disk_real = {.open = real_open,
                                     .pread = real_pread,
                                     .pwrite = real_pwrite,
                                     .fdatasync = real_fdatasync,
                                     .ftruncate = real_ftruncate,
                                     .unlink = real_unlink,
                                     .rename = real_rename,
                                     .sync_folder = real_sync_folder,
                                     .close = real_close,
                                     .list = real_list};
