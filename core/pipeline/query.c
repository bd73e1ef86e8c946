#include "pipeline/query.h"

#include <string.h>

#include "base/text.h"
#include "pipeline/cidr.h"
#include "pipeline/path.h"

enum kind { ALL, AND, OR, NOT, TERM };

enum field {
    FIELD_MESSAGE, /* free text */
    FIELD_ATTRIBUTE,
    FIELD_SOURCE,
    FIELD_SERVICE,
    FIELD_STATUS,
    FIELD_HOST,
    FIELD_TAG
};

enum test { TEST_TEXT, TEST_EXACT, TEST_EXISTS, TEST_RANGE, TEST_CIDR };

struct network {
    struct network *next;
    struct dl_cidr cidr;
};

struct dl_query {
    enum kind kind;
    const struct dl_query *a, *b;
    enum field field;
    struct dl_text path; /* of an attribute; key of a tag */
    enum test test;
    struct dl_text text; /* TEXT with its wildcards, EXACT as it is */
    bool is_number;
    double number; /* of the text */
    double low, high;
    bool low_open, high_open; /* the end itself does not match */
    struct network *networks;
};

struct parser {
    struct dl_arena *arena;
    struct dl_error *err;
    const char *start, *at, *end;
    unsigned depth, nodes;
    /* of the group that is read, "field:(...)" */
    bool has_field;
    enum field field;
    struct dl_text path;
};

/* ---- parsing ---- */

static struct dl_query *refuse(struct parser *p, const char *what)
{
    if (p->err->code == DL_OK)
        dl_error_set(p->err, DL_E_VALUE, "column %zu: %s", (size_t)(p->at - p->start) + 1, what);
    return NULL;
}

static struct dl_query *node(struct parser *p, enum kind kind, const struct dl_query *a,
                             const struct dl_query *b)
{
    struct dl_query *q;

    if (++p->nodes > DL_QUERY_NODES_MAX) /* matching walks them, one in another */
        return refuse(p, "there are too many terms");
    q = dl_arena_take(p->arena, sizeof *q);
    if (q) {
        q->kind = kind;
        q->a = a;
        q->b = b;
    }
    return q;
}

static void blanks(struct parser *p)
{
    while (p->at < p->end && (*p->at == ' ' || *p->at == '\t' || *p->at == '\n'))
        p->at++;
}

/* A word that stands for itself: AND, OR, NOT, TO. */
static bool keyword(struct parser *p, const char *word)
{
    size_t len = strlen(word), left = (size_t)(p->end - p->at);

    if (left < len || memcmp(p->at, word, len) != 0)
        return false;
    if (left > len && !strchr(" \t\n(", p->at[len]))
        return false;
    p->at += len;
    return true;
}

static bool ends_word(char c)
{
    return strchr(" \t\n()\"", c) != NULL;
}

/* A word up to a blank or bracket, at a ':' too when it may name a field; escapes stay. */
static struct dl_text read_word(struct parser *p, bool field)
{
    struct dl_text word = {p->at, 0};

    while (p->at < p->end && !ends_word(*p->at) && !(field && *p->at == ':'))
        p->at += *p->at == '\\' && p->at + 1 < p->end ? 2 : 1;
    word.len = (size_t)(p->at - word.at);
    return word;
}

static struct dl_text unescape(struct parser *p, struct dl_text word)
{
    char *text = dl_arena_take(p->arena, word.len + 1);
    size_t n = 0;

    for (size_t i = 0; text && i < word.len; i++) {
        if (word.at[i] == '\\' && i + 1 < word.len)
            i++;
        text[n++] = word.at[i];
    }
    return (struct dl_text){text ? text : "", text ? n : 0};
}

static bool has_wildcard(struct dl_text word)
{
    for (size_t i = 0; i < word.len; i++) {
        if (word.at[i] == '\\')
            i++;
        else if (word.at[i] == '*' || word.at[i] == '?')
            return true;
    }
    return false;
}

static struct dl_query *term(struct parser *p, enum test test)
{
    struct dl_query *q = node(p, TERM, NULL, NULL);

