#include "screen/state.h"

#include <string.h>

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

static void sync_field(struct screen_state *state, const struct view_field *field, size_t i)
{
    if (!field->secret) {
        if (!state->text_waits && strcmp(state->entries[i].text, or_empty(field->value)) != 0)
            entry_set(&state->entries[i], or_empty(field->value));
    } else if (!field->filled && state->mask.handed) {
        mask_clear(&state->mask); /* the machine threw the key away */
    }
}

void state_sync(struct screen_state *state, const struct view *view)
{
    if (!state->started || view->page != state->page || view->help_page != state->help) {
        state_free(state);
        memset(state, 0, sizeof(*state));
        state->started = true;
        state->page = view->page;
        state->help = view->help_page;
    } else if (view->focus != state->last_focus) {
        state->footer = false;
    }
    state->last_focus = view->focus;
    for (size_t i = 0; i < view->field_count && i < VIEW_FIELDS_MAX; i++)
        sync_field(state, &view->fields[i], i);
    if (state->footer_key >= view->key_count)
        state->footer_key = 0;
}

void state_free(struct screen_state *state)
{
    mask_clear(&state->mask);
}

enum focus state_focus(const struct screen_state *state, const struct view *view)
{
    if (state->last_focus < view->field_count && !state->footer)
        return FOCUS_FIELD;
    if (state->footer)
        return FOCUS_FOOTER;
    if (view->matrix.row_count > 0)
        return FOCUS_MATRIX;
    return view->item_count == 0 ? FOCUS_FOOTER : FOCUS_LIST;
}
