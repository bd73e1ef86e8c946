/* Where the key comes from at run time: the place that the configuration names. */
#ifndef DL_SECRET_KEY_SOURCE_H
#define DL_SECRET_KEY_SOURCE_H

#include "base/error.h"
#include "identity/config.h"
#include "secret/key.h"

/* What the environment offers; the program fills it in, the library never looks by itself. */
struct dl_key_environment {
    const char *credentials_directory; /* CREDENTIALS_DIRECTORY, or NULL */
    const char *keyring_helper;        /* path of ddlogs-keyring, NULL: the installed one */
    struct dl_key *environment_key;    /* DD_API_KEY, read once at start and unset, or NULL */
    int timeout_ms;                    /* for the keyring, 0: 3000 */
};

/* Reads the key from the place that config names; waits at most timeout_ms. -DL_E_KEY_NONE when the
 * place is empty; -DL_E_KEY_FILE, -DL_E_KS_* otherwise. A session key cannot be read:
 * -DL_E_KEY_NONE whose text says how to give one. */
int dl_key_read(struct dl_key **out, const struct dl_config *config,
                const struct dl_key_environment *environment, struct dl_error *err);

/* The single places, for options and the wizard. */
int dl_key_read_fd(struct dl_key **out, int fd, struct dl_error *err);
int dl_key_read_file(struct dl_key **out, const char *path,
                     struct dl_error *err); /* owner-only or refused */
int dl_key_read_credential(struct dl_key **out, const char *folder, const char *name,
                           struct dl_error *err);

/* Takes DD_API_KEY out of this process's environment (bytes wiped, variable unset). *out NULL if
 * unset. */
int dl_key_take_environment(struct dl_key **out, struct dl_error *err);

#endif
