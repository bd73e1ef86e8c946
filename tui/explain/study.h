/* Samples and what a pipeline makes of the one that is looked at. Pure: no terminal, no clock. */
#ifndef DL_TUI_EXPLAIN_STUDY_H
#define DL_TUI_EXPLAIN_STUDY_H

#include "pipeline/trace.h"

/* Everything is kept by the caller as long as the study. */
struct study_options {
    const struct dl_pipeline *pipeline;
    const struct dl_suite *suite; /* whose tests are samples; NULL: there is none */
    const char *sample;           /* the first one, before those of the tests; NULL: none */
    int64_t now;                  /* milliseconds since 1970, for a sample that is of no test */
};

struct study {
    struct study_options options;
    size_t count, at; /* samples; the one that is looked at */
    char **edited;    /* what a person made of each, or NULL */

    /* of the sample that is looked at */
    struct dl_arena arena, scratch; /* scratch: of whoever shows it, until the next show */
    struct dl_pipeline_log log;
    struct dl_trace trace; /* without rows if the log outgrew its memory */
    struct dl_suite_outcome outcome;
    bool compared; /* with the result that its test expects */
    struct dl_error failure;
    const struct dl_trace_step *ruled; /* the step that `rules` is about */
    const struct dl_trace_rule *rules;
};

/* Looks at the first sample. -DL_E_USAGE: there is none. Close it in any case. */
int study_open(struct study *study, const struct study_options *options, struct dl_error *err);
void study_close(struct study *study);

/* Another sample; past the last one nothing happens. */
void study_show(struct study *study, size_t index);

/* The text of the sample, as it is now, and whether a person changed it. */
struct dl_text study_text(const struct study *study);
bool study_is_edited(const struct study *study);

/* Runs another text in the place of the sample; NULL: the sample itself again. What its test says
 * about service and tags stays, its result is not compared. */
int study_edit(struct study *study, const char *text, struct dl_error *err);

/* Which row is to blame for a difference of the outcome, or NULL; and whether a row is for any. */
const struct dl_trace_row *study_suspect(const struct study *study, size_t difference);
bool study_blames(const struct study *study, const struct dl_trace_row *row);

/* As dl_trace_rules, found out once. */
const struct dl_trace_rule *study_rules(struct study *study, const struct dl_trace_step *step);

#endif
