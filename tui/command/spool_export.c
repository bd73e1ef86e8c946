/* ddlogs spool export: what waits, or was refused, one JSON object a line. */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/compress.h"
#include "command/spool.h"

struct export
{
    struct dl_compressor *compressor;
    struct dl_buffer text; /* one entry, unpacked */
    uint64_t logs;         /* written */
    uint64_t unreadable;   /* in entries that are whole, but hold no array of objects */
    struct dl_error *err;
};

static int write_failed(struct dl_error *err)
{
    return dl_error_set_errno(err, DL_E_IO, errno, "standard output cannot be written");
}

/* One line, whatever stands between the tokens of the log. */
static int write_object(struct export *x, char *object, size_t length)
{
    for (char *at = object; (at = memchr(at, '\n', length - (size_t)(at - object))) != NULL;)
        *at = ' ';
    for (char *at = object; (at = memchr(at, '\r', length - (size_t)(at - object))) != NULL;)
        *at = ' ';
    errno = 0;
    if (fwrite(object, 1, length, stdout) != length || putchar('\n') == EOF)
        return write_failed(x->err);
    x->logs++;
    return 0;
}

/* The end of the object that begins at `at`, behind its brace; 0: it has none. */
static size_t object_end(const char *text, size_t length, size_t at)
{
    unsigned depth = 0;
    bool quoted = false;

    for (; at < length; at++) {
        char c = text[at];

        if (quoted && c == '\\')
            at++;
        else if (c == '"')
            quoted = !quoted;
        else if (!quoted && (c == '{' || c == '['))
            depth++;
        else if (!quoted && (c == '}' || c == ']') && --depth == 0)
            return at + 1;
    }
    return 0;
}

/* An array of objects, each on a line of its own. */
static int write_array(struct export *x, char *text, size_t length, uint32_t count)
{
    uint64_t before = x->logs;
    size_t at = 0, end;
    int rc = 0;

    while (rc == 0 && at < length) {
        at += strcspn(text + at, "{");
        end = at < length ? object_end(text, length, at) : 0;
        if (!end)
            break;
        rc = write_object(x, text + at, end - at);
        at = end;
    }
    if (rc == 0 && x->logs - before < count)
        x->unreadable += count - (x->logs - before);
    return rc;
}

static int export_packed(void *context, const struct dl_spool_entry *entry)
{
    struct export *x = context;
    int rc;

    if (entry->encoding > DL_ENCODING_NONE || entry->raw_length > DL_SPOOL_BODY_MAX) {
        x->unreadable += entry->count;
        return 0;
    }
    rc = dl_expand(x->compressor, (enum dl_encoding)entry->encoding, entry->body, entry->length,
                   entry->raw_length, &x->text, x->err);
    if (rc == -DL_E_NOMEM)
        return rc;
    if (rc < 0) {
        x->unreadable += entry->count;
        return 0;
    }
    return write_array(x, x->text.data, x->text.len, entry->count);
}

static int export_refused(void *context, const struct dl_spool_entry *entry)
{
    struct export *x = context;

    dl_buffer_clear(&x->text);
    if (dl_buffer_add(&x->text, entry->body, entry->length) < 0)
        return dl_error_set(x->err, DL_E_NOMEM, "no memory for a refused log");
    return write_object(x, x->text.data, x->text.len);
}

/* What could not be given out is told: an export is made to lose nothing. */
static int check_complete(struct spool_job *job, const struct export *x, struct dl_error *err)
{
    uint64_t there =
        job->part == DL_SPOOL_QUARANTINE ? job->counts.quarantined : job->counts.pending;
    uint64_t missing = x->unreadable;

    if (!job->owner && there > x->logs) /* an owner delivers meanwhile */
        missing = there - x->logs;
    if (missing)
        return dl_error_set(err, DL_E_SPOOL_DAMAGED,
                            "%" PRIu64 " logs are damaged and were left out; see: ddlogs spool "
                            "verify",
                            missing);
    return 0;
}

static int export_all(struct spool_job *job, struct export *x, struct dl_error *err)
{
    bool refused = job->part == DL_SPOOL_QUARANTINE;
    int rc = dl_spool_look(&job->counts, &job->owner, job->folder, err);

    if (rc == 0)
        rc = dl_compressor_new(&x->compressor, err);
    if (rc == 0)
        rc = dl_spool_walk(job->folder, job->part, true, refused ? export_refused : export_packed,
                           x, err);
    errno = 0;
    if (rc == 0 && fflush(stdout) != 0)
        rc = write_failed(err);
    return rc;
}

int spool_export(struct spool_job *job)
{
    struct export x = {.compressor = NULL};
    struct dl_error err = {0};
    int rc;

    if (job->program->options.json) {
        dl_error_set(&err, DL_E_USAGE,
                     "spool export writes one object a log already; leave out --json");
        return result_fail(&job->result, true, &err);
    }
    x.err = &err;
    dl_buffer_init(&x.text, DL_SPOOL_BODY_MAX);
    signal(SIGPIPE, SIG_IGN); /* a reader that goes away is told like a full disk */
    rc = export_all(job, &x, &err);
    if (rc == 0)
        rc = check_complete(job, &x, &err);
    if (!job->program->options.quiet)
        fprintf(stderr, "%" PRIu64 " logs exported\n", x.logs);
    dl_compressor_free(x.compressor);
    dl_buffer_free(&x.text);
    return result_end(&job->result, job->program->options.json, rc, &err);
}
