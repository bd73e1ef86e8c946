#include "intake/recorder.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"

/* 5 MB of text in which every byte is escaped as \u00XX, and the head of 1000 lines */
enum { LINES_MAX = 64 * 1000 * 1000, KEY_LEAST = 8, HEX_RUN = 32, PREVIEWED_MAX = 16 * 1024 };

/* What every test log has in it, as ddlogs writes it. */
#define TEST_MARK "\"ddlogs_test\":true"

static int open_record(const char *path, struct dl_error *err)
{
    struct stat st;
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);

    if (fd < 0)
        return dl_error_set_errno(err, DL_E_IO, errno, "cannot write the record %s", path);
    if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
        close(fd);
        return dl_error_set(err, DL_E_IO, "cannot write the record %s: it is no regular file",
                            path);
    }
    return fd;
}

int dl_intake_recorder_open(struct dl_intake_recorder *recorder, const char *path,
                            const char *pipeline, struct dl_error *err)
{
    *recorder = (struct dl_intake_recorder){.fd = -1, .lock = PTHREAD_MUTEX_INITIALIZER};
    if (path) {
        int fd = open_record(path, err);

        if (fd < 0)
            return fd;
        recorder->fd = fd;
    }
    return pipeline ? dl_explorer_open(&recorder->explorer, pipeline, err) : 0;
}

void dl_intake_recorder_close(struct dl_intake_recorder *recorder)
{
    dl_explorer_close(recorder->explorer);
    recorder->explorer = NULL;
    if (recorder->fd >= 0)
        close(recorder->fd);
    recorder->fd = -1;
    pthread_mutex_destroy(&recorder->lock);
}

void dl_intake_hide(char *text, size_t len, const char *key)
{
    size_t key_len = key ? strlen(key) : 0;
    char *end = text + len, *found;

    if (key_len < KEY_LEAST)
        return;
    while ((found = memmem(text, (size_t)(end - text), key, key_len)) != NULL) {
        memset(found, '*', key_len);
        text = found + key_len;
    }
}

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool is_word(char c)
{
    return is_hex(c) || (c >= 'g' && c <= 'z') || (c >= 'G' && c <= 'Z');
}

void dl_intake_mask(char *text, size_t len, size_t length, bool hex_only)
{
    size_t from = 0;

    for (size_t i = 0; i <= len; i++) {
        if (i < len && (hex_only ? is_hex(text[i]) : is_word(text[i])))
            continue;
        if (i - from >= length)
            memset(text + from, '*', i - from);
        from = i + 1;
    }
}

int dl_intake_member(struct dl_buffer *members, const char *name, const char *value)
{
    size_t from;
    int rc;

    if (members->len && (rc = dl_buffer_char(members, ',')) < 0)
        return rc;
    if ((rc = dl_buffer_char(members, '"')) < 0 ||
        (rc = dl_json_escape(members, name, strlen(name))) < 0 ||
        (rc = dl_buffer_text(members, "\":\"")) < 0)
        return rc;
    from = members->len;
    if ((rc = dl_json_escape(members, value, strlen(value))) < 0)
        return rc;
    dl_intake_mask(members->data + from, members->len - from, HEX_RUN, true);
    return dl_buffer_char(members, '"');
}

static int add_head(struct dl_buffer *out, const struct dl_intake_arrival *arrival)
{
    char time[32];

    dl_clock_iso(dl_clock_wall_ms(), time);
    return dl_buffer_format(out,
                            "{\"request\":%llu,\"time\":\"%s\",\"path\":\"%s\",\"encoding\":\"%s\","
                            "\"headers\":{%s},\"query\":{%s},",
                            (unsigned long long)arrival->number, time, arrival->path,
                            arrival->encoding, dl_buffer_string(&arrival->headers),
                            dl_buffer_string(&arrival->query));
}

static int add_text(struct dl_buffer *out, const char *text, size_t len)
{
    int rc = dl_buffer_text(out, "{\"message\":\"");

    if (rc == 0)
        rc = dl_json_escape(out, text, len);
    return rc < 0 ? rc : dl_buffer_text(out, "\"}");
}

