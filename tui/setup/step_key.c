/* Page 2: the API key. It is named by its shape first, then checked with the site. */
#include <string.h>

#include "base/text.h"
#include "setup/state.h"

/* The keys that are there already, in the order offered; the last entry is "another". */
static size_t choices(const struct setup *s, enum key_from list[4])
{
    size_t count = 0;
    enum dl_key_place place = s->draft->key_source;

    if (s->input.key != NULL)
        list[count++] = KEY_GIVEN;
    if (s->input.environment_key != NULL)
        list[count++] = KEY_ENVIRONMENT;
    if ((place == DL_KEY_KEYRING && s->keyring_known && s->keyring_has_key) ||
        ((place == DL_KEY_FILE || place == DL_KEY_CREDENTIAL) && s->draft->key_name != NULL) ||
        (place == DL_KEY_FD && s->input.key == NULL && s->draft->key_name != NULL))
        list[count++] = KEY_STORED;
    if (count > 0)
        list[count++] = KEY_TYPED;
    return count;
}

static size_t key_items(const struct setup *s)
{
    enum key_from list[4];

    return choices(s, list);
}

static size_t key_fields(const struct setup *s)
{
    (void)s;
    return 1;
}

bool key_needed(const struct setup *s)
{
    return setup_key(s) == NULL; /* a key is needed for the test, asked or not */
}

static void read_stored(struct setup *s, struct setup_effects *fx)
{
    setup_start(s, fx, SETUP_READ_KEY)->config = setup_with_site(s, s->draft->site);
}

/* --only another step: the key comes from where it is kept, unasked. */
static bool unasked(const struct setup *s)
{
    return s->input.only != SETUP_PAGE_COUNT && s->input.only != SETUP_PAGE_KEY;
}

static void key_enter(struct setup *s, struct setup_effects *fx)
{
    s->key_open = false;
    if (s->draft->key_source == DL_KEY_KEYRING && !s->input.check_only && !s->keyring_known &&
        !setup_running(s, SETUP_KEYRING_STATUS))
        setup_start(s, fx, SETUP_KEYRING_STATUS)->unlock = s->input.unlock && s->input.no_person;
    s->focus = key_items(s) > 0 ? 1 : 0;
    if (unasked(s) && s->input.key == NULL && s->input.environment_key == NULL)
        read_stored(s, fx);
    if (s->returned && s->key_check.done && s->key_check.error.code != DL_OK &&
        setup_key(s) != NULL) {
        setup_fail(s, &s->key_check.error);
        s->focus = 1;
    }
}

static void check(struct setup *s, struct setup_effects *fx)
{
    setup_quiet(s);
    memset(&s->key_check, 0, sizeof s->key_check);
    struct setup_effect *effect = setup_start(s, fx, SETUP_CHECK_KEY);
    effect->key = setup_key(s);
}

/* The verdict on the shape; false when the network need not be asked. */
static bool shape_fits(struct setup *s)
{
    enum dl_key_shape shape;
    char sentence[300] = "";
    struct dl_error err = {0};

    if (dl_key_shape(setup_key(s), &shape, sentence, sizeof sentence, &err) != 0) {
        setup_fail(s, &err);
        return false;
    }
    setup_say(s, shape == DL_SHAPE_API_KEY ? VIEW_OK : VIEW_WARN, "%s%s", sentence,
              shape == DL_SHAPE_API_KEY ? "" : " Enter checks it all the same.");
    return true;
}

static void take_typed(struct setup *s, const struct setup_event *event)
{
    dl_key_free(s->typed);
    s->typed = event->key;
    s->entered = true;
    setup_quiet(s);
    s->key_checked = s->tested = false;
    if (s->typed == NULL || dl_key_length(s->typed) == 0) {
        dl_key_free(s->typed);
        s->typed = NULL;
        s->key_from = KEY_NONE;
        return;
    }
    s->key_from = KEY_TYPED;
    s->focus = 0;
    (void)shape_fits(s);
}

static void open_field(struct setup *s)
{
    setup_quiet(s);
    dl_key_free(s->typed);
    s->typed = NULL;
    s->key_from = KEY_NONE;
    s->key_open = true;
    s->focus = 0;
}

