#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "sheet_text.h"
#include "widget/wrap.h"

static void expect(const char *text, int columns, const char *shown)
{
    struct sheet sheet;

    sheet_init(&sheet);
    int rows = wrap_put(&sheet, 0, 0, columns, 0, STYLE_PLAIN, text);
    assert_string_equal(sheet_shown(&sheet), shown);
    assert_int_equal(rows, sheet.rows);
    sheet_free(&sheet);
}

static void breaks_between_words(void **state)
{
    (void)state;
    expect("one two three", 7, "one two\nthree\n");
    expect("one two three", 8, "one two\nthree\n");
    expect("one two three", 13, "one two three\n");
    expect("one  two", 4, "one\ntwo\n");
    expect("", 10, "");
}

static void keeps_blanks_inside_a_row(void **state)
{
    (void)state;
    expect("a   b", 10, "a   b\n");
    expect("  in by two and on", 10, "  in by\n  two and\n  on\n");
}

static void breaks_words_that_are_wider_than_the_row(void **state)
{
    (void)state;
    expect("abcdefghij", 4, "abcd\nefgh\nij\n");
    expect("no abcdefgh", 4, "no\nabcd\nefgh\n");
    expect("{\"a\":1,\"bcd\":22}", 9, "{\"a\":1,\n\"bcd\":22}\n");
}

static void counts_columns_not_bytes(void **state)
{
    (void)state;
    expect("äöü äöü", 3, "äöü\näöü\n");
    assert_int_equal(wrap_rows("日本語", 4), 2);
    assert_int_equal(wrap_rows("日", 1), 1); /* gets on although nothing fits */
}

static void rows_after_the_first_hang_in(void **state)
{
    struct sheet sheet;

    (void)state;
    sheet_init(&sheet);
    assert_int_equal(wrap_put(&sheet, 1, 2, 6, 2, STYLE_PLAIN, "aaaa bbbb cccc"), 3);
    assert_string_equal(sheet_shown(&sheet), "\n  aaaa\n    bbbb\n    cccc\n");
    sheet_free(&sheet);
}

static void no_control_character_gets_on_a_sheet(void **state)
{
    struct sheet sheet;

    (void)state;
    sheet_init(&sheet);
    assert_int_equal(sheet_put(&sheet, 0, 0, STYLE_PLAIN,
                               "a\033[2Jb\x7f\xc2\x9b"
                               "c\xff"),
                     10);
    assert_string_equal(sheet_shown(&sheet), "a?[2Jb??c?\n");
    sheet_free(&sheet);
}

static void a_sheet_has_a_maximum(void **state)
{
    struct sheet sheet;

    (void)state;
    sheet_init(&sheet);
    for (int i = 0; i < SHEET_SPANS_MAX + 10; i++)
        sheet_put(&sheet, 0, 0, STYLE_PLAIN, "x");
    assert_int_equal(sheet.count, SHEET_SPANS_MAX);
    sheet_free(&sheet);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(breaks_between_words),
        cmocka_unit_test(keeps_blanks_inside_a_row),
        cmocka_unit_test(breaks_words_that_are_wider_than_the_row),
        cmocka_unit_test(counts_columns_not_bytes),
        cmocka_unit_test(rows_after_the_first_hang_in),
        cmocka_unit_test(no_control_character_gets_on_a_sheet),
        cmocka_unit_test(a_sheet_has_a_maximum),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
