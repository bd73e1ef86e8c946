/* The public library against the local intake in the same process. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "ddlogs.h"
#include "intake/intake.h"
#include "spool/spool.h"

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
    assert_int_equal(ddlogs_sender_text(sender, "one", 3, "info", NULL, NULL, error), 0);
    assert_int_equal(ddlogs_sender_text(sender, "two", 3, NULL, "cart", NULL, error), 0);
    assert_int_equal(ddlogs_sender_json(sender, "{\"three\":3}", 11, NULL, NULL, error), 0);
    assert_int_equal(ddlogs_sender_count(sender, "pending"), 3);
    assert_int_equal(ddlogs_sender_flush(sender, 10000, error), 0);
    assert_int_equal(ddlogs_sender_count(sender, "delivered"), 3);
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
    assert_int_equal(ddlogs_sender_text(sender, "x", 1, NULL, "cart", NULL, error), 0);
    assert_int_equal(ddlogs_sender_close(sender, 10000, error), 0);
    sender = NULL;
    assert_int_equal(arrived(), 1);
}

/* Waits until a counter has come to a value; the sender moves by itself. */
static void wait_for(const char *counter, uint64_t value)
{
    for (int i = 0; i < 20000 && ddlogs_sender_count(sender, counter) < value; i++)
        poll(NULL, 0, 1);
    assert_in_range(ddlogs_sender_count(sender, counter), value, UINT64_MAX);
}

static void many_logs_move_without_a_flush(void **state)
{
    uint64_t number = 0;

    (void)state;
    start(NULL);
    open_sender();
    for (uint64_t i = 1; i <= 20000; i++) {
        assert_int_equal(ddlogs_sender_text(sender, "a line", 6, NULL, NULL, &number, error), 0);
        assert_int_equal(number, i);
    }
    wait_for("delivered", 20000);
    assert_int_equal(ddlogs_sender_count(sender, "pending"), 0);
    assert_int_equal(ddlogs_sender_close(sender, 10000, error), 0);
    sender = NULL;
    assert_int_equal(arrived(), 20000);
}

/* ---- threads ---- */

enum { WRITERS = 8, EACH = 3000 };

static void *write_many(void *context)
{
    ddlogs_error *own = ddlogs_error_new();
    uint64_t *sum = context, number;

    for (int i = 0; i < EACH; i++) {
        if (ddlogs_sender_text(sender, "from a thread", 13, "info", NULL, &number, own) < 0)
            return own;
        *sum += number;
        if (i % 1000 == 999 && ddlogs_sender_commit(sender, -1, own) < 0)
            return own;
    }
    ddlogs_error_free(own);
    return NULL;
}

static void threads_share_a_sender(void **state)
{
    pthread_t threads[WRITERS];
    uint64_t sums[WRITERS] = {0}, sum = 0, all = WRITERS * EACH;

    (void)state;
    start(NULL);
    open_sender();
    for (int i = 0; i < WRITERS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, write_many, &sums[i]), 0);
    for (int i = 0; i < WRITERS; i++) {
        void *failure;

        assert_int_equal(pthread_join(threads[i], &failure), 0);
        assert_null(failure);
        sum += sums[i];
    }
    assert_int_equal(sum, all * (all + 1) / 2); /* each number once */
    assert_int_equal(ddlogs_sender_flush(sender, 30000, error), 0);
    assert_int_equal(arrived(), all);
}

