/* ddlogs spool: what waits on the disk, whether it is whole, and getting it out or rid of it. */
#include "command/spool.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "command/prompt.h"
#include "command/session.h"
#include "identity/tag.h"

/* ---- what its parts share ---- */

const char *spool_age(char *to, size_t size, int64_t taken_ms)
{
    int64_t seconds = (dl_clock_wall_ms() - taken_ms) / 1000;

    if (taken_ms <= 0)
        dl_text_format(to, size, "-");
    else if (seconds < 120)
        dl_text_format(to, size, "%" PRId64 " s", seconds < 0 ? 0 : seconds);
    else if (seconds < 2 * 3600)
        dl_text_format(to, size, "%" PRId64 " min", seconds / 60);
    else if (seconds < 2 * 86400)
        dl_text_format(to, size, "%" PRId64 " h", seconds / 3600);
    else
        dl_text_format(to, size, "%" PRId64 " d", seconds / 86400);
    return to;
}

/* ---- which folder ---- */

static int folder_of_session(struct spool_job *job, struct dl_error *err)
{
    const struct options *options = &job->program->options;
    struct session session;
    int rc = session_open(&session, job->program, SESSION_CONFIG, err);

    /* nothing is set up: the environment may name the folder all the same */
    if (rc == -DL_E_CFG_NONE ||
        (rc == -DL_E_MANIFEST_NONE && !options->manifest && !options->integration))
        rc = session_bare(&session, job->program, err);
    if (rc < 0)
        return rc;
    if (!session.config->spool)
        rc = dl_error_set(err, DL_E_SPOOL_NONE, "the configuration names no spool");
    else if (!dl_text_copy(job->folder, sizeof job->folder, session.config->spool))
        rc = dl_error_set(err, DL_E_USAGE, "the path of the spool is too long");
    session_close(&session);
    return rc;
}

static int find_folder(struct spool_job *job, struct dl_error *err)
{
    const char *given = job->program->options.spool;

    if (!given)
        return folder_of_session(job, err);
    if (!dl_text_copy(job->folder, sizeof job->folder, given))
        return dl_error_set(err, DL_E_USAGE, "the path of --spool is too long");
    return 0;
}

/* ---- status ---- */

void spool_status_text(struct dl_buffer *out, const char *folder, const struct dl_spool_counts *c,
                       pid_t owner)
{
    struct dl_buffer clean;
    char age[32];

    dl_buffer_init(&clean, (size_t)4 * PATH_MAX);
    (void)dl_text_clean(&clean, folder, strlen(folder));
    dl_buffer_format(out, "folder       %s\n", dl_buffer_string(&clean));
    dl_buffer_free(&clean);
    if (owner)
        dl_buffer_format(out, "owner        process %ld\n", (long)owner);
    else
        dl_buffer_format(out, "owner        nobody\n");
    dl_buffer_format(out, "on disk      %" PRIu64 " bytes\n", c->bytes);
    dl_buffer_format(out, "oldest       %s\n\n",
                     spool_age(age, sizeof age, c->pending ? c->oldest_ms : 0));
    dl_buffer_format(out, "accepted     %12" PRIu64 " logs\n", c->accepted);
    dl_buffer_format(out, "= delivered  %12" PRIu64 "\n", c->delivered);
    dl_buffer_format(out, "+ pending    %12" PRIu64 "\n", c->pending);
    dl_buffer_format(out, "+ quarantined%12" PRIu64 "\n", c->quarantined);
    dl_buffer_format(out, "+ damaged    %12" PRIu64 "\n", c->damaged);
    dl_buffer_format(out, "+ discarded  %12" PRIu64 "\n", c->discarded);
}

static void print_status(const struct spool_job *job)
{
    struct dl_buffer text;

    dl_buffer_init(&text, SPOOL_STATUS_MAX);
    spool_status_text(&text, job->folder, &job->counts, job->owner);
    fputs(dl_buffer_string(&text), stdout);
    dl_buffer_free(&text);
}

void spool_write_counts(struct dl_json *w, const struct spool_job *job)
{
    spool_write_counts_of(w, job->folder, &job->counts, job->owner);
}

void spool_write_counts_of(struct dl_json *w, const char *folder, const struct dl_spool_counts *c,
                           pid_t owner)
{
    char oldest[32];

    dl_json_member(w, "folder", folder);
    dl_json_key(w, "owner");
    if (owner)
        dl_json_integer(w, owner);
    else
        dl_json_null(w);
    dl_json_member_integer(w, "accepted", (int64_t)c->accepted);
    dl_json_member_integer(w, "delivered", (int64_t)c->delivered);
    dl_json_member_integer(w, "pending", (int64_t)c->pending);
    dl_json_member_integer(w, "quarantined", (int64_t)c->quarantined);
    dl_json_member_integer(w, "damaged", (int64_t)c->damaged);
    dl_json_member_integer(w, "discarded", (int64_t)c->discarded);
    dl_json_member_integer(w, "bytes", (int64_t)c->bytes);
    if (c->pending && c->oldest_ms)
        dl_clock_iso(c->oldest_ms, oldest);
    dl_json_member(w, "oldest", c->pending && c->oldest_ms ? oldest : NULL);
}

