/* The files of a new integration, as texts. */
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "command/integration.h"
#include "pipeline/asset_write.h"
#include "pipeline/draft.h"
#include "pipeline/value_read.h"

#define FILE_MAX ((size_t)DL_PIPELINE_BYTES_MAX)
#define ARENA_MAX (16 * (size_t)DL_PIPELINE_BYTES_MAX)

/* ---- the manifest ---- */

/* A sample as the manifest has it: an object as an object, anything else as a text. */
static int write_sample(struct dl_buffer *out, struct dl_text sample)
{
    struct dl_json w;
    bool object = sample.at[0] == '{' && !memchr(sample.at, '\n', sample.len) &&
                  dl_json_check(sample.at, sample.len, &dl_json_default_limits, NULL, NULL) == 0;

    if (object)
        return dl_buffer_add(out, sample.at, sample.len);
    dl_json_begin(&w, out, 0);
    dl_json_bytes(&w, sample.at, sample.len);
    return dl_json_end(&w);
}

static int write_manifest(struct dl_buffer *out, const struct integration_draft *draft)
{
    int rc = dl_buffer_format(out,
                              "{\n  \"version\": %d,\n  \"name\": \"%s\",\n  \"title\": \"%s\",\n"
                              "  \"source\": \"%s\",\n  \"services\": [",
                              DL_MANIFEST_VERSION, draft->name, draft->title, draft->name);

    for (size_t i = 0; i < draft->service_count && rc == 0; i++)
        rc = dl_buffer_format(out, "%s\"%s\"", i ? ", " : "", draft->services[i]);
    if (rc == 0)
        rc = dl_buffer_text(out, "],\n  \"samples\": [");
    for (size_t i = 0; i < draft->sample_count && rc == 0; i++) {
        rc = dl_buffer_text(out, i ? ",\n    " : "\n    ");
        if (rc == 0)
            rc = write_sample(out, draft->samples[i]);
    }
    if (rc == 0)
        rc = dl_buffer_text(out, "\n  ],\n  \"suggested_tags\": [],\n  \"arrays\": \"index\"\n}\n");
    return rc;
}

/* ---- the tests ---- */

/* One test; the result is what the log has become, or NULL for none yet. */
static void add_test(struct dl_arena *arena, struct dl_value *tests, struct dl_text sample,
                     struct dl_value *result)
{
    struct dl_value *test = dl_value_object(arena);

    dl_value_put(arena, test, DL_TEXT("sample"), dl_value_text(arena, sample.at, sample.len));
    dl_value_put(arena, test, DL_TEXT("result"), result ? result : dl_value_null(arena));
    dl_value_append(arena, tests, test);
}

static struct dl_value *new_tests(struct dl_arena *arena, const char *name, struct dl_value **tests)
{
    struct dl_value *document = dl_value_object(arena);

    *tests = dl_value_array(arena);
    dl_value_put(arena, document, DL_TEXT("id"), dl_value_text(arena, name, strlen(name)));
    dl_value_put(arena, document, DL_TEXT("tests"), *tests);
    return document;
}

static int failed(int rc, struct dl_error *err)
{
    return dl_error_set(err, (enum dl_code) - rc, "the samples make too large a file");
}

/* The samples without results, as a suite. */
static int read_blank(struct dl_suite **suite, struct dl_arena *arena,
                      const struct integration_draft *draft, struct dl_error *err)
{
    struct dl_value *tests, *document = new_tests(arena, draft->name, &tests);
    struct dl_buffer text;
    int rc;

    for (size_t i = 0; i < draft->sample_count; i++)
        add_test(arena, tests, draft->samples[i], NULL);
    dl_buffer_init(&text, FILE_MAX);
    rc = arena->failed ? failed(-DL_E_LIMIT, err) : dl_asset_write(&text, document);
    if (rc == 0)
        rc = dl_suite_read(suite, dl_buffer_string(&text), text.len, err);
    dl_buffer_free(&text);
    return rc;
}

