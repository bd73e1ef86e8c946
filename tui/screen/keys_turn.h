/* What the handlers of keys share. Only screen/keys*.c include this. */
#ifndef DL_TUI_SCREEN_KEYS_TURN_H
#define DL_TUI_SCREEN_KEYS_TURN_H

#include "screen/keys.h"

/* What every handler needs. */
struct keys_turn {
    struct screen_state *state;
    const struct view *view;
    setup_emit *emit;
    void *loop;
    int64_t now;
};

/* keys.c */
void keys_send(const struct keys_turn *t, enum setup_event_kind kind, long number);
/* Moves through text that is longer than its place. False for other keys and when it all shows. */
bool keys_scroll(const struct keys_turn *t, enum input_code code);
/* A letter of the footer, or "?". False for others. */
bool keys_action(const struct keys_turn *t, uint32_t character);
/* Puts a character into a field; the machine hears of it when the keys settle. */
void keys_insert(const struct keys_turn *t, size_t field, uint32_t character);

/* keys_list.c */
void keys_in_list(const struct keys_turn *t, const struct input_key *key);
void keys_in_matrix(const struct keys_turn *t, const struct input_key *key);

#endif
