/* Lint: remappers of attributes, and who reads what they leave. */
#include <string.h>

#include "base/text.h"
#include "pipeline/lint_private.h"

/* The last processor that reads each path. */
struct readers {
    struct dl_lint *lint;
    struct dl_set last; /* number: index of the step, other: of a remapper of official values */
    size_t at;
    bool official;
};

static void reads(struct readers *r, struct dl_text path)
{
    struct dl_set_entry *e = dl_set_put(&r->last, path, NULL);

    if (!e)
        return;
    e->number = r->at;
    if (r->official)
        e->other = r->at;
}

static void reads_source(void *context, struct dl_text path)
{
    reads(context, path);
}

/* Paths behind each `mark` of a text, up to what ends one. */
static void reads_marked(struct readers *r, struct dl_text text, const char *mark, const char *ends)
{
    size_t n = strlen(mark);
    const char *end = text.at + text.len;

    for (const char *at = memmem(text.at, text.len, mark, n); at;
         at = memmem(at, (size_t)(end - at), mark, n)) {
        const char *from = at += n;

        while (at < end && !strchr(ends, *at))
            at++;
        reads(r, lint_trim((struct dl_text){from, (size_t)(at - from)}));
    }
}

/* Names of an expression: everything between its operators. */
static void reads_expression(struct readers *r, struct dl_text text)
{
    size_t at = 0;

    while (at < text.len) {
        size_t n = 0;

        while (at + n < text.len && !strchr(" \t\n()*/+", text.at[at + n]))
            n++;
        if (n)
            reads(r, text.at[at] == '@' ? (struct dl_text){text.at + at + 1, n - 1}
                                        : (struct dl_text){text.at + at, n});
        at += n + 1;
    }
}

static void reads_query(struct readers *r, const struct dl_value *holder)
{
    reads_marked(r, dl_option_text(dl_option(holder, "filter"), "query"), "@", ": \t\n()[]");
}

static void read_step(struct readers *r, const struct lint_step *step)
{
    const struct dl_value *list = dl_option(step->doc, "categories");

    r->official = step->kind == DL_PROCESSOR_DATE || step->kind == DL_PROCESSOR_STATUS ||
                  step->kind == DL_PROCESSOR_MESSAGE || step->kind == DL_PROCESSOR_SERVICE ||
                  step->kind == DL_PROCESSOR_TRACE_ID || step->kind == DL_PROCESSOR_SPAN_ID;
    lint_each_source(step, reads_source, r);
    reads_query(r, step->doc);
    reads_marked(r, dl_option_text(step->doc, "template"), "%{", "}");
    reads_expression(r, dl_option_text(step->doc, "expression"));
    for (const struct dl_member *m = dl_value_is(list, DL_VALUE_ARRAY) ? list->of.list.first : NULL;
         m; m = m->next)
        reads_query(r, m->value);
}

/* ---- one remapper ---- */

static bool is_reserved(struct dl_text target)
{
    static const char *const reserved[] = {"message",  "service", "status", "date",
                                           "trace_id", "span_id", "host"};

    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++)
        if (dl_text_equals(target, reserved[i]))
            return true;
    return false;
}

static void look_at_target(struct dl_lint *lint, const struct readers *r, size_t at,
                           const struct lint_step *step, struct dl_text target)
{
    int line = lint_option_line(step, "target");
    const struct dl_set_entry *e;

    if (dl_text_equals(dl_option_text(step->doc, "targetType"), "tag")) {
        if (memchr(target.at, ':', target.len) || memchr(target.at, ',', target.len))
            lint_find(lint, DL_LINT_RULE_TAG_TARGET, DL_LINT_PIPELINE, line,
                      "the tag's name is \"%.*s\"", LINT_SHOW(target));
        return;
    }
    e = is_reserved(target) ? dl_set_find(&r->last, target) : NULL;
    if (is_reserved(target) && (!e || e->other <= at))
        lint_find(lint, DL_LINT_RULE_RESERVED, DL_LINT_PIPELINE, line,
                  "\"%.*s\" writes %.*s, and no remapper behind it takes that up",
                  LINT_SHOW(lint_step_name(step)), LINT_SHOW(target));
}

struct remapper {
    struct dl_lint *lint;
    const struct readers *readers;
    const struct lint_step *step;
    struct dl_text target;
    size_t at, count;
    bool read_later, has_facet, is_target;
};

static void look_at_source(void *context, struct dl_text path)
{
    struct remapper *m = context;
    const struct dl_set_entry *e = dl_set_find(&m->readers->last, path);

    m->count++;
    m->read_later = m->read_later || (e && e->number > m->at);
    m->has_facet = m->has_facet || dl_set_find(&m->lint->facet_paths, path);
    m->is_target = m->is_target || dl_text_is(path, m->target);
}

static void look_at_sources(struct remapper *m)
{
    const struct dl_value *doc = m->step->doc;
    bool tag = dl_text_equals(dl_option_text(doc, "targetType"), "tag") ||
               dl_text_equals(dl_option_text(doc, "sourceType"), "tag");
    int line = lint_option_line(m->step, "preserveSource");

    if (tag)
        return;
    lint_each_source(m->step, look_at_source, m);
    if (m->is_target) {
        if (m->count == 1 && !dl_option_text(doc, "targetFormat").len)
            lint_find(m->lint, DL_LINT_RULE_IN_PLACE, DL_LINT_PIPELINE, doc->line,
                      "\"%.*s\" maps %.*s onto itself", LINT_SHOW(lint_step_name(m->step)),
                      LINT_SHOW(m->target));
        return;
    }
    if (!dl_option_bool(doc, "preserveSource", true))
        return;
    if (m->has_facet && dl_set_find(&m->lint->facet_paths, m->target))
        lint_find(m->lint, DL_LINT_RULE_FACET_BOTH, DL_LINT_PIPELINE, line,
                  "\"%.*s\" keeps its source, and both have a facet",
                  LINT_SHOW(lint_step_name(m->step)));
    else if (!m->read_later && !dl_text_starts(m->target.at, "ocsf.")) /* OCSF stands beside */
        lint_find(m->lint, DL_LINT_RULE_PRESERVE, DL_LINT_PIPELINE, line,
                  "\"%.*s\" keeps its source, and nothing reads it later",
                  LINT_SHOW(lint_step_name(m->step)));
}

void lint_look_at_remappers(struct dl_lint *lint)
{
    struct readers r = {.lint = lint};

    dl_set_init(&r.last, &lint->arena, 2 * lint->step_count);
    for (r.at = 0; r.at < lint->step_count; r.at++)
        if (lint->steps[r.at].known)
            read_step(&r, &lint->steps[r.at]);
    for (size_t i = 0; i < lint->step_count; i++) {
        const struct lint_step *step = &lint->steps[i];
        struct remapper m = {.lint = lint,
                             .readers = &r,
                             .step = step,
                             .target = dl_option_text(step->doc, "target"),
                             .at = i};

        if (!step->known || step->kind != DL_PROCESSOR_ATTRIBUTE || !m.target.len)
            continue;
        look_at_target(lint, &r, i, step, m.target);
        look_at_sources(&m);
    }
}
