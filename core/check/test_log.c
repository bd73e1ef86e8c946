#include "check/test_log.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/json.h"
#include "base/text.h"

#define LOG_MAX 1100000

struct maker {
    const char *test_id;
    dl_test_log_take *take;
    void *context;
    struct dl_buffer json;
    unsigned number; /* of this log, from 1 */
    int status;      /* first failure */
    struct dl_error *err;
};

/* Members that every test log has; the search of the result page stands on test.id. */
static void add_identity(struct dl_json *w, const struct maker *maker, const char *kind)
{
    dl_json_member_bool(w, "ddlogs_test", true);
    dl_json_key(w, "test");
    dl_json_object(w);
    dl_json_member(w, "id", maker->test_id);
    dl_json_member(w, "kind", kind);
    dl_json_member_integer(w, "number", maker->number);
    dl_json_object_end(w);
}

static void begin(struct maker *maker, struct dl_json *w, const char *kind, const char *status)
{
    maker->number++;
    dl_buffer_clear(&maker->json);
    dl_json_begin(w, &maker->json, 0);
    dl_json_object(w);
    if (status)
        dl_json_member(w, "status", status);
    add_identity(w, maker, kind);
}

static void hand_over(struct maker *maker, struct dl_json *w, const char *service)
{
    int rc;

    dl_json_object_end(w);
    rc = dl_json_end(w);
    if (rc < 0)
        dl_error_set(maker->err, (enum dl_code) - rc, "a test log could not be made");
    else if (maker->status == 0)
        rc = maker->take(maker->context, maker->json.data, maker->json.len, service, maker->err);
    if (rc < 0 && maker->status == 0)
        maker->status = rc;
}

static void add_message(struct maker *maker, const char *kind, const char *status,
                        const char *message, const char *service)
{
    struct dl_json w;

    begin(maker, &w, kind, status);
    dl_json_member(&w, "message", message);
    hand_over(maker, &w, service);
}

static void add_statuses(struct maker *maker)
{
    static const char *const names[] = {"emergency", "alert", "critical", "error", "warning",
                                        "notice",    "info",  "debug",    "ok"};
    char message[80];

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        dl_text_format(message, sizeof message, "ddlogs test: a log with status %s", names[i]);
        add_message(maker, "status", names[i], message, NULL);
    }
}

static void add_services(struct maker *maker, const struct dl_integration *integration)
{
    char message[256];

    for (size_t i = 0; i < integration->service_count; i++) {
        dl_text_format(message, sizeof message, "ddlogs test: a log of service %s",
                       integration->services[i]);
        add_message(maker, "service", "info", message, integration->services[i]);
    }
}

static void add_attributes(struct maker *maker)
{
    static const char *const levels[] = {"two", "three", "four", "five", "six", "seven"};
    struct dl_json w;

    begin(maker, &w, "attributes", "info");
    dl_json_member(&w, "message", "ddlogs test: attributes of every type, nested");
    dl_json_key(&w, "attributes");
    dl_json_object(&w);
    dl_json_member(&w, "text", "a text");
    dl_json_member(&w, "empty", "");
    dl_json_member_integer(&w, "integer", -42);
    dl_json_member_integer(&w, "large", 9007199254740991);
    dl_json_key(&w, "real");
    dl_json_real(&w, 1.5);
    dl_json_member_bool(&w, "yes", true);
    dl_json_member(&w, "nothing", NULL);
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
        dl_json_key(&w, levels[i]);
        dl_json_object(&w);
    }
    dl_json_member(&w, "text", "deep, and within Datadog's ten levels");
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++)
        dl_json_object_end(&w);
    dl_json_object_end(&w);
    hand_over(maker, &w, NULL);
}

static void add_long_line(struct maker *maker)
{
    static const char words[] = "a long line goes on and on ";
    char *line = malloc(DL_TEST_LOG_LINE + 1);

    if (!line) {
        maker->status = dl_error_set(maker->err, DL_E_NOMEM, "there is no memory for a test log");
        return;
    }
    for (size_t i = 0; i < DL_TEST_LOG_LINE; i++)
        line[i] = words[i % (sizeof words - 1)];
    line[DL_TEST_LOG_LINE] = '\0';
    add_message(maker, "long", "info", line, NULL);
    free(line);
}

/* The members of a sample that is an object without our names in it: "..." of "{...}", else NULL.
 */
static const char *sample_members(const char *sample, size_t *len, bool *has_status)
{
    cJSON *root = NULL;
    const char *members = NULL;
    const char *text = sample;

    *len = strlen(sample);
    dl_text_trim(&text, len);
    if (*len < 2 || *text != '{' ||
        dl_json_parse(&root, text, *len, &dl_json_default_limits, NULL) < 0)
        return NULL;
    *has_status = cJSON_HasObjectItem(root, "status");
    if (root->child && !cJSON_HasObjectItem(root, "test") &&
        !cJSON_HasObjectItem(root, "ddlogs_test"))
        members = text + 1;
    *len -= 2;
    cJSON_Delete(root);
    return members;
}

/* A sample keeps its bytes: a line is a message, an object gets our members in front of its own. */
static void add_sample(struct maker *maker, const char *sample)
{
    struct dl_json w;
    size_t len;
    bool has_status = false;
    const char *members = sample_members(sample, &len, &has_status);

    if (!members) {
        add_message(maker, "sample", "info", sample, NULL);
        return;
    }
    begin(maker, &w, "sample", has_status ? NULL : "info");
    if (dl_buffer_char(w.out, ',') < 0 || dl_buffer_add(w.out, members, len) < 0)
        w.status = -DL_E_LIMIT;
    hand_over(maker, &w, NULL);
}

static int finish(struct maker *maker)
{
    dl_buffer_free(&maker->json);
    return maker->status;
}

static struct maker maker_for(const char *test_id, dl_test_log_take *take, void *context,
                              struct dl_error *err)
{
    struct maker maker = {.test_id = test_id, .take = take, .context = context, .err = err};

    dl_buffer_init(&maker.json, LOG_MAX);
    return maker;
}

int dl_test_log_one(const char *test_id, dl_test_log_take *take, void *context,
                    struct dl_error *err)
{
    struct maker maker = maker_for(test_id, take, context, err);

    add_message(&maker, "single", "info", "ddlogs test: one log", NULL);
    return finish(&maker);
}

int dl_test_log_batch(const char *test_id, const struct dl_integration *integration,
                      dl_test_log_take *take, void *context, struct dl_error *err)
{
    struct maker maker = maker_for(test_id, take, context, err);

    add_statuses(&maker);
    add_services(&maker, integration);
    add_message(&maker, "tags", "info", "ddlogs test: this log carries the custom tags", NULL);
    add_message(&maker, "unicode", "info",
                "ddlogs test: za\xc5\xbc\xc3\xb3\xc5\x82\xc4\x87, "
                "\xce\xb5\xce\xbb\xce\xbb\xce\xb7\xce\xbd\xce\xb9\xce\xba\xce\xac, "
                "\xd1\x80\xd1\x83\xd1\x81\xd1\x81\xd0\xba\xd0\xb8\xd0\xb9, "
                "\xe4\xb8\xad\xe6\x96\x87, \xd8\xb9\xd8\xb1\xd8\xa8\xd9\x8a, "
                "\xf0\x9f\x99\x82, e\xcc\x81, quote \" backslash \\ tab \t end",
                NULL);
    add_attributes(&maker);
    add_long_line(&maker);
    for (size_t i = 0; i < integration->sample_count; i++)
        add_sample(&maker, integration->samples[i]);
    return finish(&maker);
}
