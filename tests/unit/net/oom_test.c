/* No memory, at every single allocation: starting a request, starting a check, the test logs. */
#include "oom.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check/doctor.h"
#include "check/preview.h"
#include "check/test_log.h"
#include "ddlogs.h"
#include "net/http.h"

static struct dl_integration *integration;
static struct dl_config *config;
static struct dl_key *key;
static struct dl_http *warm; /* what libcurl keeps for the whole process is there already */
static char ca_file[] = "/tmp/ddlogs-oom-XXXXXX";

static void load(void)
{
    static const char text[] =
        "{\"version\":1,\"name\":\"acme_widget\",\"source\":\"acme_widget\","
        "\"services\":[\"acme-api\",\"acme-web\"],\"samples\":[{\"message\":\"m\"},\"text\"]}";
    static const char key_text[] = "0123456789abcdef0123456789abcdef";

    assert_int_equal(
        dl_integration_read_text(&integration, text, strlen(text), "manifest.json", NULL), 0);
    assert_int_equal(dl_config_new(&config, "acme_widget", NULL), 0);
    assert_int_equal(dl_config_set(config, DL_PROP_SITE, "eu1", DL_ORIGIN_OPTION, NULL), 0);
    assert_int_equal(
        dl_config_set(config, DL_PROP_CONNECT_TO, "127.0.0.1:9", DL_ORIGIN_OPTION, NULL), 0);
    assert_int_equal(dl_config_set(config, DL_PROP_TAGS, "env:prod,x", DL_ORIGIN_OPTION, NULL), 0);
    assert_int_equal(dl_key_new(&key, key_text, strlen(key_text), NULL), 0);
}

static int prepare(void **state)
{
    int fd = mkstemp(ca_file);

    (void)state;
    assert_true(fd >= 0);
    assert_int_equal(write(fd, "-----BEGIN CERTIFICATE-----\n", 28), 28);
    close(fd);
    load();
    assert_int_equal(dl_http_new(&warm, NULL), 0);
    return 0;
}

static int put_away(void **state)
{
    (void)state;
    dl_http_free(warm);
    dl_key_free(key);
    dl_config_free(config);
    dl_integration_free(integration);
    return unlink(ca_file);
}

/* ---- a request ---- */

static void never(void *context, const struct dl_http_answer *answer)
{
    (void)context;
    (void)answer;
    fail_msg("a request that was not driven is done");
}

static int starts_a_request(void *context)
{
    struct dl_proxy proxy = {.url = "http://127.0.0.1:9", .shown = "http://127.0.0.1:9"};
    struct dl_http_request request = {.method = DL_HTTP_POST,
                                      .url = "https://intake.example/api/v2/logs",
                                      .body = "[]",
                                      .body_length = 2,
                                      .content_encoding = "gzip",
                                      .key = key,
                                      .proxy = context ? &proxy : NULL,
                                      .ca_file = ca_file,
                                      .connect_to = context ? NULL : "127.0.0.1:9"};
    struct dl_http *http = NULL;
    struct dl_http_transfer *transfer = NULL;
    int rc = dl_http_new(&http, NULL);

    assert_true((rc == 0) == (http != NULL));
    if (rc < 0)
        return rc;
    rc = dl_http_start(&transfer, http, &request, never, NULL, NULL);
    assert_true((rc == 0) == (transfer != NULL));
    dl_http_free(http);
    return rc;
}

static void a_request_starts_or_the_code_says_why(void **state)
{
    (void)state;
    oom_each(starts_a_request, NULL);
    oom_each(starts_a_request, state);
}

/* ---- a check ---- */

static int starts_a_check(void *context)
{
    struct dl_check_options options = {.config = config,
                                       .integration = integration,
                                       .key = key,
                                       .hostname = "host.example",
                                       .stages = DL_STAGES_TEST};
    struct dl_check *check = NULL;
    int rc = dl_check_start(&check, warm, &options, NULL);

    (void)context;
    assert_true((rc == 0) == (check != NULL));
    if (rc < 0)
        return rc;
    dl_check_step(check);
    if (dl_check_done(check))
        rc = dl_check_verdict(check, NULL);
    dl_check_free(check);
    return rc;
}

