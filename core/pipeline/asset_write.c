#include "pipeline/asset_write.h"

#include <string.h>

#include "base/text.h"

#define STEP 2 /* columns of an indent */

/* A writer whose first failure stays. */
struct writer {
    struct dl_buffer *out;
    int status;
};

static void add(struct writer *w, const char *bytes, size_t len)
{
    if (w->status == 0)
        w->status = dl_buffer_add(w->out, bytes, len);
}

static void text(struct writer *w, const char *words)
{
    add(w, words, strlen(words));
}

static void indent(struct writer *w, size_t columns)
{
    while (columns--)
        add(w, " ", 1);
}

/* ---- scalars ---- */

/* Whether YAML keeps every character outside of double quotes. */
static bool is_printable(struct dl_text t, bool lines)
{
    size_t n;

    for (size_t i = 0; i < t.len; i += n) {
        uint32_t code;

        n = dl_utf8_decode(t.at + i, t.len - i, &code);
        if (!n || code == 0x7f || (code >= 0x80 && code < 0xa0) || code == 0xfeff ||
            code == 0x2028 || code == 0x2029)
            return false;
        if (code < ' ' && !(lines && code == '\n') && code != '\t')
            return false;
    }
    return true;
}

/* Words that some reader of YAML takes for something else than a text. */
static bool is_word_of_yaml(struct dl_text t)
{
    static const char *const words[] = {"null", "~",   "true", "false", "yes",  "no",
                                        "on",   "off", "y",    "n",     ".inf", ".nan"};

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strlen(words[i]) == t.len && dl_ascii_equal_n(t.at, words[i], t.len))
            return true;
    return false;
}

/* Numbers, dates and times, in any of the spellings of YAML 1.1 and 1.2. */
static bool is_like_number(struct dl_text t)
{
    bool digit = false;

    for (size_t i = 0; i < t.len; i++) {
        if (!strchr("0123456789+-.:_eETZzxXoabcdfABCDF ", t.at[i]))
            return false;
        digit = digit || (t.at[i] >= '0' && t.at[i] <= '9');
    }
    return digit && strchr("0123456789+-.", t.at[0]);
}

static bool is_plain(struct dl_text t)
{
    if (t.len == 0 || strchr("-?:,[]{}#&*!|>'\"%@` \t", t.at[0]) || strchr(" \t:", t.at[t.len - 1]))
        return false;
    for (size_t i = 0; i + 1 < t.len; i++)
        if ((t.at[i] == ':' && strchr(" \t", t.at[i + 1])) ||
            (strchr(" \t", t.at[i]) && t.at[i + 1] == '#'))
            return false;
    return !is_word_of_yaml(t) && !is_like_number(t) && is_printable(t, false);
}

static void single_quoted(struct writer *w, struct dl_text t)
{
    text(w, "'");
    for (size_t i = 0; i < t.len; i++)
        add(w, t.at[i] == '\'' ? "''" : t.at + i, t.at[i] == '\'' ? 2 : 1);
    text(w, "'");
}

static void escaped(struct writer *w, uint32_t code, const char *bytes, size_t n)
{
    if (code == '\n')
        text(w, "\\n");
    else if (code == '\t')
        text(w, "\\t");
    else if (code == '"' || code == '\\')
        add(w, code == '"' ? "\\\"" : "\\\\", 2);
    else if (code < ' ' || (code >= 0x7f && code < 0xa0) || code == 0x2028 || code == 0x2029 ||
             code == 0xfeff)
        w->status = w->status ? w->status : dl_buffer_format(w->out, "\\u%04x", (unsigned)code);
    else
        add(w, bytes, n);
}

static void double_quoted(struct writer *w, struct dl_text t)
{
    size_t n;

    text(w, "\"");
    for (size_t i = 0; i < t.len; i += n) {
        uint32_t code = 0xfffd;

        n = dl_utf8_decode(t.at + i, t.len - i, &code);
        if (n)
            escaped(w, code, t.at + i, n);
        else
            text(w, "\\ufffd");
        n = n ? n : 1;
    }
    text(w, "\"");
}

/* A block keeps all but a text that begins with a blank or a line end. */
static bool is_block(struct dl_text t)
{
    return t.len && memchr(t.at, '\n', t.len) && !strchr(" \t\n", t.at[0]) && is_printable(t, true);
}

static void block(struct writer *w, struct dl_text t, size_t columns)
{
    bool ended = t.at[t.len - 1] == '\n', more = ended && t.len > 1 && t.at[t.len - 2] == '\n';
    size_t end;

    text(w, more ? "|+" : ended ? "|" : "|-");
    for (size_t at = 0; at < t.len; at = end + 1) {
        const char *stop = memchr(t.at + at, '\n', t.len - at);

        end = stop ? (size_t)(stop - t.at) : t.len;
        text(w, "\n");
        if (end > at)
            indent(w, columns);
        add(w, t.at + at, end - at);
    }
}

static void string(struct writer *w, struct dl_text t, size_t columns)
{
    if (is_plain(t))
        add(w, t.at, t.len);
    else if (columns && is_block(t))
        block(w, t, columns);
    else if (is_printable(t, false))
        single_quoted(w, t);
    else
        double_quoted(w, t);
}

