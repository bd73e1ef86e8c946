#include "record/frame.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "record/record.h"

/* Names that this room gives a meaning of its own. */
static bool is_ours(const char *key, size_t len)
{
    static const char *const ours[] = {"original", "tags", "ddlogs"};

    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++) {
        size_t n = strlen(ours[i]);

        if (len >= n && memcmp(key, ours[i], n) == 0 && (len == n || key[n] == '.'))
            return true;
    }
    return false;
}

/* Where one tag travels. */
static bool is_attribute(const struct dl_config *config, size_t i)
{
    size_t key_length;
    const char *value;

    if (config->tags_in != DL_TAGS_IN_ATTRIBUTES || !dl_tag_as_attribute(&config->tags, i))
        return false;
    dl_tag_split(config->tags.items[i], &key_length, &value);
    return !is_ours(config->tags.items[i], key_length);
}

static int add_member(struct dl_buffer *to, const char *prefix, const char *key, size_t key_length,
                      const char *value)
{
    int rc = dl_buffer_format(to, ",\"%s", prefix);

    if (rc == 0)
        rc = dl_json_escape(to, key, key_length);
    if (rc == 0)
        rc = dl_buffer_text(to, "\":\"");
    if (rc == 0)
        rc = dl_json_escape(to, value, strlen(value));
    return rc == 0 ? dl_buffer_char(to, '"') : rc;
}

/* A member of its own memory. */
static int make_member(char **out, size_t *length, const char *prefix, const char *key,
                       size_t key_length, const char *value)
{
    struct dl_buffer b;
    int rc;

    dl_buffer_init(&b, DL_FRAME_MAX);
    rc = add_member(&b, prefix, key, key_length, value);
    if (rc < 0) {
        dl_buffer_free(&b);
        return rc;
    }
    *out = b.data;
    *length = b.len;
    return 0;
}

static int add_attribute(struct dl_frame *f, const char *key, size_t key_length, const char *value,
                         bool keep_clash)
{
    struct dl_frame_attribute *a = &f->list[f->count++];
    unsigned char first = (unsigned char)key[0];
    int rc = 0;

    a->key = strndup(key, key_length);
    if (!a->key)
        return -DL_E_NOMEM;
    a->key_length = key_length;
    f->first_bytes[first >> 3] |= (unsigned char)(1u << (first & 7));
    rc = make_member(&a->json, &a->json_length, "", key, key_length, value);
    if (rc == 0 && keep_clash)
        rc = make_member(&a->clash, &a->clash_length, "tags.", key, key_length, value);
    return rc == 0 ? dl_buffer_add(&f->attributes, a->json, a->json_length) : rc;
}

static int add_ddtags(struct dl_frame *f, const struct dl_config *config)
{
    const char *separator = ",\"ddtags\":\"";
    int rc = 0;

    if (config->tags_in == DL_TAGS_IN_QUERY)
        return 0;
    for (size_t i = 0; rc == 0 && i < config->tags.count; i++) {
        if (is_attribute(config, i))
            continue;
        rc = dl_buffer_text(&f->head, separator);
        if (rc == 0)
            rc = dl_json_escape(&f->head, config->tags.items[i], strlen(config->tags.items[i]));
        separator = ",";
    }
    if (rc == 0 && *separator == ',' && separator[1] == '\0')
        rc = dl_buffer_char(&f->head, '"');
    return rc;
}

static int add_tags(struct dl_frame *f, const struct dl_config *config)
{
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < config->tags.count; i++) {
        size_t key_length;
        const char *value;

        if (!is_attribute(config, i))
            continue;
        dl_tag_split(config->tags.items[i], &key_length, &value);
        rc = add_attribute(f, config->tags.items[i], key_length, value, true);
    }
    return rc;
}

static int fill(struct dl_frame *f, const struct dl_integration *integration,
                const struct dl_config *config, const char *service, const char *hostname)
{
    int rc = dl_buffer_text(&f->head, "{\"ddsource\":\"");

    if (rc == 0)
        rc = dl_json_escape(&f->head, integration->source, strlen(integration->source));
    if (rc == 0)
        rc = dl_buffer_char(&f->head, '"');
    if (rc == 0)
        rc = add_member(&f->head, "", "service", 7, service);
    if (rc == 0)
        rc = add_ddtags(f, config);
    /* The host name is a default: a log that brings one was made elsewhere, and keeps it. */
    if (rc == 0 && hostname && *hostname)
        rc = add_attribute(f, "hostname", 8, hostname, false);
    return rc == 0 ? add_tags(f, config) : rc;
}

int dl_record_id_init(struct dl_record_id *id, struct dl_error *err)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.";
    unsigned char chance[10];
    char *to = stpcpy(id->prefix, ",\"ddlogs.id\":\"");

    if (dl_clock_random(chance, sizeof chance) < 0)
        return dl_error_set(err, DL_E_INTERNAL, "the system gives no random numbers");
    for (size_t i = 0; i < sizeof chance; i++)
        *to++ = letters[chance[i] % 64];
    to = stpcpy(to, "-");
    id->prefix_length = (size_t)(to - id->prefix);
    id->next = 1;
    return 0;
}

int dl_frame_new(struct dl_frame **out, const struct dl_integration *integration,
                 const struct dl_config *config, const char *service, const char *hostname,
                 struct dl_error *err)
{
    struct dl_frame *f;
    int rc;

    if (config->tags.count > DL_TAGS_MAX)
        return dl_error_set(err, DL_E_TAG, "%zu tags are more than the %d that one log may carry",
                            config->tags.count, DL_TAGS_MAX);
    f = calloc(1, sizeof *f);
    if (f)
        f->list = calloc(DL_FRAME_ATTRIBUTES, sizeof *f->list);
    if (!f || !f->list) {
        free(f);
        return dl_error_set(err, DL_E_NOMEM, "no memory for the tags");
    }
    f->arrays = integration->arrays;
    dl_buffer_init(&f->head, DL_FRAME_MAX);
    dl_buffer_init(&f->attributes, DL_FRAME_MAX);
    rc = fill(f, integration, config, service, hostname);
    if (rc < 0) {
        dl_frame_free(f);
        return dl_error_set(err, (enum dl_code) - rc,
                            "source, service, host name and tags together are too large for a log");
    }
    *out = f;
    return 0;
}

void dl_frame_free(struct dl_frame *frame)
{
    if (!frame)
        return;
    for (size_t i = 0; i < frame->count; i++) {
        free(frame->list[i].key);
        free(frame->list[i].json);
        free(frame->list[i].clash);
    }
    free(frame->list);
    dl_buffer_free(&frame->head);
    dl_buffer_free(&frame->attributes);
    free(frame);
}

static int add_percent(struct dl_buffer *out, const char *text)
{
    static const char plain[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    int rc = 0;

    for (; rc == 0 && *text; text++)
        rc = strchr(plain, *text) ? dl_buffer_char(out, *text)
                                  : dl_buffer_format(out, "%%%02X", (unsigned char)*text);
    return rc;
}

int dl_frame_query(struct dl_buffer *out, const struct dl_config *config, struct dl_error *err)
{
    int rc = 0;

    if (config->tags_in != DL_TAGS_IN_QUERY)
        return 0;
    for (size_t i = 0; rc == 0 && i < config->tags.count; i++) {
        rc = dl_buffer_text(out, i ? "%2C" : "ddtags=");
        if (rc == 0)
            rc = add_percent(out, config->tags.items[i]);
    }
    return rc == 0 ? 0
                   : dl_error_set(err, (enum dl_code) - rc, "the tags are too long for a query");
}
