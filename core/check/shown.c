/* What a local intake with a pipeline answers to test logs: {"explorer":[...]}, the logs as the Log
 * Explorer would show them. A stranger may answer, so nothing of it is trusted: what is not of this
 * shape is passed over, the rest cut, cleaned and scrubbed. Datadog answers {}. */
#include <cjson/cJSON.h>
#include <string.h>

#include "base/json.h"
#include "base/log.h"
#include "base/text.h"
#include "check/internal.h"

#define DEPTH_MAX 10 /* Datadog's own for attributes */

static void add_row(struct dl_shown *shown, const char *name, const char *value)
{
    struct dl_shown_row *row;

    if (shown->row_count == DL_SHOWN_ROWS_MAX) {
        shown->cut = true;
        return;
    }
    row = &shown->rows[shown->row_count++];
    dl_log_scrub(row->name, sizeof row->name, name, strlen(name));
    dl_log_scrub(row->value, sizeof row->value, value, strlen(value));
}

/* A text as it is, all else as JSON. */
static void add_value(struct dl_shown *shown, const char *name, const cJSON *value)
{
    char *text;

    if (cJSON_IsString(value)) {
        add_row(shown, name, value->valuestring);
        return;
    }
    text = cJSON_PrintUnformatted(value);
    if (text)
        add_row(shown, name, text);
    cJSON_free(text);
}

/* The leaves below a path, as "@http.method". */
static void add_attributes(struct dl_shown *shown, const char *path, const cJSON *object, int depth)
{
    char name[256];
    const cJSON *member;

    cJSON_ArrayForEach(member, object)
    {
        dl_text_format(name, sizeof name, "%s%s%s", path, depth ? "." : "", member->string);
        if (cJSON_IsObject(member) && member->child && depth < DEPTH_MAX)
            add_attributes(shown, name, member, depth + 1);
        else
            add_value(shown, name, member);
    }
}

static void read_log(struct dl_shown *shown, const char *of, const cJSON *log)
{
    static const char *const official[] = {"timestamp", "status",  "service", "source", "host",
                                           "trace_id",  "span_id", "tags",    "message"};
    const cJSON *took = cJSON_GetObjectItemCaseSensitive(log, "pipeline");

    *shown = (struct dl_shown){.of = of, .not_taken = cJSON_IsFalse(took)};
    for (size_t i = 0; i < sizeof official / sizeof *official; i++) {
        const cJSON *value = cJSON_GetObjectItemCaseSensitive(log, official[i]);

        if (value)
            add_value(shown, official[i], value);
    }
    add_attributes(shown, "@", cJSON_GetObjectItemCaseSensitive(log, "attributes"), 0);
}

static bool is_sample(const cJSON *log)
{
    const cJSON *attributes = cJSON_GetObjectItemCaseSensitive(log, "attributes");
    const cJSON *test = cJSON_GetObjectItemCaseSensitive(attributes, "test");
    const char *kind = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(test, "kind"));

    return kind && strcmp(kind, "sample") == 0;
}

void dl_shown_take(struct dl_check *check, const struct dl_http_answer *answer)
{
    const struct dl_config *config = check->options.config;
    bool batch = check->current == DL_STAGE_BATCH;
    const cJSON *log;
    cJSON *root = NULL;

    if (!(config->endpoint || config->connect_to) || answer->body_cut ||
        !(batch || check->current == DL_STAGE_LOG) || check->shown_count == DL_SHOWN_MAX ||
        dl_json_parse(&root, answer->body, answer->body_length, &dl_json_default_limits, NULL) < 0)
        return;
    cJSON_ArrayForEach(log, cJSON_GetObjectItemCaseSensitive(root, "explorer"))
    {
        if (!cJSON_IsObject(log) || (batch && !is_sample(log)))
            continue;
        read_log(&check->shown[check->shown_count++],
                 batch ? "the first sample of the manifest" : "the test log", log);
        break;
    }
    cJSON_Delete(root);
}

size_t dl_check_shown_count(const struct dl_check *check)
{
    return check->shown_count;
}

const struct dl_shown *dl_check_shown(const struct dl_check *check, size_t index)
{
    return &check->shown[index];
}
