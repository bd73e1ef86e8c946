/* Writing the configuration: the same values give the same bytes, and nobody's change is lost. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "identity/config.h"
#include "identity/config_seen.h"

int dl_config_see(struct dl_config_seen *seen, const char *path, const char *text, size_t len,
                  struct dl_error *err)
{
    char *where = strdup(path), *copy = text == NULL ? NULL : malloc(len + 1);

    if (where == NULL || (text != NULL && copy == NULL)) {
        free(where);
        free(copy);
        return dl_error_set(err, DL_E_NOMEM, "no memory for the configuration");
    }
    if (copy != NULL) {
        memcpy(copy, text, len);
        copy[len] = '\0';
    }
    free(seen->path);
    free(seen->text);
    *seen = (struct dl_config_seen){where, copy, len};
    return 0;
}

static void write_tags(struct dl_json *w, const struct dl_tags *tags)
{
    dl_json_array(w);
    for (size_t i = 0; i < tags->count; i++)
        dl_json_string(w, tags->items[i]);
    dl_json_array_end(w);
}

static int write_property(struct dl_json *w, const struct dl_config *config,
                          const struct dl_property_info *info, struct dl_error *err)
{
    struct dl_buffer value;
    int status;

    dl_buffer_init(&value, DL_CONFIG_BYTES);
    status = dl_config_get(config, info->property, &value, err);
    if (status == 0 && strcmp(dl_buffer_string(&value), info->fallback) != 0) {
        dl_json_key(w, info->key);
        if (info->type == DL_TYPE_TAGS)
            write_tags(w, &config->tags);
        else if (info->type == DL_TYPE_BOOL)
            dl_json_bool(w, strcmp(dl_buffer_string(&value), "true") == 0);
        else
            dl_json_string(w, dl_buffer_string(&value));
    }
    dl_buffer_free(&value);
    return status;
}

int dl_config_write_text(const struct dl_config *config, struct dl_buffer *out,
                         struct dl_error *err)
{
    struct dl_json w;
    int status = 0, written;

    dl_json_begin(&w, out, 2);
    dl_json_object(&w);
    dl_json_member_integer(&w, "version", DL_CONFIG_VERSION);
    for (size_t i = 0; i < DL_PROPERTY_COUNT && status == 0; i++)
        status = write_property(&w, config, &dl_properties[i], err);
    dl_json_object_end(&w);
    written = dl_json_end(&w);
    if (written == 0)
        written = dl_buffer_char(out, '\n');
    if (status == 0 && written < 0)
        status = dl_error_set(err, (enum dl_code) - written,
                              "the configuration is larger than its limit");
    return status;
}

/* Reads what path holds now. *there is false for no file. */
static int look(struct dl_buffer *now, bool *there, const char *path, struct dl_error *err)
{
    struct dl_error local = {0};
    int status = dl_file_read(path, true, now, &local);

    *there = true;
    if (status == -DL_E_IO && local.sys_errno == ENOENT) {
        *there = false;
        return 0;
    }
    if (status < 0 && err != NULL)
        *err = local;
    return status;
}

int dl_config_watch(struct dl_config *config, const char *path, struct dl_error *err)
{
    struct dl_buffer now;
    bool there;
    int status;

    dl_buffer_init(&now, DL_CONFIG_BYTES);
    status = look(&now, &there, path, err);
    if (status == 0)
        status =
            dl_config_see(config->seen, path, there ? dl_buffer_string(&now) : NULL, now.len, err);
    dl_buffer_free(&now);
    return status;
}

static bool same(const char *a, size_t a_len, const struct dl_buffer *b)
{
    return a_len == b->len && memcmp(a, dl_buffer_string(b), a_len) == 0;
}

/* A folder in which nobody else can put a file or a symbolic link: not even a sticky one, where
 * another's link at this name would lead the writing elsewhere. */
