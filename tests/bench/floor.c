/* The least work that a delivery can be: read, frame, escape, compress, write to a socket. No
 * validation, no retry, no TLS. What ddlogs is held against.
 *
 *     floor gzip|deflate|zstd|none PORT FILE [THREADS [read|record|compress]]
 *
 * Every log carries an id, as those of ddlogs do; PLAIN in the environment leaves it out.
 * gzip is ISA-L level 1, deflate is libdeflate's gzip level 1, zstd is level 1. Each thread has a
 * share of FILE and a connection of its own. With a last word only the parts up to that one are
 * done, so that the difference of two runs is what a part costs; then nothing is sent. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <isa-l/igzip_lib.h>
#include <libdeflate.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>
#include <zstd.h>
#ifdef __x86_64__
#include <immintrin.h>
#endif

#define ENTRIES 1000
#define BODY 5000000
#define READ (256 * 1024)
#define THREADS_MAX 16

enum part { PART_READ, PART_RECORD, PART_COMPRESS, PART_ALL };

struct lane {
    pthread_t thread;
    int fd;
    off_t from, to; /* its bytes of the file: the lines that begin there */
    size_t length, entries;
    uint64_t number;
    struct isal_zstream isal;
    struct libdeflate_compressor *deflate;
    ZSTD_CCtx *zstd;
    uint8_t level[ISAL_DEF_LVL1_DEFAULT];
    char data[READ + 65536], body[BODY + 256], packed[BODY + 65536];
};

static bool with_id = true;
static char head[256];
static size_t head_length;
static char coding;
static enum part last = PART_ALL;
static int file;
static char *(*escape)(char *, const char *, const char *);

static void die(const char *what)
{
    perror(what);
    exit(71);
}

static void write_all(int fd, struct iovec *parts, int count)
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

static size_t pack_isal(struct lane *l)
{
    struct isal_zstream *z = &l->isal;

    isal_deflate_stateless_init(z);
    z->level = 1;
    z->level_buf = l->level;
    z->level_buf_size = sizeof l->level;
    z->gzip_flag = IGZIP_GZIP;
    z->end_of_stream = 1;
    z->next_in = (uint8_t *)l->body;
    z->avail_in = (uint32_t)l->length;
    z->next_out = (uint8_t *)l->packed;
    z->avail_out = sizeof l->packed;
    if (isal_deflate_stateless(z) != COMP_OK)
        die("gzip");
    return z->total_out;
}

static size_t pack(struct lane *l, char **out)
{
    *out = l->packed;
    switch (coding) {
    case 'g':
        return pack_isal(l);
    case 'd':
        return libdeflate_gzip_compress(l->deflate, l->body, l->length, l->packed,
                                        sizeof l->packed);
    case 'z':
        return ZSTD_compressCCtx(l->zstd, l->packed, sizeof l->packed, l->body, l->length, 1);
    default:
        *out = l->body;
        return l->length;
    }
}

static void post(struct lane *l)
{
    char *out, answer[512];
    size_t n;

    if (!l->entries)
        return;
    l->body[l->length++] = ']';
    if (last >= PART_COMPRESS)
        n = pack(l, &out);
    l->length = l->entries = 0;
    if (last < PART_ALL)
        return;
    int h =
        snprintf(answer, sizeof answer,
                 "POST /api/v2/logs HTTP/1.1\r\nHost: 127.0.0.1\r\n%sContent-Length: %zu\r\n\r\n",
                 coding == 'z'   ? "Content-Encoding: zstd\r\n"
                 : coding == 'n' ? ""
                                 : "Content-Encoding: gzip\r\n",
                 n);
    struct iovec parts[] = {{answer, (size_t)h}, {out, n}};
    write_all(l->fd, parts, 2);
    if (recv(l->fd, answer, sizeof answer, 0) <= 0)
        die("floor");
}

/* All that the corpora have of odd bytes. */
static char *escape_byte(char *w, char c)
{
    *w++ = '\\';
    *w++ = c == '\t' ? 't' : c == '\r' ? 'r' : c;
    return w;
}

static char *escape_plainly(char *w, const char *p, const char *end)
{
    for (; p < end; p++) {
        if ((unsigned char)*p < 32 || *p == '"' || *p == '\\')
            w = escape_byte(w, *p);
        else
            *w++ = *p;
    }
    return w;
}

#ifdef __x86_64__
/* A block's odd bytes are found once; what stands between them is stored again, a block at a time.
 * Reads and writes up to a block behind the end. */
__attribute__((target("avx2,bmi"))) static char *escape_wide(char *w, const char *p,
                                                             const char *end)
{
    const __m256i quote = _mm256_set1_epi8('"'), slash = _mm256_set1_epi8('\\'),
                  control = _mm256_set1_epi8(31);

    for (; p < end; p += 32) {
        __m256i b = _mm256_loadu_si256((const __m256i *)(const void *)p);
        __m256i odd = _mm256_or_si256(_mm256_cmpeq_epi8(b, quote), _mm256_cmpeq_epi8(b, slash));
        odd = _mm256_or_si256(odd, _mm256_cmpeq_epi8(b, _mm256_min_epu8(b, control)));
        uint32_t mask = (uint32_t)_mm256_movemask_epi8(odd);
        uint32_t left = end - p < 32 ? (uint32_t)(end - p) : 32, at = 0;

        if (left < 32)
            mask &= (UINT32_C(1) << left) - 1;
        _mm256_storeu_si256((__m256i *)(void *)w, b);
        for (; mask; mask &= mask - 1) {
            uint32_t n = (uint32_t)__builtin_ctz(mask);

            w = escape_byte(w + (n - at), p[n]);
            at = n + 1;
            _mm256_storeu_si256((__m256i *)(void *)w,
                                _mm256_loadu_si256((const __m256i *)(const void *)(p + at)));
        }
        w += left - at;
    }
    return w;
}
#endif

