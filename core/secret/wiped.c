/* An allocator that zeroes memory before it gives it back. libcurl frees buffers that held headers
 * as they are; with these functions no copy of the key stays in the heap. */
#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "secret/key.h"

/* The size stands in front of the block, in a header that keeps the block aligned. */
struct header {
    alignas(max_align_t) size_t size;
};

static struct header *header_of(void *p)
{
    return (struct header *)p - 1;
}

void *dl_wiped_malloc(size_t size)
{
    struct header *h;
    size_t all;

    if (__builtin_add_overflow(size, sizeof(*h), &all))
        return NULL;
    h = malloc(all);
    if (!h)
        return NULL;
    h->size = size;
    return h + 1;
}

void dl_wiped_free(void *p)
{
    if (!p)
        return;
    struct header *h = header_of(p);
    explicit_bzero(p, h->size);
    free(h);
}

void *dl_wiped_realloc(void *p, size_t size)
{
    void *to;

    if (!p)
        return dl_wiped_malloc(size);
    to = dl_wiped_malloc(size);
    if (!to)
        return NULL;
    /* Never realloc(): it would leave the old block behind as it was. */
    size_t old = header_of(p)->size;
    memcpy(to, p, old < size ? old : size);
    dl_wiped_free(p);
    return to;
}

char *dl_wiped_strdup(const char *text)
{
    size_t size = strlen(text) + 1;
    char *to = dl_wiped_malloc(size);

    if (to)
        memcpy(to, text, size);
    return to;
}

void *dl_wiped_calloc(size_t count, size_t size)
{
    size_t all;
    void *p;

    if (__builtin_mul_overflow(count, size, &all))
        return NULL;
    p = dl_wiped_malloc(all);
    if (p)
        memset(p, 0, all);
    return p;
}
