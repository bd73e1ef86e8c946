/* Order, deadlines and verdict of the stages. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "check/internal.h"

#define TOTAL_MS 30000
#define PROBE_MS 5000 /* each of DNS, TCP, TLS, and the second look at a certificate */
#define REQUEST_MS 15000
#define ORGANISATION_MS 3000 /* nice to know, nothing to wait for */

static int64_t stage_limit(enum dl_stage stage)
{
    return stage <= DL_STAGE_TLS ? PROBE_MS : REQUEST_MS;
}

void dl_check_enter(struct dl_check *check, enum dl_stage stage)
{
    check->current = stage;
    if (stage < DL_STAGE_COUNT) {
        check->reports[stage].result = DL_RESULT_RUN;
        check->stage_started = dl_clock_ms();
        check->stage_deadline = check->stage_started + stage_limit(stage);
    }
    if (check->options.changed)
        check->options.changed(check->options.context);
}

void dl_check_request(const struct dl_check *check, struct dl_http_request *request)
{
    const struct dl_config *config = check->options.config;

    request->ca_file = config->ca_file;
    request->connect_to = config->connect_to;
    /* our own deadlines come first, so that the stage that was late is known */
    request->connect_timeout_ms = request->timeout_ms = request->idle_timeout_ms = 2 * TOTAL_MS;
}

void dl_check_cancel_transfer(struct dl_check *check)
{
    if (check->transfer)
        dl_http_cancel(check->http, check->transfer);
    check->transfer = NULL;
}

/* Why a stage is not run at all, or NULL. */
static const char *missing(const struct dl_check *check, enum dl_stage stage)
{
    if (stage >= DL_STAGE_KEY && !check->options.key)
        return "no API key was given";
    if (stage >= DL_STAGE_LOG && !check->options.integration)
        return "no integration was given";
    return NULL;
}

/* The stage of this check behind this one. */
static enum dl_stage next(const struct dl_check *check, enum dl_stage stage)
{
    do
        stage++;
    while (stage < DL_STAGE_COUNT && !dl_check_has(check, stage));
    return stage;
}

static void skip_rest(struct dl_check *check, enum dl_stage failed)
{
    for (enum dl_stage i = next(check, failed); i < DL_STAGE_COUNT; i = next(check, i))
        dl_stage_settle(check, i, DL_RESULT_SKIP, 0, "not tried, because %s failed",
                        dl_stage_label(failed));
    dl_check_enter(check, DL_STAGE_COUNT);
}

static void begin(struct dl_check *check, enum dl_stage stage)
{
    const char *reason;

    dl_check_enter(check, stage);
    if (stage == DL_STAGE_COUNT)
        return;
    reason = missing(check, stage);
    if (reason)
        dl_stage_settle(check, stage, DL_RESULT_SKIP, 0, "%s", reason);
    else if (stage == DL_STAGE_DNS)
        dl_probe_begin(check);
    else if (stage == DL_STAGE_KEY)
        dl_key_stage_begin(check);
    else if (stage >= DL_STAGE_LOG)
        dl_send_begin(check, stage);
}

/* Leaves stages that have their result and enters the next one. */
static void advance(struct dl_check *check)
{
    while (check->current < DL_STAGE_COUNT && dl_stage_settled(&check->reports[check->current])) {
        enum dl_stage stage = check->current;
        dl_check_cancel_transfer(check);
        dl_send_end(check);
        if (check->reports[stage].result == DL_RESULT_FAIL)
            skip_rest(check, stage);
        else
            begin(check, next(check, stage));
    }
}

/* Second requests of a stage, each with a deadline of its own. */
static void follow_up(struct dl_check *check)
{
    if (check->look_wanted) {
        check->stage_deadline = dl_clock_ms() + PROBE_MS;
        dl_probe_look(check);
    } else if (check->organisation_wanted) {
        check->stage_deadline = dl_clock_ms() + ORGANISATION_MS;
        dl_key_stage_organisation(check);
    }
}

