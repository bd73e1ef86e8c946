/* Texts of rules become regular expressions: helpers are put in as text, tokens become groups. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "pipeline/grok_private.h"

/* One rule that is being compiled. */
struct builder {
    struct dl_grok *grok;
    struct dl_buffer pattern;
    struct dl_capture *captures, **last;
    unsigned count; /* of named groups */
    unsigned depth;
    unsigned helpers; /* that were put in */
    struct dl_error *err;
};

static int too_long(struct builder *b, int rc)
{
    return rc < 0 ? dl_error_set(b->err, (enum dl_code) - rc, "the rule is too long") : 0;
}

static int add(struct builder *b, const char *text, size_t len)
{
    return too_long(b, dl_buffer_add(&b->pattern, text, len));
}

static const struct dl_grok_rule *find(const struct dl_grok *grok, struct dl_text name)
{
    const struct dl_grok_rule *found = NULL;

    for (const struct dl_grok_rule *r = grok->helpers; r; r = r->next)
        if (dl_text_is(r->name, name))
            found = r;
    for (const struct dl_grok_rule *r = grok->rules; r && !found; r = r->next)
        if (dl_text_is(r->name, name))
            found = r;
    return found;
}

static int text(struct builder *b, struct dl_text rule);

/* Opens the group of a capture; its number is found by its name after compiling. */
static int open_capture(struct builder *b, const struct dl_token *token, struct dl_capture **out)
{
    struct dl_capture *capture = dl_arena_take(&b->grok->arena, sizeof *capture);
    int rc;

    if (!capture)
        return dl_error_set(b->err, DL_E_NOMEM, "there is no memory for the rule");
    capture->number = ++b->count;
    capture->path = token->extract;
    capture->matcher = token->matcher;
    *b->last = capture;
    b->last = &capture->next;
    *out = capture;
    rc = too_long(b, dl_buffer_format(&b->pattern, "(?<_dl%u>", capture->number));
    if (rc == 0 && token->has_filter)
        rc = dl_filter_new(&capture->filter, &b->grok->arena, &token->filter, b->err);
    return rc;
}

static int helper(struct builder *b, const struct dl_token *token, const struct dl_grok_rule *rule)
{
    struct dl_capture *capture;
    bool captures = token->extract.len > 0 || token->has_filter;
    int rc = 0;

    if (++b->depth > DL_GROK_INLINE_MAX)
        return dl_error_set(b->err, DL_E_VALUE, "the rule \"%.*s\" refers to itself",
                            (int)rule->name.len, rule->name.at);
    if (++b->helpers > DL_GROK_HELPERS_MAX)
        return dl_error_set(b->err, DL_E_VALUE, "helpers are put in too often");
    if (captures)
        rc = open_capture(b, token, &capture);
    else if (token->has_colon)
        rc = add(b, "(?:", 3);
    if (rc == 0)
        rc = text(b, rule->text);
    if (rc == 0 && (captures || token->has_colon))
        rc = add(b, ")", 1);
    b->depth--;
    return rc;
}

static int matcher(struct builder *b, const struct dl_token *token)
{
    struct dl_capture *capture = NULL;
    enum dl_capture_type type = DL_CAPTURE_STRING;
    int rc;

    if (token->extract.len > 0 || token->has_filter)
        rc = open_capture(b, token, &capture);
    else
        rc = add(b, "(?:", 3);
    if (rc == 0)
        rc = dl_matcher_regex(&b->pattern, &type, &token->matcher, b->err);
    if (capture)
        capture->type = type;
    return rc == 0 ? add(b, ")", 1) : rc;
}

/* The text of a rule: what is no token is the expression itself. */
static int text(struct builder *b, struct dl_text rule)
{
    const char *at = rule.at, *end = rule.at + rule.len;
    int rc = 0;

    while (at < end && rc == 0) {
        const char *open = at;
        struct dl_token token;
        const struct dl_grok_rule *named;

        while (open + 1 < end && !(open[0] == '%' && open[1] == '{'))
            open++;
        if (open + 1 >= end)
            return add(b, at, (size_t)(end - at));
        rc = add(b, at, (size_t)(open - at));
        at = open + 2;
        if (rc == 0)
            rc = dl_token_read(&token, &b->grok->arena, &at, end, b->err);
        if (rc < 0)
            return rc;
        named = token.matcher.count == 0 ? find(b->grok, token.matcher.name) : NULL;
        rc = named ? helper(b, &token, named) : matcher(b, &token);
    }
    return rc;
}

