/* Which rows of the terminal each part of the screen gets. Pure numbers. */
#ifndef DL_TUI_SCREEN_LAYOUT_H
#define DL_TUI_SCREEN_LAYOUT_H

#include <stdbool.h>

#define LAYOUT_MIN_COLUMNS 40 /* below: the page that waits for a larger terminal */
#define LAYOUT_MIN_ROWS 10
#define LAYOUT_TEXT_COLUMNS 96   /* text is not set wider than this */
#define LAYOUT_BESIDE_COLUMNS 72 /* from here on lines have room beside a matrix */
#define LAYOUT_BESIDE_GAP 2      /* between the two: a rule and a blank */

/* 80x24 has all lines between the parts, 60x16 the upper one, 40x10 none. */
enum layout_size { LAYOUT_WAIT, LAYOUT_SMALL, LAYOUT_COMPACT, LAYOUT_FULL };

enum pane_id { PANE_HEAD, PANE_LIST, PANE_FIELDS, PANE_LINES, PANE_COUNT };

struct layout {
    enum layout_size size;
    int rows, columns;
    int left, width; /* of the text */
    bool matrix;     /* the list is one: it goes before the lines, with a blank row between them */
    bool even;       /* the lines are worth as many rows as the matrix */
    int split;       /* columns of a matrix that has the lines beside it, 0: below it */
    int rule;        /* row of the line under the title, -1: none */
    struct {
        int row, height; /* height 0: not shown */
    } panes[PANE_COUNT];
    int footer_rule; /* row of the line above the footer, -1: none */
    int footer, footer_height;
};

enum layout_size layout_size(int rows, int columns);

/* Columns for text and its left edge at this width. */
void layout_width(struct layout *layout, int rows, int columns);

/* Lines stand beside the matrix if the terminal is wide enough for both, else below it, where they
 * do not give way before it does. */
void layout_beside(struct layout *layout);

/* Places all parts. `wanted`: rows each pane would take; `footer`: rows of the footer. Panes that
 * do not get all of it are scrolled by whoever draws them; the lines give way first, then the list,
 * then the head. Blank rows between panes are what is left over. */
void layout_place(struct layout *layout, const int wanted[PANE_COUNT], int footer);

/* The first row of a pane to show, so that rows first...last (-1: none) are seen and the part that
 * begins at `from` otherwise. */
int layout_top(int total, int height, int from, int first, int last);

#endif
