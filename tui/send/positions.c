#include "send/positions.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "base/text.h"

#define FILE_MAX ((size_t)32 * 1024 * 1024)
#define OFFSET_MAX 9007199254740992.0 /* 2^53: a JSON number holds it exactly */

static const struct dl_json_limits limits = {FILE_MAX, 8, (size_t)16 * POSITIONS_MAX};

/* ---- the list ---- */

static void forget(struct positions *p)
{
    for (size_t i = 0; i < p->count; i++)
        free(p->list[i].path);
    free(p->list);
    p->list = NULL;
    p->count = p->size = 0;
}

static struct position *find(const struct positions *p, const char *path)
{
    for (size_t i = 0; i < p->count; i++)
        if (strcmp(p->list[i].path, path) == 0)
            return &p->list[i];
    return NULL;
}

const struct place *positions_find(const struct positions *p, const char *path)
{
    const struct position *found = find(p, path);

    return found ? &found->place : NULL;
}

static int add(struct positions *p, const char *path, const struct place *place)
{
    char *copy;

    if (p->count == POSITIONS_MAX)
        return -DL_E_LIMIT;
    if (p->count == p->size) {
        size_t size = p->size ? p->size * 2 : 8;
        struct position *list = reallocarray(p->list, size, sizeof *list);

        if (!list)
            return -DL_E_NOMEM;
        p->list = list;
        p->size = size;
    }
    copy = strdup(path);
    if (!copy)
        return -DL_E_NOMEM;
    p->list[p->count++] = (struct position){.path = copy, .place = *place};
    return 0;
}

int positions_set(struct positions *p, const char *path, const struct place *place)
{
    struct position *found = find(p, path);

    if (!found)
        return add(p, path, place);
    found->place = *place;
    return 0;
}

/* ---- the text ---- */

static void print_number(struct dl_json *w, const char *key, const char *format, uint64_t value)
{
    char text[32];

    /* as text: JSON numbers end at 2^53 for many readers */
    snprintf(text, sizeof text, strcmp(format, "x") == 0 ? "%016" PRIx64 : "%" PRIu64, value);
    dl_json_member(w, key, text);
}

int positions_print(const struct positions *p, struct dl_buffer *out)
{
    struct dl_json w;

    dl_json_begin(&w, out, 1);
    dl_json_object(&w);
    dl_json_member_integer(&w, "version", 1);
    dl_json_key(&w, "files");
    dl_json_array(&w);
    for (size_t i = 0; i < p->count; i++) {
        const struct place *place = &p->list[i].place;

        dl_json_object(&w);
        dl_json_member(&w, "path", p->list[i].path);
        print_number(&w, "device", "u", place->device);
        print_number(&w, "inode", "u", place->inode);
        dl_json_member_integer(&w, "offset", (int64_t)place->offset);
        print_number(&w, "fingerprint", "x", place->print);
        dl_json_member_integer(&w, "fingerprint_bytes", place->print_len);
        dl_json_object_end(&w);
    }
    dl_json_array_end(&w);
    dl_json_object_end(&w);
    return dl_json_end(&w);
}

static bool read_decimal(const cJSON *object, const char *key, uint64_t *out)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);

    return cJSON_IsString(item) && dl_text_number(item->valuestring, 0, UINT64_MAX, out);
}

static bool read_hash(const cJSON *object, const char *key, uint64_t *out)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);

    if (!cJSON_IsString(item) || strlen(item->valuestring) != 16 ||
        strspn(item->valuestring, "0123456789abcdef") != 16)
        return false;
    *out = strtoull(item->valuestring, NULL, 16);
    return true;
}

static bool read_count(const cJSON *object, const char *key, double max, uint64_t *out)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);

    if (!cJSON_IsNumber(item) || !(item->valuedouble >= 0) || item->valuedouble > max)
        return false;
    *out = (uint64_t)item->valuedouble;
    return (double)*out == item->valuedouble;
}

static int read_entry(struct positions *p, const cJSON *object)
{
    const cJSON *path = cJSON_GetObjectItemCaseSensitive(object, "path");
    struct place place;
    uint64_t print_len;

    if (!cJSON_IsObject(object) || cJSON_GetArraySize(object) != 6 || !cJSON_IsString(path) ||
        path->valuestring[0] != '/' || find(p, path->valuestring) ||
        !read_decimal(object, "device", &place.device) ||
        !read_decimal(object, "inode", &place.inode) ||
        !read_count(object, "offset", OFFSET_MAX, &place.offset) ||
        !read_hash(object, "fingerprint", &place.print) ||
        !read_count(object, "fingerprint_bytes", PLACE_PRINT_MAX, &print_len))
        return -DL_E_VALUE;
    place.print_len = (unsigned)print_len;
    return add(p, path->valuestring, &place);
}

