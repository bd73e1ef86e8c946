#include "spool/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"

#define LOCKS_MAX ((size_t)4 * 1024 * 1024)
#define NUMBER_MAX (UINT64_MAX / 4) /* of a segment; beyond it a name is not ours */

int dl_segments_add(struct dl_segments *s, const struct dl_segment *segment)
{
    if (s->count == s->room) {
        size_t room = s->room ? s->room * 2 : 16;
        struct dl_segment *items = reallocarray(s->items, room, sizeof *items);

        if (!items)
            return -DL_E_NOMEM;
        s->items = items;
        s->room = room;
    }
    s->items[s->count++] = *segment;
    return 0;
}

struct dl_segment *dl_segments_from(const struct dl_segments *s, uint64_t number)
{
    size_t low = 0, high = s->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (s->items[middle].number < number)
            low = middle + 1;
        else
            high = middle;
    }
    return low < s->count ? &s->items[low] : NULL;
}

void dl_segments_remove(struct dl_segments *s, uint64_t number)
{
    struct dl_segment *segment = dl_segments_from(s, number);

    if (!segment || segment->number != number)
        return;
    s->count--;
    memmove(segment, segment + 1, (s->count - (size_t)(segment - s->items)) * sizeof *segment);
}

uint64_t dl_segments_bytes(const struct dl_segments *s)
{
    uint64_t bytes = 0;

    for (size_t i = 0; i < s->count; i++)
        bytes += s->items[i].size;
    return bytes;
}

static const char *const prefixes[] = {
    [DL_KIND_SEGMENT] = "", [DL_KIND_QUARANTINE] = "quarantine-", [DL_KIND_ASIDE] = "damaged-"};

void dl_segment_name(char to[DL_SPOOL_NAME], enum dl_segment_kind kind, uint64_t number)
{
    dl_text_format(to, DL_SPOOL_NAME, "%s%016" PRIx64 ".seg", prefixes[kind], number);
}

int dl_folder_open(int *out, const char *path, bool make, struct dl_error *err)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC), rc = 0;

    if (fd < 0 && errno == ENOENT && make) {
        rc = dl_file_make_folders(path, err);
        if (rc < 0)
            return rc;
        fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    }
    if (fd < 0)
        return dl_error_set_errno(err, DL_E_IO, errno, "the folder %s cannot be used", path);
    if (fstat(fd, &st) < 0)
        rc = dl_error_set_errno(err, DL_E_IO, errno, "the folder %s cannot be used", path);
    else if (st.st_uid != geteuid() && st.st_uid != 0)
        rc =
            dl_error_set(err, DL_E_SPOOL_PERM,
                         "the folder %s belongs to user %u, not to you: chown it", path, st.st_uid);
    else if (st.st_mode & (S_IWGRP | S_IWOTH))
        rc = dl_error_set(err, DL_E_SPOOL_PERM, "others can write into %s; run: chmod 700 %s", path,
                          path);
    if (rc < 0)
        close(fd);
    else
        *out = fd;
    return rc;
}

/* One line of /proc/locks: "1: FLOCK ADVISORY WRITE PID MAJOR:MINOR:INODE 0 EOF" */
static pid_t lock_of(char *line, const char *file)
{
    char *rest = line, *word, *words[6] = {NULL};
    size_t count = 0;

    while (count < 6 && (word = strsep(&rest, " ")))
        if (*word)
            words[count++] = word;
    if (count < 6 || strcmp(words[1], "FLOCK") != 0 || strcmp(words[5], file) != 0)
        return 0;
    return (pid_t)strtol(words[4], NULL, 10);
}

pid_t dl_folder_owner(int fd)
{
    struct dl_buffer locks;
    struct stat st;
    char file[64], *rest, *line;
    pid_t owner = 0;

    dl_buffer_init(&locks, LOCKS_MAX);
    if (fstat(fd, &st) == 0 && dl_file_read("/proc/locks", false, &locks, NULL) == 0 &&
        locks.data) {
        dl_text_format(file, sizeof file, "%02x:%02x:%" PRIu64, major(st.st_dev), minor(st.st_dev),
                       (uint64_t)st.st_ino);
        rest = locks.data;
        while (owner <= 0 && (line = strsep(&rest, "\n")))
            owner = lock_of(line, file);
    }
    dl_buffer_free(&locks);
    return owner > 0 ? owner : 0;
}

/* ---- names ---- */

/* True for a name of that kind. */
static bool parse_name(const char *name, enum dl_segment_kind kind, uint64_t *number)
{
    size_t length = strlen(prefixes[kind]);
    char again[DL_SPOOL_NAME];

    if (strncmp(name, prefixes[kind], length) != 0 ||
        strspn(name + length, "0123456789abcdef") != 16)
        return false;
    *number = strtoull(name + length, NULL, 16);
    dl_segment_name(again, kind, *number);
    return strcmp(name, again) == 0 && *number >= 1 && *number <= NUMBER_MAX;
}

struct names {
    struct dl_listing *listing;
    int rc;
};

static void list_one(void *to, const char *name, off_t size)
{
    struct names *names = to;
    struct dl_listing *listing = names->listing;
    struct dl_segments *const lists[] = {&listing->segments, &listing->quarantine, &listing->aside};
    struct dl_segment segment = {.odd = size < 0};

    segment.size = segment.limit = size < 0 ? 0 : (uint64_t)size;
    for (int kind = DL_KIND_SEGMENT; kind <= DL_KIND_ASIDE; kind++) {
        if (!parse_name(name, (enum dl_segment_kind)kind, &segment.number))
            continue;
        if (segment.number > listing->top)
            listing->top = segment.number;
        if (names->rc == 0)
            names->rc = dl_segments_add(lists[kind], &segment);
        return;
    }
    if (strcmp(name, DL_CURSOR_NAME) == 0) {
        listing->cursor_there = true;
        return;
    }
    listing->stranger_bytes += segment.size;
    if (listing->strangers++ == 0)
        dl_text_copy(listing->stranger, sizeof listing->stranger, name);
}

static int by_number(const void *a, const void *b)
{
    uint64_t x = ((const struct dl_segment *)a)->number, y = ((const struct dl_segment *)b)->number;

    return x < y ? -1 : x > y;
}

static void sort(struct dl_segments *s)
{
    if (s->count > 1)
        qsort(s->items, s->count, sizeof *s->items, by_number);
}

int dl_listing_read(struct dl_listing *out, const struct dl_disk *disk, int folder,
                    struct dl_error *err)
{
    struct names names = {.listing = out};
    int rc = disk->list(disk->context, folder, list_one, &names);

    if (names.rc < 0)
        return dl_error_set(err, DL_E_NOMEM, "no memory for the names in the spool");
    if (rc < 0)
        return dl_error_set_errno(err, DL_E_IO, errno, "the spool's folder cannot be read");
    sort(&out->segments);
    sort(&out->quarantine);
    sort(&out->aside);
    return 0;
}

void dl_listing_free(struct dl_listing *listing)
{
    free(listing->segments.items);
    free(listing->quarantine.items);
    free(listing->aside.items);
    *listing = (struct dl_listing){0};
}
