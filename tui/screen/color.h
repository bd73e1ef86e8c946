/* How each style looks: the one table, with a column for terminals without colour, with 8 and with
 * 256 colours. */
#ifndef DL_TUI_SCREEN_COLOR_H
#define DL_TUI_SCREEN_COLOR_H

#include <curses.h>
#include <stdbool.h>

#include "widget/style.h"

/* Prepares the colours of the terminal that is open; without `wanted`, or where the terminal
 * refuses, everything is mono. */
void color_start(bool wanted);

/* Attributes and colour pair of a style. */
attr_t color_attributes(enum style style);
short color_pair(enum style style);

#endif