/* ,"ddlogs.id":"floorfloor-123" */
static char *write_id(char *w, uint64_t number)
{
    char digits[20], *at = digits + sizeof digits;

    memcpy(w, ",\"ddlogs.id\":\"floorfloor-", 26);
    w += 26;
    do
        *--at = (char)('0' + number % 10);
    while (number /= 10);
    memcpy(w, at, (size_t)(digits + sizeof digits - at));
    w += digits + sizeof digits - at;
    *w++ = '"';
    return w;
}

static void take(struct lane *l, const char *line, size_t len)
{
    char *w;

    if (l->entries == ENTRIES || l->length + len * 2 + head_length + 128 > BODY)
        post(l);
    w = l->body + l->length;
    *w++ = l->entries++ ? ',' : '[';
    memcpy(w, head, head_length);
    w += head_length;
    if (*line == '{') {
        *w++ = ',';
        memcpy(w, line + 1, len - 2);
        w += len - 2;
        if (with_id)
            w = write_id(w, ++l->number);
        *w++ = '}';
    } else {
        if (with_id)
            w = write_id(w, ++l->number);
        memcpy(w, ",\"message\":\"", 12);
        w = escape(w + 12, line, line + len);
        memcpy(w, "\"}", 2);
        w += 2;
    }
    l->length = (size_t)(w - l->body);
}

/* A line belongs to the lane in which its first byte lies. */
static void *run_lane(void *context)
{
    struct lane *l = context;
    bool skip = l->from > 0; /* the line before began with the lane before */
    off_t offset = skip ? l->from - 1 : 0, begin = offset; /* begin: of what data holds */
    size_t have = 0;
    ssize_t n;

    while (begin < l->to && (n = pread(file, l->data + have, READ, offset)) > 0) {
        const char *p = l->data, *end = l->data + have + n, *newline;

        offset += n;
        if (last == PART_READ) {
            begin = offset;
            continue;
        }
        while (begin < l->to && (newline = memchr(p, '\n', (size_t)(end - p)))) {
            if (!skip)
                take(l, p, (size_t)(newline - p));
            skip = false;
            begin += newline + 1 - p;
            p = newline + 1;
        }
        have = (size_t)(end - p);
        memmove(l->data, p, have);
    }
    post(l);
    return NULL;
}

static void begin_lane(struct lane *l, unsigned port)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};

    to.sin_port = htons((uint16_t)port);
    if (coding == 'd')
        l->deflate = libdeflate_alloc_compressor(1);
    if (coding == 'z')
        l->zstd = ZSTD_createCCtx();
    if (last == PART_ALL) {
        l->fd = socket(AF_INET, SOCK_STREAM, 0);
        if (l->fd < 0 || connect(l->fd, (struct sockaddr *)&to, sizeof to))
            die("connect");
    }
    if (pthread_create(&l->thread, NULL, run_lane, l))
        die("thread");
}

static void write_head(void)
{
    char host[128] = "bench-host";

    gethostname(host, sizeof host - 1);
    head_length = (size_t)snprintf(
        head, sizeof head, "{\"ddsource\":\"bench\",\"service\":\"web\",\"hostname\":\"%s\"", host);
}

int main(int argc, char **argv)
{
    int threads = argc > 4 ? atoi(argv[4]) : 1;
    struct lane *lanes[THREADS_MAX];
    struct stat status;

    if (argc < 4 || argc > 6 || threads < 1 || threads > THREADS_MAX) {
        fprintf(stderr, "use: floor gzip|deflate|zstd|none PORT FILE [THREADS [PART]]\n");
        return 64;
    }
    coding = argv[1][0];
    if (argc == 6)
        last = argv[5][0] == 'c'                ? PART_COMPRESS
               : strcmp(argv[5], "record") == 0 ? PART_RECORD
                                                : PART_READ;
    file = open(argv[3], O_RDONLY);
    if (file < 0 || fstat(file, &status))
        die(argv[3]);
    escape = escape_plainly;
#ifdef __x86_64__
    if (__builtin_cpu_supports("avx2"))
        escape = escape_wide;
#endif
    with_id = !getenv("PLAIN");
    write_head();
    for (int i = 0; i < threads; i++) {
        lanes[i] = calloc(1, sizeof **lanes);
        if (!lanes[i])
            die("memory");
        lanes[i]->from = status.st_size / threads * i;
        lanes[i]->to = i + 1 < threads ? status.st_size / threads * (i + 1) : status.st_size;
        begin_lane(lanes[i], (unsigned)atoi(argv[2]));
    }
    for (int i = 0; i < threads; i++)
        pthread_join(lanes[i]->thread, NULL);
    return 0;
}
