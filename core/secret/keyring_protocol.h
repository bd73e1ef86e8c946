/* What the library and the helper ddlogs-keyring say to each other over one socket.
 *
 * Command line: ddlogs-keyring VERB INTEGRATION SITE ask|never SECONDS. No secret stands there.
 * Standard input: for "store" the key, until end of file.
 * Standard output: lines "WORD TEXT"; the last is "done" and the id of an error with its sentence,
 * or "done ok". An answer without it was cut short. For this room alone. */
#ifndef DL_SECRET_KEYRING_PROTOCOL_H
#define DL_SECRET_KEYRING_PROTOCOL_H

#define DL_KEYRING_ANSWER_MAX 4096 /* bytes of a whole answer */

#define DL_KEYRING_ASK "ask"     /* the desktop may ask to unlock */
#define DL_KEYRING_NEVER "never" /* no prompt */

/* verbs, in the order of enum dl_keyring_verb */
#define DL_KEYRING_VERBS                                                                           \
    {                                                                                              \
        "status", "get", "store", "delete"                                                         \
    }

#define DL_KEYRING_WORD_LABEL "label "   /* of the default collection */
#define DL_KEYRING_WORD_STORED "stored " /* yes or no */
#define DL_KEYRING_WORD_KEY "key "
#define DL_KEYRING_WORD_DONE "done "
#define DL_KEYRING_OK "ok"

#endif
