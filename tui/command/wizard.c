#include "command/wizard.h"

#include <langinfo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "command/report.h"
#include "command/result.h"
#include "command/session.h"
#include "command/terminal.h"
#include "identity/tag.h"
#include "plain/flags.h"
#include "plain/plain.h"
#include "plain/print.h"
#include "setup/loop.h"

#define WARNINGS_MAX 16
#define VALUE_BYTES (256 * 1024)

struct wizard {
    struct program *program;
    struct session session;
    char **names;            /* of the installed integrations, when there are several */
    struct dl_config *start; /* what the wizard begins with */
    struct setup_loaded loaded;
    struct dl_error warnings[WARNINGS_MAX];
    struct dl_key *key;
    const char *key_origin;
    enum terminal_front kind;
    struct front *front, *fallback;
    bool ascii;
};

bool wizard_has_person(const struct program *program)
{
    return terminal_front(program) != TERMINAL_FLAGS;
}

/* What it begins with */

static void warn(void *context, enum dl_code code, const char *sentence)
{
    struct wizard *w = context;

    if (w->loaded.warning_count < WARNINGS_MAX)
        dl_error_set(&w->warnings[w->loaded.warning_count++], code, "%s", sentence);
}

static int set_back(struct wizard *w, enum dl_property property, const char *text,
                    struct dl_error *err)
{
    const struct dl_config *saved = w->session.saved;

    if (property == DL_PROP_TAGS) {
        dl_tags_free(&w->start->tags);
        w->start->tags = (struct dl_tags){0};
        w->start->origin[property] = saved->origin[property];
        return dl_tags_copy(&w->start->tags, &saved->tags, err);
    }
    return dl_config_set(w->start, property, text[0] != '\0' ? text : NULL, saved->origin[property],
                         err);
}

/* The environment suggests values for a first configuration. A saved one keeps its own, and a
 * person is told that the environment wins over it. */
static int compare_environment(struct wizard *w, enum dl_property property, struct dl_error *err)
{
    struct dl_buffer file, here;
    char sentence[600];
    int rc;

    dl_buffer_init(&file, VALUE_BYTES);
    dl_buffer_init(&here, VALUE_BYTES);
    rc = dl_config_get(w->session.saved, property, &file, err);
    if (rc == 0)
        rc = dl_config_get(w->session.config, property, &here, err);
    if (rc == 0 && strcmp(dl_buffer_string(&file), dl_buffer_string(&here)) != 0) {
        dl_text_format(
            sentence, sizeof sentence, "%s=%s in the environment wins over \"%s\" of the file.",
            dl_properties[property].environment, dl_buffer_string(&here), dl_buffer_string(&file));
        warn(w, DL_E_ENV_OVERRIDE, sentence);
    }
    if (rc == 0)
        rc = set_back(w, property, dl_buffer_string(&file), err);
    dl_buffer_free(&file);
    dl_buffer_free(&here);
    return rc;
}

static int begin_with(struct wizard *w, struct dl_error *err)
{
    int rc = dl_config_copy(&w->start, w->session.config, err);

    for (int p = 0; p < DL_PROPERTY_COUNT && rc == 0 && w->session.saved != NULL; p++)
        if (w->session.config->origin[p] == DL_ORIGIN_ENVIRONMENT)
            rc = compare_environment(w, (enum dl_property)p, err);
    if (rc == 0 && w->session.saved == NULL)
        rc = dl_config_watch(w->start, w->session.config_path, err);
    if (rc != 0)
        return rc;
    dl_proxy_lint(&w->session.proxies, warn, w);
    w->loaded.integration = w->session.integration;
    w->loaded.saved = w->session.saved;
    w->loaded.config = w->start;
    w->loaded.path = w->session.config_path;
    w->loaded.warnings = w->warnings;
    return 0;
}

/* SETUP_LOAD: the person chose one of several. */
static int load(void *context, const char *name, const struct setup_loaded **out,
                struct dl_error *err)
{
    struct wizard *w = context;
    int rc;

