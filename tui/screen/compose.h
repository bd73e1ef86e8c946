/* The whole screen in memory: a view and the screen's state become sheets with their places. Pure:
 * what a terminal would show is known without one. */
#ifndef DL_TUI_SCREEN_COMPOSE_H
#define DL_TUI_SCREEN_COMPOSE_H

#include "base/buffer.h"
#include "screen/layout.h"
#include "screen/state.h"
#include "setup/view.h"
#include "widget/sheet.h"

/* Rows [top, top + height) of a sheet from `row` of the screen on. */
struct placed {
    struct sheet sheet;
    int row, height, top;
};

enum { PLACED_FRAME = PANE_COUNT, PLACED_FOOTER, PLACED_COUNT };

struct composition {
    struct layout layout;
    struct placed parts[PLACED_COUNT]; /* the panes, then frame and footer */
    int cursor_row, cursor_column;     /* -1: nowhere */
    bool cursor_seen;
    struct view twin; /* of the view, in ASCII */
    struct dl_buffer twin_memory;
};

void compose_init(struct composition *composition);
void compose_free(struct composition *composition);

/* Composes for a terminal of this size; tells the state what the keys need to know of it. */
void compose(struct composition *composition, const struct view *view, struct screen_state *state,
             int rows, int columns, bool ascii);

#endif
