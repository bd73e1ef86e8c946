/* The page of `ddlogs pipeline explain`: the processors, and what the selected one made of the log.
 * Pure: no terminal, no clock. */
#ifndef DL_TUI_EXPLAIN_PAGE_H
#define DL_TUI_EXPLAIN_PAGE_H

#include "explain/study.h"
#include "setup/event.h"
#include "setup/view.h"

#define EXPLAIN_EDIT_MAX 12000 /* bytes of a sample that can be edited */

struct explain_page;

/* The options are kept by the caller, study.h says which. -DL_E_USAGE: there is no sample. */
int explain_page_new(struct explain_page **out, const struct study_options *options,
                     struct dl_error *err);
void explain_page_free(struct explain_page *page); /* NULL is fine */

/* One step; keys that mean nothing now change nothing. False: a person wants to leave. */
bool explain_page_event(struct explain_page *page, const struct setup_event *event);

/* Builds the view (cleared first). It is valid until the next event. */
void explain_page_view(struct explain_page *page, struct view *view);

#endif
