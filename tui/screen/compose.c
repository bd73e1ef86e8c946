#include "screen/compose.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "screen/ascii.h"
#include "widget/footer.h"
#include "widget/lines.h"
#include "widget/matrix.h"
#include "widget/wrap.h"

#define FIELD_COLUMNS 48 /* widest place for text in a field */
#define LABEL_GAP 2

/* What the parts of one composition share. */
struct job {
    struct composition *to;
    const struct view *view;
    struct screen_state *state;
    bool ascii;
    int list_first, list_last; /* rows of the entry under the cursor */
    int list_column;           /* and where it begins */
    int field_first, field_last;
    int cursor_row, cursor_column; /* inside the fields' sheet */
    int anchor;
    int footer_row;
};

void compose_init(struct composition *composition)
{
    memset(composition, 0, sizeof(*composition));
    for (int i = 0; i < PLACED_COUNT; i++)
        sheet_init(&composition->parts[i].sheet);
    dl_buffer_init(&composition->twin_memory, 1024 * 1024);
}

void compose_free(struct composition *composition)
{
    for (int i = 0; i < PLACED_COUNT; i++)
        sheet_free(&composition->parts[i].sheet);
    dl_buffer_free(&composition->twin_memory);
    compose_init(composition);
}

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

static int width(const char *text)
{
    return (int)dl_text_width(or_empty(text));
}

static struct sheet *sheet_of(const struct job *job, int part)
{
    return &job->to->parts[part].sheet;
}

/* How much of the corner fits: all of it, else what stands before a comma. */
static int corner_length(const char *corner, int room)
{
    size_t len = strlen(corner);

    if (width(corner) <= room)
        return (int)len;
    while (len > 0 && (corner[len] != ',' || (int)len > room))
        len--;
    return (int)len;
}

/* Between a matrix and the lines beside it. */
static void split_rule(const struct job *job)
{
    const struct layout *layout = &job->to->layout;
    int row = layout->panes[PANE_LINES].row, end = row + layout->panes[PANE_LINES].height;

    for (; layout->split > 0 && row < end; row++)
        sheet_put(sheet_of(job, PLACED_FRAME), row, layout->left + layout->split, STYLE_RULE,
                  job->ascii ? "|" : "│");
}

/* Title bar, the rule under it (its done share drawn stronger), the rule above the footer. */
static void frame(const struct job *job)
{
    const struct view *view = job->view;
    const struct layout *layout = &job->to->layout;
    struct sheet *sheet = sheet_of(job, PLACED_FRAME);
    int column = layout->left, end = layout->columns - layout->left;
    const char *corner = or_empty(view->corner);
    char step[32] = "", shown[256];

    sheet_repeat(sheet, 0, 0, STYLE_BAR, " ", layout->columns);
    if (layout->size != LAYOUT_SMALL)
        column += sheet_put(sheet, 0, column, STYLE_BAR, or_empty(view->program)) + 2;
    if (view->step > 0)
        snprintf(step, sizeof(step), "%d/%d", view->step, view->steps);
    if (*step != '\0')
        column += sheet_put(sheet, 0, column, STYLE_BAR, step) + 2;
    column += sheet_put(sheet, 0, column, STYLE_BAR_TITLE, or_empty(view->title));
    snprintf(shown, sizeof(shown), "%.*s", corner_length(corner, end - column - 2), corner);
    sheet_put(sheet, 0, end - width(shown), STYLE_BAR, shown);

    if (layout->rule >= 0) {
        int done = view->steps > 0 ? layout->columns * view->step / view->steps : 0;
        sheet_repeat(sheet, layout->rule, 0, STYLE_RULE_DONE, job->ascii ? "=" : "━", done);
        sheet_repeat(sheet, layout->rule, done, STYLE_RULE, job->ascii ? "-" : "─",
                     layout->columns - done);
    }
    if (layout->footer_rule >= 0)
        sheet_repeat(sheet, layout->footer_rule, 0, STYLE_RULE, job->ascii ? "-" : "─",
                     layout->columns);
    split_rule(job);
}

/* Question and help. Where there is little room the help goes to the lines, which can be scrolled.
 */
static void head(const struct job *job)
{
    const struct layout *layout = &job->to->layout;
    struct sheet *sheet = sheet_of(job, PANE_HEAD);
    int row = wrap_put(sheet, 0, layout->left, layout->width, 0, STYLE_QUESTION,
                       or_empty(job->view->question));

    if (layout->size != LAYOUT_SMALL)
        row += wrap_put(sheet, row, layout->left, layout->width, 0, STYLE_DIM,
                        or_empty(job->view->help));
    list_draw_filter(sheet, &job->state->list, row, layout->left, layout->width);
}

