/* ddlogs integration new: a folder with manifest, pipeline, tests, facets and README. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "command/integration.h"
#include "command/prompt.h"
#include "pipeline/facet.h"
#include "pipeline/parse.h"

#define ANSWER_MAX 4096 /* a terminal gives no longer line */
#define NAME_RULE                                                                                  \
    "a name is a lowercase letter, then lowercase letters, digits, _ and -, at most 64 in all, "   \
    "for example acme_widget"

/* Everything of one run of new. */
struct making {
    struct integration_job *job;
    struct integration_draft draft;
    char name[DL_NAME_MAX + 1], service[ANSWER_MAX];
    char *answers[DL_SAMPLES_MAX]; /* samples that were typed */
    size_t answer_count;
    struct dl_buffer text; /* of --samples */
    char folder[PATH_MAX], paths[INTEGRATION_FILES][PATH_MAX];
    struct dl_buffer files[INTEGRATION_FILES];
};

static bool asks(const struct making *m)
{
    const struct options *o = &m->job->program->options;

    return !o->no_input && !o->json && isatty(STDIN_FILENO);
}

/* ---- what is given ---- */

static int take_name(struct making *m, struct dl_error *err)
{
    const char *source = m->job->program->options.source;
    char answer[ANSWER_MAX] = "", shown[64];
    const char *name = answer;
    int rc = 0;

    if (m->job->word_count > 1)
        return dl_error_set(err, DL_E_USAGE, "integration new takes one name");
    if (m->job->word_count == 1)
        name = m->job->words[0];
    else if (asks(m))
        rc = prompt_line(answer, sizeof answer, "Name of the integration: ", err);
    else
        return dl_error_set(err, DL_E_USAGE, "missing: NAME, the integration's name");
    if (rc < 0)
        return rc;
    if (!dl_integration_name_valid(name)) {
        dl_text_show(shown, sizeof shown, name, strlen(name));
        return dl_error_set(err, DL_E_USAGE, "\"%s\" is no name: " NAME_RULE, shown);
    }
    dl_text_copy(m->name, sizeof m->name, name);
    m->draft.name = m->name;
    if (source && strcmp(source, name) != 0)
        return dl_error_set(
            err, DL_E_USAGE,
            "the source is the integration's name by Datadog's rule; leave --source "
            "out, or give it as %s",
            name);
    return 0;
}

static int add_service(struct making *m, const char *service, struct dl_error *err)
{
    char shown[64];

    dl_text_show(shown, sizeof shown, service, strlen(service));
    if (!dl_text_is_lower(service) || !*service || strcspn(service, "\"\\ \t\n") != strlen(service))
        return dl_error_set(
            err, DL_E_USAGE,
            "\"%s\" is no service: it is a lowercase letter, then lowercase letters, "
            "digits and _ - . / :",
            shown);
    if (m->draft.service_count == DL_SERVICES_MAX)
        return dl_error_set(err, DL_E_USAGE, "there are more than %d services", DL_SERVICES_MAX);
    m->draft.services[m->draft.service_count++] = service;
    return 0;
}

/* A line of names with blanks or commas between them. */
static int ask_services(struct making *m, struct dl_error *err)
{
    char question[DL_NAME_MAX + 64], *next = m->service;
    int rc;

    dl_text_format(question, sizeof question, "Its services, with blanks between [%s]: ", m->name);
    rc = prompt_line(m->service, sizeof m->service, question, err);
    while (rc == 0 && *(next += strspn(next, " ,\t"))) {
        char *word = next;

        next += strcspn(next, " ,\t");
        if (*next)
            *next++ = '\0';
        rc = add_service(m, word, err);
    }
    return rc;
}

static int take_services(struct making *m, struct dl_error *err)
{
    const struct option_list *given = &m->job->program->options.services;
    int rc = 0;

    for (size_t i = 0; i < given->count && rc == 0; i++)
        rc = add_service(m, given->items[i], err);
    if (rc == 0 && given->count == 0 && asks(m))
        rc = ask_services(m, err);
    if (rc == 0 && m->draft.service_count == 0)
        rc = add_service(m, m->name, err);
    return rc;
}

/* ---- samples ---- */

