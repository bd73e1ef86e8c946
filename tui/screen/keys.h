/* What each key does, by what has the focus. Keys become events; what is the screen's alone (cursor
 * in a field, filter, footer) changes the state. No terminal: time comes in as a number. */
#ifndef DL_TUI_SCREEN_KEYS_H
#define DL_TUI_SCREEN_KEYS_H

#include <stdint.h>

#include "screen/input.h"
#include "screen/state.h"
#include "setup/front.h"

/* A terminal without bracketed paste sends pasted text like typed text, only faster than anyone
 * types: more characters than this, none later than this after the one before. */
#define KEYS_BURST 8
#define KEYS_BURST_MS 20

enum keys_result {
    KEYS_DONE,    /* the screen is to be drawn again */
    KEYS_REDRAW,  /* Ctrl-L: from scratch */
    KEYS_SUSPEND, /* Ctrl-Z */
};

/* Handles one key. Uses `view` only before the first event it emits: the view may change with it.
 */
enum keys_result keys_apply(struct screen_state *state, const struct view *view,
                            const struct input_key *key, int64_t now_ms, setup_emit *emit,
                            void *loop);

/* To be called when no more keys wait: tells the machine what was typed so far. A key is told when
 * it was pasted; one that is typed by hand at Enter or when its field is left. */
void keys_settle(struct screen_state *state, const struct view *view, setup_emit *emit, void *loop);

#endif
