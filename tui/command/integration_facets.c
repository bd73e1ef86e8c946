/* ddlogs integration facets: what the tests' results call for and the asset lacks. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "command/integration.h"
#include "command/prompt.h"
#include "pipeline/asset_write.h"

#define ARENA_MAX (16 * (size_t)DL_PIPELINE_BYTES_MAX)

struct adding {
    struct integration_job *job;
    struct dl_arena arena;
    struct dl_error *err;
    struct dl_buffer text, changed;
    struct dl_value *shown; /* all proposals, for the object */
    size_t added;
};

static bool speaks(const struct adding *a)
{
    return !a->job->program->options.json && !a->job->program->options.quiet;
}

static struct dl_text member(const struct dl_value *facet, const char *key)
{
    const struct dl_value *v = dl_value_get(facet, key);

    return dl_value_is(v, DL_VALUE_STRING) ? v->of.text : (struct dl_text){"", 0};
}

static void print_facet(const struct dl_value *facet)
{
    const struct dl_value *groups = dl_value_get(facet, "groups");
    struct dl_text path = member(facet, "path"), name = member(facet, "name");
    struct dl_text unit = member(dl_value_get(facet, "unit"), "name");
    struct dl_text type = member(facet, "type"), group = groups->of.list.first->value->of.text;
    bool measure = dl_text_equals(member(facet, "facetType"), "range");

    printf("  %-8s %.*s  \"%.*s\" in %.*s", measure ? "measure" : "facet", (int)path.len, path.at,
           (int)name.len, name.at, (int)group.len, group.at);
    if (type.len)
        printf(", %.*s", (int)type.len, type.at);
    if (unit.len)
        printf(" of %.*ss", (int)unit.len, unit.at);
    putchar('\n');
}

static int agree(const struct adding *a, bool *yes)
{
    const struct options *o = &a->job->program->options;

    *yes = o->yes;
    if (*yes)
        return 0;
    if (o->no_input || o->json || !isatty(STDIN_FILENO))
        return 0;
    return prompt_yes(yes, "Add them? [y/N] ", a->err);
}

static int add(struct adding *a, const char *path, const struct dl_pipeline *pipeline,
               struct dl_value *missing)
{
    struct dl_text text = {dl_buffer_string(&a->text), a->text.len};
    struct dl_pipeline *check = NULL;
    int rc;

    dl_buffer_clear(&a->changed);
    rc = dl_asset_add_facets(&a->changed, text, dl_pipeline_document(pipeline), missing, a->err);
    if (rc == 0) /* what is written reads back */
        rc = dl_pipeline_read(&check, dl_buffer_string(&a->changed), a->changed.len, a->err);
    dl_pipeline_free(check);
    if (rc == 0)
        rc = dl_file_rewrite(path, dl_buffer_string(&a->changed), a->changed.len, a->err);
    if (rc == 0)
        a->added += missing->of.list.count;
    return rc;
}

static int offer(struct adding *a, const char *path, const struct dl_pipeline *pipeline,
                 const struct dl_suite *suite)
{
    struct dl_value *missing;
    bool yes;
    int rc = integration_propose(&missing, &a->arena, pipeline, suite, a->err);

    if (rc < 0 || missing->of.list.count == 0)
        return rc;
    if (speaks(a))
        printf("%s lacks %zu:\n", path, missing->of.list.count);
    for (const struct dl_member *m = missing->of.list.first; m; m = m->next) {
        if (speaks(a))
            print_facet(m->value);
        dl_value_append(&a->arena, a->shown, m->value);
    }
    rc = agree(a, &yes);
    return rc == 0 && yes ? add(a, path, pipeline, missing) : rc;
}

static int each(void *context, const struct dl_asset_pair *pair)
{
    struct adding *a = context;
    struct dl_pipeline *pipeline = NULL;
    struct dl_suite *suite = NULL;
    struct dl_error cause = {0};
    int rc;

    if (!pair->tests[0])
        return 0;
    rc = integration_read(&a->text, pair->tests, a->err);
    if (rc == 0 && dl_suite_read(&suite, dl_buffer_string(&a->text), a->text.len, &cause) < 0)
        rc = dl_error_set(a->err, DL_E_PIPELINE, "%s: %s", pair->tests, cause.text);
    if (rc == 0)
        rc = integration_read(&a->text, pair->pipeline, a->err);
    if (rc == 0 && dl_pipeline_read(&pipeline, dl_buffer_string(&a->text), a->text.len, &cause) < 0)
        rc = dl_error_set(a->err, DL_E_PIPELINE, "%s: %s", pair->pipeline, cause.text);
    if (rc == 0)
        rc = offer(a, pair->pipeline, pipeline, suite);
    dl_suite_free(suite);
    dl_pipeline_free(pipeline);
    return rc;
}

static void write_object(struct dl_json *w, const void *context)
{
    const struct adding *a = context;

    dl_json_key(w, "facets");
    dl_json_array(w);
    for (const struct dl_member *m = a->shown->of.list.first; m; m = m->next) {
        static const char *const keys[] = {"path", "name", "facetType", "type"};

        dl_json_object(w);
        for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
            struct dl_text text = member(m->value, keys[i]);

            if (!text.len)
                continue;
            dl_json_key(w, keys[i]);
            dl_json_bytes(w, text.at, text.len);
        }
        dl_json_object_end(w);
    }
    dl_json_array_end(w);
    dl_json_member_integer(w, "added", (int64_t)a->added);
}

static void conclude(struct adding *a)
{
    if (!speaks(a))
        return;
    if (a->shown->of.list.count == 0)
        puts("Every attribute of the tests' results that can have a facet has one.");
    else if (a->added)
        printf("%zu added.\n", a->added);
    else
        puts("Nothing was added; say --yes to add them.");
}

int integration_facets(struct integration_job *job)
{
    struct dl_error err = {0};
    struct adding a = {.job = job, .err = &err};
    char folder[PATH_MAX], path[PATH_MAX];
    int rc = integration_folder(folder, sizeof folder, job, &err), code;

    dl_arena_init(&a.arena, ARENA_MAX);
    dl_buffer_init(&a.text, DL_PIPELINE_BYTES_MAX);
    dl_buffer_init(&a.changed, DL_PIPELINE_BYTES_MAX);
    a.shown = dl_value_array(&a.arena);
    if (rc == 0 && (!a.shown || dl_path_join(path, sizeof path, folder, "assets/logs") < 0))
        rc = dl_error_set(&err, DL_E_LIMIT, "the path of the folder is too long");
    if (rc == 0)
        rc = dl_assets_find(path, each, &a, &err);
    if (rc == 0) {
        job->result.more = write_object;
        job->result.more_context = &a;
        conclude(&a);
    }
    code = result_end(&job->result, job->program->options.json, rc, &err);
    dl_buffer_free(&a.changed);
    dl_buffer_free(&a.text);
    dl_arena_free(&a.arena);
    return code;
}
