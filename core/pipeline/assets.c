#include "pipeline/assets.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"

struct walk {
    int (*each)(void *context, const struct dl_asset_pair *pair);
    void *context;
    struct dl_error *err;
};

static bool ends(const char *text, const char *end)
{
    size_t a = strlen(text), b = strlen(end);

    return a > b && strcmp(text + a - b, end) == 0;
}

static bool is_tests(const char *name)
{
    return ends(name, "_tests.yaml") || ends(name, "_test.yaml") || strcmp(name, "tests.yaml") == 0;
}

/* The tests beside a pipeline; false: the path is too long. */
static bool find_tests(struct dl_asset_pair *pair)
{
    static const char *const endings[] = {"_tests.yaml", "_test.yaml"};
    size_t stem = strlen(pair->pipeline) - strlen(".yaml");
    const char *slash = strrchr(pair->pipeline, '/');
    int folder = slash ? (int)(slash + 1 - pair->pipeline) : 0;

    if (strcmp(pair->pipeline + folder, "pipeline.yaml") == 0) {
        if (!dl_text_format(pair->tests, sizeof pair->tests, "%.*stests.yaml", folder,
                            pair->pipeline))
            return false;
        if (access(pair->tests, F_OK) == 0)
            return true;
    }
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        if (!dl_text_format(pair->tests, sizeof pair->tests, "%.*s%s", (int)stem, pair->pipeline,
                            endings[i]))
            return false;
        if (access(pair->tests, F_OK) == 0)
            return true;
    }
    pair->tests[0] = '\0';
    return true;
}

static int take_file(const struct walk *w, const char *path)
{
    struct dl_asset_pair pair;

    if (!dl_text_copy(pair.pipeline, sizeof pair.pipeline, path) || !find_tests(&pair))
        return dl_error_set(w->err, DL_E_LIMIT, "the path of a pipeline is too long");
    return w->each(w->context, &pair);
}

static int visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static int take_folder(const struct walk *w, const char *path, unsigned depth);

static int take(const struct walk *w, const char *path, const char *name, unsigned depth)
{
    char full[PATH_MAX];
    struct stat st;

    if (!dl_text_format(full, sizeof full, "%s%s%s", path, ends(path, "/") ? "" : "/", name))
        return dl_error_set(w->err, DL_E_LIMIT, "a path below %s is too long", path);
    if (lstat(full, &st) < 0)
        return 0; /* gone meanwhile */
    if (S_ISDIR(st.st_mode))
        return depth < DL_ASSETS_DEPTH_MAX ? take_folder(w, full, depth + 1) : 0;
    if (!S_ISREG(st.st_mode) || !ends(name, ".yaml") || is_tests(name))
        return 0;
    return take_file(w, full);
}

static int take_folder(const struct walk *w, const char *path, unsigned depth)
{
    struct dirent **entries;
    int n = scandir(path, &entries, visible, alphasort), rc = 0;

    if (n < 0)
        return dl_error_set(w->err, DL_E_IO, "%s cannot be read: %s", path, strerror(errno));
    for (int i = 0; i < n; i++) {
        if (rc == 0)
            rc = take(w, path, entries[i]->d_name, depth);
        free(entries[i]);
    }
    free(entries);
    return rc;
}

int dl_assets_find(const char *path, int (*each)(void *context, const struct dl_asset_pair *pair),
                   void *context, struct dl_error *err)
{
    struct walk w = {.each = each, .context = context, .err = err};
    struct stat st;

    if (stat(path, &st) < 0)
        return dl_error_set(err, DL_E_IO, "%s cannot be read: %s", path, strerror(errno));
    return S_ISDIR(st.st_mode) ? take_folder(&w, path, 0) : take_file(&w, path);
}
