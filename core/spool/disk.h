/* The few things that the spool asks of a file system, so that tests can put another one under it:
 * one that fails at the n-th call, or that forgets what was not synced. */
#ifndef DL_SPOOL_DISK_H
#define DL_SPOOL_DISK_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Like the system calls of the same name: -1 and errno on failure. `folder` is a descriptor of the
 * spool's folder, names have no slash. Short reads and writes may happen. */
struct dl_disk {
    /* mode 0600; O_CLOEXEC, O_NOFOLLOW, O_NONBLOCK added. What is no regular file: EISDIR, whether
     * it is a link, a FIFO, a folder or a device; it never blocks. */
    int (*open)(void *context, int folder, const char *name, int flags);
    ssize_t (*pread)(void *context, int fd, void *to, size_t length, off_t offset);
    ssize_t (*pwrite)(void *context, int fd, const void *from, size_t length, off_t offset);
    int (*fdatasync)(void *context, int fd);
    int (*ftruncate)(void *context, int fd, off_t length);
    int (*unlink)(void *context, int folder, const char *name);
    int (*rename)(void *context, int folder, const char *from, const char *to);
    int (*sync_folder)(void *context, int folder);
    int (*close)(void *context, int fd);
    /* Calls `each` for every regular file of the folder, in no order, with its size; other kinds
     * with size -1. */
    int (*list)(void *context, int folder, void (*each)(void *to, const char *name, off_t size),
                void *to);
    void *context;
};

extern const struct dl_disk dl_disk_real;

/* Whole reads and writes, going on after EINTR and short ones. Reading returns the bytes that there
 * are up to the end of the file; both -1 and errno. */
ssize_t dl_disk_read(const struct dl_disk *disk, int fd, void *to, size_t length, uint64_t offset);
int dl_disk_write(const struct dl_disk *disk, int fd, const void *from, size_t length,
                  uint64_t offset);

/* open that goes on after EINTR. */
int dl_disk_open(const struct dl_disk *disk, int folder, const char *name, int flags);

#endif
