/* One check that the loop runs for the machine, with copies of everything it needs. */
#ifndef DL_TUI_SETUP_JOB_H
#define DL_TUI_SETUP_JOB_H

#include "setup/machine.h"

/* What all checks have in common. */
struct job_world {
    struct dl_http *http;
    const struct dl_integration *integration; /* may change when one is chosen */
    const struct dl_proxy_environment *proxies;
    const char *hostname;
    int total_ms;
};

struct job {
    const struct job_world *world;
    enum setup_effect_kind kind;
    unsigned serial;
    bool active;                /* waits or runs */
    bool failed;                /* before a check could begin */
    bool changed;               /* there is news */
    int64_t start_ms;           /* dl_clock_ms at which it starts */
    const struct dl_site *site; /* FIND_SITE, SURVEY: the one that is asked */
    struct dl_check *check;     /* stays after the end, until the next start */
    struct dl_config *config;
    struct dl_key *key;
};

/* Takes copies; the check itself begins in job_step. Without memory, or when the effect has no
 * configuration any more, the job is over at once with a failure. */
void job_start(struct job *job, const struct job_world *world, const struct setup_effect *effect,
               const struct dl_site *site);

/* Runs what is due. Returns milliseconds until the next call, -1: only when a transfer ends. */
int job_step(struct job *job);

/* True once, when the check is over. */
bool job_over(struct job *job);

/* Fills reports, test id, counts and, when over, the verdict. */
void job_result(const struct job *job, struct setup_result *result);

void job_end(struct job *job); /* cancels and frees */

#endif
