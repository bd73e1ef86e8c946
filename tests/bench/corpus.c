/* Log lines for the benchmark: the same bytes for the same arguments, on every machine.
 *
 *     corpus nginx|json|long MEGABYTES > FILE
 *
 * nginx: access lines of about 210 bytes. json: objects of about 410. long: text of 1 to 24 kB with
 * the quotes, tabs and backslashes of stack traces. */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t state = UINT64_C(0x9e3779b97f4a7c15);

/* xorshift64: 0 to below - 1 */
static unsigned draw(unsigned below)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (unsigned)(state >> 33) % below;
}

static const char *const words[] = {
    "cart",   "checkout", "catalog", "search",  "account", "orders",   "login",   "images",
    "basket", "review",   "session", "payment", "returns", "shipping", "invoice", "offers"};
static const char *const agents[] = {
    "Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/128.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/126.0.0.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Mobile", "curl/8.8.0"};
static const char *const levels[] = {"info", "info", "info", "warn", "error", "debug"};

static const char *word(void)
{
    return words[draw(sizeof words / sizeof *words)];
}

static int nginx_line(char *to, size_t size, unsigned number)
{
    return snprintf(to, size,
                    "10.%u.%u.%u - - [12/Mar/2025:%02u:%02u:%02u +0000] \"GET /%s/%s?id=%u "
                    "HTTP/1.1\" %u %u \"https://shop.example/%s\" \"%s\" %u.%03u %010u",
                    draw(4), draw(256), draw(256), number / 36000 % 24, number / 600 % 60,
                    number / 10 % 60, word(), word(), draw(100000), draw(20) ? 200 : 404,
                    draw(60000), word(), agents[draw(4)], draw(2), draw(1000), number);
}

static int json_line(char *to, size_t size, unsigned number)
{
    return snprintf(
        to, size,
        "{\"timestamp\":\"2025-03-12T%02u:%02u:%02u.%03uZ\",\"level\":\"%s\",\"hostname\":\"web-%"
        "u\","
        "\"logger\":\"shop.%s.%s\",\"message\":\"%s of %s took %u ms for caf\xc3\xa9 \\\"%s\\\"\","
        "\"http\":{\"method\":\"GET\",\"path\":\"/%s/%u\",\"status\":%u,\"bytes\":%u,\"duration\":"
        "%u.%03u},\"user\":{\"id\":%u,\"plan\":\"%s\"},\"trace_id\":\"%016" PRIx64
        "\",\"span_id\":\"%08x\",\"retry\":false,\"parts\":[%u,%u,%u],\"n\":%u}",
        number / 36000 % 24, number / 600 % 60, number / 10 % 60, draw(1000), levels[draw(6)],
        draw(8), word(), word(), word(), word(), draw(3000), word(), word(), draw(100000),
        draw(20) ? 200 : 500, draw(60000), draw(2), draw(1000), draw(1000000),
        draw(3) ? "free" : "business", state, draw(0x7fffffff), draw(10), draw(100), draw(1000),
        number);
}

static int long_line(char *to, size_t size, unsigned number)
{
    size_t want = 1000 + draw(23000), n = 0;

    n += (size_t)snprintf(to, size, "ERROR %010u request failed: \"%s\\%s\"", number, word(),
                          word());
    while (n < want)
        n += (size_t)snprintf(to + n, size - n, "\tat shop.%s.%s(%s.java:%u) [\"%08x\"]", word(),
                              word(), word(), draw(2000), draw(0x7fffffff));
    return (int)n;
}

int main(int argc, char **argv)
{
    static char line[32 * 1024];
    int (*make)(char *, size_t, unsigned) = NULL;
    uint64_t want, written = 0;

    if (argc == 3)
        make = strcmp(argv[1], "nginx") == 0  ? nginx_line
               : strcmp(argv[1], "json") == 0 ? json_line
               : strcmp(argv[1], "long") == 0 ? long_line
                                              : NULL;
    if (!make) {
        fprintf(stderr, "use: corpus nginx|json|long MEGABYTES\n");
        return 64;
    }
    want = strtoull(argv[2], NULL, 10) * 1000000;
    for (unsigned number = 0; written < want; number++) {
        int n = make(line, sizeof line, number);

        line[n++] = '\n';
        written += fwrite(line, 1, (size_t)n, stdout);
        if (ferror(stdout))
            return 74;
    }
    return fflush(stdout) ? 74 : 0;
}
