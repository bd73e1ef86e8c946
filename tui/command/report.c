/* ddlogs report: a file for support that holds no secret, shown before it is written. */
#include "command/report.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "command/prompt.h"
#include "config.h"

/* ---- what goes in ---- */

static int write_readme(struct report_job *job, struct dl_buffer *out, struct dl_error *err)
{
    int rc = dl_buffer_format(
        out,
        "This is a report of %s about its set-up on one machine, made by the command\n"
        "ddlogs report for whoever helps with it. Nothing was uploaded.\n\n"
        "Keys, passwords and tokens were replaced by ******** in each text below, and the "
        "finished\n"
        "file was read back and searched for the key in use. No log is in it.\n\n",
        PACKAGE_STRING);

    (void)job;
    for (const struct report_part *part = report_parts; rc == 0 && part->name; part++)
        rc = dl_buffer_format(out, "%-16s %s\n", part->name, part->what);
    return rc < 0 ? dl_error_set(err, (enum dl_code) - rc, "it cannot be written") : 0;
}

const struct report_part report_parts[] = {
    {"README.txt", "this text", write_readme},
    {"doctor.json", "every stage of the doctor, as it went just now", report_doctor},
    {"config.json", "the configuration in effect, and where each value comes from", report_config},
    {"manifest.json", "the integration's manifest", report_manifest},
    {"versions.txt", "program, libraries, system", report_versions},
    {"environment.txt", "variables that play a part", report_environment},
    {"terminal.txt", "the terminal and its characters", report_terminal},
    {"ca.txt", "the CA certificates that are trusted", report_ca},
    {"keyring.txt", "where the key comes from and whether it is there", report_keyring},
    {"spool.txt", "how many logs wait on the disk, and what became of the others", report_spool},
    {"log.txt", "what was logged while this report was made", report_log},
    {NULL, NULL, NULL},
};

/* A part that failed is a file that says why. */
static int write_failure(const char *name, const struct dl_error *why, struct dl_buffer *out)
{
    const char *id = dl_error_info(why->code)->id;
    struct dl_json w;

    dl_buffer_clear(out);
    if (!strstr(name, ".json"))
        return dl_buffer_format(out, "This could not be found out: %s: %s\n", id, why->text);
    dl_json_begin(&w, out, 2);
    dl_json_object(&w);
    dl_json_member_bool(&w, "ok", false);
    dl_json_member(&w, "code", id);
    dl_json_member(&w, "message", why->text);
    dl_json_object_end(&w);
    return dl_json_end(&w) < 0 ? w.status : dl_buffer_char(out, '\n');
}

static int add_part(struct report_job *job, const struct report_part *part, struct dl_error *err)
{
    struct dl_error why = {0};
    struct dl_buffer text;
    int rc;

    dl_buffer_init(&text, DL_REPORT_FILE_BYTES);
    rc = part->write(job, &text, &why);
    if (rc == 0)
        rc = dl_report_add(job->report, part->name, dl_buffer_string(&text), text.len, &why);
    if (rc == -DL_E_CANCELLED) {
        *err = why;
    } else if (rc < 0) {
        rc = write_failure(part->name, &why, &text);
        rc = rc < 0
                 ? dl_error_set(err, (enum dl_code) - rc, "%s cannot be made", part->name)
                 : dl_report_add(job->report, part->name, dl_buffer_string(&text), text.len, err);
    }
    if (text.data)
        explicit_bzero(text.data, text.size);
    dl_buffer_free(&text);
    return rc;
}

/* What waits on the network holds signals back; a person who is asked later must be able to end it.
 */
static int gather(struct report_job *job, struct dl_error *err)
{
    sigset_t before;
    int rc = 0;

    sigprocmask(SIG_SETMASK, NULL, &before);
    for (const struct report_part *part = report_parts; rc == 0 && part->name; part++)
        rc = add_part(job, part, err);
    sigprocmask(SIG_SETMASK, &before, NULL);
    return rc;
}

/* ---- what it starts from ---- */

/* As much of a session as there is: the integration and its configuration, or one of them, or the
 * environment and the options alone. */
static void open_session(struct report_job *job)
{
    struct session *session = &job->session, bare;
    struct dl_error *err = &job->session_error;
    int rc = session_find(session, job->program, err);

    if (rc == 0)
        rc = session_load(session, job->program, SESSION_INTEGRATION, err);
    job->has_session = rc == 0;
    if (job->has_session)
        return;
    result_warn(&job->result, err->code, "%s", err->text);
    dl_config_free(session->config);
    session->config = NULL;
    job->has_session = session_bare(&bare, job->program, NULL) == 0;
    if (job->has_session)
        session->config = bare.config;
}

