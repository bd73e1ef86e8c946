/* ddlogs test: the staged test with the saved configuration, or reachability of all nine sites. */
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "check/machine.h"
#include "command/command.h"
#include "command/reach.h"
#include "command/result.h"
#include "command/session.h"
#include "command/stop.h"
#include "secret/key_shape.h"

#define WAIT_MAX_MS 1000

/* Where a variable of the environment wins over a different value of the file. */
static void warn_overrides(struct result *result, const struct session *session)
{
    char sentence[512];

    for (int p = 0; p < DL_PROPERTY_COUNT; p++)
        if (dl_machine_override(session->saved, session->config, (enum dl_property)p,
                                session->config_path, sentence, sizeof sentence))
            result_warn(result, DL_E_ENV_OVERRIDE, "%s", sentence);
}

static int check_shape(const struct dl_key *key, struct result *result, struct dl_error *err)
{
    enum dl_key_shape shape;
    char sentence[256];
    int rc = dl_key_shape(key, &shape, sentence, sizeof sentence, err);

    if (rc == 0 && shape != DL_SHAPE_API_KEY)
        result_warn(result, DL_E_KEY_SHAPE, "%s", sentence);
    return rc;
}

/* What a person sees while it runs: rows as their stages end. */
struct rows {
    size_t printed;
    bool evidence; /* --verbose: what each stage found out, below its row */
};

static void print_new_rows(const struct dl_check *check, struct rows *rows)
{
    while (rows->printed < DL_STAGE_COUNT) {
        const struct dl_stage_report *report = dl_check_report(check, (enum dl_stage)rows->printed);

        if (!dl_check_has(check, report->stage)) {
            rows->printed++;
            continue;
        }
        if (report->result <= DL_RESULT_RUN)
            return;
        result_print_row(stdout, report);
        if (rows->evidence)
            result_print_evidence(stdout, report);
        fflush(stdout);
        rows->printed++;
    }
}

static int run_check(struct dl_check *check, struct dl_http *http, const struct options *options,
                     struct dl_error *err)
{
    struct rows rows = {.printed = options->json || options->quiet ? DL_STAGE_COUNT : 0,
                        .evidence = options->verbose};
    struct pollfd stop = {.fd = -1, .events = POLLIN};
    int rc = stop_watch(&stop.fd, err);

    print_new_rows(check, &rows);
    while (rc >= 0 && !dl_check_done(check)) {
        int wait = dl_check_step(check);

        print_new_rows(check, &rows);
        if (dl_check_done(check))
            break;
        rc = dl_http_poll(http, &stop, 1, wait < 0 ? WAIT_MAX_MS : wait, err);
        if (rc >= 0)
            rc = stop_asked(stop.fd, err);
    }
    if (stop.fd >= 0)
        close(stop.fd);
    return rc < 0 ? rc : 0;
}

static void print_cards(const struct dl_check *check)
{
    for (int i = 0; i < DL_STAGE_COUNT; i++) {
        const struct dl_stage_report *report = dl_check_report(check, (enum dl_stage)i);

        if (report->result == DL_RESULT_FAIL)
            result_print_card(stderr, report);
    }
}

static void print_end(const struct session *session, const struct dl_check *check)
{
    result_print_shown(stdout, check);
    result_print_accepted(stdout, check, session->integration, session->config);
}

/* Everything after the check: cards, the closing lines, the object. */
static int conclude(const struct program *program, const struct session *session,
                    struct result *result, struct dl_error *err)
{
    const struct options *options = &program->options;

    dl_check_verdict(result->check, err);
    result->error = err;
    print_cards(result->check);
    if (!options->json && !options->quiet && err->code == DL_OK)
        print_end(session, result->check);
    if (options->json)
        result_print_json(result);
    return result_exit_code(result);
}

static int test_with_key(struct program *program, struct session *session, const struct dl_key *key,
                         struct result *result)
{
    const struct options *options = &program->options;
    struct dl_check_options check_options = {
        .config = session->config,
        .integration = session->integration,
        .key = key,
        .environment = &session->proxies,
        .hostname = *session->hostname ? session->hostname : NULL,
        .stages = DL_STAGES_TEST,
        .total_ms = options->timeout > 0 ? (int)options->timeout * 1000 : 0,
        .encoding_fixed = session->config->origin[DL_PROP_ENCODING] != DL_ORIGIN_DEFAULT,
    };
    struct dl_check *check = NULL;
    struct dl_http *http = NULL;
    struct dl_error err = {0};
    int rc = dl_http_new(&http, &err);
    int code;

    if (rc == 0)
        rc = dl_check_start(&check, http, &check_options, &err);
    if (rc == 0)
        rc = run_check(check, http, options, &err);
    result->check = check;
    code = rc < 0 ? result_fail(result, options->json, &err)
                  : conclude(program, session, result, &err);
    dl_check_free(check);
    dl_http_free(http);
    return code;
}

static int test_saved(struct program *program)
{
    struct result result = {.command = "test", .is_check = true};
    struct session session;
    struct dl_error err = {0};
    struct dl_key *key = NULL;
    int code, rc = session_open(&session, program, SESSION_CONFIG, &err);

    if (rc < 0)
        return result_fail(&result, program->options.json, &err);
    result.site = session.config->site;
    result.config = session.saved ? session.config_path : NULL;
    warn_overrides(&result, &session);
    rc = session_key(&key, &session, program, &err);
    if (rc == 0)
        rc = check_shape(key, &result, &err);
    for (size_t i = 0; i < result.warning_count; i++)
        fprintf(stderr, "ddlogs: %s: %s\n", dl_error_info(result.warnings[i].code)->id,
                result.warnings[i].text);
    code = rc < 0 ? result_fail(&result, program->options.json, &err)
                  : test_with_key(program, &session, key, &result);
    dl_key_free(key);
    session_close(&session);
    return code;
}

static int run(struct program *program)
{
    struct dl_error err;

    if (program->options.word_count > 0)
        return command_refuse_word(program, program->options.words[0]);
    if (command_check_timeout(program, &err) < 0)
        return command_fail(program, &err);
    if (program->options.site && dl_ascii_equal(program->options.site, "all"))
        return reach_run(program);
    return test_saved(program);
}

static const enum option_id accepted[] = {OPTIONS_OF_SESSION, OPTION_ID_timeout, OPTION_ID_json,
                                          OPTION_ID_quiet,    OPTION_ID_verbose, OPTION_COUNT};

const struct command command_test = {
    .name = "test",
    .summary = "prove that logs arrive, with the saved configuration",
    .details = "Tests proxy, DNS, TCP, TLS and key, then sends one log, a mixed batch, and the\n"
               "same batch as zstd. Each log carries a unique id. It always ends with a verdict,\n"
               "after 30 seconds at the latest (--timeout).\n"
               "\n"
               "--site all tells which of the nine sites can be reached; it sends no key.",
    .accepted = accepted,
    .run = run,
};
