/* Shows the doctor's page on hand-made tables through the real loop and the real screen, and writes
 * down what the loop asks for. In the place of the doctor itself there is a made-up one.
 *   doctor_gallery [--ascii] [--never] [--log FILE] [--watch SECONDS] [--deep] [--site ID] SCENE
 * A SCENE is one of doctor/scenes.h, or "live", which fills as it is watched, "refused", which
 * cannot be begun twice, or "never", which cannot be begun. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "doctor/loop.h"
#include "doctor/scenes.h"
#include "screen/screen.h"

#define LIVE_MS 20 /* from one stage to the next */

struct dl_doctor {
    struct scene scene;
    bool live, done;
};

static struct {
    const char *scene;
    unsigned stages;
    unsigned started;
    FILE *log;
} now = {.stages = SCENE_STAGES};

static void write_down(const char *what, const char *about)
{
    if (!now.log)
        return;
    fprintf(now.log, "%s %s\n", what, about);
    fflush(now.log);
}

/* The made-up doctor */

int dl_doctor_step(struct dl_doctor *doctor)
{
    if (doctor->live && !doctor->done)
        doctor->done = !scene_advance(&doctor->scene);
    return LIVE_MS;
}

bool dl_doctor_done(const struct dl_doctor *doctor)
{
    return doctor->done;
}

const struct dl_doctor_table *dl_doctor_table(const struct dl_doctor *doctor)
{
    return &doctor->scene.table;
}

void dl_doctor_free(struct dl_doctor *doctor)
{
    free(doctor);
}

/* What the command does */

static int start(void *context, bool all, const struct dl_site *only, struct dl_doctor **out,
                 struct dl_error *err)
{
    enum scene_kind kind = scene_named(now.scene);
    struct dl_doctor *doctor;

    (void)context;
    write_down("START", all ? "all" : only ? only->name : "configured");
    if (strcmp(now.scene, "never") == 0 || (strcmp(now.scene, "refused") == 0 && now.started++ > 0))
        return dl_error_set(err, DL_E_CFG_PARSE, "config.json, line 3: not JSON any more");
    doctor = calloc(1, sizeof *doctor);
    if (!doctor)
        return dl_error_set(err, DL_E_NOMEM, "no memory for a scene");
    doctor->live = strcmp(now.scene, "live") == 0;
    if (kind == SCENE_COUNT)
        kind = doctor->live ? SCENE_WAITING : SCENE_HEALTHY;
    doctor->done = kind != SCENE_WAITING && kind != SCENE_HALF;
    scene_make(&doctor->scene, kind, now.stages, all ? NULL : only ? only : &dl_sites[3]);
    *out = doctor;
    return 0;
}

static int report(void *context, const struct dl_doctor *doctor, char *line, size_t size,
                  struct dl_error *err)
{
    (void)context;
    write_down("REPORT", doctor->done ? "done" : "not done");
    if (strcmp(now.scene, "refused") == 0)
        return dl_error_set(err, DL_E_CFG_PERM, "/tmp/ddlogs-report.txt cannot be written");
    dl_text_copy(line, size, "The report is in /home/ada/ddlogs-report-1126.txt");
    return 0;
}

static void ended(void *context, const struct dl_doctor *doctor)
{
    (void)context;
    printf("gallery: over, %zu rows\n", dl_doctor_table(doctor)->row_count);
}

static int run(const struct doctor_loop_options *options)
{
    struct dl_error err = {0};
    int wish = -1, rc = doctor_loop_run(options, &wish, &err);

    if (rc < 0)
        printf("%s: %s\n", dl_error_info(err.code)->id, err.text);
    else
        printf("wish %d\n", wish);
    return rc < 0;
}

int main(int argc, char **argv)
{
    struct screen_options screen = {.color = SCREEN_COLOR_AUTO};
    struct doctor_loop_options options = {
        .all = true, .start = start, .report = report, .ended = ended};

    options.page.site = &dl_sites[3];
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--ascii") == 0)
            screen.ascii = true;
        else if (strcmp(argv[i], "--never") == 0)
            screen.color = SCREEN_COLOR_NEVER;
        else if (strcmp(argv[i], "--deep") == 0)
            now.stages = SCENE_ALL_STAGES;
        else if (strcmp(argv[i], "--log") == 0 && i + 1 < argc)
            now.log = fopen(argv[++i], "a");
        else if (strcmp(argv[i], "--watch") == 0 && i + 1 < argc)
            options.watch_s = (int)strtol(argv[++i], NULL, 10);
        else if (strcmp(argv[i], "--site") == 0 && i + 1 < argc)
            options.all = (options.only = dl_site_by_id(argv[++i])) == NULL;
        else
            now.scene = argv[i];
    }
    int status = 1;
    if (now.scene && dl_http_new(&options.http, NULL) == 0 &&
        screen_front_new(&options.front, &screen, NULL) == 0)
        status = run(&options);
    screen_front_free(options.front);
    dl_http_free(options.http);
    if (now.log)
        fclose(now.log);
    return status;
}
