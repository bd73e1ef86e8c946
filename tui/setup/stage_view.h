/* How the stages of a check are shown, the same in the wizard and in the doctor. */
#ifndef DL_TUI_SETUP_STAGE_VIEW_H
#define DL_TUI_SETUP_STAGE_VIEW_H

#include "check/check.h"
#include "setup/view.h"

/* The mark of a result. */
enum view_mark view_result_mark(enum dl_result result);

/* The time a stage took or has been taking: "31 ms"; "" where there is none. */
const char *view_stage_time(const struct dl_stage_report *report, struct view *view);

/* A stage as a row: mark, label, message, time. */
void view_stage(const struct dl_stage_report *report, struct view *view);

/* Likely causes of a code and the next steps, a line each: those of the report, which knows host,
 * port and proxy, or with report == NULL those of the code with `words` put in. */
void view_advice(struct view *view, enum dl_code code, const struct dl_stage_report *report,
                 const struct dl_error_word *words);

#endif
