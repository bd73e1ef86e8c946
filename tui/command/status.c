/* ddlogs status: what is set up, without touching the network. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/text.h"
#include "command/key_status.h"
#include "command/result.h"
#include "command/session.h"
#include "command/spool.h"
#include "config.h"

#define TEXT_MAX (64 * 1024)

/* One run of the command. */
struct job {
    struct program *program;
    struct session session;
    struct result result;
    struct key_status key;
    struct dl_error key_error, spool_error; /* DL_OK: fine */
    struct dl_spool_counts counts;
    pid_t owner;
    bool spooled;     /* counts are there */
    char written[32]; /* when the file was, "" when it is not there */
};

static void look(struct job *job)
{
    const struct dl_config *config = job->session.config;
    struct stat st;

    if (stat(job->session.config_path, &st) == 0)
        dl_clock_iso((int64_t)st.st_mtim.tv_sec * 1000, job->written);
    if (job->program->environment_key) { /* it goes before every place */
        job->key = (struct key_status){
            .place = key_place_name(DL_KEY_ENVIRONMENT), .there = true, .known = true};
    } else if (key_look(&job->key, job->program, &job->session, &job->key_error) == 0) {
        job->key_error.code = DL_OK;
    }
    if (!config->spool)
        return;
    job->spooled = dl_spool_look(&job->counts, &job->owner, config->spool, &job->spool_error) == 0;
    if (job->spooled || job->spool_error.code == DL_E_SPOOL_NONE)
        job->spool_error.code = DL_OK; /* nothing was spooled yet */
}

/* The first thing that keeps logs from being sent, as a failure; 0: nothing does. */
static int problem(const struct job *job, struct dl_error *err)
{
    if (!job->session.config->site && !job->session.config->endpoint)
        return dl_error_set(err, DL_E_CFG_NONE, "nothing is set up yet: ddlogs setup");
    *err = job->key_error.code != DL_OK ? job->key_error : job->spool_error;
    return -(int)err->code;
}

/* ---- for people ---- */

static void print_row(const char *label, const char *text)
{
    struct dl_buffer clean;

    dl_buffer_init(&clean, TEXT_MAX);
    if (dl_text_clean(&clean, text, strlen(text)) == 0)
        printf("%-13s %s\n", label, dl_buffer_string(&clean));
    dl_buffer_free(&clean);
}

static void print_values(const struct job *job)
{
    const struct dl_config *config = job->session.config;
    struct dl_buffer value;

    dl_buffer_init(&value, TEXT_MAX);
    for (int p = 0; p < DL_PROPERTY_COUNT; p++) {
        dl_buffer_clear(&value);
        if (config->origin[p] == DL_ORIGIN_DEFAULT || p == DL_PROP_INTEGRATION ||
            p == DL_PROP_VERIFIED || dl_config_get(config, (enum dl_property)p, &value, NULL) < 0 ||
            value.len == 0)
            continue;
        dl_buffer_format(&value, "   (%s)", dl_origin_name(config->origin[p]));
        print_row(dl_properties[p].key, dl_buffer_string(&value));
    }
    dl_buffer_free(&value);
}

static void print_spool(const struct job *job)
{
    char text[200], age[32];

    if (!job->session.config->spool) {
        print_row("spool", "none is configured: logs wait in memory alone");
    } else if (job->spool_error.code != DL_OK) {
        print_row("spool", job->spool_error.text);
    } else if (!job->spooled) {
        print_row("spool", "nothing was spooled yet");
    } else {
        dl_text_format(text, sizeof text, "%llu pending (oldest %s), %llu refused, %s",
                       (unsigned long long)job->counts.pending,
                       spool_age(age, sizeof age, job->counts.pending ? job->counts.oldest_ms : 0),
                       (unsigned long long)job->counts.quarantined,
                       job->owner ? "in use" : "nobody sends");
        print_row("spool", text);
    }
}

