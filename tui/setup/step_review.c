/* Page 6: what will be written, and writing it. */
#include <string.h>

#include "base/text.h"
#include "setup/state.h"

#define FILE_MAX_BYTES (256 * 1024)

static void review_enter(struct setup *s, struct setup_effects *fx)
{
    (void)fx;
    s->draft->verified = s->tested;
}

static void save(struct setup *s, struct setup_effects *fx)
{
    if (setup_running(s, SETUP_SAVE))
        return;
    setup_quiet(s);
    if (s->input.dry_run) {
        setup_advance(s, fx);
        return;
    }
    struct setup_effect *effect = setup_start(s, fx, SETUP_SAVE);
    effect->saved = s->loaded->saved;
    effect->name = s->loaded->path;
    effect->key = setup_stores_key(s) ? setup_key(s) : NULL;
}

static void review_handle(struct setup *s, const struct setup_event *event,
                          struct setup_effects *fx)
{
    if (setup_running(s, SETUP_SAVE))
        return;
    if (event->kind == SETUP_ACTION || (event->kind == SETUP_NEXT && s->tested))
        save(s, fx);
    else if (event->kind == SETUP_NEXT || event->kind == SETUP_BACK)
        setup_back(s, fx);
}

void review_done(struct setup *s, const struct setup_result *result, struct setup_effects *fx)
{
    if (!result->done)
        return;
    if (result->error.code != DL_OK) {
        setup_fail(s, &result->error);
        return;
    }
    s->saved = true;
    s->changed = result->changed;
    setup_advance(s, fx);
    s->trail_count = 0; /* what is saved is not gone back from */
}

static void view_file(const struct setup *s, struct view *view)
{
    struct dl_buffer before, after;

    dl_buffer_init(&before, FILE_MAX_BYTES);
    dl_buffer_init(&after, FILE_MAX_BYTES);
    if (s->loaded->saved != NULL)
        (void)dl_config_write_text(s->loaded->saved, &before, NULL);
    (void)dl_config_write_text(s->draft, &after, NULL);
    if (strcmp(dl_buffer_string(&before), dl_buffer_string(&after)) == 0) {
        view_line(view, VIEW_INFO, "unchanged: the file stays as it is.");
    } else {
        view_line(view, VIEW_PLAIN,
                  s->loaded->saved ? "changed (the old one is kept as .bak):" : "new file:");
        setup_diff(view, dl_buffer_string(&before), dl_buffer_string(&after));
    }
    dl_buffer_free(&before);
    dl_buffer_free(&after);
}

static void view_key_place(const struct setup *s, struct view *view)
{
    const char *name = s->draft->key_name ? s->draft->key_name : "";

    switch (s->draft->key_source) {
    case DL_KEY_KEYRING:
        view_line(view, VIEW_INFO,
                  setup_stores_key(s) ? "The key goes into the keyring."
                                      : "The key stays in the keyring.");
        break;
    case DL_KEY_CREDENTIAL:
        view_line(view, VIEW_INFO,
                  view_text(view, "The key comes from the systemd credential %s.", name));
        break;
    case DL_KEY_FILE:
        view_line(view, VIEW_INFO, view_text(view, "The key comes from your file %s.", name));
        break;
    case DL_KEY_FD:
        view_line(view, VIEW_INFO, view_text(view, "The key comes from descriptor %s.", name));
        break;
    case DL_KEY_ENVIRONMENT:
        view_line(view, VIEW_INFO, "The key comes from DD_API_KEY of the product's environment.");
        break;
    case DL_KEY_SESSION:
        view_line(view, VIEW_INFO, "The key is not kept: it was for this run only.");
        break;
    }
}

static void review_view(const struct setup *s, struct view *view)
{
    struct dl_buffer command;

    view->question = s->tested ? "Write this configuration?"
                               : "The test was not accepted. Save anyway (not verified)?";
    view->help = view_text(view, "Nothing is saved yet; %llu test logs were sent and accepted.",
                           (unsigned long long)s->accepted);
    if (setup_running(s, SETUP_SAVE))
        view_line(view, VIEW_RUN, view_text(view, "Writing, %ld s", s->jobs[SETUP_SAVE].seconds));
    view_message(s, view);
    view_whole(view, s->loaded->path);
    view_file(s, view);
    view_key_place(s, view);
    if (s->input.dry_run)
        view_line(view, VIEW_INFO, "Dry run: nothing will be written.");
    view_line(view, VIEW_PLAIN, "The same as a command:");
    dl_buffer_init(&command, FILE_MAX_BYTES);
    if (setup_command_line(s, &command) == 0)
        view_whole(view, dl_buffer_string(&command));
    dl_buffer_free(&command);
    view->prompt = "Your choice";
    view->current = s->tested ? "write" : "back";
}

const struct page page_review = {
    .title = "Review",
    .step = 6,
    .help =
        "The key is stored first and read back, then the file is written in one step, so that a "
        "power cut leaves the old or the new one whole. If the file cannot be written, the "
        "keyring is put back as it was.",
    .enter = review_enter,
    .handle = review_handle,
    .view = review_view,
};
