#include "send/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/text.h"

#define BAR_MAX 40
#define BAR_MIN 8
#define COLUMNS_USUAL 80

void progress_open(struct progress *p, int fd, const char *term, int64_t now_ms)
{
    bool able = isatty(fd) && term && *term && strcmp(term, "dumb") != 0;

    *p = (struct progress){.fd = able ? fd : -1, .from_ms = now_ms, .last_ms = now_ms};
}

/* "3m20s", "45s", "2h05m"; "" while nothing can be said. */
static void remaining(char *to, size_t size, uint64_t done, uint64_t whole, int64_t ms)
{
    double seconds;
    uint64_t s;

    *to = '\0';
    if (done == 0 || ms < 1000 || done >= whole)
        return;
    seconds = (double)ms / 1000 * ((double)(whole - done) / (double)done) + 0.5;
    s = seconds < 360000 ? (uint64_t)seconds : 360000;
    if (s >= 360000)
        dl_text_format(to, size, "  ETA >99h");
    else if (s >= 3600)
        dl_text_format(to, size, "  ETA %" PRIu64 "h%02" PRIu64 "m", s / 3600, s / 60 % 60);
    else if (s >= 60)
        dl_text_format(to, size, "  ETA %" PRIu64 "m%02" PRIu64 "s", s / 60, s % 60);
    else
        dl_text_format(to, size, "  ETA %" PRIu64 "s", s);
}

size_t progress_line(char *to, size_t size, size_t columns, uint64_t done, uint64_t whole,
                     uint64_t logs, int64_t ms)
{
    char figures[PROGRESS_WIDTH_MAX], eta[32], bar[BAR_MAX + 1];
    double seconds = ms > 0 ? (double)ms / 1000 : 1;
    size_t len, cells, full;

    if (done > whole) /* a file that grows */
        whole = done;
    remaining(eta, sizeof eta, done, whole, ms);
    dl_text_format(figures, sizeof figures, "%3u%%  %.1f MB/s  %.0f logs/s%s",
                   whole ? (unsigned)((double)done * 100 / (double)whole) : 100,
                   (double)done / 1e6 / seconds, (double)logs / seconds, eta);
    if (columns > size - 1)
        columns = size - 1;
    len = strlen(figures);
    cells = columns > len + 3 ? columns - len - 3 : 0; /* [, ] and a blank */
    if (cells > BAR_MAX)
        cells = BAR_MAX;
    if (cells < BAR_MIN) {
        dl_text_copy(to, columns + 1, figures);
        return strlen(to);
    }
    full = whole ? (size_t)((double)done / (double)whole * (double)cells) : cells;
    memset(bar, '-', cells);
    memset(bar, '#', full < cells ? full : cells);
    bar[cells] = '\0';
    dl_text_format(to, size, "[%s] %s", bar, figures);
    return strlen(to);
}

static size_t columns_of(int fd)
{
    struct winsize window = {0};

    if (ioctl(fd, TIOCGWINSZ, &window) < 0 || window.ws_col == 0)
        return COLUMNS_USUAL;
    return window.ws_col;
}

/* A terminal that does not take it loses a line of figures, no log. */
static void put(int fd, const char *text, size_t len)
{
    ssize_t n = write(fd, text, len);

    (void)n;
}

void progress_show(struct progress *p, uint64_t done, uint64_t whole, uint64_t logs, int64_t now_ms)
{
    char line[2 * PROGRESS_WIDTH_MAX + 4];
    size_t columns, len;

    if (p->fd < 0 || now_ms - p->last_ms < PROGRESS_EVERY_MS)
        return;
    p->last_ms = now_ms;
    columns = columns_of(p->fd) - 1; /* the last column would wrap on some */
    if (columns > PROGRESS_WIDTH_MAX - 1)
        columns = PROGRESS_WIDTH_MAX - 1;
    line[0] = '\r';
    len = progress_line(line + 1, PROGRESS_WIDTH_MAX, columns, done, whole, logs,
                        now_ms - p->from_ms);
    if (p->drawn > columns)
        p->drawn = columns;
    if (len < p->drawn) { /* the rest of the longer line before */
        memset(line + 1 + len, ' ', p->drawn - len);
        put(p->fd, line, 1 + p->drawn);
    } else {
        put(p->fd, line, 1 + len);
    }
    p->drawn = len;
}

void progress_clear(struct progress *p)
{
    char line[PROGRESS_WIDTH_MAX + 2];

    if (p->fd < 0 || !p->drawn)
        return;
    memset(line, ' ', sizeof line);
    line[0] = '\r';
    line[p->drawn + 1] = '\r';
    put(p->fd, line, p->drawn + 2);
    p->drawn = 0;
}
