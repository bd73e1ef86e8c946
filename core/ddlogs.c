/* The public face of the library: opaque handles over the rooms, and the loop that the rooms live
 * on. */
#include "ddlogs.h"

#include <poll.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "config.h"
#include "identity/config.h"
#include "identity/integration.h"
#include "identity/paths.h"
#include "net/endpoint.h"
#include "net/http.h"
#include "net/proxy.h"
#include "secret/key.h"
#include "secret/key_source.h"
#include "secret/redact.h"
#include "sender/sender.h"

#define KEY_WAIT_MS 3000
#define FULL_WAIT_MS 10000
/* of logs, after which the loop is turned at the latest */
#define TURN_BYTES ((size_t)128 * 1024)
#define MEMORY ((size_t)16 * 1024 * 1024) /* of packed requests: some 100 MB of logs */

struct ddlogs_error {
    struct dl_error error;
};

struct ddlogs_integration {
    struct dl_integration *value;
    unsigned references; /* the handle itself and each sender that was opened with it */
};

struct ddlogs_config {
    struct dl_config *value;
    struct dl_proxy_environment proxies; /* point into `variables` */
    char *variables[16];                 /* copies of the environment's */
    size_t variable_count;
    const char *credentials_directory;
    struct dl_key *key; /* given by the program, or NULL */
};

struct ddlogs_sender {
    ddlogs_integration *integration;
    struct dl_config *config;
    struct dl_key *key;
    struct dl_proxy proxy;
    char hostname[256];
    struct dl_http *http;
    struct dl_sender *sender;
    int wait_ms;
    int64_t polled_tick;   /* when the loop turned last */
    size_t unpolled;       /* bytes of logs taken since */
    uint64_t refused_told; /* refused logs that a flush has failed for */
};

const char *ddlogs_version(void)
{
    return PACKAGE_VERSION;
}

/* ---- errors ---- */

ddlogs_error *ddlogs_error_new(void)
{
    return calloc(1, sizeof(ddlogs_error));
}

void ddlogs_error_free(ddlogs_error *error)
{
    free(error);
}

const char *ddlogs_error_code(const ddlogs_error *error)
{
    return error && error->error.code ? dl_error_info(error->error.code)->id : "";
}

const char *ddlogs_error_text(const ddlogs_error *error)
{
    return error && error->error.code ? error->error.text : "";
}

int ddlogs_error_http_status(const ddlogs_error *error)
{
    return error ? error->error.http_status : 0;
}

/* The room's error inside the handle, emptied for a new call. */
static struct dl_error *fresh(ddlogs_error *error)
{
    if (!error)
        return NULL;
    error->error.code = DL_OK;
    error->error.http_status = error->error.sys_errno = 0;
    error->error.text[0] = '\0';
    return &error->error;
}

static int fail_with(struct dl_error *err, const struct dl_error *cause)
{
    if (err)
        *err = *cause;
    return -(int)cause->code;
}

/* ---- the manifest ---- */

static int wrap_integration(ddlogs_integration **out, struct dl_integration *value,
                            struct dl_error *err)
{
    ddlogs_integration *integration = calloc(1, sizeof *integration);

    if (!integration) {
        dl_integration_free(value);
        return dl_error_set(err, DL_E_NOMEM, "no memory for the integration");
    }
    integration->value = value;
    integration->references = 1;
    *out = integration;
    return 0;
}

int ddlogs_integration_read(ddlogs_integration **out, const char *path, ddlogs_error *error)
{
    struct dl_error *err = fresh(error);
    struct dl_integration *value;
    int rc = dl_integration_read(&value, path, err);

    return rc < 0 ? rc : wrap_integration(out, value, err);
}

static int only_name(char *to, size_t size, const char *folders, struct dl_error *err)
{
    char **names;
    int rc = dl_integration_list(&names, folders, err);

    if (rc < 0)
        return rc;
    if (!names[0])
        rc = dl_error_set(err, DL_E_MANIFEST_NONE, "no integration is installed in %s", folders);
    else if (names[1])
        rc = dl_error_set(err, DL_E_VALUE,
                          "several integrations are installed, %s and %s among them: name one",
                          names[0], names[1]);
    else
        dl_text_copy(to, size, names[0]);
    dl_names_free(names);
    return rc;
}

