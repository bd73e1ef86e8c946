/* An integration's folder, looked at by Datadog's rules for partners. Sources of the rules:
 * docs.datadoghq.com/extend/integrations/log_pipeline and the review of
 * DataDog/integrations-extras. */
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "command/integration.h"
#include "identity/site.h"
#include "pipeline/value_read.h"

const char *const integration_rule_ids[] = {
#define RULE_ID(symbol, id, title) id,
    INTEGRATION_RULE_TABLE(RULE_ID)
#undef RULE_ID
};

const char *const integration_rule_titles[] = {
#define RULE_TITLE(symbol, id, title) title,
    INTEGRATION_RULE_TABLE(RULE_TITLE)
#undef RULE_TITLE
};

const char *const integration_level_names[] = {"error", "warning", "note"};

void integration_tree_free(struct integration_tree *tree)
{
    dl_integration_free(tree->manifest);
    free(tree->findings);
}

void integration_find(struct integration_tree *tree, enum integration_level level,
                      enum integration_rule rule, const char *file, int line, const char *format,
                      ...)
{
    size_t folder = strlen(tree->folder);
    struct integration_finding *grown, *f;
    va_list args;

    tree->counts[level]++;
    if (tree->finding_count == INTEGRATION_FINDINGS_MAX)
        return;
    grown = reallocarray(tree->findings, tree->finding_count + 1, sizeof *grown);
    if (!grown)
        return; /* it is counted, so nothing passes for want of memory */
    tree->findings = grown;
    f = &grown[tree->finding_count++];
    *f = (struct integration_finding){.level = level, .rule = rule, .line = line};
    if (strncmp(file, tree->folder, folder) == 0 && file[folder] == '/')
        file += folder + 1;
    dl_text_copy(f->file, sizeof f->file, file);
    va_start(args, format);
    vsnprintf(f->text, sizeof f->text, format, args);
    va_end(args);
}

size_t integration_count(const struct integration_tree *tree, enum integration_rule rule,
                         enum integration_level level)
{
    size_t count = 0;

    for (size_t i = 0; i < tree->finding_count; i++)
        count += tree->findings[i].rule == rule && tree->findings[i].level <= level;
    return count;
}

int integration_read(struct dl_buffer *text, const char *path, struct dl_error *err)
{
    dl_buffer_clear(text);
    return dl_file_read(path, false, text, err);
}

/* ---- any file ---- */

static void look_for_keys(struct integration_tree *tree, const char *path,
                          const struct dl_buffer *text)
{
    int line = integration_key_line(dl_buffer_string(text), text->len);
    bool key = line != 0;

    if (!key)
        line = integration_credential_line(dl_buffer_string(text), text->len);
    if (line)
        integration_find(tree, key ? INTEGRATION_ERROR : INTEGRATION_WARNING, INTEGRATION_KEYS,
                         path, line > 0 ? line : 0,
                         key ? "this looks like a key; put something in its place that is none, "
                               "as \"REDACTED\""
                             : "this may be a password or another credential; put something in "
                               "its place that is none, as \"REDACTED\", unless it is one already");
}

/* A site's domain in a host name of an address. Pages for readers are no site. */
static bool names_site(const char *text, const char *at)
{
    static const char *const pages[] = {"docs.", "www."};

    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        size_t n = strlen(pages[i]);

        if ((size_t)(at - text) >= n && memcmp(at - n, pages[i], n) == 0)
            return false;
    }
    return at == text || at[-1] != '@';
}

/* The first place that sends to a site; NULL: none. A page for readers before it hides nothing. */
static const char *site_named(const char *text, const char *site)
{
    size_t n = strlen(site);

    for (const char *at = strstr(text, site); at; at = strstr(at + n, site))
        if (names_site(text, at) && !isalnum((unsigned char)at[n]))
            return at;
    return NULL;
}

static void look_for_sites(struct integration_tree *tree, const char *path,
                           const struct dl_buffer *buffer)
{
    const char *text = dl_buffer_string(buffer);

    for (size_t i = 0; i < DL_SITE_COUNT; i++) {
        const char *at = site_named(text, dl_sites[i].site);
        int line = 1;

        if (!at)
            continue;
        for (const char *c = text; c < at; c++)
            line += *c == '\n';
        integration_find(tree, INTEGRATION_ERROR, INTEGRATION_SITES, path, line,
                         "%s is one site of %d; the customer chooses the site, so leave it out",
                         dl_sites[i].site, DL_SITE_COUNT);
        return;
    }
}

