/* What arrived against what was to be sent, after the clock has stopped. */
#include <fcntl.h>
#include <libdeflate.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "sink.h"

/* Count and order-free sum of hashes: equal for equal sets of lines. The hashes themselves say how
 * unequal sets differ. */
struct sum {
    uint64_t count, hashes;
    uint64_t *each;
    size_t size;
};

static void add_line(struct sum *sum, const char *line, size_t len)
{
    uint64_t h = UINT64_C(14695981039346656037), word;

    for (; len >= sizeof word; line += sizeof word, len -= sizeof word) {
        memcpy(&word, line, sizeof word);
        h = (h ^ word) * UINT64_C(1099511628211);
        h ^= h >> 29;
    }
    while (len--)
        h = (h ^ (unsigned char)*line++) * UINT64_C(1099511628211);
    h ^= h >> 32;
    if (sum->count == sum->size) {
        sum->size = sum->size ? sum->size * 2 : 65536;
        sum->each = realloc(sum->each, sum->size * sizeof *sum->each);
    }
    sum->each[sum->count++] = h;
    sum->hashes += h;
}

static bool sum_file(struct sum *sum, const char *path)
{
    struct stat status;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    const char *text, *end;

    if (fd < 0 || fstat(fd, &status) || status.st_size == 0)
        return false;
    text = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    close(fd);
    if (text == MAP_FAILED)
        return false;
    end = text + status.st_size;
    while (text < end) {
        const char *newline = memchr(text, '\n', (size_t)(end - text));

        newline = newline ? newline : end;
        add_line(sum, text, (size_t)(newline - text));
        text = newline + 1;
    }
    return true;
}

/* Behind the string whose opening quote is at p. */
static const char *string_end(const char *p, const char *end)
{
    for (p++; p < end && *p != '"'; p++)
        p += *p == '\\';
    return p + 1;
}

/* Behind the object at p. */
static const char *object_end(const char *p, const char *end)
{
    unsigned depth = 0;

    while (p < end) {
        if (*p == '"') {
            p = string_end(p, end);
            continue;
        }
        depth += *p == '{';
        depth -= *p == '}';
        p++;
        if (depth == 0)
            break;
    }
    return p;
}

/* A message without its escapes: of those only what an escaper of ASCII text makes is known. */
static size_t plain_text(char *to, const char *p, const char *end)
{
    char *w = to;

    while (p < end) {
        if (*p != '\\') {
            *w++ = *p++;
        } else if (p[1] == 'u') {
            *w++ = (char)strtoul((const char[]){p[4], p[5], '\0'}, NULL, 16);
            p += 6;
        } else {
            *w++ = p[1] == 't' ? '\t' : p[1] == 'n' ? '\n' : p[1] == 'r' ? '\r' : p[1];
            p += 2;
        }
    }
    return (size_t)(w - to);
}

/* A log of a line of JSON holds the line's members; the corpus begins each with "timestamp", and
 * nothing but the sender's id may stand behind them. */
static void add_entry(struct sum *sum, char *scratch, const char *p, const char *end)
{
    static const char first[] = "\"timestamp\":", message[] = "\"message\":\"";
    static const char id[] = ",\"ddlogs.id\":\"";
    const char *members = memmem(p, (size_t)(end - p), first, sizeof first - 1);
    const char *text = memmem(p, (size_t)(end - p), message, sizeof message - 1);

    if (members) {
        const char *tail = end - p > 64 ? end - 64 : p;
        const char *behind = memmem(tail, (size_t)(end - tail), id, sizeof id - 1);
        size_t length = (size_t)((behind ? behind : end - 1) - members);

        scratch[0] = '{';
        memcpy(scratch + 1, members, length);
        scratch[1 + length] = '}';
        add_line(sum, scratch, length + 2);
    } else if (text) {
        text += sizeof message - 1;
        add_line(sum, scratch, plain_text(scratch, text, string_end(text - 1, end) - 1));
    }
}

