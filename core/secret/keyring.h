/* The Secret Service through the helper ddlogs-keyring: a pipe, a deadline, and a kill when time is
 * up. Nothing here links libsecret; nothing hangs on a locked keyring. */
#ifndef DL_SECRET_KEYRING_H
#define DL_SECRET_KEYRING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "secret/key.h"

enum dl_keyring_verb { DL_KEYRING_STATUS, DL_KEYRING_GET, DL_KEYRING_STORE, DL_KEYRING_DELETE };

struct dl_keyring_request {
    enum dl_keyring_verb verb;
    const char *helper;       /* path, NULL: the installed one */
    const char *integration;  /* attribute */
    const char *site;         /* attribute: site id */
    const struct dl_key *key; /* for STORE */
    bool unlock;              /* a person said so: the desktop's prompt may appear */
    int timeout_ms;           /* 0: 3000; with unlock the caller chooses */
};

struct dl_keyring;

/* Starts the helper and returns at once. */
int dl_keyring_start(struct dl_keyring **out, const struct dl_keyring_request *request,
                     struct dl_error *err);

/* Descriptor to wait on for reading, and the time (dl_clock_ms) after which step must be called. */
int dl_keyring_fd(const struct dl_keyring *keyring);
int64_t dl_keyring_deadline(const struct dl_keyring *keyring);

/* Call when readable or past the deadline. 1: not yet; 0: done; negative: failed (-DL_E_KS_*,
 * -DL_E_KEY_NONE for GET and DELETE of what is not there). After 0 of GET the key is the caller's
 * by dl_keyring_take_key; of STATUS the label of the default collection ("Login") is there, also
 * after -DL_E_KS_LOCKED and -DL_E_KS_DISMISSED. */
int dl_keyring_step(struct dl_keyring *keyring, struct dl_error *err);
struct dl_key *dl_keyring_take_key(struct dl_keyring *keyring);
const char *dl_keyring_label(const struct dl_keyring *keyring);
bool dl_keyring_has_key(const struct dl_keyring *keyring); /* after STATUS: one is stored */

/* Steps until it is done; bounded by the deadline. */
int dl_keyring_wait(struct dl_keyring *keyring, struct dl_error *err);

/* Kills the helper if it runs, reaps it, wipes and frees. NULL is fine. */
void dl_keyring_free(struct dl_keyring *keyring);

/* The whole in one blocking call, bounded by the timeout. *key only for GET. */
int dl_keyring_run(const struct dl_keyring_request *request, struct dl_key **key,
                   struct dl_error *err);

#endif