static int look_at_file(struct integration_tree *tree, const char *path, struct dl_buffer *text)
{
    int rc = integration_read(text, path, tree->err);

    if (rc == 0) {
        look_for_keys(tree, path, text);
        look_for_sites(tree, path, text);
    }
    return rc;
}

/* ---- the manifest ---- */

static bool holds_array(const struct dl_value *value)
{
    if (dl_value_is(value, DL_VALUE_ARRAY))
        return true;
    if (dl_value_is(value, DL_VALUE_OBJECT))
        for (const struct dl_member *m = value->of.list.first; m; m = m->next)
            if (holds_array(m->value))
                return true;
    return false;
}

static void look_at_samples(struct integration_tree *tree, const char *path)
{
    const struct dl_integration *m = tree->manifest;
    struct dl_arena arena;
    size_t with = 0;

    dl_arena_init(&arena, DL_PIPELINE_LOG_MAX);
    for (size_t i = 0; i < m->sample_count; i++) {
        dl_arena_reset(&arena);
        with += holds_array(dl_value_read_json(&arena, m->samples[i], strlen(m->samples[i])));
    }
    dl_arena_free(&arena);
    if (with)
        integration_find(
            tree, m->arrays == DL_ARRAYS_KEEP ? INTEGRATION_WARNING : INTEGRATION_NOTE,
            INTEGRATION_ARRAYS, path, 0, "%zu of %zu samples hold arrays, which get no facets; %s",
            with, m->sample_count,
            m->arrays == DL_ARRAYS_KEEP ? "\"arrays\": \"index\" would make objects of them"
                                        : "they are sent as objects or texts");
    if (m->sample_count == 0)
        integration_find(tree, INTEGRATION_ERROR, INTEGRATION_MANIFEST, path, 0,
                         "there are no samples; the customer's test sends them");
    dl_text_format(tree->evidence[INTEGRATION_ARRAYS], sizeof tree->evidence[0],
                   "samples: %zu, with arrays: %zu", m->sample_count, with);
}

static void describe_manifest(struct integration_tree *tree, const char *path)
{
    const struct dl_integration *m = tree->manifest;
    const char *base = strrchr(tree->folder, '/');
    size_t n;

    base = base ? base + 1 : tree->folder;
    if (strcmp(base, m->name) != 0 && strcmp(base, ".") != 0)
        integration_find(tree, INTEGRATION_WARNING, INTEGRATION_MANIFEST, path, 0,
                         "the folder is %s and the integration %s; give both one name", base,
                         m->name);
    dl_text_format(tree->evidence[INTEGRATION_MANIFEST], sizeof tree->evidence[0],
                   "manifest.json: name %s, samples: %zu", m->name, m->sample_count);
    dl_text_format(tree->evidence[INTEGRATION_SOURCE], sizeof tree->evidence[0],
                   "source:%s; no option, variable or log can change it", m->source);
    dl_text_copy(tree->evidence[INTEGRATION_SERVICE], sizeof tree->evidence[0], "service:");
    for (size_t i = 0; i < m->service_count; i++) {
        n = strlen(tree->evidence[INTEGRATION_SERVICE]);
        dl_text_format(tree->evidence[INTEGRATION_SERVICE] + n, sizeof tree->evidence[0] - n,
                       "%s%s", i ? ", " : " ", m->services[i]);
    }
    dl_text_format(tree->evidence[INTEGRATION_TAGS], sizeof tree->evidence[0],
                   "any tags may be added; %zu suggested", m->suggested.count);
}

static void look_at_manifest(struct integration_tree *tree)
{
    char path[PATH_MAX];
    struct dl_error cause = {0};
    enum integration_rule rule = INTEGRATION_MANIFEST;

    if (dl_path_join(path, sizeof path, tree->folder, "manifest.json") < 0)
        return;
    if (dl_integration_read(&tree->manifest, path, &cause) < 0) {
        if (strstr(cause.text, "\"source\""))
            rule = INTEGRATION_SOURCE;
        else if (strstr(cause.text, "service"))
            rule = INTEGRATION_SERVICE;
        else if (strstr(cause.text, "tag"))
            rule = INTEGRATION_TAGS;
        integration_find(tree, INTEGRATION_ERROR, rule, path, 0, "%s", cause.text);
        return;
    }
    describe_manifest(tree, path);
    look_at_samples(tree, path);
}

