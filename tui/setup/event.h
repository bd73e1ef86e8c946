/* What can happen to the wizard. Front ends make the first group out of keys, lines or flags; the
 * loop makes the second group out of what its effects brought. */
#ifndef DL_TUI_SETUP_EVENT_H
#define DL_TUI_SETUP_EVENT_H

#include <stddef.h>

#include "base/error.h"
#include "secret/key.h"

enum setup_event_kind {
    /* from a person */
    SETUP_SELECT, /* list cursor to `number` (index into view.items; see view.h for a matrix) */
    SETUP_FOCUS,  /* field `number` (index into view.fields) has the cursor; view.field_count: the
                     footer */
    SETUP_TEXT,   /* the field with the focus now reads `text` (whole new content) */
    SETUP_KEY,    /* an API key was typed or pasted: `key` is handed over to the machine */
    SETUP_NEXT,   /* Enter */
    SETUP_BACK,   /* Esc */
    SETUP_ACTION, /* a letter of view.keys: `number` is the character */
    SETUP_HELP,   /* ? opens and closes the help page */
    SETUP_SCROLL, /* view.lines by `number` rows (negative: up) */
    SETUP_QUIT,   /* Ctrl-C: asks once if anything was entered, ends at the second */
    SETUP_TURN,   /* to what stands before (`number` -1) or behind (1), where view.turns */
    /* from the loop */
    SETUP_TICK, /* a second went by while something runs */
    SETUP_DONE  /* an effect brought news; setup/machine.h says how */
};

struct setup_event {
    enum setup_event_kind kind;
    long number;
    const char *text;   /* valid during the call */
    struct dl_key *key; /* ownership goes to the machine; NULL: what was entered is wiped */
    const void *result; /* SETUP_DONE: see setup/machine.h */
};

#endif
