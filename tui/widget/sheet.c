#include "widget/sheet.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

void sheet_init(struct sheet *sheet)
{
    memset(sheet, 0, sizeof(*sheet));
    dl_buffer_init(&sheet->text, SHEET_TEXT_MAX);
}

void sheet_free(struct sheet *sheet)
{
    free(sheet->spans);
    dl_buffer_free(&sheet->text);
    sheet_init(sheet);
}

void sheet_clear(struct sheet *sheet)
{
    sheet->count = 0;
    sheet->rows = 0;
    dl_buffer_clear(&sheet->text);
}

void sheet_reach(struct sheet *sheet, int rows)
{
    if (rows > sheet->rows)
        sheet->rows = rows;
}

/* Makes room for one more span; false if there is none. */
static bool make_room(struct sheet *sheet)
{
    if (sheet->count < sheet->size)
        return true;
    if (sheet->size >= SHEET_SPANS_MAX)
        return false;
    size_t size = sheet->size == 0 ? 64 : sheet->size * 2;
    struct span *spans = realloc(sheet->spans, size * sizeof(*spans));
    if (!spans)
        return false;
    sheet->spans = spans;
    sheet->size = size;
    return true;
}

/* Appends text without what a terminal would obey. Returns 0 or negative. */
static int add_harmless(struct dl_buffer *to, const char *text, size_t len)
{
    int status = 0;

    for (size_t i = 0; i < len && status == 0;) {
        uint32_t code;
        size_t n = dl_utf8_decode(text + i, len - i, &code);
        if (n == 0 || code < 0x20 || (code >= 0x7f && code < 0xa0)) {
            status = dl_buffer_char(to, '?');
            i += n == 0 ? 1 : n;
        } else {
            status = dl_buffer_add(to, text + i, n);
            i += n;
        }
    }
    return status;
}

int sheet_put_n(struct sheet *sheet, int row, int column, enum style style, const char *text,
                size_t len)
{
    size_t offset = sheet->text.len;

    if (len == 0 || !make_room(sheet))
        return 0;
    /* the NUL lets the width be taken in place; the next span begins behind it */
    if (add_harmless(&sheet->text, text, len) < 0 || dl_buffer_char(&sheet->text, '\0') < 0)
        return 0;
    sheet->spans[sheet->count++] = (struct span){.row = row,
                                                 .column = column,
                                                 .style = style,
                                                 .offset = offset,
                                                 .length = sheet->text.len - offset - 1};
    sheet_reach(sheet, row + 1);
    return (int)dl_text_width(sheet->text.data + offset);
}

int sheet_put(struct sheet *sheet, int row, int column, enum style style, const char *text)
{
    return text ? sheet_put_n(sheet, row, column, style, text, strlen(text)) : 0;
}

void sheet_repeat(struct sheet *sheet, int row, int column, enum style style, const char *character,
                  int times)
{
    char text[2048];
    size_t n = strlen(character), len = 0;

    while (times-- > 0 && len + n < sizeof(text)) {
        memcpy(text + len, character, n);
        len += n;
    }
    sheet_put_n(sheet, row, column, style, text, len);
}

const char *sheet_text(const struct sheet *sheet, const struct span *span)
{
    return sheet->text.data + span->offset;
}
