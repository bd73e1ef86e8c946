/* Processors that make a value: string builder, lookup, category, arithmetic. */
#include <math.h>
#include <string.h>

#include "base/text.h"
#include "pipeline/processor.h"

#define BUILT_CHARS_MAX 256 /* characters of a built string */
#define LOOKUP_BYTES_MAX (100 * 1024)
#define EXPRESSION_DEPTH_MAX 64
#define EXPRESSION_NODES_MAX 1000 /* numbers, paths and what joins them */

/* ---- string builder ---- */

int dl_template_compile(struct dl_processor *p, struct dl_compile *c, const struct dl_value *doc)
{
    struct dl_text text = dl_option_text(doc, "template");
    struct dl_piece **last = &p->template;
    const struct dl_value *constant = dl_option(doc, "template");
    size_t at = 0;

    if (dl_value_is_scalar(constant) && constant->type != DL_VALUE_STRING)
        p->constant = constant;
    while (at < text.len) {
        const char *open = memmem(text.at + at, text.len - at, "%{", 2), *close = NULL;
        struct dl_piece *piece = dl_arena_take(c->arena, sizeof *piece);
        size_t end;

        if (!piece)
            return dl_refuse(c, doc, "there is no memory for the template");
        if (open == text.at + at) {
            close = memchr(open, '}', text.len - at);
            if (!close)
                return dl_refuse(c, doc, "a %%{ of the template is not closed");
            piece->is_path = true;
            piece->text = (struct dl_text){open + 2, (size_t)(close - open) - 2};
            dl_text_trim(&piece->text.at, &piece->text.len);
            end = (size_t)(close - text.at) + 1;
        } else {
            end = open ? (size_t)(open - text.at) : text.len;
            piece->text = (struct dl_text){text.at + at, end - at};
        }
        *last = piece;
        last = &piece->next;
        at = end;
    }
    return 0;
}

/* A scalar, or scalars of an array joined by commas; false for what counts as missing. */
static bool printed(struct dl_arena *arena, const struct dl_value *v, struct dl_text *out)
{
    struct dl_buffer all;
    int rc = 0;

    if (dl_value_is_scalar(v)) {
        *out = dl_value_print(arena, v);
        return true;
    }
    if (!dl_value_is(v, DL_VALUE_ARRAY) || v->of.list.count == 0)
        return false;
    for (const struct dl_member *m = v->of.list.first; m; m = m->next)
        if (!dl_value_is_scalar(m->value))
            return false;
    dl_buffer_init(&all, arena->max);
    for (const struct dl_member *m = v->of.list.first; m && rc == 0; m = m->next) {
        struct dl_text text = dl_value_print(arena, m->value);

        rc = dl_buffer_add(&all, text.at, text.len);
        if (rc == 0 && m->next)
            rc = dl_buffer_char(&all, ',');
    }
    *out = (struct dl_text){dl_arena_copy(arena, dl_buffer_string(&all), all.len), all.len};
    dl_buffer_free(&all);
    arena->failed = arena->failed || rc < 0;
    return rc == 0 && out->at;
}

/* The first characters of a text. */
static size_t cut_chars(const char *text, size_t len, size_t most)
{
    size_t at = 0;

    while (at < len && most--) {
        uint32_t code;
        size_t n = dl_utf8_decode(text + at, len - at, &code);

        at += n ? n : 1;
    }
    return at;
}

enum dl_outcome dl_apply_string_builder(const struct dl_processor *p, struct dl_run *run)
{
    struct dl_arena *arena = run->log->arena;
    enum dl_outcome outcome = DL_OUTCOME_APPLIED;
    struct dl_buffer out;
    int rc = 0;

