#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spool/spool_private.h"

#define SCAN 65536

void dl_segment_name(char to[DL_NAME_SIZE], const char *prefix, uint64_t number)
{
    snprintf(to, DL_NAME_SIZE, "%s%016llx.seg", prefix, (unsigned long long)number);
}

int dl_segments_add(struct dl_spool *s, uint64_t number, uint64_t size)
{
    size_t i = s->segment_count;

    if (i == s->segment_room) {
        size_t room = s->segment_room ? 2 * s->segment_room : 16;
        struct dl_segment *more = reallocarray(s->segments, room, sizeof *more);

        if (!more)
            return -DL_E_NOMEM;
        s->segments = more;
        s->segment_room = room;
    }
    for (; i > 0 && s->segments[i - 1].number > number; i--)
        s->segments[i] = s->segments[i - 1];
    s->segments[i] = (struct dl_segment){.number = number, .size = size};
    s->segment_count++;
    if (number > s->last_number)
        s->last_number = number;
    return 0;
}

/* PREFIX, 16 hexadecimal digits, ".seg": their number; 0 for any other name. */
static uint64_t number_of(const char *name, const char *prefix)
{
    size_t n = strlen(prefix);
    char *end;

    if (strncmp(name, prefix, n) != 0 || strlen(name) != n + 20 ||
        strspn(name + n, "0123456789abcdef") != 16 || strcmp(name + n + 16, ".seg") != 0)
        return 0;
    return strtoull(name + n, &end, 16);
}

struct listing {
    struct dl_spool *spool;
    int rc;
};

static void note_file(void *to, const char *name, off_t size)
{
    struct listing *l = to;
    struct dl_spool *s = l->spool;
    uint64_t number = number_of(name, "");
    uint64_t aside = number_of(name, "quarantine-") | number_of(name, "damaged-");

    if (number > s->last_number) /* its name is taken, whatever it is */
        s->last_number = number;
    if (aside > s->last_number)
        s->last_number = aside;
    if (size < 0)
        return;
    if (number && l->rc == 0)
        l->rc = dl_segments_add(s, number, (uint64_t)size);
    else if (!number && strcmp(name, DL_CURSOR_NAME) != 0)
        s->other_bytes += (uint64_t)size;
}

int dl_segments_list(struct dl_spool *s, struct dl_error *err)
{
    struct listing l = {.spool = s};

    if (s->disk->list(s->disk->context, s->folder, note_file, &l) < 0)
        return dl_error_set_errno(err, DL_E_IO, errno, "the folder of the spool cannot be read");
    if (l.rc < 0)
        return dl_error_set(err, DL_E_NOMEM, "no memory for the names of the spool's files");
    return 0;
}

struct dl_segment *dl_segment_from(struct dl_spool *s, uint64_t number)
{
    for (size_t i = 0; i < s->segment_count; i++)
        if (s->segments[i].number >= number)
            return &s->segments[i];
    return NULL;
}

struct dl_segment *dl_segment_at(struct dl_spool *s, uint64_t number)
{
    struct dl_segment *segment = dl_segment_from(s, number);

    return segment && segment->number == number ? segment : NULL;
}

static int open_segment(struct dl_spool *s, const struct dl_segment *segment)
{
    char name[DL_NAME_SIZE];

    dl_segment_name(name, "", segment->number);
    return s->disk->open(s->disk->context, s->folder, name, O_RDONLY);
}

uint64_t dl_segment_base(struct dl_spool *s, struct dl_segment *segment)
{
    unsigned char bytes[DL_FORMAT_HEAD];
    struct dl_segment_head head;
    enum dl_format_result result = DL_FORMAT_BAD;
    ssize_t n;
    int fd;

    if (segment->base)
        return segment->base;
    fd = open_segment(s, segment);
    n = fd < 0 ? -1 : dl_spool_read_at(s, fd, bytes, sizeof bytes, 0);
    if (n == sizeof bytes)
        result = dl_format_read_segment(bytes, &head);
    if (n < 0 && errno != ENOENT && ++segment->failures < DL_SPOOL_TRIES) {
        if (fd >= 0)
            s->disk->close(s->disk->context, fd);
        return 0;
    }
    if (result == DL_FORMAT_GOOD && head.number != segment->number)
        result = DL_FORMAT_BAD; /* another's file under this name */
    segment->base = result == DL_FORMAT_GOOD ? head.base : UINT64_MAX;
    segment->damaged |= result != DL_FORMAT_GOOD;
    s->newer |= result == DL_FORMAT_NEWER;
    if (fd >= 0)
        s->disk->close(s->disk->context, fd);
    return segment->base;
}

