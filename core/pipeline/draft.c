#include "pipeline/draft.h"

#include <string.h>

#include "pipeline/draft_access.h"
#include "pipeline/draft_line.h"
#include "pipeline/value_read.h"

#define KEYS_MAX 200

/* A name that logs often give to what has a standard one. */
static const struct {
    const char *name, *standard;
} aliases[] = {{"client_ip", "network.client.ip"},
               {"remote_addr", "network.client.ip"},
               {"client", "network.client.ip"},
               {"src_ip", "network.client.ip"},
               {"dst_ip", "network.destination.ip"},
               {"method", "http.method"},
               {"status_code", "http.status_code"},
               {"url", "http.url"},
               {"user_agent", "http.useragent"},
               {"request_id", "http.request_id"},
               {"logger", "logger.name"},
               {"thread", "logger.thread_name"},
               {"user_id", "usr.id"},
               {"user", "usr.name"},
               {"email", "usr.email"}};

static const char *const date_names[] = {"timestamp", "@timestamp", "date",       "time", "ts",
                                         "datetime",  "event_time", "created_at", NULL};
static const char *const status_names[] = {"status",    "level",    "severity",
                                           "log_level", "loglevel", NULL};
static const char *const message_names[] = {"message", "msg", "log", NULL};

/* First parts of standard attributes, and names that the platform reads itself: they stay. */
static const char *const kept[] = {"network", "http",     "usr",     "error",    "db",
                                   "dns",     "evt",      "logger",  "syslog",   "duration",
                                   "service", "host",     "source",  "ddtags",   "ddsource",
                                   "dd",      "trace_id", "span_id", "hostname", NULL};

/* What the samples have. */
struct finds {
    struct dl_arena *arena;
    const struct dl_draft *draft;
    struct dl_value *dates, *statuses, *messages; /* sources of the remappers */
    struct dl_value *processors;
    struct dl_text keys[KEYS_MAX]; /* that are to be remapped, with "SOURCE." if they stand there */
    size_t key_count;
    struct dl_line_rules rules;
    enum dl_access access; /* the widest format of access logs among the lines */
};

static bool in(struct dl_text text, const char *const *words)
{
    for (; *words; words++)
        if (dl_text_equals(text, *words))
            return true;
    return false;
}

static struct dl_text words(const char *text)
{
    return (struct dl_text){text, strlen(text)};
}

static void put(struct finds *f, struct dl_value *into, const char *key, struct dl_text text)
{
    dl_value_put(f->arena, into, words(key), dl_value_text(f->arena, text.at, text.len));
}

/* Appends a text that is not there yet. */
static void append_once(struct finds *f, struct dl_value *list, struct dl_text text)
{
    if (!list)
        return;
    for (const struct dl_member *m = list->of.list.first; m; m = m->next)
        if (dl_text_is(m->value->of.text, text))
            return;
    dl_value_append(f->arena, list, dl_value_text(f->arena, text.at, text.len));
}

static void keep_key(struct finds *f, struct dl_text key)
{
    for (size_t i = 0; i < f->key_count; i++)
        if (dl_text_is(f->keys[i], key))
            return;
    if (f->key_count < KEYS_MAX)
        f->keys[f->key_count++] = key;
}

/* ---- reading the samples ---- */

static void look_at_object(struct finds *f, const struct dl_value *object)
{
    for (const struct dl_member *m = object->of.list.first; m; m = m->next) {
        bool scalar = dl_value_is_scalar(m->value);

        if (scalar && in(m->key, date_names))
            append_once(f, f->dates, m->key);
        else if (scalar && in(m->key, status_names))
            append_once(f, f->statuses, m->key);
        else if (scalar && in(m->key, message_names))
            append_once(f, f->messages, m->key);
        else if (!in(m->key, kept) && !dl_text_is(m->key, f->draft->name))
            keep_key(f, m->key);
    }
}

/* "key=" in a line: the pair will stand below the source; a standard name is remapped. */
static void look_at_pairs(struct finds *f, struct dl_text line)
{
    struct dl_text key;

    for (size_t at = 0; dl_line_pair(line, &at, &key);) {
        f->rules.pairs = true;
        for (size_t i = 0; i < sizeof aliases / sizeof *aliases; i++) {
            struct dl_text full;

            if (!dl_text_equals(key, aliases[i].name))
                continue;
            full.at = dl_arena_format(f->arena, &full.len, "%.*s.%s", (int)f->draft->name.len,
                                      f->draft->name.at, aliases[i].name);
            if (full.at)
                keep_key(f, full);
        }
    }
}