int ddlogs_integration_find(ddlogs_integration **out, const char *name, ddlogs_error *error)
{
    const struct dl_path_environment installed = {0};
    const char *folders = dl_integrations_path(&installed);
    struct dl_error *err = fresh(error);
    struct dl_integration *value;
    char only[DL_NAME_MAX + 1];
    int rc = name ? 0 : only_name(only, sizeof only, folders, err);

    if (rc == 0)
        rc = dl_integration_find(&value, name ? name : only, folders, err);
    return rc < 0 ? rc : wrap_integration(out, value, err);
}

void ddlogs_integration_free(ddlogs_integration *integration)
{
    if (!integration || __atomic_sub_fetch(&integration->references, 1, __ATOMIC_ACQ_REL))
        return;
    dl_integration_free(integration->value);
    free(integration);
}

const char *ddlogs_integration_name(const ddlogs_integration *integration)
{
    return integration->value->name;
}

/* ---- the configuration ---- */

static int wrap_config(ddlogs_config **out, struct dl_config *value, struct dl_error *err)
{
    ddlogs_config *config = calloc(1, sizeof *config);

    if (!config) {
        dl_config_free(value);
        return dl_error_set(err, DL_E_NOMEM, "no memory for the configuration");
    }
    config->value = value;
    *out = config;
    return 0;
}

int ddlogs_config_new(ddlogs_config **out, const ddlogs_integration *integration,
                      ddlogs_error *error)
{
    struct dl_error *err = fresh(error);
    struct dl_config *value;
    int rc = dl_config_new(&value, integration->value->name, err);

    return rc < 0 ? rc : wrap_config(out, value, err);
}

/* Where this user's configuration is, by the user database: the environment is not asked. */
static int default_path(char *to, size_t size, const char *name, struct dl_error *err)
{
    struct dl_path_environment paths = {.root = geteuid() == 0};
    struct passwd user, *found = NULL;
    char text[4096];

    if (getpwuid_r(geteuid(), &user, text, sizeof text, &found) == 0 && found)
        paths.home = user.pw_dir;
    return dl_config_find(to, size, name, &paths, err);
}

int ddlogs_config_read(ddlogs_config **out, const ddlogs_integration *integration, const char *path,
                       ddlogs_error *error)
{
    struct dl_error *err = fresh(error);
    const char *name = integration->value->name;
    char found[4096];
    struct dl_config *value;
    int rc = path ? 0 : default_path(found, sizeof found, name, err);

    path = path ? path : found;
    if (rc == 0)
        rc = dl_config_read(&value, path, err);
    if (rc < 0)
        return rc;
    if (value->integration && strcmp(value->integration, name) != 0) {
        rc = dl_error_set(err, DL_E_CFG_PARSE, "%s is the configuration of \"%s\", not of \"%s\"",
                          path, value->integration, name);
        dl_config_free(value);
        return rc;
    }
    return wrap_config(out, value, err);
}

void ddlogs_config_free(ddlogs_config *config)
{
    if (!config)
        return;
    for (size_t i = 0; i < config->variable_count; i++)
        free(config->variables[i]);
    dl_key_free(config->key);
    dl_config_free(config->value);
    free(config);
}

int ddlogs_config_set(ddlogs_config *config, const char *key, const char *value,
                      ddlogs_error *error)
{
    struct dl_error *err = fresh(error);
    const struct dl_property_info *info;
    int rc = dl_property_find(&info, key, err);

    return rc < 0 ? rc : dl_config_set(config->value, info->property, value, DL_ORIGIN_OPTION, err);
}

int ddlogs_config_set_key(ddlogs_config *config, const char *key, size_t length,
                          ddlogs_error *error)
{
    struct dl_error *err = fresh(error);
    struct dl_key *made;
    int rc;

    dl_redact_install();
    rc = dl_key_new(&made, key, length, err);
    if (rc < 0)
        return rc;
    dl_key_free(config->key);
    config->key = made;
    return 0;
}

