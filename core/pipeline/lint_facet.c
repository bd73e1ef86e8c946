/* Lint: facets as they stand; what the results have at their paths is lint_value.c's. */
#include <string.h>

#include "base/text.h"
#include "pipeline/facet.h"
#include "pipeline/lint_private.h"

static void find(struct dl_lint *lint, enum dl_lint_rule rule, const struct lint_facet *f,
                 const char *what)
{
    lint_find(lint, rule, DL_LINT_PIPELINE, f->doc->line, "the facet of \"%.*s\" %s",
              LINT_SHOW(f->path), what);
}

static struct dl_text text_of(const struct lint_facet *f, const char *key)
{
    const struct dl_value *v = dl_value_get(f->doc, key);

    return dl_value_is(v, DL_VALUE_STRING) ? v->of.text : (struct dl_text){"", 0};
}

/* The one group, or "". */
static struct dl_text group_of(const struct lint_facet *f)
{
    const struct dl_value *groups = dl_value_get(f->doc, "groups");

    if (!dl_value_is(groups, DL_VALUE_ARRAY) || groups->of.list.count != 1 ||
        !dl_value_is(groups->of.list.first->value, DL_VALUE_STRING))
        return (struct dl_text){"", 0};
    return groups->of.list.first->value->of.text;
}

/* Names join their words with one or the other. */
static bool joins(char c)
{
    return c == '.' || c == '_' || c == '-';
}

static bool is_below(struct dl_text path, struct dl_text name)
{
    if (name.len == 0 || path.len <= name.len + 1 || path.at[name.len] != '.')
        return false;
    for (size_t i = 0; i < name.len; i++)
        if (path.at[i] != name.at[i] && !(joins(path.at[i]) && joins(name.at[i])))
            return false;
    return true;
}

/* Below these all integrations write. */
static bool is_shared(struct dl_text path)
{
    static const char *const roots[] = {"network", "http",  "usr",    "db",   "dns",
                                        "evt",     "error", "logger", "ocsf", "application"};

    for (size_t i = 0; i < sizeof roots / sizeof *roots; i++)
        if (is_below(path, (struct dl_text){roots[i], strlen(roots[i])}))
            return true;
    return false;
}

static bool is_own(const struct dl_lint *lint, struct dl_text path)
{
    return is_below(path, lint->source) || is_below(path, lint->id);
}

static bool is_tag(const struct lint_facet *f)
{
    return dl_text_equals(text_of(f, "source"), "tag");
}

static void look_at_path(struct dl_lint *lint, const struct lint_facet *f)
{
    const char *group, *name;
    bool standard = dl_facet_is_standard(f->path, &group, &name);

    if (!memchr(f->path.at, '.', f->path.len) && !dl_text_equals(f->path, "duration"))
        find(lint, DL_LINT_RULE_FACET_PATH, f, "has no dot in its path");
    else if (f->is_custom && !standard && !is_shared(f->path) && !is_own(lint, f->path) &&
             !is_tag(f) && !dl_text_equals(f->path, "duration") && lint->source.len)
        find(lint, DL_LINT_RULE_FACET_FOREIGN, f, "is not below the source");
    if (standard &&
        !(dl_text_equals(group_of(f), group) && dl_text_equals(text_of(f, "name"), name)))
        lint_find(lint, DL_LINT_RULE_FACET_STANDARD, DL_LINT_PIPELINE, f->doc->line,
                  "the facet of \"%.*s\" is \"%s\" in the group \"%s\" elsewhere",
                  LINT_SHOW(f->path), name, group);
    if (!f->is_custom && is_own(lint, f->path) && !standard)
        find(lint, DL_LINT_RULE_FACET_BARE, f, "has neither facetType nor type");
    if (is_tag(f) && memchr(f->path.at, '.', f->path.len))
        find(lint, DL_LINT_RULE_FACET_TAG, f, "is for a tag; a path with dots is an attribute's");
}

