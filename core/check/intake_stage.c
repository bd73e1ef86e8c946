/* The intake itself: does it take a request with this key? An empty object is a whole request and
 * no log, so that nothing is written; the Agent asks the same way. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "check/internal.h"
#include "net/verdict.h"

#define INTAKE_PATH "/api/v2/logs"

int dl_intake_stage_post(struct dl_check *check, const char *body, size_t len, const char *encoding,
                         dl_http_done *done, struct dl_error *err)
{
    struct dl_http_request request = {
        .method = DL_HTTP_POST, .body = body, .body_length = len, .content_encoding = encoding};
    char url[DL_ORIGIN_MAX + 32];

    dl_check_request(check, &request);
    dl_text_format(url, sizeof url, "%s" INTAKE_PATH, check->endpoint.intake);
    request.url = url;
    request.key = check->options.key;
    request.proxy = check->proxy.url[0] ? &check->proxy : NULL;
    return dl_http_start(&check->transfer, check->http, &request, done, check, err);
}

/* A key that the API knows and the intake refuses is another matter than a wrong one. */
static void refused(struct dl_check *check, struct dl_error *err)
{
    int status = err->http_status;

    if (err->code == DL_E_KEY_403)
        dl_error_set(err, DL_E_KEY_INTAKE, "the key is valid, but %s refuses it (%d)",
                     check->endpoint.intake, status);
    err->http_status = status;
}

static void answered(void *context, const struct dl_http_answer *answer)
{
    struct dl_check *check = context;
    struct dl_stage_report *report = &check->reports[DL_STAGE_INTAKE];
    struct dl_error err = {0};

    check->transfer = NULL;
    dl_stage_answer(report, "POST", check->endpoint.intake, INTAKE_PATH, answer);
    if (dl_verdict_intake(answer, &err) == DL_VERDICT_COMMIT) {
        dl_stage_settle(check, DL_STAGE_INTAKE, DL_RESULT_PASS, answer->total_ms,
                        "takes requests with this key (%ld)", answer->status);
        return;
    }
    refused(check, &err);
    dl_stage_fail(check, DL_STAGE_INTAKE, DL_RESULT_FAIL, answer->total_ms, &err);
}

void dl_intake_stage_begin(struct dl_check *check)
{
    struct dl_stage_report *report = &check->reports[DL_STAGE_INTAKE];
    struct dl_error err = {0};

    dl_stage_peer(check, report);
    if (dl_intake_stage_post(check, "{}", 2, NULL, answered, &err) < 0)
        dl_stage_fail(check, DL_STAGE_INTAKE, DL_RESULT_FAIL, -1, &err);
}

void dl_intake_stage_late(struct dl_check *check, int seconds)
{
    struct dl_error err = {0};

    dl_error_set(&err, DL_E_NET_TIMEOUT, "no answer from %s in %d s", check->endpoint.intake,
                 seconds);
    dl_stage_fail(check, DL_STAGE_INTAKE, DL_RESULT_FAIL, -1, &err);
}
