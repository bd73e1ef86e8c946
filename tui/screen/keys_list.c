/* Keys in a list, in its filter and in a matrix. */
#include <string.h>

#include "screen/keys_turn.h"
#include "widget/matrix.h"

static void select_entry(const struct keys_turn *t, size_t index)
{
    if (index != t->view->cursor)
        keys_send(t, SETUP_SELECT, (long)index);
}

static void move(const struct keys_turn *t, enum list_move to)
{
    select_entry(
        t, list_moved(&t->state->list, t->view, to, t->state->list_columns, t->state->list_height));
}

/* Keys that move in a list or a matrix. */
static bool move_of(enum input_code code, enum list_move *to)
{
    static const struct {
        enum input_code code;
        enum list_move move;
    } moves[] = {{INPUT_UP, LIST_UP},           {INPUT_DOWN, LIST_DOWN},
                 {INPUT_LEFT, LIST_LEFT},       {INPUT_RIGHT, LIST_RIGHT},
                 {INPUT_PAGE_UP, LIST_PAGE_UP}, {INPUT_PAGE_DOWN, LIST_PAGE_DOWN},
                 {INPUT_HOME, LIST_HOME},       {INPUT_END, LIST_END}};

    for (size_t i = 0; i < sizeof(moves) / sizeof(moves[0]); i++)
        if (moves[i].code == code) {
            *to = moves[i].move;
            return true;
        }
    return false;
}

static void list_key(const struct keys_turn *t, enum input_code code)
{
    enum list_move to;

    if (!keys_scroll(t, code) && move_of(code, &to))
        move(t, to);
}

static void select_cell(const struct keys_turn *t, size_t cell)
{
    if (cell != t->view->matrix.row * VIEW_CELLS_MAX + t->view->matrix.column)
        keys_send(t, SETUP_SELECT, (long)cell);
}

static void move_cell(const struct keys_turn *t, enum list_move to)
{
    const struct view_matrix *matrix = &t->view->matrix;
    bool across = to == LIST_LEFT || to == LIST_RIGHT;

    if (across && t->view->turns && matrix->rows[matrix->row].wide)
        keys_send(t, SETUP_TURN, to == LIST_LEFT ? -1 : 1);
    else
        select_cell(t, matrix_moved(t->view, to));
}

static void matrix_character(const struct keys_turn *t, uint32_t c)
{
    static const char letters[] = "hjkl";
    static const enum list_move moves[] = {LIST_LEFT, LIST_DOWN, LIST_UP, LIST_RIGHT};
    const char *letter = c > 0 && c < 128 ? strchr(letters, (int)c) : NULL;
    size_t cell;

    if (c >= '0' && c <= '9') {
        if (matrix_digit(t->view, (unsigned)(c - '0'), &cell))
            select_cell(t, cell);
    } else if (letter) {
        move_cell(t, moves[letter - letters]);
    } else {
        keys_action(t, c);
    }
}

void keys_in_matrix(const struct keys_turn *t, const struct input_key *key)
{
    enum list_move to;

    if (key->code == INPUT_CHARACTER)
        matrix_character(t, key->character);
    else if (key->code == INPUT_ENTER)
        keys_send(t, SETUP_NEXT, 0);
    else if (!keys_scroll(t, key->code) && move_of(key->code, &to))
        move_cell(t, to);
}

/* After the filter changed the cursor stands on an entry that is shown. */
static void filtered(const struct keys_turn *t)
{
    size_t shown[VIEW_ITEMS_MAX];
    size_t count = list_shown(&t->state->list, t->view, shown);

    for (size_t i = 0; i < count; i++)
        if (shown[i] == t->view->cursor)
            return;
    if (count > 0)
        select_entry(t, shown[0]);
}

static void filter_key(const struct keys_turn *t, const struct input_key *key)
{
    struct list *list = &t->state->list;

    if (key->code == INPUT_CHARACTER) {
        entry_insert(&list->filter, key->character);
    } else if (key->code == INPUT_BACKSPACE) {
        entry_backspace(&list->filter);
    } else if (key->code == INPUT_CLEAR || key->code == INPUT_DELETE_WORD) {
        entry_clear(&list->filter);
    } else if (key->code == INPUT_ESCAPE) {
        entry_clear(&list->filter);
        list->filtering = false;
    } else if (key->code == INPUT_ENTER || key->code == INPUT_TAB) {
        list->filtering = false;
    } else {
        list_key(t, key->code);
        return;
    }
    filtered(t);
}

static void list_character(const struct keys_turn *t, uint32_t c)
{
    struct list *list = &t->state->list;
    size_t index;

    if (c >= '0' && c <= '9') {
        if (list_digit(list, t->view, (unsigned)(c - '0'), &index))
            select_entry(t, index);
        return;
    }
    list->typed = 0;
    if (c == '/' && t->view->item_count > LIST_LONG)
        list->filtering = true;
    else if (c == 'j')
        move(t, LIST_DOWN);
    else if (c == 'k')
        move(t, LIST_UP);
    else if (!keys_action(t, c) && t->view->field_count > 0 && !t->view->fields[0].secret) {
        /* whoever just types the answer means the field */
        t->state->last_focus = 0;
        keys_insert(t, 0, c);
        keys_send(t, SETUP_FOCUS, 0);
    }
}

void keys_in_list(const struct keys_turn *t, const struct input_key *key)
{
    if (t->state->list.filtering) {
        filter_key(t, key);
    } else if (key->code == INPUT_CHARACTER) {
        list_character(t, key->character);
    } else {
        t->state->list.typed = 0;
        if (key->code == INPUT_ENTER)
            keys_send(t, SETUP_NEXT, 0);
        else
            list_key(t, key->code);
    }
}
