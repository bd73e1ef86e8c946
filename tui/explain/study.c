#include "explain/study.h"

#include <stdlib.h>
#include <string.h>

/* Samples that are of no test. */
static size_t own(const struct study *study)
{
    return study->options.sample != NULL;
}

int study_open(struct study *study, const struct study_options *options, struct dl_error *err)
{
    *study = (struct study){.options = *options};
    dl_arena_init(&study->arena, DL_PIPELINE_LOG_MAX);
    dl_arena_init(&study->scratch, DL_PIPELINE_LOG_MAX);
    study->count = own(study) + (options->suite ? dl_suite_count(options->suite) : 0);
    if (study->count == 0)
        return dl_error_set(err, DL_E_USAGE,
                            "missing: --sample TEXT, the log to explain; there are no tests of the "
                            "pipeline to take one from");
    study->edited = calloc(study->count, sizeof *study->edited);
    if (!study->edited)
        return dl_error_set(err, DL_E_NOMEM, "there is no memory for the samples");
    study_show(study, 0);
    return 0;
}

void study_close(struct study *study)
{
    for (size_t i = 0; study->edited && i < study->count; i++)
        free(study->edited[i]);
    free(study->edited);
    dl_arena_free(&study->arena);
    dl_arena_free(&study->scratch);
}

static bool is_of_test(const struct study *study)
{
    return study->at >= own(study);
}

static void make_log(struct study *study)
{
    const struct study_options *o = &study->options;
    struct dl_text text = study_text(study);

    if (is_of_test(study)) {
        dl_suite_log_of(&study->log, o->suite, study->at - own(study), text, o->pipeline,
                        &study->arena);
        return;
    }
    dl_pipeline_log_init(&study->log, &study->arena, o->now);
    dl_pipeline_log_take(&study->log, text.at, text.len);
    if (study->log.source.len == 0)
        study->log.source = dl_pipeline_source(o->pipeline);
}

static void run(struct study *study)
{
    const struct study_options *o = &study->options;

    dl_arena_reset(&study->arena);
    study->ruled = NULL;
    study->rules = NULL;
    study->failure = (struct dl_error){0};
    study->outcome = (struct dl_suite_outcome){.passed = true, .blank = true};
    if (is_of_test(study) && !study_is_edited(study))
        dl_suite_run(&study->outcome, o->suite, study->at - own(study), o->pipeline, &study->arena);
    make_log(study);
    if (dl_trace_run(&study->trace, o->pipeline, &study->log, is_of_test(study), &study->failure) <
        0) {
        study->trace = (struct dl_trace){.log = &study->log};
        study->outcome = (struct dl_suite_outcome){.passed = true, .blank = true};
    }
    study->compared = !study->outcome.blank;
}

void study_show(struct study *study, size_t index)
{
    if (index >= study->count)
        return;
    study->at = index;
    run(study);
}

struct dl_text study_text(const struct study *study)
{
    const char *edited = study->edited[study->at];

    if (edited)
        return (struct dl_text){edited, strlen(edited)};
    if (is_of_test(study))
        return dl_suite_sample(study->options.suite, study->at - own(study));
    return (struct dl_text){study->options.sample, strlen(study->options.sample)};
}

bool study_is_edited(const struct study *study)
{
    return study->edited[study->at] != NULL;
}

int study_edit(struct study *study, const char *text, struct dl_error *err)
{
    char *copy = text ? strdup(text) : NULL;

    if (text && !copy)
        return dl_error_set(err, DL_E_NOMEM, "there is no memory for the sample");
    free(study->edited[study->at]);
    study->edited[study->at] = copy;
    run(study);
    return 0;
}

const struct dl_trace_row *study_suspect(const struct study *study, size_t difference)
{
    return difference < study->outcome.difference_count
               ? dl_trace_suspect(&study->trace, &study->outcome.differences[difference])
               : NULL;
}

bool study_blames(const struct study *study, const struct dl_trace_row *row)
{
    for (size_t i = 0; i < study->outcome.difference_count; i++)
        if (study_suspect(study, i) == row)
            return true;
    return false;
}

const struct dl_trace_rule *study_rules(struct study *study, const struct dl_trace_step *step)
{
    if (study->ruled != step) {
        study->rules = dl_trace_rules(&study->trace, step);
        study->ruled = step;
    }
    return study->rules;
}
