/* One log, the mixed batch, and the batch as zstd: through the sender that ships. */
#include <string.h>

#include "base/text.h"
#include "check/internal.h"
#include "check/test_log.h"

#define INTAKE_PATH "/api/v2/logs"

/* A valid key that the intake refuses is another matter than a wrong one. */
static void keep_error(struct dl_check *check, const struct dl_error *err)
{
    if (check->send_error.code != DL_OK)
        return;
    check->send_error = *err;
    if (err->code == DL_E_KEY_403 || err->code == DL_E_KEY_INTAKE)
        dl_error_set(&check->send_error, DL_E_KEY_INTAKE,
                     "the key is valid, but %s refuses it (%d)", check->endpoint.intake,
                     err->http_status);
    check->send_error.http_status = err->http_status;
}

static void delivered(void *context, const struct dl_delivery *delivery)
{
    static const char *const encodings[] = {"gzip", "zstd", "none"};
    struct dl_check *check = context;
    struct dl_stage_report *report = &check->reports[check->current];

    dl_stage_answer(report, "POST", check->endpoint.intake, INTAKE_PATH, delivery->answer);
    dl_stage_evidence(report, "sent", "%zu log%s, %zu bytes, %zu as %s", delivery->logs,
                      delivery->logs == 1 ? "" : "s", delivery->bytes, delivery->wire_bytes,
                      encodings[delivery->encoding]);
    check->answer_ms += delivery->answer->total_ms;
    check->answer_status = delivery->answer->status;
    check->sent_bytes += delivery->bytes;
    check->sent_wire += delivery->wire_bytes;
    if (delivery->verdict == DL_VERDICT_COMMIT) {
        check->accepted += delivery->logs;
        dl_shown_take(check, delivery->answer);
    } else {
        keep_error(check, &delivery->error);
    }
}

static int take(void *context, const char *json, size_t len, const char *service,
                struct dl_error *err)
{
    struct dl_check *check = context;
    int rc = dl_sender_json(check->sender, json, len, service, err);

    if (rc == 0)
        check->sent++;
    return rc;
}

/* The configuration of this stage: gzip first, which every intake takes, and zstd in its own stage.
 */
static int open_sender(struct dl_check *check, enum dl_stage stage, struct dl_error *err)
{
    struct dl_sender_options options = {.integration = check->options.integration,
                                        .key = check->options.key,
                                        .proxy = check->proxy.url[0] ? &check->proxy : NULL,
                                        .hostname = check->options.hostname,
                                        .attempts = 1,
                                        .timeout_ms = 60000, /* the stage's deadline comes first */
                                        .delivered = delivered,
                                        .context = check};
    int rc = dl_config_copy(&check->sending, check->options.config, err);

    if (rc < 0)
        return rc;
    if (stage == DL_STAGE_ZSTD)
        check->sending->encoding = DL_ENCODING_ZSTD;
    else if (check->sending->encoding == DL_ENCODING_ZSTD)
        check->sending->encoding = DL_ENCODING_GZIP;
    options.config = check->sending;
    return dl_sender_new(&check->sender, check->http, &options, err);
}

static int fill_sender(struct dl_check *check, enum dl_stage stage, struct dl_error *err)
{
    int rc = stage == DL_STAGE_LOG
                 ? dl_test_log_one(check->test_id, take, check, err)
                 : dl_test_log_batch(check->test_id, check->options.integration, take, check, err);

    return rc < 0 ? rc : dl_sender_flush(check->sender, err);
}

void dl_send_begin(struct dl_check *check, enum dl_stage stage)
{
    struct dl_error err = {0};

    check->send_error = (struct dl_error){0};
    check->sent = 0;
    check->answer_ms = 0;
    check->sent_bytes = check->sent_wire = 0;
    dl_stage_evidence(&check->reports[stage], "host", "%s", check->intake.host);
    if (check->options.config->site)
        dl_stage_evidence(&check->reports[stage], "app_url", "%s",
                          check->options.config->site->app_url);
    dl_stage_evidence(&check->reports[stage], "test_id", "%s", check->test_id);
    if (open_sender(check, stage, &err) < 0 || fill_sender(check, stage, &err) < 0)
        dl_stage_fail(check, stage, DL_RESULT_FAIL, -1, &err);
}

/* A failure of the zstd stage only means gzip, unless zstd was asked for by name. */
static void refused(struct dl_check *check, const struct dl_error *err)
{
    bool gzip_will_do =
        check->current == DL_STAGE_ZSTD &&
        !(check->options.encoding_fixed && check->options.config->encoding == DL_ENCODING_ZSTD);
    struct dl_error told = *err;

    if (gzip_will_do)
        dl_error_set(&told, err->code, "zstd is not taken here (%s), so gzip will be used: %s",
                     dl_error_info(err->code)->id, err->text);
    told.http_status = err->http_status;
    dl_stage_fail(check, check->current, gzip_will_do ? DL_RESULT_WARN : DL_RESULT_FAIL, -1, &told);
}

static void accepted(struct dl_check *check)
{
    long status = check->answer_status;

    if (check->current == DL_STAGE_LOG) {
        dl_stage_settle(check, DL_STAGE_LOG, DL_RESULT_PASS, check->answer_ms, "accepted (%ld)",
                        status);
        return;
    }
    check->zstd_accepted = check->current == DL_STAGE_ZSTD;
    dl_stage_settle(check, check->current, DL_RESULT_PASS, check->answer_ms,
                    "%llu logs accepted (%ld), %zu kB as %zu kB%s", (unsigned long long)check->sent,
                    status, check->sent_bytes / 1000, (check->sent_wire + 999) / 1000,
                    check->zstd_accepted ? " of zstd" : "");
}

int dl_send_step(struct dl_check *check)
{
    int wait = dl_sender_step(check->sender);
    struct dl_sender_stats stats;
    struct dl_error err = {0};

    if (dl_stage_settled(&check->reports[check->current]))
        return wait;
    if (check->send_error.code != DL_OK) {
        refused(check, &check->send_error);
        return 0;
    }
    if (!dl_sender_idle(check->sender))
        return wait;
    dl_sender_stats(check->sender, &stats);
    if (stats.accepted == check->sent) {
        accepted(check);
        return 0;
    }
    const struct dl_error *problem = dl_sender_problem(check->sender);
    if (problem && problem->code != DL_OK)
        err = *problem;
    else
        dl_error_set(&err, DL_E_UNDELIVERED, "%llu of %llu test logs were accepted",
                     (unsigned long long)stats.accepted, (unsigned long long)check->sent);
    refused(check, &err);
    return 0;
}

void dl_send_late(struct dl_check *check, int seconds)
{
    struct dl_error err = {0};

    dl_error_set(&err, DL_E_NET_TIMEOUT, "no answer from %s in %d s", check->endpoint.intake,
                 seconds);
    refused(check, &err);
}

void dl_send_end(struct dl_check *check)
{
    dl_sender_free(check->sender);
    check->sender = NULL;
    dl_config_free(check->sending);
    check->sending = NULL;
}
