/* The page of explain: what it shows of a sample, and what its keys do. */
#include "kit.h"

static void show(const char *sample, bool with_tests)
{
    const struct study_options options = {
        .pipeline = pipeline, .suite = with_tests ? suite : NULL, .sample = sample};

    explain_page_free(page);
    page = NULL;
    assert_int_equal(explain_page_new(&page, &options, NULL), 0);
    explain_page_view(page, &view);
}

static bool event(enum setup_event_kind kind, long number)
{
    bool goes_on = explain_page_event(page, &(struct setup_event){.kind = kind, .number = number});

    explain_page_view(page, &view);
    return goes_on;
}

static void press(char key)
{
    assert_true(event(SETUP_ACTION, key));
}

static void type(const char *text)
{
    assert_true(explain_page_event(page, &(struct setup_event){.kind = SETUP_TEXT, .text = text}));
    explain_page_view(page, &view);
}

static void expect_row(size_t row, const char *name, enum view_mark mark)
{
    assert_true(row < view.matrix.row_count);
    assert_string_equal(view.matrix.rows[row].text, name);
    assert_int_equal(view.matrix.rows[row].marks[0], mark);
}

static void expect_selected(const char *name)
{
    assert_string_equal(view.matrix.rows[view.matrix.row].text, name);
}