static int find_key(struct report_job *job, struct dl_error *err)
{
    struct dl_error *why = &job->key_error;
    int rc;

    /* a key that was given on the command line is what was asked for */
    rc = session_given_key(&job->key, job->program, err);
    if (rc < 0 || job->key)
        return rc;
    if (!job->has_session && !job->environment_key_given)
        dl_error_set(why, DL_E_KEY_NONE, "without a configuration no place of the key is known");
    else
        (void)session_key(&job->key, &job->session, job->program, why);
    return 0;
}

/* ---- where it goes ---- */

static int choose_path(struct report_job *job, struct dl_error *err)
{
    const char *given = job->program->options.output;

    if (given && strcmp(given, "-") == 0)
        return dl_error_set(err, DL_E_USAGE,
                            "--output takes a file, because what is written is read back");
    if (!(given ? dl_text_copy(job->path, sizeof job->path, given)
                : dl_text_format(job->path, sizeof job->path, "%s.tar.gz",
                                 dl_report_folder(job->report))))
        return dl_error_set(err, DL_E_USAGE, "the path of --output is too long");
    return job->program->options.dry_run ? 0 : dl_report_check_path(job->path, err);
}

/* ---- what a person sees ---- */

static void print_list(const struct dl_report *report)
{
    size_t total = 0;

    for (size_t i = 0; i < dl_report_count(report); i++) {
        printf("%4zu  %-16s %8zu bytes\n", i + 1, dl_report_name(report, i),
               dl_report_size(report, i));
        total += dl_report_size(report, i);
    }
    printf("      %-16s %8zu bytes\n", "together", total);
}

/* Line by line, each made safe for the terminal: foreign texts are in there. */
static void print_file(const struct dl_report *report, size_t index)
{
    const char *line = dl_report_bytes(report, index);
    const char *end = line + dl_report_size(report, index);
    struct dl_buffer clean;

    printf("\n---- %s\n", dl_report_name(report, index));
    dl_buffer_init(&clean, 4 * DL_REPORT_FILE_BYTES);
    while (line < end) {
        const char *stop = memchr(line, '\n', (size_t)(end - line));
        size_t len = stop ? (size_t)(stop - line) : (size_t)(end - line);

        dl_buffer_clear(&clean);
        if (dl_text_clean(&clean, line, len) == 0)
            puts(dl_buffer_string(&clean));
        line += len + 1;
    }
    dl_buffer_free(&clean);
    puts("----");
    fflush(stdout);
}

/* Only a person who looks at the list can be asked. */
static bool may_ask(const struct options *options)
{
    return !options->no_input && !options->json && !options->quiet && isatty(STDIN_FILENO);
}

static int ask(const struct report_job *job, struct dl_error *err)
{
    char question[PATH_MAX + 64], answer[64];
    struct dl_buffer clean;
    uint64_t number;
    int rc = 0;

    dl_buffer_init(&clean, (size_t)4 * PATH_MAX);
    (void)dl_text_clean(&clean, job->path, strlen(job->path));
    dl_text_format(question, sizeof question, "Write %s? [y/N, a number shows that file] ",
                   dl_buffer_string(&clean));
    dl_buffer_free(&clean);
    while (rc == 0) {
        rc = prompt_line(answer, sizeof answer, question, err);
        if (rc < 0 || dl_ascii_equal(answer, "y"))
            break;
        if (!dl_text_number(answer, 1, dl_report_count(job->report), &number))
            rc = dl_error_set(err, DL_E_CANCELLED, "nothing was written");
        else
            print_file(job->report, (size_t)number - 1);
    }
    return rc;
}

/* ---- the object ---- */

static void write_members(struct dl_json *w, const void *context)
{
    const struct report_job *job = context;

    dl_json_member(w, "path", job->packed ? job->path : NULL);
    dl_json_member_integer(w, "bytes", (int64_t)job->packed);
    dl_json_key(w, "files");
    dl_json_array(w);
    for (size_t i = 0; i < dl_report_count(job->report); i++) {
        dl_json_object(w);
        dl_json_member(w, "name", dl_report_name(job->report, i));
        dl_json_member_integer(w, "bytes", (int64_t)dl_report_size(job->report, i));
        dl_json_object_end(w);
    }
    dl_json_array_end(w);
}

/* ---- the command ---- */

/* A signal waits until the file has its name or is gone. */
static int write_archive(struct report_job *job, struct dl_error *err)
{
    sigset_t ends, before;
    int rc;

    sigemptyset(&ends);
    sigaddset(&ends, SIGINT);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGHUP);
    sigprocmask(SIG_BLOCK, &ends, &before);
    rc = dl_report_write(job->report, job->path, &job->packed, err);
    sigprocmask(SIG_SETMASK, &before, NULL);
    return rc;
}

