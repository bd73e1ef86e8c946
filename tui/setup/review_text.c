/* What the review shows as text: the lines that differ, and the same set-up as a command. */
#include <string.h>

#include "base/text.h"
#include "setup/state.h"

/* Lines that begin both texts or end both are the same; what is between them differs. That is a
 * diff good enough for a file of a dozen lines in a fixed order. */

#define LINES_MAX 512

struct lines {
    const char *at[LINES_MAX];
    size_t len[LINES_MAX], count;
};

static void split(struct lines *out, const char *text)
{
    out->count = 0;
    while (*text != '\0' && out->count < LINES_MAX) {
        size_t len = strcspn(text, "\n");
        out->at[out->count] = text;
        out->len[out->count++] = len;
        text += len + (text[len] == '\n');
    }
}

static bool same(const struct lines *a, size_t i, const struct lines *b, size_t j)
{
    return a->len[i] == b->len[j] && memcmp(a->at[i], b->at[j], a->len[i]) == 0;
}

static void show(struct view *view, enum view_line_kind kind, const struct lines *lines,
                 size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        view_diff(view, kind, view_text(view, "%.*s", (int)lines->len[i], lines->at[i]));
}

void setup_diff(struct view *view, const char *before, const char *after)
{
    static struct lines a, b; /* too large for the stack; nothing is kept in them */
    size_t head = 0, tail = 0;

    split(&a, before);
    split(&b, after);
    while (head < a.count && head < b.count && same(&a, head, &b, head))
        head++;
    while (tail < a.count - head && tail < b.count - head &&
           same(&a, a.count - 1 - tail, &b, b.count - 1 - tail))
        tail++;
    show(view, VIEW_REMOVED, &a, head, a.count - tail);
    show(view, VIEW_ADDED, &b, head, b.count - tail);
}

/* Words of a shell command */

static bool is_plain_word(const char *text)
{
    return *text != '\0' &&
           text[strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                             "_-+.,:/@%=")] == '\0';
}

static int add_word(struct dl_buffer *out, const char *text)
{
    int rc = 0;

    if (is_plain_word(text))
        return dl_buffer_text(out, text);
    rc = dl_buffer_char(out, '\'');
    for (; rc == 0 && *text != '\0'; text++)
        rc = *text == '\'' ? dl_buffer_text(out, "'\\''") : dl_buffer_char(out, *text);
    return rc != 0 ? rc : dl_buffer_char(out, '\'');
}

static int add_option(struct dl_buffer *out, const char *name, const char *value)
{
    int rc = dl_buffer_format(out, " --%s ", name);

    return rc != 0 ? rc : add_word(out, value);
}

/* Every property with an option whose value is not the default, by the property table. */
static int add_properties(const struct setup *s, struct dl_buffer *out)
{
    struct dl_buffer value;
    int rc = 0;

    dl_buffer_init(&value, 64 * 1024);
    for (int p = 0; p < DL_PROPERTY_COUNT && rc == 0; p++) {
        const struct dl_property_info *info = &dl_properties[p];
        bool always = p == DL_PROP_SITE || p == DL_PROP_KEY_SOURCE;

        if (info->option[0] == '\0' || p == DL_PROP_INTEGRATION || p == DL_PROP_TAGS ||
            p == DL_PROP_ENCODING) /* the test finds the encoding */
            continue;
        dl_buffer_clear(&value);
        rc = dl_config_get(s->draft, (enum dl_property)p, &value, NULL);
        if (rc == 0 &&
            (always || (value.len > 0 && strcmp(dl_buffer_string(&value), info->fallback) != 0)))
            rc = add_option(out, info->option, dl_buffer_string(&value));
    }
    dl_buffer_free(&value);
    return rc;
}

int setup_command_line(const struct setup *s, struct dl_buffer *out)
{
    int rc = dl_buffer_text(out, "ddlogs setup --no-input");

    if (rc == 0 && s->input.manifest != NULL)
        rc = add_option(out, "manifest", s->input.manifest);
    else if (rc == 0)
        rc = add_option(out, "integration", s->loaded->integration->name);
    if (rc == 0)
        rc = add_properties(s, out);
    for (size_t i = 0; i < s->draft->tags.count && rc == 0; i++)
        rc = add_option(out, "tag", s->draft->tags.items[i]);
    if (rc == 0 && s->key_from == KEY_ENVIRONMENT)
        return 0;
    if (rc == 0 && s->key_from != KEY_STORED)
        rc = dl_buffer_text(out, " --api-key-fd 3 3< KEYFILE");
    return rc;
}
