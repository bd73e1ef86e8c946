/* The configuration: what the wizard writes and the sender reads. Never the key. */
#ifndef DL_IDENTITY_CONFIG_H
#define DL_IDENTITY_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/compress.h"
#include "base/error.h"
#include "base/json.h"
#include "identity/property.h"
#include "identity/site.h"
#include "identity/tag.h"

#define DL_CONFIG_VERSION 1
#define DL_CONFIG_BYTES 262144 /* largest file */
#define DL_KEY_NAME_MAX 4095   /* bytes of key_name and ca_file */

enum dl_tags_in { DL_TAGS_IN_ATTRIBUTES, DL_TAGS_IN_DDTAGS, DL_TAGS_IN_QUERY };
enum dl_key_place {
    DL_KEY_KEYRING,
    DL_KEY_CREDENTIAL,  /* systemd credential, key_name = its name */
    DL_KEY_FILE,        /* owner-only file, key_name = its path */
    DL_KEY_FD,          /* inherited descriptor, key_name = its number */
    DL_KEY_ENVIRONMENT, /* DD_API_KEY */
    DL_KEY_SESSION      /* this run only: nothing is kept */
};

/* What becomes of a log when there is no room: its taker waits, fails, or drops and counts it. */
enum dl_when_full { DL_WHEN_FULL_BLOCK, DL_WHEN_FULL_FAIL, DL_WHEN_FULL_DROP };

/* Where a value came from, weakest first. */
enum dl_origin { DL_ORIGIN_DEFAULT, DL_ORIGIN_FILE, DL_ORIGIN_ENVIRONMENT, DL_ORIGIN_OPTION };

/* "default", "file", "environment", "option" */
const char *dl_origin_name(enum dl_origin origin);

/* The bytes that a file had when it was last read or written, so that a save can tell whether
 * somebody else wrote it meanwhile. */
struct dl_config_seen;

struct dl_config {
    char *integration;
    const struct dl_site *site; /* NULL while not chosen */
    char *endpoint;             /* origin of intake and API, or NULL for the site's */
    char *api_endpoint;         /* origin of the API alone, or NULL */
    char *connect_to;           /* "HOST:PORT" connected to instead of the origin's, or NULL */
    char *proxy;                /* URL, "none", or NULL for the environment's */
    char *ca_file;              /* further CA certificates, or NULL */
    char *key_name;             /* see dl_key_place, or NULL */
    char *spool;                /* folder, or NULL: memory alone */
    char *spool_bytes;          /* as written, NULL: the default; see dl_config_spool_bytes */
    char *spool_age;            /* as written, NULL: none; see dl_config_spool_age_ms */
    struct dl_tags tags;
    enum dl_tags_in tags_in;
    enum dl_encoding encoding;
    enum dl_key_place key_source;
    enum dl_when_full when_full;
    bool verified; /* a test of exactly these values was accepted */
    enum dl_origin origin[DL_PROPERTY_COUNT];
    struct dl_config_seen *seen; /* of this object alone */
};

int dl_config_new(struct dl_config **out, const char *integration, struct dl_error *err);
int dl_config_copy(struct dl_config **out, const struct dl_config *from, struct dl_error *err);
void dl_config_free(struct dl_config *config);

/* Reads a file. Not there: -DL_E_CFG_NONE. Mistakes: -DL_E_CFG_PARSE with "FILE:LINE:COLUMN: ...".
 * Of a newer ddlogs: -DL_E_CFG_NEWER. Others may write it: -DL_E_CFG_PERM, because it says where
 * the key goes. */
int dl_config_read(struct dl_config **out, const char *path, struct dl_error *err);

/* The same from memory (text[len] is NUL); path is for messages. */
int dl_config_read_text(struct dl_config **out, const char *text, size_t len, const char *path,
                        struct dl_error *err);

/* For a configuration that was not read from path: remembers what is there now (or that nothing
 * is), as reading does, so that a later save fails when somebody else wrote it meanwhile. */
int dl_config_watch(struct dl_config *config, const char *path, struct dl_error *err);

/* The bytes of the file: fixed order, two blanks, defaults left out. Same values, same bytes. */
int dl_config_write_text(const struct dl_config *config, struct dl_buffer *out,
                         struct dl_error *err);

/* Writes it to path (folders made, lock held by the caller, .bak kept). *changed (may be NULL) is
 * false and nothing is touched when the bytes are the same. -DL_E_CFG_CHANGED when path no longer
 * holds what was read, watched or saved last; -DL_E_CFG_PERM when it cannot be written safely. */
int dl_config_save(const struct dl_config *config, const char *path, bool *changed,
                   struct dl_error *err);

/* What one property cannot tell by itself: a key source that needs a key_name has a fitting one.
 * Reading and saving check this. -DL_E_VALUE. */
int dl_config_check(const struct dl_config *config, struct dl_error *err);

/* Sets one property from text by the property table and notes its origin. Refused: -DL_E_VALUE,
 * -DL_E_SITE, -DL_E_TAG with the property's name; the old value stays. TAGS are replaced by the
 * list. A relative ca_file counts from the present folder (in a file it is refused). NULL or "":
 * back to the default. For keys that people type see dl_property_find. */
int dl_config_set(struct dl_config *config, enum dl_property property, const char *text,
                  enum dl_origin origin, struct dl_error *err);

/* The property's value as text ("" when unset; tags joined by commas). */
int dl_config_get(const struct dl_config *config, enum dl_property property, struct dl_buffer *out,
                  struct dl_error *err);

/* Writes the member "properties" into the open object: {"site": {"value": "eu1", "origin":
 * "file"}}, every property, null where it is unset. The errors of dl_config_get. */
int dl_config_json(const struct dl_config *config, struct dl_json *w, struct dl_error *err);

/* The spool's limits as numbers: bytes on the disk, and milliseconds (0: no limit). */
uint64_t dl_config_spool_bytes(const struct dl_config *config);
int64_t dl_config_spool_age_ms(const struct dl_config *config);

/* Same values; origins do not count. */
bool dl_config_equal(const struct dl_config *a, const struct dl_config *b);

#endif
