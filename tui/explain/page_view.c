/* The page as a view. */
#include <string.h>

#include "base/text.h"
#include "explain/page_state.h"

#define SAMPLE_SHOWN 160  /* bytes of the sample in the head */
#define VALUE_SHOWN 240   /* bytes of a value beside or below the processors */
#define DETAIL_SHOWN 2000 /* bytes of one on a page of its own */
#define PATHS_SHOWN 3     /* differences that the head names */

static const char *start_of(struct view *view, struct dl_text text, size_t most)
{
    size_t len = dl_utf8_cut(text.at, text.len, text.len < most ? text.len : most);

    return view_text(view, "%.*s%s", (int)len, text.at, len < text.len ? "..." : "");
}

/* The sample in the head; what was indented over many lines takes no room for that. */
static const char *sample(const struct study *study, struct view *view)
{
    struct dl_text text = study_text(study);
    char shown[SAMPLE_SHOWN];
    size_t len = 0;

    for (size_t i = 0; i < text.len && len < sizeof shown; i++) {
        bool blank = strchr(" \t\r\n", text.at[i]) != NULL;

        if (!blank || (len > 0 && shown[len - 1] != ' '))
            shown[len++] = blank ? ' ' : text.at[i];
    }
    bool whole = len < sizeof shown;
    return view_text(view, "%.*s%s", (int)dl_utf8_cut(shown, len, len - !whole), shown,
                     whole ? "" : "...");
}

static const char *corner(const struct study *study, struct view *view)
{
    size_t differences = study->outcome.difference_count;
    const char *place = view_text(view, "sample %zu of %zu", study->at + 1, study->count);

    if (study_is_edited(study))
        return view_text(view, "%s, edited", place);
    if (differences > 0)
        return view_text(view, "%s, %zu value%s differ%s", place, differences,
                         differences == 1 ? "" : "s", differences == 1 ? "s" : "");
    return study->compared ? view_text(view, "%s, as expected", place) : place;
}

/* "custom.usr.id, status and 2 more" */
static const char *paths(const struct study *study, struct view *view)
{
    const struct dl_suite_outcome *o = &study->outcome;
    const char *text = "";
    size_t i;

    for (i = 0; i < o->difference_count && i < PATHS_SHOWN; i++)
        text = view_text(view, "%s%s%s", text, *text ? ", " : "",
                         start_of(view, o->differences[i].path, SAMPLE_SHOWN));
    return o->difference_count > i
               ? view_text(view, "%s and %zu more", text, o->difference_count - i)
               : text;
}

/* What came of the sample as a whole. */
static const char *verdict(const struct study *study, struct view *view)
{
    if (study->trace.row_count > 0 && !study->trace.taken)
        return "The filter of the pipeline does not take this log.";
    if (study_is_edited(study))
        return "Edited: it is not compared with what its test expects.";
    if (study->outcome.difference_count > 0)
        return view_text(view, "Not as expected: %s.", paths(study, view));
    return study->compared ? "The result is the one that its test expects." : NULL;
}

static void matrix(const struct explain_page *page, struct view *view)
{
    const struct dl_trace *trace = &page->study.trace;
    size_t first = explain_page_first(page);

    for (size_t i = first; i < trace->row_count && i < first + VIEW_MATRIX_MAX; i++) {
        const struct dl_trace_row *row = &trace->rows[i];
        struct dl_text name = dl_processor_name(row->processor);
        struct view_matrix_row *line =
            view_matrix_row(view, view_text(view, "%zu", i + 1),
                            view_text(view, "%*s%s", 2 * (int)row->depth, "",
                                      name.len ? start_of(view, name, VALUE_SHOWN)
                                               : dl_processor_type(row->processor)));

        line->wide = true;
        line->marks[0] = explain_page_mark(page, row);
    }
    view->matrix.row = page->row - first;
    view->turns = page->study.count > 1;
    view->beside = true;
}

static void message(const struct explain_page *page, struct view *view)
{
    const struct dl_error *failure = &page->study.failure;

    if (page->message[0])
        view_line(view, page->mark, page->message);
    if (failure->code != DL_OK)
        view_line(view, VIEW_FAIL,
                  view_text(view, "%s: %s", dl_error_info(failure->code)->id, failure->text));
}

static void help_view(const struct explain_page *page, struct view *view)
{
    view->title = "Help";
    view->question = "What the words mean, and the keys.";
    view_row(view, VIEW_PLAIN, "OK", "applied", "");
    view_row(view, VIEW_PLAIN, "SKIP", "had nothing to do with this log", "");
    view_row(view, VIEW_PLAIN, "WARN", "could not use what it read", "");
    view_row(view, VIEW_PLAIN, "FAIL", "wrote, or was to write, what differs from the test", "");
    view_row(view, VIEW_PLAIN, "INFO", "is not evaluated here", "");
    view_row(view, VIEW_PLAIN, "-", "the log never comes to it", "");
    view->help_keys_at = view->line_count;
    view_line(view, VIEW_PLAIN, "Keys:");
    view_row(view, VIEW_PLAIN, "j k", "or Down and Up: another processor", "");
    view_row(view, VIEW_PLAIN, "h l", "or Left and Right: another sample", "");
    view_row(view, VIEW_PLAIN, "f", "the next processor that is to blame", "");
    view_row(view, VIEW_PLAIN, "e", "edit the sample and run it again", "");
    view_row(view, VIEW_PLAIN, "u", "the sample as it was", "");
    view_row(view, VIEW_PLAIN, "PgUp PgDn", "scroll the log", "");
    view_row(view, VIEW_PLAIN, "Enter", "the log on a page of its own", "");
    view_row(view, VIEW_PLAIN, "Esc, q", "back; quit", "");
    view_row(view, VIEW_PLAIN, "Ctrl-L", "draw again", "");
    view->scroll = page->help_scroll;
    view->help_page = true;
    view_key(view, "Enter", "back", false);
    view_key(view, "PgDn", "more", false);
}

static void edit_view(const struct explain_page *page, struct view *view)
{
    struct view_field *field;

    view->title = "Edit the sample";
    view->question = "Change the sample; Enter runs it through the pipeline.";
    field = view_field(view, "Sample", dl_buffer_string(&page->field));
    field->wide = true;
    message(page, view);
    if (page->field.len)
        view_line(view, VIEW_PLAIN, dl_buffer_string(&page->field));
    view->scroll = page->details_scroll;
    explain_page_keys(page, view);
}

static void rows_view(struct explain_page *page, struct view *view)
{
    const struct study *study = &page->study;

    view->question = sample(study, view);
    view->help = verdict(study, view);
    if (!page->details)
        matrix(page, view);
    message(page, view);
    explain_page_card(page, view, page->details ? DETAIL_SHOWN : VALUE_SHOWN);
    view->scroll = page->details ? page->details_scroll : page->scroll;
    explain_page_keys(page, view);
}

void explain_page_view(struct explain_page *page, struct view *view)
{
    struct dl_text id = dl_pipeline_id(page->study.options.pipeline);

    view_clear(view);
    view->program = "ddlogs pipeline explain";
    view->title = id.len ? start_of(view, id, 40) : "Pipeline";
    view->question = view->prompt = "";
    view->corner = corner(&page->study, view);
    view->page = (page->help ? 1u : 0u) + (page->details ? 2u : 0u) + (page->editing ? 4u : 0u);
    if (page->help)
        help_view(page, view);
    else if (page->editing)
        edit_view(page, view);
    else
        rows_view(page, view);
}
