/* The public sender: a shipper with the program's configuration, key and callbacks. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "ddlogs_private.h"
#include "net/endpoint.h"
#include "secret/key_source.h"
#include "secret/redact.h"
#include "sender/shipper.h"

#define KEY_WAIT_MS 3000
#define CLOSE_COMMIT_MS 5000 /* what was taken goes to the spool even when nothing is delivered */

struct ddlogs_sender {
    ddlogs_integration *integration;
    struct dl_config *config; /* says where the key comes from */
    char *credentials_directory;
    bool key_given; /* by the program: it cannot be read anew */
    struct dl_shipper *shipper;
    ddlogs_receipt_callback on_receipt;
    void *receipt_context;
    ddlogs_notice_callback on_notice;
    void *notice_context;
    int wait_ms;
    uint64_t refused_told; /* refused logs that a flush has failed for */
};

/* ---- what the shipper tells ---- */

static void receipt(void *context, enum dl_receipt what, uint64_t first, uint64_t count,
                    const struct dl_error *why)
{
    ddlogs_sender *s = context;
    ddlogs_error error;

    if (!s->on_receipt)
        return;
    if (why)
        error.error = *why;
    s->on_receipt(s->receipt_context, (enum ddlogs_receipt)what, first, count, why ? &error : NULL);
}

static void notice(void *context, const struct dl_error *what)
{
    ddlogs_sender *s = context;
    ddlogs_error error = {.error = *what};

    if (s->on_notice)
        s->on_notice(s->notice_context, &error);
}

static int read_key(void *context, struct dl_key **out, struct dl_error *err)
{
    ddlogs_sender *s = context;
    struct dl_key_environment places = {.credentials_directory = s->credentials_directory,
                                        .timeout_ms = KEY_WAIT_MS};

    if (s->key_given)
        return dl_error_set(err, DL_E_KEY_NONE, "the program gave the key");
    return dl_key_read(out, s->config, &places, err);
}

/* ---- opening ---- */

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

static int find_key(struct dl_key **out, const ddlogs_config *config, struct dl_error *err)
{
    struct dl_key_environment places = {.credentials_directory = config->credentials_directory,
                                        .timeout_ms = KEY_WAIT_MS};

    dl_redact_install();
    if (config->key)
        return dl_key_new(out, dl_key_text(config->key), dl_key_length(config->key), err);
    return dl_key_read(out, config->value, &places, err);
}

static int find_proxy(struct dl_proxy *out, const ddlogs_config *config, struct dl_error *err)
{
    struct dl_endpoint endpoint;
    int rc = dl_endpoint_from_config(&endpoint, config->value, err);

    return rc < 0 ? rc
                  : dl_proxy_resolve(out, config->value, &config->proxies, endpoint.intake, err);
}

/* Calls `use` with the settings that a configuration comes to. */
static int with_settings(ddlogs_sender *s, const ddlogs_config *config,
                         int (*use)(ddlogs_sender *s, const struct dl_shipper_settings *settings,
                                    struct dl_error *err),
                         struct dl_error *err)
{
    struct dl_proxy proxy;
    struct dl_key *key = NULL;
    int rc = find_proxy(&proxy, config, err); /* before the key: a wrong site asks for no key */

    if (rc == 0)
        rc = find_key(&key, config, err);
    if (rc == 0) {
        const struct dl_shipper_settings settings = {
            .config = config->value, .key = key, .proxy = proxy.url[0] ? &proxy : NULL};

        rc = use(s, &settings, err);
    }
    dl_key_free(key);
    return rc;
}

static int open_with(ddlogs_sender *s, const struct dl_shipper_settings *settings,
                     struct dl_error *err)
{
    char hostname[256];
    struct dl_shipper_options options = {
        .settings = *settings,
        .integration = s->integration->value,
        .events = {.context = s, .receipt = receipt, .notice = notice, .read_key = read_key}};

