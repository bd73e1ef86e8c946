#include "send/watermark.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"

#define FIRST_SIZE 16

void watermark_free(struct watermark *w)
{
    free(w->ranges);
    *w = (struct watermark){0};
}

/* The first range that ends at `number` or later, or right before it. */
static size_t find(const struct watermark *w, uint64_t number)
{
    size_t low = 0, high = w->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (w->ranges[middle].last + 1 < number)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static int make_room(struct watermark *w)
{
    size_t size = w->size ? w->size * 2 : FIRST_SIZE;
    struct watermark_range *ranges;

    if (w->count < w->size)
        return 0;
    ranges = reallocarray(w->ranges, size, sizeof *ranges);
    if (!ranges)
        return -DL_E_NOMEM;
    w->ranges = ranges;
    w->size = size;
    return 0;
}

static void remove_ranges(struct watermark *w, size_t from, size_t to)
{
    if (from == to)
        return;
    memmove(w->ranges + from, w->ranges + to, (w->count - to) * sizeof *w->ranges);
    w->count -= to - from;
}

/* Puts the range in at `at`, in the place of those up to `end` that it touches. */
static int put(struct watermark *w, size_t at, size_t end, struct watermark_range range)
{
    if (at < end) {
        if (w->ranges[at].first < range.first)
            range.first = w->ranges[at].first;
        if (w->ranges[end - 1].last > range.last)
            range.last = w->ranges[end - 1].last;
        w->ranges[at] = range;
        remove_ranges(w, at + 1, end);
        return 0;
    }
    if (make_room(w) < 0)
        return -DL_E_NOMEM;
    memmove(w->ranges + at + 1, w->ranges + at, (w->count - at) * sizeof *w->ranges);
    w->ranges[at] = range;
    w->count++;
    return 0;
}

int watermark_add(struct watermark *w, uint64_t first, uint64_t count)
{
    struct watermark_range range = {first, first + (count - 1)};
    size_t at, end;

    if (first == 0 || count == 0 || range.last <= w->mark)
        return 0;
    if (range.last == UINT64_MAX || range.last < first)
        return 0;               /* no such log */
    if (first <= w->mark + 1) { /* the usual case needs no range */
        w->mark = range.last;
    } else {
        at = find(w, first);
        for (end = at; end < w->count && w->ranges[end].first <= range.last + 1;)
            end++;
        if (put(w, at, end, range) < 0)
            return -DL_E_NOMEM;
    }
    for (end = 0; end < w->count && w->ranges[end].first <= w->mark + 1; end++)
        if (w->ranges[end].last > w->mark)
            w->mark = w->ranges[end].last;
    remove_ranges(w, 0, end);
    return 0;
}
