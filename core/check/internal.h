/* What the files of this room share: the check itself and the report of its stages.
 *
 * check.c     order, deadlines, verdict        probe.c     proxy, DNS, TCP, TLS
 * stage.c     table, reports, JSON             key_stage.c validate, organisation, clock
 * date.c      dates of headers, certificates   send.c      one log, mixed batch, zstd
 * test_log.c  the logs
 *
 * Callbacks of transfers and of the sender only write into reports; stages are entered and left in
 * dl_check_step() alone, so that nothing is started or freed inside a callback of net or sender. */
#ifndef DL_CHECK_INTERNAL_H
#define DL_CHECK_INTERNAL_H

#include "check/check.h"
#include "check/target.h"
#include "net/endpoint.h"
#include "sender/sender.h"

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
    bool look_wanted;                  /* probe.c: the first one was refused for its certificate */
    bool asking_organisation;          /* key_stage.c: v2/validate runs */
    bool organisation_wanted;          /* key_stage.c: v1/validate was fine */
    enum dl_result outcome;            /* of the stage, kept while a second request runs */
    struct dl_error outcome_error;
    char outcome_message[512];

    struct dl_sender *sender;   /* send.c: of the stage that runs */
    struct dl_config *sending;  /* send.c: the configuration with this stage's encoding */
    struct dl_error send_error; /* send.c: the first request that was not accepted */
    uint64_t sent;              /* send.c: logs given to the sender */
    int64_t answer_ms;
    long answer_status;
    size_t sent_bytes, sent_wire;

    char test_id[24];
    uint64_t accepted;
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
/* True when the stage has its result. */
bool dl_stage_settled(const struct dl_stage_report *report);
/* Request line, status, address and the first bytes of the answer. */
void dl_stage_answer(struct dl_stage_report *report, const char *method, const char *origin,
                     const char *path, const struct dl_http_answer *answer);

/* ---- check.c ---- */

/* Marks the stage as the one that runs, with its deadline. */
void dl_check_enter(struct dl_check *check, enum dl_stage stage);
/* Fills in what every request of the check has in common. */
void dl_check_request(const struct dl_check *check, struct dl_http_request *request);
void dl_check_cancel_transfer(struct dl_check *check);

/* ---- the stages: begin starts work, the callbacks settle, late is the deadline's verdict ---- */

void dl_probe_proxy(struct dl_check *check);
void dl_probe_begin(struct dl_check *check);
void dl_probe_look(struct dl_check *check); /* second handshake, when look_wanted */
void dl_probe_late(struct dl_check *check, int seconds);

void dl_key_stage_begin(struct dl_check *check);
void dl_key_stage_organisation(struct dl_check *check); /* v2, when organisation_wanted */
void dl_key_stage_late(struct dl_check *check, int seconds);

void dl_send_begin(struct dl_check *check, enum dl_stage stage);
int dl_send_step(struct dl_check *check); /* as dl_sender_step */
void dl_send_late(struct dl_check *check, int seconds);
void dl_send_end(struct dl_check *check);

/* ---- date.c ---- */

/* "Sun, 06 Nov 1994 08:49:37 GMT" of headers (RFC 9110, 5.6.7) and "Nov  6 08:49:37 1994 GMT" of
 * certificates, in any locale. Milliseconds since 1970. */
bool dl_date_parse(const char *text, int64_t *wall_ms);

/* "7 minutes", "3 hours", "2 days": the largest unit that fits. */
void dl_date_span(int64_t ms, char *to, size_t size);

#endif
