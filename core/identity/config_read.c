/* Reading the configuration: strict, every mistake named by its place. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "identity/config.h"
#include "identity/config_seen.h"
#include "identity/document.h"

/* The file is small and flat: less than the reader allows at most. */
static const struct dl_json_limits limits = {DL_CONFIG_BYTES, 8, 1000};

static int check_keys(const struct dl_document *d, struct dl_error *err)
{
    const char *keys[DL_PROPERTY_COUNT + 2];
    const cJSON *member;

    cJSON_ArrayForEach(member, d->root)
    {
        const char *refusal = dl_property_refusal(member->string);

        if (refusal != NULL)
            return dl_document_fail(d, err, member->string, DL_NO_ELEMENT,
                                    "\"%s\" cannot be set here: %s", member->string, refusal);
    }
    for (size_t i = 0; i < DL_PROPERTY_COUNT; i++)
        keys[i] = dl_properties[i].key;
    keys[DL_PROPERTY_COUNT] = "version";
    keys[DL_PROPERTY_COUNT + 1] = NULL;
    return dl_document_keys(d, keys, err);
}

static int read_tags(struct dl_config *config, const struct dl_document *d, struct dl_error *err)
{
    const char *key = dl_properties[DL_PROP_TAGS].key;
    const cJSON *list, *item;
    size_t i = 0;
    int status = dl_document_array(d, &list, key, DL_TAGS_MAX, err);

    if (status < 0 || list == NULL)
        return status;
    cJSON_ArrayForEach(item, list)
    {
        if (!cJSON_IsString(item))
            return dl_document_fail(d, err, key, i, "a tag must be a text in quotes");
        status = dl_tags_parse(&config->tags, item->valuestring, NULL, NULL, err);
        if (status < 0)
            return dl_document_blame(d, err, key, i);
        if (config->tags.count != ++i)
            return dl_document_fail(d, err, key, i - 1,
                                    "one tag is expected in each text, and none twice");
    }
    config->origin[DL_PROP_TAGS] = DL_ORIGIN_FILE;
    return 0;
}

static int read_property(struct dl_config *config, const struct dl_document *d,
                         const struct dl_property_info *info, struct dl_error *err)
{
    const cJSON *member = cJSON_GetObjectItemCaseSensitive(d->root, info->key);
    const char *text = NULL;
    int status;

    if (member == NULL)
        return 0;
    if (info->type == DL_TYPE_TAGS)
        return read_tags(config, d, err);
    if (info->type == DL_TYPE_BOOL && !cJSON_IsBool(member))
        return dl_document_fail(d, err, info->key, DL_NO_ELEMENT, "\"%s\" must be true or false",
                                info->key);
    if (info->type == DL_TYPE_BOOL)
        text = cJSON_IsTrue(member) ? "true" : "false";
    else if ((status = dl_document_text(d, &text, info->key, DL_KEY_NAME_MAX, err)) < 0)
        return status;
    status = dl_config_set(config, info->property, text, DL_ORIGIN_FILE, err);
    return status < 0 ? dl_document_blame(d, err, info->key, DL_NO_ELEMENT) : 0;
}

static int read_properties(struct dl_config *config, const struct dl_document *d,
                           struct dl_error *err)
{
    int status = dl_document_version(d, DL_CONFIG_VERSION, DL_E_CFG_NEWER, err);

    if (status == 0)
        status = check_keys(d, err);
    for (size_t i = 0; i < DL_PROPERTY_COUNT && status == 0; i++)
        status = read_property(config, d, &dl_properties[i], err);
    if (status == 0 && config->integration == NULL)
        status = dl_document_fail(d, err, NULL, DL_NO_ELEMENT, "\"integration\" is missing");
    if (status == 0 && dl_config_check(config, err) < 0)
        status = dl_document_blame(d, err, "key_source", DL_NO_ELEMENT);
    return status;
}

int dl_config_read_text(struct dl_config **out, const char *text, size_t len, const char *path,
                        struct dl_error *err)
{
    struct dl_document document = {.path = path, .code = DL_E_CFG_PARSE, .text = text, .len = len};
    struct dl_config *config = NULL;
    struct dl_error local;
    int status;

    err = err == NULL ? &local : err;
    status = dl_document_parse(&document, &limits, err);
    if (status == 0)
        status = dl_config_new(&config, NULL, err);
    if (status == 0)
        status = read_properties(config, &document, err);
    if (status == 0)
        status = dl_config_see(config->seen, path, text, len, err);
    dl_document_free(&document);
    if (status < 0) {
        dl_config_free(config);
        return status;
    }
    *out = config;
    return 0;
}

/* A file that others may write could send the key to a host of their choice. */
static int check_owner(const char *path, const struct stat *st, struct dl_error *err)
{
    if (!S_ISREG(st->st_mode))
        return dl_error_set(err, DL_E_IO, "%s is no regular file", path);
    if (st->st_uid != geteuid() && st->st_uid != 0)
        return dl_error_set(err, DL_E_CFG_PERM, "%s belongs to another user", path);
    if ((st->st_mode & (S_IWGRP | S_IWOTH)) != 0)
        return dl_error_set(err, DL_E_CFG_PERM,
                            "%s may be written by others, who could send the key elsewhere; "
                            "run: chmod go-w %s",
                            path, path);
    return 0;
}

/* Checks and reads one open file, so that no other one can be put in its place in between. */
static int read_owned(const char *path, struct dl_buffer *to, struct dl_error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY), status;
    struct stat st;

    if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
        return dl_error_set(err, DL_E_CFG_NONE, "there is no configuration %s; run: ddlogs setup",
                            path);
    if (fd < 0)
        return dl_error_set_errno(err, DL_E_IO, errno, "%s cannot be read", path);
    if (fstat(fd, &st) < 0)
        status = dl_error_set_errno(err, DL_E_IO, errno, "%s cannot be read", path);
    else
        status = check_owner(path, &st, err);
    if (status == 0) {
        status = dl_file_read_fd(fd, to, err);
        if (status == -DL_E_LIMIT)
            status = dl_error_set(err, DL_E_CFG_PARSE, "%s is larger than %d bytes", path,
                                  DL_CONFIG_BYTES);
        else if (status < 0)
            dl_error_prefix(err, "%s", path);
    }
    close(fd);
    return status;
}

int dl_config_read(struct dl_config **out, const char *path, struct dl_error *err)
{
    struct dl_buffer text;
    int status;

    dl_buffer_init(&text, DL_CONFIG_BYTES);
    status = read_owned(path, &text, err);
    if (status == 0)
        status = dl_config_read_text(out, dl_buffer_string(&text), text.len, path, err);
    dl_buffer_free(&text);
    return status;
}
