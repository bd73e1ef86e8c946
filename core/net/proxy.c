#include "net/proxy.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "net/endpoint.h"
#include "net/no_proxy.h"
#include "net/url.h"

struct variable {
    const char *name, *value;
};

/* The first that is set and not empty. */
static struct variable first(const struct variable *variables, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (variables[i].value && *variables[i].value) {
            return variables[i];
        }
    }
    return (struct variable){"", NULL};
}

/* Datadog's own first, then as curl does: the lower-case name before the upper-case one. */
static struct variable proxy_variable(const struct dl_proxy_environment *e)
{
    const struct variable variables[] = {
        {"DD_PROXY_HTTPS", e->dd_proxy_https}, {"https_proxy", e->https_proxy},
        {"HTTPS_PROXY", e->HTTPS_PROXY},       {"all_proxy", e->all_proxy},
        {"ALL_PROXY", e->ALL_PROXY},
    };

    return first(variables, sizeof variables / sizeof *variables);
}

static struct variable no_proxy_variable(const struct dl_proxy_environment *e)
{
    const struct variable variables[] = {
        {"DD_PROXY_NO_PROXY", e->dd_proxy_no_proxy},
        {"no_proxy", e->no_proxy},
        {"NO_PROXY", e->NO_PROXY},
    };

    return first(variables, sizeof variables / sizeof *variables);
}

/* Never the value itself: it may hold a password. */
static int refuse(struct dl_error *err, const char *origin, const char *why)
{
    return dl_error_set(err, DL_E_PROXY_URL, "%s%s; write it as http://HOST:PORT", origin, why);
}

static int no_memory(struct dl_error *err)
{
    return dl_error_set(err, DL_E_NOMEM, "there is no memory for the proxy's address");
}

struct scheme {
    const char *name, *port;
};

/* A port is always written out: libcurl's own default, 1080, is nobody else's. */
static const struct scheme schemes[] = {
    {"http", "80"}, {"https", "443"}, {"socks5", "1080"}, {"socks5h", "1080"}};

static const struct scheme *scheme_of(struct dl_url *url)
{
    const struct scheme *found = NULL;
    char *text = dl_url_part(url, CURLUPART_SCHEME, 0);

    for (size_t i = 0; text && i < sizeof schemes / sizeof *schemes; i++) {
        if (strcmp(schemes[i].name, text) == 0) {
            found = &schemes[i];
        }
    }
    curl_free(text);
    return found;
}

static bool copy_whole(struct dl_url *url, char *to, size_t size)
{
    char *text = dl_url_part(url, CURLUPART_URL, 0);
    bool fits = text && dl_text_copy(to, size, text);
    size_t len = fits ? strlen(to) : 0;

    if (len && to[len - 1] == '/') {
        to[len - 1] = '\0';
    }
    curl_free(text);
    return fits;
}

static int fill(struct dl_proxy *out, struct dl_url *url, const char *origin, struct dl_error *err)
{
    const struct scheme *scheme = scheme_of(url);

    if (!scheme) {
        return refuse(err, origin, " has a scheme other than http, https, socks5 and socks5h");
    }
    if (dl_url_has(url, CURLUPART_PATH) || dl_url_has(url, CURLUPART_QUERY) ||
        dl_url_has(url, CURLUPART_FRAGMENT)) {
        return refuse(err, origin, " holds a path, query or fragment");
    }
    if (!dl_url_has(url, CURLUPART_PORT)) {
        dl_url_set(url, CURLUPART_PORT, scheme->port);
    }
    if (!copy_whole(url, out->url, sizeof out->url)) {
        return refuse(err, origin, " holds an address that is too long");
    }
    dl_url_set(url, CURLUPART_USER, NULL);
    dl_url_set(url, CURLUPART_PASSWORD, NULL);
    dl_url_set(url, CURLUPART_OPTIONS, NULL);
    if (!copy_whole(url, out->shown, sizeof out->shown)) {
        return refuse(err, origin, " holds an address that is too long");
    }
    return 0;
}