static void look_at_samples(struct finds *f)
{
    enum dl_access access;

    for (size_t i = 0; i < f->draft->count; i++) {
        struct dl_text sample = f->draft->samples[i];
        struct dl_value *object = dl_value_read_json(f->arena, sample.at, sample.len);

        if (dl_value_is(object, DL_VALUE_OBJECT)) {
            look_at_object(f, dl_value_clean(f->arena, object));
            continue;
        }
        access = dl_access_line(sample);
        if (access > f->access)
            f->access = access;
        if (access)
            continue; /* pairs in its URL are none of the log's */
        look_at_pairs(f, sample);
        dl_line_rule(&f->rules, f->arena, sample);
    }
    if (f->rules.dated || f->access)
        append_once(f, f->dates, DL_TEXT("date"));
    if (f->access)
        append_once(f, f->statuses, DL_TEXT(DL_ACCESS_STATUS));
    if (f->rules.levelled)
        append_once(f, f->statuses, DL_TEXT("level"));
    if (f->rules.count || f->access)
        append_once(f, f->messages, DL_TEXT("msg"));
}

/* ---- processors ---- */

static struct dl_value *processor(struct finds *f, const char *type, struct dl_text name)
{
    struct dl_value *p = dl_value_object(f->arena);

    put(f, p, "type", words(type));
    put(f, p, "name", name);
    dl_value_put(f->arena, p, DL_TEXT("enabled"), dl_value_bool(f->arena, true));
    dl_value_append(f->arena, f->processors, p);
    return p;
}

static void add_grok(struct finds *f, const char *name, const char *source,
                     struct dl_value *samples, const char *support, struct dl_text rules)
{
    struct dl_value *p = processor(f, "grok-parser", words(name));
    struct dl_value *grok = dl_value_object(f->arena);

    put(f, p, "source", words(source));
    dl_value_put(f->arena, p, DL_TEXT("samples"), samples);
    put(f, grok, "supportRules", words(support));
    put(f, grok, "matchRules", rules);
    dl_value_put(f->arena, p, DL_TEXT("grok"), grok);
}

static struct dl_text access_rules(struct finds *f)
{
    struct dl_text name = f->draft->name, text = {"", 0};

    if (f->access == DL_ACCESS_COMBINED)
        text.at = dl_arena_format(f->arena, &text.len,
                                  "%saccess_combined %%{access_common} %%{referer} %%{agent}"
                                  "( %%{data:%.*s.extra})?\n",
                                  dl_access_common, (int)name.len, name.at);
    else if (f->access == DL_ACCESS_COMMON)
        text = words(dl_access_common);
    return text;
}

static void add_parsers(struct finds *f)
{
    struct dl_value *lines = dl_value_array(f->arena), *rests = dl_value_array(f->arena);
    struct dl_text text = {"", 0};
    size_t taken = 0;

    if (!f->rules.count && !f->access)
        return;
    for (size_t i = 0; i < f->draft->count && taken < DL_DRAFT_PARSER_SAMPLES_MAX; i++) {
        struct dl_text sample = f->draft->samples[i];

        if (dl_value_is(dl_value_read_json(f->arena, sample.at, sample.len), DL_VALUE_OBJECT))
            continue;
        append_once(f, lines, sample);
        if (!dl_access_line(sample))
            append_once(f, rests, dl_line_rest(sample));
        taken++;
    }
    text = access_rules(f);
    for (size_t i = 0; i < f->rules.count; i++)
        text.at = dl_arena_format(f->arena, &text.len, "%.*sline_%zu %s\n", (int)text.len,
                                  text.at ? text.at : "", i + 1, f->rules.patterns[i]);
    add_grok(f, "Parse lines", "message", lines, f->access ? dl_access_support : "", text);
    if (!f->rules.pairs)
        return;
    text.at = dl_arena_format(f->arena, &text.len, "key_values %%{data:%.*s:keyvalue}\n",
                              (int)f->draft->name.len, f->draft->name.at);
    add_grok(f, "Parse key=value pairs", "msg", rests, "", text);
}

static void add_official(struct finds *f, const char *type, const char *what,
                         struct dl_value *sources)
{
    struct dl_text name;