    if (q) {
        q->test = test;
        q->field = p->has_field ? p->field : FIELD_MESSAGE;
        q->path = p->path;
    }
    return q;
}

/* A plain word as a value: "*" asks whether there is one. */
static struct dl_query *word_term(struct parser *p, struct dl_text word)
{
    struct dl_query *q;

    if (dl_text_equals(word, "*"))
        return p->has_field ? term(p, TEST_EXISTS) : node(p, ALL, NULL, NULL);
    q = term(p, has_wildcard(word) ? TEST_TEXT : TEST_EXACT);
    if (!q)
        return NULL;
    q->text = q->test == TEST_EXACT ? unescape(p, word) : word;
    q->is_number = dl_value_parse_double(q->text, &q->number);
    return q;
}

static struct dl_query *phrase(struct parser *p)
{
    struct dl_text text = {++p->at, 0};
    struct dl_query *q;

    while (p->at < p->end && *p->at != '"')
        p->at += *p->at == '\\' && p->at + 1 < p->end ? 2 : 1;
    if (p->at >= p->end)
        return refuse(p, "the closing \" is missing");
    text.len = (size_t)(p->at - text.at);
    p->at++;
    q = term(p, TEST_EXACT);
    if (q) {
        q->text = unescape(p, text);
        q->is_number = dl_value_parse_double(q->text, &q->number);
    }
    return q;
}

static bool bound(struct parser *p, double *to, double open)
{
    struct dl_text word = {p->at, 0};

    while (p->at < p->end && !strchr(" \t\n]}", *p->at))
        p->at++;
    word.len = (size_t)(p->at - word.at);
    if (dl_text_equals(word, "*")) {
        *to = open;
        return true;
    }
    return dl_value_parse_double(word, to);
}

/* "[1 TO 5]", "{1 TO *}" */
static struct dl_query *range(struct parser *p)
{
    struct dl_query *q = term(p, TEST_RANGE);

    if (!q)
        return NULL;
    q->low_open = *p->at++ == '{';
    blanks(p);
    if (!bound(p, &q->low, -__builtin_inf()))
        return refuse(p, "a number or * is to stand here");
    blanks(p);
    if (!keyword(p, "TO"))
        return refuse(p, "TO is missing in the range");
    blanks(p);
    if (!bound(p, &q->high, __builtin_inf()))
        return refuse(p, "a number or * is to stand here");
    blanks(p);
    if (p->at == p->end || (*p->at != ']' && *p->at != '}'))
        return refuse(p, "the range is not closed");
    q->high_open = *p->at++ == '}';
    return q;
}

/* ">=5", "<500" */
static struct dl_query *comparison(struct parser *p)
{
    struct dl_query *q = term(p, TEST_RANGE);
    bool above = *p->at++ == '>', equal = p->at < p->end && *p->at == '=';
    struct dl_text word;
    double number;

    if (!q)
        return NULL;
    p->at += equal;
    blanks(p);
    word = read_word(p, false);
    if (!dl_value_parse_double(word, &number))
        return refuse(p, "a number is to stand behind the comparison");
    q->low = above ? number : -__builtin_inf();
    q->high = above ? __builtin_inf() : number;
    q->low_open = above && !equal;
    q->high_open = !above && !equal;
    return q;
}

static const struct dl_query *alternatives(struct parser *p);

static const struct dl_query *group(struct parser *p)
{
    const struct dl_query *q;

    p->at++;
    q = alternatives(p);
    blanks(p);
    if (q && (p->at == p->end || *p->at != ')'))
        return refuse(p, "the closing ) is missing");
    p->at++;
    return q;
}

static void set_field(struct parser *p, struct dl_text name)
{
    static const struct {
        const char *name;
        enum field field;
    } fields[] = {{"source", FIELD_SOURCE},
                  {"service", FIELD_SERVICE},
                  {"status", FIELD_STATUS},
                  {"host", FIELD_HOST},
                  {"message", FIELD_MESSAGE}};

    p->has_field = true;
    p->path = name;
    if (name.len && name.at[0] == '@') {
        p->field = FIELD_ATTRIBUTE;
        p->path = (struct dl_text){name.at + 1, name.len - 1};
        return;
    }
    p->field = FIELD_TAG;
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (dl_text_equals(name, fields[i].name))
            p->field = fields[i].field;
}

