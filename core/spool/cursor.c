#include "spool/cursor.h"

#include <errno.h>
#include <string.h>

#include "spool/crc32c.h"
#include "spool/entry.h"

#define MAGIC "DLcu"
#define FIXED 120 /* bytes before the ranges */
#define RANGE 16

static void encode(unsigned char to[DL_CURSOR_SLOT], const struct dl_cursor *c)
{
    const uint64_t numbers[] = {
        c->generation, c->id,        c->origin,      c->segment, c->offset,    c->number,
        c->accepted,   c->delivered, c->quarantined, c->damaged, c->discarded,
    };

    memset(to, 0, DL_CURSOR_SLOT);
    memcpy(to, MAGIC, 4);
    dl_put32(to + 8, DL_SPOOL_VERSION);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        dl_put64(to + 16 + 8 * i, numbers[i]);
    dl_put32(to + 104, c->damage);
    dl_put32(to + 108, c->range_count);
    for (uint32_t i = 0; i < c->range_count; i++) {
        dl_put64(to + FIXED + (size_t)i * RANGE, c->ranges[i].first);
        dl_put64(to + FIXED + (size_t)i * RANGE + 8, c->ranges[i].end);
    }
    dl_put32(to + 4, dl_crc32c(0, to + 8, DL_CURSOR_SLOT - 8));
}

/* The numbers agree with each other: no sum can say that. */
static bool consistent(const struct dl_cursor *c)
{
    uint64_t settled, ranges = 0, before = c->number;

    for (uint32_t i = 0; i < c->range_count; i++) {
        if (c->ranges[i].first < before || c->ranges[i].end <= c->ranges[i].first ||
            c->ranges[i].end - 1 > c->accepted)
            return false;
        before = c->ranges[i].end;
        ranges += c->ranges[i].end - c->ranges[i].first;
    }
    if (c->number < 1 || c->origin >= c->number || c->accepted < c->number - 1 ||
        c->accepted > DL_LOG_MAX || c->segment > DL_LOG_MAX)
        return false;
    if (__builtin_add_overflow(c->delivered, c->quarantined, &settled) ||
        __builtin_add_overflow(settled, c->damaged, &settled) ||
        __builtin_add_overflow(settled, c->discarded, &settled))
        return false;
    return settled == c->number - 1 - c->origin + ranges && settled <= c->accepted - c->origin;
}

/* 1, 0, or -DL_E_SPOOL_NEWER */
static int decode(struct dl_cursor *c, const unsigned char *from, size_t size)
{
    uint64_t *const numbers[] = {
        &c->generation, &c->id,        &c->origin,      &c->segment, &c->offset,    &c->number,
        &c->accepted,   &c->delivered, &c->quarantined, &c->damaged, &c->discarded,
    };

    if (size < DL_CURSOR_SLOT || memcmp(from, MAGIC, 4) != 0 ||
        dl_get32(from + 4) != dl_crc32c(0, from + 8, DL_CURSOR_SLOT - 8))
        return 0;
    if (dl_get32(from + 8) > DL_SPOOL_VERSION)
        return -DL_E_SPOOL_NEWER;
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        *numbers[i] = dl_get64(from + 16 + 8 * i);
    c->damage = dl_get32(from + 104) != 0;
    c->range_count = dl_get32(from + 108);
    if (c->range_count > DL_SPOOL_AHEAD)
        return 0;
    for (uint32_t i = 0; i < c->range_count; i++) {
        c->ranges[i].first = dl_get64(from + FIXED + (size_t)i * RANGE);
        c->ranges[i].end = dl_get64(from + FIXED + (size_t)i * RANGE + 8);
    }
    return consistent(c);
}

int dl_cursor_read(struct dl_cursor *out, struct dl_cursor_state *state, const struct dl_disk *disk,
                   int fd, int *number)
{
    static const unsigned char zeros[DL_CURSOR_SLOT];
    unsigned char bytes[DL_CURSOR_SLOT];
    struct dl_cursor slots[2] = {{0}};

    *state = (struct dl_cursor_state){.newest = -1};
    *number = 0;
    for (int i = 0; i < 2; i++) {
        ssize_t n = dl_disk_read(disk, fd, bytes, sizeof bytes, (uint64_t)i * DL_CURSOR_SLOT);
        int rc = n < 0 ? 0 : decode(&slots[i], bytes, (size_t)n);

        if (n < 0)
            *number = errno;
        if (rc < 0)
            return rc;
        state->valid[i] = rc == 1;
        state->blank[i] = n >= 0 && memcmp(bytes, zeros, (size_t)n) == 0 && n == sizeof bytes;
    }
    for (int i = 0; i < 2; i++)
        if (state->valid[i] &&
            (state->newest < 0 || slots[i].generation > slots[state->newest].generation))
            state->newest = i;
    if (state->newest < 0)
        return 0;
    *out = slots[state->newest];
    state->generation = out->generation;
    return 1;
}

int dl_cursor_write(const struct dl_cursor *cursor, int slot, const struct dl_disk *disk, int fd)
{
    unsigned char bytes[DL_CURSOR_SLOT];

    encode(bytes, cursor);
    return dl_disk_write(disk, fd, bytes, sizeof bytes, (uint64_t)slot * DL_CURSOR_SLOT);
}

uint64_t dl_cursor_covers(const struct dl_cursor *cursor, uint64_t first, uint64_t end)
{
    uint64_t logs = 0;

    for (uint32_t i = 0; i < cursor->range_count; i++) {
        uint64_t a = cursor->ranges[i].first, b = cursor->ranges[i].end;

        if (a < first)
            a = first;
        if (b > end)
            b = end;
        if (a < b)
            logs += b - a;
    }
    return logs;
}

uint64_t dl_cursor_settled(const struct dl_cursor *c)
{
    return c->delivered + c->quarantined + c->damaged + c->discarded;
}
