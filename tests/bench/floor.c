/* The least work that a delivery can be: read, frame, escape, compress, write to a socket. No
 * validation, no retry, no TLS, one thread, one connection. What ddlogs is held against.
 *
 *     floor gzip|zstd|none PORT FILE */
#include <arpa/inet.h>
#include <emmintrin.h>
#include <fcntl.h>
#include <libdeflate.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>
#include <zstd.h>

#define ENTRIES 1000
#define BODY 5000000
#define READ (256 * 1024)

static const char head[] =
    "{\"ddsource\":\"bench\",\"service\":\"web\",\"hostname\":\"bench-host\"";

static char body[BODY + 64], packed[BODY + 65536];
static size_t length, entries;
static char coding = 'n';
static int fd;
static struct libdeflate_compressor *gzip;
static ZSTD_CCtx *zstd;

static void die(const char *what)
{
    perror(what);
    exit(71);
}

static void write_all(struct iovec *parts, int count)
{
    while (count) {
        ssize_t n = writev(fd, parts, count);

        if (n <= 0)
            die("floor");
        for (; count && (size_t)n >= parts->iov_len; parts++, count--)
            n -= (ssize_t)parts->iov_len;
        if (count) {
            parts->iov_base = (char *)parts->iov_base + n;
            parts->iov_len -= (size_t)n;
        }
    }
}

static void post(void)
{
    char *out = packed, answer[512];
    size_t n = 0;

    if (!entries)
        return;
    body[length++] = ']';
    if (coding == 'g')
        n = libdeflate_gzip_compress(gzip, body, length, packed, sizeof packed);
    else if (coding == 'z')
        n = ZSTD_compressCCtx(zstd, packed, sizeof packed, body, length, 1);
    else
        out = body, n = length;
    int h =
        snprintf(answer, sizeof answer,
                 "POST /api/v2/logs HTTP/1.1\r\nHost: 127.0.0.1\r\n%sContent-Length: %zu\r\n\r\n",
                 coding == 'g'   ? "Content-Encoding: gzip\r\n"
                 : coding == 'z' ? "Content-Encoding: zstd\r\n"
                                 : "",
                 n);
    struct iovec parts[] = {{answer, (size_t)h}, {out, n}};
    write_all(parts, 2);
    if (recv(fd, answer, sizeof answer, 0) <= 0)
        die("floor");
    length = entries = 0;
}

static char *escape(char *w, const char *p, const char *end)
{
    while (p < end) {
        unsigned odd = 0;

        if (end - p >= 16) {
            __m128i b = _mm_loadu_si128((const __m128i *)(const void *)p);
            __m128i m = _mm_or_si128(_mm_cmpeq_epi8(b, _mm_set1_epi8('"')),
                                     _mm_cmpeq_epi8(b, _mm_set1_epi8('\\')));
            m = _mm_or_si128(m,
                             _mm_cmpeq_epi8(b, _mm_max_epu8(_mm_setzero_si128(),
                                                            _mm_min_epu8(b, _mm_set1_epi8(31)))));
            odd = (unsigned)_mm_movemask_epi8(m);
            _mm_storeu_si128((__m128i *)(void *)w, b);
            unsigned n = odd ? (unsigned)__builtin_ctz(odd) : 16;
            p += n;
            w += n;
            if (!odd)
                continue;
        }
        unsigned char c = (unsigned char)*p++;
        if (c >= 32 && c != '"' && c != '\\') {
            *w++ = (char)c;
            continue;
        }
        *w++ = '\\';
        *w++ = c == '\t' ? 't' : c == '\r' ? 'r' : (char)c; /* all that the corpora have */
    }
    return w;
}

static void take(const char *line, size_t len)
{
    char *w;

    if (entries == ENTRIES || length + len * 2 + 256 > BODY)
        post();
    body[length++] = entries++ ? ',' : '[';
    memcpy(body + length, head, sizeof head - 1);
    length += sizeof head - 1;
    if (*line == '{') {
        body[length++] = ',';
        memcpy(body + length, line + 1, len - 1);
        length += len - 1;
        return;
    }
    memcpy(body + length, ",\"message\":\"", 12);
    w = escape(body + length + 12, line, line + len);
    memcpy(w, "\"}", 2);
    length = (size_t)(w + 2 - body);
}

static void send_file(int file)
{
    static char data[READ + 65536];
    size_t have = 0;
    ssize_t n;

    while ((n = read(file, data + have, READ)) > 0) {
        const char *p = data, *end = data + have + n, *newline;

        while ((newline = memchr(p, '\n', (size_t)(end - p)))) {
            take(p, (size_t)(newline - p));
            p = newline + 1;
        }
        have = (size_t)(end - p);
        memmove(data, p, have);
    }
    post();
}

int main(int argc, char **argv)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int file;

    if (argc != 4)
        return 64;
    coding = argv[1][0];
    to.sin_port = htons((uint16_t)atoi(argv[2]));
    file = open(argv[3], O_RDONLY);
    fd = socket(AF_INET, SOCK_STREAM, 0);
    if (file < 0 || fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to))
        die(argv[3]);
    gzip = libdeflate_alloc_compressor(1);
    zstd = ZSTD_createCCtx();
    send_file(file);
    return 0;
}