static void key_next(struct setup *s, struct setup_effects *fx)
{
    enum key_from list[4];
    size_t count = choices(s, list);

    if (setup_running(s, SETUP_CHECK_KEY) || setup_running(s, SETUP_READ_KEY))
        return;
    if (s->focus != 0 && count > 0) {
        enum key_from from = list[s->cursor < count ? s->cursor : count - 1];
        if (from == KEY_TYPED && s->typed == NULL) {
            open_field(s);
            return;
        }
        if (from == KEY_STORED && s->stored == NULL) {
            read_stored(s, fx);
            return;
        }
        s->key_from = from;
    } else if (s->typed != NULL) {
        s->key_from = KEY_TYPED;
    } else if (s->input.no_person) {
        struct dl_error err = s->keyring_error; /* locked is not the same as empty */
        if (err.code == DL_OK)
            dl_error_set(&err, DL_E_KEY_NONE,
                         "no API key was given and none is kept for this site");
        setup_fail(s, &err);
        return;
    } else {
        setup_say(s, VIEW_INFO, "Paste or type the key first; it stays hidden.");
        return;
    }
    if (shape_fits(s))
        check(s, fx);
}

void key_read(struct setup *s, const struct setup_result *result, struct setup_effects *fx)
{
    if (result->error.code != DL_OK || result->key == NULL) {
        dl_key_free(result->key);
        setup_fail(s, &result->error);
        return;
    }
    if (s->page == SETUP_PAGE_PLACE) { /* a key file that a person named must hold this very key */
        bool same = setup_key(s) != NULL && dl_key_equal(result->key, setup_key(s));
        dl_key_free(result->key);
        if (same)
            setup_advance(s, fx);
        else
            setup_say(s, VIEW_FAIL, "There is another key than the one that was checked.");
        return;
    }
    dl_key_free(s->stored);
    s->stored = result->key;
    s->key_from = KEY_STORED;
    if (unasked(s))
        setup_advance(s, fx);
    else if (shape_fits(s))
        check(s, fx);
}

void key_done(struct setup *s, const struct setup_result *result, struct setup_effects *fx)
{
    if (!result->done || s->page != SETUP_PAGE_KEY)
        return;
    if (result->error.code == DL_OK) {
        s->key_checked = true;
        setup_advance(s, fx);
        return;
    }
    setup_fail(s, &result->error);
    s->focus = 1; /* letters are answers now, not text */
}

static void key_action(struct setup *s, long letter, struct setup_effects *fx)
{
    switch (letter) {
    case 'f':
        setup_go(s, SETUP_PAGE_FIND, fx);
        break;
    case 'e':
        open_field(s);
        break;
    case 's':
        setup_go(s, SETUP_PAGE_SITE, fx);
        break;
    case 'c':
        setup_advance(s, fx);
        break;
    case 'd':
        s->details = true;
        break;
    case 'u':
        setup_start(s, fx, SETUP_KEYRING_STATUS)->unlock = true;
        break;
    default:
        break;
    }
}

static void key_handle(struct setup *s, const struct setup_event *event, struct setup_effects *fx)
{
    switch (event->kind) {
    case SETUP_KEY:
        if (setup_running(s, SETUP_CHECK_KEY))
            dl_key_free(event->key); /* the one that is under way stays as it is */
        else
            take_typed(s, event);
        break;
    case SETUP_NEXT:
        key_next(s, fx);
        break;
    case SETUP_BACK:
        if (setup_running(s, SETUP_CHECK_KEY) || setup_running(s, SETUP_READ_KEY)) {
            setup_cancel(s, fx, SETUP_CHECK_KEY);
            setup_cancel(s, fx, SETUP_READ_KEY);
            setup_say(s, VIEW_INFO, "Cancelled.");
        } else {
            setup_back(s, fx);
        }
        break;
    case SETUP_ACTION:
        key_action(s, event->number, fx);
        break;
    default:
        break;
    }
}