/* ---- the rest of the folder ---- */

static void look_at_readme(struct integration_tree *tree, const char *path,
                           const struct dl_buffer *text)
{
    const char *s = dl_buffer_string(text);

    if (!strcasestr(s, "# log collection") && !strcasestr(s, "# logs"))
        integration_find(tree, INTEGRATION_ERROR, INTEGRATION_README, path, 0,
                         "there is no part headed \"Log collection\"");
    dl_text_copy(tree->evidence[INTEGRATION_README], sizeof tree->evidence[0],
                 "README.md: \"Log collection\"");
}

static int look_at_texts(struct integration_tree *tree)
{
    static const char *const names[] = {"manifest.json", "README.md"};
    struct dl_buffer text;
    char path[PATH_MAX];
    int rc = 0;

    dl_buffer_init(&text, DL_PIPELINE_BYTES_MAX);
    for (size_t i = 0; i < sizeof names / sizeof *names && rc == 0; i++) {
        if (dl_path_join(path, sizeof path, tree->folder, names[i]) < 0)
            break;
        if (access(path, F_OK) < 0) {
            integration_find(tree, INTEGRATION_ERROR, i ? INTEGRATION_README : INTEGRATION_MANIFEST,
                             path, 0, "the file is missing");
            continue;
        }
        rc = look_at_file(tree, path, &text);
        if (rc == 0 && i == 1)
            look_at_readme(tree, path, &text);
    }
    dl_buffer_free(&text);
    return rc;
}

static int keep_pair(void *context, const struct dl_asset_pair *pair)
{
    struct integration_tree *tree = context;

    if (tree->pair_count == INTEGRATION_PAIRS_MAX)
        return dl_error_set(tree->err, DL_E_LIMIT, "there are more than %d pipelines",
                            INTEGRATION_PAIRS_MAX);
    tree->pairs[tree->pair_count++] = *pair;
    return 0;
}

static int look_at_assets(struct integration_tree *tree)
{
    struct dl_buffer text;
    char path[PATH_MAX];
    int rc = dl_path_join(path, sizeof path, tree->folder, "assets/logs");

    if (rc == 0 && access(path, F_OK) == 0)
        rc = dl_assets_find(path, keep_pair, tree, tree->err);
    if (rc == 0 && tree->pair_count == 0)
        integration_find(tree, INTEGRATION_ERROR, INTEGRATION_ASSETS, path, 0,
                         "there is no pipeline: write assets/logs/NAME.yaml and NAME_tests.yaml");
    dl_buffer_init(&text, DL_PIPELINE_BYTES_MAX);
    for (size_t i = 0; i < tree->pair_count && rc == 0; i++) {
        rc = look_at_file(tree, tree->pairs[i].pipeline, &text);
        if (rc == 0 && tree->pairs[i].tests[0])
            rc = look_at_file(tree, tree->pairs[i].tests, &text);
        if (rc == 0)
            rc = integration_inspect_pair(tree, &tree->pairs[i]);
    }
    dl_buffer_free(&text);
    return rc;
}

int integration_inspect(struct integration_tree *tree, const char *folder, struct dl_error *err)
{
    struct stat st;
    int rc;

    *tree = (struct integration_tree){.err = err};
    dl_text_copy(tree->folder, sizeof tree->folder, folder);
    if (stat(folder, &st) < 0)
        return dl_error_set_errno(err, DL_E_IO, errno, "%s cannot be read", folder);
    if (!S_ISDIR(st.st_mode))
        return dl_error_set(err, DL_E_USAGE, "%s is no folder; name that of the integration",
                            folder);
    look_at_manifest(tree);
    rc = look_at_texts(tree);
    if (rc == 0)
        rc = look_at_assets(tree);
    dl_text_format(tree->evidence[INTEGRATION_SITES], sizeof tree->evidence[0],
                   "all %d sites; none is named", DL_SITE_COUNT);
    dl_text_copy(tree->evidence[INTEGRATION_KEYS], sizeof tree->evidence[0],
                 "manifest, README, pipeline and tests searched");
    return rc;
}
