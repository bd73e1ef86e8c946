#include "send/checkpoint.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"

#define FIRST_SIZE 64

void checkpoints_free(struct checkpoints *c)
{
    free(c->ring);
    *c = (struct checkpoints){0};
}

static struct checkpoint *at(const struct checkpoints *c, size_t index)
{
    return &c->ring[(c->first + index) % c->size];
}

static int grow(struct checkpoints *c)
{
    size_t size = c->size ? c->size * 2 : FIRST_SIZE;
    struct checkpoint *ring = calloc(size, sizeof *ring);

    if (!ring)
        return -DL_E_NOMEM;
    for (size_t i = 0; i < c->count; i++)
        ring[i] = *at(c, i);
    free(c->ring);
    c->ring = ring;
    c->first = 0;
    c->size = size;
    return 0;
}

/* Leaves out every second one; the last of a source stays, as nothing else tells its place. */
static void thin(struct checkpoints *c)
{
    size_t kept = 0;
    bool skip = false;

    for (size_t i = 0; i < c->count; i++) {
        struct checkpoint one = *at(c, i);
        bool last = true;

        skip = !skip;
        for (size_t j = i + 1; skip && last && j < c->count; j++)
            last = at(c, j)->source != one.source;
        if (!skip || last)
            *at(c, kept++) = one;
    }
    c->count = kept;
}

int checkpoints_add(struct checkpoints *c, uint64_t number, unsigned source,
                    const struct place *place)
{
    if (c->count) {
        struct checkpoint *newest = at(c, c->count - 1);

        if (newest->number == number && newest->source == source) {
            newest->place = *place;
            return 0;
        }
    }
    if (c->count >= CHECKPOINT_MAX)
        thin(c);
    if (c->count == c->size && grow(c) < 0)
        return -DL_E_NOMEM;
    *at(c, c->count++) = (struct checkpoint){.number = number, .source = source, .place = *place};
    return 0;
}

bool checkpoints_pass(struct checkpoints *c, uint64_t mark, struct checkpoint *out)
{
    if (!c->count || at(c, 0)->number > mark)
        return false;
    *out = *at(c, 0);
    c->first = (c->first + 1) % c->size;
    c->count--;
    return true;
}
