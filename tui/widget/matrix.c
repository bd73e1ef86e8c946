#include "widget/matrix.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "widget/lines.h"
#include "widget/matrix_fit.h"

#define WIDE_LEAST 24 /* columns of a message; with less the time gives way */

/* What one drawing shares. */
struct drawing {
    struct sheet *sheet;
    const struct view_matrix *matrix;
    const struct matrix_place *place;
    struct matrix_columns columns;
    int label; /* columns of the widest label of a wide row */
    int *row, *column;
};

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

static int width(const char *text)
{
    return (int)dl_text_width(or_empty(text));
}

/* The selection */

static size_t row_moved(const struct view_matrix *matrix, enum list_move move)
{
    size_t last = matrix->row_count - 1, row = matrix->row;
    bool wide = matrix->rows[row].wide;

    switch (move) {
    case LIST_UP:
        return row > 0 ? row - 1 : 0;
    case LIST_DOWN:
        return row < last ? row + 1 : last;
    case LIST_PAGE_UP:
        return 0;
    case LIST_PAGE_DOWN:
        return last;
    case LIST_HOME:
        return wide ? 0 : row;
    case LIST_END:
        return wide ? last : row;
    default:
        return row;
    }
}

static size_t column_moved(const struct view_matrix *matrix, enum list_move move)
{
    size_t last = matrix->column_count > 0 ? matrix->column_count - 1 : 0;
    size_t column = matrix->column;

    if (matrix->rows[matrix->row].wide)
        return column;
    switch (move) {
    case LIST_LEFT:
        return column > 0 ? column - 1 : 0;
    case LIST_RIGHT:
        return column < last ? column + 1 : last;
    case LIST_HOME:
        return 0;
    case LIST_END:
        return last;
    default:
        return column;
    }
}

size_t matrix_moved(const struct view *view, enum list_move move)
{
    const struct view_matrix *matrix = &view->matrix;

    return row_moved(matrix, move) * VIEW_CELLS_MAX + column_moved(matrix, move);
}

bool matrix_digit(const struct view *view, unsigned digit, size_t *cell)
{
    const struct view_matrix *matrix = &view->matrix;
    unsigned number = 0;

    for (size_t i = 0; i < matrix->row_count; i++)
        if (!matrix->rows[i].wide && ++number == digit) {
            *cell = i * VIEW_CELLS_MAX + matrix->column;
            return true;
        }
    return false;
}

/* Drawing */

/* Puts text into `columns`, with dots where it was cut. */
static void put_cut(const struct drawing *to, int row, int column, int columns, enum style style,
                    const char *text)
{
    const char *dots = to->place->ascii ? "..." : "…";

    if (width(text) <= columns) {
        sheet_put(to->sheet, row, column, style, text);
        return;
    }
    if (columns <= width(dots))
        return;
    size_t fits = dl_text_fit(text, (size_t)(columns - width(dots)));
    while (fits > 0 && text[fits - 1] == ' ')
        fits--;
    column += sheet_put_n(to->sheet, row, column, style, text, fits);
    sheet_put(to->sheet, row, column, STYLE_DIM, dots);
}

/* "> OK    Configuration  what it says   3 ms" */
static void draw_wide(const struct drawing *to, size_t index, int row)
{
    const struct view_matrix_row *line = &to->matrix->rows[index];
    bool selected = index == to->matrix->row;
    bool waits = line->marks[0] == VIEW_WAIT || line->marks[0] == VIEW_SKIP;
    int end = to->place->left + to->place->columns, mark = to->place->left + MATRIX_MARKER;
    int label = mark + MARK_COLUMNS, text = label + to->label + 2, right = width(line->right);
    enum style name = waits ? STYLE_DIM : STYLE_NAME;

    sheet_put(to->sheet, row, mark, mark_style(line->marks[0]), view_mark_word(line->marks[0]));
    if (selected)
        name = to->place->focused ? STYLE_CURSOR : STYLE_CURSOR_OFF;
    sheet_put(to->sheet, row, label, name, or_empty(line->name));
    if (right > 0 && end - text - right - 2 >= WIDE_LEAST) {
        sheet_put(to->sheet, row, end - right, STYLE_DIM, line->right);
        end -= right + 2;
    }
    put_cut(to, row, text, end - text, waits ? STYLE_DIM : STYLE_PLAIN, or_empty(line->text));
    if (selected)
        *to->column = mark;
}

