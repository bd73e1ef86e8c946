/* Order, deadlines and verdict of the stages. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "check/internal.h"

#define TOTAL_MS 30000
#define DEEP_MS 60000 /* more for each deep stage */
#define PROBE_MS 5000 /* each of DNS, TCP, TLS */
#define REQUEST_MS 15000

static bool is_in(enum dl_stage stage, unsigned stages)
{
    return stage < DL_STAGE_COUNT && (stages & DL_STAGE_BIT(stage)) != 0;
}

void dl_check_enter(struct dl_check *check, enum dl_stage stage)
{
    check->current = stage;
    check->more = NULL;
    if (stage < DL_STAGE_COUNT) {
        check->reports[stage].result = DL_RESULT_RUN;
        check->stage_started = dl_clock_ms();
        check->stage_deadline =
            check->stage_started + (is_in(stage, DL_STAGES_REACH) ? PROBE_MS : REQUEST_MS);
    }
    if (check->options.changed)
        check->options.changed(check->options.context);
}

void dl_check_continue(struct dl_check *check, dl_check_more *more, int ms)
{
    check->more = more;
    check->stage_deadline = dl_clock_ms() + ms;
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
    const char *reason = check->options.key_reason;

    if (stage >= DL_STAGE_KEY && !check->options.key)
        return reason ? reason : "no API key was given";
    if (is_in(stage, DL_STAGES_SEND) && !check->options.integration)
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
    else if (stage == DL_STAGE_CLOCK)
        dl_clock_stage_begin(check);
    else if (stage == DL_STAGE_KEY)
        dl_key_stage_begin(check);
    else if (stage == DL_STAGE_INTAKE)
        dl_intake_stage_begin(check);
    else if (stage == DL_STAGE_LARGE)
        dl_large_stage_begin(check);
    else if (stage == DL_STAGE_QUALITY)
        dl_path_stage_begin(check);
    else
        dl_send_begin(check, stage);
}

/* What a stage leaves behind. */
static void leave(struct dl_check *check)
{
    dl_check_cancel_transfer(check);
    dl_send_end(check);
    free(check->rounds.body);
    check->rounds = (struct dl_rounds){0};
}

/* Whether the stages behind one that failed make sense all the same. */
static bool goes_on(enum dl_stage failed)
{
    return failed == DL_STAGE_CLOCK || failed == DL_STAGE_LARGE;
}

/* Leaves stages that have their result and enters the next one. */
static void advance(struct dl_check *check)
{
    while (check->current < DL_STAGE_COUNT && dl_stage_settled(&check->reports[check->current])) {
        enum dl_stage stage = check->current;
        leave(check);
        if (check->reports[stage].result == DL_RESULT_FAIL && !goes_on(stage))
            skip_rest(check, stage);
        else
            begin(check, next(check, stage));
    }
}

static void follow_up(struct dl_check *check)
{
    dl_check_more *more = check->more;

    check->more = NULL;
    if (more)
        more(check);
}

static int64_t total_deadline(const struct dl_check *check)
{
    int64_t ms = check->options.total_ms;

    if (ms <= 0) {
        ms = TOTAL_MS;
        ms += dl_check_has(check, DL_STAGE_LARGE) ? DEEP_MS : 0;
        ms += dl_check_has(check, DL_STAGE_QUALITY) ? DEEP_MS : 0;
    }
    return check->started + ms;
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
    check->more = NULL;
    if (is_in(check->current, DL_STAGES_REACH))
        dl_probe_late(check, seconds);
    else if (check->current == DL_STAGE_CLOCK)
        dl_clock_stage_late(check, seconds);
    else if (check->current == DL_STAGE_KEY)
        dl_key_stage_late(check, seconds);
    else if (check->current == DL_STAGE_INTAKE)
        dl_intake_stage_late(check, seconds);
    else if (check->current == DL_STAGE_LARGE)
        dl_large_stage_late(check, seconds);
    else if (check->current == DL_STAGE_QUALITY)
        dl_path_stage_late(check, seconds);
    else
        dl_send_late(check, seconds);
}

static int sooner(int a, int b)
{
    return a < 0 || (b >= 0 && b < a) ? b : a;
}

/* The stages; milliseconds until they want to be called again, -1 when they are over. */
static int step_stages(struct dl_check *check)
{
    int wait = -1;
    int64_t left;

    if (check->current == DL_STAGE_COUNT)
        return -1;
    follow_up(check);
    if (check->sender)
        wait = dl_send_step(check);
    advance(check);
    if (check->current < DL_STAGE_COUNT && dl_clock_ms() >= deadline(check)) {
        late(check);
        advance(check);
    }
    if (check->current == DL_STAGE_COUNT)
        return -1;
    check->reports[check->current].ms = dl_clock_ms() - check->stage_started;
    left = deadline(check) - dl_clock_ms();
    return check->more ? 0 : sooner(wait, left > 0 ? (int)left : 0);
}

int dl_check_step(struct dl_check *check)
{
    int wait = step_stages(check);

    wait = sooner(wait, dl_family_step(check));
    return dl_check_done(check) ? -1 : wait;
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
    dl_family_begin(check);
    advance(check);
    check->options.changed = options->changed;
    *out = check;
    return 0;
}

void dl_check_free(struct dl_check *check)
{
    if (!check)
        return;
    leave(check);
    dl_family_end(check);
    free(check);
}

bool dl_check_done(const struct dl_check *check)
{
    return check->current >= DL_STAGE_COUNT && check->families_told;
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
