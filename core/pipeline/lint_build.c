/* Lint: tables, categories, built strings and expressions. */
#include <string.h>

#include "base/text.h"
#include "pipeline/lint_private.h"

#define BUILT_CHARS_MAX 256

/* ---- lookups ---- */

struct table {
    struct dl_lint *lint;
    struct dl_set keys, lower;
};

/* In the scratch arena. */
static struct dl_text in_lowercase(struct dl_lint *lint, struct dl_text text)
{
    char *copy = dl_arena_copy(&lint->scratch, text.at, text.len);

    for (size_t i = 0; copy && i < text.len; i++)
        copy[i] = dl_ascii_lower(copy[i]);
    return copy ? (struct dl_text){copy, text.len} : (struct dl_text){"", 0};
}

static void look_at_key(struct table *t, struct dl_text text, int line)
{
    const char *comma = memchr(text.at, ',', text.len);
    struct dl_text key = {text.at, comma ? (size_t)(comma - text.at) : 0};
    bool fresh = false, fresh_lower = false;

    if (!comma) {
        lint_find(t->lint, DL_LINT_RULE_LOOKUP_LINE, DL_LINT_PIPELINE, line,
                  "the line \"%.*s\" has no comma", LINT_SHOW(text));
        return;
    }
    key = lint_trim(key);
    dl_set_put(&t->keys, key, &fresh);
    dl_set_put(&t->lower, in_lowercase(t->lint, key), &fresh_lower);
    if (!fresh)
        lint_find(t->lint, DL_LINT_RULE_LOOKUP_TWICE, DL_LINT_PIPELINE, line,
                  "the key \"%.*s\" is there already", LINT_SHOW(key));
    else if (!fresh_lower)
        lint_find(t->lint, DL_LINT_RULE_LOOKUP_CASE, DL_LINT_PIPELINE, line,
                  "the key \"%.*s\" is there in another case", LINT_SHOW(key));
}

static void look_at_lookup(struct dl_lint *lint, const struct lint_step *step)
{
    const struct dl_value *table = dl_option(step->doc, "lookupTable");
    struct table t = {.lint = lint};
    size_t number = 0;

    if (!dl_value_is(table, DL_VALUE_STRING) && !dl_value_is(table, DL_VALUE_ARRAY))
        return;
    number = table->type == DL_VALUE_STRING ? table->of.text.len / 8 : table->of.list.count;
    dl_set_init(&t.keys, &lint->scratch, number);
    dl_set_init(&t.lower, &lint->scratch, number);
    if (table->type == DL_VALUE_STRING) {
        struct dl_text rest = table->of.text, line;

        bool block = lint_is_block(lint, table);

        for (number = 1; lint_next_line(&rest, &line); number++)
            if (lint_trim(line).len)
                look_at_key(&t, line, table->line + (block ? (int)number : 0));
    } else {
        for (const struct dl_member *m = table->of.list.first; m; m = m->next)
            if (dl_value_is_scalar(m->value))
                look_at_key(&t, dl_value_print(&lint->scratch, m->value), m->value->line);
    }
}

/* ---- categories ---- */

/* Behind this one no log is left. */
static bool takes_all(struct dl_text query)
{
    return query.len == 0 || dl_text_equals(query, "*") || dl_text_equals(query, "*:*");
}

static void look_at_category(struct dl_lint *lint, const struct dl_value *category,
                             struct dl_set *names, struct dl_set *queries, bool *all)
{
    struct dl_text name = dl_option_text(category, "name");
    struct dl_text whole = dl_option_text(dl_option(category, "filter"), "query");
    struct dl_text query = lint_trim(whole);
    bool fresh = false, fresh_query = false;

    dl_set_put(names, name, &fresh);
    dl_set_put(queries, query, &fresh_query);
    if (!fresh)
        lint_find(lint, DL_LINT_RULE_CATEGORY_TWICE, DL_LINT_PIPELINE, category->line,
                  "the category \"%.*s\" is there already", LINT_SHOW(name));
    if (*all || !fresh_query)
        lint_find(lint, DL_LINT_RULE_CATEGORY_SHADOWED, DL_LINT_PIPELINE, category->line,
                  "what \"%.*s\" would take, an earlier category takes", LINT_SHOW(name));
    if (whole.len != query.len)
        lint_find(lint, DL_LINT_RULE_QUERY_BLANKS, DL_LINT_PIPELINE, category->line,
                  "blanks stand around the query \"%.*s\"", LINT_SHOW(whole));
    *all = *all || takes_all(query);
}

static void look_at_categories(struct dl_lint *lint, const struct lint_step *step)
{
    const struct dl_value *list = dl_option(step->doc, "categories");
    struct dl_set names, queries;
    bool all = false;

    if (!dl_value_is(list, DL_VALUE_ARRAY))
        return;
    dl_set_init(&names, &lint->scratch, list->of.list.count);
    dl_set_init(&queries, &lint->scratch, list->of.list.count);
    for (const struct dl_member *m = list->of.list.first; m; m = m->next)
        look_at_category(lint, m->value, &names, &queries, &all);
}

/* ---- strings and expressions ---- */

/* What stands in the template besides its blocks. */
static void look_at_template(struct dl_lint *lint, const struct lint_step *step)
{
    struct dl_text text = dl_option_text(step->doc, "template");
    size_t chars = 0;
    bool within = false;

    for (size_t i = 0; i < text.len; i++) {
        within = within || (text.at[i] == '%' && i + 1 < text.len && text.at[i + 1] == '{');
        chars += !within && ((unsigned char)text.at[i] & 0xc0) != 0x80;
        within = within && text.at[i] != '}';
    }
    if (chars > BUILT_CHARS_MAX)
        lint_find(lint, DL_LINT_RULE_BUILT_LONG, DL_LINT_PIPELINE,
                  lint_option_line(step, "template"), "the template itself has %zu characters",
                  chars);
}

static bool is_word(char c)
{
    return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') || strchr("_.@)(", c);
}

static void look_at_expression(struct dl_lint *lint, const struct lint_step *step)
{
    struct dl_text text = dl_option_text(step->doc, "expression");

    for (size_t i = 1; i + 1 < text.len; i++)
        if (text.at[i] == '-' && is_word(text.at[i - 1]) && text.at[i - 1] != '(' &&
            is_word(text.at[i + 1])) {
            lint_find(lint, DL_LINT_RULE_MINUS, DL_LINT_PIPELINE,
                      lint_option_line(step, "expression"), "in \"%.*s\" the minus joins a name",
                      LINT_SHOW(text));
            return;
        }
}

void lint_look_at_builders(struct dl_lint *lint)
{
    for (size_t i = 0; i < lint->step_count; i++) {
        const struct lint_step *step = &lint->steps[i];

        if (!step->known)
            continue;
        if (step->kind == DL_PROCESSOR_LOOKUP)
            look_at_lookup(lint, step);
        else if (step->kind == DL_PROCESSOR_CATEGORY || step->kind == DL_PROCESSOR_SCHEMA_CATEGORY)
            look_at_categories(lint, step);
        else if (step->kind == DL_PROCESSOR_STRING_BUILDER)
            look_at_template(lint, step);
        else if (step->kind == DL_PROCESSOR_ARITHMETIC)
            look_at_expression(lint, step);
        lint_scratch_reset(lint);
    }
}
