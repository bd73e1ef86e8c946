/* The doctor's findings as lines and as JSON. */
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "command/doctor.h"
#include "command/result.h"

static const char *word(enum dl_result result)
{
    return result == DL_RESULT_FAIL ? "FAIL" : result == DL_RESULT_WARN ? "WARN" : "OK";
}

static bool is_settled(const struct dl_stage_report *report)
{
    return report->result > DL_RESULT_RUN;
}

static void print_row(const struct dl_stage_report *report, const struct doctor_rows *rows)
{
    result_print_row(stdout, report);
    if (rows->evidence)
        result_print_evidence(stdout, report);
}

/* ---- one site: its stages and the machine's, in order ---- */

static void print_single(const struct dl_doctor_table *table, struct doctor_rows *rows)
{
    for (; rows->stage < DL_STAGE_COUNT; rows->stage++) {
        const struct dl_stage_report *report = table->machine[rows->stage];

        report = report ? report : table->rows[0].reports[rows->stage];
        if (report && !is_settled(report))
            return;
        if (report)
            print_row(report, rows);
    }
}

/* ---- many: a line each ---- */

static int64_t spent(const struct dl_doctor_row *row)
{
    int64_t ms = 0;

    for (int i = 0; i < DL_STAGE_COUNT; i++)
        ms += row->reports[i] ? row->reports[i]->ms : 0;
    return ms;
}

static bool is_over(const struct dl_doctor_row *row)
{
    for (int i = 0; i < DL_STAGE_COUNT; i++)
        if (row->reports[i] && !is_settled(row->reports[i]))
            return false;
    return true;
}

static void print_site(const struct dl_doctor_row *row)
{
    const struct dl_stage_report *cause = dl_doctor_cause(row->reports);
    const struct dl_stage_report *tls = row->reports[DL_STAGE_TLS];

    if (cause)
        printf("%-5s %-8s %s: %s  %lld ms\n", word(cause->result), row->name,
               dl_error_info(cause->code)->id, cause->message, (long long)spent(row));
    else
        printf("%-5s %-8s %s, %s  %lld ms\n", "OK", row->name, row->site->intake_url, tls->message,
               (long long)spent(row));
}

static void print_many(const struct dl_doctor_table *table, struct doctor_rows *rows)
{
    for (; rows->stage <= DL_STAGE_SOURCE; rows->stage++)
        print_row(table->machine[rows->stage], rows);
    for (size_t i = 0; i < table->row_count; i++) {
        if (rows->told[i] || !is_over(&table->rows[i]))
            continue;
        rows->told[i] = true;
        print_site(&table->rows[i]);
    }
    for (int stage = DL_STAGE_STATE; stage <= DL_STAGE_PLAN; stage++) {
        const struct dl_stage_report *plan = table->machine[DL_STAGE_PLAN];

        if (is_settled(plan) && rows->stage <= stage) {
            print_row(table->machine[stage], rows);
            rows->stage = stage + 1;
        }
    }
}

void doctor_print_rows(const struct dl_doctor_table *table, struct doctor_rows *rows)
{
    if (table->row_count == 1)
        print_single(table, rows);
    else
        print_many(table, rows);
    fflush(stdout);
}

/* ---- the end ---- */

/* The reports of the machine (0) and of the sites. */
static const struct dl_stage_report *const *reports_of(const struct dl_doctor_table *table,
                                                       size_t i)
{
    return i == 0 ? table->machine : table->rows[i - 1].reports;
}

static bool is_card(const struct dl_stage_report *report)
{
    return report && report->stage != DL_STAGE_PLAN &&
           (report->result == DL_RESULT_FAIL || report->result == DL_RESULT_WARN);
}

/* Which sites have this code too, "US1, EU1", into a list that begins empty. */
static void who_has(const struct dl_doctor_table *table, enum dl_code code, char *to, size_t size)
{
    *to = '\0';
    for (size_t i = 1; i <= table->row_count; i++)
        for (int stage = 0; stage < DL_STAGE_COUNT; stage++) {
            const struct dl_stage_report *report = reports_of(table, i)[stage];
            size_t len = strlen(to);

            if (is_card(report) && report->code == code) {
                dl_text_format(to + len, size - len, "%s%s", len ? ", " : "",
                               table->rows[i - 1].name);
                break;
            }
        }
}

