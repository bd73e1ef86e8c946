#include "explain/page.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "explain/page_state.h"

/* Stand in the field for what an entry of one line cannot hold. */
#define LINE_END "\xe2\x86\xb5"  /* U+21B5 */
#define TABULATOR "\xe2\x87\xa5" /* U+21E5 */

static void be_quiet(struct explain_page *page)
{
    page->message[0] = '\0';
}

static void say(struct explain_page *page, enum view_mark mark, const char *text)
{
    page->mark = mark;
    page->scroll = page->details_scroll = 0;
    dl_text_copy(page->message, sizeof(page->message), text);
}

/* The selection */

static void choose(struct explain_page *page, size_t row)
{
    if (row >= page->study.trace.row_count)
        return;
    page->row = row;
    page->scroll = page->details_scroll = 0;
}

/* The next row behind `from` that is to blame; false: there is none. */
static bool next_at_fault(const struct explain_page *page, size_t from, size_t *row)
{
    const struct dl_trace *trace = &page->study.trace;

    for (size_t i = 1; i <= trace->row_count; i++) {
        *row = (from + i) % trace->row_count;
        if (study_blames(&page->study, &trace->rows[*row]))
            return true;
    }
    return false;
}

/* The first row that could not use what it read; false: there is none. */
static bool first_warned(const struct explain_page *page, size_t *row)
{
    const struct dl_trace *trace = &page->study.trace;

    for (*row = 0; *row < trace->row_count; ++*row)
        if (explain_page_mark(page, &trace->rows[*row]) == VIEW_WARN)
            return true;
    return false;
}

/* A sample that is shown begins at what is to blame, else where the selection was; and where the
 * log does not come to that, at what could not use it. */
static void find_place(struct explain_page *page)
{
    const struct dl_trace *trace = &page->study.trace;
    size_t count = trace->row_count, row;

    if (page->row >= count)
        page->row = count > 0 ? count - 1 : 0;
    choose(page, page->row);
    if (count == 0)
        return;
    if (next_at_fault(page, count - 1, &row) ||
        (!trace->rows[page->row].step && first_warned(page, &row)))
        choose(page, row);
}

static void turn(struct explain_page *page, long by)
{
    struct study *study = &page->study;

    if ((by < 0 && study->at == 0) || (by > 0 && study->at + 1 == study->count))
        return;
    study_show(study, by < 0 ? study->at - 1 : study->at + 1);
    find_place(page);
}

/* Rows of the matrix are a part of those there are. A jump to its edge means the very edge. */
static void move(struct explain_page *page, long cell)
{
    size_t count = page->study.trace.row_count, first = explain_page_first(page), to;

    if (cell < 0 || page->help || page->details || page->editing)
        return;
    to = first + (size_t)cell / VIEW_CELLS_MAX;
    if (to == first && page->row > to + 1)
        to = 0;
    else if (to + 1 == first + VIEW_MATRIX_MAX && page->row + 1 < to)
        to = count - 1;
    choose(page, to);
}

size_t explain_page_first(const struct explain_page *page)
{
    size_t count = page->study.trace.row_count, half = VIEW_MATRIX_MAX / 2;

    if (count <= VIEW_MATRIX_MAX || page->row < half)
        return 0;
    return page->row - half > count - VIEW_MATRIX_MAX ? count - VIEW_MATRIX_MAX : page->row - half;
}

/* Editing */

/* Replaces each `from` of a text by `to`. */
static int replace(struct dl_buffer *out, struct dl_text text, const char *from, const char *to)
{
    size_t n = strlen(from);
    int rc = 0;

    while (rc == 0 && text.len > 0) {
        bool here = text.len >= n && memcmp(text.at, from, n) == 0;

        rc = here ? dl_buffer_text(out, to) : dl_buffer_char(out, *text.at);
        text.at += here ? n : 1;
        text.len -= here ? n : 1;
    }
    return rc;
}

static int replace_two(struct dl_buffer *out, struct dl_text text, const char *const from[2],
                       const char *const to[2])
{
    struct dl_buffer between;
    int rc;

    dl_buffer_init(&between, EXPLAIN_EDIT_MAX);
    rc = replace(&between, text, from[0], to[0]);
    rc = rc ? rc
            : replace(out, (struct dl_text){dl_buffer_string(&between), between.len}, from[1],
                      to[1]);
    dl_buffer_free(&between);
    return rc;
}

static const char *const plain[2] = {"\n", "\t"}, *const signs[2] = {LINE_END, TABULATOR};

static void begin_editing(struct explain_page *page)
{
    struct dl_buffer marked;
    int rc;

    dl_buffer_init(&marked, EXPLAIN_EDIT_MAX);
    dl_buffer_clear(&page->field);
    rc = replace_two(&marked, study_text(&page->study), plain, signs);
    rc = rc ? rc : dl_text_clean(&page->field, dl_buffer_string(&marked), marked.len);
    dl_buffer_free(&marked);
    if (rc < 0) {
        say(page, VIEW_WARN, "This sample is too long to be edited here.");
        return;
    }
    page->editing = true;
    page->details = false;
}

static void end_editing(struct explain_page *page)
{
    struct dl_error err = {0};
    struct dl_buffer text;
    int rc;

    dl_buffer_init(&text, EXPLAIN_EDIT_MAX);
    rc = replace_two(&text, (struct dl_text){dl_buffer_string(&page->field), page->field.len},
                     signs, plain);
    rc = rc ? rc : study_edit(&page->study, dl_buffer_string(&text), &err);
    dl_buffer_free(&text);
    page->editing = rc < 0;
    if (rc < 0)
        say(page, VIEW_FAIL, "There is no memory for the sample.");
    else
        find_place(page);
}

