/* ddlogs doctor: every stage, for one site or all nine; the cause and the next step. */
#include "command/doctor.h"

#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "command/result.h"
#include "command/stop.h"
#include "command/terminal.h"

#define WAIT_MAX_MS 1000
#define WATCH_MAX_S 86400

/* One run of the command. */
struct job {
    struct doctor_case c;
    struct program *program;
    struct dl_doctor *doctor;
    struct pollfd stop;
    bool all;
    enum dl_code before[DL_SITE_COUNT + 1][DL_STAGE_COUNT]; /* --watch: codes of the last round */
    int exit_code;
    enum dl_code worst;
};

static bool shows_rows(const struct options *o)
{
    return !o->json && !o->quiet && o->watch < 0;
}

/* Runs the doctor to its end, rows as they come. */
static int run_once(struct job *job, struct dl_error *err)
{
    const struct options *o = &job->program->options;
    struct doctor_rows rows = {.evidence = o->verbose};
    int rc = doctor_case_start(&job->c, job->all, NULL, NULL, NULL, &job->doctor, err);

    while (rc >= 0) {
        int wait = dl_doctor_step(job->doctor);

        if (shows_rows(o))
            doctor_print_rows(dl_doctor_table(job->doctor), &rows);
        if (dl_doctor_done(job->doctor))
            break;
        rc = dl_http_poll(job->c.http, &job->stop, 1,
                          wait < 0 || wait > WAIT_MAX_MS ? WAIT_MAX_MS : wait, err);
        if (rc >= 0)
            rc = stop_asked(job->stop.fd, err);
    }
    return rc < 0 ? rc : 0;
}

/* The exit code is that of the worst finding of all rounds. */
static void keep_worst(struct job *job)
{
    const struct dl_stage_report *worst = dl_doctor_worst(dl_doctor_table(job->doctor));

    if (worst && dl_doctor_is_worse(worst->code, job->worst)) {
        job->worst = worst->code;
        job->exit_code = dl_error_info(worst->code)->exit_code;
    }
}

static int tell(struct job *job, bool first, struct dl_error *err)
{
    const struct options *o = &job->program->options;
    const struct dl_doctor_table *table = dl_doctor_table(job->doctor);
    size_t changes = 0;

    keep_worst(job);
    if (o->watch >= 0)
        changes = doctor_print_changes(table, job->before, first, o->json || o->quiet);
    else if (shows_rows(o))
        doctor_print_end(table);
    if (o->watch >= 0 && first && !changes && !o->json && !o->quiet) {
        printf("No problem is there now; changes follow.\n");
        fflush(stdout);
    }
    if (o->json && (o->watch < 0 || first || changes)) {
        doctor_print_json(table);
        fflush(stdout);
    }
    return o->junit ? doctor_junit(o->junit, table, err) : 0;
}

/* Waits for the next round; -DL_E_CANCELLED by a signal. */
static int rest(struct job *job, struct dl_error *err)
{
    int64_t until = dl_clock_ms() + job->program->options.watch * 1000;
    int rc = 0;

    while (rc == 0 && dl_clock_ms() < until) {
        int64_t left = until - dl_clock_ms();

        poll(&job->stop, 1, left > WAIT_MAX_MS ? WAIT_MAX_MS : (int)left);
        rc = stop_asked(job->stop.fd, err);
    }
    return rc;
}

static int examine(struct job *job, struct dl_error *err)
{
    bool again = job->program->options.watch >= 0;
    int rc = 0;

    for (bool first = true; rc == 0; first = false) {
        rc = run_once(job, err);
        if (rc == 0)
            rc = tell(job, first, err);
        dl_doctor_free(job->doctor);
        job->doctor = NULL;
        if (!again)
            break;
        if (rc == 0)
            rc = rest(job, err);
    }
    /* a person or service that ends a watch gets what was found */
    return again && rc == -DL_E_CANCELLED ? 0 : rc;
}

