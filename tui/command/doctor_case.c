/* What a doctor starts from. It works before any set-up: what is missing is told, not demanded. */
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "command/doctor.h"
#include "command/stop.h"
#include "secret/key_shape.h"

#define RESOLV_CONF "/etc/resolv.conf"
#define RESOLV_MAX (64 * 1024)
#define WAIT_MAX_MS 1000

/* The servers' addresses, "10.0.0.1, 10.0.0.2 (/etc/resolv.conf)". */
static void read_resolver(char *to, size_t size)
{
    static const char word[] = "nameserver";
    struct dl_buffer text;
    size_t len = 0;

    dl_buffer_init(&text, RESOLV_MAX);
    if (dl_file_read(RESOLV_CONF, true, &text, NULL) == 0)
        for (const char *line = dl_buffer_string(&text); *line;) {
            size_t whole = strcspn(line, "\n"), skip = sizeof word - 1;

            if (dl_text_starts(line, word) && (line[skip] == ' ' || line[skip] == '\t')) {
                skip += strspn(line + skip, " \t");
                dl_text_format(to + len, size - len, "%s%.*s", len ? ", " : "",
                               (int)strcspn(line + skip, " \t\r\n"), line + skip);
                len = strlen(to);
            }
            line += whole + (line[whole] == '\n');
        }
    if (len)
        dl_text_format(to + len, size - len, " (%s)", RESOLV_CONF);
    dl_buffer_free(&text);
}

static bool is_of_config(int rc)
{
    return rc == -DL_E_CFG_PARSE || rc == -DL_E_CFG_NEWER || rc == -DL_E_CFG_PERM;
}

/* The session without what cannot be used, whose error is kept. */
static int open_session(struct doctor_case *c, struct program *program, struct dl_error *err)
{
    struct program rest = *program;
    struct dl_error cause = {0};
    int rc;

    if (rest.options.site && dl_ascii_equal(rest.options.site, "all"))
        rest.options.site = NULL;
    rc = session_open(&c->session, &rest, SESSION_LOOK, &cause);
    if (is_of_config(rc)) {
        c->config_error = cause;
        rc = session_open(&c->session, &rest, SESSION_NO_FILE, &cause);
    }
    if ((rc == -DL_E_MANIFEST_NONE && !rest.options.integration) || rc == -DL_E_MANIFEST) {
        if (rc == -DL_E_MANIFEST)
            c->config_error = cause;
        rc = session_bare(&c->session, &rest, &cause);
    }
    if (rc < 0 && err)
        *err = cause;
    return rc;
}

static void name_place(struct doctor_case *c, const struct options *o)
{
    const struct dl_config *config = c->session.config;
    char choice[32];

    if (o->api_key || o->api_key_fd >= 0) {
        dl_text_copy(c->key_place, sizeof c->key_place,
                     o->api_key ? "standard input" : "--api-key-fd");
    } else if (c->program->environment_key) {
        dl_text_copy(c->key_place, sizeof c->key_place, "DD_API_KEY");
    } else if (c->session.saved || config->origin[DL_PROP_KEY_SOURCE] != DL_ORIGIN_DEFAULT) {
        dl_property_choice_text(&dl_properties[DL_PROP_KEY_SOURCE], config->key_source, choice,
                                sizeof choice);
        dl_text_format(c->key_place, sizeof c->key_place, "the %s%s%s", choice,
                       config->key_name ? " " : "", config->key_name ? config->key_name : "");
    }
}

/* Options that contradict each other are a failure; a place that gives none is a finding. */
static int read_key(struct doctor_case *c, struct dl_error *err)
{
    enum dl_key_shape shape;
    char sentence[256];
    int rc;

    name_place(c, &c->program->options);
    if (!c->key_place[0])
        return 0;
    rc = session_key(&c->key, &c->session, c->program, &c->key_error);
    if (rc == -DL_E_USAGE) {
        *err = c->key_error;
        return rc;
    }
    if (rc < 0)
        return 0;
    c->key_error.code = DL_OK;
    if (dl_key_shape(c->key, &shape, sentence, sizeof sentence, &c->key_error) < 0) {
        dl_key_free(c->key); /* an application key, a token: never sent */
        c->key = NULL;
    }
    return 0;
}

