/* Runs the wizard for a command: what it starts from, which front end, what is printed at the end.
 */
#ifndef DL_TUI_COMMAND_WIZARD_H
#define DL_TUI_COMMAND_WIZARD_H

#include "command/command.h"

/* Takes everything from the options and the environment. title: "ddlogs setup"; sample_key: a
 * made-up key to show for pasting, or NULL; given: a key that counts as given by option (taken
 * over), or NULL. Returns the exit code. */
int wizard_run(struct program *program, const char *title, const char *sample_key,
               struct dl_key *given);

/* Whether line prompts or options alone would be used, so that a caller knows whether to ask. */
bool wizard_has_person(const struct program *program);

#endif
