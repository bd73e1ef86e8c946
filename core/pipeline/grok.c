#include "pipeline/grok.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "pipeline/date.h"
#include "pipeline/grok_private.h"
#include "pipeline/path.h"

static struct dl_text trim(struct dl_text text)
{
    dl_text_trim(&text.at, &text.len);
    return text;
}

/* "(?i)true" of the matcher against what was captured. */
static bool is_true(const struct dl_call *matcher, struct dl_text text)
{
    struct dl_text yes = matcher->count > 0 ? matcher->args[0] : DL_TEXT("true");

    return yes.len == text.len && dl_ascii_equal_n(yes.at, text.at, text.len);
}

/* What a group captured, by the type of its matcher. NULL: nothing. */
static struct dl_value *typed(struct dl_arena *arena, const struct dl_capture *capture,
                              struct dl_text text, int64_t now)
{
    struct dl_text pattern = DL_TEXT("dd/MMM/yyyy:HH:mm:ss Z"), zone = {"", 0};
    int64_t integer;
    double real;

    switch (capture->type) {
    case DL_CAPTURE_INTEGER:
        if (dl_value_parse_integer(text, &integer))
            return dl_value_integer(arena, integer);
        return dl_value_parse_double(text, &real) ? dl_value_integer(arena, dl_value_whole(real))
                                                  : NULL;
    case DL_CAPTURE_NUMBER:
        return dl_value_parse_double(text, &real) ? dl_value_double(arena, real) : NULL;
    case DL_CAPTURE_BOOLEAN:
        return dl_value_bool(arena, is_true(&capture->matcher, text));
    case DL_CAPTURE_DATE:
        if (capture->matcher.count > 0)
            pattern = capture->matcher.args[0];
        if (capture->matcher.count > 1)
            zone = capture->matcher.args[1];
        return dl_date_read(pattern, zone, text, now, &integer) ? dl_value_integer(arena, integer)
                                                                : NULL;
    default:
        return dl_value_text(arena, text.at, text.len);
    }
}

static bool is_nothing(const struct dl_value *v)
{
    return !v || v->type == DL_VALUE_NULL || (v->type == DL_VALUE_OBJECT && v->of.list.count == 0);
}

/* Twice the same attribute: objects merge, all else becomes an array. */
static void set(struct dl_arena *arena, struct dl_value *into, struct dl_text path,
                struct dl_value *value)
{
    struct dl_value *old = dl_path_get(arena, into, path), *both;

    if (!old) {
        dl_path_set(arena, into, path, value);
    } else if (dl_value_is(old, DL_VALUE_OBJECT) && dl_value_is(value, DL_VALUE_OBJECT)) {
        dl_path_merge(arena, old, value);
    } else if (dl_value_is(old, DL_VALUE_ARRAY)) {
        dl_value_append(arena, old, value);
    } else {
        both = dl_value_array(arena);
        dl_value_append(arena, both, old);
        dl_value_append(arena, both, value);
        dl_path_set(arena, into, path, both);
    }
}

static void take(struct dl_arena *arena, struct dl_value *into, const struct dl_capture *capture,
                 struct dl_text text, int64_t now)
{
    struct dl_value *value = text.len ? typed(arena, capture, text, now) : NULL;

    if (value && capture->filter)
        value = dl_filter_apply(capture->filter, arena, value);
    if (is_nothing(value))
        return;
    if (capture->path.len)
        set(arena, into, capture->path, value);
    else if (dl_value_is(value, DL_VALUE_OBJECT))
        dl_path_merge(arena, into, value);
}

static struct dl_value *collect(const struct dl_grok *grok, const struct dl_grok_rule *rule,
                                struct dl_arena *arena, struct dl_text input, int64_t now)
{
    const size_t *ends = pcre2_get_ovector_pointer(grok->data);
    struct dl_value *into = dl_value_object(arena);

    for (const struct dl_capture *c = rule->captures; c && into; c = c->next) {
        size_t from = ends[2 * c->number], to = ends[2 * c->number + 1];

        if (c->is_own && dl_path_get(arena, into, c->path))
            continue;
        if (from != PCRE2_UNSET && to > from)
            take(arena, into, c, (struct dl_text){input.at + from, to - from}, now);
    }
    return into;
}

