/* The front end of line prompts: append only, no colour, no cursor moves. For screen readers, dumb
 * terminals and logs. */
#ifndef DL_TUI_PLAIN_PLAIN_H
#define DL_TUI_PLAIN_PLAIN_H

#include <stdio.h>

#include "setup/front.h"

struct plain_options {
    int in;    /* descriptor of the answers */
    FILE *out; /* prompts */
    bool ascii;
};

int plain_front_new(struct front **out, const struct plain_options *options, struct dl_error *err);

/* True when it ended because a key could not be typed hidden. */
bool plain_refused(const struct front *front);

void plain_front_free(struct front *front);

#endif
