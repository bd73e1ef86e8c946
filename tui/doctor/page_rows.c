/* What there is to select, and the selection. */
#include <string.h>

#include "base/text.h"
#include "doctor/page_state.h"

static void add(struct page_rows *rows, struct page_row row)
{
    if (rows->count < VIEW_MATRIX_MAX)
        rows->rows[rows->count++] = row;
}

/* A stage of one of the sites, or of the one. */
static bool has_stage(const struct doctor_page *page, int stage)
{
    const struct dl_doctor_table *table = page->news.table;

    for (size_t i = 0; i < table->row_count && (i == 0 || page->news.all); i++)
        if (table->rows[i].reports[stage])
            return true;
    return false;
}

static void add_sites(const struct doctor_page *page, struct page_rows *rows)
{
    const struct dl_doctor_table *table = page->news.table;

    for (int stage = 0; stage < DL_STAGE_COUNT; stage++)
        if (has_stage(page, stage)) {
            if (!page->news.all)
                add(rows, (struct page_row){.stage = (enum dl_stage)stage});
            else if (rows->column_count < VIEW_CELLS_MAX)
                rows->columns[rows->column_count++] = (enum dl_stage)stage;
        }
    for (size_t i = 0; page->news.all && i < table->row_count; i++)
        add(rows, (struct page_row){.site = i});
}

static bool is_selected(const struct doctor_page *page, const struct page_row *row)
{
    if (row->machine || page->machine)
        return row->machine && page->machine && row->stage == page->stage;
    if (!page->news.all)
        return row->stage == page->column;
    return strcmp(page->news.table->rows[row->site].name, page->site) == 0;
}

/* The first row of a site, else 0. */
static size_t first_site(const struct page_rows *rows)
{
    for (size_t i = 0; i < rows->count; i++)
        if (!rows->rows[i].machine)
            return i;
    return 0;
}

void page_rows_of(const struct doctor_page *page, struct page_rows *rows)
{
    memset(rows, 0, sizeof(*rows));
    if (!page->news.table)
        return;
    for (int stage = 0; stage < DL_STAGE_COUNT; stage++)
        if (page->news.table->machine[stage])
            add(rows, (struct page_row){.machine = true, .stage = (enum dl_stage)stage});
    add_sites(page, rows);
    rows->row = first_site(rows);
    for (size_t i = 0; i < rows->count; i++)
        if (is_selected(page, &rows->rows[i]))
            rows->row = i;
    for (size_t i = 0; i < rows->column_count; i++)
        if (rows->columns[i] == page->column)
            rows->column = i;
}

const struct dl_stage_report *page_report(const struct doctor_page *page,
                                          const struct page_row *row, enum dl_stage stage)
{
    const struct dl_doctor_table *table = page->news.table;

    return row->machine ? table->machine[stage] : table->rows[row->site].reports[stage];
}

const struct dl_stage_report *page_selected(const struct doctor_page *page,
                                            const struct page_rows *rows)
{
    const struct page_row *row = &rows->rows[rows->row];

    if (rows->count == 0)
        return NULL;
    if (row->machine || !page->news.all)
        return page_report(page, row, row->stage);
    return rows->column_count > 0 ? page_report(page, row, rows->columns[rows->column]) : NULL;
}

void page_select(struct doctor_page *page, const struct page_rows *rows, size_t row, size_t column)
{
    if (row >= rows->count)
        return;
    const struct page_row *to = &rows->rows[row];
    page->machine = to->machine;
    if (to->machine)
        page->stage = to->stage;
    else if (!page->news.all)
        page->column = to->stage;
    else
        dl_text_copy(page->site, sizeof(page->site), page->news.table->rows[to->site].name);
    if (column < rows->column_count)
        page->column = rows->columns[column];
    page->scroll = page->details_scroll = 0;
}

static int severity(enum dl_result result)
{
    static const int order[] = {
        [DL_RESULT_SKIP] = 0, [DL_RESULT_PASS] = 1, [DL_RESULT_WAIT] = 2,
        [DL_RESULT_RUN] = 2,  [DL_RESULT_WARN] = 3, [DL_RESULT_FAIL] = 4,
    };

    return order[result];
}

enum dl_result page_worst(const struct dl_stage_report *const reports[DL_STAGE_COUNT])
{
    enum dl_result worst = DL_RESULT_SKIP;

    for (int i = 0; i < DL_STAGE_COUNT; i++)
        if (reports[i] && severity(reports[i]->result) > severity(worst))
            worst = reports[i]->result;
    return worst;
}

static const struct dl_stage_report *
first_with(const struct dl_stage_report *const reports[DL_STAGE_COUNT], enum dl_result result)
{
    for (int i = 0; i < DL_STAGE_COUNT; i++)
        if (reports[i] && reports[i]->result == result)
            return reports[i];
    return NULL;
}

const struct dl_stage_report *
page_cause(const struct dl_stage_report *const reports[DL_STAGE_COUNT])
{
    const struct dl_stage_report *failed = first_with(reports, DL_RESULT_FAIL);

    return failed ? failed : first_with(reports, DL_RESULT_WARN);
}

/* Where a site is: its failure or warning, the stage that runs, else the last one that passed. */
static enum dl_stage stage_of_interest(const struct dl_doctor_row *row)
{
    const struct dl_stage_report *report = page_cause(row->reports);
    enum dl_stage last = DL_STAGE_PROXY;

    if (!report)
        report = first_with(row->reports, DL_RESULT_RUN);
    for (int i = 0; i < DL_STAGE_COUNT; i++)
        if (row->reports[i] && row->reports[i]->result == DL_RESULT_PASS)
            last = (enum dl_stage)i;
    return report ? report->stage : last;
}

static void follow_site(struct doctor_page *page, size_t row)
{
    const struct dl_doctor_row *site = &page->news.table->rows[row];

    page->machine = false;
    dl_text_copy(page->site, sizeof(page->site), site->name);
    page->column = stage_of_interest(site);
}

static size_t own_site(const struct doctor_page *page)
{
    const struct dl_doctor_table *table = page->news.table;

    for (size_t i = 0; i < table->row_count; i++)
        if (page->options.site && table->rows[i].site == page->options.site)
            return i;
    return 0;
}

/* At the end: the own site's cause, else what is wrong with the machine, else the first site that
 * has one. */
static bool follow_cause(struct doctor_page *page)
{
    const struct dl_doctor_table *table = page->news.table;
    size_t own = own_site(page);
    const struct dl_stage_report *machine = page_cause(table->machine);

    if (table->row_count > 0 && page_cause(table->rows[own].reports)) {
        follow_site(page, own);
        return true;
    }
    if (machine) {
        page->machine = true;
        page->stage = machine->stage;
        return true;
    }
    for (size_t i = 0; i < table->row_count; i++)
        if (page_cause(table->rows[i].reports)) {
            follow_site(page, i);
            return true;
        }
    return false;
}

void page_follow(struct doctor_page *page)
{
    if (page->moved || !page->news.table)
        return;
    if (page->news.done && follow_cause(page))
        return;
    if (page->news.table->row_count > 0)
        follow_site(page, own_site(page));
}
