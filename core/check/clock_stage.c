/* The clock of this machine against the intake's Date header, before any key is needed. */
#include "base/clock.h"
#include "base/text.h"
#include "check/internal.h"

/* Datadog drops logs that are older than 18 h or, by its older documentation, more than 2 h ahead.
 */
#define CLOCK_WARN_MS (5 * 60 * 1000LL)
#define CLOCK_BEHIND_MS (18 * 3600 * 1000LL)
#define CLOCK_AHEAD_MS (2 * 3600 * 1000LL)

enum dl_code dl_clock_stage_judge(struct dl_stage_report *report, const char *date, char *sentence,
                                  size_t size)
{
    int64_t there, off;
    char span[32], now[32];

    if (!date[0] || !dl_date_parse(date, &there))
        return DL_OK;
    off = dl_clock_wall_ms() - there;
    bool behind = off < 0;
    dl_date_span(behind ? -off : off, span, sizeof span);
    dl_clock_iso(dl_clock_wall_ms(), now);
    dl_stage_evidence(report, "date", "%s", date);
    dl_stage_evidence(report, "clock", "%s", now);
    if (-CLOCK_WARN_MS <= off && off <= CLOCK_WARN_MS)
        return DL_OK;
    bool far = off < -CLOCK_BEHIND_MS || off > CLOCK_AHEAD_MS;
    dl_text_format(sentence, size,
                   "the clock of this machine is %s %s (it says %s, the server %s)%s", span,
                   behind ? "behind" : "ahead", now, date,
                   far ? ": logs with this time are dropped without a word" : "");
    return far ? DL_E_CLOCK_FAR : DL_E_CLOCK;
}

static void answered(void *context, const struct dl_http_answer *answer)
{
    struct dl_check *check = context;
    struct dl_stage_report *report = &check->reports[DL_STAGE_CLOCK];
    struct dl_error err = {.code = answer->code, .sys_errno = answer->os_errno};
    char sentence[512] = "";
    int64_t there;

    check->transfer = NULL;
    dl_stage_answer(report, "GET", check->endpoint.intake, "/", answer);
    if (answer->code != DL_OK) {
        dl_text_copy(err.text, sizeof err.text, answer->text);
        dl_stage_fail(check, DL_STAGE_CLOCK, DL_RESULT_FAIL, answer->total_ms, &err);
        return;
    }
    if (!dl_date_parse(answer->date, &there)) {
        dl_stage_settle(check, DL_STAGE_CLOCK, DL_RESULT_SKIP, answer->total_ms,
                        "the answer has no Date to compare with");
        return;
    }
    err.code = dl_clock_stage_judge(report, answer->date, sentence, sizeof sentence);
    if (err.code == DL_OK) {
        /* a Date tells whole seconds */
        int64_t off = (dl_clock_wall_ms() - there) / 1000;
        bool right = -1 <= off && off <= 2;

        dl_stage_settle(check, DL_STAGE_CLOCK, DL_RESULT_PASS, answer->total_ms,
                        right ? "right to the second" : "%lld s %s",
                        (long long)(off < 0 ? -off : off), off < 0 ? "behind" : "ahead");
        return;
    }
    dl_text_copy(err.text, sizeof err.text, sentence);
    dl_stage_fail(check, DL_STAGE_CLOCK, err.code == DL_E_CLOCK ? DL_RESULT_WARN : DL_RESULT_FAIL,
                  answer->total_ms, &err);
}

void dl_clock_stage_begin(struct dl_check *check)
{
    struct dl_http_request request = {.method = DL_HTTP_GET};
    struct dl_error err = {0};
    char url[DL_ORIGIN_MAX + 8];

    dl_stage_peer(check, &check->reports[DL_STAGE_CLOCK]);
    dl_check_request(check, &request);
    dl_text_format(url, sizeof url, "%s/", check->endpoint.intake);
    request.url = url;
    request.proxy = check->proxy.url[0] ? &check->proxy : NULL;
    if (dl_http_start(&check->transfer, check->http, &request, answered, check, &err) < 0)
        dl_stage_fail(check, DL_STAGE_CLOCK, DL_RESULT_FAIL, -1, &err);
}

void dl_clock_stage_late(struct dl_check *check, int seconds)
{
    struct dl_error err = {0};

    dl_error_set(&err, DL_E_NET_TIMEOUT, "no answer from %s in %d s", check->endpoint.intake,
                 seconds);
    dl_stage_fail(check, DL_STAGE_CLOCK, DL_RESULT_FAIL, -1, &err);
}