static int add_sample(struct making *m, const char *text, size_t len, struct dl_error *err)
{
    size_t number = m->draft.sample_count + 1;
    int key;

    if (len == 0)
        return 0;
    if (m->draft.sample_count == DL_SAMPLES_MAX)
        return dl_error_set(err, DL_E_USAGE,
                            "there are more than %d samples; give one of each kind",
                            DL_SAMPLES_MAX);
    if (len > DL_SAMPLE_BYTES)
        return dl_error_set(err, DL_E_USAGE, "sample %zu has more than %d bytes", number,
                            DL_SAMPLE_BYTES);
    if (!dl_utf8_valid(text, len, NULL))
        return dl_error_set(err, DL_E_USAGE, "sample %zu is no UTF-8", number);
    key = integration_credential_line(text, len);
    if (key < 0)
        return dl_error_set(err, DL_E_NOMEM, "there is no memory to search the samples");
    if (key > 0)
        return dl_error_set(err, DL_E_USAGE,
                            "sample %zu holds what looks like a key or password; put something in "
                            "its place that is none, as REDACTED",
                            number);
    m->draft.samples[m->draft.sample_count++] = (struct dl_text){text, len};
    return 0;
}

static int read_samples(struct making *m, const char *path, struct dl_error *err)
{
    const char *text;
    int rc = dl_file_read(path, true, &m->text, err);

    text = dl_buffer_string(&m->text);
    for (size_t at = 0, n; rc == 0 && at < m->text.len; at += n + 1) {
        n = strcspn(text + at, "\n");
        rc = add_sample(m, text + at, n && text[at + n - 1] == '\r' ? n - 1 : n, err);
    }
    return rc;
}

static int ask_samples(struct making *m, struct dl_error *err)
{
    char answer[ANSWER_MAX];
    int rc = 0;

    while (rc == 0 && m->answer_count < DL_SAMPLES_MAX) {
        rc = prompt_line(answer, sizeof answer,
                         m->answer_count ? "Another sample log (empty: no more): "
                                         : "A sample log, as it reaches Datadog: ",
                         err);
        if (rc < 0 || !*answer)
            break;
        m->answers[m->answer_count] = strdup(answer);
        if (!m->answers[m->answer_count])
            return dl_error_set(err, DL_E_NOMEM, "there is no memory for a sample");
        rc = add_sample(m, m->answers[m->answer_count], strlen(answer), err);
        m->answer_count++;
    }
    return rc;
}

static int take_samples(struct making *m, struct dl_error *err)
{
    const struct options *o = &m->job->program->options;
    int rc = 0;

    for (size_t i = 0; i < o->sample_logs.count && rc == 0; i++)
        rc = add_sample(m, o->sample_logs.items[i], strlen(o->sample_logs.items[i]), err);
    if (rc == 0 && o->samples)
        rc = read_samples(m, o->samples, err);
    if (rc == 0 && m->draft.sample_count == 0 && asks(m))
        rc = ask_samples(m, err);
    if (rc == 0 && m->draft.sample_count == 0)
        rc = dl_error_set(err, DL_E_USAGE,
                          "missing: a sample log; give --sample TEXT or --samples FILE");
    return rc;
}

/* ---- the folder ---- */

static int name_paths(struct making *m, struct dl_error *err)
{
    static const char *const places[][2] = {{"manifest.json", ""},
                                            {"assets/logs/", ".yaml"},
                                            {"assets/logs/", "_tests.yaml"},
                                            {"README.md", ""}};
    const char *under = m->job->program->options.folder;
    bool fits = dl_text_format(m->folder, sizeof m->folder, "%s/%s", under ? under : ".", m->name);
    struct stat st;

    for (size_t i = 0; i < INTEGRATION_FILES && fits; i++) {
        fits = dl_text_format(m->paths[i], sizeof m->paths[i], "%s/%s%s%s", m->folder, places[i][0],
                              *places[i][1] ? m->name : "", places[i][1]);
        if (fits && lstat(m->paths[i], &st) == 0)
            return dl_error_set(err, DL_E_USAGE,
                                "%s is there already and stays as it is; choose another name or "
                                "--output FOLDER",
                                m->paths[i]);
    }
    return fits ? 0 : dl_error_set(err, DL_E_USAGE, "the path of the folder is too long");
}

