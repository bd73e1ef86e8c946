#include "send/metrics.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"

#define TEXT_MAX ((size_t)64 * 1024)

struct metric {
    const char *name, *type, *help;
    uint64_t value;
    unsigned decimals; /* the value is in units of 10^-decimals */
};

/* Backslash, quote and line end are what the format escapes. */
static int label(struct dl_buffer *out, const char *text)
{
    int rc = 0;

    for (; *text && rc == 0; text++) {
        if (*text == '\n')
            rc = dl_buffer_text(out, "\\n");
        else if (*text == '"' || *text == '\\')
            rc = dl_buffer_format(out, "\\%c", *text);
        else
            rc = dl_buffer_char(out, *text);
    }
    return rc;
}

static int print(struct dl_buffer *out, const struct metric *m, const char *integration)
{
    int rc =
        dl_buffer_format(out, "# HELP ddlogs_%s %s\n# TYPE ddlogs_%s %s\nddlogs_%s{integration=\"",
                         m->name, m->help, m->name, m->type, m->name);

    if (rc == 0)
        rc = label(out, integration);
    if (rc == 0 && m->decimals)
        rc = dl_buffer_format(out, "\"} %" PRIu64 ".%03" PRIu64 "\n", m->value / 1000,
                              m->value % 1000);
    else if (rc == 0)
        rc = dl_buffer_format(out, "\"} %" PRIu64 "\n", m->value);
    return rc;
}

int metrics_print(struct dl_buffer *out, const struct counters *c, const char *integration)
{
    const struct metric metrics[] = {
        {"logs_taken_total", "counter", "Logs that were read.", c->taken, 0},
        {"logs_accepted_total", "counter",
         "Logs on the disk of the spool, or in memory without one.", c->accepted, 0},
        {"logs_delivered_total", "counter", "Logs that the intake took.", c->delivered, 0},
        {"logs_quarantined_total", "counter", "Logs that the intake refuses.", c->quarantined, 0},
        {"logs_dropped_total", "counter",
         "Logs thrown away: no room, too old, damaged on the disk.",
         c->dropped + c->discarded + c->damaged, 0},
        {"logs_pending", "gauge", "Logs accepted and not yet delivered.", c->pending, 0},
        {"requests_total", "counter", "Requests to the intake.", c->requests, 0},
        {"retries_total", "counter", "Requests that repeat one that failed.", c->retries, 0},
        {"bytes_total", "counter", "Bytes sent, before compression.", c->bytes, 0},
        {"wire_bytes_total", "counter", "Bytes sent, as they are on the wire.", c->wire_bytes, 0},
        {"held", "gauge", "1: nothing is delivered until somebody acts.", c->held, 0},
        {"oldest_pending_seconds", "gauge", "Age of the oldest pending log.", c->oldest_ms, 3},
    };
    int rc = 0;

    for (size_t i = 0; i < sizeof metrics / sizeof *metrics && rc == 0; i++)
        rc = print(out, &metrics[i], integration);
    return rc;
}

static int write_temp(const char *temp, const struct dl_buffer *text, struct dl_error *err)
{
    int fd, rc;

    unlink(temp); /* of a process that was killed; the name is this program's alone */
    fd = open(temp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return dl_error_set_errno(err, DL_E_IO, errno, "%s cannot be made", temp);
    rc = dl_file_write_all(fd, dl_buffer_string(text), text->len, err);
    if (rc == 0 && fchmod(fd, 0644) < 0) /* whatever the umask: another user reads it */
        rc = dl_error_set_errno(err, DL_E_IO, errno, "%s", temp);
    if (close(fd) < 0 && rc == 0)
        rc = dl_error_set_errno(err, DL_E_IO, errno, "%s cannot be written", temp);
    return rc;
}

int metrics_write(const char *path, const struct counters *counters, const char *integration,
                  struct dl_error *err)
{
    char temp[PATH_MAX];
    struct dl_buffer text;
    int rc;

    /* the collector reads *.prom alone, so the half-written one must not be called that */
    if (!dl_text_format(temp, sizeof temp, "%s.%ld.new", path, (long)getpid()))
        return dl_error_set(err, DL_E_IO, "the path of the metrics is too long");
    dl_buffer_init(&text, TEXT_MAX);
    rc = metrics_print(&text, counters, integration);
    if (rc < 0)
        rc = dl_error_set(err, (enum dl_code) - rc, "no memory for the metrics");
    if (rc == 0)
        rc = write_temp(temp, &text, err);
    if (rc == 0 && rename(temp, path) < 0)
        rc = dl_error_set_errno(err, DL_E_IO, errno, "%s cannot be replaced", path);
    if (rc < 0)
        unlink(temp);
    dl_buffer_free(&text);
    return rc;
}