static bool sum_array(struct sum *sum, const char *p, const char *end)
{
    char *scratch = malloc((size_t)(end - p) + 16);

    if (*p != '[')
        return false;
    while (p + 1 < end && p[1] == '{') {
        const char *behind = object_end(p + 1, end);

        add_entry(sum, scratch, p + 1, behind);
        p = behind;
    }
    free(scratch);
    return p + 1 == end && *p == ']';
}

static char *unpack(const struct sink_body *body, size_t *length)
{
    char *to = NULL;
    uint32_t size;

    if (body->coding == SINK_ZSTD) {
        *length = (size_t)ZSTD_getFrameContentSize(body->data, body->length);
        if (*length > 64 * 1024 * 1024)
            return NULL;
        to = malloc(*length + 1);
        return ZSTD_decompress(to, *length, body->data, body->length) == *length ? to : NULL;
    }
    if (body->length < 18)
        return NULL;
    memcpy(&size, body->data + body->length - 4, sizeof size); /* gzip's last word */
    *length = size;
    to = malloc(*length + 1);
    struct libdeflate_decompressor *d = libdeflate_alloc_decompressor();
    enum libdeflate_result rc =
        libdeflate_gzip_decompress(d, body->data, body->length, to, *length, NULL);
    libdeflate_free_decompressor(d);
    return rc == LIBDEFLATE_SUCCESS ? to : NULL;
}

/* The body as it was before packing; *owned: to be freed. */
static char *plain_body(const struct sink_body *body, size_t *length, bool *owned)
{
    *owned = body->coding != SINK_PLAIN;
    *length = body->length;
    return *owned ? unpack(body, length) : body->data;
}

static bool sum_body(struct sum *sum, const struct sink_body *body)
{
    bool ok = false, owned;
    size_t length;
    char *text = plain_body(body, &length, &owned);

    while (text && length && text[length - 1] == '\n')
        length--;
    if (text && length)
        ok = sum_array(sum, text, text + length);
    if (owned)
        free(text);
    return ok;
}

static int by_value(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

/* Walks both sets in order. */
static void compare(struct sum *want, struct sum *got, struct sink_verdict *v)
{
    size_t w = 0, g = 0;

    qsort(want->each, want->count, sizeof *want->each, by_value);
    qsort(got->each, got->count, sizeof *got->each, by_value);
    while (w < want->count || g < got->count) {
        if (g == got->count || (w < want->count && want->each[w] < got->each[g])) {
            v->lost++, w++;
        } else if (w < want->count && want->each[w] == got->each[g]) {
            w++, g++;
        } else {
            *(g && got->each[g - 1] == got->each[g] ? &v->twice : &v->foreign) += 1;
            g++;
        }
    }
}

void sink_verify(const struct sink *sink, const char *path, struct sink_verdict *verdict)
{
    struct sum want = {0}, got = {0};

    *verdict = (struct sink_verdict){.readable = sum_file(&want, path) && !sink->failure};
    for (size_t i = 0; i < sink->count; i++)
        verdict->readable = sum_body(&got, &sink->bodies[i]) && verdict->readable;
    verdict->logs = got.count;
    if (got.count != want.count || got.hashes != want.hashes)
        compare(&want, &got, verdict);
    free(want.each);
    free(got.each);
}

uint64_t sink_reference(const struct sink *sink)
{
    uint64_t total = 0;

    for (size_t i = 0; i < sink->count; i++) {
        z_stream z = {0};
        bool owned;
        size_t length;
        char *text = plain_body(&sink->bodies[i], &length, &owned);

        if (!text || deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
            return 0;
        uLong room = deflateBound(&z, length);
        z.next_in = (Bytef *)text;
        z.avail_in = (uInt)length;
        z.next_out = malloc(room);
        z.avail_out = (uInt)room;
        Bytef *packed = z.next_out;
        deflate(&z, Z_FINISH);
        total += z.total_out;
        deflateEnd(&z);
        free(packed);
        if (owned)
            free(text);
    }
    return total;
}
