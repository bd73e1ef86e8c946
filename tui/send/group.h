/* Lines that belong together, like a stack trace: a line that does not match the start pattern goes
 * behind the one before, with a line end between. Pure but for the caller's clock. */
#ifndef DL_TUI_SEND_GROUP_H
#define DL_TUI_SEND_GROUP_H

#include <regex.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"

#define GROUP_MAX 1000000 /* bytes of one joined log; what would be more begins the next */
#define GROUP_PATTERN_MAX 1000
#define GROUP_LOOK_MAX 4096 /* bytes of a line that the pattern sees: its cost has an end */
#define GROUP_WAIT_MS 1000  /* without a further line a log is whole */

/* The start pattern: POSIX extended. -DL_E_USAGE says why it is none. Freed by regfree(). */
int group_pattern(regex_t *out, const char *text, struct dl_error *err);

/* Takes one log that is whole; `behind` is where the stream goes on behind it. What it returns
 * (0 or negative) is what the call returns that led here. */
typedef int group_taker(void *context, const char *text, size_t len, uint64_t behind,
                        struct dl_error *err);

struct group {
    const regex_t *start; /* NULL: every line is a log */
    group_taker *take;
    void *context;
    struct dl_buffer text; /* the open log, blank lines at its end included */
    uint64_t behind;       /* of its last line */
    int64_t last_ms;       /* when that came */
    uint64_t split;        /* logs that were ended by GROUP_MAX */
    bool open;
};

void group_init(struct group *group, const regex_t *start, group_taker *take, void *context);
void group_free(struct group *group);

/* One line, in order. An empty one is no log by itself. Whatever fails (the taker, or
 * -DL_E_NOMEM), this line was not taken, and an open log is kept. */
int group_line(struct group *group, const char *line, size_t len, uint64_t behind, int64_t now_ms,
               struct dl_error *err);

/* Hands out the open log, if there is one. */
int group_flush(struct group *group, struct dl_error *err);

/* Milliseconds until group_flush is due, 0: now, -1: nothing is open. */
int group_wait(const struct group *group, int64_t now_ms);

#endif