/* What stands behind "field:". */
static const struct dl_query *field_value(struct parser *p)
{
    blanks(p);
    if (p->at == p->end)
        return refuse(p, "a value is missing behind the field");
    if (*p->at == '(')
        return group(p);
    if (*p->at == '"')
        return phrase(p);
    if (*p->at == '[' || *p->at == '{')
        return range(p);
    if (*p->at == '>' || *p->at == '<')
        return comparison(p);
    return word_term(p, read_word(p, false));
}

static const struct dl_query *with_field(struct parser *p, struct dl_text name)
{
    struct parser outer = *p;
    const struct dl_query *q;

    set_field(p, unescape(p, name));
    q = field_value(p);
    p->has_field = outer.has_field;
    p->field = outer.field;
    p->path = outer.path;
    return q;
}

/* "_exists_:field" */
static const struct dl_query *exists(struct parser *p)
{
    struct parser outer = *p;
    struct dl_text word;
    const struct dl_query *q;

    blanks(p);
    word = read_word(p, false);
    if (word.len == 0)
        return refuse(p, "a field is missing");
    set_field(p, unescape(p, word));
    q = term(p, TEST_EXISTS);
    p->has_field = outer.has_field;
    p->field = outer.field;
    p->path = outer.path;
    return q;
}

/* A word of CIDR(...): up to a comma or the closing bracket. */
static struct dl_text cidr_word(struct parser *p)
{
    struct dl_text word;

    blanks(p);
    word = (struct dl_text){p->at, 0};
    while (p->at < p->end && !strchr(" \t\n,)", *p->at))
        p->at++;
    word.len = (size_t)(p->at - word.at);
    blanks(p);
    return word;
}

/* Behind "CIDR": "(@network.client.ip, 10.0.0.0/8, 2001:db8::/32)" */
static const struct dl_query *cidr(struct parser *p)
{
    struct parser outer = *p;
    struct dl_query *q;
    struct network **last;

    p->at++;
    set_field(p, cidr_word(p));
    q = term(p, TEST_CIDR);
    p->has_field = outer.has_field;
    p->field = outer.field;
    p->path = outer.path;
    last = q ? &q->networks : NULL;
    while (q && p->at < p->end && *p->at == ',') {
        struct network *network = dl_arena_take(p->arena, sizeof *network);

        p->at++;
        if (!network)
            return NULL;
        if (!dl_cidr_parse(&network->cidr, cidr_word(p)))
            return refuse(p, "a network is to stand before this, as in 10.0.0.0/8");
        *last = network;
        last = &network->next;
    }
    if (q && (p->at == p->end || *p->at != ')' || !q->networks))
        return refuse(p, "CIDR takes a field and networks: CIDR(@ip, 10.0.0.0/8)");
    p->at += q != NULL;
    return q;
}

static bool negated(struct parser *p)
{
    if (*p->at != '-' && *p->at != '!')
        return keyword(p, "NOT");
    p->at++;
    return true;
}

static const struct dl_query *clause(struct parser *p)
{
    const struct dl_query *q;
    struct dl_text word;

    blanks(p);
    if (p->at == p->end)
        return refuse(p, "a term is missing");
    if (negated(p)) {
        if (++p->depth > DL_QUERY_DEPTH_MAX)
            return refuse(p, "this is nested too deeply");
        q = clause(p);
        p->depth--;
        return q ? node(p, NOT, q, NULL) : NULL;
    }
    if (*p->at == '(')
        return group(p);
    if (*p->at == '"')
        return phrase(p);
    if (p->has_field && strchr("[{<>", *p->at))
        return field_value(p);
    word = read_word(p, !p->has_field);
    if (word.len == 0)
        return refuse(p, "this is no term");
    if (dl_text_equals(word, "CIDR") && p->at < p->end && *p->at == '(')
        return cidr(p);
    if (p->has_field || p->at == p->end || *p->at != ':')
        return word_term(p, word);
    p->at++;
    if (dl_text_equals(word, "_exists_"))
        return exists(p);
    if (dl_text_equals(word, "*")) { /* "*:*", "*:text": everywhere */
        q = field_value(p);
        return q;
    }
    return with_field(p, word);
}