int doctor_case_open(struct doctor_case *c, struct program *program, struct dl_error *err)
{
    int rc;

    *c = (struct doctor_case){.program = program};
    rc = open_session(c, program, err);
    if (rc == 0)
        rc = read_key(c, err);
    if (rc == 0)
        rc = dl_http_new(&c->http, err);
    if (rc == 0)
        doctor_case_look(c);
    return rc;
}

void doctor_case_look(struct doctor_case *c)
{
    if (!is_of_config(-(int)c->config_error.code) && c->config_error.code != DL_E_MANIFEST)
        c->config_error.code = DL_OK;
    if (!c->key_place[0])
        name_place(c, &c->program->options);
    if (!c->key_place[0])
        c->key_error.code = DL_OK;
    read_resolver(c->resolver, sizeof c->resolver);
}

void doctor_case_close(struct doctor_case *c)
{
    dl_http_free(c->http);
    dl_key_free(c->key);
    dl_config_free(c->only);
    session_close(&c->session);
}

/* The settings with the picked site's own addresses. */
static int pick(struct doctor_case *c, const struct dl_site *site, struct dl_error *err)
{
    int rc;

    dl_config_free(c->only);
    c->only = NULL;
    rc = dl_config_copy(&c->only, c->session.config, err);
    if (rc == 0)
        rc = dl_config_set(c->only, DL_PROP_ENDPOINT, NULL, DL_ORIGIN_OPTION, err);
    if (rc == 0)
        rc = dl_config_set(c->only, DL_PROP_API_ENDPOINT, NULL, DL_ORIGIN_OPTION, err);
    return rc == 0 ? dl_config_set(c->only, DL_PROP_SITE, site->id, DL_ORIGIN_OPTION, err) : rc;
}

int doctor_case_start(struct doctor_case *c, bool all, const struct dl_site *only,
                      void (*changed)(void *context), void *context, struct dl_doctor **out,
                      struct dl_error *err)
{
    const struct options *o = &c->program->options;
    struct dl_doctor_options options = {
        .config = c->session.config,
        .saved = c->session.saved,
        .config_path = *c->session.config_path ? c->session.config_path : NULL,
        .config_error = &c->config_error,
        .integration = c->session.integration,
        .key = c->key,
        .key_place = *c->key_place ? c->key_place : NULL,
        .key_error = &c->key_error,
        .environment = &c->session.proxies,
        .hostname = *c->session.hostname ? c->session.hostname : NULL,
        .resolver = *c->resolver ? c->resolver : NULL,
        .all = all,
        .send = o->test_logs,
        .deep = o->deep,
        .total_ms = o->timeout > 0 ? (int)o->timeout * 1000 : 0,
        .changed = changed,
        .context = context};

    if (only && pick(c, only, err) < 0)
        return -(int)err->code;
    if (only)
        options.config = c->only;
    return dl_doctor_start(out, c->http, &options, err);
}

int doctor_case_run(struct doctor_case *c, struct dl_doctor *doctor, struct dl_error *err)
{
    struct pollfd stop = {.fd = -1, .events = POLLIN};
    int rc = stop_watch(&stop.fd, err);

    while (rc >= 0) {
        int wait = dl_doctor_step(doctor);

        if (dl_doctor_done(doctor))
            break;
        rc = dl_http_poll(c->http, &stop, 1, wait < 0 || wait > WAIT_MAX_MS ? WAIT_MAX_MS : wait,
                          err);
        if (rc >= 0)
            rc = stop_asked(stop.fd, err);
    }
    if (stop.fd >= 0)
        close(stop.fd);
    return rc < 0 ? rc : 0;
}
