/* The one table of keys, and the frame of every page: head, footer, help. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "setup/state.h"

static bool key_failed(const struct setup *s)
{
    return s->failure.code != DL_OK && !setup_running(s, SETUP_CHECK_KEY);
}

static bool key_unknown(const struct setup *s)
{
    return key_failed(s) && s->failure.code == DL_E_KEY_403 && s->draft->endpoint == NULL &&
           s->draft->api_endpoint == NULL;
}

static bool key_asked(const struct setup *s)
{
    return key_failed(s) && s->key_check.done;
}

static bool key_again(const struct setup *s)
{
    return key_failed(s) || (s->typed != NULL && !setup_running(s, SETUP_CHECK_KEY));
}

static bool not_found(const struct setup *s)
{
    return s->found == NULL && !setup_running(s, SETUP_FIND_SITE);
}

static bool survey_over(const struct setup *s)
{
    return !setup_running(s, SETUP_SURVEY);
}

static bool locked(const struct setup *s)
{
    return s->keyring_known && s->keyring_error.code == DL_E_KS_LOCKED &&
           !setup_running(s, SETUP_KEYRING_STATUS);
}

static bool key_locked(const struct setup *s)
{
    return locked(s) && s->draft->key_source == DL_KEY_KEYRING;
}

static bool has_tags(const struct setup *s)
{
    return s->draft->tags.count > 0;
}

static bool has_suggestions(const struct setup *s)
{
    return s->loaded->integration->suggested.count > 0;
}

static bool test_over(const struct setup *s)
{
    return !setup_running(s, SETUP_TEST);
}

static bool test_failed(const struct setup *s)
{
    return test_over(s) && !s->tested;
}

static bool test_key_unknown(const struct setup *s)
{
    return test_failed(s) && s->failure.code == DL_E_KEY_403 && s->draft->endpoint == NULL &&
           s->draft->api_endpoint == NULL;
}

static bool test_saves(const struct setup *s)
{
    return test_failed(s) && !s->input.check_only;
}

static bool not_saving(const struct setup *s)
{
    return !setup_running(s, SETUP_SAVE);
}

/* Enter and Esc of pages where they mean something else than "next" and "back" */
static const char *enter_label(const struct setup *s)
{
    switch (s->page) {
    case SETUP_PAGE_KEY:
        return key_failed(s) ? "check again" : "check";
    case SETUP_PAGE_FIND:
        return s->found ? "take it" : "no";
    case SETUP_PAGE_TAGS:
        return s->focus == 0 && s->entry[0] ? "add" : "next";
    case SETUP_PAGE_TEST:
        return s->tested ? "next" : "repeat";
    case SETUP_PAGE_SITES:
        return "back";
    case SETUP_PAGE_REVIEW:
        return s->tested ? "write" : "back";
    case SETUP_PAGE_RESULT:
        return "end";
    default:
        return "next";
    }
}

static const char *escape_label(const struct setup *s)
{
    switch (s->page) {
    case SETUP_PAGE_TEST:
        return setup_running(s, SETUP_TEST) ? "cancel" : "back";
    case SETUP_PAGE_KEY:
        return setup_running(s, SETUP_CHECK_KEY) ? "cancel" : "back";
    case SETUP_PAGE_FIND:
        return setup_running(s, SETUP_FIND_SITE) ? "stop" : "back";
    default:
        return s->trail_count == 0 ? "quit" : "back";
    }
}

const struct page_key setup_keys[] = {
    {SETUP_PAGE_SITE, "o", "all sites", true, NULL},
    {SETUP_PAGE_KEY, "f", "find my site", true, key_unknown},
    {SETUP_PAGE_KEY, "e", "enter again", true, key_again},
    {SETUP_PAGE_KEY, "s", "change site", true, key_failed},
    {SETUP_PAGE_KEY, "u", "unlock the keyring", true, key_locked},
    {SETUP_PAGE_KEY, "d", "details", true, key_asked},
    {SETUP_PAGE_KEY, "c", "go on unchecked", true, key_asked},
    {SETUP_PAGE_FIND, "y", "yes, ask them", true, not_found},
    {SETUP_PAGE_STORE, "u", "unlock", true, locked},
    {SETUP_PAGE_TAGS, "d", "remove", true, has_tags},
    {SETUP_PAGE_TAGS, "t", "how they travel", true, NULL},
    {SETUP_PAGE_TAGS, "a", "take the suggested", true, has_suggestions},
    {SETUP_PAGE_TEST, "r", "repeat", true, test_over},
    {SETUP_PAGE_TEST, "f", "find my site", true, test_key_unknown},
    {SETUP_PAGE_TEST, "e", "other key", true, test_failed},
    {SETUP_PAGE_TEST, "s", "other site", true, test_failed},
    {SETUP_PAGE_TEST, "d", "details", true, NULL},
    {SETUP_PAGE_TEST, "o", "all sites", true, test_over},
    {SETUP_PAGE_TEST, "w", "write a report", true, test_failed},
    {SETUP_PAGE_TEST, "a", "save anyway", true, test_saves},
    {SETUP_PAGE_SITES, "r", "repeat", true, survey_over},
    {SETUP_PAGE_REVIEW, "w", "write", true, not_saving},
    {SETUP_PAGE_COUNT, NULL, NULL, false, NULL},
};

