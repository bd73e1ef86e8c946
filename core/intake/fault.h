/* Faults: how the intake is told to misbehave.
 *
 *     KIND[=VALUE][@[HOST]/PATH][*COUNT][:PERCENT%]
 *
 * @ limits a fault to one path (and host), * to the first COUNT requests it meets, : to a share of
 * them, drawn from the seed and the number of the request, so that a run can be repeated. Several
 * faults work together: each that applies changes the answer further, in the order given. */
#ifndef DL_INTAKE_FAULT_H
#define DL_INTAKE_FAULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* X(symbol, name, value, type of the value, least, most, what happens).
 * A type with _OR_NONE may stand without a value. --help and ddlogs(1) show this table. */
#define DL_INTAKE_FAULT_TABLE(X)                                                                   \
    X(STATUS, "status", "CODE", NUMBER, 200, 599,                                                  \
      "answer CODE with its documented body; from 300 on nothing is accepted")                     \
    X(DELAY, "delay", "TIME", TIME, 0, 3600000, "wait before the answer: 200ms, 3s")               \
    X(HANG, "hang", "", NONE, 0, 0, "accept, then never answer")                                   \
    X(DROP, "drop", "", NONE, 0, 0, "close without accepting and without an answer")               \
    X(CUT, "cut", "BYTES", NUMBER, 0, 5000000,                                                     \
      "reset the connection after BYTES of the request's body; nothing is accepted")               \
    X(CLOSE, "close", "BYTES", NUMBER_OR_NONE, 0, 1000000,                                         \
      "accept, close after BYTES (0) of the answer")                                               \
    X(RESET, "reset", "BYTES", NUMBER_OR_NONE, 0, 1000000,                                         \
      "accept, reset the connection after BYTES (0) of the answer")                                \
    X(SLOW, "slow", "RATE", NUMBER, 1, 1000000, "answer at RATE bytes a second")                   \
    X(HTML, "html", "CODE", NUMBER_OR_NONE, 200, 599,                                              \
      "a web page with CODE (200), as a captive portal; nothing is accepted")                      \
    X(REDIRECT, "redirect", "URL", TEXT, 0, 0, "302 to URL; nothing is accepted")                  \
    X(RETRY_AFTER, "retry-after", "TEXT", TEXT, 0, 0,                                              \
      "the header Retry-After: TEXT; 429 unless a status is given before it")                      \
    X(BODY, "body", "TEXT", TEXT, 0, 0, "TEXT as the body of the answer; body= for an empty one")  \
    X(HEADER, "header", "NAME: TEXT", TEXT, 0, 0, "one further header in the answer")              \
    X(DATE, "date", "TIME", TIME, -3155760000000, 3155760000000,                                   \
      "a Date header that is off by TIME: -2h, 10m")                                               \
    X(RUBBISH, "rubbish", "", NONE, 0, 0, "an answer that is not HTTP; nothing is accepted")       \
    X(ENDLESS, "endless", "", NONE, 0, 0, "an answer whose body never ends")                       \
    X(HEADERS, "headers", "", NONE, 0, 0, "an answer whose headers never end")                     \
    X(CONTINUE, "continue", "COUNT", NUMBER, 1, 1000000, "COUNT answers 100 before the answer")    \
    X(BOMB, "bomb", "BYTES", NUMBER, 1, 1000000000, "a gzip body that inflates to BYTES")          \
    X(ECHO_KEY, "echo-key", "", NONE, 0, 0,                                                        \
      "403 with the received key in reason, header and body, to test redaction")                   \
    X(POISON, "poison", "TEXT", TEXT, 0, 0,                                                        \
      "400 for a body that holds TEXT, packed or not; nothing of it is accepted")                  \
    X(TLS, "tls", "VERSION", TEXT, 0, 0, "offer this TLS version alone: 1.0, 1.1, 1.2, 1.3")

enum dl_intake_fault_kind {
#define DL_FAULT_ENUM(symbol, name, value, type, least, most, help) DL_FAULT_##symbol,
    DL_INTAKE_FAULT_TABLE(DL_FAULT_ENUM)
#undef DL_FAULT_ENUM
        DL_FAULT_COUNT
};

struct dl_intake_fault {
    enum dl_intake_fault_kind kind;
    int64_t number;  /* NUMBER, TIME in milliseconds */
    char text[1024]; /* TEXT */
    char host[256];  /* "" for all */
    char path[256];  /* "" for all */
    uint64_t left;   /* how often it still applies */
    double share;    /* 0 to 1 */
};

/* What is to be done with one request. */
struct dl_intake_plan {
    bool any;   /* a fault applies */
    int status; /* 0: what the request deserves */
    int64_t delay_ms;
    int64_t request_cut; /* bytes of body, -1: none */
    int64_t answer_cut;  /* bytes of answer, -1: none */
    int64_t date_ms;
    uint32_t rate, continues, bomb;
    bool hang, drop, reset, html, has_body, rubbish, endless, headers, echo_key;
    const char *redirect, *retry_after, *body, *header, *poison; /* of the faults */
};

/* Reads one description. -DL_E_VALUE says what is wrong and names the nearest kind. */
int dl_intake_fault_parse(struct dl_intake_fault *out, const char *text, struct dl_error *err);

/* Asks each fault whether it applies to this request and counts it down. */
void dl_intake_fault_plan(struct dl_intake_plan *out, struct dl_intake_fault *faults, size_t count,
                          uint64_t seed, uint64_t request, const char *host, const char *path);

/* True if the plan needs the answer written by hand instead of by the HTTP library. */
bool dl_intake_plan_is_raw(const struct dl_intake_plan *plan);

#endif
