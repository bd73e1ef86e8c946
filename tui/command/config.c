/* ddlogs config: the values of the configuration, where each is from, and changing one. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "command/result.h"
#include "command/session.h"

#define VALUE_MAX (256 * 1024)

/* One run of the command. */
struct job {
    struct program *program;
    struct session session;
    struct result result;
    const struct dl_property_info *property; /* of get, set and unset */
    struct dl_buffer before, after;          /* its value */
    bool changed, lost_verdict;              /* the test of the old values counts no more */
};

static bool speaks(const struct job *job)
{
    return !job->program->options.json && !job->program->options.quiet;
}

/* A value without what could move a terminal's cursor. */
static void print_clean(const char *before, const struct dl_buffer *value, const char *after)
{
    struct dl_buffer clean;

    dl_buffer_init(&clean, 4 * VALUE_MAX);
    if (dl_text_clean(&clean, dl_buffer_string(value), value->len) == 0)
        printf("%s%s%s\n", before, dl_buffer_string(&clean), after);
    dl_buffer_free(&clean);
}

/* ---- list ---- */

static void write_list(struct dl_json *w, const void *context)
{
    const struct job *job = context;

    dl_json_member(w, "path", job->session.config_path);
    dl_json_member_bool(w, "saved", job->session.saved != NULL);
    dl_config_json(job->session.config, w, NULL);
}

static int list(struct job *job, struct dl_error *err)
{
    const struct dl_config *config = job->session.config;
    bool origin = job->program->options.show_origin;
    struct dl_buffer value;
    char after[64] = "";
    int rc = 0;

    dl_buffer_init(&value, VALUE_MAX);
    for (int p = 0; p < DL_PROPERTY_COUNT && rc == 0 && speaks(job); p++) {
        dl_buffer_clear(&value);
        rc = dl_config_get(config, (enum dl_property)p, &value, err);
        if (rc < 0 || (value.len == 0 && !origin))
            continue;
        printf("%-13s = ", dl_properties[p].key);
        if (origin)
            dl_text_format(after, sizeof after, "   (%s)", dl_origin_name(config->origin[p]));
        print_clean("", &value, after);
    }
    dl_buffer_free(&value);
    job->result.more = write_list;
    job->result.more_context = job;
    return rc;
}

/* ---- get ---- */

static void write_get(struct dl_json *w, const void *context)
{
    const struct job *job = context;

    dl_json_member(w, "key", job->property->key);
    dl_json_member(w, "value", job->before.len ? dl_buffer_string(&job->before) : NULL);
    dl_json_member(w, "origin",
                   dl_origin_name(job->session.config->origin[job->property->property]));
}

static int get(struct job *job, struct dl_error *err)
{
    int rc = dl_config_get(job->session.config, job->property->property, &job->before, err);

    if (rc == 0 && speaks(job))
        print_clean("", &job->before, "");
    job->result.more = write_get;
    job->result.more_context = job;
    return rc;
}

/* ---- set, unset ---- */

static void write_set(struct dl_json *w, const void *context)
{
    const struct job *job = context;

    dl_json_member(w, "path", job->session.config_path);
    dl_json_member(w, "key", job->property->key);
    dl_json_member(w, "before", job->before.len ? dl_buffer_string(&job->before) : NULL);
    dl_json_member(w, "value", job->after.len ? dl_buffer_string(&job->after) : NULL);
}

/* A test sends without a spool: what is about it changes nothing that was proved. */
static bool plays_in_tests(enum dl_property property)
{
    return property != DL_PROP_SPOOL && property != DL_PROP_SPOOL_BYTES &&
           property != DL_PROP_SPOOL_AGE && property != DL_PROP_WHEN_FULL;
}

/* What the file holds, with the new value. */
static int change(struct job *job, struct dl_config **out, const char *value, struct dl_error *err)
{
    enum dl_property property = job->property->property;
    const struct session *session = &job->session;
    int rc = session->saved ? dl_config_copy(out, session->saved, err)
                            : dl_config_new(out, session->integration->name, err);

    if (rc == 0)
        rc = dl_config_get(*out, property, &job->before, err);
    if (rc == 0)
        rc = dl_config_set(*out, property, value, DL_ORIGIN_FILE, err);
    if (rc == 0)
        rc = dl_config_get(*out, property, &job->after, err);
    if (rc == 0)
        rc = dl_config_check(*out, err);
    if (rc < 0)
        return rc;
    job->changed = !session->saved || !dl_config_equal(*out, session->saved);
    job->lost_verdict = job->changed && (*out)->verified && plays_in_tests(property);
    (*out)->verified = (*out)->verified && !job->lost_verdict;
    return session->saved ? 0 : dl_config_watch(*out, session->config_path, err);
}

static int take_lock(int *lock, const char *path, struct dl_error *err)
{
    char text[PATH_MAX];
    char *slash;
    int rc;

    if (!dl_text_format(text, sizeof text, "%s", path) || !(slash = strrchr(text, '/')))
        return dl_error_set(err, DL_E_USAGE, "the path of the configuration is not usable");
    *slash = '\0';
    rc = dl_file_make_folders(text, err);
    if (rc == 0 && !dl_text_format(text, sizeof text, "%s.lock", path))
        rc = dl_error_set(err, DL_E_USAGE, "the path of the configuration is too long");
    return rc == 0 ? dl_file_lock(lock, text, err) : rc;
}

static int save(struct job *job, const struct dl_config *config, struct dl_error *err)
{
    int lock = -1, rc = take_lock(&lock, job->session.config_path, err);

    if (rc == 0)
        rc = dl_config_save(config, job->session.config_path, NULL, err);
    if (lock >= 0)
        close(lock);
    return rc;
}