static int write_tests(struct dl_buffer *out, struct dl_arena *arena,
                       const struct integration_draft *draft, const struct dl_pipeline *pipeline,
                       const struct dl_suite *suite, struct dl_error *err)
{
    struct dl_value *tests, *document = new_tests(arena, draft->name, &tests);
    int rc;

    for (size_t i = 0; i < draft->sample_count; i++) {
        struct dl_pipeline_log log;

        dl_suite_log(&log, suite, i, pipeline, arena);
        dl_pipeline_run(pipeline, &log, true, NULL, NULL);
        add_test(arena, tests, draft->samples[i], dl_suite_result(&log));
    }
    rc = arena->failed ? -DL_E_LIMIT : dl_asset_write(out, document);
    return rc < 0 ? failed(rc, err) : 0;
}

/* ---- the pipeline, the README ---- */

static int write_readme(struct dl_buffer *out, const struct integration_draft *draft)
{
    return dl_buffer_format(
        out,
        "# %s\n\n## Overview\n\nSay in a sentence what %s does and what its logs tell.\n\n"
        "## Setup\n\n### Log collection\n\n"
        "1. Run `ddlogs setup --integration %s` where %s runs: it asks for the Datadog site, the\n"
        "   API key and tags, and sends a test log.\n"
        "2. Send the logs: `ddlogs send --follow FILE`.\n"
        "3. Search for `source:%s` in the Log Explorer.\n\n"
        "## Support\n\nSay how to reach you.\n",
        draft->title, draft->title, draft->name, draft->title, draft->name);
}

static int write_pipeline(struct dl_buffer *out, struct dl_arena *arena, struct dl_value *document,
                          struct dl_value *facets, struct dl_error *err)
{
    int rc;

    if (facets && facets->of.list.count)
        dl_value_put(arena, document, DL_TEXT("facets"), facets);
    dl_buffer_clear(out);
    rc = arena->failed ? -DL_E_LIMIT : dl_asset_write(out, document);
    return rc < 0 ? failed(rc, err) : 0;
}

static int compose_assets(struct dl_buffer files[INTEGRATION_FILES], struct dl_arena *arena,
                          const struct integration_draft *draft, struct dl_error *err)
{
    const struct dl_draft plan = {{draft->name, strlen(draft->name)},
                                  {draft->title, strlen(draft->title)},
                                  draft->samples,
                                  draft->sample_count};
    struct dl_value *document = dl_draft_pipeline(arena, &plan), *facets = NULL;
    struct dl_buffer *yaml = &files[INTEGRATION_FILE_PIPELINE];
    struct dl_pipeline *pipeline = NULL;
    struct dl_suite *suite = NULL;
    int rc = document ? write_pipeline(yaml, arena, document, NULL, err) : failed(-DL_E_LIMIT, err);

    if (rc == 0)
        rc = dl_pipeline_read(&pipeline, dl_buffer_string(yaml), yaml->len, err);
    if (rc == 0)
        rc = read_blank(&suite, arena, draft, err);
    if (rc == 0)
        rc = write_tests(&files[INTEGRATION_FILE_TESTS], arena, draft, pipeline, suite, err);
    if (rc == 0)
        rc = integration_propose(&facets, arena, pipeline, suite, err);
    if (rc == 0)
        rc = write_pipeline(yaml, arena, document, facets, err);
    dl_suite_free(suite);
    dl_pipeline_free(pipeline);
    return rc;
}

int integration_compose(struct dl_buffer files[INTEGRATION_FILES],
                        const struct integration_draft *draft, struct dl_error *err)
{
    struct dl_integration *manifest = NULL;
    struct dl_arena arena;
    int rc = 0;

    for (size_t i = 0; i < INTEGRATION_FILES; i++)
        dl_buffer_init(&files[i], FILE_MAX);
    dl_arena_init(&arena, ARENA_MAX);
    if (write_manifest(&files[INTEGRATION_FILE_MANIFEST], draft) < 0 ||
        write_readme(&files[INTEGRATION_FILE_README], draft) < 0)
        rc = failed(-DL_E_LIMIT, err);
    if (rc == 0) /* what new writes is what setup reads */
        rc =
            dl_integration_read_text(&manifest, dl_buffer_string(&files[INTEGRATION_FILE_MANIFEST]),
                                     files[INTEGRATION_FILE_MANIFEST].len, "manifest.json", err);
    if (rc == 0)
        rc = compose_assets(files, &arena, draft, err);
    dl_integration_free(manifest);
    dl_arena_free(&arena);
    return rc;
}
