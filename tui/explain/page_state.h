/* Inside of the page. Only explain/page*.c include this. */
#ifndef DL_TUI_EXPLAIN_PAGE_STATE_H
#define DL_TUI_EXPLAIN_PAGE_STATE_H

#include "explain/page.h"

struct explain_page {
    struct study study;
    size_t row;                  /* of the trace: the selected one */
    bool details, help, editing; /* pages on top */
    size_t scroll, help_scroll, details_scroll;
    struct dl_buffer field; /* what the field holds while the sample is edited */

    enum view_mark mark; /* with message */
    char message[256];   /* until the next key; "": none */
};

/* page.c: the first row of the part of the rows that a view has. */
size_t explain_page_first(const struct explain_page *page);

/* page.c: the keys that mean something now, as a footer has them. */
void explain_page_keys(const struct explain_page *page, struct view *view);

/* page_card.c: what the selected processor did, not more than `most` bytes of each value. */
void explain_page_card(struct explain_page *page, struct view *view, size_t most);

/* page_card.c: the mark of a row. */
enum view_mark explain_page_mark(const struct explain_page *page, const struct dl_trace_row *row);

#endif
