/* A log pipeline as Datadog runs it: read once from an asset, then applied to logs. */
#ifndef DL_PIPELINE_PIPELINE_H
#define DL_PIPELINE_PIPELINE_H

#include "base/error.h"
#include "pipeline/log.h"
#include "pipeline/value.h"

#define DL_PIPELINE_BYTES_MAX (8 * 1024 * 1024) /* largest asset */
#define DL_PIPELINE_LOG_MAX (64 * 1024 * 1024)  /* most memory of one log on its way */

/* X(symbol, type in assets): what a processor does. */
#define DL_PROCESSOR_TABLE(X)                                                                      \
    X(ATTRIBUTE, "attribute-remapper")                                                             \
    X(GROK, "grok-parser")                                                                         \
    X(PIPELINE, "pipeline")                                                                        \
    X(DATE, "date-remapper")                                                                       \
    X(STRING_BUILDER, "string-builder-processor")                                                  \
    X(STATUS, "status-remapper")                                                                   \
    X(CATEGORY, "category-processor")                                                              \
    X(LOOKUP, "lookup-processor")                                                                  \
    X(MESSAGE, "message-remapper")                                                                 \
    X(GEO_IP, "geo-ip-parser")                                                                     \
    X(SERVICE, "service-remapper")                                                                 \
    X(USER_AGENT, "user-agent-parser")                                                             \
    X(URL, "url-parser")                                                                           \
    X(ARITHMETIC, "arithmetic-processor")                                                          \
    X(ARRAY, "array-processor")                                                                    \
    X(ARRAY_MAP, "array-map-processor")                                                            \
    X(SCHEMA, "schema-processor")                                                                  \
    X(SCHEMA_REMAPPER, "schema-remapper")                                                          \
    X(SCHEMA_CATEGORY, "schema-category-mapper")                                                   \
    X(TRACE_ID, "trace-id-remapper")                                                               \
    X(SPAN_ID, "span-id-remapper")                                                                 \
    X(DECODER, "decoder-processor")                                                                \
    X(EXCLUDE, "exclude-attribute")                                                                \
    X(THREAT_INTEL, "threat-intel-processor")

enum dl_processor_kind {
#define DL_PROCESSOR_ENUM(symbol, type) DL_PROCESSOR_##symbol,
    DL_PROCESSOR_TABLE(DL_PROCESSOR_ENUM)
#undef DL_PROCESSOR_ENUM
        DL_PROCESSOR_KINDS
};

/* What a processor did with a log. */
enum dl_outcome {
    DL_OUTCOME_APPLIED,
    DL_OUTCOME_DISABLED,
    DL_OUTCOME_NO_SOURCE, /* nothing to work on */
    DL_OUTCOME_NO_MATCH,  /* no rule, category, line or filter fits */
    DL_OUTCOME_INVALID,   /* what is there cannot be used: no number, no date */
    DL_OUTCOME_LIMIT,     /* a rule met its limit of steps */
    DL_OUTCOME_NOT_RUN    /* needs data that is not here (threat intelligence) */
};

struct dl_pipeline;
struct dl_processor;

/* Told after every processor, nested ones before the pipeline that holds them. detail: the rule or
 * category that fit, or "". */
typedef void dl_pipeline_step(void *context, const struct dl_processor *processor,
                              enum dl_outcome outcome, struct dl_text detail,
                              const struct dl_pipeline_log *log);

/* From the text of an asset (YAML as partners export it, or JSON as the public API has it).
 * -DL_E_VALUE: "LINE: what is wrong". Free it. */
int dl_pipeline_read(struct dl_pipeline **out, const char *text, size_t len, struct dl_error *err);
void dl_pipeline_free(struct dl_pipeline *pipeline);

/* Applies it. The top filter is left aside where `granted`. step may be NULL. False: the filter did
 * not take the log. */
bool dl_pipeline_run(const struct dl_pipeline *pipeline, struct dl_pipeline_log *log, bool granted,
                     dl_pipeline_step *step, void *context);

/* The asset: its id, the name in the top filter's source:, the whole document. */
struct dl_text dl_pipeline_id(const struct dl_pipeline *pipeline);
struct dl_text dl_pipeline_source(const struct dl_pipeline *pipeline);
const struct dl_value *dl_pipeline_document(const struct dl_pipeline *pipeline);

/* The processors in their order; nested ones by the pipeline that holds them (NULL: the top). */
const struct dl_processor *dl_pipeline_first(const struct dl_pipeline *pipeline,
                                             const struct dl_processor *parent);
const struct dl_processor *dl_processor_next(const struct dl_processor *processor);
enum dl_processor_kind dl_processor_kind(const struct dl_processor *processor);
const char *dl_processor_type(const struct dl_processor *processor);
struct dl_text dl_processor_name(const struct dl_processor *processor);
int dl_processor_line(const struct dl_processor *processor);
const struct dl_grok *dl_processor_grok(const struct dl_processor *processor); /* or NULL */

/* The text that a grok parser reads of this log; false: there is none. */
bool dl_processor_grok_input(const struct dl_processor *processor,
                             const struct dl_pipeline_log *log, struct dl_text *out);

#endif