/* Makes the folders of a path, for all to read as an author's other files. */
static int make_folders(const char *path, struct dl_error *err)
{
    char part[PATH_MAX];

    dl_text_copy(part, sizeof part, path);
    for (char *slash = strchr(part + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(part, 0777) < 0 && errno != EEXIST)
            return dl_error_set_errno(err, DL_E_IO, errno, "%s cannot be made", part);
        *slash = '/';
    }
    return 0;
}

static int write_new(const char *path, const struct dl_buffer *text, struct dl_error *err)
{
    int rc = make_folders(path, err), fd;

    if (rc < 0)
        return rc;
    fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
    if (fd < 0)
        return dl_error_set_errno(err, DL_E_IO, errno, "%s cannot be written", path);
    rc = dl_file_write_all(fd, dl_buffer_string(text), text->len, err);
    if (close(fd) < 0 && rc == 0)
        rc = dl_error_set_errno(err, DL_E_IO, errno, "%s cannot be written", path);
    return rc;
}

static int make(struct making *m, struct dl_error *err)
{
    struct dl_arena arena;
    struct dl_text title;
    int rc = take_name(m, err);

    if (rc == 0)
        rc = name_paths(m, err);
    if (rc == 0)
        rc = take_services(m, err);
    if (rc == 0)
        rc = take_samples(m, err);
    if (rc < 0)
        return rc;
    dl_arena_init(&arena, DL_PIPELINE_LOG_MAX);
    title = dl_facet_title(&arena, (struct dl_text){m->name, strlen(m->name)});
    dl_text_copy(m->draft.title, sizeof m->draft.title, title.len ? title.at : m->name);
    dl_arena_free(&arena);
    rc = integration_compose(m->files, &m->draft, err);
    for (size_t i = 0; i < INTEGRATION_FILES && rc == 0; i++)
        rc = write_new(m->paths[i], &m->files[i], err);
    return rc;
}

static void write_object(struct dl_json *w, const void *context)
{
    const struct making *m = context;

    dl_json_member(w, "integration", m->name);
    dl_json_key(w, "files");
    dl_json_array(w);
    for (size_t i = 0; i < INTEGRATION_FILES; i++)
        dl_json_string(w, m->paths[i]);
    dl_json_array_end(w);
    dl_json_member_integer(w, "samples", (int64_t)m->draft.sample_count);
}

static void say_next(const struct making *m)
{
    if (!dl_useragent_is_loaded() &&
        strstr(dl_buffer_string(&m->files[INTEGRATION_FILE_PIPELINE]), "user-agent-parser"))
        puts("The tests' results have every user agent as \"Other\": give uap-core's regexes.yaml\n"
             "with --user-agents, or install the package uap-core, for those that Datadog gives.");
    printf("Next: ddlogs integration lint %s\n", m->folder);
}

int integration_new(struct integration_job *job)
{
    const struct options *o = &job->program->options;
    struct making *m = calloc(1, sizeof *m);
    struct dl_error err = {0};
    int rc, code;

    if (!m) {
        dl_error_set(&err, DL_E_NOMEM, "there is no memory for an integration");
        return result_fail(&job->result, o->json, &err);
    }
    m->job = job;
    dl_buffer_init(&m->text, DL_PIPELINE_BYTES_MAX);
    rc = make(m, &err);
    if (rc == 0) {
        job->result.more = write_object;
        job->result.more_context = m;
    }
    for (size_t i = 0; i < INTEGRATION_FILES && rc == 0 && !o->json && !o->quiet; i++)
        printf("written: %s\n", m->paths[i]);
    if (rc == 0 && !o->json && !o->quiet)
        say_next(m);
    code = result_end(&job->result, job->program->options.json, rc, &err);
    for (size_t i = 0; i < INTEGRATION_FILES; i++)
        dl_buffer_free(&m->files[i]);
    for (size_t i = 0; i < m->answer_count; i++)
        free(m->answers[i]);
    dl_buffer_free(&m->text);
    free(m);
    return code;
}
