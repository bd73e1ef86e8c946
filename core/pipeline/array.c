/* Arrays: one element chosen, values appended, counted, extracted by key, or mapped one by one. */
#include <string.h>

#include "pipeline/path.h"
#include "pipeline/processor.h"

#define MAP_ELEMENTS_MAX 50

static enum dl_outcome set(const struct dl_processor *p, struct dl_run *run,
                           const struct dl_value *v)
{
    struct dl_value *copy = dl_value_copy(run->log->arena, v);

    if (!copy)
        return DL_OUTCOME_NO_MATCH;
    dl_set_attribute(run->log, p->target, copy);
    return DL_OUTCOME_APPLIED;
}

static enum dl_outcome select_one(const struct dl_processor *p, struct dl_run *run,
                                  const struct dl_value *array)
{
    struct dl_arena *arena = run->log->arena;

    for (const struct dl_member *m = array->of.list.first; m; m = m->next) {
        if (!dl_query_match_value(p->filter, arena, m->value))
            continue;
        return set(p, run, p->extract.len ? dl_path_get(arena, m->value, p->extract) : m->value);
    }
    return DL_OUTCOME_NO_MATCH;
}

/* [{key: k, value: v}, ...] with one key: its value. */
static enum dl_outcome key_value(const struct dl_processor *p, struct dl_run *run,
                                 const struct dl_value *array)
{
    struct dl_arena *arena = run->log->arena;
    struct dl_value *into = dl_value_object(arena);

    for (const struct dl_member *m = array->of.list.first; m && into; m = m->next) {
        const struct dl_value *key = dl_path_get(arena, m->value, p->key);
        struct dl_value *value = dl_path_get(arena, m->value, p->extract);

        if (dl_value_is_scalar(key) && value)
            dl_value_put(arena, into, dl_value_print(arena, key), dl_value_copy(arena, value));
    }
    if (!into || into->of.list.count == 0)
        return DL_OUTCOME_NO_MATCH;
    if (p->target.len) {
        dl_set_attribute(run->log, p->target, into);
    } else {
        dl_path_merge(arena, run->log->attributes, into);
    }
    return DL_OUTCOME_APPLIED;
}

static enum dl_outcome append(const struct dl_processor *p, struct dl_run *run,
                              const struct dl_value *v)
{
    struct dl_arena *arena = run->log->arena;
    struct dl_value *target = dl_attribute(run->log, p->target);

    if (!dl_value_is(target, DL_VALUE_ARRAY)) {
        if (target)
            return DL_OUTCOME_INVALID;
        target = dl_value_array(arena);
        dl_set_attribute(run->log, p->target, target);
    }
    if (v->type == DL_VALUE_ARRAY) {
        for (const struct dl_member *m = v->of.list.first; m; m = m->next)
            dl_value_append(arena, target, dl_value_copy(arena, m->value));
    } else {
        dl_value_append(arena, target, dl_value_copy(arena, v));
    }
    if (!p->preserve_source)
        dl_path_remove(run->log->attributes, p->sources[0]);
    return DL_OUTCOME_APPLIED;
}

enum dl_outcome dl_apply_array(const struct dl_processor *p, struct dl_run *run)
{
    const struct dl_value *v = dl_first_source(p, run->log, &run->detail);

    if (!v)
        return DL_OUTCOME_NO_SOURCE;
    if (p->operation == DL_ARRAY_APPEND)
        return append(p, run, v);
    if (v->type != DL_VALUE_ARRAY)
        return DL_OUTCOME_INVALID;
    if (p->operation == DL_ARRAY_SELECT)
        return select_one(p, run, v);
    if (p->operation == DL_ARRAY_KEY_VALUE)
        return key_value(p, run, v);
    dl_set_attribute(run->log, p->target,
                     dl_value_integer(run->log->arena, (int64_t)v->of.list.count));
    return DL_OUTCOME_APPLIED;
}

/* Each element stands in the log as $sourceElem while the processors within run; what they leave as
 * $targetElem is the element of the target. */
enum dl_outcome dl_apply_array_map(const struct dl_processor *p, struct dl_run *run)
{
    static const struct dl_text source = {"$sourceElem", 11}, target = {"$targetElem", 11};
    struct dl_pipeline_log *log = run->log;
    struct dl_arena *arena = log->arena;
    const struct dl_value *v = dl_first_source(p, log, &run->detail);
    struct dl_value *made = dl_value_array(arena);
    struct dl_run inner = {.log = log, .step = run->step, .context = run->context};
    size_t n = 0;

    if (!dl_value_is(v, DL_VALUE_ARRAY))
        return v ? DL_OUTCOME_INVALID : DL_OUTCOME_NO_SOURCE;
    for (const struct dl_member *m = v->of.list.first; m && made && n < MAP_ELEMENTS_MAX;
         m = m->next, n++) {
        struct dl_member *left;

        dl_value_put(arena, log->attributes, source, dl_value_copy(arena, m->value));
        dl_value_drop(log->attributes, target);
        dl_apply_list(p->children, &inner);
        left = dl_value_member(log->attributes, target);
        if (left)
            dl_value_append(arena, made, left->value);
    }
    dl_value_drop(log->attributes, source);
    dl_value_drop(log->attributes, target);
    if (!p->preserve_source)
        dl_path_remove(log->attributes, run->detail);
    dl_set_attribute(log, p->target, made);
    return DL_OUTCOME_APPLIED;
}
