/* Between all else: signals, notices of the sender, clocks. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "command/send.h"

int send_watch_signals(struct send *send, struct dl_error *err)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGHUP);
    sigprocmask(SIG_BLOCK, &set, NULL);
    send->signals = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    return send->signals < 0 ? dl_error_set_errno(err, DL_E_IO, errno, "cannot watch for signals")
                             : 0;
}

bool send_stays(const struct send *send)
{
    return (send->options->follow || send->options->until_empty) && !send->stopped_by;
}

void send_tell(const struct send *send, const char *lines)
{
    notify_send(send->service.notify_socket, lines);
}

static void reload(struct send *send)
{
    struct dl_error err = {.code = DL_OK};
    struct timespec now;
    char lines[128];

    /* the manager wants to know the moment, by the clock that does not sleep */
    clock_gettime(CLOCK_MONOTONIC, &now);
    snprintf(lines, sizeof lines, "RELOADING=1\nMONOTONIC_USEC=%lld",
             (long long)now.tv_sec * 1000000 + now.tv_nsec / 1000);
    send_tell(send, lines);
    if (send_reload(send, &err) < 0)
        send_say(send, "%s: %s; the configuration that was read before stays",
                 dl_error_info(err.code)->id, err.text);
    else if (!send->options->quiet)
        send_say(send, "configuration and key are read anew");
    send_tell(send, "READY=1");
}

static void read_signals(struct send *send)
{
    struct signalfd_siginfo info;

    while (read(send->signals, &info, sizeof info) == (ssize_t)sizeof info) {
        /* a terminal that goes away takes along what it started; a service is told to reload */
        if (info.ssi_signo == SIGHUP) {
            reload(send);
            continue;
        }
        send->again = send->stopped_by != 0;
        if (!send->stopped_by)
            send_tell(send, "STOPPING=1\nSTATUS=Delivering what is left.");
        send->stopped_by = (int)info.ssi_signo;
    }
}

/* What ends the command is said at its end, with the next steps. */
static bool is_verdict(const struct send *send, const struct notice *notice)
{
    return !send_stays(send) && (!send->sender || ddlogs_sender_problem(send->sender, NULL) < 0) &&
           dl_error_find(notice->code) && dl_error_find(notice->code)->kind != DL_KIND_WARN;
}

const enum dl_code send_told[SEND_TOLD_MAX] = {DL_E_EXPIRED, DL_E_SPOOL_FULL, DL_E_SPOOL_DAMAGED};

/* Something of the spool, which is no verdict on this run. */
static bool is_told(struct send *send, const struct notice *notice)
{
    for (size_t i = 0; i < SEND_TOLD_MAX; i++)
        if (strcmp(notice->code, dl_error_info(send_told[i])->id) == 0) {
            send->told[i] = true;
            return true;
        }
    return false;
}

void send_read_notices(struct send *send)
{
    struct notice notice;

    while (notices_take(&send->notices, &notice)) {
        if (is_told(send, &notice) || !is_verdict(send, &notice))
            send_say_error(send, notice.code, notice.text);
    }
}

static void save_positions(struct send *send, int64_t now_ms)
{
    struct dl_error err;

    if (!send->keeps || ledger_save(&send->ledger, now_ms, false, &err) == 0)
        return;
    if (!send->positions_said)
        send_say(send, "%s: %s; logs may be sent again after a crash", dl_error_info(err.code)->id,
                 err.text);
    send->positions_said = true;
}

bool send_turn(struct send *send)
{
    int64_t now_ms = dl_clock_ms();

    read_signals(send);
    if (send->sender) {
        send_read_notices(send);
        save_positions(send, now_ms);
        send_show(send, now_ms);
    }
    return send->stopped_by != 0;
}

static int sooner(int a, int b)
{
    return a < 0 ? b : b < 0 ? a : a < b ? a : b;
}

bool send_wait(struct send *send, int fd, int timeout_ms)
{
    struct pollfd fds[] = {{.fd = send->signals, .events = POLLIN},
                           {.fd = send->notices.fd, .events = POLLIN},
                           {.fd = fd, .events = POLLIN}};
    int64_t now_ms = dl_clock_ms();

    if (send->sender) {
        timeout_ms = sooner(timeout_ms, send_show_wait(send, now_ms));
        if (send->keeps)
            timeout_ms = sooner(timeout_ms, ledger_wait(&send->ledger, now_ms));
    }
    if (poll(fds, 3, timeout_ms) <= 0)
        return false;
    return fds[2].revents != 0;
}
