/* Signals as bytes in a pipe, while the loop runs. */
#ifndef DL_TUI_SETUP_SIGNALS_H
#define DL_TUI_SETUP_SIGNALS_H

#include "setup/front.h"

/* Returns the descriptor to wait on, or -1. One at a time. */
int signals_open(void);
/* Takes all that came: those about the terminal go to the front end; returns the first of the
 * others, which ends the loop, or 0. */
int signals_serve(struct front *front);
/* Gives the handlers back as they were. */
void signals_close(void);

#endif
