/* What the files of `ddlogs integration` share. */
#ifndef DL_TUI_COMMAND_INTEGRATION_H
#define DL_TUI_COMMAND_INTEGRATION_H

#include <limits.h>

#include "command/command.h"
#include "command/result.h"
#include "identity/integration.h"
#include "pipeline/assets.h"
#include "pipeline/suite.h"

#define INTEGRATION_PAIRS_MAX 32
#define INTEGRATION_FINDINGS_MAX 1000

/* One run of the command; words are those behind the verb. */
struct integration_job {
    struct program *program;
    struct result result;
    const char *const *words;
    size_t word_count;
};

/* Each is the end of the command: prints, and returns the exit code. */
int integration_new(struct integration_job *job);
int integration_lint(struct integration_job *job);
int integration_facets(struct integration_job *job);
int integration_review(struct integration_job *job);

/* The one word that is the integration's folder, without slashes at its end. -DL_E_USAGE. */
int integration_folder(char *to, size_t size, const struct integration_job *job,
                       struct dl_error *err);

/* ---- findings ---- */

/* X(symbol, id, what Datadog asks for): what is looked at, in the order of the review page. */
#define INTEGRATION_RULE_TABLE(X)                                                                  \
    X(MANIFEST, "manifest", "The manifest can be read and names the integration")                  \
    X(SOURCE, "source", "The source is the integration's name, in lowercase, and no customer's")   \
    X(SERVICE, "service", "Services are lowercase; without one the source stands in")              \
    X(SITES, "sites", "All sites are served: no file names one of them")                           \
    X(TAGS, "tags", "Customers can add tags")                                                      \
    X(ARRAYS, "arrays", "Arrays are avoided in logs")                                              \
    X(KEYS, "keys", "No file holds what looks like a key")                                         \
    X(ASSETS, "assets", "A pipeline and its tests are there, with one id")                         \
    X(PIPELINE, "pipeline", "The pipeline can be read and takes the source's logs alone")          \
    X(OFFICIAL, "official", "Date, status and message of the logs are defined")                    \
    X(TESTS, "tests", "Every test has a result, and the pipeline gives it")                        \
    X(FACETS, "facets", "Facets are there for what the logs hold")                                 \
    X(README, "readme", "The README has a part on log collection")

enum integration_rule {
#define INTEGRATION_ENUM(symbol, id, title) INTEGRATION_##symbol,
    INTEGRATION_RULE_TABLE(INTEGRATION_ENUM)
#undef INTEGRATION_ENUM
        INTEGRATION_RULES
};

enum integration_level { INTEGRATION_ERROR, INTEGRATION_WARNING, INTEGRATION_NOTE };

struct integration_finding {
    enum integration_level level;
    enum integration_rule rule;
    char file[PATH_MAX]; /* below the folder */
    int line;            /* 0: none */
    char text[768];      /* what is wrong and how to put it right */
};

/* An integration's folder and what was found in it. Free it. */
struct integration_tree {
    char folder[PATH_MAX];
    struct dl_integration *manifest; /* NULL: it cannot be read */
    struct dl_asset_pair pairs[INTEGRATION_PAIRS_MAX];
    size_t pair_count, test_count, facet_count;
    struct integration_finding *findings;
    size_t finding_count, counts[INTEGRATION_NOTE + 1];
    char evidence[INTEGRATION_RULES][256]; /* what was seen where a rule is kept */
    struct dl_error *err;
};

extern const char *const integration_rule_ids[INTEGRATION_RULES];
extern const char *const integration_rule_titles[INTEGRATION_RULES];
extern const char *const integration_level_names[INTEGRATION_NOTE + 1];

void integration_tree_free(struct integration_tree *tree);

/* Looks at everything. A mistake in the integration is a finding; negative: it could not be looked
 * at (no folder, no memory). */
int integration_inspect(struct integration_tree *tree, const char *folder, struct dl_error *err);

/* Adds a finding about a file (its path, or "" for the folder). */
void integration_find(struct integration_tree *tree, enum integration_level level,
                      enum integration_rule rule, const char *file, int line, const char *format,
                      ...) __attribute__((format(printf, 6, 7)));

/* What stands in the way of a rule, of this level or worse. */
size_t integration_count(const struct integration_tree *tree, enum integration_rule rule,
                         enum integration_level level);

/* One pair of assets: everything about its ids, pipeline, tests and facets. */
int integration_inspect_pair(struct integration_tree *tree, const struct dl_asset_pair *pair);

/* The line (from 1) of a text that first holds what looks like a key of Datadog
 * or a token, 0: none does; -DL_E_NOMEM. The other finds what looks like any credential, too: a
 * value named "password", a private key. */
int integration_key_line(const char *text, size_t len);
int integration_credential_line(const char *text, size_t len);

/* Reads a file of the integration whole. */
int integration_read(struct dl_buffer *text, const char *path, struct dl_error *err);

/* The findings as "findings", "errors", "warnings" and "notes" of the object. */
void integration_write_findings(struct dl_json *w, const struct integration_tree *tree);

/* ---- what new writes ---- */

struct integration_draft {
    const char *name;
    char title[DL_TITLE_MAX + 1];
    const char *services[DL_SERVICES_MAX];
    size_t service_count;
    struct dl_text samples[DL_SAMPLES_MAX];
    size_t sample_count;
};

enum integration_file {
    INTEGRATION_FILE_MANIFEST,
    INTEGRATION_FILE_PIPELINE,
    INTEGRATION_FILE_TESTS,
    INTEGRATION_FILE_README,
    INTEGRATION_FILES
};

/* The files' texts, in the order above. Free each buffer; the tests' results are what the pipeline
 * gives. */
int integration_compose(struct dl_buffer files[INTEGRATION_FILES],
                        const struct integration_draft *draft, struct dl_error *err);

/* The facets that the results of a pair's tests call for and the asset lacks, an array in the
 * arena. */
int integration_propose(struct dl_value **out, struct dl_arena *arena,
                        const struct dl_pipeline *pipeline, const struct dl_suite *suite,
                        struct dl_error *err);

#endif
