/* Files: bounded reading, writing that survives a power cut, ownership checks, one lock.
 * Every open uses O_CLOEXEC and O_NOFOLLOW; files are made 0600, folders 0700. */
#ifndef DL_BASE_FILE_H
#define DL_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/buffer.h"
#include "base/error.h"

/* Reads a whole regular file of at most out->max bytes. -DL_E_IO (sys_errno says why; ENOENT for
 * "not there"), -DL_E_LIMIT for a larger one. A symbolic link at the last part is refused unless
 * `follow`; a FIFO or device never blocks and is refused. */
int dl_file_read(const char *path, bool follow, struct dl_buffer *out, struct dl_error *err);

/* Reads until end of file from a descriptor, at most out->max bytes. */
int dl_file_read_fd(int fd, struct dl_buffer *out, struct dl_error *err);

/* Writes all bytes, going on after EINTR and short writes. */
int dl_file_write_all(int fd, const void *data, size_t len, struct dl_error *err);

/* Makes each missing folder of the path 0700 and fsyncs its parent. code DL_E_IO. */
int dl_file_make_folders(const char *path, struct dl_error *err);

/* Refuses (DL_E_CFG_PERM) a folder that is owned by neither this user nor root, or that group or
 * others may write (unless sticky). */
int dl_file_check_folder(const char *path, struct dl_error *err);

/* Replaces path atomically and durably: temp file beside it (O_EXCL, 0600), write, fsync, keep the
 * old one as PATH.bak if `backup` and it exists, rename, fsync of the folder. On a failure the
 * old file stands as it was and no temp file is left; only when the last step fails, the fsync, the
 * new file is in place and may not outlive a power cut. A symbolic link at path is resolved once
 * and its target replaced. code DL_E_IO with sys_errno. */
int dl_file_replace(const char *path, const void *data, size_t len, bool backup,
                    struct dl_error *err);

/* The same for a file that a person keeps: it has the mode that the one there has (0600 for a new
 * one). */
int dl_file_rewrite(const char *path, const void *data, size_t len, struct dl_error *err);

/* Takes an exclusive lock on path (made if missing), writes this pid into it; *fd holds it until
 * closed. Held by another: -DL_E_CFG_BUSY and the text names the pid. */
int dl_file_lock(int *fd, const char *path, struct dl_error *err);

/* Joins with one '/', cut never: -DL_E_LIMIT if it does not fit. */
int dl_path_join(char *to, size_t size, const char *folder, const char *name);

#endif
