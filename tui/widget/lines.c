#include "widget/lines.h"

#include <string.h>

#include "base/text.h"
#include "widget/wrap.h"

enum style mark_style(enum view_mark mark)
{
    static const enum style styles[] = {
        [VIEW_PLAIN] = STYLE_PLAIN, [VIEW_OK] = STYLE_OK,     [VIEW_WARN] = STYLE_WARN,
        [VIEW_FAIL] = STYLE_FAIL,   [VIEW_INFO] = STYLE_INFO, [VIEW_RUN] = STYLE_RUN,
        [VIEW_WAIT] = STYLE_WAIT,   [VIEW_SKIP] = STYLE_WAIT,
    };

    return styles[mark];
}

#define MIDDLE_LEAST 24 /* columns */

/* Where the lines are drawn and what all of them share. */
struct lines {
    struct sheet *sheet;
    int left, columns, whole;
    int label; /* columns of the widest label of a row */
    bool dense;
    bool under_mark;
};

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

/* A URL, id or command: in its place if it fits there, else from column 0 over the whole width. */
static int draw_whole(const struct lines *to, int row, int indent, enum style style,
                      const char *text)
{
    const char *rest = text + strspn(text, " ");
    int blanks = (int)(rest - text), rows = 0;

    if (indent + blanks + (int)dl_text_width(rest) <= to->columns) {
        sheet_put(to->sheet, row, to->left + indent + blanks, style, rest);
        return 1;
    }
    do {
        size_t n = dl_text_fit(rest, (size_t)to->whole);
        if (n == 0)
            n = strlen(rest);
        sheet_put_n(to->sheet, row + rows++, 0, style, rest, n);
        rest += n;
    } while (*rest != '\0');
    return rows;
}

/* Label, middle and right part; the middle is wrapped between them, or goes below where there is
 * little room. */
static int draw_row(const struct lines *to, int row, const struct view_line *line)
{
    bool waits = line->mark == VIEW_WAIT || line->mark == VIEW_SKIP;
    int column = to->left + MARK_COLUMNS, end = to->left + to->columns;
    int middle = column + to->label + 2;
    int right = (int)dl_text_width(or_empty(line->right));
    int room = end - middle - (right > 0 ? right + 2 : 0);

    sheet_put(to->sheet, row, to->left, mark_style(line->mark), view_mark_word(line->mark));
    sheet_put(to->sheet, row, column, waits ? STYLE_DIM : STYLE_NAME, or_empty(line->left));
    sheet_put(to->sheet, row, end - right, STYLE_DIM, or_empty(line->right));
    sheet_reach(to->sheet, row + 1);
    enum style style = waits ? STYLE_DIM : STYLE_PLAIN;
    const char *text = or_empty(line->text);
    int rows;
    if (room >= MIDDLE_LEAST || (int)dl_text_width(text) <= room)
        rows = wrap_put(to->sheet, row, middle, room, 0, style, text);
    else
        rows = 1 + wrap_put(to->sheet, row + 1, column, end - column, 0, style, text);
    return rows > 0 ? rows : 1;
}

/* Text under a mark stands in line with the text beside the mark. */
static int draw_text(struct lines *to, int row, const struct view_line *line)
{
    const char *text = or_empty(*or_empty(line->text) ? line->text : line->left);
    bool marked = line->mark != VIEW_PLAIN;
    int indent = marked || to->under_mark ? MARK_COLUMNS : 0;
    bool blank = !marked && *text == '\0';

    to->under_mark = !blank && (marked || to->under_mark);
    if (blank) {
        sheet_reach(to->sheet, to->dense ? row : row + 1);
        return to->dense ? 0 : 1;
    }
    if (marked)
        sheet_put(to->sheet, row, to->left, mark_style(line->mark), view_mark_word(line->mark));
    if (line->kind == VIEW_WHOLE)
        return draw_whole(to, row, indent, STYLE_LINK, text);
    int rows =
        wrap_put(to->sheet, row, to->left + indent, to->columns - indent, 0, STYLE_PLAIN, text);
    sheet_reach(to->sheet, row + 1);
    return rows > 0 ? rows : 1;
}

static int draw_changed(struct lines *to, int row, const struct view_line *line)
{
    const char *text = or_empty(*or_empty(line->text) ? line->text : line->left);
    bool added = line->kind == VIEW_ADDED;
    enum style style = added ? STYLE_ADDED : STYLE_REMOVED;

    to->under_mark = false;
    sheet_put(to->sheet, row, to->left, style, added ? "+" : "-");
    int rows = wrap_put(to->sheet, row, to->left + 2, to->columns - 2, 2, style, text);
    return rows > 0 ? rows : 1;
}

static int widest_label(const struct view *view)
{
    int widest = 0;

    for (size_t i = 0; i < view->line_count; i++) {
        int width = (int)dl_text_width(or_empty(view->lines[i].left));
        if (view->lines[i].kind == VIEW_ROW && width > widest)
            widest = width;
    }
    return widest;
}

void lines_draw(struct sheet *sheet, const struct view *view, int row, int left, int columns,
                int whole, bool dense, int *anchor)
{
    struct lines to = {sheet, left, columns, whole, widest_label(view), dense, false};
    int failed = -1, running = -1;

    for (size_t i = 0; i < view->line_count; i++) {
        const struct view_line *line = &view->lines[i];
        int start = row;

        if (line->kind == VIEW_ROW) {
            to.under_mark = false;
            row += draw_row(&to, row, line);
        } else if (line->kind == VIEW_ADDED || line->kind == VIEW_REMOVED) {
            row += draw_changed(&to, row, line);
        } else {
            row += draw_text(&to, row, line);
        }
        if (line->mark == VIEW_RUN && running < 0)
            running = row - 1;
        if (line->mark == VIEW_FAIL && failed < 0)
            failed = start;
    }
    *anchor = running >= 0 ? running : failed;
}