/* origin: what the value is called, in messages and in out->origin. */
static int parse(struct dl_proxy *out, const char *text, const char *origin, struct dl_error *err)
{
    char whole[sizeof out->url];
    struct dl_url url;
    int status;

    for (const char *c = text; *c; c++) {
        if ((unsigned char)*c <= ' ' || (unsigned char)*c >= 0x7f) {
            return refuse(err, origin, " holds a blank or a character outside ASCII");
        }
    }
    if (!dl_text_format(whole, sizeof whole, "%s%s", strstr(text, "://") ? "" : "http://", text)) {
        return refuse(err, origin, " holds an address that is too long");
    }
    status = dl_url_open(&url, whole, CURLU_NON_SUPPORT_SCHEME)
                 ? fill(out, &url, origin, err)
                 : refuse(err, origin, " is not an address of a proxy");
    dl_url_close(&url);
    if (url.no_memory) {
        return no_memory(err);
    }
    dl_text_copy(out->origin, sizeof out->origin, origin);
    return status;
}

static int from_config(struct dl_proxy *out, const struct dl_config *config, struct dl_error *err)
{
    const char *origin = config->origin[DL_PROP_PROXY] == DL_ORIGIN_OPTION
                             ? "--proxy"
                             : "proxy in the configuration";

    if (dl_ascii_equal(config->proxy, "none")) {
        dl_text_copy(out->origin, sizeof out->origin, origin);
        dl_text_format(out->reason, sizeof out->reason, "none, by %s", origin);
        return 0;
    }
    return parse(out, config->proxy, origin, err);
}

static int from_environment(struct dl_proxy *out, const struct dl_proxy_environment *environment,
                            const char *host, int port, struct dl_error *err)
{
    const struct variable no_proxy = no_proxy_variable(environment);
    const struct variable proxy = proxy_variable(environment);
    char entry[128], shown[128];

    if (!proxy.value) {
        dl_text_copy(out->reason, sizeof out->reason, "none");
        return 0;
    }
    if (no_proxy.value && dl_no_proxy_match(no_proxy.value, host, port, entry, sizeof entry)) {
        dl_log_scrub(shown, sizeof shown, entry, strlen(entry));
        dl_text_format(out->reason, sizeof out->reason, "%s matches %s", no_proxy.name, shown);
        return 0;
    }
    return parse(out, proxy.value, proxy.name, err);
}

int dl_proxy_resolve(struct dl_proxy *out, const struct dl_config *config,
                     const struct dl_proxy_environment *environment, const char *origin,
                     struct dl_error *err)
{
    struct dl_proxy made = {0};
    char host[256];
    int port;
    int status = dl_origin_split(origin, host, sizeof host, &port, NULL, err);

    if (status) {
        return status;
    }
    if (config && config->proxy && *config->proxy) {
        status = from_config(&made, config, err);
    } else if (dl_host_is_loopback(host)) {
        dl_text_copy(made.reason, sizeof made.reason, "loopback");
    } else if (!environment) {
        dl_text_copy(made.reason, sizeof made.reason, "none");
    } else {
        status = from_environment(&made, environment, host, port, err);
    }
    if (!status) {
        *out = made;
    }
    return status;
}

int dl_proxy_host(const struct dl_proxy *proxy, char *host, size_t size, struct dl_error *err)
{
    struct dl_url url;
    bool open = dl_url_open(&url, proxy->url, CURLU_NON_SUPPORT_SCHEME);
    char *text = open ? dl_url_part(&url, CURLUPART_HOST, 0) : NULL;
    bool fits = text && dl_text_copy(host, size, text);

    curl_free(text);
    dl_url_close(&url);
    if (url.no_memory) {
        return no_memory(err);
    }
    return fits ? 0
                : refuse(err, proxy->origin[0] ? proxy->origin : "the proxy",
                         " is not an address of a proxy");
}

/* ---- traps ---- */

struct linter {
    void (*report)(void *context, enum dl_code code, const char *sentence);
    void *context;
};

/* The list as it should be: without the dots. Cleaned, since it will be shown. */
static void lint_no_proxy(const struct linter *linter, const char *name, const char *list)
{
    char mended[400] = "", shown[400], sentence[600];
    const char *at = list ? list : "";
    const char *entry;
    size_t len, used = 0;
    bool dotted = false;

    while (dl_no_proxy_next(&at, &entry, &len)) {
        bool dot = *entry == '.' && len > 1;

        dotted = dotted || dot;
        if (used + len + 2 < sizeof mended) {
            used += (size_t)snprintf(mended + used, sizeof mended - used, "%s%.*s", used ? "," : "",
                                     (int)(len - dot), entry + dot);
        }
    }
    if (!dotted) {
        return;
    }
    dl_log_scrub(shown, sizeof shown, mended, used);
    dl_text_format(sentence, sizeof sentence,
                   "An entry of %s begins with a dot, which programs read in different ways; set "
                   "%s=%s",
                   name, name, shown);
    linter->report(linter->context, DL_E_NOPROXY_DOT, sentence);
}

