/* An API key in memory: one locked page that core files leave out, wiped on free. */
#ifndef DL_SECRET_KEY_H
#define DL_SECRET_KEY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/error.h"

#define DL_KEY_MAX 256 /* longest key taken, in bytes */

struct dl_key;

/* Copies text into a new page: trimmed, quotes around it dropped. Control bytes and anything
 * outside printable ASCII are refused (a header could be split). The caller's copy is the caller's
 * to wipe. The key is known to redaction from here until it is freed. */
int dl_key_new(struct dl_key **out, const char *text, size_t len, struct dl_error *err);
void dl_key_free(struct dl_key *key); /* NULL is fine */

/* The bytes, NUL-terminated, for as long as the key lives. Copy them into wiped memory alone. */
const char *dl_key_text(const struct dl_key *key);
size_t dl_key_length(const struct dl_key *key);
bool dl_key_equal(const struct dl_key *a, const struct dl_key *b); /* constant time */
bool dl_key_locked(const struct dl_key *key); /* false when RLIMIT_MEMLOCK forbids it */

/* Growing a key byte by byte while it is typed or pasted; the page is the same. */
int dl_key_begin(struct dl_key **out, struct dl_error *err);
int dl_key_append(struct dl_key *key, const char *bytes, size_t len, struct dl_error *err);
int dl_key_finish(struct dl_key *key, struct dl_error *err); /* trims and checks like dl_key_new */
void dl_key_clear(struct dl_key *key);

/* At program start: RLIMIT_CORE 0, not dumpable, SSLKEYLOGFILE and SECRET_BACKEND unset. */
int dl_secret_harden_process(struct dl_error *err);

/* memory that is zeroed before it is given back: for curl_global_init_mem */
void *dl_wiped_malloc(size_t size);
void dl_wiped_free(void *p);
void *dl_wiped_realloc(void *p, size_t size);
char *dl_wiped_strdup(const char *text);
void *dl_wiped_calloc(size_t count, size_t size);

#endif