static void print_written(const struct report_job *job)
{
    struct dl_buffer clean;

    dl_buffer_init(&clean, (size_t)4 * PATH_MAX);
    (void)dl_text_clean(&clean, job->path, strlen(job->path));
    printf("Written: %s, %zu bytes. It holds no key, and nothing was uploaded.\n",
           dl_buffer_string(&clean), job->packed);
    dl_buffer_free(&clean);
}

static int write_out(struct report_job *job, struct dl_error *err)
{
    const struct options *options = &job->program->options;
    bool shows = !options->json && !options->quiet;
    int rc = 0;

    if (shows) {
        print_list(job->report);
        fflush(stdout);
    }
    if (options->dry_run) {
        if (shows)
            puts("Nothing was written.");
        return 0;
    }
    if (may_ask(options))
        rc = ask(job, err);
    if (rc == 0)
        rc = write_archive(job, err);
    if (rc == 0 && shows)
        print_written(job);
    return rc;
}

/* Everything but the writing. */
static int prepare(struct report_job *job, struct dl_error *err)
{
    int rc = dl_report_new(&job->report, err);

    if (rc == 0)
        rc = choose_path(job, err);
    if (rc < 0)
        return rc;
    report_log_begin(&job->log);
    report_secrets_find(&job->secrets, dl_report_folder(job->report));
    if (job->program->environment_error.code != DL_OK)
        result_warn(&job->result, job->program->environment_error.code, "%s",
                    job->program->environment_error.text);
    open_session(job);
    if (!job->findings) /* then the key was taken where it was given */
        rc = find_key(job, err);
    if (rc == 0)
        rc = gather(job, err);
    report_log_end();
    return rc;
}

static int new_job(struct report_job **out, struct program *program, struct dl_error *err)
{
    struct report_job *job = calloc(1, sizeof *job);

    if (!job)
        return dl_error_set(err, DL_E_NOMEM, "no memory for a report");
    job->program = program;
    job->result.command = "report";
    job->environment_key_given = program->environment_key != NULL;
    *out = job;
    return 0;
}

static void free_job(struct report_job *job)
{
    dl_report_free(job->report);
    report_secrets_forget(&job->secrets);
    dl_key_free(job->key);
    session_close(&job->session);
    free(job);
}

int report_findings(struct program *program, const struct dl_buffer *findings, char *path,
                    size_t size, struct dl_error *err)
{
    struct report_job *job;
    int rc = new_job(&job, program, err);

    if (rc < 0)
        return rc;
    job->findings = findings;
    rc = prepare(job, err);
    if (rc == 0)
        rc = write_archive(job, err);
    if (rc == 0)
        dl_text_copy(path, size, job->path);
    free_job(job);
    return rc;
}

static int conclude(struct report_job *job, int rc, const struct dl_error *err)
{
    const struct options *options = &job->program->options;
    struct result *result = &job->result;

    if (job->report) {
        result->more = write_members;
        result->more_context = job;
    }
    for (size_t i = 0; i < result->warning_count; i++)
        fprintf(stderr, "ddlogs: %s: %s\n", dl_error_info(result->warnings[i].code)->id,
                result->warnings[i].text);
    if (rc < 0)
        return result_fail(result, options->json, err);
    if (options->json)
        result_print_json(result);
    return 0;
}

static int run(struct program *program)
{
    struct report_job *job;
    struct dl_error err = {0};
    int rc, code;

    if (program->options.word_count > 0)
        return command_refuse_word(program, program->options.words[0]);
    if (command_check_timeout(program, &err) < 0)
        return command_fail(program, &err);
    if (new_job(&job, program, &err) < 0)
        return command_fail(program, &err);
    rc = prepare(job, &err);
    if (rc == 0)
        rc = write_out(job, &err);
    code = conclude(job, rc, &err);
    free_job(job);
    return code;
}

static const enum option_id accepted[] = {OPTION_ID_output,  OPTIONS_OF_SESSION, OPTION_ID_spool,
                                          OPTION_ID_dry_run, OPTION_ID_no_input, OPTION_ID_timeout,
                                          OPTION_ID_json,    OPTION_ID_quiet,    OPTION_COUNT};

const struct command command_report = {
    .name = "report",
    .summary = "a file for support that holds no secret",
    .details =
        "Tests from proxy to key, gathers configuration, versions, environment and terminal,\n"
        "hides every key, password and token, and packs it into a .tar.gz that only you can\n"
        "read. In a terminal it shows what is in it and asks first. Nothing is uploaded, and no\n"
        "log is in it.\n"
        "\n"
        "The default name is ddlogs-report-TIME.tar.gz in the present folder. A file that is\n"
        "there is never overwritten.",
    .accepted = accepted,
    .bears_environment = true,
    .run = run,
};
