#include "screen/keys.h"

#include <string.h>

#include "screen/keys_turn.h"

void keys_send(const struct keys_turn *t, enum setup_event_kind kind, long number)
{
    const struct setup_event event = {.kind = kind, .number = number};

    t->emit(t->loop, &event);
}

/* The field with the focus, or NULL. */
static const struct view_field *focused(const struct keys_turn *t)
{
    size_t focus = t->state->last_focus;

    return focus < t->view->field_count ? &t->view->fields[focus] : NULL;
}

static void send_key(const struct keys_turn *t, struct dl_key *key)
{
    const struct setup_event event = {.kind = SETUP_KEY, .key = key};

    t->emit(t->loop, &event);
}

/* Tells the machine what the field holds. `all`: a key that is being typed by hand too. */
static void settle(const struct keys_turn *t, bool all)
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

static size_t place_now(const struct keys_turn *t)
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

static void go_to_place(const struct keys_turn *t, size_t place)
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
        keys_send(t, SETUP_FOCUS, (long)field);
}

static void go_next(const struct keys_turn *t)
{
    go_to_place(t, (place_now(t) + 1) % place_count(t->view));
}

static void go_previous(const struct keys_turn *t)
{
    size_t count = place_count(t->view);

    go_to_place(t, (place_now(t) + count - 1) % count);
}

static void scroll(const struct keys_turn *t, int rows)
{
    struct screen_state *state = t->state;
    int most = state->lines_total - state->lines_height, to = state->top + rows;

    to = to > most ? most : to;
    to = to < 0 ? 0 : to;
    state->scrolled = true;
    if (to != (int)t->view->scroll)
        keys_send(t, SETUP_SCROLL, to - (long)t->view->scroll);
}

bool keys_scroll(const struct keys_turn *t, enum input_code code)
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

bool keys_action(const struct keys_turn *t, uint32_t character)
{
    if (character == '?') {
        keys_send(t, SETUP_HELP, 0);
        return true;
    }
    for (size_t i = 0; i < t->view->key_count; i++) {
        const char *key = t->view->keys[i].key;
        if (key[0] != '\0' && key[1] == '\0' && (unsigned char)key[0] == character) {
            keys_send(t, SETUP_ACTION, (long)character);
            return true;
        }
    }
    return false;
}

void keys_insert(const struct keys_turn *t, size_t field, uint32_t character)
{
    if (field >= t->view->field_count)
        return;
    if (t->view->fields[field].secret)
        mask_insert(&t->state->mask, character);
    else
        entry_insert(&t->state->entries[field], character);
    t->state->text_waits = true;
}

/* Counts a character; true if this many came right before this key, as pasted text does. */
static bool burst(const struct keys_turn *t, bool character)
{
    struct screen_state *state = t->state;
    bool close = t->now - state->last_ms <= KEYS_BURST_MS;
    bool pasted = close && state->burst > KEYS_BURST;

    if (character || pasted)
        state->burst = close ? state->burst + 1 : 1;
    state->last_ms = t->now;
    return pasted;
}

static void edit_key(const struct keys_turn *t, enum input_code code)
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
static void edit_mask(const struct keys_turn *t, enum input_code code)
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
static void leave_field(const struct keys_turn *t, bool down)
{
    size_t place = place_now(t);

    if (down && place + 2 < place_count(t->view))
        go_to_place(t, place + 1);
    else if (!down && place > 0)
        go_to_place(t, place - 1);
}

static void in_field(const struct keys_turn *t, const struct input_key *key)
{
    if (key->code == INPUT_CHARACTER) {
        burst(t, true);
        keys_insert(t, t->state->last_focus, key->character);
    } else if (key->code == INPUT_ENTER && burst(t, false)) {
        keys_insert(t, t->state->last_focus, '\n'); /* the end of a pasted line sends nothing off */
    } else if (key->code == INPUT_ENTER) {
        settle(t, true);
        keys_send(t, SETUP_NEXT, 0);
    } else if (key->code == INPUT_UP || key->code == INPUT_DOWN) {
        leave_field(t, key->code == INPUT_DOWN);
    } else if (!keys_scroll(t, key->code)) {
        if (focused(t)->secret)
            edit_mask(t, key->code);
        else
            edit_key(t, key->code);
    }
}

/* Enter in the footer does what the key under the cursor does. */
static enum keys_result press(const struct keys_turn *t);

static enum keys_result in_footer(const struct keys_turn *t, const struct input_key *key)
{
    struct screen_state *state = t->state;
    size_t count = t->view->key_count;

    if (key->code == INPUT_ENTER && state->footer && count > 0)
        return press(t);
    if (key->code == INPUT_ENTER)
        keys_send(t, SETUP_NEXT, 0);
    else if (key->code == INPUT_CHARACTER)
        keys_action(t, key->character);
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
        keys_scroll(t, key->code);
    return KEYS_DONE;
}

static void paste_key(const struct keys_turn *t, const struct input_key *key)
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
                keys_send(t, SETUP_FOCUS, (long)state->paste_to);
        }
    } else if (key->code == INPUT_PASTE_END) {
        settle(t, true);
    } else if (key->code == INPUT_CHARACTER) {
        keys_insert(t, state->paste_to, key->character);
    }
}

static enum keys_result dispatch(const struct keys_turn *t, const struct input_key *key)
{
    bool filtering = t->state->list.filtering && state_focus(t->state, t->view) == FOCUS_LIST;

    if (key->code == INPUT_REDRAW)
        return KEYS_REDRAW;
    if (key->code == INPUT_SUSPEND)
        return KEYS_SUSPEND;
    if (key->code == INPUT_QUIT || key->code == INPUT_HELP) {
        settle(t, true);
        keys_send(t, key->code == INPUT_QUIT ? SETUP_QUIT : SETUP_HELP, 0);
    } else if (key->code == INPUT_ESCAPE && !filtering) {
        keys_send(t, SETUP_BACK, 0);
    } else if (key->code == INPUT_TAB && !filtering) {
        go_next(t);
    } else if (key->code == INPUT_BACKTAB) {
        go_previous(t);
    } else if (state_focus(t->state, t->view) == FOCUS_FIELD) {
        in_field(t, key);
    } else if (state_focus(t->state, t->view) == FOCUS_LIST) {
        keys_in_list(t, key);
    } else if (state_focus(t->state, t->view) == FOCUS_MATRIX) {
        keys_in_matrix(t, key);
    } else {
        return in_footer(t, key);
    }
    return KEYS_DONE;
}

static enum keys_result press(const struct keys_turn *t)
{
    struct input_key key = input_named(t->view->keys[t->state->footer_key].key);

    if (key.code == INPUT_ENTER)
        keys_send(t, SETUP_NEXT, 0);
    else
        return dispatch(t, &key);
    return KEYS_DONE;
}

enum keys_result keys_apply(struct screen_state *state, const struct view *view,
                            const struct input_key *key, int64_t now_ms, setup_emit *emit,
                            void *loop)
{
    const struct keys_turn t = {state, view, emit, loop, now_ms};

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
    const struct keys_turn t = {state, view, emit, loop, state->last_ms};

    settle(&t, false);
}
