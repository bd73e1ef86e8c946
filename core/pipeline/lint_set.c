/* Texts by hash, for documents of any size. */
#include "pipeline/lint_private.h"

#define SIZE_LEAST 16
#define SIZE_MOST ((size_t)1 << 20)

static size_t hash(struct dl_text text)
{
    uint64_t h = 14695981039346656037u;

    for (size_t i = 0; i < text.len; i++)
        h = (h ^ (unsigned char)text.at[i]) * 1099511628211u;
    return (size_t)(h ^ h >> 32);
}

void lint_set_init(struct lint_set *set, struct dl_arena *arena, size_t expected)
{
    *set = (struct lint_set){.arena = arena, .size = SIZE_LEAST};
    while (set->size < expected && set->size < SIZE_MOST)
        set->size *= 2;
    set->buckets = dl_arena_take(arena, set->size * sizeof *set->buckets);
    if (!set->buckets)
        set->size = 0;
}

struct lint_entry *lint_set_find(const struct lint_set *set, struct dl_text text)
{
    struct lint_entry *e = set->size ? set->buckets[hash(text) & (set->size - 1)] : NULL;

    while (e && !dl_text_is(e->text, text))
        e = e->next;
    return e;
}

struct lint_entry *lint_set_put(struct lint_set *set, struct dl_text text, bool *fresh)
{
    struct lint_entry *e = lint_set_find(set, text), **bucket;

    if (fresh)
        *fresh = !e;
    if (e || set->size == 0)
        return e;
    e = dl_arena_take(set->arena, sizeof *e);
    if (!e)
        return NULL;
    bucket = &set->buckets[hash(text) & (set->size - 1)];
    *e = (struct lint_entry){.next = *bucket, .text = text};
    *bucket = e;
    return e;
}
