#include "screen/layout.h"

#include <string.h>

#define BESIDE_MOST 160 /* columns of matrix and lines */

enum layout_size layout_size(int rows, int columns)
{
    if (rows < LAYOUT_MIN_ROWS || columns < LAYOUT_MIN_COLUMNS)
        return LAYOUT_WAIT;
    if (rows >= 20 && columns >= 60)
        return LAYOUT_FULL;
    return rows >= 14 && columns >= 60 ? LAYOUT_COMPACT : LAYOUT_SMALL;
}

void layout_width(struct layout *layout, int rows, int columns)
{
    memset(layout, 0, sizeof(*layout));
    layout->size = layout_size(rows, columns);
    layout->rows = rows;
    layout->columns = columns;
    layout->left = layout->size == LAYOUT_FULL ? 2 : 1;
    layout->width = columns - 2 * layout->left;
    if (layout->width > LAYOUT_TEXT_COLUMNS)
        layout->width = LAYOUT_TEXT_COLUMNS;
}

void layout_beside(struct layout *layout)
{
    layout->even = true;
    if (layout->size != LAYOUT_FULL || layout->columns < LAYOUT_BESIDE_COLUMNS)
        return;
    layout->width = layout->columns - 2 * layout->left;
    if (layout->width > BESIDE_MOST)
        layout->width = BESIDE_MOST;
    layout->split = layout->width * 2 / 5;
}

static int sum(const int heights[PANE_COUNT])
{
    int total = 0;

    for (int i = 0; i < PANE_COUNT; i++)
        total += heights[i];
    return total;
}

/* Takes rows from one pane until all fit or it has only `least`. */
static void shrink(int heights[PANE_COUNT], enum pane_id pane, int least, int room)
{
    int over = sum(heights) - room;

    if (over > 0 && heights[pane] > least)
        heights[pane] = heights[pane] - over > least ? heights[pane] - over : least;
}

/* `lines`: rows that they keep as long as the list has more than it needs. */
static void fit(int heights[PANE_COUNT], int lines, int room)
{
    shrink(heights, PANE_LINES, lines, room);
    shrink(heights, PANE_LIST, 3, room);
    shrink(heights, PANE_HEAD, 2, room);
    shrink(heights, PANE_LINES, 1, room);
    shrink(heights, PANE_FIELDS, 2, room);
    shrink(heights, PANE_LIST, 1, room);
    shrink(heights, PANE_HEAD, 0, room);
    shrink(heights, PANE_LINES, 0, room);
    shrink(heights, PANE_FIELDS, 1, room);
}

void layout_place(struct layout *layout, const int wanted[PANE_COUNT], int footer)
{
    bool full = layout->size == LAYOUT_FULL;
    int most = layout->size == LAYOUT_SMALL ? 2 : 3, heights[PANE_COUNT], row;

    layout->footer_height = footer < most ? footer : most;
    layout->footer = layout->rows - layout->footer_height;
    layout->footer_rule = full ? layout->footer - 1 : -1;
    layout->rule = layout->size >= LAYOUT_COMPACT ? 1 : -1;
    row = layout->rule < 0 ? 1 : 2;

    int room = (full ? layout->footer_rule : layout->footer) - row;
    memcpy(heights, wanted, sizeof(heights));
    if (layout->split > 0) { /* one row of panes */
        if (heights[PANE_LINES] < heights[PANE_LIST])
            heights[PANE_LINES] = heights[PANE_LIST];
        heights[PANE_LIST] = 0;
    }
    fit(heights, layout->even ? room / 2 : layout->matrix ? 2 : 3, room - (full && layout->matrix));
    int blank = room - sum(heights);

    /* a blank row above the first pane comes last: the ones between panes part what is different */
    int gaps = 0;
    for (int i = 1, seen = heights[0] > 0; i < PANE_COUNT; i++) {
        gaps += heights[i] > 0 && seen;
        seen = seen || heights[i] > 0;
    }
    if (full && blank > gaps) {
        row++;
        blank--;
    }
    for (int i = 0, seen = 0; i < PANE_COUNT; i++) {
        if (heights[i] > 0 && seen && blank > 0) {
            row++;
            blank--;
        }
        layout->panes[i].row = row;
        layout->panes[i].height = heights[i];
        row += heights[i];
        seen = seen || heights[i] > 0;
    }
    if (layout->split > 0)
        layout->panes[PANE_LIST] = layout->panes[PANE_LINES];
}

int layout_top(int total, int height, int from, int first, int last)
{
    int most = total > height ? total - height : 0, top = from;

    if (last >= 0 && last >= top + height)
        top = last - height + 1;
    if (first >= 0 && first < top)
        top = first;
    if (top > most)
        top = most;
    return top < 0 ? 0 : top;
}