static void print(const struct job *job)
{
    const struct session *s = &job->session;
    char text[400];

    dl_text_format(text, sizeof text, "%s (source %s)", s->integration->name,
                   s->integration->source);
    print_row("integration", text);
    print_row("manifest", s->integration->path);
    if (*job->written)
        dl_text_format(text, sizeof text, "%s, written %s", s->config_path, job->written);
    else
        dl_text_format(text, sizeof text, "%s, not there", s->config_path);
    print_row("configuration", text);
    if (s->saved)
        print_row("verified", s->saved->verified
                                  ? "yes: a test of exactly these values was accepted"
                                  : "no: prove it with ddlogs test");
    print_values(job);
    dl_text_format(text, sizeof text, "%s%s%s: %s", job->key.place, job->key.name ? " " : "",
                   job->key.name ? job->key.name : "",
                   job->key_error.code == DL_OK ? "a key is there" : job->key_error.text);
    print_row("key", text);
    print_spool(job);
    dl_text_format(text, sizeof text, "ddlogs " PACKAGE_VERSION ", %s", dl_http_library_version());
    print_row("version", text);
}

/* ---- for programs ---- */

static void write_object(struct dl_json *w, const void *context)
{
    const struct job *job = context;
    const struct session *s = &job->session;

    dl_json_member(w, "integration", s->integration->name);
    dl_json_member(w, "source", s->integration->source);
    dl_json_member(w, "manifest", s->integration->path);
    dl_json_member(w, "path", s->config_path);
    dl_json_member_bool(w, "saved", s->saved != NULL);
    dl_json_member(w, "written", *job->written ? job->written : NULL);
    dl_json_member_bool(w, "verified", s->saved && s->saved->verified);
    dl_config_json(s->config, w, NULL);
    dl_json_key(w, "key");
    dl_json_object(w);
    dl_json_member(w, "place", job->key.place);
    dl_json_member(w, "name", job->key.name);
    dl_json_member(w, "keyring", job->key.keyring);
    dl_json_key(w, "there");
    if (job->key.known)
        dl_json_bool(w, job->key.there);
    else
        dl_json_null(w);
    dl_json_member(w, "code",
                   job->key_error.code == DL_OK ? NULL : dl_error_info(job->key_error.code)->id);
    dl_json_object_end(w);
    dl_json_key(w, "spool");
    if (job->spooled) {
        dl_json_object(w);
        spool_write_counts_of(w, s->config->spool, &job->counts, job->owner);
        dl_json_object_end(w);
    } else {
        dl_json_null(w);
    }
    dl_json_member(w, "version", PACKAGE_VERSION);
    dl_json_member(w, "libraries", dl_http_library_version());
}

static int run(struct program *program)
{
    const struct options *o = &program->options;
    struct job job = {.program = program, .result = {.command = "status"}};
    struct dl_error err = {0};
    int rc;

    if (o->word_count > 0)
        return command_refuse_word(program, o->words[0]);
    rc = session_open(&job.session, program, SESSION_LOOK, &err);
    if (rc == 0) {
        look(&job);
        if (!o->json && !o->quiet)
            print(&job);
        job.result.more = write_object;
        job.result.more_context = &job;
        rc = problem(&job, &err);
    }
    job.result.site = job.session.config ? job.session.config->site : NULL;
    rc = result_end(&job.result, o->json, rc, &err);
    session_close(&job.session);
    return rc;
}

static const enum option_id accepted[] = {OPTIONS_OF_SESSION, OPTIONS_OF_SENDING, OPTION_ID_json,
                                          OPTION_ID_quiet, OPTION_COUNT};

const struct command command_status = {
    .name = "status",
    .summary = "what is set up: values, key, spool; nothing is sent",
    .details = "Prints the configuration in effect and where each value is from, whether a key is\n"
               "in its place (never a part of it), what waits in the spool, and versions. It does\n"
               "not touch the network; for that there are test and doctor. The exit code says\n"
               "what keeps logs from being sent, or 0.",
    .accepted = accepted,
    .run = run,
};
