#include "check/report.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "check/pack.h"
#include "secret/redact.h"

/* redaction may make a text longer; what is packed can hardly be longer than what went in */
#define REDACTED_MAX (2 * DL_REPORT_FILE_BYTES)
#define PACKED_MAX (2 * DL_REPORT_TOTAL_BYTES)
#define ENTRY_PATH_BYTES 128 /* more than folder, slash and name need */

struct file {
    char name[DL_REPORT_NAME_MAX];
    struct dl_buffer bytes;
};

struct dl_report {
    int64_t made_ms;
    char folder[48];
    struct file files[DL_REPORT_FILES_MAX];
    size_t count, total;
};

/* "2026-11-22T15:04:05.678Z" -> "20261122T150405Z" */
static void short_time(int64_t ms, char *to, size_t size)
{
    char iso[32];
    size_t n = 0;

    dl_clock_iso(ms, iso);
    for (const char *p = iso; *p && *p != '.' && n + 2 < size; p++)
        if (*p != '-' && *p != ':')
            to[n++] = *p;
    to[n++] = 'Z';
    to[n] = '\0';
}

int dl_report_new(struct dl_report **out, struct dl_error *err)
{
    struct dl_report *report = calloc(1, sizeof *report);
    char time[24];

    if (!report)
        return dl_error_set(err, DL_E_NOMEM, "no memory for a report");
    report->made_ms = dl_clock_wall_ms();
    short_time(report->made_ms, time, sizeof time);
    dl_text_format(report->folder, sizeof report->folder, "ddlogs-report-%s", time);
    *out = report;
    return 0;
}

static void wipe(struct dl_buffer *bytes)
{
    if (bytes->data)
        explicit_bzero(bytes->data, bytes->size);
    dl_buffer_free(bytes);
}

void dl_report_free(struct dl_report *report)
{
    if (!report)
        return;
    for (size_t i = 0; i < report->count; i++)
        wipe(&report->files[i].bytes);
    free(report);
}

const char *dl_report_folder(const struct dl_report *report)
{
    return report->folder;
}

/* ---- files ---- */