/* A copy of one variable that lives as long as the configuration; NULL when unset, and *failed
 * without memory: a proxy that is left out is no proxy to do without. */
static const char *keep_variable(ddlogs_config *config, const char *name, bool *failed)
{
    const char *value = getenv(name);
    char *copy = value ? strdup(value) : NULL;

    *failed |= value && !copy;
    if (copy)
        config->variables[config->variable_count++] = copy;
    return copy;
}

static void forget_variables(ddlogs_config *config)
{
    while (config->variable_count)
        free(config->variables[--config->variable_count]);
}

static int use_properties(struct dl_config *config, struct dl_error *err)
{
    int rc = 0;

    for (int p = 0; rc == 0 && p < DL_PROPERTY_COUNT; p++) {
        const char *name = dl_properties[p].environment;
        const char *value = *name ? getenv(name) : NULL;

        if (!value || !*value)
            continue;
        rc = dl_config_set(config, (enum dl_property)p, value, DL_ORIGIN_ENVIRONMENT, err);
        if (rc < 0)
            dl_error_prefix(err, "%s in the environment", name);
    }
    return rc;
}

int ddlogs_config_use_environment(ddlogs_config *config, ddlogs_error *error)
{
    struct dl_error *err = fresh(error);
    struct dl_key *key = NULL;
    bool failed = false;
    int rc;

    forget_variables(config);
    config->proxies = (struct dl_proxy_environment){
        .https_proxy = keep_variable(config, "https_proxy", &failed),
        .HTTPS_PROXY = keep_variable(config, "HTTPS_PROXY", &failed),
        .http_proxy = keep_variable(config, "http_proxy", &failed),
        .HTTP_PROXY = keep_variable(config, "HTTP_PROXY", &failed),
        .all_proxy = keep_variable(config, "all_proxy", &failed),
        .ALL_PROXY = keep_variable(config, "ALL_PROXY", &failed),
        .no_proxy = keep_variable(config, "no_proxy", &failed),
        .NO_PROXY = keep_variable(config, "NO_PROXY", &failed),
        .dd_proxy_https = keep_variable(config, "DD_PROXY_HTTPS", &failed),
        .dd_proxy_no_proxy = keep_variable(config, "DD_PROXY_NO_PROXY", &failed),
    };
    config->credentials_directory = keep_variable(config, "CREDENTIALS_DIRECTORY", &failed);
    if (failed)
        return dl_error_set(err, DL_E_NOMEM, "no memory for the environment");
    dl_redact_install();
    rc = dl_key_take_environment(&key, err);
    if (rc == 0 && key) {
        dl_key_free(config->key);
        config->key = key;
    }
    return rc == 0 ? use_properties(config->value, err) : rc;
}

/* ---- the sender ---- */

/* This machine's name as Datadog takes it, or "". */
static void read_hostname(char *to, size_t size)
{
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-";

    if (gethostname(to, size) < 0)
        *to = '\0';
    to[size - 1] = '\0';
    if (to[strspn(to, letters)] || dl_ascii_equal(to, "localhost") ||
        dl_ascii_equal(to, "localhost.localdomain"))
        *to = '\0';
}

static int find_key(ddlogs_sender *s, const ddlogs_config *config, struct dl_error *err)
{
    struct dl_key_environment places = {.credentials_directory = config->credentials_directory,
                                        .timeout_ms = KEY_WAIT_MS};

    dl_redact_install();
    if (config->key)
        return dl_key_new(&s->key, dl_key_text(config->key), dl_key_length(config->key), err);
    return dl_key_read(&s->key, s->config, &places, err);
}

static int find_proxy(ddlogs_sender *s, const ddlogs_config *config, struct dl_error *err)
{
    struct dl_endpoint endpoint;
    int rc = dl_endpoint_from_config(&endpoint, s->config, err);

    return rc < 0 ? rc
                  : dl_proxy_resolve(&s->proxy, s->config, &config->proxies, endpoint.intake, err);
}

