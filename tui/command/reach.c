#include "command/reach.h"

#include <stdio.h>
#include <unistd.h>

#include "base/text.h"
#include "command/result.h"
#include "command/session.h"
#include "command/stop.h"

#define WAIT_MAX_MS 1000
#define JSON_MAX (1024 * 1024)
#define EXIT_DIFFERENT 1

struct place {
    struct dl_config *config;
    struct dl_check *check;
    struct dl_error error; /* when done; DL_OK: reached */
    bool told;
};

struct reach {
    struct session session;
    struct dl_http *http;
    struct place places[DL_SITE_COUNT];
    bool rows;
};

/* The session's settings with this site's own addresses. */
static int site_config(struct place *place, const struct session *session,
                       const struct dl_site *site, struct dl_error *err)
{
    int rc = dl_config_copy(&place->config, session->config, err);

    if (rc == 0)
        rc = dl_config_set(place->config, DL_PROP_ENDPOINT, NULL, DL_ORIGIN_OPTION, err);
    if (rc == 0)
        rc = dl_config_set(place->config, DL_PROP_API_ENDPOINT, NULL, DL_ORIGIN_OPTION, err);
    if (rc == 0)
        rc = dl_config_set(place->config, DL_PROP_SITE, site->id, DL_ORIGIN_OPTION, err);
    return rc;
}

static int start(struct reach *reach, const struct program *program, struct dl_error *err)
{
    long seconds = program->options.timeout;
    int rc = dl_http_new(&reach->http, err);

    for (size_t i = 0; i < DL_SITE_COUNT && rc == 0; i++) {
        struct place *place = &reach->places[i];
        struct dl_check_options options = {.environment = &reach->session.proxies,
                                           .stages = DL_STAGES_REACH,
                                           .total_ms = seconds > 0 ? (int)seconds * 1000 : 0};

        rc = site_config(place, &reach->session, &dl_sites[i], err);
        options.config = place->config;
        if (rc == 0)
            rc = dl_check_start(&place->check, reach->http, &options, err);
    }
    return rc;
}

static void print_row(const struct place *place, const struct dl_site *site)
{
    const struct dl_stage_report *tls = dl_check_report(place->check, DL_STAGE_TLS);
    int64_t ms = 0;

    for (int i = 0; i <= DL_STAGE_TLS; i++)
        ms += dl_check_report(place->check, (enum dl_stage)i)->ms;
    if (place->error.code == DL_OK)
        printf("%-5s %-8s %s, %s  %lld ms\n", "OK", site->name, site->intake_url, tls->message,
               (long long)ms);
    else
        printf("%-5s %-8s %s: %s  %lld ms\n", "FAIL", site->name,
               dl_error_info(place->error.code)->id, place->error.text, (long long)ms);
    fflush(stdout);
}

/* Steps every check; returns how many still run, and the time to wait for them. */
static size_t step(struct reach *reach, int *wait)
{
    size_t running = 0;

    *wait = WAIT_MAX_MS;
    for (size_t i = 0; i < DL_SITE_COUNT; i++) {
        struct place *place = &reach->places[i];
        int left = dl_check_step(place->check);

        if (!dl_check_done(place->check)) {
            running++;
            *wait = left >= 0 && left < *wait ? left : *wait;
        } else if (!place->told) {
            place->told = true;
            dl_check_verdict(place->check, &place->error);
            if (reach->rows)
                print_row(place, &dl_sites[i]);
        }
    }
    return running;
}

static void print_json(const struct reach *reach, int exit_code, const char *code,
                       const char *message)
{
    struct dl_buffer out;
    struct dl_json w;

    dl_buffer_init(&out, JSON_MAX);
    dl_json_begin(&w, &out, 0);
    dl_json_object(&w);
    dl_json_member_integer(&w, "schema", 1);
    dl_json_member(&w, "command", "test");
    dl_json_member_bool(&w, "ok", exit_code == 0);
    dl_json_member_integer(&w, "exit_code", exit_code);
    dl_json_member(&w, "code", code);
    dl_json_member(&w, "message", message);
    dl_json_key(&w, "sites");
    dl_json_array(&w);
    for (size_t i = 0; i < DL_SITE_COUNT; i++) {
        const struct place *place = &reach->places[i];
        bool ok = place->error.code == DL_OK;

        dl_json_object(&w);
        dl_json_member(&w, "site", dl_sites[i].id);
        dl_json_member_bool(&w, "ok", ok);
        dl_json_member(&w, "code", ok ? NULL : dl_error_info(place->error.code)->id);
        dl_json_key(&w, "stages");
        dl_check_json(place->check, &w);
        dl_json_object_end(&w);
    }
    dl_json_array_end(&w);
    dl_json_object_end(&w);
    if (dl_json_end(&w) == 0)
        puts(dl_buffer_string(&out));
    dl_buffer_free(&out);
}

/* One cause for all keeps its exit code; sites that differ are code 1. */
static int conclude(const struct reach *reach, const struct options *options)
{
    const struct dl_error_info *first = NULL;
    size_t reached = 0;
    bool same = true;
    char message[80];

    for (size_t i = 0; i < DL_SITE_COUNT; i++) {
        enum dl_code code = reach->places[i].error.code;

        reached += code == DL_OK;
        same = same && code == reach->places[0].error.code;
        if (code != DL_OK && !first)
            first = dl_error_info(code);
    }
    int exit_code = !first ? 0 : same ? first->exit_code : EXIT_DIFFERENT;
    dl_text_format(message, sizeof message, "%zu of %d sites can be reached", reached,
                   DL_SITE_COUNT);
    if (reach->rows)
        printf("\n%s.\n", message);
    if (first && !options->json)
        fprintf(stderr, "More: ddlogs help %s\n", first->id);
    if (options->json)
        print_json(reach, exit_code, first ? first->id : NULL, message);
    return exit_code;
}

static void finish(struct reach *reach)
{
    for (size_t i = 0; i < DL_SITE_COUNT; i++) {
        dl_check_free(reach->places[i].check);
        dl_config_free(reach->places[i].config);
    }
    dl_http_free(reach->http);
    session_close(&reach->session);
}

int reach_run(const struct program *program)
{
    struct reach reach = {.rows = !program->options.json && !program->options.quiet};
    struct result failure = {.command = program->command->name, .is_check = true};
    struct program without_site = *program;
    struct dl_error err = {0};
    struct pollfd stop = {.fd = -1, .events = POLLIN};
    int code, wait, rc;

    without_site.options.site = NULL;
    if (program->options.endpoint || program->options.api_endpoint) {
        dl_error_set(&err, DL_E_USAGE, "--site all is about Datadog's own addresses: leave out %s",
                     program->options.endpoint ? "--endpoint" : "--api-endpoint");
        return command_fail(program, &err);
    }
    rc = session_open(&reach.session, &without_site, SESSION_INTEGRATION, &err);
    /* what the network lets through is asked before anything is installed, too */
    if (rc == -DL_E_MANIFEST_NONE && !program->options.integration)
        rc = session_bare(&reach.session, &without_site, &err);
    if (rc == 0)
        rc = start(&reach, program, &err);
    if (rc == 0)
        rc = stop_watch(&stop.fd, &err);
    while (rc >= 0 && step(&reach, &wait) > 0) {
        rc = dl_http_poll(reach.http, &stop, 1, wait, &err);
        if (rc >= 0)
            rc = stop_asked(stop.fd, &err);
    }
    code = rc < 0 ? result_fail(&failure, program->options.json, &err)
                  : conclude(&reach, &program->options);
    finish(&reach);
    if (stop.fd >= 0)
        close(stop.fd);
    return code;
}
