#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "doctor/page.h"
#include "doctor/scenes.h"

enum { US1, US3, US5, EU1, AP1, AP2, UK1, US1_FED, US2_FED };

static struct scene scene, other;
static struct view view;
static struct doctor_page *page;
static struct doctor_news news;

static int fresh(void **state)
{
    const struct doctor_page_options options = {.site = &dl_sites[EU1]};

    (void)state;
    return doctor_page_new(&page, &options, NULL);
}

static int done(void **state)
{
    (void)state;
    doctor_page_free(page);
    view_clear(&view);
    return 0;
}

static void show(struct scene *what, bool all, bool over)
{
    news = (struct doctor_news){.table = &what->table, .all = all, .done = over, .seconds = 4};
    doctor_page_set(page, &news);
    doctor_page_view(page, &view);
}

static void show_all(enum scene_kind kind, bool over)
{
    scene_make(&scene, kind, SCENE_STAGES, NULL);
    show(&scene, true, over);
}

static void show_one(enum scene_kind kind, int site, bool over)
{
    scene_make(&scene, kind, SCENE_STAGES, &dl_sites[site]);
    show(&scene, false, over);
}

static struct doctor_effect event(enum setup_event_kind kind, long number)
{
    const struct setup_event one = {.kind = kind, .number = number};
    const struct doctor_effect effect = doctor_page_event(page, &one);

    doctor_page_view(page, &view);
    return effect;
}

static enum doctor_wish press(char letter)
{
    return event(SETUP_ACTION, letter).wish;
}

static void choose(size_t row, size_t column)
{
    assert_int_equal(event(SETUP_SELECT, (long)(row * VIEW_CELLS_MAX + column)).wish,
                     DOCTOR_NOTHING);
}

/* The name of the selected row and the head of the selected column. */
static void expect_selected(const char *row, const char *head)
{
    assert_string_equal(view.matrix.rows[view.matrix.row].name, row);
    if (head)
        assert_string_equal(view.matrix.heads[view.matrix.column], head);
}

static bool says(const char *text)
{
    for (size_t i = 0; i < view.line_count; i++)
        if (strstr(view.lines[i].left, text) || strstr(view.lines[i].text, text))
            return true;
    return false;
}

static bool offers(const char *key, const char *label)
{
    for (size_t i = 0; i < view.key_count; i++)
        if (strcmp(view.keys[i].key, key) == 0 && strcmp(view.keys[i].label, label) == 0)
            return true;
    return false;
}

/* What is shown */

static void a_site_is_a_row_and_a_stage_a_column(void **state)
{
    (void)state;
    show_all(SCENE_BROKEN, true);
    assert_string_equal(view.program, "ddlogs doctor");
    assert_string_equal(view.title, "All sites");
    assert_int_equal(view.matrix.column_count, 7);
    assert_string_equal(view.matrix.heads[6], "Intake");
    assert_int_equal(view.matrix.row_count, 4 + DL_SITE_COUNT);
    const struct view_matrix_row *config = &view.matrix.rows[0], *us3 = &view.matrix.rows[4 + US3];
    assert_true(config->wide);
    assert_string_equal(config->name, "Configuration");
    assert_string_equal(config->right, "1 ms");
    assert_int_equal(config->marks[0], VIEW_OK);
    assert_true(view.matrix.rows[4].apart);
    assert_false(us3->wide);
    assert_string_equal(us3->name, "US3");
    assert_string_equal(us3->text, "E-TLS-TIME");
    assert_int_equal(us3->marks[2], VIEW_OK);
    assert_int_equal(us3->marks[3], VIEW_FAIL);
    assert_int_equal(us3->marks[4], VIEW_SKIP);
}

static void a_stage_that_a_site_does_not_have_is_left_out(void **state)
{
    (void)state;
    scene_make(&scene, SCENE_HEALTHY, SCENE_STAGES, NULL);
    scene.table.rows[EU1].reports[DL_STAGE_KEY] = NULL;
    show(&scene, true, true);
    assert_int_equal(view.matrix.column_count, 7);
    assert_int_equal(view.matrix.rows[4 + EU1].marks[5], VIEW_SKIP);
    choose(4 + EU1, 5);
    assert_true(says("EU1 Key: not part of this run."));
    event(SETUP_NEXT, 0);
    assert_true(says("EU1 Key: not part of this run."));
}

