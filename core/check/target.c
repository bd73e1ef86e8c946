#include "check/target.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/text.h"

static bool is_literal(const char *host)
{
    unsigned char bytes[sizeof(struct in6_addr)];

    return inet_pton(AF_INET, host, bytes) == 1 || inet_pton(AF_INET6, host, bytes) == 1;
}

bool dl_target_from_url(struct dl_target *out, const char *url)
{
    struct dl_target target = {.port = 443};
    const char *text = url, *scheme = strstr(url, "://");
    size_t host_length;
    uint64_t port;

    if (scheme) {
        target.tls = dl_text_starts(url, "https:");
        target.port = target.tls ? 443 : dl_text_starts(url, "http:") ? 80 : 1080;
        text = scheme + 3;
    }
    size_t length = strcspn(text, "/?#");
    const char *at = memrchr(text, '@', length);
    if (at) {
        length -= (size_t)(at + 1 - text);
        text = at + 1;
    }
    bool bracket = *text == '[';
    const char *end = bracket ? memchr(text, ']', length) : memchr(text, ':', length);
    if (bracket && !end)
        return false;
    text += bracket;
    length -= bracket;
    host_length = end ? (size_t)(end - text) : length;
    if (host_length == 0 || host_length >= sizeof target.host)
        return false;
    memcpy(target.host, text, host_length);
    text += host_length + bracket;
    length -= host_length + bracket;
    if (length > 0) {
        char digits[8] = "";
        if (*text != ':' || length - 1 >= sizeof digits)
            return false;
        memcpy(digits, text + 1, length - 1);
        if (!dl_text_number(digits, 1, 65535, &port))
            return false;
        target.port = (int)port;
    }
    target.literal = is_literal(target.host);
    *out = target;
    return true;
}