    session_close(&w->session);
    dl_config_free(w->start);
    w->start = NULL;
    w->loaded.warning_count = 0;
    rc = dl_integration_find(&w->session.integration, name, dl_integrations_path(&w->session.paths),
                             err);
    if (rc == 0)
        rc = session_load(&w->session, w->program, SESSION_INTEGRATION, err);
    if (rc == 0)
        rc = begin_with(w, err);
    *out = &w->loaded;
    return rc;
}

/* Several installed and none named: the names are kept for choosing. */
static int find_several(struct wizard *w, struct dl_error *err)
{
    char **names = NULL;
    int rc;

    session_environment(&w->session, w->program);
    if (w->program->options.manifest != NULL || w->program->options.integration != NULL)
        return 0;
    rc = dl_integration_list(&names, dl_integrations_path(&w->session.paths), err);
    if (rc != 0)
        return rc;
    if (names[0] != NULL && names[1] != NULL)
        w->names = names;
    else
        dl_names_free(names);
    return 0;
}

static int open_session(struct wizard *w, struct dl_error *err)
{
    int rc = find_several(w, err);

    if (rc != 0 || w->names != NULL)
        return rc;
    rc = session_open(&w->session, w->program, SESSION_INTEGRATION, err);
    return rc == 0 ? begin_with(w, err) : rc;
}

static int take_key(struct wizard *w, struct dl_error *err)
{
    if (w->key != NULL) /* given by the caller */
        return 0;
    w->key_origin = w->program->options.api_key_fd >= 0 ? "--api-key-fd" : "--api-key";
    return session_given_key(&w->key, w->program, err);
}

/* Without a person everything must be there; all that is missing is told at once. */
static bool keeps_key(const struct dl_config *config)
{
    return config->key_source == DL_KEY_FILE || config->key_source == DL_KEY_CREDENTIAL ||
           config->key_source == DL_KEY_FD;
}

static void add_missing(char *list, size_t size, const char *what)
{
    size_t len = strlen(list);

    dl_text_format(list + len, size - len, "%s%s", len > 0 ? ", " : "", what);
}

/* "--integration (one, two)" */
static void add_names(char *list, size_t size, char **names)
{
    dl_text_format(list, size, "--integration (");
    for (size_t i = 0; names[i] != NULL; i++) {
        size_t len = strlen(list);

        dl_text_format(list + len, size - len, "%s%s", i > 0 ? ", " : "", names[i]);
    }
    size_t len = strlen(list);
    dl_text_format(list + len, size - len, ")");
}

static int check_complete(const struct wizard *w, struct dl_error *err)
{
    char list[900] = "";
    bool site = w->start != NULL ? w->start->site != NULL : w->program->options.site != NULL;
    bool key = w->key != NULL || w->program->environment_key != NULL ||
               (w->start != NULL &&
                ((w->session.saved != NULL && w->start->key_source == DL_KEY_KEYRING) ||
                 keeps_key(w->start)));

    if (w->names != NULL)
        add_names(list, sizeof list, w->names);
    if (!site)
        add_missing(list, sizeof list, "--site");
    if (!key)
        add_missing(list, sizeof list, "an API key (--api-key-fd N, --api-key - or DD_API_KEY)");
    if (list[0] == '\0')
        return 0;
    return dl_error_set(err, DL_E_USAGE, "missing: %s", list);
}

static int only_step(enum setup_page *page, const char *word, struct dl_error *err)
{
    static const struct {
        const char *word;
        enum setup_page page;
    } steps[] = {{"site", SETUP_PAGE_SITE},
                 {"key", SETUP_PAGE_KEY},
                 {"store", SETUP_PAGE_STORE},
                 {"tags", SETUP_PAGE_TAGS}};
    char shown[64];

    *page = SETUP_PAGE_COUNT;
    if (word == NULL)
        return 0;
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
        if (strcmp(steps[i].word, word) == 0) {
            *page = steps[i].page;
            return 0;
        }
    dl_text_show(shown, sizeof shown, word, strlen(word));
    return dl_error_set(err, DL_E_USAGE, "--only takes site, key, store or tags, not \"%s\"",
                        shown);
}

