/* Where the key is and whether it is there, for `ddlogs key status` and the report; never a part of
 * it. */
#ifndef DL_TUI_COMMAND_KEY_STATUS_H
#define DL_TUI_COMMAND_KEY_STATUS_H

#include "command/session.h"
#include "secret/keyring.h"

#define KEY_STATUS_MAX 16384 /* most bytes of its text */

struct key_status {
    const char *place;   /* value of key_source */
    const char *name;    /* of the place, or NULL */
    char label[256];     /* of the keyring, "" when it does not say */
    const char *keyring; /* "unlocked", "locked", "unavailable", NULL: the place is another */
    bool there, known;   /* whether a key is there, and whether that could be found out */
};

/* The text of key_source, for example "keyring". */
const char *key_place_name(enum dl_key_place place);

/* What the helper is asked about this session's key. -DL_E_USAGE without a site. */
int key_request(struct dl_keyring_request *request, enum dl_keyring_verb verb,
                const struct program *program, const struct session *session, struct dl_error *err);

/* Looks in the place that the configuration names. *status is filled in any case; a failure says
 * why no key is there, or why that cannot be known. */
int key_look(struct key_status *status, const struct program *program,
             const struct session *session, struct dl_error *err);

/* The same in three lines. */
void key_status_text(const struct key_status *status, const struct session *session,
                     struct dl_buffer *out);

#endif
