#include "command/result.h"

#include <stdarg.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"

/* more than the largest list of findings, each with its path, can have */
#define JSON_MAX ((size_t)64 * 1024 * 1024)

static bool failed(const struct dl_error *error)
{
    return error && error->code != DL_OK;
}

int result_exit_code(const struct result *result)
{
    return failed(result->error) ? dl_error_info(result->error->code)->exit_code : 0;
}

void result_warn(struct result *result, enum dl_code code, const char *format, ...)
{
    struct result_warning *warning;
    char text[sizeof warning->text];
    va_list args;

    if (result->warning_count == RESULT_WARNINGS_MAX)
        return;
    warning = &result->warnings[result->warning_count++];
    warning->code = code;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    /* values of the environment stand in it */
    dl_log_scrub(warning->text, sizeof warning->text, text, strlen(text));
}

/* ---- JSON ---- */

/* The stage that failed knows host, port and proxy; before a check only the site is known. */
static bool next_step(const struct result *result, size_t index, char *to, size_t size)
{
    const struct dl_error_word words[] = {{"APP_URL", result->site ? result->site->app_url : NULL},
                                          {NULL, NULL}};

    if (!failed(result->error))
        return false;
    if (result->report)
        return dl_stage_next(result->report, index, to, size);
    for (int i = 0; result->check && i < DL_STAGE_COUNT; i++) {
        const struct dl_stage_report *report = dl_check_report(result->check, (enum dl_stage)i);

        if (report->result == DL_RESULT_FAIL)
            return dl_stage_next(report, index, to, size);
    }
    return dl_error_step(result->error->code, index, words, to, size);
}

static void verdict(struct dl_json *w, const struct result *result)
{
    const struct dl_error *error = failed(result->error) ? result->error : NULL;
    const struct dl_error_info *info = error ? dl_error_info(error->code) : NULL;
    char line[512];

    dl_json_member_bool(w, "ok", !info);
    dl_json_member_integer(w, "exit_code", info ? info->exit_code : 0);
    dl_json_member(w, "code", info ? info->id : NULL);
    dl_json_member(w, "message", !info ? NULL : *error->text ? error->text : info->title);
    if (info && error->http_status)
        dl_json_member_integer(w, "http_status", error->http_status);
    dl_json_key(w, "next");
    dl_json_array(w);
    for (size_t i = 0; next_step(result, i, line, sizeof line); i++)
        dl_json_string(w, line);
    dl_json_array_end(w);
}

static void warnings(struct dl_json *w, const struct result *result)
{
    dl_json_key(w, "warnings");
    dl_json_array(w);
    for (size_t i = 0; i < result->warning_count; i++) {
        dl_json_object(w);
        dl_json_member(w, "code", dl_error_info(result->warnings[i].code)->id);
        dl_json_member(w, "message", result->warnings[i].text);
        dl_json_object_end(w);
    }
    dl_json_array_end(w);
}

static void about_check(struct dl_json *w, const struct dl_check *check)
{
    dl_json_key(w, "stages");
    if (check) {
        dl_check_json(check, w);
    } else {
        dl_json_array(w);
        dl_json_array_end(w);
    }
    dl_json_member_integer(w, "accepted", check ? (int64_t)dl_check_accepted(check) : 0);
    dl_json_member(w, "test_id", check ? dl_check_test_id(check) : NULL);
}

static void shown_json(struct dl_json *w, const struct dl_shown *shown)
{
    dl_json_object(w);
    dl_json_member(w, "of", shown->of);
    dl_json_member_bool(w, "taken", !shown->not_taken);
    dl_json_member_bool(w, "cut", shown->cut);
    dl_json_key(w, "rows");
    dl_json_array(w);
    for (size_t i = 0; i < shown->row_count; i++) {
        dl_json_object(w);
        dl_json_member(w, "name", shown->rows[i].name);
        dl_json_member(w, "value", shown->rows[i].value);
        dl_json_object_end(w);
    }
    dl_json_array_end(w);
    dl_json_object_end(w);
}

/* "explorer": there where a local intake ran a pipeline. */
static void about_shown(struct dl_json *w, const struct dl_check *check)
{
    if (!check || dl_check_shown_count(check) == 0)
        return;
    dl_json_key(w, "explorer");
    dl_json_array(w);
    for (size_t i = 0; i < dl_check_shown_count(check); i++)
        shown_json(w, dl_check_shown(check, i));
    dl_json_array_end(w);
}

