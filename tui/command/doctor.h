/* What the files of `ddlogs doctor` share, and what the report asks of it. */
#ifndef DL_TUI_COMMAND_DOCTOR_H
#define DL_TUI_COMMAND_DOCTOR_H

#include <stdio.h>

#include "check/doctor.h"
#include "command/command.h"
#include "command/session.h"

/* What a doctor is asked about: everything that can be had, and why the rest cannot. */
struct doctor_case {
    struct program *program;
    struct session session;
    struct dl_http *http;
    struct dl_key *key;           /* NULL: none */
    char key_place[300];          /* "" when none was looked for */
    struct dl_error key_error;    /* why there is none */
    struct dl_error config_error; /* why the file is not used */
    char resolver[256];           /* "" when it is not known */
    struct dl_config *only;       /* of the one site that was picked from all */
    int exit_code;                /* of the page */
};

/* ---- doctor_case.c ---- */

/* What is wrong with the configuration or the key is a finding, not a failure; a failure is what
 * was asked for wrongly. Close it in any case. */
int doctor_case_open(struct doctor_case *c, struct program *program, struct dl_error *err);
void doctor_case_close(struct doctor_case *c);

/* What can be found out beside the session and the key: which resolver is used, which place the key
 * is from; and an error is no finding where nothing was set up. */
void doctor_case_look(struct doctor_case *c);

/* Starts a doctor for all sites, for one of them (`only`), or for the configuration's. */
int doctor_case_start(struct doctor_case *c, bool all, const struct dl_site *only,
                      void (*changed)(void *context), void *context, struct dl_doctor **out,
                      struct dl_error *err);

/* Runs it to its end without showing anything; -DL_E_CANCELLED by a signal. */
int doctor_case_run(struct doctor_case *c, struct dl_doctor *doctor, struct dl_error *err);

/* ---- doctor_print.c ---- */

struct doctor_rows {
    int stage;                /* first one that is not printed, of a single site */
    bool told[DL_SITE_COUNT]; /* of many */
    bool evidence;            /* --verbose */
};

/* Rows that have their result since the last call. */
void doctor_print_rows(const struct dl_doctor_table *table, struct doctor_rows *rows);
/* The rest: cards of what failed, one a code, and the closing line. */
void doctor_print_end(const struct dl_doctor_table *table);

/* A line a site that is not well, and the closing line. */
void doctor_print_summary(const struct dl_doctor_table *table);

/* What differs from the round before (NULL: there was none), a line each with the time. Returns how
 * many. */
size_t doctor_print_changes(const struct dl_doctor_table *table,
                            enum dl_code before[DL_SITE_COUNT + 1][DL_STAGE_COUNT], bool first,
                            bool quiet);

/* The object of --json. */
void doctor_print_json(const struct dl_doctor_table *table);

/* ---- doctor_screen.c ---- */

/* The full-screen page. Returns the exit code; -1: there is no screen to be had, nothing was begun.
 */
int doctor_screen(struct doctor_case *c, bool all);

/* ---- doctor_junit.c ---- */

/* A suite for the machine and for each site, a case for each stage. */
int doctor_junit(const char *path, const struct dl_doctor_table *table, struct dl_error *err);

#endif
