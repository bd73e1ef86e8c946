/* The schema processor: mappers, then the names that OCSF gives to its classes. */
#include <string.h>

#include "pipeline/processor.h"

#define OTHER 99 /* the id of OCSF for "none of these" */

/* Categories of OCSF (schema.ocsf.io/categories). */
static const char *const categories[] = {NULL,
                                         "System Activity",
                                         "Findings",
                                         "Identity & Access Management",
                                         "Network Activity",
                                         "Discovery",
                                         "Application Activity"};

/* The first of the attributes that stand in for the name of "Other". */
static const struct dl_value *fallback(const struct dl_processor *p, const struct dl_run *run)
{
    const struct dl_member *m = p->fallback ? p->fallback->of.list.first : NULL;

    for (; m; m = m->next) {
        const struct dl_value *v =
            dl_attribute(run->log, dl_value_print(run->log->arena, m->value));

        if (dl_value_is_scalar(v))
            return v;
    }
    return NULL;
}

enum dl_outcome dl_apply_schema_category(const struct dl_processor *p, struct dl_run *run)
{
    struct dl_arena *arena = run->log->arena;

    for (const struct dl_category *c = p->categories; c; c = c->next) {
        const struct dl_value *other;
        struct dl_text name = c->name;

        if (!dl_query_match(c->query, run->log))
            continue;
        other = c->id == OTHER ? fallback(p, run) : NULL;
        if (dl_value_is_scalar(other))
            name = dl_value_print(arena, other);
        if (p->target.len)
            dl_set_attribute(run->log, p->target, dl_value_text(arena, name.at, name.len));
        if (p->id_target.len)
            dl_set_attribute(run->log, p->id_target, dl_value_integer(arena, c->id));
        run->detail = c->name;
        return DL_OUTCOME_APPLIED;
    }
    return DL_OUTCOME_NO_MATCH;
}

static void set_text(struct dl_run *run, const char *path, struct dl_text text)
{
    if (text.len)
        dl_set_attribute(run->log, (struct dl_text){path, strlen(path)},
                         dl_value_text(run->log->arena, text.at, text.len));
}

static void set_integer(struct dl_run *run, const char *path, int64_t number)
{
    dl_set_attribute(run->log, (struct dl_text){path, strlen(path)},
                     dl_value_integer(run->log->arena, number));
}

enum dl_outcome dl_apply_schema(const struct dl_processor *p, struct dl_run *run)
{
    struct dl_run inner = {.log = run->log, .step = run->step, .context = run->context};
    const struct dl_value *uid = dl_option(p->schema, "classUid");
    const struct dl_value *version = dl_option(p->schema, "version");

    dl_apply_list(p->children, &inner);
    if (dl_value_is(uid, DL_VALUE_INTEGER)) {
        int64_t category = uid->of.integer / 1000;

        set_integer(run, "ocsf.class_uid", uid->of.integer);
        set_text(run, "ocsf.class_name", dl_option_text(p->schema, "className"));
        set_integer(run, "ocsf.category_uid", category);
        if (category > 0 && category < (int64_t)(sizeof categories / sizeof *categories))
            set_text(run, "ocsf.category_name",
                     (struct dl_text){categories[category], strlen(categories[category])});
    }
    if (dl_value_is_scalar(version))
        set_text(run, "ocsf.metadata.version", dl_value_print(run->log->arena, version));
    return DL_OUTCOME_APPLIED;
}
