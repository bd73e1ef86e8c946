#include "send/lines.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FIRST_SIZE (256 * 1024)

int lines_init(struct lines *l, struct dl_error *err)
{
    *l = (struct lines){.size = FIRST_SIZE, .data = malloc(FIRST_SIZE)};
    return l->data ? 0 : dl_error_set(err, DL_E_NOMEM, "no memory to read");
}

void lines_free(struct lines *l)
{
    free(l->data);
    l->data = NULL;
}

void lines_reset(struct lines *l, uint64_t offset)
{
    l->start = l->end = l->scanned = 0;
    l->before = offset;
    l->cut = 0;
    l->skipping = l->follow = l->over = false;
}

uint64_t lines_behind(const struct lines *l)
{
    return l->before + l->start;
}

/* Room behind the unread bytes. A full buffer at its largest holds the start of a line that is too
 * long: that much is a line, and the rest is dropped as it comes. */
static int make_room(struct lines *l, struct dl_error *err)
{
    if (l->start) {
        memmove(l->data, l->data + l->start, l->end - l->start);
        l->end -= l->start;
        l->before += l->start;
        l->start = 0;
    }
    if (l->end < l->size)
        return 0;
    char *data = realloc(l->data, l->size * 2);
    if (!data)
        return dl_error_set(err, DL_E_NOMEM, "no memory for a line of %zu bytes", l->size);
    l->data = data;
    l->size *= 2;
    return 0;
}

int lines_fill(struct lines *l, int fd, struct dl_error *err)
{
    ssize_t n;
    int rc = make_room(l, err);

    if (rc < 0)
        return rc;
    do
        n = read(fd, l->data + l->end, l->size - l->end);
    while (n < 0 && errno == EINTR);
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        return 1;
    if (n < 0)
        return dl_error_set_errno(err, DL_E_IO, errno, "cannot read");
    l->end += (size_t)n;
    l->over = n == 0 && !l->follow;
    return n > 0;
}

/* Hands out the bytes up to `end` and goes on behind `next`. */
static void take(struct lines *l, size_t end, size_t next, const char **line, size_t *len)
{
    if (end > l->start && l->data[end - 1] == '\r')
        end--;
    *line = l->data + l->start;
    *len = end - l->start;
    l->start = next;
    l->scanned = 0;
}

/* What lies before `end` belongs to a line that was handed out already. */
static void drop(struct lines *l, size_t end)
{
    if (end > l->start && !l->lost) {
        l->lost = true;
        l->cut++;
    }
}

bool lines_next(struct lines *l, const char **line, size_t *len)
{
    for (;;) {
        const char *from = l->data + l->start + l->scanned;
        const char *newline = memchr(from, '\n', l->end - l->start - l->scanned);

        if (newline && !l->skipping) {
            size_t end = (size_t)(newline - l->data);

            take(l, end, end + 1, line, len);
            return true;
        }
        if (newline) {
            drop(l, (size_t)(newline - l->data));
            l->start = (size_t)(newline - l->data) + 1;
            l->scanned = 0;
            l->skipping = false;
            continue;
        }
        if (l->skipping) {
            drop(l, l->end);
            l->before += l->end;
            l->start = l->end = l->scanned = 0;
            return false;
        }
        break;
    }
    l->scanned = l->end - l->start;
    if (l->scanned >= LINES_MAX) {
        l->skipping = true;
        l->lost = false;
        take(l, l->end, l->end, line, len);
        return true;
    }
    if (!l->over || l->start == l->end)
        return false;
    take(l, l->end, l->end, line, len);
    return true;
}
