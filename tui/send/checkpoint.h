/* How far each file may be called read: for log numbers, the places behind those logs. A checkpoint
 * is passed when its log and all before it are safe. */
#ifndef DL_TUI_SEND_CHECKPOINT_H
#define DL_TUI_SEND_CHECKPOINT_H

#include <stddef.h>

#include "send/place.h"

#define CHECKPOINT_MAX 16384 /* most that are kept; then every second one is left out */

struct checkpoint {
    uint64_t number; /* all logs of the source before the place are numbered so or lower */
    unsigned source;
    struct place place;
};

/* In order of the numbers; a ring, so that both ends are cheap. */
struct checkpoints {
    struct checkpoint *ring;
    size_t first, count, size;
};

void checkpoints_free(struct checkpoints *checkpoints);

/* Numbers never go down. One for the same source and number as the last takes its place.
 * -DL_E_NOMEM: not noted; the place before it stands, which is the safe side. */
int checkpoints_add(struct checkpoints *checkpoints, uint64_t number, unsigned source,
                    const struct place *place);

/* Takes out the next one that the mark has passed; false: none. */
bool checkpoints_pass(struct checkpoints *checkpoints, uint64_t mark, struct checkpoint *out);

#endif
