/* Asking for the key on the controlling terminal, without showing it. */
#ifndef DL_TUI_COMMAND_PROMPT_H
#define DL_TUI_COMMAND_PROMPT_H

#include <stdbool.h>

#include "base/error.h"
#include "secret/key.h"

/* Shows the question on /dev/tty and reads one line with echo off; the terminal is as before in any
 * case, a signal included. -DL_E_USAGE without a terminal or when echo cannot be turned off,
 * -DL_E_CANCELLED for Ctrl-C and for end of file. */
int prompt_key(struct dl_key **out, const char *question, struct dl_error *err);

/* Shows the question and reads one line as it is typed into `to`, cut at its size, without its end.
 * "" for an empty line and for end of file. -DL_E_USAGE without a terminal. */
int prompt_line(char *to, size_t size, const char *question, struct dl_error *err);

/* Asks for "y" on the controlling terminal; anything else, and nothing, is no. -DL_E_USAGE without
 * a terminal. */
int prompt_yes(bool *yes, const char *question, struct dl_error *err);

#endif
