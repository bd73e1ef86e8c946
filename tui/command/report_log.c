/* What the library logged in this run, and the warnings of the run. */
#include "base/log.h"
#include "base/text.h"
#include "command/report.h"

static void keep(void *context, enum dl_log_level level, const char *line)
{
    static const char *const levels[] = {"debug", "info", "warn", "error"};
    struct report_log *log = context;

    dl_text_format(log->lines[log->count++ % REPORT_LOG_LINES], REPORT_LOG_BYTES, "%-5s %s",
                   levels[level], line);
}

void report_log_begin(struct report_log *log)
{
    dl_log_set_sink(keep, log);
}

void report_log_end(void)
{
    dl_log_set_sink(NULL, NULL);
}

int report_log(struct report_job *job, struct dl_buffer *out, struct dl_error *err)
{
    const struct report_log *log = &job->log;
    size_t from = log->count > REPORT_LOG_LINES ? log->count - REPORT_LOG_LINES : 0;
    int rc = 0;

    if (from > 0)
        rc = dl_buffer_format(out, "(%zu older lines are left out)\n", from);
    for (size_t i = from; rc == 0 && i < log->count; i++)
        rc = dl_buffer_format(out, "%s\n", log->lines[i % REPORT_LOG_LINES]);
    for (size_t i = 0; rc == 0 && i < job->result.warning_count; i++)
        rc =
            dl_buffer_format(out, "warn  %s: %s\n", dl_error_info(job->result.warnings[i].code)->id,
                             job->result.warnings[i].text);
    if (rc == 0 && out->len == 0)
        rc = dl_buffer_text(out, "Nothing was logged in this run.\n");
    return rc < 0 ? dl_error_set(err, (enum dl_code) - rc, "the log is too large") : 0;
}
