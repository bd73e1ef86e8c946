#include "screen/keys.h"

#include <string.h>

#include "widget/matrix.h"

/* What every handler needs. */
struct turn {
    struct screen_state *state;
    const struct view *view;
    setup_emit *emit;
    void *loop;
    int64_t now;
};

static void send(const struct turn *t, enum setup_event_kind kind, long number)
{
    const struct setup_event event = {.kind = kind, .number = number};

    t->emit(t->loop, &event);
}

/* The field with the focus, or NULL. */
static const struct view_field *focused(const struct turn *t)
{
    size_t focus = t->state->last_focus;

    return focus < t->view->field_count ? &t->view->fields[focus] : NULL;
}

static void send_key(const struct turn *t, struct dl_key *key)
{
    const struct setup_event event = {.kind = SETUP_KEY, .key = key};

    t->emit(t->loop, &event);
}

/* Tells the machine what the field holds. `all`: a key that is being typed by hand too. */
static void settle(const struct turn *t, bool all)
{
    struct screen_state *state = t->state;
    const struct view_field *field = focused(t);

    if (!state->text_waits || !field)
        return;
    if (field->secret) {
        if (!all && state->burst <= KEYS_BURST)
            return;
        state->text_waits = false;
        struct dl_key *key = mask_hand_over(&state->mask);
        if (key)
            send_key(t, key);
        return;
    }
    const struct setup_event event = {.kind = SETUP_TEXT,
                                      .text = state->entries[state->last_focus].text};
    state->text_waits = false;
    t->emit(t->loop, &event);
}

static bool has_list(const struct view *view)
{
    return view->item_count > 0 || view->matrix.row_count > 0;
}

/* Places that Tab goes through: the list, each field, the footer. */
static size_t place_count(const struct view *view)
{
    return has_list(view) + view->field_count + 1;
}

static size_t place_now(const struct turn *t)
{
    size_t list = has_list(t->view);

    switch (state_focus(t->state, t->view)) {
    case FOCUS_LIST:
    case FOCUS_MATRIX:
        return 0;
    case FOCUS_FIELD:
        return list + t->state->last_focus;
    default:
        return place_count(t->view) - 1;
    }
}

static void go_to_place(const struct turn *t, size_t place)
{
    const struct view *view = t->view;
    size_t list = has_list(view), last = place_count(view) - 1;
    size_t field = place >= list && place < last ? place - list : view->field_count;
    bool changes = field != t->state->last_focus;

    settle(t, true);
    t->state->footer = place == last;
    t->state->footer_key = 0;
    t->state->burst = 0;
    t->state->last_focus = field; /* ours: the next view says nothing new with it */
    if (changes)
        send(t, SETUP_FOCUS, (long)field);
}

static void go_next(const struct turn *t)
{
    go_to_place(t, (place_now(t) + 1) % place_count(t->view));
}

static void go_previous(const struct turn *t)
{
    size_t count = place_count(t->view);

    go_to_place(t, (place_now(t) + count - 1) % count);
}

static void scroll(const struct turn *t, int rows)
{
    struct screen_state *state = t->state;
    int most = state->lines_total - state->lines_height, to = state->top + rows;

    to = to > most ? most : to;
    to = to < 0 ? 0 : to;
    state->scrolled = true;
    if (to != (int)t->view->scroll)
        send(t, SETUP_SCROLL, to - (long)t->view->scroll);
}

/* Moves through text that is longer than its place. False for other keys and when it all shows. */
static bool scroll_key(const struct turn *t, enum input_code code)
{
    int page = t->state->lines_height > 1 ? t->state->lines_height - 1 : 1;

    if (t->state->lines_total <= t->state->lines_height)
        return false;
    if (code == INPUT_PAGE_UP)
        scroll(t, -page);
    else if (code == INPUT_PAGE_DOWN)
        scroll(t, page);
    else
        return false;
    return true;
}

/* A letter of the footer, or "?". */
static bool action(const struct turn *t, uint32_t character)
{
    if (character == '?') {
        send(t, SETUP_HELP, 0);
        return true;
    }
    for (size_t i = 0; i < t->view->key_count; i++) {
        const char *key = t->view->keys[i].key;
        if (key[0] != '\0' && key[1] == '\0' && (unsigned char)key[0] == character) {
            send(t, SETUP_ACTION, (long)character);
            return true;
        }
    }
    return false;
}

/* Puts a character into a field; the machine hears of it when the keys settle. */
static void insert(const struct turn *t, size_t field, uint32_t character)
{
    if (field >= t->view->field_count)
        return;
    if (t->view->fields[field].secret)
        mask_insert(&t->state->mask, character);
    else
        entry_insert(&t->state->entries[field], character);
    t->state->text_waits = true;
}

static void select_entry(const struct turn *t, size_t index)
{
    if (index != t->view->cursor)
        send(t, SETUP_SELECT, (long)index);
}

