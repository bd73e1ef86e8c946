/* Every setting of a request, in one place. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "config.h"
#include "net/endpoint.h"
#include "net/http_private.h"
#include "secret/key.h"

#define CONNECTION_LIFE_S 300L /* so that an expired certificate is noticed */

/* ---- what is asked for ---- */

/* libcurl sends CR and LF in a header as they are: another header could be smuggled in. */
static int check_text(const char *what, const char *text, struct dl_error *err)
{
    for (const char *c = text ? text : ""; *c; c++) {
        if ((unsigned char)*c < 0x20 || *c == 0x7f) {
            return dl_error_set(err, DL_E_VALUE,
                                "the %s holds a control character (line end, tab or the like) at "
                                "byte %zu; remove it",
                                what, (size_t)(c - text) + 1);
        }
    }
    return 0;
}

int dl_http_setting_check(const struct dl_http_request *request, struct dl_error *err)
{
    const struct {
        const char *what, *text;
    } texts[] = {
        {"URL", request->url},
        {"content type", request->content_type},
        {"content encoding", request->content_encoding},
        {"name of the origin", request->origin_name},
        {"address to connect to", request->connect_to},
        {"API key", request->key ? dl_key_text(request->key) : NULL},
        {"proxy's address", request->proxy ? request->proxy->url : NULL},
    };

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        int status = check_text(texts[i].what, texts[i].text, err);

        if (status) {
            return status;
        }
    }
    if (request->look_at_certificate && (request->key || request->method != DL_HTTP_CONNECT)) {
        return dl_error_set(err, DL_E_INTERNAL,
                            "a certificate is looked at without a key and without a request");
    }
    return 0;
}

/* The names that sentences use, and the rule that plain http stays on this machine. */
static int take_names(struct dl_http_transfer *t, const struct dl_http_request *request,
                      struct dl_error *err)
{
    int status = dl_url_split(request->url, t->host, sizeof t->host, &t->port, &t->tls, err);
    int ignored_port;
    bool ignored_tls;

    if (status) {
        return status;
    }
    dl_text_copy(t->looked_up, sizeof t->looked_up, t->host);
    if (request->connect_to) {
        char address[DL_ORIGIN_MAX];

        status = dl_text_format(address, sizeof address, "https://%s", request->connect_to)
                     ? dl_origin_split(address, t->looked_up, sizeof t->looked_up, &ignored_port,
                                       &ignored_tls, err)
                     : -DL_E_VALUE;
        if (status == -DL_E_VALUE) {
            return dl_error_set(err, DL_E_VALUE,
                                "the address to connect to is not usable; write it as HOST:PORT");
        }
        if (status) {
            return status;
        }
    }
    if (request->proxy && request->proxy->url[0]) {
        status = dl_proxy_host(request->proxy, t->looked_up, sizeof t->looked_up, err);
        if (status) {
            return status;
        }
        dl_text_copy(t->proxy_shown, sizeof t->proxy_shown, request->proxy->shown);
        dl_text_copy(t->proxy_origin, sizeof t->proxy_origin, request->proxy->origin);
    }
    if (dl_http_is_mute(t)) {
        t->tls = false;
    } else if (!t->tls && !(dl_host_is_loopback(t->host) && dl_host_is_loopback(t->looked_up))) {
        return dl_error_set(err, DL_E_VALUE,
                            "http:// without encryption is for this machine alone, not for %s; use "
                            "https://",
                            dl_host_is_loopback(t->host) ? t->looked_up : t->host);
    }
    return 0;
}

/* ---- the settings ---- */

