/* What a command that talks to Datadog starts from: the integration, the configuration with the
 * environment and the options laid over it, the key. The only reader of the environment. */
#ifndef DL_TUI_COMMAND_SESSION_H
#define DL_TUI_COMMAND_SESSION_H

#include <limits.h>

#include "check/check.h"
#include "command/command.h"
#include "identity/config.h"
#include "identity/integration.h"
#include "identity/paths.h"
#include "secret/key_source.h"

struct session {
    struct dl_integration *integration;
    struct dl_config *saved;  /* as the file has it, or NULL when there is none */
    struct dl_config *config; /* file, then environment, then options */
    char config_path[PATH_MAX];
    struct dl_path_environment paths;
    struct dl_proxy_environment proxies;
    struct dl_key_environment keys;
    char hostname[256]; /* "" when it is no name that Datadog takes */
};

/* How much must be there. */
enum session_need {
    SESSION_INTEGRATION, /* the manifest; a configuration is read if there is one */
    SESSION_LOOK,        /* the manifest; the configuration that is in use if there is one */
    SESSION_NO_FILE,     /* the same, but the file is not read */
    SESSION_CONFIG       /* a saved configuration, or a site by option or environment */
};

/* What a service manager says in the environment, where state is kept, and the terminal. */
struct session_service {
    const char *notify_socket, *watchdog_usec,
        *watchdog_pid; /* as sd_notify(3) has them, or NULL */
    const char *state_directory, *xdg_state_home, *home, *term;
    bool root;
};

void session_service(struct session_service *service);

/* Where `ddlogs send --follow` keeps how far it read, unless --positions says otherwise. */
int session_positions(char *to, size_t size, const struct session_service *service,
                      const char *integration, struct dl_error *err);

/* Which manifest: --manifest, --integration, or the only one installed. -DL_E_MANIFEST_NONE, and
 * -DL_E_USAGE naming them when there are several. */
int session_open(struct session *session, const struct program *program, enum session_need need,
                 struct dl_error *err);
/* Without an integration: a configuration of the environment and the options alone. */
int session_bare(struct session *session, const struct program *program, struct dl_error *err);

/* The same in two steps: the environment and the integration, then session_load. */
int session_find(struct session *session, const struct program *program, struct dl_error *err);

void session_close(struct session *session);

/* The environment alone, for a front end that chooses the integration later. */
void session_environment(struct session *session, const struct program *program);

/* With the integration chosen: reads the configuration and lays the rest over it. */
int session_load(struct session *session, const struct program *program, enum session_need need,
                 struct dl_error *err);

/* A key given for this run: --api-key - or --api-key-fd. *out NULL when none was given. */
int session_given_key(struct dl_key **out, const struct program *program, struct dl_error *err);

/* The key to use: given, else DD_API_KEY, else from the place that the configuration names. */
int session_key(struct dl_key **out, struct session *session, struct program *program,
                struct dl_error *err);

#endif
