#include "identity/config.h"

#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "identity/address.h"
#include "identity/config_seen.h"
#include "identity/integration.h"

#define SPOOL_BYTES_MIN (16 * 1024 * 1024) /* some requests of the largest size */

static int no_memory(struct dl_error *err)
{
    return dl_error_set(err, DL_E_NOMEM, "no memory for the configuration");
}

/* The field of a property that is kept as text, else NULL. */
static char **text_field(struct dl_config *config, enum dl_property property)
{
    switch (property) {
    case DL_PROP_INTEGRATION:
        return &config->integration;
    case DL_PROP_ENDPOINT:
        return &config->endpoint;
    case DL_PROP_API_ENDPOINT:
        return &config->api_endpoint;
    case DL_PROP_CONNECT_TO:
        return &config->connect_to;
    case DL_PROP_PROXY:
        return &config->proxy;
    case DL_PROP_CA_FILE:
        return &config->ca_file;
    case DL_PROP_KEY_NAME:
        return &config->key_name;
    case DL_PROP_SPOOL:
        return &config->spool;
    case DL_PROP_SPOOL_BYTES:
        return &config->spool_bytes;
    case DL_PROP_SPOOL_AGE:
        return &config->spool_age;
    default:
        return NULL;
    }
}

static const char *text_value(const struct dl_config *config, enum dl_property property)
{
    struct dl_config copy = *config;
    char **field = text_field(&copy, property);

    return field == NULL ? NULL : *field;
}

static unsigned choice_value(const struct dl_config *config, enum dl_property property)
{
    switch (property) {
    case DL_PROP_TAGS_IN:
        return (unsigned)config->tags_in;
    case DL_PROP_ENCODING:
        return (unsigned)config->encoding;
    case DL_PROP_KEY_SOURCE:
        return (unsigned)config->key_source;
    case DL_PROP_WHEN_FULL:
        return (unsigned)config->when_full;
    default:
        return config->verified;
    }
}

static void set_choice(struct dl_config *config, enum dl_property property, unsigned value)
{
    switch (property) {
    case DL_PROP_TAGS_IN:
        config->tags_in = (enum dl_tags_in)value;
        break;
    case DL_PROP_ENCODING:
        config->encoding = (enum dl_encoding)value;
        break;
    case DL_PROP_KEY_SOURCE:
        config->key_source = (enum dl_key_place)value;
        break;
    case DL_PROP_WHEN_FULL:
        config->when_full = (enum dl_when_full)value;
        break;
    default:
        config->verified = value != 0;
    }
}

static bool is_choice(enum dl_property property)
{
    return dl_properties[property].choices != NULL;
}

int dl_config_new(struct dl_config **out, const char *integration, struct dl_error *err)
{
    struct dl_config *config = calloc(1, sizeof *config);
    int status = 0;

    if (config == NULL)
        return no_memory(err);
    config->seen = calloc(1, sizeof *config->seen);
    if (config->seen == NULL)
        status = no_memory(err);
    for (enum dl_property p = 0; p < DL_PROPERTY_COUNT && status == 0; p++)
        status = dl_config_set(config, p, NULL, DL_ORIGIN_DEFAULT, err);
    if (status == 0 && integration != NULL)
        status = dl_config_set(config, DL_PROP_INTEGRATION, integration, DL_ORIGIN_DEFAULT, err);
    if (status < 0) {
        dl_config_free(config);
        return status;
    }
    *out = config;
    return 0;
}

int dl_config_copy(struct dl_config **out, const struct dl_config *from, struct dl_error *err)
{
    struct dl_config *copy;
    int status = dl_config_new(&copy, NULL, err);

    if (status < 0)
        return status;
    for (enum dl_property p = 0; p < DL_PROPERTY_COUNT && status == 0; p++) {
        const char *text = text_value(from, p);

        if (is_choice(p))
            set_choice(copy, p, choice_value(from, p));
        else if (text != NULL && (*text_field(copy, p) = strdup(text)) == NULL)
            status = no_memory(err);
        copy->origin[p] = from->origin[p];
    }
    copy->site = from->site;
    if (status == 0)
        status = dl_tags_copy(&copy->tags, &from->tags, err);
    if (status == 0 && from->seen->path != NULL)
        status =
            dl_config_see(copy->seen, from->seen->path, from->seen->text, from->seen->len, err);
    if (status < 0) {
        dl_config_free(copy);
        return status;
    }
    *out = copy;
    return 0;
}

void dl_config_free(struct dl_config *config)
{
    if (config == NULL)
        return;
    for (enum dl_property p = 0; p < DL_PROPERTY_COUNT; p++) {
        char **field = text_field(config, p);

        if (field != NULL)
            free(*field);
    }
    dl_tags_free(&config->tags);
    if (config->seen != NULL) {
        free(config->seen->path);
        free(config->seen->text);
    }
    free(config->seen);
    free(config);
}

