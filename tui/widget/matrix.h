/* A matrix of words: rows by columns, above them rows of one wide cell; how the selection moves,
 * the drawing. What does not fit gives way in order: blank rows, upper rows that have nothing to
 * say, then rows and columns far from the selection. */
#ifndef DL_TUI_WIDGET_MATRIX_H
#define DL_TUI_WIDGET_MATRIX_H

#include <stdbool.h>
#include <stddef.h>

#include "setup/view.h"
#include "widget/list.h"
#include "widget/sheet.h"

struct matrix_place {
    int left, columns; /* of text */
    int edge;          /* columns of the terminal: cells may go that far */
    int rows;          /* that there are */
    bool focused;      /* the matrix takes the keys */
    bool ascii;
};

/* Rows it takes if it gets all it wants. */
int matrix_rows(const struct view *view);

/* The cell that the selection goes to: row * VIEW_CELLS_MAX + column. */
size_t matrix_moved(const struct view *view, enum list_move move);

/* A digit was typed: sets *cell to the selected column of the row with that number and returns
 * true, or returns false. */
bool matrix_digit(const struct view *view, unsigned digit, size_t *cell);

/* Draws from row 0 on, at most `place->rows`. *row and *column become where the selected cell
 * stands. */
void matrix_draw(struct sheet *sheet, const struct view *view, const struct matrix_place *place,
                 int *row, int *column);

#endif
