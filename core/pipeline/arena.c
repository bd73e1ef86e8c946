#include "pipeline/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK 65536
#define ALIGN 16

struct dl_arena_block {
    struct dl_arena_block *next;
    size_t size, used;
    _Alignas(ALIGN) char bytes[];
};

void dl_arena_init(struct dl_arena *arena, size_t max)
{
    *arena = (struct dl_arena){.max = max};
}

void dl_arena_free(struct dl_arena *arena)
{
    while (arena->first) {
        struct dl_arena_block *next = arena->first->next;

        free(arena->first);
        arena->first = next;
    }
    *arena = (struct dl_arena){.max = arena->max};
}

void dl_arena_reset(struct dl_arena *arena)
{
    for (struct dl_arena_block *b = arena->first; b; b = b->next)
        b->used = 0;
    arena->now = arena->first;
    arena->failed = arena->full = false;
}

/* A block with that much room behind the present one. */
static struct dl_arena_block *add_block(struct dl_arena *arena, size_t size)
{
    struct dl_arena_block *block;
    size_t whole = size > BLOCK ? size : BLOCK;

    if (arena->held + whole > arena->max) {
        arena->full = true;
        return NULL;
    }
    block = malloc(sizeof *block + whole);
    if (!block)
        return NULL;
    block->size = whole;
    block->used = 0;
    block->next = arena->now ? arena->now->next : arena->first;
    if (arena->now)
        arena->now->next = block;
    else
        arena->first = block;
    arena->held += whole;
    return block;
}

void *dl_arena_take(struct dl_arena *arena, size_t size)
{
    struct dl_arena_block *block = arena->now ? arena->now : arena->first;
    void *at;

    if (size > arena->max) {
        arena->failed = arena->full = true;
        return NULL;
    }
    size = (size + ALIGN - 1) & ~(size_t)(ALIGN - 1);
    while (block && block->size - block->used < size) {
        arena->now = block;
        block = block->next;
    }
    if (!block)
        block = add_block(arena, size);
    if (!block) {
        arena->failed = true;
        return NULL;
    }
    arena->now = block;
    at = block->bytes + block->used;
    block->used += size;
    memset(at, 0, size);
    return at;
}

char *dl_arena_copy(struct dl_arena *arena, const char *text, size_t len)
{
    char *copy = dl_arena_take(arena, len + 1);

    if (copy && len)
        memcpy(copy, text, len);
    return copy;
}

char *dl_arena_format(struct dl_arena *arena, size_t *len, const char *format, ...)
{
    va_list args, again;
    char *text;
    int n;

    va_start(args, format);
    va_copy(again, args);
    n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    text = n >= 0 ? dl_arena_take(arena, (size_t)n + 1) : NULL;
    if (text)
        vsnprintf(text, (size_t)n + 1, format, again);
    va_end(again);
    if (len)
        *len = text ? (size_t)n : 0;
    return text;
}
