/* ddlogs send: lines of files or standard input to the intake, by the public library. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "command/command.h"
#include "send/lines.h"
#include "command/result.h"
#include "command/session.h"
#include "ddlogs.h"
#include "identity/tag.h"

enum {
    DRAIN_MS = 60000, /* for what is left after the end of the input */
    STOP_MS = 10000,  /* for what is left after a signal */
    TURN_MS = 200     /* longest wait for room before the signals are looked at again */
};

/* What the sender says of the spool while it goes on; all else is in the result of a call. */
static const enum dl_code spool_notices[] = {DL_E_EXPIRED, DL_E_SPOOL_FULL, DL_E_SPOOL_DAMAGED};
#define SPOOL_NOTICES (sizeof spool_notices / sizeof *spool_notices)

struct send {
    const struct options *options;
    ddlogs_sender *sender;
    ddlogs_error *error;
    struct lines lines;
    int signals;                     /* descriptor that becomes readable by SIGINT and SIGTERM */
    int noticed;                     /* eventfd: the sender has something to say */
    int stopped_by;                  /* the signal, 0: none */
    bool again;                      /* a second one: nothing is waited for any more */
    bool warned;                     /* of logs whose date Datadog does not take */
    atomic_bool told[SPOOL_NOTICES]; /* by the sender's thread, in the order of the table */
};

/* The library's error as the rooms know it. */
static int fetch(const ddlogs_error *from, struct dl_error *err)
{
    const struct dl_error_info *info = dl_error_find(ddlogs_error_code(from));

    dl_error_set(err, info ? info->code : DL_E_INTERNAL, "%s", ddlogs_error_text(from));
    err->http_status = ddlogs_error_http_status(from);
    return -(int)err->code;
}

/* ---- opening ---- */

/* The session's configuration, property by property, through the public door. */
static int copy_properties(ddlogs_config *to, const struct dl_config *from, ddlogs_error *error,
                           struct dl_error *err)
{
    struct dl_buffer value;
    int rc = 0;

    dl_buffer_init(&value, DL_CONFIG_BYTES);
    for (int p = 0; rc == 0 && p < DL_PROPERTY_COUNT; p++) {
        if (p == DL_PROP_INTEGRATION || p == DL_PROP_VERIFIED)
            continue; /* known already; nothing that sending asks for */
        dl_buffer_clear(&value);
        rc = dl_config_get(from, (enum dl_property)p, &value, err);
        if (rc == 0 && ddlogs_config_set(to, dl_properties[p].key,
                                         value.len ? dl_buffer_string(&value) : NULL, error) < 0)
            rc = fetch(error, err);
    }
    dl_buffer_free(&value);
    return rc;
}

/* A key for this run alone; without one the library reads it from its place, and reads it anew when
 * it is refused. */
static int given_key(struct dl_key **out, struct program *program, struct dl_error *err)
{
    int rc = session_given_key(out, program, err);

    if (rc == 0 && !*out) {
        *out = program->environment_key;
        program->environment_key = NULL;
    }
    return rc;
}

static int make_config(ddlogs_config **out, const ddlogs_integration *integration,
                       struct session *session, struct program *program, ddlogs_error *error,
                       struct dl_error *err)
{
    struct dl_key *key = NULL;
    ddlogs_config *config;
    int rc;

    if (ddlogs_config_new(&config, integration, error) < 0)
        return fetch(error, err);
    rc = ddlogs_config_use_environment(config, error) < 0 ? fetch(error, err) : 0;
    if (rc == 0)
        rc = copy_properties(config, session->config, error, err);
    if (rc == 0)
        rc = given_key(&key, program, err);
    if (rc == 0 && key &&
        ddlogs_config_set_key(config, dl_key_text(key), dl_key_length(key), error) < 0)
        rc = fetch(error, err);
    dl_key_free(key);
    if (rc < 0)
        ddlogs_config_free(config);
    else
        *out = config;
    return rc;
}

/* From the sender's thread: what waits looks at the sender. */
static void notice(void *context, const ddlogs_error *what)
{
    static const uint64_t one = 1;
    struct send *send = context;

    for (size_t i = 0; i < SPOOL_NOTICES; i++) {
        if (strcmp(ddlogs_error_code(what), dl_error_info(spool_notices[i])->id) != 0)
            continue;
        send->told[i] = true;
        fprintf(stderr, "ddlogs: %s: %s\n", ddlogs_error_code(what), ddlogs_error_text(what));
    }
    while (write(send->noticed, &one, sizeof one) < 0 && errno == EINTR)
        ;
}

