#include "widget/footer.h"

#include "base/text.h"

#define GAP 3 /* columns between two keys */

int footer_draw(struct sheet *sheet, const struct view *view, int left, int columns, int focus)
{
    int row = 0, column = 0, focused = 0;

    for (size_t i = 0; i < view->key_count; i++) {
        const struct view_key *key = &view->keys[i];
        const char *label = key->label ? key->label : "";
        int wide = (int)(dl_text_width(key->key) + 1 + dl_text_width(label));
        bool on = (int)i == focus;

        if (column > 0 && column + wide > columns) {
            row++;
            column = 0;
        }
        int used = sheet_put(sheet, row, left + column, on ? STYLE_KEY_ON : STYLE_KEY, key->key);
        if (on)
            sheet_put(sheet, row, left + column + used, STYLE_KEY_ON, " ");
        sheet_put(sheet, row, left + column + used + 1, on ? STYLE_KEY_ON : STYLE_DIM, label);
        column += wide + GAP;
        focused = on ? row : focused;
    }
    sheet_reach(sheet, row + 1);
    return focused;
}
