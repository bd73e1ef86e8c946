/* libddlogs: ships a product's logs to Datadog with the configuration that `ddlogs setup` wrote.
 *
 * Handles are opaque; options are set by string key. Functions return 0 or a negative number;
 * *out is written on success alone; an error handle tells code and sentence. The library prints
 * nothing, installs no signal handler and reads no environment variable by itself.
 *
 * A sender may be used by any number of threads at once; every other handle by one at a time. A
 * sender has one thread of its own from open to close, none before, with all signals blocked. After
 * fork() its child cannot use it: every call there fails with E-FORK and touches nothing. Usable
 * from C11 and C++. The manual is ddlogs(3). */
#ifndef DDLOGS_H
#define DDLOGS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ddlogs_error ddlogs_error;
typedef struct ddlogs_integration ddlogs_integration;
typedef struct ddlogs_config ddlogs_config;
typedef struct ddlogs_sender ddlogs_sender;

/* Version of the library, "0.1.0". */
const char *ddlogs_version(void);

/* An error handle for the calls below, which all accept NULL instead. Freed by the caller. */
ddlogs_error *ddlogs_error_new(void);
void ddlogs_error_free(ddlogs_error *error);
const char *ddlogs_error_code(const ddlogs_error *error); /* "E-KEY-403", "" when none */
const char *ddlogs_error_text(const ddlogs_error *error); /* one sentence, no secret */
int ddlogs_error_http_status(const ddlogs_error *error);  /* 0: none */

/* The manifest: by path, or by name from the installed ones (name NULL: the only one). */
int ddlogs_integration_read(ddlogs_integration **out, const char *path, ddlogs_error *error);
int ddlogs_integration_find(ddlogs_integration **out, const char *name, ddlogs_error *error);
void ddlogs_integration_free(ddlogs_integration *integration);
const char *ddlogs_integration_name(const ddlogs_integration *integration);

/* The configuration: by path, or where the wizard writes it for this user (path NULL): root's in
 * /etc/ddlogs/NAME, others' in ~/.config/ddlogs/NAME and then /etc/ddlogs/NAME. */
int ddlogs_config_read(ddlogs_config **out, const ddlogs_integration *integration, const char *path,
                       ddlogs_error *error);
/* One with the defaults alone, for a program that sets site and key by itself. */
int ddlogs_config_new(ddlogs_config **out, const ddlogs_integration *integration,
                      ddlogs_error *error);
void ddlogs_config_free(ddlogs_config *config);
/* Sets a property by its key in ddlogs-config(5), for this process alone. */
int ddlogs_config_set(ddlogs_config *config, const char *key, const char *value,
                      ddlogs_error *error);
/* Reads DD_SITE, DD_TAGS, the DDLOGS_ variables of ddlogs-config(5), CREDENTIALS_DIRECTORY and the
 * proxy variables now, and takes DD_API_KEY out of the environment. */
int ddlogs_config_use_environment(ddlogs_config *config, ddlogs_error *error);
/* Uses this key instead of the place that the configuration names. The caller wipes its copy. */
int ddlogs_config_set_key(ddlogs_config *config, const char *key, size_t length,
                          ddlogs_error *error);

/* What became of logs. ACCEPTED: on the disk of the spool, or without a spool in memory.
 * QUARANTINED: the intake refuses this one log; a spool keeps it. DISCARDED: older than the
 * configuration's spool_age. */
enum ddlogs_receipt {
    DDLOGS_ACCEPTED = 1,
    DDLOGS_DELIVERED = 2,
    DDLOGS_QUARANTINED = 3,
    DDLOGS_DISCARDED = 4
};

/* Called from the sender's thread, or from a call of the program, with the logs that are numbered
 * first to first + count - 1; `why` is NULL for ACCEPTED and DELIVERED. Logs that an earlier
 * process left in the spool have first 0. It must be quick and must not call the sender. */
typedef void (*ddlogs_receipt_callback)(void *context, enum ddlogs_receipt receipt, uint64_t first,
                                        uint64_t count, const ddlogs_error *why);

/* What a person should hear of, at most once for each cause: delivery is held (a refused key), goes
 * on again, the disk is full, the spool was damaged. From the same threads, under the same rules.
 */
typedef void (*ddlogs_notice_callback)(void *context, const ddlogs_error *what);

void ddlogs_config_on_receipt(ddlogs_config *config, ddlogs_receipt_callback receipt,
                              void *context);
void ddlogs_config_on_notice(ddlogs_config *config, ddlogs_notice_callback notice, void *context);

/* Opens a sender. The key is read from where the configuration says, waiting at most 3 s. With the
 * property `spool` the folder is taken, and what an earlier process left there is delivered too.
 * Both handles may be freed after the call. */
