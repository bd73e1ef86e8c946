/* ddlogs reset: takes away what ddlogs wrote for an integration, after it said what that is. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "command/key_status.h"
#include "command/prompt.h"
#include "command/result.h"
#include "command/session.h"
#include "spool/spool.h"

enum thing { KEY, SPOOL, POSITIONS, BACKUP, LOCK, CONFIG, THINGS };

/* In the order they are removed: the configuration, which says where the others are, last. */
static const char *const labels[THINGS] = {"key",    "spool", "positions",
                                           "backup", "lock",  "configuration"};

/* One run of the command. */
struct job {
    struct program *program;
    struct session session;
    struct result result;
    char paths[THINGS][PATH_MAX]; /* "": nothing of the kind is there */
    bool removed[THINGS];
    struct dl_spool_counts counts;
    char kept[64];         /* in the spool's folder, and not ours */
    const char *own_place; /* of a key that a person looks after, or NULL */
};

static bool speaks(const struct job *job)
{
    return !job->program->options.json && !job->program->options.quiet;
}

/* ---- what is there ---- */

static void look_for_file(struct job *job, enum thing thing, const char *ending)
{
    char *path = job->paths[thing];

    if (!dl_text_format(path, PATH_MAX, "%s%s", job->session.config_path, ending) ||
        access(path, F_OK) < 0)
        path[0] = '\0';
}

static void look_for_positions(struct job *job)
{
    const struct options *o = &job->program->options;
    char *path = job->paths[POSITIONS];
    struct session_service service;
    bool there;

    session_service(&service);
    there = o->positions ? dl_text_copy(path, PATH_MAX, o->positions)
                         : session_positions(path, PATH_MAX, &service,
                                             job->session.integration->name, NULL) == 0;
    if (!there || access(path, F_OK) < 0)
        path[0] = '\0';
}

static int look_for_spool(struct job *job, struct dl_error *err)
{
    const char *folder = job->session.config->spool;
    pid_t owner = 0;
    int rc;

    if (!folder || job->program->options.keep_spool)
        return 0;
    rc = dl_spool_look(&job->counts, &owner, folder, err);
    if (rc == -DL_E_SPOOL_NONE)
        return 0;
    if (rc == 0 && owner > 0)
        return dl_error_set(err, DL_E_SPOOL_BUSY,
                            "process %ld uses the spool %s: end it first, or keep the spool with "
                            "--keep-spool",
                            (long)owner, folder);
    if (rc == 0)
        dl_text_copy(job->paths[SPOOL], PATH_MAX, folder);
    return rc;
}

/* Only a key that ddlogs stored; whether one is there is asked without any prompt. */
static void look_for_key(struct job *job)
{
    const struct dl_config *config = job->session.config;
    struct key_status status;

    if (!job->session.saved)
        return;
    if (config->key_source == DL_KEY_FILE || config->key_source == DL_KEY_CREDENTIAL) {
        job->own_place = config->key_name;
        return;
    }
    if (config->key_source != DL_KEY_KEYRING)
        return;
    key_look(&status, job->program, &job->session, NULL);
    if (status.there)
        dl_text_format(job->paths[KEY], PATH_MAX, "of %s on site %s in the keyring %s",
                       config->integration, config->site ? config->site->id : "", status.label);
}

static int look(struct job *job, struct dl_error *err)
{
    look_for_file(job, CONFIG, "");
    look_for_file(job, BACKUP, ".bak");
    look_for_file(job, LOCK, ".lock");
    look_for_positions(job);
    look_for_key(job);
    return look_for_spool(job, err);
}

static bool is_anything(const struct job *job)
{
    for (int i = 0; i < THINGS; i++)
        if (job->paths[i][0])
            return true;
    return false;
}

/* ---- telling and asking ---- */

static void print_thing(const struct job *job, enum thing thing, const char *word)
{
    struct dl_buffer clean;

    dl_buffer_init(&clean, 8 * PATH_MAX);
    if (dl_text_clean(&clean, job->paths[thing], strlen(job->paths[thing])) == 0)
        printf("%-9s %-13s %s\n", word, labels[thing], dl_buffer_string(&clean));
    dl_buffer_free(&clean);
    if (thing == SPOOL && !job->removed[thing] && (job->counts.pending || job->counts.quarantined))
        printf("%-9s %-13s with %" PRIu64 " logs that wait and %" PRIu64
               " refused ones; get them out with ddlogs spool export\n",
               "", "", job->counts.pending, job->counts.quarantined);
}

static void print_list(const struct job *job)
{
    for (int i = 0; i < THINGS; i++)
        if (job->paths[i][0])
            print_thing(job, (enum thing)i, "remove");
    if (job->own_place)
        printf("%-9s %-13s %s: it is yours, not ours\n", "keep", "key", job->own_place);
}

static int ask(struct job *job, struct dl_error *err)
{
    const struct options *o = &job->program->options;
    char question[256];
    bool yes = false;
    int rc;

    if (o->yes)
        return 0;
    if (o->no_input)
        return dl_error_set(err, DL_E_USAGE, "missing: --yes, to remove all this unasked");
    if (job->counts.pending)
        dl_text_format(question, sizeof question,
                       "Remove this, and throw away %" PRIu64
                       " logs that were not delivered? [y/N] ",
                       job->counts.pending);
    else
        dl_text_copy(question, sizeof question, "Remove this? [y/N] ");
    rc = prompt_yes(&yes, question, err);
    return rc == 0 && !yes ? dl_error_set(err, DL_E_CANCELLED, "nothing was removed") : rc;
}

