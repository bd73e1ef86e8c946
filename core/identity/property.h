/* The one table of properties: configuration key, environment variable, command line option, help.
 */
#ifndef DL_IDENTITY_PROPERTY_H
#define DL_IDENTITY_PROPERTY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

enum dl_property_type {
    DL_TYPE_NAME,   /* integration name */
    DL_TYPE_SITE,   /* anything dl_site_recognise takes; the id is kept */
    DL_TYPE_ORIGIN, /* https://HOST[:PORT], http:// on loopback alone */
    DL_TYPE_ADDRESS,
    DL_TYPE_PROXY,
    DL_TYPE_PATH,
    DL_TYPE_SIZE,     /* bytes: 64M, 2G */
    DL_TYPE_DURATION, /* 90s, 30m, 12h, 7d */
    DL_TYPE_TEXT,
    DL_TYPE_TAGS,
    DL_TYPE_CHOICE,
    DL_TYPE_BOOL
};

/* X(symbol, key, type, choices, default, environment, option, help) */
#define DL_PROPERTY_TABLE(X)                                                                       \
    X(INTEGRATION, "integration", DL_TYPE_NAME, NULL, "", "", "integration",                       \
      "Name of the installed integration.")                                                        \
    X(SITE, "site", DL_TYPE_SITE, NULL, "", "DD_SITE", "site",                                     \
      "Datadog site: id, name, or the address of your Datadog page.")                              \
    X(ENDPOINT, "endpoint", DL_TYPE_ORIGIN, NULL, "", "DDLOGS_ENDPOINT", "endpoint",               \
      "Origin of intake and API instead of the site's. https, or http on loopback.")               \
    X(API_ENDPOINT, "api_endpoint", DL_TYPE_ORIGIN, NULL, "", "DDLOGS_API_ENDPOINT",               \
      "api-endpoint", "Origin of the API alone, when it is not the intake's.")                     \
    X(CONNECT_TO, "connect_to", DL_TYPE_ADDRESS, NULL, "", "DDLOGS_CONNECT_TO", "connect-to",      \
      "HOST:PORT to connect to instead; the name that TLS checks stays (private links).")          \
    X(TAGS, "tags", DL_TYPE_TAGS, NULL, "", "DD_TAGS", "tag", "Custom tags, key:value.")           \
    X(TAGS_IN, "tags_in", DL_TYPE_CHOICE, "attributes|ddtags|query", "attributes", "", "tags-in",  \
      "Where tags travel: as attributes of each log, in its ddtags, or in the query.")             \
    X(PROXY, "proxy", DL_TYPE_PROXY, NULL, "", "", "proxy",                                        \
      "Proxy URL, or none. Default: HTTPS_PROXY and NO_PROXY of the environment.")                 \
    X(CA_FILE, "ca_file", DL_TYPE_PATH, NULL, "", "", "ca-file",                                   \
      "File with further CA certificates (PEM).")                                                  \
    X(ENCODING, "encoding", DL_TYPE_CHOICE, "gzip|zstd|none", "gzip", "", "encoding",              \
      "Compression of requests.")                                                                  \
    X(KEY_SOURCE, "key_source", DL_TYPE_CHOICE, "keyring|credential|file|fd|environment|session",  \
      "keyring", "", "key-store", "Where the API key comes from.")                                 \
    X(KEY_NAME, "key_name", DL_TYPE_TEXT, NULL, "", "", "key-name",                                \
      "Name of the credential, path of the file, or number of the descriptor.")                    \
    X(SPOOL, "spool", DL_TYPE_PATH, NULL, "", "DDLOGS_SPOOL", "spool",                             \
      "Folder that logs are kept in until they are delivered. Default: memory alone.")             \
    X(SPOOL_BYTES, "spool_bytes", DL_TYPE_SIZE, NULL, "1G", "", "spool-bytes",                     \
      "Most bytes that the spool takes on the disk.")                                              \
    X(SPOOL_AGE, "spool_age", DL_TYPE_DURATION, NULL, "", "", "spool-age",                         \
      "Age at which undelivered logs are discarded and counted. Default: never.")                  \
    X(WHEN_FULL, "when_full", DL_TYPE_CHOICE, "block|fail|drop", "block", "", "when-full",         \
      "What becomes of a log when spool or memory is full.")                                       \
    X(VERIFIED, "verified", DL_TYPE_BOOL, "false|true", "false", "", "",                           \
      "Whether a test of these values was accepted.")

enum dl_property {
#define DL_PROPERTY_ENUM(symbol, key, type, choices, fallback, env, option, help) DL_PROP_##symbol,
    DL_PROPERTY_TABLE(DL_PROPERTY_ENUM)
#undef DL_PROPERTY_ENUM
        DL_PROPERTY_COUNT
};

struct dl_property_info {
    enum dl_property property;
    const char *key; /* in the configuration file */
    enum dl_property_type type;
    const char *choices;  /* separated by |, in the order of the enum it sets; or NULL */
    const char *fallback; /* default value as text, "" for unset */
    const char *environment, *option, *help; /* "" for none */
};

extern const struct dl_property_info dl_properties[DL_PROPERTY_COUNT];

/* The row with this configuration key, or command line option (without dashes); NULL if none. */
const struct dl_property_info *dl_property_by_key(const char *key);
const struct dl_property_info *dl_property_by_option(const char *option);

/* By key, for a person who typed it: -DL_E_VALUE says which key is near, or why "source", "service"
 * and keys cannot be set. */
int dl_property_find(const struct dl_property_info **out, const char *key, struct dl_error *err);

/* Why a key that is no property is refused in words ("source", "api_key"), or NULL. */
const char *dl_property_refusal(const char *key);

/* Position of text among the choices (of CHOICE and BOOL), and back. */
bool dl_property_choice(const struct dl_property_info *info, const char *text, unsigned *index);
void dl_property_choice_text(const struct dl_property_info *info, unsigned index, char *to,
                             size_t size);

#endif
