/* The lines of a view: messages, stages, previews, differences. */
#ifndef DL_TUI_WIDGET_LINES_H
#define DL_TUI_WIDGET_LINES_H

#include <stdbool.h>

#include "setup/view.h"
#include "widget/sheet.h"

#define MARK_COLUMNS 6 /* "WARN" and what follows it */

enum style mark_style(enum view_mark mark);

/* Draws all lines from `row` on between `left` and `left + columns`, wrapped. A VIEW_WHOLE line
 * that is too wide may use the `whole` columns from column 0 on, and more rows of that width, so
 * that it is copied in one piece. *anchor becomes the row to be seen first: of the stage that runs,
 * else of the first failure, else -1. `dense`: empty lines take no row. */
void lines_draw(struct sheet *sheet, const struct view *view, int row, int left, int columns,
                int whole, bool dense, int *anchor);

#endif
