/* The end: what was done, and how to find the logs. */
#include "setup/state.h"

static void result_enter(struct setup *s, struct setup_effects *fx)
{
    (void)fx;
    s->failure = (struct dl_error){0};
}

static void result_handle(struct setup *s, const struct setup_event *event,
                          struct setup_effects *fx)
{
    if (event->kind == SETUP_NEXT || event->kind == SETUP_BACK)
        setup_end(s, fx, 0);
}

static const char *headline(const struct setup *s, struct view *view)
{
    const char *where = s->draft->endpoint != NULL
                            ? s->draft->endpoint
                            : view_text(view, "Datadog %s", s->draft->site->name);

    if (s->tested)
        return view_text(view, "Ready. %llu test logs were accepted by %s (202).",
                         (unsigned long long)s->accepted, where);
    return view_text(view, "Saved, but not verified: the test for %s was not accepted.", where);
}

static void view_saved(const struct setup *s, struct view *view)
{
    if (s->input.check_only)
        view_line(view, VIEW_INFO, "Checked only: nothing was written.");
    else if (s->input.dry_run)
        view_line(view, VIEW_INFO, "Dry run: nothing was written.");
    else if (!s->changed)
        view_line(view, VIEW_INFO, "unchanged: the configuration was like this already.");
    else
        view_line(view, VIEW_OK, "The configuration is written:");
    view_whole(view, s->loaded->path);
}

/* What the Log Explorer would show, where a local intake ran a pipeline. */
static void view_shown(const struct setup *s, struct view *view)
{
    for (size_t i = 0; i < s->shown_count; i++) {
        const struct dl_shown *shown = &s->shown[i];

        view_line(view, shown->not_taken ? VIEW_WARN : VIEW_INFO,
                  view_text(view,
                            shown->not_taken
                                ? "The filter of the intake's pipeline does not take %s:"
                                : "The Log Explorer would show of %s, by the intake's pipeline:",
                            shown->of));
        for (size_t r = 0; r < shown->row_count; r++)
            view_line(view, VIEW_PLAIN,
                      view_text(view, "%s  %s", shown->rows[r].name, shown->rows[r].value));
        if (shown->cut)
            view_line(view, VIEW_PLAIN, "...");
    }
}

static void result_view(const struct setup *s, struct view *view)
{
    view->question = headline(s, view);
    view_saved(s, view);
    if (s->input.sample_key != NULL) {
        view_line(view, VIEW_INFO,
                  "This was a demo: the logs went to the local intake and no "
                  "further, and everything is removed at the end.");
    } else if (s->tested) {
        view_line(view, VIEW_PLAIN, "Accepted means received, not yet indexed. To see them:");
        view_whole(view, view_text(view, "%s/logs", s->draft->site->app_url));
        view_line(view, VIEW_PLAIN, "Search, with the range Past 15 minutes:");
        view_whole(view, view_text(view, "source:%s @test.id:%s", s->loaded->integration->source,
                                   s->test_id));
        view_line(view, VIEW_PLAIN,
                  "Not there after some minutes? Exclusion filter, daily quota, "
                  "permissions, or the clock of this machine.");
    } else {
        view_line(view, VIEW_WARN, "Run \"ddlogs test\" when the cause is mended.");
    }
    if (s->tested)
        view_shown(s, view);
    view_line(view, VIEW_PLAIN, "Next:");
    view_whole(view, s->input.sample_key != NULL ? "ddlogs setup" : "ddlogs test");
    if (s->input.sample_key == NULL)
        view_whole(view, "ddlogs send < FILE");
    view_whole(view, "man ddlogs-config");
    view->prompt = "Enter to end";
}

const struct page page_result = {
    .title = "Result",
    .help =
        "Logs that Datadog accepted can still be left out by an exclusion filter, a daily quota or "
        "a permission, and logs older than 18 hours are dropped.",
    .enter = result_enter,
    .handle = result_handle,
    .view = result_view,
};
