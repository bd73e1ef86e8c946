/* Reads one segment file from entry to entry; on bytes that are no entry it looks for the next one.
 * Knows headers alone: which entries count is its caller's business. */
#ifndef DL_SPOOL_SCANNER_H
#define DL_SPOOL_SCANNER_H

#include "base/buffer.h"
#include "spool/disk.h"
#include "spool/entry.h"

#define DL_SCANNER_WINDOW ((size_t)64 * 1024)

struct dl_scanner {
    const struct dl_disk *disk;
    int fd;           /* -1: none */
    uint64_t segment; /* number in the file's name */
    uint64_t id;      /* of the spool */
    uint64_t limit;   /* bytes that may be read */
    uint64_t offset;  /* of what comes next */
    unsigned char *window;
    uint64_t window_at;
    size_t window_length;
};

enum dl_scan_kind { DL_SCAN_END, DL_SCAN_ENTRY, DL_SCAN_BAD };

struct dl_scan_event {
    enum dl_scan_kind kind;
    uint64_t offset, end; /* of the entry, or of the bad bytes */
    struct dl_entry_header header;
};

/* -DL_E_NOMEM. */
int dl_scanner_new(struct dl_scanner *scanner, const struct dl_disk *disk, uint64_t id);
void dl_scanner_free(struct dl_scanner *scanner);

/* Another file, from its first entry on; closes the one before. -1 and errno. */
int dl_scanner_open(struct dl_scanner *scanner, int folder, const char *name, uint64_t segment);
void dl_scanner_close(struct dl_scanner *scanner);

/* What stands at scanner->offset; moves nothing. -1 and errno if it cannot be read. */
int dl_scanner_look(struct dl_scanner *scanner, struct dl_scan_event *out);

/* The body of an entry, checked: 1; 0 if its sum is wrong or it is cut; -1 and errno (ENOMEM,
 * EOVERFLOW if the buffer may not grow so far). */
int dl_scanner_body(struct dl_scanner *scanner, const struct dl_scan_event *event,
                    struct dl_buffer *out);

#endif
