/* One request: who asks for what, its body, its logs. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "base/text.h"
#include "intake/server.h"

/* A body that is too large is read to its end, so that the client sees the 413 instead of a broken
 * connection, but only up to this many bytes and seconds. */
enum { DRAIN_MAX = 20000000, SECONDS_MAX = 60, KEY_RUN = 27 };

static int64_t now_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static const char *header(const struct dl_intake_request *r, const char *name)
{
    return MHD_lookup_connection_value(r->connection, MHD_HEADER_KIND, name);
}

static void refuse(struct dl_intake_request *r, int status, const char *detail)
{
    if (r->status == 0) {
        r->status = status;
        r->detail = detail;
    }
}

/* The name in a Host header, without port and brackets, in lower case. */
static bool host_name(char to[256], const char *host)
{
    bool bracket = *host == '[';
    size_t len = strcspn(host += bracket, bracket ? "]" : ":");

    if (len == 0 || len >= 256)
        return false;
    for (size_t i = 0; i < len; i++)
        to[i] = dl_ascii_lower(host[i]);
    to[len] = '\0';
    return true;
}

static bool is_loopback(const char *name)
{
    return strcmp(name, "localhost") == 0 || strcmp(name, "::1") == 0 ||
           (strncmp(name, "127.", 4) == 0 && strspn(name, "0123456789.") == strlen(name));
}

static const struct route {
    enum dl_intake_route route;
    enum dl_intake_family family;
    const char *path, *method;
} routes[] = {
    {DL_ROUTE_LOGS_V2, DL_FAMILY_LOGS_V2, "/api/v2/logs", "POST"},
    {DL_ROUTE_LOGS_V1, DL_FAMILY_LOGS_V1, "/v1/input", "POST"},
    {DL_ROUTE_VALIDATE_V1, DL_FAMILY_API, "/api/v1/validate", "GET"},
    {DL_ROUTE_VALIDATE_V2, DL_FAMILY_API, "/api/v2/validate", "GET"},
};

/* Datadog's intake and API are two hosts: under their own names each serves its paths alone. */
static bool serves(const char *host, enum dl_intake_family family)
{
    if (dl_text_starts(host, "api."))
        return family == DL_FAMILY_API;
    if (strstr(host, "http-intake.logs."))
        return family != DL_FAMILY_API;
    return true;
}

static void find_route(struct dl_intake_request *r, const char *host, const char *url,
                       const char *method)
{
    r->route = DL_ROUTE_NONE;
    r->family = dl_text_starts(host, "api.") ? DL_FAMILY_API : DL_FAMILY_LOGS_V2;
    for (size_t i = 0; i < sizeof routes / sizeof *routes; i++) {
        if (strcmp(routes[i].path, url) != 0 || !serves(host, routes[i].family))
            continue;
        r->route = routes[i].route;
        r->family = routes[i].family;
        if (strcmp(routes[i].method, method) != 0)
            refuse(r, 405, NULL);
        return;
    }
    refuse(r, 404, r->family == DL_FAMILY_API ? "Not found" : NULL);
}

/* A page of another origin must not reach the intake through a name it made point to loopback. */
static void check_host(struct dl_intake_request *r, char name[256])
{
    const char *host = header(r, "Host");

    *name = '\0';
    if (!host || !host_name(name, host))
        refuse(r, 400, "Host is missing");
    else if (!r->intake->tls && !is_loopback(name))
        refuse(r, 421, NULL);
}

static void check_key(struct dl_intake_request *r)
{
    bool api = r->family == DL_FAMILY_API;

    if (!r->key || !*r->key)
        refuse(r, api ? 403 : 401, api ? "API key required" : NULL);
    else if (!dl_intake_auth_accepts(&r->intake->auth, r->key))
        refuse(r, 403, api ? "Forbidden" : NULL);
}

static bool is_type(const char *given, const char *type)
{
    size_t len = strlen(type);

    return given && strnlen(given, len) == len && dl_ascii_equal_n(given, type, len) &&
           (given[len] == '\0' || given[len] == ';' || given[len] == ' ');
}

static void check_body_headers(struct dl_intake_request *r)
{
    const char *length = header(r, "Content-Length"), *type = header(r, "Content-Type");
    enum dl_intake_coding coding = dl_intake_coding_find(header(r, "Content-Encoding"));

    if (length && strtoull(length, NULL, 10) > DL_INTAKE_BODY_MAX)
        refuse(r, 413, NULL);
    if (dl_intake_inflate_begin(&r->inflate, coding) < 0)
        refuse(r, coding == DL_CODING_UNKNOWN ? 415 : 500, NULL);
    r->is_json = is_type(type, "application/json");
    if (!r->is_json && !is_type(type, "text/plain") && !is_type(type, "application/logplex-1"))
        refuse(r, 415, NULL);
}

static struct dl_intake_request *take_spare(struct dl_intake *intake)
{
    struct dl_intake_request *r;

