/* ddlogs spool verify: what is not as it was written. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "command/spool.h"

#define FINDINGS_MAX 1000 /* that are told; all are counted */

struct finding {
    char file[64];
    const char *text; /* of the spool's own, it stays */
    uint64_t offset, first, logs;
};

struct findings {
    const struct spool_job *job;
    uint64_t count;
    struct finding *list; /* the first ones, FINDINGS_MAX */
};

static void found(void *context, const struct dl_spool_finding *f)
{
    struct findings *all = context;
    struct finding *one;

    if (all->count++ >= FINDINGS_MAX)
        return;
    one = &all->list[all->count - 1];
    *one =
        (struct finding){.text = f->text, .offset = f->offset, .first = f->first, .logs = f->logs};
    dl_text_copy(one->file, sizeof one->file, f->file);
}

static uint64_t told(const struct findings *all)
{
    return all->count < FINDINGS_MAX ? all->count : FINDINGS_MAX;
}

static void print_findings(const struct findings *all)
{
    for (uint64_t i = 0; i < told(all); i++) {
        const struct finding *f = &all->list[i];

        printf("%s  offset %" PRIu64 "  ", f->file, f->offset);
        if (!f->logs)
            fputs("logs -", stdout);
        else if (f->first)
            printf("logs %" PRIu64 "-%" PRIu64, f->first, f->first + f->logs - 1);
        else
            printf("%" PRIu64 " logs", f->logs);
        printf("  %s\n", f->text);
    }
    if (told(all) < all->count)
        puts("...");
    if (all->count)
        printf("%" PRIu64 " finding%s\n", all->count, all->count == 1 ? "" : "s");
    else
        puts("no findings");
}

static void write_findings(struct dl_json *w, const void *context)
{
    const struct findings *all = context;

    spool_write_counts(w, all->job);
    dl_json_member_integer(w, "finding_count", (int64_t)all->count);
    dl_json_key(w, "findings");
    dl_json_array(w);
    for (uint64_t i = 0; i < told(all); i++) {
        const struct finding *one = &all->list[i];

        dl_json_object(w);
        dl_json_member(w, "file", one->file);
        dl_json_member_integer(w, "offset", (int64_t)one->offset);
        dl_json_member_integer(w, "first", (int64_t)one->first);
        dl_json_member_integer(w, "logs", (int64_t)one->logs);
        dl_json_member(w, "text", one->text);
        dl_json_object_end(w);
    }
    dl_json_array_end(w);
}

static bool has(const struct findings *all, const struct finding *one)
{
    for (uint64_t i = 0; i < told(all); i++) {
        const struct finding *other = &all->list[i];

        if (one->offset == other->offset && one->first == other->first &&
            one->logs == other->logs && one->text == other->text &&
            strcmp(one->file, other->file) == 0)
            return true;
    }
    return false;
}

/* What its owner writes and takes away while the spool is read can look like damage; damage is
 * still there when it is read again. */
static int confirm(struct spool_job *job, struct findings *all, struct dl_error *err)
{
    struct findings again = {.list = calloc(FINDINGS_MAX, sizeof *again.list)};
    uint64_t kept = 0;
    int rc;

    if (!again.list)
        return dl_error_set(err, DL_E_NOMEM, "no memory for the findings");
    rc = dl_spool_verify(&job->counts, job->folder, found, &again, err);
    for (uint64_t i = 0; rc >= 0 && i < told(all); i++)
        if (has(&again, &all->list[i]))
            all->list[kept++] = all->list[i];
    if (rc >= 0 && all->count <= FINDINGS_MAX)
        all->count = kept;
    free(again.list);
    return rc < 0 ? rc : 0;
}

static int verify(struct spool_job *job, struct findings *all, struct dl_error *err)
{
    const struct options *options = &job->program->options;
    struct dl_spool_counts before;
    int rc = dl_spool_look(&before, &job->owner, job->folder, err);

    if (rc == 0)
        rc = dl_spool_verify(&job->counts, job->folder, found, all, err);
    if (rc > 0 && job->owner)
        rc = confirm(job, all, err);
    if (rc < 0)
        return rc;
    job->counts.oldest_ms = before.oldest_ms;
    job->result.more = write_findings;
    job->result.more_context = all;
    if (!options->json && !options->quiet)
        print_findings(all);
    if (!all->count)
        return 0;
    return dl_error_set(err, DL_E_SPOOL_DAMAGED, "%" PRIu64 " finding%s in the spool", all->count,
                        all->count == 1 ? "" : "s");
}

int spool_verify(struct spool_job *job)
{
    struct findings all = {.job = job, .list = calloc(FINDINGS_MAX, sizeof *all.list)};
    struct dl_error err = {0};
    int rc = all.list ? verify(job, &all, &err)
                      : dl_error_set(&err, DL_E_NOMEM, "no memory for the findings");

    rc = result_end(&job->result, job->program->options.json, rc, &err);
    free(all.list);
    return rc;
}
