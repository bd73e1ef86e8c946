/* The public library against the local intake in the same process. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ddlogs.h"
#include "intake/intake.h"

#define KEY "00112233445566778899aabbccddeeff"

static struct dl_intake *intake;
static ddlogs_error *error;
static ddlogs_integration *integration;
static ddlogs_config *config;
static ddlogs_sender *sender;
static char folder[] = "/tmp/ddlogs-test-XXXXXX";
static char manifest[100], record[100];

static void write_file(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");

    assert_non_null(f);
    fputs(text, f);
    assert_int_equal(fclose(f), 0);
}

static int make_folder(void **state)
{
    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(manifest, sizeof manifest, "%s/manifest.json", folder);
    snprintf(record, sizeof record, "%s/record", folder);
    write_file(manifest, "{\"version\":1,\"name\":\"acme\",\"source\":\"acme\","
                         "\"services\":[\"shop\",\"cart\"]}");
    return 0;
}

static int drop_folder(void **state)
{
    (void)state;
    unlink(manifest);
    unlink(record);
    return rmdir(folder);
}

static void start(const char *const *faults)
{
    struct dl_intake_options options = {.api_key = KEY, .record = record, .faults = faults};
    char origin[64];
    struct dl_error err;

    unlink(record);
    if (dl_intake_start(&intake, &options, &err) < 0)
        fail_msg("%s", err.text);
    snprintf(origin, sizeof origin, "http://127.0.0.1:%d", dl_intake_port(intake));
    assert_int_equal(ddlogs_config_set(config, "endpoint", origin, error), 0);
}

static int set_up(void **state)
{
    (void)state;
    error = ddlogs_error_new();
    assert_int_equal(ddlogs_integration_read(&integration, manifest, error), 0);
    assert_int_equal(ddlogs_config_new(&config, integration, error), 0);
    assert_int_equal(ddlogs_config_set(config, "site", "eu1", error), 0);
    assert_int_equal(ddlogs_config_set_key(config, KEY, strlen(KEY), error), 0);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    ddlogs_sender_close(sender, 0, NULL);
    sender = NULL;
    ddlogs_config_free(config);
    config = NULL;
    ddlogs_integration_free(integration);
    integration = NULL;
    ddlogs_error_free(error);
    dl_intake_stop(intake);
    intake = NULL;
    return 0;
}

static void open_sender(void)
{
    if (ddlogs_sender_open(&sender, integration, config, error) < 0)
        fail_msg("%s", ddlogs_error_text(error));
}

static uint64_t arrived(void)
{
    struct dl_intake_stats stats;

    dl_intake_stats(intake, &stats);
    return stats.logs;
}

static void logs_arrive_and_are_counted(void **state)
{
    (void)state;
    start(NULL);
    open_sender();
    assert_int_equal(ddlogs_sender_text(sender, "one", 3, "info", NULL, error), 0);
    assert_int_equal(ddlogs_sender_text(sender, "two", 3, NULL, "cart", error), 0);
    assert_int_equal(ddlogs_sender_json(sender, "{\"three\":3}", 11, NULL, error), 0);
    assert_int_equal(ddlogs_sender_count(sender, "pending"), 3);
    assert_int_equal(ddlogs_sender_flush(sender, 10000, error), 0);
    assert_int_equal(ddlogs_sender_count(sender, "accepted"), 3);
    assert_int_equal(ddlogs_sender_count(sender, "pending"), 0);
    assert_int_equal(ddlogs_sender_count(sender, "no such counter"), 0);
    assert_int_equal(arrived(), 3);
    assert_string_equal(ddlogs_error_code(error), "");
}

static void the_handles_may_go_once_the_sender_is_open(void **state)
{
    (void)state;
    start(NULL);
    open_sender();
    ddlogs_config_free(config);
    config = NULL;
    ddlogs_integration_free(integration);
    integration = NULL;
    assert_int_equal(ddlogs_sender_text(sender, "x", 1, NULL, "cart", error), 0);
    assert_int_equal(ddlogs_sender_close(sender, 10000, error), 0);
    sender = NULL;
    assert_int_equal(arrived(), 1);
}

static void many_logs_move_without_a_flush(void **state)
{
    (void)state;
    start(NULL);
    open_sender();
    for (int i = 0; i < 20000; i++)
        assert_int_equal(ddlogs_sender_text(sender, "a line", 6, NULL, NULL, error), 0);
    while (ddlogs_sender_count(sender, "accepted") < 19000)
        assert_int_equal(ddlogs_sender_poll(sender, NULL, 0, 10000, error), 0);
    assert_int_equal(ddlogs_sender_close(sender, 10000, error), 0);
    sender = NULL;
    assert_int_equal(arrived(), 20000);
}

static void a_refused_key_is_told_at_once_and_the_logs_are_kept(void **state)
{
    (void)state;
    start(NULL);
    assert_int_equal(ddlogs_config_set_key(config, "ffffffffffffffffffffffffffffffff", 32, error),
                     0);
    open_sender();
    assert_int_equal(ddlogs_sender_text(sender, "x", 1, NULL, NULL, error), 0);
    assert_true(ddlogs_sender_flush(sender, 60000, error) < 0);
    assert_string_equal(ddlogs_error_code(error), "E-KEY-403");
    assert_int_equal(ddlogs_error_http_status(error), 403);
    assert_null(strstr(ddlogs_error_text(error), "ffffffff"));
    assert_true(ddlogs_sender_problem(sender, error) < 0);
    assert_int_equal(ddlogs_sender_count(sender, "pending"), 1);
}

static void a_flush_that_runs_out_of_time_says_what_is_left(void **state)
{
    static const char *const faults[] = {"status=503", NULL};

    (void)state;
    start(faults);
    open_sender();
    assert_int_equal(ddlogs_sender_text(sender, "x", 1, NULL, NULL, error), 0);
    assert_true(ddlogs_sender_flush(sender, 300, error) < 0);
    assert_string_equal(ddlogs_error_code(error), "E-UNDELIVERED");
    assert_non_null(strstr(ddlogs_error_text(error), "1 logs"));
    assert_int_equal(ddlogs_sender_count(sender, "pending"), 1);
}

static void refused_logs_fail_the_next_flush_alone(void **state)
{
    static const char *const faults[] = {"status=400*1", NULL};

    (void)state;
    start(faults);
    open_sender();
    assert_int_equal(ddlogs_sender_text(sender, "poison", 6, NULL, NULL, error), 0);
    assert_true(ddlogs_sender_flush(sender, 10000, error) < 0);
    assert_string_equal(ddlogs_error_code(error), "E-HTTP-400");
    assert_int_equal(ddlogs_sender_count(sender, "refused"), 1);
    assert_int_equal(ddlogs_sender_text(sender, "good", 4, NULL, NULL, error), 0);
    assert_int_equal(ddlogs_sender_flush(sender, 10000, error), 0);
}

static void a_full_memory_waits_as_long_as_it_was_told(void **state)
{
    static const char *const faults[] = {"status=503", NULL};
    static char text[900000];
    int taken = 0;

    (void)state;
    start(faults);
    assert_int_equal(ddlogs_config_set(config, "encoding", "none", error), 0);
    open_sender();
    ddlogs_sender_wait(sender, 0);
    memset(text, 'x', sizeof text);
    while (ddlogs_sender_text(sender, text, sizeof text, NULL, NULL, error) == 0)
        assert_true(++taken < 100);
    assert_string_equal(ddlogs_error_code(error), "E-FULL");
    assert_int_equal(ddlogs_sender_count(sender, "taken"), taken);
    assert_int_equal(ddlogs_sender_count(sender, "pending"), taken);
}

static void poll_waits_for_the_programs_own_descriptors(void **state)
{
    int fds[2];
    struct pollfd own;

    (void)state;
    start(NULL);
    open_sender();
    assert_int_equal(pipe(fds), 0);
    own = (struct pollfd){.fd = fds[0], .events = POLLIN};
    assert_int_equal(ddlogs_sender_poll(sender, &own, 1, 0, error), 0);
    assert_int_equal(own.revents, 0);
    assert_int_equal(write(fds[1], "x", 1), 1);
    assert_int_equal(ddlogs_sender_poll(sender, &own, 1, 10000, error), 0);
    assert_true(own.revents & POLLIN);
    close(fds[0]);
    close(fds[1]);
}

static void identity_cannot_be_configured(void **state)
{
    (void)state;
    assert_true(ddlogs_config_set(config, "source", "other", error) < 0);
    assert_true(ddlogs_config_set(config, "service", "other", error) < 0);
    assert_string_equal(ddlogs_error_code(error), "E-VALUE");
    start(NULL);
    open_sender();
    assert_true(ddlogs_sender_text(sender, "x", 1, NULL, "other", error) < 0);
    assert_int_equal(ddlogs_sender_count(sender, "taken"), 0);
}

static void the_environment_counts_only_when_it_is_asked(void **state)
{
    (void)state;
    start(NULL);
    setenv("DD_API_KEY", KEY, 1);
    setenv("DD_TAGS", "env:prod", 1);
    setenv("HTTPS_PROXY", "http://127.0.0.1:1", 1);
    ddlogs_config_free(config);
    assert_int_equal(ddlogs_config_new(&config, integration, error), 0);
    assert_int_equal(ddlogs_config_set(config, "key_source", "session", error), 0);
    char origin[64];
    snprintf(origin, sizeof origin, "http://127.0.0.1:%d", dl_intake_port(intake));
    assert_int_equal(ddlogs_config_set(config, "endpoint", origin, error), 0);
    assert_true(ddlogs_sender_open(&sender, integration, config, error) < 0);
    assert_string_equal(ddlogs_error_code(error), "E-KEY-NONE");
    assert_int_equal(ddlogs_config_use_environment(config, error), 0);
    assert_null(getenv("DD_API_KEY"));
    open_sender();
    assert_int_equal(ddlogs_sender_text(sender, "x", 1, NULL, NULL, error), 0);
    assert_int_equal(ddlogs_sender_flush(sender, 10000, error), 0);
    char line[4000];
    FILE *f = fopen(record, "r");
    assert_non_null(f);
    assert_non_null(fgets(line, sizeof line, f));
    assert_non_null(strstr(line, "\"env\":\"prod\""));
    fclose(f);
    unsetenv("DD_TAGS");
    unsetenv("HTTPS_PROXY");
}

static void mistakes_are_one_sentence_each(void **state)
{
    ddlogs_integration *other;
    ddlogs_config *none;

    (void)state;
    assert_true(ddlogs_integration_read(&other, "/nowhere/manifest.json", error) < 0);
    assert_string_equal(ddlogs_error_code(error), "E-MANIFEST");
    assert_true(ddlogs_config_read(&none, integration, "/nowhere/config.json", error) < 0);
    assert_string_equal(ddlogs_error_code(error), "E-CFG-NONE");
    assert_true(ddlogs_config_set(config, "sitee", "eu1", error) < 0);
    assert_non_null(strstr(ddlogs_error_text(error), "site"));
    assert_true(ddlogs_config_set(config, "sitee", "eu1", NULL) < 0); /* no handle, no harm */
    assert_string_equal(ddlogs_error_code(NULL), "");
    assert_string_equal(ddlogs_integration_name(integration), "acme");
    ddlogs_integration_free(NULL);
    ddlogs_config_free(NULL);
    assert_int_equal(ddlogs_sender_close(NULL, 0, NULL), 0);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(logs_arrive_and_are_counted),
        TEST(the_handles_may_go_once_the_sender_is_open),
        TEST(many_logs_move_without_a_flush),
        TEST(a_refused_key_is_told_at_once_and_the_logs_are_kept),
        TEST(a_flush_that_runs_out_of_time_says_what_is_left),
        TEST(refused_logs_fail_the_next_flush_alone),
        TEST(a_full_memory_waits_as_long_as_it_was_told),
        TEST(poll_waits_for_the_programs_own_descriptors),
        TEST(identity_cannot_be_configured),
        TEST(the_environment_counts_only_when_it_is_asked),
        TEST(mistakes_are_one_sentence_each),
    };
    return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