/* Front ends */

static int make_fronts(struct wizard *w, struct dl_error *err)
{
    const struct options *o = &w->program->options;
    struct plain_options plain = {
        .in = STDIN_FILENO, .out = o->json ? stderr : stdout, .ascii = w->ascii};
    struct flags_options flags = {.out = o->quiet  ? NULL
                                         : o->json ? stderr
                                                   : stdout,
                                  .errors = stderr,
                                  .save_anyway = o->save_anyway,
                                  .ascii = w->ascii};
    struct screen_options screen;
    int rc = terminal_screen(&screen, w->program, err);

    if (rc != 0)
        return rc;
    if (w->kind == TERMINAL_FLAGS)
        return flags_front_new(&w->front, &flags, err);
    if (w->kind == TERMINAL_PLAIN)
        return plain_front_new(&w->front, &plain, err);
    rc = plain_front_new(&w->fallback, &plain, err);
    return rc == 0 ? screen_front_new(&w->front, &screen, err) : rc;
}

static void free_fronts(struct wizard *w)
{
    if (w->kind == TERMINAL_SCREEN)
        screen_front_free(w->front);
    else if (w->kind == TERMINAL_PLAIN)
        plain_front_free(w->front);
    else
        flags_front_free(w->front);
    plain_front_free(w->fallback);
}

/* The end */

static const char *change_of(const struct wizard *w, const struct setup_outcome *outcome)
{
    if (!outcome->saved)
        return "none";
    return !outcome->changed ? "unchanged" : w->session.saved != NULL ? "changed" : "created";
}

static void print_object(const struct wizard *w, const struct setup_loop *loop,
                         const struct setup_outcome *outcome)
{
    struct result result = {
        .command = w->program->command->name,
        .error = outcome->exit_code != 0 ? &outcome->failure : NULL,
        .is_check = true,
        .site = outcome->site,
        .check = setup_loop_check(loop),
        .config = outcome->saved || w->session.saved != NULL ? outcome->path : NULL,
        .change = change_of(w, outcome),
    };

    for (size_t i = 0; i < w->loaded.warning_count; i++)
        result_warn(&result, w->warnings[i].code, "%s", w->warnings[i].text);
    result_print_json(&result);
}

/* A screen is gone when it ends: what matters stands once more where it stays. */
static void print_end(const struct wizard *w, const struct setup *setup,
                      const struct setup_outcome *outcome)
{
    static struct view view; /* large */

    if (outcome->exit_code == 0 && w->kind == TERMINAL_SCREEN) {
        setup_view(setup, &view);
        print_page(stdout, w->ascii, &view);
        view_clear(&view);
    } else if (outcome->exit_code != 0 && !outcome->saved && w->kind != TERMINAL_FLAGS) {
        fputs("Nothing was saved.\n", stderr);
    }
}

static int conclude(struct wizard *w, const struct setup_loop *loop, int code)
{
    const struct setup *setup = setup_loop_machine(loop);
    struct setup_outcome outcome;

    setup_outcome(setup, &outcome);
    outcome.exit_code = code; /* a signal has its own */
    if (code != 0 && outcome.failure.code == DL_OK)
        dl_error_set(&outcome.failure, DL_E_CANCELLED, "Cancelled.");
    if (w->kind == TERMINAL_PLAIN && plain_refused(w->front)) { /* and has said so */
        dl_error_set(&outcome.failure, DL_E_USAGE, "the key cannot be typed hidden here");
        outcome.exit_code = code = dl_error_info(DL_E_USAGE)->exit_code;
    } else {
        print_end(w, setup, &outcome);
    }
    if (w->program->options.json)
        print_object(w, loop, &outcome);
    return code;
}

