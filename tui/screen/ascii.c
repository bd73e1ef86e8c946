#include "screen/ascii.h"

#include <string.h>

/* Calls `visit` with every text that is shown. */
static void each_text(struct view *view, void (*visit)(const char **text, void *context),
                      void *context)
{
    visit(&view->program, context);
    visit(&view->title, context);
    visit(&view->corner, context);
    visit(&view->question, context);
    visit(&view->help, context);
    for (size_t i = 0; i < view->item_count; i++) {
        visit(&view->items[i].name, context);
        visit(&view->items[i].text, context);
        visit(&view->items[i].detail, context);
    }
    for (size_t i = 0; i < view->matrix.column_count; i++)
        visit(&view->matrix.heads[i], context);
    for (size_t i = 0; i < view->matrix.row_count; i++) {
        visit(&view->matrix.rows[i].name, context);
        visit(&view->matrix.rows[i].text, context);
        visit(&view->matrix.rows[i].right, context);
    }
    for (size_t i = 0; i < view->field_count; i++) {
        visit(&view->fields[i].label, context);
        visit(&view->fields[i].hint, context);
        visit(&view->fields[i].origin, context);
    }
    for (size_t i = 0; i < view->line_count; i++) {
        visit(&view->lines[i].left, context);
        visit(&view->lines[i].text, context);
        visit(&view->lines[i].right, context);
    }
    for (size_t i = 0; i < view->key_count; i++) {
        visit(&view->keys[i].key, context);
        visit(&view->keys[i].label, context);
    }
}

/* view_ascii() writes at most three characters for what took at least two bytes. */
static size_t room_for(const char *text)
{
    return strlen(text) * 2 + 1;
}

static void count(const char **text, void *context)
{
    size_t *total = context;

    if (*text)
        *total += room_for(*text);
}

static void copy(const char **text, void *context)
{
    struct dl_buffer *memory = context;

    if (!*text)
        return;
    char *to = memory->data + memory->len; /* reserved: it does not move */
    view_ascii(to, room_for(*text), *text);
    memory->len += strlen(to) + 1;
    *text = to;
}

int ascii_view(struct view *to, const struct view *from, struct dl_buffer *memory)
{
    size_t total = 0;

    *to = *from;
    to->memory_count = 0;
    each_text(to, count, &total);
    dl_buffer_clear(memory);
    int status = dl_buffer_reserve(memory, total);
    if (status < 0)
        return status;
    each_text(to, copy, memory);
    return 0;
}
