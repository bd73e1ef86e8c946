#include "pipeline/set.h"

#define SIZE_LEAST 16
#define SIZE_MOST ((size_t)1 << 20)
#define KEYS_COMPARED 64

static size_t hash(struct dl_text text)
{
    uint64_t h = 14695981039346656037u;

    for (size_t i = 0; i < text.len; i++)
        h = (h ^ (unsigned char)text.at[i]) * 1099511628211u;
    return (size_t)(h ^ h >> 32);
}

void dl_set_init(struct dl_set *set, struct dl_arena *arena, size_t expected)
{
    *set = (struct dl_set){.arena = arena, .size = SIZE_LEAST};
    while (set->size < expected && set->size < SIZE_MOST)
        set->size *= 2;
    set->buckets = dl_arena_take(arena, set->size * sizeof *set->buckets);
    if (!set->buckets)
        set->size = 0;
}

struct dl_set_entry *dl_set_find(const struct dl_set *set, struct dl_text text)
{
    struct dl_set_entry *e = set->size ? set->buckets[hash(text) & (set->size - 1)] : NULL;

    while (e && !dl_text_is(e->text, text))
        e = e->next;
    return e;
}

/* Twice the buckets; where there is no room for them the chains are longer. */
static void grow(struct dl_set *set)
{
    struct dl_set_entry **old = set->buckets;
    size_t size = set->size;

    set->buckets = dl_arena_take(set->arena, 2 * size * sizeof *set->buckets);
    if (!set->buckets) {
        set->buckets = old;
        return;
    }
    set->size = 2 * size;
    for (size_t i = 0; i < size; i++)
        for (struct dl_set_entry *e = old[i], *next; e; e = next) {
            struct dl_set_entry **bucket = &set->buckets[hash(e->text) & (set->size - 1)];

            next = e->next;
            e->next = *bucket;
            *bucket = e;
        }
}

struct dl_set_entry *dl_set_put(struct dl_set *set, struct dl_text text, bool *fresh)
{
    struct dl_set_entry *e = dl_set_find(set, text), **bucket;

    if (fresh)
        *fresh = !e;
    if (e || set->size == 0)
        return e;
    if (set->count >= 2 * set->size && set->size < SIZE_MOST)
        grow(set);
    e = dl_arena_take(set->arena, sizeof *e);
    if (!e)
        return NULL;
    bucket = &set->buckets[hash(text) & (set->size - 1)];
    *e = (struct dl_set_entry){.next = *bucket, .text = text};
    *bucket = e;
    set->count++;
    return e;
}

bool dl_set_is_new_key(struct dl_set *keys, struct dl_arena *arena, const struct dl_value *object,
                       struct dl_text key)
{
    bool fresh = false;

    if (!object || object->of.list.count < KEYS_COMPARED)
        return !dl_value_member(object, key);
    if (!keys->arena) {
        dl_set_init(keys, arena, 0);
        for (const struct dl_member *m = object->of.list.first; m; m = m->next)
            dl_set_put(keys, m->key, NULL);
    }
    dl_set_put(keys, key, &fresh);
    return fresh;
}
