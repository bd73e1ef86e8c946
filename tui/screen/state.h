/* What the screen knows beside the view: cursors inside fields, the filter, which key of the footer
 * has the focus. All of it is local: the machine hears of it only through events. */
#ifndef DL_TUI_SCREEN_STATE_H
#define DL_TUI_SCREEN_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "setup/view.h"
#include "widget/entry.h"
#include "widget/list.h"
#include "widget/mask.h"

enum focus { FOCUS_LIST, FOCUS_MATRIX, FOCUS_FIELD, FOCUS_FOOTER };

struct screen_state {
    bool started;
    unsigned page; /* view.page this belongs to */
    bool help;     /* and whether that is the help page over it */
    bool footer;   /* Tab went to the footer */
    size_t footer_key;
    size_t last_focus; /* view.focus at the last draw */
    size_t paste_to;   /* field that a paste goes into */
    struct list list;
    struct entry entries[VIEW_FIELDS_MAX];
    struct mask mask;
    bool scrolled;   /* a person moved through the lines */
    bool text_waits; /* the field changed and the machine has not heard of it */
    int burst;       /* characters that came right after each other */
    int64_t last_ms; /* when the last one came */
    /* what the last drawing found out */
    int lines_total, lines_height, list_height, list_columns, top;
};

/* Takes over a new view: another screen starts afresh, and a value that the machine changed
 * replaces what was edited. */
void state_sync(struct screen_state *state, const struct view *view);

/* Wipes what is secret. */
void state_free(struct screen_state *state);

/* What takes the keys. */
enum focus state_focus(const struct screen_state *state, const struct view *view);

#endif
