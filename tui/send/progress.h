/* The progress bar: one line of ASCII, written over itself, gone at the end. */
#ifndef DL_TUI_SEND_PROGRESS_H
#define DL_TUI_SEND_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PROGRESS_EVERY_MS 200
#define PROGRESS_WIDTH_MAX 120

struct progress {
    int fd;          /* terminal; -1: nothing is drawn */
    int64_t from_ms; /* start */
    int64_t last_ms; /* last drawing */
    size_t drawn;    /* columns that hold something */
};

/* Draws from now on, if fd is a terminal that can go back to the start of a line. */
void progress_open(struct progress *progress, int fd, const char *term, int64_t now_ms);

/* Draws what is done of `whole` bytes, unless the last drawing is younger than PROGRESS_EVERY_MS.
 */
void progress_show(struct progress *progress, uint64_t done, uint64_t whole, uint64_t logs,
                   int64_t now_ms);

/* Takes the line away, for other words or for good. */
void progress_clear(struct progress *progress);

/* The line itself, at most `columns` wide, into `to` (size bytes); returns its length. `ms` is how
 * long it has taken so far. */
size_t progress_line(char *to, size_t size, size_t columns, uint64_t done, uint64_t whole,
                     uint64_t logs, int64_t ms);

#endif
