/* Texts by hash, each once, for documents of any size. For this room alone. */
#ifndef DL_PIPELINE_SET_H
#define DL_PIPELINE_SET_H

#include "pipeline/value.h"

struct dl_set_entry {
    struct dl_set_entry *next; /* of its bucket */
    struct dl_text text;
    size_t number, other; /* the user's, 0 at first */
};

struct dl_set {
    struct dl_arena *arena;
    struct dl_set_entry **buckets;
    size_t size; /* a power of two, or 0 when there is no memory */
    size_t count;
};

/* For about `expected` texts; it grows. */
void dl_set_init(struct dl_set *set, struct dl_arena *arena, size_t expected);
struct dl_set_entry *dl_set_find(const struct dl_set *set, struct dl_text text); /* or NULL */
/* The entry, made if it is not there (*fresh, which may be NULL). NULL: no memory. The text is not
 * copied. */
struct dl_set_entry *dl_set_put(struct dl_set *set, struct dl_text text, bool *fresh);

/* Whether an object has no member of this key yet, for a reader that asks this of every key of it;
 * keys: {0} at its first. The first members are compared one by one, more of them by the set. */
bool dl_set_is_new_key(struct dl_set *keys, struct dl_arena *arena, const struct dl_value *object,
                       struct dl_text key);

#endif
