/* ddlogs send: lines of files or standard input to the intake, by the public library. */
#include "command/send.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "command/result.h"

/* What does not go together. */
static int check_options(const struct options *o, struct dl_error *err)
{
    if (o->api_key && o->word_count == 0 && !o->preview)
        return dl_error_set(err, DL_E_USAGE,
                            "standard input cannot bring both the key and the logs: name the log "
                            "files, or give the key with --api-key-fd N");
    if (o->follow && o->word_count == 0)
        return dl_error_set(err, DL_E_USAGE,
                            "--follow needs the files that are followed; standard "
                            "input is read until it ends without it");
    if (o->from_start && !o->follow)
        return dl_error_set(err, DL_E_USAGE,
                            "--from-start goes with --follow: all other files are "
                            "read from their beginning anyway");
    if (o->pipeline && !o->preview)
        return dl_error_set(err, DL_E_USAGE,
                            "--pipeline shows what becomes of a log, with --preview alone");
    if (o->positions && o->preview)
        return dl_error_set(err, DL_E_USAGE, "--preview keeps no positions: leave one of the two");
    for (size_t i = 0; i < o->word_count; i++)
        if ((o->follow || o->positions) && strcmp(o->words[i], "-") == 0)
            return dl_error_set(err, DL_E_USAGE,
                                "standard input has no name by which it could be "
                                "%s: leave out the -",
                                o->follow ? "followed" : "found again");
    return o->stats == 0 ? dl_error_set(err, DL_E_USAGE, "--stats takes at least 1 second") : 0;
}

static int prepare(struct send *send, struct dl_error *err)
{
    int rc = check_options(send->options, err);

    if (rc == 0 && send->options->multiline_start) {
        rc = group_pattern(&send->start, send->options->multiline_start, err);
        send->joins = rc == 0;
    }
    session_service(&send->service);
    if (rc == 0)
        rc = send_watch_signals(send, err);
    if (rc == 0)
        rc = send_open(send, err);
    if (rc == 0 && send->sender)
        ddlogs_sender_wait(send->sender, SEND_TURN_MS);
    if (rc == 0)
        send_show_open(send);
    return rc;
}

static void clean_up(struct send *send)
{
    send_close(send);
    send_input_free(send);
    ddlogs_error_free(send->error);
    notices_free(&send->notices);
    if (send->joins)
        regfree(&send->start);
    if (send->signals >= 0)
        close(send->signals);
}

/* Nothing was sent, and nothing is delivered. */
static int end_preview(struct send *send, struct dl_error *err)
{
    if (err->code == DL_E_CANCELLED)
        err->code = DL_OK;
    if (fflush(stdout) != 0 && !err->code)
        dl_error_set(err, DL_E_IO, "standard output cannot be written");
    return err->code ? command_fail(send->program, err) : 0;
}

static int run(struct program *program)
{
    struct send send = {.program = program,
                        .options = &program->options,
                        .error = ddlogs_error_new(),
                        .signals = -1,
                        .progress = {.fd = -1},
                        .positions = {.lock = -1}};
    struct dl_error err = {.code = DL_OK}, later = {.code = DL_OK};
    int rc = notices_init(&send.notices, &err);

    if (rc == 0)
        rc = prepare(&send, &err);
    if (rc < 0) {
        clean_up(&send);
        return command_fail(program, &err);
    }
    err.code = DL_OK; /* opening notes what it did without */
    (void)send_input(&send, &err);
    if (send.preview) {
        rc = end_preview(&send, &err);
    } else {
        if (err.code == DL_E_CANCELLED)
            err.code = DL_OK; /* the drain tells what became of it */
        if (send_drain(&send, &later) < 0 && !err.code)
            err = later;
        rc = send_report(&send, &err);
    }
    clean_up(&send);
    return rc;
}

static const enum option_id accepted[] = {
    OPTIONS_OF_SESSION,    OPTIONS_OF_SENDING,   OPTION_ID_service,   OPTION_ID_status,
    OPTION_ID_follow,      OPTION_ID_from_start, OPTION_ID_positions, OPTION_ID_multiline_start,
    OPTION_ID_until_empty, OPTION_ID_timeout,    OPTION_ID_preview,   OPTION_ID_pipeline,
    OPTION_ID_user_agents, OPTION_ID_geoip,      OPTION_ID_stats,     OPTION_ID_metrics,
    OPTION_ID_json,        OPTION_ID_plain,      OPTION_ID_quiet,     OPTION_COUNT};

const struct command command_send = {
    .name = "send",
    .words = "[FILE...]",
    .summary = "send the lines of files or of standard input",
    .details =
        "Each line is one log: a JSON object, kept as it stands but for its arrays (the manifest\n"
        "says what they become), or else text. Empty lines are no logs. --status is for text\n"
        "lines. With --follow files are followed through rotation, and positions survive a crash.\n"
        "--timeout is the time that is given to deliver what is left after the end of the input\n"
        "(60 s, and 10 s after SIGINT or SIGTERM; without end with --until-empty).\n"
        "SIGHUP: configuration and key are read anew.\n"
        "The exit code is 0 only if every log was delivered.",
    .accepted = accepted,
    .run = run,
};
