#include "pipeline/spelling.h"

#include <string.h>

#include "base/text.h"

#define KEY_MAX 64 /* a longer key is of no option */

/* Keys that do not follow from each other by the rule. */
static const struct {
    const char *asset, *api;
} odd[] = {{"enabled", "is_enabled"},
           {"replaceMissing", "is_replace_missing"},
           {"encoded", "is_encoded"},
           {"readOnly", "is_read_only"},
           {"ip_processing_behavior", "ip_processing_behavior"}};

/* Members of a pipeline of the API that Datadog gives out and assets do not have. */
static const char *const api_alone[] = {"id", "is_read_only", "readOnly"};

/* Members whose own keys are names of attributes, not of options. */
static const char *const attributes[] = {"values", "sources", "targets"};

static bool is_one_of(struct dl_text key, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (dl_text_equals(key, names[i]))
            return true;
    return false;
}

#define IS_ONE_OF(key, names) is_one_of(key, names, sizeof(names) / sizeof *(names))

/* ---- keys ---- */

/* "preserveSource" -> "preserve_source" */
static struct dl_text with_underscores(struct dl_arena *arena, struct dl_text key)
{
    char to[2 * KEY_MAX];
    size_t n = 0;

    for (size_t i = 0; i < key.len; i++) {
        if (key.at[i] >= 'A' && key.at[i] <= 'Z')
            to[n++] = '_';
        to[n++] = dl_ascii_lower(key.at[i]);
    }
    return (struct dl_text){dl_arena_copy(arena, to, n), n};
}

/* "preserve_source" -> "preserveSource" */
static struct dl_text with_capitals(struct dl_arena *arena, struct dl_text key)
{
    char to[KEY_MAX];
    size_t n = 0;

    for (size_t i = 0; i < key.len; i++) {
        bool next = key.at[i] == '_' && i > 0 && i + 1 < key.len && key.at[i + 1] >= 'a' &&
                    key.at[i + 1] <= 'z';

        i += next;
        to[n++] = next ? (char)(key.at[i] - 'a' + 'A') : key.at[i];
    }
    return (struct dl_text){dl_arena_copy(arena, to, n), n};
}

static struct dl_text respell(struct dl_arena *arena, struct dl_text key, bool to_api)
{
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++)
        if (dl_text_equals(key, odd[i].asset) || dl_text_equals(key, odd[i].api)) {
            const char *name = to_api ? odd[i].api : odd[i].asset;

            return (struct dl_text){name, strlen(name)};
        }
    if (key.len >= KEY_MAX)
        return key;
    return to_api ? with_underscores(arena, key) : with_capitals(arena, key);
}

/* ---- lookup tables: a block of lines in assets, a list in the API ---- */

static struct dl_value *list_of_lines(struct dl_arena *arena, struct dl_text block)
{
    struct dl_value *list = dl_value_array(arena);
    const char *at = block.at, *end = block.at + block.len;

    while (at < end) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        const char *to = newline ? newline : end;

        if (to > at)
            dl_value_append(arena, list, dl_value_text(arena, at, (size_t)(to - at)));
        at = newline ? newline + 1 : end;
    }
    return list;
}

static struct dl_value *block_of_list(struct dl_arena *arena, const struct dl_value *list)
{
    struct dl_buffer block;
    struct dl_value *v;
    int rc = 0;

    dl_buffer_init(&block, arena->max);
    for (const struct dl_member *m = list->of.list.first; m && rc == 0; m = m->next) {
        struct dl_text line = dl_value_print(arena, m->value);

        rc = dl_buffer_format(&block, "%.*s\n", (int)line.len, line.at);
    }
    v = rc == 0 ? dl_value_text(arena, dl_buffer_string(&block), block.len) : NULL;
    dl_buffer_free(&block);
    return v;
}

/* ---- documents ---- */

static struct dl_value *convert(struct dl_arena *arena, const struct dl_value *v, bool to_api);

static struct dl_value *convert_member(struct dl_arena *arena, const struct dl_member *m,
                                       struct dl_text key, bool to_api)
{
    bool table = dl_text_equals(key, to_api ? "lookup_table" : "lookupTable");

    if (table && to_api && dl_value_is(m->value, DL_VALUE_STRING))
        return list_of_lines(arena, m->value->of.text);
    if (table && !to_api && dl_value_is(m->value, DL_VALUE_ARRAY))
        return block_of_list(arena, m->value);
    if (IS_ONE_OF(m->key, attributes) && dl_value_is(m->value, DL_VALUE_OBJECT))
        return dl_value_copy(arena, m->value);
    return convert(arena, m->value, to_api);
}

static struct dl_value *convert(struct dl_arena *arena, const struct dl_value *v, bool to_api)
{
    bool object = dl_value_is(v, DL_VALUE_OBJECT);
    struct dl_value *to;

    if (!object && !dl_value_is(v, DL_VALUE_ARRAY))
        return dl_value_copy(arena, v);
    to = object ? dl_value_object(arena) : dl_value_array(arena);
    for (const struct dl_member *m = v->of.list.first; m; m = m->next) {
        if (object) {
            struct dl_text key = respell(arena, m->key, to_api);

            if (!key.at)
                return NULL;
            dl_value_put(arena, to, key, convert_member(arena, m, key, to_api));
        } else {
            dl_value_append(arena, to, convert(arena, m->value, to_api));
        }
    }
    return to;
}

bool dl_spelling_is_api(const struct dl_value *document)
{
    return !dl_value_get(document, "pipeline");
}

const struct dl_member *dl_spelling_extra(const struct dl_value *document,
                                          const struct dl_member *last)
{
    bool api = dl_spelling_is_api(document);

    for (const struct dl_member *m = last ? last->next : document->of.list.first; m; m = m->next)
        if (api ? IS_ONE_OF(m->key, api_alone) : !dl_text_equals(m->key, "pipeline"))
            return m;
    return NULL;
}

struct dl_value *dl_spelling_to_api(struct dl_arena *arena, const struct dl_value *document)
{
    struct dl_value *v = convert(arena, dl_value_get(document, "pipeline"), true);

    return arena->failed ? NULL : v;
}

struct dl_value *dl_spelling_to_asset(struct dl_arena *arena, const struct dl_value *document,
                                      struct dl_text id)
{
    struct dl_value *asset = dl_value_object(arena);
    struct dl_value *pipeline = convert(arena, document, false);

    if (!asset || !pipeline)
        return NULL;
    for (size_t i = 0; i < sizeof api_alone / sizeof *api_alone; i++)
        dl_value_drop(pipeline, (struct dl_text){api_alone[i], strlen(api_alone[i])});
    dl_value_put(arena, asset, DL_TEXT("id"), dl_value_text(arena, id.at, id.len));
    dl_value_put(arena, asset, DL_TEXT("metric_id"), dl_value_text(arena, id.at, id.len));
    dl_value_put(arena, asset, DL_TEXT("backend_only"), dl_value_bool(arena, false));
    dl_value_put(arena, asset, DL_TEXT("facets"), dl_value_null(arena));
    dl_value_put(arena, asset, DL_TEXT("pipeline"), pipeline);
    return arena->failed ? NULL : asset;
}