static void a_child_of_fork_is_refused_and_the_parent_goes_on(void **state)
{
    int status;
    pid_t child;

    (void)state;
    start(NULL);
    open_sender();
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        ddlogs_error *own = ddlogs_error_new();
        int rc = ddlogs_sender_text(sender, "x", 1, NULL, NULL, NULL, own);
        bool told = rc < 0 && strcmp(ddlogs_error_code(own), "E-FORK") == 0;

        told &= ddlogs_sender_commit(sender, 0, own) < 0;
        told &= ddlogs_sender_flush(sender, 0, own) < 0;
        told &= ddlogs_sender_problem(sender, own) < 0;
        told &= ddlogs_sender_count(sender, "taken") == 0;
        told &= ddlogs_sender_close(sender, 0, own) < 0;
        _exit(told ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_int_equal(ddlogs_sender_text(sender, "x", 1, NULL, NULL, NULL, error), 0);
    assert_int_equal(ddlogs_sender_flush(sender, 10000, error), 0);
    assert_int_equal(arrived(), 1);
}

/* ---- receipts and notices ---- */

static pthread_mutex_t heard = PTHREAD_MUTEX_INITIALIZER;
static uint64_t receipts[5]; /* logs, by kind */
static uint64_t earlier;     /* of an earlier process */
static char reason[20], noticed[4][20];
static unsigned notices;

static void hear_receipt(void *context, enum ddlogs_receipt receipt, uint64_t first, uint64_t count,
                         const ddlogs_error *why)
{
    (void)context;
    pthread_mutex_lock(&heard);
    receipts[receipt] += count;
    if (first == 0)
        earlier += count;
    if (why)
        snprintf(reason, sizeof reason, "%s", ddlogs_error_code(why));
    pthread_mutex_unlock(&heard);
}

static void hear_notice(void *context, const ddlogs_error *what)
{
    (void)context;
    pthread_mutex_lock(&heard);
    if (notices < 4)
        snprintf(noticed[notices], sizeof noticed[0], "%s", ddlogs_error_code(what));
    notices++;
    pthread_mutex_unlock(&heard);
}

static void listen_to_all(void)
{
    memset(receipts, 0, sizeof receipts);
    memset(noticed, 0, sizeof noticed);
    earlier = notices = 0;
    reason[0] = '\0';
    ddlogs_config_on_receipt(config, hear_receipt, NULL);
    ddlogs_config_on_notice(config, hear_notice, NULL);
}

static void every_log_has_its_receipt(void **state)
{
    static const char *const faults[] = {"status=400*1", NULL};

    (void)state;
    start(faults);
    listen_to_all();
    open_sender();
    assert_int_equal(ddlogs_sender_text(sender, "poison", 6, NULL, NULL, NULL, error), 0);
    assert_true(ddlogs_sender_flush(sender, 10000, error) < 0);
    for (int i = 0; i < 2500; i++)
        assert_int_equal(ddlogs_sender_text(sender, "good", 4, NULL, NULL, NULL, error), 0);
    assert_int_equal(ddlogs_sender_flush(sender, 10000, error), 0);
    assert_int_equal(ddlogs_sender_close(sender, 0, error), 0);
    sender = NULL;
    assert_int_equal(receipts[DDLOGS_ACCEPTED], 2501);
    assert_int_equal(receipts[DDLOGS_DELIVERED], 2500);
    assert_int_equal(receipts[DDLOGS_QUARANTINED], 1);
    assert_int_equal(receipts[DDLOGS_DISCARDED], 0);
    assert_string_equal(reason, "E-HTTP-400");
    assert_int_equal(notices, 0);
}

/* ---- fields ---- */

static void a_log_is_put_together_field_by_field(void **state)
{
    ddlogs_fields *fields = ddlogs_fields_new();
    char line[4000];
    FILE *f;

    (void)state;
    start(NULL);
    open_sender();
    assert_int_equal(ddlogs_fields_text(fields, "message", "say \"hi\"\n", 9, error), 0);
    assert_int_equal(ddlogs_fields_integer(fields, "n", INT64_MIN, error), 0);
    assert_int_equal(ddlogs_fields_number(fields, "x", 0.1, error), 0);
    assert_int_equal(ddlogs_fields_number(fields, "y", 1e300, error), 0);
    assert_int_equal(ddlogs_fields_boolean(fields, "ok", 1, error), 0);
    assert_true(ddlogs_fields_number(fields, "bad", NAN, error) < 0);
    assert_string_equal(ddlogs_error_code(error), "E-VALUE");
    assert_true(ddlogs_fields_text(fields, "", "x", 1, error) < 0);
    assert_int_equal(ddlogs_sender_fields(sender, fields, "cart", NULL, error), 0);
    ddlogs_fields_clear(fields);
    assert_int_equal(ddlogs_fields_boolean(fields, "second", 0, error), 0);
    assert_int_equal(ddlogs_sender_fields(sender, fields, NULL, NULL, error), 0);
    ddlogs_fields_free(fields);
    assert_int_equal(ddlogs_sender_flush(sender, 10000, error), 0);
    f = fopen(record, "r");
    assert_non_null(f);
    assert_non_null(fgets(line, sizeof line, f));
    assert_non_null(strstr(line, "\"message\":\"say \\\"hi\\\"\\n\",\"n\":-9223372036854775808,"
                                 "\"x\":0.1,\"y\":1e+300,\"ok\":true"));
    assert_non_null(strstr(line, "\"service\":\"cart\""));
    assert_non_null(fgets(line, sizeof line, f));
    assert_non_null(strstr(line, "\"second\":false"));
    assert_null(strstr(line, "say"));
    fclose(f);
}

static void fields_end_at_one_megabyte_and_stay_whole(void **state)
{
    static char text[600000];
    ddlogs_fields *fields = ddlogs_fields_new();

    (void)state;
    memset(text, 'x', sizeof text);
    assert_int_equal(ddlogs_fields_text(fields, "a", text, sizeof text, error), 0);
    assert_true(ddlogs_fields_text(fields, "b", text, sizeof text, error) < 0);
    assert_string_equal(ddlogs_error_code(error), "E-LIMIT");
    assert_int_equal(ddlogs_fields_integer(fields, "c", 3, error), 0);
    start(NULL);
    open_sender();
    assert_int_equal(ddlogs_sender_fields(sender, fields, NULL, NULL, error), 0);
    assert_int_equal(ddlogs_sender_flush(sender, 10000, error), 0);
    assert_int_equal(ddlogs_sender_count(sender, "delivered"), 1);
    ddlogs_fields_free(fields);
}

/* ---- holding and going on ---- */

static void a_refused_key_is_told_at_once_and_the_logs_are_kept(void **state)
{
    (void)state;
    start(NULL);
    assert_int_equal(ddlogs_config_set_key(config, "ffffffffffffffffffffffffffffffff", 32, error),
                     0);
    open_sender();
    assert_int_equal(ddlogs_sender_text(sender, "x", 1, NULL, NULL, NULL, error), 0);
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
    assert_int_equal(ddlogs_sender_text(sender, "x", 1, NULL, NULL, NULL, error), 0);
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
    assert_int_equal(ddlogs_sender_text(sender, "poison", 6, NULL, NULL, NULL, error), 0);
    assert_true(ddlogs_sender_flush(sender, 10000, error) < 0);
    assert_string_equal(ddlogs_error_code(error), "E-HTTP-400");
    assert_int_equal(ddlogs_sender_count(sender, "quarantined"), 1);
    assert_int_equal(ddlogs_sender_text(sender, "good", 4, NULL, NULL, NULL, error), 0);
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
    while (ddlogs_sender_text(sender, text, sizeof text, NULL, NULL, NULL, error) == 0)
        assert_true(++taken < 100);
    assert_string_equal(ddlogs_error_code(error), "E-FULL");
    assert_int_equal(ddlogs_sender_count(sender, "taken"), taken);
    assert_int_equal(ddlogs_sender_count(sender, "pending"), taken);
}

/* Fills the memory while nothing can be delivered; returns how many logs it took. */
static int fill(void)
{
    static char text[900000];
    int taken = 0;

    memset(text, 'x', sizeof text);
    while (ddlogs_sender_text(sender, text, sizeof text, NULL, NULL, NULL, error) == 0 &&
           ddlogs_sender_count(sender, "dropped") == 0)
        assert_true(++taken < 100);
    return taken;
}

static void a_full_memory_fails_or_drops_as_the_configuration_says(void **state)
{
    static const char *const faults[] = {"status=503", NULL};
    uint64_t number = 7;
    int taken;

    (void)state;
    start(faults);
    assert_int_equal(ddlogs_config_set(config, "encoding", "none", error), 0);
    assert_int_equal(ddlogs_config_set(config, "when_full", "fail", error), 0);
    open_sender();
    taken = fill();
    assert_string_equal(ddlogs_error_code(error), "E-FULL");
    assert_int_equal(ddlogs_sender_count(sender, "taken"), taken);
    ddlogs_sender_close(sender, 0, NULL);
    assert_int_equal(ddlogs_config_set(config, "when_full", "drop", error), 0);
    open_sender();
    taken = fill();
    assert_int_equal(ddlogs_sender_text(sender, "x", 1, NULL, NULL, &number, error), 0);
    assert_int_equal(number, 0);
    assert_int_equal(ddlogs_sender_count(sender, "dropped"), 2);
    assert_int_equal(ddlogs_sender_count(sender, "taken"), taken);
}

static void a_key_that_was_changed_at_its_place_is_found(void **state)
{
    char path[100];

    (void)state;
    start(NULL);
    snprintf(path, sizeof path, "%s/key", folder);
    write_file(path, "ffffffffffffffffffffffffffffffff");
    assert_int_equal(chmod(path, 0600), 0);
    ddlogs_config_free(config);
    assert_int_equal(ddlogs_config_new(&config, integration, error), 0);
    assert_int_equal(ddlogs_config_set(config, "key_source", "file", error), 0);
    assert_int_equal(ddlogs_config_set(config, "key_name", path, error), 0);
    listen_to_all();
    char origin[64];
    snprintf(origin, sizeof origin, "http://127.0.0.1:%d", dl_intake_port(intake));
    assert_int_equal(ddlogs_config_set(config, "endpoint", origin, error), 0);
    open_sender();
    assert_int_equal(ddlogs_sender_text(sender, "x", 1, NULL, NULL, NULL, error), 0);
    assert_true(ddlogs_sender_flush(sender, 60000, error) < 0);
    assert_string_equal(ddlogs_error_code(error), "E-KEY-403");
    write_file(path, KEY);
    wait_for("delivered", 1);
    unlink(path);
    ddlogs_sender_close(sender, 0, NULL);
    sender = NULL;
    assert_string_equal(noticed[0], "E-KEY-403");
    assert_string_equal(noticed[1], ""); /* it goes on */
    assert_int_equal(notices, 2);
}

static void other_settings_take_over(void **state)
{
    (void)state;
    start(NULL);
    assert_int_equal(ddlogs_config_set_key(config, "ffffffffffffffffffffffffffffffff", 32, error),
                     0);
    open_sender();
    assert_int_equal(ddlogs_sender_text(sender, "x", 1, NULL, NULL, NULL, error), 0);
    assert_true(ddlogs_sender_flush(sender, 60000, error) < 0);
    assert_int_equal(ddlogs_config_set_key(config, KEY, strlen(KEY), error), 0);
    assert_int_equal(ddlogs_config_set(config, "tags", "env:new", error), 0);
    assert_int_equal(ddlogs_sender_reload(sender, config, error), 0);
    wait_for("delivered", 1);
    assert_int_equal(ddlogs_sender_text(sender, "y", 1, NULL, NULL, NULL, error), 0);
    assert_int_equal(ddlogs_sender_flush(sender, 10000, error), 0);
    char line[4000];
    FILE *f = fopen(record, "r");
    assert_non_null(f);
    while (fgets(line, sizeof line, f))
        assert_int_equal(strstr(line, "\"env\":\"new\"") != NULL,
                         strstr(line, "\"message\":\"y\"") != NULL);
    fclose(f);
}

static void a_bad_reload_changes_nothing(void **state)
{
    ddlogs_config *bad;

    (void)state;
    start(NULL);
    open_sender();
    assert_int_equal(ddlogs_config_new(&bad, integration, error), 0);
    assert_true(ddlogs_sender_reload(sender, bad, error) < 0); /* no site */
    ddlogs_config_free(bad);
    assert_int_equal(ddlogs_sender_text(sender, "x", 1, NULL, NULL, NULL, error), 0);
    assert_int_equal(ddlogs_sender_flush(sender, 10000, error), 0);
}

/* ---- the spool ---- */

static void use_spool(char path[100])
{
    snprintf(path, 100, "%s/spool", folder);
    assert_int_equal(ddlogs_config_set(config, "spool", path, error), 0);
}

static void remove_spool(const char *path)
{
    char command[200];

    snprintf(command, sizeof command, "rm -r %s", path);
    assert_int_equal(system(command), 0);
}

static void what_a_spool_accepted_is_delivered_by_the_next_process(void **state)
{
    static const char *const faults[] = {"status=503", NULL};
    char path[100];

    (void)state;
    start(faults);
    use_spool(path);
    listen_to_all();
    open_sender();
    for (int i = 0; i < 2500; i++)
        assert_int_equal(ddlogs_sender_text(sender, "kept", 4, NULL, NULL, NULL, error), 0);
    assert_int_equal(ddlogs_sender_commit(sender, 10000, error), 0);
    assert_int_equal(ddlogs_sender_count(sender, "accepted"), 2500);
    assert_int_equal(ddlogs_sender_count(sender, "waiting"), 0);
    assert_int_equal(ddlogs_sender_count(sender, "pending"), 2500);
    assert_true(ddlogs_sender_close(sender, 0, error) < 0);
    assert_string_equal(ddlogs_error_code(error), "E-UNDELIVERED");
    assert_int_equal(receipts[DDLOGS_ACCEPTED], 2500);
    dl_intake_stop(intake);

    start(NULL);
    listen_to_all();
    open_sender();
    assert_int_equal(ddlogs_sender_text(sender, "new", 3, NULL, NULL, NULL, error), 0);
    assert_int_equal(ddlogs_sender_flush(sender, 10000, error), 0);
    assert_int_equal(arrived(), 2501);
    assert_int_equal(ddlogs_sender_count(sender, "delivered"), 2501);
    assert_int_equal(ddlogs_sender_close(sender, 0, error), 0);
    sender = NULL;
    assert_int_equal(receipts[DDLOGS_DELIVERED], 2501);
    assert_int_equal(earlier, 2500);
    remove_spool(path);
}

static void single_commits_arrive_once_each(void **state)
{
    char path[100];

    (void)state;
    start(NULL);
    use_spool(path);
    open_sender();
    for (int i = 0; i < 300; i++) {
        assert_int_equal(ddlogs_sender_text(sender, "one", 3, NULL, NULL, NULL, error), 0);
        assert_int_equal(ddlogs_sender_commit(sender, 10000, error), 0);
        assert_int_equal(ddlogs_sender_count(sender, "accepted"), i + 1);
    }
    assert_int_equal(ddlogs_sender_flush(sender, 10000, error), 0);
    assert_int_equal(arrived(), 300);
    assert_int_equal(ddlogs_sender_close(sender, 0, error), 0);
    sender = NULL;
    remove_spool(path);
}

static void a_refused_log_is_kept_in_the_quarantine(void **state)
{
    static const char *const faults[] = {"status=400*1", NULL};
    struct dl_spool_counts counts;
    char path[100];

    (void)state;
    start(faults);
    use_spool(path);
    open_sender();
    assert_int_equal(ddlogs_sender_text(sender, "poison", 6, NULL, NULL, NULL, error), 0);
    assert_true(ddlogs_sender_flush(sender, 10000, error) < 0);
    assert_string_equal(ddlogs_error_code(error), "E-HTTP-400");
    assert_int_equal(ddlogs_sender_count(sender, "quarantined"), 1);
    assert_int_equal(ddlogs_sender_count(sender, "pending"), 0);
    ddlogs_sender_close(sender, 0, NULL);
    sender = NULL;
    assert_int_equal(dl_spool_look(&counts, NULL, path, NULL), 0);
    assert_int_equal(counts.quarantined, 1);
    open_sender();
    assert_int_equal(ddlogs_sender_flush(sender, 10000, error), 0); /* told once */
    ddlogs_sender_close(sender, 0, NULL);
    sender = NULL;
    remove_spool(path);
}

/* The sender's thread, stopped where the log is settled and nothing else is said yet. */
static sem_t settled, go_on;

static void stop_at_refusal(void *context, enum ddlogs_receipt receipt, uint64_t first,
                            uint64_t count, const ddlogs_error *why)
{
    (void)context;
    (void)first;
    (void)count;
    (void)why;
    if (receipt != DDLOGS_QUARANTINED)
        return;
    sem_post(&settled);
    sem_wait(&go_on);
}

static void no_flush_says_all_is_well_of_a_refused_log(void **state)
{
    const char *faults[] = {"status=400@/api/v2/logs", NULL};
    char path[100];
    int code;

    (void)state;
    sem_init(&settled, 0, 0);
    sem_init(&go_on, 0, 0);
    start(faults);
    use_spool(path);
    ddlogs_config_on_receipt(config, stop_at_refusal, NULL);
    open_sender();
    assert_int_equal(ddlogs_sender_text(sender, "bad", 3, NULL, NULL, NULL, error), 0);
    (void)ddlogs_sender_flush(sender, 0, NULL); /* so that it leaves at once */
    sem_wait(&settled);
    code = ddlogs_sender_flush(sender, 0, error);
    sem_post(&go_on);
    assert_true(code < 0);
    assert_string_equal(ddlogs_error_code(error), "E-HTTP-400");
    ddlogs_sender_close(sender, 0, NULL);
    sender = NULL;
    sem_destroy(&settled);
    sem_destroy(&go_on);
    remove_spool(path);
}

static void a_spool_has_one_owner(void **state)
{
    ddlogs_sender *second;
    char path[100];

    (void)state;
    start(NULL);
    use_spool(path);
    open_sender();
    assert_true(ddlogs_sender_open(&second, integration, config, error) < 0);
    assert_string_equal(ddlogs_error_code(error), "E-SPOOL-BUSY");
    ddlogs_sender_close(sender, 0, NULL);
    sender = NULL;
    remove_spool(path);
}

static void a_full_spool_takes_no_more_and_loses_nothing(void **state)
{
    static const char *const faults[] = {"status=503", NULL};
    static char text[100000];
    char path[100];
    uint64_t taken = 0, accepted;
    unsigned seed = 1;

    (void)state;
    start(faults);
    use_spool(path);
    assert_int_equal(ddlogs_config_set(config, "spool_bytes", "16M", error), 0);
    assert_int_equal(ddlogs_config_set(config, "when_full", "fail", error), 0);
    listen_to_all();
    open_sender();
    for (size_t i = 0; i < sizeof text; i++) /* it does not shrink */
        text[i] = (char)(' ' + ((seed = seed * 1103515245u + 12345u) >> 16) % 90);
    while (ddlogs_sender_text(sender, text, sizeof text, NULL, NULL, NULL, error) == 0)
        assert_true(++taken < 1000);
    assert_string_equal(ddlogs_error_code(error), "E-FULL");
    assert_non_null(strstr(ddlogs_error_text(error), "spool_bytes"));
    accepted = ddlogs_sender_count(sender, "accepted");
    assert_true(accepted > 100);
    assert_int_equal(ddlogs_sender_count(sender, "waiting"), taken - accepted);
    dl_intake_stop(intake); /* another one, which takes them */
    start(NULL);
    assert_int_equal(ddlogs_sender_reload(sender, config, error), 0);
    assert_int_equal(ddlogs_sender_flush(sender, -1, error), 0);
    assert_int_equal(arrived(), taken);
    ddlogs_sender_close(sender, 0, NULL);
    sender = NULL;
    assert_string_equal(noticed[0], "E-SPOOL-FULL");
    remove_spool(path);
}

static int64_t two_hours_later(void)
{
    struct timespec t;

    clock_gettime(CLOCK_REALTIME, &t);
    return (t.tv_sec + 7200) * INT64_C(1000);
}

static void logs_past_their_age_are_discarded_and_counted(void **state)
{
    static const char *const faults[] = {"status=503", NULL};
    char path[100];

    (void)state;
    start(faults);
    use_spool(path);
    open_sender();
    for (int i = 0; i < 1500; i++)
        assert_int_equal(ddlogs_sender_text(sender, "old", 3, NULL, NULL, NULL, error), 0);
    assert_true(ddlogs_sender_close(sender, 0, error) < 0);
    dl_intake_stop(intake);

    start(NULL);
    assert_int_equal(ddlogs_config_set(config, "spool_age", "1h", error), 0);
    listen_to_all();
    dl_clock_replace(NULL, two_hours_later, NULL);
    open_sender();
    assert_int_equal(ddlogs_sender_text(sender, "new", 3, NULL, NULL, NULL, error), 0);
    assert_int_equal(ddlogs_sender_flush(sender, 10000, error), 0);
    assert_int_equal(arrived(), 1);
    assert_int_equal(ddlogs_sender_count(sender, "discarded"), 1500);
    ddlogs_sender_close(sender, 0, NULL);
    sender = NULL;
    dl_clock_replace(NULL, NULL, NULL);
    assert_int_equal(receipts[DDLOGS_DISCARDED], 1500);
    assert_string_equal(noticed[0], "W-EXPIRED");
    remove_spool(path);
}

static void identity_cannot_be_configured(void **state)
{
    (void)state;
    assert_true(ddlogs_config_set(config, "source", "other", error) < 0);
    assert_true(ddlogs_config_set(config, "service", "other", error) < 0);
    assert_string_equal(ddlogs_error_code(error), "E-VALUE");
    start(NULL);
    open_sender();
    assert_true(ddlogs_sender_text(sender, "x", 1, NULL, "other", NULL, error) < 0);
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
    assert_int_equal(ddlogs_sender_text(sender, "x", 1, NULL, NULL, NULL, error), 0);
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
        TEST(threads_share_a_sender),
        TEST(a_child_of_fork_is_refused_and_the_parent_goes_on),
        TEST(every_log_has_its_receipt),
        TEST(a_log_is_put_together_field_by_field),
        TEST(fields_end_at_one_megabyte_and_stay_whole),
        TEST(a_refused_key_is_told_at_once_and_the_logs_are_kept),
        TEST(a_flush_that_runs_out_of_time_says_what_is_left),
        TEST(refused_logs_fail_the_next_flush_alone),
        TEST(a_full_memory_waits_as_long_as_it_was_told),
        TEST(a_full_memory_fails_or_drops_as_the_configuration_says),
        TEST(a_key_that_was_changed_at_its_place_is_found),
        TEST(other_settings_take_over),
        TEST(a_bad_reload_changes_nothing),
        TEST(what_a_spool_accepted_is_delivered_by_the_next_process),
        TEST(single_commits_arrive_once_each),
        TEST(a_refused_log_is_kept_in_the_quarantine),
        TEST(no_flush_says_all_is_well_of_a_refused_log),
        TEST(a_spool_has_one_owner),
        TEST(a_full_spool_takes_no_more_and_loses_nothing),
        TEST(logs_past_their_age_are_discarded_and_counted),
        TEST(identity_cannot_be_configured),
        TEST(the_environment_counts_only_when_it_is_asked),
        TEST(mistakes_are_one_sentence_each),
    };
    return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