    if (p->constant) {
        dl_set_attribute(run->log, p->target, dl_value_copy(arena, p->constant));
        return DL_OUTCOME_APPLIED;
    }
    dl_buffer_init(&out, arena->max);
    for (const struct dl_piece *piece = p->template; piece && rc == 0; piece = piece->next) {
        struct dl_text text = piece->text;

        if (piece->is_path && !printed(arena, dl_attribute(run->log, piece->text), &text)) {
            if (!p->replace_missing) {
                run->detail = piece->text;
                outcome = DL_OUTCOME_NO_SOURCE;
                break;
            }
            text.len = 0;
        }
        rc = dl_buffer_add(&out, text.at, text.len);
    }
    if (outcome == DL_OUTCOME_APPLIED && rc == 0)
        dl_set_attribute(
            run->log, p->target,
            dl_value_text(arena, dl_buffer_string(&out),
                          cut_chars(dl_buffer_string(&out), out.len, BUILT_CHARS_MAX)));
    dl_buffer_free(&out);
    arena->failed = arena->failed || rc < 0;
    return rc < 0 ? DL_OUTCOME_LIMIT : outcome;
}

/* ---- lookup ---- */

static size_t hash(struct dl_text text)
{
    uint64_t h = 14695981039346656037u;

    for (size_t i = 0; i < text.len; i++)
        h = (h ^ (unsigned char)text.at[i]) * 1099511628211u;
    return (size_t)(h ^ h >> 32);
}

static struct dl_text find(const struct dl_lookup *lookup, struct dl_text key)
{
    const struct dl_lookup_line *line =
        lookup->size ? lookup->buckets[hash(key) & (lookup->size - 1)] : NULL;

    for (; line; line = line->next)
        if (dl_text_is(line->key, key))
            return line->value;
    return (struct dl_text){NULL, 0};
}

/* "key,value"; the first of a key wins. */
static int add_line(struct dl_lookup *lookup, struct dl_compile *c, struct dl_text line)
{
    const char *comma = memchr(line.at, ',', line.len);
    struct dl_lookup_line *made;
    struct dl_lookup_line **bucket;

    if (!comma)
        return 0; /* the linter names it */
    made = dl_arena_take(c->arena, sizeof *made);
    if (!made)
        return -DL_E_NOMEM;
    made->key = (struct dl_text){line.at, (size_t)(comma - line.at)};
    made->value = (struct dl_text){comma + 1, line.len - made->key.len - 1};
    dl_text_trim(&made->key.at, &made->key.len);
    dl_text_trim(&made->value.at, &made->value.len);
    if (find(lookup, made->key).at)
        return 0;
    bucket = &lookup->buckets[hash(made->key) & (lookup->size - 1)];
    made->next = *bucket;
    *bucket = made;
    return 0;
}

static int add_block(struct dl_lookup *lookup, struct dl_compile *c, struct dl_text text)
{
    int rc = 0;

    while (text.len && rc == 0) {
        const char *stop = memchr(text.at, '\n', text.len);
        size_t len = stop ? (size_t)(stop - text.at) : text.len;

        rc = add_line(lookup, c, (struct dl_text){text.at, len});
        text = (struct dl_text){text.at + len + (stop != NULL), text.len - len - (stop != NULL)};
    }
    return rc;
}

int dl_lookup_compile(struct dl_processor *p, struct dl_compile *c, const struct dl_value *doc)
{
    const struct dl_value *table = dl_option(doc, "lookupTable");
    const struct dl_value *fallback = dl_option(doc, "defaultLookup");
    size_t lines = 1;
    int rc = 0;

    if (dl_value_is(fallback, DL_VALUE_STRING)) {
        p->lookup.fallback = fallback->of.text;
        p->lookup.has_fallback = true;
    } else if (dl_value_is_scalar(fallback)) {
        p->lookup.fallback = dl_value_print(c->arena, fallback);
        p->lookup.has_fallback = true;
    }
    if (dl_value_is(table, DL_VALUE_STRING)) {
        if (table->of.text.len > LOOKUP_BYTES_MAX)
            return dl_refuse(c, table, "a lookup table has at most 100 KB");
        for (size_t i = 0; i < table->of.text.len; i++)
            lines += table->of.text.at[i] == '\n';
    } else if (dl_value_is(table, DL_VALUE_ARRAY)) {
        lines += table->of.list.count;
    } else {
        return dl_refuse(c, doc, "a lookup processor needs its lookupTable");
    }
    for (p->lookup.size = 16; p->lookup.size < 2 * lines;)
        p->lookup.size *= 2;
    p->lookup.buckets = dl_arena_take(c->arena, p->lookup.size * sizeof *p->lookup.buckets);
    if (!p->lookup.buckets)
        return dl_refuse(c, doc, "there is no memory for the lookup table");
    if (dl_value_is(table, DL_VALUE_STRING))
        rc = add_block(&p->lookup, c, table->of.text);
    else
        for (const struct dl_member *m = table->of.list.first; m && rc == 0; m = m->next)
            rc = add_line(&p->lookup, c, dl_value_print(c->arena, m->value));
    return rc < 0 ? dl_refuse(c, doc, "there is no memory for the lookup table") : 0;
}

