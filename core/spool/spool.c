#include "spool/spool.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "spool/spool_private.h"

/* ---- the folder and its lock ---- */

/* The process that holds the lock of the folder, by the kernel's list; 0: not known. */
pid_t dl_spool_owner(int folder)
{
    struct stat st;
    char line[256], inode[64];
    FILE *locks = fopen("/proc/locks", "re");
    long pid = 0;

    if (!locks || fstat(folder, &st) < 0) {
        if (locks)
            fclose(locks);
        return 0;
    }
    snprintf(inode, sizeof inode, ":%llu ", (unsigned long long)st.st_ino);
    while (!pid && fgets(line, sizeof line, locks)) {
        char *write = strstr(line, " WRITE ");

        if (write && strstr(line, "FLOCK") && strstr(write, inode))
            pid = strtol(write + strlen(" WRITE "), NULL, 10);
    }
    fclose(locks);
    return pid > 0 ? (pid_t)pid : 0;
}

static int lock_folder(int folder, const char *path, struct dl_error *err)
{
    pid_t owner;

    if (flock(folder, LOCK_EX | LOCK_NB) == 0)
        return 0;
    if (errno != EWOULDBLOCK)
        return dl_error_set_errno(err, DL_E_IO, errno, "%s cannot be locked", path);
    owner = dl_spool_owner(folder);
    if (!owner)
        return dl_error_set(err, DL_E_SPOOL_BUSY, "another process uses the spool %s", path);
    return dl_error_set(err, DL_E_SPOOL_BUSY, "process %ld uses the spool %s", (long)owner, path);
}

static int open_folder(int *out, const char *path, bool read_only, struct dl_error *err)
{
    int fd, rc;

    if (!read_only && (rc = dl_file_make_folders(path, err)) < 0)
        return rc;
    fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 && read_only && (errno == ENOENT || errno == ENOTDIR))
        return dl_error_set(err, DL_E_SPOOL_NONE, "%s is no spool: there is no such folder", path);
    if (fd < 0)
        return dl_error_set_errno(err, DL_E_IO, errno, "%s cannot be opened", path);
    rc = read_only ? 0 : dl_file_check_folder(path, err);
    if (rc == -DL_E_CFG_PERM)
        rc = dl_error_set(err, DL_E_SPOOL_PERM,
                          "others can write into %s, or it is not yours; run: chmod 700 %s", path,
                          path);
    if (rc == 0 && !read_only)
        rc = lock_folder(fd, path, err);
    if (rc < 0)
        close(fd);
    else
        *out = fd;
    return rc;
}

/* ---- where it goes on ---- */

/* Behind the last log of the last segment that holds any, and behind what the cursor knows. */
static void find_next(struct dl_spool *s)
{
    uint64_t last = s->cursor.accepted;

    if (s->cursor.next && s->cursor.next - 1 > last)
        last = s->cursor.next - 1;
    for (size_t i = s->segment_count; i > 0; i--) {
        struct dl_segment *segment = &s->segments[i - 1];
        uint64_t end = dl_segment_last(s, segment), base = dl_segment_base(s, segment);

        if (base && base != UINT64_MAX && base - 1 > last)
            last = base - 1;
        if (end > last)
            last = end;
        if (base && base != UINT64_MAX)
            break;
    }
    s->accepted = last;
    s->next = s->next_at_open = last + 1;
}

static int prepare(struct dl_spool *s, struct dl_error *err)
{
    int rc = dl_segments_list(s, err);

    if (rc == 0)
        rc = dl_cursor_load(s, err);
    if (rc < 0)
        return rc;
    find_next(s);
    if (s->newer)
        return dl_error_set(err, DL_E_SPOOL_NEWER,
                            "the spool was written by a newer version of ddlogs");
    if (s->cursor.segment && s->last_number < s->cursor.segment - 1)
        s->last_number = s->cursor.segment - 1; /* a new one is made where it is looked for */
    s->in_number = s->cursor.segment;
    s->in_offset = s->cursor.offset < DL_FORMAT_HEAD ? DL_FORMAT_HEAD : s->cursor.offset;
    s->expected = s->cursor.next;
    s->synced_ms = dl_clock_ms();
    return 0;
}

int dl_spool_open_as(struct dl_spool **out, const char *folder,
                     const struct dl_spool_options *options, bool read_only, struct dl_error *err)
{
    struct dl_spool *s = calloc(1, sizeof *s);
    static const struct dl_spool_options defaults;
    int rc;

    if (!s)
        return dl_error_set(err, DL_E_NOMEM, "no memory for the spool");
    options = options ? options : &defaults;
    s->disk = options->disk ? options->disk : &dl_disk_real;
    s->read_only = read_only;
    s->limit =
        options->bytes && options->bytes < DL_SPOOL_BYTES_MIN ? DL_SPOOL_BYTES_MIN : options->bytes;
    s->segment_bytes = options->segment_bytes ? options->segment_bytes : DL_SPOOL_SEGMENT;
    if (s->limit && s->segment_bytes > s->limit / 8) /* room comes back a segment at a time */
        s->segment_bytes = s->limit / 8;
    s->folder = s->in = s->out = s->quarantine = s->cursor_fd = -1;
    pthread_mutex_init(&s->lock, NULL);
    rc = open_folder(&s->folder, folder, read_only, err);
    if (rc == 0)
        rc = prepare(s, err);
    if (rc < 0) {
        s->read_only = true; /* nothing is to be written any more */
        dl_spool_close(s);
        return rc;
    }
    *out = s;
    return 0;
}

int dl_spool_open(struct dl_spool **out, const char *folder, const struct dl_spool_options *options,
                  struct dl_error *err)
{
    return dl_spool_open_as(out, folder, options, false, err);
}

void dl_spool_close(struct dl_spool *s)
{
    const int fds[] = {s ? s->out : -1, s ? s->in : -1, s ? s->quarantine : -1,
                       s ? s->cursor_fd : -1};

    if (!s)
        return;
    if (s->cursor_fd >= 0 && !s->read_only)
        dl_reader_finish(s);
    for (size_t i = 0; i < sizeof fds / sizeof *fds; i++)
        if (fds[i] >= 0)
            s->disk->close(s->disk->context, fds[i]);
    if (s->folder >= 0)
        close(s->folder); /* and with it the lock */
    pthread_mutex_destroy(&s->lock);
    free(s->segments);
    free(s);
}
