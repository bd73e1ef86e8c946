#include "pipeline/explorer.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"

struct dl_explorer {
    struct dl_pipeline *pipeline;
    struct dl_arena arena;
    bool took;
};

int dl_explorer_open(struct dl_explorer **out, const char *path, struct dl_error *err)
{
    struct dl_explorer *e = calloc(1, sizeof *e);
    struct dl_error cause = {0};
    struct dl_buffer text;
    int rc;

    if (!e)
        return dl_error_set(err, DL_E_NOMEM, "there is no memory for the pipeline");
    dl_arena_init(&e->arena, DL_PIPELINE_LOG_MAX);
    dl_buffer_init(&text, DL_PIPELINE_BYTES_MAX);
    rc = dl_file_read(path, true, &text, err);
    if (rc == 0 && dl_pipeline_read(&e->pipeline, dl_buffer_string(&text), text.len, &cause) < 0)
        rc = dl_error_set(err, DL_E_PIPELINE, "%s: %s", path, cause.text);
    dl_buffer_free(&text);
    if (rc < 0)
        dl_explorer_close(e);
    else
        *out = e;
    return rc;
}

void dl_explorer_close(struct dl_explorer *explorer)
{
    if (!explorer)
        return;
    dl_pipeline_free(explorer->pipeline);
    dl_arena_free(&explorer->arena);
    free(explorer);
}

static void put(struct dl_arena *arena, struct dl_value *into, const char *key, struct dl_text text)
{
    if (text.len)
        dl_value_put(arena, into, (struct dl_text){key, strlen(key)},
                     dl_value_text(arena, text.at, text.len));
}

struct dl_value *dl_explorer_value(const struct dl_pipeline_log *log)
{
    struct dl_arena *arena = log->arena;
    struct dl_value *v = dl_value_object(arena), *tags = dl_value_array(arena);
    char timestamp[32];

    if (log->has_timestamp) {
        dl_clock_iso(log->timestamp, timestamp);
        put(arena, v, "timestamp", (struct dl_text){timestamp, strlen(timestamp)});
    }
    put(arena, v, "status", log->status);
    put(arena, v, "service", log->service);
    put(arena, v, "source", log->source);
    put(arena, v, "host", log->host);
    put(arena, v, "trace_id", log->trace_id);
    put(arena, v, "span_id", log->span_id);
    for (const struct dl_log_tag *tag = log->tags; tag; tag = tag->next)
        dl_value_append(arena, tags, dl_value_text(arena, tag->text.at, tag->text.len));
    if (log->tags)
        dl_value_put(arena, v, DL_TEXT("tags"), tags);
    put(arena, v, "message", log->message);
    dl_value_put(arena, v, DL_TEXT("attributes"), log->attributes);
    return v;
}

int dl_explorer_add(struct dl_explorer *explorer, struct dl_buffer *out, const char *log_text,
                    size_t len, struct dl_error *err)
{
    struct dl_arena *arena = &explorer->arena;
    struct dl_pipeline_log log;
    struct dl_value *v;
    int rc;

    dl_arena_reset(arena);
    dl_pipeline_log_init(&log, arena, dl_clock_wall_ms());
    dl_pipeline_log_take(&log, log_text, len);
    if (log.source.len == 0)
        log.source = dl_pipeline_source(explorer->pipeline);
    explorer->took = dl_pipeline_run(explorer->pipeline, &log, false, NULL, NULL);
    v = dl_explorer_value(&log);
    if (!explorer->took)
        dl_value_put(arena, v, DL_TEXT("pipeline"), dl_value_bool(arena, false));
    rc = arena->failed ? -DL_E_LIMIT : dl_value_json(out, v);
    return rc < 0 ? dl_error_set(err, (enum dl_code) - rc, "the log grows past %d MB on its way",
                                 DL_PIPELINE_LOG_MAX >> 20)
                  : 0;
}

bool dl_explorer_took(const struct dl_explorer *explorer)
{
    return explorer->took;
}
