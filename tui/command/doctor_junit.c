/* The doctor's findings in the form that build servers show. */
#include <string.h>

#include "command/doctor.h"
#include "command/junit.h"

static void line(struct junit *j, const char *name, const char *value)
{
    junit_text(j, name, strlen(name));
    junit_text(j, ": ", 2);
    junit_text(j, value, strlen(value));
    junit_line_end(j);
}

static void add_failure(struct junit *j, const struct dl_stage_report *report)
{
    char step[512];

    junit_failure(j, dl_error_info(report->code)->id, report->message);
    for (size_t i = 0; i < report->evidence_count; i++)
        line(j, report->evidence[i].name, report->evidence[i].value);
    for (size_t i = 0; dl_stage_next(report, i, step, sizeof step); i++)
        line(j, "next", step);
    junit_failure_end(j);
}

static void add_case(struct junit *j, const char *suite, const struct dl_stage_report *report)
{
    junit_case(j, suite, dl_stage_name(report->stage), report->ms);
    if (report->result == DL_RESULT_FAIL)
        add_failure(j, report);
    else if (report->result == DL_RESULT_SKIP)
        junit_skipped(j, report->message);
    else
        junit_output(j, report->message);
    junit_case_end(j);
}

static void add_suite(struct junit *j, const char *name,
                      const struct dl_stage_report *const *reports)
{
    struct junit_counts counts = {0};
    struct junit cases;

    junit_init(&cases);
    for (int i = 0; i < DL_STAGE_COUNT; i++) {
        if (!reports[i])
            continue;
        add_case(&cases, name, reports[i]);
        counts.tests++;
        counts.failures += reports[i]->result == DL_RESULT_FAIL;
        counts.skipped += reports[i]->result == DL_RESULT_SKIP;
    }
    junit_suite(j, name, &counts, &cases);
    junit_free(&cases);
}

int doctor_junit(const char *path, const struct dl_doctor_table *table, struct dl_error *err)
{
    struct junit j;
    int rc;

    junit_init(&j);
    add_suite(&j, "machine", table->machine);
    for (size_t i = 0; i < table->row_count; i++)
        add_suite(&j, table->rows[i].name, table->rows[i].reports);
    rc = junit_write(&j, path, err);
    junit_free(&j);
    return rc;
}