enum dl_outcome dl_apply_lookup(const struct dl_processor *p, struct dl_run *run)
{
    struct dl_value *v = dl_first_source(p, run->log, NULL);
    struct dl_text key, value;

    if (!v)
        return DL_OUTCOME_NO_SOURCE;
    key = dl_value_print(run->log->arena, v);
    dl_text_trim(&key.at, &key.len);
    value = find(&p->lookup, key);
    run->detail = key;
    if (!value.at && p->lookup.has_fallback)
        value = p->lookup.fallback;
    if (!value.at)
        return DL_OUTCOME_NO_MATCH;
    dl_set_attribute(run->log, p->target, dl_value_text(run->log->arena, value.at, value.len));
    return DL_OUTCOME_APPLIED;
}

/* ---- category ---- */

int dl_categories_compile(struct dl_processor *p, struct dl_compile *c, const struct dl_value *doc)
{
    const struct dl_value *list = dl_option(doc, "categories");
    struct dl_category **last = &p->categories;

    if (!dl_value_is(list, DL_VALUE_ARRAY))
        return dl_refuse(c, doc, "a category processor needs its categories");
    for (const struct dl_member *m = list->of.list.first; m; m = m->next) {
        struct dl_category *category = dl_arena_take(c->arena, sizeof *category);
        const struct dl_value *id = dl_option(m->value, "id");
        struct dl_error cause = {0};

        if (!category)
            return dl_refuse(c, doc, "there is no memory for the categories");
        category->name = dl_option_text(m->value, "name");
        category->id = dl_value_is(id, DL_VALUE_INTEGER) ? id->of.integer : 0;
        if (dl_query_parse(&category->query, c->arena,
                           dl_option_text(dl_option(m->value, "filter"), "query"), &cause) < 0)
            return dl_refuse(c, m->value, "the query of the category \"%.*s\": %s",
                             (int)category->name.len, category->name.at, cause.text);
        *last = category;
        last = &category->next;
    }
    return 0;
}

enum dl_outcome dl_apply_category(const struct dl_processor *p, struct dl_run *run)
{
    for (const struct dl_category *c = p->categories; c; c = c->next) {
        if (!dl_query_match(c->query, run->log))
            continue;
        run->detail = c->name;
        dl_set_attribute(run->log, p->target,
                         dl_value_text(run->log->arena, c->name.at, c->name.len));
        return DL_OUTCOME_APPLIED;
    }
    return DL_OUTCOME_NO_MATCH;
}

/* ---- arithmetic ---- */

struct dl_expression {
    char op; /* + - * /, 'n' a number, 'p' a path, '_' the negative of a */
    const struct dl_expression *a, *b;
    double number;
    struct dl_text path;
};

struct parser {
    struct dl_compile *c;
    const char *at, *end;
    unsigned depth, nodes;
};

static struct dl_expression *make(struct parser *p, char op, const struct dl_expression *a,
                                  const struct dl_expression *b)
{
    struct dl_expression *e =
        ++p->nodes <= EXPRESSION_NODES_MAX ? dl_arena_take(p->c->arena, sizeof *e) : NULL;

    if (e)
        *e = (struct dl_expression){.op = op, .a = a, .b = b};
    return e;
}

static void blanks(struct parser *p)
{
    while (p->at < p->end && strchr(" \t\n", *p->at))
        p->at++;
}

static const struct dl_expression *sum(struct parser *p);

