/* One log to bytes: a JSON object of the intake, appended to the open batch. One pass over the
 * input, no allocation for each log beyond the growth of the batch. */
#ifndef DL_RECORD_RECORD_H
#define DL_RECORD_RECORD_H

#include <stddef.h>

#include "base/buffer.h"
#include "base/error.h"
#include "record/frame.h"

#define DL_RECORD_BYTES 1000000   /* most bytes of one object, as the intake counts them */
#define DL_FRAME_MAX (128 * 1024) /* most bytes of what a frame adds: 100 tags of 800 bytes fit */
#define DL_RECORD_CUT "\"ddlogs.cut\":true" /* marks a log whose message was cut */

/* What was done to a log, as bits. */
enum dl_record_note {
    DL_NOTE_CUT = 1,      /* message cut at DL_RECORD_BYTES and marked */
    DL_NOTE_REPLACED = 2, /* invalid UTF-8 became U+FFFD */
    DL_NOTE_RENAMED = 4,  /* the log's own ddsource, service or ddtags are under "original" */
    DL_NOTE_CLASH = 8,    /* a tag is under tags.KEY, because the log has a KEY of its own */
    DL_NOTE_TEXT = 16,    /* it was offered as JSON but is no JSON object: sent as text */
    DL_NOTE_ARRAYS = 32,  /* arrays became objects or strings, by the manifest's policy */
    DL_NOTE_AGED = 64,    /* its own date is more than 18 h old: Datadog drops it without a word */
    DL_NOTE_AHEAD = 128   /* its own date is more than 2 h ahead: Datadog may drop it */
};

/* Each appends one object of at most DL_RECORD_BYTES to `out` and sets *notes. On failure `out` is
 * as it was: -DL_E_LIMIT when out has no room left, -DL_E_NOMEM, and for JSON -DL_E_RECORD for an
 * object that is too long and has no message that a cut could shorten (err tells the sizes). */

/* status: letters, digits, '_' and '-', at most 32, or NULL; -DL_E_VALUE otherwise. */
int dl_record_text(struct dl_buffer *out, const struct dl_frame *frame, const char *text,
                   size_t len, const char *status, unsigned *notes, struct dl_error *err);

/* The object's own bytes are kept as they are, blanks and duplicates too; arrays by the frame's
 * policy. A date that Datadog will not take is noted, never changed. */
int dl_record_json(struct dl_buffer *out, const struct dl_frame *frame, const char *json,
                   size_t len, unsigned *notes, struct dl_error *err);

#endif
