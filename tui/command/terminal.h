/* Which front end a command takes, and how its screen looks: by options, terminal and environment.
 */
#ifndef DL_TUI_COMMAND_TERMINAL_H
#define DL_TUI_COMMAND_TERMINAL_H

#include "command/command.h"
#include "screen/screen.h"

enum terminal_front {
    TERMINAL_SCREEN,
    TERMINAL_PLAIN, /* lines: asked for, ACCESSIBLE, or a terminal that cannot do more */
    TERMINAL_FLAGS  /* no terminal, --no-input or --json: nobody is asked */
};

enum terminal_front terminal_front(const struct program *program);

/* Options of the screen by --color and --ascii. -DL_E_USAGE. */
int terminal_screen(struct screen_options *out, const struct program *program,
                    struct dl_error *err);

#endif
