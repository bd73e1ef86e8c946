/* The bytes on disk: headers of segments and of entries, little-endian, each with its own sum. */
#ifndef DL_SPOOL_ENTRY_H
#define DL_SPOOL_ENTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DL_SEGMENT_HEADER 64
#define DL_ENTRY_HEADER 64
#define DL_LOG_MAX (UINT64_MAX / 4) /* highest number of a log: sums of some cannot overflow */

struct dl_segment_header {
    uint32_t version;
    uint64_t number;    /* the one in its name */
    uint64_t base;      /* number of the first log that it may hold */
    uint64_t id;        /* of the spool, by chance */
    int64_t created_ms; /* wall clock */
};

/* The id and the segment's number are in each entry, so that neither bytes of a log nor a file from
 * elsewhere can pass for one; base, so that it outlives the segment's own header. */
struct dl_entry_header {
    uint32_t body_crc, length, raw_length;
    uint16_t count;
    uint8_t encoding;
    uint64_t first;
    int64_t taken_ms;
    uint64_t id, base;
    uint32_t segment;  /* low half of its number */
    uint32_t unsynced; /* logs before it that were not accepted yet when it was written */
};

/* Little-endian numbers in bytes. */
void dl_put32(unsigned char *to, uint32_t value);
void dl_put64(unsigned char *to, uint64_t value);
uint32_t dl_get32(const unsigned char *from);
uint64_t dl_get64(const unsigned char *from);

#define DL_ENTRY_MAGIC "DLen"

void dl_segment_header_write(unsigned char to[DL_SEGMENT_HEADER],
                             const struct dl_segment_header *header);
/* False if the sum is wrong; a version of its own is the caller's to judge. */
bool dl_segment_header_read(struct dl_segment_header *out,
                            const unsigned char from[DL_SEGMENT_HEADER]);

void dl_entry_header_write(unsigned char to[DL_ENTRY_HEADER], const struct dl_entry_header *header);
/* False if the sum is wrong or a size is out of bounds. */
bool dl_entry_header_read(struct dl_entry_header *out, const unsigned char from[DL_ENTRY_HEADER]);

#endif
