/* Looking at a spool from outside, while another process may own it: the same reader, which then
 * writes nothing. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spool/crc32c.h"
#include "spool/spool_private.h"

static int open_to_look(struct dl_spool **out, const char *folder, struct dl_error *err)
{
    const struct dl_spool_options options = {0};

    return dl_spool_open_as(out, folder, &options, true, err);
}

int dl_spool_look(struct dl_spool_counts *out, pid_t *owner, const char *folder,
                  struct dl_error *err)
{
    struct dl_spool_entry entry;
    struct dl_buffer body;
    struct dl_spool *s;
    int rc = open_to_look(&s, folder, err);

    if (rc < 0)
        return rc;
    dl_buffer_init(&body, DL_SPOOL_BODY_MAX);
    dl_spool_counts(s, out);
    if (out->pending && dl_spool_next(s, &entry, &body, NULL) > 0) /* when it was taken */
        out->oldest_ms = entry.taken_ms;
    dl_buffer_free(&body);
    if (owner)
        *owner = dl_spool_owner(s->folder);
    dl_spool_close(s);
    return 0;
}

/* ---- walking ---- */

static int walk_pending(struct dl_spool *s, bool with_body,
                        int (*each)(void *context, const struct dl_spool_entry *entry),
                        void *context, struct dl_error *err)
{
    struct dl_spool_entry entry;
    struct dl_buffer body;
    int rc;

    dl_buffer_init(&body, DL_SPOOL_BODY_MAX);
    while ((rc = dl_spool_next(s, &entry, &body, err)) > 0) {
        entry.body = with_body ? entry.body : NULL;
        rc = each ? each(context, &entry) : 0;
        if (rc)
            break;
        dl_spool_settle(s, entry.first, entry.count, DL_SPOOL_DELIVERED);
    }
    dl_buffer_free(&body);
    return rc;
}

struct name {
    char text[DL_NAME_SIZE];
    uint64_t size;
};

/* Names of the files of refused logs. */
struct names {
    struct name *list;
    size_t count;
    bool aside; /* those of damaged segments too */
    bool failed;
};

static void note_name(void *to, const char *name, off_t size)
{
    struct names *n = to;
    void *more;

    if (size < 0 || strlen(name) >= DL_NAME_SIZE ||
        (strncmp(name, "quarantine-", 11) != 0 && !(n->aside && strncmp(name, "damaged-", 8) == 0)))
        return;
    more = reallocarray(n->list, n->count + 1, sizeof *n->list);
    if (!more) {
        n->failed = true;
        return;
    }
    n->list = more;
    snprintf(n->list[n->count].text, DL_NAME_SIZE, "%s", name);
    n->list[n->count++].size = (uint64_t)size;
}

static int compare(const void *a, const void *b)
{
    const struct name *x = a, *y = b;

    return strcmp(x->text, y->text);
}

static int list_names(struct names *n, struct dl_spool *s, bool aside, struct dl_error *err)
{
    *n = (struct names){.aside = aside};
    if (s->disk->list(s->disk->context, s->folder, note_name, n) < 0)
        return dl_error_set_errno(err, DL_E_IO, errno, "the folder of the spool cannot be read");
    if (n->failed) {
        free(n->list);
        return dl_error_set(err, DL_E_NOMEM, "no memory for the names of the spool's files");
    }
    if (n->count)
        qsort(n->list, n->count, sizeof *n->list, compare);
    return 0;
}

typedef void dl_found(void *context, const struct dl_spool_finding *finding);

struct walk {
    bool with_body;
    int (*each)(void *context, const struct dl_spool_entry *entry);
    void *context;
    dl_found *found; /* may be NULL, and so may each */
    void *found_context;
    unsigned findings;
    uint64_t entries;
};

static void find(struct walk *w, const char *file, uint64_t offset, uint64_t first, uint64_t logs,
                 const char *text)
{
    const struct dl_spool_finding finding = {file, offset, first, logs, text};

    w->findings++;
    if (w->found)
        w->found(w->found_context, &finding);
}

/* One entry of a file; its body is read and checked. */
static int visit(struct dl_spool *s, int fd, const char *name, uint64_t offset,
                 struct dl_entry_head *head, struct dl_buffer *body, struct walk *w)
{
    struct dl_spool_entry *e = &head->entry;

    dl_buffer_clear(body);
    if (dl_buffer_reserve(body, e->length) < 0)
        return -DL_E_NOMEM;
    if (dl_spool_read_at(s, fd, body->data, e->length, offset + DL_FORMAT_HEAD) !=
            (ssize_t)e->length ||
        dl_crc32c(0, body->data, e->length) != head->body_sum) {
        find(w, name, offset, e->first, e->count, "the content is not what was written");
        return 0;
    }
    w->entries++;
    body->data[e->length] = '\0';
    e->body = w->with_body ? body->data : NULL;
    return w->each ? w->each(w->context, e) : 0;
}

/* Every entry of one file, from its start. */
static int walk_file(struct dl_spool *s, const char *name, uint64_t size, struct walk *w)
{
    int fd = s->disk->open(s->disk->context, s->folder, name, O_RDONLY), rc = 0;
    uint64_t offset = DL_FORMAT_HEAD, before;
    struct dl_entry_head head;
    struct dl_buffer body;
    bool skipped;

    if (fd < 0) {
        find(w, name, 0, 0, 0, "the file cannot be opened");
        return 0;
    }
    dl_buffer_init(&body, DL_SPOOL_BODY_MAX);
    for (;;) {
        before = offset;
        int found = dl_segment_find(s, fd, &offset, size, &head, &skipped);

        if (skipped)
            find(w, name, before, 0, 0, "bytes here belong to no entry");
        if (found < 0)
            find(w, name, offset, 0, 0, "the file cannot be read from here");
        if (found <= 0 || (rc = visit(s, fd, name, offset, &head, &body, w)) != 0)
            break;
        offset += DL_FORMAT_HEAD + head.entry.length;
    }
    dl_buffer_free(&body);
    s->disk->close(s->disk->context, fd);
    return rc;
}

