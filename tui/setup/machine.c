/* Events in, effects out: what all pages have in common. */
#include "setup/machine.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "setup/state.h"

const struct page *const setup_pages[SETUP_PAGE_COUNT] = {
    [SETUP_PAGE_PREFLIGHT] = &page_preflight, [SETUP_PAGE_INTEGRATION] = &page_integration,
    [SETUP_PAGE_SITE] = &page_site,           [SETUP_PAGE_KEY] = &page_api_key,
    [SETUP_PAGE_FIND] = &page_find,           [SETUP_PAGE_STORE] = &page_store,
    [SETUP_PAGE_PLACE] = &page_place,         [SETUP_PAGE_TAGS] = &page_tags,
    [SETUP_PAGE_TEST] = &page_test,           [SETUP_PAGE_SITES] = &page_sites,
    [SETUP_PAGE_REVIEW] = &page_review,       [SETUP_PAGE_RESULT] = &page_result,
};

/* The way through; the other pages are side steps. */
static const enum setup_page way[] = {
    SETUP_PAGE_INTEGRATION, SETUP_PAGE_PREFLIGHT, SETUP_PAGE_SITE,
    SETUP_PAGE_KEY,         SETUP_PAGE_STORE,     SETUP_PAGE_TAGS,
    SETUP_PAGE_TEST,        SETUP_PAGE_REVIEW,    SETUP_PAGE_RESULT,
};

/* Messages */

void setup_say(struct setup *s, enum view_mark mark, const char *format, ...)
{
    va_list args;

    s->mark = mark;
    va_start(args, format);
    (void)vsnprintf(s->message, sizeof s->message, format, args);
    va_end(args);
    s->message[dl_utf8_cut(s->message, strlen(s->message), sizeof s->message - 1)] = '\0';
}

void setup_quiet(struct setup *s)
{
    s->message[0] = '\0';
    s->mark = VIEW_PLAIN;
    s->failure = (struct dl_error){0};
}

void setup_fail(struct setup *s, const struct dl_error *error)
{
    s->message[0] = '\0';
    s->failure = *error;
}

/* Values */

const struct dl_key *setup_key(const struct setup *s)
{
    switch (s->key_from) {
    case KEY_GIVEN:
        return s->input.key;
    case KEY_ENVIRONMENT:
        return s->input.environment_key;
    case KEY_STORED:
        return s->stored;
    case KEY_TYPED:
        return s->typed;
    case KEY_NONE:
        break;
    }
    return NULL;
}

bool setup_stores_key(const struct setup *s)
{
    return s->draft->key_source == DL_KEY_KEYRING && s->key_from != KEY_STORED;
}

void setup_set(struct setup *s, enum dl_property property, const char *text)
{
    struct dl_error err = {0};

    if (dl_config_set(s->draft, property, text, DL_ORIGIN_OPTION, &err) != 0)
        setup_fail(s, &err);
}

const struct dl_config *setup_with_site(struct setup *s, const struct dl_site *site)
{
    struct dl_config *copy = NULL;

    if (dl_config_copy(&copy, s->draft, NULL) != 0)
        return s->draft;
    copy->site = site;
    dl_config_free(s->scratch);
    s->scratch = copy;
    return copy;
}

