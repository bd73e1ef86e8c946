#include "widget/lines.h"

#include <stdbool.h>
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
    const struct lines_place *place;
    int left, columns;
    int label;  /* columns of the widest label of a row */
    int gutter; /* columns of the marks of rows; 0 where no row has one */
    bool under_mark;
};

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

/* A command with options, over several rows that a shell takes as one: a blank and a backslash
 * between words, a backslash alone within one, which then goes on without any indent. */
static int draw_command(const struct lines *to, int row, enum style style, const char *text)
{
    const char *part;
    size_t len;
    int rows = 0, column = to->left;

    while (wrap_next(&text, to->left + to->columns - column - 2, &part, &len)) {
        bool within = part + len == text;
        int end = column + sheet_put_n(to->sheet, row + rows, column, style, part, len);

        if (*text != '\0')
            sheet_put(to->sheet, row + rows, end + !within, STYLE_DIM, "\\");
        column = within ? 0 : to->left + 2;
        rows++;
    }
    return rows;
}

/* A URL, id or command: in its place if it fits there, else over the whole width. */
static int draw_whole(const struct lines *to, int row, int indent, enum style style,
                      const char *text)
{
    const char *rest = text + strspn(text, " ");
    int blanks = (int)(rest - text), rows = 0, width = (int)dl_text_width(rest);

    if (indent + blanks + width <= to->columns) {
        sheet_put(to->sheet, row, to->left + indent + blanks, style, rest);
        return 1;
    }
    if (width > to->place->whole && strstr(rest, " -"))
        return draw_command(to, row, style, rest);
    do {
        size_t n = dl_text_fit(rest, (size_t)to->place->whole);
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
    int column = to->left + to->gutter, end = to->left + to->columns;
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
        int rows = to->place->spacing != LINES_DENSE;
        sheet_reach(to->sheet, row + rows);
        return rows;
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

/* What all rows have in common. */
static void measure(struct lines *to, const struct view *view)
{
    for (size_t i = 0; i < view->line_count; i++) {
        const struct view_line *line = &view->lines[i];
        int width = (int)dl_text_width(or_empty(line->left));

        if (line->kind != VIEW_ROW)
            continue;
        to->label = width > to->label ? width : to->label;
        to->gutter = line->mark != VIEW_PLAIN ? MARK_COLUMNS : to->gutter;
    }
}

static bool is_heading(const struct view_line *line)
{
    const char *text = or_empty(line->left);

    return line->kind == VIEW_TEXT && line->mark == VIEW_PLAIN && *text != '\0' &&
           text[strlen(text) - 1] == ':';
}

static bool is_blank(const struct view_line *line)
{
    return line->kind == VIEW_TEXT && line->mark == VIEW_PLAIN && *or_empty(line->left) == '\0';
}

/* Whether a line begins something new: a message behind other lines, a heading, text behind rows.
 */
static bool stands_apart(const struct view_line *before, const struct view_line *line)
{
    bool message = line->kind != VIEW_ROW && line->mark != VIEW_PLAIN;

    if (is_blank(before) || is_blank(line) || is_heading(before))
        return false;
    if (is_heading(line) || (before->kind == VIEW_ROW) != (line->kind == VIEW_ROW))
        return true;
    if (before->kind == VIEW_WHOLE && line->kind == VIEW_TEXT)
        return true;
    return message && (before->kind != VIEW_TEXT || before->mark == VIEW_PLAIN);
}

static int draw_line(struct lines *to, int row, const struct view_line *line)
{
    if (line->kind == VIEW_ROW) {
        to->under_mark = false;
        return draw_row(to, row, line);
    }
    if (line->kind == VIEW_ADDED || line->kind == VIEW_REMOVED)
        return draw_changed(to, row, line);
    return draw_text(to, row, line);
}

void lines_draw(struct sheet *sheet, const struct view *view, const struct lines_place *place,
                int *anchor)
{
    struct lines to = {
        .sheet = sheet, .place = place, .left = place->left, .columns = place->columns};
    int row = place->row, failed = -1, running = -1, message = -1;

    measure(&to, view);
    for (size_t i = 0; i < view->line_count; i++) {
        const struct view_line *line = &view->lines[i];

        if (place->spacing == LINES_AIRY && i > 0 && stands_apart(line - 1, line)) {
            to.under_mark = false;
            row++;
        }
        int start = row;
        row += draw_line(&to, row, line);
        if (line->mark == VIEW_RUN && running < 0)
            running = row - 1;
        if (line->mark == VIEW_FAIL && failed < 0)
            failed = start;
        if (line->mark != VIEW_PLAIN && line->kind == VIEW_TEXT && message < 0)
            message = start;
    }
    if (failed < 0 && place->spacing == LINES_DENSE)
        failed = message;
    *anchor = running >= 0 ? running : failed;
}
