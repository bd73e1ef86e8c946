/* Lint: grok parsers, their rules and the samples that they carry. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "pipeline/lint_private.h"

#define PARSERS_MAX 5
#define RULES_ADVISED 10
#define WILDCARDS_MAX 3
#define SAMPLES_ADVISED 5
#define SAMPLE_CHARS_MAX 5000
#define TRIES_MAX 20000 /* rules that samples of one parser are tried on */

/* A line of a list of rules. */
struct rule {
    struct dl_text name, pattern;
    int line;
    bool matched;
};

struct parser {
    struct dl_lint *lint;
    struct lint_step *step;
    const struct dl_value *support, *match; /* texts, or NULL */
    struct rule *rules;                     /* of match */
    size_t count;
    struct dl_grok *grok; /* NULL: it is not compiled */
};

/* "name pattern"; false: a blank line or a comment. */
static bool read_rule(struct rule *out, struct dl_text line)
{
    struct dl_text rest = lint_trim(line);

    *out = (struct rule){.name = rest};
    if (rest.len == 0 || rest.at[0] == '#')
        return false;
    out->name.len = 0;
    while (out->name.len < rest.len && !strchr(" \t", rest.at[out->name.len]))
        out->name.len++;
    out->pattern = lint_trim((struct dl_text){rest.at + out->name.len, rest.len - out->name.len});
    return true;
}

/* The argument of each date("..."): letters that mean something else than they seem to. */
static void look_at_dates(struct parser *p, const struct rule *rule)
{
    static const char begin[] = "date(\"";
    const char *at = rule->pattern.at, *end = at + rule->pattern.len;

    while ((at = memmem(at, (size_t)(end - at), begin, sizeof begin - 1))) {
        const char *from = at + sizeof begin - 1, *close = memchr(from, '"', (size_t)(end - from));
        struct dl_text pattern = {from, (size_t)((close ? close : end) - from)};
        const char *what = NULL;

        at = from;
        if (memmem(pattern.at, pattern.len, "DD", 2))
            what = "DD is the day of the year";
        else if (memmem(pattern.at, pattern.len, "YYYY", 4))
            what = "YYYY is the year of the era";
        else if (memmem(pattern.at, pattern.len, "hh", 2) && !memchr(pattern.at, 'a', pattern.len))
            what = "hh is an hour of 12, and no a tells which half of the day";
        if (what)
            lint_find(p->lint, DL_LINT_RULE_GROK_DATE, DL_LINT_PIPELINE, rule->line,
                      "in \"%.*s\" %s", LINT_SHOW(pattern), what);
    }
}

/* Both lists: names and dates. The rules of match are kept. */
static void read_rules(struct parser *p, const struct dl_value *text, bool keep)
{
    struct dl_text rest = text ? text->of.text : (struct dl_text){"", 0}, line;
    bool block = text && lint_is_block(p->lint, text);
    struct dl_set names;

    dl_set_init(&names, &p->lint->scratch, rest.len / 32);
    for (int n = 1; lint_next_line(&rest, &line); n++) {
        struct dl_set_entry *e;
        struct rule rule;
        bool fresh = true;

        if (!read_rule(&rule, line))
            continue;
        rule.line = text->line + (block ? n : 0);
        e = dl_set_put(&names, rule.name, &fresh);
        if (e && fresh)
            e->number = (size_t)rule.line;
        else if (e)
            lint_find(p->lint, DL_LINT_RULE_GROK_TWICE, DL_LINT_PIPELINE, rule.line,
                      "the rule %.*s is there at line %zu already", LINT_SHOW(rule.name),
                      e->number);
        look_at_dates(p, &rule);
        if (keep)
            p->rules[p->count++] = rule;
    }
}

static size_t count_lines(const struct dl_value *text)
{
    size_t count = 1;

    for (size_t i = 0; text && i < text->of.text.len; i++)
        count += text->of.text.at[i] == '\n';
    return count;
}

