/* The configuration: what the wizard writes and the sender reads. Never the key. */
#ifndef DL_IDENTITY_CONFIG_H
#define DL_IDENTITY_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/error.h"
#include "identity/property.h"
#include "identity/site.h"
#include "identity/tag.h"

#define DL_CONFIG_VERSION 1

enum dl_tags_in { DL_TAGS_IN_ATTRIBUTES, DL_TAGS_IN_DDTAGS, DL_TAGS_IN_QUERY };
enum dl_encoding { DL_ENCODING_GZIP, DL_ENCODING_ZSTD, DL_ENCODING_NONE };
enum dl_key_place {
    DL_KEY_KEYRING,
    DL_KEY_CREDENTIAL,  /* systemd credential, key_name = its name */
    DL_KEY_FILE,        /* owner-only file, key_name = its path */
    DL_KEY_FD,          /* inherited descriptor, key_name = its number */
    DL_KEY_ENVIRONMENT, /* DD_API_KEY */
    DL_KEY_SESSION      /* this run only: nothing is kept */
};

/* Where a value came from, weakest first. */
enum dl_origin { DL_ORIGIN_DEFAULT, DL_ORIGIN_FILE, DL_ORIGIN_ENVIRONMENT, DL_ORIGIN_OPTION };

struct dl_config {
    char *integration;
    const struct dl_site *site; /* NULL while not chosen */
    char *endpoint;             /* origin of intake and API, or NULL for the site's */
    char *api_endpoint;         /* origin of the API alone, or NULL */
    char *connect_to;           /* "HOST:PORT" connected to instead of the origin's, or NULL */
    char *proxy;                /* URL, "none", or NULL for the environment's */
    char *ca_file;              /* further CA certificates, or NULL */
    char *key_name;             /* see dl_key_place, or NULL */
    struct dl_tags tags;
    enum dl_tags_in tags_in;
    enum dl_encoding encoding;
    enum dl_key_place key_source;
    bool verified; /* a test of exactly these values was accepted */
    enum dl_origin origin[DL_PROPERTY_COUNT];
};

int dl_config_new(struct dl_config **out, const char *integration, struct dl_error *err);
int dl_config_copy(struct dl_config **out, const struct dl_config *from, struct dl_error *err);
void dl_config_free(struct dl_config *config);

/* Reads a file. Not there: -DL_E_CFG_NONE. Mistakes: -DL_E_CFG_PARSE with "FILE:LINE:COLUMN: ...". */
int dl_config_read(struct dl_config **out, const char *path, struct dl_error *err);

/* The bytes of the file: fixed order, two blanks, defaults left out. Same values, same bytes. */
int dl_config_write_text(const struct dl_config *config, struct dl_buffer *out, struct dl_error *err);

/* Writes it to path (folders made, lock held by the caller, .bak kept). *changed is false and nothing
 * is touched when the bytes are the same. */
int dl_config_save(const struct dl_config *config, const char *path, bool *changed,
                   struct dl_error *err);

/* Sets one property from text by the property table and notes its origin. Refused: -DL_E_VALUE,
 * -DL_E_SITE, -DL_E_TAG with the property's name. source and service are refused in words. NULL text:
 * back to the default. */
int dl_config_set(struct dl_config *config, enum dl_property property, const char *text,
                  enum dl_origin origin, struct dl_error *err);

/* The property's value as text ("" when unset). */
int dl_config_get(const struct dl_config *config, enum dl_property property, struct dl_buffer *out,
                  struct dl_error *err);

bool dl_config_equal(const struct dl_config *a, const struct dl_config *b);

#endif
