/* What became of a log file that was renamed: its brothers in the folder, by number and by age. */
#ifndef DL_TUI_SEND_ROTATION_H
#define DL_TUI_SEND_ROTATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define ROTATION_DONE_MAX 32

/* A file as the rotation knows it. Born: when it was made, or last written where the file system
 * does not keep that. Nanoseconds. */
struct rotation_file {
    dev_t device;
    ino_t inode; /* 0: none */
    int64_t born, written;
};

/* The files that were read to their end, so that none is read again; the oldest is forgotten. */
struct rotation_done {
    struct rotation_file files[ROTATION_DONE_MAX];
    size_t count, next;
};

/* Of an open file, or of a path (fd AT_FDCWD). False with errno. */
bool rotation_stat(struct rotation_file *out, int fd, const char *path);

/* Whether NAME is a name that rotation gives to BASE: BASE.1, BASE-20260131, BASE.old, and for
 * "app.log" also app-2026-01-31.log; packed ones (.gz) are not. */
bool rotation_name(const char *base, const char *name);

/* The brother that was made next after `after` and is not done: neither it nor the file that the
 * path leads to now (`current`). Writes its path; false: there is none. */
bool rotation_next(char *to, size_t size, const char *folder, const char *base,
                   const struct rotation_file *after, const struct rotation_file *current,
                   const struct rotation_done *done, struct rotation_file *out);

/* The path of the regular file in the folder with this number, whatever its name. */
bool rotation_find(char *to, size_t size, const char *folder, uint64_t device, uint64_t inode);

void rotation_add(struct rotation_done *done, const struct rotation_file *file);

#endif
