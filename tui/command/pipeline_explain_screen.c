/* The full-screen stepper of ddlogs pipeline explain: what it begins with. */
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "command/pipeline.h"
#include "command/terminal.h"
#include "explain/loop.h"
#include "pipeline/assets.h"

static int keep_pair(void *context, const struct dl_asset_pair *pair)
{
    *(struct dl_asset_pair *)context = *pair;
    return 0;
}

/* The tests beside the pipeline; *out stays NULL where there are none. */
static int find_tests(struct dl_suite **out, const char *pipeline, struct dl_error *err)
{
    struct dl_asset_pair pair = {.tests = ""};
    struct dl_buffer text;
    int rc = dl_assets_find(pipeline, keep_pair, &pair, err);

    if (rc < 0 || !pair.tests[0])
        return rc;
    dl_buffer_init(&text, DL_PIPELINE_BYTES_MAX);
    rc = pipeline_load_tests(out, &text, pair.tests, err);
    dl_buffer_free(&text);
    return rc;
}

int pipeline_explain_screen(const struct pipeline_job *job, int *exit_code, struct dl_error *err)
{
    struct study_options options = {.sample = job->program->options.sample,
                                    .now = dl_clock_wall_ms()};
    struct dl_pipeline *pipeline = NULL;
    struct dl_suite *suite = NULL;
    struct screen_options screen;
    struct front *front = NULL;
    int rc = pipeline_load(&pipeline, job->words[0], err);

    if (rc == 0)
        rc = find_tests(&suite, job->words[0], err);
    if (rc == 0)
        rc = terminal_screen(&screen, job->program, err);
    if (rc == 0)
        rc = screen_front_new(&front, &screen, err);
    options.pipeline = pipeline;
    options.suite = suite;
    if (rc == 0)
        rc = explain_loop_run(front, &options, exit_code, err);
    screen_front_free(front);
    dl_suite_free(suite);
    dl_pipeline_free(pipeline);
    return rc;
}
