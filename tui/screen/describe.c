#include "screen/describe.h"

#include <curses.h>
#include <stdio.h>
#include <term.h>
#include <unistd.h>

void terminal_describe(const char *name, struct terminal_description *out)
{
    int found = 0;

    *out = (struct terminal_description){.colors = -1};
    if (!name || !*name || setupterm(name, STDOUT_FILENO, &found) == ERR)
        return;
    out->known = true;
    out->moves = cursor_address != NULL;
    out->colors = tigetnum("colors");
    del_curterm(cur_term);
}

const char *terminal_library_version(void)
{
    return curses_version();
}
