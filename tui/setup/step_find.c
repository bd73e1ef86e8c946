/* Side steps over all sites: "find my site" sends the key, with consent alone; the survey sends
 * none. */
#include <string.h>

#include "base/text.h"
#include "setup/state.h"

/* The public sites but the one that said no; never a government site. */
static size_t others(const struct setup *s, const struct dl_site *list[DL_SITE_COUNT])
{
    size_t count = 0;

    for (size_t i = 0; i < DL_SITE_COUNT; i++)
        if (!dl_sites[i].government && &dl_sites[i] != s->draft->site)
            list[count++] = &dl_sites[i];
    return count;
}

static void find_enter(struct setup *s, struct setup_effects *fx)
{
    (void)fx;
    memset(s->sites, 0, sizeof s->sites);
    s->found = NULL;
}

static void ask_them(struct setup *s, struct setup_effects *fx)
{
    if (setup_running(s, SETUP_FIND_SITE) || setup_key(s) == NULL)
        return;
    memset(s->sites, 0, sizeof s->sites);
    setup_quiet(s);
    struct setup_effect *effect = setup_start(s, fx, SETUP_FIND_SITE);
    effect->key = setup_key(s);
    effect->site_count = others(s, effect->sites);
    for (size_t i = 0; i < effect->site_count; i++)
        s->sites[effect->sites[i] - dl_sites].asked = true;
}

static void find_handle(struct setup *s, const struct setup_event *event, struct setup_effects *fx)
{
    bool running = setup_running(s, SETUP_FIND_SITE);

    if (event->kind == SETUP_ACTION && s->found == NULL)
        ask_them(s, fx);
    if (event->kind == SETUP_NEXT && s->found != NULL) {
        setup_set(s, DL_PROP_SITE, s->found->id);
        s->key_checked = true;
        s->tested = s->keyring_known = false;
        if (s->draft->key_source == DL_KEY_KEYRING)
            setup_start(s, fx, SETUP_KEYRING_STATUS);
        setup_advance(s, fx);
    } else if (event->kind == SETUP_NEXT || event->kind == SETUP_BACK) {
        setup_cancel(s, fx, SETUP_FIND_SITE);
        if (running)
            setup_say(s, VIEW_INFO, "Cancelled; no further site is asked.");
        else
            setup_back(s, fx);
    }
}

void find_done(struct setup *s, const struct setup_result *result, struct setup_effects *fx)
{
    (void)fx;
    if (result->site != NULL) {
        struct setup_site_answer *answer = &s->sites[result->site - dl_sites];
        answer->asked = answer->done = true;
        answer->error = result->error;
        answer->ms = 0;
        for (int stage = 0; stage < DL_STAGE_COUNT; stage++)
            if (result->reports[stage] != NULL)
                answer->ms += result->reports[stage]->ms;
        if (result->kind == SETUP_FIND_SITE && result->error.code == DL_OK)
            s->found = result->site;
    }
    if (!result->done || result->kind != SETUP_FIND_SITE)
        return;
    if (s->found != NULL)
        setup_say(s, VIEW_OK, "%s knows this key. Enter takes this site.", s->found->name);
    else
        setup_say(s, VIEW_FAIL, "No other site that was asked knows this key: create a new one.");
}

static void site_rows(const struct setup *s, struct view *view, const char *good, bool running)
{
    for (size_t i = 0; i < DL_SITE_COUNT; i++) {
        const struct setup_site_answer *a = &s->sites[i];
        const char *text = "waiting";
        enum view_mark mark = VIEW_WAIT;

        if (!a->asked)
            continue;
        if (a->done) {
            mark = a->error.code == DL_OK ? VIEW_OK : VIEW_FAIL;
            text = a->error.code == DL_OK
                       ? good
                       : view_text(view, "%s %s", dl_error_info(a->error.code)->id, a->error.text);
        } else if (!running) {
            text = "not asked";
        }
        view_row(view, mark, dl_sites[i].name, text,
                 a->done ? view_text(view, "%lld ms", (long long)a->ms) : "");
    }
}

static void find_view(const struct setup *s, struct view *view)
{
    const struct dl_site *list[DL_SITE_COUNT];
    size_t count = others(s, list);
    char names[200] = "";

    for (size_t i = 0; i < count; i++) {
        size_t len = strlen(names);
        (void)dl_text_format(names + len, sizeof names - len, "%s%s", i ? ", " : "", list[i]->name);
    }
    view->question =
        view_text(view,
                  "This sends the key to %zu other Datadog sites (%s), one after another, "
                  "stopping at the first yes.",
                  count, names);
    view->help = "Government sites are left out. Nothing is sent unless you say yes.";
    view->prompt = "Send the key to them?";
    view->current = s->found ? "take the site" : "no";
    site_rows(s, view, "knows this key", setup_running(s, SETUP_FIND_SITE));
    view_message(s, view);
}

const struct page page_find = {
    .title = "Find my site",
    .step = 2,
    .help =
        "A key is known on one site alone, and a site cannot tell whether another knows it. The "
        "only way to find out is to ask each of them, which shows the key to each. That is why "
        "this happens only with your consent.",
    .enter = find_enter,
    .handle = find_handle,
    .view = find_view,
};

/* Survey: DNS, TCP and TLS of all sites */

static void survey(struct setup *s, struct setup_effects *fx)
{
    memset(s->sites, 0, sizeof s->sites);
    struct setup_effect *effect = setup_start(s, fx, SETUP_SURVEY);
    for (size_t i = 0; i < DL_SITE_COUNT; i++) {
        effect->sites[effect->site_count++] = &dl_sites[i];
        s->sites[i].asked = true;
    }
}

static void sites_enter(struct setup *s, struct setup_effects *fx)
{
    survey(s, fx);
}

static void sites_handle(struct setup *s, const struct setup_event *event, struct setup_effects *fx)
{
    if (event->kind == SETUP_NEXT || event->kind == SETUP_BACK) {
        setup_cancel(s, fx, SETUP_SURVEY);
        setup_back(s, fx);
    }
    if (event->kind == SETUP_ACTION && !setup_running(s, SETUP_SURVEY))
        survey(s, fx);
}

static void sites_view(const struct setup *s, struct view *view)
{
    view->question = "Which sites can be reached from here? (DNS, TCP and TLS; no key is sent)";
    site_rows(s, view, "can be reached", setup_running(s, SETUP_SURVEY));
    if (setup_running(s, SETUP_SURVEY))
        view_line(view, VIEW_RUN, view_text(view, "%ld s", s->jobs[SETUP_SURVEY].seconds));
    view->prompt = "Enter to go back";
}

const struct page page_sites = {
    .title = "All sites",
    .help = "If one site fails and others work, a firewall or proxy knows the others alone. If all "
            "fail, the machine is offline or only a proxy may reach outside.",
    .enter = sites_enter,
    .handle = sites_handle,
    .view = sites_view,
};
