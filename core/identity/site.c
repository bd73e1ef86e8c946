#include "identity/site.h"

#include <stdint.h>
#include <string.h>

#include "base/text.h"
#include "identity/tag.h"

#define TEXT_MAX 4096 /* longer is no address that a browser shows */
#define HOST_MAX 253  /* RFC 1035, in text form */

const struct dl_site dl_sites[DL_SITE_COUNT] = {
#define SITE(id, name, site, app, location, government)                                            \
    {                                                                                              \
        id, name, site, "https://" app, "https://api." site, "https://http-intake.logs." site,     \
            location, government                                                                   \
    }
    SITE("us1", "US1", "datadoghq.com", "app.datadoghq.com", "US", false),
    SITE("us3", "US3", "us3.datadoghq.com", "us3.datadoghq.com", "US", false),
    SITE("us5", "US5", "us5.datadoghq.com", "us5.datadoghq.com", "US", false),
    SITE("eu1", "EU1", "datadoghq.eu", "app.datadoghq.eu", "EU (Germany)", false),
    SITE("ap1", "AP1", "ap1.datadoghq.com", "ap1.datadoghq.com", "Japan", false),
    SITE("ap2", "AP2", "ap2.datadoghq.com", "ap2.datadoghq.com", "Australia", false),
    SITE("uk1", "UK1", "uk1.datadoghq.com", "uk1.datadoghq.com", "United Kingdom", false),
    SITE("us1-fed", "US1-FED", "ddog-gov.com", "app.ddog-gov.com", "US", true),
    SITE("us2-fed", "US2-FED", "us2.ddog-gov.com", "us2.ddog-gov.com", "US", true),
#undef SITE
};

/* US1-FED as older documentation spells it: http-intake.logs.ddog-gov.datadoghq.com */
static const char legacy_suffix[] = "ddog-gov.datadoghq.com";
static const char legacy_id[] = "us1-fed";

/* Pages that are the same for every organization, so that they tell nothing about its site. */
static const char *const public_pages[] = {"www.datadoghq.com",    "docs.datadoghq.com",
                                           "learn.datadoghq.com",  "help.datadoghq.com",
                                           "status.datadoghq.com", NULL};

/* X(what stands before the site, what it is called) */
static const struct {
    const char *prefix, *what;
} known_hosts[] = {
    {"app", "the web address"},
    {"api", "the API host"},
    {"http-intake.logs", "the log intake host"},
    {"agent-http-intake.logs", "the Agent's log intake host"},
    {"agent-http-intake-pci.logs", "the Agent's log intake host"},
    {"lambda-http-intake.logs", "the log intake host for functions"},
    {"http-encrypted-intake.logs", "a legacy log intake host"},
    {"http-intake.logs.app", "a legacy spelling of the log intake host"},
    {"gold.intake", "the private intake host"},
    {"otlp", "the OTLP intake host"},
    {"ip-ranges", "the address list's host"},
};

struct host {
    char name[HOST_MAX + 1]; /* lowercase, without a last dot */
    bool plain;              /* nothing stood around it: no scheme, port or path */
};

const struct dl_site *dl_site_by_id(const char *id)
{
    for (size_t i = 0; i < DL_SITE_COUNT; i++)
        if (strcmp(dl_sites[i].id, id) == 0)
            return &dl_sites[i];
    return NULL;
}

static const struct dl_site *by_id_any_case(const char *text)
{
    for (size_t i = 0; i < DL_SITE_COUNT; i++)
        if (dl_ascii_equal(dl_sites[i].id, text))
            return &dl_sites[i];
    return NULL;
}

/* Blanks, quotes and the brackets of mail programs around the text, in any order. */
static void strip_wrapping(const char **text, size_t *len)
{
    static const char opening[] = "\"'`<", closing[] = "\"'`>";

    for (;;) {
        const char *kind;

        dl_text_trim(text, len);
        kind = *len > 0 ? memchr(opening, (*text)[0], sizeof opening - 1) : NULL;
        if (kind == NULL || *len < 2 || (*text)[*len - 1] != closing[kind - opening])
            return;
        (*text)++;
        *len -= 2;
    }
}

static bool skip_prefix(const char **text, size_t *len, const char *prefix)
{
    size_t n = strlen(prefix);

    if (*len < n || !dl_ascii_equal_n(*text, prefix, n))
        return false;
    *text += n;
    *len -= n;
    return true;
}