/* The compiler's sentence begins "rule NAME:". */
static int line_of(const struct parser *p, const char *sentence)
{
    static const char word[] = "rule ";

    if (dl_text_starts(sentence, word))
        for (size_t i = 0; i < p->count; i++) {
            struct dl_text name = p->rules[i].name;
            const char *at = sentence + sizeof word - 1;

            if (strncmp(at, name.at, name.len) == 0 && at[name.len] == ':')
                return p->rules[i].line;
        }
    return p->match ? p->match->line : p->step->doc->line;
}

static void compile(struct parser *p)
{
    struct dl_text none = {"", 0};
    struct dl_error cause = {0};
    int rc = dl_grok_compile(&p->grok, p->support ? p->support->of.text : none,
                             p->match ? p->match->of.text : none, &cause);

    if (rc == -DL_E_NOMEM)
        p->lint->failed = true;
    else if (rc < 0)
        lint_find(p->lint, DL_LINT_RULE_GROK_RULE, DL_LINT_PIPELINE, line_of(p, cause.text), "%s",
                  cause.text);
    if (p->grok && p->count == 0)
        lint_find(p->lint, DL_LINT_RULE_GROK_RULE, DL_LINT_PIPELINE, line_of(p, ""),
                  "the grok parser \"%.*s\" has no rule", LINT_SHOW(lint_step_name(p->step)));
}

static void look_at_wildcards(struct parser *p)
{
    size_t *counts = dl_arena_take(&p->lint->scratch, (p->count + 1) * sizeof *counts);

    if (!counts || p->count != dl_grok_rule_count(p->grok))
        return;
    dl_grok_wildcards(p->grok, counts);
    for (size_t i = 0; i < p->count; i++)
        if (counts[i] > WILDCARDS_MAX)
            lint_find(p->lint, DL_LINT_RULE_GROK_WILD, DL_LINT_PIPELINE, p->rules[i].line,
                      "the rule %.*s has %zu wildcards; %d are allowed",
                      LINT_SHOW(p->rules[i].name), counts[i], WILDCARDS_MAX);
}

/* ---- samples ---- */

static size_t count_chars(struct dl_text text)
{
    size_t count = 0;

    for (size_t i = 0; i < text.len; i++)
        count += ((unsigned char)text.at[i] & 0xc0) != 0x80;
    return count;
}

static void try_sample(struct parser *p, const struct dl_value *sample, struct dl_arena *arena)
{
    struct dl_text text = dl_value_print(arena, sample);
    struct dl_grok_result result;

    dl_grok_parse(&result, p->grok, arena, text, DL_SUITE_NOW);
    for (size_t i = 0; i < p->count && result.rule.len; i++)
        p->rules[i].matched = p->rules[i].matched || dl_text_is(p->rules[i].name, result.rule);
    if (result.limit)
        lint_find(p->lint, DL_LINT_RULE_SAMPLE_LIMIT, DL_LINT_PIPELINE, sample->line,
                  "the rule %.*s takes too many steps on this sample", LINT_SHOW(result.rule));
    else if (!result.rule.len)
        lint_find(p->lint, DL_LINT_RULE_GROK_SAMPLE, DL_LINT_PIPELINE, sample->line,
                  "no rule of \"%.*s\" fits this sample", LINT_SHOW(lint_step_name(p->step)));
    if (count_chars(text) > SAMPLE_CHARS_MAX)
        lint_find(p->lint, DL_LINT_RULE_GROK_LONG, DL_LINT_PIPELINE, sample->line,
                  "this sample has %zu characters", count_chars(text));
}

/* Each on its own; how many are tried is limited, then nothing is said of rules without a sample.
 */
