/* What the files of this room share: the check itself and the report of its stages.
 *
 * check.c       order, deadlines, verdict        probe.c        proxy, DNS, TCP, TLS
 * stage.c       table, reports, JSON             family.c       IPv4 and IPv6 apart
 * date.c        dates of headers, certificates   tls_stage.c    certificates in words
 * test_log.c    the logs                         clock_stage.c  the clock against a Date
 * intake_stage.c an object without a log         key_stage.c    validate, organisation
 * large_stage.c large ones                       send.c         one log, mixed batch, zstd
 * path_stage.c  many rounds             shown.c        test logs as a pipeline makes them
 *
 * Callbacks of transfers and of the sender only write into reports; stages are entered and left in
 * dl_check_step() alone, so that nothing is started or freed inside a callback of net or sender. */
#ifndef DL_CHECK_INTERNAL_H
#define DL_CHECK_INTERNAL_H

#include "check/check.h"
#include "check/target.h"
#include "net/endpoint.h"
#include "sender/sender.h"

struct dl_check;

/* A further request of the stage that runs. */
typedef void dl_check_more(struct dl_check *check);

/* The peer by the addresses of one family. */
struct dl_family {
    struct dl_check *check;
    enum dl_http_family family;
    struct dl_http_transfer *transfer; /* the one that runs, or NULL */
    bool dialling, over;
    int64_t deadline;
    size_t count;      /* addresses */
    char first[64];    /* the one that is dialled */
    char list[400];    /* all, for people */
    enum dl_code code; /* why it could not be dialled, DL_OK: it could, or was not tried */
    char outcome[128]; /* "connected in 3 ms" */
};

/* Requests of one kind after another. */
#define DL_ROUNDS_MAX 16
struct dl_rounds {
    size_t done, failed, reused;
    int64_t ms[DL_ROUNDS_MAX]; /* of those that were answered */
    struct dl_error first;     /* failure */
    char *body;                /* of the one that runs; freed with the stage */
};

struct dl_check {
    struct dl_http *http;
    struct dl_check_options options;
    struct dl_endpoint endpoint;
    struct dl_proxy proxy, api_proxy; /* for the intake and for the API */
    struct dl_target intake;          /* host and port of the intake */
    struct dl_target peer;            /* what DNS and TCP are about: proxy, connect_to or intake */

    struct dl_stage_report reports[DL_STAGE_COUNT];
    enum dl_stage current; /* DL_STAGE_COUNT: done */
    int64_t started, stage_started, stage_deadline;
    struct dl_error failure; /* of the first stage that failed */

    struct dl_http_transfer *transfer; /* the one that runs, or NULL */
    bool looking;                      /* probe.c: second handshake, to name the certificate */
    bool asking_organisation;          /* key_stage.c: v2/validate runs */
    dl_check_more *more;    /* what the stage that runs does next, out of callbacks; or NULL */
    enum dl_result outcome; /* of the stage, kept while a second request runs */
    struct dl_error outcome_error;
    char outcome_message[512];

    struct dl_sender *sender;   /* send.c: of the stage that runs */
    struct dl_config *sending;  /* send.c: the configuration with this stage's encoding */
    struct dl_error send_error; /* send.c: the first request that was not accepted */
    uint64_t sent;              /* send.c: logs given to the sender */
    int64_t answer_ms;
    long answer_status;
    size_t sent_bytes, sent_wire;

    struct dl_family families[2]; /* family.c */
    bool families_told;           /* what they found is in the reports, or was not asked for */
    struct dl_rounds rounds;      /* intake_stage.c, path_stage.c */

    char test_id[24];
    uint64_t accepted;
    struct dl_shown shown[DL_SHOWN_MAX]; /* shown.c */
    size_t shown_count;
    bool zstd_accepted;
};

/* ---- stage.c: reports ---- */

/* Adds what was seen; scrubbed. A name that is there already gets a number, so that names stay
 * unique; what does not fit any more is left out. */
