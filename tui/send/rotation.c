#include "send/rotation.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "base/file.h"

static int64_t nanoseconds(struct statx_timestamp at)
{
    return (int64_t)at.tv_sec * 1000000000 + at.tv_nsec;
}

static bool stat_at(struct rotation_file *out, int fd, const char *path, int flags)
{
    struct statx s;

    if (statx(fd, path, flags, STATX_BASIC_STATS | STATX_BTIME, &s) < 0)
        return false;
    if (!S_ISREG(s.stx_mode)) {
        errno = EINVAL;
        return false;
    }
    out->device = makedev(s.stx_dev_major, s.stx_dev_minor);
    out->inode = s.stx_ino;
    out->written = nanoseconds(s.stx_mtime);
    out->born = (s.stx_mask & STATX_BTIME) ? nanoseconds(s.stx_btime) : out->written;
    return true;
}

bool rotation_stat(struct rotation_file *out, int fd, const char *path)
{
    return stat_at(out, fd, path ? path : "", path ? 0 : AT_EMPTY_PATH);
}

static bool is_suffix(const char *text, size_t len)
{
    static const char old[] = "old";

    if (len < 2 || !strchr("-._", text[0]))
        return false;
    text++, len--;
    if (len == sizeof old - 1 && memcmp(text, old, len) == 0)
        return true;
    for (size_t i = 0; i < len; i++)
        if (!memchr("0123456789-_.:TZ", text[i], 16))
            return false;
    return true;
}

bool rotation_name(const char *base, const char *name)
{
    const char *dot = strrchr(base, '.');
    size_t all = strlen(base), stem = dot ? (size_t)(dot - base) : all, len = strlen(name);
    size_t ending = all - stem;

    if (len > all && memcmp(name, base, all) == 0 && is_suffix(name + all, len - all))
        return true;
    return dot && stem && len > all && memcmp(name, base, stem) == 0 &&
           strcmp(name + len - ending, dot) == 0 && is_suffix(name + stem, len - stem - ending);
}

static bool same(const struct rotation_file *a, const struct rotation_file *b)
{
    return a->inode == b->inode && a->device == b->device;
}

/* A number that is given out again belongs to a file that was made later. */
static bool is_done(const struct rotation_done *done, const struct rotation_file *file)
{
    for (size_t i = 0; i < done->count; i++)
        if (same(&done->files[i], file) && done->files[i].born == file->born)
            return true;
    return false;
}

void rotation_add(struct rotation_done *done, const struct rotation_file *file)
{
    done->files[done->next] = *file;
    done->next = (done->next + 1) % ROTATION_DONE_MAX;
    if (done->count < ROTATION_DONE_MAX)
        done->count++;
}

bool rotation_next(char *to, size_t size, const char *folder, const char *base,
                   const struct rotation_file *after, const struct rotation_file *current,
                   const struct rotation_done *done, struct rotation_file *out)
{
    DIR *dir = opendir(folder);
    const struct dirent *entry;
    struct rotation_file file;
    bool found = false;

    while (dir && (entry = readdir(dir)) != NULL) {
        if (!rotation_name(base, entry->d_name) ||
            !stat_at(&file, dirfd(dir), entry->d_name, AT_SYMLINK_NOFOLLOW) || same(&file, after) ||
            same(&file, current) || is_done(done, &file))
            continue;
        if (file.born < after->born || file.written < after->written)
            continue; /* older: it was read, or was there before us */
        if (found &&
            (file.born > out->born || (file.born == out->born && file.written > out->written)))
            continue;
        if (dl_path_join(to, size, folder, entry->d_name) == 0) {
            *out = file;
            found = true;
        }
    }
    if (dir)
        closedir(dir);
    return found;
}

bool rotation_find(char *to, size_t size, const char *folder, uint64_t device, uint64_t inode)
{
    DIR *dir = opendir(folder);
    const struct dirent *entry;
    struct rotation_file file;
    bool found = false;

    while (dir && !found && (entry = readdir(dir)) != NULL)
        found = entry->d_ino == inode &&
                stat_at(&file, dirfd(dir), entry->d_name, AT_SYMLINK_NOFOLLOW) &&
                file.inode == inode && file.device == device &&
                dl_path_join(to, size, folder, entry->d_name) == 0;
    if (dir)
        closedir(dir);
    return found;
}
