/* Puts a composition on the terminal; curses sends what changed. */
#ifndef DL_TUI_SCREEN_DRAW_H
#define DL_TUI_SCREEN_DRAW_H

#include <stdbool.h>

#include "screen/compose.h"

/* `anew`: every cell is sent, whatever the terminal shows. */
void draw(const struct composition *composition, bool anew);

#endif
