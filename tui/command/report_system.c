/* The ground it runs on: versions of program, libraries and system, and the terminal. */
#include <gnu/libc-version.h>
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "check/pack.h"
#include "command/report.h"
#include "config.h"
#include "intake/intake.h"
#include "screen/describe.h"

#define OS_RELEASE_MAX 16384

static int done(int rc, struct dl_error *err)
{
    return rc < 0 ? dl_error_set(err, (enum dl_code) - rc, "it is too long to be written") : 0;
}

/* The lines of os-release that tell which system it is; others hold addresses. */
static void add_distribution(struct dl_buffer *out)
{
    static const char *const wanted[] = {"PRETTY_NAME=", "ID=", "VERSION_ID=", "ID_LIKE="};
    struct dl_buffer text;
    struct dl_error err = {0};

    dl_buffer_init(&text, OS_RELEASE_MAX);
    if (dl_file_read("/etc/os-release", true, &text, &err) < 0)
        dl_buffer_format(out, "distribution   not known: %s\n", err.text);
    for (const char *line = dl_buffer_string(&text); *line;) {
        size_t len = strcspn(line, "\n");

        for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++)
            if (strncmp(line, wanted[i], strlen(wanted[i])) == 0)
                dl_buffer_format(out, "distribution   %.*s\n", (int)len, line);
        line += len + (line[len] == '\n');
    }
    dl_buffer_free(&text);
}

int report_versions(struct report_job *job, struct dl_buffer *out, struct dl_error *err)
{
    char libraries[128];
    struct utsname system;

    (void)job;
    dl_buffer_format(out, "program        %s\n", PACKAGE_STRING);
    dl_buffer_format(out, "transfer       %s\n", dl_http_libraries());
    dl_compress_libraries(libraries, sizeof libraries);
    dl_buffer_format(out, "compression    %s\n", libraries);
    dl_buffer_format(out, "json           cJSON %s\n", cJSON_Version());
    dl_buffer_format(out, "screen         %s\n", terminal_library_version());
    dl_buffer_format(out, "report         %s\n", dl_archive_library());
    dl_intake_libraries(libraries, sizeof libraries);
    dl_buffer_format(out, "local intake   %s\n", libraries);
    dl_buffer_format(out, "C library      glibc %s\n", gnu_get_libc_version());
    if (uname(&system) == 0)
        dl_buffer_format(out, "kernel         %s %s %s %s\n", system.sysname, system.release,
                         system.version, system.machine);
    add_distribution(out);
    return done(dl_buffer_format(out, "user           %s\n", geteuid() == 0 ? "root" : "not root"),
                err);
}

/* ---- terminal ---- */

static void add_size(struct dl_buffer *out)
{
    static const int fds[] = {STDOUT_FILENO, STDIN_FILENO, STDERR_FILENO};
    struct winsize size;

    for (size_t i = 0; i < sizeof fds / sizeof fds[0]; i++)
        if (ioctl(fds[i], TIOCGWINSZ, &size) == 0) {
            dl_buffer_format(out, "size           %d columns, %d lines\n", size.ws_col,
                             size.ws_row);
            return;
        }
    dl_buffer_text(out, "size           not known\n");
}

/* What the environment says: made one line, and redacted before it is cut. */
static void add_line(struct dl_buffer *out, const char *name, const char *value)
{
    char shown[128];

    dl_log_scrub(shown, sizeof shown, value, strlen(value));
    dl_buffer_format(out, "%-14s %s\n", name, shown);
}

int report_terminal(struct report_job *job, struct dl_buffer *out, struct dl_error *err)
{
    static const char *const streams[] = {"input", "output", "errors"};
    const char *name = getenv("TERM"), *locale = setlocale(LC_CTYPE, NULL);
    struct terminal_description d;

    (void)job;
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        dl_buffer_format(out, "%-14s %s\n", streams[fd], isatty(fd) ? "a terminal" : "no terminal");
    add_size(out);
    terminal_describe(name, &d);
    add_line(out, "TERM", name ? name : "not set");
    dl_buffer_format(out, "description    %s\n",
                     !d.known  ? "none of that name"
                     : d.moves ? "there, it can place its cursor"
                               : "there, it cannot place its cursor");
    dl_buffer_format(out, "colours        %d\n", d.colors < 0 ? 0 : d.colors);
    add_line(out, "locale", locale ? locale : "not known");
    return done(dl_buffer_format(out, "characters     %s\n", nl_langinfo(CODESET)), err);
}
