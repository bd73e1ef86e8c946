/* A spool from outside, on any disk: what spool.h offers on the real one. */
#ifndef DL_SPOOL_INSPECT_H
#define DL_SPOOL_INSPECT_H

#include "spool/folder.h"
#include "spool/spool.h"

/* A spool as it stood at one moment; another process may go on writing it. */
struct dl_outside {
    const struct dl_disk *disk;
    int folder;
    struct dl_listing listing; /* base and end of the segments are set */
    struct dl_survey survey;
    pid_t owner; /* 0: none is known */
};

/* -DL_E_SPOOL_NONE if the folder is none. Closed in any case when this failed. */
int dl_outside_open(struct dl_outside *out, const char *folder, const struct dl_disk *disk,
                    struct dl_error *err);
void dl_outside_close(struct dl_outside *outside);

/* True for the number of a log that the cursor does not know as settled. */
uint64_t dl_outside_unsettled(const struct dl_outside *outside, uint64_t first, uint64_t end);

/* The counts by the cursor alone. */
void dl_outside_counts(const struct dl_outside *outside, struct dl_spool_counts *out);

/* Opens a segment's file as it is now. 0; 1: it is gone or no file; -1 and errno. */
int dl_outside_scan(const struct dl_outside *outside, struct dl_scanner *scanner,
                    enum dl_segment_kind kind, const struct dl_segment *segment);

/* Numbers of refused logs, each once: the same log may stand in the quarantine twice, when a crash
 * came before it was settled. */
struct dl_numbers {
    uint64_t *items; /* sorted */
    size_t count, room;
};
/* 1: it is new; 0: it was there; -DL_E_NOMEM. */
int dl_numbers_add(struct dl_numbers *numbers, uint64_t number);

/* spool.h's functions on this disk. */
int dl_spool_look_on(struct dl_spool_counts *out, pid_t *owner, const char *folder,
                     const struct dl_disk *disk, struct dl_error *err);
int dl_spool_verify_on(struct dl_spool_counts *out, const char *folder, const struct dl_disk *disk,
                       void (*found)(void *context, const struct dl_spool_finding *finding),
                       void *context, struct dl_error *err);
int dl_spool_walk_on(const char *folder, const struct dl_disk *disk, enum dl_spool_part part,
                     bool with_body, int (*each)(void *context, const struct dl_spool_entry *entry),
                     void *context, struct dl_error *err);
int dl_spool_discard_on(uint64_t *logs, const char *folder, const struct dl_disk *disk,
                        enum dl_spool_part part, struct dl_error *err);

#endif
