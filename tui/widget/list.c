#include "widget/list.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "widget/wrap.h"

#define GAP 2 /* columns between the parts of an entry */

/* Widths of the parts of all entries shown. */
struct measure {
    int number, name, text, detail;
    int whole; /* of an entry in one row */
};

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

static int width(const char *text)
{
    return (int)dl_text_width(or_empty(text));
}

static int larger(int a, int b)
{
    return a > b ? a : b;
}

static bool contains(const char *text, const char *part)
{
    size_t n = strlen(part);

    for (text = or_empty(text); *text != '\0'; text++)
        if (strlen(text) >= n && dl_ascii_equal_n(text, part, n))
            return true;
    return n == 0;
}

size_t list_shown(const struct list *list, const struct view *view, size_t shown[VIEW_ITEMS_MAX])
{
    size_t count = 0;

    for (size_t i = 0; i < view->item_count; i++) {
        const struct view_item *item = &view->items[i];
        if (contains(item->name, list->filter.text) || contains(item->text, list->filter.text) ||
            contains(item->detail, list->filter.text))
            shown[count++] = i;
    }
    return count;
}

static struct measure measure_items(const struct view *view)
{
    struct measure m = {.number = view->item_count > LIST_LONG ? 2 : 1};

    for (size_t i = 0; i < view->item_count; i++) {
        m.name = larger(m.name, width(view->items[i].name));
        m.text = larger(m.text, width(view->items[i].text));
        m.detail = larger(m.detail, width(view->items[i].detail));
    }
    m.whole = GAP + m.number + GAP + m.name + (m.text > 0 ? GAP + m.text : 0) +
              (m.detail > 0 ? GAP + m.detail : 0);
    return m;
}

bool list_two_columns(const struct list *list, const struct view *view, int columns)
{
    size_t shown[VIEW_ITEMS_MAX];

    return view->columns && list_shown(list, view, shown) > 3 &&
           2 * measure_items(view).whole + 2 * GAP <= columns;
}

/* Place of the cursor among the entries shown; 0 if it is not there. */
static size_t place_of(const size_t *shown, size_t count, size_t index)
{
    for (size_t i = 0; i < count; i++)
        if (shown[i] == index)
            return i;
    return 0;
}

size_t list_moved(const struct list *list, const struct view *view, enum list_move move,
                  int columns, int page)
{
    size_t shown[VIEW_ITEMS_MAX];
    size_t count = list_shown(list, view, shown);
    if (count == 0)
        return view->cursor;

    size_t at = place_of(shown, count, view->cursor), last = count - 1;
    size_t half = list_two_columns(list, view, columns) ? (count + 1) / 2 : count;
    size_t step = page > 1 ? (size_t)page - 1 : 1;

    switch (move) {
    case LIST_UP:
        at = at > 0 ? at - 1 : 0;
        break;
    case LIST_DOWN:
        at = at < last ? at + 1 : last;
        break;
    case LIST_LEFT:
        at = at >= half ? at - half : at;
        break;
    case LIST_RIGHT:
        at = at < half && half < count ? (at + half > last ? last : at + half) : at;
        break;
    case LIST_PAGE_UP:
        at = at > step ? at - step : 0;
        break;
    case LIST_PAGE_DOWN:
        at = at + step < last ? at + step : last;
        break;
    case LIST_HOME:
        at = 0;
        break;
    case LIST_END:
        at = last;
        break;
    }
    return shown[at];
}

bool list_digit(struct list *list, const struct view *view, unsigned digit, size_t *index)
{
    size_t number = list->typed * 10 + digit;

    if (number == 0 || number > view->item_count)
        number = digit;
    if (number == 0 || number > view->item_count) {
        list->typed = 0;
        return false;
    }
    list->typed = number;
    *index = number - 1;
    return true;
}

/* Whether every entry fits into a row, names under each other. If not, all take more than one. */
static bool rows_fit(const struct view *view, const struct measure *m, int room)
{
    for (size_t i = 0; i < view->item_count; i++) {
        int text = width(view->items[i].text), detail = width(view->items[i].detail);
        if (m->name + (text > 0 ? GAP + text : 0) + (detail > 0 ? GAP + detail : 0) > room)
            return false;
    }
    return true;
}