static void move(const struct turn *t, enum list_move to)
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

static void list_key(const struct turn *t, enum input_code code)
{
    enum list_move to;

    if (!scroll_key(t, code) && move_of(code, &to))
        move(t, to);
}

static void select_cell(const struct turn *t, size_t cell)
{
    if (cell != t->view->matrix.row * VIEW_CELLS_MAX + t->view->matrix.column)
        send(t, SETUP_SELECT, (long)cell);
}

static void matrix_character(const struct turn *t, uint32_t c)
{
    static const char letters[] = "hjkl";
    static const enum list_move moves[] = {LIST_LEFT, LIST_DOWN, LIST_UP, LIST_RIGHT};
    const char *letter = c > 0 && c < 128 ? strchr(letters, (int)c) : NULL;
    size_t cell;

    if (c >= '0' && c <= '9') {
        if (matrix_digit(t->view, (unsigned)(c - '0'), &cell))
            select_cell(t, cell);
    } else if (letter) {
        select_cell(t, matrix_moved(t->view, moves[letter - letters]));
    } else {
        action(t, c);
    }
}

static void in_matrix(const struct turn *t, const struct input_key *key)
{
    enum list_move to;

    if (key->code == INPUT_CHARACTER)
        matrix_character(t, key->character);
    else if (key->code == INPUT_ENTER)
        send(t, SETUP_NEXT, 0);
    else if (!scroll_key(t, key->code) && move_of(key->code, &to))
        select_cell(t, matrix_moved(t->view, to));
}

/* After the filter changed the cursor stands on an entry that is shown. */
static void filtered(const struct turn *t)
{
    size_t shown[VIEW_ITEMS_MAX];
    size_t count = list_shown(&t->state->list, t->view, shown);

    for (size_t i = 0; i < count; i++)
        if (shown[i] == t->view->cursor)
            return;
    if (count > 0)
        select_entry(t, shown[0]);
}

static void filter_key(const struct turn *t, const struct input_key *key)
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

static void list_character(const struct turn *t, uint32_t c)
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
    else if (!action(t, c) && t->view->field_count > 0 && !t->view->fields[0].secret) {
        /* whoever just types the answer means the field */
        t->state->last_focus = 0;
        insert(t, 0, c);
        send(t, SETUP_FOCUS, 0);
    }
}

static void in_list(const struct turn *t, const struct input_key *key)
{
    if (t->state->list.filtering) {
        filter_key(t, key);
    } else if (key->code == INPUT_CHARACTER) {
        list_character(t, key->character);
    } else {
        t->state->list.typed = 0;
        if (key->code == INPUT_ENTER)
            send(t, SETUP_NEXT, 0);
        else
            list_key(t, key->code);
    }
}

/* Counts a character; true if this many came right before this key, as pasted text does. */
static bool burst(const struct turn *t, bool character)
{
    struct screen_state *state = t->state;
    bool close = t->now - state->last_ms <= KEYS_BURST_MS;
    bool pasted = close && state->burst > KEYS_BURST;

    if (character || pasted)
        state->burst = close ? state->burst + 1 : 1;
    state->last_ms = t->now;
    return pasted;
}

static void edit_key(const struct turn *t, enum input_code code)
{
    static const struct {
        enum input_code code;
        void (*edit)(struct entry *entry);
    } edits[] = {{INPUT_LEFT, entry_left},     {INPUT_RIGHT, entry_right},
                 {INPUT_HOME, entry_home},     {INPUT_END, entry_end},
                 {INPUT_DELETE, entry_delete}, {INPUT_BACKSPACE, entry_backspace},
                 {INPUT_CLEAR, entry_clear},   {INPUT_DELETE_WORD, entry_delete_word}};
    struct entry *entry = &t->state->entries[t->state->last_focus];
    size_t before = entry->len;

    for (size_t i = 0; i < sizeof(edits) / sizeof(edits[0]); i++)
        if (edits[i].code == code)
            edits[i].edit(entry);
    t->state->text_waits = t->state->text_waits || entry->len != before;
}

/* In the field of a key every key that takes something away takes everything away. */
static void edit_mask(const struct turn *t, enum input_code code)
{
    if (code != INPUT_BACKSPACE && code != INPUT_CLEAR && code != INPUT_DELETE_WORD &&
        code != INPUT_DELETE)
        return;
    bool told = t->state->mask.handed || focused(t)->filled;
    mask_clear(&t->state->mask);
    t->state->text_waits = false;
    if (told)
        send_key(t, NULL);
}

/* Up and Down leave a field for the one beside it or the list, never for the footer. */
static void leave_field(const struct turn *t, bool down)
{
    size_t place = place_now(t);

    if (down && place + 2 < place_count(t->view))
        go_to_place(t, place + 1);
    else if (!down && place > 0)
        go_to_place(t, place - 1);
}

