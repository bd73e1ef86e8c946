/* Drives a spool and knows what must come out of it: every entry has a number of its own and bytes
 * that follow from it; what was accepted is held against what is given out. */
#ifndef TESTS_UNIT_SPOOL_ORACLE_H
#define TESTS_UNIT_SPOOL_ORACLE_H

#include "spool/sim.h"
#include "spool/spool.h"

struct record {
    uint64_t first;
    uint32_t count;
    uint32_t length;
    int session;       /* that appended it */
    bool failed;       /* append said so */
    bool accepted;     /* sync said so */
    bool refused;      /* sync failed: never again in that session */
    bool settled;      /* wholly, at least once */
    unsigned given;    /* times, by all sessions */
    int given_session; /* last one that gave it out */
};

struct oracle {
    struct sim *sim;
    char folder[64];
    struct dl_spool *spool; /* NULL: closed */
    struct dl_spool_options options;
    int session;
    struct record *records;
    size_t record_count, record_room, unsynced; /* the last ones that are not synced */
    size_t held[DL_SPOOL_AHEAD]; /* records given out in this session and not settled */
    size_t held_count;
    struct dl_buffer body;
    unsigned body_max; /* most bytes of an entry */
    unsigned duplicates;
};

/* The folder is a real one, for the lock; its content is the sim's. */
void oracle_begin(struct oracle *o, struct sim *sim, const char *folder);
void oracle_end(struct oracle *o); /* frees all but the sim */

/* Each returns what the spool said. */
int oracle_open(struct oracle *o);
void oracle_close(struct oracle *o);
int oracle_append(struct oracle *o);
int oracle_sync(struct oracle *o);
int oracle_next(struct oracle *o);    /* checks what is given out */
void oracle_settle(struct oracle *o); /* one of those held, by chance; sometimes in parts */
void oracle_step(struct oracle *o);   /* any of it, by chance */
void oracle_counts(struct oracle *o); /* the equation holds */

/* All that is left is given out and settled. Everything accepted came out, nothing was damaged. */
void oracle_drain(struct oracle *o);
/* After a drain: nothing is missing. `lost`: logs that may be. */
void oracle_expect_all(struct oracle *o, uint64_t lost);

#endif
