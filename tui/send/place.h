/* A place in a file: which file, whatever its name is now, and how far it was read. */
#ifndef DL_TUI_SEND_PLACE_H
#define DL_TUI_SEND_PLACE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define PLACE_PRINT_MAX 256 /* first bytes of a file that tell it from another with its number */

struct place {
    uint64_t device, inode; /* inode 0: no place */
    uint64_t offset;
    uint64_t print;     /* hash of the first print_len bytes */
    unsigned print_len; /* at most PLACE_PRINT_MAX; 0: the file was empty */
};

/* Device, inode and fingerprint of an open file; the offset is kept. 0, or -1 with errno. */
int place_take(struct place *place, int fd);

/* More of the first bytes, for a file that was shorter when it was taken, unless those that are
 * known changed. */
void place_extend(struct place *place, int fd);

/* Whether the open file is the place's: number, fingerprint, and not shorter than the offset. */
bool place_is(const struct place *place, int fd);

/* Whether the open file begins with the bytes that the place knows. */
bool place_begins(const struct place *place, int fd);

#endif
