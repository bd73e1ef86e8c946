#include "pipeline/facet.h"

#include <string.h>

#include "base/text.h"
#include "pipeline/facet_table.h"

#define DEPTH_MAX 20 /* as deep as the platform looks into attributes */

static const struct {
    const char *path, *group, *name;
} standard[] = {
#define FACET_ROW(path, group, name) {path, group, name},
    DL_FACET_TABLE(FACET_ROW)
#undef FACET_ROW
};

bool dl_facet_is_standard(struct dl_text path, const char **group, const char **name)
{
    for (size_t i = 0; i < sizeof standard / sizeof *standard; i++) {
        if (!dl_text_equals(path, standard[i].path))
            continue;
        if (group)
            *group = standard[i].group;
        if (name)
            *name = standard[i].name;
        return true;
    }
    return false;
}

/* ---- names ---- */

struct dl_text dl_facet_title(struct dl_arena *arena, struct dl_text words)
{
    static const char *const capitals[] = {"id", "ip", "url", "uid", "pid", "os", "dns", "http"};
    char *t = dl_arena_copy(arena, words.at, words.len);

    if (!t)
        return (struct dl_text){"", 0};
    for (size_t i = 0, n; i < words.len; i += n + 1) {
        n = strcspn(t + i, "._- ");
        for (size_t c = 0; c < sizeof capitals / sizeof *capitals; c++)
            if (strlen(capitals[c]) == n && memcmp(t + i, capitals[c], n) == 0)
                for (size_t k = 0; k < n; k++)
                    t[i + k] = (char)(t[i + k] - 'a' + 'A');
        if (t[i] >= 'a' && t[i] <= 'z')
            t[i] = (char)(t[i] - 'a' + 'A');
        if (i + n < words.len)
            t[i + n] = ' ';
    }
    return (struct dl_text){t, words.len};
}

/* The last word of a path: "ms" of "acme.paint.took_ms". */
static struct dl_text last_word(struct dl_text path)
{
    size_t at = path.len;

    while (at && !strchr("._-", path.at[at - 1]))
        at--;
    return (struct dl_text){path.at + at, path.len - at};
}

static bool is_one_of(struct dl_text word, const char *const *words)
{
    for (; *words; words++)
        if (strlen(*words) == word.len && dl_ascii_equal_n(word.at, *words, word.len))
            return true;
    return false;
}

/* X(family, unit, words): what the last word of a path says of its unit. */
#define UNIT_TABLE(X)                                                                              \
    X("time", "nanosecond", "ns", "nanos", "nanoseconds", "duration")                              \
    X("time", "microsecond", "us", "micros", "microseconds")                                       \
    X("time", "millisecond", "ms", "millis", "milliseconds")                                       \
    X("time", "second", "s", "sec", "secs", "seconds")                                             \
    X("time", "minute", "min", "mins", "minutes")                                                  \
    X("time", "hour", "hours")                                                                     \
    X("bytes", "byte", "bytes", "size")                                                            \
    X("bytes", "kibibyte", "kib", "kb")                                                            \
    X("bytes", "mebibyte", "mib", "mb")                                                            \
    X("bytes", "gibibyte", "gib", "gb")

static bool find_unit(struct dl_text path, const char **family, const char **unit)
{
    static const struct {
        const char *family, *unit, *words[6];
    } units[] = {
#define UNIT_ROW(family, unit, ...) {family, unit, {__VA_ARGS__, NULL}},
        UNIT_TABLE(UNIT_ROW)
#undef UNIT_ROW
    };
    struct dl_text word = last_word(path);

    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (!is_one_of(word, units[i].words))
            continue;
        *family = units[i].family;
        *unit = units[i].unit;
        return true;
    }
    return false;
}

/* Numbers that name a thing and measure nothing. */
static bool is_label(struct dl_text path)
{
    static const char *const labels[] = {"id",      "code", "port",     "pid",    "uid",
                                         "gid",     "line", "status",   "number", "version",
                                         "channel", "year", "severity", NULL};

    return is_one_of(last_word(path), labels);
}

/* ---- proposals ---- */

void dl_facets_init(struct dl_facets *facets, struct dl_arena *arena, struct dl_text source,
                    struct dl_text group, const struct dl_value *have)
{
    *facets = (struct dl_facets){.arena = arena, .source = source, .group = group, .have = have};
    facets->missing = dl_value_array(arena);
}

static struct dl_value *find(const struct dl_value *list, struct dl_text path)
{
    if (!dl_value_is(list, DL_VALUE_ARRAY))
        return NULL;
    for (const struct dl_member *m = list->of.list.first; m; m = m->next) {
        const struct dl_value *p = dl_value_get(m->value, "path");

        if (dl_value_is(p, DL_VALUE_STRING) && dl_text_is(p->of.text, path))
            return m->value;
    }
    return NULL;
}

