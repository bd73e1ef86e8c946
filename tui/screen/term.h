/* The terminal: the only file with terminal control, termios and signals. One at a time. */
#ifndef DL_TUI_SCREEN_TERM_H
#define DL_TUI_SCREEN_TERM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/* Takes the terminal: standard input and output if both are one, else /dev/tty. -DL_E_TERM when
 * TERM is unset, unknown or cannot move the cursor; the terminal is then as it was. From here on it
 * is given back at exit and at fatal signals too. */
int term_open(struct dl_error *err);

/* Gives it back as it was; may be called twice. */
void term_close(void);

/* The descriptor that keys come from, -1 when closed. */
int term_fd(void);

/* True if the locale's characters are UTF-8. */
bool term_is_utf8(void);

/* Milliseconds to wait for the rest of a sequence behind Esc: 25, or what ESCDELAY says. */
int term_escape_delay(void);

/* Takes over the size that the terminal has now; true if it changed. */
bool term_resize(void);

/* Ctrl-Z: gives the terminal back, stops the process group, takes the terminal again when it goes
 * on. The caller draws anew. */
void term_suspend(void);

/* Gives it back and takes it again around a stop that somebody else made. */
void term_resume(void);

/* Reads what is there now; 0: nothing, -1: the terminal is gone. Waits up to `wait_ms`. */
long term_read(unsigned char *to, size_t size, int wait_ms);

/* Value of a string capability, or NULL. */
const char *term_capability(const char *name);

#endif
