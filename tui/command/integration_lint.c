/* ddlogs integration lint: manifest and assets by Datadog's rules for partners. */
#include <stdio.h>
#include <stdlib.h>

#include "command/integration.h"

void integration_write_findings(struct dl_json *w, const struct integration_tree *tree)
{
    dl_json_member(w, "integration", tree->manifest ? tree->manifest->name : NULL);
    dl_json_key(w, "findings");
    dl_json_array(w);
    for (size_t i = 0; i < tree->finding_count; i++) {
        const struct integration_finding *f = &tree->findings[i];

        dl_json_object(w);
        dl_json_member(w, "level", integration_level_names[f->level]);
        dl_json_member(w, "rule", integration_rule_ids[f->rule]);
        dl_json_member(w, "file", f->file);
        dl_json_member_integer(w, "line", f->line);
        dl_json_member(w, "text", f->text);
        dl_json_object_end(w);
    }
    dl_json_array_end(w);
    dl_json_member_integer(w, "error_count", (int64_t)tree->counts[INTEGRATION_ERROR]);
    dl_json_member_integer(w, "warning_count", (int64_t)tree->counts[INTEGRATION_WARNING]);
    dl_json_member_integer(w, "note_count", (int64_t)tree->counts[INTEGRATION_NOTE]);
}

static void write_object(struct dl_json *w, const void *context)
{
    integration_write_findings(w, context);
}

static void print(const struct integration_tree *tree)
{
    for (size_t i = 0; i < tree->finding_count; i++) {
        const struct integration_finding *f = &tree->findings[i];

        printf("%-8s%s", integration_level_names[f->level], f->file);
        if (f->line)
            printf(":%d", f->line);
        printf(": %s [%s]\n", f->text, integration_rule_ids[f->rule]);
    }
    printf("%zu error%s, %zu warning%s, %zu note%s; %zu test%s run.\n",
           tree->counts[INTEGRATION_ERROR], tree->counts[INTEGRATION_ERROR] == 1 ? "" : "s",
           tree->counts[INTEGRATION_WARNING], tree->counts[INTEGRATION_WARNING] == 1 ? "" : "s",
           tree->counts[INTEGRATION_NOTE], tree->counts[INTEGRATION_NOTE] == 1 ? "" : "s",
           tree->test_count, tree->test_count == 1 ? "" : "s");
}

int integration_lint(struct integration_job *job)
{
    const struct options *options = &job->program->options;
    struct integration_tree *tree = malloc(sizeof *tree);
    struct dl_error err = {0};
    char folder[PATH_MAX];
    int rc, code;

    if (!tree) {
        dl_error_set(&err, DL_E_NOMEM, "there is no memory for the findings");
        return result_fail(&job->result, options->json, &err);
    }
    *tree = (struct integration_tree){0};
    rc = integration_folder(folder, sizeof folder, job, &err);
    if (rc == 0)
        rc = integration_inspect(tree, folder, &err);
    if (rc == 0) {
        job->result.more = write_object;
        job->result.more_context = tree;
        if (!options->json && !options->quiet)
            print(tree);
        if (tree->counts[INTEGRATION_ERROR])
            rc = dl_error_set(&err, DL_E_REVIEW, "%s: %zu finding%s would stop Datadog's review",
                              folder, tree->counts[INTEGRATION_ERROR],
                              tree->counts[INTEGRATION_ERROR] == 1 ? "" : "s");
    }
    code = result_end(&job->result, job->program->options.json, rc, &err);
    integration_tree_free(tree);
    free(tree);
    return code;
}