static int write_report(void *context, const struct dl_check *check, char *path, size_t size,
                        struct dl_error *err)
{
    struct wizard *w = context;
    struct dl_buffer findings;
    struct dl_json json;
    int rc;

    dl_buffer_init(&findings, DL_REPORT_FILE_BYTES);
    dl_json_begin(&json, &findings, 2);
    dl_json_object(&json);
    dl_json_key(&json, "stages");
    dl_check_json(check, &json);
    dl_json_object_end(&json);
    rc = dl_json_end(&json);
    if (rc < 0)
        rc = dl_error_set(err, (enum dl_code) - rc, "the stages cannot be written");
    else
        rc = report_findings(w->program, &findings, path, size, err);
    dl_buffer_free(&findings);
    return rc;
}

static int run_loop(struct wizard *w, const struct setup_input *input, struct dl_error *err)
{
    const struct options *o = &w->program->options;
    struct setup_loop_options options = {
        .input = input,
        .front = w->front,
        .fallback = w->fallback,
        .proxies = &w->session.proxies,
        .keys = &w->session.keys,
        .hostname = w->session.hostname[0] ? w->session.hostname : NULL,
        .test_ms = o->timeout > 0 ? (int)o->timeout * 1000 : 0,
        .load = load,
        .report = write_report,
        .context = w,
    };
    struct setup_loop *loop = NULL;
    int rc = setup_loop_new(&loop, &options, err);

    if (rc == 0)
        rc = setup_loop_run(loop, err);
    if (loop != NULL && setup_loop_machine(loop) != NULL) {
        w->key = NULL; /* the machine's, and freed with it */
        w->program->environment_key = NULL;
        if (rc >= 0)
            rc = conclude(w, loop, rc);
    }
    setup_loop_free(loop);
    return rc;
}

static int run(struct wizard *w, const char *title, const char *sample_key, struct dl_error *err)
{
    const struct options *o = &w->program->options;
    struct setup_input input = {.program = title,
                                .sample_key = sample_key,
                                .manifest = o->manifest,
                                .dry_run = o->dry_run,
                                .check_only = o->check_only,
                                .unlock = o->unlock,
                                .no_person = w->kind == TERMINAL_FLAGS};
    int rc = command_check_timeout(w->program, err);

    if (rc == 0)
        rc = only_step(&input.only, o->only, err);
    if (rc == 0)
        rc = open_session(w, err);
    if (rc == 0)
        rc = take_key(w, err);
    if (rc == 0 && w->kind == TERMINAL_FLAGS)
        rc = check_complete(w, err);
    if (rc == 0)
        rc = make_fronts(w, err);
    if (rc != 0)
        return rc;
    input.names = (const char *const *)w->names;
    input.loaded = w->names == NULL ? &w->loaded : NULL;
    input.key = w->key;
    input.key_origin = w->key_origin;
    input.environment_key = w->program->environment_key;
    return run_loop(w, &input, err);
}

int wizard_run(struct program *program, const char *title, const char *sample_key,
               struct dl_key *given)
{
    struct result result = {.command = program->command->name, .is_check = true};
    struct wizard *w = calloc(1, sizeof *w);
    struct dl_error err = {0};
    int rc;

    if (w == NULL) {
        dl_key_free(given);
        dl_error_set(&err, DL_E_NOMEM, "no memory for the wizard");
        return command_fail(program, &err);
    }
    w->program = program;
    w->key = given;
    w->key_origin = "the demo";
    w->kind = terminal_front(program);
    w->ascii = program->options.ascii || strcmp(nl_langinfo(CODESET), "UTF-8") != 0;
    rc = run(w, title, sample_key, &err);
    if (rc < 0)
        rc = result_fail(&result, program->options.json, &err);
    free_fronts(w);
    dl_key_free(w->key);
    dl_config_free(w->start);
    dl_names_free(w->names);
    session_close(&w->session);
    free(w);
    return rc;
}