void dl_stage_evidence(struct dl_stage_report *report, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The same with foreign bytes. */
void dl_stage_evidence_bytes(struct dl_stage_report *report, const char *name, const char *bytes,
                             size_t len);
/* Result and message; ms < 0: the time since the stage began. Calls options.changed. */
void dl_stage_settle(struct dl_check *check, enum dl_stage stage, enum dl_result result, int64_t ms,
                     const char *format, ...) __attribute__((format(printf, 5, 6)));
/* The same for a failure (or a warning): code and sentence from err. */
void dl_stage_fail(struct dl_check *check, enum dl_stage stage, enum dl_result result, int64_t ms,
                   const struct dl_error *err);
/* The same for a report that is of no check: scrubbed, and nobody is called. */
void dl_stage_put(struct dl_stage_report *report, enum dl_result result, int64_t ms,
                  const char *message);
void dl_stage_put_error(struct dl_stage_report *report, enum dl_result result, int64_t ms,
                        const struct dl_error *err);
/* True when the stage has its result. */
bool dl_stage_settled(const struct dl_stage_report *report);
/* Host, port, proxy and site of the intake: what next steps name. */
void dl_stage_peer(const struct dl_check *check, struct dl_stage_report *report);
/* Request line, status, address and the first bytes of the answer. */
void dl_stage_answer(struct dl_stage_report *report, const char *method, const char *origin,
                     const char *path, const struct dl_http_answer *answer);

/* ---- check.c ---- */

/* Marks the stage as the one that runs, with its deadline. */
void dl_check_enter(struct dl_check *check, enum dl_stage stage);
/* Lets the stage that runs do this next, within so many milliseconds. */
void dl_check_continue(struct dl_check *check, dl_check_more *more, int ms);
/* Fills in what every request of the check has in common. */
void dl_check_request(const struct dl_check *check, struct dl_http_request *request);
void dl_check_cancel_transfer(struct dl_check *check);

/* ---- the stages: begin starts work, the callbacks settle, late is the deadline's verdict ---- */

void dl_probe_proxy(struct dl_check *check);
void dl_probe_begin(struct dl_check *check);
void dl_probe_late(struct dl_check *check, int seconds);

/* "private", "public", "this machine", "link-local"; "" for what is no address. */
const char *dl_family_scope(const char *address);
/* Beside the stages from DNS on; told once TCP has its result and both families have theirs. */
void dl_family_begin(struct dl_check *check);
int dl_family_step(struct dl_check *check); /* milliseconds, -1: nothing to wait for */
void dl_family_end(struct dl_check *check);

/* What the certificates say, as evidence. */
void dl_tls_stage_evidence(struct dl_stage_report *report, const struct dl_http_answer *answer);
void dl_tls_stage_pass(struct dl_check *check, const struct dl_http_answer *answer, int64_t ms);
/* The sentence of a certificate that was refused, by who it is from and for. */
void dl_tls_stage_sentence(const struct dl_check *check, const struct dl_http_answer *answer,
                           struct dl_error *err);

void dl_clock_stage_begin(struct dl_check *check);
void dl_clock_stage_late(struct dl_check *check, int seconds);
/* Compares the clock with the Date header: DL_OK, DL_E_CLOCK or DL_E_CLOCK_FAR with a sentence. */
enum dl_code dl_clock_stage_judge(struct dl_stage_report *report, const char *date, char *sentence,
                                  size_t size);

void dl_key_stage_begin(struct dl_check *check);
void dl_key_stage_late(struct dl_check *check, int seconds);

/* POSTs an object that holds no log. encoding NULL: none. body is kept until `done`. */
int dl_intake_stage_post(struct dl_check *check, const char *body, size_t len, const char *encoding,
                         dl_http_done *done, struct dl_error *err);
void dl_intake_stage_begin(struct dl_check *check);
void dl_intake_stage_late(struct dl_check *check, int seconds);
void dl_large_stage_begin(struct dl_check *check);
void dl_large_stage_late(struct dl_check *check, int seconds);

void dl_path_stage_begin(struct dl_check *check);
void dl_path_stage_late(struct dl_check *check, int seconds);

void dl_send_begin(struct dl_check *check, enum dl_stage stage);
int dl_send_step(struct dl_check *check); /* as dl_sender_step */
void dl_send_late(struct dl_check *check, int seconds);
void dl_send_end(struct dl_check *check);

/* Keeps what the answer to test logs says of the Log Explorer, if it does. */
void dl_shown_take(struct dl_check *check, const struct dl_http_answer *answer);

/* ---- date.c ---- */

/* "Sun, 06 Nov 1994 08:49:37 GMT" of headers (RFC 9110, 5.6.7) and "Nov  6 08:49:37 1994 GMT" of
 * certificates, in any locale. Milliseconds since 1970. */
bool dl_date_parse(const char *text, int64_t *wall_ms);

/* "7 minutes", "3 hours", "2 days": the largest unit that fits. */
void dl_date_span(int64_t ms, char *to, size_t size);

#endif
