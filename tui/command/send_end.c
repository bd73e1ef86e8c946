/* The end: what is left is delivered within the time, and the verdict. */
#include <inttypes.h>
#include <stdio.h>

#include "base/clock.h"
#include "command/result.h"
#include "command/send.h"

static uint64_t count(const struct send *send, const char *name)
{
    return ddlogs_sender_count(send->sender, name);
}

static uint64_t undelivered(const struct send *send)
{
    return count(send, "pending") + count(send, "waiting");
}

/* By the intake, or because no request is large enough for it. */
static uint64_t refused(const struct send *send)
{
    return count(send, "quarantined") + count(send, "refused");
}

/* Milliseconds that are left; a first signal shortens them, a second ends them. */
static int64_t time_left(const struct send *send, int64_t from_ms, int64_t stopped_ms)
{
    int64_t now_ms = dl_clock_ms(), left = INT64_MAX, stop;

    if (send->again)
        return 0;
    if (send->options->timeout >= 0)
        left = from_ms + send->options->timeout * 1000 - now_ms;
    else if (!send->options->until_empty)
        left = from_ms + SEND_DRAIN_MS - now_ms;
    stop = send->stopped_by ? stopped_ms + SEND_STOP_MS - now_ms : INT64_MAX;
    if (stop < left)
        left = stop;
    return left < 0 ? 0 : left;
}

/* Delivers what is left. While nothing moves until somebody acts, only what stays waits for that.
 */
static int deliver(struct send *send, struct dl_error *err)
{
    int64_t from_ms = dl_clock_ms(), stopped_ms = from_ms;

    for (;;) {
        bool was_stopped = send_turn(send);
        int64_t left = time_left(send, from_ms, stopped_ms);
        int turn = (int)(left < SEND_TURN_MS ? left : SEND_TURN_MS);

        if (ddlogs_sender_flush(send->sender, turn, send->error) == 0)
            return 0;
        send_fetch(send->error, err);
        if (undelivered(send) == 0 || left == 0)
            return -(int)err->code;
        if (ddlogs_sender_problem(send->sender, NULL) < 0) {
            if (!send_stays(send))
                return -(int)err->code;
            send_wait(send, -1, turn); /* a flush does not wait for that */
        }
        if (!was_stopped)
            stopped_ms = dl_clock_ms();
    }
}

/* With a spool all logs are accepted first, whatever can be delivered. A disk that stays full ends
 * it: what is left is counted as not delivered. */
static void accept(struct send *send)
{
    int64_t from_ms = dl_clock_ms(), left;

    do {
        if (ddlogs_sender_commit(send->sender, SEND_TURN_MS, send->error) == 0)
            return;
        send_turn(send);
        left = time_left(send, from_ms, from_ms);
    } while (left > 0);
}

static int kept(struct send *send, struct dl_error *err)
{
    uint64_t left = undelivered(send), lost = count(send, "waiting");

    if (send->spooled && lost)
        return dl_error_set(err, DL_E_SPOOL_FULL,
                            "%" PRIu64
                            " logs were read that the spool could not take any more; they "
                            "are neither delivered nor kept",
                            lost);
    if (!send->spooled || !left || refused(send) || ddlogs_sender_problem(send->sender, NULL) < 0)
        return -(int)err->code;
    return dl_error_set(err, DL_E_PENDING, "%" PRIu64 " logs wait in the spool", left);
}

int send_drain(struct send *send, struct dl_error *err)
{
    struct dl_error later = {.code = DL_OK}, unsaved;
    int rc = 0;

    if (send->spooled)
        accept(send);
    rc = deliver(send, &later);
    if (rc < 0)
        rc = kept(send, &later);
    if (send->keeps && ledger_save(&send->ledger, dl_clock_ms(), true, &unsaved) < 0 && rc == 0) {
        later = unsaved;
        rc = -(int)unsaved.code;
    }
    if (rc < 0)
        *err = later;
    if (send->metrics_ms >= 0) {
        send->metrics_ms = 0;
        send_show(send, dl_clock_ms());
    }
    return rc;
}

static void print_summary(const struct send *send)
{
    uint64_t misdated = count(send, "aged") + count(send, "ahead");
    uint64_t split = send->follow ? follow_split(send->follow) : send->stream.group.split;

    fprintf(stderr, "%" PRIu64 " logs delivered, %" PRIu64 " refused, %" PRIu64 " not delivered",
            count(send, "delivered"), refused(send), undelivered(send));
    if (send->spooled && count(send, "pending"))
        fprintf(stderr, ", %" PRIu64 " of them kept in the spool", count(send, "pending"));
    if (count(send, "dropped"))
        fprintf(stderr, ", %" PRIu64 " dropped", count(send, "dropped"));
    if (count(send, "cut"))
        fprintf(stderr, ", %" PRIu64 " cut at 1 MB", count(send, "cut"));
    if (split)
        fprintf(stderr, ", %" PRIu64 " joined logs divided at 1 MB", split);
    if (misdated)
        fprintf(stderr, ", %" PRIu64 " with a date that Datadog drops", misdated);
    fputc('\n', stderr);
}

/* What happened, on standard error and with --json on standard output; returns the exit code. */
int send_report(struct send *send, const struct dl_error *err)
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

    progress_clear(&send->progress);
    for (size_t i = 0; i < result.counter_count; i++)
        counters[i].value = count(send, counters[i].name);
    if (err->code)
        result_complain(&result);
    if (!send->options->quiet)
        print_summary(send);
    ddlogs_sender_close(send->sender, 0, NULL); /* its thread has said all it had to say */
    send->sender = NULL;
    send_read_notices(send);
    for (size_t i = 0; i < SEND_TOLD_MAX; i++)
        if (send->told[i])
            result_warn(&result, send_told[i], "%s", dl_error_info(send_told[i])->title);
    if (send->options->json)
        result_print_json(&result);
    return result_exit_code(&result);
}
