/* Page 4: who the logs are from (fixed by the manifest) and the tags a customer adds. */
#include <string.h>

#include "base/text.h"
#include "check/preview.h"
#include "setup/state.h"

static size_t tags_items(const struct setup *s)
{
    return s->draft->tags.count < VIEW_ITEMS_MAX ? s->draft->tags.count : VIEW_ITEMS_MAX;
}

static size_t tags_fields(const struct setup *s)
{
    (void)s;
    return 1;
}

static void tags_enter(struct setup *s, struct setup_effects *fx)
{
    (void)fx;
    s->focus = 0;
}

/* The draft's tags with those in the field; -1 when one is refused. */
static int parse(const struct setup *s, struct dl_tags *tags, dl_tag_report *report, void *context,
                 struct dl_error *err)
{
    *tags = (struct dl_tags){0};
    int rc = dl_tags_copy(tags, &s->draft->tags, err);
    if (rc == 0)
        rc = dl_tags_parse(tags, s->entry, report, context, err);
    if (rc != 0)
        dl_tags_free(tags);
    return rc;
}

static void take_tags(struct setup *s, struct dl_tags *tags)
{
    dl_tags_free(&s->draft->tags);
    s->draft->tags = *tags;
    s->draft->origin[DL_PROP_TAGS] = DL_ORIGIN_OPTION;
    s->tested = false;
    s->entered = true;
}

static void add(struct setup *s)
{
    struct dl_tags tags;
    struct dl_error err = {0};
    size_t before = s->draft->tags.count;

    if (parse(s, &tags, NULL, NULL, &err) != 0) {
        setup_fail(s, &err);
        return;
    }
    take_tags(s, &tags);
    s->entry[0] = '\0';
    if (s->draft->tags.count == before)
        setup_say(s, VIEW_INFO, "That was there already.");
    else
        setup_say(s, VIEW_OK, "%zu added. Enter goes on.", s->draft->tags.count - before);
}

static void add_suggested(struct setup *s)
{
    struct dl_tags tags = {0};

    if (dl_tags_copy(&tags, &s->draft->tags, NULL) != 0)
        return;
    for (size_t i = 0; i < s->loaded->integration->suggested.count; i++)
        if (dl_tags_parse(&tags, s->loaded->integration->suggested.items[i], NULL, NULL, NULL) !=
            0) {
            dl_tags_free(&tags);
            return;
        }
    take_tags(s, &tags);
}

static void next_way(struct setup *s)
{
    static const char *const names[] = {"attributes", "ddtags", "query"};

    setup_set(s, DL_PROP_TAGS_IN, names[((size_t)s->draft->tags_in + 1) % 3]);
    s->tested = false;
    s->entered = true;
}

static void tags_action(struct setup *s, long letter)
{
    setup_quiet(s);
    if (letter == 'd' && s->cursor < s->draft->tags.count) {
        dl_tags_remove(&s->draft->tags, s->cursor);
        s->draft->origin[DL_PROP_TAGS] = DL_ORIGIN_OPTION;
        s->tested = false;
        s->entered = true;
        if (s->cursor > 0 && s->cursor >= tags_items(s))
            s->cursor--;
    } else if (letter == 'a') {
        add_suggested(s);
    } else if (letter == 't') {
        next_way(s);
    }
}

static void tags_handle(struct setup *s, const struct setup_event *event, struct setup_effects *fx)
{
    switch (event->kind) {
    case SETUP_TEXT:
        setup_quiet(s);
        break;
    case SETUP_NEXT:
        if (s->focus == 0 && s->entry[0] != '\0')
            add(s);
        else
            setup_advance(s, fx);
        break;
    case SETUP_BACK:
        setup_back(s, fx);
        break;
    case SETUP_ACTION:
        tags_action(s, event->number);
        break;
    default:
        break;
    }
}

