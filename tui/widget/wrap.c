#include "widget/wrap.h"

#include <string.h>

#include "base/text.h"

static const char *skip_blanks(const char *text)
{
    while (*text == ' ')
        text++;
    return text;
}

/* One character although it is wider than the row, so that every step gets further. */
static size_t one_character(const char *text)
{
    uint32_t code;
    size_t n = dl_utf8_decode(text, strlen(text), &code);

    return n == 0 ? 1 : n;
}

/* Where a word wider than the row is broken: behind its last comma (JSON), else where the row ends.
 */
static size_t long_word(const char *text, size_t fit)
{
    size_t end = fit;

    while (end > fit / 2 && text[end - 1] != ',')
        end--;
    if (end > fit / 2)
        return end;
    return fit > 0 ? fit : one_character(text);
}

bool wrap_next(const char **text, int columns, const char **row, size_t *len)
{
    const char *start = *text;
    if (*start == '\0')
        return false;

    size_t fit = dl_text_fit(start, columns < 1 ? 1 : (size_t)columns);
    size_t line = strcspn(start, "\n");
    size_t end = fit;

    if (line <= fit) {
        end = line;
    } else if (start[fit] != ' ' && start[fit] != '\0') {
        while (end > 0 && start[end - 1] != ' ')
            end--;
        if (skip_blanks(start) >= start + end) /* nothing but blanks before the long word */
            end = long_word(start, fit);
    }
    const char *next = start + end;
    next = *next == '\n' ? next + 1 : skip_blanks(next);
    while (end > 0 && start[end - 1] == ' ')
        end--;
    *row = start;
    *len = end;
    *text = next;
    return true;
}

int wrap_rows(const char *text, int columns)
{
    const char *row;
    size_t len;
    int rows = 0;

    while (wrap_next(&text, columns, &row, &len))
        rows++;
    return rows;
}

int wrap_put(struct sheet *sheet, int row, int column, int columns, int hang, enum style style,
             const char *text)
{
    const char *rest = skip_blanks(text), *part;
    int indent = (int)(rest - text), rows = 0;
    size_t len;

    if (indent > columns / 2)
        indent = columns / 2;
    column += indent;
    columns -= indent;
    while (wrap_next(&rest, columns - (rows > 0 ? hang : 0), &part, &len)) {
        sheet_put_n(sheet, row + rows, column + (rows > 0 ? hang : 0), style, part, len);
        rows++;
    }
    sheet_reach(sheet, row + rows);
    return rows;
}