/* 1 and the header when a whole valid entry can stand at the offset; 0; -1. */
static int entry_at(struct dl_spool *s, int fd, uint64_t offset, uint64_t size,
                    struct dl_entry_head *head)
{
    unsigned char bytes[DL_FORMAT_HEAD];
    ssize_t n;

    if (offset + sizeof bytes > size)
        return 0;
    n = dl_spool_read_at(s, fd, bytes, sizeof bytes, offset);
    if (n < 0)
        return -1;
    return n == sizeof bytes && dl_format_read_entry(bytes, head) == DL_FORMAT_GOOD &&
           head->entry.length <= size - offset - sizeof bytes;
}

int dl_segment_find(struct dl_spool *s, int fd, uint64_t *offset, uint64_t size,
                    struct dl_entry_head *head, bool *skipped)
{
    unsigned char bytes[SCAN];
    int rc = entry_at(s, fd, *offset, size, head);

    *skipped = false;
    if (rc != 0 || *offset + DL_FORMAT_HEAD > size) {
        *skipped = rc == 0 && *offset < size;
        return rc;
    }
    *skipped = true;
    for (uint64_t at = *offset + 1; at + DL_FORMAT_HEAD <= size;) {
        ssize_t n = dl_spool_read_at(s, fd, bytes, sizeof bytes, at);

        if (n < 0)
            return -1;
        if (n < DL_FORMAT_HEAD)
            break;
        for (ssize_t i = 0; i + 4 <= n; i++) {
            if (bytes[i] != 'D' || bytes[i + 1] != 'L' || bytes[i + 2] != 'e' ||
                bytes[i + 3] != 'n')
                continue;
            rc = entry_at(s, fd, at + (uint64_t)i, size, head);
            if (rc != 0) {
                *offset = at + (uint64_t)i;
                return rc;
            }
        }
        at += (uint64_t)n - 3;
    }
    *offset = size;
    return 0;
}

uint64_t dl_segment_last(struct dl_spool *s, struct dl_segment *segment)
{
    int fd = open_segment(s, segment);
    uint64_t offset = DL_FORMAT_HEAD, last = 0;
    struct dl_entry_head head;
    bool skipped;

    if (fd < 0)
        return 0;
    while (dl_segment_find(s, fd, &offset, segment->size, &head, &skipped) > 0) {
        uint64_t end = head.entry.first + head.entry.count - 1;

        segment->damaged |= skipped;
        last = end > last ? end : last;
        offset += DL_FORMAT_HEAD + head.entry.length;
    }
    s->disk->close(s->disk->context, fd);
    return last;
}

/* Unlinked, or when something in it was damaged, kept under another name. */
static bool take_away(struct dl_spool *s, const struct dl_segment *segment)
{
    char name[DL_NAME_SIZE], aside[DL_NAME_SIZE];
    int rc;

    dl_segment_name(name, "", segment->number);
    dl_segment_name(aside, "damaged-", segment->number);
    if (segment->damaged) {
        rc = s->disk->rename(s->disk->context, s->folder, name, aside);
        if (rc == 0)
            s->other_bytes += segment->size;
    } else {
        rc = s->disk->unlink(s->disk->context, s->folder, name);
    }
    return rc == 0 || errno == ENOENT;
}

void dl_segments_clean(struct dl_spool *s, uint64_t before)
{
    size_t n = 0;

    if (s->read_only || !s->segment_count || s->segments[0].number >= before)
        return;
    if (!dl_cursor_sync(s)) /* first the cursor, or a crash would bring back what is gone */
        return;
    while (n < s->segment_count && s->segments[n].number < before &&
           (s->out < 0 || s->segments[n].number != s->out_number) && take_away(s, &s->segments[n]))
        n++;
    memmove(s->segments, s->segments + n, (s->segment_count - n) * sizeof *s->segments);
    s->segment_count -= n;
}