static void with_one_site_the_stages_are_rows(void **state)
{
    (void)state;
    show_one(SCENE_BROKEN, AP2, true);
    assert_string_equal(view.title, "AP2 ap2.datadoghq.com");
    assert_int_equal(view.matrix.column_count, 0);
    assert_int_equal(view.matrix.row_count, 4 + 7);
    assert_true(view.matrix.rows[4].apart);
    const struct view_matrix_row *tcp = &view.matrix.rows[4 + 2];
    assert_true(tcp->wide);
    assert_string_equal(tcp->name, "TCP");
    assert_string_equal(tcp->text, "No answer from http-intake.logs.ap2.datadoghq.com:443 in 5 s.");
    assert_string_equal(tcp->right, "5000 ms");
    assert_int_equal(tcp->marks[0], VIEW_FAIL);
    expect_selected("TCP", NULL);
}

static void every_stage_has_a_short_head(void **state)
{
    static const char *const heads[] = {"Proxy",  "DNS",  "TCP",   "TLS",  "Clock", "Key",
                                        "Intake", "Send", "Batch", "Zstd", "Large", "Path"};

    (void)state;
    scene_make(&scene, SCENE_HEALTHY, SCENE_ALL_STAGES, NULL);
    show(&scene, true, true);
    assert_int_equal(view.matrix.column_count, sizeof heads / sizeof heads[0]);
    for (size_t i = 0; i < view.matrix.column_count; i++)
        assert_string_equal(view.matrix.heads[i], heads[i]);
}

