/* ddlogs pipeline convert: an asset as the public API takes it, or the other way round. */
#include <errno.h>
#include <stdio.h>

#include "base/text.h"
#include "command/pipeline.h"
#include "pipeline/asset_write.h"
#include "pipeline/spelling.h"

#define PLACEHOLDER DL_TEXT("REPLACE_WITH_APP_ID") /* as Datadog's own export has it */

/* What is in the file and not in the output, as a sentence for people. */
static void tell_extra(const struct dl_value *document)
{
    const struct dl_member *m = dl_spelling_extra(document, NULL);
    struct dl_buffer clean;

    if (!m)
        return;
    dl_buffer_init(&clean, 64 * 1024);
    for (const struct dl_member *next; m; m = next) {
        next = dl_spelling_extra(document, m);
        dl_text_clean(&clean, m->key.at, m->key.len);
        dl_buffer_text(&clean, next ? ", " : "");
    }
    fprintf(stderr, "ddlogs: left out, %s: %s\n",
            dl_spelling_is_api(document) ? "since Datadog gives it and assets have none"
                                         : "since the API has no place for it",
            dl_buffer_string(&clean));
    dl_buffer_free(&clean);
}

static int write_other(struct dl_buffer *out, struct dl_arena *arena,
                       const struct dl_pipeline *pipeline)
{
    const struct dl_value *document = dl_pipeline_document(pipeline), *other;
    bool api = dl_spelling_is_api(document);
    struct dl_text id = dl_pipeline_source(pipeline);

    other = api ? dl_spelling_to_asset(arena, document, id.len ? id : PLACEHOLDER)
                : dl_spelling_to_api(arena, document);
    if (!other)
        return -DL_E_NOMEM;
    if (api)
        return dl_asset_write(out, other);
    return dl_value_json(out, other) < 0 ? -DL_E_NOMEM : dl_buffer_char(out, '\n');
}

int pipeline_convert(struct pipeline_job *job)
{
    struct dl_pipeline *pipeline = NULL;
    struct dl_error err = {0};
    struct dl_arena arena;
    struct dl_buffer out;
    int rc = 0;

    dl_arena_init(&arena, DL_PIPELINE_LOG_MAX);
    dl_buffer_init(&out, DL_PIPELINE_LOG_MAX);
    if (job->word_count != 1)
        rc = dl_error_set(&err, DL_E_USAGE, "pipeline convert takes one pipeline");
    if (rc == 0)
        rc = pipeline_load(&pipeline, job->words[0], &err);
    if (rc == 0 && write_other(&out, &arena, pipeline) < 0)
        rc = dl_error_set(&err, DL_E_NOMEM, "there is no memory for the pipeline");
    if (rc == 0 && (fwrite(out.data, 1, out.len, stdout) != out.len || fflush(stdout) != 0))
        rc = dl_error_set_errno(&err, DL_E_IO, errno, "standard output cannot be written");
    if (rc == 0 && !job->program->options.quiet)
        tell_extra(dl_pipeline_document(pipeline));
    dl_pipeline_free(pipeline);
    dl_buffer_free(&out);
    dl_arena_free(&arena);
    return result_end(&job->result, job->program->options.json, rc, &err);
}
