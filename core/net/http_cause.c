/* curl's result -> a row of the error table and one sentence with the particulars. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "net/http_private.h"

/* "the proxy http://p:3128 (from HTTPS_PROXY)" */
static void proxy_name(const struct dl_http_transfer *t, char *to, size_t size)
{
    dl_text_format(to, size, "the proxy %s%s%s%s", t->proxy_shown,
                   t->proxy_origin[0] ? " (from " : "", t->proxy_origin,
                   t->proxy_origin[0] ? ")" : "");
}

static bool proxied(const struct dl_http_transfer *t)
{
    return t->proxy_shown[0] != '\0';
}

/* What a sentence names: "host:port (address)", or "host:port through the proxy P (from V)". */
static void where(const struct dl_http_transfer *t, char *to, size_t size)
{
    const struct dl_http_answer *a = &t->answer;
    const char *address = a->address[0]      ? a->address
                          : a->address_count ? a->addresses[a->address_count - 1]
                                             : "";
    char name[700];

    if (proxied(t)) {
        proxy_name(t, name, sizeof name);
        dl_text_format(to, size, "%s:%d through %s", t->host, t->port, name);
    } else if (*address && strcmp(address, t->host) != 0) {
        dl_text_format(to, size, "%s:%d (%s)", t->host, t->port, address);
    } else {
        dl_text_format(to, size, "%s:%d", t->host, t->port);
    }
}

