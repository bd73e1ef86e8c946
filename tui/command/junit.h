/* Findings in the form that build servers show (JUnit XML). */
#ifndef DL_TUI_COMMAND_JUNIT_H
#define DL_TUI_COMMAND_JUNIT_H

#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"

/* A document in the making; its first failure stays and is told by junit_write. */
struct junit {
    struct dl_buffer out;
    int status;
};

/* What a suite's head says. */
struct junit_counts {
    size_t tests, failures, skipped;
};

/* An empty piece: a document, or cases that are counted before their suite is begun. */
void junit_init(struct junit *j);
void junit_free(struct junit *j);

/* A suite with cases that were made apart. */
void junit_suite(struct junit *j, const char *name, const struct junit_counts *counts,
                 const struct junit *cases);

/* A case of the class "ddlogs.SUITE"; ms below 0: its time is not known. */
void junit_case(struct junit *j, const char *suite, const char *name, int64_t ms);
void junit_case_end(struct junit *j);

/* What a case holds, at most one of them: output; why it was skipped; its failure, with text in it.
 * Texts are cleaned, and what XML does not take is left out. */
void junit_output(struct junit *j, const char *text);
void junit_skipped(struct junit *j, const char *message);
void junit_failure(struct junit *j, const char *type, const char *message);
void junit_text(struct junit *j, const char *text, size_t len);
void junit_line_end(struct junit *j);
void junit_failure_end(struct junit *j);

/* Writes the suites into a file. -DL_E_IO names the path. */
int junit_write(const struct junit *j, const char *path, struct dl_error *err);

#endif
