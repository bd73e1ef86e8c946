/* The page as a view. */
#include <string.h>

#include "base/text.h"
#include "doctor/page_state.h"
#include "setup/stage_view.h"

#define UNDER_MARK "      " /* evidence stands in line with the text beside a mark */

/* What stands above a column. */
static const char *head_of(enum dl_stage stage)
{
    static const char *const heads[DL_STAGE_COUNT] = {
        [DL_STAGE_LOG] = "Send",    [DL_STAGE_BATCH] = "Batch",  [DL_STAGE_ZSTD] = "Zstd",
        [DL_STAGE_LARGE] = "Large", [DL_STAGE_QUALITY] = "Path",
    };

    return heads[stage] ? heads[stage] : dl_stage_label(stage);
}

/* The corner: how far it is, or what came of it */

struct tally {
    size_t total, done, failed, warned;
};

static void count(struct tally *tally, enum dl_result result)
{
    tally->total++;
    tally->done += result != DL_RESULT_WAIT && result != DL_RESULT_RUN;
    tally->failed += result == DL_RESULT_FAIL;
    tally->warned += result == DL_RESULT_WARN;
}

static bool row_done(const struct dl_doctor_row *row)
{
    for (int i = 0; i < DL_STAGE_COUNT; i++)
        if (row->reports[i] && row->reports[i]->result <= DL_RESULT_RUN)
            return false;
    return true;
}

/* Sites, or the stages of one. */
static struct tally tally_of(const struct doctor_page *page)
{
    const struct dl_doctor_table *table = page->news.table;
    struct tally tally = {0};

    for (size_t i = 0; i < table->row_count; i++) {
        const struct dl_doctor_row *row = &table->rows[i];
        if (page->news.all)
            count(&tally, row_done(row) ? page_worst(row->reports) : DL_RESULT_RUN);
        for (int stage = 0; !page->news.all && stage < DL_STAGE_COUNT; stage++)
            if (row->reports[stage])
                count(&tally, row->reports[stage]->result);
    }
    return tally;
}

static const char *verdict(const struct doctor_page *page, struct view *view)
{
    const struct dl_doctor_table *table = page->news.table;
    const struct tally tally = tally_of(page);
    const struct dl_stage_report *machine = page_cause(table->machine);
    const struct dl_stage_report *site =
        table->row_count > 0 && !page->news.all ? page_cause(table->rows[0].reports) : NULL;

    if (machine && (machine->result == DL_RESULT_FAIL || tally.failed + tally.warned == 0) &&
        tally.failed == 0)
        return view_text(view, "%s: %s", dl_stage_label(machine->stage),
                         view_mark_word(view_result_mark(machine->result)));
    if (site)
        return view_text(view, "%s: %s", dl_stage_label(site->stage),
                         view_mark_word(view_result_mark(site->result)));
    if (page->news.all && tally.failed > 0)
        return view_text(view, "%zu of %zu FAIL", tally.failed, tally.total);
    if (page->news.all && tally.warned > 0)
        return view_text(view, "%zu of %zu WARN", tally.warned, tally.total);
    return "all is well";
}

static const char *corner(const struct doctor_page *page, struct view *view)
{
    if (!page->news.table)
        return "";
    if (!page->news.done) {
        const struct tally tally = tally_of(page);
        return view_text(view, "%zu of %zu done, %ld s", tally.done, tally.total,
                         page->news.seconds);
    }
    if (page->watch[0])
        return view_text(view, "%s, %s", verdict(page, view), page->watch);
    return view_text(view, "%s, %ld s", verdict(page, view), page->news.seconds);
}

/* The matrix */

static void wide_row(const struct dl_stage_report *report, struct view *view)
{
    const char *text = report->message;
    struct view_matrix_row *row =
        view_matrix_row(view, dl_stage_label(report->stage),
                        report->result == DL_RESULT_WAIT && !*text ? "" : text);

    row->wide = true;
    row->marks[0] = view_result_mark(report->result);
    row->right = view_stage_time(report, view);
}

static void site_row(const struct doctor_page *page, const struct page_rows *rows, size_t index,
                     struct view *view)
{
    const struct dl_doctor_row *site = &page->news.table->rows[rows->rows[index].site];
    const struct dl_stage_report *cause = page_cause(site->reports);
    struct view_matrix_row *row = view_matrix_row(
        view, site->name, cause && cause->code ? dl_error_info(cause->code)->id : "");

    for (size_t i = 0; i < rows->column_count; i++) {
        const struct dl_stage_report *report = site->reports[rows->columns[i]];
        row->marks[i] = report ? view_result_mark(report->result) : VIEW_SKIP;
    }
}

static void matrix(const struct doctor_page *page, const struct page_rows *rows, struct view *view)
{
    for (size_t i = 0; i < rows->column_count; i++)
        view_head(view, head_of(rows->columns[i]));
    for (size_t i = 0; i < rows->count; i++) {
        const struct page_row *row = &rows->rows[i];
        if (row->machine || !page->news.all)
            wide_row(page_report(page, row, row->stage), view);
        else
            site_row(page, rows, i, view);
        view->matrix.rows[view->matrix.row_count - 1].apart =
            i > 0 && rows->rows[i - 1].machine && !row->machine;
    }
    view->matrix.row = rows->row;
    view->matrix.column = rows->column;
}

/* The selected cell */

/* "EU1 TLS", "Configuration" */
static const char *cell_name(const struct doctor_page *page, const struct page_rows *rows,
                             struct view *view)
{
    const struct page_row *row = &rows->rows[rows->row];
    enum dl_stage stage = rows->column_count > 0 ? rows->columns[rows->column] : row->stage;

