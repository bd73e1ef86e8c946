/* The doctor's findings in the form that build servers show (JUnit XML). */
#include <string.h>

#include "base/buffer.h"
#include "base/file.h"
#include "base/text.h"
#include "command/doctor.h"

#define JUNIT_MAX (4 * 1024 * 1024)

/* Text within XML 1.0: what it does not take is left out. The text is clean already. */
static int add_text(struct dl_buffer *out, const char *text)
{
    int rc = 0;

    for (; *text && rc == 0; text++) {
        switch (*text) {
        case '&':
            rc = dl_buffer_text(out, "&amp;");
            break;
        case '<':
            rc = dl_buffer_text(out, "&lt;");
            break;
        case '>':
            rc = dl_buffer_text(out, "&gt;");
            break;
        case '"':
            rc = dl_buffer_text(out, "&quot;");
            break;
        default:
            if ((unsigned char)*text >= 0x20)
                rc = dl_buffer_char(out, *text);
        }
    }
    return rc;
}

static int add_failure(struct dl_buffer *out, const struct dl_stage_report *report)
{
    int rc =
        dl_buffer_format(out, "<failure type=\"%s\" message=\"", dl_error_info(report->code)->id);
    char line[512];

    rc = rc ? rc : add_text(out, report->message);
    rc = rc ? rc : dl_buffer_text(out, "\">");
    for (size_t i = 0; rc == 0 && i < report->evidence_count; i++) {
        rc = add_text(out, report->evidence[i].name);
        rc = rc ? rc : dl_buffer_text(out, ": ");
        rc = rc ? rc : add_text(out, report->evidence[i].value);
        rc = rc ? rc : dl_buffer_char(out, '\n');
    }
    for (size_t i = 0; rc == 0 && dl_stage_next(report, i, line, sizeof line); i++) {
        rc = dl_buffer_text(out, "next: ");
        rc = rc ? rc : add_text(out, line);
        rc = rc ? rc : dl_buffer_char(out, '\n');
    }
    return rc ? rc : dl_buffer_text(out, "</failure>");
}

static int add_case(struct dl_buffer *out, const char *suite, const struct dl_stage_report *report)
{
    int rc = dl_buffer_text(out, "    <testcase classname=\"ddlogs.");

    rc = rc ? rc : add_text(out, suite);
    rc = rc ? rc
            : dl_buffer_format(out, "\" name=\"%s\" time=\"%lld.%03lld\">",
                               dl_stage_name(report->stage), (long long)(report->ms / 1000),
                               (long long)(report->ms % 1000));
    if (report->result == DL_RESULT_FAIL) {
        rc = rc ? rc : add_failure(out, report);
    } else if (report->result == DL_RESULT_SKIP) {
        rc = rc ? rc : dl_buffer_text(out, "<skipped message=\"");
        rc = rc ? rc : add_text(out, report->message);
        rc = rc ? rc : dl_buffer_text(out, "\"/>");
    } else {
        rc = rc ? rc : dl_buffer_text(out, "<system-out>");
        rc = rc ? rc : add_text(out, report->message);
        rc = rc ? rc : dl_buffer_text(out, "</system-out>");
    }
    return rc ? rc : dl_buffer_text(out, "</testcase>\n");
}

static size_t count(const struct dl_stage_report *const *reports, enum dl_result result)
{
    size_t n = 0;

    for (int i = 0; i < DL_STAGE_COUNT; i++)
        n += reports[i] && (result == DL_RESULT_WAIT || reports[i]->result == result);
    return n;
}

static int add_suite(struct dl_buffer *out, const char *name,
                     const struct dl_stage_report *const *reports)
{
    int rc = dl_buffer_text(out, "  <testsuite name=\"");

    rc = rc ? rc : add_text(out, name);
    rc = rc ? rc
            : dl_buffer_format(out, "\" tests=\"%zu\" failures=\"%zu\" skipped=\"%zu\">\n",
                               count(reports, DL_RESULT_WAIT), count(reports, DL_RESULT_FAIL),
                               count(reports, DL_RESULT_SKIP));
    for (int i = 0; rc == 0 && i < DL_STAGE_COUNT; i++)
        if (reports[i])
            rc = add_case(out, name, reports[i]);
    return rc ? rc : dl_buffer_text(out, "  </testsuite>\n");
}

int doctor_junit(const char *path, const struct dl_doctor_table *table, struct dl_error *err)
{
    struct dl_buffer out;
    int rc;

    dl_buffer_init(&out, JUNIT_MAX);
    rc = dl_buffer_text(&out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
    rc = rc ? rc : add_suite(&out, "machine", table->machine);
    for (size_t i = 0; rc == 0 && i < table->row_count; i++)
        rc = add_suite(&out, table->rows[i].name, table->rows[i].reports);
    rc = rc ? rc : dl_buffer_text(&out, "</testsuites>\n");
    if (rc < 0)
        rc = dl_error_set(err, (enum dl_code) - rc, "the findings do not fit into %s", path);
    else
        rc = dl_file_replace_shared(path, out.data, out.len, err);
    dl_buffer_free(&out);
    return rc;
}
