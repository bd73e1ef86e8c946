#include "net/endpoint.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "net/url.h"

static int refuse(struct dl_error *err, const char *why)
{
    return dl_error_set(err, DL_E_VALUE,
                        "the address %s; write it as https://HOST or https://HOST:PORT", why);
}

bool dl_host_is_loopback(const char *host)
{
    struct in_addr four;
    struct in6_addr six;
    char bare[64];
    size_t len = strlen(host);

    if (dl_ascii_equal(host, "localhost")) {
        return true;
    }
    if (len >= sizeof bare) {
        return false;
    }
    memcpy(bare, host, len + 1);
    if (len > 2 && bare[0] == '[' && bare[len - 1] == ']') {
        bare[len - 1] = '\0';
        return inet_pton(AF_INET6, bare + 1, &six) == 1 && IN6_IS_ADDR_LOOPBACK(&six);
    }
    if (inet_pton(AF_INET, bare, &four) == 1) {
        return (ntohl(four.s_addr) >> 24) == 127;
    }
    return inet_pton(AF_INET6, bare, &six) == 1 && IN6_IS_ADDR_LOOPBACK(&six);
}

static int take_host(struct dl_url *url, char *host, size_t size, struct dl_error *err)
{
    char *text = dl_url_part(url, CURLUPART_HOST, 0);
    int status = 0;

    if (!text || !*text) {
        status = refuse(err, "has no host");
    }
    for (char *c = text; !status && *c; c++) {
        *c = dl_ascii_lower(*c);
        if ((unsigned char)*c <= ' ' || (unsigned char)*c >= 0x7f) {
            status = refuse(err, "has a host with characters outside ASCII (use its xn-- form)");
        }
    }
    if (!status && !dl_text_copy(host, size, text)) {
        status = refuse(err, "has a host that is too long");
    }
    curl_free(text);
    return status;
}

static int take_port(struct dl_url *url, int *port, struct dl_error *err)
{
    char *text = dl_url_part(url, CURLUPART_PORT, CURLU_DEFAULT_PORT);
    uint64_t number = 0;
    bool fine = text && dl_text_number(text, 1, 65535, &number);

    curl_free(text);
    if (!fine) {
        return refuse(err, "has a port outside 1 to 65535");
    }
    *port = (int)number;
    return 0;
}

struct parts {
    char host[256];
    int port;
    bool tls;
};

static int take_parts(struct dl_url *url, bool bare, struct parts *to, struct dl_error *err)
{
    char *scheme;
    int status;

    if (dl_url_has(url, CURLUPART_USER) || dl_url_has(url, CURLUPART_PASSWORD)) {
        return refuse(err, "holds a user or password, which do not belong there");
    }
    if (dl_url_has(url, CURLUPART_FRAGMENT)) {
        return refuse(err, "holds a fragment (#)");
    }
    if (bare && (dl_url_has(url, CURLUPART_PATH) || dl_url_has(url, CURLUPART_QUERY))) {
        return refuse(err, "holds a path or query");
    }
    if (dl_url_has(url, CURLUPART_ZONEID)) {
        return refuse(err, "holds a zone (%)");
    }
    scheme = dl_url_part(url, CURLUPART_SCHEME, 0);
    if (!scheme) {
        return refuse(err, "has no scheme");
    }
    to->tls = strcmp(scheme, "https") == 0;
    curl_free(scheme);
    status = take_host(url, to->host, sizeof to->host, err);
    return status ? status : take_port(url, &to->port, err);
}

static bool scheme_is_known(const char *text)
{
    return strncasecmp(text, "https://", 8) == 0 || strncasecmp(text, "http://", 7) == 0;
}

/* libcurl reads "http:///host" and "http:/host" leniently, and drops an empty port. */
static int parse(const char *text, bool bare, struct parts *to, struct dl_error *err)
{
    struct dl_url url;
    int status;

    for (const char *c = text; *c; c++) {
        if ((unsigned char)*c <= ' ' || *c == 0x7f || *c == '\\') {
            return refuse(err, "holds a blank, a backslash or a control character");
        }
    }
    if (!scheme_is_known(text)) {
        return refuse(err, "does not begin with https://");
    }
    if (*(strchr(text, ':') + 3) == '/') {
        return refuse(err, "has no host");
    }
    status = dl_url_open(&url, text, 0) ? take_parts(&url, bare, to, err)
                                        : refuse(err, "is not understood");
    dl_url_close(&url);
    if (url.no_memory) {
        return dl_error_set(err, DL_E_NOMEM, "there is no memory for an address");
    }
    if (!status && bare && !to->tls && !dl_host_is_loopback(to->host)) {
        return dl_error_set(
            err, DL_E_VALUE,
            "http:// would send the key to %s unencrypted; use https:// (http:// is "
            "for this machine alone)",
            to->host);
    }
    return status;
}

static int split(const char *text, bool bare, char *host, size_t size, int *port, bool *tls,
                 struct dl_error *err)
{
    struct parts parts = {0};
    int status = parse(text, bare, &parts, err);

    if (status) {
        return status;
    }
    if (host && !dl_text_copy(host, size, parts.host)) {
        return refuse(err, "has a host that is too long");
    }
    if (port) {
        *port = parts.port;
    }
    if (tls) {
        *tls = parts.tls;
    }
    return 0;
}

int dl_origin_split(const char *origin, char *host, size_t size, int *port, bool *tls,
                    struct dl_error *err)
{
    return split(origin, true, host, size, port, tls, err);
}

int dl_url_split(const char *url, char *host, size_t size, int *port, bool *tls,
                 struct dl_error *err)
{
    return split(url, false, host, size, port, tls, err);
}

/* The one spelling of an origin: lower case, no default port, no slash at the end. */
static int normalise(char to[DL_ORIGIN_MAX], const char *origin, struct dl_error *err)
{
    struct parts parts = {0};
    int status = parse(origin, true, &parts, err);

    if (status) {
        return status;
    }
    if (parts.port == (parts.tls ? 443 : 80)) {
        dl_text_format(to, DL_ORIGIN_MAX, "%s://%s", parts.tls ? "https" : "http", parts.host);
    } else {
        dl_text_format(to, DL_ORIGIN_MAX, "%s://%s:%d", parts.tls ? "https" : "http", parts.host,
                       parts.port);
    }
    return 0;
}

int dl_endpoint_from_config(struct dl_endpoint *out, const struct dl_config *config,
                            struct dl_error *err)
{
    struct dl_endpoint made = {0};
    const char *intake = config->endpoint;
    const char *api = config->api_endpoint ? config->api_endpoint : config->endpoint;
    int status;

    made.custom = config->endpoint || config->api_endpoint;
    if (!config->site && (!intake || !api)) {
        return dl_error_set(err, DL_E_SITE, "no site is chosen");
    }
    status = normalise(made.intake, intake ? intake : config->site->intake_url, err);
    if (status) {
        dl_error_prefix(err, "endpoint");
        return status;
    }
    status = normalise(made.api, api ? api : config->site->api_url, err);
    if (status) {
        dl_error_prefix(err, config->api_endpoint ? "api_endpoint" : "endpoint");
        return status;
    }
    *out = made;
    return 0;
}