    if (!sources || !sources->of.list.count)
        return;
    name.at = dl_arena_format(f->arena, &name.len, "Define the official %s of the log", what);
    dl_value_put(f->arena, processor(f, type, name), DL_TEXT("sources"), sources);
}

/* "SOURCE.user" stands where the pairs were read to. */
static const char *alias_of(const struct finds *f, struct dl_text key)
{
    size_t prefix = f->draft->name.len + 1;

    if (key.len > prefix && memcmp(key.at, f->draft->name.at, prefix - 1) == 0 &&
        key.at[prefix - 1] == '.')
        key = (struct dl_text){key.at + prefix, key.len - prefix};
    for (size_t i = 0; i < sizeof aliases / sizeof *aliases; i++)
        if (dl_text_equals(key, aliases[i].name))
            return aliases[i].standard;
    return NULL;
}

static void add_remapper(struct finds *f, struct dl_text key)
{
    const char *standard = alias_of(f, key);
    struct dl_value *sources = dl_value_array(f->arena), *p;
    struct dl_text target, name;

    if (standard)
        target = words(standard);
    else
        target.at = dl_arena_format(f->arena, &target.len, "%.*s.%.*s", (int)f->draft->name.len,
                                    f->draft->name.at, (int)key.len, key.at);
    name.at = dl_arena_format(f->arena, &name.len, "Map `%.*s` to `%.*s`", (int)key.len, key.at,
                              (int)target.len, target.at ? target.at : "");
    if (!target.at || !name.at)
        return;
    p = processor(f, "attribute-remapper", name);
    append_once(f, sources, key);
    dl_value_put(f->arena, p, DL_TEXT("sources"), sources);
    put(f, p, "sourceType", DL_TEXT("attribute"));
    put(f, p, "target", target);
    put(f, p, "targetType", DL_TEXT("attribute"));
    dl_value_put(f->arena, p, DL_TEXT("preserveSource"), dl_value_bool(f->arena, false));
    dl_value_put(f->arena, p, DL_TEXT("overrideOnConflict"), dl_value_bool(f->arena, false));
}

static struct dl_value *asset(struct finds *f)
{
    struct dl_value *top = dl_value_object(f->arena), *pipeline = dl_value_object(f->arena);
    struct dl_value *filter = dl_value_object(f->arena);
    struct dl_text query;

    query.at = dl_arena_format(f->arena, &query.len, "source:%.*s", (int)f->draft->name.len,
                               f->draft->name.at);
    if (!query.at)
        return NULL;
    put(f, filter, "query", query);
    put(f, pipeline, "type", DL_TEXT("pipeline"));
    put(f, pipeline, "name", f->draft->title);
    dl_value_put(f->arena, pipeline, DL_TEXT("enabled"), dl_value_bool(f->arena, true));
    dl_value_put(f->arena, pipeline, DL_TEXT("filter"), filter);
    dl_value_put(f->arena, pipeline, DL_TEXT("processors"), f->processors);
    put(f, top, "id", f->draft->name);
    put(f, top, "metric_id", f->draft->name);
    dl_value_put(f->arena, top, DL_TEXT("backend_only"), dl_value_bool(f->arena, false));
    dl_value_put(f->arena, top, DL_TEXT("facets"), dl_value_null(f->arena));
    dl_value_put(f->arena, top, DL_TEXT("pipeline"), pipeline);
    return top;
}

struct dl_value *dl_draft_pipeline(struct dl_arena *arena, const struct dl_draft *draft)
{
    struct finds *f = dl_arena_take(arena, sizeof *f);

    if (!f)
        return NULL;
    *f = (struct finds){.arena = arena, .draft = draft};
    f->dates = dl_value_array(arena);
    f->statuses = dl_value_array(arena);
    f->messages = dl_value_array(arena);
    f->processors = dl_value_array(arena);
    look_at_samples(f);
    add_parsers(f);
    if (f->access)
        dl_access_processors(arena, f->processors, f->access == DL_ACCESS_COMBINED);
    add_official(f, "date-remapper", "date", f->dates);
    add_official(f, "status-remapper", "status", f->statuses);
    add_official(f, "message-remapper", "message", f->messages);
    for (size_t i = 0; i < f->key_count; i++)
        add_remapper(f, f->keys[i]);
    return arena->failed ? NULL : asset(f);
}