/* Terms side by side, or joined by AND. */
static const struct dl_query *conjunction(struct parser *p)
{
    const struct dl_query *q = clause(p);

    while (q) {
        const char *before;
        const struct dl_query *right;

        blanks(p);
        before = p->at;
        if (p->at == p->end || *p->at == ')')
            break;
        if (keyword(p, "OR")) {
            p->at = before;
            break;
        }
        if (keyword(p, "AND"))
            blanks(p);
        right = clause(p);
        q = right ? node(p, AND, q, right) : NULL;
    }
    return q;
}

static const struct dl_query *alternatives(struct parser *p)
{
    const struct dl_query *q;

    if (++p->depth > DL_QUERY_DEPTH_MAX)
        return refuse(p, "this is nested too deeply");
    q = conjunction(p);
    while (q) {
        const struct dl_query *right;

        blanks(p);
        if (!keyword(p, "OR"))
            break;
        right = conjunction(p);
        q = right ? node(p, OR, q, right) : NULL;
    }
    p->depth--;
    return q;
}

int dl_query_parse(const struct dl_query **out, struct dl_arena *arena, struct dl_text text,
                   struct dl_error *err)
{
    struct dl_error cause = {0};
    struct parser p = {
        .arena = arena, .err = &cause, .start = text.at, .at = text.at, .end = text.at + text.len};

    blanks(&p);
    *out = p.at == p.end ? node(&p, ALL, NULL, NULL) : alternatives(&p);
    if (*out) {
        blanks(&p);
        if (p.at != p.end)
            *out = refuse(&p, "this bracket was not opened");
    }
    if (arena->failed)
        return dl_error_set(err, DL_E_NOMEM, "there is no memory for the query");
    if (*out)
        return 0;
    if (err)
        *err = cause;
    return -DL_E_VALUE;
}

/* ---- matching ---- */

static bool same_char(char a, char b, bool any_case)
{
    return any_case ? dl_ascii_lower(a) == dl_ascii_lower(b) : a == b;
}

/* Glob: * and ?, with escapes; linear but for one step back a star. */
static bool glob(struct dl_text pattern, struct dl_text text, bool any_case)
{
    size_t p = 0, t = 0, star = SIZE_MAX, mark = 0;

    while (t < text.len) {
        bool escaped = p + 1 < pattern.len && pattern.at[p] == '\\';

        if (!escaped && p < pattern.len && pattern.at[p] == '*') {
            star = p++;
            mark = t;
        } else if (p < pattern.len && ((!escaped && pattern.at[p] == '?') ||
                                       same_char(pattern.at[p + escaped], text.at[t], any_case))) {
            p += 1 + (size_t)escaped;
            t++;
        } else if (star != SIZE_MAX) {
            p = star + 1;
            t = ++mark;
        } else {
            return false;
        }
    }
    while (p < pattern.len && pattern.at[p] == '*')
        p++;
    return p == pattern.len;
}

static bool in_range(const struct dl_query *q, double number)
{
    if (q->low_open ? number <= q->low : number < q->low)
        return false;
    return q->high_open ? number < q->high : number <= q->high;
}

static bool text_matches(const struct dl_query *q, struct dl_text text)
{
    double number;

    switch (q->test) {
    case TEST_EXACT:
        return dl_text_is(q->text, text);
    case TEST_TEXT:
        return glob(q->text, text, false);
    case TEST_EXISTS:
        return text.len > 0;
    case TEST_CIDR:
        for (const struct network *n = q->networks; n; n = n->next)
            if (dl_cidr_has(&n->cidr, text))
                return true;
        return false;
    default:
        return dl_value_parse_double(text, &number) && in_range(q, number);
    }
}

