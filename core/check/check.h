/* The staged test: proxy, DNS, TCP, TLS, key, one log, a mixed batch, the same as zstd.
 * Lives on a dl_http loop; never blocks; always ends with a verdict. */
#ifndef DL_CHECK_CHECK_H
#define DL_CHECK_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/json.h"
#include "identity/config.h"
#include "identity/integration.h"
#include "net/http.h"
#include "net/proxy.h"
#include "secret/key.h"

/* X(symbol, name in JSON, label on screens) in the order they run. A check has those from PROXY to
 * QUALITY, or some of them; the others are about this machine and the same for all sites
 * (check/doctor.h). */
#define DL_STAGE_TABLE(X)                                                                          \
    X(CONFIG, "config", "Configuration")                                                           \
    X(SOURCE, "source", "Key source")                                                              \
    X(PROXY, "proxy", "Proxy")                                                                     \
    X(DNS, "dns", "DNS")                                                                           \
    X(TCP, "tcp", "TCP")                                                                           \
    X(TLS, "tls", "TLS")                                                                           \
    X(CLOCK, "clock", "Clock")                                                                     \
    X(KEY, "key", "Key")                                                                           \
    X(INTAKE, "intake", "Intake")                                                                  \
    X(LOG, "log", "Send 1 log")                                                                    \
    X(BATCH, "batch", "Send batch")                                                                \
    X(ZSTD, "zstd", "Send as zstd")                                                                \
    X(LARGE, "large", "Large bodies")                                                              \
    X(QUALITY, "quality", "Path quality")                                                          \
    X(STATE, "state", "Sender state")                                                              \
    X(PLAN, "plan", "Sender now")

enum dl_stage {
#define DL_STAGE_ENUM(symbol, name, label) DL_STAGE_##symbol,
    DL_STAGE_TABLE(DL_STAGE_ENUM)
#undef DL_STAGE_ENUM
        DL_STAGE_COUNT
};

/* Sets of stages. */
#define DL_STAGE_BIT(stage) (1u << (stage))
#define DL_STAGES_REACH                                                                            \
    (DL_STAGE_BIT(DL_STAGE_PROXY) | DL_STAGE_BIT(DL_STAGE_DNS) | DL_STAGE_BIT(DL_STAGE_TCP) |      \
     DL_STAGE_BIT(DL_STAGE_TLS))
#define DL_STAGES_KEY (DL_STAGES_REACH | DL_STAGE_BIT(DL_STAGE_KEY))
#define DL_STAGES_SEND                                                                             \
    (DL_STAGE_BIT(DL_STAGE_LOG) | DL_STAGE_BIT(DL_STAGE_BATCH) | DL_STAGE_BIT(DL_STAGE_ZSTD))
#define DL_STAGES_TEST (DL_STAGES_KEY | DL_STAGES_SEND)
#define DL_STAGES_DOCTOR                                                                           \
    (DL_STAGES_KEY | DL_STAGE_BIT(DL_STAGE_CLOCK) | DL_STAGE_BIT(DL_STAGE_INTAKE))
#define DL_STAGES_DEEP (DL_STAGE_BIT(DL_STAGE_LARGE) | DL_STAGE_BIT(DL_STAGE_QUALITY))
#define DL_STAGES_MACHINE                                                                          \
    (DL_STAGE_BIT(DL_STAGE_CONFIG) | DL_STAGE_BIT(DL_STAGE_SOURCE) |                               \
     DL_STAGE_BIT(DL_STAGE_STATE) | DL_STAGE_BIT(DL_STAGE_PLAN))

enum dl_result {
    DL_RESULT_WAIT,
    DL_RESULT_RUN,
    DL_RESULT_PASS,
    DL_RESULT_WARN,
    DL_RESULT_FAIL,
    DL_RESULT_SKIP
};

#define DL_EVIDENCE_MAX 20

struct dl_evidence {
    char name[32];   /* "issuer", "address"; a second one of a name is "address 2" */
    char value[512]; /* scrubbed */
};