static int open_with(struct send *send, struct session *session, struct program *program,
                     struct dl_error *err)
{
    const char *service = send->options->service;
    char shown[128];
    ddlogs_integration *integration;
    ddlogs_config *config = NULL;
    int rc;

    if (service && !dl_integration_service(session->integration, service)) {
        dl_text_show(shown, sizeof shown, service, strlen(service));
        return dl_error_set(err, DL_E_VALUE,
                            "the integration has no service \"%s\"; its first is \"%s\"", shown,
                            session->integration->services[0]);
    }
    if (ddlogs_integration_read(&integration, session->integration->path, send->error) < 0)
        return fetch(send->error, err);
    rc = make_config(&config, integration, session, program, send->error, err);
    if (rc == 0) {
        ddlogs_config_on_notice(config, notice, send);
        if (ddlogs_sender_open(&send->sender, integration, config, send->error) < 0)
            rc = fetch(send->error, err);
        ddlogs_config_free(config);
    }
    ddlogs_integration_free(integration);
    return rc;
}

static int open_sender(struct send *send, struct program *program, struct dl_error *err)
{
    const struct options *o = &program->options;
    struct session session;
    int rc;

    if (o->api_key && o->word_count == 0)
        return dl_error_set(err, DL_E_USAGE,
                            "standard input cannot bring both the key and the logs: name the log "
                            "files, or give the key with --api-key-fd N");
    rc = session_open(&session, program, SESSION_CONFIG, err);
    if (rc < 0)
        return rc;
    rc = open_with(send, &session, program, err);
    session_close(&session);
    return rc;
}

/* ---- signals ---- */

static int watch_signals(struct send *send, struct dl_error *err)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigprocmask(SIG_BLOCK, &set, NULL);
    send->signals = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    send->noticed = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    return send->signals < 0 || send->noticed < 0
               ? dl_error_set_errno(err, DL_E_IO, errno, "cannot watch for signals")
               : 0;
}

static bool stopped(struct send *send)
{
    struct signalfd_siginfo info;

    while (read(send->signals, &info, sizeof info) == (ssize_t)sizeof info) {
        send->again = send->stopped_by != 0;
        send->stopped_by = (int)info.ssi_signo;
    }
    return send->stopped_by != 0;
}

/* ---- sending ---- */

static bool looks_like_object(const char *line, size_t len)
{
    while (len && (*line == ' ' || *line == '\t'))
        line++, len--;
    return len && *line == '{';
}

/* Waits for room until there is some, a signal comes, or nothing will ever move. */
static int send_line(struct send *send, const char *line, size_t len, struct dl_error *err)
{
    const char *service = send->options->service;
    int rc;

    for (;;) {
        if (looks_like_object(line, len))
            rc = ddlogs_sender_json(send->sender, line, len, service, NULL, send->error);
        else
            rc = ddlogs_sender_text(send->sender, line, len, send->options->status, service, NULL,
                                    send->error);
        if (rc == -DL_E_RECORD) { /* counted as refused; the others go on */
            fprintf(stderr, "ddlogs: %s: %s\n", ddlogs_error_code(send->error),
                    ddlogs_error_text(send->error));
            return 0;
        }
        if (rc == 0)
            return 0;
        if (rc != -DL_E_FULL)
            return fetch(send->error, err);
        if (stopped(send))
            return dl_error_set(err, DL_E_CANCELLED, "stopped by a signal; the rest was not read");
        if (ddlogs_sender_problem(send->sender, send->error) < 0)
            return fetch(send->error, err);
    }
}

/* Once, and at once: a program that feeds this one may run for months. */
static void warn_of_dates(struct send *send)
{
    bool aged = ddlogs_sender_count(send->sender, "aged") > 0;
    char step[256];

    if (!aged && !ddlogs_sender_count(send->sender, "ahead"))
        return;
    send->warned = true;
    fprintf(stderr,
            "ddlogs: %s: a log is dated more than %s; it is sent, and counted, but Datadog "
            "drops such logs without a word\n",
            dl_error_info(DL_E_DATE)->id, aged ? "18 hours ago" : "2 hours ahead");
    for (size_t i = 0; dl_error_step(DL_E_DATE, i, NULL, step, sizeof step); i++)
        fprintf(stderr, "  next: %s\n", step);
}