static int add_entry(struct dl_intake_recorder *recorder, struct dl_buffer *out, bool is_json,
                     const char *text, size_t len)
{
    bool over = len > DL_INTAKE_ENTRY_MAX;
    int rc = dl_buffer_text(out, over ? "\"truncated\":true,\"entry\":" : "\"entry\":");

    if (rc < 0)
        return rc;
    if (!is_json)
        rc = add_text(out, text, over ? DL_INTAKE_ENTRY_MAX : len);
    else
        rc = over ? dl_intake_cut(out, text, len) : dl_intake_compact(out, text, len);
    if (rc == 0 && recorder->explorer)
        rc = dl_buffer_text(out, ",\"explorer\":");
    if (rc == 0 && recorder->explorer)
        rc = dl_explorer_add(recorder->explorer, out, text, over ? DL_INTAKE_ENTRY_MAX : len, NULL);
    return rc < 0 ? rc : dl_buffer_text(out, "}\n");
}

static int add_lines(struct dl_intake_recorder *recorder, struct dl_buffer *out,
                     const struct dl_intake_arrival *arrival, const char *body,
                     const struct dl_intake_entries *entries)
{
    int rc = add_head(out, arrival);
    size_t head = out->len;

    for (size_t i = 0; rc == 0 && i < entries->count; i++) {
        const struct dl_intake_span *span = &entries->spans[i];
        if (i > 0 && (rc = dl_buffer_reserve(out, head)) == 0)
            rc = dl_buffer_add(out, out->data, head);
        if (rc == 0)
            rc = add_entry(recorder, out, arrival->is_json, body + span->start, span->length);
    }
    return rc;
}

int dl_intake_recorder_add(struct dl_intake_recorder *recorder,
                           const struct dl_intake_arrival *arrival, const char *body,
                           const struct dl_intake_entries *entries)
{
    struct dl_buffer lines;
    int rc;

    if (recorder->fd < 0 || entries->count == 0)
        return 0;
    dl_buffer_init(&lines, LINES_MAX);
    if (recorder->explorer) /* a pipeline is of one thread */
        pthread_mutex_lock(&recorder->lock);
    rc = add_lines(recorder, &lines, arrival, body, entries);
    if (recorder->explorer)
        pthread_mutex_unlock(&recorder->lock);
    if (rc == 0) {
        dl_intake_hide(lines.data, lines.len, arrival->key);
        pthread_mutex_lock(&recorder->lock);
        rc = dl_file_write_all(recorder->fd, lines.data, lines.len, NULL);
        pthread_mutex_unlock(&recorder->lock);
    }
    dl_buffer_free(&lines);
    return rc < 0 ? -DL_E_IO : 0;
}

static void preview(struct dl_intake_recorder *recorder, struct dl_buffer *out, const char *text,
                    size_t len)
{
    struct dl_buffer one;

    dl_buffer_init(&one, DL_INTAKE_PREVIEW_MAX);
    if (dl_explorer_add(recorder->explorer, &one, text, len, NULL) == 0 &&
        out->len + one.len < DL_INTAKE_PREVIEW_MAX) {
        if (out->len)
            (void)dl_buffer_char(out, ',');
        (void)dl_buffer_add(out, one.data, one.len);
    }
    dl_buffer_free(&one);
}

void dl_intake_recorder_preview(struct dl_intake_recorder *recorder, struct dl_buffer *out,
                                const struct dl_intake_arrival *arrival, const char *body,
                                const struct dl_intake_entries *entries)
{
    if (!recorder->explorer || !arrival->is_json)
        return;
    pthread_mutex_lock(&recorder->lock);
    for (size_t i = 0; i < entries->count; i++) {
        const char *text = body + entries->spans[i].start;
        size_t len = entries->spans[i].length;

        if (len <= PREVIEWED_MAX && memmem(text, len, TEST_MARK, strlen(TEST_MARK)))
            preview(recorder, out, text, len);
    }
    pthread_mutex_unlock(&recorder->lock);
    if (out->len)
        dl_intake_hide(out->data, out->len, arrival->key);
}