static void try_samples(struct parser *p, const struct dl_value *samples)
{
    struct dl_arena own;
    size_t tries = 0;

    dl_arena_init(&own, DL_PIPELINE_LOG_MAX);
    for (const struct dl_member *m = samples->of.list.first; m; m = m->next) {
        tries += p->count + 1;
        if (!dl_value_is_scalar(m->value) || tries > TRIES_MAX ||
            p->lint->kept[DL_LINT_RULE_SAMPLE_LIMIT] >= LINT_LIMITS_MAX)
            continue;
        try_sample(p, m->value, &own);
        p->lint->failed = p->lint->failed || (own.failed && !own.full);
        dl_arena_reset(&own);
    }
    dl_arena_free(&own);
    for (size_t i = 0; i < p->count && tries <= TRIES_MAX; i++)
        if (!p->rules[i].matched)
            lint_find(p->lint, DL_LINT_RULE_GROK_UNUSED, DL_LINT_PIPELINE, p->rules[i].line,
                      "no sample of the parser is for the rule %.*s", LINT_SHOW(p->rules[i].name));
}

static void look_at_samples(struct parser *p)
{
    const struct dl_value *samples = dl_option(p->step->doc, "samples");
    size_t count = dl_value_is(samples, DL_VALUE_ARRAY) ? samples->of.list.count : 0;
    int line = lint_option_line(p->step, "samples");

    if (count == 0)
        lint_find(p->lint, DL_LINT_RULE_GROK_NONE, DL_LINT_PIPELINE, line,
                  "the grok parser \"%.*s\" has no samples", LINT_SHOW(lint_step_name(p->step)));
    if (count > SAMPLES_ADVISED)
        lint_find(p->lint, DL_LINT_RULE_GROK_SAMPLES, DL_LINT_PIPELINE, line,
                  "the grok parser \"%.*s\" has %zu samples", LINT_SHOW(lint_step_name(p->step)),
                  count);
    if (count && p->grok)
        try_samples(p, samples);
}

static void look_at_grok(struct dl_lint *lint, struct lint_step *step)
{
    const struct dl_value *grok = dl_option(step->doc, "grok");
    const struct dl_value *support = dl_option(grok, "supportRules"),
                          *match = dl_option(grok, "matchRules");
    struct parser p = {.lint = lint, .step = step};

    if (!dl_value_is(grok, DL_VALUE_OBJECT))
        return; /* that it is missing is told */
    p.support = dl_value_is(support, DL_VALUE_STRING) ? support : NULL;
    p.match = dl_value_is(match, DL_VALUE_STRING) ? match : NULL;
    p.rules = dl_arena_take(&lint->scratch, count_lines(p.match) * sizeof *p.rules);
    if (!p.rules) {
        lint_find(lint, DL_LINT_RULE_GROK_RULE, DL_LINT_PIPELINE, grok->line,
                  "the grok parser \"%.*s\" has too many rules", LINT_SHOW(lint_step_name(step)));
        return;
    }
    read_rules(&p, p.support, false);
    read_rules(&p, p.match, true);
    if (p.count > RULES_ADVISED)
        lint_find(lint, DL_LINT_RULE_GROK_RULES, DL_LINT_PIPELINE, p.match->line,
                  "the grok parser \"%.*s\" has %zu rules", LINT_SHOW(lint_step_name(step)),
                  p.count);
    compile(&p);
    if (p.grok)
        look_at_wildcards(&p);
    look_at_samples(&p);
    dl_grok_free(p.grok);
}

void lint_look_at_groks(struct dl_lint *lint)
{
    for (size_t i = 0; i < lint->step_count; i++) {
        struct lint_step *step = &lint->steps[i];

        if (step->grok_children > PARSERS_MAX)
            lint_find(lint, DL_LINT_RULE_GROK_PARSERS, DL_LINT_PIPELINE, step->doc->line,
                      "the pipeline \"%.*s\" has %zu grok parsers; %d are allowed",
                      LINT_SHOW(lint_step_name(step)), step->grok_children, PARSERS_MAX);
        if (step->known && step->kind == DL_PROCESSOR_GROK)
            look_at_grok(lint, step);
        lint_scratch_reset(lint);
    }
}
