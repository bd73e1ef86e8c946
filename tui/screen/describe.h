/* What the terminal's description says, without taking the terminal. */
#ifndef DL_TUI_SCREEN_DESCRIBE_H
#define DL_TUI_SCREEN_DESCRIBE_H

#include <stdbool.h>

struct terminal_description {
    bool known; /* terminfo has this name */
    bool moves; /* it can place its cursor */
    int colors; /* -1: none */
};

/* Looks a name up in terminfo; NULL and "" are not known. */
void terminal_describe(const char *name, struct terminal_description *out);

/* "ncurses 6.4.20221231" */
const char *terminal_library_version(void);

#endif
