/* ddlogs spool list: one line an entry, or a refused log and the answer to it. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/compress.h"
#include "base/json.h"
#include "base/text.h"
#include "command/spool.h"

#define ROWS_MAX 1000  /* in the object; all are counted */
#define ANSWER_MAX 240 /* bytes of an answer that are shown */

struct row {
    uint64_t first;
    uint32_t logs;
    int64_t taken_ms;
    size_t bytes;
    unsigned encoding;
    int status;                   /* of a refused log, as what follows */
    char code[32], at[32];        /* "" when they cannot be read */
    char answer[ANSWER_MAX + 16]; /* clean */
};

struct list {
    struct spool_job *job;
    struct row *rows; /* the first ones, ROWS_MAX; NULL: they are printed */
    uint64_t count, logs;
};

static const char *packing(unsigned encoding)
{
    static const char *const names[] = {
        [DL_ENCODING_GZIP] = "gzip", [DL_ENCODING_ZSTD] = "zstd", [DL_ENCODING_NONE] = "none"};

    return encoding <= DL_ENCODING_NONE ? names[encoding] : "unknown";
}

/* ---- refused logs ---- */

static void copy_clean(char *to, size_t size, const cJSON *from, size_t limit)
{
    struct dl_buffer clean;
    size_t length, cut;

    if (!cJSON_IsString(from))
        return;
    length = strlen(from->valuestring);
    cut = dl_utf8_cut(from->valuestring, length, length < limit ? length : limit);
    dl_buffer_init(&clean, 4 * limit + 64); /* an invalid byte becomes three */
    if (dl_text_clean(&clean, from->valuestring, cut) == 0)
        dl_text_format(to, size, "%s%s", dl_buffer_string(&clean), cut < length ? "..." : "");
    dl_buffer_free(&clean);
}

/* What stands before the log itself, which may be large, and as strange as it was when it came. */
static void read_refusal(struct row *row, const struct dl_spool_entry *entry)
{
    static const char mark[] = ",\"log\":"; /* in no string: its quotes would be escaped */
    const char *end = memmem(entry->body, entry->length, mark, sizeof mark - 1);
    struct dl_buffer head;
    cJSON *object = NULL;

    dl_buffer_init(&head, dl_json_default_limits.bytes);
    if (end && dl_buffer_add(&head, entry->body, (size_t)(end - entry->body)) == 0 &&
        dl_buffer_char(&head, '}') == 0 &&
        dl_json_parse(&object, head.data, head.len, &dl_json_default_limits, NULL) == 0) {
        const cJSON *status = cJSON_GetObjectItemCaseSensitive(object, "status");

        row->status = cJSON_IsNumber(status) ? status->valueint : 0;
        copy_clean(row->code, sizeof row->code, cJSON_GetObjectItemCaseSensitive(object, "code"),
                   sizeof row->code - 4);
        copy_clean(row->at, sizeof row->at, cJSON_GetObjectItemCaseSensitive(object, "at"),
                   sizeof row->at - 4);
        copy_clean(row->answer, sizeof row->answer,
                   cJSON_GetObjectItemCaseSensitive(object, "answer"), ANSWER_MAX);
        cJSON_Delete(object);
    }
    dl_buffer_free(&head);
}

static void print_refusal(const struct row *row)
{
    if (*row->code)
        printf("%" PRIu64 "  %s  %d  %s  %s\n", row->first, row->at, row->status, row->code,
               row->answer);
    else
        printf("%" PRIu64 "  the reason cannot be read\n", row->first);
}

static void write_refusal(struct dl_json *w, const struct row *row)
{
    dl_json_object(w);
    dl_json_member_integer(w, "number", (int64_t)row->first);
    dl_json_member(w, "at", *row->at ? row->at : NULL);
    dl_json_member(w, "code", *row->code ? row->code : NULL);
    dl_json_member_integer(w, "status", row->status);
    dl_json_member(w, "answer", row->answer);
    dl_json_object_end(w);
}

/* ---- entries ---- */

static void print_entry(const struct row *row)
{
    char age[32];

    printf("%" PRIu64 "-%" PRIu64 "  %" PRIu32 " log%s  %s old  %zu bytes  %s\n", row->first,
           row->first + row->logs - 1, row->logs, row->logs == 1 ? "" : "s",
           spool_age(age, sizeof age, row->taken_ms), row->bytes, packing(row->encoding));
}

static void write_entry(struct dl_json *w, const struct row *row)
{
    char at[32];

    dl_clock_iso(row->taken_ms, at);
    dl_json_object(w);
    dl_json_member_integer(w, "first", (int64_t)row->first);
    dl_json_member_integer(w, "logs", row->logs);
    dl_json_member(w, "taken", at);
    dl_json_member_integer(w, "bytes", (int64_t)row->bytes);
    dl_json_member(w, "packing", packing(row->encoding));
    dl_json_object_end(w);
}

/* ---- both ---- */

static int each(void *context, const struct dl_spool_entry *entry)
{
    struct list *list = context;
    bool refused = list->job->part == DL_SPOOL_QUARANTINE;
    struct row row = {.first = entry->first,
                      .logs = entry->count,
                      .taken_ms = entry->taken_ms,
                      .bytes = entry->length,
                      .encoding = entry->encoding};

    if (refused)
        read_refusal(&row, entry);
    if (list->rows && list->count < ROWS_MAX)
        list->rows[list->count] = row;
    else if (!list->rows && !list->job->program->options.quiet)
        (refused ? print_refusal : print_entry)(&row);
    list->count++;
    list->logs += entry->count;
    return 0;
}

static void write_list(struct dl_json *w, const void *context)
{
    const struct list *list = context;
    bool refused = list->job->part == DL_SPOOL_QUARANTINE;

    dl_json_member(w, "folder", list->job->folder);
    dl_json_member_integer(w, "entry_count", (int64_t)list->count);
    dl_json_member_integer(w, "logs", (int64_t)list->logs);
    dl_json_key(w, refused ? "refused" : "entries");
    dl_json_array(w);
    for (uint64_t i = 0; i < list->count && i < ROWS_MAX; i++)
        (refused ? write_refusal : write_entry)(w, &list->rows[i]);
    dl_json_array_end(w);
}

int spool_list(struct spool_job *job)
{
    const struct options *options = &job->program->options;
    bool refused = job->part == DL_SPOOL_QUARANTINE;
    struct list list = {.job = job};
    struct dl_error err = {0};
    int rc = 0;

    if (options->json) {
        list.rows = calloc(ROWS_MAX, sizeof *list.rows);
        if (!list.rows)
            rc = dl_error_set(&err, DL_E_NOMEM, "no memory for the list");
    }
    if (rc == 0)
        rc = dl_spool_walk(job->folder, job->part, refused, each, &list, &err);
    if (rc == 0 && options->json) {
        job->result.more = write_list;
        job->result.more_context = &list;
    } else if (rc == 0 && !options->quiet) {
        if (refused)
            printf("%" PRIu64 " refused logs\n", list.count);
        else
            printf("%" PRIu64 " entries, %" PRIu64 " logs\n", list.count, list.logs);
    }
    rc = result_end(&job->result, job->program->options.json, rc, &err);
    free(list.rows);
    return rc;
}
