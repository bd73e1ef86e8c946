/* What the files of `ddlogs spool` share. */
#ifndef DL_TUI_COMMAND_SPOOL_H
#define DL_TUI_COMMAND_SPOOL_H

#include <limits.h>

#include "command/command.h"
#include "command/result.h"
#include "spool/spool.h"

/* One run of the command. */
struct spool_job {
    struct program *program;
    struct result result;
    char folder[PATH_MAX];
    enum dl_spool_part part; /* by --quarantine */
    struct dl_spool_counts counts;
    pid_t owner;          /* 0: nobody, or not known */
    uint64_t thrown_away; /* by discard */
};

/* Each is the end of the command: prints, and returns the exit code. */
int spool_list(struct spool_job *job);
int spool_export(struct spool_job *job);
int spool_verify(struct spool_job *job);

/* Folder, owner, counts, bytes and the oldest log, as members of the object. */
void spool_write_counts(struct dl_json *w, const struct spool_job *job);
void spool_write_counts_of(struct dl_json *w, const char *folder, const struct dl_spool_counts *c,
                           pid_t owner);

#define SPOOL_STATUS_MAX (8 * PATH_MAX) /* most bytes of the text below */

/* The same for people, as `ddlogs spool status` prints it. */
void spool_status_text(struct dl_buffer *out, const char *folder, const struct dl_spool_counts *c,
                       pid_t owner);

/* "3 min" from the wall clock then until now; "-" for 0. Returns `to`. */
const char *spool_age(char *to, size_t size, int64_t taken_ms);

#endif
