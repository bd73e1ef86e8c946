#include "spool/format.h"

#include <string.h>

#include "spool/crc32c.h"

/* "DLsg", "DLen", "DLcu" */
#define SEGMENT_MAGIC 0x67734c44u
#define ENTRY_MAGIC 0x6e654c44u
#define CURSOR_MAGIC 0x75634c44u

static void put(unsigned char **to, uint64_t value, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++)
        *(*to)++ = (unsigned char)(value >> 8 * i);
}

static uint64_t get(const unsigned char **from, unsigned bytes)
{
    uint64_t value = 0;

    for (unsigned i = 0; i < bytes; i++)
        value |= (uint64_t) * (*from)++ << 8 * i;
    return value;
}

/* Every kind begins with magic, the sum of all that follows, and the version. */
static unsigned char *begin(unsigned char *to, size_t size, uint32_t magic)
{
    unsigned char *at = to;

    memset(to, 0, size);
    put(&at, magic, 4);
    at += 4;
    put(&at, DL_SPOOL_VERSION, 4);
    return at;
}

static void end(unsigned char *to, size_t size)
{
    unsigned char *at = to + 4;

    put(&at, dl_crc32c(0, to + 8, size - 8), 4);
}

static enum dl_format_result check(const unsigned char **from, size_t size, uint32_t magic)
{
    const unsigned char *start = *from;
    uint32_t version, sum;

    if (get(from, 4) != magic)
        return DL_FORMAT_BAD;
    sum = (uint32_t)get(from, 4);
    version = (uint32_t)get(from, 4);
    if (sum != dl_crc32c(0, start + 8, size - 8))
        return DL_FORMAT_BAD;
    return version > DL_SPOOL_VERSION ? DL_FORMAT_NEWER : DL_FORMAT_GOOD;
}

void dl_format_segment(unsigned char to[DL_FORMAT_HEAD], const struct dl_segment_head *head)
{
    unsigned char *at = begin(to, DL_FORMAT_HEAD, SEGMENT_MAGIC);

    at += 4;
    put(&at, head->number, 8);
    put(&at, head->base, 8);
    put(&at, (uint64_t)head->made_ms, 8);
    end(to, DL_FORMAT_HEAD);
}

enum dl_format_result dl_format_read_segment(const unsigned char from[DL_FORMAT_HEAD],
                                             struct dl_segment_head *out)
{
    const unsigned char *at = from;
    enum dl_format_result result = check(&at, DL_FORMAT_HEAD, SEGMENT_MAGIC);

    if (result != DL_FORMAT_GOOD)
        return result;
    at += 4;
    out->number = get(&at, 8);
    out->base = get(&at, 8);
    out->made_ms = (int64_t)get(&at, 8);
    return out->base ? DL_FORMAT_GOOD : DL_FORMAT_BAD;
}

void dl_format_entry(unsigned char to[DL_FORMAT_HEAD], const struct dl_spool_entry *entry)
{
    unsigned char *at = begin(to, DL_FORMAT_HEAD, ENTRY_MAGIC);

    put(&at, dl_crc32c(0, entry->body, entry->length), 4);
    put(&at, entry->length, 4);
    put(&at, entry->raw_length, 4);
    put(&at, entry->count, 4);
    put(&at, entry->encoding, 4);
    put(&at, entry->first, 8);
    put(&at, (uint64_t)entry->taken_ms, 8);
    end(to, DL_FORMAT_HEAD);
}

enum dl_format_result dl_format_read_entry(const unsigned char from[DL_FORMAT_HEAD],
                                           struct dl_entry_head *out)
{
    const unsigned char *at = from;
    enum dl_format_result result = check(&at, DL_FORMAT_HEAD, ENTRY_MAGIC);
    struct dl_spool_entry *e = &out->entry;

    if (result != DL_FORMAT_GOOD)
        return result;
    out->body_sum = (uint32_t)get(&at, 4);
    e->length = (size_t)get(&at, 4);
    e->raw_length = (uint32_t)get(&at, 4);
    e->count = (uint32_t)get(&at, 4);
    e->encoding = (uint8_t)get(&at, 4);
    e->first = get(&at, 8);
    e->taken_ms = (int64_t)get(&at, 8);
    e->body = NULL;
    return e->count && e->first && e->length <= DL_SPOOL_BODY_MAX && e->first <= UINT64_MAX / 2
               ? DL_FORMAT_GOOD
               : DL_FORMAT_BAD;
}

void dl_format_cursor(unsigned char to[DL_FORMAT_SLOT], const struct dl_cursor *c)
{
    unsigned char *at = begin(to, DL_FORMAT_SLOT, CURSOR_MAGIC);

    put(&at, c->range_count, 4);
    put(&at, c->generation, 8);
    put(&at, c->segment, 8);
    put(&at, c->offset, 8);
    put(&at, c->next, 8);
    put(&at, c->accepted, 8);
    put(&at, c->delivered, 8);
    put(&at, c->quarantined, 8);
    put(&at, c->damaged, 8);
    put(&at, c->discarded, 8);
    for (uint32_t i = 0; i < c->range_count; i++) {
        put(&at, c->ranges[i].first, 8);
        put(&at, c->ranges[i].count, 8);
    }
    end(to, DL_FORMAT_SLOT);
}

enum dl_format_result dl_format_read_cursor(const unsigned char from[DL_FORMAT_SLOT],
                                            struct dl_cursor *c)
{
    const unsigned char *at = from;
    enum dl_format_result result = check(&at, DL_FORMAT_SLOT, CURSOR_MAGIC);

    if (result != DL_FORMAT_GOOD)
        return result;
    c->range_count = (uint32_t)get(&at, 4);
    if (c->range_count > DL_FORMAT_RANGES)
        return DL_FORMAT_BAD;
    c->generation = get(&at, 8);
    c->segment = get(&at, 8);
    c->offset = get(&at, 8);
    c->next = get(&at, 8);
    c->accepted = get(&at, 8);
    c->delivered = get(&at, 8);
    c->quarantined = get(&at, 8);
    c->damaged = get(&at, 8);
    c->discarded = get(&at, 8);
    for (uint32_t i = 0; i < c->range_count; i++) {
        c->ranges[i].first = get(&at, 8);
        c->ranges[i].count = get(&at, 8);
    }
    return c->next ? DL_FORMAT_GOOD : DL_FORMAT_BAD;
}