static void take_text(struct explain_page *page, const char *text)
{
    if (!page->editing)
        return;
    dl_buffer_clear(&page->field);
    if (dl_buffer_text(&page->field, text) < 0) {
        dl_buffer_add(&page->field, text, dl_utf8_cut(text, strlen(text), EXPLAIN_EDIT_MAX));
        say(page, VIEW_WARN, "Too long: the end was left out.");
    }
}

static void undo(struct explain_page *page)
{
    if (study_edit(&page->study, NULL, NULL) == 0)
        find_place(page);
}

/* Keys */

static bool on_rows(const struct explain_page *page)
{
    return !page->details && !page->editing && page->study.trace.row_count > 0;
}

static bool in_details(const struct explain_page *page)
{
    return page->details && !page->editing;
}

static bool edits(const struct explain_page *page)
{
    return page->editing;
}

static bool looks(const struct explain_page *page)
{
    return !page->editing;
}

static bool has_others(const struct explain_page *page)
{
    return on_rows(page) && page->study.count > 1;
}

static bool has_fault(const struct explain_page *page)
{
    size_t row;

    return on_rows(page) && next_at_fault(page, page->row, &row);
}

static bool was_edited(const struct explain_page *page)
{
    return looks(page) && study_is_edited(&page->study);
}

static void go_to_fault(struct explain_page *page)
{
    size_t row;

    if (next_at_fault(page, page->row, &row))
        choose(page, row);
}

/* The one table of keys. Only what `when` lets through is offered and does something. */
static const struct explain_key {
    const char *key, *label;
    void (*press)(struct explain_page *page); /* of a letter */
    bool (*when)(const struct explain_page *page);
} keys[] = {
    {"j k", "step", NULL, on_rows},
    {"h l", "sample", NULL, has_others},
    {"f", "fault", go_to_fault, has_fault},
    {"e", "edit", begin_editing, looks},
    {"u", "undo", undo, was_edited},
    {"Enter", "more", NULL, on_rows},
    {"Enter", "back", NULL, in_details},
    {"Enter", "run", NULL, edits},
    {"Esc", "leave it", NULL, edits},
    {"?", "help", NULL, looks},
    {"q", "quit", NULL, looks},
};

void explain_page_keys(const struct explain_page *page, struct view *view)
{
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
        if (keys[i].when(page))
            view_key(view, keys[i].key, keys[i].label, false);
}

/* False: it is the one to leave with. */
static bool letter(struct explain_page *page, long character)
{
    if (page->help || page->editing)
        return true;
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
        if (keys[i].press && keys[i].key[0] == character && keys[i].when(page)) {
            keys[i].press(page);
            return true;
        }
    return character != 'q';
}

/* Esc. False: there is nothing to go back to. */
static bool leave(struct explain_page *page)
{
    bool *top = page->help      ? &page->help
                : page->editing ? &page->editing
                : page->details ? &page->details
                                : NULL;

    if (!top)
        return false;
    *top = false;
    return true;
}

static void enter(struct explain_page *page)
{
    if (page->help || page->details)
        leave(page);
    else if (page->editing)
        end_editing(page);
    else
        page->details = page->study.trace.row_count > 0;
    page->details_scroll = 0;
}

static void scroll(struct explain_page *page, long rows)
{
    size_t *at = page->help                       ? &page->help_scroll
                 : page->details || page->editing ? &page->details_scroll
                                                  : &page->scroll;

    *at = rows < 0 && (size_t)-rows > *at ? 0 : (size_t)((long)*at + rows);
}

bool explain_page_event(struct explain_page *page, const struct setup_event *event)
{
    if (event->kind != SETUP_SCROLL)
        be_quiet(page);
    switch (event->kind) {
    case SETUP_SCROLL:
        scroll(page, event->number);
        return true;
    case SETUP_SELECT:
        move(page, event->number);
        return true;
    case SETUP_TURN:
        if (has_others(page) && !page->help)
            turn(page, event->number);
        return true;
    case SETUP_TEXT:
        take_text(page, event->text);
        return true;
    case SETUP_NEXT:
        enter(page);
        return true;
    case SETUP_BACK:
        return leave(page);
    case SETUP_HELP:
        page->help = !page->help;
        page->help_scroll = 0;
        return true;
    case SETUP_ACTION:
        return letter(page, event->number);
    case SETUP_QUIT:
        return false;
    default:
        dl_key_free(event->key);
        return true;
    }
}

int explain_page_new(struct explain_page **out, const struct study_options *options,
                     struct dl_error *err)
{
    struct explain_page *page = calloc(1, sizeof(*page));
    int rc;

    if (!page)
        return dl_error_set(err, DL_E_NOMEM, "no memory for the page");
    dl_buffer_init(&page->field, EXPLAIN_EDIT_MAX);
    rc = study_open(&page->study, options, err);
    if (rc < 0) {
        explain_page_free(page);
        return rc;
    }
    find_place(page);
    *out = page;
    return 0;
}

void explain_page_free(struct explain_page *page)
{
    if (!page)
        return;
    study_close(&page->study);
    dl_buffer_free(&page->field);
    free(page);
}