static int start(ddlogs_sender *s, struct dl_error *err)
{
    struct dl_sender_options options = {
        .config = s->config,
        .integration = s->integration->value,
        .key = s->key,
        .proxy = s->proxy.url[0] ? &s->proxy : NULL,
        .hostname = s->hostname[0] ? s->hostname : NULL,
        .memory = MEMORY,
    };
    int rc = dl_http_new(&s->http, err);

    return rc < 0 ? rc : dl_sender_new(&s->sender, s->http, &options, err);
}

static void free_sender(ddlogs_sender *s)
{
    dl_sender_free(s->sender);
    if (s->http)
        dl_http_free(s->http);
    dl_key_free(s->key);
    dl_config_free(s->config);
    ddlogs_integration_free(s->integration);
    free(s);
}

int ddlogs_sender_open(ddlogs_sender **out, const ddlogs_integration *integration,
                       const ddlogs_config *config, ddlogs_error *error)
{
    struct dl_error *err = fresh(error);
    ddlogs_sender *s = calloc(1, sizeof *s);
    int rc;

    if (!s)
        return dl_error_set(err, DL_E_NOMEM, "no memory for the sender");
    memcpy(&s->integration, &integration, sizeof integration); /* shared: only its count changes */
    __atomic_add_fetch(&s->integration->references, 1, __ATOMIC_RELAXED);
    s->wait_ms = FULL_WAIT_MS;
    read_hostname(s->hostname, sizeof s->hostname);
    rc = dl_config_copy(&s->config, config->value, err);
    if (rc == 0)
        rc = find_proxy(s, config, err); /* before the key: a wrong site asks for no key */
    if (rc == 0)
        rc = find_key(s, config, err);
    if (rc == 0)
        rc = start(s, err);
    if (rc < 0) {
        free_sender(s);
        return rc;
    }
    *out = s;
    return 0;
}

/* One turn of the loop: waits at most timeout_ms, less when a timer of the sender is due. */
static int turn(ddlogs_sender *s, struct pollfd *fds, size_t count, int timeout_ms,
                struct dl_error *err)
{
    int due = dl_sender_step(s->sender);
    int rc;

    if (due >= 0 && (timeout_ms < 0 || due < timeout_ms))
        timeout_ms = due;
    rc = dl_http_poll(s->http, fds, count, timeout_ms, err);
    dl_sender_step(s->sender);
    s->polled_tick = dl_clock_tick();
    s->unpolled = 0;
    return rc < 0 ? rc : 0;
}

struct log {
    const char *bytes;
    size_t len;
    bool json;
    const char *status, *service;
};

static int take(ddlogs_sender *s, const struct log *log, struct dl_error *err)
{
    return log->json
               ? dl_sender_json(s->sender, log->bytes, log->len, log->service, err)
               : dl_sender_text(s->sender, log->bytes, log->len, log->status, log->service, err);
}

/* Milliseconds until deadline, -1: there is none. */
static int left_until(int64_t deadline)
{
    int64_t left = deadline - dl_clock_ms();

    if (deadline < 0)
        return -1;
    return left > 0 ? (int)left : 0;
}

static int wait_for_room(ddlogs_sender *s, const struct log *log, struct dl_error *err)
{
    int64_t deadline = s->wait_ms < 0 ? -1 : dl_clock_ms() + s->wait_ms;
    int rc;

    do {
        rc = turn(s, NULL, 0, left_until(deadline), err);
        if (rc == 0)
            rc = take(s, log, err);
    } while (rc == -DL_E_FULL && left_until(deadline) != 0);
    return rc;
}

static int take_or_wait(ddlogs_sender *s, const struct log *log, ddlogs_error *error)
{
    struct dl_error *err = fresh(error);
    int rc = take(s, log, err);

    s->unpolled += log->len;
    if (rc == -DL_E_FULL)
        rc = wait_for_room(s, log, err);
    else if (s->unpolled >= TURN_BYTES || dl_clock_tick() != s->polled_tick)
        turn(s, NULL, 0, 0, NULL); /* to turn it for every log would cost more than the log */
    return rc;
}

int ddlogs_sender_text(ddlogs_sender *sender, const char *text, size_t length, const char *status,
                       const char *service, ddlogs_error *error)
{
    struct log log = {.bytes = text, .len = length, .status = status, .service = service};

    return take_or_wait(sender, &log, error);
}

