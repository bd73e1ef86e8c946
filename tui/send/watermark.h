/* Which logs are safe: receipts name ranges of log numbers in any order; the mark is the number up
 * to which every log is safe. Not for two threads at once. */
#ifndef DL_TUI_SEND_WATERMARK_H
#define DL_TUI_SEND_WATERMARK_H

#include <stddef.h>
#include <stdint.h>

struct watermark_range {
    uint64_t first, last;
};

struct watermark {
    uint64_t mark;                  /* logs 1 to mark are safe */
    struct watermark_range *ranges; /* behind it, in order, neither touching nor overlapping */
    size_t count, size;
};

void watermark_free(struct watermark *watermark);

/* Logs first to first + count - 1 are safe; said twice does no harm, and first 0 (logs of another
 * process) says nothing. -DL_E_NOMEM: the mark stays, which is the safe side. */
int watermark_add(struct watermark *watermark, uint64_t first, uint64_t count);

#endif
