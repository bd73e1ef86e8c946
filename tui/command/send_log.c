/* One log out of the input to the sender, or to the eye. */
#include <stdio.h>

#include "command/send.h"

static bool looks_like_object(const char *text, size_t len)
{
    while (len && (*text == ' ' || *text == '\t'))
        text++, len--;
    return len && *text == '{';
}

/* With a pipeline: the log as it comes out of it. */
static int as_explored(struct send *send, struct dl_buffer *log, struct dl_error *err)
{
    struct dl_buffer out;
    int rc;

    if (!send->explorer)
        return 0;
    dl_buffer_init(&out, DL_PIPELINE_LOG_MAX);
    rc = dl_explorer_add(send->explorer, &out, log->data, log->len, err);
    if (rc < 0) {
        dl_buffer_free(&out);
        return rc;
    }
    dl_buffer_free(log);
    *log = out;
    return 0;
}

static int show(struct send *send, const char *text, size_t len, struct dl_error *err)
{
    struct dl_buffer out;
    struct dl_error why = {.code = DL_OK};
    int rc;

    dl_buffer_init(&out, (size_t)2 * 1024 * 1024);
    rc = dl_preview_log(send->preview, &out, text, len, looks_like_object(text, len),
                        send->options->status, &why);
    if (rc == -DL_E_RECORD) {
        send_say_error(send, dl_error_info(why.code)->id, why.text);
        rc = 0;
    } else if (rc < 0) {
        rc = dl_error_set(err, (enum dl_code) - rc, "%s", why.text);
    } else {
        rc = as_explored(send, &out, err);
        if (rc == 0 && puts(dl_buffer_string(&out)) < 0)
            rc = dl_error_set(err, DL_E_IO, "standard output cannot be written");
    }
    dl_buffer_free(&out);
    return rc;
}

/* Waits for room until there is some, a signal comes, or nothing will ever move. */
static int hand_over(struct send *send, const char *text, size_t len, uint64_t *number,
                     struct dl_error *err)
{
    const char *service = send->options->service;
    bool json = looks_like_object(text, len);
    int rc;

    for (;;) {
        if (json)
            rc = ddlogs_sender_json(send->sender, text, len, service, number, send->error);
        else
            rc = ddlogs_sender_text(send->sender, text, len, send->options->status, service, number,
                                    send->error);
        if (rc == -DL_E_RECORD) { /* counted as refused; the others go on */
            send_say_error(send, ddlogs_error_code(send->error), ddlogs_error_text(send->error));
            *number = 0;
            return 0;
        }
        if (rc == 0)
            return 0;
        if (rc != -DL_E_FULL || send->fails_when_full)
            return send_fetch(send->error, err);
        if (send_turn(send))
            return dl_error_set(err, DL_E_CANCELLED, "stopped by a signal; the rest was not read");
        if (!send_stays(send) && ddlogs_sender_problem(send->sender, send->error) < 0)
            return send_fetch(send->error, err);
    }
}

int send_log(void *context, const struct stream *stream, const char *text, size_t len,
             struct dl_error *err)
{
    struct send *send = context;
    uint64_t number = 0;
    int rc;

    if (send->preview)
        return show(send, text, len, err);
    rc = hand_over(send, text, len, &number, err);
    if (rc == 0 && send->keeps && stream->regular)
        ledger_log(&send->ledger, number, stream->source, &stream->place);
    return rc;
}

/* Once, and at once: a program that feeds this one may run for months. */
static void warn_of_dates(struct send *send)
{
    bool aged = ddlogs_sender_count(send->sender, "aged") > 0;
    char step[256];

    if (!aged && !ddlogs_sender_count(send->sender, "ahead"))
        return;
    send->warned = true;
    send_say(send,
             "%s: a log is dated more than %s; it is sent, and counted, but Datadog drops such "
             "logs without a word",
             dl_error_info(DL_E_DATE)->id, aged ? "18 hours ago" : "2 hours ahead");
    for (size_t i = 0; dl_error_step(DL_E_DATE, i, NULL, step, sizeof step); i++)
        fprintf(stderr, "  next: %s\n", step);
}

void send_rest(void *context, const struct stream *stream)
{
    struct send *send = context;

    if (send->keeps && stream->regular)
        ledger_rest(&send->ledger, stream->source, &stream->place);
    if (send->sender && !send->warned)
        warn_of_dates(send);
}