/* ---- removing ---- */

static int remove_key(struct job *job, struct dl_error *err)
{
    struct dl_keyring_request request;
    int rc = key_request(&request, DL_KEYRING_DELETE, job->program, &job->session, err);

    if (rc == 0)
        rc = dl_keyring_run(&request, NULL, err);
    return rc == -DL_E_KEY_NONE ? 0 : rc;
}

/* A file of ours, and its folder if that is empty then. */
static int remove_file(const char *path, struct dl_error *err)
{
    char folder[PATH_MAX];
    char *slash;

    if (unlink(path) < 0 && errno != ENOENT)
        return dl_error_set_errno(err, DL_E_CFG_PERM, errno, "%s cannot be removed", path);
    dl_text_copy(folder, sizeof folder, path);
    slash = strrchr(folder, '/');
    if (slash && slash > folder) {
        *slash = '\0';
        rmdir(folder); /* where something else stands in it, it stays */
    }
    return 0;
}

static int remove_thing(struct job *job, enum thing thing, struct dl_error *err)
{
    const char *path = job->paths[thing];

    if (thing == KEY)
        return remove_key(job, err);
    if (thing == SPOOL)
        return dl_spool_remove(path, job->kept, sizeof job->kept, err);
    return remove_file(path, err);
}

static int remove_all(struct job *job, struct dl_error *err)
{
    int rc = 0;

    for (int i = 0; i < THINGS && rc == 0; i++) {
        if (!job->paths[i][0])
            continue;
        rc = remove_thing(job, (enum thing)i, err);
        job->removed[i] = rc == 0;
        if (rc == 0 && speaks(job))
            print_thing(job, (enum thing)i, "removed");
    }
    if (job->kept[0] && speaks(job))
        printf("%-9s %-13s %s stays: it is not the spool's\n", "keep", "spool", job->kept);
    return rc;
}

/* ---- the command ---- */

static void write_object(struct dl_json *w, const void *context)
{
    const struct job *job = context;

    dl_json_key(w, "found");
    dl_json_object(w);
    for (int i = 0; i < THINGS; i++)
        dl_json_member(w, labels[i], job->paths[i][0] ? job->paths[i] : NULL);
    dl_json_object_end(w);
    dl_json_key(w, "removed");
    dl_json_object(w);
    for (int i = 0; i < THINGS; i++)
        dl_json_member_bool(w, labels[i], job->removed[i]);
    dl_json_object_end(w);
    dl_json_member_integer(w, "pending", (int64_t)job->counts.pending);
    dl_json_member_integer(w, "quarantined", (int64_t)job->counts.quarantined);
    dl_json_member(w, "kept", job->kept[0] ? job->kept : NULL);
}

static int reset(struct job *job, struct dl_error *err)
{
    const struct options *o = &job->program->options;
    int rc = session_open(&job->session, job->program, SESSION_LOOK, err);

    /* a file that cannot be read is one more reason to be rid of it */
    if (rc == -DL_E_CFG_PARSE || rc == -DL_E_CFG_NEWER)
        rc = session_open(&job->session, job->program, SESSION_NO_FILE, err);
    if (rc == 0)
        rc = look(job, err);
    if (rc < 0)
        return rc;
    job->result.more = write_object;
    job->result.more_context = job;
    if (!is_anything(job)) {
        if (speaks(job))
            puts("There is nothing to remove.");
        return 0;
    }
    if (speaks(job))
        print_list(job);
    if (o->dry_run)
        return 0;
    rc = ask(job, err);
    return rc == 0 ? remove_all(job, err) : rc;
}

static int run(struct program *program)
{
    const struct options *o = &program->options;
    struct job job = {.program = program, .result = {.command = "reset"}};
    struct dl_error err = {0};
    int rc;

    if (o->word_count > 0)
        return command_refuse_word(program, o->words[0]);
    rc = reset(&job, &err);
    rc = result_end(&job.result, o->json, rc, &err);
    session_close(&job.session);
    return rc;
}

static const enum option_id accepted[] = {
    OPTION_ID_integration, OPTION_ID_manifest, OPTION_ID_config, OPTION_ID_positions,
    OPTION_ID_keep_spool,  OPTION_ID_yes,      OPTION_ID_unlock, OPTION_ID_no_input,
    OPTION_ID_dry_run,     OPTION_ID_json,     OPTION_ID_quiet,  OPTION_COUNT};

const struct command command_reset = {
    .name = "reset",
    .summary = "remove what ddlogs wrote: configuration, stored key, spool, positions",
    .details = "Lists what it would remove, then asks, or takes --yes. Removed are the\n"
               "configuration and the one before it, the key in the keyring, the spool with the\n"
               "logs in it, and how far followed files were read. A key in a file or credential\n"
               "is yours and stays, and so does what stands in the spool's folder and is not the\n"
               "spool's. Nothing is removed while a process uses the spool.",
    .accepted = accepted,
    .run = run,
};
