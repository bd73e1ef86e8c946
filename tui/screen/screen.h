/* The front end for terminals. */
#ifndef DL_TUI_SCREEN_SCREEN_H
#define DL_TUI_SCREEN_SCREEN_H

#include <stdbool.h>

#include "base/error.h"
#include "setup/front.h"

enum screen_color { SCREEN_COLOR_AUTO, SCREEN_COLOR_ALWAYS, SCREEN_COLOR_NEVER };

struct screen_options {
    enum screen_color color; /* AUTO: unless NO_COLOR is set */
    bool ascii;              /* no characters outside ASCII, even where the locale has them */
};

/* Makes the front end; it takes the terminal at open(). Free with screen_front_free(). */
int screen_front_new(struct front **out, const struct screen_options *options,
                     struct dl_error *err);
void screen_front_free(struct front *front); /* closes; NULL is fine */

#endif
