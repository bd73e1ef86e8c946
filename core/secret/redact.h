/* Redaction: by value first (every live dl_key, raw, base64, hexadecimal, percent-encoded), then by
 * patterns (the Agent's scrubber rules and our own for tokens and headers). Where NUL bytes show
 * that a text may be UTF-16, it is read as that too. */
#ifndef DL_SECRET_REDACT_H
#define DL_SECRET_REDACT_H

#include "base/buffer.h"
#include "secret/key.h"

/* Replaces in place; shaped like dl_log_filter. */
int dl_redact(struct dl_buffer *text);

/* Whether a live key stands in the bytes (bytes[len] is NUL) in a form that dl_redact knows, also
 * as UTF-16 of either order at either alignment. 1: yes; 0: no; -DL_E_NOMEM. For what is finished
 * and must not hold one, whatever made it. */
int dl_redact_finds(const char *bytes, size_t len);

/* Installs the filter of base/log. Called once, before the first key. */
void dl_redact_install(void);

/* dl_key registers and forgets itself. */
void dl_redact_know(struct dl_key *key);
void dl_redact_forget(struct dl_key *key);

#endif
