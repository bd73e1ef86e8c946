/* The doctor's full-screen page: what it starts, and what is left on the normal screen after it. */
#include <string.h>

#include "base/text.h"
#include "command/doctor.h"
#include "command/terminal.h"
#include "doctor/loop.h"

static int start(void *context, bool all, const struct dl_site *only, struct dl_doctor **out,
                 struct dl_error *err)
{
    return doctor_case_start(context, all, only, NULL, NULL, out, err);
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
