/* The variables that this program, its libraries and its network look at. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/text.h"
#include "command/report.h"

#define NAME_BYTES 128
#define VALUE_BYTES 4096 /* shown of one value */

static bool ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), m = strlen(end);

    return n >= m && dl_ascii_equal(text + n - m, end);
}

/* Names that begin so, and names that are so. Whole families, because a name that is misspelled is
 * what one looks for. */
static bool is_of_interest(const char *name)
{
    static const char *const begins[] = {"DD_", "DDLOGS_", "DATADOG_", "SSL_",    "XDG_",
                                         "LC_", "DBUS_",   "CURL_",    "SYSTEMD_"};
    static const char *const names[] = {"TERM",
                                        "LANG",
                                        "LANGUAGE",
                                        "NO_COLOR",
                                        "COLUMNS",
                                        "LINES",
                                        "ESCDELAY",
                                        "ACCESSIBLE",
                                        "COLORTERM",
                                        "HOME",
                                        "TMPDIR",
                                        "TZ",
                                        "DISPLAY",
                                        "TERMINFO",
                                        "TERMINFO_DIRS",
                                        "NOTIFY_SOCKET",
                                        "WATCHDOG_USEC",
                                        "STATE_DIRECTORY",
                                        "CREDENTIALS_DIRECTORY"};

    for (size_t i = 0; i < sizeof begins / sizeof begins[0]; i++)
        if (dl_text_starts(name, begins[i]))
            return true;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return ends_with(name, "proxy");
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int add_variable(struct dl_buffer *out, const char *variable)
{
    const char *equals = strchr(variable, '=');
    char name[NAME_BYTES], value[VALUE_BYTES];

    if (!equals || (size_t)(equals - variable) >= sizeof name)
        return 0;
    dl_text_format(name, sizeof name, "%.*s", (int)(equals - variable), variable);
    if (!is_of_interest(name))
        return 0;
    if (report_name_is_secret(name))
        return dl_buffer_format(out, "%s is %s\n", name,
                                equals[1] ? "set, and not shown" : "set, and empty");
    /* one line each, whatever the value holds, and redacted before it is cut */
    dl_log_scrub(value, sizeof value, equals + 1, strlen(equals + 1));
    return dl_buffer_format(out, "%s=%s\n", name, value);
}

int report_environment(struct report_job *job, struct dl_buffer *out, struct dl_error *err)
{
    const char **sorted;
    size_t count = 0;
    int rc;

    while (environ && environ[count])
        count++;
    sorted = calloc(count + 1, sizeof *sorted);
    if (!sorted)
        return dl_error_set(err, DL_E_NOMEM, "no memory for the names of the variables");
    for (size_t i = 0; i < count; i++)
        sorted[i] = environ[i];
    qsort(sorted, count, sizeof *sorted, compare);
    /* it was taken out of the environment at the start */
    rc = dl_buffer_format(out, "DD_API_KEY is %s\n",
                          job->environment_key_given                      ? "set, and not shown"
                          : job->program->environment_error.code != DL_OK ? "set, and no key"
                                                                          : "not set");
    for (size_t i = 0; rc == 0 && i < count; i++)
        rc = add_variable(out, sorted[i]);
    free(sorted);
    return rc < 0 ? dl_error_set(err, (enum dl_code) - rc, "the environment is too large") : 0;
}
