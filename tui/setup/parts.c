/* Pieces of views that several pages share. */
#include <string.h>

#include "base/text.h"
#include "setup/stage_view.h"
#include "setup/state.h"

/* The stage that failed this way: it knows host, port and proxy. */
static const struct dl_stage_report *failed_stage(const struct setup *s, enum dl_code code)
{
    const struct setup_reports *reports = s->page == SETUP_PAGE_KEY ? &s->key_check : &s->test;

    for (int i = 0; i < DL_STAGE_COUNT; i++)
        if (reports->stage[i].result == DL_RESULT_FAIL && reports->stage[i].code == code)
            return &reports->stage[i];
    return NULL;
}

static void view_failure(const struct setup *s, struct view *view, const struct dl_error *error)
{
    const struct dl_error_info *info = dl_error_info(error->code);
    const struct dl_stage_report *report = failed_stage(s, error->code);
    const struct dl_site *site = s->draft ? s->draft->site : NULL;
    const struct dl_error_word words[] = {{"APP_URL", site ? site->app_url : NULL}, {NULL, NULL}};

    view_line(view, VIEW_FAIL,
              view_text(view, "%s: %s", info->id, error->text[0] ? error->text : info->title));
    view_advice(view, error->code, report, words);
}

void view_message(const struct setup *s, struct view *view)
{
    if (s->failure.code != DL_OK)
        view_failure(s, view, &s->failure);
    else if (s->message[0] != '\0')
        view_line(view, s->mark, s->message);
}

void view_reach(const struct setup *s, struct view *view)
{
    const struct dl_stage_report *tls = &s->reach.stage[DL_STAGE_TLS];

    if (s->reach_site == NULL || (!s->reach.done && !setup_running(s, SETUP_REACH)))
        return;
    if (!s->reach.done)
        view_line(view, VIEW_RUN, view_text(view, "Trying to reach %s ...", s->reach_site->name));
    else if (s->reach.error.code == DL_OK)
        view_line(view, VIEW_OK,
                  view_text(view, "%s can be reached from here%s%s.", s->reach_site->name,
                            tls->message[0] ? ": " : "", tls->message));
    else
        view_line(view, VIEW_WARN,
                  view_text(view, "%s cannot be reached from here: %s %s", s->reach_site->name,
                            dl_error_info(s->reach.error.code)->id, s->reach.error.text));
}

static void stage_details(const struct dl_stage_report *report, struct view *view)
{
    view_stage(report, view);
    if (report->code != DL_OK)
        view_line(view, VIEW_PLAIN,
                  view_text(view, "%s %s", dl_error_info(report->code)->id, report->message));
    for (size_t i = 0; i < report->evidence_count && i < DL_EVIDENCE_MAX; i++)
        view_line(
            view, VIEW_PLAIN,
            view_text(view, "    %s: %s", report->evidence[i].name, report->evidence[i].value));
}

void view_details(const struct setup *s, struct view *view)
{
    const struct setup_reports *reports = s->page == SETUP_PAGE_KEY ? &s->key_check : &s->test;

    view->title = "Details";
    view->question = "What was seen at each stage (the key is never shown):";
    for (int i = 0; i < DL_STAGE_COUNT; i++)
        if (DL_STAGE_BIT(i) & (s->page == SETUP_PAGE_KEY ? DL_STAGES_KEY : DL_STAGES_TEST))
            stage_details(&reports->stage[i], view);
    if (s->page != SETUP_PAGE_KEY && s->test_id[0] != '\0') {
        view_line(view, VIEW_PLAIN, "Test id of the logs:");
        view_whole(view, s->test_id);
    }
}
