/* Page 3: where the key is kept. Shown when the default is not available, or by choice. */
#include <string.h>

#include "base/text.h"
#include "setup/state.h"

static const enum dl_key_place places[] = {DL_KEY_KEYRING, DL_KEY_SESSION, DL_KEY_CREDENTIAL,
                                           DL_KEY_FILE, DL_KEY_ENVIRONMENT};
#define PLACE_COUNT (sizeof places / sizeof places[0])

static size_t store_items(const struct setup *s)
{
    (void)s;
    return PLACE_COUNT;
}

static bool keyring_works(const struct setup *s)
{
    return s->keyring_known && s->keyring_error.code == DL_OK;
}

/* A key that was read from the configured place stays there; one named by option is no question. */
bool store_needed(const struct setup *s)
{
    enum dl_key_place place = s->draft->key_source;
    bool chosen = s->draft->origin[DL_PROP_KEY_SOURCE] >= DL_ORIGIN_FILE;

    if (s->key_from == KEY_STORED)
        return false;
    if (place == DL_KEY_KEYRING)
        return !keyring_works(s);
    if (place == DL_KEY_SESSION || place == DL_KEY_ENVIRONMENT)
        return !chosen;
    /* A new key cannot be put where only a person may put it, unless an option says it is there. */
    return s->draft->origin[DL_PROP_KEY_SOURCE] != DL_ORIGIN_OPTION;
}

static void ask_keyring(struct setup *s, struct setup_effects *fx, bool unlock)
{
    setup_quiet(s);
    setup_start(s, fx, SETUP_KEYRING_STATUS)->unlock = unlock;
}

static void store_enter(struct setup *s, struct setup_effects *fx)
{
    for (size_t i = 0; i < PLACE_COUNT; i++)
        if (places[i] == s->draft->key_source)
            s->cursor = i;
    if (!s->keyring_known && !setup_running(s, SETUP_KEYRING_STATUS))
        ask_keyring(s, fx, s->input.unlock && s->input.no_person);
    else if (s->keyring_known && s->keyring_error.code != DL_OK)
        setup_fail(s, &s->keyring_error);
}

/* News of the keyring, wherever the person is by now. */
void store_done(struct setup *s, const struct setup_result *result, struct setup_effects *fx)
{
    if (s->page == SETUP_PAGE_KEY && s->typed == NULL && s->keyring_has_key &&
        s->failure.code == DL_OK && !s->key_open && !setup_running(s, SETUP_CHECK_KEY)) {
        s->focus = 1; /* a list of keys is there now */
        s->cursor = 0;
    }
    if (s->page != SETUP_PAGE_STORE)
        return;
    if (result->error.code != DL_OK)
        setup_fail(s, &result->error);
    else if (s->input.only != SETUP_PAGE_STORE && places[s->cursor] == DL_KEY_KEYRING)
        setup_advance(s, fx);
}

static void take_place(struct setup *s, enum dl_key_place place, struct setup_effects *fx)
{
    static const char *const names[] = {
        [DL_KEY_KEYRING] = "keyring", [DL_KEY_CREDENTIAL] = "credential",
        [DL_KEY_FILE] = "file",       [DL_KEY_ENVIRONMENT] = "environment",
        [DL_KEY_SESSION] = "session",
    };

    if (place != s->draft->key_source) {
        setup_set(s, DL_PROP_KEY_SOURCE, names[place]);
        setup_set(s, DL_PROP_KEY_NAME, NULL);
    }
    if (place == DL_KEY_CREDENTIAL || place == DL_KEY_FILE)
        setup_go(s, SETUP_PAGE_PLACE, fx);
    else
        setup_advance(s, fx);
}

static void store_handle(struct setup *s, const struct setup_event *event, struct setup_effects *fx)
{
    switch (event->kind) {
    case SETUP_NEXT:
        if (setup_running(s, SETUP_KEYRING_STATUS))
            break;
        if (places[s->cursor] == DL_KEY_KEYRING && !keyring_works(s)) {
            ask_keyring(s, fx, false); /* perhaps it is there by now */
            break;
        }
        take_place(s, places[s->cursor], fx);
        break;
    case SETUP_ACTION:
        if (!setup_running(s, SETUP_KEYRING_STATUS))
            ask_keyring(s, fx, true);
        break;
    case SETUP_BACK:
        if (setup_running(s, SETUP_KEYRING_STATUS)) {
            setup_cancel(s, fx, SETUP_KEYRING_STATUS);
            s->keyring_known = true;
            dl_error_set(
                &s->keyring_error, DL_E_KS_DISMISSED,
                "You stopped waiting for the keyring: try again, or choose another place.");
            setup_fail(s, &s->keyring_error);
        } else {
            setup_back(s, fx);
        }
        break;
    default:
        break;
    }
}

