#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/clock.h"
#include "base/compress.h"
#include "spool/spool_private.h"

/* Of entries: what is quarantined or set aside must not keep logs from being taken. */
static uint64_t bytes_of_entries(const struct dl_spool *s)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < s->segment_count; i++)
        sum += s->segments[i].size;
    return sum;
}

void dl_spool_counts(struct dl_spool *s, struct dl_spool_counts *out)
{
    pthread_mutex_lock(&s->lock);
    dl_reader_sums(s, out);
    out->bytes = bytes_of_entries(s) + s->other_bytes + 2 * DL_FORMAT_SLOT;
    pthread_mutex_unlock(&s->lock);
}

/* A file with a segment's header. *number is its name's. */
static int make_segment(struct dl_spool *s, const char *prefix, uint64_t *number,
                        struct dl_error *err)
{
    struct dl_disk const *d = s->disk;
    unsigned char bytes[DL_FORMAT_HEAD];
    struct dl_segment_head head = {.base = s->accepted + 1, .made_ms = dl_clock_wall_ms()};
    char name[DL_NAME_SIZE];
    int fd = -1, failure;

    for (unsigned tries = 0; fd < 0 && tries < 100; tries++) {
        head.number = ++s->last_number;
        dl_segment_name(name, prefix, head.number);
        fd = d->open(d->context, s->folder, name, O_RDWR | O_CREAT | O_EXCL);
        if (fd < 0 && errno != EEXIST)
            break;
    }
    if (fd < 0)
        return dl_spool_failed(err, errno, "a new file of the spool cannot be made");
    dl_format_segment(bytes, &head);
    if (dl_spool_write_at(s, fd, bytes, sizeof bytes, 0) < 0 ||
        d->sync_folder(d->context, s->folder) < 0) {
        failure = errno;
        d->close(d->context, fd);
        d->unlink(d->context, s->folder, name);
        return dl_spool_failed(err, failure, "a new file of the spool cannot be written");
    }
    *number = head.number;
    return fd;
}

static int open_out(struct dl_spool *s, struct dl_error *err)
{
    uint64_t number;
    int fd = make_segment(s, "", &number, err);

    if (fd < 0)
        return fd;
    if (dl_segments_add(s, number, DL_FORMAT_HEAD) < 0) {
        s->disk->close(s->disk->context, fd);
        return dl_error_set(err, DL_E_NOMEM, "no memory for the spool");
    }
    dl_segment_at(s, number)->base = s->accepted + 1;
    s->out = fd;
    s->out_number = number;
    s->out_size = s->out_synced = DL_FORMAT_HEAD;
    return 0;
}

/* The segment is given up: what was synced in it stays, the rest never was. */
static void poison(struct dl_spool *s)
{
    struct dl_segment *segment = dl_segment_at(s, s->out_number);

    s->lost = s->next != s->accepted + 1;
    s->next = s->accepted + 1;
    (void)s->disk->ftruncate(s->disk->context, s->out, (off_t)s->out_synced);
    s->disk->close(s->disk->context, s->out);
    s->out = -1;
    s->next_at_open = s->next;
    if (segment)
        segment->size = s->out_synced;
}

static void close_out(struct dl_spool *s)
{
    struct dl_segment *segment = dl_segment_at(s, s->out_number);

    s->disk->close(s->disk->context, s->out);
    s->out = -1;
    s->next_at_open = s->next;
    if (segment)
        segment->size = s->out_size;
}

/* When there is no room the segment is closed, so that it can be taken away once it is settled. */
void dl_writer_let_go(struct dl_spool *s)
{
    if (s->out >= 0 && s->out_size == s->out_synced && s->out_size > DL_FORMAT_HEAD)
        close_out(s);
}

/* A segment that takes the entry. */
static int prepare(struct dl_spool *s, size_t length, struct dl_error *err)
{
    uint64_t need = DL_FORMAT_HEAD + length;

    if (s->limit && bytes_of_entries(s) + need > s->limit) {
        dl_writer_let_go(s);
        return dl_error_set(err, DL_E_SPOOL_FULL,
                            "the spool holds as much as spool_bytes allows, %llu bytes",
                            (unsigned long long)s->limit);
    }
    if (s->out >= 0 && s->out_size >= s->segment_bytes && s->out_size == s->out_synced)
        close_out(s);
    return s->out >= 0 ? 0 : open_out(s, err);
}

