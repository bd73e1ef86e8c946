/* The open batch: a JSON array that grows by one log at a time and stays within one request. */
#ifndef DL_SENDER_BATCH_H
#define DL_SENDER_BATCH_H

#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"

#define DL_BATCH_ENTRIES 1000  /* documented maximum of one request */
#define DL_BATCH_BYTES 5000000 /* uncompressed */

struct dl_batch {
    struct dl_buffer body;           /* "[LOG,LOG" while open, "[LOG,LOG]" when closed */
    uint32_t ends[DL_BATCH_ENTRIES]; /* offset behind each log */
    size_t count;
    int64_t opened_ms; /* dl_clock_ms of the first log */
    int64_t taken_ms;  /* dl_clock_wall_ms of it */
};

void dl_batch_init(struct dl_batch *batch);
void dl_batch_free(struct dl_batch *batch);

/* Writes the bracket or comma for the next log. -DL_E_LIMIT: the batch is full. After it, append
 * the log to batch->body and call keep, or undo when that failed. */
int dl_batch_begin(struct dl_batch *batch);
void dl_batch_keep(struct dl_batch *batch);
void dl_batch_undo(struct dl_batch *batch);

/* Where each log of a closed body ends, for a body that was not put together here: the number of
 * logs, 0 if it is no array of 1 to DL_BATCH_ENTRIES objects. */
size_t dl_batch_find_ends(const char *body, size_t length, uint32_t ends[DL_BATCH_ENTRIES]);

/* Adds logs `from` up to but not including `to` of a closed batch. -DL_E_LIMIT, -DL_E_NOMEM. */
int dl_batch_add_part(struct dl_batch *batch, const char *body, const uint32_t *ends, size_t from,
                      size_t to);

/* Writes the last bracket. Never fails: its room is set aside. */
void dl_batch_close(struct dl_batch *batch);

/* Empty again, the memory kept. */
void dl_batch_clear(struct dl_batch *batch);

#endif
