/* The front end without a person (--no-input): every answer comes from options, so it goes on until
 * something fails. Prints each step and the verdict. */
#ifndef DL_TUI_PLAIN_FLAGS_H
#define DL_TUI_PLAIN_FLAGS_H

#include <stdio.h>

#include "setup/front.h"

struct flags_options {
    FILE *out;        /* steps and verdict, NULL: none */
    FILE *errors;     /* what failed */
    bool save_anyway; /* go on although a check failed */
    bool ascii;
};

int flags_front_new(struct front **out, const struct flags_options *options, struct dl_error *err);
void flags_front_free(struct front *front);

#endif
