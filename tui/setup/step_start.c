/* Before the first question: which integration, and what is worth knowing. */
#include "base/text.h"
#include "setup/state.h"

/* Integration */

static size_t name_count(const struct setup *s)
{
    size_t count = 0;

    while (s->input.names != NULL && s->input.names[count] != NULL && count < VIEW_ITEMS_MAX)
        count++;
    return count;
}

static void integration_enter(struct setup *s, struct setup_effects *fx)
{
    (void)s;
    (void)fx;
}

static void integration_handle(struct setup *s, const struct setup_event *event,
                               struct setup_effects *fx)
{
    if (event->kind == SETUP_BACK)
        setup_back(s, fx);
    if (event->kind == SETUP_NEXT && !setup_running(s, SETUP_LOAD)) {
        setup_quiet(s);
        setup_start(s, fx, SETUP_LOAD)->name = s->input.names[s->cursor];
    }
}

static void integration_view(const struct setup *s, struct view *view)
{
    view->question = "Which integration do you want to set up?";
    view->help = "Each product that brought one has its own configuration and key.";
    for (size_t i = 0; i < name_count(s); i++)
        view_item(view, s->input.names[i], "", "");
    view->prompt = "Integration number";
    view->current = s->input.names[s->cursor];
    view_message(s, view);
}

const struct page page_integration = {
    .title = "Integration",
    .help =
        "Several integrations are installed on this machine. Choose the one whose logs shall go to "
        "Datadog; run the set-up again for the others. --integration NAME answers this question.",
    .enter = integration_enter,
    .handle = integration_handle,
    .view = integration_view,
    .items = name_count,
};

/* Preflight: shown only when there is something to say */

static void preflight_enter(struct setup *s, struct setup_effects *fx)
{
    (void)s;
    (void)fx;
}

static void preflight_handle(struct setup *s, const struct setup_event *event,
                             struct setup_effects *fx)
{
    if (event->kind == SETUP_NEXT)
        setup_advance(s, fx);
    if (event->kind == SETUP_BACK)
        setup_back(s, fx);
}

static void preflight_view(const struct setup *s, struct view *view)
{
    view->question = "Good to know before you begin:";
    for (size_t i = 0; i < s->loaded->warning_count; i++) {
        const struct dl_error *warning = &s->loaded->warnings[i];
        const struct dl_error_info *info = dl_error_info(warning->code);
        enum view_mark mark = info->kind == DL_KIND_WARN ? VIEW_WARN : VIEW_FAIL;
        view_line(view, mark, view_text(view, "%s: %s", info->id, warning->text));
    }
    view->prompt = "Enter to begin";
}

const struct page page_preflight = {
    .title = "Before you begin",
    .help =
        "These lines do not stop the set-up. They name what would surprise you later: variables of "
        "your shell that win over the file, proxy settings that programs read differently.",
    .enter = preflight_enter,
    .handle = preflight_handle,
    .view = preflight_view,
};
