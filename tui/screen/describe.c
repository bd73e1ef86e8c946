#include "screen/describe.h"

#include <curses.h>
#include <stdio.h>
#include <term.h>
#include <unistd.h>

void terminal_describe(const char *name, struct terminal_description *out)
{
    TERMINAL *before = cur_term; /* of a screen that is open */
    int found = 0;

    *out = (struct terminal_description){.colors = -1};
    if (!name || !*name)
        return;
    set_curterm(NULL);
    if (setupterm(name, STDOUT_FILENO, &found) != ERR) {
        out->known = true;
        out->moves = cursor_address != NULL;
        out->colors = tigetnum("colors");
        del_curterm(cur_term);
    }
    set_curterm(before);
}

const char *terminal_library_version(void)
{
    return curses_version();
}
