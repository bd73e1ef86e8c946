/* Pieces of a view as plain lines: no colour, no cursor, append only. */
#ifndef DL_TUI_PLAIN_PRINT_H
#define DL_TUI_PLAIN_PRINT_H

#include <stdio.h>

#include "setup/view.h"

/* Text in the locale's characters, or in ASCII. */
void print_text(FILE *to, bool ascii, const char *text);

void print_line(FILE *to, bool ascii, const struct view_line *line);

/* Question and all lines: how the wizard's last page is shown on the normal screen. */
void print_page(FILE *to, bool ascii, const struct view *view);

#endif
