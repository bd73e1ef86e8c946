/* Lines out of a descriptor, through one buffer that is bounded. */
#ifndef DL_TUI_COMMAND_LINES_H
#define DL_TUI_COMMAND_LINES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

#define LINES_MAX                                                                                  \
    (2 * 1024 * 1024) /* longest line kept whole; of a longer one the start is kept                \
                       */

struct lines {
    char *data;
    size_t size, start, end; /* unread bytes are data[start...end) */
    size_t scanned;          /* of them, this many hold no line end */
    bool skipping;           /* the rest of a line that was too long is dropped */
    bool over;               /* end of file was met */
};

int lines_init(struct lines *lines, struct dl_error *err);
void lines_free(struct lines *lines);

/* Reads once. 1: there may be lines; 0: end of file; -DL_E_IO, -DL_E_NOMEM. Would it block: 1. */
int lines_fill(struct lines *lines, int fd, struct dl_error *err);

/* The next whole line without its end (LF or CRLF), and at the end of the file the last one without
 * an end. Valid until the next fill. False: fill again, or all is read. */
bool lines_next(struct lines *lines, const char **line, size_t *len);

/* Ready for another descriptor; the memory is kept. */
void lines_reset(struct lines *lines);

#endif
