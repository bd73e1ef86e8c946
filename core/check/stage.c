#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "check/internal.h"

static const struct {
    const char *name, *label;
} stages[DL_STAGE_COUNT] = {
#define DL_STAGE_ROW(symbol, name, label) {name, label},
    DL_STAGE_TABLE(DL_STAGE_ROW)
#undef DL_STAGE_ROW
};

static const char *const results[] = {"wait", "run", "pass", "warn", "fail", "skip"};

const char *dl_stage_name(enum dl_stage stage)
{
    return stage < DL_STAGE_COUNT ? stages[stage].name : "";
}

const char *dl_stage_label(enum dl_stage stage)
{
    return stage < DL_STAGE_COUNT ? stages[stage].label : "";
}

const char *dl_result_name(enum dl_result result)
{
    return result <= DL_RESULT_SKIP ? results[result] : "";
}

bool dl_stage_settled(const struct dl_stage_report *report)
{
    return report->result > DL_RESULT_RUN;
}

static bool has_evidence(const struct dl_stage_report *report, const char *name)
{
    for (size_t i = 0; i < report->evidence_count; i++)
        if (strcmp(report->evidence[i].name, name) == 0)
            return true;
    return false;
}

void dl_stage_evidence_bytes(struct dl_stage_report *report, const char *name, const char *bytes,
                             size_t len)
{
    struct dl_evidence *next;
    char unique[sizeof next->name];

    if (report->evidence_count == DL_EVIDENCE_MAX)
        return;
    dl_text_copy(unique, sizeof unique, name);
    for (int i = 2; has_evidence(report, unique); i++)
        dl_text_format(unique, sizeof unique, "%.27s %d", name, i);
    next = &report->evidence[report->evidence_count++];
    dl_text_copy(next->name, sizeof next->name, unique);
    dl_log_scrub(next->value, sizeof next->value, bytes, len);
}

void dl_stage_evidence(struct dl_stage_report *report, const char *name, const char *format, ...)
{
    char text[1024];
    va_list args;

    va_start(args, format);
    int len = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (len > 0)
        dl_stage_evidence_bytes(report, name, text, strlen(text));
}

void dl_stage_put(struct dl_stage_report *report, enum dl_result result, int64_t ms,
                  const char *message)
{
    report->result = result;
    report->ms = ms;
    dl_log_scrub(report->message, sizeof report->message, message, strlen(message));
}

void dl_stage_put_error(struct dl_stage_report *report, enum dl_result result, int64_t ms,
                        const struct dl_error *err)
{
    report->code = err->code;
    dl_stage_put(report, result, ms, err->text[0] ? err->text : dl_error_info(err->code)->title);
}

static void settle(struct dl_check *check, enum dl_stage stage, enum dl_result result, int64_t ms,
                   const char *message)
{
    dl_stage_put(&check->reports[stage], result,
                 ms >= 0 ? ms : dl_clock_ms() - check->stage_started, message);
    if (check->options.changed)
        check->options.changed(check->options.context);
}

void dl_stage_settle(struct dl_check *check, enum dl_stage stage, enum dl_result result, int64_t ms,
                     const char *format, ...)
{
    char text[1024];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    settle(check, stage, result, ms, text);
}

void dl_stage_fail(struct dl_check *check, enum dl_stage stage, enum dl_result result, int64_t ms,
                   const struct dl_error *err)
{
    const char *text = err->text[0] ? err->text : dl_error_info(err->code)->title;

    check->reports[stage].code = err->code;
    if (result == DL_RESULT_FAIL && check->failure.code == DL_OK) {
        check->failure = *err;
        dl_log_scrub(check->failure.text, sizeof check->failure.text, text, strlen(text));
    }
    settle(check, stage, result, ms, text);
}

void dl_stage_peer(const struct dl_check *check, struct dl_stage_report *report)
{
    const struct dl_site *site = check->options.config->site;

    dl_stage_evidence(report, "host", "%s", check->intake.host);
    dl_stage_evidence(report, "port", "%d", check->intake.port);
    if (check->proxy.url[0])
        dl_stage_evidence(report, "proxy", "%s", check->proxy.shown);
    if (site && report->stage > DL_STAGE_TLS)
        dl_stage_evidence(report, "app_url", "%s", site->app_url);
}

void dl_stage_answer(struct dl_stage_report *report, const char *method, const char *origin,
                     const char *path, const struct dl_http_answer *answer)
{
    dl_stage_evidence(report, "request", "%s %s%s", method, origin, path);
    if (answer->status)
        dl_stage_evidence(report, "status", "%ld", answer->status);
    if (answer->address[0])
        dl_stage_evidence(report, "address", "%s", answer->address);
    if (answer->content_type[0])
        dl_stage_evidence(report, "content_type", "%s", answer->content_type);
    if (answer->location[0])
        dl_stage_evidence(report, "location", "%s", answer->location);
    if (answer->body_length)
        dl_stage_evidence_bytes(report, "body", answer->body,
                                answer->body_length < 500 ? answer->body_length : 500);
}

static const char *evidence_value(const struct dl_stage_report *report, const char *name)
{
    for (size_t i = 0; i < report->evidence_count; i++)
        if (strcmp(report->evidence[i].name, name) == 0)
            return report->evidence[i].value;
    return NULL;
}

bool dl_stage_next(const struct dl_stage_report *report, size_t index, char *to, size_t size)
{
    const struct dl_error_word words[] = {{"HOST", evidence_value(report, "host")},
                                          {"PORT", evidence_value(report, "port")},
                                          {"PROXY", evidence_value(report, "proxy")},
                                          {"APP_URL", evidence_value(report, "app_url")},
                                          {NULL, NULL}};

    return report->code != DL_OK && dl_error_step(report->code, index, words, to, size);
}

void dl_stage_json(const struct dl_stage_report *report, struct dl_json *w)
{
    char line[512];

    dl_json_object(w);
    dl_json_member(w, "stage", dl_stage_name(report->stage));
    dl_json_member(w, "result", dl_result_name(report->result));
    dl_json_member_integer(w, "ms", report->ms);
    dl_json_member(w, "code", report->code == DL_OK ? NULL : dl_error_info(report->code)->id);
    dl_json_member(w, "message", report->message);
    dl_json_key(w, "evidence");
    dl_json_object(w);
    for (size_t i = 0; i < report->evidence_count; i++)
        dl_json_member(w, report->evidence[i].name, report->evidence[i].value);
    dl_json_object_end(w);
    dl_json_key(w, "next");
    dl_json_array(w);
    for (size_t i = 0; dl_stage_next(report, i, line, sizeof line); i++)
        dl_json_string(w, line);
    dl_json_array_end(w);
    dl_json_object_end(w);
}

void dl_check_json(const struct dl_check *check, struct dl_json *w)
{
    dl_json_array(w);
    for (enum dl_stage i = 0; i < DL_STAGE_COUNT; i++)
        if (dl_check_has(check, i))
            dl_stage_json(&check->reports[i], w);
    dl_json_array_end(w);
}