    pthread_mutex_lock(&intake->lock);
    r = intake->spare;
    if (r)
        intake->spare = r->next;
    pthread_mutex_unlock(&intake->lock);
    if (!r && (r = calloc(1, sizeof *r)) != NULL) {
        r->intake = intake;
        dl_buffer_init(&r->body, DL_INTAKE_BODY_MAX + 1);
        dl_buffer_init(&r->answer, 64 * 1024);
        dl_buffer_init(&r->explorer, DL_INTAKE_PREVIEW_MAX);
    }
    return r;
}

void dl_intake_request_free(struct dl_intake_request *r)
{
    dl_intake_inflate_free(&r->inflate);
    dl_buffer_free(&r->body);
    dl_buffer_free(&r->answer);
    dl_buffer_free(&r->explorer);
    free(r);
}

/* What the log shows of a path that is none of ours could be a key (/v1/input/KEY). */
static void keep_names(struct dl_intake_request *r, const char *url, const char *method)
{
    char path[sizeof r->path];

    dl_text_copy(path, sizeof path, url);
    dl_intake_mask(path, strlen(path), KEY_RUN, false);
    dl_log_scrub(r->path, sizeof r->path, path, strlen(path));
    dl_log_scrub(r->method, sizeof r->method, method, strlen(method));
}

static void begin(struct dl_intake_request *r, struct MHD_Connection *connection, const char *url,
                  const char *method)
{
    struct dl_intake *intake = r->intake;
    char host[256];

    r->connection = connection;
    r->number = atomic_fetch_add(&intake->requests, 1) + 1;
    r->begun_us = now_us();
    r->wire = 0;
    r->status = 0;
    r->detail = NULL;
    r->finished = false;
    r->entries.count = 0;
    dl_buffer_clear(&r->body);
    dl_buffer_clear(&r->answer);
    dl_buffer_clear(&r->explorer);
    keep_names(r, url, method);
    r->key = header(r, "DD-API-KEY");
    check_host(r, host);
    find_route(r, host, url, method);
    check_key(r);
    if (r->family != DL_FAMILY_API)
        check_body_headers(r);
    pthread_mutex_lock(&intake->lock);
    dl_intake_fault_plan(&r->plan, intake->faults, intake->fault_count, intake->seed, r->number,
                         host, url);
    pthread_mutex_unlock(&intake->lock);
}

/* One piece of the body. MHD_NO: enough, close. */
static enum MHD_Result add(struct dl_intake_request *r, const char *data, size_t len)
{
    int rc;

    r->wire += len;
    if (r->plan.request_cut >= 0 && r->wire >= (uint64_t)r->plan.request_cut) {
        dl_intake_reset(r);
        return MHD_NO;
    }
    if (r->wire > DRAIN_MAX || now_us() - r->begun_us > SECONDS_MAX * 1000000LL)
        return MHD_NO;
    if (r->wire > DL_INTAKE_BODY_MAX)
        refuse(r, 413, NULL);
    if (r->status || r->family == DL_FAMILY_API)
        return MHD_YES;
    rc = dl_intake_inflate_add(&r->inflate, &r->body, DL_INTAKE_BODY_MAX, data, len);
    if (rc == -DL_E_LIMIT)
        refuse(r, 413, NULL);
    else if (rc < 0)
        refuse(r, rc == -DL_E_NOMEM ? 500 : 400, "Body does not match its Content-Encoding");
    return MHD_YES;
}

static void split(struct dl_intake_request *r)
{
    const char *text = dl_buffer_string(&r->body);
    int rc;

    if (dl_intake_inflate_end(&r->inflate) < 0) {
        refuse(r, 400, "Body does not match its Content-Encoding");
        return;
    }
    if (r->is_json)
        rc = dl_intake_split_json(&r->entries, text, r->body.len);
    else if (is_type(header(r, "Content-Type"), "text/plain"))
        rc = dl_intake_split_text(&r->entries, text, r->body.len);
    else
        rc = dl_intake_split_logplex(&r->entries, text, r->body.len);
    if (rc == -DL_E_LIMIT)
        refuse(r, 413, "Too many logs in one request");
    else if (rc < 0)
        refuse(r, 400, r->is_json ? NULL : "Invalid frame");
}

static enum MHD_Result add_query(void *query, enum MHD_ValueKind kind, const char *name,
                                 const char *value)
{
    static const char *const secrets[] = {"dd-api-key", "api_key", "apikey", "application_key"};

    (void)kind;
    for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++)
        if (dl_ascii_equal(name, secrets[i]))
            value = "********";
    return dl_intake_member(query, name, value ? value : "") < 0 ? MHD_NO : MHD_YES;
}