static bool waiting(const struct setup *s)
{
    return !(s->page == SETUP_PAGE_TEST && setup_running(s, SETUP_TEST)) &&
           !(s->page == SETUP_PAGE_KEY && setup_running(s, SETUP_CHECK_KEY)) &&
           !(s->page == SETUP_PAGE_REVIEW && setup_running(s, SETUP_SAVE));
}

static void footer(const struct setup *s, struct view *view)
{
    if (waiting(s))
        view_key(view, "Enter", enter_label(s), true);
    for (const struct page_key *k = setup_keys; k->key != NULL; k++)
        if (k->page == s->page && (k->when == NULL || k->when(s)))
            view_key(view, k->key, k->label, k->choice);
    if (s->page != SETUP_PAGE_RESULT)
        view_key(view, "Esc", escape_label(s), false);
    if (view->field_count > 0)
        view_key(view, "Tab", "field", false);
    view_key(view, "?", "help", false);
}

/* Whether the page waits for something that ends by itself, and for how long so far. */
static bool busy(const struct setup *s, long *seconds)
{
    static const struct {
        enum setup_page page;
        enum setup_effect_kind kind;
        bool flags_only; /* a person can go on meanwhile */
    } waits[] = {
        {SETUP_PAGE_INTEGRATION, SETUP_LOAD, false},
        {SETUP_PAGE_KEY, SETUP_CHECK_KEY, false},
        {SETUP_PAGE_KEY, SETUP_READ_KEY, false},
        {SETUP_PAGE_KEY, SETUP_KEYRING_STATUS, true},
        {SETUP_PAGE_FIND, SETUP_FIND_SITE, false},
        {SETUP_PAGE_STORE, SETUP_KEYRING_STATUS, false},
        {SETUP_PAGE_PLACE, SETUP_READ_KEY, false},
        {SETUP_PAGE_TEST, SETUP_TEST, false},
        {SETUP_PAGE_SITES, SETUP_SURVEY, false},
        {SETUP_PAGE_REVIEW, SETUP_SAVE, false},
    };

    for (size_t i = 0; i < sizeof waits / sizeof waits[0]; i++)
        if (waits[i].page == s->page && setup_running(s, waits[i].kind) &&
            (!waits[i].flags_only || s->input.no_person)) {
            *seconds = s->jobs[waits[i].kind].seconds;
            return true;
        }
    return false;
}

static void help_view(const struct setup *s, struct view *view)
{
    static struct view page; /* only for its keys: too large for the stack */

    view->title = "Help";
    view->question = setup_pages[s->page]->title;
    view_line(view, VIEW_PLAIN, setup_pages[s->page]->help);
    view->help_keys_at = view->line_count;
    view_line(view, VIEW_PLAIN, "Keys of this page:");
    setup_pages[s->page]->view(s, &page);
    footer(s, &page);
    for (size_t i = 0; i < page.key_count; i++)
        view_row(view, VIEW_PLAIN, page.keys[i].key, page.keys[i].label, "");
    view_clear(&page);
    view_row(view, VIEW_PLAIN, "digits", "choose the entry with that number", "");
    view_row(view, VIEW_PLAIN, "PgUp PgDn", "scroll", "");
    view_row(view, VIEW_PLAIN, "Ctrl-L", "draw again", "");
    view_row(view, VIEW_PLAIN, "Ctrl-C", "quit (asks once if something was entered)", "");
    view->scroll = s->help_scroll;
    view->help_page = true;
    view->prompt = "Enter to go back";
    view_key(view, "Enter", "back", true);
    view_key(view, "PgDn", "more", false);
}

static void quit_view(struct view *view)
{
    view->title = "Quit";
    view->question = "Quit the set-up? Nothing is saved.";
    view->prompt = "Quit?";
    view->current = "quit";
    view_key(view, "Enter", "quit", true);
    view_key(view, "Esc", "go on", true);
}

static void corner(const struct setup *s, struct view *view)
{
    view->corner = "";
    if (s->draft != NULL && s->draft->site != NULL && s->page > SETUP_PAGE_SITE)
        view->corner = view_text(view, "%s %s", s->draft->site->name,
                                 s->draft->endpoint ? "custom endpoint" : s->draft->site->site);
}

void setup_view(const struct setup *s, struct view *view)
{
    const struct page *page = setup_pages[s->page];

    view_clear(view);
    view->program = s->input.program ? s->input.program : "ddlogs setup";
    view->title = page->title;
    view->step = page->step;
    view->steps = page->step > 0 ? 6 : 0;
    view->question = view->prompt = "";
    view->page = s->visit * 8u + (s->quit ? 1u : 0u) + (s->help ? 2u : 0u) + (s->details ? 4u : 0u);
    view->over = s->over;
    corner(s, view);
    if (s->quit) {
        quit_view(view);
    } else if (s->help) {
        help_view(s, view);
    } else if (s->details) {
        view_details(s, view);
        view->scroll = s->details_scroll;
        view->prompt = "Enter to go back";
        view_key(view, "Enter", "back", true);
        view_key(view, "PgDn", "more", false);
    } else {
        view->cursor = s->cursor;
        view->focus = s->focus;
        view->scroll = s->scroll;
        page->view(s, view);
        view->busy = busy(s, &view->seconds);
        view->failed = s->failure.code != DL_OK;
        footer(s, view);
    }
}