void result_print_json(const struct result *result)
{
    struct dl_buffer out;
    struct dl_json w;

    dl_buffer_init(&out, JSON_MAX);
    dl_json_begin(&w, &out, 0);
    dl_json_object(&w);
    dl_json_member_integer(&w, "schema", 1);
    dl_json_member(&w, "command", result->command);
    verdict(&w, result);
    if (result->is_check) {
        dl_json_member(&w, "site", result->site ? result->site->id : NULL);
        about_check(&w, result->check);
        about_shown(&w, result->check);
        dl_json_member(&w, "config", result->config);
    }
    if (result->change)
        dl_json_member(&w, "change", result->change);
    for (size_t i = 0; i < result->counter_count; i++)
        dl_json_member_integer(&w, result->counters[i].name, (int64_t)result->counters[i].value);
    if (result->more)
        result->more(&w, result->more_context);
    warnings(&w, result);
    dl_json_object_end(&w);
    if (dl_json_end(&w) == 0)
        puts(dl_buffer_string(&out));
    else
        fprintf(stderr, "ddlogs: %s: the object of --json cannot be made\n",
                dl_error_info((enum dl_code) - w.status)->id);
    dl_buffer_free(&out);
}

/* ---- for people ---- */

void result_complain(const struct result *result)
{
    const struct dl_error_info *info = dl_error_info(result->error->code);
    char line[512];

    fprintf(stderr, "ddlogs: %s: %s\n", info->id,
            *result->error->text ? result->error->text : info->title);
    for (size_t i = 0; next_step(result, i, line, sizeof line); i++)
        fprintf(stderr, "  next: %s\n", line);
}

int result_fail(struct result *result, bool json, const struct dl_error *error)
{
    result->error = error;
    result_complain(result);
    if (json)
        result_print_json(result);
    return result_exit_code(result);
}

int result_end(struct result *result, bool json, int rc, const struct dl_error *error)
{
    if (rc < 0)
        return result_fail(result, json, error);
    if (json)
        result_print_json(result);
    return 0;
}

static const char *word(enum dl_result result)
{
    static const char *const words[] = {"-", "RUN", "OK", "WARN", "FAIL", "SKIP"};

    return words[result];
}

void result_print_row(FILE *to, const struct dl_stage_report *report)
{
    fprintf(to, "%-5s %-12s %s", word(report->result), dl_stage_label(report->stage),
            report->message);
    if (report->result != DL_RESULT_SKIP)
        fprintf(to, "  %lld ms", (long long)report->ms);
    fputc('\n', to);
}

void result_print_lines(FILE *to, const char *prefix, const char *lines)
{
    while (*lines) {
        size_t len = strcspn(lines, "\n");

        fprintf(to, "%s%.*s\n", prefix, (int)len, lines);
        lines += len + (lines[len] == '\n');
    }
}

void result_print_evidence(FILE *to, const struct dl_stage_report *report)
{
    for (size_t i = 0; i < report->evidence_count; i++)
        fprintf(to, "  %s: %s\n", report->evidence[i].name, report->evidence[i].value);
}

void result_print_card(FILE *to, const struct dl_stage_report *report)
{
    const struct dl_error_info *info = dl_error_info(report->code);
    char line[512];

    fprintf(to, "\n%s: %s\n%s\n", info->id, info->title, report->message);
    if (report->evidence_count)
        fputs("Evidence:\n", to);
    result_print_evidence(to, report);
    if (*info->causes)
        fputs("Likely causes:\n", to);
    result_print_lines(to, "  ", info->causes);
    fputs("Next steps:\n", to);
    for (size_t i = 0; dl_stage_next(report, i, line, sizeof line); i++)
        fprintf(to, "  %s\n", line);
    fprintf(to, "More: ddlogs help %s\n", info->id);
}

void result_print_shown(FILE *to, const struct dl_check *check)
{
    for (size_t i = 0; i < dl_check_shown_count(check); i++) {
        const struct dl_shown *shown = dl_check_shown(check, i);

        fprintf(to, "\nThe Log Explorer would show of %s, by the intake's pipeline:\n", shown->of);
        if (shown->not_taken)
            fputs("  (the pipeline's filter does not take this log)\n", to);
        for (size_t r = 0; r < shown->row_count; r++)
            fprintf(to, "  %-20s %s\n", shown->rows[r].name, shown->rows[r].value);
        if (shown->cut)
            fputs("  ...\n", to);
    }
}

void result_print_accepted(FILE *to, const struct dl_check *check,
                           const struct dl_integration *integration, const struct dl_config *config)
{
    bool datadog = config->site && !config->endpoint;

    fprintf(to, "\n%llu test logs were accepted by %s%s.\n",
            (unsigned long long)dl_check_accepted(check), datadog ? "Datadog " : "",
            datadog            ? config->site->name
            : config->endpoint ? config->endpoint
                               : "the intake");
    if (datadog)
        fprintf(to,
                "Accepted means received, not yet indexed. To see them:\n  %s/logs\n"
                "  search  source:%s @test.id:%s   range  Past 15 minutes\n",
                config->site->app_url, integration->source, dl_check_test_id(check));
    fputs("Not there after some minutes?  ddlogs help not-visible\n", to);
}