static void put(struct dl_facets *f, struct dl_value *facet, const char *key, struct dl_text text)
{
    dl_value_put(f->arena, facet, (struct dl_text){key, strlen(key)},
                 dl_value_text(f->arena, text.at, text.len));
}

static void put_words(struct dl_facets *f, struct dl_value *facet, const char *key,
                      const char *words)
{
    put(f, facet, key, (struct dl_text){words, strlen(words)});
}

static void put_group(struct dl_facets *f, struct dl_value *facet, struct dl_text group)
{
    struct dl_value *groups = dl_value_array(f->arena);

    dl_value_append(f->arena, groups, dl_value_text(f->arena, group.at, group.len));
    dl_value_put(f->arena, facet, DL_TEXT("groups"), groups);
}

static const char *type_name(const struct dl_value *value)
{
    return value->type == DL_VALUE_BOOL      ? "boolean"
           : value->type == DL_VALUE_INTEGER ? "integer"
           : value->type == DL_VALUE_DOUBLE  ? "double"
                                             : "string";
}

/* The members in the order of the alphabet, as all assets have them. */
static void propose_custom(struct dl_facets *f, struct dl_text path, const struct dl_value *value)
{
    bool number = value->type == DL_VALUE_INTEGER || value->type == DL_VALUE_DOUBLE;
    bool measure = number && !is_label(path);
    struct dl_value *facet = dl_value_object(f->arena), *of;
    bool below = path.len > f->source.len;
    struct dl_text rest =
        below ? (struct dl_text){path.at + f->source.len + 1, path.len - f->source.len - 1} : path;
    const char *family, *unit;

    if (dl_text_equals(path, "duration"))
        rest = path;
    put_words(f, facet, "facetType", measure ? "range" : "list");
    put_group(f, facet, f->group);
    put(f, facet, "name", dl_facet_title(f->arena, rest));
    put(f, facet, "path", path);
    put_words(f, facet, "source", "log");
    put_words(f, facet, "type", type_name(value));
    if (measure && find_unit(path, &family, &unit)) {
        of = dl_value_object(f->arena);
        put_words(f, of, "family", family);
        put_words(f, of, "name", unit);
        dl_value_put(f->arena, facet, DL_TEXT("unit"), of);
    }
    dl_value_append(f->arena, f->missing, facet);
}

static void propose_standard(struct dl_facets *f, struct dl_text path, const char *group,
                             const char *name)
{
    struct dl_value *facet = dl_value_object(f->arena);

    put_group(f, facet, (struct dl_text){group, strlen(group)});
    put_words(f, facet, "name", name);
    put(f, facet, "path", path);
    put_words(f, facet, "source", "log");
    dl_value_append(f->arena, f->missing, facet);
}

/* A proposal that meets a value of another type: a number of both kinds is a double, anything else
 * a text, which measures nothing. */
static void widen(struct dl_facets *f, struct dl_value *facet, const struct dl_value *value)
{
    const struct dl_value *type = dl_value_get(facet, "type");
    const char *now = type_name(value);
    bool numbers;

    if (!type || dl_text_equals(type->of.text, now) || dl_text_equals(type->of.text, "string"))
        return;
    numbers = value->type != DL_VALUE_STRING && value->type != DL_VALUE_BOOL &&
              !dl_text_equals(type->of.text, "boolean");
    put_words(f, facet, "type", numbers ? "double" : "string");
    if (!numbers) {
        put_words(f, facet, "facetType", "list");
        dl_value_drop(facet, DL_TEXT("unit"));
    }
}

static bool is_custom(const struct dl_facets *f, struct dl_text path)
{
    return dl_text_equals(path, "duration") ||
           (path.len > f->source.len + 1 && memcmp(path.at, f->source.at, f->source.len) == 0 &&
            path.at[f->source.len] == '.');
}

static void look(struct dl_facets *f, struct dl_text path, const struct dl_value *value,
                 unsigned depth)
{
    const char *group, *name;
    struct dl_value *proposed;

    if (dl_value_is(value, DL_VALUE_OBJECT) && depth < DEPTH_MAX) {
        for (const struct dl_member *m = value->of.list.first; m; m = m->next) {
            struct dl_text inner;

            inner.at = dl_arena_format(f->arena, &inner.len, "%.*s%s%.*s", (int)path.len, path.at,
                                       path.len ? "." : "", (int)m->key.len, m->key.at);
            if (inner.at)
                look(f, inner, m->value, depth + 1);
        }
        return;
    }
    if (!dl_value_is_scalar(value) || find(f->have, path))
        return;
    proposed = find(f->missing, path);
    if (proposed)
        widen(f, proposed, value);
    else if (dl_facet_is_standard(path, &group, &name))
        propose_standard(f, path, group, name);
    else if (is_custom(f, path))
        propose_custom(f, path, value);
}

void dl_facets_look(struct dl_facets *facets, const struct dl_value *custom)
{
    if (dl_value_is(custom, DL_VALUE_OBJECT))
        look(facets, (struct dl_text){"", 0}, custom, 0);
}
