/* The spool: a durable queue of packed batches in a folder of its own.
 *
 * An entry is one packed batch; what is in it is its caller's business. Entries are numbered by the
 * logs they hold: `first` is the number of an entry's first log, the next entry goes on behind its
 * last. What was synced outlives kill -9 and a power cut; what is damaged is counted and set aside,
 * never given out; nothing that stands in the folder can stop an open. This equation holds always:
 *
 *     accepted = delivered + pending + quarantined + damaged + discarded        (logs)
 *
 * Writing (append, sync) and reading (next, settle) may be done by two threads at once, but only
 * one thread each. The rules on disk are in docs/internals/spool.md. */
#ifndef DL_SPOOL_SPOOL_H
#define DL_SPOOL_SPOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buffer.h"
#include "base/error.h"
#include "spool/disk.h"

#define DL_SPOOL_VERSION 1
#define DL_SPOOL_BODY_MAX (5500 * 1000)     /* most bytes of one entry: a whole batch, unpackable */
#define DL_SPOOL_ENTRY_LOGS 1000            /* most logs of one entry */
#define DL_SPOOL_AHEAD 64                   /* entries given out beyond the oldest unsettled one */
#define DL_SPOOL_SEGMENT (16 * 1024 * 1024) /* a segment is closed when it is larger */
#define DL_SPOOL_BYTES_MIN (8 * 1024 * 1024) /* smallest limit of a spool */

struct dl_spool_entry {
    uint64_t first;      /* number of its first log; append sets it */
    uint32_t count;      /* logs, at least 1 */
    uint32_t raw_length; /* bytes before packing */
    uint8_t encoding;    /* how it is packed: enum dl_encoding */
    int64_t taken_ms;    /* wall clock when its first log was taken */
    const char *body;
    size_t length;
};

/* Logs, but for the last rows. */
struct dl_spool_counts {
    uint64_t accepted, delivered, pending, quarantined, damaged, discarded;
    uint64_t bytes;        /* on disk, the quarantine and what is set aside included */
    uint64_t entries_read; /* given out so far */
    int64_t oldest_ms;     /* wall clock of the oldest pending entry known, 0: none */
};

struct dl_spool_options {
    const struct dl_disk *disk; /* NULL: the real one */
    uint64_t bytes;             /* most bytes of entries, what is quarantined or set aside not
                                   counted; at least DL_SPOOL_BYTES_MIN; 0: no limit */
    uint64_t segment_bytes;     /* 0: DL_SPOOL_SEGMENT */
};

struct dl_spool;

/* Takes the folder (made if missing, 0700) and its lock. -DL_E_SPOOL_BUSY: another process has it,
 * the text names its pid if known. -DL_E_SPOOL_NEWER: written by a newer version. -DL_E_SPOOL_PERM:
 * others may write into it. -DL_E_IO: the folder itself cannot be used. Takes no longer for a large
 * backlog than for a small one. options NULL: the defaults. */
int dl_spool_open(struct dl_spool **out, const char *folder, const struct dl_spool_options *options,
                  struct dl_error *err);

/* Syncs the cursor as well as may be, then frees. NULL is fine. */
void dl_spool_close(struct dl_spool *spool);

/* ---- writing ---- */

/* Writes an entry behind the others; it is not accepted yet. -DL_E_LIMIT: it is larger than an
 * entry may be. -DL_E_SPOOL_FULL: past the limit or no
 * space on the disk, nothing was written, try again later. -DL_E_IO: nothing was written. */
int dl_spool_append(struct dl_spool *spool, struct dl_spool_entry *entry, struct dl_error *err);

/* All appended entries are on disk: they are accepted, and the reader sees them. On failure none of
 * those appended since the last sync is accepted nor will ever be given out by this object; the
 * segment is given up, and they are to be appended again. -DL_E_IO, -DL_E_SPOOL_FULL. */
int dl_spool_sync(struct dl_spool *spool, struct dl_error *err);

/* ---- reading ---- */

/* The next accepted entry, its body in `body` (cleared first) and checked. 1: one is given out; 0:
 * none now (all are given out, or DL_SPOOL_AHEAD); -DL_E_NOMEM, -DL_E_IO: try again later. Damaged
 * entries on the way are counted. After an open, reading starts at the oldest unsettled entry. */
int dl_spool_next(struct dl_spool *spool, struct dl_spool_entry *entry, struct dl_buffer *body,
                  struct dl_error *err);

enum dl_spool_fate { DL_SPOOL_DELIVERED, DL_SPOOL_QUARANTINED, DL_SPOOL_DISCARDED };

/* Says what became of `count` logs from number `first` on, of one or several entries given out;
 * parts of an entry may be settled one by one, in any order. An entry counts as settled when all
 * its logs are; what is half settled at a crash is given out whole again. Segments whose entries
 * are all settled vanish. Never fails: what cannot be written now is written later. */
void dl_spool_settle(struct dl_spool *spool, uint64_t first, uint32_t count,
                     enum dl_spool_fate fate);

/* Keeps one refused log with the reason (`body`: one JSON object) in the quarantine, durably; then
 * settle it as QUARANTINED. Always possible while the disk has room, whatever the limit is. */
int dl_spool_quarantine(struct dl_spool *spool, uint64_t number, const char *body, size_t length,
                        struct dl_error *err);

/* Makes the cursor durable if it changed; call it when there is nothing better to do. */
void dl_spool_rest(struct dl_spool *spool);

void dl_spool_counts(struct dl_spool *spool, struct dl_spool_counts *out);

/* ---- from outside: a folder that another process may own ---- */

enum dl_spool_part { DL_SPOOL_PENDING, DL_SPOOL_QUARANTINE };

/* Counts by the cursor and the names of the segments; reads no entries. -DL_E_SPOOL_NONE. */
int dl_spool_look(struct dl_spool_counts *out, pid_t *owner, const char *folder,
                  struct dl_error *err);

/* One thing that is not as it was written. */
struct dl_spool_finding {
    const char *file; /* name in the folder */
    uint64_t offset;
    uint64_t first, logs; /* logs that it touches; 0: not known */
    const char *text;     /* one sentence, which lives for ever */
};

/* Reads every byte, checks every sum and the equation. Returns the number of findings. */
int dl_spool_verify(struct dl_spool_counts *out, const char *folder,
                    void (*found)(void *context, const struct dl_spool_finding *finding),
                    void *context, struct dl_error *err);

/* Every undamaged entry of that part, oldest first; body is NULL unless with_body. each returns 0
 * to go on; what else it returns ends the walk and is returned. */
int dl_spool_walk(const char *folder, enum dl_spool_part part, bool with_body,
                  int (*each)(void *context, const struct dl_spool_entry *entry), void *context,
                  struct dl_error *err);

/* Removes everything that is the spool's in the folder, then the folder. *kept (may be NULL) names
 * what is not ours and stays, with the folder; "" when nothing does. Needs the lock:
 * -DL_E_SPOOL_BUSY, and nothing is removed. -DL_E_SPOOL_NONE. */
int dl_spool_remove(const char *folder, char *kept, size_t size, struct dl_error *err);

/* Throws the part away and counts it as discarded (*logs). Needs the lock: -DL_E_SPOOL_BUSY. */
int dl_spool_discard(uint64_t *logs, const char *folder, enum dl_spool_part part,
                     struct dl_error *err);

#endif