void dl_grok_parse(struct dl_grok_result *out, const struct dl_grok *grok, struct dl_arena *arena,
                   struct dl_text input, int64_t now)
{
    *out = (struct dl_grok_result){0};
    input = trim(input);
    if (!dl_utf8_valid(input.at, input.len, NULL))
        return; /* what it would match is not defined */
    for (const struct dl_grok_rule *rule = grok->rules; rule; rule = rule->next) {
        int rc = pcre2_match(rule->code, (PCRE2_SPTR)input.at, input.len, 0, PCRE2_NO_UTF_CHECK,
                             grok->data, grok->context);

        if (rc == PCRE2_ERROR_NOMATCH)
            continue;
        out->rule = rule->name;
        out->limit = rc < 0;
        if (rc >= 0)
            out->attributes = collect(grok, rule, arena, input, now);
        return;
    }
}

size_t dl_grok_rule_count(const struct dl_grok *grok)
{
    return grok->count;
}

static const struct dl_grok_rule *rule_at(const struct dl_grok *grok, size_t i)
{
    const struct dl_grok_rule *rule = grok->rules;

    while (rule && i--)
        rule = rule->next;
    return rule;
}

struct dl_text dl_grok_rule_name(const struct dl_grok *grok, size_t rule)
{
    const struct dl_grok_rule *r = rule_at(grok, rule);

    return r ? r->name : (struct dl_text){"", 0};
}

/* Dots that repeat without end; in classes and behind a backslash they are none. */
static size_t count_wildcards(const char *pattern)
{
    size_t count = 0;
    bool in_class = false;

    for (; *pattern; pattern++) {
        if (*pattern == '\\' && pattern[1])
            pattern++;
        else if (*pattern == '[' || *pattern == ']')
            in_class = *pattern == '[';
        else if (*pattern == '.' && !in_class)
            count += pattern[1] == '*' || pattern[1] == '+';
    }
    return count;
}

void dl_grok_wildcards(const struct dl_grok *grok, size_t *counts)
{
    for (const struct dl_grok_rule *rule = grok->rules; rule; rule = rule->next)
        *counts++ = rule->pattern ? count_wildcards(rule->pattern) : 0;
}

/* How far a start of the pattern gets: SIZE_MAX when it is no pattern by itself. */
static size_t reach(const struct dl_grok *grok, const char *pattern, size_t len,
                    struct dl_text input)
{
    pcre2_code *code;
    int number, rc;
    size_t offset, end = SIZE_MAX;
    uint32_t groups = 0;
    pcre2_match_data *data;

    code = pcre2_compile((PCRE2_SPTR)pattern, len,
                         PCRE2_UTF | PCRE2_DOTALL | PCRE2_DUPNAMES | PCRE2_ANCHORED, &number,
                         &offset, NULL);
    if (!code)
        return SIZE_MAX;
    pcre2_pattern_info(code, PCRE2_INFO_CAPTURECOUNT, &groups);
    data = pcre2_match_data_create(groups + 1, NULL);
    rc = data ? pcre2_match(code, (PCRE2_SPTR)input.at, input.len, 0, PCRE2_NO_UTF_CHECK, data,
                            grok->context)
              : PCRE2_ERROR_NOMEMORY;
    if (rc >= 0)
        end = pcre2_get_ovector_pointer(data)[1];
    pcre2_match_data_free(data);
    pcre2_code_free(code);
    return end;
}

size_t dl_grok_longest_prefix(const struct dl_grok *grok, size_t rule, struct dl_text input)
{
    const struct dl_grok_rule *r = rule_at(grok, rule);

    input = trim(input);
    if (!dl_utf8_valid(input.at, input.len, NULL))
        return 0;
    for (size_t len = r ? strlen(r->pattern) : 0; len > 0; len--) {
        size_t end = reach(grok, r->pattern, len, input);

        if (end != SIZE_MAX)
            return end;
    }
    return 0;
}