static int64_t total_deadline(const struct dl_check *check)
{
    return check->started + (check->options.total_ms > 0 ? check->options.total_ms : TOTAL_MS);
}

static int64_t deadline(const struct dl_check *check)
{
    int64_t total = total_deadline(check);

    return check->stage_deadline < total ? check->stage_deadline : total;
}

/* The stage that runs is out of time. */
static void late(struct dl_check *check)
{
    int seconds = (int)((dl_clock_ms() - check->stage_started + 500) / 1000);

    dl_check_cancel_transfer(check);
    if (check->current <= DL_STAGE_TLS)
        dl_probe_late(check, seconds);
    else if (check->current == DL_STAGE_KEY)
        dl_key_stage_late(check, seconds);
    else
        dl_send_late(check, seconds);
}

int dl_check_step(struct dl_check *check)
{
    int wait = -1;
    int64_t left;

    if (dl_check_done(check))
        return -1;
    follow_up(check);
    if (check->sender)
        wait = dl_send_step(check);
    advance(check);
    if (!dl_check_done(check) && dl_clock_ms() >= deadline(check)) {
        late(check);
        advance(check);
    }
    if (dl_check_done(check))
        return -1;
    check->reports[check->current].ms = dl_clock_ms() - check->stage_started;
    left = deadline(check) - dl_clock_ms();
    left = left > 0 ? left : 0;
    if (check->look_wanted || check->organisation_wanted)
        return 0;
    return wait >= 0 && wait < left ? wait : (int)left;
}

int dl_check_start(struct dl_check **out, struct dl_http *http,
                   const struct dl_check_options *options, struct dl_error *err)
{
    struct dl_check *check = calloc(1, sizeof *check);
    const struct dl_config *config = options->config;

    if (!check)
        return dl_error_set(err, DL_E_NOMEM, "there is no memory for the test");
    check->http = http;
    check->options = *options;
    int rc = dl_endpoint_from_config(&check->endpoint, config, err);
    if (rc < 0 || !dl_target_from_url(&check->intake, check->endpoint.intake)) {
        free(check);
        return rc < 0 ? rc : dl_error_set(err, DL_E_VALUE, "the endpoint is no usable address");
    }
    check->peer = check->intake;
    if (config->connect_to)
        dl_target_from_url(&check->peer, config->connect_to);
    for (size_t i = 0; i < DL_STAGE_COUNT; i++)
        check->reports[i].stage = (enum dl_stage)i;
    dl_clock_test_id(check->test_id);
    check->started = dl_clock_ms();
    /* the caller has no handle yet: no news before it */
    check->options.changed = NULL;
    dl_check_enter(check, DL_STAGE_PROXY);
    dl_probe_proxy(check);
    advance(check);
    check->options.changed = options->changed;
    *out = check;
    return 0;
}

void dl_check_free(struct dl_check *check)
{
    if (!check)
        return;
    dl_check_cancel_transfer(check);
    dl_send_end(check);
    free(check);
}

bool dl_check_done(const struct dl_check *check)
{
    return check->current >= DL_STAGE_COUNT;
}

bool dl_check_has(const struct dl_check *check, enum dl_stage stage)
{
    return (check->options.stages & DL_STAGE_BIT(stage)) != 0;
}

const struct dl_stage_report *dl_check_report(const struct dl_check *check, enum dl_stage stage)
{
    return &check->reports[stage < DL_STAGE_COUNT ? stage : 0];
}

int dl_check_verdict(const struct dl_check *check, struct dl_error *err)
{
    if (check->failure.code == DL_OK)
        return 0;
    if (err)
        *err = check->failure;
    return -(int)check->failure.code;
}

const char *dl_check_test_id(const struct dl_check *check)
{
    return check->test_id;
}

uint64_t dl_check_accepted(const struct dl_check *check)
{
    return check->accepted;
}

enum dl_encoding dl_check_encoding(const struct dl_check *check)
{
    return check->zstd_accepted ? DL_ENCODING_ZSTD : DL_ENCODING_GZIP;
}
