#include "net/verdict.h"

#include <string.h>

#include "base/json.h"
#include "base/log.h"
#include "base/text.h"

#define SHOWN_MAX 501 /* 500 bytes of an answer's body are shown as evidence */

/* What each status means for a batch. The body never decides, except that a success has to look
 * like the intake's. What is not listed is held: nothing is dropped on a guess. */
static const struct rule {
    int first, last;
    enum dl_verdict verdict;
    enum dl_code code;
} rules[] = {
    {300, 399, DL_VERDICT_HOLD, DL_E_HTTP_REDIRECT}, {400, 400, DL_VERDICT_BISECT, DL_E_HTTP_400},
    {401, 401, DL_VERDICT_HOLD, DL_E_KEY_403},       {403, 403, DL_VERDICT_HOLD, DL_E_KEY_403},
    {404, 404, DL_VERDICT_HOLD, DL_E_HTTP_404},      {407, 407, DL_VERDICT_HOLD, DL_E_PROXY_AUTH},
    {408, 408, DL_VERDICT_RETRY, DL_E_HTTP_408},     {413, 413, DL_VERDICT_SPLIT, DL_E_HTTP_413},
    {415, 415, DL_VERDICT_HOLD, DL_E_HTTP_415},      {429, 429, DL_VERDICT_RETRY, DL_E_HTTP_429},
    {500, 599, DL_VERDICT_RETRY, DL_E_HTTP_5XX},
};

static const struct rule unknown = {0, 0, DL_VERDICT_HOLD, DL_E_HTTP_STATUS};

static const struct rule *rule_of(long status)
{
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        if (status >= rules[i].first && status <= rules[i].last) {
            return &rules[i];
        }
    }
    return &unknown;
}

static bool is_json(const struct dl_http_answer *answer)
{
    return !answer->body_cut && dl_json_check(answer->body, answer->body_length,
                                              &dl_json_default_limits, NULL, NULL) == 0;
}

static bool is_empty(const struct dl_http_answer *answer)
{
    const char *body = answer->body;
    size_t len = answer->body_length;

    dl_text_trim(&body, &len);
    return len == 0;
}

/* The text between <title> and </title>, or NULL. */
static const char *find_title(const struct dl_http_answer *answer, size_t *len)
{
    const char *end = answer->body + answer->body_length;

    for (const char *at = answer->body; at + 7 <= end; at++) {
        if (dl_ascii_equal_n(at, "<title>", 7)) {
            const char *title = at + 7;
            const char *close = memchr(title, '<', (size_t)(end - title));

            *len = close ? (size_t)(close - title) : 0;
            return close ? title : NULL;
        }
    }
    return NULL;
}

/* ": BODY", or for a web page its title alone; "" when there is nothing to show. */
static void evidence(const struct dl_http_answer *answer, char *to, size_t size)
{
    char shown[SHOWN_MAX];
    const char *body = answer->body ? answer->body : "";
    size_t len = answer->body ? answer->body_length : 0;
    const char *title = NULL;

    *to = '\0';
    dl_text_trim(&body, &len);
    if (len && *body == '<') {
        title = find_title(answer, &len);
        body = title;
    }
    if (!body || !len) {
        return;
    }
    dl_log_scrub(shown, sizeof shown, body, len);
    dl_text_format(to, size, title ? ": a web page titled \"%s\"" : ": %s", shown);
}

static int tell(struct dl_error *err, enum dl_code code, const struct dl_http_answer *answer,
                const char *what)
{
    char shown[SHOWN_MAX + 40];

    evidence(answer, shown, sizeof shown);
    dl_error_set(err, code, "%s (status %ld)%s", what, answer->status, shown);
    if (err) {
        err->http_status = (int)answer->status;
    }
    return -(int)code;
}

static int tell_rule(struct dl_error *err, const struct rule *rule,
                     const struct dl_http_answer *answer)
{
    char what[700];

    if (rule->code == DL_E_HTTP_REDIRECT && answer->location[0]) {
        dl_text_format(what, sizeof what, "the answer is a redirect to %s, which is not followed",
                       answer->location);
    } else if (rule->code == DL_E_HTTP_429 && answer->retry_after_ms >= 0) {
        dl_text_format(what, sizeof what, "Datadog asks to wait %.0f s",
                       (double)answer->retry_after_ms / 1000);
    } else {
        const char *title = dl_error_info(rule->code)->title;

        dl_text_format(what, sizeof what, "%.*s", (int)strcspn(title, "."), title);
    }
    return tell(err, rule->code, answer, what);
}

static int no_answer(const struct dl_http_answer *answer, struct dl_error *err)
{
    dl_error_set(err, answer->code, "%s", answer->text);
    if (err) {
        err->http_status = (int)answer->status;
        err->sys_errno = answer->os_errno;
    }
    return -(int)answer->code;
}

enum dl_verdict dl_verdict_intake(const struct dl_http_answer *answer, struct dl_error *err)
{
    const struct rule *rule;

    if (answer->code != DL_OK) {
        no_answer(answer, err);
        return dl_error_info(answer->code)->kind == DL_KIND_RETRY ? DL_VERDICT_RETRY
                                                                  : DL_VERDICT_HOLD;
    }
    if (answer->status == 200 || answer->status == 202) {
        if (is_empty(answer) || is_json(answer)) {
            return DL_VERDICT_COMMIT;
        }
        tell(err, DL_E_HTTP_HTML, answer, "the answer is not the intake's");
        return DL_VERDICT_HOLD;
    }
    rule = rule_of(answer->status);
    tell_rule(err, rule, answer);
    return rule->verdict;
}

/* v1 answers {"valid":true}; v2 has data.attributes.valid. */
static bool says_valid(const struct dl_http_answer *answer)
{
    cJSON *json = NULL;
    const cJSON *at;
    bool valid;

    if (dl_json_parse(&json, answer->body, answer->body_length, &dl_json_default_limits, NULL)) {
        return false;
    }
    at = cJSON_GetObjectItemCaseSensitive(json, "data");
    at = at ? cJSON_GetObjectItemCaseSensitive(at, "attributes") : json;
    valid = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(at, "valid"));
    cJSON_Delete(json);
    return valid;
}

int dl_verdict_validate(const struct dl_http_answer *answer, struct dl_error *err)
{
    if (answer->code != DL_OK) {
        return no_answer(answer, err);
    }
    if (answer->status != 200) {
        return tell_rule(err, rule_of(answer->status), answer);
    }
    if (is_empty(answer) || !is_json(answer)) {
        return tell(err, DL_E_HTTP_HTML, answer, "the answer is not Datadog's");
    }
    if (!says_valid(answer)) {
        return tell(err, DL_E_KEY_403, answer, "Datadog does not call this key valid");
    }
    return 0;
}
