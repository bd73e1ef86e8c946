/* What the wizard shows, free of any terminal: front ends draw this and nothing else.
 * All text is clean (dl_text_clean) UTF-8; front ends in a locale without UTF-8 pass it through
 * view_ascii(). Strings live as long as the view. */
#ifndef DL_TUI_SETUP_VIEW_H
#define DL_TUI_SETUP_VIEW_H

#include <stdbool.h>
#include <stddef.h>

/* A word in front of a line; colour only repeats what the word says. */
enum view_mark {
    VIEW_PLAIN,
    VIEW_OK,
    VIEW_WARN,
    VIEW_FAIL,
    VIEW_INFO,
    VIEW_RUN,
    VIEW_WAIT,
    VIEW_SKIP
};

enum view_line_kind {
    VIEW_TEXT,   /* wrapped at word borders */
    VIEW_WHOLE,  /* a URL, id or command: a line of its own, never wrapped or cut in the middle */
    VIEW_ROW,    /* mark, left column, middle, right aligned (stages): cut to the width */
    VIEW_ADDED,  /* of a diff, drawn with + */
    VIEW_REMOVED /* of a diff, drawn with - */
};

struct view_line {
    enum view_line_kind kind;
    enum view_mark mark;
    const char *left;  /* ROW: the label; otherwise the text */
    const char *text;  /* ROW: the middle */
    const char *right; /* ROW: the time */
};

/* One entry of a list. Numbered from 1 in the order given; a digit key chooses it. */
struct view_item {
    const char *name;   /* "EU1" */
    const char *text;   /* "app.datadoghq.eu" */
    const char *detail; /* "EU (Germany)" */
    bool disabled;
};

/* A front end that gets a paste while no field has the focus focuses field 0 and pastes there. */
struct view_field {
    const char *label;  /* "API key" */
    const char *value;  /* current text; for a secret always "" */
    const char *hint;   /* shown dim while empty, or NULL */
    const char *origin; /* "from DD_SITE", or NULL */
    bool secret;        /* mask of 32 stars once `filled`; content travels as SETUP_KEY alone */
    bool filled;        /* secret: something was entered */
    bool wide;          /* takes all the width there is for text */
};

/* One key of the footer and of the help page. "Enter" is SETUP_NEXT, "Esc" SETUP_BACK, one letter
 * SETUP_ACTION, "?" SETUP_HELP, "Ctrl-C" SETUP_QUIT; others ("Tab", "Up Down") are the front end's.
 */
struct view_key {
    const char *key;   /* "Enter", "Esc", "f" */
    const char *label; /* "next" */
    bool choice;       /* an answer to this page: line prompts offer it with a number */
};

#define VIEW_CELLS_MAX 16
#define VIEW_MATRIX_MAX 32 /* rows */

/* A row of the matrix: a cell under each head, or one wide cell with its text beside it. */
struct view_matrix_row {
    const char *name;                     /* "EU1"; of a wide one its label */
    const char *text;                     /* what the row says as a whole: a code; the message */
    const char *right;                    /* wide: the time */
    bool wide;                            /* its mark is the first */
    bool apart;                           /* begins something new */
    enum view_mark marks[VIEW_CELLS_MAX]; /* VIEW_PLAIN: nothing is there */
};

/* Rows by columns, in the place of a list. Rows that are not wide have numbers from 1; a digit key
 * chooses one. The selected cell is row * VIEW_CELLS_MAX + column in SETUP_SELECT. */
struct view_matrix {
    const char *heads[VIEW_CELLS_MAX]; /* short: "TLS" */
    size_t column_count;
    struct view_matrix_row rows[VIEW_MATRIX_MAX];
    size_t row_count;
    size_t row, column; /* the selected cell */
};

#define VIEW_ITEMS_MAX 64
#define VIEW_FIELDS_MAX 4
#define VIEW_LINES_MAX 256
#define VIEW_KEYS_MAX 12
#define VIEW_MEMORY_MAX 1024

struct view {
    unsigned page;        /* changes when another page is shown (or the same one anew) */
    const char *program;  /* "ddlogs setup" */
    const char *title;    /* "Datadog site" */
    int step, steps;      /* 1 of 6; 0: no counter */
    const char *corner;   /* "EU1 datadoghq.eu", or "" */
    const char *question; /* one line, wrapped */
    const char *help;     /* one line more, or NULL */

    struct view_item items[VIEW_ITEMS_MAX];
    size_t item_count;
    size_t cursor; /* index of the entry under the cursor */
    bool columns;  /* short entries: two columns where the width allows */

    struct view_matrix matrix; /* of a page without items */
    bool beside;               /* lines stand right of the matrix, where that is wide enough */
    bool turns;                /* on a wide row Left and Right are SETUP_TURN */

    struct view_field fields[VIEW_FIELDS_MAX];
    size_t field_count;
    size_t focus; /* index of the field that takes text; field_count: the list, or the footer */

    struct view_line lines[VIEW_LINES_MAX]; /* messages, stages, preview, diff */
    size_t line_count;
    size_t scroll; /* first line shown, kept in bounds by the machine only from below */

    struct view_key keys[VIEW_KEYS_MAX];
    size_t key_count;

    /* plain mode */
    const char *prompt;  /* "Site number, name or URL" */
    const char *current; /* what Enter takes, or NULL */

    bool busy;           /* something runs that ends by itself: nothing is asked */
    long seconds;        /* how long it has been running */
    bool failed;         /* the page shows a failure that a person has to answer */
    bool help_page;      /* this is the ? page */
    size_t help_keys_at; /* its lines from here on tell the keys of a screen */
    bool over;           /* the wizard ended; the result is printed on the normal screen */
    char *memory[VIEW_MEMORY_MAX]; /* owned strings */
    size_t memory_count;
};

/* Text for a terminal that knows ASCII alone: what has a usual spelling gets it, the rest is '?'.
 */
void view_ascii(char *to, size_t size, const char *text);

/* The word of a mark ("OK", "WARN", "FAIL", ...; "" for VIEW_PLAIN). */
const char *view_mark_word(enum view_mark mark);

/* The word of a mark in a cell, at most four columns: "ok", "WARN", "FAIL", ".." while it runs, "-"
 * if left out, "" if it waits. */
const char *view_cell_word(enum view_mark mark);

/* Frees what a view owns and empties it. A view starts zeroed. */
void view_clear(struct view *view);

/* For those who build views. Texts are formatted, cleaned and owned by the view; without memory
 * they are "". Past the maximum of an array the last place is used again. */
const char *view_text(struct view *view, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
struct view_item *view_item(struct view *view, const char *name, const char *text,
                            const char *detail);
struct view_field *view_field(struct view *view, const char *label, const char *value);
void view_line(struct view *view, enum view_mark mark, const char *text);
void view_whole(struct view *view, const char *text);
void view_row(struct view *view, enum view_mark mark, const char *left, const char *text,
              const char *right);
void view_head(struct view *view, const char *head);
struct view_matrix_row *view_matrix_row(struct view *view, const char *name, const char *text);
void view_diff(struct view *view, enum view_line_kind kind, const char *text);
void view_key(struct view *view, const char *key, const char *label, bool choice);

#endif