/* Takes the host out of an address. False for anything that is no plain http(s) address of a host
 * name: another scheme, a user before '@', a byte that no host name has. Browsers take such texts
 * to places that they do not seem to name, so nothing is guessed from them. */
static bool take_host(struct host *host, const char *text, size_t len)
{
    bool scheme = skip_prefix(&text, &len, "https://") || skip_prefix(&text, &len, "http://");
    size_t end = 0, port;

    while (end < len && memchr("/?#", text[end], 3) == NULL)
        end++;
    host->plain = !scheme && end == len;
    for (port = 0; port < end && text[port] != ':'; port++) {
    }
    if (port < end) {
        host->plain = false;
        if (port + 1 == end || end - port > 6)
            return false;
        for (size_t i = port + 1; i < end; i++)
            if (text[i] < '0' || text[i] > '9')
                return false;
        end = port;
    }
    if (end > 0 && text[end - 1] == '.') {
        host->plain = false;
        end--;
    }
    if (end == 0 || end > HOST_MAX)
        return false;
    for (size_t i = 0; i < end; i++) {
        char c = dl_ascii_lower(text[i]);

        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.') ||
            (c == '.' && (i == 0 || text[i - 1] == '.')))
            return false;
        host->name[i] = c;
    }
    host->name[end] = '\0';
    return true;
}

/* True if host is domain or lies below it; *prefix is the length of what stands before, dot left
 * out. */
static bool below(const char *host, const char *domain, size_t *prefix)
{
    size_t h = strlen(host), d = strlen(domain);

    if (h < d || strcmp(host + h - d, domain) != 0)
        return false;
    if (h == d) {
        *prefix = 0;
        return true;
    }
    *prefix = h - d - 1;
    return host[*prefix] == '.';
}

/* The site whose domain is the longest that the host lies below; *legacy for the old spelling. */
static const struct dl_site *site_of_host(const char *host, size_t *prefix, bool *legacy)
{
    const struct dl_site *best = NULL;
    size_t n;

    *legacy = below(host, legacy_suffix, prefix);
    if (*legacy)
        return dl_site_by_id(legacy_id);
    for (size_t i = 0; i < DL_SITE_COUNT; i++) {
        if (below(host, dl_sites[i].site, &n) && (best == NULL || n < *prefix)) {
            best = &dl_sites[i];
            *prefix = n;
        }
    }
    return best;
}

/* A label with the look of a site's id ("us4", "eu1") in front of the wrong domain is no custom
 * sub-domain but a mistake. Returns the label, or NULL. */
static const char *stray_id(const char *host, size_t prefix, const struct dl_site *site,
                            char label[8])
{
    size_t start = prefix;

    while (start > 0 && host[start - 1] != '.')
        start--;
    if (prefix - start != 3 || host[start] < 'a' || host[start] > 'z' || host[start + 1] < 'a' ||
        host[start + 1] > 'z' || host[start + 2] < '0' || host[start + 2] > '9')
        return NULL;
    memcpy(label, host + start, 3);
    label[3] = '\0';
    return strncmp(site->id, label, 3) == 0 ? NULL : label;
}

/* How far a text is from a name: fewer edits first, then the longer name. SIZE_MAX for too far. */
static size_t farness(const char *text, const char *name)
{
    size_t edits = dl_text_distance(text, name), len = strlen(name);

    return edits > 3 || edits * 2 >= len ? SIZE_MAX : edits * 256 + 255 - len;
}

/* Nearest of the site's names; the last labels of the text count as well, so that "acme.datadog.eu"
 * is near "datadoghq.eu". A text without a dot is compared with the id. */
static size_t farness_of_site(const char *text, const struct dl_site *site)
{
    const char *names[] = {site->site, site->app_url + strlen("https://"),
                           site->api_url + strlen("https://"),
                           site->intake_url + strlen("https://")};
    size_t best = SIZE_MAX;

    if (strchr(text, '.') == NULL)
        return farness(text, site->id);
    for (const char *part = text; part != NULL; part = strchr(part, '.')) {
        part += *part == '.';
        for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
            size_t far = farness(part, names[i]);

            best = far < best ? far : best;
        }
    }
    return best;
}

/* The site with the longest domain that the text holds anywhere: what a look-alike imitates. */
static const struct dl_site *site_within(const char *text)
{
    const struct dl_site *best = NULL;

    for (size_t i = 0; i < DL_SITE_COUNT; i++)
        if (strstr(text, dl_sites[i].site) != NULL &&
            (best == NULL || strlen(dl_sites[i].site) > strlen(best->site)))
            best = &dl_sites[i];
    return best;
}

