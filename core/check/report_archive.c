#include "check/report_archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "check/pack.h"

/* more than a path in it can have: folder, slash, name */
#define PATH_BYTES 128

const char *dl_report_library_version(void)
{
    return archive_version_string();
}

/* libarchive's own words may hold bytes of the archive, the system's do not. */
static int failed(struct archive *a, const char *what, struct dl_error *err)
{
    int number = archive_errno(a);

    if (number == ENOMEM)
        return dl_error_set(err, DL_E_NOMEM, "no memory to read the report");
    if (number > 0)
        return dl_error_set_errno(err, DL_E_REPORT_WRITE, number, "%s", what);
    return dl_error_set(err, DL_E_REPORT_WRITE, "%s", what);
}

int dl_report_pack(const struct dl_report *report, int64_t made_ms, struct dl_buffer *out,
                   struct dl_error *err)
{
    struct dl_archive_file files[DL_REPORT_FILES_MAX];
    char paths[DL_REPORT_FILES_MAX][PATH_BYTES];
    size_t count = dl_report_count(report);

    for (size_t i = 0; i < count; i++) {
        dl_text_format(paths[i], sizeof paths[i], "%s/%s", dl_report_folder(report),
                       dl_report_name(report, i));
        files[i] = (struct dl_archive_file){paths[i], dl_report_bytes(report, i),
                                            dl_report_size(report, i)};
    }
    return dl_archive_pack(files, count, made_ms, out, err);
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
        return dl_error_set(err, (enum dl_code) - rc, "the report cannot be read back");
    if (n < 0 || bytes->len != (size_t)archive_entry_size(entry))
        return failed(a, "the report cannot be read back", err);
    return 0;
}

static int read_entries(struct archive *a,
                        int (*look)(void *context, const char *name, const char *bytes, size_t len),
                        void *context, struct dl_error *err)
{
    struct archive_entry *entry;
    struct dl_buffer bytes;
    int rc = 0, next = ARCHIVE_OK;

    dl_buffer_init(&bytes, 2 * DL_REPORT_FILE_BYTES);
    while (rc == 0 && (next = archive_read_next_header(a, &entry)) == ARCHIVE_OK) {
        const char *name = archive_entry_pathname(entry);

        rc = read_entry(a, entry, &bytes, err);
        if (rc == 0)
            rc = look(context, name ? name : "", dl_buffer_string(&bytes), bytes.len);
    }
    if (rc == 0 && next != ARCHIVE_EOF)
        rc = failed(a, "the report cannot be read back", err);
    if (bytes.data)
        explicit_bzero(bytes.data, bytes.size);
    dl_buffer_free(&bytes);
    return rc;
}

int dl_report_unpack(int fd,
                     int (*look)(void *context, const char *name, const char *bytes, size_t len),
                     void *context, struct dl_error *err)
{
    struct archive *a = archive_read_new();
    int rc;

    if (!a)
        return dl_error_set(err, DL_E_NOMEM, "no memory to read the report");
    if (lseek(fd, 0, SEEK_SET) < 0 || archive_read_support_filter_gzip(a) != ARCHIVE_OK ||
        archive_read_support_format_tar(a) != ARCHIVE_OK ||
        archive_read_open_fd(a, fd, 65536) != ARCHIVE_OK)
        rc = failed(a, "the report cannot be read back", err);
    else
        rc = read_entries(a, look, context, err);
    archive_read_free(a);
    return rc;
}
