/* libddlogs: ships a product's logs to Datadog with the configuration that `ddlogs setup` wrote.
 *
 * Handles are opaque; options are set by string key. Functions return 0 or a negative number;
 * *out is written on success alone; an error handle tells code and sentence. The library prints
 * nothing, installs no signal handler, starts no thread and reads no environment variable by
 * itself. One handle belongs to one thread at a time. Usable from C11 and C++. */
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

/* Opens a sender. The key is read from where the configuration says, waiting at most 3 s. Both
 * handles may be freed after the call. */
int ddlogs_sender_open(ddlogs_sender **out, const ddlogs_integration *integration,
                       const ddlogs_config *config, ddlogs_error *error);

/* Takes one log: text (UTF-8, length in bytes) with a status ("info", "error", ... or NULL), or one
 * JSON object as it stands (what is no object is sent as text). service NULL: the manifest's first.
 * Sends in the background of these calls: nothing moves between calls. When the memory is full,
 * they wait for room, 10 s unless ddlogs_sender_wait says otherwise, and then fail with E-FULL. */
int ddlogs_sender_text(ddlogs_sender *sender, const char *text, size_t length, const char *status,
                       const char *service, ddlogs_error *error);
int ddlogs_sender_json(ddlogs_sender *sender, const char *json, size_t length, const char *service,
                       ddlogs_error *error);

/* How long the two calls above wait for room: 0 not at all, negative as long as it takes. */
void ddlogs_sender_wait(ddlogs_sender *sender, int timeout_ms);

/* Moves things along, and waits until something moved, one of the descriptors is ready (its revents
 * tell) or the time is up. For a program that reads its logs from somewhere: the one place to wait.
 */
struct pollfd;
int ddlogs_sender_poll(ddlogs_sender *sender, struct pollfd *fds, size_t count, int timeout_ms,
                       ddlogs_error *error);

/* 0, or the failure that holds everything until somebody acts (a refused key, a wrong endpoint).
 * The logs are kept, and the sender asks again by itself now and then. */
int ddlogs_sender_problem(const ddlogs_sender *sender, ddlogs_error *error);

/* Delivers all that was taken, at most for this long, and not longer than it takes to meet a
 * failure that holds everything. Fails if anything is left, or was refused since the last flush. */
int ddlogs_sender_flush(ddlogs_sender *sender, int timeout_ms, ddlogs_error *error);

/* One counter by name: "taken", "accepted", "pending", "refused", "requests", "retries", "bytes",
 * "wire_bytes", "cut", "replaced", "renamed", "clashed", "flattened" (arrays changed, as the
 * manifest says), "aged" and "ahead" (a date more than 18 h old or 2 h ahead, which Datadog drops
 * without a word). taken = accepted + pending + refused, always. 0 for a name that is none. */
uint64_t ddlogs_sender_count(const ddlogs_sender *sender, const char *name);

/* Flushes for at most this long, then frees. Fails like flush; the handle is gone either way. NULL
 * is fine. */
int ddlogs_sender_close(ddlogs_sender *sender, int timeout_ms, ddlogs_error *error);

#ifdef __cplusplus
}
#endif

#endif
