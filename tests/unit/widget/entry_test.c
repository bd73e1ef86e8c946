#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "widget/entry.h"

static struct entry entry;

static void type(const char *text)
{
    for (; *text != '\0'; text++)
        entry_insert(&entry, (unsigned char)*text);
}

static void expect(const char *text, size_t cursor)
{
    assert_string_equal(entry.text, text);
    assert_int_equal(entry.len, strlen(text));
    assert_int_equal(entry.cursor, cursor);
}

static int fresh(void **state)
{
    (void)state;
    entry_set(&entry, "");
    return 0;
}

static void inserts_where_the_cursor_stands(void **state)
{
    (void)state;
    type("prd");
    entry_left(&entry);
    type("o");
    expect("prod", 3);
    entry_home(&entry);
    type("x");
    expect("xprod", 1);
    entry_end(&entry);
    expect("xprod", 5);
}

static void steps_over_whole_characters(void **state)
{
    (void)state;
    entry_insert(&entry, 0xe9);   /* two bytes */
    entry_insert(&entry, 0x65e5); /* three */
    entry_insert(&entry, 0x1f600);
    assert_int_equal(entry.len, 9);
    entry_left(&entry);
    assert_int_equal(entry.cursor, 5);
    entry_left(&entry);
    assert_int_equal(entry.cursor, 2);
    entry_right(&entry);
    assert_int_equal(entry.cursor, 5);
    entry_backspace(&entry);
    assert_int_equal(entry.len, 6);
    entry_home(&entry);
    entry_delete(&entry);
    assert_int_equal(entry.len, 4);
    entry_left(&entry);
    assert_int_equal(entry.cursor, 0);
    entry_backspace(&entry);
    assert_int_equal(entry.len, 4);
}

static void takes_words_and_lines_away(void **state)
{
    (void)state;
    type("team:web region:eu  ");
    entry_delete_word(&entry);
    expect("team:web ", 9);
    entry_delete_word(&entry);
    expect("", 0);
    entry_delete_word(&entry);
    expect("", 0);
    type("abc");
    entry_left(&entry);
    entry_clear(&entry);
    expect("", 0);
}

static void a_pasted_line_end_becomes_a_blank(void **state)
{
    (void)state;
    type("a\nb\tc\rd");
    expect("a b c d", 7);
    entry_insert(&entry, 0x1b);
    entry_insert(&entry, 0x9b);
    entry_insert(&entry, 0x7f);
    expect("a b c d", 7);
}

static void says_when_text_did_not_fit(void **state)
{
    (void)state;
    for (int i = 0; i < ENTRY_MAX - 1; i++)
        entry_insert(&entry, 'x');
    assert_false(entry.full);
    entry_insert(&entry, 0xe9);
    assert_true(entry.full);
    assert_int_equal(entry.len, ENTRY_MAX - 1);
    entry_insert(&entry, 'y');
    assert_int_equal(entry.len, ENTRY_MAX);
    entry_backspace(&entry);
    assert_false(entry.full);
}

static void shows_the_part_around_the_cursor(void **state)
{
    const char *shown;
    size_t len;
    int cursor;

    (void)state;
    type("0123456789");
    entry_window(&entry, 6, &shown, &len, &cursor);
    assert_int_equal(len, 5);
    assert_memory_equal(shown, "56789", 5);
    assert_int_equal(cursor, 5);
    entry_home(&entry);
    entry_window(&entry, 6, &shown, &len, &cursor);
    assert_memory_equal(shown, "012345", 6);
    assert_int_equal(cursor, 0);
    entry_end(&entry);
    entry_window(&entry, 6, &shown, &len, &cursor);
    for (int i = 0; i < 7; i++)
        entry_backspace(&entry);
    entry_window(&entry, 6, &shown, &len, &cursor);
    assert_int_equal(len, 3);
    assert_memory_equal(shown, "012", 3); /* what was hidden at the left comes back */
}

static void wide_characters_never_stand_half_in_the_window(void **state)
{
    const char *shown;
    size_t len;
    int cursor;

    (void)state;
    for (int i = 0; i < 5; i++)
        entry_insert(&entry, 0x65e5);
    entry_window(&entry, 6, &shown, &len, &cursor);
    assert_int_equal(len % 3, 0);
    assert_true(cursor <= 5);
    assert_int_equal(cursor, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(inserts_where_the_cursor_stands, fresh),
        cmocka_unit_test_setup(steps_over_whole_characters, fresh),
        cmocka_unit_test_setup(takes_words_and_lines_away, fresh),
        cmocka_unit_test_setup(a_pasted_line_end_becomes_a_blank, fresh),
        cmocka_unit_test_setup(says_when_text_did_not_fit, fresh),
        cmocka_unit_test_setup(shows_the_part_around_the_cursor, fresh),
        cmocka_unit_test_setup(wide_characters_never_stand_half_in_the_window, fresh),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
