#include "sheet_text.h"

#include <string.h>

#include "base/text.h"

#define ROWS 64
#define COLUMNS 128

static void put(char cells[ROWS][COLUMNS][5], const struct sheet *sheet, const struct span *span)
{
    const char *text = sheet_text(sheet, span);
    int column = span->column;

    for (size_t i = 0; i < span->length && column < COLUMNS && span->row < ROWS; column++) {
        uint32_t code;
        size_t n = dl_utf8_decode(text + i, span->length - i, &code);
        memcpy(cells[span->row][column], text + i, n);
        cells[span->row][column][n] = '\0';
        i += n;
    }
}

const char *sheet_shown(const struct sheet *sheet)
{
    static char cells[ROWS][COLUMNS][5];
    static char shown[ROWS * COLUMNS * 4 + 1];
    size_t len = 0;

    for (int row = 0; row < ROWS; row++)
        for (int column = 0; column < COLUMNS; column++)
            memcpy(cells[row][column], " ", 2);
    for (size_t i = 0; i < sheet->count; i++)
        put(cells, sheet, &sheet->spans[i]);
    for (int row = 0; row < sheet->rows && row < ROWS; row++) {
        for (int column = 0; column < COLUMNS; column++) {
            size_t n = strlen(cells[row][column]);
            memcpy(shown + len, cells[row][column], n);
            len += n;
        }
        while (len > 0 && shown[len - 1] == ' ')
            len--;
        shown[len++] = '\n';
    }
    shown[len] = '\0';
    return shown;
}