static bool was_before(const struct dl_doctor_table *table, size_t row, int stage)
{
    enum dl_code code = reports_of(table, row)[stage]->code;

    for (size_t i = 0; i <= row; i++)
        for (int s = 0; s < DL_STAGE_COUNT && (i < row || s < stage); s++) {
            const struct dl_stage_report *report = reports_of(table, i)[s];

            if (is_card(report) && report->code == code)
                return true;
        }
    return false;
}

static void print_cards(const struct dl_doctor_table *table)
{
    char names[200];

    for (size_t i = 0; i <= table->row_count; i++)
        for (int stage = 0; stage < DL_STAGE_COUNT; stage++) {
            const struct dl_stage_report *report = reports_of(table, i)[stage];

            if (!is_card(report) || was_before(table, i, stage))
                continue;
            who_has(table, report->code, names, sizeof names);
            if (table->row_count > 1 && *names)
                printf("\n---- %s ----", names);
            result_print_card(stdout, report);
        }
}

static void print_count(const struct dl_doctor_table *table)
{
    size_t failed = 0, warned = 0;

    for (size_t i = 0; i <= table->row_count; i++)
        for (int stage = 0; stage < DL_STAGE_COUNT; stage++) {
            const struct dl_stage_report *report = reports_of(table, i)[stage];

            failed += is_card(report) && report->result == DL_RESULT_FAIL;
            warned += is_card(report) && report->result == DL_RESULT_WARN;
        }
    if (failed || warned)
        printf("\n%zu problem%s, %zu warning%s.\n", failed, failed == 1 ? "" : "s", warned,
               warned == 1 ? "" : "s");
    else
        printf("\nNo problem was found.\n");
}

void doctor_print_end(const struct dl_doctor_table *table)
{
    print_cards(table);
    print_count(table);
}

void doctor_print_summary(const struct dl_doctor_table *table)
{
    for (size_t i = 0; i <= table->row_count; i++) {
        const struct dl_stage_report *cause = dl_doctor_cause(reports_of(table, i));

        if (is_card(cause))
            printf("%-5s %-8s %s: %s  (ddlogs help %s)\n", word(cause->result),
                   i == 0 ? "" : table->rows[i - 1].name, dl_error_info(cause->code)->id,
                   cause->message, dl_error_info(cause->code)->id);
    }
    print_count(table);
}

/* ---- --watch ---- */

static void print_change(const char *name, const struct dl_stage_report *report)
{
    char now[32];

    dl_clock_iso(dl_clock_wall_ms(), now);
    if (report->code == DL_OK)
        printf("%s  %-8s %-8s OK: %s\n", now, name, dl_stage_name(report->stage), report->message);
    else
        printf("%s  %-8s %-8s %s %s: %s\n", now, name, dl_stage_name(report->stage),
               word(report->result), dl_error_info(report->code)->id, report->message);
}

size_t doctor_print_changes(const struct dl_doctor_table *table,
                            enum dl_code before[DL_SITE_COUNT + 1][DL_STAGE_COUNT], bool first,
                            bool quiet)
{
    size_t changes = 0;

    for (size_t i = 0; i <= table->row_count; i++)
        for (int stage = 0; stage < DL_STAGE_COUNT; stage++) {
            const struct dl_stage_report *report = reports_of(table, i)[stage];

            /* what could not be tried is no news: the stage that failed is */
            if (!report || report->result == DL_RESULT_SKIP || stage == DL_STAGE_PLAN ||
                (first ? report->code == DL_OK : report->code == before[i][stage]))
                continue;
            before[i][stage] = report->code;
            changes++;
            if (!quiet)
                print_change(i == 0 ? "machine" : table->rows[i - 1].name, report);
        }
    fflush(stdout);
    return changes;
}

/* ---- --json ---- */

static void more(struct dl_json *w, const void *context)
{
    dl_doctor_json(context, w);
}

void doctor_print_json(const struct dl_doctor_table *table)
{
    const struct dl_stage_report *worst = dl_doctor_worst(table);
    struct dl_error err = {0};
    struct result result = {
        .command = "doctor", .error = &err, .report = worst, .more = more, .more_context = table};

    if (worst)
        dl_error_set(&err, worst->code, "%s", worst->message);
    result_print_json(&result);
}
