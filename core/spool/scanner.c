#include "spool/scanner.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "spool/crc32c.h"

int dl_scanner_new(struct dl_scanner *scanner, const struct dl_disk *disk, uint64_t id)
{
    *scanner = (struct dl_scanner){.disk = disk, .fd = -1, .id = id};
    scanner->window = malloc(DL_SCANNER_WINDOW);
    return scanner->window ? 0 : -DL_E_NOMEM;
}

void dl_scanner_close(struct dl_scanner *scanner)
{
    if (scanner->fd >= 0)
        scanner->disk->close(scanner->disk->context, scanner->fd);
    scanner->fd = -1;
    scanner->window_length = 0;
}

void dl_scanner_free(struct dl_scanner *scanner)
{
    if (!scanner->window)
        return;
    dl_scanner_close(scanner);
    free(scanner->window);
    scanner->window = NULL;
}

int dl_scanner_open(struct dl_scanner *scanner, int folder, const char *name, uint64_t segment)
{
    int fd = dl_disk_open(scanner->disk, folder, name, O_RDONLY);

    if (fd < 0)
        return -1;
    dl_scanner_close(scanner);
    scanner->fd = fd;
    scanner->segment = segment;
    scanner->offset = DL_SEGMENT_HEADER;
    return 0;
}

/* Bytes in the window from `offset` on, at least `want` of them unless the limit or the end of the
 * file is nearer. -1 and errno. */
static ssize_t window(struct dl_scanner *s, uint64_t offset, size_t want)
{
    uint64_t left = s->limit > offset ? s->limit - offset : 0;
    ssize_t n;

    if (want > left)
        want = (size_t)left;
    if (offset < s->window_at || offset + want > s->window_at + s->window_length) {
        s->window_length = 0;
        n = dl_disk_read(s->disk, s->fd, s->window,
                         left < DL_SCANNER_WINDOW ? (size_t)left : DL_SCANNER_WINDOW, offset);
        if (n < 0)
            return -1;
        s->window_at = offset;
        s->window_length = (size_t)n;
    }
    if (offset > s->window_at + s->window_length)
        return 0;
    left = s->window_at + s->window_length - offset;
    return (ssize_t)left;
}

static bool is_ours(const struct dl_scanner *s, const struct dl_entry_header *header,
                    uint64_t offset)
{
    return header->id == s->id && header->segment == (uint32_t)s->segment &&
           s->limit - offset >= DL_ENTRY_HEADER + (uint64_t)header->length;
}

/* The next place behind `from` where an entry stands whole, or the limit. */
static int find_next(struct dl_scanner *s, uint64_t from, uint64_t *out)
{
    struct dl_entry_header header;

    while (s->limit >= DL_ENTRY_HEADER && from <= s->limit - DL_ENTRY_HEADER) {
        ssize_t n = window(s, from, DL_ENTRY_HEADER);
        const unsigned char *start, *hit;

        if (n < 0)
            return -1;
        if (n < DL_ENTRY_HEADER)
            break;
        start = s->window + (from - s->window_at);
        hit = memmem(start, (size_t)n - DL_ENTRY_HEADER + 4, DL_ENTRY_MAGIC, 4);
        if (!hit) {
            from += (size_t)n - DL_ENTRY_HEADER + 1;
            continue;
        }
        from += (size_t)(hit - start);
        if (dl_entry_header_read(&header, hit) && is_ours(s, &header, from)) {
            *out = from;
            return 0;
        }
        from++;
    }
    *out = s->limit;
    return 0;
}

int dl_scanner_look(struct dl_scanner *s, struct dl_scan_event *out)
{
    ssize_t n;

    *out = (struct dl_scan_event){.kind = DL_SCAN_END, .offset = s->offset, .end = s->offset};
    if (s->offset >= s->limit)
        return 0;
    n = window(s, s->offset, DL_ENTRY_HEADER);
    if (n < 0)
        return -1;
    out->kind = DL_SCAN_ENTRY;
    if (n >= DL_ENTRY_HEADER &&
        dl_entry_header_read(&out->header, s->window + (s->offset - s->window_at)) &&
        is_ours(s, &out->header, s->offset)) {
        out->end = s->offset + DL_ENTRY_HEADER + out->header.length;
        return 0;
    }
    out->kind = DL_SCAN_BAD;
    return find_next(s, s->offset + 1, &out->end);
}

int dl_scanner_body(struct dl_scanner *s, const struct dl_scan_event *event, struct dl_buffer *out)
{
    size_t length = event->header.length;
    uint64_t at = event->offset + DL_ENTRY_HEADER;
    ssize_t n;
    int rc;

    dl_buffer_clear(out);
    rc = dl_buffer_reserve(out, length);
    if (rc < 0) {
        errno = rc == -DL_E_LIMIT ? EOVERFLOW : ENOMEM;
        return -1;
    }
    if (at >= s->window_at && at + length <= s->window_at + s->window_length) {
        memcpy(out->data, s->window + (at - s->window_at), length);
        n = (ssize_t)length;
    } else {
        n = dl_disk_read(s->disk, s->fd, out->data, length, at);
    }
    if (n < 0)
        return -1;
    out->len = (size_t)n;
    out->data[n] = '\0';
    return (size_t)n == length && dl_crc32c(0, out->data, length) == event->header.body_crc;
}
