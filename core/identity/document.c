#include "identity/document.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "identity/tag.h"

/* Puts "FILE:LINE:COLUMN: " in front of the text in err and sets the document's code. */
static int blame_offset(const struct dl_document *d, struct dl_error *err, size_t offset)
{
    size_t line, column;

    dl_json_place(d->text, d->len, offset, &line, &column);
    err->code = d->code;
    dl_error_prefix(err, "%s:%zu:%zu", d->path, line, column);
    return -(int)d->code;
}

int dl_document_blame(const struct dl_document *d, struct dl_error *err, const char *key,
                      size_t element)
{
    char index[24];
    const char *path[] = {key, index};
    size_t offset = 0;

    if (err->code == DL_E_NOMEM)
        return -DL_E_NOMEM; /* no mistake of the file */
    dl_text_format(index, sizeof index, "[%zu]", element);
    if (key == NULL ||
        !dl_json_locate(d->text, d->len, path, element == DL_NO_ELEMENT ? 1 : 2, &offset))
        offset = 0;
    return blame_offset(d, err, offset);
}

int dl_document_fail(const struct dl_document *d, struct dl_error *err, const char *key,
                     size_t element, const char *format, ...)
{
    char text[512];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    dl_error_set(err, d->code, "%s", text);
    return dl_document_blame(d, err, key, element);
}

/* Whether a key or text anywhere in the value looks like a secret. Depth is bounded by the reader.
 */
static bool holds_secret(const cJSON *value)
{
    const cJSON *child;

    if (value->string != NULL && dl_text_looks_secret(value->string, strlen(value->string)))
        return true;
    if (cJSON_IsString(value))
        return dl_text_looks_secret(value->valuestring, strlen(value->valuestring));
    cJSON_ArrayForEach(child, value)
    {
        if (holds_secret(child))
            return true;
    }
    return false;
}

static int refuse_secrets(const struct dl_document *d, struct dl_error *err)
{
    const cJSON *member, *child;

    cJSON_ArrayForEach(member, d->root)
    {
        size_t element = DL_NO_ELEMENT, i = 0;

        if (!holds_secret(member))
            continue;
        if (cJSON_IsArray(member)) {
            cJSON_ArrayForEach(child, member)
            {
                if (element == DL_NO_ELEMENT && holds_secret(child))
                    element = i;
                i++;
            }
        }
        return dl_document_fail(d, err, member->string, element,
                                "this looks like a key, and no key belongs into this file "
                                "(shorten it if it is a checksum or an id)");
    }
    return 0;
}

int dl_document_parse(struct dl_document *d, const struct dl_json_limits *limits,
                      struct dl_error *err)
{
    struct dl_error local;
    size_t offset = 0;
    int status;

    err = err == NULL ? &local : err;
    d->root = NULL;
    status = dl_json_check(d->text, d->len, limits, &offset, err);
    if (status < 0)
        return blame_offset(d, err, offset);
    status = dl_json_parse(&d->root, d->text, d->len, limits, err);
    if (status < 0)
        return status;
    if (!cJSON_IsObject(d->root))
        return dl_document_fail(d, err, NULL, DL_NO_ELEMENT, "an object { ... } is expected");
    return refuse_secrets(d, err);
}

void dl_document_free(struct dl_document *d)
{
    cJSON_Delete(d->root);
    d->root = NULL;
}

int dl_document_version(const struct dl_document *d, unsigned newest, enum dl_code newer,
                        struct dl_error *err)
{
    const cJSON *version = cJSON_GetObjectItemCaseSensitive(d->root, "version");
    struct dl_document other = *d;

