/* The sender's side: what waits in its spool, and what it would do with a log now. */
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/text.h"
#include "check/internal.h"
#include "check/machine.h"
#include "sender/backoff.h"
#include "spool/spool.h"

#define TOO_OLD_MS (18 * 3600 * 1000LL) /* Datadog drops older logs */

/* ---- state ---- */

/* Keeps the last refusal: the walk goes from old to new. */
static int take_refusal(void *context, const struct dl_spool_entry *entry)
{
    struct dl_stage_report *report = context;
    cJSON *root = NULL;

    if (dl_json_parse(&root, entry->body, entry->length, &dl_json_default_limits, NULL) == 0) {
        const char *at = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(root, "at"));
        const char *code = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(root, "code"));
        const char *answer = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(root, "answer"));

        for (size_t i = 0; i < report->evidence_count; i++)
            if (strcmp(report->evidence[i].name, "last_error") == 0)
                report->evidence_count = i;
        dl_stage_evidence(report, "last_error", "%s %s: %s", at ? at : "", code ? code : "",
                          answer ? answer : "");
    }
    cJSON_Delete(root);
    return 0;
}

static void count_evidence(struct dl_stage_report *report, const struct dl_spool_counts *c,
                           pid_t owner)
{
    dl_stage_evidence(report, "accepted", "%llu", (unsigned long long)c->accepted);
    dl_stage_evidence(report, "delivered", "%llu", (unsigned long long)c->delivered);
    dl_stage_evidence(report, "pending", "%llu", (unsigned long long)c->pending);
    dl_stage_evidence(report, "quarantined", "%llu", (unsigned long long)c->quarantined);
    dl_stage_evidence(report, "damaged", "%llu", (unsigned long long)c->damaged);
    dl_stage_evidence(report, "discarded", "%llu", (unsigned long long)c->discarded);
    dl_stage_evidence(report, "bytes", "%llu", (unsigned long long)c->bytes);
    if (owner > 0)
        dl_stage_evidence(report, "owner", "process %ld", (long)owner);
    else
        dl_stage_evidence(report, "owner", "nobody");
}

static void judge_spool(struct dl_stage_report *report, const struct dl_spool_counts *c,
                        pid_t owner, int64_t ms)
{
    int64_t old = c->oldest_ms ? dl_clock_wall_ms() - c->oldest_ms : 0;
    struct dl_error err = {0};
    char age[32], text[256];

    dl_date_span(old > 0 ? old : 0, age, sizeof age);
    if (c->oldest_ms)
        dl_stage_evidence(report, "oldest", "%s", age);
    if (c->pending && (owner <= 0 || old > TOO_OLD_MS)) {
        dl_error_set(&err, DL_E_SPOOL_WAITS, "%llu log%s wait%s in the spool, the oldest for %s%s",
                     (unsigned long long)c->pending, c->pending == 1 ? "" : "s",
                     c->pending == 1 ? "s" : "", age,
                     owner > 0 ? ", longer than Datadog takes logs" : ", and nothing sends them");
        dl_stage_put_error(report, DL_RESULT_WARN, ms, &err);
        return;
    }
    dl_text_format(text, sizeof text, "spool: %llu pending, %llu refused",
                   (unsigned long long)c->pending, (unsigned long long)c->quarantined);
    dl_stage_put(report, DL_RESULT_PASS, ms, text);
}

void dl_machine_state(struct dl_stage_report *report, const struct dl_doctor_options *options)
{
    const char *folder = options->config->spool;
    int64_t begun = dl_clock_ms();
    struct dl_spool_counts counts;
    struct dl_error err = {0};
    pid_t owner = 0;

    if (!folder) {
        dl_stage_put(report, DL_RESULT_SKIP, 0,
                     "no spool is configured: logs wait in memory alone");
        return;
    }
    dl_stage_evidence(report, "folder", "%s", folder);
    int rc = dl_spool_look(&counts, &owner, folder, &err);
    if (rc == -DL_E_SPOOL_NONE) {
        dl_stage_put(report, DL_RESULT_PASS, 0, "nothing was spooled yet");
        return;
    }
    if (rc < 0) {
        dl_stage_put_error(report, DL_RESULT_FAIL, dl_clock_ms() - begun, &err);
        return;
    }
    count_evidence(report, &counts, owner);
    if (counts.quarantined)
        dl_spool_walk(folder, DL_SPOOL_QUARANTINE, true, take_refusal, report, NULL);
    judge_spool(report, &counts, owner, dl_clock_ms() - begun);
}

/* ---- plan ---- */

/* Where logs wait, and what happens when there is no room. */
static void waiting_place(const struct dl_config *config, char *to, size_t size)
{
    static const char *const full[] = {"the product waits when it is full",
                                       "the product is told when it is full",
                                       "new logs are dropped and counted when it is full"};

    if (config->spool)
        dl_text_format(to, size, "in the spool %s, up to %llu MB; %s", config->spool,
                       (unsigned long long)(dl_config_spool_bytes(config) >> 20),
                       full[config->when_full]);
    else
        dl_text_format(to, size, "in memory alone; %s", full[config->when_full]);
}

static void would_wait(struct dl_stage_report *report, const struct dl_stage_report *cause,
                       const char *place)
{
    bool passes = dl_error_info(cause->code)->kind == DL_KIND_RETRY;
    struct dl_error err = {0};

    if (passes)
        dl_error_set(&err, cause->code,
                     "it would keep every log %s, and try again after up to 1 s, then 2, 4, ... "
                     "%d s",
                     place, DL_BACKOFF_CAP_MS / 1000);
    else
        dl_error_set(&err, cause->code,
                     "it would keep every log %s, and ask again now and then until this is mended",
                     place);
    dl_stage_evidence(report, "because", "%s: %s", dl_error_info(cause->code)->id, cause->message);
    dl_stage_put_error(report, DL_RESULT_WARN, 0, &err);
}

void dl_machine_plan(struct dl_stage_report *report, const struct dl_doctor_options *options,
                     const struct dl_doctor_row *row)
{
    const struct dl_config *config = options->config;
    const struct dl_stage_report *cause = row ? dl_doctor_cause(row->reports) : NULL;
    const char *encoding = dl_encoding_name(config->encoding);
    char place[5000], text[256];

    if (!options->integration || !row) {
        dl_stage_put(report, DL_RESULT_SKIP, 0,
                     row ? "no integration: it would send nothing" : "no site is configured");
        return;
    }
    waiting_place(config, place, sizeof place);
    dl_stage_evidence(report, "waiting", "%s", place);
    if (cause && cause->result == DL_RESULT_FAIL) {
        would_wait(report, cause, place);
    } else if (!options->key) {
        dl_stage_put(report, DL_RESULT_SKIP, 0, "without a key it cannot be told");
    } else {
        dl_text_format(text, sizeof text, "it would deliver to %s, as %s", row->name,
                       encoding ? encoding : "plain text");
        dl_stage_put(report, DL_RESULT_PASS, 0, text);
    }
}
