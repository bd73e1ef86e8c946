/* Page 5: the staged test. */
#include <string.h>

#include "base/text.h"
#include "setup/stage_view.h"
#include "setup/state.h"

static void begin(struct setup *s, struct setup_effects *fx)
{
    setup_quiet(s);
    memset(&s->test, 0, sizeof s->test);
    s->tested = s->anyway = false;
    s->test_id[0] = '\0';
    s->accepted = 0;
    s->shown_count = 0;
    s->details = false;
    setup_start(s, fx, SETUP_TEST)->key = setup_key(s);
}

static void test_enter(struct setup *s, struct setup_effects *fx)
{
    setup_cancel(s, fx, SETUP_REACH);
    if (!s->returned)
        begin(s, fx);
    else if (s->test.done && s->test.error.code != DL_OK)
        setup_fail(s, &s->test.error);
}

/* The best encoding that was accepted becomes the setting, unless a person set one. */
static void take_encoding(struct setup *s, enum dl_encoding encoding)
{
    if (s->draft->encoding != DL_ENCODING_NONE &&
        s->draft->origin[DL_PROP_ENCODING] != DL_ORIGIN_OPTION)
        s->draft->encoding = encoding;
}

void test_done(struct setup *s, const struct setup_result *result, struct setup_effects *fx)
{
    (void)fx;
    if (result->test_id != NULL)
        (void)dl_text_copy(s->test_id, sizeof s->test_id, result->test_id);
    s->accepted = result->accepted;
    s->shown_count = result->shown_count;
    for (size_t i = 0; i < s->shown_count; i++)
        s->shown[i] = *result->shown[i];
    if (!result->done || s->page != SETUP_PAGE_TEST)
        return;
    if (result->error.code == DL_OK) {
        s->tested = true;
        take_encoding(s, result->encoding);
        setup_say(s, VIEW_OK, "%llu test logs were accepted.", (unsigned long long)s->accepted);
    } else {
        setup_fail(s, &result->error);
    }
}

static void test_back(struct setup *s, struct setup_effects *fx)
{
    if (!setup_running(s, SETUP_TEST)) {
        setup_back(s, fx);
        return;
    }
    setup_cancel(s, fx, SETUP_TEST);
    for (int i = 0; i < DL_STAGE_COUNT; i++)
        if (s->test.stage[i].result <= DL_RESULT_RUN)
            s->test.stage[i].result = DL_RESULT_SKIP;
    setup_say(s, VIEW_INFO, "Cancelled; nothing is saved.");
}

static void test_action(struct setup *s, long letter, struct setup_effects *fx)
{
    switch (letter) {
    case 'r':
        begin(s, fx);
        break;
    case 'd':
        s->details = true;
        break;
    case 'w':
        (void)setup_start(s, fx, SETUP_REPORT);
        break;
    case 'o':
        setup_go(s, SETUP_PAGE_SITES, fx);
        break;
    case 'f':
        setup_go(s, SETUP_PAGE_FIND, fx);
        break;
    case 'e':
        setup_go(s, SETUP_PAGE_KEY, fx);
        break;
    case 's':
        setup_go(s, SETUP_PAGE_SITE, fx);
        break;
    case 'a':
        s->anyway = true;
        setup_advance(s, fx);
        break;
    default:
        break;
    }
}

static void test_handle(struct setup *s, const struct setup_event *event, struct setup_effects *fx)
{
    if (event->kind == SETUP_BACK)
        test_back(s, fx);
    if (event->kind == SETUP_ACTION)
        test_action(s, event->number, fx);
    if (event->kind != SETUP_NEXT || setup_running(s, SETUP_TEST))
        return;
    if (s->tested)
        setup_advance(s, fx);
    else
        begin(s, fx);
}

static void test_view(const struct setup *s, struct view *view)
{
    view->question = setup_running(s, SETUP_TEST)
                         ? view_text(view, "Testing, %ld s of 30 s.", s->jobs[SETUP_TEST].seconds)
                     : s->tested ? "The test was accepted."
                                 : "The test did not succeed. Nothing is saved.";
    for (int i = 0; i < DL_STAGE_COUNT; i++)
        if (DL_STAGES_TEST & DL_STAGE_BIT(i))
            view_stage(&s->test.stage[i], view);
    view_message(s, view);
    view->prompt = "Your choice";
    view->current = s->tested ? "go on" : "repeat";
}

const struct page page_test = {
    .title = "Test",
    .step = 5,
    .help =
        "Each stage needs the one before: proxy, name, connection, TLS, key, one log, then a mixed "
        "batch with every status, unicode and a 900 kB line, and the same once more as zstd. The "
        "logs carry the tag ddlogs_test and a number of their own. Esc cancels at once.",
    .enter = test_enter,
    .handle = test_handle,
    .view = test_view,
};
