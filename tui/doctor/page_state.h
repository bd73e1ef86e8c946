/* Inside of the doctor's page. Only doctor/page*.c include this. */
#ifndef DL_TUI_DOCTOR_PAGE_STATE_H
#define DL_TUI_DOCTOR_PAGE_STATE_H

#include "doctor/page.h"

struct doctor_page {
    struct doctor_page_options options;
    char program[64];
    struct doctor_news news;
    char watch[64];

    /* the selection, by names, so that it outlives a table */
    bool moved; /* by a person */
    bool machine;
    char site[64];        /* name of the row; of no machine's stage */
    enum dl_stage stage;  /* of the machine or the site */
    enum dl_stage column; /* of a site, also while the machine is selected */

    bool details, help; /* pages on top */
    size_t scroll, help_scroll, details_scroll;

    enum view_mark mark; /* with message */
    char message[1200];
    struct dl_error failure; /* DL_OK: none */
};

/* One row of the page: a stage of the machine, a site, or, with one site, a stage of it. */
struct page_row {
    bool machine;
    size_t site; /* row of the table */
    enum dl_stage stage;
};

/* What the table has, in the order it is shown. */
struct page_rows {
    struct page_row rows[VIEW_MATRIX_MAX];
    size_t count;
    enum dl_stage columns[DL_STAGE_COUNT]; /* none where stages are rows */
    size_t column_count;
    size_t row, column; /* the selected ones */
};

/* page_rows.c */
void page_rows_of(const struct doctor_page *page, struct page_rows *rows);
const struct dl_stage_report *page_report(const struct doctor_page *page,
                                          const struct page_row *row, enum dl_stage stage);
/* That of the selected cell; NULL: there is none. */
const struct dl_stage_report *page_selected(const struct doctor_page *page,
                                            const struct page_rows *rows);
void page_select(struct doctor_page *page, const struct page_rows *rows, size_t row, size_t column);
void page_follow(struct doctor_page *page); /* selects what happens */

/* The worst of a set of reports: FAIL, WARN, RUN (or waiting), PASS, SKIP (nothing at all). */
enum dl_result page_worst(const struct dl_stage_report *const reports[DL_STAGE_COUNT]);
/* Its first failure, else its first warning, else NULL. */
const struct dl_stage_report *
page_cause(const struct dl_stage_report *const reports[DL_STAGE_COUNT]);

/* page.c: the keys that mean something now, as a footer has them. */
void page_keys(const struct doctor_page *page, struct view *view);

#endif