const char *setup_origin(const struct setup *s, enum dl_property property)
{
    static const char *const environment[DL_PROPERTY_COUNT] = {
#define ENVIRONMENT_TEXT(symbol, key, type, choices, fallback, environment, option, help)          \
    [DL_PROP_##symbol] = "from " environment,
        DL_PROPERTY_TABLE(ENVIRONMENT_TEXT)
#undef ENVIRONMENT_TEXT
    };

    switch (s->draft->origin[property]) {
    case DL_ORIGIN_FILE:
        return "as saved";
    case DL_ORIGIN_ENVIRONMENT:
        return environment[property];
    case DL_ORIGIN_OPTION:
        return "given now";
    case DL_ORIGIN_DEFAULT:
        break;
    }
    return NULL;
}

/* Effects */

struct setup_effect *setup_start(struct setup *s, struct setup_effects *fx,
                                 enum setup_effect_kind kind)
{
    /* The maximum is more than any single event can ask for; the last is used again all the same.
     */
    if (fx->count == SETUP_EFFECTS_MAX)
        fx->count--;
    struct setup_effect *effect = &fx->items[fx->count++];
    *effect = (struct setup_effect){.kind = kind, .serial = ++s->serial, .config = s->draft};
    s->jobs[kind] = (struct setup_job){.running = true, .serial = effect->serial};
    return effect;
}

void setup_cancel(struct setup *s, struct setup_effects *fx, enum setup_effect_kind kind)
{
    if (!s->jobs[kind].running)
        return;
    s->jobs[kind].running = false;
    struct setup_effect *effect = setup_start(s, fx, SETUP_CANCEL);
    effect->what = kind;
    s->jobs[SETUP_CANCEL].running = false;
}

bool setup_running(const struct setup *s, enum setup_effect_kind kind)
{
    return s->jobs[kind].running;
}

void setup_end(struct setup *s, struct setup_effects *fx, int exit_code)
{
    for (int kind = 0; kind < SETUP_EFFECT_COUNT; kind++)
        s->jobs[kind].running = false;
    struct setup_effect *effect = setup_start(s, fx, SETUP_END);
    effect->exit_code = exit_code;
    s->over = true;
    s->exit_code = exit_code;
}

/* Navigation */

static void show(struct setup *s, enum setup_page page, bool returned, struct setup_effects *fx)
{
    setup_quiet(s);
    s->returned = returned;
    s->page = page;
    s->visit++;
    s->cursor = s->scroll = s->details_scroll = 0;
    s->details = false;
    s->entry[0] = '\0';
    s->focus = setup_pages[page]->fields ? setup_pages[page]->fields(s) : 0;
    setup_pages[page]->enter(s, fx);
}

void setup_go(struct setup *s, enum setup_page page, struct setup_effects *fx)
{
    size_t at = 0;

    /* a page that was on the way already is gone back to, so that the trail never grows in circles
     */
    while (at < s->trail_count && s->trail[at] != page)
        at++;
    if (at < s->trail_count)
        s->trail_count = at;
    else if (s->page != page && s->trail_count < SETUP_PAGE_COUNT)
        s->trail[s->trail_count++] = s->page;
    show(s, page, false, fx);
}

static bool asked(const struct setup *s, enum setup_page page)
{
    return s->input.only == SETUP_PAGE_COUNT || s->input.only == page;
}

static bool needed(const struct setup *s, enum setup_page page)
{
    switch (page) {
    case SETUP_PAGE_INTEGRATION:
        return s->loaded == NULL;
    case SETUP_PAGE_PREFLIGHT:
        return s->loaded->warning_count > 0;
    case SETUP_PAGE_SITE:
        return asked(s, page) || s->draft->site == NULL;
    case SETUP_PAGE_KEY:
        return asked(s, page) || key_needed(s);
    case SETUP_PAGE_STORE:
        return !s->input.check_only && (s->input.only == page || store_needed(s));
    case SETUP_PAGE_TAGS:
        return asked(s, page);
    case SETUP_PAGE_REVIEW:
        return !s->input.check_only;
    default:
        return true;
    }
}

/* Side steps continue behind the page they belong to. */
static enum setup_page home(enum setup_page page)
{
    switch (page) {
    case SETUP_PAGE_FIND:
        return SETUP_PAGE_KEY;
    case SETUP_PAGE_PLACE:
        return SETUP_PAGE_STORE;
    case SETUP_PAGE_SITES:
        return SETUP_PAGE_TEST;
    default:
        return page;
    }
}

void setup_advance(struct setup *s, struct setup_effects *fx)
{
    size_t count = sizeof way / sizeof way[0], at = 0;

    while (at < count && way[at] != home(s->page))
        at++;
    for (at++; at < count; at++)
        if (needed(s, way[at])) {
            setup_go(s, way[at], fx);
            return;
        }
}

void setup_back(struct setup *s, struct setup_effects *fx)
{
    if (s->trail_count == 0) {
        s->quit = true;
        return;
    }
    show(s, s->trail[--s->trail_count], true, fx);
}

/* Start and end */

static int take_loaded(struct setup *s, const struct setup_loaded *loaded, struct dl_error *err)
{
    struct dl_config *draft = NULL;
    int rc = dl_config_copy(&draft, loaded->config, err);

    if (rc != 0)
        return rc;
    dl_config_free(s->draft);
    s->draft = draft;
    s->draft->verified = false;
    s->loaded = loaded;
    return 0;
}

/* The first page that is needed, nothing behind it to go back to. */
static void begin(struct setup *s, struct setup_effects *fx)
{
    s->trail_count = 0;
    for (size_t at = 0; at < sizeof way / sizeof way[0]; at++)
        if (needed(s, way[at])) {
            show(s, way[at], false, fx);
            return;
        }
}

int setup_new(struct setup **out, const struct setup_input *input, struct setup_effects *effects,
              struct dl_error *err)
{
    struct setup *s = calloc(1, sizeof *s);

    effects->count = 0;
    if (s == NULL)
        return dl_error_set(err, DL_E_NOMEM, "no memory for the wizard");
    s->input = *input;
    if (input->loaded != NULL) {
        int rc = take_loaded(s, input->loaded, err);
        if (rc != 0) {
            s->input.key = s->input.environment_key = NULL; /* still the caller's */
            setup_free(s);
            return rc;
        }
    }
    begin(s, effects);
    *out = s;
    return 0;
}

void setup_free(struct setup *s)
{
    if (s == NULL)
        return;
    dl_key_free(s->typed);
    dl_key_free(s->stored);
    dl_key_free(s->input.key);
    dl_key_free(s->input.environment_key);
    dl_config_free(s->draft);
    dl_config_free(s->scratch);
    free(s);
}

/* Events */

static void quit(struct setup *s, struct setup_effects *fx)
{
    if (s->page == SETUP_PAGE_RESULT) {
        setup_end(s, fx, 0);
        return;
    }
    if (s->entered && !s->quit && !s->input.no_person) {
        s->quit = true;
        return;
    }
    int code = 130;
    if (s->input.no_person && s->failure.code != DL_OK)
        code = dl_error_info(s->failure.code)->exit_code;
    setup_end(s, fx, code);
}

static void scroll(size_t *at, long by)
{
    if (by < 0)
        *at = (size_t)-by > *at ? 0 : *at - (size_t)-by;
    else
        *at = *at + (size_t)by > VIEW_LINES_MAX ? VIEW_LINES_MAX : *at + (size_t)by;
}

/* Pages on top of the others take what a person does; true if one was there. */
static bool overlay(struct setup *s, const struct setup_event *event, struct setup_effects *fx)
{
    bool closes = event->kind == SETUP_NEXT || event->kind == SETUP_BACK;

    if (s->quit) {
        if (event->kind == SETUP_NEXT)
            setup_end(s, fx, 130);
        else if (event->kind == SETUP_BACK)
            s->quit = false;
        return true;
    }
    if (s->help) {
        if (closes || event->kind == SETUP_HELP)
            s->help = false;
        else if (event->kind == SETUP_SCROLL)
            scroll(&s->help_scroll, event->number);
        return true;
    }
    if (s->details) {
        if (closes || (event->kind == SETUP_ACTION && event->number == 'd'))
            s->details = false;
        else if (event->kind == SETUP_SCROLL)
            scroll(&s->details_scroll, event->number);
        else if (event->kind == SETUP_HELP)
            s->help = true;
        return true;
    }
    return false;
}

static bool offered(const struct setup *s, long letter)
{
    for (const struct page_key *k = setup_keys; k->key != NULL; k++)
        if (k->page == s->page && k->key[0] == letter && k->key[1] == '\0' &&
            (k->when == NULL || k->when(s)))
            return true;
    return false;
}

/* What a person did on the page; sets cursor, focus and entry, then asks the page. */
static void on_page(struct setup *s, const struct setup_event *event, struct setup_effects *fx)
{
    const struct page *page = setup_pages[s->page];
    size_t items = page->items ? page->items(s) : 0, fields = page->fields ? page->fields(s) : 0;
    size_t number = event->number < 0 ? SIZE_MAX : (size_t)event->number;

    switch (event->kind) {
    case SETUP_SELECT:
        if (number >= items)
            return;
        s->cursor = number;
        s->focus = fields;
        break;
    case SETUP_FOCUS:
        if (number <= fields)
            s->focus = number;
        return;
    case SETUP_TEXT:
        if (s->focus >= fields || s->page == SETUP_PAGE_KEY || event->text == NULL)
            return;
        (void)dl_text_copy(s->entry, sizeof s->entry, event->text);
        s->entered = true;
        break;
    case SETUP_ACTION:
        if (!offered(s, event->number))
            return;
        break;
    default:
        break;
    }
    page->handle(s, event, fx);
}

static void keep_reports(struct setup_reports *to, const struct setup_result *result)
{
    for (int stage = 0; stage < DL_STAGE_COUNT; stage++)
        if (result->reports[stage] != NULL)
            to->stage[stage] = *result->reports[stage];
    to->done = result->done;
    to->error = result->error;
}

static void load_done(struct setup *s, const struct setup_result *result, struct setup_effects *fx)
{
    struct dl_error err = result->error;

    if (err.code == DL_OK && take_loaded(s, result->loaded, &err) == 0)
        setup_advance(s, fx);
    else
        setup_fail(s, &err);
}

static void keyring_done(struct setup *s, const struct setup_result *result,
                         struct setup_effects *fx)
{
    s->keyring_known = true;
    s->keyring_error = result->error;
    s->keyring_has_key = result->error.code == DL_OK && result->has_key;
    (void)dl_text_copy(s->keyring_label, sizeof s->keyring_label,
                       result->label ? result->label : "");
    store_done(s, result, fx);
}

/* A result counts when it answers the newest effect of its kind that was not cancelled. */
static void done(struct setup *s, const struct setup_result *result, struct setup_effects *fx)
{
    if (result->kind < SETUP_LOAD || result->kind >= SETUP_EFFECT_COUNT ||
        !s->jobs[result->kind].running || s->jobs[result->kind].serial != result->serial) {
        dl_key_free(result->key);
        return;
    }
    if (result->done)
        s->jobs[result->kind].running = false;
    switch (result->kind) {
    case SETUP_LOAD:
        load_done(s, result, fx);
        break;
    case SETUP_REACH:
        keep_reports(&s->reach, result);
        break;
    case SETUP_CHECK_KEY:
        keep_reports(&s->key_check, result);
        key_done(s, result, fx);
        break;
    case SETUP_TEST:
        keep_reports(&s->test, result);
        test_done(s, result, fx);
        break;
    case SETUP_REPORT:
        if (result->error.code == DL_OK)
            setup_say(s, VIEW_OK, "Written: %s. It holds no key; nothing was uploaded.",
                      result->label);
        else
            setup_fail(s, &result->error);
        break;
    case SETUP_FIND_SITE:
    case SETUP_SURVEY:
        find_done(s, result, fx);
        break;
    case SETUP_KEYRING_STATUS:
        keyring_done(s, result, fx);
        break;
    case SETUP_READ_KEY:
        key_read(s, result, fx);
        return; /* took the key */
    case SETUP_SAVE:
        review_done(s, result, fx);
        break;
    default:
        break;
    }
    dl_key_free(result->key);
}

void setup_update(struct setup *s, const struct setup_event *event, struct setup_effects *effects)
{
    effects->count = 0;
    if (event->kind == SETUP_DONE) {
        if (event->result != NULL)
            done(s, event->result, effects);
    } else if (s->over) {
        dl_key_free(event->key);
    } else if (event->kind == SETUP_TICK) {
        for (int kind = 0; kind < SETUP_EFFECT_COUNT; kind++)
            if (s->jobs[kind].running)
                s->jobs[kind].seconds++;
    } else if (event->kind == SETUP_QUIT) {
        quit(s, effects);
    } else if (event->kind == SETUP_KEY &&
               (s->page != SETUP_PAGE_KEY || s->quit || s->help || s->details)) {
        dl_key_free(event->key);
    } else if (!overlay(s, event, effects)) {
        if (event->kind == SETUP_HELP) {
            s->help = true;
            s->help_scroll = 0;
        } else if (event->kind == SETUP_SCROLL) {
            scroll(&s->scroll, event->number);
        } else {
            on_page(s, event, effects);
        }
    }
}

void setup_outcome(const struct setup *s, struct setup_outcome *out)
{
    *out = (struct setup_outcome){
        .over = s->over,
        .saved = s->saved,
        .changed = s->changed,
        .checked = s->tested,
        .exit_code = s->exit_code,
        .failure = s->failure,
        .site = s->draft ? s->draft->site : NULL,
        .path = s->loaded ? s->loaded->path : "",
        .test_id = s->test_id,
        .accepted = s->accepted,
    };
}

enum setup_page setup_page(const struct setup *s)
{
    return s->page;
}

const struct dl_config *setup_draft(const struct setup *s)
{
    return s->draft;
}