    read_hostname(hostname, sizeof hostname);
    options.hostname = hostname[0] ? hostname : NULL;
    return dl_shipper_open(&s->shipper, &options, err);
}

static void free_sender(ddlogs_sender *s)
{
    dl_shipper_close(s->shipper);
    dl_config_free(s->config);
    free(s->credentials_directory);
    ddlogs_integration_free(s->integration);
    free(s);
}

/* What tells where the key comes from, to read it anew. */
static int keep_key_source(ddlogs_sender *s, const ddlogs_config *config, struct dl_error *err)
{
    struct dl_config *copy;
    char *folder = NULL;
    int rc = dl_config_copy(&copy, config->value, err);

    if (rc < 0)
        return rc;
    if (config->credentials_directory && !(folder = strdup(config->credentials_directory))) {
        dl_config_free(copy);
        return dl_error_set(err, DL_E_NOMEM, "no memory for the sender");
    }
    dl_config_free(s->config);
    free(s->credentials_directory);
    s->config = copy;
    s->credentials_directory = folder;
    s->key_given = config->key != NULL;
    return 0;
}

int ddlogs_sender_open(ddlogs_sender **out, const ddlogs_integration *integration,
                       const ddlogs_config *config, ddlogs_error *error)
{
    struct dl_error *err = dl_public_error(error);
    ddlogs_sender *s = calloc(1, sizeof *s);
    int rc;

    if (!s)
        return dl_error_set(err, DL_E_NOMEM, "no memory for the sender");
    memcpy(&s->integration, &integration, sizeof integration); /* shared: only its count changes */
    __atomic_add_fetch(&s->integration->references, 1, __ATOMIC_RELAXED);
    s->wait_ms = -1;
    s->on_receipt = config->on_receipt;
    s->receipt_context = config->receipt_context;
    s->on_notice = config->on_notice;
    s->notice_context = config->notice_context;
    rc = keep_key_source(s, config, err);
    if (rc == 0)
        rc = with_settings(s, config, open_with, err);
    if (rc < 0) {
        free_sender(s);
        return rc;
    }
    s->refused_told = ddlogs_sender_count(s, "quarantined"); /* by an earlier process */
    *out = s;
    return 0;
}

static int reload_with(ddlogs_sender *s, const struct dl_shipper_settings *settings,
                       struct dl_error *err)
{
    return dl_shipper_reload(s->shipper, settings, err);
}

int ddlogs_sender_reload(ddlogs_sender *sender, const ddlogs_config *config, ddlogs_error *error)
{
    return with_settings(sender, config, reload_with, dl_public_error(error));
}

/* ---- sending ---- */

static int take(ddlogs_sender *s, const struct dl_log *log, uint64_t *number, ddlogs_error *error)
{
    return dl_shipper_take(s->shipper, log, s->wait_ms, number, dl_public_error(error));
}

int ddlogs_sender_text(ddlogs_sender *sender, const char *text, size_t length, const char *status,
                       const char *service, uint64_t *number, ddlogs_error *error)
{
    struct dl_log log = {.bytes = text, .len = length, .status = status, .service = service};

    return take(sender, &log, number, error);
}

int ddlogs_sender_json(ddlogs_sender *sender, const char *json, size_t length, const char *service,
                       uint64_t *number, ddlogs_error *error)
{
    struct dl_log log = {.bytes = json, .len = length, .json = true, .service = service};

    return take(sender, &log, number, error);
}

void ddlogs_sender_wait(ddlogs_sender *sender, int timeout_ms)
{
    sender->wait_ms = timeout_ms;
}

int ddlogs_sender_commit(ddlogs_sender *sender, int timeout_ms, ddlogs_error *error)
{
    return dl_shipper_commit(sender->shipper, timeout_ms, dl_public_error(error));
}

int ddlogs_sender_problem(ddlogs_sender *sender, ddlogs_error *error)
{
    struct dl_error *err = dl_public_error(error);
    struct dl_error problem, last, refusal;

    dl_shipper_troubles(sender->shipper, &problem, &last, &refusal);
    if (problem.code && err)
        *err = problem;
    return -(int)problem.code;
}

