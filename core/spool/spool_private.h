/* What the files of the spool share. Nobody outside this room includes it. */
#ifndef DL_SPOOL_PRIVATE_H
#define DL_SPOOL_PRIVATE_H

#include <pthread.h>
#include <sys/types.h>

#include "spool/format.h"
#include "spool/spool.h"

#define DL_GIVEN_MAX 128 /* entries and damaged stretches that are not behind the cursor yet */
#define DL_NAME_SIZE 40
#define DL_CURSOR_NAME "cursor"
#define DL_SPOOL_TRIES 3 /* reads that fail at one place before it counts as damaged */

struct dl_segment {
    uint64_t number;
    uint64_t base; /* of its header; 0: not read yet, UINT64_MAX: not known */
    uint64_t size;
    bool damaged;      /* to be kept aside when it is read to its end */
    unsigned failures; /* of reading its header */
};

/* What the reader met beyond the cursor: an entry given out, or a stretch that is damaged. */
struct dl_given {
    uint64_t first;
    uint32_t count, left; /* logs; not settled yet */
    uint32_t delivered, quarantined, discarded;
    uint64_t damaged;
    bool counted;          /* settled before the last open: the cursor's counters have it */
    uint64_t segment, end; /* position behind it */
    int64_t taken_ms;
};

struct dl_spool {
    const struct dl_disk *disk;
    int folder;
    bool read_only; /* looks at the folder of another */
    uint64_t limit, segment_bytes;
    bool newer; /* something there is of a newer version */

    pthread_mutex_t lock;        /* of all that follows */
    struct dl_segment *segments; /* by number */
    size_t segment_count, segment_room;
    uint64_t other_bytes; /* quarantine, what is set aside; not the cursor */
    uint64_t last_number; /* of any segment so far */

    int out; /* the segment written to, -1: none */
    uint64_t out_number;
    uint64_t out_size, out_synced;
    bool lost;             /* appended entries are gone before they were synced */
    uint64_t next;         /* number of the next log to be appended */
    uint64_t accepted;     /* the last number that is */
    uint64_t next_at_open; /* whatever is missing below is damaged */
    int quarantine;        /* the file of refused logs, -1: none yet */
    uint64_t quarantine_size;

    int in; /* the segment read from, -1: none */
    uint64_t in_number, in_offset;
    uint64_t expected; /* number of the next log to be read */
    unsigned failures; /* of reading at this place, in a row */
    uint64_t entries_read;
    struct dl_given given[DL_GIVEN_MAX];
    unsigned given_head, given_count;
    struct dl_settled settled[DL_FORMAT_RANGES]; /* before the last open, beyond the cursor */
    unsigned settled_count;

    struct dl_cursor cursor; /* counters: of all behind its position, and of `settled` */
    int cursor_fd;
    unsigned cursor_slot; /* to write next: not the one that was synced last */
    bool dirty;           /* not written since it changed */
    bool unsynced;        /* written, and not synced since */
    unsigned since;       /* entries settled since the last sync */
    int64_t synced_ms;
};

/* ---- disk_io.c: whole reads and writes ---- */

/* Bytes read, fewer at the end of the file; -1 and errno. */
ssize_t dl_spool_read_at(struct dl_spool *s, int fd, void *to, size_t length, uint64_t offset);
int dl_spool_write_at(struct dl_spool *s, int fd, const void *from, size_t length, uint64_t offset);
int dl_spool_failed(struct dl_error *err, int number, const char *what); /* FULL or IO */

/* ---- segment.c ---- */

void dl_segment_name(char to[DL_NAME_SIZE], const char *prefix, uint64_t number);
int dl_segments_list(struct dl_spool *s, struct dl_error *err);
int dl_segments_add(struct dl_spool *s, uint64_t number, uint64_t size);
struct dl_segment *dl_segment_at(struct dl_spool *s, uint64_t number);   /* or NULL */
struct dl_segment *dl_segment_from(struct dl_spool *s, uint64_t number); /* that or a later one */
/* UINT64_MAX: its header is damaged; 0: it cannot be read now. */
uint64_t dl_segment_base(struct dl_spool *s, struct dl_segment *segment);
/* The next valid entry header at `*offset` or behind it, up to `size`. 1; 0: none; -1: errno.
 * *skipped tells whether bytes were passed over. */
int dl_segment_find(struct dl_spool *s, int fd, uint64_t *offset, uint64_t size,
                    struct dl_entry_head *head, bool *skipped);
/* The last log number that the segment's entries reach; 0: none. */
uint64_t dl_segment_last(struct dl_spool *s, struct dl_segment *segment);
/* Takes away what is settled: all segments before this one. */
void dl_segments_clean(struct dl_spool *s, uint64_t before);

/* ---- cursor.c ---- */

/* From the folder, or one at the start of what is there. */
int dl_cursor_load(struct dl_spool *s, struct dl_error *err);
bool dl_cursor_write(struct dl_spool *s);
bool dl_cursor_sync(struct dl_spool *s);

/* ---- writer.c ---- */

/* Closes the segment that is written to, if all in it is synced, so that it can be taken away. */
void dl_writer_let_go(struct dl_spool *s);

/* ---- reader.c ---- */

/* What is behind the last unsettled entry moves the cursor. With the lock. */
void dl_reader_advance(struct dl_spool *s);
/* The last thing: takes away what is settled. With the lock, or alone. */
void dl_reader_finish(struct dl_spool *s);
void dl_reader_sums(struct dl_spool *s, struct dl_spool_counts *out);

/* ---- spool.c ---- */

/* The process that holds the lock of the folder; 0: nobody, or not known. */
pid_t dl_spool_owner(int folder);

int dl_spool_open_as(struct dl_spool **out, const char *folder,
                     const struct dl_spool_options *options, bool read_only, struct dl_error *err);

#endif
