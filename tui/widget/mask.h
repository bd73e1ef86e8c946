/* The field for an API key. What is typed goes into one locked page and nowhere else: no window, no
 * buffer of ncurses, no copy on the heap. The screen shows 32 stars as soon as anything is there.
 * There is no cursor inside: a key is pasted, or cleared and pasted again. */
#ifndef DL_TUI_WIDGET_MASK_H
#define DL_TUI_WIDGET_MASK_H

#include <stdbool.h>
#include <stdint.h>

#include "secret/key.h"

#define MASK_STARS "********************************"

struct mask {
    struct dl_key *key; /* NULL: nothing typed here */
    bool handed;        /* a copy of exactly this went to the machine */
    bool full;          /* more than DL_KEY_MAX bytes came; the rest was left out */
};

/* Takes one character. Blanks at the start, line ends and control characters are left out; a
 * character outside ASCII counts as "?", so that the machine's message can name its position. */
void mask_insert(struct mask *mask, uint32_t code);

/* Wipes the page. Returns true if anything was there. */
bool mask_clear(struct mask *mask);

/* A copy for the machine in a page of its own, marked as handed over; NULL if nothing is there, it
 * was handed over before, or there is no memory. */
struct dl_key *mask_hand_over(struct mask *mask);

#endif
