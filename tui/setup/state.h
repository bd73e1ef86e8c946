/* Inside of the wizard's machine: its state, and what each page brings. Only setup/ includes this.
 */
#ifndef DL_TUI_SETUP_STATE_H
#define DL_TUI_SETUP_STATE_H

#include "secret/key_shape.h"
#include "setup/machine.h"

#define ENTRY_MAX 24576 /* a pasted DD_TAGS of 100 tags of 200 characters and a little more */

struct setup_job {
    bool running;
    unsigned serial;
    long seconds;
};

/* Answers of a check so far. */
struct setup_reports {
    struct dl_stage_report stage[DL_STAGE_COUNT];
    bool done;
    struct dl_error error; /* when done */
};

/* One line of "find my site" and of the survey. */
struct setup_site_answer {
    bool asked, done;
    struct dl_error error;
    int64_t ms;
};

enum key_from { KEY_NONE, KEY_GIVEN, KEY_ENVIRONMENT, KEY_STORED, KEY_TYPED };

struct setup {
    struct setup_input input;
    const struct setup_loaded *loaded;
    struct dl_config *draft;   /* what will be saved */
    struct dl_config *scratch; /* for effects that need one value changed */

    struct dl_key *typed, *stored; /* input.key and input.environment_key are the others */
    enum key_from key_from;
    bool key_checked;
    bool key_open; /* a person chose to type one although another is there */

    enum setup_page page;
    enum setup_page trail[SETUP_PAGE_COUNT]; /* pages that Esc goes back through */
    size_t trail_count;
    unsigned visit;
    bool returned;            /* this page was gone back to */
    bool help, quit, details; /* pages on top */
    bool entered;             /* a person typed something: quitting asks */
    bool over;
    int exit_code;

    size_t cursor, focus, scroll;
    size_t help_scroll, details_scroll;
    char entry[ENTRY_MAX];
    enum view_mark mark; /* with message */
    char message[1200];
    char said[300]; /* what was understood on the page before */
    struct dl_error failure;

    struct setup_job jobs[SETUP_EFFECT_COUNT];
    unsigned serial;
    struct setup_reports reach, key_check, test;
    const struct dl_site *reach_site;
    struct setup_site_answer sites[DL_SITE_COUNT]; /* of FIND_SITE or SURVEY */
    const struct dl_site *found;

    bool keyring_known, keyring_has_key;
    char keyring_label[128];
    struct dl_error keyring_error;

    char test_id[24];
    uint64_t accepted;
    struct dl_shown
        shown[DL_SHOWN_MAX]; /* test logs as the pipeline of a local intake makes them */
    size_t shown_count;
    bool tested; /* the test of the draft was accepted */
    bool anyway; /* a person wants to save without that */
    bool saved, changed;
};

/* A row of the one table of keys: footer, help page and which letters do something. */
struct page_key {
    enum setup_page page;
    const char *key, *label;
    bool choice;
    bool (*when)(const struct setup *s); /* NULL: always */
};

struct page {
    const char *title;
    int step;         /* 0: none */
    const char *help; /* for the ? page */
    void (*enter)(struct setup *s, struct setup_effects *fx);
    /* SELECT, TEXT (cursor, focus and entry are set already), KEY, NEXT, BACK, ACTION (its letter
     * is offered now). */
    void (*handle)(struct setup *s, const struct setup_event *event, struct setup_effects *fx);
    void (*view)(const struct setup *s, struct view *view);
    size_t (*items)(const struct setup *s);  /* NULL: 0 */
    size_t (*fields)(const struct setup *s); /* NULL: 0 */
};

extern const struct page page_preflight, page_integration, page_site, page_api_key, page_find,
    page_store, page_place, page_tags, page_test, page_sites, page_review, page_result;
extern const struct page *const setup_pages[SETUP_PAGE_COUNT];
extern const struct page_key setup_keys[];

/* machine.c */
void setup_go(struct setup *s, enum setup_page page, struct setup_effects *fx);
void setup_advance(struct setup *s, struct setup_effects *fx); /* to the next page that is needed */
void setup_back(struct setup *s, struct setup_effects *fx);
struct setup_effect *setup_start(struct setup *s, struct setup_effects *fx,
                                 enum setup_effect_kind kind);
void setup_cancel(struct setup *s, struct setup_effects *fx, enum setup_effect_kind kind);
bool setup_running(const struct setup *s, enum setup_effect_kind kind);
void setup_end(struct setup *s, struct setup_effects *fx, int exit_code);
void setup_say(struct setup *s, enum view_mark mark, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void setup_quiet(struct setup *s); /* no message, no failure */
void setup_fail(struct setup *s, const struct dl_error *error);
void setup_set(struct setup *s, enum dl_property property, const char *text);
const struct dl_config *setup_with_site(struct setup *s, const struct dl_site *site);
const struct dl_key *setup_key(const struct setup *s);
bool setup_stores_key(const struct setup *s); /* saving puts the key into the keyring */
const char *setup_origin(const struct setup *s,
                         enum dl_property property); /* "from DD_SITE", or NULL */

/* results that a page waits for */
void key_done(struct setup *s, const struct setup_result *result, struct setup_effects *fx);
void key_read(struct setup *s, const struct setup_result *result, struct setup_effects *fx);
void store_done(struct setup *s, const struct setup_result *result, struct setup_effects *fx);
void find_done(struct setup *s, const struct setup_result *result, struct setup_effects *fx);
void test_done(struct setup *s, const struct setup_result *result, struct setup_effects *fx);
void review_done(struct setup *s, const struct setup_result *result, struct setup_effects *fx);
bool store_needed(const struct setup *s);
bool key_needed(const struct setup *s);

/* shared pieces of views */
void view_message(const struct setup *s, struct view *view); /* or the card of the failure */
void view_details(const struct setup *s, struct view *view);
void view_reach(const struct setup *s, struct view *view);

#endif
