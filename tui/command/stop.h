/* Ctrl-C and its like while a command waits on a dl_http loop: one more descriptor to poll. */
#ifndef DL_TUI_COMMAND_STOP_H
#define DL_TUI_COMMAND_STOP_H

#include "base/error.h"

/* From here on SIGINT, SIGTERM and SIGHUP make *fd readable instead of ending the program. */
int stop_watch(int *fd, struct dl_error *err);

/* -DL_E_CANCELLED once one of them came, else 0. */
int stop_asked(int fd, struct dl_error *err);

#endif