static void lint_http_proxy(const struct linter *linter, const char *name, const char *value)
{
    struct dl_proxy proxy = {0};
    char sentence[700];

    if (!value || !*value) {
        return;
    }
    if (parse(&proxy, value, name, NULL) || strcmp(proxy.url, proxy.shown) != 0) {
        dl_text_format(sentence, sizeof sentence,
                       "%s is not used, because logs travel by https; set HTTPS_PROXY to the same "
                       "value",
                       name);
    } else {
        dl_text_format(sentence, sizeof sentence,
                       "%s is not used, because logs travel by https; set HTTPS_PROXY=%s", name,
                       proxy.shown);
    }
    linter->report(linter->context, DL_E_HTTP_PROXY_UPPER, sentence);
}

/* "http://" in front of the same host and port; without credentials, which are never shown. */
static void lint_https_proxy(const struct linter *linter, const char *name, const char *value)
{
    struct dl_proxy proxy = {0};
    char sentence[900];
    const char *host;

    if (!value || !*value || parse(&proxy, value, name, NULL)) {
        return;
    }
    host = strstr(proxy.shown, "://") + 3;
    if (!strstr(value, "://")) {
        dl_text_format(sentence, sizeof sentence,
                       "%s lacks its scheme, which some programs refuse; set %s=http://%s%s", name,
                       name, strcmp(proxy.url, proxy.shown) != 0 ? "USER:PASSWORD@" : "", host);
    } else if (dl_text_starts(proxy.shown, "https://") && !strstr(host, ":443")) {
        dl_text_format(
            sentence, sizeof sentence,
            "%s begins with https://, which encrypts the way to the proxy itself; if the "
            "proxy is a plain one, set %s=http://%s%s",
            name, name, strcmp(proxy.url, proxy.shown) != 0 ? "USER:PASSWORD@" : "", host);
    } else {
        return;
    }
    linter->report(linter->context, DL_E_HTTPS_PROXY, sentence);
}

static void lint_both_cases(const struct linter *linter, const char *lower, const char *upper,
                            const char *lower_name, const char *upper_name)
{
    char sentence[300];

    if (lower && upper && *lower && *upper && strcmp(lower, upper) != 0) {
        dl_text_format(sentence, sizeof sentence,
                       "%s and %s differ and %s is used; set both to the same value", lower_name,
                       upper_name, lower_name);
        linter->report(linter->context, DL_E_HTTPS_PROXY, sentence);
    }
}

void dl_proxy_lint(const struct dl_proxy_environment *environment,
                   void (*report)(void *context, enum dl_code code, const char *sentence),
                   void *context)
{
    const struct linter linter = {report, context};
    const struct dl_proxy_environment *e = environment;

    lint_no_proxy(&linter, "DD_PROXY_NO_PROXY", e->dd_proxy_no_proxy);
    lint_no_proxy(&linter, "no_proxy", e->no_proxy);
    lint_no_proxy(&linter, "NO_PROXY", e->NO_PROXY);
    if (!proxy_variable(e).value) {
        lint_http_proxy(&linter, "http_proxy", e->http_proxy);
        lint_http_proxy(&linter, "HTTP_PROXY", e->HTTP_PROXY);
    }
    lint_https_proxy(&linter, "DD_PROXY_HTTPS", e->dd_proxy_https);
    lint_https_proxy(&linter, "https_proxy", e->https_proxy);
    lint_https_proxy(&linter, "HTTPS_PROXY", e->HTTPS_PROXY);
    lint_both_cases(&linter, e->https_proxy, e->HTTPS_PROXY, "https_proxy", "HTTPS_PROXY");
    lint_both_cases(&linter, e->no_proxy, e->NO_PROXY, "no_proxy", "NO_PROXY");
}
