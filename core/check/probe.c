#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "check/internal.h"

#define LOOK_MS 5000 /* for the second handshake */

/* ---- proxy ---- */

/* The first trap becomes the row's code and message, all of them its evidence. */
static void lint(void *context, enum dl_code code, const char *sentence)
{
    struct dl_stage_report *report = context;

    if (report->code == DL_OK) {
        report->code = code;
        dl_text_copy(report->message, sizeof report->message, sentence);
    }
    dl_stage_evidence(report, dl_error_info(code)->id, "%s", sentence);
}

void dl_probe_proxy(struct dl_check *check)
{
    static const struct dl_proxy_environment none;
    const struct dl_proxy_environment *environment = check->options.environment;
    struct dl_stage_report *report = &check->reports[DL_STAGE_PROXY];
    struct dl_error err = {0};
    char message[512], trap[512];

    environment = environment ? environment : &none;
    if (dl_proxy_resolve(&check->proxy, check->options.config, environment, check->endpoint.intake,
                         &err) < 0 ||
        dl_proxy_resolve(&check->api_proxy, check->options.config, environment, check->endpoint.api,
                         &err) < 0) {
        dl_stage_fail(check, DL_STAGE_PROXY, DL_RESULT_FAIL, -1, &err);
        return;
    }
    if (check->proxy.url[0]) {
        dl_text_format(message, sizeof message, "%s (from %s)", check->proxy.shown,
                       check->proxy.origin);
        dl_stage_evidence(report, "proxy", "%s", check->proxy.shown);
        dl_stage_evidence(report, "origin", "%s", check->proxy.origin);
        dl_target_from_url(&check->peer, check->proxy.shown);
    } else if (strcmp(check->proxy.reason, "none") == 0 || !check->proxy.reason[0]) {
        dl_text_copy(message, sizeof message, "none");
    } else {
        dl_text_format(message, sizeof message, "none (%s)", check->proxy.reason);
        dl_stage_evidence(report, "reason", "%s", check->proxy.reason);
    }
    dl_proxy_lint(environment, lint, report);
    dl_text_copy(trap, sizeof trap, report->message);
    if (report->code == DL_OK)
        dl_stage_settle(check, DL_STAGE_PROXY, DL_RESULT_PASS, -1, "%s", message);
    else
        dl_stage_settle(check, DL_STAGE_PROXY, DL_RESULT_WARN, -1, "%s; %s", message, trap);
}

/* ---- what the handshake is about ---- */

static bool proxied(const struct dl_check *check)
{
    return check->proxy.url[0] != '\0';
}

/* "proxy p.corp", "p.corp": who is meant, for sentences */
static void peer_name(const struct dl_check *check, char *to, size_t size)
{
    dl_text_format(to, size, "%s%s", proxied(check) ? "proxy " : "", check->peer.host);
}

static void peer_evidence(struct dl_check *check, enum dl_stage stage)
{
    struct dl_stage_report *report = &check->reports[stage];

    dl_stage_peer(check, report);
    if (!proxied(check) && check->options.config->connect_to)
        dl_stage_evidence(report, "connect_to", "%s", check->options.config->connect_to);
}

static void address_evidence(struct dl_stage_report *report, const struct dl_http_answer *answer)
{
    if (answer->address[0])
        dl_stage_evidence(report, "address", "%s", answer->address);
    for (size_t i = 0; i < answer->address_count; i++)
        if (strcmp(answer->addresses[i], answer->address) != 0)
            dl_stage_evidence(report, "tried", "%s", answer->addresses[i]);
}

/* ---- rows that passed ---- */

static void pass_dns(struct dl_check *check, const struct dl_http_answer *answer)
{
    struct dl_stage_report *report = &check->reports[DL_STAGE_DNS];
    const char *address = answer->address[0]      ? answer->address
                          : answer->address_count ? answer->addresses[0]
                                                  : "found";
    const char *whose = proxied(check) ? " (the proxy; it looks up the intake itself)"
                        : check->options.config->connect_to ? " (connect_to)"
                                                            : "";

    peer_evidence(check, DL_STAGE_DNS);
    address_evidence(report, answer);
    if (check->peer.literal)
        dl_stage_settle(check, DL_STAGE_DNS, DL_RESULT_SKIP, 0,
                        "%s is an address: nothing to look up%s", check->peer.host, whose);
    else
        dl_stage_settle(check, DL_STAGE_DNS, DL_RESULT_PASS,
                        answer->dns_ms >= 0 ? answer->dns_ms : -1, "%s -> %s%s", check->peer.host,
                        address, whose);
}

