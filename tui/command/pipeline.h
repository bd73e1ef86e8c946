/* What the files of `ddlogs pipeline` share. */
#ifndef DL_TUI_COMMAND_PIPELINE_H
#define DL_TUI_COMMAND_PIPELINE_H

#include "command/command.h"
#include "command/result.h"
#include "pipeline/assets.h"
#include "pipeline/lint.h"
#include "pipeline/pipeline.h"
#include "pipeline/suite.h"

/* One run of the command; words are those behind the verb. */
struct pipeline_job {
    struct program *program;
    struct result result;
    const char *const *words;
    size_t word_count;
};

/* Each is the end of the command: prints, and returns the exit code. */
int pipeline_test(struct pipeline_job *job);
int pipeline_run(struct pipeline_job *job);
int pipeline_explain(struct pipeline_job *job);
int pipeline_lint(struct pipeline_job *job);
int pipeline_convert(struct pipeline_job *job);

/* The full-screen stepper, begun at the sample or, where that is NULL, at the first test.
 * *exit_code is set where 0 is returned; -DL_E_TERM: there is no screen to be had, nothing was
 * begun. */
int pipeline_explain_screen(const struct pipeline_job *job, int *exit_code, struct dl_error *err);

/* Reads a pipeline's file; -DL_E_PIPELINE with "FILE: line N: what is wrong". */
int pipeline_load(struct dl_pipeline **out, const char *path, struct dl_error *err);

/* Looks at a pipeline and its tests. Free *out. Links are followed where `follow`. */
int pipeline_lint_pair(struct dl_lint **out, const struct dl_asset_pair *pair, bool follow,
                       struct dl_error *err);

/* One finding, beyond its file. */
struct pipeline_finding {
    enum dl_lint_rule rule;
    char *file, *message;
    int line; /* 0: none */
    bool bypassed;
};

/* Writes them to a file as SARIF 2.1.0, bypassed ones as suppressed. */
int pipeline_sarif(const char *path, const struct pipeline_finding *findings, size_t count,
                   struct dl_error *err);

/* Reads a file of tests; its text stays in `text`. -DL_E_PIPELINE with "FILE: what is wrong". */
int pipeline_load_tests(struct dl_suite **out, struct dl_buffer *text, const char *path,
                        struct dl_error *err);

#endif