int dl_grok_regex(pcre2_code **out, const char *pattern, size_t len, bool whole,
                  struct dl_error *err)
{
    uint32_t options = PCRE2_UTF | PCRE2_DOTALL | PCRE2_DUPNAMES | PCRE2_NEVER_BACKSLASH_C;
    int number;
    size_t offset;
    char words[200];

    if (whole)
        options |= PCRE2_ANCHORED | PCRE2_ENDANCHORED;
    *out = pcre2_compile((PCRE2_SPTR)pattern, len, options, &number, &offset, NULL);
    if (!*out) {
        pcre2_get_error_message(number, (PCRE2_UCHAR *)words, sizeof words);
        return dl_error_set(err, DL_E_VALUE, "%s, near \"%.*s\"", words,
                            (int)(len - offset < 20 ? len - offset : 20), pattern + offset);
    }
    pcre2_jit_compile(*out, PCRE2_JIT_COMPLETE); /* where it cannot, it is only slower */
    return 0;
}

/* The groups' numbers by their names. */
static int number_groups(struct dl_grok_rule *rule, struct dl_error *err)
{
    char name[24];

    for (struct dl_capture *c = rule->captures; c; c = c->next) {
        int number;

        dl_text_format(name, sizeof name, "_dl%u", c->number);
        number = pcre2_substring_number_from_name(rule->code, (PCRE2_SPTR)name);
        if (number <= 0)
            return dl_error_set(err, DL_E_VALUE, "a %%{...} stands where no group can be");
        c->number = (unsigned)number;
    }
    return 0;
}

/* Groups that the rule's own text names are attributes, too. */
static int add_named_groups(struct dl_grok *grok, struct dl_grok_rule *rule, struct dl_error *err)
{
    struct dl_capture **last = &rule->captures;
    uint32_t count = 0, size = 0;
    PCRE2_SPTR table = NULL;

    while (*last)
        last = &(*last)->next;
    pcre2_pattern_info(rule->code, PCRE2_INFO_NAMECOUNT, &count);
    pcre2_pattern_info(rule->code, PCRE2_INFO_NAMEENTRYSIZE, &size);
    pcre2_pattern_info(rule->code, PCRE2_INFO_NAMETABLE, &table);
    for (uint32_t i = 0; i < count; i++, table += size) {
        const char *name = (const char *)table + 2;
        struct dl_capture *capture;

        if (strncmp(name, "_dl", 3) == 0)
            continue;
        capture = dl_arena_take(&grok->arena, sizeof *capture);
        if (!capture)
            return dl_error_set(err, DL_E_NOMEM, "there is no memory for the rule");
        capture->number = (unsigned)table[0] << 8 | table[1];
        capture->path =
            (struct dl_text){dl_arena_copy(&grok->arena, name, strlen(name)), strlen(name)};
        capture->is_own = true;
        *last = capture;
        last = &capture->next;
    }
    return 0;
}

static int compile(struct dl_grok *grok, struct dl_grok_rule *rule, struct dl_error *err)
{
    struct builder b = {.grok = grok, .err = err};
    int rc;

    dl_buffer_init(&b.pattern, DL_GROK_PATTERN_MAX);
    b.last = &b.captures;
    rc = text(&b, rule->text);
    rule->captures = b.captures;
    if (rc == 0)
        rc = dl_grok_regex(&rule->code, dl_buffer_string(&b.pattern), b.pattern.len, true, err);
    if (rc == 0)
        rc = number_groups(rule, err);
    if (rc == 0)
        rc = add_named_groups(grok, rule, err);
    if (rc == 0)
        rule->pattern = dl_arena_copy(&grok->arena, b.pattern.data, b.pattern.len);
    dl_buffer_free(&b.pattern);
    return rc;
}

static bool is_name(struct dl_text name)
{
    for (size_t i = 0; i < name.len; i++) {
        char c = name.at[i];

        if (!((c | 32) >= 'a' && (c | 32) <= 'z') && !(c >= '0' && c <= '9') && c != '_' &&
            c != '.' && c != '-')
            return false;
    }
    return name.len > 0;
}

/* One line: "name pattern". Blank lines and comments are none. */
static int read_line(struct dl_grok *grok, struct dl_grok_rule ***last, struct dl_text line,
                     struct dl_error *err)
{
    struct dl_grok_rule *rule;
    size_t i = 0;

