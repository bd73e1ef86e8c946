/* Breaking text into rows by columns, not bytes. */
#ifndef DL_TUI_WIDGET_WRAP_H
#define DL_TUI_WIDGET_WRAP_H

#include <stdbool.h>
#include <stddef.h>

#include "widget/sheet.h"

/* Takes the next row of at most `columns` (at least 1) columns off *text: sets *row and *len to it,
 * without the blanks at its end, and moves *text behind the blanks that follow. Breaks at blanks; a
 * word that is wider than the row is broken where the row ends. False when nothing is left. */
bool wrap_next(const char **text, int columns, const char **row, size_t *len);

/* How many rows that makes; 0 for "". */
int wrap_rows(const char *text, int columns);

/* Puts text on a sheet from `row` on between `column` and `column + columns`, further rows moved in
 * by `hang`. Blanks at the start of the text move all of it in. Returns the rows used. */
int wrap_put(struct sheet *sheet, int row, int column, int columns, int hang, enum style style,
             const char *text);

#endif