    if (version == NULL)
        return dl_document_fail(d, err, NULL, DL_NO_ELEMENT,
                                "\"version\" is missing; write \"version\": %u", newest);
    if (!cJSON_IsNumber(version) || version->valuedouble < 1 ||
        version->valuedouble > (double)UINT32_MAX ||
        version->valuedouble != (double)(uint32_t)version->valuedouble)
        return dl_document_fail(d, err, "version", DL_NO_ELEMENT,
                                "\"version\" must be a whole number; write \"version\": %u",
                                newest);
    if (version->valuedouble > newest) {
        other.code = newer;
        return dl_document_fail(&other, err, "version", DL_NO_ELEMENT,
                                "the file has version %u, and this ddlogs reads up to %u; update "
                                "ddlogs",
                                (unsigned)version->valuedouble, newest);
    }
    return 0;
}

int dl_document_keys(const struct dl_document *d, const char *const *keys, struct dl_error *err)
{
    const cJSON *member;

    cJSON_ArrayForEach(member, d->root)
    {
        const char *near;
        char shown[96];
        size_t i = 0;

        while (keys[i] != NULL && strcmp(keys[i], member->string) != 0)
            i++;
        if (keys[i] != NULL)
            continue;
        near = dl_text_nearest(member->string, keys);
        dl_text_show(shown, sizeof shown, member->string, strlen(member->string));
        if (near == NULL)
            return dl_document_fail(d, err, member->string, DL_NO_ELEMENT, "unknown key \"%s\"",
                                    shown);
        return dl_document_fail(d, err, member->string, DL_NO_ELEMENT,
                                "unknown key \"%s\"; did you mean \"%s\"?", shown, near);
    }
    return 0;
}

static size_t characters(const char *text)
{
    size_t count = 0;

    for (; *text != '\0'; text++)
        count += ((unsigned char)*text & 0xc0) != 0x80;
    return count;
}

/* *clean is true if a terminal and a log line can show it as it is. */
static int check_clean(const char *text, bool *clean, struct dl_error *err)
{
    struct dl_buffer cleaned;
    size_t len = strlen(text);
    int status;

    dl_buffer_init(&cleaned, len * 3 + 16);
    status = dl_text_clean(&cleaned, text, len);
    *clean = strcmp(dl_buffer_string(&cleaned), text) == 0;
    dl_buffer_free(&cleaned);
    return status < 0 ? dl_error_set(err, DL_E_NOMEM, "no memory for a text") : 0;
}

int dl_document_text(const struct dl_document *d, const char **out, const char *key, size_t max,
                     struct dl_error *err)
{
    const cJSON *member = cJSON_GetObjectItemCaseSensitive(d->root, key);
    bool clean;
    int status;

    *out = NULL;
    if (member == NULL)
        return 0;
    if (!cJSON_IsString(member))
        return dl_document_fail(d, err, key, DL_NO_ELEMENT, "\"%s\" must be a text in quotes", key);
    if (member->valuestring[0] == '\0')
        return dl_document_fail(d, err, key, DL_NO_ELEMENT,
                                "\"%s\" is empty; write a value or leave the key out", key);
    if (characters(member->valuestring) > max)
        return dl_document_fail(d, err, key, DL_NO_ELEMENT, "\"%s\" has at most %zu characters",
                                key, max);
    status = check_clean(member->valuestring, &clean, err);
    if (status < 0)
        return status;
    if (!clean)
        return dl_document_fail(d, err, key, DL_NO_ELEMENT,
                                "\"%s\" holds a character that cannot be shown", key);
    *out = member->valuestring;
    return 0;
}

int dl_document_array(const struct dl_document *d, const cJSON **out, const char *key, size_t max,
                      struct dl_error *err)
{
    const cJSON *member = cJSON_GetObjectItemCaseSensitive(d->root, key);

    *out = NULL;
    if (member == NULL)
        return 0;
    if (!cJSON_IsArray(member))
        return dl_document_fail(d, err, key, DL_NO_ELEMENT, "\"%s\" must be an array [ ... ]", key);
    if ((size_t)cJSON_GetArraySize(member) > max)
        return dl_document_fail(d, err, key, DL_NO_ELEMENT, "\"%s\" has at most %zu elements", key,
                                max);
    *out = member;
    return 0;
}