static void the_corner_counts_and_then_judges(void **state)
{
    static const struct {
        enum scene_kind kind;
        bool over;
        const char *corner;
    } corners[] = {
        {SCENE_WAITING, false, "0 of 9 done, 4 s"},
        {SCENE_HALF, false, "3 of 9 done, 4 s"},
        {SCENE_HEALTHY, false, "9 of 9 done, 4 s"},
        {SCENE_HEALTHY, true, "all is well, 4 s"},
        {SCENE_BROKEN, true, "3 of 9 FAIL, 4 s"},
        {SCENE_BLACKHOLE, true, "9 of 9 FAIL, 4 s"},
        {SCENE_WARNINGS, true, "9 of 9 WARN, 4 s"},
        {SCENE_MACHINE, true, "Configuration: FAIL, 4 s"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof corners / sizeof corners[0]; i++) {
        show_all(corners[i].kind, corners[i].over);
        assert_string_equal(view.corner, corners[i].corner);
    }
    show_one(SCENE_HALF, EU1, false);
    assert_string_equal(view.corner, "5 of 7 done, 4 s");
    show_one(SCENE_BROKEN, EU1, true);
    assert_string_equal(view.corner, "Key: FAIL, 4 s");
    show_one(SCENE_HEALTHY, EU1, true);
    assert_string_equal(view.corner, "all is well, 4 s");
}

static void a_machine_that_only_warns_does_not_hide_what_fails(void **state)
{
    (void)state;
    show_all(SCENE_BROKEN, true);
    scene.machine[DL_STAGE_SOURCE].result = DL_RESULT_WARN;
    scene.machine[DL_STAGE_SOURCE].code = DL_E_ENV_OVERRIDE;
    show(&scene, true, true);
    assert_string_equal(view.corner, "3 of 9 FAIL, 4 s");
    show_all(SCENE_HEALTHY, true);
    scene.machine[DL_STAGE_SOURCE].result = DL_RESULT_WARN;
    show(&scene, true, true);
    assert_string_equal(view.corner, "Key source: WARN, 4 s");
}

static void a_failing_machine_comes_before_a_warning_of_the_one_site(void **state)
{
    (void)state;
    show_one(SCENE_WARNINGS, EU1, true);
    assert_string_equal(view.corner, "Clock: WARN, 4 s");
    scene.machine[DL_STAGE_CONFIG].result = DL_RESULT_FAIL;
    scene.machine[DL_STAGE_CONFIG].code = DL_E_CFG_PARSE;
    show(&scene, false, true);
    assert_string_equal(view.corner, "Configuration: FAIL, 4 s");
}

static void the_watch_stands_behind_the_verdict(void **state)
{
    (void)state;
    doctor_page_set_watch(page, "again in 12 s");
    show_all(SCENE_BROKEN, true);
    assert_string_equal(view.corner, "3 of 9 FAIL, again in 12 s");
    show_all(SCENE_HALF, false);
    assert_string_equal(view.corner, "3 of 9 done, 4 s");
    doctor_page_set_watch(page, "");
    show_all(SCENE_BROKEN, true);
    assert_string_equal(view.corner, "3 of 9 FAIL, 4 s");
}

static void the_card_has_sentence_code_time_causes_steps_and_evidence(void **state)
{
    (void)state;
    show_all(SCENE_BROKEN, true);
    choose(4 + US3, 3);
    assert_int_equal(view.lines[0].mark, VIEW_FAIL);
    assert_true(says("US3 TLS, E-TLS-TIME, 33 ms: The certificate of "
                     "http-intake.logs.us3.datadoghq.com expired on Nov 21 2026"));
    assert_true(says("perhaps: The clock of this machine is wrong."));
    assert_true(says("next: Compare the clock: date -u"));
    assert_true(
        says("next: Is the clock right? Then ask who runs http-intake.logs.us3.datadoghq.com"));
    assert_true(says("not_after"));
    assert_true(says("Nov 21 23:59:59 2026 GMT"));
}

static void a_cell_without_a_message_still_says_what_it_is(void **state)
{
    (void)state;
    show_all(SCENE_WAITING, false);
    assert_true(says("EU1 Proxy: has not begun."));
    scene_report(&scene, EU1, DL_STAGE_PROXY)->result = DL_RESULT_RUN;
    show(&scene, true, false);
    assert_true(says("EU1 Proxy, 0 ms: is being tried."));
    scene_report(&scene, EU1, DL_STAGE_PROXY)->result = DL_RESULT_FAIL;
    scene_report(&scene, EU1, DL_STAGE_PROXY)->code = DL_E_PROXY_AUTH;
    show(&scene, true, false);
    assert_true(says("EU1 Proxy, E-PROXY-AUTH, 0 ms: The proxy asks for a user and password."));
    scene_report(&scene, EU1, DL_STAGE_PROXY)->code = DL_OK;
    scene_report(&scene, EU1, DL_STAGE_PROXY)->result = DL_RESULT_SKIP;
    show(&scene, true, false);
    assert_true(says("EU1 Proxy: left out."));
}

static void foreign_bytes_do_not_reach_the_view(void **state)
{
    (void)state;
    show_all(SCENE_HEALTHY, true);
    struct dl_stage_report *report = scene_report(&scene, EU1, DL_STAGE_INTAKE);
    snprintf(report->message, sizeof report->message, "a\033[2Jb\nc");
    snprintf(report->evidence[0].value, sizeof report->evidence[0].value, "\033]0;x\007");
    show(&scene, true, true);
    choose(4 + EU1, 6);
    for (size_t i = 0; i < view.line_count; i++) {
        assert_null(strpbrk(view.lines[i].left, "\033\n\a"));
        assert_null(strpbrk(view.lines[i].text, "\033\n\a"));
    }
}

static void without_a_table_the_page_is_empty_and_can_be_left(void **state)
{
    (void)state;
    doctor_page_view(page, &view);
    assert_int_equal(view.matrix.row_count, 0);
    assert_int_equal(view.line_count, 0);
    assert_string_equal(view.corner, "");
    assert_false(offers("o", "one site"));
    event(SETUP_SELECT, 17);
    event(SETUP_NEXT, 0);
    assert_false(offers("Enter", "back"));
    assert_int_equal(press('o'), DOCTOR_NOTHING);
    assert_int_equal(press('q'), DOCTOR_QUIT);
}

static void a_table_without_sites_shows_the_machine(void **state)
{
    (void)state;
    scene_make(&scene, SCENE_MACHINE, SCENE_STAGES, NULL);
    scene.table.row_count = 0;
    show(&scene, true, true);
    assert_int_equal(view.matrix.row_count, 4);
    expect_selected("Configuration", NULL);
    assert_string_equal(view.corner, "Configuration: FAIL, 4 s");
    show(&scene, false, true);
    assert_int_equal(view.matrix.row_count, 4);
    assert_int_equal(press('o'), DOCTOR_ALL_SITES);
}

static void a_run_without_stages_of_the_sites_has_its_rows(void **state)
{
    (void)state;
    scene_make(&scene, SCENE_HEALTHY, 0, NULL);
    show(&scene, true, true);
    assert_int_equal(view.matrix.row_count, 4 + DL_SITE_COUNT);
    expect_selected("EU1", NULL);
    assert_true(says("EU1: not part of this run."));
}

/* The selection */

static void untouched_it_follows_the_own_site(void **state)
{
    (void)state;
    show_all(SCENE_WAITING, false);
    expect_selected("EU1", "Proxy");
    show_all(SCENE_HALF, false);
    expect_selected("EU1", "Key");
    show_all(SCENE_HEALTHY, true);
    expect_selected("EU1", "Intake");
}

static void at_the_end_it_goes_to_the_cause(void **state)
{
    (void)state;
    show_all(SCENE_BROKEN, true);
    expect_selected("EU1", "Key");
    /* the own site is well: the machine, then the first site that is not */
    show_all(SCENE_MACHINE, true);
    expect_selected("Configuration", NULL);
    show_all(SCENE_HEALTHY, true);
    struct dl_stage_report *report = scene_report(&scene, AP2, DL_STAGE_CLOCK);
    report->result = DL_RESULT_WARN;
    report->code = DL_E_CLOCK;
    show(&scene, true, true);
    expect_selected("AP2", "Clock");
}

static void once_moved_it_stays_where_it_is(void **state)
{
    (void)state;
    show_all(SCENE_WAITING, false);
    choose(4 + AP1, 1);
    expect_selected("AP1", "DNS");
    scene_make(&other, SCENE_BROKEN, SCENE_ALL_STAGES, NULL);
    show(&other, true, true);
    expect_selected("AP1", "DNS");
    choose(1, 0);
    expect_selected("Key source", "Proxy");
    show_all(SCENE_BROKEN, true);
    expect_selected("Key source", "Proxy");
}

static void it_outlives_a_table_that_lacks_it(void **state)
{
    (void)state;
    scene_make(&other, SCENE_HEALTHY, SCENE_ALL_STAGES, NULL);
    show(&other, true, true);
    choose(4 + AP1, 11);
    expect_selected("AP1", "Path");
    show_all(SCENE_HEALTHY, true);
    expect_selected("AP1", "Proxy");
    show(&other, true, true);
    expect_selected("AP1", "Path");
    show_one(SCENE_HEALTHY, EU1, true);
    expect_selected("Proxy", NULL);
    show(&other, true, true);
    expect_selected("AP1", "Path");
}

static void cells_that_are_not_there_are_not_selected(void **state)
{
    (void)state;
    show_all(SCENE_HEALTHY, true);
    choose(4 + UK1, 2);
    event(SETUP_SELECT, -1);
    event(SETUP_SELECT, 99999);
    expect_selected("UK1", "TCP");
    choose(4 + UK1, 15);
    expect_selected("UK1", "TCP");
}

static void what_is_read_stays_when_news_come(void **state)
{
    (void)state;
    show_all(SCENE_HALF, false);
    event(SETUP_NEXT, 0);
    assert_string_equal(view.title, "EU1 Key");
    show_all(SCENE_MACHINE, true);
    assert_string_equal(view.title, "EU1 Key");
    event(SETUP_BACK, 0);
    expect_selected("EU1", "Key");
}

static void what_is_scrolled_stays_too(void **state)
{
    (void)state;
    show_all(SCENE_HALF, false);
    event(SETUP_SCROLL, 1);
    show_all(SCENE_MACHINE, true);
    expect_selected("EU1", "Key");
    assert_int_equal(view.scroll, 1);
    assert_int_equal(press('o'), DOCTOR_ONE_SITE);
    show_one(SCENE_MACHINE, EU1, true);
    assert_int_equal(view.scroll, 0);
}

/* Keys */

static void every_letter_of_the_footer_is_a_wish(void **state)
{
    (void)state;
    show_all(SCENE_BROKEN, true);
    assert_true(offers("r", "repeat") && offers("o", "one site") && offers("w", "report") &&
                offers("q", "quit") && offers("Enter", "details") && offers("?", "help"));
    assert_int_equal(press('r'), DOCTOR_REPEAT);
    assert_int_equal(press('w'), DOCTOR_WRITE_REPORT);
    assert_int_equal(press('q'), DOCTOR_QUIT);
    assert_int_equal(press('x'), DOCTOR_NOTHING);
    assert_int_equal(press('E'), DOCTOR_NOTHING);
    assert_int_equal(event(SETUP_QUIT, 0).wish, DOCTOR_QUIT);
    assert_int_equal(event(SETUP_BACK, 0).wish, DOCTOR_QUIT);
    assert_int_equal(event(SETUP_TICK, 0).wish, DOCTOR_NOTHING);
}

static void o_names_the_site_and_watches_it(void **state)
{
    (void)state;
    show_all(SCENE_BROKEN, true);
    choose(4 + AP2, 6);
    const struct doctor_effect effect = event(SETUP_ACTION, 'o');
    assert_int_equal(effect.wish, DOCTOR_ONE_SITE);
    assert_int_equal(effect.row, AP2);
    show_one(SCENE_BROKEN, AP2, true);
    expect_selected("TCP", NULL);
    assert_true(offers("o", "all sites"));
    assert_int_equal(press('o'), DOCTOR_ALL_SITES);
    show_all(SCENE_BROKEN, true);
    expect_selected("AP2", "TCP");
}

static void o_means_nothing_on_the_machine_or_with_an_endpoint(void **state)
{
    const struct doctor_page_options options = {.one_alone = true};

    (void)state;
    show_all(SCENE_HEALTHY, true);
    choose(2, 0);
    assert_false(offers("o", "one site"));
    assert_int_equal(press('o'), DOCTOR_NOTHING);
    doctor_page_free(page);
    page = NULL;
    assert_int_equal(doctor_page_new(&page, &options, NULL), 0);
    show_one(SCENE_HEALTHY, EU1, true);
    assert_false(offers("o", "all sites"));
    assert_int_equal(press('o'), DOCTOR_NOTHING);
}

static void an_endpoint_without_a_site_has_its_name(void **state)
{
    (void)state;
    scene_make(&scene, SCENE_HEALTHY, SCENE_STAGES, &dl_sites[EU1]);
    scene.table.rows[0].site = NULL;
    scene.table.rows[0].name = "https://logs.example";
    show(&scene, false, true);
    assert_string_equal(view.title, "https://logs.example");
    assert_true(says("https://logs.example Intake, 71 ms: 202 Accepted"));
}

static void details_open_and_close(void **state)
{
    (void)state;
    show_all(SCENE_BROKEN, true);
    unsigned matrix = view.page;
    event(SETUP_NEXT, 0);
    assert_int_not_equal(view.page, matrix);
    assert_int_equal(view.matrix.row_count, 0);
    assert_string_equal(view.title, "EU1 Key");
    assert_true(says("next: List the keys, or create one: "
                     "https://app.datadoghq.eu/organization-settings/api-keys"));
    assert_true(offers("Enter", "back"));
    event(SETUP_SCROLL, 3);
    assert_int_equal(view.scroll, 3);
    event(SETUP_SELECT, 0); /* nothing to select here */
    assert_string_equal(view.title, "EU1 Key");
    assert_int_equal(event(SETUP_BACK, 0).wish, DOCTOR_NOTHING);
    assert_int_equal(view.page, matrix);
    assert_int_equal(view.scroll, 0);
    event(SETUP_NEXT, 0);
    assert_int_equal(view.scroll, 0);
    assert_int_equal(event(SETUP_NEXT, 0).wish, DOCTOR_NOTHING);
    assert_int_equal(view.page, matrix);
    event(SETUP_NEXT, 0);
    assert_int_equal(press('o'), DOCTOR_ONE_SITE);
    assert_int_equal(view.page, matrix);
}

static void help_opens_over_everything_and_its_letters_do_nothing(void **state)
{
    (void)state;
    show_all(SCENE_BROKEN, true);
    unsigned matrix = view.page;
    event(SETUP_HELP, 0);
    assert_true(view.help_page);
    assert_true(says("does not work; what comes after needs it"));
    assert_true(says("one site"));
    assert_int_equal(press('r'), DOCTOR_NOTHING);
    assert_int_equal(press('q'), DOCTOR_NOTHING);
    event(SETUP_SCROLL, 2);
    assert_int_equal(view.scroll, 2);
    event(SETUP_HELP, 0);
    assert_int_equal(view.page, matrix);
    event(SETUP_NEXT, 0);
    event(SETUP_HELP, 0);
    assert_true(view.help_page);
    assert_int_equal(view.scroll, 0);
    assert_int_equal(event(SETUP_BACK, 0).wish, DOCTOR_NOTHING);
    assert_string_equal(view.title, "EU1 Key");
    event(SETUP_HELP, 0);
    assert_int_equal(event(SETUP_QUIT, 0).wish, DOCTOR_QUIT);
}

static void another_cell_begins_at_its_top(void **state)
{
    (void)state;
    show_all(SCENE_BROKEN, true);
    event(SETUP_SCROLL, 5);
    assert_int_equal(view.scroll, 5);
    event(SETUP_SCROLL, -2);
    assert_int_equal(view.scroll, 3);
    show_all(SCENE_BROKEN, true);
    assert_int_equal(view.scroll, 3);
    choose(4 + US3, 3);
    assert_int_equal(view.scroll, 0);
    event(SETUP_SCROLL, -9);
    assert_int_equal(view.scroll, 0);
}

static void what_is_said_stands_above_until_the_next_key(void **state)
{
    struct dl_error failure = {.code = DL_E_CFG_PERM, .text = "/tmp/report cannot be written"};

    (void)state;
    show_all(SCENE_HEALTHY, true);
    doctor_page_say(page, VIEW_OK, "The report is in /tmp/report");
    doctor_page_view(page, &view);
    assert_int_equal(view.lines[0].mark, VIEW_OK);
    assert_string_equal(view.lines[0].left, "The report is in /tmp/report");
    show_all(SCENE_HEALTHY, true);
    event(SETUP_SCROLL, 1);
    assert_true(says("The report is in"));
    choose(4, 0);
    assert_false(says("The report is in"));
    doctor_page_fail(page, &failure);
    doctor_page_view(page, &view);
    assert_string_equal(view.lines[0].left, "E-CFG-PERM: /tmp/report cannot be written");
    assert_true(says("next: "));
    event(SETUP_HELP, 0);
    event(SETUP_HELP, 0);
    assert_false(says("E-CFG-PERM"));
    failure.text[0] = '\0';
    doctor_page_fail(page, &failure);
    doctor_page_view(page, &view);
    assert_string_equal(view.lines[0].left + strlen("E-CFG-PERM: "),
                        dl_error_info(DL_E_CFG_PERM)->title);
}

static void a_key_that_strays_in_is_wiped(void **state)
{
    struct setup_event stray = {.kind = SETUP_KEY};

    (void)state;
    assert_int_equal(dl_key_new(&stray.key, "0123456789abcdef0123456789abcdef", 32, NULL), 0);
    assert_int_equal(doctor_page_event(page, &stray).wish, DOCTOR_NOTHING);
}

int main(void)
{
#define PAGE_TEST(name) cmocka_unit_test_setup_teardown(name, fresh, done)
    const struct CMUnitTest tests[] = {
        PAGE_TEST(a_site_is_a_row_and_a_stage_a_column),
        PAGE_TEST(a_stage_that_a_site_does_not_have_is_left_out),
        PAGE_TEST(with_one_site_the_stages_are_rows),
        PAGE_TEST(every_stage_has_a_short_head),
        PAGE_TEST(the_corner_counts_and_then_judges),
        PAGE_TEST(a_machine_that_only_warns_does_not_hide_what_fails),
        PAGE_TEST(a_failing_machine_comes_before_a_warning_of_the_one_site),
        PAGE_TEST(the_watch_stands_behind_the_verdict),
        PAGE_TEST(the_card_has_sentence_code_time_causes_steps_and_evidence),
        PAGE_TEST(a_cell_without_a_message_still_says_what_it_is),
        PAGE_TEST(foreign_bytes_do_not_reach_the_view),
        PAGE_TEST(without_a_table_the_page_is_empty_and_can_be_left),
        PAGE_TEST(a_table_without_sites_shows_the_machine),
        PAGE_TEST(a_run_without_stages_of_the_sites_has_its_rows),
        PAGE_TEST(untouched_it_follows_the_own_site),
        PAGE_TEST(at_the_end_it_goes_to_the_cause),
        PAGE_TEST(once_moved_it_stays_where_it_is),
        PAGE_TEST(it_outlives_a_table_that_lacks_it),
        PAGE_TEST(cells_that_are_not_there_are_not_selected),
        PAGE_TEST(what_is_read_stays_when_news_come),
        PAGE_TEST(what_is_scrolled_stays_too),
        PAGE_TEST(every_letter_of_the_footer_is_a_wish),
        PAGE_TEST(o_names_the_site_and_watches_it),
        PAGE_TEST(o_means_nothing_on_the_machine_or_with_an_endpoint),
        PAGE_TEST(an_endpoint_without_a_site_has_its_name),
        PAGE_TEST(details_open_and_close),
        PAGE_TEST(help_opens_over_everything_and_its_letters_do_nothing),
        PAGE_TEST(another_cell_begins_at_its_top),
        PAGE_TEST(what_is_said_stands_above_until_the_next_key),
        PAGE_TEST(a_key_that_strays_in_is_wiped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
