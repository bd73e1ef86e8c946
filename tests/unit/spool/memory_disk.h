/* A disk in memory that fails, stops or loses what was not synced, for the tests of the spool.
 *
 * A file has what programs see and what survives a power cut; between them stand the writes since
 * its last sync. The folder likewise. All calls are counted. */
#ifndef MEMORY_DISK_H
#define MEMORY_DISK_H

#include <stdbool.h>
#include <stddef.h>

#include "spool/disk.h"

enum memory_fault {
    FAULT_NONE,
    FAULT_ONCE,    /* the call fails with `error` */
    FAULT_EVER,    /* it and all that follow fail */
    FAULT_SHORT,   /* a read or write does one byte; other calls go through */
    FAULT_STOPPED, /* the process is killed: nothing happens any more */
};

extern const struct dl_disk memory_disk;
extern unsigned long memory_calls; /* so far; set it to 0 */

void memory_disk_clear(void);
void memory_disk_fault(enum memory_fault fault, unsigned long at_call, int error);
/* Descriptors of a killed process. */
void memory_disk_reopen(void);
/* Power is cut: of what was not synced, 512-byte pieces and names stay or go by chance. */
void memory_disk_cut(unsigned *seed);

/* For damage: the content of a file; NULL: there is none. */
unsigned char *memory_disk_file(const char *name, size_t *length);
void memory_disk_resize(const char *name, size_t length);
/* The i-th name, NULL behind the last. */
const char *memory_disk_name(size_t i);
void memory_disk_swap(const char *a, const char *b);
void memory_disk_copy(const char *from, const char *to);
void memory_disk_make(const char *name, const void *data, size_t length);
void memory_disk_delete(const char *name);
/* All of it, to come back to later. */
struct memory_image *memory_disk_save(void);
void memory_disk_restore(const struct memory_image *image);
void memory_image_free(struct memory_image *image);

#endif
