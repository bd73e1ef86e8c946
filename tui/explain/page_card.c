/* What the selected processor did, as lines. */
#include <string.h>

#include "base/text.h"
#include "explain/page_state.h"

#define LINES_MOST (VIEW_LINES_MAX - 8) /* what is past them is counted */

struct card {
    struct explain_page *page;
    struct view *view;
    size_t most;      /* bytes of a value */
    const char *head; /* of what follows, until it is written */
    size_t left_out;
};

static enum view_mark outcome_mark(const struct dl_trace_row *row)
{
    static const enum view_mark marks[] = {
        [DL_OUTCOME_APPLIED] = VIEW_OK,     [DL_OUTCOME_DISABLED] = VIEW_SKIP,
        [DL_OUTCOME_NO_SOURCE] = VIEW_SKIP, [DL_OUTCOME_NO_MATCH] = VIEW_SKIP,
        [DL_OUTCOME_INVALID] = VIEW_WARN,   [DL_OUTCOME_LIMIT] = VIEW_WARN,
        [DL_OUTCOME_NOT_RUN] = VIEW_INFO};

    if (!row->step)
        return VIEW_WAIT;
    if (row->step->outcome == DL_OUTCOME_NO_MATCH && dl_processor_grok(row->processor))
        return VIEW_WARN;
    return marks[row->step->outcome];
}

enum view_mark explain_page_mark(const struct explain_page *page, const struct dl_trace_row *row)
{
    return study_blames(&page->study, row) ? VIEW_FAIL : outcome_mark(row);
}

/* Not more of a text than is read. */
static const char *cut(const struct card *card, struct dl_text text)
{
    size_t len = dl_utf8_cut(text.at, text.len, text.len < card->most ? text.len : card->most);

    return view_text(card->view, "%.*s%s", (int)len, text.at, len < text.len ? "..." : "");
}

/* True if there is room for one more line; the heading goes before it. */
static bool goes_on(struct card *card)
{
    if (card->view->line_count >= LINES_MOST) {
        card->left_out++;
        return false;
    }
    if (card->head) {
        view_line(card->view, VIEW_PLAIN, ""); /* what follows is not under a mark */
        view_line(card->view, VIEW_PLAIN, card->head);
    }
    card->head = NULL;
    return true;
}

static void sentence(const struct card *card, const struct dl_trace_row *row)
{
    struct view *view = card->view;
    const struct dl_trace_step *step = row->step;
    struct dl_text name = dl_processor_name(row->processor);
    const char *title = view_text(view, "%s%s%s%s, line %d", dl_processor_type(row->processor),
                                  name.len ? " \"" : "", name.len ? cut(card, name) : "",
                                  name.len ? "\"" : "", dl_processor_line(row->processor));
    enum view_mark mark = outcome_mark(row);

    if (!step)
        view_line(view, mark, view_text(view, "%s: the log never comes to it", title));
    else if (step->detail.len)
        view_line(view, mark,
                  view_text(view, "%s: %s (%s)", title, dl_outcome_text(step->outcome),
                            cut(card, step->detail)));
    else
        view_line(view, mark, view_text(view, "%s: %s", title, dl_outcome_text(step->outcome)));
}

/* What the result of the test says against this processor. */
static void blame(struct card *card, const struct dl_trace_row *row)
{
    const struct study *study = &card->page->study;
    struct view *view = card->view;

    for (size_t i = 0; i < study->outcome.difference_count; i++) {
        const struct dl_difference *d = &study->outcome.differences[i];

        if (study_suspect(study, i) == row && goes_on(card))
            view_line(view, VIEW_FAIL,
                      view_text(view, "%s: expected %s, got %s", cut(card, d->path),
                                d->expected.len ? cut(card, d->expected) : "nothing",
                                d->got.len ? cut(card, d->got) : "nothing"));
    }
}

static void read_line(void *context, struct dl_text path, struct dl_text value)
{
    struct card *card = context;

    if (!goes_on(card))
        return;
    view_line(card->view, VIEW_PLAIN,
              value.len ? view_text(card->view, "  %s = %s", cut(card, path), cut(card, value))
                        : view_text(card->view, "  %s is not there", cut(card, path)));
}

static void same_line(void *context, struct dl_text path, struct dl_text value)
{
    struct card *card = context;

    if (goes_on(card))
        view_line(card->view, VIEW_PLAIN,
                  view_text(card->view, "  %s = %s", cut(card, path), cut(card, value)));
}

static void rules(struct card *card, const struct dl_trace_step *step)
{
    card->head = "Rules that do not match:";
    for (const struct dl_trace_rule *r = study_rules(&card->page->study, step); r; r = r->next) {
        if (!goes_on(card))
            continue;
        view_line(card->view, VIEW_PLAIN,
                  view_text(card->view, "  %s: fits the first %zu bytes%s%s", cut(card, r->name),
                            r->reach, r->rest.len ? ", not what follows: " : "",
                            cut(card, r->rest)));
    }
}

/* The log before (-) and after (+), what stays last. */
static void changes(struct card *card, const struct dl_trace_step *step)
{
    struct view *view = card->view;

    card->head = "Changes:";
    for (const struct dl_trace_change *c = step->changes; c; c = c->next) {
        if (c->had && goes_on(card))
            view_diff(view, VIEW_REMOVED,
                      view_text(view, "%s = %s", cut(card, c->path), cut(card, c->before)));
        if (c->has && goes_on(card))
            view_diff(view, VIEW_ADDED,
                      view_text(view, "%s = %s", cut(card, c->path), cut(card, c->now)));
    }
    card->head = step->changes ? "The rest of the log:" : "The log, before and after:";
    dl_trace_same(step, &card->page->study.scratch, same_line, card);
}

void explain_page_card(struct explain_page *page, struct view *view, size_t most)
{
    const struct dl_trace *trace = &page->study.trace;
    const struct dl_trace_row *row = &trace->rows[page->row];
    struct card card = {.page = page, .view = view, .most = most};

    if (page->row >= trace->row_count)
        return;
    dl_arena_reset(&page->study.scratch);
    blame(&card, row); /* first: there may be room for little */
    sentence(&card, row);
    if (row->step) {
        card.head = "It reads:";
        dl_trace_reads(trace, row->step, &page->study.scratch, read_line, &card);
        rules(&card, row->step);
        changes(&card, row->step);
    }
    if (card.left_out)
        view_line(view, VIEW_PLAIN, view_text(view, "and %zu lines more", card.left_out));
}
