/* Runs the page: a front end and signals in one wait. */
#ifndef DL_TUI_EXPLAIN_LOOP_H
#define DL_TUI_EXPLAIN_LOOP_H

#include "explain/page.h"
#include "setup/front.h"

/* Until a person leaves or a signal comes. *exit_code becomes 0, or 128 + number after a signal.
 * Returns a negative code when nothing could begin: -DL_E_TERM when the front end cannot have the
 * terminal, -DL_E_USAGE when there is no sample. */
int explain_loop_run(struct front *front, const struct study_options *options, int *exit_code,
                     struct dl_error *err);

#endif
