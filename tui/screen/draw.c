#include "screen/draw.h"

#include <curses.h>

#include "base/text.h"
#include "screen/color.h"

/* The only place where text gets to curses. Sheets hold no control characters. */
static void draw_span(const struct sheet *sheet, const struct span *span, int row, int columns)
{
    const char *text = sheet_text(sheet, span);
    int room = columns - span->column;

    if (span->column < 0 || room <= 0)
        return;
    size_t fits = dl_text_fit(text, (size_t)room);
    attr_set(color_attributes(span->style), color_pair(span->style), NULL);
    mvaddnstr(row, span->column, text, (int)(fits < span->length ? fits : span->length));
}

static void draw_part(const struct placed *part, int rows, int columns)
{
    for (size_t i = 0; i < part->sheet.count; i++) {
        const struct span *span = &part->sheet.spans[i];
        int row = span->row - part->top;
        if (row >= 0 && row < part->height && part->row + row < rows)
            draw_span(&part->sheet, span, part->row + row, columns);
    }
}

void draw(const struct composition *composition, bool anew)
{
    int rows, columns;

    getmaxyx(stdscr, rows, columns);
    erase();
    for (int i = 0; i < PLACED_COUNT; i++)
        draw_part(&composition->parts[i], rows, columns);
    attr_set(A_NORMAL, 0, NULL);
    if (composition->cursor_row >= 0 && composition->cursor_row < rows &&
        composition->cursor_column < columns)
        move(composition->cursor_row, composition->cursor_column);
    else
        move(rows - 1, 0);
    curs_set(composition->cursor_seen);
    if (anew)
        clearok(stdscr, TRUE);
    refresh();
}
