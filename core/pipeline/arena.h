/* Memory of one log or one pipeline: taken in pieces, given back all at once. */
#ifndef DL_PIPELINE_ARENA_H
#define DL_PIPELINE_ARENA_H

#include <stdbool.h>
#include <stddef.h>

struct dl_arena_block;

struct dl_arena {
    struct dl_arena_block *first, *now;
    size_t held, max; /* bytes of all blocks, and the most they may be */
    bool failed;      /* an allocation was refused; what was being made is not whole */
    bool full;        /* it was refused for the maximum, not for want of memory */
};

void dl_arena_init(struct dl_arena *arena, size_t max);
void dl_arena_free(struct dl_arena *arena);

/* Forgets everything and keeps the memory for the next log. */
void dl_arena_reset(struct dl_arena *arena);

/* Zeroed memory that lives until the reset; NULL past the maximum or without memory, and then
 * `failed` stays set until the reset. */
void *dl_arena_take(struct dl_arena *arena, size_t size);

/* A copy with a NUL behind it. */
char *dl_arena_copy(struct dl_arena *arena, const char *text, size_t len);

/* printf into it; *len may be NULL. */
char *dl_arena_format(struct dl_arena *arena, size_t *len, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
