/* Where the files of an integration stand. The environment comes in as values: the library reads
 * none. */
#ifndef DL_IDENTITY_PATHS_H
#define DL_IDENTITY_PATHS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

struct dl_path_environment {
    const char *home;              /* HOME, or NULL */
    const char *xdg_config_home;   /* XDG_CONFIG_HOME, or NULL; ignored when not absolute */
    const char *integrations_path; /* DDLOGS_INTEGRATIONS_PATH, or NULL */
    bool root;
};

/* Folders that hold NAME/manifest.json, separated by colons: the variable, else the installed one.
 */
const char *dl_integrations_path(const struct dl_path_environment *environment);

/* Where the wizard writes: $XDG_CONFIG_HOME/ddlogs/NAME/config.json if that is set, root otherwise
 * /etc/ddlogs/NAME/config.json, anybody else $HOME/.config/ddlogs/NAME/config.json. */
int dl_config_path(char *to, size_t size, const char *integration,
                   const struct dl_path_environment *environment, struct dl_error *err);

/* Where a reader looks: the same if it exists, else /etc/ddlogs/NAME/config.json if that exists (a
 * service's configuration), else the same all the same. */
int dl_config_find(char *to, size_t size, const char *integration,
                   const struct dl_path_environment *environment, struct dl_error *err);

#endif
