/* The data that pipelines read by: patterns of user agents, a Geo-IP database. */
#ifndef DL_TUI_COMMAND_PIPELINE_DATA_H
#define DL_TUI_COMMAND_PIPELINE_DATA_H

#include "base/error.h"
#include "command/option.h"

/* User agents: of a file (--user-agents), else of the package uap-core if it is installed. Places:
 * of a file (--geoip), else the stub. For the whole program, until the unload. */
int pipeline_data_load(const struct options *options, struct dl_error *err);
void pipeline_data_unload(void);

#endif
