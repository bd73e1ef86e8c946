/* Runs the page: a front end, the doctor, signals and timers in one wait. */
#ifndef DL_TUI_DOCTOR_LOOP_H
#define DL_TUI_DOCTOR_LOOP_H

#include "doctor/page.h"
#include "setup/front.h"

/* Everything is kept by the caller until doctor_loop_run returns. */
struct doctor_loop_options {
    struct front *front;
    struct dl_http *http; /* where the doctors live */
    struct doctor_page_options page;
    bool all;                   /* the first run: all sites, or one: */
    const struct dl_site *only; /* NULL: the configuration's */
    int watch_s;                /* after this many seconds the run is repeated; 0: never */
    /* Begins a doctor on `http`: for all sites, or for `only` (NULL: the configuration's). The loop
     * frees it. */
    int (*start)(void *context, bool all, const struct dl_site *only, struct dl_doctor **out,
                 struct dl_error *err);
    /* Writes a report; `line` becomes what is shown ("The report is in ..."). */
    int (*report)(void *context, const struct dl_doctor *doctor, char *line, size_t size,
                  struct dl_error *err);
    /* The terminal is given back; the last doctor is freed after this. May be NULL. */
    void (*ended)(void *context, const struct dl_doctor *doctor);
    void *context;
};

/* Until a person quits or a signal comes. *exit_wish becomes 0 when the last run was over (its
 * verdict then decides), 130 when it was left before, 128 + number after a signal. Returns a
 * negative code when nothing could begin: -DL_E_TERM when the front end cannot have the terminal.
 */
int doctor_loop_run(const struct doctor_loop_options *options, int *exit_wish,
                    struct dl_error *err);

#endif