/* One entry in a row; its parts stand under those of the others where all have room for that. */
static void draw_short(struct sheet *sheet, const struct view_item *item, const struct measure *m,
                       int row, int column, int room, enum style name, enum style other)
{
    bool aligned = m->whole - m->number - 2 * GAP <= room;

    sheet_put(sheet, row, column, name, or_empty(item->name));
    column += m->name + GAP;
    sheet_put(sheet, row, column, other, or_empty(item->text));
    column += aligned ? m->text : width(item->text);
    column += width(item->text) > 0 || (aligned && m->text > 0) ? GAP : 0;
    sheet_put(sheet, row, column, other == STYLE_PLAIN ? STYLE_DIM : other, or_empty(item->detail));
}

/* One entry whose parts are too wide for a row: the name, then text and detail below it. */
static int draw_long(struct sheet *sheet, const struct view_item *item, int row, int column,
                     int room, enum style name, enum style other)
{
    enum style detail = other == STYLE_PLAIN ? STYLE_DIM : other;
    int rows = wrap_put(sheet, row, column, room, 0, name, or_empty(item->name));

    if (width(item->text) + GAP + width(item->detail) <= room) {
        int used = sheet_put(sheet, row + rows, column, other, or_empty(item->text));
        sheet_put(sheet, row + rows, column + used + (used > 0 ? GAP : 0), detail,
                  or_empty(item->detail));
        return rows + (width(item->text) + width(item->detail) > 0);
    }
    rows += wrap_put(sheet, row + rows, column, room, 0, other, or_empty(item->text));
    return rows + wrap_put(sheet, row + rows, column, room, 0, detail, or_empty(item->detail));
}

static int long_rows(const struct view_item *item, int room)
{
    int rows = wrap_rows(or_empty(item->name), room),
        both = width(item->text) + width(item->detail);

    if (both + GAP <= room)
        return rows + (both > 0);
    return rows + wrap_rows(or_empty(item->text), room) + wrap_rows(or_empty(item->detail), room);
}

/* Draws entry `index` and returns its rows. */
static int draw_item(struct sheet *sheet, const struct view *view, size_t index,
                     const struct measure *m, int row, int left, int columns, bool focused)
{
    const struct view_item *item = &view->items[index];
    bool cursor = index == view->cursor;
    enum style name = item->disabled ? STYLE_DIM : STYLE_NAME;
    enum style other = item->disabled ? STYLE_DIM : STYLE_PLAIN;
    int column = left + GAP + m->number + GAP;
    int room = columns - (column - left);
    bool fits = rows_fit(view, m, room);
    int rows = fits ? 1 : long_rows(item, room);
    char number[32];

    if (cursor && focused) {
        name = other = STYLE_CURSOR;
        for (int i = 0; i < rows; i++) /* the bar; the words are drawn over it */
            sheet_repeat(sheet, row + i, left, STYLE_CURSOR, " ", columns);
    } else if (cursor) {
        name = STYLE_CURSOR_OFF;
    }
    snprintf(number, sizeof(number), "%c %*zu", cursor ? '>' : ' ', m->number, index + 1);
    sheet_put(sheet, row, left, cursor ? name : STYLE_DIM, number);
    if (fits)
        draw_short(sheet, item, m, row, column, room, name, other);
    else
        draw_long(sheet, item, row, column, room, name, other);
    return rows;
}

int list_draw_filter(struct sheet *sheet, struct list *list, int row, int left, int columns)
{
    const char *text;
    size_t len;
    int cursor;

    if (!list->filtering && list->filter.len == 0)
        return 0;
    int used = sheet_put(sheet, row, left, STYLE_LABEL, "Filter: ");
    entry_window(&list->filter, columns - used, &text, &len, &cursor);
    sheet_put_n(sheet, row, left + used, STYLE_ENTRY_ON, text, len);
    if (list->filtering)
        sheet_put(sheet, row, left + used + cursor, STYLE_KEY_ON, " ");
    return 1;
}

void list_draw(struct sheet *sheet, const struct list *list, const struct view *view, int left,
               int columns, bool focused, int *first, int *last)
{
    size_t shown[VIEW_ITEMS_MAX];
    size_t count = list_shown(list, view, shown);
    struct measure m = measure_items(view);
    bool two = list_two_columns(list, view, columns);
    size_t half = two ? (count + 1) / 2 : count;
    int row = 0, wide = two ? columns / 2 : columns;

    *first = *last = -1;
    for (size_t i = 0; i < count; i++) {
        if (i == half)
            row = 0;
        int rows = draw_item(sheet, view, shown[i], &m, row, left + (i >= half ? wide : 0),
                             two ? m.whole + 1 : wide, focused);
        if (shown[i] == view->cursor) {
            *first = row;
            *last = row + rows - 1;
        }
        row += rows;
    }
    if (count == 0)
        sheet_put(sheet, 0, left, STYLE_DIM, "No entry holds this text.");
}
