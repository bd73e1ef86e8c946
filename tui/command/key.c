/* ddlogs key: whether there is a key and where, storing one in the keyring, deleting it. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "command/command.h"
#include "command/key_status.h"
#include "command/prompt.h"
#include "command/result.h"
#include "command/session.h"
#include "secret/key_shape.h"

/* One run of the command. */
struct job {
    struct program *program;
    struct session session;
    struct result result;
    struct key_status status;
};

static void print_status(const struct job *job)
{
    struct dl_buffer text;

    dl_buffer_init(&text, KEY_STATUS_MAX);
    key_status_text(&job->status, &job->session, &text);
    fputs(dl_buffer_string(&text), stdout);
    dl_buffer_free(&text);
}

static void write_status(struct dl_json *w, const void *context)
{
    const struct key_status *status = context;

    dl_json_member(w, "place", status->place);
    dl_json_member(w, "place_name", status->name);
    dl_json_member(w, "keyring", status->keyring);
    dl_json_member(w, "keyring_label", *status->label ? status->label : NULL);
    dl_json_key(w, "key");
    if (status->known)
        dl_json_bool(w, status->there);
    else
        dl_json_null(w);
}

static int run_status(struct job *job)
{
    struct result *result = &job->result;
    const struct options *options = &job->program->options;
    struct dl_error err = {0};
    int rc = key_look(&job->status, job->program, &job->session, &err);

    result->more = write_status;
    result->more_context = &job->status;
    if (job->program->environment_key && job->session.config->key_source != DL_KEY_ENVIRONMENT) {
        result_warn(result, DL_E_ENV_OVERRIDE, "DD_API_KEY in the environment wins over the %s",
                    job->status.place);
        fprintf(stderr, "ddlogs: %s: %s\n", dl_error_info(DL_E_ENV_OVERRIDE)->id,
                result->warnings[0].text);
    }
    if (!options->json && !options->quiet)
        print_status(job);
    return result_end(result, options->json, rc, &err);
}

/* Only the keyring is ours to write; the other places belong to the person who chose them. */
static int require_keyring(const struct session *session, struct dl_error *err)
{
    const struct dl_config *config = session->config;

    if (config->key_source == DL_KEY_KEYRING)
        return 0;
    return dl_error_set(err, DL_E_USAGE,
                        "the configuration takes the key from another place (%s%s%s), which is not "
                        "ddlogs's to change; add --key-store keyring to mean the keyring",
                        key_place_name(config->key_source), config->key_name ? " " : "",
                        config->key_name ? config->key_name : "");
}

static int get_new_key(struct dl_key **key, const struct program *program, struct result *result,
                       struct dl_error *err)
{
    enum dl_key_shape shape;
    char sentence[256];
    int rc = session_given_key(key, program, err);

    if (rc == 0 && !*key && program->options.no_input)
        rc = dl_error_set(err, DL_E_USAGE, "missing: an API key (--api-key-fd N or --api-key -)");
    if (rc == 0 && !*key)
        rc = prompt_key(key, "API key (input is hidden): ", err);
    if (rc == 0)
        rc = dl_key_shape(*key, &shape, sentence, sizeof sentence, err);
    if (rc == 0 && shape != DL_SHAPE_API_KEY) {
        result_warn(result, DL_E_KEY_SHAPE, "%s", sentence);
        fprintf(stderr, "ddlogs: %s: %s\n", dl_error_info(DL_E_KEY_SHAPE)->id, sentence);
    }
    return rc;
}

/* The end of "set" and "delete". */
static int conclude(struct job *job, int rc, const char *change, const struct dl_error *err)
{
    const struct options *options = &job->program->options;

    job->result.change = rc == 0 ? change : "none";
    if (rc < 0)
        return result_fail(&job->result, options->json, err);
    if (options->json)
        result_print_json(&job->result);
    else if (!options->quiet)
        printf("The key of %s for site %s was %s the keyring.\n", job->session.config->integration,
               job->session.config->site->id,
               strcmp(change, "stored") == 0 ? "stored in" : "deleted from");
    return 0;
}

static int run_set(struct job *job)
{
    struct dl_keyring_request request;
    struct dl_key *key = NULL;
    struct dl_error err = {0};
    int rc = require_keyring(&job->session, &err);

    if (rc == 0)
        rc = key_request(&request, DL_KEYRING_STORE, job->program, &job->session, &err);
    if (rc == 0)
        rc = get_new_key(&key, job->program, &job->result, &err);
    if (rc == 0) {
        request.key = key;
        rc = dl_keyring_run(&request, NULL, &err);
    }
    dl_key_free(key);
    return conclude(job, rc, "stored", &err);
}

static int run_delete(struct job *job)
{
    struct dl_keyring_request request;
    struct dl_error err = {0};
    int rc = require_keyring(&job->session, &err);

    if (rc == 0)
        rc = key_request(&request, DL_KEYRING_DELETE, job->program, &job->session, &err);
    if (rc == 0)
        rc = dl_keyring_run(&request, NULL, &err);
    return conclude(job, rc, "deleted", &err);
}

static int run(struct program *program)
{
    static const struct {
        const char *word;
        int (*run)(struct job *);
    } verbs[] = {{"status", run_status}, {"set", run_set}, {"delete", run_delete}};
    const struct options *options = &program->options;
    struct job job = {.program = program, .result = {.command = "key"}};
    struct dl_error err = {0};
    int code;

    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
        if (options->word_count != 1 || strcmp(options->words[0], verbs[i].word) != 0)
            continue;
        if (command_check_timeout(program, &err) < 0 ||
            session_open(&job.session, program, SESSION_CONFIG, &err) < 0)
            return result_fail(&job.result, options->json, &err);
        code = verbs[i].run(&job);
        session_close(&job.session);
        return code;
    }
    dl_error_set(&err, DL_E_USAGE, "key takes one word: status, set or delete");
    return result_fail(&job.result, options->json, &err);
}

static const enum option_id accepted[] = {
    OPTION_ID_site,    OPTION_ID_integration, OPTION_ID_manifest,  OPTION_ID_config,
    OPTION_ID_api_key, OPTION_ID_api_key_fd,  OPTION_ID_key_store, OPTION_ID_key_name,
    OPTION_ID_unlock,  OPTION_ID_no_input,    OPTION_ID_timeout,   OPTION_ID_json,
    OPTION_ID_quiet,   OPTION_COUNT};

const struct command command_key = {
    .name = "key",
    .words = "status|set|delete",
    .summary = "where the API key is; store it in the keyring or delete it",
    .details =
        "status  says where the key comes from and whether it is there, never a part of it\n"
        "set     asks for a key without showing it (or takes --api-key-fd, --api-key -) and\n"
        "        stores it in the desktop's keyring, encrypted; nowhere else\n"
        "delete  takes it out of the keyring\n\n"
        "A locked keyring is unlocked only with --unlock.",
    .accepted = accepted,
    .run = run,
};
