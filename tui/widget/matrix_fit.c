#include "widget/matrix_fit.h"

#include <string.h>

#include "base/text.h"

#define CELL_COLUMNS 4 /* "FAIL" */
#define NOTE_COLUMNS                                                                               \
    15                 /* room for a code; always the same, so that nothing moves when one comes   \
                        */
#define MORE_COLUMNS 4 /* " +12" */

static int width(const char *text)
{
    return text ? (int)dl_text_width(text) : 0;
}

/* Columns */

int matrix_cell(const struct view_matrix *matrix, size_t column)
{
    int head = width(matrix->heads[column]);

    return head > CELL_COLUMNS ? head : CELL_COLUMNS;
}

static int whole_width(const struct view_matrix *matrix, const struct matrix_columns *plan)
{
    int columns = plan->lead + 1; /* a bracket behind the last cell */

    for (size_t i = 0; i < matrix->column_count; i++)
        columns += plan->gap + matrix_cell(matrix, i);
    return columns + (plan->notes ? 1 + NOTE_COLUMNS : 0);
}

static bool has_news(const struct view_matrix *matrix, size_t column)
{
    for (size_t i = 0; i < matrix->row_count; i++) {
        enum view_mark mark = matrix->rows[i].marks[column];
        if (!matrix->rows[i].wide && (mark == VIEW_FAIL || mark == VIEW_WARN || mark == VIEW_RUN))
            return true;
    }
    return false;
}

/* Takes a column if there is room for it. */
static void take(const struct view_matrix *matrix, struct matrix_columns *plan, size_t column,
                 int *room)
{
    int columns = plan->gap + matrix_cell(matrix, column);

    if (plan->shown[column] || columns > *room)
        return;
    plan->shown[column] = true;
    plan->hidden--;
    *room -= columns;
}

/* The selected column, then those with news, then the others, the near ones first. */
static void choose(const struct view_matrix *matrix, struct matrix_columns *plan, int room)
{
    plan->hidden = (int)matrix->column_count;
    take(matrix, plan, matrix->column, &room);
    for (int news = 1; news >= 0; news--)
        for (size_t away = 1; away < matrix->column_count; away++) {
            size_t right = matrix->column + away;
            if (right < matrix->column_count && has_news(matrix, right) == news)
                take(matrix, plan, right, &room);
            if (away <= matrix->column && has_news(matrix, matrix->column - away) == news)
                take(matrix, plan, matrix->column - away, &room);
        }
}

void matrix_fit_columns(struct matrix_columns *to, const struct view_matrix *matrix, int room)
{
    static const struct matrix_columns plans[] = {
        {.number = 2, .gap = 4, .notes = true},
        {.number = 2, .gap = 3, .notes = true},
        {.number = 2, .gap = 2, .notes = true},
        {.number = 2, .gap = 1, .notes = true},
        {.number = 2, .gap = 2},
        {.number = 2, .gap = 1},
        {.number = 1, .gap = 1},
    };
    int name = 0;

    for (size_t i = 0; i < matrix->row_count; i++)
        if (!matrix->rows[i].wide && width(matrix->rows[i].name) > name)
            name = width(matrix->rows[i].name);
    for (size_t i = 0; i < sizeof(plans) / sizeof(plans[0]); i++) {
        *to = plans[i];
        to->lead = MATRIX_MARKER + 1 + to->number + name;
        if (whole_width(matrix, to) <= room) {
            memset(to->shown, true, sizeof(to->shown));
            return;
        }
    }
    choose(matrix, to, room - to->lead - 1 - MORE_COLUMNS);
}

/* Rows */

static bool has_cells(const struct view_matrix *matrix)
{
    for (size_t i = 0; i < matrix->row_count; i++)
        if (!matrix->rows[i].wide)
            return true;
    return false;
}

static bool quiet(enum view_mark mark)
{
    return mark != VIEW_FAIL && mark != VIEW_WARN && mark != VIEW_RUN;
}

/* Rows around the selection, one row kept for the heads. */
static void cut(const struct view_matrix *matrix, struct matrix_window *window, int room)
{
    int count = 0, selected = 0, from, at = 0;

    for (size_t i = 0; i < matrix->row_count; i++) {
        selected = i == matrix->row ? count : selected;
        count += window->shown[i];
    }
    from = selected - room / 2;
    from = from > count - room ? count - room : from;
    from = from < 0 ? 0 : from;
    for (size_t i = 0; i < matrix->row_count; i++) {
        if (!window->shown[i])
            continue;
        window->shown[i] = at >= from && at < from + room;
        at++;
    }
    window->above = from > 0;
    window->below = from + room < count;
}

/* Wide rows before what stands apart. */
static size_t upper_rows(const struct view_matrix *matrix)
{
    size_t i = 0;

    while (i < matrix->row_count && matrix->rows[i].wide && (i == 0 || !matrix->rows[i].apart))
        i++;
    return i < matrix->row_count ? i : 0;
}

static int rows_wanted(const struct view_matrix *matrix)
{
    int rows = (int)matrix->row_count + has_cells(matrix);

    for (size_t i = 1; i < matrix->row_count; i++)
        rows += matrix->rows[i].apart;
    return rows;
}

int matrix_rows(const struct view *view)
{
    return rows_wanted(&view->matrix);
}

void matrix_fit_rows(struct matrix_window *window, const struct view_matrix *matrix, int rows)
{
    bool cells = has_cells(matrix);
    size_t upper = upper_rows(matrix);
    int taken = (int)matrix->row_count + cells;

    memset(window, 0, sizeof(*window));
    window->blanks = rows_wanted(matrix) <= rows;
    for (size_t i = matrix->row_count; i-- > 0;) {
        window->shown[i] =
            taken <= rows || i >= upper || i == matrix->row || !quiet(matrix->rows[i].marks[0]);
        taken -= !window->shown[i];
    }
    if (taken > rows)
        cut(matrix, window, rows - cells > 0 ? rows - cells : 1);
}
