/* Memory for secrets, and the inside of struct dl_key. For this room alone. */
#ifndef DL_SECRET_KEY_PAGE_H
#define DL_SECRET_KEY_PAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "secret/key.h"

/* Most bytes taken before trimming: a key with the blanks and quotes that a paste brings along. */
#define DL_KEY_RAW_MAX 1024

struct dl_key {
    struct dl_key *next; /* list of the keys that redaction knows */
    size_t length;
    bool locked;
    char text[DL_KEY_RAW_MAX + 1];
};

/* Zeroed pages of their own: locked into memory, left out of core files, zero in a forked child
 * (which then holds an empty key, not a copy of this one). *locked is false when RLIMIT_MEMLOCK
 * forbids locking; the rest holds all the same. NULL when there is no memory. */
void *dl_page_new(size_t size, bool *locked);

/* Zeroes and unmaps. NULL is fine. */
void dl_page_free(void *page, size_t size);

#endif
