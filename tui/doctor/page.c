#include "doctor/page.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "doctor/page_state.h"

int doctor_page_new(struct doctor_page **out, const struct doctor_page_options *options,
                    struct dl_error *err)
{
    struct doctor_page *page = calloc(1, sizeof(*page));

    if (!page)
        return dl_error_set(err, DL_E_NOMEM, "no memory for the page");
    page->options = *options;
    dl_text_copy(page->program, sizeof(page->program),
                 options->program ? options->program : "ddlogs doctor");
    page->column = DL_STAGE_PROXY;
    *out = page;
    return 0;
}

void doctor_page_free(struct doctor_page *page)
{
    free(page);
}

void doctor_page_set(struct doctor_page *page, const struct doctor_news *news)
{
    page->news = *news;
    page_follow(page);
}

void doctor_page_set_watch(struct doctor_page *page, const char *text)
{
    dl_text_copy(page->watch, sizeof(page->watch), text);
}

static void be_quiet(struct doctor_page *page)
{
    page->message[0] = '\0';
    page->failure = (struct dl_error){0};
}

void doctor_page_say(struct doctor_page *page, enum view_mark mark, const char *text)
{
    be_quiet(page);
    page->mark = mark;
    page->scroll = 0;
    dl_text_copy(page->message, sizeof(page->message), text);
}

void doctor_page_fail(struct doctor_page *page, const struct dl_error *failure)
{
    be_quiet(page);
    page->failure = *failure;
    page->scroll = 0;
}

/* Keys */

static bool on_table(const struct doctor_page *page)
{
    return !page->details && page->news.table;
}

static bool in_details(const struct doctor_page *page)
{
    return page->details;
}

static bool on_site(const struct doctor_page *page)
{
    struct page_rows rows;

    page_rows_of(page, &rows);
    return page->news.all && rows.count > 0 && !rows.rows[rows.row].machine;
}

static bool on_one(const struct doctor_page *page)
{
    return !page->details && page->news.table && !page->news.all && !page->options.one_alone;
}

/* The one table of keys. Only what `when` lets through is offered and does something. */
static const struct page_key {
    const char *key, *label;
    enum doctor_wish wish;
    bool (*when)(const struct doctor_page *page); /* NULL: always */
} keys[] = {
    {"Enter", "details", DOCTOR_NOTHING, on_table},
    {"Enter", "back", DOCTOR_NOTHING, in_details},
    {"r", "repeat", DOCTOR_REPEAT, NULL},
    {"o", "one site", DOCTOR_ONE_SITE, on_site},
    {"o", "all sites", DOCTOR_ALL_SITES, on_one},
    {"w", "report", DOCTOR_WRITE_REPORT, NULL},
    {"?", "help", DOCTOR_NOTHING, NULL},
    {"q", "quit", DOCTOR_QUIT, NULL},
};

static bool offered(const struct doctor_page *page, const struct page_key *key)
{
    return !key->when || key->when(page);
}

void page_keys(const struct doctor_page *page, struct view *view)
{
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
        if (offered(page, &keys[i]))
            view_key(view, keys[i].key, keys[i].label, false);
}

static struct doctor_effect letter(struct doctor_page *page, long character)
{
    struct doctor_effect effect = {.wish = DOCTOR_NOTHING};
    struct page_rows rows;

    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
        if (keys[i].key[0] == character && keys[i].key[1] == '\0' && offered(page, &keys[i]))
            effect.wish = keys[i].wish;
    if (effect.wish == DOCTOR_ONE_SITE) {
        page_rows_of(page, &rows);
        effect.row = rows.rows[rows.row].site;
        page->moved = false; /* its stages are watched */
    }
    if (effect.wish == DOCTOR_ALL_SITES) {
        page->moved = true; /* the site stays selected */
        page->machine = false;
    }
    if (effect.wish == DOCTOR_ONE_SITE || effect.wish == DOCTOR_ALL_SITES) {
        page->details = false;
        page->scroll = 0;
    }
    return effect;
}

/* Esc and Enter. */
static struct doctor_effect leave(struct doctor_page *page)
{
    if (!page->help && !page->details)
        return (struct doctor_effect){.wish = DOCTOR_QUIT};
    if (page->help)
        page->help = false;
    else
        page->details = false;
    return (struct doctor_effect){0};
}

static void scroll(struct doctor_page *page, long rows)
{
    size_t *at = page->help      ? &page->help_scroll
                 : page->details ? &page->details_scroll
                                 : &page->scroll;

    *at = rows < 0 && (size_t)-rows > *at ? 0 : (size_t)((long)*at + rows);
    page->moved = page->moved || !page->help; /* what is being read stays */
}

static void move(struct doctor_page *page, long cell)
{
    struct page_rows rows;

    if (cell < 0 || page->help || page->details)
        return;
    page_rows_of(page, &rows);
    page_select(page, &rows, (size_t)cell / VIEW_CELLS_MAX, (size_t)cell % VIEW_CELLS_MAX);
    page->moved = true;
}

struct doctor_effect doctor_page_event(struct doctor_page *page, const struct setup_event *event)
{
    const struct doctor_effect nothing = {.wish = DOCTOR_NOTHING};

    if (event->kind == SETUP_SCROLL) {
        scroll(page, event->number);
        return nothing;
    }
    be_quiet(page);
    switch (event->kind) {
    case SETUP_SELECT:
        move(page, event->number);
        return nothing;
    case SETUP_NEXT:
        if (page->help || page->details)
            return leave(page);
        page->details = page->news.table != NULL;
        page->moved = page->moved || page->details; /* what is being read stays */
        page->details_scroll = 0;
        return nothing;
    case SETUP_BACK:
        return leave(page);
    case SETUP_HELP:
        page->help = !page->help;
        page->help_scroll = 0;
        return nothing;
    case SETUP_ACTION:
        return page->help ? nothing : letter(page, event->number);
    case SETUP_QUIT:
        return (struct doctor_effect){.wish = DOCTOR_QUIT};
    default:
        dl_key_free(event->key);
        return nothing;
    }
}