static bool name_is_plain(const char *name)
{
    size_t len = strlen(name);

    return len > 0 && len < DL_REPORT_NAME_MAX && name[0] != '.' &&
           name[strspn(
               name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-")] == '\0';
}

static int check_name(const struct dl_report *report, const char *name, struct dl_error *err)
{
    if (!name_is_plain(name))
        return dl_error_set(err, DL_E_INTERNAL, "a file of the report has no plain name");
    for (size_t i = 0; i < report->count; i++)
        if (strcmp(report->files[i].name, name) == 0)
            return dl_error_set(err, DL_E_INTERNAL, "the report has %s already", name);
    return 0;
}

static int over(const char *name, struct dl_error *err)
{
    return dl_error_set(
        err, DL_E_LIMIT,
        "%s is too large: a file of a report has at most %zu bytes, all of them %zu", name,
        DL_REPORT_FILE_BYTES, DL_REPORT_TOTAL_BYTES);
}

int dl_report_add(struct dl_report *report, const char *name, const char *bytes, size_t len,
                  struct dl_error *err)
{
    struct dl_buffer kept;
    int rc = check_name(report, name, err);

    if (rc < 0)
        return rc;
    if (report->count == DL_REPORT_FILES_MAX)
        return dl_error_set(err, DL_E_LIMIT, "a report has at most %d files", DL_REPORT_FILES_MAX);
    if (len > DL_REPORT_FILE_BYTES)
        return over(name, err);
    dl_buffer_init(&kept, REDACTED_MAX);
    rc = dl_buffer_add(&kept, bytes, len);
    if (rc == 0)
        rc = dl_redact(&kept);
    if (rc == -DL_E_NOMEM)
        dl_error_set(err, DL_E_NOMEM, "no memory for %s", name);
    else if (rc < 0 || kept.len > DL_REPORT_FILE_BYTES ||
             kept.len > DL_REPORT_TOTAL_BYTES - report->total)
        rc = over(name, err);
    if (rc < 0) {
        wipe(&kept);
        return rc;
    }
    dl_text_copy(report->files[report->count].name, DL_REPORT_NAME_MAX, name);
    report->files[report->count++].bytes = kept;
    report->total += kept.len;
    return 0;
}

size_t dl_report_count(const struct dl_report *report)
{
    return report->count;
}

const char *dl_report_name(const struct dl_report *report, size_t index)
{
    return report->files[index].name;
}

size_t dl_report_size(const struct dl_report *report, size_t index)
{
    return report->files[index].bytes.len;
}

const char *dl_report_bytes(const struct dl_report *report, size_t index)
{
    return dl_buffer_string(&report->files[index].bytes);
}

/* ---- searching what was written ---- */

static int refuse(const char *where, struct dl_error *err)
{
    return dl_error_set(err, DL_E_REPORT_SECRET,
                        "an API key was found in %s of the finished report, so it was removed",
                        where);
}

static int search(const char *where, const char *bytes, size_t len, struct dl_error *err)
{
    int found = dl_redact_finds(bytes, len);

    if (found < 0)
        return dl_error_set(err, DL_E_NOMEM, "no memory to search the report");
    return found ? refuse(where, err) : 0;
}

struct review {
    size_t entries, bytes;
    struct dl_error *err;
};

static int review_entry(void *context, const char *name, const char *bytes, size_t len)
{
    struct review *review = context;
    const char *slash = strrchr(name, '/');
    int rc = search("the name of a file", name, strlen(name), review->err);

    review->entries++;
    review->bytes += len;
    return rc == 0 ? search(slash ? slash + 1 : name, bytes, len, review->err) : rc;
}

static int pack(const struct dl_report *report, struct dl_buffer *out, struct dl_error *err)
{
    struct dl_archive_file files[DL_REPORT_FILES_MAX];
    char paths[DL_REPORT_FILES_MAX][ENTRY_PATH_BYTES];
    size_t count = dl_report_count(report);

    for (size_t i = 0; i < count; i++) {
        dl_text_format(paths[i], sizeof paths[i], "%s/%s", dl_report_folder(report),
                       dl_report_name(report, i));
        files[i] = (struct dl_archive_file){paths[i], dl_report_bytes(report, i),
                                            dl_report_size(report, i)};
    }
    return dl_archive_pack(files, count, report->made_ms, out, err);
}

/* All of it, packed and unpacked, as it stands on the disk. */
static int review(const struct dl_report *report, int fd, size_t *size, struct dl_error *err)
{
    struct review review = {.err = err};
    struct dl_buffer packed;
    int rc = dl_archive_unpack(fd, REDACTED_MAX, review_entry, &review, err);

    if (rc < 0)
        return rc;
    if (review.entries != report->count || review.bytes != report->total)
        return dl_error_set(err, DL_E_REPORT_WRITE, "the report does not read back as written");
    dl_buffer_init(&packed, PACKED_MAX);
    if (lseek(fd, 0, SEEK_SET) < 0)
        rc = dl_error_set_errno(err, DL_E_REPORT_WRITE, errno, "the report cannot be read back");
    else
        rc = dl_file_read_fd(fd, &packed, err);
    if (rc == 0)
        rc = search("the packed bytes", dl_buffer_string(&packed), packed.len, err);
    *size = packed.len;
    dl_buffer_free(&packed);
    return rc;
}

/* ---- writing ---- */

static int there_already(const char *path, struct dl_error *err)
{
    return dl_error_set(err, DL_E_REPORT_WRITE, "%s is there already and is not overwritten", path);
}

int dl_report_check_path(const char *path, struct dl_error *err)
{
    char folder[PATH_MAX];
    struct stat st;

    if (!dl_text_copy(folder, sizeof folder, path))
        return dl_error_set(err, DL_E_REPORT_WRITE, "the path %.64s... is too long", path);
    if (lstat(path, &st) == 0)
        return there_already(path, err);
    if (errno != ENOENT)
        return dl_error_set_errno(err, DL_E_REPORT_WRITE, errno, "%s cannot be written", path);
    char *slash = strrchr(folder, '/');
    if (slash)
        slash[slash == folder] = '\0';
    if (faccessat(AT_FDCWD, slash ? folder : ".", W_OK | X_OK, AT_EACCESS) < 0)
        return dl_error_set_errno(err, DL_E_REPORT_WRITE, errno, "%s cannot be written", path);
    return 0;
}

/* Gives the file its name; whoever made one of that name meanwhile keeps it. */
static int give_name(const char *temp, const char *path, struct dl_error *err)
{
    if (renameat2(AT_FDCWD, temp, AT_FDCWD, path, RENAME_NOREPLACE) == 0)
        return 0;
    /* file systems without that: a second name is never put over one that is there */
    if ((errno == EINVAL || errno == ENOSYS) && link(temp, path) == 0) {
        unlink(temp);
        return 0;
    }
    if (errno == EEXIST)
        return there_already(path, err);
    return dl_error_set_errno(err, DL_E_REPORT_WRITE, errno, "%s cannot be written", path);
}

static int write_packed(const struct dl_report *report, int fd, struct dl_error *err)
{
    struct dl_error why = {0};
    struct dl_buffer packed;
    int rc;

    dl_buffer_init(&packed, PACKED_MAX);
    rc = pack(report, &packed, err);
    if (rc == 0 && dl_file_write_all(fd, packed.data, packed.len, &why) < 0)
        rc = dl_error_set_errno(err, DL_E_REPORT_WRITE, why.sys_errno, "it cannot be written");
    wipe(&packed);
    return rc;
}

static int fill(const struct dl_report *report, int fd, size_t *size, struct dl_error *err)
{
    int rc = fchmod(fd, 0600) < 0
                 ? dl_error_set_errno(err, DL_E_REPORT_WRITE, errno, "its mode cannot be set")
                 : 0;

    if (rc == 0)
        rc = write_packed(report, fd, err);
    if (rc == 0)
        rc = review(report, fd, size, err);
    if (rc == 0 && fsync(fd) < 0)
        rc = dl_error_set_errno(err, DL_E_REPORT_WRITE, errno, "it cannot be synced");
    return rc;
}

int dl_report_write(const struct dl_report *report, const char *path, size_t *size,
                    struct dl_error *err)
{
    char temp[PATH_MAX];
    uint32_t chance = 0;
    size_t written = 0;
    int fd, rc = dl_report_check_path(path, err);

    if (rc < 0)
        return rc;
    if (dl_clock_random(&chance, sizeof chance) < 0)
        return dl_error_set(err, DL_E_INTERNAL, "the kernel gives no random bytes");
    if (!dl_text_format(temp, sizeof temp, "%s.%08x.new", path, chance))
        return dl_error_set(err, DL_E_REPORT_WRITE, "the path %.64s... is too long", path);
    fd = open(temp, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return dl_error_set_errno(err, DL_E_REPORT_WRITE, errno, "%s cannot be written", path);
    rc = fill(report, fd, &written, err);
    if (rc == -DL_E_REPORT_WRITE)
        dl_error_prefix(err, "%s", path);
    if (close(fd) < 0 && rc == 0)
        rc = dl_error_set_errno(err, DL_E_REPORT_WRITE, errno, "%s cannot be written", path);
    if (rc == 0)
        rc = give_name(temp, path, err);
    if (rc < 0)
        unlink(temp);
    else if (size)
        *size = written;
    return rc;
}
