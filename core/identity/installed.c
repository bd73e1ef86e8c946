/* The search for installed manifests. */
#include <dirent.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/text.h"
#include "identity/integration.h"
#include "identity/tag.h"

#define NAMES_MAX 1000 /* more folders than any machine has partners */

struct names {
    char **items; /* NULL-terminated once it holds anything */
    size_t count;
};

static int manifest_path(char *to, size_t size, const char *folder, size_t folder_len,
                         const char *name)
{
    if (!dl_text_format(to, size, "%.*s/%s/manifest.json", (int)folder_len, folder, name))
        return -DL_E_LIMIT;
    return 0;
}

static bool is_file(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

static bool known(const struct names *names, const char *name)
{
    for (size_t i = 0; i < names->count; i++)
        if (strcmp(names->items[i], name) == 0)
            return true;
    return false;
}

static int add(struct names *names, const char *name, struct dl_error *err)
{
    char **grown;

    if (names->count >= NAMES_MAX)
        return dl_error_set(err, DL_E_LIMIT, "more than %d integrations are installed", NAMES_MAX);
    grown = reallocarray(names->items, names->count + 2, sizeof *grown);
    if (grown == NULL)
        return dl_error_set(err, DL_E_NOMEM, "no memory for a name");
    names->items = grown;
    grown[names->count] = strdup(name);
    grown[names->count + 1] = NULL;
    if (grown[names->count] == NULL)
        return dl_error_set(err, DL_E_NOMEM, "no memory for a name");
    names->count++;
    return 0;
}

static int list_folder(struct names *names, const char *folder, size_t len, struct dl_error *err)
{
    char path[PATH_MAX];
    struct dirent *entry;
    int status = 0;
    DIR *dir;

    dl_text_format(path, sizeof path, "%.*s", (int)len, folder);
    dir = opendir(path);
    if (dir == NULL)
        return 0; /* a folder that is not there holds no manifest */
    while (status == 0 && (entry = readdir(dir)) != NULL)
        if (dl_integration_name_valid(entry->d_name) && !known(names, entry->d_name) &&
            manifest_path(path, sizeof path, folder, len, entry->d_name) == 0 && is_file(path))
            status = add(names, entry->d_name, err);
    closedir(dir);
    return status;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

int dl_integration_list(char ***out, const char *search_path, struct dl_error *err)
{
    struct names names = {calloc(1, sizeof *names.items), 0};
    int status = 0;

    if (names.items == NULL)
        return dl_error_set(err, DL_E_NOMEM, "no memory for a name");
    for (const char *folder = search_path; *folder != '\0' && status == 0;) {
        size_t len = strcspn(folder, ":");

        if (len > 0 && len < PATH_MAX)
            status = list_folder(&names, folder, len, err);
        folder += len + (folder[len] == ':');
    }
    if (status < 0) {
        dl_names_free(names.items);
        return status;
    }
    qsort(names.items, names.count, sizeof *names.items, by_name);
    *out = names.items;
    return 0;
}

void dl_names_free(char **names)
{
    for (size_t i = 0; names != NULL && names[i] != NULL; i++)
        free(names[i]);
    free(names);
}

static int not_installed(const char *name, const char *search_path, struct dl_error *err)
{
    char **names, shown[96];
    const char *near;
    int status = dl_integration_list(&names, search_path, err);

    if (status < 0)
        return status;
    near = dl_text_nearest(name, (const char *const *)names);
    dl_text_show(shown, sizeof shown, name, strlen(name));
    if (near != NULL)
        status =
            dl_error_set(err, DL_E_MANIFEST_NONE,
                         "no integration \"%s\" is installed; did you mean \"%s\"?", shown, near);
    else
        status = dl_error_set(err, DL_E_MANIFEST_NONE, "no integration \"%s\" is installed", shown);
    dl_names_free(names);
    return status;
}

int dl_integration_find(struct dl_integration **out, const char *name, const char *search_path,
                        struct dl_error *err)
{
    char path[PATH_MAX];

    for (const char *folder = search_path; *folder != '\0' && dl_integration_name_valid(name);) {
        size_t len = strcspn(folder, ":");
        struct dl_integration *found;

        if (len > 0 && manifest_path(path, sizeof path, folder, len, name) == 0 && is_file(path)) {
            int status = dl_integration_read(&found, path, err);

            if (status < 0)
                return status;
            if (strcmp(found->name, name) != 0) {
                status = dl_error_set(err, DL_E_MANIFEST,
                                      "%s: its name is \"%s\", so its folder must be too", path,
                                      found->name);
                dl_integration_free(found);
                return status;
            }
            *out = found;
            return 0;
        }
        folder += len + (folder[len] == ':');
    }
    return not_installed(name, search_path, err);
}
