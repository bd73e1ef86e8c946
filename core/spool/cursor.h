/* The cursor: where reading goes on and what became of all before. Two slots in a file of fixed
 * size; the one that was synced last is never written over before the other one is. */
#ifndef DL_SPOOL_CURSOR_H
#define DL_SPOOL_CURSOR_H

#include "spool/disk.h"
#include "spool/spool.h"

#define DL_CURSOR_NAME "cursor"
#define DL_CURSOR_SLOT 4096
#define DL_CURSOR_FILE (2 * DL_CURSOR_SLOT)

struct dl_range {
    uint64_t first, end;
};

struct dl_cursor {
    uint64_t generation;
    uint64_t id;              /* of the spool */
    uint64_t origin;          /* logs before the first that these counts know of */
    uint64_t segment, offset; /* of the oldest entry that is not settled */
    uint64_t number;          /* of its first log */
    uint64_t accepted;        /* number of the last log known to be on disk */
    uint64_t delivered, quarantined, damaged, discarded;
    bool damage; /* its segment lost logs before that place */
    uint32_t range_count;
    struct dl_range ranges[DL_SPOOL_AHEAD]; /* settled beyond it, in order */
};

/* What the two slots of a file are. */
struct dl_cursor_state {
    bool valid[2], blank[2]; /* blank: never written */
    int newest;              /* slot, -1: none is valid */
    uint64_t generation;     /* of the newest */
};

/* 1: *out is the newest; 0: there is none; -DL_E_SPOOL_NEWER; -1 is never returned: what cannot be
 * read is not there, *number says why (0: it could be read). */
int dl_cursor_read(struct dl_cursor *out, struct dl_cursor_state *state, const struct dl_disk *disk,
                   int fd, int *number);

/* Into one slot of the file. -1 and errno. */
int dl_cursor_write(const struct dl_cursor *cursor, int slot, const struct dl_disk *disk, int fd);

/* Logs between the two numbers that the ranges cover. */
uint64_t dl_cursor_covers(const struct dl_cursor *cursor, uint64_t first, uint64_t end);
uint64_t dl_cursor_settled(const struct dl_cursor *cursor);

#endif