/* The site that was probably meant, or NULL. */
static const struct dl_site *nearest_site(const char *text)
{
    const struct dl_site *best = NULL;
    size_t least = SIZE_MAX;

    for (size_t i = 0; i < DL_SITE_COUNT; i++) {
        size_t far = farness_of_site(text, &dl_sites[i]);

        if (far < least) {
            best = &dl_sites[i];
            least = far;
        }
    }
    return best != NULL ? best : site_within(text);
}

static int refuse(struct dl_error *err, const char *text, size_t len, const struct dl_site *near)
{
    char shown[128];

    if (memchr(text, '@', len) != NULL) /* what stands before it may be a password */
        dl_text_copy(shown, sizeof shown, "an address with @");
    else
        dl_text_show(shown, sizeof shown, text, len);
    if (near == NULL) {
        return dl_error_set(err, DL_E_SITE,
                            "\"%s\" is not a Datadog site; use one of us1 us3 us5 eu1 ap1 ap2 uk1 "
                            "us1-fed us2-fed, or the address of your Datadog page",
                            shown);
    }
    return dl_error_set(err, DL_E_SITE, "\"%s\" is not a Datadog site; did you mean %s (%s)?",
                        shown, near->id, near->site);
}

static void tell(char *said, size_t size, const struct dl_site *site, const struct host *host,
                 size_t prefix, bool legacy)
{
    const char *what = "the organization's own address";

    if (prefix == 0 && !legacy) {
        if (host->plain)
            return;
        what = "the web address";
    }
    for (size_t i = 0; i < sizeof known_hosts / sizeof known_hosts[0]; i++)
        if (strlen(known_hosts[i].prefix) == prefix &&
            memcmp(known_hosts[i].prefix, host->name, prefix) == 0)
            what = known_hosts[i].what;
    if (legacy)
        what = "a legacy spelling";
    dl_text_format(said, size, "%s (%s), from %s %s", site->name, site->site, what, host->name);
}

static int recognise_host(const struct dl_site **out, char *said, size_t size,
                          const struct host *host, struct dl_error *err)
{
    size_t prefix = 0;
    bool legacy = false;
    char label[8];
    const struct dl_site *site = site_of_host(host->name, &prefix, &legacy);

    if (site == NULL)
        return refuse(err, host->name, strlen(host->name), nearest_site(host->name));
    for (size_t i = 0; public_pages[i] != NULL; i++) {
        if (strcmp(public_pages[i], host->name) == 0) {
            return dl_error_set(err, DL_E_SITE,
                                "\"%s\" is the same for everyone; paste the address that your "
                                "browser shows when you are logged in to Datadog",
                                host->name);
        }
    }
    if (!legacy && stray_id(host->name, prefix, site, label) != NULL)
        return refuse(err, host->name, strlen(host->name), nearest_site(label));
    if (said != NULL)
        tell(said, size, site, host, prefix, legacy);
    *out = site;
    return 0;
}

int dl_site_recognise(const struct dl_site **out, char *said, size_t size, const char *text,
                      struct dl_error *err)
{
    size_t len = strnlen(text, TEXT_MAX + 1);
    const struct dl_site *site;
    struct host host;
    char word[64];

    if (said != NULL && size > 0)
        said[0] = '\0';
    if (len > TEXT_MAX)
        return dl_error_set(err, DL_E_SITE, "this is longer than any address (%d bytes)", TEXT_MAX);
    strip_wrapping(&text, &len);
    if (skip_prefix(&text, &len, "DD_SITE="))
        strip_wrapping(&text, &len);
    if (len == 0) {
        return dl_error_set(err, DL_E_SITE,
                            "no site was given; use one of us1 us3 us5 eu1 ap1 ap2 uk1 us1-fed "
                            "us2-fed, or the address of your Datadog page");
    }
    if (dl_text_looks_secret(text, len))
        return dl_error_set(err, DL_E_SITE, "this looks like a key, not like a site");
    dl_text_format(word, sizeof word, "%.*s", (int)len, text);
    site = by_id_any_case(word);
    if (site != NULL) {
        *out = site;
        return 0;
    }
    if (!take_host(&host, text, len))
        return refuse(err, text, len, site_within(word));
    return recognise_host(out, said, size, &host, err);
}
