/* Splits a request body into its logs, and checks each on the way.
 *
 * The scanner is the intake's own, not base/json: it must hold no opinion of the sender's room and
 * take bodies of 5 MB at the speed of a bench receiver. It accepts RFC 8259 with valid UTF-8. */
#ifndef DL_INTAKE_ENTRIES_H
#define DL_INTAKE_ENTRIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"

enum {
    DL_INTAKE_BODY_MAX = 5000000,  /* bytes of a body, plain: more is 413 */
    DL_INTAKE_ENTRY_MAX = 1000000, /* bytes of one log: more is cut, with 2xx */
    DL_INTAKE_ENTRIES_MAX = 1000,  /* logs in one array: more is 413 */
    DL_INTAKE_DEPTH_MAX = 100,     /* nested arrays and objects: more is 400 */
};

struct dl_intake_span {
    uint32_t start, length; /* bytes in the body */
};

struct dl_intake_entries {
    size_t count;
    struct dl_intake_span spans[DL_INTAKE_ENTRIES_MAX];
};

/* An array of objects or one object. Nothing but blanks, or one empty object, holds no log: that is
 * how senders probe a connection. -DL_E_VALUE: not JSON, or no object where a log should be;
 * -DL_E_LIMIT: too many. */
int dl_intake_split_json(struct dl_intake_entries *out, const char *text, size_t len);

/* One log a line; empty lines are none. */
int dl_intake_split_text(struct dl_intake_entries *out, const char *text, size_t len);

/* application/logplex-1: syslog lines framed by their length ("83 <40>1 2012-...", RFC 6587 3.4.1),
 * or plain lines when the body does not begin with such a frame. */
int dl_intake_split_logplex(struct dl_intake_entries *out, const char *text, size_t len);

/* Appends a JSON value that was accepted above on one line: blanks between tokens go, strings and
 * numbers keep their bytes. */
int dl_intake_compact(struct dl_buffer *out, const char *json, size_t len);

/* Appends an object of more than DL_INTAKE_ENTRY_MAX bytes cut to that: its "message" is shortened,
 * between characters; where that does not suffice, {"message": its first bytes} stands instead. */
int dl_intake_cut(struct dl_buffer *out, const char *json, size_t len);

#endif
