/* The counters as lines, bars and metrics; and the service manager's watchdog. */
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "command/send.h"
#include "send/metrics.h"
#include "send/stats.h"

void send_say(struct send *send, const char *format, ...)
{
    va_list args;

    progress_clear(&send->progress);
    fputs("ddlogs: ", stderr);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
}

void send_say_error(struct send *send, const char *code, const char *text)
{
    send_say(send, "%s: %s", code, text);
}

void send_count(const struct send *send, struct counters *out)
{
    ddlogs_sender *s = send->sender;

    *out = (struct counters){
        .at_ms = dl_clock_ms(),
        .taken = ddlogs_sender_count(s, "taken"),
        .accepted = ddlogs_sender_count(s, "accepted"),
        .delivered = ddlogs_sender_count(s, "delivered"),
        .pending = ddlogs_sender_count(s, "pending") + ddlogs_sender_count(s, "waiting"),
        .quarantined = ddlogs_sender_count(s, "quarantined"),
        .damaged = ddlogs_sender_count(s, "damaged"),
        .discarded = ddlogs_sender_count(s, "discarded"),
        .dropped = ddlogs_sender_count(s, "dropped"),
        .refused = ddlogs_sender_count(s, "refused"),
        .requests = ddlogs_sender_count(s, "requests"),
        .retries = ddlogs_sender_count(s, "retries"),
        .bytes = ddlogs_sender_count(s, "bytes"),
        .wire_bytes = ddlogs_sender_count(s, "wire_bytes"),
        .oldest_ms = ddlogs_sender_count(s, "oldest_ms"),
        .held = ddlogs_sender_problem(s, NULL) < 0,
    };
}

void send_show_open(struct send *send)
{
    const struct options *o = send->options;
    int64_t now_ms = dl_clock_ms();

    progress_open(&send->progress,
                  o->quiet || o->plain || o->preview || o->follow ? -1 : STDERR_FILENO,
                  send->service.term, now_ms);
    watchdog_open(&send->watchdog, send->service.watchdog_usec, send->service.watchdog_pid, now_ms);
    send->stats_ms = o->stats > 0 ? now_ms + o->stats * 1000 : -1;
    send->metrics_ms = o->metrics ? now_ms : -1;
    if (send->sender)
        send_count(send, &send->shown);
}

static void print_stats(struct send *send, const struct counters *now)
{
    struct dl_buffer line;

    dl_buffer_init(&line, 4096);
    if ((send->options->json ? stats_json : stats_text)(&line, &send->shown, now) == 0) {
        progress_clear(&send->progress);
        fputs(dl_buffer_string(&line), stderr);
    }
    dl_buffer_free(&line);
    send->shown = *now;
}

static void write_metrics(struct send *send, const struct counters *now)
{
    struct dl_error err;

    if (metrics_write(send->options->metrics, now, send->integration, &err) == 0)
        return;
    if (!send->metrics_said)
        send_say_error(send, dl_error_info(err.code)->id, err.text);
    send->metrics_said = true;
}

int send_show_wait(const struct send *send, int64_t now_ms)
{
    const int64_t due[] = {send->stats_ms, send->metrics_ms};
    int wait = watchdog_wait(&send->watchdog, now_ms);

    for (size_t i = 0; i < sizeof due / sizeof *due; i++) {
        int64_t left = due[i] - now_ms;

        if (due[i] < 0)
            continue;
        if (left < 0)
            left = 0;
        if (wait < 0 || left < wait)
            wait = (int)left;
    }
    return wait;
}

/* The share that needs no more work: of the bytes that were read, as many as of the logs. */
static void show_progress(struct send *send, int64_t now_ms)
{
    uint64_t taken, left, logs;

    if (send->progress.fd < 0 || now_ms - send->progress.last_ms < PROGRESS_EVERY_MS)
        return;
    taken = ddlogs_sender_count(send->sender, "taken");
    left =
        ddlogs_sender_count(send->sender, "pending") + ddlogs_sender_count(send->sender, "waiting");
    logs = taken > left ? taken - left : 0; /* a spool may hold more than this run brought */
    progress_show(&send->progress,
                  taken ? (uint64_t)((double)send->read_bytes * (double)logs / (double)taken) : 0,
                  send->whole, logs, now_ms);
}

void send_show(struct send *send, int64_t now_ms)
{
    struct counters now;

    show_progress(send, now_ms);
    if (send_show_wait(send, now_ms) != 0)
        return;
    send_count(send, &now);
    if (send->stats_ms >= 0 && send->stats_ms <= now_ms) {
        print_stats(send, &now);
        send->stats_ms = now_ms + send->options->stats * 1000;
    }
    if (send->metrics_ms >= 0 && send->metrics_ms <= now_ms) {
        write_metrics(send, &now);
        send->metrics_ms = now_ms + METRICS_EVERY_MS;
    }
    if (watchdog_look(&send->watchdog, &now))
        send_tell(send, "WATCHDOG=1");
}
