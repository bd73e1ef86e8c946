/* What stands in a spool's folder: names, sizes, and from which number on it goes. Touches nothing.
 */
#ifndef DL_SPOOL_FOLDER_H
#define DL_SPOOL_FOLDER_H

#include <sys/types.h>

#include "base/error.h"
#include "spool/cursor.h"
#include "spool/disk.h"
#include "spool/scanner.h"

#define DL_SPOOL_NAME 64 /* bytes that a name of ours may take */

struct dl_segment {
    uint64_t number;
    uint64_t base;  /* number of the first log it may hold, 0: not known yet */
    uint64_t end;   /* number behind its last accepted log, 0: not known yet */
    uint64_t size;  /* bytes on disk */
    uint64_t limit; /* of them, those that may be read */
    bool odd;       /* no regular file */
    bool open;      /* still being written */
    bool damaged;   /* logs in it were lost: it is kept */
};

struct dl_segments {
    struct dl_segment *items; /* by number */
    size_t count, room;
};

struct dl_listing {
    struct dl_segments segments, quarantine, aside;
    uint64_t top;     /* highest number in any name of ours */
    size_t strangers; /* names that are not ours, their bytes, and one of them */
    uint64_t stranger_bytes;
    char stranger[DL_SPOOL_NAME];
    bool cursor_there;
};

/* -DL_E_NOMEM. Keeps the order if segments are added by growing number. */
int dl_segments_add(struct dl_segments *segments, const struct dl_segment *segment);
/* The first segment whose number is at least this, or NULL. */
struct dl_segment *dl_segments_from(const struct dl_segments *segments, uint64_t number);
void dl_segments_remove(struct dl_segments *segments, uint64_t number);
uint64_t dl_segments_bytes(const struct dl_segments *segments);

enum dl_segment_kind { DL_KIND_SEGMENT, DL_KIND_QUARANTINE, DL_KIND_ASIDE };
void dl_segment_name(char to[DL_SPOOL_NAME], enum dl_segment_kind kind, uint64_t number);

/* The folder itself, of this user or root, that nobody else may write: *fd. -DL_E_SPOOL_PERM. */
int dl_folder_open(int *fd, const char *path, bool make, struct dl_error *err);
/* The process that holds the folder's lock, 0 if none is known. */
pid_t dl_folder_owner(int fd);

/* Zeroed before; freed by dl_listing_free in any case. */
int dl_listing_read(struct dl_listing *out, const struct dl_disk *disk, int folder,
                    struct dl_error *err);
void dl_listing_free(struct dl_listing *listing);

/* What is known of a spool without reading through it. */
struct dl_survey {
    struct dl_cursor cursor; /* a new one if there is none that counts */
    bool cursor_valid;
    struct dl_cursor_state state;
    uint64_t next;  /* number to go on with */
    uint64_t adopt; /* segment whose tail may hold what was never synced, 0: none */
};

/* Sets base of the segments it read, and drops nothing from the listing. -DL_E_SPOOL_NEWER. */
int dl_survey(struct dl_survey *out, const struct dl_disk *disk, int folder,
              struct dl_listing *listing, struct dl_error *err);

/* base of a segment by its header, else by its first entry; 0 if it has neither. -1 and errno. */
int dl_segment_base(uint64_t *base, const struct dl_disk *disk, int folder,
                    const struct dl_segment *segment, uint64_t id);

#endif