static void draw_cell(const struct drawing *to, size_t index, size_t column, int row, int at)
{
    const struct view_matrix *matrix = to->matrix;
    enum view_mark mark = matrix->rows[index].marks[column];
    const char *word = view_cell_word(mark);

    if (index != matrix->row || column != matrix->column) {
        sheet_put(to->sheet, row, at, mark_style(mark), word);
        return;
    }
    enum style style = to->place->focused ? STYLE_CURSOR : STYLE_CURSOR_OFF;
    char text[16];
    snprintf(text, sizeof(text), "[%s]", *word ? word : "  ");
    sheet_put(to->sheet, row, at - 1, style, text);
    *to->column = at;
}

/* "> 4  EU1   ok  [FAIL]  -    E-TLS-TIME" */
static void draw_cells(const struct drawing *to, size_t index, unsigned number, int row)
{
    const struct view_matrix_row *line = &to->matrix->rows[index];
    int column = to->place->left + MATRIX_MARKER;
    enum style style = index == to->matrix->row ? STYLE_CURSOR_OFF : STYLE_NAME;
    char text[16];

    snprintf(text, sizeof(text), "%u", number % 10);
    sheet_put(to->sheet, row, column, STYLE_DIM, text);
    sheet_put(to->sheet, row, column + 1 + to->columns.number, style, or_empty(line->name));
    column = to->place->left + to->columns.lead;
    for (size_t i = 0; i < to->matrix->column_count; i++) {
        if (!to->columns.shown[i])
            continue;
        draw_cell(to, index, i, row, column + to->columns.gap);
        column += to->columns.gap + matrix_cell(to->matrix, i);
    }
    if (to->columns.notes)
        put_cut(to, row, column + 2, to->place->edge - column - 2, STYLE_DIM, or_empty(line->text));
}

static void draw_heads(const struct drawing *to, int row)
{
    int column = to->place->left + to->columns.lead;

    for (size_t i = 0; i < to->matrix->column_count; i++) {
        bool selected = i == to->matrix->column && !to->matrix->rows[to->matrix->row].wide;
        if (!to->columns.shown[i])
            continue;
        sheet_put(to->sheet, row, column + to->columns.gap, selected ? STYLE_CURSOR_OFF : STYLE_DIM,
                  or_empty(to->matrix->heads[i]));
        column += to->columns.gap + matrix_cell(to->matrix, i);
    }
    if (to->columns.hidden > 0) {
        char text[16];
        snprintf(text, sizeof(text), "+%d", to->columns.hidden);
        sheet_put(to->sheet, row, column + 2, STYLE_DIM, text);
    }
}

/* Signs at the edge where rows are left out. */
static void draw_more(const struct drawing *to, const struct matrix_window *window, int first,
                      int last)
{
    if (window->above)
        sheet_put(to->sheet, first, to->place->edge - 1, STYLE_KEY, to->place->ascii ? "^" : "↑");
    if (window->below)
        sheet_put(to->sheet, last, to->place->edge - 1, STYLE_KEY, to->place->ascii ? "v" : "↓");
}

void matrix_draw(struct sheet *sheet, const struct view *view, const struct matrix_place *place,
                 int *row, int *column)
{
    const struct view_matrix *matrix = &view->matrix;
    struct drawing to = {
        .sheet = sheet, .matrix = matrix, .place = place, .row = row, .column = column};
    struct matrix_window window;
    unsigned number = 0;
    int at = 0, first = -1;

    sheet_clear(sheet);
    matrix_fit_columns(&to.columns, matrix, place->edge - place->left);
    matrix_fit_rows(&window, matrix, place->rows);
    for (size_t i = 0; i < matrix->row_count; i++)
        if (window.shown[i] && matrix->rows[i].wide && width(matrix->rows[i].name) > to.label)
            to.label = width(matrix->rows[i].name);
    for (size_t i = 0, headed = 0; i < matrix->row_count; i++) {
        const struct view_matrix_row *line = &matrix->rows[i];
        number += !line->wide;
        if (!window.shown[i])
            continue;
        at += window.blanks && line->apart && i > 0;
        if (!line->wide && !headed++)
            draw_heads(&to, at++);
        if (i == matrix->row) {
            sheet_put(sheet, at, place->left, STYLE_KEY, ">");
            *row = at;
            *column = place->left;
        }
        if (line->wide)
            draw_wide(&to, i, at);
        else
            draw_cells(&to, i, number, at);
        first = first < 0 ? at : first;
        at++;
    }
    draw_more(&to, &window, first, at - 1);
    sheet_reach(sheet, at);
}