static void view_choices(const struct setup *s, struct view *view)
{
    static const char *const places[] = {
        [DL_KEY_KEYRING] = "the keyring",    [DL_KEY_CREDENTIAL] = "the systemd credential",
        [DL_KEY_FILE] = "the key file",      [DL_KEY_FD] = "the descriptor",
        [DL_KEY_ENVIRONMENT] = "DD_API_KEY", [DL_KEY_SESSION] = "this run",
    };
    enum key_from list[4];
    size_t count = choices(s, list);

    for (size_t i = 0; i < count; i++) {
        if (list[i] == KEY_GIVEN)
            view_item(view,
                      view_text(view, "Use the key given with %s",
                                s->input.key_origin ? s->input.key_origin : "an option"),
                      "", "");
        else if (list[i] == KEY_ENVIRONMENT)
            view_item(view, "Use the key in DD_API_KEY", "", "");
        else if (list[i] == KEY_STORED)
            view_item(view, view_text(view, "Use the key in %s", places[s->draft->key_source]), "",
                      "");
        else
            view_item(view, "Enter another key", "", "");
    }
    if (s->focus != 0 && count > 0)
        view->current = view->items[s->cursor < count ? s->cursor : count - 1].name;
}

/* Where the key goes when it is checked. */
static const char *checker(const struct setup *s, struct view *view)
{
    const char *url = s->draft->api_endpoint ? s->draft->api_endpoint
                      : s->draft->endpoint   ? s->draft->endpoint
                                             : s->draft->site->api_url;
    const char *at = strstr(url, "://");

    return view_text(view, "%s", at ? at + 3 : url);
}

static void key_view(const struct setup *s, struct view *view)
{
    view->question = "Paste an API key (not an application key).";
    view->help = "Keys of your organization are made on this page:";
    view_choices(s, view);
    struct view_field *field = view_field(view, "API key", "");
    field->secret = true;
    field->filled = s->typed != NULL;
    field->hint = "hidden; paste is fine";
    view->prompt = s->focus == 0 ? "API key (input is hidden)" : "Your choice";
    view_whole(view, view_text(view, "%s/organization-settings/api-keys", s->draft->site->app_url));
    if (s->input.sample_key != NULL) {
        view_line(view, VIEW_PLAIN, "Demo: this is a made-up key, no secret. Paste it:");
        view_whole(view, s->input.sample_key);
    }
    if (s->said[0] != '\0')
        view_line(view, VIEW_INFO, s->said);
    if (setup_running(s, SETUP_READ_KEY))
        view_line(view, VIEW_RUN,
                  view_text(view, "Reading the key, %ld s", s->jobs[SETUP_READ_KEY].seconds));
    else if (setup_running(s, SETUP_CHECK_KEY))
        view_line(view, VIEW_RUN,
                  view_text(view, "Checking with %s, %ld s", checker(s, view),
                            s->jobs[SETUP_CHECK_KEY].seconds));
    if (setup_running(s, SETUP_KEYRING_STATUS) && s->jobs[SETUP_KEYRING_STATUS].seconds > 0)
        view_line(
            view, VIEW_RUN,
            view_text(view, "Asking the keyring, %ld s", s->jobs[SETUP_KEYRING_STATUS].seconds));
    else if (s->loaded->saved != NULL && s->keyring_error.code == DL_E_KS_LOCKED)
        view_line(view, VIEW_WARN,
                  "The keyring is locked. Unlock it to use the key that it may hold.");
    view_message(s, view);
    if (s->typed != NULL && s->mark == VIEW_OK && !setup_running(s, SETUP_CHECK_KEY))
        view_line(view, VIEW_PLAIN,
                  view_text(view, "Enter checks it (it is sent only to %s).", checker(s, view)));
    if (!s->reach.done || s->reach.error.code != DL_OK)
        view_reach(s, view);
}

const struct page page_api_key = {
    .title = "API key",
    .step = 2,
    .help =
        "An API key has 32 hexadecimal characters and belongs to one organization on one site. It "
        "is not the key ID, not an application key and not a client token; those are named when "
        "you paste one. The key is kept in one locked page of memory, shown nowhere, and written "
        "to no file. Ctrl-U empties the field.",
    .enter = key_enter,
    .handle = key_handle,
    .view = key_view,
    .items = key_items,
    .fields = key_fields,
};
