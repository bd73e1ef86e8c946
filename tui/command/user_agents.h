/* The patterns of user agents that pipelines read by. */
#ifndef DL_TUI_COMMAND_USER_AGENTS_H
#define DL_TUI_COMMAND_USER_AGENTS_H

#include "base/error.h"

/* Those of a file (--user-agents), else of the package uap-core if it is installed; for the whole
 * program. Freed at its end by dl_useragent_unload(). */
int user_agents_load(const char *given, struct dl_error *err);

#endif
