/* ddlogs integration review: what Datadog reviews on one page, and the archive to hand in. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/text.h"
#include "check/pack.h"
#include "command/integration.h"

#define PAGE_MAX ((size_t)1024 * 1024)
#define ARCHIVE_MAX ((size_t)256 * 1024 * 1024)
#define FILES_MAX (3 + 2 * INTEGRATION_PAIRS_MAX)
#define PAGE "REVIEW.md"

struct reviewing {
    struct integration_job *job;
    struct integration_tree tree;
    struct dl_buffer page, archive;
    char archive_path[PATH_MAX], page_path[PATH_MAX];
    struct dl_archive_file files[FILES_MAX];
    struct dl_buffer texts[FILES_MAX];
    char names[FILES_MAX][PATH_MAX];
    size_t count;
    int64_t newest; /* of the files, milliseconds */
    struct dl_error *err;
};

/* ---- the page ---- */

/* A cell of a table: no line end, no bar. */
static int cell(struct dl_buffer *page, const char *text)
{
    int rc = 0;

    for (; *text && rc == 0; text++)
        rc = *text == '|' ? dl_buffer_text(page, "\\|") : dl_buffer_char(page, *text);
    return rc;
}

/* What became of a rule, and the level of the findings that are told in its row. */
static const struct outcome {
    const char *name;
    enum integration_level level;
} failed = {"FAIL", INTEGRATION_ERROR}, warned = {"WARN", INTEGRATION_WARNING},
  passed = {"PASS", INTEGRATION_NOTE}, unchecked = {"NOT CHECKED", INTEGRATION_NOTE};

static const struct outcome *verdict(const struct integration_tree *tree,
                                     enum integration_rule rule)
{
    if (integration_count(tree, rule, INTEGRATION_ERROR))
        return &failed;
    if (integration_count(tree, rule, INTEGRATION_WARNING))
        return &warned;
    return tree->evidence[rule][0] ? &passed : &unchecked;
}

static int write_row(struct dl_buffer *page, const struct integration_tree *tree,
                     enum integration_rule rule)
{
    const struct outcome *outcome = verdict(tree, rule);
    const char *evidence = tree->evidence[rule];
    int rc = dl_buffer_format(page, "| %s | %s | ", outcome->name, integration_rule_titles[rule]);

    /* a rule that is kept shows what was seen, one that is not shows what is in its way */
    for (size_t i = 0; i < tree->finding_count && outcome->level != INTEGRATION_NOTE; i++)
        if (tree->findings[i].rule == rule && tree->findings[i].level == outcome->level) {
            evidence = tree->findings[i].text;
            break;
        }
    if (rc == 0)
        rc = cell(page, evidence);
    return rc == 0 ? dl_buffer_text(page, " |\n") : rc;
}

static int write_finding(struct dl_buffer *page, const struct integration_finding *f)
{
    int rc = dl_buffer_format(page, "- %s, %s", integration_level_names[f->level], f->file);

    if (rc == 0 && f->line)
        rc = dl_buffer_format(page, ":%d", f->line);
    return rc == 0 ? dl_buffer_format(page, ": %s\n", f->text) : rc;
}

static int write_page(struct dl_buffer *page, const struct integration_tree *tree)
{
    int rc = dl_buffer_format(page,
                              "# Review of %s\n\nWhat Datadog reviews, as `ddlogs integration "
                              "review` found it.\n\n| Result | What is asked | Evidence |\n"
                              "|---|---|---|\n",
                              tree->manifest ? tree->manifest->title : "an integration");

    for (enum integration_rule rule = 0; rule < INTEGRATION_RULES && rc == 0; rule++)
        rc = write_row(page, tree, rule);
    if (rc == 0 && tree->finding_count)
        rc = dl_buffer_text(page, "\n## Findings\n\n");
    for (size_t i = 0; i < tree->finding_count && rc == 0; i++)
        rc = write_finding(page, &tree->findings[i]);
    if (rc == 0)
        rc = dl_buffer_format(page, "\nErrors: %zu, warnings: %zu, notes: %zu; tests run: %zu.\n",
                              tree->counts[INTEGRATION_ERROR], tree->counts[INTEGRATION_WARNING],
                              tree->counts[INTEGRATION_NOTE], tree->test_count);
    return rc;
}

/* ---- the archive ---- */

/* Adds a file of the integration by its path; the name in the archive is below its name. */
static int add_file(struct reviewing *r, const char *path)
{
    struct dl_archive_file *file = &r->files[r->count];
    struct dl_buffer *text = &r->texts[r->count];
    struct stat st;
    int rc;

    dl_buffer_init(text, DL_PIPELINE_BYTES_MAX);
    rc = integration_read(text, path, r->err);
    if (rc < 0)
        return rc;
    if (!dl_text_format(r->names[r->count], PATH_MAX, "%s%s", r->tree.manifest->name,
                        path + strlen(r->tree.folder)))
        return dl_error_set(r->err, DL_E_LIMIT, "a path is too long");
    /* the bytes that go out are searched, whatever stood there when the folder was looked at */
    if (integration_key_line(dl_buffer_string(text), text->len) != 0)
        return dl_error_set(r->err, DL_E_REVIEW, "%s holds what looks like a key", path);
    if (stat(path, &st) == 0 && (int64_t)st.st_mtime * 1000 > r->newest)
        r->newest = (int64_t)st.st_mtime * 1000;
    *file = (struct dl_archive_file){r->names[r->count], dl_buffer_string(text), text->len};
    r->count++;
    return 0;
}

