/* The doctor's full-screen page: what it starts, and what is left on the normal screen after it. */
#include <string.h>

#include "base/text.h"
#include "command/doctor.h"
#include "command/report.h"
#include "command/terminal.h"
#include "doctor/loop.h"

static int start(void *context, bool all, const struct dl_site *only, struct dl_doctor **out,
                 struct dl_error *err)
{
    return doctor_case_start(context, all, only, NULL, NULL, out, err);
}

static int write_report(void *context, const struct dl_doctor *doctor, char *line, size_t size,
                        struct dl_error *err)
{
    struct doctor_case *c = context;
    struct dl_buffer findings;
    char path[PATH_MAX];
    int rc;

    dl_buffer_init(&findings, DL_REPORT_FILE_BYTES);
    rc = report_doctor_json(dl_doctor_table(doctor), &findings, err);
    if (rc == 0)
        rc = report_findings(c->program, &findings, path, sizeof path, err);
    if (rc == 0)
        dl_text_format(line, size, "Written: %s. It holds no key; nothing was uploaded.", path);
    dl_buffer_free(&findings);
    return rc;
}

/* The page is gone with its screen: what matters is said again. */
static void end(void *context, const struct dl_doctor *doctor)
{
    const struct dl_doctor_table *table = dl_doctor_table(doctor);
    const struct dl_stage_report *worst = dl_doctor_worst(table);
    struct doctor_case *c = context;

    c->exit_code = worst ? dl_error_info(worst->code)->exit_code : 0;
    if (dl_doctor_done(doctor))
        doctor_print_summary(table);
}

int doctor_screen(struct doctor_case *c, bool all)
{
    const struct options *o = &c->program->options;
    const struct dl_config *config = c->session.config;
    struct doctor_loop_options options = {
        .http = c->http,
        .page = {.site = config->site, .one_alone = config->endpoint && !all},
        .all = all,
        .watch_s = o->watch > 0 ? (int)o->watch : 0,
        .start = start,
        .report = write_report,
        .ended = end,
        .context = c};
    struct screen_options screen;
    struct dl_error err = {0};
    int wish = 0, rc = terminal_screen(&screen, c->program, &err);

    if (rc == 0)
        rc = screen_front_new(&options.front, &screen, &err);
    if (rc == 0)
        rc = doctor_loop_run(&options, &wish, &err);
    screen_front_free(options.front);
    if (rc == -DL_E_TERM)
        return -1;
    if (rc < 0)
        return command_fail(c->program, &err);
    return wish ? wish : c->exit_code;
}
