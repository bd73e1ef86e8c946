#include "command/session.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"

/* A host name as the platform accepts it; "localhost" and its like would join unrelated machines.
 */
static void read_hostname(char *to, size_t size)
{
    static const char *const nobody[] = {"localhost", "localhost.localdomain",
                                         "localhost6.localdomain6", "ip6-localhost", NULL};

    if (gethostname(to, size) < 0)
        *to = '\0';
    to[size - 1] = '\0';
    for (const char *const *name = nobody; *name; name++)
        if (dl_ascii_equal(to, *name))
            *to = '\0';
    if (to[strspn(to, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-")])
        *to = '\0';
}

void session_environment(struct session *session, const struct program *program)
{
    *session = (struct session){
        .paths = {.home = getenv("HOME"),
                  .xdg_config_home = getenv("XDG_CONFIG_HOME"),
                  .integrations_path = getenv("DDLOGS_INTEGRATIONS_PATH"),
                  .root = geteuid() == 0},
        .proxies = {.https_proxy = getenv("https_proxy"),
                    .HTTPS_PROXY = getenv("HTTPS_PROXY"),
                    .http_proxy = getenv("http_proxy"),
                    .HTTP_PROXY = getenv("HTTP_PROXY"),
                    .all_proxy = getenv("all_proxy"),
                    .ALL_PROXY = getenv("ALL_PROXY"),
                    .no_proxy = getenv("no_proxy"),
                    .NO_PROXY = getenv("NO_PROXY"),
                    .dd_proxy_https = getenv("DD_PROXY_HTTPS"),
                    .dd_proxy_no_proxy = getenv("DD_PROXY_NO_PROXY")},
        .keys = {.credentials_directory = getenv("CREDENTIALS_DIRECTORY"),
                 .environment_key = program->environment_key},
    };
    read_hostname(session->hostname, sizeof session->hostname);
}

void session_service(struct session_service *service)
{
    *service = (struct session_service){.notify_socket = getenv("NOTIFY_SOCKET"),
                                        .watchdog_usec = getenv("WATCHDOG_USEC"),
                                        .watchdog_pid = getenv("WATCHDOG_PID"),
                                        .state_directory = getenv("STATE_DIRECTORY"),
                                        .xdg_state_home = getenv("XDG_STATE_HOME"),
                                        .home = getenv("HOME"),
                                        .term = getenv("TERM"),
                                        .root = geteuid() == 0};
}

int session_positions(char *to, size_t size, const struct session_service *s,
                      const char *integration, struct dl_error *err)
{
    bool fits;

    if (s->state_directory && *s->state_directory == '/') /* the first of several */
        fits = dl_text_format(to, size, "%.*s/positions.json",
                              (int)strcspn(s->state_directory, ":"), s->state_directory);
    else if (s->xdg_state_home && *s->xdg_state_home == '/')
        fits =
            dl_text_format(to, size, "%s/ddlogs/%s/positions.json", s->xdg_state_home, integration);
    else if (s->root)
        fits = dl_text_format(to, size, "/var/lib/ddlogs/%s/positions.json", integration);
    else if (s->home && *s->home == '/')
        fits = dl_text_format(to, size, "%s/.local/state/ddlogs/%s/positions.json", s->home,
                              integration);
    else
        return dl_error_set(err, DL_E_USAGE,
                            "neither XDG_STATE_HOME nor HOME is set: say with --positions where "
                            "positions are kept");
    return fits ? 0 : dl_error_set(err, DL_E_IO, "the path of the positions is too long");
}

/* "several integrations are installed: a, b" */
static int several(char **names, struct dl_error *err)
{
    char list[512] = "";
    size_t len = 0;

    for (char **name = names; *name; name++) {
        dl_text_format(list + len, sizeof list - len, "%s%s", len ? ", " : "", *name);
        len = strlen(list);
    }
    return dl_error_set(err, DL_E_USAGE,
                        "several integrations are installed (%s): choose with --integration NAME",
                        list);
}

static int find_integration(struct session *session, const char *name, struct dl_error *err)
{
    const char *search = dl_integrations_path(&session->paths);
    char **names;
    int rc;

    if (name)
        return dl_integration_find(&session->integration, name, search, err);
    rc = dl_integration_list(&names, search, err);
    if (rc < 0)
        return rc;
    if (!names[0])
        rc = dl_error_set(err, DL_E_MANIFEST_NONE,
                          "no integration is installed in %s: install the product that brings one, "
                          "name a manifest with --manifest FILE, or try ddlogs demo",
                          search);
    else if (names[1])
        rc = several(names, err);
    else
        rc = dl_integration_find(&session->integration, names[0], search, err);
    dl_names_free(names);
    return rc;
}

/* DD_ENV and DD_VERSION are tags by the unified naming of Datadog. */
static int add_tag(struct dl_config *config, const char *key, const char *value,
                   struct dl_error *err)
{
    char tag[512];

    if (!value || !*value)
        return 0;
    if (!dl_text_format(tag, sizeof tag, "%s:%s", key, value))
        return dl_error_set(err, DL_E_TAG, "the value of the tag %s is too long", key);
    return dl_tags_parse(&config->tags, tag, NULL, NULL, err);
}

static int apply_environment(struct dl_config *config, struct dl_error *err)
{
    const char *env = getenv("DD_ENV"), *version = getenv("DD_VERSION");
    int rc = 0;

    for (int p = 0; p < DL_PROPERTY_COUNT && rc == 0; p++) {
        const char *value =
            *dl_properties[p].environment ? getenv(dl_properties[p].environment) : NULL;

        if (value && *value) {
            rc = dl_config_set(config, (enum dl_property)p, value, DL_ORIGIN_ENVIRONMENT, err);
            if (rc < 0)
                dl_error_prefix(err, "%s in the environment", dl_properties[p].environment);
        }
    }
    if (rc == 0)
        rc = add_tag(config, "env", env, err);
    if (rc == 0)
        rc = add_tag(config, "version", version, err);
    if (rc == 0 && ((env && *env) || (version && *version)))
        config->origin[DL_PROP_TAGS] = DL_ORIGIN_ENVIRONMENT;
    return rc;
}

/* All tags of the command line take the place of those before. */
static int apply_tags(struct dl_config *config, const struct options *options, struct dl_error *err)
{
    int rc;

    if (!options->tags.count && !options->env && !options->version_tag)
        return 0;
    rc = dl_config_set(config, DL_PROP_TAGS, NULL, DL_ORIGIN_OPTION, err);
    for (size_t i = 0; i < options->tags.count && rc == 0; i++)
        rc = dl_tags_parse(&config->tags, options->tags.items[i], NULL, NULL, err);
    if (rc == 0)
        rc = add_tag(config, "env", options->env, err);
    if (rc == 0)
        rc = add_tag(config, "version", options->version_tag, err);
    config->origin[DL_PROP_TAGS] = DL_ORIGIN_OPTION;
    return rc;
}

static int apply_options(struct dl_config *config, const struct options *o, struct dl_error *err)
{
    const struct {
        enum dl_property property;
        const char *value;
    } given[] = {
        {DL_PROP_SITE, o->site},
        {DL_PROP_ENDPOINT, o->endpoint},
        {DL_PROP_API_ENDPOINT, o->api_endpoint},
        {DL_PROP_CONNECT_TO, o->connect_to},
        {DL_PROP_PROXY, o->proxy},
        {DL_PROP_CA_FILE, o->ca_file},
        {DL_PROP_ENCODING, o->encoding},
        {DL_PROP_TAGS_IN, o->tags_in},
        {DL_PROP_KEY_SOURCE, o->key_store},
        {DL_PROP_KEY_NAME, o->key_name},
        {DL_PROP_SPOOL, o->spool},
        {DL_PROP_SPOOL_BYTES, o->spool_bytes},
        {DL_PROP_SPOOL_AGE, o->spool_age},
        {DL_PROP_WHEN_FULL, o->when_full},
    };
    int rc = 0;

    for (size_t i = 0; i < sizeof given / sizeof given[0] && rc == 0; i++)
        if (given[i].value)
            rc = dl_config_set(config, given[i].property, given[i].value, DL_ORIGIN_OPTION, err);
    return rc == 0 ? apply_tags(config, o, err) : rc;
}

static int read_config(struct session *session, const struct program *program,
                       enum session_need need, struct dl_error *err)
{
    const char *name = session->integration->name;
    const char *site_here = getenv(dl_properties[DL_PROP_SITE].environment);
    int rc = 0;

    if (program->options.config) {
        if (!dl_text_copy(session->config_path, sizeof session->config_path,
                          program->options.config))
            return dl_error_set(err, DL_E_USAGE, "the path of --config is too long");
    } else if (need != SESSION_INTEGRATION) {
        rc = dl_config_find(session->config_path, PATH_MAX, name, &session->paths, err);
    } else {
        rc = dl_config_path(session->config_path, PATH_MAX, name, &session->paths, err);
    }
    if (rc < 0)
        return rc;
    if (need == SESSION_NO_FILE)
        return 0;
    rc = dl_config_read(&session->saved, session->config_path, err);
    /* none yet: the wizard writes one, and a site by option or environment does for the others */
    if (rc == -DL_E_CFG_NONE &&
        (need != SESSION_CONFIG || program->options.site || (site_here && *site_here)))
        return 0;
    if (rc == 0 && strcmp(session->saved->integration, name) != 0)
        return dl_error_set(err, DL_E_CFG_PARSE, "%s is the configuration of %s, not of %s",
                            session->config_path, session->saved->integration, name);
    return rc;
}

/* What the environment and the options say over what is there. */
static int lay_over(struct session *session, const struct program *program, struct dl_error *err)
{
    int rc = apply_environment(session->config, err);

    return rc == 0 ? apply_options(session->config, &program->options, err) : rc;
}

int session_bare(struct session *session, const struct program *program, struct dl_error *err)
{
    int rc;

    session_environment(session, program);
    rc = dl_config_new(&session->config, "none", err);
    if (rc == 0)
        rc = lay_over(session, program, err);
    if (rc < 0)
        session_close(session);
    return rc;
}

int session_load(struct session *session, const struct program *program, enum session_need need,
                 struct dl_error *err)
{
    int rc = read_config(session, program, need, err);

    if (rc == 0 && session->saved)
        rc = dl_config_copy(&session->config, session->saved, err);
    else if (rc == 0)
        rc = dl_config_new(&session->config, session->integration->name, err);
    return rc == 0 ? lay_over(session, program, err) : rc;
}

int session_find(struct session *session, const struct program *program, struct dl_error *err)
{
    session_environment(session, program);
    if (program->options.manifest)
        return dl_integration_read(&session->integration, program->options.manifest, err);
    return find_integration(session, program->options.integration, err);
}

int session_open(struct session *session, const struct program *program, enum session_need need,
                 struct dl_error *err)
{
    int rc = session_find(session, program, err);

    if (rc == 0)
        rc = session_load(session, program, need, err);
    if (rc < 0)
        session_close(session);
    return rc;
}

void session_close(struct session *session)
{
    dl_config_free(session->config);
    dl_config_free(session->saved);
    dl_integration_free(session->integration);
    session->config = session->saved = NULL;
    session->integration = NULL;
}

int session_given_key(struct dl_key **out, const struct program *program, struct dl_error *err)
{
    const struct options *o = &program->options;

    *out = NULL;
    if (o->api_key && strcmp(o->api_key, "-") != 0)
        return dl_error_set(err, DL_E_USAGE,
                            "--api-key takes - alone (standard input): a key on the command line "
                            "can be read by every user; now it is compromised, so revoke it");
    if (o->api_key && o->api_key_fd >= 0)
        return dl_error_set(err, DL_E_USAGE, "give --api-key or --api-key-fd, not both");
    if (o->api_key)
        return dl_key_read_fd(out, STDIN_FILENO, err);
    if (o->api_key_fd >= 0)
        return dl_key_read_fd(out, (int)o->api_key_fd, err);
    return 0;
}

int session_key(struct dl_key **out, struct session *session, struct program *program,
                struct dl_error *err)
{
    int rc = session_given_key(out, program, err);

    if (rc < 0 || *out)
        return rc;
    if (program->environment_key) {
        *out = program->environment_key;
        program->environment_key = NULL;
        return 0;
    }
    return dl_key_read(out, session->config, &session->keys, err);
}
