/* What arrived, one JSON object a line, for a person or a test to read:
 *
 *     {"request":1,"time":"...","path":"/api/v2/logs","encoding":"gzip","headers":{...},
 *      "query":{...},"truncated":true,"entry":{...},"explorer":{...}}
 *
 * "explorer" is there with a pipeline: what the Log Explorer would show of the log.
 * "entry" has the bytes of the log as they came, without the blanks between its tokens. The API key
 * is in no line: a place that holds it shows stars. The lines of a request are in the file before
 * it is answered. */
#ifndef DL_INTAKE_RECORDER_H
#define DL_INTAKE_RECORDER_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"
#include "intake/entries.h"
#include "pipeline/explorer.h"

#define DL_INTAKE_PREVIEW_MAX (48 * 1024)

struct dl_intake_recorder {
    int fd; /* -1: nothing is recorded */
    pthread_mutex_t lock;
    struct dl_explorer *explorer; /* NULL: no preview */
};

/* What the lines of one request have in common. */
struct dl_intake_arrival {
    uint64_t number;
    const char *path, *encoding;
    bool is_json;                    /* else each log is a text and becomes {"message": text} */
    const char *key;                 /* to keep it out, or NULL */
    struct dl_buffer headers, query; /* members of JSON objects, comma between them */
};

/* Opens for appending; the file is made 0600. path NULL: records nothing. pipeline NULL: none. */
int dl_intake_recorder_open(struct dl_intake_recorder *recorder, const char *path,
                            const char *pipeline, struct dl_error *err);
void dl_intake_recorder_close(struct dl_intake_recorder *recorder);

/* Writes the logs of one request; all of them or, on failure, -DL_E_IO. */
int dl_intake_recorder_add(struct dl_intake_recorder *recorder,
                           const struct dl_intake_arrival *arrival, const char *body,
                           const struct dl_intake_entries *entries);

/* Appends what the Log Explorer would show of the test logs of ddlogs in a request, JSON objects
 * with a comma between them: those that are large, and all past DL_INTAKE_PREVIEW_MAX bytes, are
 * left out. Nothing without a pipeline. */
void dl_intake_recorder_preview(struct dl_intake_recorder *recorder, struct dl_buffer *out,
                                const struct dl_intake_arrival *arrival, const char *body,
                                const struct dl_intake_entries *entries);

/* Adds "name":"value" to members; a run of 32 or more hexadecimal digits becomes stars. */
int dl_intake_member(struct dl_buffer *members, const char *name, const char *value);

/* Overwrites every copy of the key with stars. */
void dl_intake_hide(char *text, size_t len, const char *key);

/* Overwrites runs of at least `length` letters and digits (or hexadecimal digits alone). */
void dl_intake_mask(char *text, size_t len, size_t length, bool hex_only);

#endif
