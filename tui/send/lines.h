/* Lines out of a descriptor, through one buffer that is bounded. */
#ifndef DL_TUI_SEND_LINES_H
#define DL_TUI_SEND_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

#define LINES_MAX                                                                                  \
    (2 * 1024 * 1024) /* longest line kept whole; of a longer one the start is kept                \
                       */

struct lines {
    char *data;
    size_t size, start, end; /* unread bytes are data[start...end) */
    size_t scanned;          /* of them, this many hold no line end */
    uint64_t before;         /* bytes of the stream that are no longer in data */
    uint64_t cut;            /* lines that were longer than LINES_MAX */
    bool skipping;           /* the rest of a line that was too long is dropped */
    bool lost;               /* there was such a rest, and it is counted */
    bool follow;             /* more may come behind an end of file: set after the reset */
    bool over;               /* no more will come */
};

int lines_init(struct lines *lines, struct dl_error *err);
void lines_free(struct lines *lines);

/* Reads once. 1: there may be lines; 0: end of file, which is the end of all unless `follow`;
 * -DL_E_IO, -DL_E_NOMEM. Would it block: 1. */
int lines_fill(struct lines *lines, int fd, struct dl_error *err);

/* The next whole line without its end (LF or CRLF), and at the end of the file the last one without
 * an end. Valid until the next fill. False: fill again, or all is read. */
bool lines_next(struct lines *lines, const char **line, size_t *len);

/* How far the lines go that were handed out, in bytes of the stream: where to go on later. */
uint64_t lines_behind(const struct lines *lines);

/* Ready for another descriptor, read from this offset on; the memory is kept. */
void lines_reset(struct lines *lines, uint64_t offset);

#endif
