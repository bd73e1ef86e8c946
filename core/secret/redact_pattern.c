/* What looks like a secret although nobody told us its value. The rules of the Datadog Agent
 * (pkg/util/scrubber: keys, passwords in URLs, PEM blocks), hidden whole where the Agent leaves the
 * last five characters, and our own for tokens, headers and command lines. Hand-written scans, each
 * of one pass: a regular expression engine gives no bound on its time. */
#include <stdbool.h>
#include <string.h>

#include "base/text.h"
#include "secret/redact_rule.h"

#define NAME_MAX_BYTES 64

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_word(char c)
{
    char l = dl_ascii_lower(c);

    return (l >= 'a' && l <= 'z') || is_digit(c) || c == '_';
}

static bool is_hex(char c)
{
    char l = dl_ascii_lower(c);

    return is_digit(c) || (l >= 'a' && l <= 'f');
}

static bool is_token(char c)
{
    return is_word(c) || (c != '\0' && strchr("-.~+/=", c));
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static bool is_space(char c)
{
    return is_blank(c) || (c >= '\n' && c <= '\r');
}

static bool is_quote(char c)
{
    return c == '"' || c == '\'' || c == '`';
}

static void mark(struct dl_masked *m, size_t from, size_t to)
{
    if (to > from)
        memset(m->mask + from, 1, to - from);
}

/* Length of the run of characters of a class that begins at `at`. */
static size_t run(const struct dl_masked *m, size_t at, bool (*in)(char))
{
    size_t end = at;

    while (end < m->len && in(m->text[end]))
        end++;
    return end - at;
}

/* Words of 32 or 40 hexadecimal characters (API and application keys), "pub" and 32 (client
 * tokens). Longer ones, as trace ids and digests of 64, are no keys. */
static void mask_hex_words(struct dl_masked *m)
{
    for (size_t at = 0; at < m->len; at++) {
        size_t word = run(m, at, is_word);
        bool pub = word == 35 && memcmp(m->text + at, "pub", 3) == 0;
        size_t hex = run(m, pub ? at + 3 : at, is_hex) + (pub ? 3 : 0);
        if (hex == word && (word == 32 || word == 40 || pub))
            mark(m, at, at + word);
        at += word;
    }
}

/* Everything behind a public prefix, prefix included, when at least 8 characters of the class
 * follow. */
static void mask_prefixed(struct dl_masked *m, const char *prefix, bool keep, bool (*in)(char))
{
    const size_t len = strlen(prefix);

    for (size_t at = 0; at + len < m->len; at++) {
        if (!dl_ascii_equal_n(m->text + at, prefix, len))
            continue;
        size_t n = run(m, at + len, in);
        if (n < 8)
            continue;
        mark(m, keep ? at + len : at, at + len + n);
        at += len + n - 1;
    }
}

/* "Bearer x", "Basic x": the words stay. */
static void mask_scheme(struct dl_masked *m, const char *scheme)
{
    const size_t len = strlen(scheme);

    for (size_t at = 0; at + len < m->len; at++) {
        if (!dl_ascii_equal_n(m->text + at, scheme, len) || !is_blank(m->text[at + len]))
            continue;
        size_t from = at + len + run(m, at + len, is_blank);
        size_t n = run(m, from, is_token);
        if (n >= 16)
            mark(m, from, from + n);
        at = from + n - 1;
    }
}

/* Whether a value under this name is a secret. The name comes in lowercase without - and _. */
static bool name_is_secret(const char *name)
{
    static const char *const inside[] = {"apikey",   "appkey", "applicationkey",
                                         "password", "passwd", "passphrase",
                                         "pwd",      "secret", "authorization"};
    static const char *const ending[] = {"token", "pass"};
    /* These tell where a secret is, not what it is. */
    static const char *const harmless[] = {"fd",     "file",  "path", "name",
                                           "source", "store", "id",   "url"};
    const size_t len = strlen(name);

    for (size_t i = 0; i < sizeof(harmless) / sizeof(harmless[0]); i++) {
        size_t n = strlen(harmless[i]);
        if (len >= n && strcmp(name + len - n, harmless[i]) == 0)
            return false;
    }
    for (size_t i = 0; i < sizeof(inside) / sizeof(inside[0]); i++)
        if (strstr(name, inside[i]))
            return true;
    for (size_t i = 0; i < sizeof(ending) / sizeof(ending[0]); i++) {
        size_t n = strlen(ending[i]);
        if (len >= n && strcmp(name + len - n, ending[i]) == 0)
            return true;
    }
    return false;
}

/* A name in front of a separator. */
struct name {
    char text[NAME_MAX_BYTES + 1]; /* lowercase, without - and _ */
    size_t from;                   /* where it begins in the text */
    bool quoted;
};

static bool find_name(const struct dl_masked *m, size_t separator, struct name *name)
{
    size_t end = separator, n = 0;

    while (end > 0 && is_blank(m->text[end - 1]) && separator - end < 4)
        end--;
    name->quoted = end > 0 && is_quote(m->text[end - 1]);
    if (name->quoted)
        end--;
    while (end > 0 && m->text[end - 1] == '\\' && separator - end < 8)
        end--;
    name->from = end;
    while (name->from > 0 && end - name->from < NAME_MAX_BYTES &&
           (is_word(m->text[name->from - 1]) || m->text[name->from - 1] == '-'))
        name->from--;
    for (size_t i = name->from; i < end; i++)
        if (m->text[i] != '-' && m->text[i] != '_')
            name->text[n++] = dl_ascii_lower(m->text[i]);
    name->text[n] = '\0';
    return n > 0;
}

/* Whether only blanks and list dashes stand in front of `at` on its line: a YAML key or a header.
 */
static bool begins_line(const struct dl_masked *m, size_t at)
{
    while (at > 0 && (is_blank(m->text[at - 1]) || m->text[at - 1] == '-' ||
                      m->text[at - 1] == '>' || m->text[at - 1] == '<'))
        at--;
    return at == 0 || m->text[at - 1] == '\n' || m->text[at - 1] == '\r';
}

/* End of a value in quotes; quotes and value may be escaped once more (JSON within JSON). */
static size_t quoted_end(const struct dl_masked *m, size_t at, char quote)
{
    while (at < m->len && m->text[at] != quote && m->text[at] != '\n') {
        if (m->text[at] == '\\' && at + 1 < m->len) {
            if (m->text[at + 1] == quote && (at + 2 >= m->len || !is_word(m->text[at + 2])))
                return at;
            at++;
        }
        at++;
    }
    return at < m->len ? at : m->len;
}

static size_t bare_end(const struct dl_masked *m, size_t at, const char *stops)
{
    while (at < m->len && m->text[at] != '\0' && !strchr(stops, m->text[at]))
        at++;
    return at;
}

static bool is_literal(const struct dl_masked *m, size_t from, size_t to)
{
    static const char *const literals[] = {"null", "true", "false", "-"};

    for (size_t i = 0; i < sizeof(literals) / sizeof(literals[0]); i++)
        if (to - from == strlen(literals[i]) && memcmp(m->text + from, literals[i], to - from) == 0)
            return true;
    return false;
}

/* The value behind a name that is a secret's. Returns its end. */
static size_t mask_value_at(struct dl_masked *m, size_t separator, const struct name *name)
{
    const char kind = m->text[separator];
    size_t from = separator, to;

    while (from < m->len && from - separator < 3 && strchr(":=>", m->text[from]) && m->text[from])
        from++;
    from += run(m, from, is_blank);
    size_t escaped = from;
    while (escaped < m->len && m->text[escaped] == '\\' && escaped - from < 4)
        escaped++;
    if (escaped < m->len && is_quote(m->text[escaped])) {
        from = escaped + 1;
        to = quoted_end(m, from, m->text[escaped]);
    } else if (strstr(name->text, "authorization")) {
        to = bare_end(m, from, "\r\n\"'");
    } else if (kind == ':' && !name->quoted && begins_line(m, name->from)) {
        to = bare_end(m, from, "\r\n");
    } else {
        to = bare_end(m, from, kind == ':' ? " \t\r\n\v\f,\"'}]" : " \t\r\n\v\f&;\"'");
    }
    if (!is_literal(m, from, to))
        mark(m, from, to);
    return to;
}

/* name: value, name=value, "name": "value", --name value */
static void mask_named(struct dl_masked *m)
{
    struct name name;

    for (size_t at = 1; at < m->len; at++) {
        char c = m->text[at];
        if (c != ':' && c != '=' && !is_blank(c))
            continue;
        if (!find_name(m, at, &name) || !name_is_secret(name.text))
            continue;
        /* A blank separates only behind an option. */
        if (is_blank(c) && (name.quoted || strncmp(m->text + name.from, "--", 2) != 0))
            continue;
        /* Going on behind the value keeps the whole at one pass. */
        size_t end = mask_value_at(m, at, &name);
        at = end > at ? end - 1 : at;
    }
}

static void mask_pem(struct dl_masked *m)
{
    static const char begin[] = "-----BEGIN ", end[] = "-----END ";
    size_t at = 0;

    while (at < m->len) {
        const char *from = memmem(m->text + at, m->len - at, begin, sizeof(begin) - 1);
        if (!from)
            return;
        size_t start = (size_t)(from - m->text), stop = m->len;
        const char *last = memmem(from, m->len - start, end, sizeof(end) - 1);
        if (last) { /* up to the dashes behind the name; a block without an end hides the rest */
            stop = (size_t)(last - m->text) + sizeof(end) - 1;
            while (stop < m->len && m->text[stop] != '-' && m->text[stop] != '\n')
                stop++;
            while (stop < m->len && m->text[stop] == '-')
                stop++;
        }
        mark(m, start, stop);
        at = stop;
    }
}

static bool in_address(char c)
{
    return !is_space(c) && c != '"' && c != '|' && c != '<' && c != '>' && c != '`';
}

/* "HOST:443/" or ":443" at the end: a port, not a password. */
static bool is_port(const struct dl_masked *m, size_t at, size_t end)
{
    size_t n = run(m, at, is_digit);

    return n > 0 && n <= 5 && (at + n == end || m->text[at + n] == '/');
}

/* One stretch without blanks: scheme://user:password@host, or user:password@host:port. */
static void mask_address(struct dl_masked *m, size_t from, size_t to)
{
    const char *scheme = memmem(m->text + from, to - from, "://", 3);
    const char *sign = memrchr(m->text + from, '@', to - from);

    if (!sign)
        return;
    size_t at = (size_t)(sign - m->text);
    size_t start = scheme && scheme < sign ? (size_t)(scheme - m->text) + 3 : from;
    const char *colon = memchr(m->text + start, ':', at - start);
    if (!colon)
        return;
    size_t password = (size_t)(colon - m->text) + 1;
    if (start ==
        from) { /* without a scheme only when host:port follows: tags hold mail addresses */
        const char *port = memchr(sign, ':', to - at);
        if (!port || !is_port(m, (size_t)(port - m->text) + 1, to))
            return;
    } else if (is_port(m, password, at) && memchr(m->text + password, '/', at - password)) {
        return;
    }
    mark(m, password, at);
}

static void mask_addresses(struct dl_masked *m)
{
    for (size_t at = 0; at < m->len; at++) {
        size_t n = run(m, at, in_address);
        if (n > 0)
            mask_address(m, at, at + n);
        at += n;
    }
}

void dl_mask_patterns(struct dl_masked *m)
{
    mask_hex_words(m);
    mask_prefixed(m, "ddap_", false, is_token);
    mask_prefixed(m, "ddapp_", false, is_token);
    mask_prefixed(m, "ddpat_", false, is_token);
    mask_prefixed(m, "ddsat_", false, is_token);
    mask_prefixed(m, "DDRCM_", false, is_token);
    mask_prefixed(m, "/v1/input/", true, is_word);
    mask_scheme(m, "bearer");
    mask_scheme(m, "basic");
    mask_named(m);
    mask_pem(m);
    mask_addresses(m);
}