static CURLcode set_protocol(CURL *easy, const struct dl_http_transfer *t,
                             const struct dl_http_request *request)
{
    CURLcode result = CURLE_OK;
    bool look = request->look_at_certificate;

    char mute[DL_ORIGIN_MAX + 16];

    dl_text_format(mute, sizeof mute, "http://%s:%d", t->host, t->port);
    DL_HTTP_SET(CURLOPT_URL, dl_http_is_mute(t) ? mute : request->url);
    DL_HTTP_SET(CURLOPT_PROTOCOLS_STR, t->tls ? "https" : "http");
    DL_HTTP_SET(CURLOPT_REDIR_PROTOCOLS_STR, "https"); /* never used; an empty list is refused */
    DL_HTTP_SET(CURLOPT_FOLLOWLOCATION, 0L);           /* the key would go along */
    DL_HTTP_SET(CURLOPT_MAXREDIRS, 0L);
    DL_HTTP_SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    DL_HTTP_SET(CURLOPT_HTTP09_ALLOWED, 0L);
    DL_HTTP_SET(CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
    DL_HTTP_SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    DL_HTTP_SET(CURLOPT_HTTPAUTH, (long)CURLAUTH_NONE);
    DL_HTTP_SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    DL_HTTP_SET(CURLOPT_SSL_VERIFYPEER, look ? 0L : 1L);
    DL_HTTP_SET(CURLOPT_SSL_VERIFYHOST, look ? 0L : 2L);
    DL_HTTP_SET(CURLOPT_MAXLIFETIME_CONN, CONNECTION_LIFE_S);
    return result;
}

/* Always set both, so that libcurl never looks into the environment. */
static CURLcode set_proxy(CURL *easy, const struct dl_http_request *request)
{
    CURLcode result = CURLE_OK;

    DL_HTTP_SET(CURLOPT_PROXY, request->proxy ? request->proxy->url : "");
    DL_HTTP_SET(CURLOPT_NOPROXY, "");
    DL_HTTP_SET(CURLOPT_HTTPPROXYTUNNEL, 1L); /* a proxy sees CONNECT and never the request */
    DL_HTTP_SET(CURLOPT_PROXYAUTH, (long)CURLAUTH_BASIC);
    DL_HTTP_SET(CURLOPT_HEADEROPT, (long)CURLHEADER_SEPARATE);
    DL_HTTP_SET(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    DL_HTTP_SET(CURLOPT_PROXY_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    DL_HTTP_SET(CURLOPT_PROXY_SSL_VERIFYPEER, 1L);
    DL_HTTP_SET(CURLOPT_PROXY_SSL_VERIFYHOST, 2L);
    return result;
}

static long resolve_of(enum dl_http_family family)
{
    return family == DL_HTTP_IPV4   ? CURL_IPRESOLVE_V4
           : family == DL_HTTP_IPV6 ? CURL_IPRESOLVE_V6
                                    : CURL_IPRESOLVE_WHATEVER;
}

static CURLcode set_limits(CURL *easy, const struct dl_http_transfer *t,
                           const struct dl_http_request *request)
{
    CURLcode result = CURLE_OK;

    DL_HTTP_SET(CURLOPT_IPRESOLVE, resolve_of(request->family));
    DL_HTTP_SET(CURLOPT_CONNECTTIMEOUT_MS, (long)t->connect_timeout_ms);
    DL_HTTP_SET(CURLOPT_TIMEOUT_MS, (long)t->timeout_ms);
    DL_HTTP_SET(CURLOPT_NOSIGNAL, 1L);
    DL_HTTP_SET(CURLOPT_QUICK_EXIT, 1L); /* a name server that hangs does not hold up a cancel */
    return result;
}

static CURLcode set_method(CURL *easy, const struct dl_http_request *request)
{
    CURLcode result = CURLE_OK;

    switch (request->method) {
    case DL_HTTP_GET:
        DL_HTTP_SET(CURLOPT_HTTPGET, 1L);
        break;
    case DL_HTTP_POST:
        DL_HTTP_SET(CURLOPT_POST, 1L);
        DL_HTTP_SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body_length);
        DL_HTTP_SET(CURLOPT_POSTFIELDS, request->body ? request->body : "");
        break;
    case DL_HTTP_CONNECT:
    case DL_HTTP_DIAL:
    case DL_HTTP_LOOKUP:
        DL_HTTP_SET(CURLOPT_CONNECT_ONLY, 1L);
        DL_HTTP_SET(CURLOPT_CERTINFO, 1L);
        DL_HTTP_SET(CURLOPT_FRESH_CONNECT, 1L);
        DL_HTTP_SET(CURLOPT_FORBID_REUSE, 1L);
        break;
    }
    return result;
}

static bool add(struct curl_slist **list, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* In wiped memory from end to end: one of the headers is the key. */
static bool add(struct curl_slist **list, const char *format, ...)
{
    const size_t size = 512 + DL_KEY_MAX;
    char *text = dl_wiped_malloc(size);
    struct curl_slist *longer = NULL;
    va_list arguments;

    if (text) {
        int n;

        va_start(arguments, format);
        n = vsnprintf(text, size, format, arguments);
        va_end(arguments);
        if (n > 0 && (size_t)n < size) {
            longer = curl_slist_append(*list, text);
        }
        dl_wiped_free(text);
    }
    if (longer) {
        *list = longer;
    }
    return longer != NULL;
}

static CURLcode set_headers(CURL *easy, struct dl_http_transfer *t,
                            const struct dl_http_request *request)
{
    CURLcode result = CURLE_OK;
    const char *origin = request->origin_name ? request->origin_name : "ddlogs";
    bool ok = add(&t->headers, "Accept: application/json") &&
              add(&t->headers, "DD-EVP-ORIGIN: %s", origin) &&
              add(&t->headers, "DD-EVP-ORIGIN-VERSION: " PACKAGE_VERSION) &&
              add(&t->headers, "Expect:"); /* no waiting for 100 Continue */

    if (ok && request->method == DL_HTTP_POST) {
        ok = add(&t->headers, "Content-Type: %s",
                 request->content_type ? request->content_type : "application/json");
        if (ok && request->content_encoding) {
            ok = add(&t->headers, "Content-Encoding: %s", request->content_encoding);
        }
    }
    if (ok && request->key) {
        ok = add(&t->headers, "DD-API-KEY: %s", dl_key_text(request->key));
    }
    if (ok && request->connect_to) {
        ok = add(&t->connect_to, "::%s", request->connect_to);
    }
    if (!ok) {
        return CURLE_OUT_OF_MEMORY;
    }
    DL_HTTP_SET(CURLOPT_HTTPHEADER, t->headers);
    DL_HTTP_SET(CURLOPT_USERAGENT, dl_http_user_agent());
    if (t->connect_to) {
        DL_HTTP_SET(CURLOPT_CONNECT_TO, t->connect_to);
    }
    return result;
}

int dl_http_setting_refused(CURLcode result, struct dl_error *err)
{
    if (result == CURLE_OUT_OF_MEMORY) {
        return dl_error_set(err, DL_E_NOMEM, "there is no memory for a request");
    }
    return dl_error_set(err, DL_E_INTERNAL, "libcurl refuses a setting: %s",
                        curl_easy_strerror(result));
}

int dl_http_setting_apply(struct dl_http_transfer *t, const struct dl_http_request *request,
                          struct dl_error *err)
{
    CURL *easy = t->easy;
    CURLcode result;
    int status = take_names(t, request, err);

    if (status) {
        return status;
    }
    result = set_protocol(easy, t, request);
    result = result ? result : set_proxy(easy, request);
    result = result ? result : set_limits(easy, t, request);
    result = result ? result : set_method(easy, request);
    result = result ? result : set_headers(easy, t, request);
    if (result) {
        return dl_http_setting_refused(result, err);
    }
    return t->tls && !request->look_at_certificate
               ? dl_http_certificate_trust(t->http, easy, request->ca_file, err)
               : 0;
}