static void tell(const struct job *job, bool dry)
{
    if (!job->changed) {
        printf("unchanged: %s is %s already\n", job->property->key,
               job->after.len ? dl_buffer_string(&job->after) : "unset");
        return;
    }
    printf("%s%s: ", dry ? "would change " : "", job->property->key);
    print_clean("", job->before.len ? &job->before : &(struct dl_buffer){0},
                job->before.len ? "" : "(unset)");
    printf("  -> ");
    print_clean("", &job->after, job->after.len ? "" : "(unset)");
    if (job->lost_verdict)
        puts("The test of the old values counts no more; prove the new ones: ddlogs test");
}

static int set_value(struct job *job, const char *value, struct dl_error *err)
{
    bool dry = job->program->options.dry_run;
    struct dl_config *config = NULL;
    int rc;

    if (job->property->property == DL_PROP_INTEGRATION)
        return dl_error_set(err, DL_E_VALUE, "integration is decided by the manifest");
    if (job->property->property == DL_PROP_VERIFIED)
        return dl_error_set(err, DL_E_VALUE, "verified is what a test says: ddlogs setup");
    rc = change(job, &config, value, err);
    if (rc == 0 && job->changed && !dry)
        rc = save(job, config, err);
    if (rc == 0 && speaks(job))
        tell(job, dry);
    dl_config_free(config);
    job->result.change = !job->changed ? "unchanged" : dry ? "none" : "changed";
    job->result.more = write_set;
    job->result.more_context = job;
    return rc;
}

static int set(struct job *job, struct dl_error *err)
{
    return set_value(job, job->program->options.words[2], err);
}

static int unset(struct job *job, struct dl_error *err)
{
    return set_value(job, NULL, err);
}

/* ---- validate, path ---- */

static void write_path(struct dl_json *w, const void *context)
{
    const struct job *job = context;

    dl_json_member(w, "path", job->session.config_path);
}

static int path(struct job *job, struct dl_error *err)
{
    (void)err;
    if (speaks(job))
        puts(job->session.config_path);
    job->result.more = write_path;
    job->result.more_context = job;
    return 0;
}

/* A file that is named needs no integration. */
static int validate_file(struct job *job, const char *file, struct dl_error *err)
{
    struct dl_config *config = NULL;
    int rc = dl_config_read(&config, file, err);

    dl_text_copy(job->session.config_path, sizeof job->session.config_path, file);
    dl_config_free(config);
    if (rc == 0 && speaks(job))
        printf("%s: valid\n", file);
    job->result.more = write_path;
    job->result.more_context = job;
    return rc;
}

static int validate(struct job *job, struct dl_error *err)
{
    if (!job->session.saved)
        return dl_error_set(err, DL_E_CFG_NONE, "there is no configuration at %s",
                            job->session.config_path);
    return validate_file(job, job->session.config_path, err);
}

/* ---- the command ---- */

static const struct verb {
    const char *word;
    int (*run)(struct job *job, struct dl_error *err);
    size_t words; /* with the verb */
    bool of_property;
    enum session_need need;
} verbs[] = {{"list", list, 1, false, SESSION_LOOK},
             {"get", get, 2, true, SESSION_LOOK},
             {"set", set, 3, true, SESSION_LOOK},
             {"unset", unset, 2, true, SESSION_LOOK},
             {"validate", validate, 1, false, SESSION_LOOK},
             {"path", path, 1, false, SESSION_NO_FILE}};

static const struct verb *find(const struct options *o)
{
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
        if (o->word_count == verbs[i].words && strcmp(o->words[0], verbs[i].word) == 0)
            return &verbs[i];
    return NULL;
}

static int run(struct program *program)
{
    const struct options *o = &program->options;
    const struct verb *verb = find(o);
    struct job job = {.program = program, .result = {.command = "config"}};
    struct dl_error err = {0};
    int rc = 0;

    dl_buffer_init(&job.before, VALUE_MAX);
    dl_buffer_init(&job.after, VALUE_MAX);
    if (o->word_count == 2 && strcmp(o->words[0], "validate") == 0)
        return result_end(&job.result, o->json, validate_file(&job, o->words[1], &err), &err);
    if (!verb)
        rc = dl_error_set(&err, DL_E_USAGE,
                          "config takes list, get KEY, set KEY VALUE, unset KEY, validate or path");
    if (rc == 0 && verb->of_property)
        rc = dl_property_find(&job.property, o->words[1], &err);
    if (rc == 0)
        rc = session_open(&job.session, program, verb->need, &err);
    if (rc == 0)
        rc = verb->run(&job, &err);
    rc = result_end(&job.result, o->json, rc, &err);
    session_close(&job.session);
    dl_buffer_free(&job.before);
    dl_buffer_free(&job.after);
    return rc;
}

static const enum option_id accepted[] = {
    OPTION_ID_integration, OPTION_ID_manifest, OPTION_ID_config, OPTION_ID_show_origin,
    OPTION_ID_dry_run,     OPTION_ID_json,     OPTION_ID_quiet,  OPTION_COUNT};

const struct command command_config = {
    .name = "config",
    .words = "list|get KEY|set KEY VALUE|unset KEY|validate [FILE]|path",
    .summary = "show the configuration's values, and change one",
    .details = "list      the values in effect, with --origin where each is from\n"
               "get       one value\n"
               "set       changes one in the file; the one before is kept as .bak\n"
               "unset     back to the default\n"
               "validate  names the first mistake by line and column\n"
               "path      the file's name, there or not\n\n"
               "Keys are those of ddlogs-config(5). source and service are the manifest's, and an\n"
               "API key is never kept in the configuration.",
    .accepted = accepted,
    .run = run,
};
