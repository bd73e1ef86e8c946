/* The one place that knows libarchive: a module of its own, because libarchive and the ten
 * libraries behind it would add a third to the start of every command. */
#include "check/pack_module.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

/* libarchive's own words may hold bytes of the archive, the system's do not. */
static int failed(struct archive *a, const char *what, struct dl_error *err)
{
    int number = archive_errno(a);

    if (number == ENOMEM)
        return dl_error_set(err, DL_E_NOMEM, "no memory for an archive");
    if (number > 0)
        return dl_error_set_errno(err, DL_E_REPORT_WRITE, number, "%s", what);
    return dl_error_set(err, DL_E_REPORT_WRITE, "%s", what);
}

static int pack_file(struct archive *a, const struct dl_archive_file *file, int64_t made_ms,
                     struct dl_error *err)
{
    struct archive_entry *entry = archive_entry_new();
    int rc = 0;

    if (!entry)
        return dl_error_set(err, DL_E_NOMEM, "no memory to pack the files");
    archive_entry_set_pathname(entry, file->path);
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0600);
    archive_entry_set_size(entry, (la_int64_t)file->len);
    archive_entry_set_mtime(entry, made_ms / 1000, 0);
    if (archive_write_header(a, entry) != ARCHIVE_OK ||
        archive_write_data(a, file->bytes, file->len) != (la_ssize_t)file->len)
        rc = failed(a, "the files cannot be packed", err);
    archive_entry_free(entry);
    return rc;
}

/* libarchive loses memory when its writing fails, so a failure is kept here and told at the end. */
struct sink {
    struct dl_buffer *out;
    int status;
};

static la_ssize_t take(struct archive *a, void *context, const void *bytes, size_t len)
{
    struct sink *sink = context;

    (void)a;
    if (sink->status == 0)
        sink->status = dl_buffer_add(sink->out, bytes, len);
    return (la_ssize_t)len;
}

static int pack(const struct dl_archive_file *files, size_t count, int64_t made_ms,
                struct dl_buffer *out, struct dl_error *err)
{
    struct sink sink = {.out = out};
    struct archive *a = archive_write_new();
    int rc = 0;

    if (!a)
        return dl_error_set(err, DL_E_NOMEM, "no memory to pack the files");
    /* neither owner nor time of the packing stands in it: what it tells is in its files */
    if (archive_write_set_format_ustar(a) != ARCHIVE_OK ||
        archive_write_add_filter_gzip(a) != ARCHIVE_OK ||
        archive_write_set_options(a, "gzip:!timestamp") != ARCHIVE_OK ||
        archive_write_set_bytes_in_last_block(a, 1) != ARCHIVE_OK ||
        archive_write_open(a, &sink, NULL, take, NULL) != ARCHIVE_OK)
        rc = failed(a, "the archive cannot be begun", err);
    for (size_t i = 0; rc == 0 && i < count; i++)
        rc = pack_file(a, &files[i], made_ms, err);
    if (archive_write_close(a) != ARCHIVE_OK && rc == 0)
        rc = failed(a, "the files cannot be packed", err);
    if (rc == 0 && sink.status < 0)
        rc = dl_error_set(err, (enum dl_code) - sink.status, "no memory to pack the files");
    archive_write_free(a);
    return rc;
}

static int read_entry(struct archive *a, struct archive_entry *entry, struct dl_buffer *bytes,
                      struct dl_error *err)
{
    char part[16384];
    la_ssize_t n = 0;
    int rc = 0;

    dl_buffer_clear(bytes);
    while (rc == 0 && (n = archive_read_data(a, part, sizeof part)) > 0)
        rc = dl_buffer_add(bytes, part, (size_t)n);
    if (rc < 0)
        return dl_error_set(err, (enum dl_code) - rc, "the archive cannot be read back");
    if (n < 0 || bytes->len != (size_t)archive_entry_size(entry))
        return failed(a, "the archive cannot be read back", err);
    return 0;
}

static int read_entries(struct archive *a, size_t entry_max, dl_archive_look *look, void *context,
                        struct dl_error *err)
{
    struct archive_entry *entry;
    struct dl_buffer bytes;
    int rc = 0, next = ARCHIVE_OK;

    dl_buffer_init(&bytes, entry_max);
    while (rc == 0 && (next = archive_read_next_header(a, &entry)) == ARCHIVE_OK) {
        const char *name = archive_entry_pathname(entry);

        rc = read_entry(a, entry, &bytes, err);
        if (rc == 0)
            rc = look(context, name ? name : "", dl_buffer_string(&bytes), bytes.len);
    }
    if (rc == 0 && next != ARCHIVE_EOF)
        rc = failed(a, "the archive cannot be read back", err);
    if (bytes.data)
        explicit_bzero(bytes.data, bytes.size);
    dl_buffer_free(&bytes);
    return rc;
}

static int unpack(int fd, size_t entry_max, dl_archive_look *look, void *context,
                  struct dl_error *err)
{
    struct archive *a = archive_read_new();
    int rc;

    if (!a)
        return dl_error_set(err, DL_E_NOMEM, "no memory for an archive");
    if (lseek(fd, 0, SEEK_SET) < 0 || archive_read_support_filter_gzip(a) != ARCHIVE_OK ||
        archive_read_support_format_tar(a) != ARCHIVE_OK ||
        archive_read_open_fd(a, fd, 65536) != ARCHIVE_OK)
        rc = failed(a, "the archive cannot be read back", err);
    else
        rc = read_entries(a, entry_max, look, context, err);
    archive_read_free(a);
    return rc;
}

const struct dl_archive_module dl_archive_calls = {archive_version_string, pack, unpack};