/* A text of the file's own line, bounded, fit to be shown. */
static int check_text(const char *text, struct dl_error *err)
{
    if (strlen(text) > DL_KEY_NAME_MAX)
        return dl_error_set(err, DL_E_VALUE, "it has at most %d bytes", DL_KEY_NAME_MAX);
    if (!dl_utf8_valid(text, strlen(text), NULL))
        return dl_error_set(err, DL_E_VALUE, "it is not valid UTF-8");
    for (; *text != '\0'; text++)
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            return dl_error_set(err, DL_E_VALUE, "it holds a control character");
    return 0;
}

/* An absolute path; a relative one counts from the present folder, but not in a file, which may be
 * read from anywhere. */
static int take_path(char *to, size_t size, const char *text, enum dl_origin origin,
                     struct dl_error *err)
{
    char folder[PATH_MAX];
    int status = check_text(text, err);

    if (status < 0)
        return status;
    if (text[0] == '/') {
        dl_text_copy(to, size, text);
        return 0;
    }
    if (origin == DL_ORIGIN_FILE)
        return dl_error_set(err, DL_E_VALUE, "write the whole path, from /");
    if (getcwd(folder, sizeof folder) == NULL ||
        !dl_text_format(to, size, "%s%s%s", folder, strcmp(folder, "/") == 0 ? "" : "/", text))
        return dl_error_set(err, DL_E_VALUE, "write the whole path, from /");
    return 0;
}

static int take_name(char *to, size_t size, const char *text, struct dl_error *err)
{
    if (!dl_integration_name_valid(text))
        return dl_error_set(err, DL_E_VALUE,
                            "it must be lowercase: a letter, then letters, digits, _ and -");
    dl_text_copy(to, size, text);
    return 0;
}

static int take_size(char *to, size_t size, const char *text, struct dl_error *err)
{
    uint64_t bytes;

    if (!dl_text_size(text, &bytes) || bytes < SPOOL_BYTES_MIN)
        return dl_error_set(err, DL_E_VALUE,
                            "it must be a number of bytes like 500M or 2G, at least %dM",
                            SPOOL_BYTES_MIN / (1024 * 1024));
    dl_text_copy(to, size, text);
    return 0;
}

static int take_duration(char *to, size_t size, const char *text, struct dl_error *err)
{
    int64_t ms;

    if (!dl_text_duration(text, &ms) || ms == 0)
        return dl_error_set(err, DL_E_VALUE, "it must be a time like 90s, 30m, 12h or 7d");
    dl_text_copy(to, size, text);
    return 0;
}

static int set_text(struct dl_config *config, const struct dl_property_info *info, const char *text,
                    enum dl_origin origin, struct dl_error *err)
{
    char **field = text_field(config, info->property), *copy = NULL,
         value[DL_KEY_NAME_MAX + 1] = "";
    int status;

    if (info->type == DL_TYPE_NAME)
        status = take_name(value, sizeof value, text, err);
    else if (info->type == DL_TYPE_ORIGIN)
        status = dl_address_origin(value, text, err);
    else if (info->type == DL_TYPE_ADDRESS)
        status = dl_address_host_port(value, text, err);
    else if (info->type == DL_TYPE_PROXY)
        status = dl_address_proxy(value, text, err);
    else if (info->type == DL_TYPE_PATH)
        status = take_path(value, sizeof value, text, origin, err);
    else if (info->type == DL_TYPE_SIZE)
        status = take_size(value, sizeof value, text, err);
    else if (info->type == DL_TYPE_DURATION)
        status = take_duration(value, sizeof value, text, err);
    else if ((status = check_text(text, err)) == 0)
        dl_text_copy(value, sizeof value, text);
    if (status < 0)
        return status;
    if (strcmp(value, info->fallback) != 0) { /* the default is kept as none */
        copy = strdup(value);
        if (copy == NULL)
            return no_memory(err);
    }
    free(*field);
    *field = copy;
    return 0;
}

static int set_tags(struct dl_config *config, const char *text, struct dl_error *err)
{
    struct dl_tags tags = {0};
    int status = dl_tags_parse(&tags, text, NULL, NULL, err);

    if (status < 0)
        return status;
    dl_tags_free(&config->tags);
    config->tags = tags;
    return 0;
}

static int set_choice_text(struct dl_config *config, const struct dl_property_info *info,
                           const char *text, struct dl_error *err)
{
    unsigned index;

    if (!dl_property_choice(info, text, &index))
        return dl_error_set(err, DL_E_VALUE, "it must be one of %s", info->choices);
    set_choice(config, info->property, index);
    return 0;
}

