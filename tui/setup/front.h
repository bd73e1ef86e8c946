/* A front end: draws views and turns what a person does into events. The loop (setup/loop.c) is the
 * only caller. Three of them: screen (ncurses), plain (line prompts), flags (--no-input). */
#ifndef DL_TUI_SETUP_FRONT_H
#define DL_TUI_SETUP_FRONT_H

#include "base/error.h"
#include "setup/event.h"
#include "setup/view.h"

typedef void setup_emit(void *loop, const struct setup_event *event);

struct front {
    /* Takes the terminal. -DL_E_TERM: cannot (the loop then takes the plain front end). */
    int (*open)(struct front *front, struct dl_error *err);
    /* Shows the view; called whenever it changed. The view stays until the next draw. */
    void (*draw)(struct front *front, const struct view *view);
    /* Descriptor to wait on, -1 for none. */
    int (*fd)(struct front *front);
    /* Called when the descriptor is readable, and after every draw with a view that waits for a
     * person (flags answer then). Emits any number of events; each is handled, and its view drawn,
     * before emit returns, so that keys typed ahead meet the page they belong to. */
    void (*read)(struct front *front, setup_emit *emit, void *loop);
    /* A signal the loop caught: SIGWINCH, SIGTSTP, SIGCONT. */
    void (*signal)(struct front *front, int number);
    /* Gives the terminal back as it was. May be called twice. */
    void (*close)(struct front *front);
};

#endif