static void say(struct dl_http_transfer *t, enum dl_code code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void say(struct dl_http_transfer *t, enum dl_code code, const char *format, ...)
{
    char text[1024];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    t->answer.code = code;
    dl_log_scrub(t->answer.text, sizeof t->answer.text, text, strlen(text));
}

/* Seconds with one decimal, for "in 5.0 s". */
static double spent(int ms)
{
    return (double)ms / 1000;
}

static void lookup(struct dl_http_transfer *t, bool proxy)
{
    char name[700];

    if (proxy) {
        proxy_name(t, name, sizeof name);
        say(t, DL_E_NET_DNS_PROXY, "the name of %s cannot be looked up; correct it there", name);
    } else {
        say(t, DL_E_NET_DNS, "the name %s cannot be looked up", t->looked_up);
    }
}

/* curl's code is the same for a proxy and for the host; that a proxy is in use is ours to know. */
static void not_connected(struct dl_http_transfer *t)
{
    int number = t->answer.os_errno;
    char target[1000], name[700];

    where(t, target, sizeof target);
    proxy_name(t, name, sizeof name);
    if (t->method == DL_HTTP_LOOKUP && t->answer.address_count) {
        t->answer.code = DL_OK; /* no socket was to be had, by intent */
    } else if (!t->tls && !dl_http_is_mute(t) && !t->socket_count && number == 0) {
        say(t, DL_E_NET_UNREACH,
            "%s is not this machine, and http:// without encryption is for it alone", target);
    } else if (number == ETIMEDOUT) {
        say(t, DL_E_NET_TIMEOUT, "no answer from %s", proxied(t) ? name : target);
    } else if (number == ECONNREFUSED || number == 0) {
        say(t, proxied(t) ? DL_E_PROXY_REFUSED : DL_E_NET_REFUSED, "%s refused the connection",
            proxied(t) ? name : target);
    } else {
        say(t, DL_E_NET_UNREACH, "there is no route to %s: %s", proxied(t) ? name : target,
            strerror(number));
    }
}

/* How far it had come tells what the silence means. */
static void timed_out(struct dl_http_transfer *t)
{
    const struct dl_http_answer *a = &t->answer;
    bool total = t->request_begun || t->timeout_ms < t->connect_timeout_ms;
    double seconds = spent(total ? t->timeout_ms : t->connect_timeout_ms);
    char target[1000], name[700];

    where(t, target, sizeof target);
    proxy_name(t, name, sizeof name);
    if (t->stop == DL_HTTP_STOP_IDLE) {
        say(t, DL_E_NET_TIMEOUT, "%s took the connection but sent nothing for %.1f s", target,
            spent(t->idle_timeout_ms));
    } else if (t->request_begun) {
        say(t, DL_E_NET_TIMEOUT, "%s did not finish its answer in %.1f s", target, seconds);
    } else if (a->dns_ms < 0) {
        say(t, proxied(t) ? DL_E_NET_DNS_PROXY : DL_E_NET_DNS,
            "the look-up of %s got no answer in %.1f s", proxied(t) ? name : t->looked_up, seconds);
    } else if (a->connect_ms < 0) {
        say(t, DL_E_NET_TIMEOUT, "no answer from %s in %.1f s", proxied(t) ? name : target,
            seconds);
    } else if (proxied(t) && !a->proxy_status) {
        say(t, DL_E_NET_TIMEOUT, "%s took the connection but did not open %s:%d in %.1f s", name,
            t->host, t->port, seconds);
    } else {
        say(t, DL_E_TLS_TIMEOUT,
            "%s took the connection but the TLS handshake got no answer in %.1f s", target,
            seconds);
    }
}

static bool mentions(const struct dl_http_transfer *t, const char *const *words)
{
    for (; *words; words++) {
        if (strstr(t->curl_text, *words)) {
            return true;
        }
    }
    return false;
}

/* The words of OpenSSL, or of curl where OpenSSL had none. */
static const char *words(const struct dl_http_transfer *t, CURLcode result)
{
    return t->curl_text[0] ? t->curl_text : curl_easy_strerror(result);
}

static void handshake(struct dl_http_transfer *t, CURLcode result)
{
    static const char *const no_tls[] = {"wrong version number", "packet length too long",
                                         "http request",         "unknown protocol",
                                         "record layer failure", NULL};
    static const char *const cut[] = {"SSL_ERROR_SYSCALL",    "reset by peer", "unexpected eof",
                                      "Connection was reset", "Broken pipe",   NULL};
    char target[1000];

    where(t, target, sizeof target);
    if (mentions(t, no_tls)) {
        say(t, DL_E_TLS_NOTTLS, "%s does not speak TLS; the port or the endpoint is wrong", target);
    } else if (mentions(t, cut)) {
        say(t, DL_E_NET_RESET, "%s cut the connection during the TLS handshake", target);
    } else {
        say(t, DL_E_TLS_VERSION, "%s and this machine agree on no TLS of 1.2 or newer: %s", target,
            words(t, result));
    }
}

/* Numbers are OpenSSL's X509_V_ERR_*: 9 and 10 dates, 62 host name; curl writes 1 for a host name.
 */
static void certificate(struct dl_http_transfer *t, CURLcode result)
{
    char target[1000], now[32];
    long verify = t->answer.verify_result;

    where(t, target, sizeof target);
    dl_clock_iso(dl_clock_wall_ms(), now);
    switch (verify) {
    case 9:
        say(t, DL_E_TLS_TIME, "the certificate of %s is not valid yet; the clock here says %s",
            target, now);
        break;
    case 10:
        say(t, DL_E_TLS_TIME, "the certificate of %s has expired; the clock here says %s", target,
            now);
        break;
    case 1:
    case 62:
    case 64:
        say(t, DL_E_TLS_NAME, "the certificate of %s is for another name", target);
        break;
    default:
        say(t, DL_E_TLS_CA, "the certificate of %s is not trusted here: %s", target,
            words(t, result));
        break;
    }
}

static void proxy_answer(struct dl_http_transfer *t)
{
    long status = t->answer.proxy_status;
    char name[700];

    proxy_name(t, name, sizeof name);
    if (status == 407 || status == 401) {
        say(t, DL_E_PROXY_AUTH,
            "%s asks for a user and password, or does not take the ones it got "
            "(status %ld)",
            name, status);
    } else if (status >= 500) {
        say(t, DL_E_NET_UNREACH, "%s cannot reach %s:%d (status %ld)", name, t->host, t->port,
            status);
    } else {
        say(t, DL_E_PROXY_DENY, "%s does not allow CONNECT to %s:%d (status %ld)", name, t->host,
            t->port, status);
    }
}

/* SOCKS proxies and broken answers to CONNECT. */
static void proxy_protocol(struct dl_http_transfer *t, CURLcode result)
{
    char name[700];
    long detail = 0;

    curl_easy_getinfo(t->easy, CURLINFO_PROXY_ERROR, &detail);
    proxy_name(t, name, sizeof name);
    switch (detail) {
    case CURLPX_NO_AUTH:
    case CURLPX_USER_REJECTED:
    case CURLPX_REQUEST_FAILED:
        say(t, DL_E_PROXY_AUTH, "%s asks for a user and password, or does not take the ones it got",
            name);
        break;
    case CURLPX_REPLY_NOT_ALLOWED:
        say(t, DL_E_PROXY_DENY, "%s does not allow %s:%d", name, t->host, t->port);
        break;
    case CURLPX_REPLY_CONNECTION_REFUSED:
    case CURLPX_REPLY_HOST_UNREACHABLE:
    case CURLPX_REPLY_NETWORK_UNREACHABLE:
    case CURLPX_REPLY_TTL_EXPIRED:
    case CURLPX_RESOLVE_HOST:
        say(t, DL_E_NET_UNREACH, "%s cannot reach %s:%d", name, t->host, t->port);
        break;
    default:
        say(t, DL_E_PROXY_DENY, "%s does not answer as a proxy: %s", name, words(t, result));
        break;
    }
}

/* The connection ended before the answer did. */
static void cut_off(struct dl_http_transfer *t, CURLcode result)
{
    char target[1000], name[700];

    where(t, target, sizeof target);
    proxy_name(t, name, sizeof name);
    if (proxied(t) && t->answer.proxy_status != 0 && t->answer.proxy_status / 100 != 2) {
        proxy_answer(t);
    } else if (proxied(t) && !t->answer.proxy_status && !t->request_begun) {
        say(t, DL_E_NET_RESET, "%s cut the connection before it opened %s:%d", name, t->host,
            t->port);
    } else if (t->answer.status || result == CURLE_PARTIAL_FILE) {
        say(t, DL_E_NET_RESET, "%s cut the connection within its answer (status %ld)", target,
            t->answer.status);
    } else if (result == CURLE_GOT_NOTHING) {
        say(t, DL_E_NET_RESET, "%s closed the connection without an answer", target);
    } else {
        say(t, DL_E_NET_RESET, "%s cut the connection", target);
    }
}

static void ca_file(struct dl_http_transfer *t, CURLcode result)
{
    if (t->ca_file[0]) {
        say(t, DL_E_CA_FILE, "the CA file %s cannot be used: %s", t->ca_file, words(t, result));
    } else {
        say(t, DL_E_CA_FILE,
            "the system's CA certificates cannot be used (%s); install the package "
            "ca-certificates",
            words(t, result));
    }
}

static void not_http(struct dl_http_transfer *t, CURLcode result)
{
    char target[1000];

    where(t, target, sizeof target);
    say(t, DL_E_HTTP_HTML, "%s does not answer in HTTP as an intake does: %s", target,
        words(t, result));
}

/* We ended it by an error from a callback: the reason is ours. */
static void stopped(struct dl_http_transfer *t)
{
    char target[1000];

    where(t, target, sizeof target);
    switch (t->stop) {
    case DL_HTTP_STOP_BODY: /* the start of it is enough for a verdict */
        t->answer.code = DL_OK;
        break;
    case DL_HTTP_STOP_HEADERS:
        say(t, DL_E_HTTP_HTML,
            "%s sends more headers than an intake does (over %d, or over %d bytes)", target,
            DL_HTTP_HEADERS_MAX, DL_HTTP_HEADER_BYTES_MAX);
        break;
    default:
        say(t, DL_E_NOMEM, "there is no memory for the answer of %s", target);
        break;
    }
}

/* libcurl is content with an answer that ends within its headers; a success must not rest on one.
 */
static void whole(struct dl_http_transfer *t)
{
    char target[1000];

    if (!dl_http_asks(t) || t->head_ended) {
        t->answer.code = DL_OK;
        return;
    }
    where(t, target, sizeof target);
    say(t, DL_E_NET_RESET, "%s cut the connection within the headers of its answer", target);
}

/* libcurl says so of a header over 100 kB too. */
static void no_memory(struct dl_http_transfer *t)
{
    char target[1000];

    where(t, target, sizeof target);
    if (t->request_begun && !t->head_ended) {
        say(t, DL_E_HTTP_HTML, "%s sends larger headers than an intake does", target);
    } else {
        say(t, DL_E_NOMEM, "there is no memory for the request to %s", target);
    }
}

void dl_http_cause(struct dl_http_transfer *transfer, CURLcode result)
{
    switch (result) {
    case CURLE_OK:
        whole(transfer);
        break;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
        lookup(transfer, result == CURLE_COULDNT_RESOLVE_PROXY);
        break;
    case CURLE_COULDNT_CONNECT:
        not_connected(transfer);
        break;
    case CURLE_OPERATION_TIMEDOUT:
        timed_out(transfer);
        break;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CIPHER:
        handshake(transfer, result);
        break;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_ISSUER_ERROR:
        certificate(transfer, result);
        break;
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
        ca_file(transfer, result);
        break;
    case CURLE_PROXY:
        proxy_protocol(transfer, result);
        break;
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_GOT_NOTHING:
    case CURLE_PARTIAL_FILE:
        cut_off(transfer, result);
        break;
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_BAD_CONTENT_ENCODING:
        not_http(transfer, result);
        break;
    case CURLE_WRITE_ERROR:
        stopped(transfer);
        break;
    case CURLE_OUT_OF_MEMORY:
        no_memory(transfer);
        break;
    default:
        say(transfer, DL_E_INTERNAL, "the request to %s:%d failed: %s", transfer->host,
            transfer->port, words(transfer, result));
        break;
    }
}