static void lines(struct job *job, enum lines_spacing spacing)
{
    const struct layout *layout = &job->to->layout;
    struct sheet *sheet = sheet_of(job, PANE_LINES);
    int before = layout->split > 0 ? layout->split + LAYOUT_BESIDE_GAP : 0;
    struct lines_place place = {.left = layout->left + before,
                                .columns = layout->width - before,
                                .whole = layout->columns,
                                .spacing = spacing};

    sheet_clear(sheet);
    if (layout->size == LAYOUT_SMALL)
        place.row = wrap_put(sheet, 0, layout->left, layout->width, 0, STYLE_DIM,
                             or_empty(job->view->help));
    lines_draw(sheet, job->view, &place, &job->anchor);
}

/* Text of a field where the terminal has ASCII alone: a question mark for every column of another
 * character, so that the cursor stays in step. */
static size_t ascii_text(char *to, size_t size, const char *text, size_t len)
{
    size_t used = 0;

    while (len > 0) {
        uint32_t code;
        char one[8] = "";
        size_t n = dl_utf8_decode(text, len, &code);

        n = n == 0 ? 1 : n;
        memcpy(one, text, n);
        for (int i = 0; i < width(one) && used < size; i++)
            to[used++] = n == 1 ? text[0] : '?';
        text += n;
        len -= n;
    }
    return used;
}

/* "[text      ]" */
static void field_box(struct job *job, size_t i, int row, int column, int columns)
{
    const struct view_field *field = &job->view->fields[i];
    struct sheet *sheet = sheet_of(job, PANE_FIELDS);
    bool on = state_focus(job->state, job->view) == FOCUS_FIELD && job->state->last_focus == i;
    enum style style = on ? STYLE_ENTRY_ON : STYLE_ENTRY;
    const char *text = "";
    char ascii[LAYOUT_TEXT_COLUMNS];
    size_t len = 0;
    int cursor = 0;

    sheet_put(sheet, row, column, on ? STYLE_KEY : STYLE_DIM, "[");
    sheet_repeat(sheet, row, column + 1, style, " ", columns);
    sheet_put(sheet, row, column + 1 + columns, on ? STYLE_KEY : STYLE_DIM, "]");
    if (field->secret) {
        text = field->filled || job->state->mask.key ? MASK_STARS : "";
        len = strlen(text);
        cursor = (int)len < columns ? (int)len : columns - 1;
    } else {
        entry_window(&job->state->entries[i], columns, &text, &len, &cursor);
    }
    if (job->ascii) {
        len = ascii_text(ascii, sizeof(ascii), text, len);
        text = ascii;
    }
    sheet_put_n(sheet, row, column + 1, style, text, len);
    if (on) {
        job->cursor_row = row;
        job->cursor_column = column + 1 + cursor;
    }
}

static bool field_empty(const struct job *job, size_t i)
{
    if (job->view->fields[i].secret)
        return !job->view->fields[i].filled && !job->state->mask.key;
    return job->state->entries[i].len == 0;
}

/* Behind the box, or below it where that is too narrow. Returns the rows used below. */
static int field_note(struct job *job, int row, int column, int end, int below, const char *note)
{
    struct sheet *sheet = sheet_of(job, PANE_FIELDS);

    if (!note || *note == '\0')
        return 0;
    if (column + 2 + width(note) <= end) {
        sheet_put(sheet, row, column + 2, STYLE_DIM, note);
        return 0;
    }
    return wrap_put(sheet, row + 1, below, end - below, 0, STYLE_DIM, note);
}

static const char *note_of(const struct job *job, size_t i)
{
    const struct view_field *field = &job->view->fields[i];

    return field_empty(job, i) && field->hint ? field->hint : field->origin;
}

/* Columns inside the brackets, the same for all fields of the page: room for a key's stars, and for
 * the notes behind them if that leaves enough. */
static int box_columns(const struct job *job, int room)
{
    int note = 0, columns = room - 2, most = FIELD_COLUMNS;

    for (size_t i = 0; i < job->view->field_count; i++) {
        if (width(note_of(job, i)) > note)
            note = width(note_of(job, i));
        if (job->view->fields[i].secret && columns > (int)strlen(MASK_STARS))
            columns = (int)strlen(MASK_STARS);
        if (job->view->fields[i].wide)
            most = LAYOUT_TEXT_COLUMNS;
    }
    if (columns > most)
        columns = most;
    if (note > 0 && columns + 4 + note > room && room - 4 - note >= (int)strlen(MASK_STARS))
        columns = room - 4 - note;
    return columns;
}

