#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "screen/layout.h"

static struct layout layout;

static void place(int rows, int columns, int head, int list, int fields, int lines)
{
    const int wanted[PANE_COUNT] = {head, list, fields, lines};

    layout_width(&layout, rows, columns);
    layout_place(&layout, wanted, 1);
}

static void three_sizes_and_one_that_waits(void **state)
{
    (void)state;
    assert_int_equal(layout_size(24, 80), LAYOUT_FULL);
    assert_int_equal(layout_size(16, 60), LAYOUT_COMPACT);
    assert_int_equal(layout_size(10, 40), LAYOUT_SMALL);
    assert_int_equal(layout_size(9, 40), LAYOUT_WAIT);
    assert_int_equal(layout_size(10, 39), LAYOUT_WAIT);
    assert_int_equal(layout_size(50, 59), LAYOUT_SMALL);
}

static void parts_stand_apart_where_there_is_room(void **state)
{
    (void)state;
    place(24, 80, 2, 9, 1, 3);
    assert_int_equal(layout.rule, 1);
    assert_int_equal(layout.footer, 23);
    assert_int_equal(layout.footer_rule, 22);
    assert_int_equal(layout.panes[PANE_HEAD].row, 3);
    assert_int_equal(layout.panes[PANE_LIST].row, 6);
    assert_int_equal(layout.panes[PANE_FIELDS].row, 16);
    assert_int_equal(layout.panes[PANE_LINES].row, 18);
}

static void no_part_hangs_over_another_at_any_size(void **state)
{
    (void)state;
    for (int rows = LAYOUT_MIN_ROWS; rows < 70; rows++)
        for (int lines = 0; lines < 40; lines += 3)
            for (int list = 0; list < 24; list += 4) {
                place(rows, rows % 2 ? 80 : 40, 3, list, 2, lines);
                int end = layout.rule < 0 ? 1 : 2;
                for (int i = 0; i < PANE_COUNT; i++) {
                    assert_true(layout.panes[i].row >= end || layout.panes[i].height == 0);
                    if (layout.panes[i].height > 0)
                        end = layout.panes[i].row + layout.panes[i].height;
                }
                assert_true(end <= (layout.footer_rule < 0 ? layout.footer : layout.footer_rule));
            }
}

static void lines_give_way_before_the_list_and_the_list_before_the_question(void **state)
{
    (void)state;
    place(16, 60, 2, 9, 0, 20);
    assert_int_equal(layout.panes[PANE_HEAD].height, 2);
    assert_int_equal(layout.panes[PANE_LIST].height, 8);
    assert_int_equal(layout.panes[PANE_LINES].height, 3);
    place(10, 40, 2, 9, 2, 5);
    assert_int_equal(layout.panes[PANE_HEAD].height, 2);
    assert_true(layout.panes[PANE_LIST].height >= 1);
    assert_int_equal(layout.panes[PANE_FIELDS].height, 2);
    assert_true(layout.panes[PANE_LINES].height >= 1);
}

static void a_pane_shows_the_row_that_matters(void **state)
{
    (void)state;
    assert_int_equal(layout_top(10, 4, 0, -1, -1), 0);
    assert_int_equal(layout_top(10, 4, 0, 7, 8), 5);
    assert_int_equal(layout_top(10, 4, 6, 2, 2), 2);
    assert_int_equal(layout_top(10, 4, 99, -1, -1), 6);
    assert_int_equal(layout_top(3, 4, 2, -1, -1), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(three_sizes_and_one_that_waits),
        cmocka_unit_test(parts_stand_apart_where_there_is_room),
        cmocka_unit_test(no_part_hangs_over_another_at_any_size),
        cmocka_unit_test(lines_give_way_before_the_list_and_the_list_before_the_question),
        cmocka_unit_test(a_pane_shows_the_row_that_matters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
