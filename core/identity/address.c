#include "identity/address.h"

#include <arpa/inet.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/text.h"
#include "identity/tag.h"

#define HOST_MAX 253 /* RFC 1035, in text form */
#define LABEL_MAX 63

struct address {
    char scheme[8];          /* lowercase, "" without one */
    char host[HOST_MAX + 1]; /* lowercase, [..] around an IPv6 address */
    char port[8];            /* "" without one */
};

static bool is_ipv6(const char *text, size_t len)
{
    struct in6_addr address;
    char plain[INET6_ADDRSTRLEN];

    if (len < 4 || len - 2 >= sizeof plain || text[0] != '[' || text[len - 1] != ']')
        return false;
    memcpy(plain, text + 1, len - 2);
    plain[len - 2] = '\0';
    return inet_pton(AF_INET6, plain, &address) == 1;
}

/* A host name of the usual bytes whose last label holds a letter: what merely looks like an IPv4
 * address ("127.1", "2130706433") is read differently by different programs. */
static bool is_name(const char *text, size_t len)
{
    bool letters = false;
    size_t label = 0;

    for (size_t i = 0; i < len; i++) {
        char c = dl_ascii_lower(text[i]);
        bool letter = (c >= 'a' && c <= 'z') || c == '_';

        if (c == '.') {
            if (label == 0 || text[i - 1] == '-')
                return false;
            label = 0;
            continue;
        }
        if (!letter && !(c >= '0' && c <= '9') && (c != '-' || label == 0))
            return false;
        letters = label == 0 ? letter : letters || letter;
        if (++label > LABEL_MAX)
            return false;
    }
    return label > 0 && letters && text[len - 1] != '-';
}

static bool take_host(struct address *to, const char *text, size_t len)
{
    struct in_addr ipv4;

    if (len == 0 || len > HOST_MAX)
        return false;
    for (size_t i = 0; i < len; i++)
        to->host[i] = dl_ascii_lower(text[i]);
    to->host[len] = '\0';
    return is_ipv6(text, len) || inet_pton(AF_INET, to->host, &ipv4) == 1 || is_name(text, len);
}

static bool take_port(struct address *to, const char *text)
{
    uint64_t number;

    if (*text == '0' || strlen(text) > 5 || !dl_text_number(text, 1, 65535, &number))
        return false;
    return dl_text_copy(to->port, sizeof to->port, text);
}

static bool is_loopback(const char *host)
{
    struct in_addr ipv4;

    if (strcmp(host, "localhost") == 0 || strcmp(host, "[::1]") == 0)
        return true;
    return inet_pton(AF_INET, host, &ipv4) == 1 && ntohl(ipv4.s_addr) >> 24 == 127;
}

static int refuse(struct dl_error *err, const char *text, const char *why)
{
    char shown[160];

    if (strchr(text, '@') != NULL)
        return dl_error_set(err, DL_E_VALUE, "this address cannot be used: %s", why);
    dl_text_show(shown, sizeof shown, text, strlen(text));
    return dl_error_set(err, DL_E_VALUE, "\"%s\" cannot be used: %s", shown, why);
}

/* Takes SCHEME://HOST[:PORT][/] apart, or HOST[:PORT] without `schemes`. */
static int take_apart(struct address *to, const char *text, bool schemes, const char *form,
                      struct dl_error *err)
{
    const char *rest = text, *sep = strstr(text, "://");
    size_t len;

    *to = (struct address){0};
    if (strlen(text) >= DL_ADDRESS_MAX)
        return dl_error_set(err, DL_E_VALUE, "an address has at most %d bytes", DL_ADDRESS_MAX - 1);
    if (strchr(text, '@') != NULL)
        return refuse(err, text, "an address here has no user and no password");
    if (schemes) {
        if (sep == NULL || (size_t)(sep - text) >= sizeof to->scheme)
            return refuse(err, text, form);
        for (size_t i = 0; i < (size_t)(sep - text); i++)
            to->scheme[i] = dl_ascii_lower(text[i]);
        rest = sep + 3;
    }
    len = *rest == '[' ? strcspn(rest, "]") : strcspn(rest, ":/?#");
    len += *rest == '[' && rest[len] == ']';
    if (!take_host(to, rest, len))
        return refuse(err, text, "that is no name of a host");
    rest += len;
    if (*rest == ':') {
        char port[8];

        len = strcspn(rest + 1, "/?#");
        dl_text_format(port, sizeof port, "%.*s", (int)(len > 6 ? 6 : len), rest + 1);
        if (!take_port(to, port))
            return refuse(err, text, "a port is a number from 1 to 65535");
        rest += 1 + len;
    }
    if (schemes && strcmp(rest, "/") == 0)
        rest++;
    if (*rest != '\0')
        return refuse(err, text, "nothing may follow host and port (no path, no query)");
    return 0;
}

static int put_together(char to[DL_ADDRESS_MAX], const struct address *from, struct dl_error *err)
{
    if (!dl_text_format(to, DL_ADDRESS_MAX, "%s%s%s%s%s", from->scheme,
                        from->scheme[0] != '\0' ? "://" : "", from->host,
                        from->port[0] != '\0' ? ":" : "", from->port))
        return dl_error_set(err, DL_E_VALUE, "an address has at most %d bytes", DL_ADDRESS_MAX - 1);
    return 0;
}

int dl_address_origin(char to[DL_ADDRESS_MAX], const char *text, struct dl_error *err)
{
    static const char form[] = "write https://HOST or https://HOST:PORT";
    struct address address;
    int status = take_apart(&address, text, true, form, err);

    if (status < 0)
        return status;
    if (strcmp(address.scheme, "http") == 0 && !is_loopback(address.host))
        return refuse(err, text,
                      "http:// would send the key in the clear; write https:// (http:// is for "
                      "this machine alone)");
    if (strcmp(address.scheme, "http") != 0 && strcmp(address.scheme, "https") != 0)
        return refuse(err, text, form);
    return put_together(to, &address, err);
}

int dl_address_host_port(char to[DL_ADDRESS_MAX], const char *text, struct dl_error *err)
{
    struct address address;
    int status;

    if (strstr(text, "://") != NULL)
        return refuse(err, text, "write HOST:PORT without http:// or https://");
    status = take_apart(&address, text, false, NULL, err);
    if (status < 0)
        return status;
    if (address.port[0] == '\0')
        return refuse(err, text, "the port is missing; write HOST:PORT");
    return put_together(to, &address, err);
}

int dl_address_proxy(char to[DL_ADDRESS_MAX], const char *text, struct dl_error *err)
{
    static const char form[] = "write http://HOST:PORT, or none";
    struct address address;
    int status;

    if (strcmp(text, "none") == 0) {
        dl_text_copy(to, DL_ADDRESS_MAX, text);
        return 0;
    }
    if (strchr(text, '@') != NULL)
        return dl_error_set(err, DL_E_VALUE,
                            "user and password of a proxy are not kept here; put credentials into "
                            "HTTPS_PROXY and leave the proxy out");
    status = take_apart(&address, text, true, form, err);
    if (status < 0)
        return status;
    if (strcmp(address.scheme, "http") != 0 && strcmp(address.scheme, "https") != 0)
        return refuse(err, text, form);
    return put_together(to, &address, err);
}
