/* Remappers: attributes to attributes and tags, and to the official values. */
#include <string.h>

#include "pipeline/date.h"
#include "pipeline/path.h"
#include "pipeline/processor.h"
#include "pipeline/status.h"

struct dl_value *dl_attribute(const struct dl_pipeline_log *log, struct dl_text path)
{
    struct dl_value *v = dl_path_get(log->arena, log->attributes, path);

    return dl_value_is(v, DL_VALUE_NULL) ? NULL : v;
}

struct dl_value *dl_first_source(const struct dl_processor *p, const struct dl_pipeline_log *log,
                                 struct dl_text *path)
{
    for (size_t i = 0; i < p->source_count; i++) {
        struct dl_value *v = dl_attribute(log, p->sources[i]);

        if (!v)
            continue;
        if (path)
            *path = p->sources[i];
        return v;
    }
    return NULL;
}

void dl_set_attribute(struct dl_pipeline_log *log, struct dl_text path, struct dl_value *value)
{
    dl_path_set(log->arena, log->attributes, path, value);
}

/* A value in another type; one that cannot be keeps its own. */
static struct dl_value *cast(struct dl_arena *arena, struct dl_value *value, enum dl_format format)
{
    struct dl_text text;
    double real;
    int64_t whole;

    if (format == DL_FORMAT_AUTO || value->type >= DL_VALUE_ARRAY)
        return value;
    text = dl_value_print(arena, value);
    if (format == DL_FORMAT_STRING)
        return dl_value_text(arena, text.at, text.len);
    if (format == DL_FORMAT_INTEGER && dl_value_parse_integer(text, &whole))
        return dl_value_integer(arena, whole);
    if (!dl_value_number(value, &real))
        return value;
    return format == DL_FORMAT_INTEGER ? dl_value_integer(arena, dl_value_whole(real))
                                       : dl_value_double(arena, real);
}

static void to_tag(struct dl_pipeline_log *log, struct dl_text key, const struct dl_value *value)
{
    if (dl_value_is(value, DL_VALUE_ARRAY)) {
        for (const struct dl_member *m = value->of.list.first; m; m = m->next)
            to_tag(log, key, m->value);
        return;
    }
    dl_pipeline_log_tag(log, key, dl_value_print(log->arena, value));
}

static struct dl_value *from_tags(const struct dl_processor *p, struct dl_pipeline_log *log)
{
    for (size_t i = 0; i < p->source_count; i++) {
        struct dl_text text = dl_pipeline_log_tag_value(log, p->sources[i]);

        if (text.len)
            return dl_value_text(log->arena, text.at, text.len);
    }
    return NULL;
}

/* Takes away every source that is there, those that lost too. */
static void remove_sources(const struct dl_processor *p, struct dl_pipeline_log *log)
{
    for (size_t i = 0; i < p->source_count; i++)
        if (p->target_is_tag || !dl_text_is(p->sources[i], p->target))
            dl_path_remove(log->attributes, p->sources[i]);
}

enum dl_outcome dl_apply_attribute(const struct dl_processor *p, struct dl_run *run)
{
    struct dl_pipeline_log *log = run->log;
    struct dl_text path = {"", 0};
    struct dl_value *v = p->source_is_tag ? from_tags(p, log) : dl_first_source(p, log, &path);
    bool in_place, taken;

    if (!v)
        return DL_OUTCOME_NO_SOURCE;
    v = dl_value_copy(log->arena, v);
    run->detail = path;
    if (!v)
        return DL_OUTCOME_LIMIT;
    in_place = !p->target_is_tag && dl_text_is(path, p->target);
    taken = !p->target_is_tag && !in_place && !p->override && dl_attribute(log, p->target);
    if (!p->preserve_source && !p->source_is_tag)
        remove_sources(p, log);
    if (taken)
        return DL_OUTCOME_NO_MATCH;
    if (p->target_is_tag)
        to_tag(log, p->target, v);
    else
        dl_set_attribute(log, p->target, cast(log->arena, v, p->format));
    return DL_OUTCOME_APPLIED;
}

enum dl_outcome dl_apply_date(const struct dl_processor *p, struct dl_run *run)
{
    struct dl_pipeline_log *log = run->log;
    struct dl_value *v = dl_first_source(p, log, &run->detail);
    int64_t ms = 0;

    log->dated = true;
    if (!v)
        return DL_OUTCOME_NO_SOURCE;
    if (v->type == DL_VALUE_DOUBLE)
        ms = dl_value_whole(v->of.real);
    else if (v->type >= DL_VALUE_ARRAY || !dl_date_official(dl_value_print(log->arena, v), &ms))
        return DL_OUTCOME_INVALID;
    log->timestamp = ms;
    log->has_timestamp = true;
    return DL_OUTCOME_APPLIED;
}

enum dl_outcome dl_apply_status(const struct dl_processor *p, struct dl_run *run)
{
    struct dl_value *v = dl_first_source(p, run->log, &run->detail);

    if (!v)
        return DL_OUTCOME_NO_SOURCE;
    if (run->log->status_remapped)
        return DL_OUTCOME_NO_MATCH;
    run->log->status = dl_status_of(v, run->log->arena);
    run->log->status_remapped = true;
    return DL_OUTCOME_APPLIED;
}

enum dl_outcome dl_apply_service(const struct dl_processor *p, struct dl_run *run)
{
    struct dl_value *v = dl_first_source(p, run->log, &run->detail);

    if (!v)
        return DL_OUTCOME_NO_SOURCE;
    if (run->log->service_remapped)
        return DL_OUTCOME_NO_MATCH;
    run->log->service = dl_value_print(run->log->arena, v);
    run->log->service_remapped = true;
    return DL_OUTCOME_APPLIED;
}

enum dl_outcome dl_apply_message(const struct dl_processor *p, struct dl_run *run)
{
    struct dl_pipeline_log *log = run->log;

    for (size_t i = 0; i < p->source_count; i++) {
        struct dl_value *v = dl_attribute(log, p->sources[i]);

        if (!dl_value_is_scalar(v))
            continue;
        run->detail = p->sources[i];
        if (log->message_remapped)
            return DL_OUTCOME_NO_MATCH;
        log->message = dl_value_print(log->arena, v);
        log->message_remapped = true;
        dl_path_remove(log->attributes, p->sources[i]);
        return DL_OUTCOME_APPLIED;
    }
    return DL_OUTCOME_NO_SOURCE;
}

static enum dl_outcome move_id(const struct dl_processor *p, struct dl_run *run, struct dl_text *to)
{
    struct dl_value *v = dl_first_source(p, run->log, &run->detail);

    if (!dl_value_is_scalar(v))
        return DL_OUTCOME_NO_SOURCE;
    *to = dl_value_print(run->log->arena, v);
    dl_path_remove(run->log->attributes, run->detail);
    return DL_OUTCOME_APPLIED;
}

enum dl_outcome dl_apply_trace_id(const struct dl_processor *p, struct dl_run *run)
{
    return move_id(p, run, &run->log->trace_id);
}

enum dl_outcome dl_apply_span_id(const struct dl_processor *p, struct dl_run *run)
{
    return move_id(p, run, &run->log->span_id);
}

enum dl_outcome dl_apply_exclude(const struct dl_processor *p, struct dl_run *run)
{
    return dl_path_remove(run->log->attributes, p->target) ? DL_OUTCOME_APPLIED
                                                           : DL_OUTCOME_NO_SOURCE;
}
