/* The spool's own parts: one writer, one reader, and what they share under the mutex. */
#ifndef DL_SPOOL_PRIVATE_H
#define DL_SPOOL_PRIVATE_H

#include <pthread.h>

#include "spool/cursor.h"
#include "spool/folder.h"
#include "spool/scanner.h"
#include "spool/spool.h"

#define SLOT_WORDS ((DL_SPOOL_ENTRY_LOGS + 63) / 64)

/* An entry given out, or a gap in the numbers, until all before it is settled. */
struct slot {
    uint64_t first, end;      /* numbers of its logs */
    uint64_t segment, offset; /* where it begins */
    int64_t taken_ms;
    uint32_t left;                /* logs not settled */
    uint32_t fates[3];            /* of those that are, by enum dl_spool_fate */
    uint64_t settled[SLOT_WORDS]; /* a bit a log */
};

/* The writer's alone. */
struct writer {
    int fd; /* -1: the next append opens a segment */
    uint64_t number;
    uint64_t base;     /* of the segment */
    uint64_t offset;   /* behind the last entry */
    uint64_t synced;   /* behind the last accepted one; 0: not even the header is on disk */
    uint64_t appended; /* number of the last log written */
    int64_t taken_ms;  /* of the first one that is not synced */
    bool broken;       /* a write could not be taken back: the next sync fails */
};

/* The reader's alone. */
struct reader {
    struct dl_scanner scanner;
    uint64_t segment, offset; /* where the next entry is looked for */
    uint64_t expected;        /* number of the next log */
    bool bad;                 /* bytes were met in this segment that are no entry */
    bool any;                 /* and an entry */
    uint64_t failed_at;       /* offset that could not be read... */
    unsigned failures;        /* ...so often in a row */
    int quarantine;           /* descriptor, -1: none yet */
    uint64_t quarantine_number, quarantine_offset;
};

/* The reader's too: how the cursor stands on the disk. */
struct cursor_file {
    int fd;            /* -1: none could be made yet */
    int slot;          /* the one that may be written over */
    int newest;        /* the one that was read, -1: none */
    bool dirty;        /* something changed since the last write */
    bool written;      /* written, not synced */
    uint64_t accepted; /* as it was written last */
    unsigned settled;  /* entries since the last sync */
    int64_t synced_ms;
};

struct dl_spool {
    struct dl_disk disk;
    int folder;
    uint64_t bytes_max, segment_max; /* limits; 0: none */
    uint64_t start;                  /* number that this session began with */
    struct writer writer;
    struct reader reader;
    struct cursor_file cursor;

    pthread_mutex_t writing;          /* held by append and sync: `writer` is theirs */
    pthread_mutex_t mutex;            /* of all that follows */
    struct dl_segments segments;      /* live ones */
    uint64_t next_segment;            /* number of the next file, of the quarantine too */
    uint64_t live_bytes, other_bytes; /* segments; quarantine, set aside, cursor */
    uint64_t accepted;                /* number of the last accepted log */
    uint64_t entries_read;
    int64_t unread_ms;       /* of the oldest entry that is not given out, 0: not known */
    struct dl_cursor totals; /* whole entries alone; its ranges are those read from the disk */
    struct slot slots[DL_SPOOL_AHEAD];
    unsigned slot_first, slot_count;
};

void dl_spool_lock(struct dl_spool *spool);
/* The folder's own lock, for its one owner. -DL_E_SPOOL_BUSY names the other. */
int dl_spool_lock_folder(int fd, const char *path, struct dl_error *err);
void dl_spool_unlock(struct dl_spool *spool);

/* The i-th slot from the oldest. */
struct slot *dl_spool_slot(struct dl_spool *spool, unsigned i);

/* cursor_file.c: the reader's thread. 0, or -1 if it could not be done now. */
int dl_cursor_open(struct dl_spool *spool);
int dl_cursor_put(struct dl_spool *spool);
int dl_cursor_sync(struct dl_spool *spool);

/* settle.c: the reader's thread. Drops what is settled at the front; true if something was. */
bool dl_spool_pop(struct dl_spool *spool); /* under the mutex */
/* Removes segments that are read and settled, as well as may be. */
void dl_spool_retire(struct dl_spool *spool);
/* The last thing before closing: the cursor on the disk, and what is settled away. */
void dl_spool_finish(struct dl_spool *spool);
/* Moves a file out of the way, whatever it is. */
int dl_spool_set_aside(struct dl_spool *spool, const char *name, uint64_t number);

/* read.c: if all of its segment was read and no more will come, the next one is where it stands. */
void dl_reader_go_past(struct dl_spool *spool);

/* write.c */
void dl_writer_close(struct dl_spool *spool);
/* Closes the segment that is written to, if it is larger than that and all in it is synced, so that
 * it can vanish. Not while it is being written: then it can wait. */
void dl_writer_let_go(struct dl_spool *spool, uint64_t larger);
/* Full when the disk is, else the file cannot be written. */
int dl_spool_write_error(struct dl_error *err, int number, const char *what);

#endif
