/* What stands on the disk, byte by byte; all numbers are little-endian. See
 * docs/internals/spool.md. */
#ifndef DL_SPOOL_FORMAT_H
#define DL_SPOOL_FORMAT_H

#include <stdbool.h>
#include <stdint.h>

#include "spool/spool.h"

#define DL_FORMAT_HEAD 64    /* bytes of a segment's and of an entry's header */
#define DL_FORMAT_SLOT 4096  /* bytes of one slot of the cursor */
#define DL_FORMAT_RANGES 128 /* most settled stretches beyond its position */

enum dl_format_result { DL_FORMAT_BAD, DL_FORMAT_GOOD, DL_FORMAT_NEWER };

struct dl_segment_head {
    uint64_t number; /* of the segment, growing */
    uint64_t base;   /* number of the first log it may hold */
    int64_t made_ms; /* wall clock */
};

/* An entry's header; `body` of `entry` is not looked at but for its sum. */
struct dl_entry_head {
    struct dl_spool_entry entry;
    uint32_t body_sum;
};

struct dl_settled {
    uint64_t first, count;
};

struct dl_cursor {
    uint64_t generation;
    uint64_t segment, offset; /* of what comes next to be settled */
    uint64_t next;            /* the number of its first log */
    uint64_t accepted;        /* the last number known to be accepted when it was written */
    uint64_t delivered, quarantined, damaged, discarded; /* before it, and in the ranges */
    uint32_t range_count;
    struct dl_settled ranges[DL_FORMAT_RANGES]; /* settled beyond it */
};

void dl_format_segment(unsigned char to[DL_FORMAT_HEAD], const struct dl_segment_head *head);
enum dl_format_result dl_format_read_segment(const unsigned char from[DL_FORMAT_HEAD],
                                             struct dl_segment_head *out);

/* body_sum is computed here from entry.body. */
void dl_format_entry(unsigned char to[DL_FORMAT_HEAD], const struct dl_spool_entry *entry);
enum dl_format_result dl_format_read_entry(const unsigned char from[DL_FORMAT_HEAD],
                                           struct dl_entry_head *out);

void dl_format_cursor(unsigned char to[DL_FORMAT_SLOT], const struct dl_cursor *cursor);
enum dl_format_result dl_format_read_cursor(const unsigned char from[DL_FORMAT_SLOT],
                                            struct dl_cursor *out);

#endif