static void write_status(struct dl_json *w, const void *context)
{
    spool_write_counts(w, context);
}

static int look(struct spool_job *job, struct dl_error *err)
{
    return dl_spool_look(&job->counts, &job->owner, job->folder, err);
}

static int run_status(struct spool_job *job)
{
    const struct options *options = &job->program->options;
    struct dl_error err = {0};
    int rc = look(job, &err);

    if (rc == 0) {
        job->result.more = write_status;
        job->result.more_context = job;
        if (!options->json && !options->quiet)
            print_status(job);
    }
    return result_end(&job->result, job->program->options.json, rc, &err);
}

/* ---- discard ---- */

static int may_discard(struct spool_job *job, struct dl_error *err)
{
    const struct options *options = &job->program->options;
    bool quarantine = job->part == DL_SPOOL_QUARANTINE, yes = false;
    char question[256];
    int rc;

    if (job->owner)
        return dl_error_set(err, DL_E_SPOOL_BUSY, "process %ld uses the spool; end it first",
                            (long)job->owner);
    if (options->yes)
        return 0;
    if (options->no_input)
        return dl_error_set(err, DL_E_USAGE, "missing: --yes, to throw logs away unasked");
    dl_text_format(question, sizeof question,
                   "Throw away %" PRIu64 " %s? They cannot be got back. [y/N] ",
                   quarantine ? job->counts.quarantined : job->counts.pending,
                   quarantine ? "refused logs and what is set aside as damaged"
                              : "logs that wait for delivery");
    rc = prompt_yes(&yes, question, err);
    if (rc == 0 && !yes)
        rc = dl_error_set(err, DL_E_CANCELLED, "nothing was thrown away");
    return rc;
}

static void write_discarded(struct dl_json *w, const void *context)
{
    const struct spool_job *job = context;

    dl_json_member_integer(w, "thrown_away", (int64_t)job->thrown_away);
    spool_write_counts(w, job);
}

static int run_discard(struct spool_job *job)
{
    const struct options *options = &job->program->options;
    bool quarantine = job->part == DL_SPOOL_QUARANTINE;
    struct dl_error err = {0};
    int rc = look(job, &err);

    if (rc == 0)
        rc = may_discard(job, &err);
    if (rc == 0)
        rc = dl_spool_discard(&job->thrown_away, job->folder, job->part, &err);
    if (rc == 0)
        rc = look(job, &err);
    if (rc == 0) {
        job->result.more = write_discarded;
        job->result.more_context = job;
        if (!options->json && !options->quiet)
            printf("%" PRIu64 " %s were thrown away; the spool counts them as discarded.\n",
                   job->thrown_away, quarantine ? "refused logs" : "logs");
    }
    return result_end(&job->result, job->program->options.json, rc, &err);
}

/* ---- the command ---- */

static int run(struct program *program)
{
    static const struct {
        const char *word;
        int (*run)(struct spool_job *);
    } verbs[] = {{"status", run_status},
                 {"verify", spool_verify},
                 {"list", spool_list},
                 {"export", spool_export},
                 {"discard", run_discard}};
    const struct options *options = &program->options;
    struct spool_job job = {.program = program,
                            .result = {.command = "spool"},
                            .part = options->quarantine ? DL_SPOOL_QUARANTINE : DL_SPOOL_PENDING};
    struct dl_error err = {0};

    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
        if (options->word_count != 1 || strcmp(options->words[0], verbs[i].word) != 0)
            continue;
        if (find_folder(&job, &err) < 0)
            return result_fail(&job.result, options->json, &err);
        return verbs[i].run(&job);
    }
    dl_error_set(&err, DL_E_USAGE, "spool takes one word: status, verify, list, export or discard");
    return result_fail(&job.result, options->json, &err);
}

static const enum option_id accepted[] = {
    OPTION_ID_spool,      OPTION_ID_integration, OPTION_ID_manifest, OPTION_ID_config,
    OPTION_ID_quarantine, OPTION_ID_yes,         OPTION_ID_no_input, OPTION_ID_json,
    OPTION_ID_quiet,      OPTION_COUNT};

const struct command command_spool = {
    .name = "spool",
    .words = "status|verify|list|export|discard",
    .summary = "look at the logs that wait on the disk, get them out or rid of them",
    .details =
        "status   what was accepted and became of it, and who uses the spool\n"
        "verify   reads every byte and checks every sum; exit code 1 when something is damaged\n"
        "list     one line an entry, or with --quarantine a refused log and the answer to it\n"
        "export   the logs that wait, or the refused ones, one JSON object a line\n"
        "discard  throws them away and counts them; asks first, or takes --yes\n\n"
        "Without --spool it is the folder that the configuration names. All but discard work\n"
        "while another process uses it.",
    .accepted = accepted,
    .run = run,
};