static void word_line(void *context, const struct dl_tag_word *word)
{
    struct view *view = context;

    if (word->fate == DL_TAG_REFUSED || word->after == NULL)
        return; /* the error tells */
    view_line(view, word->fate == DL_TAG_KEPT ? VIEW_OK : VIEW_INFO,
              word->fate == DL_TAG_KEPT ? view_text(view, "%s", word->after)
                                        : view_text(view, "%s -> %s  (%s)", word->before,
                                                    word->after, word->why ? word->why : ""));
}

/* What the words in the field will become, told while they are typed. */
static void view_entry(const struct setup *s, struct view *view)
{
    struct dl_tags tags;
    struct dl_error err = {0};

    if (s->entry[0] == '\0' || s->failure.code != DL_OK)
        return;
    if (parse(s, &tags, word_line, view, &err) == 0)
        dl_tags_free(&tags);
    else
        view_line(view, VIEW_WARN, err.text);
}

static void view_preview(const struct setup *s, struct view *view)
{
    struct dl_buffer out;

    dl_buffer_init(&out, 64 * 1024);
    view_line(view, VIEW_PLAIN, "One log as it will be sent:");
    if (dl_check_preview(&out, s->draft, s->loaded->integration, NULL, NULL) == 0)
        view_line(view, VIEW_PLAIN, dl_buffer_string(&out));
    dl_buffer_free(&out);
}

static void view_identity(const struct setup *s, struct view *view)
{
    const struct dl_integration *integration = s->loaded->integration;
    char services[400] = "";

    for (size_t i = 0; i < integration->service_count; i++) {
        size_t len = strlen(services);
        (void)dl_text_format(services + len, sizeof services - len, "%s%s", i ? ", " : "",
                             integration->services[i]);
    }
    view_row(view, VIEW_PLAIN, "source",
             view_text(view, "%s  (fixed by the integration)", integration->source), "");
    view_row(view, VIEW_PLAIN, "service",
             view_text(view, "%s  (fixed by the integration)", services), "");
}

static void tags_view(const struct setup *s, struct view *view)
{
    static const char *const ways[] = {
        [DL_TAGS_IN_ATTRIBUTES] = "Tags travel as attributes of each log: fields of their own, the "
                                  "way Datadog recommends.",
        [DL_TAGS_IN_DDTAGS] = "Tags travel in ddtags of each log: for two values of one key, or if "
                              "your dashboards filter by tag.",
        [DL_TAGS_IN_QUERY] = "Tags travel in the query of each request: once for all its logs, "
                             "seen by proxies that log addresses.",
    };
    const char *origin = setup_origin(s, DL_PROP_TAGS);

    view->question = "Which tags shall every log carry? For example env:prod version:1.4 team:web";
    view->columns = true;
    for (size_t i = 0; i < tags_items(s); i++)
        view_item(view, s->draft->tags.items[i], "", "");
    struct view_field *field = view_field(view, "Add tags", s->entry);
    field->hint = "key:value, or a pasted DD_TAGS";
    field->origin = s->draft->tags.count > 0 ? origin : NULL;
    view->prompt = "Add tags (empty: go on)";
    if (s->focus != 0 || s->entry[0] == '\0')
        view->current = "";
    view_entry(s, view);
    view_message(s, view);
    view_identity(s, view);
    view_line(view, VIEW_PLAIN, ways[s->draft->tags_in]);
    view_preview(s, view);
}

const struct page page_tags = {
    .title = "Tags",
    .step = 4,
    .help =
        "A tag is key:value. It starts with a letter and has at most 200 characters; capitals and "
        "blanks are changed as Datadog would change them, and you see it before it is taken. "
        "env and version are tags like others. host, device, source and service are reserved: "
        "source and service come from the integration, so that its pipeline finds its logs.",
    .enter = tags_enter,
    .handle = tags_handle,
    .view = tags_view,
    .items = tags_items,
    .fields = tags_fields,
};