static void scalar(struct writer *w, const struct dl_value *value, size_t columns)
{
    char number[32];

    switch (value->type) {
    case DL_VALUE_BOOL:
        text(w, value->of.boolean ? "true" : "false");
        break;
    case DL_VALUE_INTEGER:
        w->status =
            w->status ? w->status : dl_buffer_format(w->out, "%lld", (long long)value->of.integer);
        break;
    case DL_VALUE_DOUBLE:
        dl_value_print_double(value->of.real, number, sizeof number);
        text(w, number);
        break;
    case DL_VALUE_STRING:
        string(w, value->of.text, columns);
        break;
    default:
        text(w, value->type == DL_VALUE_ARRAY    ? "[]"
                : value->type == DL_VALUE_OBJECT ? "{}"
                                                 : "null");
    }
}

/* ---- collections ---- */

static bool is_filled(const struct dl_value *value, enum dl_value_type type)
{
    return value->type == type && value->of.list.first;
}

static void items(struct writer *w, const struct dl_value *array, size_t columns, bool inlined);
static void members(struct writer *w, const struct dl_value *object, size_t columns, bool inlined);

/* What stands behind "key:" or, where `dash`, behind "-". */
static void node(struct writer *w, const struct dl_value *value, size_t columns, bool dash)
{
    bool object = is_filled(value, DL_VALUE_OBJECT), array = is_filled(value, DL_VALUE_ARRAY);

    text(w, (object || array) && !dash ? "\n" : " ");
    if (object) {
        members(w, value, columns, dash);
    } else if (array) {
        items(w, value, columns, dash);
    } else {
        scalar(w, value, columns);
        text(w, "\n");
    }
}

/* inlined: the first one stands behind a dash. */
static void items(struct writer *w, const struct dl_value *array, size_t columns, bool inlined)
{
    for (const struct dl_member *m = array->of.list.first; m; m = m->next) {
        if (!inlined || m != array->of.list.first)
            indent(w, columns);
        text(w, "-");
        node(w, m->value, columns + STEP, true);
    }
}

static void members(struct writer *w, const struct dl_value *object, size_t columns, bool inlined)
{
    for (const struct dl_member *m = object->of.list.first; m; m = m->next) {
        if (!inlined || m != object->of.list.first)
            indent(w, columns);
        string(w, m->key, 0);
        text(w, ":");
        node(w, m->value, columns + STEP, false);
    }
}

int dl_asset_write(struct dl_buffer *out, const struct dl_value *document)
{
    struct writer w = {.out = out};

    if (is_filled(document, DL_VALUE_OBJECT)) {
        members(&w, document, 0, false);
    } else if (is_filled(document, DL_VALUE_ARRAY)) {
        items(&w, document, 0, false);
    } else {
        scalar(&w, document, 0);
        text(&w, "\n");
    }
    return w.status;
}

int dl_asset_write_members(struct dl_buffer *out, const struct dl_value *object, size_t column)
{
    struct writer w = {.out = out};

    members(&w, object, column, false);
    return w.status;
}

/* ---- facets ---- */

/* Offset of a line, counted from 1; the text's end past the last. */
static size_t line_at(struct dl_text t, int line)
{
    size_t at = 0;

    while (--line > 0) {
        const char *end = memchr(t.at + at, '\n', t.len - at);

        if (!end)
            return t.len;
        at = (size_t)(end - t.at) + 1;
    }
    return at;
}

/* The offset behind the last item of a list: before `end`, and before the comments and empty lines
 * that belong to what comes there. */
static size_t list_end(struct dl_text t, size_t start, size_t end)
{
    while (end > start) {
        size_t line = end - 1;

        while (line > start && t.at[line - 1] != '\n')
            line--;
        if (t.at[line] != '#' && t.at[line] != '\n')
            break;
        end = line;
    }
    return end;
}

/* Column of the first dash of a block list that begins in the line at `at`; -1: it is no such one.
 */
static int dash_column(struct dl_text t, size_t at)
{
    size_t i = at;

    while (i < t.len && t.at[i] == ' ')
        i++;
    return i < t.len && t.at[i] == '-' ? (int)(i - at) : -1;
}

int dl_asset_add_facets(struct dl_buffer *out, struct dl_text asset,
                        const struct dl_value *document, const struct dl_value *facets,
                        struct dl_error *err)
{
    const struct dl_member *has = dl_value_member(document, DL_TEXT("facets"));
    const struct dl_member *next = has ? has->next : dl_value_member(document, DL_TEXT("pipeline"));
    size_t end = next ? line_at(asset, next->line) : asset.len, from = end;
    struct writer w = {.out = out};
    int column = STEP;

    if (has && has->value->type == DL_VALUE_ARRAY && has->value->of.list.first) {
        column = dash_column(asset, line_at(asset, has->value->line));
        if (column < 0)
            return dl_error_set(err, DL_E_VALUE,
                                "the facets are not written one below the other; write each behind "
                                "a dash of its own");
        from = end = list_end(asset, line_at(asset, has->value->line), end);
    } else if (has) {
        from = line_at(asset, has->line); /* "facets: null", which the new ones replace */
        end = line_at(asset, has->line + 1);
    }
    add(&w, asset.at, from);
    if (from && asset.at[from - 1] != '\n')
        text(&w, "\n");
    if (column == STEP && from != end)
        text(&w, "facets:\n");
    else if (!has)
        text(&w, "facets:\n");
    items(&w, facets, (size_t)column, false);
    add(&w, asset.at + end, asset.len - end);
    return w.status < 0 ? dl_error_set(err, (enum dl_code) - w.status, "the asset grows too large")
                        : 0;
}
