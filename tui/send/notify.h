/* The service manager's side: readiness and state by its datagram protocol, and the watchdog. */
#ifndef DL_TUI_SEND_NOTIFY_H
#define DL_TUI_SEND_NOTIFY_H

#include <stdbool.h>

#include "send/counters.h"

/* Sends the lines ("READY=1\nSTATUS=...") to the socket: a path or "@name"; NULL: nobody listens.
 * True if it was handed over. Never waits. */
bool notify_send(const char *socket, const char *lines);

struct watchdog {
    int64_t every_ms; /* WATCHDOG_USEC; 0: nobody watches */
    int64_t told_ms, moved_ms;
    struct counters before;
};

/* `usec` and `pid` are the variables WATCHDOG_USEC and WATCHDOG_PID, or NULL. */
void watchdog_open(struct watchdog *watchdog, const char *usec, const char *pid, int64_t now_ms);

/* Milliseconds until the next look, -1: nobody watches. */
int watchdog_wait(const struct watchdog *watchdog, int64_t now_ms);

/* True when it is time to say that all is well, and it is: nothing is pending, or somebody has to
 * act first (held), or a request went out or a log was delivered within WATCHDOG_USEC. */
bool watchdog_look(struct watchdog *watchdog, const struct counters *now);

#endif
