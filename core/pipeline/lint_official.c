/* Lint: remappers of the official date, status, message and service. */
#include "pipeline/lint_private.h"
#include "pipeline/status.h"

#define ORDERED_MAX 50 /* status-remappers whose place is looked at */

static size_t count_kind(const struct dl_lint *lint, enum dl_processor_kind kind)
{
    size_t count = 0;

    for (size_t i = 0; i < lint->step_count; i++)
        count += lint->steps[i].known && lint->steps[i].kind == kind;
    return count;
}

static void look_for_official(struct dl_lint *lint)
{
    static const struct {
        enum dl_processor_kind kind;
        enum dl_lint_rule rule;
        const char *message;
    } wanted[] = {{DL_PROCESSOR_DATE, DL_LINT_RULE_NO_DATE,
                   "there is no date-remapper; the date is when the log arrives"},
                  {DL_PROCESSOR_STATUS, DL_LINT_RULE_NO_STATUS,
                   "there is no status-remapper; the status is what the sender says, else info"},
                  {DL_PROCESSOR_MESSAGE, DL_LINT_RULE_NO_MESSAGE,
                   "there is no message-remapper; the message is the whole log"},
                  {DL_PROCESSOR_SERVICE, DL_LINT_RULE_NO_SERVICE,
                   "there is no service-remapper; the service is what the sender says"}};

    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        if (count_kind(lint, wanted[i].kind) == 0)
            lint_find(lint, wanted[i].rule, DL_LINT_PIPELINE, lint->top->line, "%s",
                      wanted[i].message);
}

/* Only the first that applies counts; those of nested pipelines see logs of their own. */
static void look_for_repeated(struct dl_lint *lint)
{
    static const enum dl_processor_kind kinds[] = {DL_PROCESSOR_STATUS, DL_PROCESSOR_SERVICE,
                                                   DL_PROCESSOR_MESSAGE};

    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        const struct lint_step *first = NULL;

        for (size_t i = 0; i < lint->step_count; i++) {
            const struct lint_step *step = &lint->steps[i];

            if (!step->known || step->kind != kinds[k])
                continue;
            if (first && (step->parent == first->parent || first->depth == 1))
                lint_find(lint, DL_LINT_RULE_REPEATED, DL_LINT_PIPELINE, step->doc->line,
                          "the %.*s at line %d comes first",
                          LINT_SHOW(dl_option_text(step->doc, "type")), first->doc->line);
            if (!first || step->parent != first->parent)
                first = step;
        }
    }
}

static void tell_of_service(struct dl_lint *lint)
{
    for (size_t i = 0; i < lint->step_count; i++)
        if (lint->steps[i].known && lint->steps[i].kind == DL_PROCESSOR_SERVICE) {
            lint_find(lint, DL_LINT_RULE_SERVICE, DL_LINT_PIPELINE, lint->steps[i].doc->line,
                      "the service is defined here, not by the sender");
            return;
        }
}

/* ---- the status ---- */

struct ordering {
    struct dl_lint *lint;
    const struct lint_step *status;
    size_t at;
    struct dl_set sources; /* of the status-remapper */
};

static void keep_source(void *context, struct dl_text path)
{
    struct ordering *o = context;

    dl_set_put(&o->sources, path, NULL);
}

static bool makes(const struct ordering *o, const struct lint_step *step)
{
    return step->known && step->parent == o->status->parent &&
           (step->kind == DL_PROCESSOR_CATEGORY || step->kind == DL_PROCESSOR_LOOKUP ||
            step->kind == DL_PROCESSOR_STRING_BUILDER) &&
           dl_set_find(&o->sources, dl_option_text(step->doc, "target"));
}

static void look_at_order(struct ordering *o)
{
    dl_set_init(&o->sources, &o->lint->scratch, 0);
    lint_each_source(o->status, keep_source, o);
    for (size_t i = 0; i < o->at; i++)
        if (makes(o, &o->lint->steps[i]))
            return;
    for (size_t i = o->at + 1; i < o->lint->step_count; i++)
        if (makes(o, &o->lint->steps[i])) {
            lint_find(o->lint, DL_LINT_RULE_STATUS_ORDER, DL_LINT_PIPELINE, o->status->doc->line,
                      "\"%.*s\" makes its source at line %d, behind it",
                      LINT_SHOW(lint_step_name(&o->lint->steps[i])), o->lint->steps[i].doc->line);
            return;
        }
}

/* A word that is no status and does not begin as one. "info" and its kin are meant. */
static bool becomes_info(struct dl_lint *lint, struct dl_text word)
{
    struct dl_value *v = dl_value_text(&lint->scratch, word.at, word.len);

    return v && word.len && (word.at[0] | 32) != 'i' &&
           dl_text_equals(dl_status_of(v, &lint->scratch), "info");
}

static void look_at_words(struct dl_lint *lint, const struct lint_step *step)
{
    const struct dl_value *list = dl_option(step->doc, "categories");

    if (!dl_value_is(list, DL_VALUE_ARRAY))
        return;
    for (const struct dl_member *m = list->of.list.first; m; m = m->next) {
        struct dl_text word = dl_option_text(m->value, "name");

        if (becomes_info(lint, word))
            lint_find(lint, DL_LINT_RULE_STATUS_WORD, DL_LINT_PIPELINE, m->value->line,
                      "the category \"%.*s\" of the status is no status", LINT_SHOW(word));
    }
}

/* What status-remappers read, of the whole asset. */
static void gather(void *context, struct dl_text path)
{
    dl_set_put(context, path, NULL);
}

static void look_at_status(struct dl_lint *lint)
{
    struct dl_set sources;
    size_t ordered = 0;

    dl_set_init(&sources, &lint->arena, 64);
    for (size_t i = 0; i < lint->step_count; i++) {
        struct lint_step *step = &lint->steps[i];
        struct ordering o = {.lint = lint, .status = step, .at = i};

        if (!step->known || step->kind != DL_PROCESSOR_STATUS)
            continue;
        lint_each_source(step, gather, &sources);
        if (ordered++ < ORDERED_MAX)
            look_at_order(&o);
        lint_scratch_reset(lint);
    }
    for (size_t i = 0; i < lint->step_count; i++)
        if (lint->steps[i].known && lint->steps[i].kind == DL_PROCESSOR_CATEGORY &&
            dl_set_find(&sources, dl_option_text(lint->steps[i].doc, "target")))
            look_at_words(lint, &lint->steps[i]);
    lint_scratch_reset(lint);
}

void lint_look_at_official(struct dl_lint *lint)
{
    look_for_official(lint);
    look_for_repeated(lint);
    tell_of_service(lint);
    look_at_status(lint);
}
