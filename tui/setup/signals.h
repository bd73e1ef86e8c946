/* Signals as bytes in a pipe, while the loop runs. */
#ifndef DL_TUI_SETUP_SIGNALS_H
#define DL_TUI_SETUP_SIGNALS_H

/* Returns the descriptor to wait on, or -1. One at a time. */
int signals_open(void);
/* The next signal that came, 0: none. */
int signals_next(void);
/* Gives the handlers back as they were. */
void signals_close(void);

#endif
