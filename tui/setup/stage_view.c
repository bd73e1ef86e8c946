#include "setup/stage_view.h"

#include <string.h>

enum view_mark view_result_mark(enum dl_result result)
{
    static const enum view_mark marks[] = {
        [DL_RESULT_WAIT] = VIEW_WAIT, [DL_RESULT_RUN] = VIEW_RUN,   [DL_RESULT_PASS] = VIEW_OK,
        [DL_RESULT_WARN] = VIEW_WARN, [DL_RESULT_FAIL] = VIEW_FAIL, [DL_RESULT_SKIP] = VIEW_SKIP,
    };

    return marks[result];
}

const char *view_stage_time(const struct dl_stage_report *report, struct view *view)
{
    bool timed = report->result != DL_RESULT_WAIT && report->result != DL_RESULT_SKIP;

    return timed ? view_text(view, "%lld ms", (long long)report->ms) : "";
}

void view_stage(const struct dl_stage_report *report, struct view *view)
{
    view_row(view, view_result_mark(report->result), dl_stage_label(report->stage), report->message,
             view_stage_time(report, view));
}

/* One line of the view for each line of the text. */
static void lines_of(struct view *view, const char *head, const char *text)
{
    while (*text != '\0') {
        size_t len = strcspn(text, "\n");
        view_line(view, VIEW_PLAIN, view_text(view, "%s%.*s", head, (int)len, text));
        text += len + (text[len] == '\n');
    }
}

void view_advice(struct view *view, enum dl_code code, const struct dl_stage_report *report,
                 const struct dl_error_word *words)
{
    char step[512];

    lines_of(view, "perhaps: ", dl_error_info(code)->causes);
    for (size_t i = 0; report != NULL ? dl_stage_next(report, i, step, sizeof step)
                                      : dl_error_step(code, i, words, step, sizeof step);
         i++)
        view_line(view, VIEW_PLAIN, view_text(view, "next: %s", step));
}
