/* Files followed like tail -F: through renames, truncations, deletions, and before they are there.
 * It never waits: the caller polls follow_fd() for at most follow_wait() and then calls
 * follow_step(). */
#ifndef DL_TUI_SEND_FOLLOW_H
#define DL_TUI_SEND_FOLLOW_H

#include "send/positions.h"
#include "send/stream.h"

#define FOLLOW_LOOK_MS 1000  /* how often is looked where nobody tells of changes */
#define FOLLOW_QUIET_MS 1000 /* a renamed file is over when nothing came for so long */

struct follow;

struct follow_options {
    const char *const *paths;
    size_t count;
    bool from_start;                   /* of files without a saved place; default: from their end */
    const regex_t *start;              /* of joined lines, or NULL */
    const struct positions *positions; /* where to go on, or NULL */
    const struct stream_taker *taker;  /* a stream's source is the index of its path */
    /* What a person should hear, once each: a file is not there yet, or is gone. */
    void (*say)(void *context, const char *sentence);
    void *say_context;
    bool no_inotify; /* for tests: as if the kernel had none */
};

/* -DL_E_IO for a path that is there and cannot be followed, -DL_E_NOMEM. */
int follow_open(struct follow **out, const struct follow_options *options, struct dl_error *err);
void follow_free(struct follow *follow);

/* The absolute path of a source, as positions name it. */
const char *follow_path(const struct follow *follow, unsigned source);

/* Readable when something happened; -1: look by the clock. */
int follow_fd(const struct follow *follow);

/* Milliseconds until follow_step has something to do without being told; -1: none. */
int follow_wait(const struct follow *follow, int64_t now_ms);

/* Reads at most one piece of each file. 1: there is more already, 0: wait; negative: what the taker
 * said, or -DL_E_NOMEM. */
int follow_step(struct follow *follow, int64_t now_ms, struct dl_error *err);

/* Joined logs that were ended by GROUP_MAX. */
uint64_t follow_split(const struct follow *follow);

/* Hands over what waits for more, a last line without an end too. */
int follow_end(struct follow *follow, struct dl_error *err);

#endif
