/* From the session to a sender: configuration, key, and where positions are kept. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "command/pipeline_data.h"
#include "command/send.h"

int send_fetch(const ddlogs_error *from, struct dl_error *err)
{
    const struct dl_error_info *info = dl_error_find(ddlogs_error_code(from));

    dl_error_set(err, info ? info->code : DL_E_INTERNAL, "%s", ddlogs_error_text(from));
    err->http_status = ddlogs_error_http_status(from);
    return -(int)err->code;
}

/* ---- the configuration ---- */

/* The session's configuration, property by property, through the public door. */
static int copy_properties(ddlogs_config *to, const struct dl_config *from, ddlogs_error *error,
                           struct dl_error *err)
{
    struct dl_buffer value;
    int rc = 0;

    dl_buffer_init(&value, DL_CONFIG_BYTES);
    for (int p = 0; rc == 0 && p < DL_PROPERTY_COUNT; p++) {
        if (p == DL_PROP_INTEGRATION || p == DL_PROP_VERIFIED)
            continue; /* known already; nothing that sending asks for */
        dl_buffer_clear(&value);
        rc = dl_config_get(from, (enum dl_property)p, &value, err);
        if (rc == 0 && ddlogs_config_set(to, dl_properties[p].key,
                                         value.len ? dl_buffer_string(&value) : NULL, error) < 0)
            rc = send_fetch(error, err);
    }
    dl_buffer_free(&value);
    return rc;
}

/* A key for this run alone, kept for a reload; without one the library reads it from its place. */
static int given_key(struct send *send, struct dl_error *err)
{
    int rc = session_given_key(&send->key, send->program, err);

    if (rc == 0 && !send->key) {
        send->key = send->program->environment_key;
        send->program->environment_key = NULL;
    }
    return rc;
}

/* From the sender's thread. */
static void on_notice(void *context, const ddlogs_error *what)
{
    struct send *send = context;

    notices_add(&send->notices, ddlogs_error_code(what), ddlogs_error_text(what));
}

/* From the sender's thread. With a spool a log is safe on its disk, else when nothing is to be done
 * for it any more. */
static void on_receipt(void *context, enum ddlogs_receipt receipt, uint64_t first, uint64_t count,
                       const ddlogs_error *why)
{
    struct send *send = context;

    (void)why;
    if (send->spooled || receipt != DDLOGS_ACCEPTED)
        ledger_safe(&send->ledger, first, count);
}

static int make_config(ddlogs_config **out, const ddlogs_integration *integration,
                       struct send *send, const struct session *session, struct dl_error *err)
{
    ddlogs_config *config;
    int rc;

    if (ddlogs_config_new(&config, integration, send->error) < 0)
        return send_fetch(send->error, err);
    rc = ddlogs_config_use_environment(config, send->error) < 0 ? send_fetch(send->error, err) : 0;
    if (rc == 0)
        rc = copy_properties(config, session->config, send->error, err);
    if (rc == 0 && send->key &&
        ddlogs_config_set_key(config, dl_key_text(send->key), dl_key_length(send->key),
                              send->error) < 0)
        rc = send_fetch(send->error, err);
    if (rc < 0) {
        ddlogs_config_free(config);
        return rc;
    }
    ddlogs_config_on_notice(config, on_notice, send);
    if (send->keeps)
        ddlogs_config_on_receipt(config, on_receipt, send);
    *out = config;
    return 0;
}

static int check_service(const struct send *send, const struct session *session,
                         struct dl_error *err)
{
    const char *service = send->options->service;
    char shown[128];

    if (!service || dl_integration_service(session->integration, service))
        return 0;
    dl_text_show(shown, sizeof shown, service, strlen(service));
    return dl_error_set(err, DL_E_VALUE,
                        "the integration has no service \"%s\"; its first is \"%s\"", shown,
                        session->integration->services[0]);
}

/* Opens the sender, or gives the one that is open the new configuration. */
static int use_session(struct send *send, const struct session *session, struct dl_error *err)
{
    ddlogs_integration *integration;
    ddlogs_config *config = NULL;
    int rc;

    if (ddlogs_integration_read(&integration, session->integration->path, send->error) < 0)
        return send_fetch(send->error, err);
    rc = make_config(&config, integration, send, session, err);
    if (rc == 0 && send->sender)
        rc = ddlogs_sender_reload(send->sender, config, send->error);
    else if (rc == 0)
        rc = ddlogs_sender_open(&send->sender, integration, config, send->error);
    if (rc < 0 && config)
        rc = send_fetch(send->error, err);
    ddlogs_config_free(config);
    ddlogs_integration_free(integration);
    return rc;
}

/* ---- positions ---- */

static const char *path_of(const void *context, unsigned source)
{
    const struct send *send = context;

    return send->paths[source];
}

static int open_positions(struct send *send, struct dl_error *err)
{
    char path[PATH_MAX], damage[2 * PATH_MAX];
    const char *file = send->options->positions;
    int rc = 0;

    if (!file) {
        rc = session_positions(path, sizeof path, &send->service, send->integration, err);
        file = path;
    }
    if (rc == 0)
        rc = positions_open(&send->positions, file, damage, sizeof damage, err);
    if (rc < 0)
        return rc;
    ledger_init(&send->ledger, &send->positions, path_of, send);
    send->keeps = true;
    if (*damage)
        send_say(send, "%s", damage);
    return 0;
}

/* ---- the whole ---- */

static int open_preview(struct send *send, const struct session *session, struct dl_error *err)
{
    const char *pipeline = send->options->pipeline;
    int rc =
        dl_preview_new(&send->preview, session->config, session->integration,
                       *session->hostname ? session->hostname : NULL, send->options->service, err);

    if (rc == 0 && pipeline)
        rc = pipeline_data_load(send->options, err);
    return rc == 0 && pipeline ? dl_explorer_open(&send->explorer, pipeline, err) : rc;
}

static int open_session(struct send *send, const struct session *session, struct dl_error *err)
{
    const struct options *o = send->options;
    int rc = check_service(send, session, err);

    dl_text_copy(send->integration, sizeof send->integration, session->integration->name);
    if (rc == 0 && o->preview)
        return open_preview(send, session, err);
    send->spooled = session->config->spool != NULL;
    send->fails_when_full = session->config->when_full == DL_WHEN_FULL_FAIL;
    if (rc == 0 && (o->follow || o->positions))
        rc = open_positions(send, err);
    if (rc == 0)
        rc = given_key(send, err);
    return rc == 0 ? use_session(send, session, err) : rc;
}

int send_open(struct send *send, struct dl_error *err)
{
    struct session session;
    int rc = session_open(&session, send->program,
                          send->options->preview ? SESSION_INTEGRATION : SESSION_CONFIG, err);

    if (rc < 0)
        return rc;
    rc = open_session(send, &session, err);
    session_close(&session);
    return rc;
}

int send_reload(struct send *send, struct dl_error *err)
{
    struct session session;
    int rc;

    if (!send->sender)
        return 0;
    rc = session_open(&session, send->program, SESSION_CONFIG, err);
    if (rc < 0)
        return rc;
    rc = use_session(send, &session, err);
    session_close(&session);
    return rc;
}

void send_close(struct send *send)
{
    /* no receipt comes behind this */
    ddlogs_sender_close(send->sender, 0, NULL);
    send->sender = NULL;
    dl_preview_free(send->preview);
    dl_explorer_close(send->explorer);
    dl_key_free(send->key);
    if (send->keeps) {
        ledger_free(&send->ledger);
        positions_close(&send->positions);
    }
}
