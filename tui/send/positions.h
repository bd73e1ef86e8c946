/* The file of positions: for each followed path the place up to which its logs are safe. It is
 * replaced as a whole, so that a kill leaves the old one or the new one. */
#ifndef DL_TUI_SEND_POSITIONS_H
#define DL_TUI_SEND_POSITIONS_H

#include <limits.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/error.h"
#include "send/place.h"

#define POSITIONS_MAX 4096 /* paths in one file */

struct position {
    char *path; /* as the command line named it, made absolute */
    struct place place;
};

struct positions {
    char file[PATH_MAX];
    struct position *list; /* in the order of their paths' first mention */
    size_t count, size;
    int lock; /* descriptor that holds FILE.lock, -1: none */
};

/* Makes the file's folder, takes FILE.lock (-DL_E_CFG_BUSY: another process has it) and reads the
 * file. One that is not there is empty. One that is damaged is renamed to FILE.damaged and read as
 * empty: *damage (size bytes) says so in a sentence, "" otherwise. */
int positions_open(struct positions *positions, const char *file, char *damage, size_t size,
                   struct dl_error *err);
void positions_close(struct positions *positions);

/* The place of a path, or NULL. Valid until the next positions_set. */
const struct place *positions_find(const struct positions *positions, const char *path);

/* Notes a place in memory. -DL_E_NOMEM, -DL_E_LIMIT. */
int positions_set(struct positions *positions, const char *path, const struct place *place);

/* Replaces the file; `sync`: on the disk when it returns, for the last time. -DL_E_IO: the old file
 * stands. */
int positions_write(const struct positions *positions, bool sync, struct dl_error *err);

/* The text of the file, and the list out of a text: strict, nothing is half read. -DL_E_VALUE,
 * -DL_E_LIMIT, -DL_E_NOMEM. */
int positions_print(const struct positions *positions, struct dl_buffer *out);
int positions_parse(struct positions *positions, const char *text, size_t len,
                    struct dl_error *err);

#endif
