/* The log of a report: the last lines of the run, redacted, and its warnings. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "command/report.h"
#include "secret/redact.h"

static struct report_job *job;

static int begin(void **state)
{
    (void)state;
    job = calloc(1, sizeof *job);
    return job ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    report_log_end();
    free(job);
    return 0;
}

static void expect(const char *wanted)
{
    struct dl_buffer out;

    dl_buffer_init(&out, DL_REPORT_FILE_BYTES);
    assert_int_equal(report_log(job, &out, NULL), 0);
    assert_string_equal(dl_buffer_string(&out), wanted);
    dl_buffer_free(&out);
}

static void says_that_nothing_was_logged(void **state)
{
    (void)state;
    report_log_begin(&job->log);
    expect("Nothing was logged in this run.\n");
}

static void keeps_lines_and_warnings_without_secrets(void **state)
{
    (void)state;
    dl_redact_install();
    report_log_begin(&job->log);
    dl_log(DL_LOG_INFO, "asked %s", "http://u:hunter2@proxy:1");
    dl_log(DL_LOG_ERROR, "two\nlines");
    job->result.warnings[0].code = DL_E_CLOCK;
    strcpy(job->result.warnings[0].text, "the clock is off");
    job->result.warning_count = 1;
    expect("info  asked http://u:********@proxy:1\nerror two lines\n"
           "warn  W-CLOCK: the clock is off\n");
    report_log_end();
    dl_log(DL_LOG_INFO, "later");
    assert_int_equal(job->log.count, 2);
    dl_log_set_filter(NULL);
}

static void keeps_the_last_lines_and_tells_how_many_are_gone(void **state)
{
    static const char first[] = "(50 older lines are left out)\ninfo  line 50\ninfo  line 51\n";
    static const char last[] = "info  line 249\n";
    struct dl_buffer out;

    (void)state;
    report_log_begin(&job->log);
    for (int i = 0; i < REPORT_LOG_LINES + 50; i++)
        dl_log(DL_LOG_INFO, "line %d", i);
    dl_buffer_init(&out, DL_REPORT_FILE_BYTES);
    assert_int_equal(report_log(job, &out, NULL), 0);
    assert_memory_equal(out.data, first, strlen(first));
    assert_string_equal(out.data + out.len - strlen(last), last);
    dl_buffer_free(&out);
}

static void a_long_line_is_cut(void **state)
{
    char line[2000], wanted[REPORT_LOG_BYTES + 1] = "info  ";

    (void)state;
    memset(line, 'x', sizeof line - 1);
    line[sizeof line - 1] = '\0';
    memset(wanted + 6, 'x', REPORT_LOG_BYTES - 7);
    wanted[REPORT_LOG_BYTES - 1] = '\n';
    wanted[REPORT_LOG_BYTES] = '\0';
    report_log_begin(&job->log);
    dl_log(DL_LOG_INFO, "%s", line);
    expect(wanted);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(says_that_nothing_was_logged, begin, end),
        cmocka_unit_test_setup_teardown(keeps_lines_and_warnings_without_secrets, begin, end),
        cmocka_unit_test_setup_teardown(keeps_the_last_lines_and_tells_how_many_are_gone, begin,
                                        end),
        cmocka_unit_test_setup_teardown(a_long_line_is_cut, begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
