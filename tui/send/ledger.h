/* From receipts to positions: which logs are safe, how far each file is therefore read, and the
 * file that keeps it. Receipts come from any thread, all else from one. */
#ifndef DL_TUI_SEND_LEDGER_H
#define DL_TUI_SEND_LEDGER_H

#include <pthread.h>

#include "send/checkpoint.h"
#include "send/positions.h"
#include "send/watermark.h"

#define LEDGER_EVERY_LOGS                                                                          \
    64                      /* a checkpoint at least so often: more than that is never sent twice */
#define LEDGER_EVERY_MS 200 /* the file is written at most so often */

struct ledger {
    pthread_mutex_t lock; /* guards `safe` */
    struct watermark safe;
    struct checkpoints checkpoints;
    struct positions *positions;
    const char *(*path)(const void *context, unsigned source);
    const void *path_context;
    uint64_t number; /* of the last log */
    unsigned since;  /* logs since the last checkpoint */
    int64_t written_ms;
    bool changed; /* positions that the file does not have yet */
};

/* `path` names a source in the file of positions. Positions are kept by the caller. */
void ledger_init(struct ledger *ledger, struct positions *positions,
                 const char *(*path)(const void *context, unsigned source),
                 const void *path_context);
void ledger_free(struct ledger *ledger);

/* Any thread: these logs need not be sent again, whatever happens. */
void ledger_safe(struct ledger *ledger, uint64_t first, uint64_t count);

/* A log was taken; the source's place is behind it. number 0: it was thrown away. */
void ledger_log(struct ledger *ledger, uint64_t number, unsigned source, const struct place *place);

/* The source's place is behind all that was taken of it. */
void ledger_rest(struct ledger *ledger, unsigned source, const struct place *place);

/* Milliseconds until ledger_save has something to do, -1: nothing. */
int ledger_wait(const struct ledger *ledger, int64_t now_ms);

/* Writes the file if a safe place moved and it is time. `last`: now, and on the disk. -DL_E_IO,
 * -DL_E_NOMEM, -DL_E_LIMIT: the file has older places, which is the safe side. */
int ledger_save(struct ledger *ledger, int64_t now_ms, bool last, struct dl_error *err);

#endif