static int add_below(struct reviewing *r, const char *name)
{
    char path[PATH_MAX];

    if (dl_path_join(path, sizeof path, r->tree.folder, name) < 0)
        return dl_error_set(r->err, DL_E_LIMIT, "a path is too long");
    return add_file(r, path);
}

static int add_page(struct reviewing *r)
{
    if (integration_key_line(dl_buffer_string(&r->page), r->page.len) != 0)
        return dl_error_set(r->err, DL_E_REVIEW, "the page holds what looks like a key");
    dl_text_format(r->names[r->count], PATH_MAX, "%s/" PAGE, r->tree.manifest->name);
    r->files[r->count] =
        (struct dl_archive_file){r->names[r->count], dl_buffer_string(&r->page), r->page.len};
    r->count++;
    return 0;
}

static int pack(struct reviewing *r)
{
    int rc = add_below(r, "manifest.json");

    if (rc == 0)
        rc = add_below(r, "README.md");
    for (size_t i = 0; i < r->tree.pair_count && rc == 0; i++) {
        rc = add_file(r, r->tree.pairs[i].pipeline);
        if (rc == 0)
            rc = add_file(r, r->tree.pairs[i].tests);
    }
    if (rc == 0)
        rc = add_page(r);
    if (rc == 0)
        rc = dl_archive_pack(r->files, r->count, r->newest, &r->archive, r->err);
    if (rc == 0)
        rc = dl_file_replace_shared(r->archive_path, dl_buffer_string(&r->archive), r->archive.len,
                                    r->err);
    return rc;
}

static int name_paths(struct reviewing *r)
{
    const char *output = r->job->program->options.folder;
    bool fits = true;

    if (output)
        fits = dl_text_copy(r->archive_path, sizeof r->archive_path, output);
    else if (r->tree.manifest)
        fits = dl_text_format(r->archive_path, sizeof r->archive_path, "%s.tar.gz",
                              r->tree.manifest->name);
    if (!fits || dl_path_join(r->page_path, sizeof r->page_path, r->tree.folder, PAGE) < 0)
        return dl_error_set(r->err, DL_E_LIMIT, "a path is too long");
    return 0;
}

static void write_object(struct dl_json *w, const void *context)
{
    const struct reviewing *r = context;

    integration_write_findings(w, &r->tree);
    dl_json_key(w, "reviewed");
    dl_json_array(w);
    for (enum integration_rule rule = 0; rule < INTEGRATION_RULES; rule++) {
        dl_json_object(w);
        dl_json_member(w, "rule", integration_rule_ids[rule]);
        dl_json_member(w, "result", verdict(&r->tree, rule)->name);
        dl_json_object_end(w);
    }
    dl_json_array_end(w);
    dl_json_member(w, "page", r->page_path);
    dl_json_member(w, "archive", r->archive.len ? r->archive_path : NULL);
}

static int review(struct reviewing *r, const char *folder)
{
    const struct options *o = &r->job->program->options;
    int rc = integration_inspect(&r->tree, folder, r->err);

    if (rc == 0)
        rc = name_paths(r);
    if (rc == 0 && write_page(&r->page, &r->tree) < 0)
        rc = dl_error_set(r->err, DL_E_LIMIT, "the page grows too large");
    if (rc == 0)
        rc = dl_file_replace_shared(r->page_path, dl_buffer_string(&r->page), r->page.len, r->err);
    if (rc < 0)
        return rc;
    r->job->result.more = write_object;
    r->job->result.more_context = r;
    if (!o->json && !o->quiet)
        fputs(dl_buffer_string(&r->page), stdout);
    if (r->tree.counts[INTEGRATION_ERROR] || !r->tree.manifest)
        return dl_error_set(r->err, DL_E_REVIEW,
                            "%s: no archive is made while an error stands; %s tells what was found",
                            folder, r->page_path);
    rc = pack(r);
    if (rc == 0 && !o->json && !o->quiet)
        printf("\nwritten: %s\nwritten: %s\n", r->page_path, r->archive_path);
    return rc;
}

int integration_review(struct integration_job *job)
{
    struct reviewing *r = calloc(1, sizeof *r);
    struct dl_error err = {0};
    char folder[PATH_MAX];
    int rc, code;

    if (!r) {
        dl_error_set(&err, DL_E_NOMEM, "there is no memory for the review");
        return result_fail(&job->result, job->program->options.json, &err);
    }
    r->job = job;
    r->err = &err;
    dl_buffer_init(&r->page, PAGE_MAX);
    dl_buffer_init(&r->archive, ARCHIVE_MAX);
    rc = integration_folder(folder, sizeof folder, job, &err);
    if (rc == 0)
        rc = review(r, folder);
    code = result_end(&job->result, job->program->options.json, rc, &err);
    for (size_t i = 0; i < FILES_MAX; i++)
        dl_buffer_free(&r->texts[i]);
    dl_buffer_free(&r->archive);
    dl_buffer_free(&r->page);
    integration_tree_free(&r->tree);
    free(r);
    return code;
}