static void in_field(const struct turn *t, const struct input_key *key)
{
    if (key->code == INPUT_CHARACTER) {
        burst(t, true);
        insert(t, t->state->last_focus, key->character);
    } else if (key->code == INPUT_ENTER && burst(t, false)) {
        insert(t, t->state->last_focus, '\n'); /* the end of a pasted line sends nothing off */
    } else if (key->code == INPUT_ENTER) {
        settle(t, true);
        send(t, SETUP_NEXT, 0);
    } else if (key->code == INPUT_UP || key->code == INPUT_DOWN) {
        leave_field(t, key->code == INPUT_DOWN);
    } else if (!scroll_key(t, key->code)) {
        if (focused(t)->secret)
            edit_mask(t, key->code);
        else
            edit_key(t, key->code);
    }
}

/* Enter in the footer does what the key under the cursor does. */
static enum keys_result press(const struct turn *t);

static enum keys_result in_footer(const struct turn *t, const struct input_key *key)
{
    struct screen_state *state = t->state;
    size_t count = t->view->key_count;

    if (key->code == INPUT_ENTER && state->footer && count > 0)
        return press(t);
    if (key->code == INPUT_ENTER)
        send(t, SETUP_NEXT, 0);
    else if (key->code == INPUT_CHARACTER)
        action(t, key->character);
    else if (key->code == INPUT_RIGHT && count > 0)
        state->footer_key = (state->footer_key + 1) % count;
    else if (key->code == INPUT_LEFT && count > 0)
        state->footer_key = (state->footer_key + count - 1) % count;
    else if (key->code == INPUT_UP)
        scroll(t, -1);
    else if (key->code == INPUT_DOWN)
        scroll(t, 1);
    else if (key->code == INPUT_HOME)
        scroll(t, -state->lines_total);
    else if (key->code == INPUT_END)
        scroll(t, state->lines_total);
    else
        scroll_key(t, key->code);
    return KEYS_DONE;
}

static void paste_key(const struct turn *t, const struct input_key *key)
{
    struct screen_state *state = t->state;

    if (key->code == INPUT_PASTE_BEGIN) {
        state->burst = 0;
        state->paste_to = focused(t) ? state->last_focus : 0;
        if (t->view->field_count > 0 && state_focus(state, t->view) != FOCUS_FIELD) {
            bool changes = !focused(t);
            state->footer = false;
            state->last_focus = state->paste_to;
            if (changes)
                send(t, SETUP_FOCUS, (long)state->paste_to);
        }
    } else if (key->code == INPUT_PASTE_END) {
        settle(t, true);
    } else if (key->code == INPUT_CHARACTER) {
        insert(t, state->paste_to, key->character);
    }
}

static enum keys_result dispatch(const struct turn *t, const struct input_key *key)
{
    bool filtering = t->state->list.filtering && state_focus(t->state, t->view) == FOCUS_LIST;

    if (key->code == INPUT_REDRAW)
        return KEYS_REDRAW;
    if (key->code == INPUT_SUSPEND)
        return KEYS_SUSPEND;
    if (key->code == INPUT_QUIT || key->code == INPUT_HELP) {
        settle(t, true);
        send(t, key->code == INPUT_QUIT ? SETUP_QUIT : SETUP_HELP, 0);
    } else if (key->code == INPUT_ESCAPE && !filtering) {
        send(t, SETUP_BACK, 0);
    } else if (key->code == INPUT_TAB && !filtering) {
        go_next(t);
    } else if (key->code == INPUT_BACKTAB) {
        go_previous(t);
    } else if (state_focus(t->state, t->view) == FOCUS_FIELD) {
        in_field(t, key);
    } else if (state_focus(t->state, t->view) == FOCUS_LIST) {
        in_list(t, key);
    } else if (state_focus(t->state, t->view) == FOCUS_MATRIX) {
        in_matrix(t, key);
    } else {
        return in_footer(t, key);
    }
    return KEYS_DONE;
}

static enum keys_result press(const struct turn *t)
{
    struct input_key key = input_named(t->view->keys[t->state->footer_key].key);

    if (key.code == INPUT_ENTER)
        send(t, SETUP_NEXT, 0);
    else
        return dispatch(t, &key);
    return KEYS_DONE;
}

enum keys_result keys_apply(struct screen_state *state, const struct view *view,
                            const struct input_key *key, int64_t now_ms, setup_emit *emit,
                            void *loop)
{
    const struct turn t = {state, view, emit, loop, now_ms};

    if (key->code == INPUT_NOTHING)
        return KEYS_DONE;
    if (key->pasted || key->code == INPUT_PASTE_BEGIN || key->code == INPUT_PASTE_END) {
        paste_key(&t, key);
        return KEYS_DONE;
    }
    return dispatch(&t, key);
}

void keys_settle(struct screen_state *state, const struct view *view, setup_emit *emit, void *loop)
{
    const struct turn t = {state, view, emit, loop, state->last_ms};

    settle(&t, false);
}
