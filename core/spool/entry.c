#include "spool/entry.h"

#include <string.h>

#include "spool/crc32c.h"
#include "spool/spool.h"

#define SEGMENT_MAGIC "DLsg"

void dl_put32(unsigned char *to, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        to[i] = (unsigned char)(value >> (8 * i));
}

void dl_put64(unsigned char *to, uint64_t value)
{
    for (int i = 0; i < 8; i++)
        to[i] = (unsigned char)(value >> (8 * i));
}

uint32_t dl_get32(const unsigned char *from)
{
    uint32_t value = 0;

    for (int i = 3; i >= 0; i--)
        value = value << 8 | from[i];
    return value;
}

uint64_t dl_get64(const unsigned char *from)
{
    return (uint64_t)dl_get32(from + 4) << 32 | dl_get32(from);
}

/* The sum stands behind the magic and is of all that follows it. */
static void seal(unsigned char *to, const char *magic, size_t size)
{
    memcpy(to, magic, 4);
    dl_put32(to + 4, dl_crc32c(0, to + 8, size - 8));
}

static bool sealed(const unsigned char *from, const char *magic, size_t size)
{
    return memcmp(from, magic, 4) == 0 && dl_get32(from + 4) == dl_crc32c(0, from + 8, size - 8);
}

void dl_segment_header_write(unsigned char to[DL_SEGMENT_HEADER],
                             const struct dl_segment_header *header)
{
    memset(to, 0, DL_SEGMENT_HEADER);
    dl_put32(to + 8, header->version);
    dl_put64(to + 16, header->number);
    dl_put64(to + 24, header->base);
    dl_put64(to + 32, header->id);
    dl_put64(to + 40, (uint64_t)header->created_ms);
    seal(to, SEGMENT_MAGIC, DL_SEGMENT_HEADER);
}

bool dl_segment_header_read(struct dl_segment_header *out,
                            const unsigned char from[DL_SEGMENT_HEADER])
{
    if (!sealed(from, SEGMENT_MAGIC, DL_SEGMENT_HEADER))
        return false;
    out->version = dl_get32(from + 8);
    out->number = dl_get64(from + 16);
    out->base = dl_get64(from + 24);
    out->id = dl_get64(from + 32);
    out->created_ms = (int64_t)dl_get64(from + 40);
    return out->base >= 1 && out->base <= DL_LOG_MAX;
}

void dl_entry_header_write(unsigned char to[DL_ENTRY_HEADER], const struct dl_entry_header *header)
{
    memset(to, 0, DL_ENTRY_HEADER);
    dl_put32(to + 8, header->body_crc);
    dl_put32(to + 12, header->length);
    dl_put32(to + 16, header->raw_length);
    to[20] = (unsigned char)header->count;
    to[21] = (unsigned char)(header->count >> 8);
    to[22] = header->encoding;
    to[23] = DL_SPOOL_VERSION;
    dl_put64(to + 24, header->first);
    dl_put64(to + 32, (uint64_t)header->taken_ms);
    dl_put64(to + 40, header->id);
    dl_put64(to + 48, header->base);
    dl_put32(to + 56, header->segment);
    dl_put32(to + 60, header->unsynced);
    seal(to, DL_ENTRY_MAGIC, DL_ENTRY_HEADER);
}

bool dl_entry_header_read(struct dl_entry_header *out, const unsigned char from[DL_ENTRY_HEADER])
{
    if (!sealed(from, DL_ENTRY_MAGIC, DL_ENTRY_HEADER))
        return false;
    out->body_crc = dl_get32(from + 8);
    out->length = dl_get32(from + 12);
    out->raw_length = dl_get32(from + 16);
    out->count = (uint16_t)(from[20] | from[21] << 8);
    out->encoding = from[22];
    out->first = dl_get64(from + 24);
    out->taken_ms = (int64_t)dl_get64(from + 32);
    out->id = dl_get64(from + 40);
    out->base = dl_get64(from + 48);
    out->segment = dl_get32(from + 56);
    out->unsynced = dl_get32(from + 60);
    return from[23] <= DL_SPOOL_VERSION && out->length <= DL_SPOOL_BODY_MAX && out->count >= 1 &&
           out->count <= DL_SPOOL_ENTRY_LOGS && out->first >= 1 && out->first <= DL_LOG_MAX &&
           out->base >= 1 && out->base <= out->first && out->unsynced < out->first;
}
