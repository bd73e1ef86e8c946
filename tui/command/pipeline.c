/* ddlogs pipeline: a log pipeline of Datadog, run here. */
#include "command/pipeline.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "pipeline/parse.h"

#define USER_AGENTS "/usr/share/uap-core/regexes.yaml"

int pipeline_end(struct pipeline_job *job, int rc, const struct dl_error *err)
{
    bool json = job->program->options.json;

    if (rc < 0)
        return result_fail(&job->result, json, err);
    if (json)
        result_print_json(&job->result);
    return 0;
}

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

int pipeline_load_user_agents(const struct pipeline_job *job, struct dl_error *err)
{
    const char *given = job->program->options.user_agents;

    if (!given && access(USER_AGENTS, R_OK) < 0)
        return 0;
    return dl_useragent_load(given ? given : USER_AGENTS, err);
}

static void put(struct dl_arena *arena, struct dl_value *into, const char *key, struct dl_text text)
{
    if (text.len)
        dl_value_put(arena, into, (struct dl_text){key, strlen(key)},
                     dl_value_text(arena, text.at, text.len));
}

struct dl_value *pipeline_log_value(const struct dl_pipeline_log *log)
{
    struct dl_arena *arena = log->arena;
    struct dl_value *v = dl_value_object(arena), *tags = dl_value_array(arena);
    char timestamp[32];

    if (log->has_timestamp) {
        dl_clock_iso(log->timestamp, timestamp);
        put(arena, v, "timestamp", (struct dl_text){timestamp, strlen(timestamp)});
    }
    put(arena, v, "status", log->status);
    put(arena, v, "service", log->service);
    put(arena, v, "source", log->source);
    put(arena, v, "host", log->host);
    put(arena, v, "trace_id", log->trace_id);
    put(arena, v, "span_id", log->span_id);
    for (const struct dl_log_tag *tag = log->tags; tag; tag = tag->next)
        dl_value_append(arena, tags, dl_value_text(arena, tag->text.at, tag->text.len));
    if (log->tags)
        dl_value_put(arena, v, DL_TEXT("tags"), tags);
    put(arena, v, "message", log->message);
    dl_value_put(arena, v, DL_TEXT("attributes"), log->attributes);
    return v;
}

static int run(struct program *program)
{
    static const struct {
        const char *word;
        int (*run)(struct pipeline_job *);
    } verbs[] = {{"test", pipeline_test}, {"run", pipeline_run}, {"explain", pipeline_explain}};
    const struct options *options = &program->options;
    struct pipeline_job job = {.program = program, .result = {.command = "pipeline"}};
    struct dl_error err = {0};
    int rc, code;

    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
        if (options->word_count < 2 || strcmp(options->words[0], verbs[i].word) != 0)
            continue;
        job.words = options->words + 1;
        job.word_count = options->word_count - 1;
        rc = pipeline_load_user_agents(&job, &err);
        code = rc < 0 ? pipeline_end(&job, rc, &err) : verbs[i].run(&job);
        dl_useragent_unload();
        return code;
    }
    dl_error_set(&err, DL_E_USAGE,
                 "pipeline takes a verb and a path: test PATH..., run FILE, explain FILE");
    return result_fail(&job.result, options->json, &err);
}

static const enum option_id accepted[] = {OPTION_ID_sample, OPTION_ID_input, OPTION_ID_user_agents,
                                          OPTION_ID_json,   OPTION_ID_quiet, OPTION_COUNT};

const struct command command_pipeline = {
    .name = "pipeline",
    .words = "test|run|explain PATH...",
    .summary = "run a log pipeline of Datadog here, on samples or logs",
    .details =
        "test     every pipeline below the paths against its tests file; exit code 1 when one\n"
        "         differs. NAME.yaml goes with NAME_tests.yaml, pipeline.yaml with tests.yaml\n"
        "run      logs of standard input (or --in), lines or JSON objects, through a pipeline\n"
        "explain  one log, processor by processor: what it read, wrote, or why it did not\n\n"
        "User agents are read by uap-core's patterns: those of --user-agents, else the\n"
        "package uap-core's if it is installed.",
    .accepted = accepted,
    .run = run,
};