static int walk_quarantine(struct dl_spool *s, struct walk *w, struct dl_error *err)
{
    struct names names;
    int rc = list_names(&names, s, false, err);

    for (size_t i = 0; rc == 0 && i < names.count; i++)
        rc = walk_file(s, names.list[i].text, names.list[i].size, w);
    free(names.list);
    return rc;
}

int dl_spool_walk(const char *folder, enum dl_spool_part part, bool with_body,
                  int (*each)(void *context, const struct dl_spool_entry *entry), void *context,
                  struct dl_error *err)
{
    struct walk w = {.with_body = with_body, .each = each, .context = context};
    struct dl_spool *s;
    int rc = open_to_look(&s, folder, err);

    if (rc < 0)
        return rc;
    rc = part == DL_SPOOL_PENDING ? walk_pending(s, with_body, each, context, err)
                                  : walk_quarantine(s, &w, err);
    dl_spool_close(s);
    return rc;
}

/* ---- verifying ---- */

static void verify_segments(struct dl_spool *s, struct walk *w)
{
    char name[DL_NAME_SIZE];

    for (size_t i = 0; i < s->segment_count; i++) {
        struct dl_segment *segment = &s->segments[i];
        uint64_t base;

        dl_segment_name(name, "", segment->number);
        base = dl_segment_base(s, segment);
        if (base == 0 || base == UINT64_MAX)
            find(w, name, 0, 0, 0, "the header of the segment is not what was written");
        (void)walk_file(s, name, segment->size, w);
    }
}

static void verify_counts(struct dl_spool *s, struct walk *w, const struct dl_spool_counts *before,
                          struct dl_spool_counts *out)
{
    struct dl_spool_counts after;

    /* What is pending must all be there: read to its end, nothing is left over. */
    (void)walk_pending(s, false, NULL, NULL, NULL);
    dl_spool_counts(s, &after);
    *out = *before;
    out->damaged = after.damaged;
    out->pending = before->pending - (after.damaged - before->damaged);
    if (after.damaged > before->damaged)
        find(w, "cursor", 0, 0, after.damaged - before->damaged,
             "logs that were accepted are not there any more");
    if (after.pending)
        find(w, "cursor", 0, 0, after.pending, "the counts do not add up to what is there");
}

int dl_spool_verify(struct dl_spool_counts *out, const char *folder, dl_found *found, void *context,
                    struct dl_error *err)
{
    struct walk w = {.found = found, .found_context = context};
    struct dl_spool_counts before;
    struct dl_spool *s;
    int rc = open_to_look(&s, folder, err);

    if (rc < 0)
        return rc;
    if (s->cursor_fd < 0 && s->segment_count)
        find(&w, "cursor", 0, 0, 0, "there is no cursor: all that is there will be sent again");
    else if (s->cursor_fd >= 0 && !s->cursor.generation)
        find(&w, "cursor", 0, 0, 0, "the cursor is not what was written");
    dl_spool_counts(s, &before);
    verify_segments(s, &w);
    (void)walk_quarantine(s, &w, NULL);
    verify_counts(s, &w, &before, out);
    dl_spool_close(s);
    return (int)w.findings;
}

/* ---- discarding ---- */

static void discard_pending(struct dl_spool *s, uint64_t *logs)
{
    struct dl_spool_entry entry;
    struct dl_buffer body;
    int rc;

    dl_buffer_init(&body, DL_SPOOL_BODY_MAX);
    while ((rc = dl_spool_next(s, &entry, &body, NULL)) != 0) {
        if (rc < 0) /* what cannot be read is counted as damaged after some tries */
            continue;
        *logs += entry.count;
        dl_spool_settle(s, entry.first, entry.count, DL_SPOOL_DISCARDED);
    }
    dl_buffer_free(&body);
}

/* First the count, on disk, then the files. */
static int discard_quarantine(struct dl_spool *s, uint64_t *logs, struct dl_error *err)
{
    struct names names;
    int rc = list_names(&names, s, true, err);

    if (rc < 0)
        return rc;
    *logs = s->cursor.quarantined;
    s->cursor.discarded += s->cursor.quarantined;
    s->cursor.quarantined = 0;
    s->dirty = true;
    if (!dl_cursor_sync(s))
        rc = dl_error_set(err, DL_E_IO, "the cursor of the spool cannot be written");
    for (size_t i = 0; rc == 0 && i < names.count; i++)
        if (s->disk->unlink(s->disk->context, s->folder, names.list[i].text) < 0 && errno != ENOENT)
            rc =
                dl_error_set_errno(err, DL_E_IO, errno, "%s cannot be removed", names.list[i].text);
    free(names.list);
    return rc;
}

int dl_spool_discard(uint64_t *logs, const char *folder, enum dl_spool_part part,
                     struct dl_error *err)
{
    const struct dl_spool_options options = {0};
    struct dl_spool_counts counts;
    struct dl_spool *s;
    int rc = dl_spool_look(&counts, NULL, folder, err); /* a folder that is none stays none */

    if (rc == 0)
        rc = dl_spool_open(&s, folder, &options, err);
    if (rc < 0)
        return rc;
    *logs = 0;
    if (part == DL_SPOOL_PENDING)
        discard_pending(s, logs);
    else
        rc = discard_quarantine(s, logs, err);
    dl_spool_close(s);
    return rc;
}
