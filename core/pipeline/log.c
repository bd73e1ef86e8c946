#include "pipeline/log.h"

#include <string.h>

#include "base/text.h"
#include "pipeline/date.h"
#include "pipeline/path.h"
#include "pipeline/status.h"
#include "pipeline/value_read.h"

void dl_pipeline_log_init(struct dl_pipeline_log *log, struct dl_arena *arena, int64_t now)
{
    *log = (struct dl_pipeline_log){.arena = arena, .now = now};
    log->attributes = dl_value_object(arena);
    log->last_tag = &log->tags;
}

static struct dl_text lower(struct dl_arena *arena, struct dl_text text)
{
    char *copy = dl_arena_copy(arena, text.at, text.len);

    for (size_t i = 0; copy && i < text.len; i++)
        copy[i] = dl_ascii_lower(copy[i]);
    return copy ? (struct dl_text){copy, text.len} : text;
}

void dl_pipeline_log_tag_text(struct dl_pipeline_log *log, struct dl_text text)
{
    struct dl_log_tag *tag = dl_arena_take(log->arena, sizeof *tag);

    if (!tag || !text.at)
        return;
    tag->text = text;
    *log->last_tag = tag;
    log->last_tag = &tag->next;
}

void dl_pipeline_log_tag(struct dl_pipeline_log *log, struct dl_text key, struct dl_text value)
{
    struct dl_text text;

    value = lower(log->arena, value);
    text.at = dl_arena_format(log->arena, &text.len, "%.*s:%.*s", (int)key.len, key.at,
                              (int)value.len, value.at);
    dl_pipeline_log_tag_text(log, text);
}

struct dl_text dl_pipeline_log_tag_value(const struct dl_pipeline_log *log, struct dl_text key)
{
    for (const struct dl_log_tag *tag = log->tags; tag; tag = tag->next)
        if (tag->text.len > key.len && tag->text.at[key.len] == ':' &&
            memcmp(tag->text.at, key.at, key.len) == 0)
            return (struct dl_text){tag->text.at + key.len + 1, tag->text.len - key.len - 1};
    return (struct dl_text){"", 0};
}

/* The message of an object: its text `message`, or the object printed. An object under `message`
 * moves up. */
static void take_message(struct dl_pipeline_log *log)
{
    struct dl_text key = DL_TEXT("message");
    struct dl_member *m = dl_value_member(log->attributes, key);
    struct dl_buffer out;

    if (m && dl_value_is(m->value, DL_VALUE_STRING)) {
        log->message = m->value->of.text;
        dl_value_drop(log->attributes, key);
        return;
    }
    dl_buffer_init(&out, log->arena->max);
    if (dl_value_pretty(&out, log->attributes) == 0)
        log->message =
            (struct dl_text){dl_arena_copy(log->arena, dl_buffer_string(&out), out.len), out.len};
    else
        log->arena->failed = true;
    dl_buffer_free(&out);
    if (!log->message.at)
        log->message = (struct dl_text){"", 0};
    if (m && dl_value_is(m->value, DL_VALUE_OBJECT)) {
        const struct dl_value *inner = m->value;

        dl_value_drop(log->attributes, key);
        dl_path_merge(log->arena, log->attributes, inner);
    }
}

/* ---- what the platform reads at intake ---- */

static struct dl_value *first_of(const struct dl_pipeline_log *log, const char *const *names)
{
    for (; *names; names++) {
        struct dl_value *v =
            dl_path_get(log->arena, log->attributes, (struct dl_text){*names, strlen(*names)});

        if (dl_value_is_scalar(v))
            return v;
    }
    return NULL;
}

/* "a:1,b" one by one. */
static void take_tags(struct dl_pipeline_log *log, struct dl_text list)
{
    while (list.len) {
        const char *comma = memchr(list.at, ',', list.len);
        struct dl_text tag = {list.at, comma ? (size_t)(comma - list.at) : list.len};
        size_t whole = tag.len + (comma != NULL);

        dl_text_trim(&tag.at, &tag.len);
        if (tag.len)
            dl_pipeline_log_tag_text(log, lower(log->arena, tag));
        list = (struct dl_text){list.at + whole, list.len - whole};
    }
}

