/* Reachability of all nine sites at once: proxy, DNS, TCP and TLS, without a key. */
#ifndef DL_TUI_COMMAND_REACH_H
#define DL_TUI_COMMAND_REACH_H

#include "command/command.h"

/* `ddlogs test --site all`; returns the exit code: 0 when all can be reached, 1 when they differ.
 */
int reach_run(const struct program *program);

#endif
