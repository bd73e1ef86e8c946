/* Building blocks of views. */
#include "setup/view.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/text.h"

#define TEXT_MAX 4096 /* longest text of a view; sample logs and commands are cut before */

void view_clear(struct view *view)
{
    for (size_t i = 0; i < view->memory_count; i++)
        free(view->memory[i]);
    memset(view, 0, sizeof *view);
}

static const char *keep(struct view *view, char *text)
{
    if (text == NULL)
        return "";
    if (view->memory_count == VIEW_MEMORY_MAX) {
        free(text);
        return "";
    }
    view->memory[view->memory_count++] = text;
    return text;
}

static const char *clean(struct view *view, const char *text)
{
    struct dl_buffer out;

    if (text == NULL || *text == '\0')
        return "";
    dl_buffer_init(&out, (size_t)TEXT_MAX * 4);
    if (dl_text_clean(&out, text, strlen(text)) != 0) {
        dl_buffer_free(&out);
        return "";
    }
    return keep(view, out.data);
}

const char *view_text(struct view *view, const char *format, ...)
{
    char text[TEXT_MAX];
    va_list args;

    va_start(args, format);
    int n = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (n < 0)
        return "";
    text[dl_utf8_cut(text, strlen(text), sizeof text - 1)] = '\0';
    return clean(view, text);
}

struct view_item *view_item(struct view *view, const char *name, const char *text,
                            const char *detail)
{
    if (view->item_count == VIEW_ITEMS_MAX)
        view->item_count--;
    struct view_item *item = &view->items[view->item_count++];
    item->name = clean(view, name);
    item->text = clean(view, text);
    item->detail = clean(view, detail);
    item->disabled = false;
    return item;
}

struct view_field *view_field(struct view *view, const char *label, const char *value)
{
    if (view->field_count == VIEW_FIELDS_MAX)
        view->field_count--;
    struct view_field *field = &view->fields[view->field_count++];
    *field = (struct view_field){.label = label, .value = clean(view, value)};
    return field;
}

static struct view_line *add_line(struct view *view)
{
    if (view->line_count == VIEW_LINES_MAX)
        view->line_count--;
    struct view_line *line = &view->lines[view->line_count++];
    *line = (struct view_line){.left = "", .text = "", .right = ""};
    return line;
}

void view_line(struct view *view, enum view_mark mark, const char *text)
{
    struct view_line *line = add_line(view);

    line->kind = VIEW_TEXT;
    line->mark = mark;
    line->left = clean(view, text);
}

void view_whole(struct view *view, const char *text)
{
    struct view_line *line = add_line(view);

    line->kind = VIEW_WHOLE;
    line->left = clean(view, text);
}

void view_row(struct view *view, enum view_mark mark, const char *left, const char *text,
              const char *right)
{
    struct view_line *line = add_line(view);

    line->kind = VIEW_ROW;
    line->mark = mark;
    line->left = clean(view, left);
    line->text = clean(view, text);
    line->right = clean(view, right);
}

void view_head(struct view *view, const char *head)
{
    struct view_matrix *matrix = &view->matrix;

    if (matrix->column_count < VIEW_CELLS_MAX)
        matrix->heads[matrix->column_count++] = clean(view, head);
}

struct view_matrix_row *view_matrix_row(struct view *view, const char *name, const char *text)
{
    struct view_matrix *matrix = &view->matrix;

    if (matrix->row_count == VIEW_MATRIX_MAX)
        matrix->row_count--;
    struct view_matrix_row *row = &matrix->rows[matrix->row_count++];
    *row =
        (struct view_matrix_row){.name = clean(view, name), .text = clean(view, text), .right = ""};
    return row;
}

void view_diff(struct view *view, enum view_line_kind kind, const char *text)
{
    struct view_line *line = add_line(view);

    line->kind = kind;
    line->left = clean(view, text);
}

void view_key(struct view *view, const char *key, const char *label, bool choice)
{
    if (view->key_count == VIEW_KEYS_MAX)
        return;
    view->keys[view->key_count++] = (struct view_key){key, label, choice};
}

const char *view_mark_word(enum view_mark mark)
{
    static const char *const words[] = {
        [VIEW_PLAIN] = "",    [VIEW_OK] = "OK",   [VIEW_WARN] = "WARN", [VIEW_FAIL] = "FAIL",
        [VIEW_INFO] = "INFO", [VIEW_RUN] = "RUN", [VIEW_WAIT] = "-",    [VIEW_SKIP] = "SKIP",
    };
    return words[mark];
}

const char *view_cell_word(enum view_mark mark)
{
    static const char *const words[] = {
        [VIEW_PLAIN] = "",    [VIEW_OK] = "ok",  [VIEW_WARN] = "WARN", [VIEW_FAIL] = "FAIL",
        [VIEW_INFO] = "INFO", [VIEW_RUN] = "..", [VIEW_WAIT] = "",     [VIEW_SKIP] = "-",
    };
    return words[mark];
}

/* The usual spelling of a code point in ASCII, or NULL. */
static const char *spelling(uint32_t code)
{
    static const struct {
        uint32_t code;
        const char *text;
    } table[] = {
        {0x00a0, " "},   {0x00df, "ss"},  {0x00e4, "ae"},  {0x00f6, "oe"}, {0x00fc, "ue"},
        {0x2013, "-"},   {0x2014, "-"},   {0x2018, "'"},   {0x2019, "'"},  {0x201c, "\""},
        {0x201d, "\""},  {0x2022, "*"},   {0x2026, "..."}, {0x2190, "<-"}, {0x2192, "->"},
        {0x21b5, "\\n"}, {0x21e5, "\\t"},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (table[i].code == code)
            return table[i].text;
    return NULL;
}

void view_ascii(char *to, size_t size, const char *text)
{
    size_t used = 0, len = strlen(text);

    while (len > 0) {
        uint32_t code = 0;
        size_t n = dl_utf8_decode(text, len, &code);
        char one[2] = {n == 1 ? text[0] : '?', '\0'};
        const char *piece = one;
        if (n > 1 && spelling(code) != NULL)
            piece = spelling(code);
        size_t piece_len = strlen(piece);
        if (used + piece_len + 1 > size)
            break;
        memcpy(to + used, piece, piece_len);
        used += piece_len;
        n = n == 0 ? 1 : n;
        text += n;
        len -= n;
    }
    if (size > 0)
        to[used] = '\0';
}