/* What a sender says beside the log, and is no attribute of it: source and tags. */
static void take_parameters(struct dl_pipeline_log *log)
{
    struct dl_value *source = dl_value_get(log->attributes, "ddsource");
    struct dl_value *tags = dl_value_get(log->attributes, "ddtags");

    if (dl_value_is(source, DL_VALUE_STRING)) {
        log->source = source->of.text;
        dl_value_drop(log->attributes, DL_TEXT("ddsource"));
    }
    if (dl_value_is(tags, DL_VALUE_STRING)) {
        take_tags(log, tags->of.text);
        dl_value_drop(log->attributes, DL_TEXT("ddtags"));
    }
}

/* Attributes that become official values before any pipeline (docs: log_configuration/pipelines,
 * preprocessing of JSON logs). */
static void take_reserved(struct dl_pipeline_log *log)
{
    static const char *const hosts[] = {"host", "hostname", "syslog.hostname", NULL};
    static const char *const services[] = {"service", "syslog.appname", NULL};
    static const char *const states[] = {"status", "severity", "level", "syslog.severity", NULL};
    static const char *const dates[] = {"@timestamp",     "timestamp",        "_timestamp",
                                        "Timestamp",      "eventTime",        "date",
                                        "published_date", "syslog.timestamp", NULL};
    static const char *const traces[] = {"dd.trace_id", "contextMap.dd.trace_id", NULL};
    static const char *const spans[] = {"dd.span_id", "contextMap.dd.span_id", NULL};
    struct dl_value *v;

    take_parameters(log);
    v = first_of(log, hosts);
    if (v)
        log->host = dl_value_print(log->arena, v);
    v = first_of(log, services);
    if (v)
        log->service = dl_value_print(log->arena, v);
    v = first_of(log, states);
    if (v)
        log->status = dl_status_of(v, log->arena);
    v = first_of(log, dates);
    if (v && dl_date_official(dl_value_print(log->arena, v), &log->timestamp))
        log->has_timestamp = true;
    v = first_of(log, traces);
    if (v)
        log->trace_id = dl_value_print(log->arena, v);
    v = first_of(log, spans);
    if (v)
        log->span_id = dl_value_print(log->arena, v);
}

/* A copy in which each byte that is no UTF-8 is U+FFFD: the rules read characters. */
static struct dl_text mended(struct dl_arena *arena, struct dl_text text)
{
    static const char mark[] = "\xef\xbf\xbd";
    size_t n = 0, bad;
    char *copy;

    if (dl_utf8_valid(text.at, text.len, NULL)) {
        copy = dl_arena_copy(arena, text.at, text.len);
        return (struct dl_text){copy ? copy : "", copy ? text.len : 0};
    }
    copy = dl_arena_take(arena, 3 * text.len + 1);
    while (copy && !dl_utf8_valid(text.at, text.len, &bad)) {
        memcpy(copy + n, text.at, bad);
        memcpy(copy + n + bad, mark, 3);
        n += bad + 3;
        text = (struct dl_text){text.at + bad + 1, text.len - bad - 1};
    }
    if (copy)
        memcpy(copy + n, text.at, text.len);
    return (struct dl_text){copy ? copy : "", copy ? n + text.len : 0};
}

void dl_pipeline_log_take(struct dl_pipeline_log *log, const char *text, size_t len)
{
    struct dl_text whole = mended(log->arena, (struct dl_text){text, len});
    size_t start = 0;
    struct dl_value *read;

    while (start < whole.len && strchr(" \t\r\n", whole.at[start]))
        start++;
    read = start < whole.len && whole.at[start] == '{'
               ? dl_value_read_json(log->arena, whole.at, whole.len)
               : NULL;
    if (!dl_value_is(read, DL_VALUE_OBJECT)) {
        log->message = whole;
        return;
    }
    log->attributes = dl_value_clean(log->arena, read);
    if (!log->attributes)
        return;
    if (!log->test_mode)
        take_reserved(log);
    take_message(log);
}
