/* Redaction: by value first (every live dl_key, raw, base64, hexadecimal, percent-encoded), then by
 * patterns (the Agent's scrubber rules and our own for tokens and headers). */
#ifndef DL_SECRET_REDACT_H
#define DL_SECRET_REDACT_H

#include "base/buffer.h"
#include "secret/key.h"

/* Replaces in place; shaped like dl_log_filter. */
int dl_redact(struct dl_buffer *text);

/* Installs the filter of base/log. Called once, before the first key. */
void dl_redact_install(void);

/* dl_key registers and forgets itself. */
void dl_redact_know(struct dl_key *key);
void dl_redact_forget(struct dl_key *key);

#endif
