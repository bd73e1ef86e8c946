/* The page of `ddlogs doctor`: sites by stages, filled as the answers come, and what was seen at
 * the selected one. Pure: no terminal, no network, no clock. */
#ifndef DL_TUI_DOCTOR_PAGE_H
#define DL_TUI_DOCTOR_PAGE_H

#include "check/doctor.h"
#include "setup/event.h"
#include "setup/view.h"

struct doctor_page_options {
    const char *program;        /* NULL: "ddlogs doctor" */
    const struct dl_site *site; /* of the configuration: selected at first. NULL: the first one */
    bool one_alone;             /* from one site there is no way to all: an endpoint of one's own */
};

/* What a person wants; the loop does it. At most one for each event. */
enum doctor_wish {
    DOCTOR_NOTHING,
    DOCTOR_REPEAT,   /* the same run again */
    DOCTOR_ONE_SITE, /* `row` of the table alone */
    DOCTOR_ALL_SITES,
    DOCTOR_WRITE_REPORT,
    DOCTOR_QUIT
};

struct doctor_effect {
    enum doctor_wish wish;
    size_t row;
};

/* How far the run is. */
struct doctor_news {
    const struct dl_doctor_table
        *table; /* NULL: none yet; kept by the caller until the next news */
    bool all;   /* all sites, not one */
    bool done;
    long seconds; /* since it began, or that it took */
};

struct doctor_page;

/* The options' site lives as long as the program; the rest is copied. */
int doctor_page_new(struct doctor_page **out, const struct doctor_page_options *options,
                    struct dl_error *err);
void doctor_page_free(struct doctor_page *page); /* NULL is fine */

/* Takes over what is known now. Until a person moves it, the selection follows what happens, and
 * goes to the worst failure at the end; afterwards it stays with its site and stage. */
void doctor_page_set(struct doctor_page *page, const struct doctor_news *news);

/* What stands behind the verdict ("again in 12 s"); "" for nothing. */
void doctor_page_set_watch(struct doctor_page *page, const char *text);

/* A line above the details, until the next key: news, or a failure with its next steps. */
void doctor_page_say(struct doctor_page *page, enum view_mark mark, const char *text);
void doctor_page_fail(struct doctor_page *page, const struct dl_error *failure);

/* One step. Keys that mean nothing now change nothing. */
struct doctor_effect doctor_page_event(struct doctor_page *page, const struct setup_event *event);

/* Builds the view (cleared first). It is valid as long as the table. */
void doctor_page_view(const struct doctor_page *page, struct view *view);

#endif
