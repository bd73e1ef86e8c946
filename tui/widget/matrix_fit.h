/* Which rows and columns of a matrix are drawn where not all of them fit. For matrix.c. */
#ifndef DL_TUI_WIDGET_MATRIX_FIT_H
#define DL_TUI_WIDGET_MATRIX_FIT_H

#include "widget/matrix.h"

#define MATRIX_MARKER 2 /* columns of "> " */

/* How the columns are set. */
struct matrix_columns {
    int number; /* columns behind the number of a row */
    int lead;   /* marker, number and name: columns before the first cell's gap */
    int gap;    /* before each cell */
    bool notes; /* there is room for the rows' texts behind the cells */
    bool shown[VIEW_CELLS_MAX];
    int hidden;
};

/* Columns of a cell, without the gap. */
int matrix_cell(const struct view_matrix *matrix, size_t column);

/* Airy, then tight, then without notes, then with some columns left out. */
void matrix_fit_columns(struct matrix_columns *to, const struct view_matrix *matrix, int room);

/* Which rows are drawn. */
struct matrix_window {
    bool shown[VIEW_MATRIX_MAX];
    bool blanks;       /* between what stands apart */
    bool above, below; /* there are more */
};

void matrix_fit_rows(struct matrix_window *window, const struct view_matrix *matrix, int rows);

#endif
