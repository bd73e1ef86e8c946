/* What the files of the intake share: the server and one request on its way through it. */
#ifndef DL_INTAKE_SERVER_H
#define DL_INTAKE_SERVER_H

#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>

#include "intake/auth.h"
#include "intake/entries.h"
#include "intake/fault.h"
#include "intake/inflate.h"
#include "intake/intake.h"
#include "intake/recorder.h"

enum { DL_INTAKE_FAULTS_MAX = 128 };

struct dl_intake_request;

struct dl_intake {
    struct MHD_Daemon *daemon;
    struct MHD_Response *empty_object; /* "{}", the answer of the bench */
    uint16_t port;
    bool tls;
    int stop_fd; /* readable once the server stops */
    struct dl_intake_auth auth;
    struct dl_intake_recorder recorder;
    struct dl_intake_fault faults[DL_INTAKE_FAULTS_MAX];
    size_t fault_count;
    uint64_t seed;
    void (*log)(void *context, const char *line);
    void *context;
    pthread_mutex_t lock;            /* faults and spare requests */
    struct dl_intake_request *spare; /* finished ones, kept for their memory */
    atomic_uint_fast64_t requests, accepted_requests, logs, bytes, wire_bytes, truncated;
};

/* The words an answer is made of depend on which interface was asked. */
enum dl_intake_family { DL_FAMILY_LOGS_V2, DL_FAMILY_LOGS_V1, DL_FAMILY_API };

enum dl_intake_route {
    DL_ROUTE_NONE,
    DL_ROUTE_LOGS_V2,
    DL_ROUTE_LOGS_V1,
    DL_ROUTE_VALIDATE_V1,
    DL_ROUTE_VALIDATE_V2
};

struct dl_intake_request {
    struct dl_intake *intake;
    struct MHD_Connection *connection;
    struct dl_intake_request *next; /* in the list of spare ones */
    uint64_t number;
    int64_t begun_us;
    enum dl_intake_route route;
    enum dl_intake_family family;
    char method[16], path[128]; /* for the log: cleaned, nothing that looks like a key */
    const char *key;            /* as sent, in the library's memory; NULL: none */
    size_t wire;                /* bytes of body that came */
    int status;                 /* 0: nothing wrong so far */
    const char *detail;         /* of a status from 400 on; NULL: the usual one */
    bool is_json, finished;
    struct dl_intake_plan plan;
    struct dl_intake_inflate inflate;
    struct dl_buffer body, answer;
    struct dl_buffer explorer; /* test logs as the pipeline makes them: JSON objects */
    struct dl_intake_entries entries;
};

/* The library's callbacks (request.c). */
enum MHD_Result dl_intake_request_handle(void *intake, struct MHD_Connection *connection,
                                         const char *url, const char *method, const char *version,
                                         const char *data, size_t *size, void **state);
void dl_intake_request_completed(void *intake, struct MHD_Connection *connection, void **state,
                                 enum MHD_RequestTerminationCode why);
void dl_intake_request_free(struct dl_intake_request *request);

/* Answers with request->status by its plan (answer.c). MHD_NO: the connection is to be closed. */
enum MHD_Result dl_intake_answer(struct dl_intake_request *request);

/* Appends the documented body of a status (status.c). */
int dl_intake_status_body(struct dl_buffer *out, const struct dl_intake_request *request);
const char *dl_intake_status_phrase(int status);

/* Writes the answer by hand, with the faults the library cannot do (raw.c). */
enum MHD_Result dl_intake_raw_answer(struct dl_intake_request *request, const char *type);

/* Cuts the connection with RST. */
void dl_intake_reset(const struct dl_intake_request *request);

/* Waits until the time is over, the client is gone, or the server stops: false for the last two. */
bool dl_intake_wait(const struct dl_intake_request *request, int64_t ms);

#endif