static int field(struct job *job, size_t i, int row, int label)
{
    const struct view_field *field = &job->view->fields[i];
    const struct layout *layout = &job->to->layout;
    struct sheet *sheet = sheet_of(job, PANE_FIELDS);
    bool stacked = layout->size == LAYOUT_SMALL || label > layout->width / 3;
    int end = layout->left + layout->width, start = row;
    int column = layout->left + (stacked ? 0 : label + LABEL_GAP);
    int columns = box_columns(job, end - column);
    bool full = field->secret ? job->state->mask.full : job->state->entries[i].full;

    sheet_put(sheet, row, layout->left, STYLE_LABEL, or_empty(field->label));
    row += stacked && width(field->label) > 0;
    field_box(job, i, row, column, columns);
    row += field_note(job, row, column + columns + 2, end, column, note_of(job, i));
    if (full)
        row += wrap_put(sheet, row + 1, column, end - column, 0, STYLE_WARN,
                        "WARN  Too long: the end was left out.");
    if (i == job->state->last_focus && state_focus(job->state, job->view) == FOCUS_FIELD) {
        job->field_first = start;
        job->field_last = row;
    }
    return row + 1;
}

static void fields(struct job *job)
{
    int label = 0, row = 0;

    for (size_t i = 0; i < job->view->field_count; i++)
        if (width(job->view->fields[i].label) > label)
            label = width(job->view->fields[i].label);
    for (size_t i = 0; i < job->view->field_count; i++)
        row = field(job, i, row, label);
}

/* Draws each pane in full; how much of it is shown is decided when all heights are known. */
static void draw_parts(struct job *job)
{
    const struct view *view = job->view;
    const struct layout *layout = &job->to->layout;
    struct screen_state *state = job->state;

    head(job);
    if (view->item_count > 0)
        list_draw(sheet_of(job, PANE_LIST), &state->list, view, layout->left, layout->width,
                  state_focus(state, view) == FOCUS_LIST, &job->list_first, &job->list_last);
    fields(job);
    job->footer_row = footer_draw(sheet_of(job, PLACED_FOOTER), view, layout->left,
                                  layout->columns - 2 * layout->left,
                                  state->footer ? (int)state->footer_key : -1);
}

static void place(const struct job *job, int part, int row, int height, int from, int first,
                  int last)
{
    struct placed *placed = &job->to->parts[part];

    placed->row = row;
    placed->height = height;
    placed->top = layout_top(placed->sheet.rows, height, from, first, last);
}

/* Tells on the screen that a pane holds more than it shows. */
static void more(const struct job *job, int part)
{
    const struct placed *placed = &job->to->parts[part];
    const struct layout *layout = &job->to->layout;
    int above = placed->top, below = placed->sheet.rows - placed->top - placed->height;
    char text[64];

    if (placed->height == 0 || (above <= 0 && below <= 0))
        return;
    if (layout->footer_rule >= 0 && part == PANE_LINES) {
        snprintf(text, sizeof(text), " %d-%d of %d  PgUp PgDn ", above + 1, above + placed->height,
                 placed->sheet.rows);
        sheet_put(sheet_of(job, PLACED_FRAME), layout->footer_rule,
                  layout->columns - layout->left - width(text), STYLE_DIM, text);
        return;
    }
    if (above > 0)
        sheet_put(sheet_of(job, PLACED_FRAME), placed->row, layout->columns - 1, STYLE_KEY,
                  job->ascii ? "^" : "↑");
    if (below > 0)
        sheet_put(sheet_of(job, PLACED_FRAME), placed->row + placed->height - 1,
                  layout->columns - 1, STYLE_KEY, job->ascii ? "v" : "↓");
}

/* In the field that takes text, else, not seen, at the entry of the list: screen readers follow it.
 */
static void place_cursor(const struct job *job)
{
    struct composition *to = job->to;
    const struct placed *fields = &to->parts[PANE_FIELDS], *list = &to->parts[PANE_LIST];

    if (job->cursor_row >= 0) {
        to->cursor_row = fields->row + job->cursor_row - fields->top;
        to->cursor_column = job->cursor_column;
        to->cursor_seen = true;
    } else if (job->list_last >= 0) {
        to->cursor_row = list->row + job->list_last - list->top;
        to->cursor_column = job->list_column;
    }
}

/* A matrix is drawn last: it makes the best of the rows it gets. */
static void matrix(struct job *job)
{
    const struct layout *layout = &job->to->layout;
    struct matrix_place place = {.left = layout->left,
                                 .columns = layout->split > 0 ? layout->split - 1 : layout->width,
                                 .edge = layout->split > 0 ? layout->left + layout->split
                                                           : layout->columns,
                                 .rows = layout->panes[PANE_LIST].height,
                                 .focused = state_focus(job->state, job->view) == FOCUS_MATRIX,
                                 .ascii = job->ascii};

    matrix_draw(sheet_of(job, PANE_LIST), job->view, &place, &job->list_last, &job->list_column);
    job->list_first = job->list_last;
}

