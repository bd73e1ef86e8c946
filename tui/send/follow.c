#include "send/follow.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "send/rotation.h"

#define TRIES 8 /* at a folder that is renamed in while it is read */
#define EVENTS_BYTES ((size_t)16 * 1024)

struct followed {
    char *path, *folder;
    const char *base; /* in path */
    struct stream stream;
    struct rotation_file file; /* the open one, or the last that was; inode 0: none yet */
    struct rotation_done done;
    int file_watch, folder_watch; /* -1: none */
    int64_t rotated_ms;           /* since when the path leads elsewhere; -1: it leads here */
    int64_t quiet_ms;             /* when the last bytes came */
    int64_t look_ms;              /* when it is looked at without being told; -1: it is told */
    bool ready;                   /* something may have happened */
    bool begun;                   /* a file was open, or the path was empty: from here on new files
                                     are read from their beginning */
    bool said;                    /* that there is no file */
};

struct follow {
    struct follow_options options;
    struct followed *list;
    size_t count;
    size_t turn; /* who reads first in the next step */
    int inotify;
    bool said; /* that changes are not told */
};

static void say(const struct follow *f, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void say(const struct follow *f, const char *format, ...)
{
    char text[2 * PATH_MAX];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (f->options.say)
        f->options.say(f->options.say_context, text);
}

/* ---- being told ---- */

static void look_by_clock(struct follow *f, struct followed *s, int64_t now_ms, int why)
{
    s->look_ms = now_ms + FOLLOW_LOOK_MS;
    if (f->said || why == ENOENT)
        return;
    f->said = true;
    say(f, "the kernel does not tell of changes (inotify: %s): files are looked at once a second",
        strerror(why));
}

static void unwatch_file(struct follow *f, struct followed *s)
{
    bool shared = false;

    for (size_t i = 0; i < f->count; i++)
        shared |= &f->list[i] != s && f->list[i].file_watch == s->file_watch;
    if (s->file_watch >= 0 && !shared)
        inotify_rm_watch(f->inotify, s->file_watch);
    s->file_watch = -1;
}

/* Watches the open file by the path that it was opened by. (Its own descriptor would name it
 * better, but a process that keeps a key cannot look at itself in /proc.) */
static void watch_file(struct follow *f, struct followed *s, const char *path, int64_t now_ms)
{
    struct rotation_file file;

    if (f->inotify < 0) {
        s->look_ms = now_ms + FOLLOW_LOOK_MS;
        return;
    }
    s->file_watch = inotify_add_watch(f->inotify, path, IN_MODIFY | IN_ATTRIB | IN_MOVE_SELF);
    if (s->file_watch < 0) {
        look_by_clock(f, s, now_ms, errno);
    } else if (!rotation_stat(&file, AT_FDCWD, path) || file.inode != s->file.inode ||
               file.device != s->file.device) { /* renamed this moment: that is another file */
        unwatch_file(f, s);
        s->look_ms = now_ms + FOLLOW_LOOK_MS;
    }
}

static void watch_folder(struct follow *f, struct followed *s, int64_t now_ms)
{
    if (f->inotify < 0) {
        s->look_ms = now_ms + FOLLOW_LOOK_MS;
        return;
    }
    s->folder_watch = inotify_add_watch(f->inotify, s->folder,
                                        IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE |
                                            IN_ATTRIB | IN_MOVE_SELF | IN_ONLYDIR);
    if (s->folder_watch < 0)
        look_by_clock(f, s, now_ms, errno);
}

static void wake(struct follow *f, const struct inotify_event *event)
{
    for (size_t i = 0; i < f->count; i++) {
        struct followed *s = &f->list[i];

        if (event->mask & IN_Q_OVERFLOW)
            s->ready = true;
        if (event->wd == s->file_watch && event->wd >= 0 && !(event->mask & IN_IGNORED))
            s->ready = true;
        if (event->wd != s->folder_watch || event->wd < 0)
            continue;
        if (event->mask & (IN_IGNORED | IN_MOVE_SELF)) { /* the folder is gone */
            s->folder_watch = -1;
            s->ready = true;
        } else if (event->len && strcmp(event->name, s->base) == 0) {
            s->ready = true;
        }
    }
}

static void read_events(struct follow *f)
{
    char bytes[EVENTS_BYTES] __attribute__((aligned(__alignof__(struct inotify_event))));
    const struct inotify_event *event;
    ssize_t n;

    if (f->inotify < 0)
        return;
    n = read(f->inotify, bytes, sizeof bytes);
    for (ssize_t at = 0; at < n; at += (ssize_t)(sizeof *event + event->len)) {
        event = (const struct inotify_event *)(const void *)(bytes + at);
        wake(f, event);
    }
}

/* ---- opening ---- */

static int open_file(const char *path)
{
    return open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
}

/* Reads from this descriptor, which it owns from here on, from the offset of the stream's place. */
static int attach(struct follow *f, struct followed *s, int fd, const char *path, uint64_t offset,
                  int64_t now_ms, struct dl_error *err)
{
    int rc;

    if (!rotation_stat(&s->file, fd, NULL)) {
        close(fd);
        return dl_error_set(err, DL_E_IO, "%s is no regular file: only such can be followed",
                            s->path);
    }
    s->stream.regular = true;
    s->stream.place.offset = offset;
    rc = stream_attach(&s->stream, fd, true, err);
    if (rc < 0) {
        close(fd);
        dl_error_prefix(err, "%s", s->path);
        return rc;
    }
    s->rotated_ms = -1;
    s->quiet_ms = now_ms;
    s->begun = s->ready = true;
    s->said = false;
    watch_file(f, s, path, now_ms);
    if (s->stream.taker->rest)
        s->stream.taker->rest(s->stream.taker->context, &s->stream);
    return 0;
}

/* The file that the saved place speaks of, under whatever name. -1: it is not there any more. */
static int open_saved(char path[PATH_MAX], const struct followed *s, const struct place *saved)
{
    int fd = open_file(s->path);

    dl_text_copy(path, PATH_MAX, s->path);
    if (fd >= 0 && place_is(saved, fd))
        return fd;
    if (fd >= 0)
        close(fd);
    fd = -1;
    if (rotation_find(path, PATH_MAX, s->folder, saved->device, saved->inode))
        fd = open_file(path);
    if (fd >= 0 && !place_is(saved, fd)) {
        close(fd);
        fd = -1;
    }
    return fd;
}

static int64_t now_as_files_have_it(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME_COARSE, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static int missing(struct follow *f, struct followed *s, int why, struct dl_error *err)
{
    if (why != ENOENT && why != ENOTDIR && why != ELOOP && !s->begun)
        return dl_error_set_errno(err, DL_E_IO, why, "cannot open %s", s->path);
    if (!s->said)
        say(f, "%s: %s; waiting for it", s->path, strerror(why));
    s->said = true;
    if (!s->begun) /* what is made from here on is read, even if it is renamed before we look */
        s->file.born = s->file.written = now_as_files_have_it();
    s->begun = true;
    return 0;
}

/* The first file of a path in this process. */
static int open_first(struct follow *f, struct followed *s, int64_t now_ms, struct dl_error *err)
{
    const struct place *saved =
        f->options.positions ? positions_find(f->options.positions, s->path) : NULL;
    char path[PATH_MAX];
    struct stat st;
    int fd = saved && saved->inode ? open_saved(path, s, saved) : -1;

    if (fd >= 0)
        return attach(f, s, fd, path, saved->offset, now_ms, err);
    fd = open_file(s->path);
    if (fd < 0)
        return missing(f, s, errno, err);
    if (saved && saved->inode)
        say(f,
            "%s: the file that was read last is gone or was written anew; this one is read from "
            "its beginning",
            s->path);
    if (saved || f->options.from_start || fstat(fd, &st) < 0)
        return attach(f, s, fd, s->path, 0, now_ms, err);
    return attach(f, s, fd, s->path, (uint64_t)st.st_size, now_ms, err);
}

/* What the path leads to, unless an older brother is still to be read. `late`: the one that was
 * found is renamed already. -1: there is none, or the folder changed under our eyes. */
static int open_next_once(char path[PATH_MAX], struct followed *s, bool *late, bool *changed)
{
    struct rotation_file current = {0}, found, opened;
    bool there = rotation_stat(&current, AT_FDCWD, s->path);
    int fd = -1, why = errno;

    *late = s->file.born &&
            rotation_next(path, PATH_MAX, s->folder, s->base, &s->file, &current, &s->done, &found);
    if (*late) {
        fd = open_file(path);
    } else if (there) {
        dl_text_copy(path, PATH_MAX, s->path);
        fd = open_file(path);
        found = current;
    } else {
        errno = why;
        return -1;
    }
    if (fd >= 0 && rotation_stat(&opened, fd, NULL) && opened.inode == found.inode &&
        opened.device == found.device)
        return fd;
    if (fd >= 0)
        close(fd);
    else if (errno != ENOENT)
        return -1;
    *changed = true;
    errno = ENOENT;
    return -1;
}

static int open_next(char path[PATH_MAX], struct followed *s, bool *late)
{
    bool changed = true;
    int fd = -1;

    for (int i = 0; i < TRIES && fd < 0 && changed; i++) {
        changed = false;
        fd = open_next_once(path, s, late, &changed);
    }
    return fd;
}

static int open_path(struct follow *f, struct followed *s, int64_t now_ms, struct dl_error *err)
{
    char path[PATH_MAX];
    bool late;
    int fd;

    if (s->folder_watch < 0)
        watch_folder(f, s, now_ms);
    if (!s->begun)
        return open_first(f, s, now_ms, err);
    fd = open_next(path, s, &late);
    if (fd < 0)
        return missing(f, s, errno, err);
    return attach(f, s, fd, path, 0, now_ms, err);
}

/* ---- the open file ---- */

/* What was read of the file is over; its descriptor goes. */
static int finish(struct follow *f, struct followed *s, struct dl_error *err)
{
    int rc = stream_end(&s->stream, err);

    if (rc < 0)
        return rc;
    rotation_stat(&s->file, s->stream.fd, NULL); /* when it was written last */
    rotation_add(&s->done, &s->file);
    unwatch_file(f, s);
    close(s->stream.fd);
    s->stream.fd = -1;
    s->rotated_ms = -1;
    return 0;
}

/* Emptied and written anew: another file under the same number. */
static int start_over(struct followed *s, struct dl_error *err)
{
    int rc = stream_end(&s->stream, err);

    if (rc < 0)
        return rc;
    s->stream.place.offset = 0;
    return stream_attach(&s->stream, s->stream.fd, true, err);
}

/* Looks whether the file and its path are what they were. */
static int look(struct follow *f, struct followed *s, int64_t now_ms, struct dl_error *err)
{
    struct stat st, at_path;

    if (s->folder_watch < 0)
        watch_folder(f, s, now_ms);
    if (fstat(s->stream.fd, &st) < 0)
        return 0;
    if (stat(s->path, &at_path) == 0 && at_path.st_ino == st.st_ino && at_path.st_dev == st.st_dev)
        s->rotated_ms = -1;
    else if (s->rotated_ms < 0)
        s->rotated_ms = now_ms;
    if ((uint64_t)st.st_size < stream_read_bytes(&s->stream) ||
        !place_begins(&s->stream.place, s->stream.fd))
        return start_over(s, err);
    return 0;
}

/* Milliseconds until a renamed file counts as over. */
static int64_t quiet_left(const struct followed *s, int64_t now_ms)
{
    int64_t from = s->quiet_ms > s->rotated_ms ? s->quiet_ms : s->rotated_ms;

    return from + FOLLOW_QUIET_MS - now_ms;
}

/* At the end of a renamed file. Its program may write there until it opens the new one; when that
 * one was renamed too, it no longer does. */
static int go_on(struct follow *f, struct followed *s, int64_t now_ms, struct dl_error *err)
{
    struct stat st = {.st_nlink = 1};
    struct rotation_file last;
    char path[PATH_MAX];
    bool late = false;
    int fd, rc;

    if (!rotation_stat(&last, s->stream.fd, NULL))
        return 0;
    s->file = last;
    fd = open_next(path, s, &late);
    if (!late && quiet_left(s, now_ms) > 0) {
        if (fd >= 0)
            close(fd);
        return 0;
    }
    if (fd < 0) { /* no new one: the old one stays, unless nobody can ever find it again */
        if (fstat(s->stream.fd, &st) == 0 && st.st_nlink == 0)
            return finish(f, s, err);
        return 0;
    }
    rc = finish(f, s, err);
    if (rc < 0) {
        close(fd);
        return rc;
    }
    return attach(f, s, fd, path, 0, now_ms, err);
}

static int read_piece(struct follow *f, struct followed *s, int64_t now_ms, struct dl_error *err)
{
    struct dl_error why = {.code = DL_OK};
    int rc = stream_read(&s->stream, now_ms, &why);

    if (rc == -DL_E_IO) {
        say(f, "%s: %s; trying again", s->path, why.text);
        rc = finish(f, s, err);
        s->look_ms = now_ms + FOLLOW_LOOK_MS;
        s->ready = false;
        return rc;
    }
    if (rc < 0) {
        if (err)
            *err = why;
        return rc;
    }
    if (rc > 0) {
        s->quiet_ms = now_ms;
        return 0;
    }
    s->ready = false;
    return s->rotated_ms >= 0 ? go_on(f, s, now_ms, err) : 0;
}

static bool due(const struct followed *s, int64_t now_ms)
{
    return (s->look_ms >= 0 && s->look_ms <= now_ms) ||
           (s->stream.fd >= 0 && s->rotated_ms >= 0 && quiet_left(s, now_ms) <= 0 && !s->said);
}

static bool is_told(const struct follow *f, const struct followed *s)
{
    return f->inotify >= 0 && s->folder_watch >= 0 && (s->stream.fd < 0 || s->file_watch >= 0);
}

static int step(struct follow *f, struct followed *s, int64_t now_ms, struct dl_error *err)
{
    int rc = 0;

    if (s->ready || due(s, now_ms)) {
        s->ready = false;
        if (s->look_ms >= 0)
            s->look_ms = is_told(f, s) ? -1 : now_ms + FOLLOW_LOOK_MS;
        if (s->stream.fd < 0)
            return open_path(f, s, now_ms, err);
        rc = look(f, s, now_ms, err);
        s->ready = true;
        if (rc == 0)
            rc = read_piece(f, s, now_ms, err);
    }
    if (rc == 0 && group_wait(&s->stream.group, now_ms) == 0)
        rc = stream_flush(&s->stream, err);
    return rc;
}

int follow_step(struct follow *f, int64_t now_ms, struct dl_error *err)
{
    bool more = false;
    int rc = 0;

    read_events(f);
    for (size_t i = 0; rc == 0 && i < f->count; i++)
        rc = step(f, &f->list[(f->turn + i) % f->count], now_ms, err);
    f->turn = f->count ? (f->turn + 1) % f->count : 0;
    for (size_t i = 0; i < f->count; i++)
        more |= f->list[i].ready;
    return rc < 0 ? rc : more;
}

int follow_wait(const struct follow *f, int64_t now_ms)
{
    int64_t wait = -1;

    for (size_t i = 0; i < f->count; i++) {
        const struct followed *s = &f->list[i];
        int64_t left[] = {s->ready ? 0 : -1, group_wait(&s->stream.group, now_ms), -1, -1};

        if (s->look_ms >= 0)
            left[2] = s->look_ms > now_ms ? s->look_ms - now_ms : 0;
        if (s->stream.fd >= 0 && s->rotated_ms >= 0 && quiet_left(s, now_ms) > 0)
            left[3] = quiet_left(s, now_ms);
        for (size_t j = 0; j < sizeof left / sizeof *left; j++)
            if (left[j] >= 0 && (wait < 0 || left[j] < wait))
                wait = left[j];
    }
    return (int)wait;
}

int follow_end(struct follow *f, struct dl_error *err)
{
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < f->count; i++)
        if (f->list[i].stream.fd >= 0)
            rc = stream_end(&f->list[i].stream, err);
    return rc;
}

uint64_t follow_split(const struct follow *f)
{
    uint64_t split = 0;

    for (size_t i = 0; i < f->count; i++)
        split += f->list[i].stream.group.split;
    return split;
}

/* ---- the whole ---- */

static int absolute(char *to, size_t size, const char *path)
{
    char here[PATH_MAX];

    if (*path == '/')
        return dl_text_copy(to, size, path) ? 0 : -DL_E_LIMIT;
    return getcwd(here, sizeof here) ? dl_path_join(to, size, here, path) : -DL_E_LIMIT;
}

static int init(struct follow *f, struct followed *s, unsigned source, struct dl_error *err)
{
    char path[PATH_MAX];
    const char *slash;

    s->file_watch = s->folder_watch = -1;
    s->rotated_ms = s->look_ms = -1;
    s->ready = true;
    s->stream.fd = -1;
    if (absolute(path, sizeof path, f->options.paths[source]) < 0)
        return dl_error_set(err, DL_E_IO, "the path %.64s... is too long",
                            f->options.paths[source]);
    slash = strrchr(path, '/');
    if (!slash[1])
        return dl_error_set(err, DL_E_IO, "%s is a folder; name the files in it", path);
    s->path = strdup(path);
    s->folder = strndup(path, slash == path ? 1 : (size_t)(slash - path));
    if (!s->path || !s->folder)
        return dl_error_set(err, DL_E_NOMEM, "no memory to follow %s", path);
    s->base = strrchr(s->path, '/') + 1;
    return stream_init(&s->stream, source, f->options.start, f->options.taker, err);
}

int follow_open(struct follow **out, const struct follow_options *options, struct dl_error *err)
{
    struct follow *f = calloc(1, sizeof *f);
    int rc = 0;

    if (f)
        f->list = calloc(options->count, sizeof *f->list);
    if (!f || !f->list) {
        free(f);
        return dl_error_set(err, DL_E_NOMEM, "no memory to follow files");
    }
    f->options = *options;
    f->inotify = options->no_inotify ? -1 : inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    if (f->inotify < 0) {
        f->said = true;
        say(f,
            "the kernel does not tell of changes (no inotify): files are looked at once a second");
    }
    for (size_t i = 0; rc == 0 && i < options->count; i++) {
        rc = init(f, &f->list[i], (unsigned)i, err);
        f->count++;
    }
    if (rc < 0)
        follow_free(f);
    else
        *out = f;
    return rc;
}

void follow_free(struct follow *f)
{
    if (!f)
        return;
    for (size_t i = 0; i < f->count; i++) {
        struct followed *s = &f->list[i];

        if (s->stream.fd >= 0)
            close(s->stream.fd);
        stream_free(&s->stream);
        free(s->path);
        free(s->folder);
    }
    if (f->inotify >= 0)
        close(f->inotify);
    free(f->list);
    free(f);
}

const char *follow_path(const struct follow *f, unsigned source)
{
    return f->list[source].path;
}

int follow_fd(const struct follow *f)
{
    return f->inotify;
}
