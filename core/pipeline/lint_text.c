/* The files as texts: lines, the comments at their head, their form. */
#include <string.h>

#include "base/text.h"
#include "pipeline/lint_private.h"

#define BLOCK_SIGNS_MAX 16

static const char bypass_begin[] = "bypass-global-", bypass_end[] = "-checks";

struct dl_text lint_trim(struct dl_text text)
{
    dl_text_trim(&text.at, &text.len);
    return text;
}

bool lint_next_line(struct dl_text *rest, struct dl_text *line)
{
    const char *stop = rest->len ? memchr(rest->at, '\n', rest->len) : NULL;
    size_t len = stop ? (size_t)(stop - rest->at) : rest->len, step = len + (stop != NULL);

    if (rest->len == 0)
        return false;
    *line = (struct dl_text){rest->at, len};
    *rest = (struct dl_text){rest->at + step, rest->len - step};
    return true;
}

struct dl_text lint_line(const struct dl_lint *lint, enum dl_lint_file file, int line)
{
    const struct lint_lines *l = &lint->lines[file];
    size_t from, to;

    if (line < 1 || (size_t)line > l->count)
        return (struct dl_text){"", 0};
    from = l->starts[line - 1];
    to = (size_t)line < l->count ? l->starts[line] - 1 : l->len;
    if (to > from && l->text[to - 1] == '\n')
        to--; /* of the last line */
    return (struct dl_text){l->text + from, to - from};
}

bool lint_is_block(const struct dl_lint *lint, const struct dl_value *text)
{
    struct dl_text line = lint_line(lint, DL_LINT_PIPELINE, text->line);
    size_t signs = 0;

    /* "|", "|-", "|2+", and blanks behind it */
    while (line.len && signs < BLOCK_SIGNS_MAX &&
           strchr(" \t\r+-0123456789", line.at[line.len - 1])) {
        line.len--;
        signs++;
    }
    return line.len && line.at[line.len - 1] == '|';
}

/* What nobody can read is not reviewed, and a key is never handed in. */
static bool may_be_bypassed(enum dl_lint_rule rule)
{
    return rule != DL_LINT_RULE_UNREADABLE && rule != DL_LINT_RULE_SAMPLE_KEY;
}

/* "# bypass-global-NAME-checks" */
static void read_comment(struct dl_lint *lint, struct dl_text line)
{
    const char *at = memmem(line.at, line.len, bypass_begin, sizeof bypass_begin - 1), *end;

    if (!at)
        return;
    at += sizeof bypass_begin - 1;
    end = memmem(at, (size_t)(line.at + line.len - at), bypass_end, sizeof bypass_end - 1);
    for (size_t i = 0; i < DL_LINT_RULES && end; i++)
        if (dl_text_equals((struct dl_text){at, (size_t)(end - at)}, dl_lint_rules[i].code))
            lint->bypassed[i] = may_be_bypassed((enum dl_lint_rule)i);
}

void lint_lines_read(struct dl_lint *lint, enum dl_lint_file file, const char *text, size_t len)
{
    struct lint_lines *l = &lint->lines[file];
    struct dl_text rest = {text, len}, line;
    bool is_head = true;
    size_t count = 0;

    while (lint_next_line(&rest, &line)) {
        struct dl_text words = lint_trim(line);

        count++;
        is_head = is_head && (words.len == 0 || words.at[0] == '#');
        if (is_head)
            read_comment(lint, words);
    }
    *l = (struct lint_lines){.text = text, .len = len};
    l->starts = dl_arena_take(&lint->arena, (count + 1) * sizeof *l->starts);
    if (!l->starts)
        return;
    for (rest = (struct dl_text){text, len}; l->count < count; l->count++) {
        l->starts[l->count] = (uint32_t)(rest.at - text);
        lint_next_line(&rest, &line);
    }
}

/* ---- form ---- */

/* A line that a key or an element begins on. */
static void look_at_line(struct dl_lint *lint, int number)
{
    struct dl_text line = lint_line(lint, DL_LINT_PIPELINE, number);
    size_t blanks = 0;

    while (blanks < line.len && line.at[blanks] == ' ')
        blanks++;
    if (blanks % 2)
        lint_find(lint, DL_LINT_RULE_INDENT, DL_LINT_PIPELINE, number,
                  "the line begins with %zu blanks; steps of two are the rule", blanks);
    if (line.len &&
        (line.at[line.len - 1] == '\t' || (blanks < line.len && line.at[blanks] == '\t')))
        lint_find(lint, DL_LINT_RULE_TABS, DL_LINT_PIPELINE, number,
                  "a tab stands at the beginning or the end of the line");
}

static void look_at_lines(struct dl_lint *lint, const struct dl_value *value, int *last)
{
    if (!dl_value_is(value, DL_VALUE_OBJECT) && !dl_value_is(value, DL_VALUE_ARRAY))
        return;
    for (const struct dl_member *m = value->of.list.first; m; m = m->next) {
        if (m->line > *last) {
            *last = m->line;
            look_at_line(lint, m->line);
        }
        look_at_lines(lint, m->value, last);
    }
}

void lint_look_at_form(struct dl_lint *lint)
{
    int last = 0;

    look_at_lines(lint, lint->document, &last);
}
