/* A sheet of text: pieces with a place and a style, in memory. Widgets draw on sheets,
 * screen/draw.c copies sheets to the terminal, and tests read them without one. Rows may be more
 * than the screen has: a pane shows a part of its sheet. */
#ifndef DL_TUI_WIDGET_SHEET_H
#define DL_TUI_WIDGET_SHEET_H

#include <stddef.h>

#include "base/buffer.h"
#include "widget/style.h"

#define SHEET_SPANS_MAX 16384
#define SHEET_TEXT_MAX (1024 * 1024)

struct span {
    int row, column; /* from 0 */
    enum style style;
    size_t offset, length; /* in the sheet's text */
};

struct sheet {
    struct span *spans;
    size_t count, size;
    struct dl_buffer text;
    int rows; /* 1 + the last row with something on it */
};

void sheet_init(struct sheet *sheet);
void sheet_free(struct sheet *sheet);
void sheet_clear(struct sheet *sheet);

/* Puts text at a place and returns the columns it takes. Control characters (C0, DEL, C1) and
 * invalid bytes never get on a sheet: a question mark stands for each. Past the maxima or without
 * memory the piece is left out. */
int sheet_put(struct sheet *sheet, int row, int column, enum style style, const char *text);
int sheet_put_n(struct sheet *sheet, int row, int column, enum style style, const char *text,
                size_t len);

/* Repeats a character (one column wide, UTF-8) `times` times. */
void sheet_repeat(struct sheet *sheet, int row, int column, enum style style, const char *character,
                  int times);

/* Makes the sheet at least this high. */
void sheet_reach(struct sheet *sheet, int rows);

/* The text of a span, not NUL-terminated. */
const char *sheet_text(const struct sheet *sheet, const struct span *span);

#endif
