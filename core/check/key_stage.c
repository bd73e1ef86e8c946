#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "check/internal.h"
#include "net/verdict.h"

#define VALIDATE "/api/v1/validate"
#define ORGANISATION "/api/v2/validate"
#define ORGANISATION_MS 3000 /* nice to know, nothing to wait for */

static void site_evidence(struct dl_check *check)
{
    const struct dl_config *config = check->options.config;
    struct dl_stage_report *report = &check->reports[DL_STAGE_KEY];
    struct dl_target api;

    if (config->site)
        dl_stage_evidence(report, "app_url", "%s", config->site->app_url);
    if (dl_target_from_url(&api, check->endpoint.api)) {
        dl_stage_evidence(report, "host", "%s", api.host);
        dl_stage_evidence(report, "port", "%d", api.port);
    }
    if (check->api_proxy.url[0])
        dl_stage_evidence(report, "proxy", "%s", check->api_proxy.shown);
}

/* What is said when nothing else is wrong: site, and that the clock is fine where a Date came. */
static void fine(struct dl_check *check, const struct dl_http_answer *answer)
{
    const struct dl_config *config = check->options.config;
    bool said = dl_check_has(check, DL_STAGE_CLOCK); /* by a stage of its own */
    const char *clock = answer->date[0] && !said ? ", clock ok" : "";

    check->outcome = DL_RESULT_PASS;
    if (check->endpoint.custom)
        dl_text_format(check->outcome_message, sizeof check->outcome_message, "valid at %s%s",
                       check->endpoint.api, clock);
    else
        dl_text_format(check->outcome_message, sizeof check->outcome_message, "valid for %s%s",
                       config->site->name, clock);
}

static void settle(struct dl_check *check)
{
    if (check->outcome == DL_RESULT_PASS)
        dl_stage_settle(check, DL_STAGE_KEY, DL_RESULT_PASS, check->answer_ms, "%s",
                        check->outcome_message);
    else
        dl_stage_fail(check, DL_STAGE_KEY, check->outcome, check->answer_ms, &check->outcome_error);
}

static void request(struct dl_check *check, const char *path, dl_http_done *done)
{
    struct dl_http_request request = {.method = DL_HTTP_GET};
    struct dl_error err = {0};
    char url[DL_ORIGIN_MAX + 32];

    dl_check_request(check, &request);
    dl_text_format(url, sizeof url, "%s%s", check->endpoint.api, path);
    request.url = url;
    request.key = check->options.key;
    request.proxy = check->api_proxy.url[0] ? &check->api_proxy : NULL;
    if (dl_http_start(&check->transfer, check->http, &request, done, check, &err) == 0)
        return;
    if (check->asking_organisation)
        settle(check);
    else
        dl_stage_fail(check, DL_STAGE_KEY, DL_RESULT_FAIL, -1, &err);
}

static void organisation(struct dl_check *check);

static void validate_done(void *context, const struct dl_http_answer *answer)
{
    struct dl_check *check = context;
    struct dl_stage_report *report = &check->reports[DL_STAGE_KEY];
    struct dl_error err = {0};
    char sentence[512];

    check->transfer = NULL;
    check->answer_ms = answer->total_ms;
    dl_stage_answer(report, "GET", check->endpoint.api, VALIDATE, answer);
    if (dl_verdict_validate(answer, &err) < 0) {
        dl_stage_fail(check, DL_STAGE_KEY, DL_RESULT_FAIL, answer->total_ms, &err);
        return;
    }
    if (!dl_check_has(check, DL_STAGE_CLOCK))
        err.code = dl_clock_stage_judge(report, answer->date, sentence, sizeof sentence);
    if (err.code == DL_OK) {
        fine(check, answer);
    } else {
        dl_error_set(&check->outcome_error, err.code, "%s", sentence);
        check->outcome = err.code == DL_E_CLOCK ? DL_RESULT_WARN : DL_RESULT_FAIL;
    }
    dl_check_continue(check, organisation, ORGANISATION_MS);
}

/* Undocumented as stable: whatever comes back, the key is valid. */
static void organisation_done(void *context, const struct dl_http_answer *answer)
{
    struct dl_check *check = context;
    struct dl_stage_report *report = &check->reports[DL_STAGE_KEY];
    cJSON *root = NULL;

    check->transfer = NULL;
    if (answer->code == DL_OK && answer->status == 200 &&
        dl_json_parse(&root, answer->body, answer->body_length, &dl_json_default_limits, NULL) ==
            0) {
        const cJSON *data = cJSON_GetObjectItemCaseSensitive(root, "data");
        const cJSON *attributes = cJSON_GetObjectItemCaseSensitive(data, "attributes");
        const char *id = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(data, "id"));
        const char *key_id =
            cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(attributes, "api_key_id"));
        if (id)
            dl_stage_evidence(report, "organization", "%s", id);
        if (key_id)
            dl_stage_evidence(report, "key_id", "%s", key_id);
    }
    cJSON_Delete(root);
    settle(check);
}

void dl_key_stage_begin(struct dl_check *check)
{
    site_evidence(check);
    request(check, VALIDATE, validate_done);
}

static void organisation(struct dl_check *check)
{
    check->asking_organisation = true;
    request(check, ORGANISATION, organisation_done);
}

void dl_key_stage_late(struct dl_check *check, int seconds)
{
    struct dl_error err = {0};

    if (check->asking_organisation) {
        settle(check);
        return;
    }
    dl_error_set(&err, DL_E_NET_TIMEOUT, "no answer from %s in %d s", check->endpoint.api, seconds);
    dl_stage_fail(check, DL_STAGE_KEY, DL_RESULT_FAIL, -1, &err);
}
