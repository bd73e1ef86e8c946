/* Log assets by Datadog's rules: a pipeline and its tests, looked at without either being run on
 * the platform. */
#ifndef DL_PIPELINE_LINT_H
#define DL_PIPELINE_LINT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "pipeline/lint_table.h"

#define DL_LINT_KEPT_MAX 200   /* findings of one rule that are kept; all are counted */
#define DL_LINT_TESTS_MAX 1000 /* tests that are run */

/* An error would stop the review, a warning is asked about, a note is good to know. */
enum dl_lint_severity { DL_LINT_ERROR, DL_LINT_WARNING, DL_LINT_NOTE, DL_LINT_SEVERITIES };

/* What a rule is about, in the order of docs/guide/lint.md. */
enum dl_lint_area {
    DL_LINT_ASSET,
    DL_LINT_FILTER,
    DL_LINT_PROCESSOR,
    DL_LINT_OFFICIAL,
    DL_LINT_REMAPPER,
    DL_LINT_GROK,
    DL_LINT_FACET,
    DL_LINT_TEST,
    DL_LINT_BUILDER,
    DL_LINT_FORM
};

enum dl_lint_rule {
#define DL_LINT_ENUM(symbol, code, severity, area, title, fix) DL_LINT_RULE_##symbol,
    DL_LINT_TABLE(DL_LINT_ENUM)
#undef DL_LINT_ENUM
        DL_LINT_RULES
};

struct dl_lint_rule_info {
    const char *code; /* "facets-path" */
    enum dl_lint_severity severity;
    enum dl_lint_area area;
    const char *title, *fix;
};

extern const struct dl_lint_rule_info dl_lint_rules[DL_LINT_RULES];
extern const char *const dl_lint_severity_names[DL_LINT_SEVERITIES]; /* "error" */

enum dl_lint_file { DL_LINT_PIPELINE, DL_LINT_TESTS };

struct dl_lint_finding {
    enum dl_lint_rule rule;
    enum dl_lint_file file;
    int line;            /* 0: none */
    bool bypassed;       /* a comment "# bypass-global-CODE-checks" at the head of a file says so */
    const char *message; /* one line, clean; of the linter */
};

/* Both texts are read while it runs, and not later. */
struct dl_lint_input {
    const char *pipeline;
    size_t pipeline_len;
    const char *name;  /* of the pipeline's file, without folder; NULL: it has none */
    const char *tests; /* NULL: there are none */
    size_t tests_len;
};

struct dl_lint;

/* Looks at everything; what is wrong with the files is a finding. -DL_E_NOMEM. Free it. */
int dl_lint_run(struct dl_lint **out, const struct dl_lint_input *input, struct dl_error *err);
void dl_lint_free(struct dl_lint *lint); /* NULL is fine */

/* The findings by file, line and rule. */
const struct dl_lint_finding *dl_lint_findings(const struct dl_lint *lint, size_t *count);

/* How many there are of a severity, those that are not kept too; bypassed ones by themselves. */
size_t dl_lint_total(const struct dl_lint *lint, enum dl_lint_severity severity);
size_t dl_lint_bypassed(const struct dl_lint *lint);

/* Tests that were run. */
size_t dl_lint_tests_run(const struct dl_lint *lint);

#endif
