#include "pipeline/cidr.h"

#include <arpa/inet.h>
#include <string.h>

static bool read_address(struct dl_text text, int *family, unsigned char *to)
{
    char copy[INET6_ADDRSTRLEN];

    if (text.len == 0 || text.len >= sizeof copy)
        return false;
    memcpy(copy, text.at, text.len);
    copy[text.len] = '\0';
    *family = strchr(copy, ':') ? AF_INET6 : AF_INET;
    return inet_pton(*family, copy, to) == 1;
}

bool dl_cidr_parse(struct dl_cidr *out, struct dl_text text)
{
    const char *slash = text.len ? memchr(text.at, '/', text.len) : NULL;
    struct dl_text address = {text.at, slash ? (size_t)(slash - text.at) : text.len};
    int64_t bits, most;

    *out = (struct dl_cidr){0};
    if (!read_address(address, &out->family, out->address))
        return false;
    most = out->family == AF_INET ? 32 : 128;
    bits = most;
    if (slash &&
        !dl_value_parse_integer((struct dl_text){slash + 1, text.len - address.len - 1}, &bits))
        return false;
    out->bits = (unsigned)bits;
    return bits >= 0 && bits <= most;
}

bool dl_cidr_has(const struct dl_cidr *network, struct dl_text text)
{
    unsigned char address[16] = {0};
    unsigned whole = network->bits / 8, rest = network->bits % 8;
    unsigned mask = 0xff00u >> rest & 0xff;
    int family;

    if (!read_address(text, &family, address) || family != network->family ||
        memcmp(address, network->address, whole) != 0)
        return false;
    return rest == 0 || ((address[whole] ^ network->address[whole]) & mask) == 0;
}