static int check_options(const struct job *job, struct dl_error *err)
{
    const struct options *o = &job->program->options;
    struct screen_options screen;
    int rc = terminal_screen(&screen, job->program, err); /* told where no screen is, too */

    if (rc < 0)
        return rc;
    if (job->all && (o->endpoint || o->api_endpoint))
        return dl_error_set(err, DL_E_USAGE,
                            "--site all is about Datadog's own addresses: leave out %s",
                            o->endpoint ? "--endpoint" : "--api-endpoint");
    if (job->all && o->test_logs)
        return dl_error_set(err, DL_E_USAGE,
                            "--send is for one site, because the logs are for one: leave out "
                            "--site all");
    if (o->watch == 0 || o->watch > WATCH_MAX_S)
        return dl_error_set(err, DL_E_USAGE, "--watch takes 1 to %d seconds", WATCH_MAX_S);
    return command_check_timeout(job->program, err);
}

static void say_who_gets_the_key(const struct job *job)
{
    const struct options *o = &job->program->options;

    if (job->all && job->c.key && !job->c.session.config->site && !o->json && !o->quiet)
        fprintf(stderr, "ddlogs: no site is configured, so the key is shown to all but the "
                        "government sites, to find the one it is for\n");
}

/* Rows as they come, or what --json, --quiet and --watch make of them. */
static int with_lines(struct job *job, struct dl_error *err)
{
    int rc = stop_watch(&job->stop.fd, err);

    job->exit_code = 0;
    if (rc < 0)
        return rc;
    say_who_gets_the_key(job);
    return examine(job, err);
}

static int run(struct program *program)
{
    struct job job = {.program = program, .exit_code = -1, .stop = {.fd = -1, .events = POLLIN}};
    const struct options *o = &program->options;
    struct dl_error err = {0};
    int rc;

    if (o->word_count > 0)
        return command_refuse_word(program, o->words[0]);
    job.all = o->site && dl_ascii_equal(o->site, "all");
    rc = check_options(&job, &err);
    if (rc == 0)
        rc = doctor_case_open(&job.c, program, &err);
    if (rc == 0 && terminal_front(program) == TERMINAL_SCREEN && !o->quiet && !o->junit)
        job.exit_code = doctor_screen(&job.c, job.all);
    if (rc == 0 && job.exit_code < 0)
        rc = with_lines(&job, &err);
    if (rc < 0)
        job.exit_code = command_fail(program, &err);
    dl_doctor_free(job.doctor);
    doctor_case_close(&job.c);
    if (job.stop.fd >= 0)
        close(job.stop.fd);
    return job.exit_code;
}

static const enum option_id accepted[] = {
    OPTIONS_OF_SESSION, OPTION_ID_spool,   OPTION_ID_test_logs, OPTION_ID_deep,    OPTION_ID_watch,
    OPTION_ID_junit,    OPTION_ID_timeout, OPTION_ID_json,      OPTION_ID_quiet,   OPTION_ID_plain,
    OPTION_ID_ascii,    OPTION_ID_color,   OPTION_ID_no_input,  OPTION_ID_verbose, OPTION_COUNT};

const struct command command_doctor = {
    .name = "doctor",
    .summary = "find out what is wrong, and what to do about it",
    .details = "In a terminal it is a full-screen page; with --plain, or elsewhere, lines.\n"
               "Looks at the configuration, the key's place, proxy, DNS, TCP, TLS, clock, key,\n"
               "intake and spool, and says what the sender would do now. No log is written\n"
               "unless --send is given. It works before any set-up: --site or --endpoint, and\n"
               "DD_API_KEY if there is a key, are enough.\n"
               "\n"
               "--site all looks at the nine sites at the same time. A key goes to the configured\n"
               "site alone; where none is configured, to all but the government sites.\n"
               "--watch repeats and prints changes alone, until a signal ends it.\n"
               "\n"
               "The exit code is that of the worst finding: one that needs a person before one\n"
               "that may pass by itself, then the higher number.",
    .accepted = accepted,
    .run = run,
};