    while (i < line.len && (line.at[i] == ' ' || line.at[i] == '\t'))
        i++;
    if (line.len && line.at[line.len - 1] == '\r')
        line.len--;
    if (i >= line.len || line.at[i] == '#')
        return 0;
    rule = dl_arena_take(&grok->arena, sizeof *rule);
    if (!rule)
        return dl_error_set(err, DL_E_NOMEM, "there is no memory for the rules");
    rule->name.at = line.at + i;
    while (i < line.len && line.at[i] != ' ' && line.at[i] != '\t')
        i++;
    rule->name.len = (size_t)(line.at + i - rule->name.at);
    if (!is_name(rule->name))
        return dl_error_set(err, DL_E_VALUE,
                            "\"%.*s\" is no name of a rule: letters, digits, _ and . stand in one",
                            (int)(rule->name.len < 60 ? rule->name.len : 60), rule->name.at);
    while (i < line.len && (line.at[i] == ' ' || line.at[i] == '\t'))
        i++;
    rule->text = (struct dl_text){line.at + i, line.len - i};
    **last = rule;
    *last = &rule->next;
    return 1;
}

static int read_rules(struct dl_grok *grok, struct dl_grok_rule **first, struct dl_text rules,
                      size_t *count, struct dl_error *err)
{
    const char *copy = dl_arena_copy(&grok->arena, rules.at, rules.len);
    const char *end = copy + rules.len;

    if (!copy)
        return dl_error_set(err, DL_E_NOMEM, "there is no memory for the rules");
    for (const char *at = copy; at < end;) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        int rc;

        stop = stop ? stop : end;
        rc = read_line(grok, &first, (struct dl_text){at, (size_t)(stop - at)}, err);
        if (rc < 0)
            return rc;
        *count += (size_t)rc;
        at = stop + 1;
    }
    return 0;
}

static int prepare(struct dl_grok *grok, struct dl_error *err)
{
    uint32_t groups = 1;

    for (struct dl_grok_rule *rule = grok->rules; rule; rule = rule->next) {
        uint32_t n = 0;

        pcre2_pattern_info(rule->code, PCRE2_INFO_CAPTURECOUNT, &n);
        groups = n + 1 > groups ? n + 1 : groups;
    }
    grok->context = pcre2_match_context_create(NULL);
    grok->stack = pcre2_jit_stack_create(32 * 1024, 1024 * 1024, NULL);
    grok->data = pcre2_match_data_create(groups, NULL);
    if (!grok->context || !grok->stack || !grok->data)
        return dl_error_set(err, DL_E_NOMEM, "there is no memory for the rules");
    pcre2_set_match_limit(grok->context, DL_GROK_MATCH_LIMIT);
    pcre2_jit_stack_assign(grok->context, NULL, grok->stack);
    return 0;
}

int dl_grok_compile(struct dl_grok **out, struct dl_text support, struct dl_text rules,
                    struct dl_error *err)
{
    struct dl_grok *grok = calloc(1, sizeof *grok);
    struct dl_error cause = {0};
    size_t helpers = 0;
    int rc;

    if (!grok)
        return dl_error_set(err, DL_E_NOMEM, "there is no memory for a grok parser");
    dl_arena_init(&grok->arena, 16 * 1024 * 1024);
    rc = read_rules(grok, &grok->helpers, support, &helpers, err);
    if (rc == 0)
        rc = read_rules(grok, &grok->rules, rules, &grok->count, err);
    for (struct dl_grok_rule *rule = grok->rules; rule && rc == 0; rule = rule->next) {
        rc = compile(grok, rule, &cause);
        if (rc < 0)
            dl_error_set(err, cause.code, "rule %.*s: %s", (int)rule->name.len, rule->name.at,
                         cause.text);
    }
    if (rc == 0)
        rc = prepare(grok, err);
    if (rc == 0 && grok->arena.failed)
        rc = dl_error_set(err, DL_E_NOMEM, "there is no memory for the rules");
    if (rc < 0)
        dl_grok_free(grok);
    else
        *out = grok;
    return rc;
}

void dl_grok_free(struct dl_grok *grok)
{
    if (!grok)
        return;
    for (struct dl_grok_rule *rule = grok->rules; rule; rule = rule->next) {
        pcre2_code_free(rule->code);
        for (struct dl_capture *c = rule->captures; c; c = c->next)
            dl_filter_free(c->filter);
    }
    pcre2_match_data_free(grok->data);
    pcre2_match_context_free(grok->context);
    pcre2_jit_stack_free(grok->stack);
    dl_arena_free(&grok->arena);
    free(grok);
}