static int check_folder(const char *folder, struct dl_error *err)
{
    struct stat st;
    int status = dl_file_check_folder(folder, err);

    if (status == 0 && stat(folder, &st) == 0 && (st.st_mode & (S_IWGRP | S_IWOTH)) != 0)
        status = dl_error_set(err, DL_E_CFG_PERM,
                              "the folder %s is for everyone; keep the configuration in a folder "
                              "of your own",
                              folder);
    return status;
}

static int folder_of(char to[PATH_MAX], const char *path, struct dl_error *err)
{
    const char *slash = strrchr(path, '/');
    bool fits = true;

    if (slash == NULL)
        dl_text_copy(to, PATH_MAX, ".");
    else if (slash == path)
        dl_text_copy(to, PATH_MAX, "/");
    else
        fits = dl_text_format(to, PATH_MAX, "%.*s", (int)(slash - path), path);
    return fits ? 0 : dl_error_set(err, DL_E_CFG_PERM, "the path of the configuration is too long");
}

/* Makes and checks the folder of path, and of the file that path leads to if it is a link. */
static int prepare_folder(const char *path, struct dl_error *err)
{
    char folder[PATH_MAX], target[PATH_MAX];
    int status = folder_of(folder, path, err);

    if (status == 0)
        status = dl_file_make_folders(folder, err);
    if (status == 0)
        status = check_folder(folder, err);
    if (status == 0 && realpath(path, target) != NULL &&
        (status = folder_of(folder, target, err)) == 0)
        status = check_folder(folder, err);
    return status;
}

/* Replaces the file unless it holds these bytes already, or no longer holds what was seen. */
static int replace(const struct dl_config *config, const char *path, const struct dl_buffer *text,
                   bool *changed, struct dl_error *err)
{
    const struct dl_config_seen *seen = config->seen;
    struct dl_buffer now;
    bool there, as_seen, watched = seen->path != NULL && strcmp(seen->path, path) == 0;
    int status;

    dl_buffer_init(&now, DL_CONFIG_BYTES);
    status = look(&now, &there, path, err);
    as_seen = !watched || (!there && seen->text == NULL) ||
              (there && seen->text != NULL && same(seen->text, seen->len, &now));
    if (status == -DL_E_LIMIT)
        status = 0; /* larger than any that was seen */
    if (status == 0 && !(there && same(text->data, text->len, &now))) {
        if (as_seen) {
            status = dl_file_replace(path, text->data, text->len, there, err);
            *changed = status == 0;
        } else {
            status = dl_error_set(err, DL_E_CFG_CHANGED,
                                  "%s was changed by another program meanwhile; nothing was "
                                  "written, start again",
                                  path);
        }
    }
    dl_buffer_free(&now);
    return status;
}

int dl_config_save(const struct dl_config *config, const char *path, bool *changed,
                   struct dl_error *err)
{
    struct dl_config_seen seen = {0};
    struct dl_error local = {0};
    struct dl_buffer text;
    bool written = false;
    int status;

    err = err == NULL ? &local : err;
    dl_buffer_init(&text, DL_CONFIG_BYTES);
    status = dl_config_check(config, err);
    if (status == 0)
        status = dl_config_write_text(config, &text, err);
    if (status == 0)
        status = prepare_folder(path, err);
    /* made beforehand, so that nothing fails once the file is written */
    if (status == 0)
        status = dl_config_see(&seen, path, text.data, text.len, err);
    if (status == 0)
        status = replace(config, path, &text, &written, err);
    if (status == -DL_E_IO) {
        err->code = DL_E_CFG_PERM;
        status = -DL_E_CFG_PERM;
    }
    if (status == 0) {
        struct dl_config_seen before = *config->seen;

        *config->seen = seen;
        seen = before;
    }
    free(seen.path);
    free(seen.text);
    dl_buffer_free(&text);
    if (changed != NULL)
        *changed = written;
    return status;
}
