/* Tests of a pipeline: samples with the results that they are to have. */
#ifndef DL_PIPELINE_SUITE_H
#define DL_PIPELINE_SUITE_H

#include "pipeline/pipeline.h"

#define DL_SUITE_DIFFERENCES_MAX 64

/* Clock of the platform's own tests: a remapper that finds no date gives 1, the year of a date
 * without one is about 1971. */
#define DL_SUITE_NOW 31492800000 /* 1970-12-31T12:00:00Z */
#define DL_SUITE_NO_DATE 1

struct dl_difference {
    struct dl_text path;           /* "custom.http.method", "message" */
    struct dl_text expected, got;  /* as JSON; len 0: nothing */
    const struct dl_processor *by; /* the last one that changed it, NULL: none */
};

struct dl_suite_outcome {
    bool passed, blank; /* blank: no result is written down */
    size_t types;       /* numbers that are equal but of another type */
    struct dl_difference differences[DL_SUITE_DIFFERENCES_MAX];
    size_t difference_count;
};

struct dl_suite;

/* From the text of a tests file (YAML or JSON). -DL_E_VALUE names the line. Free it. */
int dl_suite_read(struct dl_suite **out, const char *text, size_t len, struct dl_error *err);
void dl_suite_free(struct dl_suite *suite);

struct dl_text dl_suite_id(const struct dl_suite *suite);
size_t dl_suite_count(const struct dl_suite *suite);
const struct dl_value *dl_suite_document(const struct dl_suite *suite);
/* The result that a test is to have, or NULL. */
const struct dl_value *dl_suite_expected(const struct dl_suite *suite, size_t test);
int dl_suite_line(const struct dl_suite *suite, size_t test);
struct dl_text dl_suite_sample(const struct dl_suite *suite, size_t test);

/* Runs one. What the outcome points at lives in the arena until its reset. */
void dl_suite_run(struct dl_suite_outcome *out, const struct dl_suite *suite, size_t test,
                  const struct dl_pipeline *pipeline, struct dl_arena *arena);

/* The log of a test, before the pipeline; and a log as a result of tests has it. */
void dl_suite_log(struct dl_pipeline_log *log, const struct dl_suite *suite, size_t test,
                  const struct dl_pipeline *pipeline, struct dl_arena *arena);
struct dl_value *dl_suite_result(const struct dl_pipeline_log *log);

/* The same as dl_suite_log with another text in the place of the sample. */
void dl_suite_log_of(struct dl_pipeline_log *log, const struct dl_suite *suite, size_t test,
                     struct dl_text sample, const struct dl_pipeline *pipeline,
                     struct dl_arena *arena);

#endif