static int write_entry(struct dl_spool *s, struct dl_spool_entry *entry, struct dl_error *err)
{
    unsigned char bytes[DL_FORMAT_HEAD];
    int failure;

    entry->first = s->next;
    dl_format_entry(bytes, entry);
    if (dl_spool_write_at(s, s->out, bytes, sizeof bytes, s->out_size) == 0 &&
        dl_spool_write_at(s, s->out, entry->body, entry->length, s->out_size + DL_FORMAT_HEAD) ==
            0) {
        s->out_size += DL_FORMAT_HEAD + entry->length;
        s->next += entry->count;
        dl_segment_at(s, s->out_number)->size = s->out_size;
        return 0;
    }
    failure = errno;
    if (s->disk->ftruncate(s->disk->context, s->out, (off_t)s->out_size) < 0)
        poison(s);
    else
        dl_writer_let_go(s);
    return dl_spool_failed(err, failure, "the spool cannot be written");
}

int dl_spool_append(struct dl_spool *s, struct dl_spool_entry *entry, struct dl_error *err)
{
    int rc;

    if (!entry->count || entry->count > DL_SPOOL_ENTRY_LOGS || entry->length > DL_SPOOL_BODY_MAX)
        return dl_error_set(err, DL_E_LIMIT, "an entry of %zu bytes and %u logs is none",
                            entry->length, (unsigned)entry->count);
    pthread_mutex_lock(&s->lock);
    rc = prepare(s, entry->length, err);
    if (rc == 0)
        rc = write_entry(s, entry, err);
    pthread_mutex_unlock(&s->lock);
    return rc;
}

int dl_spool_sync(struct dl_spool *s, struct dl_error *err)
{
    uint64_t size;
    int fd, rc = 0, failure;

    pthread_mutex_lock(&s->lock);
    fd = s->out;
    size = s->out_size;
    if (s->lost) {
        s->lost = false;
        rc = dl_error_set(err, DL_E_IO, "the spool could not be written; it is tried again");
    } else if (fd >= 0 && size != s->out_synced) {
        pthread_mutex_unlock(&s->lock); /* the reader goes on meanwhile */
        rc = s->disk->fdatasync(s->disk->context, fd);
        failure = errno;
        pthread_mutex_lock(&s->lock);
        if (rc == 0) {
            s->out_synced = size;
            s->accepted = s->next - 1;
            s->dirty = true;
            (void)dl_cursor_write(s); /* tells the next open how far it went */
        } else {
            poison(s);
            s->lost = false;
            rc = dl_spool_failed(err, failure, "the spool cannot be synced");
        }
    }
    pthread_mutex_unlock(&s->lock);
    return rc;
}

int dl_spool_quarantine(struct dl_spool *s, uint64_t number, const char *body, size_t length,
                        struct dl_error *err)
{
    struct dl_spool_entry entry = {.first = number,
                                   .count = 1,
                                   .raw_length = (uint32_t)length,
                                   .encoding = DL_ENCODING_NONE,
                                   .taken_ms = dl_clock_wall_ms(),
                                   .body = body,
                                   .length = length};
    unsigned char bytes[DL_FORMAT_HEAD];
    struct dl_disk const *d = s->disk;
    uint64_t name;
    int rc = 0, failure;

    pthread_mutex_lock(&s->lock);
    if (s->quarantine < 0) {
        s->quarantine = make_segment(s, "quarantine-", &name, err);
        s->quarantine_size = DL_FORMAT_HEAD;
        rc = s->quarantine < 0 ? s->quarantine : 0;
    }
    dl_format_entry(bytes, &entry);
    if (rc == 0 &&
        (dl_spool_write_at(s, s->quarantine, bytes, sizeof bytes, s->quarantine_size) < 0 ||
         dl_spool_write_at(s, s->quarantine, body, length, s->quarantine_size + sizeof bytes) < 0 ||
         d->fdatasync(d->context, s->quarantine) < 0)) {
        failure = errno;
        (void)d->ftruncate(d->context, s->quarantine, (off_t)s->quarantine_size);
        d->close(d->context, s->quarantine);
        s->quarantine = -1;
        rc = dl_spool_failed(err, failure, "a refused log cannot be kept");
    }
    if (rc == 0) {
        s->quarantine_size += sizeof bytes + length;
        s->other_bytes += sizeof bytes + length;
    }
    pthread_mutex_unlock(&s->lock);
    return rc;
}
