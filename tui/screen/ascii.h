/* A view for a terminal whose locale has no UTF-8. */
#ifndef DL_TUI_SCREEN_ASCII_H
#define DL_TUI_SCREEN_ASCII_H

#include "base/buffer.h"
#include "setup/view.h"

/* Copies the view with every text in ASCII; the texts live in `memory` until its next use. The
 * copy owns nothing. Returns 0 or a negative code (then *to is not to be used). */
int ascii_view(struct view *to, const struct view *from, struct dl_buffer *memory);

#endif
