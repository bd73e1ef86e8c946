/* ddlogs pipeline: a log pipeline of Datadog, run here. */
#include "command/pipeline.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "command/pipeline_data.h"

int pipeline_load(struct dl_pipeline **out, const char *path, struct dl_error *err)
{
    struct dl_error cause = {0};
    struct dl_buffer text;
    int rc;

    dl_buffer_init(&text, DL_PIPELINE_BYTES_MAX);
    rc = dl_file_read(path, true, &text, err);
    if (rc == 0) {
        rc = dl_pipeline_read(out, dl_buffer_string(&text), text.len, &cause);
        if (rc < 0)
            rc = dl_error_set(err, DL_E_PIPELINE, "%s: %s", path, cause.text);
    }
    dl_buffer_free(&text);
    return rc;
}

int pipeline_load_tests(struct dl_suite **out, struct dl_buffer *text, const char *path,
                        struct dl_error *err)
{
    struct dl_error cause = {0};
    int rc;

    dl_buffer_clear(text);
    rc = dl_file_read(path, true, text, err);
    if (rc == 0) {
        rc = dl_suite_read(out, dl_buffer_string(text), text->len, &cause);
        if (rc < 0)
            rc = dl_error_set(err, DL_E_PIPELINE, "%s: %s", path, cause.text);
    }
    return rc;
}

struct verb {
    const char *word;
    int (*run)(struct pipeline_job *);
};

/* Options that mean something to one verb alone; *code where another one has such an option. */
static bool refuse_options(struct pipeline_job *job, const struct verb *verb, int *code)
{
    const struct options *o = &job->program->options;
    const struct {
        const char *option;
        bool given;
        struct verb of;
    } only[] = {{"update", o->update, {"test", pipeline_test}},
                {"junit", o->junit, {"test", pipeline_test}},
                {"sarif", o->sarif, {"lint", pipeline_lint}},
                {"in", o->input, {"run", pipeline_run}},
                {"sample", o->sample, {"explain", pipeline_explain}}};
    struct dl_error err = {0};

    for (size_t i = 0; i < sizeof only / sizeof only[0]; i++) {
        if (!only[i].given || only[i].of.run == verb->run)
            continue;
        dl_error_set(&err, DL_E_USAGE, "--%s is for pipeline %s: leave it out of pipeline %s",
                     only[i].option, only[i].of.word, verb->word);
        *code = result_fail(&job->result, o->json, &err);
        return true;
    }
    return false;
}

static int run(struct program *program)
{
    static const struct verb verbs[] = {{"test", pipeline_test},
                                        {"lint", pipeline_lint},
                                        {"run", pipeline_run},
                                        {"explain", pipeline_explain},
                                        {"convert", pipeline_convert}};
    const struct options *options = &program->options;
    struct pipeline_job job = {.program = program, .result = {.command = "pipeline"}};
    struct dl_error err = {0};
    int rc, code;

    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
        if (options->word_count < 2 || strcmp(options->words[0], verbs[i].word) != 0)
            continue;
        if (refuse_options(&job, &verbs[i], &code))
            return code;
        job.words = options->words + 1;
        job.word_count = options->word_count - 1;
        rc = pipeline_data_load(options, &err);
        code =
            rc < 0 ? result_end(&job.result, program->options.json, rc, &err) : verbs[i].run(&job);
        pipeline_data_unload();
        return code;
    }
    dl_error_set(&err, DL_E_USAGE,
                 "pipeline takes a verb and a path: test PATH..., lint PATH..., run FILE, "
                 "explain FILE, convert FILE");
    return result_fail(&job.result, options->json, &err);
}

static const enum option_id accepted[] = {
    OPTION_ID_sample, OPTION_ID_update, OPTION_ID_junit,    OPTION_ID_input, OPTION_ID_user_agents,
    OPTION_ID_geoip,  OPTION_ID_sarif,  OPTION_ID_json,     OPTION_ID_quiet, OPTION_ID_plain,
    OPTION_ID_ascii,  OPTION_ID_color,  OPTION_ID_no_input, OPTION_COUNT};

const struct command command_pipeline = {
    .name = "pipeline",
    .words = "test|lint|run|explain|convert PATH...",
    .summary = "run a log pipeline of Datadog here, on samples or logs",
    .details =
        "test     every pipeline below the paths against its tests file; exit code 1 when one\n"
        "         differs. NAME.yaml goes with NAME_tests.yaml, pipeline.yaml with tests.yaml.\n"
        "         --update fills in results that are blank, and touches no other\n"
        "lint     every pipeline below the paths by the rules of Datadog's check and review;\n"
        "         exit code 1 when an error stands. A comment \"# bypass-global-CODE-checks\" at\n"
        "         the head of a file silences a rule\n"
        "run      logs of standard input (or --in), lines or JSON objects, through a pipeline\n"
        "explain  one log, processor by processor: what it read, wrote, or why it did not;\n"
        "         in a terminal a full-screen page, on the samples of the tests file, too\n"
        "convert  an asset as the public API takes it (JSON), a pipeline of the API as an asset\n"
        "         (YAML); what the other has no place for is named\n\n"
        "User agents are read by uap-core's patterns: those of --user-agents, else the\n"
        "package uap-core's if it is installed. Places of addresses are read from the database\n"
        "of --geoip (run, explain), else by the stub of Datadog's own tests: no place at all.",
    .accepted = accepted,
    .run = run,
};
