/* The linter's findings in the form that code hosts and editors show (SARIF 2.1.0,
 * docs.oasis-open.org/sarif). */
#include "config.h"

#include <string.h>

#include "base/buffer.h"
#include "base/file.h"
#include "base/json.h"
#include "command/pipeline.h"

#define SARIF_MAX ((size_t)64 * 1024 * 1024)

/* {"text": ...} */
static void text(struct dl_json *w, const char *key, const char *words)
{
    dl_json_key(w, key);
    dl_json_object(w);
    dl_json_member(w, "text", words);
    dl_json_object_end(w);
}

static void rule(struct dl_json *w, const struct dl_lint_rule_info *info)
{
    dl_json_object(w);
    dl_json_member(w, "id", info->code);
    text(w, "shortDescription", info->title);
    text(w, "help", info->fix);
    dl_json_key(w, "defaultConfiguration");
    dl_json_object(w);
    dl_json_member(w, "level", dl_lint_severity_names[info->severity]);
    dl_json_object_end(w);
    dl_json_object_end(w);
}

/* A path as the path of a URI. */
static void uri(struct dl_json *w, const char *path)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                                "-._~/";
    struct dl_buffer out;
    int rc = 0;

    dl_buffer_init(&out, 4 * PATH_MAX);
    for (; *path && rc == 0; path++)
        rc = strchr(plain, *path) ? dl_buffer_char(&out, *path)
                                  : dl_buffer_format(&out, "%%%02X", (unsigned char)*path);
    if (rc < 0 && w->status == 0)
        w->status = rc;
    dl_json_member(w, "uri", dl_buffer_string(&out));
    dl_buffer_free(&out);
}

static void place(struct dl_json *w, const struct pipeline_finding *f)
{
    dl_json_key(w, "locations");
    dl_json_array(w);
    dl_json_object(w);
    dl_json_key(w, "physicalLocation");
    dl_json_object(w);
    dl_json_key(w, "artifactLocation");
    dl_json_object(w);
    uri(w, f->file);
    dl_json_object_end(w);
    if (f->line) {
        dl_json_key(w, "region");
        dl_json_object(w);
        dl_json_member_integer(w, "startLine", f->line);
        dl_json_object_end(w);
    }
    dl_json_object_end(w);
    dl_json_object_end(w);
    dl_json_array_end(w);
}

static void finding(struct dl_json *w, const struct pipeline_finding *f)
{
    const struct dl_lint_rule_info *info = &dl_lint_rules[f->rule];

    dl_json_object(w);
    dl_json_member(w, "ruleId", info->code);
    dl_json_member_integer(w, "ruleIndex", (int64_t)f->rule);
    dl_json_member(w, "level", dl_lint_severity_names[info->severity]);
    text(w, "message", f->message);
    place(w, f);
    if (f->bypassed) {
        dl_json_key(w, "suppressions");
        dl_json_array(w);
        dl_json_object(w);
        dl_json_member(w, "kind", "inSource");
        dl_json_object_end(w);
        dl_json_array_end(w);
    }
    dl_json_object_end(w);
}

static void driver(struct dl_json *w)
{
    dl_json_key(w, "tool");
    dl_json_object(w);
    dl_json_key(w, "driver");
    dl_json_object(w);
    dl_json_member(w, "name", PACKAGE_NAME);
    dl_json_member(w, "version", PACKAGE_VERSION);
    dl_json_key(w, "rules");
    dl_json_array(w);
    for (size_t i = 0; i < DL_LINT_RULES; i++)
        rule(w, &dl_lint_rules[i]);
    dl_json_array_end(w);
    dl_json_object_end(w);
    dl_json_object_end(w);
}

static void document(struct dl_json *w, const struct pipeline_finding *findings, size_t count)
{
    dl_json_object(w);
    dl_json_member(w, "$schema", "https://json.schemastore.org/sarif-2.1.0.json");
    dl_json_member(w, "version", "2.1.0");
    dl_json_key(w, "runs");
    dl_json_array(w);
    dl_json_object(w);
    driver(w);
    dl_json_key(w, "results");
    dl_json_array(w);
    for (size_t i = 0; i < count; i++)
        finding(w, &findings[i]);
    dl_json_array_end(w);
    dl_json_object_end(w);
    dl_json_array_end(w);
    dl_json_object_end(w);
}

int pipeline_sarif(const char *path, const struct pipeline_finding *findings, size_t count,
                   struct dl_error *err)
{
    struct dl_buffer out;
    struct dl_json w;
    int rc;

    dl_buffer_init(&out, SARIF_MAX);
    dl_json_begin(&w, &out, 2);
    document(&w, findings, count);
    rc = dl_json_end(&w);
    if (rc == 0)
        rc = dl_buffer_char(&out, '\n');
    if (rc < 0)
        rc = dl_error_set(err, (enum dl_code) - rc, "the findings do not fit into %s", path);
    else
        rc = dl_file_replace_shared(path, out.data, out.len, err);
    dl_buffer_free(&out);
    return rc;
}
