/* The Secret Service as the helper sees it: only the files keyring_*.c of ddlogs-keyring, apart
 * from keyring.c itself, know libsecret. */
#ifndef DL_SECRET_KEYRING_SERVICE_H
#define DL_SECRET_KEYRING_SERVICE_H

#include <libsecret/secret.h>
#include <stdbool.h>

#include "base/error.h"
#include "secret/key.h"

struct keyring_service {
    SecretService *service;
    SecretCollection *collection; /* the default one */
    const char *integration, *site;
    bool unlock; /* a prompt may appear */
};

/* Reaches the service and its default collection; raises no prompt, starts no bus, and refuses a
 * session that would carry secrets in the clear. -DL_E_KS_*. */
int keyring_service_open(struct keyring_service *k, struct dl_error *err);
void keyring_service_close(struct keyring_service *k);

const char *keyring_service_label(const struct keyring_service *k);
bool keyring_service_locked(const struct keyring_service *k);

/* Unlocks the default collection if it is locked: -DL_E_KS_LOCKED when no prompt may appear,
 * -DL_E_KS_DISMISSED when the person said no. */
int keyring_service_unlock(struct keyring_service *k, struct dl_error *err);

/* Whether a key is stored; true also for one in a locked collection. */
int keyring_service_has(struct keyring_service *k, bool *has, struct dl_error *err);

/* -DL_E_KEY_NONE when nothing is stored; -DL_E_KS_LOCKED when that cannot be known. */
int keyring_service_get(struct keyring_service *k, struct dl_key **key, struct dl_error *err);
int keyring_service_delete(struct keyring_service *k, struct dl_error *err);

/* Stores, reads back and compares. */
int keyring_service_store(struct keyring_service *k, const struct dl_key *key,
                          struct dl_error *err);

/* What a GLib error means here; `doing` is what was tried ("open a session"). Frees error. */
int keyring_service_fail(struct dl_error *err, GError *error, const char *doing);

#endif