static void set_default(struct dl_config *config, const struct dl_property_info *info)
{
    char **field = text_field(config, info->property);
    unsigned index = 0;

    if (is_choice(info->property)) {
        dl_property_choice(info, info->fallback, &index);
        set_choice(config, info->property, index);
    } else if (field != NULL) {
        free(*field);
        *field = NULL;
    } else if (info->property == DL_PROP_TAGS) {
        dl_tags_free(&config->tags);
    } else {
        config->site = NULL;
    }
    config->origin[info->property] = DL_ORIGIN_DEFAULT;
}

int dl_config_set(struct dl_config *config, enum dl_property property, const char *text,
                  enum dl_origin origin, struct dl_error *err)
{
    const struct dl_property_info *info = &dl_properties[property];
    int status;

    if (text == NULL || *text == '\0') {
        set_default(config, info);
        return 0;
    }
    if (info->type != DL_TYPE_TAGS && dl_text_looks_secret(text, strlen(text)))
        status = dl_error_set(err, DL_E_VALUE,
                              "this looks like a key, and no key belongs into the configuration");
    else if (info->type == DL_TYPE_SITE)
        status = dl_site_recognise(&config->site, NULL, 0, text, err);
    else if (info->type == DL_TYPE_TAGS)
        status = set_tags(config, text, err);
    else if (is_choice(property))
        status = set_choice_text(config, info, text, err);
    else
        status = set_text(config, info, text, origin, err);
    if (status < 0) {
        dl_error_prefix(err, "%s", info->key);
        return status;
    }
    config->origin[property] = origin;
    return 0;
}

int dl_config_get(const struct dl_config *config, enum dl_property property, struct dl_buffer *out,
                  struct dl_error *err)
{
    const char *text = text_value(config, property);
    char choice[32] = "";
    int status = 0;

    if (is_choice(property)) {
        dl_property_choice_text(&dl_properties[property], choice_value(config, property), choice,
                                sizeof choice);
        text = choice;
    } else if (property == DL_PROP_SITE && config->site != NULL) {
        text = config->site->id;
    } else if (text == NULL) {
        text = dl_properties[property].fallback;
    }
    for (size_t i = 0; property == DL_PROP_TAGS && i < config->tags.count && status == 0; i++)
        status = dl_buffer_format(out, "%s%s", i > 0 ? "," : "", config->tags.items[i]);
    if (text != NULL && status == 0)
        status = dl_buffer_text(out, text);
    if (status < 0)
        return dl_error_set(err, (enum dl_code) - status, "%s does not fit",
                            dl_properties[property].key);
    return 0;
}

const char *dl_origin_name(enum dl_origin origin)
{
    static const char *const names[] = {[DL_ORIGIN_DEFAULT] = "default",
                                        [DL_ORIGIN_FILE] = "file",
                                        [DL_ORIGIN_ENVIRONMENT] = "environment",
                                        [DL_ORIGIN_OPTION] = "option"};

    return names[origin];
}

uint64_t dl_config_spool_bytes(const struct dl_config *config)
{
    uint64_t bytes = 0;

    dl_text_size(config->spool_bytes ? config->spool_bytes
                                     : dl_properties[DL_PROP_SPOOL_BYTES].fallback,
                 &bytes);
    return bytes;
}

int64_t dl_config_spool_age_ms(const struct dl_config *config)
{
    int64_t ms = 0;

    if (config->spool_age)
        dl_text_duration(config->spool_age, &ms);
    return ms;
}

bool dl_config_equal(const struct dl_config *a, const struct dl_config *b)
{
    for (enum dl_property p = 0; p < DL_PROPERTY_COUNT; p++) {
        const char *x = text_value(a, p), *y = text_value(b, p);

        if (is_choice(p) && choice_value(a, p) != choice_value(b, p))
            return false;
        if ((x == NULL) != (y == NULL) || (x != NULL && strcmp(x, y) != 0))
            return false;
    }
    return a->site == b->site && dl_tags_equal(&a->tags, &b->tags);
}

int dl_config_check(const struct dl_config *config, struct dl_error *err)
{
    const char *name = config->key_name == NULL ? "" : config->key_name;
    uint64_t number;

    if (config->key_source == DL_KEY_FILE && name[0] != '/')
        return dl_error_set(err, DL_E_VALUE,
                            "key_name: for the key source \"file\" write the path of the key's "
                            "file, from /");
    if (config->key_source == DL_KEY_FD && !dl_text_number(name, 0, INT_MAX, &number))
        return dl_error_set(
            err, DL_E_VALUE,
            "key_name: for the key source \"fd\" write the number of the descriptor");
    if (config->key_source == DL_KEY_CREDENTIAL &&
        (name[0] == '\0' || strchr(name, '/') != NULL || name[0] == '.'))
        return dl_error_set(err, DL_E_VALUE,
                            "key_name: for the key source \"credential\" write the credential's "
                            "name, as in LoadCredential=NAME:");
    return 0;
}