/* Lines are set as widely as there is room for. */
static void place_panes(struct job *job)
{
    struct composition *to = job->to;
    struct layout *layout = &to->layout;
    int spacing = layout->size == LAYOUT_SMALL ? LINES_DENSE : LINES_AIRY;
    int wanted[PANE_COUNT];

    do {
        lines(job, (enum lines_spacing)spacing);
        for (int i = 0; i < PANE_COUNT; i++)
            wanted[i] = to->parts[i].sheet.rows;
        if (layout->matrix)
            wanted[PANE_LIST] = matrix_rows(job->view);
        layout_place(layout, wanted, to->parts[PLACED_FOOTER].sheet.rows);
    } while (layout->panes[PANE_LINES].height < wanted[PANE_LINES] && --spacing >= LINES_DENSE);
    if (layout->matrix)
        matrix(job);
}

static void place_parts(struct job *job)
{
    struct composition *to = job->to;
    struct layout *layout = &to->layout;
    struct screen_state *state = job->state;

    place_panes(job);
#define PANE(id) (id), layout->panes[id].row, layout->panes[id].height
    place(job, PANE(PANE_HEAD), 0, -1, -1);
    place(job, PANE(PANE_LIST), 0, job->list_first, job->list_last);
    place(job, PANE(PANE_FIELDS), 0, job->field_first, job->field_last);
    /* until a person scrolls, what happens now is in sight */
    int height = layout->panes[PANE_LINES].height, from = (int)job->view->scroll;
    if (!state->scrolled && job->anchor >= height)
        from = job->anchor - height / 3;
    place(job, PANE(PANE_LINES), from, -1, -1);
#undef PANE
    place(job, PLACED_FOOTER, layout->footer, layout->footer_height, 0, job->footer_row,
          job->footer_row);
    frame(job);
    more(job, PANE_LIST);
    more(job, PANE_FIELDS);
    more(job, PANE_LINES);
    place(job, PLACED_FRAME, 0, layout->rows, 0, -1, -1);

    state->lines_total = to->parts[PANE_LINES].sheet.rows;
    state->lines_height = layout->panes[PANE_LINES].height;
    state->top = to->parts[PANE_LINES].top;
    state->list_height = layout->panes[PANE_LIST].height;
    state->list_columns = layout->width;
    place_cursor(job);
}

/* Below the least size: what is here, what is needed; the state stays. */
static void wait_page(struct job *job)
{
    struct composition *to = job->to;
    struct sheet *sheet = sheet_of(job, PLACED_FRAME);
    int columns = to->layout.columns > 2 ? to->layout.columns : 2;
    char text[160];

    snprintf(text, sizeof(text),
             "This terminal has %dx%d characters; %dx%d are needed. Make it larger "
             "to go on, or press Ctrl-C.",
             to->layout.columns, to->layout.rows, LAYOUT_MIN_COLUMNS, LAYOUT_MIN_ROWS);
    wrap_put(sheet, 0, 0, columns, 0, STYLE_PLAIN, text);
    to->parts[PLACED_FRAME].height = to->layout.rows;
}

void compose(struct composition *composition, const struct view *view, struct screen_state *state,
             int rows, int columns, bool ascii)
{
    struct job job = {.to = composition,
                      .view = view,
                      .state = state,
                      .ascii = ascii,
                      .list_first = -1,
                      .list_last = -1,
                      .field_first = -1,
                      .field_last = -1,
                      .cursor_row = -1,
                      .anchor = -1};

    for (int i = 0; i < PLACED_COUNT; i++) {
        sheet_clear(&composition->parts[i].sheet);
        composition->parts[i].row = composition->parts[i].height = composition->parts[i].top = 0;
    }
    composition->cursor_row = composition->cursor_column = -1;
    composition->cursor_seen = false;
    layout_width(&composition->layout, rows, columns);
    if (ascii && ascii_view(&composition->twin, view, &composition->twin_memory) == 0)
        job.view = &composition->twin;
    composition->layout.matrix = view->matrix.row_count > 0;
    if (view->beside && composition->layout.matrix)
        layout_beside(&composition->layout);
    job.list_column = composition->layout.left;
    if (composition->layout.size == LAYOUT_WAIT) {
        wait_page(&job);
        return;
    }
    draw_parts(&job);
    place_parts(&job);
}