static int64_t between(int64_t from, int64_t to)
{
    from = from > 0 ? from : 0;
    return to >= from ? to - from : -1;
}

static void pass_tcp(struct dl_check *check, const struct dl_http_answer *answer)
{
    struct dl_stage_report *report = &check->reports[DL_STAGE_TCP];
    const char *family = !answer->address[0]            ? ""
                         : strchr(answer->address, ':') ? ", IPv6"
                                                        : ", IPv4";
    int64_t ms = between(answer->dns_ms, answer->connect_ms);

    peer_evidence(check, DL_STAGE_TCP);
    address_evidence(report, answer);
    if (proxied(check))
        dl_stage_settle(check, DL_STAGE_TCP, DL_RESULT_PASS, ms, "%s port %d%s, tunnel to %s:%d",
                        check->peer.host, check->peer.port, family, check->intake.host,
                        check->intake.port);
    else
        dl_stage_settle(check, DL_STAGE_TCP, DL_RESULT_PASS, ms, "port %d%s", check->peer.port,
                        family);
}

static void pass_tls(struct dl_check *check, const struct dl_http_answer *answer)
{
    peer_evidence(check, DL_STAGE_TLS);
    dl_tls_stage_evidence(&check->reports[DL_STAGE_TLS], answer);
    if (check->intake.tls)
        dl_tls_stage_pass(check, answer, between(answer->connect_ms, answer->tls_ms));
    else
        dl_stage_settle(check, DL_STAGE_TLS, DL_RESULT_SKIP, 0,
                        "plain HTTP to this machine: nothing to encrypt");
}

/* Rows whose marks the transfer has passed. With a proxy the TCP row includes its tunnel. */
static void pass_marks(struct dl_check *check, const struct dl_http_answer *answer)
{
    bool tunnel =
        !proxied(check) || !check->intake.tls || answer->proxy_status == 200 || answer->tls_ms >= 0;

    if (check->current == DL_STAGE_DNS && answer->dns_ms >= 0) {
        pass_dns(check, answer);
        dl_check_enter(check, DL_STAGE_TCP);
    }
    if (check->current == DL_STAGE_TCP && answer->connect_ms >= 0 && tunnel) {
        pass_tcp(check, answer);
        dl_check_enter(check, DL_STAGE_TLS);
    }
}

/* ---- failures ---- */

static enum dl_stage stage_of(const struct dl_check *check, enum dl_code code,
                              const struct dl_http_answer *answer)
{
    switch (code) {
    case DL_E_NET_DNS:
    case DL_E_NET_DNS_PROXY:
        return DL_STAGE_DNS;
    case DL_E_NET_REFUSED:
    case DL_E_NET_UNREACH:
    case DL_E_PROXY_REFUSED:
    case DL_E_PROXY_AUTH:
    case DL_E_PROXY_DENY:
        return DL_STAGE_TCP;
    case DL_E_NET_TIMEOUT:
        return check->current == DL_STAGE_DNS && answer->address_count ? DL_STAGE_TCP
                                                                       : check->current;
    case DL_E_TLS_TIMEOUT:
    case DL_E_TLS_NOTTLS:
    case DL_E_TLS_VERSION:
    case DL_E_TLS_CA:
    case DL_E_TLS_NAME:
    case DL_E_TLS_TIME:
    case DL_E_CA_FILE:
        return DL_STAGE_TLS;
    default:
        return check->current;
    }
}

/* Rows before the one that failed: passed if the transfer got there, else not reached. */
static void settle_before(struct dl_check *check, enum dl_stage failed,
                          const struct dl_http_answer *answer)
{
    while (check->current < failed) {
        enum dl_stage stage = check->current;
        bool reached = answer->address_count > 0 || answer->address[0];
        if (!reached)
            dl_stage_settle(check, stage, DL_RESULT_SKIP, 0, "not reached");
        else if (stage == DL_STAGE_DNS)
            pass_dns(check, answer);
        else
            pass_tcp(check, answer);
        dl_check_enter(check, stage + 1);
    }
}

