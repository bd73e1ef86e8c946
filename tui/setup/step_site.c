/* Page 1: the Datadog site, with reachability looked at in the background. */
#include <string.h>

#include "base/text.h"
#include "setup/state.h"

#define REACH_DELAY_MS 300 /* a list that is moved through starts nothing */

static size_t site_items(const struct setup *s)
{
    (void)s;
    return DL_SITE_COUNT;
}

static size_t site_fields(const struct setup *s)
{
    (void)s;
    return 1;
}

static void look(struct setup *s, struct setup_effects *fx, int delay_ms)
{
    const struct dl_site *site = &dl_sites[s->cursor];

    if (s->reach_site == site && (setup_running(s, SETUP_REACH) || s->reach.done))
        return;
    memset(&s->reach, 0, sizeof s->reach);
    s->reach_site = site;
    struct setup_effect *effect = setup_start(s, fx, SETUP_REACH);
    effect->config = setup_with_site(s, site);
    effect->delay_ms = delay_ms;
}

static void site_enter(struct setup *s, struct setup_effects *fx)
{
    s->said[0] = '\0';
    for (size_t i = 0; i < DL_SITE_COUNT; i++)
        if (s->draft->site == &dl_sites[i])
            s->cursor = i;
    /* with no person there is nobody to warn early: the test tells soon enough */
    if (!s->input.no_person)
        look(s, fx, s->draft->site ? 0 : REACH_DELAY_MS);
}

/* What stands in the field, told while it is typed. */
static bool recognise(struct setup *s, const struct dl_site **site)
{
    struct dl_error err = {0};
    char said[256] = "";

    if (dl_site_recognise(site, said, sizeof said, s->entry, &err) != 0) {
        setup_say(s, VIEW_WARN, "%s", err.text);
        return false;
    }
    setup_say(s, VIEW_OK, "%s -> %s", said[0] ? said : "understood", (*site)->name);
    (void)dl_text_copy(s->said, sizeof s->said, said);
    return true;
}

static void choose(struct setup *s, const struct dl_site *site, struct setup_effects *fx)
{
    if (site != s->draft->site) {
        setup_set(s, DL_PROP_SITE, site->id);
        s->tested = s->key_checked = s->keyring_known = false;
        s->found = NULL;
        if (s->draft->key_source == DL_KEY_KEYRING) { /* it was the other site's */
            s->key_from = s->key_from == KEY_STORED ? KEY_NONE : s->key_from;
            dl_key_free(s->stored);
            s->stored = NULL;
        }
    }
    setup_advance(s, fx);
}

static void site_handle(struct setup *s, const struct setup_event *event, struct setup_effects *fx)
{
    const struct dl_site *site = NULL;

    switch (event->kind) {
    case SETUP_SELECT:
        setup_quiet(s);
        if (!s->input.no_person)
            look(s, fx, REACH_DELAY_MS);
        break;
    case SETUP_TEXT:
        setup_quiet(s);
        if (s->entry[0] != '\0' && recognise(s, &site)) {
            s->cursor = (size_t)(site - dl_sites);
            look(s, fx, REACH_DELAY_MS);
        }
        break;
    case SETUP_NEXT:
        if (s->focus == 0 && s->entry[0] != '\0') {
            if (!recognise(s, &site)) {
                s->mark = VIEW_FAIL;
                break;
            }
            s->cursor = (size_t)(site - dl_sites);
        }
        choose(s, &dl_sites[s->cursor], fx);
        break;
    case SETUP_BACK:
        setup_back(s, fx);
        break;
    case SETUP_ACTION:
        setup_go(s, SETUP_PAGE_SITES, fx);
        break;
    default:
        break;
    }
}

/* host of "https://app.datadoghq.eu" */
static const char *host(const char *url)
{
    const char *at = strstr(url, "://");

    return at ? at + 3 : url;
}

static void site_view(const struct setup *s, struct view *view)
{
    const char *origin = setup_origin(s, DL_PROP_SITE);

    view->question = "Which Datadog site is your organization on?";
    view->help = "It is the address of your Datadog page in the browser.";
    view->columns = true;
    for (size_t i = 0; i < DL_SITE_COUNT; i++)
        view_item(view, dl_sites[i].name, host(dl_sites[i].app_url),
                  dl_sites[i].government ? view_text(view, "%s, government", dl_sites[i].location)
                                         : dl_sites[i].location);
    struct view_field *field = view_field(view, "Or paste your URL", s->entry);
    field->hint = "https://acme.datadoghq.eu/logs";
    view->prompt = "Site number, name or URL";
    view->current = view_text(view, "%s", dl_sites[s->cursor].name);
    if (s->draft->site != NULL)
        view_line(view, VIEW_PLAIN,
                  view_text(view, "Now: %s%s%s%s.", s->draft->site->name, origin ? " (" : "",
                            origin ? origin : "", origin ? ")" : ""));
    if (s->draft->endpoint != NULL)
        view_line(view, VIEW_INFO,
                  view_text(view, "Everything goes to the endpoint %s instead of the site's own.",
                            s->draft->endpoint));
    view_message(s, view);
    if (s->reach_site == &dl_sites[s->cursor])
        view_reach(s, view);
}

const struct page page_site = {
    .title = "Datadog site",
    .step = 1,
    .help =
        "Datadog runs several sites that know nothing of each other. Look at the address of your "
        "Datadog page: app.datadoghq.com is US1, app.datadoghq.eu is EU1, us3, us5, ap1 and ap2 "
        "stand in front of datadoghq.com, app.ddog-gov.com is the US government's. If your page "
        "has a name of its own (acme.datadoghq.eu), paste the address: the site is found in it. "
        "A wrong site looks like a wrong key, so this is worth a look.",
    .enter = site_enter,
    .handle = site_handle,
    .view = site_view,
    .items = site_items,
    .fields = site_fields,
};
