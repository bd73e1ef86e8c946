/* What the files of `ddlogs send` share: one run of the command. */
#ifndef DL_TUI_COMMAND_SEND_H
#define DL_TUI_COMMAND_SEND_H

#include <limits.h>

#include "check/preview.h"
#include "command/command.h"
#include "command/session.h"
#include "ddlogs.h"
#include "pipeline/explorer.h"
#include "send/follow.h"
#include "send/ledger.h"
#include "send/notices.h"
#include "send/notify.h"
#include "send/progress.h"

enum {
    SEND_DRAIN_MS = 60000, /* for what is left after the end of the input */
    SEND_STOP_MS = 10000,  /* for what is left after a signal */
    SEND_TURN_MS = 200     /* longest wait for the sender before all else is looked at again */
};

/* What is said as it comes, and again among the warnings of --json. */
#define SEND_TOLD_MAX 3
extern const enum dl_code send_told[SEND_TOLD_MAX];

struct send {
    struct program *program;
    const struct options *options;
    char integration[128]; /* its name */
    struct dl_key *key;    /* given for this run, or NULL: the library reads it from its place */
    ddlogs_sender *sender;
    ddlogs_error *error;
    struct dl_preview *preview;   /* then there is no sender */
    struct dl_explorer *explorer; /* and a log is shown as the Log Explorer would; or NULL */
    bool spooled;                 /* accepted logs outlive the process */
    bool fails_when_full;

    /* input */
    struct stream_taker taker;
    regex_t start;
    bool joins; /* start is a pattern */
    struct follow *follow;
    struct stream stream; /* of what is not followed */
    char **paths;         /* absolute, of the words; NULL for what has no place */
    uint64_t whole, done; /* bytes of the regular files, and of those that are behind us */
    uint64_t read_bytes;  /* of them all */
    struct positions positions;
    struct ledger ledger;
    bool keeps;               /* positions are kept */
    bool positions_said;      /* that they cannot be */
    bool warned;              /* of logs whose date Datadog does not take */
    bool told[SEND_TOLD_MAX]; /* what the sender said of its spool, by send_told */

    /* signals */
    int signals;    /* descriptor; readable by SIGINT, SIGTERM, SIGHUP */
    int stopped_by; /* the signal, 0: none */
    bool again;     /* a second one: nothing is waited for any more */

    /* what it shows */
    struct notices notices;
    struct session_service service;
    struct progress progress;
    struct counters shown; /* at the last line of --stats */
    struct watchdog watchdog;
    int64_t stats_ms, metrics_ms; /* when the next is due; -1: never */
    bool metrics_said;
};

/* The library's error as the rooms know it. */
int send_fetch(const ddlogs_error *from, struct dl_error *err);

/* ---- send_config.c: session, configuration, key ---- */

/* Opens the sender, or with --preview what shows logs; and the positions where they are kept. */
int send_open(struct send *send, struct dl_error *err);
void send_close(struct send *send);
/* Reads configuration and key anew. On failure the old ones stay. */
int send_reload(struct send *send, struct dl_error *err);

/* ---- send_input.c: reading ---- */

/* Reads all there is, until its end or a signal. */
int send_input(struct send *send, struct dl_error *err);
void send_input_free(struct send *send);

/* ---- send_log.c: one log ---- */

int send_log(void *context, const struct stream *stream, const char *text, size_t len,
             struct dl_error *err);
void send_rest(void *context, const struct stream *stream);

/* ---- send_turn.c: signals, notices and clocks, between all else ---- */

int send_watch_signals(struct send *send, struct dl_error *err);
/* Does what is due. True once the command is to stop. */
bool send_turn(struct send *send);
/* Says what the sender has to say. */
void send_read_notices(struct send *send);
/* Waits for the descriptor (-1: none), a signal, a notice, or what is due; at most timeout_ms
 * (negative: as long as it takes). True if the descriptor is ready. */
bool send_wait(struct send *send, int fd, int timeout_ms);
/* Whether a failure that holds everything is waited out. */
bool send_stays(const struct send *send);
/* Tells the service manager. */
void send_tell(const struct send *send, const char *lines);

/* ---- send_show.c: counters for people and programs ---- */

void send_count(const struct send *send, struct counters *out);
void send_show_open(struct send *send);
void send_show(struct send *send, int64_t now_ms);
int send_show_wait(const struct send *send, int64_t now_ms);
/* A line on standard error, the progress bar out of its way. */
void send_say(struct send *send, const char *format, ...) __attribute__((format(printf, 2, 3)));
void send_say_error(struct send *send, const char *code, const char *text);

/* ---- send_end.c: the rest is delivered, and the verdict ---- */

int send_drain(struct send *send, struct dl_error *err);
int send_report(struct send *send, const struct dl_error *err);

#endif