static int send_lines(struct send *send, struct dl_error *err)
{
    const char *line;
    size_t len;
    int rc = 0;

    while (rc == 0 && lines_next(&send->lines, &line, &len))
        if (len) /* an empty line is no log */
            rc = send_line(send, line, len, err);
    if (!send->warned)
        warn_of_dates(send);
    return rc;
}

/* Waits for input, moving what is under way. 1: there is some, 0: look again. */
static int wait_for_input(struct send *send, int fd, struct dl_error *err)
{
    struct pollfd fds[] = {{.fd = fd, .events = POLLIN},
                           {.fd = send->signals, .events = POLLIN},
                           {.fd = send->noticed, .events = POLLIN}};
    uint64_t count;

    if (poll(fds, 3, -1) < 0 && errno != EINTR)
        return dl_error_set_errno(err, DL_E_IO, errno, "cannot wait for input");
    if (fds[2].revents && read(send->noticed, &count, sizeof count) < 0)
        return 0;
    return fds[0].revents != 0;
}

static int send_stream(struct send *send, int fd, bool is_file, struct dl_error *err)
{
    int rc = 0;

    lines_reset(&send->lines, 0);
    while (rc == 0 && !send->lines.over) {
        if (stopped(send))
            return 0;
        if (ddlogs_sender_problem(send->sender, send->error) < 0)
            return fetch(send->error, err);
        rc = is_file ? 1 : wait_for_input(send, fd, err);
        if (rc == 0)
            continue;
        if (rc > 0)
            rc = lines_fill(&send->lines, fd, err);
        if (rc >= 0)
            rc = send_lines(send, err);
    }
    return rc;
}

static int send_fd(struct send *send, int fd, const char *name, struct dl_error *err)
{
    struct stat status;
    int rc;

    if (fstat(fd, &status) < 0)
        return dl_error_set_errno(err, DL_E_IO, errno, "%s", name);
    if (S_ISDIR(status.st_mode))
        return dl_error_set(err, DL_E_IO, "%s is a folder; name the files in it", name);
    rc = send_stream(send, fd, S_ISREG(status.st_mode), err);
    if (rc == -DL_E_IO)
        dl_error_prefix(err, "%s", name);
    return rc;
}

static int send_file(struct send *send, const char *path, struct dl_error *err)
{
    int fd, rc;

    if (strcmp(path, "-") == 0)
        return send_fd(send, STDIN_FILENO, "standard input", err);
    /* O_NONBLOCK: opening a FIFO must not wait for its writer, deaf to the signals held back */
    fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0)
        return dl_error_set_errno(err, DL_E_IO, errno, "cannot open %s", path);
    rc = send_fd(send, fd, path, err);
    close(fd);
    return rc;
}

static int send_all(struct send *send, struct dl_error *err)
{
    const struct options *o = send->options;
    int rc = 0;

    if (o->word_count == 0)
        return send_file(send, "-", err);
    for (size_t i = 0; rc == 0 && !send->stopped_by && i < o->word_count; i++)
        rc = send_file(send, o->words[i], err);
    return rc;
}

/* ---- the end ---- */

static uint64_t undelivered(const struct send *send)
{
    return ddlogs_sender_count(send->sender, "pending") +
           ddlogs_sender_count(send->sender, "waiting");
}

/* Delivers what is left. A first signal shortens the time, a second ends it. */
static int drain(struct send *send, struct dl_error *err)
{
    int64_t from = dl_clock_ms();
    int64_t whole = send->options->timeout >= 0 ? send->options->timeout * 1000 : DRAIN_MS;

    for (;;) {
        int64_t left = from + whole - dl_clock_ms();

        if (left < 0 || send->again)
            left = 0;
        if (ddlogs_sender_flush(send->sender, (int)(left < TURN_MS ? left : TURN_MS),
                                send->error) == 0)
            return 0;
        if (undelivered(send) == 0 || left == 0 || ddlogs_sender_problem(send->sender, NULL) < 0)
            return fetch(send->error, err);
        if (stopped(send) && whole > STOP_MS)
            whole = STOP_MS;
    }
}

/* By the intake, or because no request is large enough for it. */
static uint64_t refused(const struct send *send)
{
    return ddlogs_sender_count(send->sender, "quarantined") +
           ddlogs_sender_count(send->sender, "refused");
}