static bool value_matches(const struct dl_query *q, struct dl_arena *arena,
                          const struct dl_value *value)
{
    double number;

    if (!value || value->type == DL_VALUE_NULL)
        return false;
    if (q->test == TEST_EXISTS)
        return true;
    if (value->type == DL_VALUE_ARRAY) {
        for (const struct dl_member *m = value->of.list.first; m; m = m->next)
            if (value_matches(q, arena, m->value))
                return true;
        return false;
    }
    if (value->type == DL_VALUE_OBJECT)
        return false;
    if (q->test == TEST_RANGE)
        return dl_value_number(value, &number) && in_range(q, number);
    if (q->test == TEST_EXACT && q->is_number && value->type != DL_VALUE_STRING &&
        dl_value_number(value, &number) && number == q->number)
        return true;
    return text_matches(q, dl_value_print(arena, value));
}

static bool is_word_char(char c)
{
    return c == '_' || (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') || (c & 0x80);
}

/* Free text: by word, ignoring case. */
static bool message_matches(const struct dl_query *q, struct dl_text message)
{
    size_t len = q->text.len;

    if (q->test == TEST_EXISTS)
        return message.len > 0;
    if (q->test == TEST_CIDR)
        return text_matches(q, message);
    if (q->test == TEST_TEXT) {
        /* each word of the message */
        for (size_t i = 0; i < message.len;) {
            size_t begin = i;

            while (i < message.len && !strchr(" \t\n\"'()[]{},;=", message.at[i]))
                i++;
            if (i > begin && glob(q->text, (struct dl_text){message.at + begin, i - begin}, true))
                return true;
            i++;
        }
        return false;
    }
    if (len == 0 || q->test == TEST_RANGE)
        return len == 0;
    for (size_t i = 0; i + len <= message.len; i++) {
        if (!dl_ascii_equal_n(message.at + i, q->text.at, len))
            continue;
        if ((i == 0 || !is_word_char(message.at[i - 1]) || !is_word_char(q->text.at[0])) &&
            (i + len == message.len || !is_word_char(message.at[i + len]) ||
             !is_word_char(q->text.at[len - 1])))
            return true;
    }
    return false;
}

static bool term_matches(const struct dl_query *q, const struct dl_pipeline_log *log)
{
    switch (q->field) {
    case FIELD_ATTRIBUTE:
        return value_matches(q, log->arena, dl_path_get(log->arena, log->attributes, q->path));
    case FIELD_SOURCE:
        return text_matches(q, log->source);
    case FIELD_SERVICE:
        return text_matches(q, log->service);
    case FIELD_STATUS:
        return text_matches(q, log->status);
    case FIELD_HOST:
        return text_matches(q, log->host);
    case FIELD_TAG:
        for (const struct dl_log_tag *tag = log->tags; tag; tag = tag->next)
            if (tag->text.len > q->path.len && tag->text.at[q->path.len] == ':' &&
                memcmp(tag->text.at, q->path.at, q->path.len) == 0 &&
                text_matches(q, (struct dl_text){tag->text.at + q->path.len + 1,
                                                 tag->text.len - q->path.len - 1}))
                return true;
        return false;
    default:
        return message_matches(q, log->message);
    }
}

bool dl_query_match(const struct dl_query *query, const struct dl_pipeline_log *log)
{
    switch (query->kind) {
    case ALL:
        return true;
    case AND:
        return dl_query_match(query->a, log) && dl_query_match(query->b, log);
    case OR:
        return dl_query_match(query->a, log) || dl_query_match(query->b, log);
    case NOT:
        return !dl_query_match(query->a, log);
    default:
        return term_matches(query, log);
    }
}

bool dl_query_match_value(const struct dl_query *query, struct dl_arena *arena,
                          const struct dl_value *element)
{
    switch (query->kind) {
    case ALL:
        return true;
    case AND:
        return dl_query_match_value(query->a, arena, element) &&
               dl_query_match_value(query->b, arena, element);
    case OR:
        return dl_query_match_value(query->a, arena, element) ||
               dl_query_match_value(query->b, arena, element);
    case NOT:
        return !dl_query_match_value(query->a, arena, element);
    default:
        if (query->field == FIELD_MESSAGE && query->path.len == 0)
            return value_matches(query, arena, element);
        return value_matches(query, arena, dl_path_get(arena, element, query->path));
    }
}
