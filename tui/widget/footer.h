/* The keys of the screen, at the bottom, wrapped between keys. */
#ifndef DL_TUI_WIDGET_FOOTER_H
#define DL_TUI_WIDGET_FOOTER_H

#include "setup/view.h"
#include "widget/sheet.h"

/* Draws the keys from row 0 on. `focus`: index of the key that has the focus, or -1. Returns the
 * row that one is in, 0 for none. */
int footer_draw(struct sheet *sheet, const struct view *view, int left, int columns, int focus);

#endif
