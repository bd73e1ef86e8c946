/* ddlogs integration: what an author of an integration prepares, checks and hands in. */
#include "command/integration.h"

#include <string.h>

#include "base/text.h"
#include "command/pipeline_data.h"

int integration_folder(char *to, size_t size, const struct integration_job *job,
                       struct dl_error *err)
{
    size_t len;

    if (job->word_count != 1 || !dl_text_copy(to, size, job->words[0]))
        return dl_error_set(err, DL_E_USAGE,
                            "name one folder, that of the integration: it holds manifest.json");
    for (len = strlen(to); len > 1 && to[len - 1] == '/'; len--)
        to[len - 1] = '\0';
    return 0;
}

static int run(struct program *program)
{
    static const struct {
        const char *word;
        int (*run)(struct integration_job *);
    } verbs[] = {{"new", integration_new},
                 {"lint", integration_lint},
                 {"facets", integration_facets},
                 {"review", integration_review}};
    const struct options *options = &program->options;
    struct integration_job job = {.program = program, .result = {.command = "integration"}};
    struct dl_error err = {0};
    int rc, code;

    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
        if (options->word_count < 1 || strcmp(options->words[0], verbs[i].word) != 0)
            continue;
        job.words = options->words + 1;
        job.word_count = options->word_count - 1;
        rc = pipeline_data_load(options, &err);
        code = rc < 0 ? result_fail(&job.result, options->json, &err) : verbs[i].run(&job);
        pipeline_data_unload();
        return code;
    }
    dl_error_set(&err, DL_E_USAGE,
                 "integration takes a verb: new NAME, lint FOLDER, facets FOLDER, review FOLDER");
    return result_fail(&job.result, options->json, &err);
}

static const enum option_id accepted[] = {
    OPTION_ID_source, OPTION_ID_services,    OPTION_ID_sample_logs, OPTION_ID_samples,
    OPTION_ID_folder, OPTION_ID_user_agents, OPTION_ID_yes,         OPTION_ID_no_input,
    OPTION_ID_json,   OPTION_ID_quiet,       OPTION_COUNT};

const struct command command_integration = {
    .name = "integration",
    .words = "new|lint|facets|review NAME|FOLDER",
    .summary = "an integration for Datadog: begin it, check it, hand it in",
    .details =
        "new     writes a folder with manifest, log pipeline, its tests, facets and README from\n"
        "        sample logs; on a terminal it asks for what is missing. No file is overwritten\n"
        "lint    manifest and log assets by Datadog's rules for partners; exit code 1 for errors\n"
        "facets  shows the facets and measures that the tests' results call for and the asset\n"
        "        lacks, and adds them when you agree (--yes)\n"
        "review  one page with what Datadog reviews, and the archive to hand in: NAME.tar.gz",
    .accepted = accepted,
    .run = run,
};
