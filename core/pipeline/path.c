#include "pipeline/path.h"

#include <string.h>

static struct dl_text without_custom(struct dl_text path)
{
    static const char word[] = "custom.";
    size_t len = sizeof word - 1;

    if (path.len > len && memcmp(path.at, word, len) == 0)
        return (struct dl_text){path.at + len, path.len - len};
    return path;
}

static struct dl_value *get(struct dl_arena *arena, const struct dl_value *at, struct dl_text path);

static struct dl_value *map_over(struct dl_arena *arena, const struct dl_value *array,
                                 struct dl_text path)
{
    struct dl_value *all = NULL;

    for (const struct dl_member *m = array->of.list.first; m; m = m->next) {
        struct dl_value *found = get(arena, m->value, path);

        if (!found)
            continue;
        if (!all)
            all = dl_value_array(arena);
        if (found->type != DL_VALUE_ARRAY) {
            dl_value_append(arena, all, found);
            continue;
        }
        for (const struct dl_member *inner = found->of.list.first; inner; inner = inner->next)
            dl_value_append(arena, all, inner->value);
    }
    return all;
}

/* Tries the shortest name first, then longer ones with their dots. */
static struct dl_value *get(struct dl_arena *arena, const struct dl_value *at, struct dl_text path)
{
    if (dl_value_is(at, DL_VALUE_ARRAY))
        return map_over(arena, at, path);
    if (!dl_value_is(at, DL_VALUE_OBJECT))
        return NULL;
    for (size_t i = 0; i <= path.len; i++) {
        struct dl_member *m;
        struct dl_value *found;

        if (i < path.len && path.at[i] != '.')
            continue;
        m = dl_value_member(at, (struct dl_text){path.at, i});
        if (!m)
            continue;
        if (i == path.len)
            return m->value;
        found = get(arena, m->value, (struct dl_text){path.at + i + 1, path.len - i - 1});
        if (found)
            return found;
    }
    return NULL;
}

struct dl_value *dl_path_get(struct dl_arena *arena, const struct dl_value *root,
                             struct dl_text path)
{
    struct dl_text rest = without_custom(path);
    struct dl_value *found = get(arena, root, path);

    return found || rest.len == path.len ? found : get(arena, root, rest);
}

void dl_path_set(struct dl_arena *arena, struct dl_value *root, struct dl_text path,
                 struct dl_value *value)
{
    struct dl_text rest = without_custom(path);

    for (unsigned depth = 1; root && value; depth++) {
        const char *dot =
            rest.len && depth < DL_PATH_DEPTH_MAX ? memchr(rest.at, '.', rest.len) : NULL;
        struct dl_text name = {rest.at, dot ? (size_t)(dot - rest.at) : rest.len};
        struct dl_member *m;

        if (!dot || dl_value_member(root, rest)) {
            dl_value_put(arena, root, rest, value);
            return;
        }
        m = dl_value_member(root, name);
        if (!m || !dl_value_is(m->value, DL_VALUE_OBJECT)) {
            dl_value_put(arena, root, name, dl_value_object(arena));
            m = dl_value_member(root, name);
        }
        root = m ? m->value : NULL;
        rest = (struct dl_text){dot + 1, rest.len - name.len - 1};
    }
}

static bool remove_at(struct dl_value *at, struct dl_text path)
{
    if (!dl_value_is(at, DL_VALUE_OBJECT))
        return false;
    for (size_t i = 0; i <= path.len; i++) {
        struct dl_text name = {path.at, i};
        struct dl_member *m;

        if (i < path.len && path.at[i] != '.')
            continue;
        m = dl_value_member(at, name);
        if (!m)
            continue;
        if (i == path.len) {
            dl_value_drop(at, name);
            return true;
        }
        if (!remove_at(m->value, (struct dl_text){path.at + i + 1, path.len - i - 1}))
            continue;
        if (m->value->of.list.count == 0)
            dl_value_drop(at, name);
        return true;
    }
    return false;
}

bool dl_path_remove(struct dl_value *root, struct dl_text path)
{
    return remove_at(root, path) || remove_at(root, without_custom(path));
}

void dl_path_merge(struct dl_arena *arena, struct dl_value *into, const struct dl_value *from)
{
    if (!into || !from)
        return;
    for (const struct dl_member *m = from->of.list.first; m; m = m->next) {
        struct dl_member *old = dl_value_member(into, m->key);

        if (old && dl_value_is(old->value, DL_VALUE_OBJECT) &&
            dl_value_is(m->value, DL_VALUE_OBJECT))
            dl_path_merge(arena, old->value, m->value);
        else
            dl_value_put(arena, into, m->key, m->value);
    }
}