int ddlogs_sender_json(ddlogs_sender *sender, const char *json, size_t length, const char *service,
                       ddlogs_error *error)
{
    struct log log = {.bytes = json, .len = length, .json = true, .service = service};

    return take_or_wait(sender, &log, error);
}

void ddlogs_sender_wait(ddlogs_sender *sender, int timeout_ms)
{
    sender->wait_ms = timeout_ms;
}

int ddlogs_sender_poll(ddlogs_sender *sender, struct pollfd *fds, size_t count, int timeout_ms,
                       ddlogs_error *error)
{
    return turn(sender, fds, count, timeout_ms, fresh(error));
}

int ddlogs_sender_problem(const ddlogs_sender *sender, ddlogs_error *error)
{
    const struct dl_error *problem = dl_sender_problem(sender->sender);
    struct dl_error *err = fresh(error);

    return problem->code ? fail_with(err, problem) : 0;
}

/* What a flush that is over says. */
static int flush_verdict(ddlogs_sender *s, struct dl_error *err)
{
    const struct dl_error *problem = dl_sender_problem(s->sender);
    const struct dl_error *last = dl_sender_last_failure(s->sender);
    struct dl_sender_stats stats;
    uint64_t news;

    dl_sender_stats(s->sender, &stats);
    news = stats.refused - s->refused_told;
    if (stats.pending && problem->code)
        return fail_with(err, problem);
    if (stats.pending && last->code)
        return dl_error_set(err, DL_E_UNDELIVERED,
                            "%llu logs are not delivered yet; the last answer: %s",
                            (unsigned long long)stats.pending, last->text);
    if (stats.pending)
        return dl_error_set(err, DL_E_UNDELIVERED,
                            "%llu logs are not delivered yet; no answer came",
                            (unsigned long long)stats.pending);
    if (!news)
        return 0;
    s->refused_told = stats.refused;
    fail_with(err, dl_sender_refusal(s->sender));
    dl_error_prefix(err, "%llu logs were refused, the last one", (unsigned long long)news);
    return -(int)dl_sender_refusal(s->sender)->code;
}

int ddlogs_sender_flush(ddlogs_sender *s, int timeout_ms, ddlogs_error *error)
{
    struct dl_error *err = fresh(error);
    int64_t deadline = timeout_ms < 0 ? -1 : dl_clock_ms() + timeout_ms;
    int rc = dl_sender_flush(s->sender, err);

    while (rc == 0 && !dl_sender_idle(s->sender) && !dl_sender_problem(s->sender)->code) {
        int left = left_until(deadline);

        rc = turn(s, NULL, 0, left, err);
        if (left == 0)
            break;
    }
    return rc < 0 ? rc : flush_verdict(s, err);
}

uint64_t ddlogs_sender_count(const ddlogs_sender *sender, const char *name)
{
    struct dl_sender_stats stats;
    const struct {
        const char *name;
        const uint64_t *value;
    } counters[] = {
        {"taken", &stats.taken},
        {"accepted", &stats.accepted},
        {"pending", &stats.pending},
        {"refused", &stats.refused},
        {"requests", &stats.requests},
        {"retries", &stats.retries},
        {"bytes", &stats.bytes},
        {"wire_bytes", &stats.wire_bytes},
        {"cut", &stats.cut},
        {"replaced", &stats.replaced},
        {"renamed", &stats.renamed},
        {"clashed", &stats.clashed},
        {"flattened", &stats.flattened},
        {"aged", &stats.aged},
        {"ahead", &stats.ahead},
    };

    dl_sender_stats(sender->sender, &stats);
    for (size_t i = 0; i < sizeof counters / sizeof *counters; i++)
        if (strcmp(counters[i].name, name) == 0)
            return *counters[i].value;
    return 0;
}

int ddlogs_sender_close(ddlogs_sender *sender, int timeout_ms, ddlogs_error *error)
{
    int rc;

    if (!sender)
        return 0;
    rc = ddlogs_sender_flush(sender, timeout_ms, error);
    free_sender(sender);
    return rc;
}