static void look(struct dl_check *check);

static void fail(struct dl_check *check, const struct dl_http_answer *answer,
                 const struct dl_error *err)
{
    enum dl_stage stage = stage_of(check, err->code, answer);
    struct dl_stage_report *report;

    settle_before(check, stage, answer);
    stage = check->current;
    report = &check->reports[stage];
    peer_evidence(check, stage);
    address_evidence(report, answer);
    if (answer->proxy_status)
        dl_stage_evidence(report, "proxy_status", "%ld", answer->proxy_status);
    dl_tls_stage_evidence(report, answer);
    if (err->code == DL_E_TLS_CA || err->code == DL_E_TLS_NAME || err->code == DL_E_TLS_TIME) {
        check->outcome_error = *err;
        dl_check_continue(check, look, LOOK_MS);
        return;
    }
    dl_stage_fail(check, stage, DL_RESULT_FAIL, -1, err);
}

static void handshake_progress(void *context, const struct dl_http_answer *so_far)
{
    pass_marks(context, so_far);
}

static void handshake_done(void *context, const struct dl_http_answer *answer)
{
    struct dl_check *check = context;

    check->transfer = NULL;
    pass_marks(check, answer);
    if (answer->code != DL_OK) {
        struct dl_error err = {.code = answer->code, .sys_errno = answer->os_errno};
        dl_text_copy(err.text, sizeof err.text, answer->text);
        fail(check, answer, &err);
        return;
    }
    if (check->current == DL_STAGE_DNS) {
        pass_dns(check, answer);
        dl_check_enter(check, DL_STAGE_TCP);
    }
    if (check->current == DL_STAGE_TCP) {
        pass_tcp(check, answer);
        dl_check_enter(check, DL_STAGE_TLS);
    }
    pass_tls(check, answer);
}

static void handshake(struct dl_check *check, bool look, dl_http_done *done)
{
    struct dl_http_request request = {.method = DL_HTTP_CONNECT, .url = check->endpoint.intake};
    struct dl_http_answer nothing = {0};
    struct dl_error err = {0};

    dl_check_request(check, &request);
    request.proxy = proxied(check) ? &check->proxy : NULL;
    request.look_at_certificate = look;
    request.progress = look ? NULL : handshake_progress;
    if (dl_http_start(&check->transfer, check->http, &request, done, check, &err) < 0)
        fail(check, &nothing, &err);
}

void dl_probe_begin(struct dl_check *check)
{
    handshake(check, false, handshake_done);
}

/* ---- the certificate that was refused ---- */

static void look_done(void *context, const struct dl_http_answer *answer)
{
    struct dl_check *check = context;

    check->transfer = NULL;
    if (answer->chain_length) {
        dl_tls_stage_evidence(&check->reports[DL_STAGE_TLS], answer);
        dl_tls_stage_sentence(check, answer, &check->outcome_error);
    }
    dl_stage_fail(check, DL_STAGE_TLS, DL_RESULT_FAIL, -1, &check->outcome_error);
}

/* The second handshake, without a key and without trust. */
static void look(struct dl_check *check)
{
    check->looking = true;
    handshake(check, true, look_done);
}

/* ---- deadlines ---- */

void dl_probe_late(struct dl_check *check, int seconds)
{
    struct dl_error err = {0};
    char who[300];

    peer_name(check, who, sizeof who);
    if (check->looking) {
        dl_stage_fail(check, DL_STAGE_TLS, DL_RESULT_FAIL, -1, &check->outcome_error);
        return;
    }
    peer_evidence(check, check->current);
    if (check->current == DL_STAGE_DNS)
        dl_error_set(&err, proxied(check) ? DL_E_NET_DNS_PROXY : DL_E_NET_DNS,
                     "the name of %s cannot be looked up: the DNS server gave no answer in %d s",
                     who, seconds);
    else if (check->current == DL_STAGE_TCP)
        dl_error_set(&err, DL_E_NET_TIMEOUT, "no answer from %s port %d in %d s", who,
                     check->peer.port, seconds);
    else
        dl_error_set(&err, DL_E_TLS_TIMEOUT,
                     "%s port %d is connected, but the TLS handshake got no answer in %d s",
                     check->intake.host, check->intake.port, seconds);
    dl_stage_fail(check, check->current, DL_RESULT_FAIL, -1, &err);
}
