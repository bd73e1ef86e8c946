/* What the files of lint share.
 *
 * lint.c          what is looked at, in order; findings    lint_text.c   lines, heads, form
 * lint_asset.c    ids, filters, steps                      lint_option.c options of processors
 * lint_official.c remappers of official values             lint_remap.c  remappers of attributes
 * lint_grok.c     grok parsers                             lint_build.c  tables, categories, ...
 * lint_facet.c    facets                                   lint_run.c   running the tests
 * lint_value.c    what the results hold */
#ifndef DL_PIPELINE_LINT_PRIVATE_H
#define DL_PIPELINE_LINT_PRIVATE_H

#include "pipeline/lint.h"
#include "pipeline/processor.h"
#include "pipeline/set.h"
#include "pipeline/suite.h"

#define LINT_LIMITS_MAX 20 /* samples that met a limit, after which none is run */

/* A text of the assets in a message. */
#define LINT_SHOW(text) (int)((text).len < 80 ? (text).len : 80), (text).at

/* ---- the linter ---- */

/* The lines of a file. */
struct lint_lines {
    const char *text;
    size_t len;
    uint32_t *starts; /* offsets */
    size_t count;
};

/* A processor as the document has it, in its order; the first is the pipeline itself. */
struct lint_step {
    const struct dl_value *doc;
    const struct lint_step *parent; /* NULL: the top */
    enum dl_processor_kind kind;
    bool known;   /* its type is one */
    bool refused; /* an error of it is told; nothing more is said of how it is compiled */
    unsigned depth;
    size_t children, grok_children; /* right below it */
    /* what the tests did with it */
    size_t runs, applied, without_source;
    struct dl_set reached; /* names of categories, keys of lookups */
    bool counts_reached;
};

/* A facet, and what the tests' results have at its path. */
struct lint_facet {
    const struct dl_value *doc;
    struct dl_text path;
    bool is_custom; /* it has a type or facetType */
    bool seen, is_array;
    unsigned types; /* bits of enum dl_value_type */
};

struct dl_lint {
    struct dl_arena arena;   /* documents, steps, messages */
    struct dl_arena scratch; /* of one sample */
    struct dl_lint_input in;
    struct lint_lines lines[2]; /* by enum dl_lint_file */
    struct dl_value *document;
    const struct dl_value *top;
    struct dl_text id, source, title;
    struct lint_step *steps;
    size_t step_count;
    struct lint_facet *facets;
    size_t facet_count;
    struct dl_set facet_paths;    /* number: index of the facet */
    struct dl_pipeline *pipeline; /* NULL: it is not compiled */
    struct dl_suite *suite;       /* NULL: there are no tests */
    struct dl_set values;         /* paths of the results */
    size_t value_count;
    size_t disordered; /* processors whose keys are in another order, and the first one's line */
    int disordered_line;
    size_t tests_run;
    bool bypassed[DL_LINT_RULES];
    struct dl_lint_finding *findings;
    size_t count, size;
    size_t kept[DL_LINT_RULES], totals[DL_LINT_SEVERITIES], bypassed_total;
    bool failed; /* no memory: the findings are not whole */
};

void lint_find(struct dl_lint *lint, enum dl_lint_rule rule, enum dl_lint_file file, int line,
               const char *format, ...) __attribute__((format(printf, 5, 6)));

/* Forgets what is in `scratch`; want of memory in it is kept. */
void lint_scratch_reset(struct dl_lint *lint);

/* lint_text.c */
void lint_lines_read(struct dl_lint *lint, enum dl_lint_file file, const char *text, size_t len);
/* One line from 1, without its end. */
struct dl_text lint_line(const struct dl_lint *lint, enum dl_lint_file file, int line);
/* The text stands as it is below its key ("|"), so that its lines are lines of the file. */
bool lint_is_block(const struct dl_lint *lint, const struct dl_value *text);
void lint_look_at_form(struct dl_lint *lint);
/* The next line of *rest, without its end; false: there is none. */
bool lint_next_line(struct dl_text *rest, struct dl_text *line);
struct dl_text lint_trim(struct dl_text text);

/* lint_asset.c */
void lint_look_at_asset(struct dl_lint *lint);
void lint_take_steps(struct dl_lint *lint);
/* The name, or the type where there is none, for messages. */
struct dl_text lint_step_name(const struct lint_step *step);
/* The list or the one text of "sources" or "source": calls for each. */
void lint_each_source(const struct lint_step *step,
                      void (*each)(void *context, struct dl_text path), void *context);
/* The text of an option with its value for the line; NULL: it is none. */
const struct dl_value *lint_text_option(const struct lint_step *step, const char *name);
/* The line of an option, or of the processor. */
int lint_option_line(const struct lint_step *step, const char *name);

void lint_look_at_options(struct dl_lint *lint);
void lint_look_at_official(struct dl_lint *lint);
void lint_look_at_remappers(struct dl_lint *lint);
void lint_look_at_groks(struct dl_lint *lint);
void lint_look_at_builders(struct dl_lint *lint);
void lint_look_at_facets(struct dl_lint *lint);

/* lint_run.c: runs them, then tells of what was never reached. */
void lint_look_at_tests(struct dl_lint *lint);

/* lint_value.c */
void lint_values_init(struct dl_lint *lint);
/* The "custom" of one result; line: of its test. */
void lint_values_look(struct dl_lint *lint, const struct dl_value *custom, int line);
void lint_look_at_values(struct dl_lint *lint);

#endif