int positions_parse(struct positions *p, const char *text, size_t len, struct dl_error *err)
{
    const cJSON *files, *entry;
    uint64_t version = 0;
    cJSON *root;
    int rc = dl_json_parse(&root, text, len, &limits, err);

    if (rc < 0)
        return rc;
    files = cJSON_GetObjectItemCaseSensitive(root, "files");
    if (!read_count(root, "version", OFFSET_MAX, &version))
        rc = dl_error_set(err, DL_E_VALUE, "it has no version");
    else if (version != 1)
        rc = dl_error_set(err, DL_E_VALUE, "it is of version %" PRIu64 ", which is not known here",
                          version);
    else if (!cJSON_IsArray(files) || cJSON_GetArraySize(root) != 2)
        rc = dl_error_set(err, DL_E_VALUE, "it has no list of files alone");
    cJSON_ArrayForEach(entry, files)
    {
        if (rc == 0 && (rc = read_entry(p, entry)) < 0)
            dl_error_set(err, (enum dl_code) - rc, "entry %zu is none", p->count + 1);
    }
    cJSON_Delete(root);
    if (rc < 0)
        forget(p);
    return rc;
}

/* ---- the file ---- */

static int take_lock(struct positions *p, struct dl_error *err)
{
    char path[PATH_MAX];
    int fd;

    if (!dl_text_format(path, sizeof path, "%s.lock", p->file))
        return dl_error_set(err, DL_E_IO, "the path of the positions is too long");
    fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return dl_error_set_errno(err, DL_E_IO, errno, "%s cannot be made", path);
    if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
        close(fd);
        return dl_error_set(err, DL_E_CFG_BUSY,
                            "another ddlogs keeps its positions in %s: end it, or give this one a "
                            "file of its own with --positions",
                            p->file);
    }
    p->lock = fd;
    return 0;
}

/* Out of the way, but not gone. */
static int put_aside(const struct positions *p, const char *why, char *damage, size_t size,
                     struct dl_error *err)
{
    char aside[PATH_MAX];

    if (!dl_text_format(aside, sizeof aside, "%s.damaged", p->file))
        return dl_error_set(err, DL_E_IO, "the path of the positions is too long");
    if (rename(p->file, aside) < 0)
        return dl_error_set_errno(err, DL_E_IO, errno, "the damaged %s cannot be renamed", p->file);
    dl_text_format(damage, size,
                   "the positions in %s cannot be read (%s); they are kept as %s, and the files "
                   "are followed as if there had been none",
                   p->file, why, aside);
    return 0;
}

static int read_file(struct positions *p, char *damage, size_t size, struct dl_error *err)
{
    struct dl_error why = {.code = DL_OK};
    struct dl_buffer text;
    int rc;

    dl_buffer_init(&text, FILE_MAX);
    rc = dl_file_read(p->file, false, &text, &why);
    if (rc == -DL_E_IO && why.sys_errno == ENOENT) {
        rc = 0;
    } else {
        if (rc == 0)
            rc = positions_parse(p, dl_buffer_string(&text), text.len, &why);
        if (rc == -DL_E_VALUE || rc == -DL_E_LIMIT)
            rc = put_aside(p, why.text, damage, size, err);
        else if (rc < 0)
            rc = dl_error_set(err, why.code, "%s", why.text);
    }
    dl_buffer_free(&text);
    return rc;
}

int positions_open(struct positions *p, const char *file, char *damage, size_t size,
                   struct dl_error *err)
{
    char folder[PATH_MAX], *slash;
    int rc = 0;

    *p = (struct positions){.lock = -1};
    *damage = '\0';
    if (!dl_text_copy(p->file, sizeof p->file, file))
        return dl_error_set(err, DL_E_IO, "the path of the positions is too long");
    dl_text_copy(folder, sizeof folder, file);
    slash = strrchr(folder, '/');
    if (slash && slash != folder) {
        *slash = '\0';
        rc = dl_file_make_folders(folder, err);
    }
    if (rc == 0)
        rc = take_lock(p, err);
    if (rc == 0)
        rc = read_file(p, damage, size, err);
    if (rc < 0)
        positions_close(p);
    return rc;
}

void positions_close(struct positions *p)
{
    forget(p);
    if (p->lock >= 0)
        close(p->lock);
    p->lock = -1;
}

static int write_temp(const char *temp, const struct dl_buffer *text, bool sync,
                      struct dl_error *err)
{
    int fd, rc;

    unlink(temp); /* of a process that was killed; the lock says that there is no other */
    fd = open(temp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return dl_error_set_errno(err, DL_E_IO, errno, "%s cannot be made", temp);
    rc = dl_file_write_all(fd, dl_buffer_string(text), text->len, err);
    if (rc == 0 && sync && fsync(fd) < 0)
        rc = dl_error_set_errno(err, DL_E_IO, errno, "%s cannot be synced", temp);
    if (close(fd) < 0 && rc == 0)
        rc = dl_error_set_errno(err, DL_E_IO, errno, "%s cannot be written", temp);
    return rc;
}

int positions_write(const struct positions *p, bool sync, struct dl_error *err)
{
    char temp[PATH_MAX];
    struct dl_buffer text;
    int rc;

    if (!dl_text_format(temp, sizeof temp, "%s.new", p->file))
        return dl_error_set(err, DL_E_IO, "the path of the positions is too long");
    dl_buffer_init(&text, FILE_MAX);
    rc = positions_print(p, &text);
    if (rc < 0)
        rc = dl_error_set(err, (enum dl_code) - rc, "the positions cannot be written");
    if (rc == 0)
        rc = write_temp(temp, &text, sync, err);
    if (rc == 0 && rename(temp, p->file) < 0)
        rc = dl_error_set_errno(err, DL_E_IO, errno, "%s cannot be replaced", p->file);
    if (rc < 0)
        unlink(temp);
    dl_buffer_free(&text);
    return rc;
}