struct dl_stage_report {
    enum dl_stage stage;
    enum dl_result result;
    int64_t ms;        /* time the stage took; while it runs, time so far */
    enum dl_code code; /* DL_OK unless WARN or FAIL */
    char message[512]; /* one line: "datadoghq.eu -> 2 addresses" */
    struct dl_evidence evidence[DL_EVIDENCE_MAX];
    size_t evidence_count;
};

#define DL_SHOWN_MAX 2
#define DL_SHOWN_ROWS_MAX 32

struct dl_shown_row {
    char name[96];   /* "status"; attributes as "@http.method" */
    char value[256]; /* a text as it is, all else as JSON; cut and scrubbed */
};

/* What the Log Explorer would show of a test log, as a local intake with a pipeline tells it. */
struct dl_shown {
    const char *of; /* which log, in words */
    bool not_taken; /* the pipeline's filter did not take it */
    bool cut;       /* there are more rows */
    struct dl_shown_row rows[DL_SHOWN_ROWS_MAX];
    size_t row_count;
};

struct dl_check_options {
    const struct dl_config *config;           /* all kept by the caller until the check is freed */
    const struct dl_integration *integration; /* NULL: reachability alone */
    const struct dl_key *key;                 /* NULL: stages that need one are skipped */
    const char *key_reason;                   /* why there is none, or NULL */
    const struct dl_proxy_environment *environment;
    const char *hostname;
    unsigned stages;      /* a set: DL_STAGES_REACH, DL_STAGES_KEY, DL_STAGES_TEST, ... */
    bool families;        /* IPv4 and IPv6 are tried each by itself, too */
    const char *resolver; /* servers of resolv.conf, for evidence; or NULL */
    int total_ms;         /* 0: 30000, and more for large bodies and path quality */
    /* The configuration asks for its encoding by name: where that is zstd and it is not taken, the
     * check fails instead of falling back to gzip. False while setting up. */
    bool encoding_fixed;
    void (*changed)(void *context); /* a report changed; may be NULL. Must not free the check */
    void *context;
};

struct dl_check;

/* Names of a stage and of a result ("pass"). */
const char *dl_stage_name(enum dl_stage stage);
const char *dl_stage_label(enum dl_stage stage);
const char *dl_result_name(enum dl_result result);

/* The next steps of a report, one a call from index 0, with host, port and address of what was met
 * put in. False past the last. */
bool dl_stage_next(const struct dl_stage_report *report, size_t index, char *to, size_t size);

/* The object of one stage, as a value into an open writer. */
void dl_stage_json(const struct dl_stage_report *report, struct dl_json *w);

/* Begins; the first result may be there at once. -DL_E_VALUE when the configuration has no site and
 * no endpoint or an unusable one. */
int dl_check_start(struct dl_check **out, struct dl_http *http,
                   const struct dl_check_options *options, struct dl_error *err);
void dl_check_free(struct dl_check *check); /* cancels what runs; NULL is fine */

/* Timers: call after every dl_http_poll. Milliseconds until it wants to be called again. */
int dl_check_step(struct dl_check *check);

bool dl_check_done(const struct dl_check *check);
bool dl_check_has(const struct dl_check *check, enum dl_stage stage);
const struct dl_stage_report *dl_check_report(const struct dl_check *check, enum dl_stage stage);

/* After it is done: 0 when no stage failed; else the negative code of the first failure, in err. */
int dl_check_verdict(const struct dl_check *check, struct dl_error *err);

const char *dl_check_test_id(const struct dl_check *check);
uint64_t dl_check_accepted(const struct dl_check *check); /* logs accepted so far */
/* Of the test log and of the manifest's first sample; 0 of them where the intake runs no pipeline.
 */
size_t dl_check_shown_count(const struct dl_check *check);
const struct dl_shown *dl_check_shown(const struct dl_check *check, size_t index);
enum dl_encoding
dl_check_encoding(const struct dl_check *check); /* zstd if it was accepted, else gzip */

/* The array of stages as JSON values ("stages" of the schema), into an open writer. */
void dl_check_json(const struct dl_check *check, struct dl_json *w);

#endif
