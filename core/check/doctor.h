/* The doctor: everything between a log and Datadog, for one site or all nine at once, each stage
 * with its evidence. Stages about this machine (configuration, key source, spool, what the sender
 * would do) are there once, those about the network once a site. Lives on a dl_http loop. */
#ifndef DL_CHECK_DOCTOR_H
#define DL_CHECK_DOCTOR_H

#include <stdbool.h>
#include <stddef.h>

#include "check/check.h"
#include "identity/site.h"

/* Everything is kept by the caller until the doctor is freed. */
struct dl_doctor_options {
    const struct dl_config *config;      /* effective; its site may be NULL where `all` */
    const struct dl_config *saved;       /* as the file has it, or NULL */
    const char *config_path;             /* of the file, there or not; NULL: none is looked for */
    const struct dl_error *config_error; /* why the file is not used; DL_OK: it is, or none */
    const struct dl_integration *integration; /* NULL: none; nothing is sent then */
    const struct dl_key *key;                 /* NULL: stages that need one are skipped */
    const char *key_place;                    /* "DD_API_KEY", "keyring", ... */
    const struct dl_error *key_error;         /* why there is none; DL_OK: none was asked for */
    const struct dl_proxy_environment *environment;
    const char *hostname;
    const char *resolver; /* servers of resolv.conf, "10.0.0.1, 10.0.0.2"; NULL: not known */
    bool all;             /* the nine sites instead of the configuration's */
    bool send, deep;      /* test logs; large bodies and path quality */
    int total_ms;         /* for each site, 0: 30000 */
    void (*changed)(void *context); /* a report changed; may be NULL. Must not free the doctor */
    void *context;
};

/* One site of the table. */
struct dl_doctor_row {
    const struct dl_site *site;                            /* NULL: an endpoint without a site */
    const char *name;                                      /* "EU1", or the endpoint */
    const struct dl_stage_report *reports[DL_STAGE_COUNT]; /* NULL: not a stage of this run */
};

/* What there is to show, at any time; valid until the doctor is freed. */
struct dl_doctor_table {
    const struct dl_stage_report *machine[DL_STAGE_COUNT]; /* NULL: not a stage of the machine */
    struct dl_doctor_row rows[DL_SITE_COUNT];
    size_t row_count;
};

struct dl_doctor;

/* Begins. -DL_E_USAGE when there is neither a site nor an endpoint. */
int dl_doctor_start(struct dl_doctor **out, struct dl_http *http,
                    const struct dl_doctor_options *options, struct dl_error *err);
void dl_doctor_free(struct dl_doctor *doctor); /* cancels what runs; NULL is fine */

/* Timers: call after every dl_http_poll. Milliseconds until it wants to be called again. */
int dl_doctor_step(struct dl_doctor *doctor);
bool dl_doctor_done(const struct dl_doctor *doctor);
const struct dl_doctor_table *dl_doctor_table(const struct dl_doctor *doctor);

/* The report that stands for a site or the machine: its first failure, else its first warning,
 * else NULL. */
const struct dl_stage_report *dl_doctor_cause(const struct dl_stage_report *const *reports);

/* The worst failure of all: one that needs a person before one that may pass by itself, then the
 * higher exit code, then the first. NULL: nothing failed. Warnings are none. */
const struct dl_stage_report *dl_doctor_worst(const struct dl_doctor_table *table);

/* Whether the code is worse than the other (DL_OK: none), in that order. */
bool dl_doctor_is_worse(enum dl_code code, enum dl_code other);

/* "machine" (stages) and "sites" ({site, ok, code, ms, stages}) as members of an open object. */
void dl_doctor_json(const struct dl_doctor_table *table, struct dl_json *w);

#endif
