/* What every log of one service carries, written out once: source, service, host name, tags. */
#ifndef DL_RECORD_FRAME_H
#define DL_RECORD_FRAME_H

#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"
#include "identity/config.h"
#include "identity/integration.h"

/* An attribute that gives way to the log's own: the host name or a tag with key and value. */
struct dl_frame_attribute {
    char *key; /* as Datadog reads it, not escaped */
    size_t key_length;
    char *json; /* ,"key":"value" */
    size_t json_length;
    char *clash; /* ,"tags.key":"value", used when the log has a `key` of its own; NULL: left out */
    size_t clash_length;
};

/* Ids of the logs of one sender: unlike those of any other, and counted from 1. */
struct dl_record_id {
    char prefix[40]; /* ,"ddlogs.id":"Xy12Ab34- */
    size_t prefix_length;
    uint64_t next;
};

#define DL_RECORD_ID_MAX 64 /* most bytes of the whole member */

/* A prefix by chance, next 1. -DL_E_INTERNAL without chance. */
int dl_record_id_init(struct dl_record_id *id, struct dl_error *err);

#define DL_FRAME_ATTRIBUTES (DL_TAGS_MAX + 1)

struct dl_frame {
    struct dl_buffer head;       /* {"ddsource":"...","service":"...","ddtags":"..." */
    struct dl_buffer attributes; /* every attribute's json, one after the other */
    struct dl_frame_attribute *list;
    size_t count;
    enum dl_arrays arrays;         /* the manifest's policy */
    const struct dl_record_id *id; /* of the next log, or NULL: none; kept by the owner */
    unsigned char first_bytes[32]; /* bit set of the first bytes of all keys: most names miss it */
};

/* Prepares the frame of one service of the manifest. hostname NULL: none. */
int dl_frame_new(struct dl_frame **out, const struct dl_integration *integration,
                 const struct dl_config *config, const char *service, const char *hostname,
                 struct dl_error *err);
void dl_frame_free(struct dl_frame *frame); /* NULL is fine */

/* Query of the request when tags travel there: "ddtags=env%3Aprod%2Cteam%3Aweb"; nothing otherwise.
 */
int dl_frame_query(struct dl_buffer *out, const struct dl_config *config, struct dl_error *err);

#endif