static void print_summary(const struct send *send)
{
    unsigned long long cut = ddlogs_sender_count(send->sender, "cut");
    unsigned long long misdated =
        ddlogs_sender_count(send->sender, "aged") + ddlogs_sender_count(send->sender, "ahead");

    fprintf(stderr, "%llu logs accepted, %llu refused, %llu not delivered",
            (unsigned long long)ddlogs_sender_count(send->sender, "delivered"),
            (unsigned long long)refused(send), (unsigned long long)undelivered(send));
    if (cut)
        fprintf(stderr, ", %llu cut at 1 MB", cut);
    if (misdated)
        fprintf(stderr, ", %llu with a date that Datadog drops", misdated);
    fputc('\n', stderr);
}

/* What happened, on standard error and with --json on standard output; returns the exit code. */
static int report(struct send *send, const struct dl_error *err)
{
    struct result_counter counters[] = {
        {.name = "taken"},     {.name = "waiting"},   {.name = "accepted"},
        {.name = "delivered"}, {.name = "pending"},   {.name = "quarantined"},
        {.name = "damaged"},   {.name = "discarded"}, {.name = "dropped"},
        {.name = "refused"},   {.name = "cut"},       {.name = "replaced"},
        {.name = "renamed"},   {.name = "clashed"},   {.name = "flattened"},
        {.name = "aged"},      {.name = "ahead"},     {.name = "requests"},
        {.name = "retries"},   {.name = "bytes"},     {.name = "wire_bytes"},
    };
    struct result result = {.command = "send",
                            .error = err,
                            .counters = counters,
                            .counter_count = sizeof counters / sizeof *counters};

    for (size_t i = 0; i < result.counter_count; i++)
        counters[i].value = ddlogs_sender_count(send->sender, counters[i].name);
    if (err->code)
        result_complain(&result);
    if (!send->options->quiet)
        print_summary(send);
    ddlogs_sender_close(send->sender, 0, NULL); /* its thread has said all it had to say */
    send->sender = NULL;
    for (size_t i = 0; i < SPOOL_NOTICES; i++)
        if (send->told[i])
            result_warn(&result, spool_notices[i], "%s", dl_error_info(spool_notices[i])->title);
    if (send->options->json)
        result_print_json(&result);
    return result_exit_code(&result);
}

static int run(struct program *program)
{
    struct send send = {
        .options = &program->options, .error = ddlogs_error_new(), .signals = -1, .noticed = -1};
    struct dl_error err = {.code = DL_OK}, later = {.code = DL_OK};
    int rc = lines_init(&send.lines, &err);

    if (rc == 0)
        rc = watch_signals(&send, &err);
    if (rc == 0)
        rc = open_sender(&send, program, &err);
    if (rc < 0) {
        ddlogs_sender_close(send.sender, 0, NULL);
        ddlogs_error_free(send.error);
        lines_free(&send.lines);
        return command_fail(program, &err);
    }
    err.code = DL_OK; /* opening notes what it did without */
    ddlogs_sender_wait(send.sender, TURN_MS);
    if (send_all(&send, &err) < 0 && err.code == DL_E_CANCELLED)
        err.code = DL_OK; /* the drain tells what became of it */
    if (drain(&send, &later) < 0 && !err.code)
        err = later;
    rc = report(&send, &err);
    ddlogs_error_free(send.error);
    lines_free(&send.lines);
    close(send.signals);
    close(send.noticed);
    return rc;
}

static const enum option_id accepted[] = {OPTIONS_OF_SESSION, OPTIONS_OF_SENDING, OPTION_ID_service,
                                          OPTION_ID_status,   OPTION_ID_timeout,  OPTION_ID_json,
                                          OPTION_ID_quiet,    OPTION_COUNT};

const struct command command_send = {
    .name = "send",
    .words = "[FILE...]",
    .summary = "send the lines of files or of standard input",
    .details =
        "Each line is one log: a JSON object, kept as it stands but for its arrays (the manifest\n"
        "says what they become), or else text. Empty lines are no logs. --status is for text "
        "lines. --timeout is the time that is given to deliver what\n"
        "is left after the end of the input (60 s, and 10 s after SIGINT or SIGTERM).\n"
        "The exit code is 0 only if every log was accepted.",
    .accepted = accepted,
    .run = run,
};
