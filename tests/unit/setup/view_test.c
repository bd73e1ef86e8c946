#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "setup/view.h"

static void keeps_texts_until_it_is_cleared(void **state)
{
    static struct view view;

    (void)state;
    view_row(&view, VIEW_OK, "DNS", "datadoghq.eu -> 2 addresses", "9 ms");
    view_whole(&view, view_text(&view, "https://%s/logs", "app.datadoghq.eu"));
    assert_int_equal(view.line_count, 2);
    assert_string_equal(view.lines[0].text, "datadoghq.eu -> 2 addresses");
    assert_int_equal(view.lines[1].kind, VIEW_WHOLE);
    assert_string_equal(view.lines[1].left, "https://app.datadoghq.eu/logs");
    view_clear(&view);
    assert_int_equal(view.line_count, 0);
    assert_int_equal(view.memory_count, 0);
}

static void foreign_text_cannot_move_the_cursor(void **state)
{
    static struct view view;

    (void)state;
    view_line(&view, VIEW_FAIL, "a\033[2Jb\nc\xff");
    assert_null(strchr(view.lines[0].left, '\033'));
    assert_null(strchr(view.lines[0].left, '\n'));
    view_clear(&view);
}

static void more_lines_than_there_is_room_for_do_no_harm(void **state)
{
    static struct view view;

    (void)state;
    for (int i = 0; i < 3000; i++) {
        view_line(&view, VIEW_PLAIN, view_text(&view, "line %d", i));
        view_item(&view, "name", "text", "detail");
        view_field(&view, "label", "value");
        view_key(&view, "x", "label", false);
        view_head(&view, "head");
        view_matrix_row(&view, "name", "text");
    }
    assert_int_equal(view.line_count, VIEW_LINES_MAX);
    assert_int_equal(view.item_count, VIEW_ITEMS_MAX);
    assert_int_equal(view.field_count, VIEW_FIELDS_MAX);
    assert_int_equal(view.key_count, VIEW_KEYS_MAX);
    assert_int_equal(view.matrix.column_count, VIEW_CELLS_MAX);
    assert_int_equal(view.matrix.row_count, VIEW_MATRIX_MAX);
    view_clear(&view);
}

static void every_mark_of_a_cell_is_a_word_of_its_own(void **state)
{
    static const enum view_mark marks[] = {VIEW_OK,  VIEW_WARN, VIEW_FAIL,
                                           VIEW_RUN, VIEW_SKIP, VIEW_WAIT};

    (void)state;
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(view_cell_word(marks[i]), view_cell_word(marks[k]));
}

static void ascii_takes_the_usual_spelling_and_question_marks(void **state)
{
    char text[64], small[4];

    (void)state;
    view_ascii(text, sizeof text, "Zürich → 東京 ok");
    assert_string_equal(text, "Zuerich -> ?? ok");
    view_ascii(small, sizeof small, "ab→c");
    assert_string_equal(small, "ab");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_texts_until_it_is_cleared),
        cmocka_unit_test(foreign_text_cannot_move_the_cursor),
        cmocka_unit_test(more_lines_than_there_is_room_for_do_no_harm),
        cmocka_unit_test(every_mark_of_a_cell_is_a_word_of_its_own),
        cmocka_unit_test(ascii_takes_the_usual_spelling_and_question_marks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