static int starts_a_doctor(void *context)
{
    static const struct dl_error none;
    struct dl_doctor_options options = {.config = config,
                                        .config_error = &none,
                                        .integration = integration,
                                        .key = key,
                                        .key_error = &none,
                                        .hostname = "host.example",
                                        .all = context != NULL,
                                        .deep = true};
    struct dl_doctor *doctor = NULL;
    struct dl_buffer out;
    struct dl_json w;
    int rc = dl_doctor_start(&doctor, warm, &options, NULL);

    assert_true((rc == 0) == (doctor != NULL));
    if (rc < 0)
        return rc;
    dl_buffer_init(&out, 1000000);
    dl_json_begin(&w, &out, 0);
    dl_json_object(&w);
    dl_doctor_json(dl_doctor_table(doctor), &w);
    dl_json_object_end(&w);
    rc = dl_json_end(&w);
    for (size_t i = 0; rc == 0 && i < dl_doctor_table(doctor)->row_count; i++) {
        const struct dl_stage_report *cause =
            dl_doctor_cause(dl_doctor_table(doctor)->rows[i].reports);

        rc = cause && cause->code == DL_E_NOMEM ? -DL_E_NOMEM : 0;
    }
    dl_buffer_free(&out);
    dl_doctor_free(doctor);
    return rc;
}

static int previews(void *context)
{
    struct dl_buffer out;
    int rc;

    (void)context;
    dl_buffer_init(&out, 100000);
    rc = dl_check_preview(&out, config, integration, "host.example", NULL);
    if (rc == 0)
        assert_non_null(strstr(out.data, "acme-api"));
    else
        assert_int_equal(out.len, 0);
    dl_buffer_free(&out);
    return rc;
}

static int takes(void *context, const char *json, size_t len, const char *service,
                 struct dl_error *err)
{
    unsigned *count = context;

    (void)service;
    (void)err;
    assert_true(len > 0 && json[0] == '{');
    ++*count;
    return 0;
}

static int makes_test_logs(void *context)
{
    static unsigned most;
    unsigned count = 0;
    int rc = dl_test_log_batch("test", integration, takes, &count, NULL);

    (void)context;
    most = count > most ? count : most;
    if (rc == 0)
        assert_int_equal(count, most);
    return rc;
}

static void a_check_starts_or_the_code_says_why(void **state)
{
    (void)state;
    oom_each(starts_a_check, NULL);
    oom_each(starts_a_doctor, NULL);
    oom_each(starts_a_doctor, state);
    oom_each(previews, NULL);
    oom_each(makes_test_logs, NULL);
}

/* ---- the public library ---- */

static int opens_a_sender(void *context)
{
    ddlogs_integration *i = NULL;
    ddlogs_config *c = NULL;
    ddlogs_sender *s = NULL;
    int rc = ddlogs_integration_read(&i, context, NULL);

    if (rc == 0)
        rc = ddlogs_config_new(&c, i, NULL);
    if (rc == 0)
        rc = ddlogs_config_use_environment(c, NULL);
    if (rc == 0)
        rc = ddlogs_config_set(c, "endpoint", "http://127.0.0.1:9", NULL);
    if (rc == 0)
        rc = ddlogs_config_set_key(c, dl_key_text(key), dl_key_length(key), NULL);
    if (rc == 0)
        rc = ddlogs_sender_open(&s, i, c, NULL);
    ddlogs_sender_close(s, 0, NULL);
    ddlogs_config_free(c);
    ddlogs_integration_free(i);
    return rc;
}

static void the_library_opens_a_sender_or_the_code_says_why(void **state)
{
    char path[] = "/tmp/ddlogs-oom-XXXXXX";
    static const char text[] = "{\"version\":1,\"name\":\"acme\",\"source\":\"acme\"}";
    int fd = mkstemp(path);

    (void)state;
    assert_int_equal(write(fd, text, sizeof text - 1), sizeof text - 1);
    close(fd);
    assert_int_equal(setenv("HTTPS_PROXY", "http://proxy.example:3128", 1), 0);
    oom_each(opens_a_sender, path);
    assert_int_equal(unsetenv("HTTPS_PROXY"), 0);
    assert_int_equal(unlink(path), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_starts_or_the_code_says_why),
        cmocka_unit_test(a_check_starts_or_the_code_says_why),
        cmocka_unit_test(the_library_opens_a_sender_or_the_code_says_why),
    };
    return cmocka_run_group_tests_name("network without memory", tests, prepare, put_away);
}