/* A number or a path; - within a name is part of it. */
static const struct dl_expression *word(struct parser *p)
{
    struct dl_text text = {p->at, 0};
    struct dl_expression *e;

    while (p->at < p->end && !strchr(" \t\n()*/+", *p->at))
        p->at++;
    text.len = (size_t)(p->at - text.at);
    if (text.len == 0)
        return NULL;
    e = make(p, 'p', NULL, NULL);
    if (!e)
        return NULL;
    if (dl_value_parse_double(text, &e->number)) {
        e->op = 'n';
    } else {
        if (text.at[0] == '@')
            text = (struct dl_text){text.at + 1, text.len - 1};
        e->path = text;
    }
    return e;
}

static const struct dl_expression *factor(struct parser *p)
{
    const struct dl_expression *e;

    blanks(p);
    if (p->at == p->end || ++p->depth > EXPRESSION_DEPTH_MAX)
        return NULL;
    if (*p->at == '(') {
        p->at++;
        e = sum(p);
        blanks(p);
        if (!e || p->at == p->end || *p->at++ != ')')
            return NULL;
    } else if (*p->at == '-' && p->at + 1 < p->end && strchr(" (", p->at[1])) {
        p->at++;
        e = factor(p);
        e = e ? make(p, '_', e, NULL) : NULL;
    } else {
        e = word(p);
    }
    p->depth--;
    return e;
}

static const struct dl_expression *product(struct parser *p)
{
    const struct dl_expression *e = factor(p);

    for (blanks(p); e && p->at < p->end && (*p->at == '*' || *p->at == '/'); blanks(p)) {
        char op = *p->at++;
        const struct dl_expression *right = factor(p);

        e = right ? make(p, op, e, right) : NULL;
    }
    return e;
}

static const struct dl_expression *sum(struct parser *p)
{
    const struct dl_expression *e = product(p);

    for (blanks(p); e && p->at < p->end && (*p->at == '+' || *p->at == '-'); blanks(p)) {
        char op = *p->at++;
        const struct dl_expression *right = product(p);

        e = right ? make(p, op, e, right) : NULL;
    }
    return e;
}

int dl_expression_compile(struct dl_processor *p, struct dl_compile *c, const struct dl_value *doc)
{
    struct dl_text text = dl_option_text(doc, "expression");
    struct parser parser = {.c = c, .at = text.at, .end = text.at + text.len};

    p->expression = sum(&parser);
    blanks(&parser);
    if (!p->expression || parser.at != parser.end)
        return dl_refuse(c, doc, "the expression is not understood at column %zu",
                         (size_t)(parser.at - text.at) + 1);
    return 0;
}

static bool evaluate(const struct dl_processor *p, const struct dl_expression *e,
                     struct dl_run *run, double *out)
{
    double a, b;

    if (e->op == 'n') {
        *out = e->number;
        return true;
    }
    if (e->op == 'p') {
        if (dl_value_number(dl_attribute(run->log, e->path), out))
            return true;
        run->detail = e->path;
        *out = 0;
        return p->replace_missing;
    }
    if (!evaluate(p, e->a, run, &a))
        return false;
    if (e->op == '_') {
        *out = -a;
        return true;
    }
    if (!evaluate(p, e->b, run, &b))
        return false;
    *out = e->op == '+' ? a + b : e->op == '-' ? a - b : e->op == '*' ? a * b : a / b;
    return isfinite(*out);
}

/* Larger numbers than these have fewer decimals anyway. */
static double nine_decimals(double number)
{
    double scaled = number * 1e9;

    if (scaled > 1e15 || scaled < -1e15)
        return number;
    return (double)(int64_t)(scaled + (scaled < 0 ? -0.5 : 0.5)) / 1e9;
}

enum dl_outcome dl_apply_arithmetic(const struct dl_processor *p, struct dl_run *run)
{
    double number;

    if (!evaluate(p, p->expression, run, &number))
        return DL_OUTCOME_NO_SOURCE;
    number = nine_decimals(number);
    dl_set_attribute(run->log, p->target, dl_value_double(run->log->arena, number));
    return DL_OUTCOME_APPLIED;
}
