/* One log on its way through a pipeline, told step by step: what each processor read, wrote and
 * removed, or why it did not. For people; it lives in the log's arena, if nothing else is said. */
#ifndef DL_PIPELINE_TRACE_H
#define DL_PIPELINE_TRACE_H

#include "pipeline/suite.h"

/* X(symbol, name): official values of a log, in the order they are told. */
#define DL_OFFICIAL_TABLE(X)                                                                       \
    X(MESSAGE, "message")                                                                          \
    X(STATUS, "status")                                                                            \
    X(SERVICE, "service")                                                                          \
    X(TIMESTAMP, "timestamp")                                                                      \
    X(TRACE_ID, "trace_id")                                                                        \
    X(SPAN_ID, "span_id")                                                                          \
    X(TAGS, "tags")                                                                                \
    X(SOURCE, "source")                                                                            \
    X(HOST, "host")

enum dl_official {
#define DL_OFFICIAL_ENUM(symbol, name) DL_OFFICIAL_##symbol,
    DL_OFFICIAL_TABLE(DL_OFFICIAL_ENUM)
#undef DL_OFFICIAL_ENUM
        DL_OFFICIAL_COUNT
};

/* A log between two processors. */
struct dl_trace_state {
    const struct dl_value *attributes;
    struct dl_text official[DL_OFFICIAL_COUNT]; /* len 0: there is none */
};

/* A value that came, changed or went. */
struct dl_trace_change {
    struct dl_trace_change *next;
    bool official;
    bool had, has;              /* before, after */
    struct dl_text path;        /* "http.method", "status" */
    struct dl_text before, now; /* attributes as JSON */
};

/* A grok rule that did not match. */
struct dl_trace_rule {
    struct dl_trace_rule *next;
    struct dl_text name;
    size_t reach;        /* bytes of the text that its longest start fits */
    struct dl_text rest; /* what follows them */
};

struct dl_trace_step {
    struct dl_trace_step *next; /* in the order they ran; a nested one before what holds it */
    const struct dl_processor *processor;
    enum dl_outcome outcome;
    struct dl_text detail;           /* the rule, category or source that fit, or "" */
    struct dl_trace_state was, is;   /* the log before and after; of one that holds others: after */
    struct dl_trace_change *changes; /* none of what nested ones did */
};

/* A processor in the order of the file. */
struct dl_trace_row {
    const struct dl_processor *processor;
    unsigned depth;                   /* 0: at the top */
    const struct dl_trace_step *step; /* its first one; NULL: the log never came to it */
};

struct dl_trace {
    struct dl_pipeline_log *log; /* as it is at the end */
    bool taken;                  /* by the top filter */
    struct dl_trace_step *first, **last;
    struct dl_trace_row *rows;
    size_t row_count;
    struct dl_trace_state state;
};

/* Runs the log through the pipeline; the top filter is left aside where `granted`. The log is the
 * caller's and stays as long as the trace. -DL_E_LIMIT when it outgrows its arena, -DL_E_NOMEM. */
int dl_trace_run(struct dl_trace *trace, const struct dl_pipeline *pipeline,
                 struct dl_pipeline_log *log, bool granted, struct dl_error *err);

/* "applied", "skipped: nothing fits" */
const char *dl_outcome_text(enum dl_outcome outcome);

/* The grok rules before the one that matched, or all; NULL for other processors. It takes as long
 * as trying each start of each rule. */
struct dl_trace_rule *dl_trace_rules(const struct dl_trace *trace,
                                     const struct dl_trace_step *step);

typedef void dl_trace_each(void *context, struct dl_text path, struct dl_text value);

/* What the processor reads of the log before it; value len 0: it is not there. Queries and
 * expressions are left out. The texts live in `arena`. */
void dl_trace_reads(const struct dl_trace *trace, const struct dl_trace_step *step,
                    struct dl_arena *arena, dl_trace_each *each, void *context);

/* What the step left as it was. The texts live in `arena`. */
void dl_trace_same(const struct dl_trace_step *step, struct dl_arena *arena, dl_trace_each *each,
                   void *context);

/* The row to look at for a value that is not as it was expected: of the processor that wrote it
 * last, else of one that was to write it and did not, else of the first grok parser that did not
 * apply. NULL: nobody is to blame. */
const struct dl_trace_row *dl_trace_suspect(const struct dl_trace *trace,
                                            const struct dl_difference *difference);

#endif
