#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "sheet_text.h"
#include "widget/footer.h"
#include "widget/lines.h"

static struct view view;
static int anchor;
static enum lines_spacing spacing;

static int fresh(void **state)
{
    (void)state;
    memset(&view, 0, sizeof(view));
    spacing = LINES_AS_IS;
    return 0;
}

static void add(enum view_line_kind kind, enum view_mark mark, const char *left, const char *text,
                const char *right)
{
    view.lines[view.line_count++] = (struct view_line){kind, mark, left, text, right};
}

static void expect(int columns, const char *shown)
{
    struct sheet sheet;

    const struct lines_place place = {
        .left = 1, .columns = columns, .whole = columns + 2, .spacing = spacing};

    sheet_init(&sheet);
    lines_draw(&sheet, &view, &place, &anchor);
    assert_string_equal(sheet_shown(&sheet), shown);
    sheet_free(&sheet);
}

static void a_mark_is_a_word_and_text_below_stands_in_line(void **state)
{
    (void)state;
    add(VIEW_TEXT, VIEW_WARN, "one two three four", "", "");
    add(VIEW_TEXT, VIEW_PLAIN, "under it", "", "");
    add(VIEW_TEXT, VIEW_PLAIN, "", "", "");
    add(VIEW_TEXT, VIEW_PLAIN, "apart", "", "");
    expect(20, " WARN  one two three\n       four\n       under it\n\n apart\n");
}

static void rows_have_columns_and_lose_no_text(void **state)
{
    (void)state;
    add(VIEW_ROW, VIEW_OK, "DNS", "2 addresses", "9 ms");
    add(VIEW_ROW, VIEW_RUN, "One log", "waiting", "");
    expect(40, " OK    DNS      2 addresses          9 ms\n RUN   One log  waiting\n");
    expect(24, " OK    DNS           9 ms\n       2 addresses\n RUN   One log  waiting\n");
}

static void an_address_is_never_broken_where_it_fits_a_row_of_its_own(void **state)
{
    (void)state;
    add(VIEW_TEXT, VIEW_OK, "see", "", "");
    add(VIEW_WHOLE, VIEW_PLAIN, "https://a/bcdef", "", "");
    expect(30, " OK    see\n       https://a/bcdef\n");
    expect(16, " OK    see\nhttps://a/bcdef\n"); /* 18 columns in all */
    expect(10, " OK    see\nhttps://a/bc\ndef\n");
}

static void a_long_command_goes_on_as_a_shell_has_it(void **state)
{
    (void)state;
    add(VIEW_WHOLE, VIEW_PLAIN, "ddlogs setup --site eu1 --no-input", "", "");
    expect(20, " ddlogs setup \\\n   --site eu1 \\\n   --no-input\n");
}

static void a_word_of_a_command_that_is_broken_stays_one(void **state)
{
    (void)state;
    add(VIEW_WHOLE, VIEW_PLAIN, "run --file /a/very/long/path -x", "", "");
    expect(14, " run --file \\\n   /a/very/lo\\\nng/path -x\n");
}

static void where_there_is_room_what_belongs_apart_stands_apart(void **state)
{
    (void)state;
    add(VIEW_ROW, VIEW_PLAIN, "source", "shop", "");
    add(VIEW_TEXT, VIEW_PLAIN, "text", "", "");
    add(VIEW_TEXT, VIEW_OK, "message", "", "");
    add(VIEW_TEXT, VIEW_OK, "another", "", "");
    add(VIEW_TEXT, VIEW_PLAIN, "", "", "");
    add(VIEW_TEXT, VIEW_PLAIN, "Next:", "", "");
    add(VIEW_WHOLE, VIEW_PLAIN, "command", "", "");
    spacing = LINES_AIRY;
    expect(30, " source  shop\n\n text\n\n OK    message\n OK    another\n\n Next:\n command\n");
    spacing = LINES_DENSE;
    expect(30, " source  shop\n text\n OK    message\n OK    another\n Next:\n command\n");
}

static void differences_begin_with_their_sign(void **state)
{
    (void)state;
    add(VIEW_REMOVED, VIEW_PLAIN, "  \"a\": 1", "", "");
    add(VIEW_ADDED, VIEW_PLAIN, "  \"a\": 2", "", "");
    expect(30, " -   \"a\": 1\n +   \"a\": 2\n");
}

static void what_runs_and_else_what_failed_is_to_be_in_sight(void **state)
{
    (void)state;
    add(VIEW_ROW, VIEW_OK, "DNS", "", "");
    expect(30, " OK    DNS\n");
    assert_int_equal(anchor, -1);
    add(VIEW_ROW, VIEW_FAIL, "TLS", "", "");
    expect(30, " OK    DNS\n FAIL  TLS\n");
    assert_int_equal(anchor, 1);
    add(VIEW_ROW, VIEW_RUN, "Key", "", "");
    expect(30, " OK    DNS\n FAIL  TLS\n RUN   Key\n");
    assert_int_equal(anchor, 2);
}

static void the_footer_breaks_between_keys(void **state)
{
    struct sheet sheet;

    (void)state;
    view.keys[0] = (struct view_key){.key = "Enter", .label = "next"};
    view.keys[1] = (struct view_key){.key = "Esc", .label = "back"};
    view.keys[2] = (struct view_key){.key = "?", .label = "help"};
    view.key_count = 3;
    sheet_init(&sheet);
    assert_int_equal(footer_draw(&sheet, &view, 0, 22, 2), 1);
    assert_string_equal(sheet_shown(&sheet), "Enter next   Esc back\n? help\n");
    sheet_free(&sheet);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_mark_is_a_word_and_text_below_stands_in_line, fresh),
        cmocka_unit_test_setup(rows_have_columns_and_lose_no_text, fresh),
        cmocka_unit_test_setup(an_address_is_never_broken_where_it_fits_a_row_of_its_own, fresh),
        cmocka_unit_test_setup(a_long_command_goes_on_as_a_shell_has_it, fresh),
        cmocka_unit_test_setup(a_word_of_a_command_that_is_broken_stays_one, fresh),
        cmocka_unit_test_setup(where_there_is_room_what_belongs_apart_stands_apart, fresh),
        cmocka_unit_test_setup(differences_begin_with_their_sign, fresh),
        cmocka_unit_test_setup(what_runs_and_else_what_failed_is_to_be_in_sight, fresh),
        cmocka_unit_test_setup(the_footer_breaks_between_keys, fresh),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