/* What a flush that is over says. */
static int flush_verdict(ddlogs_sender *s, struct dl_error *err)
{
    struct dl_error problem, last, refusal;
    struct dl_shipper_stats stats;
    uint64_t left, news;
    int rc = dl_shipper_stats(s->shipper, &stats, err);

    if (rc < 0)
        return rc;
    dl_shipper_troubles(s->shipper, &problem, &last, &refusal);
    left = stats.pending + stats.waiting;
    if (left && problem.code) {
        if (err)
            *err = problem;
        return -(int)problem.code;
    }
    if (left)
        return dl_error_set(err, DL_E_UNDELIVERED, "%llu logs are not delivered yet; %s%s",
                            (unsigned long long)left, last.code ? "the last answer: " : "",
                            last.code ? last.text : "no answer came");
    news = stats.quarantined + stats.notes.refused - s->refused_told;
    if (!news || !refusal.code)
        return 0;
    s->refused_told += news;
    dl_error_set(err, refusal.code, "%llu logs were refused, the last one: %s",
                 (unsigned long long)news, refusal.text);
    if (err)
        err->http_status = refusal.http_status;
    return -(int)refusal.code;
}

int ddlogs_sender_flush(ddlogs_sender *s, int timeout_ms, ddlogs_error *error)
{
    struct dl_error *err = dl_public_error(error);
    int rc = dl_shipper_flush(s->shipper, timeout_ms, err);

    return rc == 0 || rc == -DL_E_UNDELIVERED ? flush_verdict(s, err) : rc;
}

uint64_t ddlogs_sender_count(ddlogs_sender *sender, const char *name)
{
    struct dl_shipper_stats stats;
    const struct {
        const char *name;
        const uint64_t *value;
    } counters[] = {
        {"taken", &stats.taken},
        {"waiting", &stats.waiting},
        {"accepted", &stats.accepted},
        {"delivered", &stats.delivered},
        {"pending", &stats.pending},
        {"quarantined", &stats.quarantined},
        {"damaged", &stats.damaged},
        {"discarded", &stats.discarded},
        {"dropped", &stats.dropped},
        {"refused", &stats.notes.refused},
        {"requests", &stats.requests},
        {"retries", &stats.retries},
        {"bytes", &stats.bytes},
        {"wire_bytes", &stats.wire_bytes},
        {"cut", &stats.notes.cut},
        {"replaced", &stats.notes.replaced},
        {"renamed", &stats.notes.renamed},
        {"clashed", &stats.notes.clashed},
        {"flattened", &stats.notes.flattened},
        {"aged", &stats.notes.aged},
        {"ahead", &stats.notes.ahead},
        {"oldest_ms", &stats.oldest_ms},
    };

    if (dl_shipper_stats(sender->shipper, &stats, NULL) < 0)
        return 0;
    for (size_t i = 0; i < sizeof counters / sizeof *counters; i++)
        if (strcmp(counters[i].name, name) == 0)
            return *counters[i].value;
    return 0;
}

int ddlogs_sender_close(ddlogs_sender *sender, int timeout_ms, ddlogs_error *error)
{
    int64_t begun = dl_clock_ms();
    int rc;

    if (!sender)
        return 0;
    if (timeout_ms >= 0 && timeout_ms < CLOSE_COMMIT_MS)
        rc = dl_shipper_commit(sender->shipper, CLOSE_COMMIT_MS, dl_public_error(error));
    else
        rc = 0;
    if (rc == 0) {
        int64_t left = timeout_ms < 0 ? -1 : begun + timeout_ms - dl_clock_ms();

        rc = ddlogs_sender_flush(sender, timeout_ms < 0 ? -1 : left < 0 ? 0 : (int)left, error);
    }
    if (rc != -DL_E_FORK)
        free_sender(sender);
    return rc;
}