/* A line of this kind with exactly this text. */
static bool says(enum view_line_kind kind, const char *text)
{
    for (size_t i = 0; i < view.line_count; i++)
        if (view.lines[i].kind == kind && strcmp(view.lines[i].left, text) == 0)
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

static void processors_are_rows_in_the_order_of_the_file(void **state)
{
    (void)state;
    show("8 ann", false);
    assert_string_equal(view.program, "ddlogs pipeline explain");
    assert_string_equal(view.title, "acme");
    assert_string_equal(view.corner, "sample 1 of 1");
    assert_string_equal(view.question, "8 ann");
    assert_null(view.help);
    assert_int_equal(view.matrix.row_count, 5);
    expect_row(0, "parse", VIEW_OK);
    expect_row(1, "inner", VIEW_SKIP);
    expect_row(2, "  rename", VIEW_WAIT);
    expect_row(3, "status-remapper", VIEW_SKIP);
    expect_row(4, "off", VIEW_SKIP);
    assert_true(view.beside);
    assert_false(view.turns);
    show("nothing fits", false);
    expect_row(0, "parse", VIEW_WARN);
}

static void the_card_tells_what_was_read_and_changed(void **state)
{
    (void)state;
    show("7 ann", false);
    assert_true(says(VIEW_TEXT, "grok-parser \"parse\", line 7: applied (second)"));
    assert_true(says(VIEW_TEXT, "It reads:"));
    assert_true(says(VIEW_TEXT, "  message = 7 ann"));
    assert_true(says(VIEW_TEXT, "Rules that do not match:"));
    assert_true(says(VIEW_TEXT, "  first: fits the first 0 bytes, not what follows: 7 ann"));
    assert_true(says(VIEW_ADDED, "code = 7"));
    assert_true(says(VIEW_ADDED, "who = \"ann\""));
    assert_true(says(VIEW_TEXT, "The rest of the log:"));
    event(SETUP_SELECT, 2 * VIEW_CELLS_MAX);
    expect_selected("  rename");
    assert_true(says(VIEW_REMOVED, "who = \"ann\""));
    assert_true(says(VIEW_ADDED, "usr = {\"id\":\"ann\"}"));
    assert_true(says(VIEW_TEXT, "  code = 7"));
    event(SETUP_SELECT, 3 * VIEW_CELLS_MAX);
    assert_true(says(VIEW_TEXT, "  level is not there"));
    assert_true(says(VIEW_TEXT, "The log, before and after:"));
}

static void a_failing_sample_begins_at_the_one_to_blame(void **state)
{
    (void)state;
    show(NULL, true);
    assert_string_equal(view.corner, "sample 1 of 3, as expected");
    assert_string_equal(view.help, "The result is the one that its test expects.");
    assert_false(offers("f", "fault"));
    event(SETUP_TURN, 1);
    assert_string_equal(view.question, "7 bob");
    assert_string_equal(view.corner, "sample 2 of 3, 2 values differ");
    assert_string_equal(view.help, "Not as expected: custom.usr.id, status.");
    expect_selected("  rename");
    expect_row(2, "  rename", VIEW_FAIL);
    expect_row(3, "status-remapper", VIEW_FAIL);
    assert_true(says(VIEW_TEXT, "custom.usr.id: expected \"ann\", got \"bob\""));
    press('f');
    expect_selected("status-remapper");
    assert_true(says(VIEW_TEXT, "status: expected \"warn\", got nothing"));
    press('f');
    expect_selected("  rename");
}

static void left_and_right_are_samples_and_end_at_the_ends(void **state)
{
    (void)state;
    show("mine", true);
    assert_string_equal(view.corner, "sample 1 of 4");
    event(SETUP_TURN, -1);
    assert_string_equal(view.question, "mine");
    for (int i = 0; i < 9; i++)
        event(SETUP_TURN, 1);
    assert_string_equal(view.corner, "sample 4 of 4");
    assert_string_equal(view.question, "two lines here  [31m");
}

static void an_edited_sample_is_run_and_can_be_undone(void **state)
{
    (void)state;
    show(NULL, true);
    press('e');
    assert_int_equal(view.field_count, 1);
    assert_int_equal(view.focus, 0);
    assert_string_equal(view.fields[0].value, "7 ann");
    type("7 eve");
    event(SETUP_NEXT, 0);
    assert_string_equal(view.question, "7 eve");
    assert_string_equal(view.corner, "sample 1 of 3, edited");
    assert_true(says(VIEW_ADDED, "who = \"eve\""));
    event(SETUP_TURN, 1);
    event(SETUP_TURN, -1);
    assert_string_equal(view.question, "7 eve");
    press('u');
    assert_string_equal(view.question, "7 ann");
    assert_string_equal(view.corner, "sample 1 of 3, as expected");
    assert_false(offers("u", "undo"));
    press('e');
    type("gone");
    assert_true(event(SETUP_BACK, 0));
    assert_string_equal(view.question, "7 ann");
}

static void line_ends_outlive_the_field(void **state)
{
    (void)state;
    show(NULL, true);
    event(SETUP_TURN, 1);
    event(SETUP_TURN, 1);
    press('e');
    assert_string_equal(view.fields[0].value, "two↵lines⇥here  [31m");
    type("7 a↵b");
    event(SETUP_NEXT, 0);
    press('e');
    assert_string_equal(view.fields[0].value, "7 a↵b");
    event(SETUP_BACK, 0);
    show("{\"a\":1,\n\t\"b\":\"x\\ny\"}", false);
    press('e');
    assert_string_equal(view.fields[0].value, "{\"a\":1,↵⇥\"b\":\"x\\ny\"}");
    event(SETUP_NEXT, 0);
    event(SETUP_SELECT, 4 * VIEW_CELLS_MAX);
    assert_true(says(VIEW_TEXT, "  b = \"x\\ny\""));
}

static void a_sample_that_is_too_long_for_the_field_says_so(void **state)
{
    static char text[EXPLAIN_EDIT_MAX + 2];

    (void)state;
    memset(text, 'x', sizeof text - 1);
    show(text, false);
    press('e');
    assert_int_equal(view.field_count, 0);
    assert_true(says(VIEW_TEXT, "This sample is too long to be edited here."));
    event(SETUP_SELECT, VIEW_CELLS_MAX);
    assert_false(says(VIEW_TEXT, "This sample is too long to be edited here."));
    text[EXPLAIN_EDIT_MAX] = '\0';
    show(text, false);
    press('e');
    assert_int_equal(view.field_count, 1);
    text[EXPLAIN_EDIT_MAX] = 'y';
    type(text);
    assert_int_equal(strlen(view.fields[0].value), EXPLAIN_EDIT_MAX);
    assert_true(says(VIEW_TEXT, "Too long: the end was left out."));
}

static void details_and_help_are_pages_that_lead_back(void **state)
{
    (void)state;
    show(NULL, true);
    event(SETUP_NEXT, 0);
    assert_int_equal(view.matrix.row_count, 0);
    assert_true(says(VIEW_ADDED, "code = 7"));
    event(SETUP_SELECT, 0); /* not here */
    event(SETUP_TURN, 1);
    assert_string_equal(view.question, "7 ann");
    event(SETUP_HELP, 0);
    assert_true(view.help_page);
    press('e');
    assert_true(view.help_page);
    event(SETUP_BACK, 0);
    assert_true(offers("Enter", "back"));
    event(SETUP_NEXT, 0);
    assert_int_equal(view.matrix.row_count, 5);
    event(SETUP_SCROLL, 3);
    event(SETUP_SCROLL, -1);
    assert_int_equal(view.scroll, 2);
    event(SETUP_SELECT, VIEW_CELLS_MAX);
    assert_int_equal(view.scroll, 0);
}

static void q_esc_and_ctrl_c_leave(void **state)
{
    (void)state;
    show(NULL, true);
    assert_false(event(SETUP_ACTION, 'q'));
    assert_false(event(SETUP_BACK, 0));
    assert_false(event(SETUP_QUIT, 0));
    press('e');
    assert_true(event(SETUP_ACTION, 'q'));
    assert_true(event(SETUP_BACK, 0));
    assert_false(event(SETUP_BACK, 0));
}

static void a_log_that_the_filter_does_not_take_says_so(void **state)
{
    (void)state;
    show("{\"ddsource\":\"other\"}", false);
    assert_string_equal(view.help, "The filter of the pipeline does not take this log.");
    expect_row(0, "parse", VIEW_WAIT);
    assert_true(says(VIEW_TEXT, "grok-parser \"parse\", line 7: the log never comes to it"));
}

static void more_processors_than_rows_are_reached(void **state)
{
    struct dl_buffer text;

    (void)state;
    dl_pipeline_free(pipeline);
    dl_buffer_init(&text, 1 << 20);
    dl_buffer_text(&text, "pipeline: {type: pipeline, filter: {query: 'source:a'}, processors: [");
    for (int i = 0; i < 100; i++)
        dl_buffer_format(&text, "{type: date-remapper, name: n%d, sources: [a]},", i);
    dl_buffer_text(&text, "]}\n");
    assert_int_equal(dl_pipeline_read(&pipeline, dl_buffer_string(&text), text.len, NULL), 0);
    dl_buffer_free(&text);
    show("x", false);
    assert_string_equal(view.title, "Pipeline");
    assert_int_equal(view.matrix.row_count, VIEW_MATRIX_MAX);
    for (int i = 0; i < 50; i++)
        event(SETUP_SELECT, (long)((view.matrix.row + 1) * VIEW_CELLS_MAX));
    expect_selected("n50");
    event(SETUP_SELECT, (VIEW_MATRIX_MAX - 1) * VIEW_CELLS_MAX); /* End */
    expect_selected("n99");
    assert_string_equal(view.matrix.rows[view.matrix.row].name, "100");
    event(SETUP_SELECT, 0); /* Home */
    expect_selected("n0");
    event(SETUP_SELECT, (VIEW_MATRIX_MAX - 1) * VIEW_CELLS_MAX);
    expect_selected("n99");
}

static void a_log_of_very_many_values_is_counted_at_the_end(void **state)
{
    struct dl_buffer text;

    (void)state;
    dl_buffer_init(&text, 1 << 20);
    dl_buffer_text(&text, "{\"k\":1");
    for (int i = 0; i < 500; i++)
        dl_buffer_format(&text, ",\"key%d\":%d", i, i);
    dl_buffer_text(&text, "}");
    show(dl_buffer_string(&text), false);
    event(SETUP_SELECT, 3 * VIEW_CELLS_MAX);
    assert_true(view.line_count < VIEW_LINES_MAX);
    assert_string_equal(view.lines[view.line_count - 1].left, "and 261 lines more");
    dl_buffer_free(&text);
}

static void without_a_sample_there_is_no_page(void **state)
{
    const struct study_options options = {.pipeline = pipeline};
    struct dl_error err = {0};

    (void)state;
    assert_int_equal(explain_page_new(&page, &options, &err), -DL_E_USAGE);
    assert_non_null(strstr(err.text, "missing: --sample TEXT"));
}

#define PAGE_TEST(f) cmocka_unit_test_setup_teardown(f, open_assets, close_assets)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PAGE_TEST(processors_are_rows_in_the_order_of_the_file),
        PAGE_TEST(the_card_tells_what_was_read_and_changed),
        PAGE_TEST(a_failing_sample_begins_at_the_one_to_blame),
        PAGE_TEST(left_and_right_are_samples_and_end_at_the_ends),
        PAGE_TEST(an_edited_sample_is_run_and_can_be_undone),
        PAGE_TEST(line_ends_outlive_the_field),
        PAGE_TEST(a_sample_that_is_too_long_for_the_field_says_so),
        PAGE_TEST(details_and_help_are_pages_that_lead_back),
        PAGE_TEST(q_esc_and_ctrl_c_leave),
        PAGE_TEST(a_log_that_the_filter_does_not_take_says_so),
        PAGE_TEST(more_processors_than_rows_are_reached),
        PAGE_TEST(a_log_of_very_many_values_is_counted_at_the_end),
        PAGE_TEST(without_a_sample_there_is_no_page),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
