#include "net/no_proxy.h"

#include <arpa/inet.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define ENTRY_MAX 300

static bool separates(char c)
{
    return c == ',' || c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == ';';
}

bool dl_no_proxy_next(const char **at, const char **entry, size_t *len)
{
    while (separates(**at)) {
        ++*at;
    }
    *entry = *at;
    while (**at && !separates(**at)) {
        ++*at;
    }
    *len = (size_t)(*at - *entry);
    return *len > 0;
}

struct address {
    int family;
    size_t bits;
    unsigned char bytes[16];
};

static bool parse_address(const char *text, struct address *to)
{
    if (inet_pton(AF_INET, text, to->bytes) == 1) {
        to->family = AF_INET;
        to->bits = 32;
        return true;
    }
    if (inet_pton(AF_INET6, text, to->bytes) == 1) {
        to->family = AF_INET6;
        to->bits = 128;
        return true;
    }
    return false;
}

static bool same_network(const struct address *a, const struct address *b, size_t bits)
{
    size_t bytes = bits / 8;
    unsigned mask = (0xff00U >> (bits % 8)) & 0xff;

    return a->family == b->family && memcmp(a->bytes, b->bytes, bytes) == 0 &&
           (bits % 8 == 0 || ((a->bytes[bytes] ^ b->bytes[bytes]) & mask) == 0);
}

/* "[::1]" -> "::1", in place. */
static void unbracket(char *text)
{
    size_t len = strlen(text);

    if (len > 2 && text[0] == '[' && text[len - 1] == ']') {
        memmove(text, text + 1, len - 2);
        text[len - 2] = '\0';
    }
}

/* Takes ":port" off the end. False: there is one and it is another port. */
static bool port_fits(char *entry, int port)
{
    char *colon = strrchr(entry, ':');
    uint64_t number;

    /* more than one colon without brackets is an IPv6 address */
    if (!colon || (strchr(entry, ':') != colon && colon[-1] != ']') ||
        !dl_text_number(colon + 1, 1, 65535, &number)) {
        return true;
    }
    *colon = '\0';
    return number == (uint64_t)port;
}

static bool address_fits(char *entry, const struct address *host)
{
    char *slash = strchr(entry, '/');
    struct address network = {0};
    uint64_t bits;

    if (slash) {
        *slash = '\0';
    }
    unbracket(entry);
    if (!parse_address(entry, &network)) {
        return false;
    }
    bits = network.bits;
    if (slash && !dl_text_number(slash + 1, 0, network.bits, &bits)) {
        return false;
    }
    return same_network(&network, host, (size_t)bits);
}

static bool name_fits(const char *entry, const char *host)
{
    size_t entry_len, host_len = strlen(host);

    if (dl_text_starts(entry, "*.")) {
        entry += 2;
    } else if (*entry == '.') {
        entry++;
    }
    entry_len = strlen(entry);
    if (entry_len && entry[entry_len - 1] == '.') {
        entry_len--;
    }
    if (host_len && host[host_len - 1] == '.') {
        host_len--;
    }
    if (!entry_len || entry_len > host_len ||
        !dl_ascii_equal_n(entry, host + host_len - entry_len, entry_len)) {
        return false;
    }
    return entry_len == host_len || host[host_len - entry_len - 1] == '.';
}

static bool entry_fits(char *entry, const char *host, int port)
{
    struct address address = {0};
    char bare[ENTRY_MAX];

    if (strcmp(entry, "*") == 0) {
        return true;
    }
    if (!port_fits(entry, port)) {
        return false;
    }
    dl_text_copy(bare, sizeof bare, host);
    unbracket(bare);
    return parse_address(bare, &address) ? address_fits(entry, &address) : name_fits(entry, bare);
}

bool dl_no_proxy_match(const char *list, const char *host, int port, char *entry, size_t size)
{
    const char *start;
    size_t len;

    while (dl_no_proxy_next(&list, &start, &len)) {
        char text[ENTRY_MAX];

        if (len >= sizeof text) {
            continue; /* longer than any host name */
        }
        memcpy(text, start, len);
        text[len] = '\0';
        dl_text_copy(entry, size, text);
        if (entry_fits(text, host, port)) {
            return true;
        }
    }
    return false;
}