    if (row->machine)
        return dl_stage_label(row->stage);
    if (page->news.all && rows->column_count == 0)
        return view_text(view, "%s", page->news.table->rows[row->site].name);
    return view_text(view, "%s %s", page->news.table->rows[row->site].name, dl_stage_label(stage));
}

static const char *said(const struct dl_stage_report *report)
{
    if (report->message[0])
        return report->message;
    if (report->code != DL_OK)
        return dl_error_info(report->code)->title;
    return report->result == DL_RESULT_WAIT   ? "has not begun."
           : report->result == DL_RESULT_RUN  ? "is being tried."
           : report->result == DL_RESULT_SKIP ? "left out."
                                              : "";
}

/* Sentence, code, time; causes and next steps; what was seen. */
static void card(const struct doctor_page *page, const struct page_rows *rows, struct view *view)
{
    const struct dl_stage_report *report = page_selected(page, rows);
    const char *name = rows->count > 0 ? cell_name(page, rows, view) : "", *time, *code = "";

    if (!report) {
        if (rows->count > 0)
            view_line(view, VIEW_SKIP, view_text(view, "%s: not part of this run.", name));
        return;
    }
    time = view_stage_time(report, view);
    if (report->code != DL_OK)
        code = view_text(view, ", %s", dl_error_info(report->code)->id);
    view_line(view, view_result_mark(report->result),
              view_text(view, "%s%s%s%s: %s", name, code, *time ? ", " : "", time, said(report)));
    if (report->code != DL_OK)
        view_advice(view, report->code, report, NULL);
    for (size_t i = 0; i < report->evidence_count && i < DL_EVIDENCE_MAX; i++)
        view_row(view, VIEW_PLAIN, view_text(view, "%s%s", UNDER_MARK, report->evidence[i].name),
                 report->evidence[i].value, "");
}

static void message(const struct doctor_page *page, struct view *view)
{
    const struct dl_error *failure = &page->failure;
    const struct dl_error_info *info = dl_error_info(failure->code);

    if (failure->code != DL_OK) {
        view_line(
            view, VIEW_FAIL,
            view_text(view, "%s: %s", info->id, failure->text[0] ? failure->text : info->title));
        view_advice(view, failure->code, NULL, NULL);
    } else if (page->message[0]) {
        view_line(view, page->mark, page->message);
    }
}

/* The three pages */

static void help_view(const struct doctor_page *page, struct view *view)
{
    static struct view table; /* only for its keys: too large for the stack */

    view->title = "Help";
    view->question = "What the words mean, and the keys.";
    view_row(view, VIEW_PLAIN, "ok", "passed", "");
    view_row(view, VIEW_PLAIN, "WARN", "works, but look at it", "");
    view_row(view, VIEW_PLAIN, "FAIL", "does not work; what comes after needs it", "");
    view_row(view, VIEW_PLAIN, "..", "is being tried", "");
    view_row(view, VIEW_PLAIN, "-", "left out", "");
    view_row(view, VIEW_PLAIN, "(blank)", "waits for what comes before", "");
    view->help_keys_at = view->line_count;
    view_line(view, VIEW_PLAIN, "Keys:");
    view_row(view, VIEW_PLAIN, "arrows, hjkl", "another site or stage", "");
    view_row(view, VIEW_PLAIN, "1 to 9", "the site with that number", "");
    view_row(view, VIEW_PLAIN, "PgUp PgDn", "scroll what was seen", "");
    page_keys(page, &table);
    for (size_t i = 0; i < table.key_count; i++)
        view_row(view, VIEW_PLAIN, table.keys[i].key, table.keys[i].label, "");
    view_clear(&table);
    view_row(view, VIEW_PLAIN, "Esc, Ctrl-C", "back; quit", "");
    view_row(view, VIEW_PLAIN, "Ctrl-L", "draw again", "");
    view->scroll = page->help_scroll;
    view->help_page = true;
    view_key(view, "Enter", "back", false);
    view_key(view, "PgDn", "more", false);
}

static void details_view(const struct doctor_page *page, const struct page_rows *rows,
                         struct view *view)
{
    if (rows->count > 0)
        view->title = cell_name(page, rows, view);
    message(page, view);
    card(page, rows, view);
    view->scroll = page->details_scroll;
    page_keys(page, view);
}

static const char *title(const struct doctor_page *page, struct view *view)
{
    const struct dl_doctor_table *table = page->news.table;

    if (page->news.all || !table || table->row_count == 0)
        return "All sites";
    const struct dl_doctor_row *row = &table->rows[0];
    return row->site ? view_text(view, "%s %s", row->name, row->site->site)
                     : view_text(view, "%s", row->name);
}

void doctor_page_view(const struct doctor_page *page, struct view *view)
{
    struct page_rows rows;

    view_clear(view);
    page_rows_of(page, &rows);
    view->program = page->program;
    view->title = title(page, view);
    view->question = view->prompt = "";
    view->corner = corner(page, view);
    view->page = (page->help ? 1u : 0u) + (page->details ? 2u : 0u) + (page->news.all ? 4u : 0u);
    view->busy = !page->news.done;
    view->seconds = page->news.seconds;
    if (page->help) {
        help_view(page, view);
    } else if (page->details) {
        details_view(page, &rows, view);
    } else {
        matrix(page, &rows, view);
        message(page, view);
        card(page, &rows, view);
        view->scroll = page->scroll;
        page_keys(page, view);
    }
}