static void look_at_group(struct dl_lint *lint, const struct lint_facet *f)
{
    struct dl_text group = group_of(f);

    if (!group.len)
        find(lint, DL_LINT_RULE_FACET_GROUP, f, "needs exactly one group");
    else if (f->is_custom && is_own(lint, f->path) && lint->title.len &&
             !dl_text_is(group, lint->title))
        lint_find(lint, DL_LINT_RULE_FACET_TITLE, DL_LINT_PIPELINE, f->doc->line,
                  "the facet of \"%.*s\" is in the group \"%.*s\", not in \"%.*s\"",
                  LINT_SHOW(f->path), LINT_SHOW(group), LINT_SHOW(lint->title));
}

/* A measure whose name tells of time or bytes. */
static bool is_quantity(struct dl_text path)
{
    static const char *const words[] = {"duration",   "bytes", "latency", "elapsed",
                                        "size_bytes", "_ms",   "_ns",     "time_ms"};

    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t n = strlen(words[i]);

        if (path.len >= n && dl_ascii_equal_n(path.at + path.len - n, words[i], n))
            return true;
    }
    return false;
}

static void look_at_unit(struct dl_lint *lint, const struct lint_facet *f)
{
    const struct dl_value *unit = dl_value_get(f->doc, "unit");
    const struct dl_value *family = dl_value_get(unit, "family");
    bool range = dl_text_equals(text_of(f, "facetType"), "range");

    if (unit && unit->type != DL_VALUE_NULL) {
        if (dl_text_equals(text_of(f, "type"), "string"))
            find(lint, DL_LINT_RULE_FACET_UNIT, f, "is a text and has a unit");
        else if (!dl_value_is(family, DL_VALUE_STRING) ||
                 (!dl_text_equals(family->of.text, "time") &&
                  !dl_text_equals(family->of.text, "bytes")))
            find(lint, DL_LINT_RULE_FACET_UNIT, f, "has a unit that is none of time or bytes");
    } else if (range && is_quantity(f->path)) {
        find(lint, DL_LINT_RULE_FACET_UNIT, f, "is a measure without a unit");
    }
}

static void look_at_keys(struct dl_lint *lint, const struct lint_facet *f)
{
    const struct dl_value *description = dl_value_get(f->doc, "description");

    for (const struct dl_member *m = f->doc->of.list.first; m && m->next; m = m->next)
        if (strcmp(m->key.at, m->next->key.at) > 0) {
            find(lint, DL_LINT_RULE_FACET_KEYS, f, "has its keys in another order");
            break;
        }
    if (description &&
        (description->type == DL_VALUE_NULL ||
         (dl_value_is(description, DL_VALUE_STRING) && lint_trim(description->of.text).len == 0)))
        find(lint, DL_LINT_RULE_FACET_SILENT, f, "has an empty description");
}

static void take_facet(struct dl_lint *lint, const struct dl_value *doc)
{
    struct lint_facet *f = &lint->facets[lint->facet_count];
    struct dl_set_entry *e;
    bool fresh = false;

    *f = (struct lint_facet){.doc = doc};
    f->path = text_of(f, "path");
    f->is_custom = dl_value_get(doc, "type") || dl_value_get(doc, "facetType");
    if (!f->path.len) {
        lint_find(lint, DL_LINT_RULE_FACET_PATH, DL_LINT_PIPELINE, doc->line,
                  "the facet has no path");
        return;
    }
    e = dl_set_put(&lint->facet_paths, f->path, &fresh);
    if (e && !fresh)
        find(lint, DL_LINT_RULE_FACET_TWICE, f, "is there already");
    if (e && fresh)
        e->number = lint->facet_count;
    lint->facet_count++;
    look_at_path(lint, f);
    look_at_group(lint, f);
    look_at_unit(lint, f);
    look_at_keys(lint, f);
}

void lint_look_at_facets(struct dl_lint *lint)
{
    const struct dl_value *list = dl_value_get(lint->document, "facets");
    size_t count = dl_value_is(list, DL_VALUE_ARRAY) ? list->of.list.count : 0;

    dl_set_init(&lint->facet_paths, &lint->arena, count);
    lint->facets = dl_arena_take(&lint->arena, (count + 1) * sizeof *lint->facets);
    if (lint->facets && count)
        for (const struct dl_member *m = list->of.list.first; m; m = m->next)
            take_facet(lint, m->value);
}
