/* The lines of a view: messages, stages, previews, differences. */
#ifndef DL_TUI_WIDGET_LINES_H
#define DL_TUI_WIDGET_LINES_H

#include "setup/view.h"
#include "widget/sheet.h"

#define MARK_COLUMNS 6 /* "WARN" and what follows it */

enum style mark_style(enum view_mark mark);

enum lines_spacing {
    LINES_DENSE, /* empty lines take no row */
    LINES_AS_IS,
    LINES_AIRY /* and a row parts what belongs apart */
};

struct lines_place {
    int row; /* the first one */
    int left, columns;
    int whole; /* columns that a VIEW_WHOLE line may use, from column 0 on */
    enum lines_spacing spacing;
};

/* Draws all lines, wrapped. A VIEW_WHOLE line that is too wide gets the whole width and more rows,
 * so that it is copied in one piece; a command is continued as a shell has it, with a backslash.
 * *anchor becomes the row to be seen first: of the stage that runs, else of the first failure, else
 * -1. */
void lines_draw(struct sheet *sheet, const struct view *view, const struct lines_place *place,
                int *anchor);

#endif