int ddlogs_sender_open(ddlogs_sender **out, const ddlogs_integration *integration,
                       const ddlogs_config *config, ddlogs_error *error);

/* Takes one log: text (UTF-8, length in bytes) with a status ("info", "error", ... or NULL), or one
 * JSON object as it stands (what is no object is sent as text). service NULL: the manifest's first.
 * *number (NULL: not wanted) is the log's number in this sender, from 1, that receipts name.
 *
 * 0 means taken: in memory, on its way. When there is no room, the calls do what the property
 * when_full says: block (ddlogs_sender_wait bounds it), fail with E-FULL, or drop the log, count it
 * and return 0 with *number 0. */
int ddlogs_sender_text(ddlogs_sender *sender, const char *text, size_t length, const char *status,
                       const char *service, uint64_t *number, ddlogs_error *error);
int ddlogs_sender_json(ddlogs_sender *sender, const char *json, size_t length, const char *service,
                       uint64_t *number, ddlogs_error *error);

/* One log put together field by field. Keys are UTF-8; a dot makes no path. The handle is emptied
 * by clear and by nothing else, so that common fields need not be added again. */
typedef struct ddlogs_fields ddlogs_fields;
ddlogs_fields *ddlogs_fields_new(void);
void ddlogs_fields_free(ddlogs_fields *fields);
void ddlogs_fields_clear(ddlogs_fields *fields);
/* Each adds one field: E-LIMIT past 1 MB, E-VALUE for a key that is empty, and for NaN, infinity.
 */
int ddlogs_fields_text(ddlogs_fields *fields, const char *key, const char *text, size_t length,
                       ddlogs_error *error);
int ddlogs_fields_integer(ddlogs_fields *fields, const char *key, int64_t value,
                          ddlogs_error *error);
int ddlogs_fields_number(ddlogs_fields *fields, const char *key, double value, ddlogs_error *error);
int ddlogs_fields_boolean(ddlogs_fields *fields, const char *key, int value, ddlogs_error *error);
int ddlogs_sender_fields(ddlogs_sender *sender, const ddlogs_fields *fields, const char *service,
                         uint64_t *number, ddlogs_error *error);

/* How long the calls above wait for room under when_full = block: 0 not at all, negative as long as
 * it takes (the default); then they fail with E-FULL. */
void ddlogs_sender_wait(ddlogs_sender *sender, int timeout_ms);

/* All logs taken before the call are accepted: with a spool they are on disk when it returns 0.
 * Threads that commit at once share one write. -1: as long as it takes. */
int ddlogs_sender_commit(ddlogs_sender *sender, int timeout_ms, ddlogs_error *error);

/* 0, or the failure that holds everything until somebody acts (a refused key, a wrong endpoint).
 * The logs are kept, and the sender asks again by itself now and then; after a refused key it first
 * reads the key anew from where it came. */
int ddlogs_sender_problem(ddlogs_sender *sender, ddlogs_error *error);

/* Takes site, endpoint, key, proxy, tags and encoding from another configuration: for what is taken
 * or sent from now on. Spool, limits and callbacks stay. On failure nothing is changed. */
int ddlogs_sender_reload(ddlogs_sender *sender, const ddlogs_config *config, ddlogs_error *error);

/* Delivers all that was taken and all that the spool holds, at most for this long (negative: as
 * long as it takes), and not longer than it takes to meet a failure that holds everything. Fails if
 * anything is left, or was refused since the last flush. */
int ddlogs_sender_flush(ddlogs_sender *sender, int timeout_ms, ddlogs_error *error);

/* One counter by name; 0 for a name that is none. Logs: "taken", "waiting" (taken and not accepted
 * yet), "dropped" (by when_full, never taken), "refused" (too large for any request, never taken),
 * and, with a spool of its whole life, "accepted", "delivered", "pending", "quarantined",
 * "damaged", "discarded". Always:
 *     accepted = delivered + pending + quarantined + damaged + discarded
 * "requests", "retries", "bytes", "wire_bytes". Logs that were changed on the way: "cut",
 * "replaced", "renamed", "clashed", "flattened" (arrays, as the manifest says), "aged" and "ahead"
 * (a date more than 18 h old or 2 h ahead, which Datadog drops without a word). "oldest_ms": age of
 * the oldest pending log. */
uint64_t ddlogs_sender_count(ddlogs_sender *sender, const char *name);

/* Flushes for at most this long, then frees. Fails like flush; the handle is gone either way. What
 * a spool has accepted stays there for the next open. NULL is fine. */
int ddlogs_sender_close(ddlogs_sender *sender, int timeout_ms, ddlogs_error *error);

#ifdef __cplusplus
}
#endif

#endif