static void store_view(const struct setup *s, struct view *view)
{
    const char *state = keyring_works(s)                          ? "encrypted, unlocked"
                        : s->keyring_error.code == DL_E_KS_LOCKED ? "locked"
                        : s->keyring_known                        ? "not available"
                                                                  : "";

    view->question = "Where shall the key be kept?";
    view->help = "It never goes into the configuration file.";
    view_item(view,
              s->keyring_label[0] ? view_text(view, "Keyring \"%s\"", s->keyring_label) : "Keyring",
              state, s->keyring_known && !keyring_works(s) ? "" : "recommended");
    view_item(view, "Do not save", "this run only", "");
    view_item(view, "systemd credential", "you supply it: shows how", "");
    view_item(view, "Owner-only file", "you manage it: shows how", "");
    view_item(view, "DD_API_KEY", "from the product's environment", "");
    view->prompt = "Number of the place";
    view->current = view->items[s->cursor].name;
    if (setup_running(s, SETUP_KEYRING_STATUS))
        view_line(view, VIEW_RUN,
                  view_text(view, "Asking the keyring, %ld s; Esc stops waiting.",
                            s->jobs[SETUP_KEYRING_STATUS].seconds));
    view_message(s, view);
    if (s->input.no_person && s->failure.code != DL_OK)
        view_line(view, VIEW_PLAIN, "next: name another place with --key-store");
}

const struct page page_store = {
    .title = "Where to keep the key",
    .step = 3,
    .help =
        "The keyring of your desktop (Secret Service) keeps the key encrypted and asks for it over "
        "an encrypted session. On servers and over ssh there is usually none: then a systemd "
        "credential is the best place, an owner-only file the second. ddlogs writes no plain "
        "file with a key itself.",
    .enter = store_enter,
    .handle = store_handle,
    .view = store_view,
    .items = store_items,
};

/* Name of the credential, or path of the file */

static bool is_file(const struct setup *s)
{
    return s->draft->key_source == DL_KEY_FILE;
}

static size_t place_fields(const struct setup *s)
{
    (void)s;
    return 1;
}

static void place_enter(struct setup *s, struct setup_effects *fx)
{
    (void)fx;
    s->focus = 0;
    if (s->draft->key_name != NULL)
        (void)dl_text_copy(s->entry, sizeof s->entry, s->draft->key_name);
    else if (!is_file(s))
        (void)dl_text_copy(s->entry, sizeof s->entry, "ddlogs_api_key");
}

static void place_next(struct setup *s, struct setup_effects *fx)
{
    if (setup_running(s, SETUP_READ_KEY))
        return;
    setup_quiet(s);
    if (s->entry[0] == '\0') {
        setup_say(s, VIEW_FAIL, is_file(s) ? "Enter the path of the file." : "Enter the name.");
        return;
    }
    if (is_file(s) && s->entry[0] != '/') {
        setup_say(s, VIEW_FAIL, "The path must be a whole one, beginning with /.");
        return;
    }
    setup_set(s, DL_PROP_KEY_NAME, s->entry);
    if (s->failure.code != DL_OK)
        return;
    if (is_file(s))
        setup_start(s, fx, SETUP_READ_KEY);
    else
        setup_advance(s, fx); /* a credential exists inside its unit alone */
}

static void place_handle(struct setup *s, const struct setup_event *event, struct setup_effects *fx)
{
    if (event->kind == SETUP_NEXT)
        place_next(s, fx);
    if (event->kind == SETUP_TEXT)
        setup_quiet(s);
    if (event->kind == SETUP_BACK) {
        setup_cancel(s, fx, SETUP_READ_KEY);
        setup_back(s, fx);
    }
}

static void place_view(const struct setup *s, struct view *view)
{
    if (is_file(s)) {
        view->question = "Which file holds the key? You make it and only you may read it:";
        view_field(view, "Path", s->entry)->hint = "/home/you/.ddlogs-key";
        view_whole(view, "umask 077; cat > FILE   (paste the key, Enter, Ctrl-D)");
        view->prompt = "Path of the key file";
    } else {
        const char *name = s->entry[0] ? s->entry : "NAME";
        view->question = "What is the credential called in the unit of the service?";
        view_field(view, "Name", s->entry);
        view_line(view, VIEW_PLAIN, "Encrypt the key once, then name it in the unit:");
        view_whole(view,
                   view_text(view, "systemd-creds encrypt --name=%s - /etc/credstore.encrypted/%s",
                             name, name));
        view_whole(view, view_text(view, "LoadCredentialEncrypted=%s", name));
        view->prompt = "Name of the credential";
    }
    if (s->entry[0] != '\0')
        view->current = view->fields[0].value;
    view_message(s, view);
}

const struct page page_place = {
    .title = "Where to keep the key",
    .step = 3,
    .help =
        "Only the name or the path goes into the configuration. A key file must belong to you and "
        "be closed to everybody else (chmod 600), or it is refused. A systemd credential is "
        "readable inside the service it is given to and nowhere else.",
    .enter = place_enter,
    .handle = place_handle,
    .view = place_view,
    .fields = place_fields,
};
