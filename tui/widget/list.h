/* A numbered list: where its entries stand, how the cursor moves, the filter, the drawing. */
#ifndef DL_TUI_WIDGET_LIST_H
#define DL_TUI_WIDGET_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include "setup/view.h"
#include "widget/entry.h"
#include "widget/sheet.h"

#define LIST_LONG 9 /* past this many entries there is a filter and numbers have two digits */

struct list {
    bool filtering;      /* the filter line takes the keys */
    struct entry filter; /* entries that hold this text are shown, all if it is empty */
    size_t typed;        /* number typed so far, for entries past 9 */
};

enum list_move {
    LIST_UP,
    LIST_DOWN,
    LIST_LEFT,
    LIST_RIGHT,
    LIST_PAGE_UP,
    LIST_PAGE_DOWN,
    LIST_HOME,
    LIST_END
};

/* Indexes of the entries that the filter lets through, in order; returns how many. */
size_t list_shown(const struct list *list, const struct view *view, size_t shown[VIEW_ITEMS_MAX]);

/* True if the entries stand in two columns at this width. */
bool list_two_columns(const struct list *list, const struct view *view, int columns);

/* The index the cursor goes to. `page`: rows that a page has. */
size_t list_moved(const struct list *list, const struct view *view, enum list_move move,
                  int columns, int page);

/* A digit was typed: sets *index to the entry with the number so far and returns true, or returns
 * false. "1" then "2" is entry 12 where there is one, else entry 2. */
bool list_digit(struct list *list, const struct view *view, unsigned digit, size_t *index);

/* Draws the line that takes or shows the filter, if there is one; returns its rows. */
int list_draw_filter(struct sheet *sheet, struct list *list, int row, int left, int columns);

/* Draws from row 0 on between `left` and `left + columns`. *first and *last become the rows of the
 * entry under the cursor (-1: not shown). `focused`: the list takes the keys. */
void list_draw(struct sheet *sheet, const struct list *list, const struct view *view, int left,
               int columns, bool focused, int *first, int *last);

#endif
