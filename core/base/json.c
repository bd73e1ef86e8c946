/* The strict reader in front of cJSON, and positions for messages. The writer is json_write.c. */
#include "base/json.h"

#include <string.h>

#include "base/text.h"

const struct dl_json_limits dl_json_default_limits = {1024 * 1024, 64, 100000};

/* One pass over a text by RFC 8259. With `path` it looks for a place instead of for mistakes. */
struct reader {
    const char *text;
    size_t len, at;
    size_t depth, nodes;
    const struct dl_json_limits *limits;
    struct dl_error *err;
    const char *const *path; /* what dl_json_locate looks for, or NULL */
    size_t steps;
    size_t matched; /* steps of the path that lead to the value being read */
    bool found;
    size_t place;
};

static int fail(struct reader *r, const char *what)
{
    return dl_error_set(r->err, DL_E_VALUE, "%s", what);
}

static int over(struct reader *r, const char *what, size_t limit)
{
    return dl_error_set(r->err, DL_E_LIMIT, "more than %zu %s", limit, what);
}

static bool at_end(const struct reader *r)
{
    return r->at >= r->len;
}

static char peek(const struct reader *r)
{
    return at_end(r) ? '\0' : r->text[r->at];
}

static void skip_blanks(struct reader *r)
{
    while (!at_end(r) && strchr(" \t\r\n", r->text[r->at]) && r->text[r->at])
        r->at++;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = dl_ascii_lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static int read_unit(struct reader *r, uint32_t *unit)
{
    *unit = 0;
    if (r->len - r->at < 4)
        return fail(r, "an escape \\u lacks its four digits");
    for (int i = 0; i < 4; i++) {
        int digit = hex_digit(r->text[r->at]);

        if (digit < 0)
            return fail(r, "an escape \\u lacks its four digits");
        *unit = *unit << 4 | (uint32_t)digit;
        r->at++;
    }
    return 0;
}

static int read_unicode_escape(struct reader *r)
{
    uint32_t unit, low;
    int rc = read_unit(r, &unit);

    if (rc < 0)
        return rc;
    if (unit == 0)
        return fail(r, "the character \\u0000 is not allowed");
    if (unit >= 0xdc00 && unit <= 0xdfff)
        return fail(r, "a surrogate stands alone");
    if (unit < 0xd800 || unit > 0xdbff)
        return 0;
    if (r->len - r->at < 2 || r->text[r->at] != '\\' || r->text[r->at + 1] != 'u')
        return fail(r, "a surrogate stands alone");
    r->at += 2;
    rc = read_unit(r, &low);
    if (rc == 0 && (low < 0xdc00 || low > 0xdfff))
        return fail(r, "a surrogate stands alone");
    return rc;
}

/* Reads a string; *start and *end enclose what stands between the quotes. */
static int read_string(struct reader *r, size_t *start, size_t *end)
{
    uint32_t code;
    size_t n;
    int rc;

    r->at++;
    *start = r->at;
    while (!at_end(r)) {
        unsigned char c = (unsigned char)r->text[r->at];

        if (c == '"') {
            *end = r->at++;
            return 0;
        }
        if (c < 0x20)
            return fail(r, "a string holds a control character that is not escaped");
        if (c == '\\') {
            r->at++;
            c = (unsigned char)peek(r);
            if (!c || !strchr("\"\\/bfnrtu", c))
                return fail(r, "a backslash is followed by no known escape");
            r->at++;
            if (c == 'u' && (rc = read_unicode_escape(r)) < 0)
                return rc;
            continue;
        }
        n = dl_utf8_decode(r->text + r->at, r->len - r->at, &code);
        if (!n)
            return fail(r, "a byte is no valid UTF-8");
        r->at += n;
    }
    return fail(r, "a string is not closed");
}

static void skip_digits(struct reader *r)
{
    while (peek(r) >= '0' && peek(r) <= '9')
        r->at++;
}

static int read_number(struct reader *r)
{
    size_t start;

    if (peek(r) == '-')
        r->at++;
    if (peek(r) == '0')
        r->at++;
    else if (peek(r) >= '1' && peek(r) <= '9')
        skip_digits(r);
    else
        return fail(r, "a number has no digits");
    if (peek(r) >= '0' && peek(r) <= '9')
        return fail(r, "a number begins with 0");
    if (peek(r) == '.') {
        start = ++r->at;
        skip_digits(r);
        if (r->at == start)
            return fail(r, "a number has no digits behind its point");
    }
    if (peek(r) == 'e' || peek(r) == 'E') {
        r->at++;
        if (peek(r) == '+' || peek(r) == '-')
            r->at++;
        start = r->at;
        skip_digits(r);
        if (r->at == start)
            return fail(r, "a number has no digits in its exponent");
    }
    return 0;
}

static int read_word(struct reader *r)
{
    static const char *const words[] = {"true", "false", "null"};

    for (size_t i = 0; i < 3; i++) {
        size_t len = strlen(words[i]);

        if (r->len - r->at >= len && memcmp(r->text + r->at, words[i], len) == 0) {
            r->at += len;
            return 0;
        }
    }
    return fail(r, at_end(r) ? "the text ends too early" : "a value is expected here");
}

static int read_value(struct reader *r);

/* Follows the path: is this member or element the next step? */
static bool enter(struct reader *r, const char *name, size_t len, size_t place)
{
    const char *step;

    if (!r->path || r->found || r->matched != r->depth - 1 || r->matched >= r->steps)
        return false;
    step = r->path[r->matched];
    if (strlen(step) != len || memcmp(step, name, len) != 0)
        return false;
    r->matched++;
    if (r->matched == r->steps) {
        r->found = true;
        r->place = place;
    }
    return true;
}

/* Whether a key stands already in the object: compared as spelled, which every key of ours is. The
 * keys of one object are few; the node limit bounds the work. */
static bool seen_before(const struct reader *r, const size_t *keys, size_t count, size_t start,
                        size_t end)
{
    for (size_t i = 0; i < count; i++) {
        const char *other = r->text + keys[i];

        if (memcmp(other, r->text + start, end - start) == 0 && other[end - start] == '"')
            return true;
    }
    return false;
}

#define KEYS_MAX 1024

static int read_member(struct reader *r, size_t *keys, size_t *count)
{
    size_t start, end;
    bool entered;
    int rc;

    if (peek(r) != '"')
        return fail(r, "a key in double quotes is expected here");
    rc = read_string(r, &start, &end);
    if (rc < 0)
        return rc;
    if (seen_before(r, keys, *count, start, end)) {
        r->at = start - 1;
        return fail(r, "a key stands twice in one object");
    }
    if (*count >= KEYS_MAX)
        return over(r, "keys in one object", KEYS_MAX);
    keys[(*count)++] = start;
    entered = enter(r, r->text + start, end - start, start - 1);
    skip_blanks(r);
    if (peek(r) != ':')
        return fail(r, "a colon is missing behind a key");
    r->at++;
    rc = read_value(r);
    if (entered)
        r->matched--;
    return rc;
}

/* What follows a member or element: 1 another one, 0 the end, negative a mistake. */
static int read_separator(struct reader *r, char close)
{
    skip_blanks(r);
    if (peek(r) == close) {
        r->at++;
        return 0;
    }
    if (peek(r) != ',')
        return fail(r, at_end(r)      ? "the text ends too early"
                       : close == '}' ? "a comma or } is missing"
                                      : "a comma or ] is missing");
    r->at++;
    skip_blanks(r);
    if (peek(r) == close)
        return fail(r, "a comma stands before the end");
    return 1;
}

static int read_object(struct reader *r)
{
    size_t keys[KEYS_MAX], count = 0;
    int rc;

    r->at++;
    skip_blanks(r);
    if (peek(r) == '}') {
        r->at++;
        return 0;
    }
    do {
        rc = read_member(r, keys, &count);
        if (rc == 0)
            rc = read_separator(r, '}');
    } while (rc > 0);
    return rc;
}

static int read_array(struct reader *r)
{
    size_t index = 0;
    char name[32];
    int rc;

    r->at++;
    skip_blanks(r);
    if (peek(r) == ']') {
        r->at++;
        return 0;
    }
    do {
        bool entered;

        dl_text_format(name, sizeof name, "[%zu]", index++);
        skip_blanks(r);
        entered = enter(r, name, strlen(name), r->at);
        rc = read_value(r);
        if (entered)
            r->matched--;
        if (rc == 0)
            rc = read_separator(r, ']');
    } while (rc > 0);
    return rc;
}

static int read_value(struct reader *r)
{
    size_t start, end;
    char c;
    int rc;

    skip_blanks(r);
    if (++r->nodes > r->limits->nodes)
        return over(r, "values", r->limits->nodes);
    c = peek(r);
    if (c == '{' || c == '[') {
        if (++r->depth > r->limits->depth)
            return over(r, "levels", r->limits->depth);
        rc = c == '{' ? read_object(r) : read_array(r);
        r->depth--;
        return rc;
    }
    if (c == '"')
        return read_string(r, &start, &end);
    if (c == '-' || (c >= '0' && c <= '9'))
        return read_number(r);
    return read_word(r);
}

static int read_text(struct reader *r)
{
    int rc;

    if (r->len > r->limits->bytes)
        return over(r, "bytes", r->limits->bytes);
    rc = read_value(r);
    if (rc < 0)
        return rc;
    skip_blanks(r);
    return at_end(r) ? 0 : fail(r, "something follows the end of the value");
}

int dl_json_check(const char *text, size_t len, const struct dl_json_limits *limits, size_t *offset,
                  struct dl_error *err)
{
    struct reader r = {.text = text, .len = len, .limits = limits, .err = err};
    int rc = read_text(&r);

    if (rc < 0 && offset)
        *offset = r.at < len ? r.at : len;
    return rc;
}

bool dl_json_locate(const char *text, size_t len, const char *const *path, size_t steps,
                    size_t *offset)
{
    struct reader r = {
        .text = text, .len = len, .limits = &dl_json_default_limits, .path = path, .steps = steps};

    if (read_text(&r) < 0 || !r.found)
        return false;
    *offset = r.place;
    return true;
}

void dl_json_place(const char *text, size_t len, size_t offset, size_t *line, size_t *column)
{
    uint32_t code;
    size_t n;

    *line = 1;
    *column = 1;
    for (size_t at = 0; at < offset && at < len; at += n) {
        n = dl_utf8_decode(text + at, len - at, &code);
        if (!n)
            n = 1;
        (*column)++;
        if (text[at] == '\n') {
            (*line)++;
            *column = 1;
        }
    }
}

int dl_json_parse(cJSON **out, const char *text, size_t len, const struct dl_json_limits *limits,
                  struct dl_error *err)
{
    size_t offset = 0, line, column;
    int rc = dl_json_check(text, len, limits, &offset, err);
    cJSON *tree;

    if (rc < 0) {
        dl_json_place(text, len, offset, &line, &column);
        dl_error_prefix(err, "line %zu, column %zu", line, column);
        return rc;
    }
    tree = cJSON_ParseWithLength(text, len);
    if (!tree)
        return dl_error_set(err, DL_E_NOMEM, "no memory for the document");
    *out = tree;
    return 0;
}