static int record(struct dl_intake_request *r)
{
    static const char *const kept[] = {
        "Content-Type",  "Content-Encoding",      "Content-Length", "Host",  "User-Agent",
        "DD-EVP-ORIGIN", "DD-EVP-ORIGIN-VERSION", "DD-PROTOCOL",    "Expect"};
    struct dl_intake_arrival arrival = {
        .number = r->number,
        .path = r->path,
        .encoding = dl_intake_coding_name(r->inflate.coding),
        .is_json = r->is_json,
        .key = r->key,
    };
    int rc = 0;

    dl_intake_recorder_preview(&r->intake->recorder, &r->explorer, &arrival,
                               dl_buffer_string(&r->body), &r->entries);
    if (r->intake->recorder.fd < 0 || r->entries.count == 0)
        return 0;
    dl_buffer_init(&arrival.headers, 64 * 1024);
    dl_buffer_init(&arrival.query, 64 * 1024);
    for (size_t i = 0; i < sizeof kept / sizeof *kept && rc == 0; i++) {
        const char *value = header(r, kept[i]);
        if (value)
            rc = dl_intake_member(&arrival.headers, kept[i], value);
    }
    MHD_get_connection_values(r->connection, MHD_GET_ARGUMENT_KIND, add_query, &arrival.query);
    if (rc == 0)
        rc = dl_intake_recorder_add(&r->intake->recorder, &arrival, dl_buffer_string(&r->body),
                                    &r->entries);
    dl_buffer_free(&arrival.headers);
    dl_buffer_free(&arrival.query);
    return rc;
}

static void count(struct dl_intake_request *r)
{
    struct dl_intake *intake = r->intake;
    uint64_t truncated = 0;

    for (size_t i = 0; i < r->entries.count; i++)
        truncated += r->entries.spans[i].length > DL_INTAKE_ENTRY_MAX;
    atomic_fetch_add(&intake->accepted_requests, 1);
    atomic_fetch_add(&intake->logs, r->entries.count);
    atomic_fetch_add(&intake->bytes, r->body.len);
    atomic_fetch_add(&intake->wire_bytes, r->wire);
    atomic_fetch_add(&intake->truncated, truncated);
}

/* All checks are passed: takes the logs in unless a fault forbids it. */
static void accept_request(struct dl_intake_request *r)
{
    r->status = r->route == DL_ROUTE_LOGS_V2 ? 202 : 200;
    if (r->family == DL_FAMILY_API)
        return;
    if (r->plan.status >= 300 || r->plan.html || r->plan.rubbish) {
        r->entries.count = 0;
        return;
    }
    if (record(r) < 0) {
        r->status = 500;
        r->detail = "The record cannot be written";
        r->entries.count = 0;
        return;
    }
    count(r);
}

static void log_line(struct dl_intake_request *r)
{
    char line[512];

    if (!r->intake->log)
        return;
    dl_text_format(line, sizeof line, "%s %s %d logs=%zu bytes=%zu %.1fms%s", r->method, r->path,
                   r->status, r->entries.count, r->wire, (double)(now_us() - r->begun_us) / 1000,
                   r->plan.any ? " fault" : "");
    dl_intake_hide(line, strlen(line), r->key);
    r->intake->log(r->intake->context, line);
}

static void check_poison(struct dl_intake_request *r)
{
    const char *poison = r->plan.poison;

    if (!poison || !memmem(dl_buffer_string(&r->body), r->body.len, poison, strlen(poison)))
        return;
    refuse(r, 400, "A log holds what a fault refuses");
    r->entries.count = 0;
}

static enum MHD_Result finish(struct dl_intake_request *r)
{
    if (r->finished) /* the library asks again while an answer is on its way */
        return MHD_YES;
    r->finished = true;
    if (!r->status && r->family != DL_FAMILY_API)
        split(r);
    check_poison(r);
    if (!r->status)
        accept_request(r);
    if (r->plan.status && r->status != r->plan.status) {
        r->status = r->plan.status;
        r->detail = NULL;
    }
    log_line(r);
    return dl_intake_answer(r);
}

enum MHD_Result dl_intake_request_handle(void *cls, struct MHD_Connection *connection,
                                         const char *url, const char *method, const char *version,
                                         const char *data, size_t *size, void **state)
{
    struct dl_intake_request *r = *state;

    (void)version;
    if (!r) {
        if (!(r = take_spare(cls)))
            return MHD_NO;
        *state = r;
        begin(r, connection, url, method);
        return r->plan.drop ? MHD_NO : MHD_YES;
    }
    if (*size > 0) {
        size_t len = *size;
        *size = 0;
        return add(r, data, len);
    }
    return finish(r);
}

void dl_intake_request_completed(void *cls, struct MHD_Connection *connection, void **state,
                                 enum MHD_RequestTerminationCode why)
{
    struct dl_intake_request *r = *state;
    struct dl_intake *intake = cls;

    (void)connection;
    (void)why;
    if (!r)
        return;
    *state = NULL;
    r->key = NULL; /* the library clears its memory between requests: see tests/cli/intake.bats */
    pthread_mutex_lock(&intake->lock);
    r->next = intake->spare;
    intake->spare = r;
    pthread_mutex_unlock(&intake->lock);
}
