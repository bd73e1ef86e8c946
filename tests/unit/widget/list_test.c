#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "sheet_text.h"
#include "widget/list.h"

static struct view view;
static struct list list;
static char names[VIEW_ITEMS_MAX][16];

static int fresh(void **state)
{
    (void)state;
    memset(&view, 0, sizeof(view));
    memset(&list, 0, sizeof(list));
    return 0;
}

static void fill(size_t count)
{
    for (size_t i = 0; i < count; i++) {
        snprintf(names[i], sizeof(names[i]), "item%zu", i + 1);
        view.items[i] = (struct view_item){.name = names[i], .text = i % 2 ? "odd" : "even"};
    }
    view.item_count = count;
}

static void expect_draw(int columns, const char *shown)
{
    struct sheet sheet;
    int first, last;

    sheet_init(&sheet);
    list_draw(&sheet, &list, &view, 0, columns, true, &first, &last);
    assert_string_equal(sheet_shown(&sheet), shown);
    sheet_free(&sheet);
}

static size_t moved(enum list_move move, int columns)
{
    return list_moved(&list, &view, move, columns, 4);
}

static void every_entry_has_its_number(void **state)
{
    (void)state;
    fill(3);
    view.cursor = 1;
    expect_draw(40, "  1  item1  even\n> 2  item2  odd\n  3  item3  even\n");
}

static void short_entries_stand_in_two_columns_where_they_fit(void **state)
{
    (void)state;
    fill(5);
    view.columns = true;
    assert_true(list_two_columns(&list, &view, 50));
    assert_false(list_two_columns(&list, &view, 30));
    expect_draw(50, "> 1  item1  even           4  item4  odd\n"
                    "  2  item2  odd            5  item5  even\n"
                    "  3  item3  even\n");
    assert_int_equal(moved(LIST_RIGHT, 50), 3);
    view.cursor = 2;
    assert_int_equal(moved(LIST_RIGHT, 50), 4);
    view.cursor = 4;
    assert_int_equal(moved(LIST_RIGHT, 50), 4);
    assert_int_equal(moved(LIST_LEFT, 50), 1);
    assert_int_equal(moved(LIST_LEFT, 30), 4);
}

static void entries_that_are_too_wide_take_more_rows_and_lose_nothing(void **state)
{
    (void)state;
    view.items[0] = (struct view_item){"A keyring", "encrypted, unlocked", "recommended", false};
    view.items[1] = (struct view_item){"None", "this run only", "", false};
    view.item_count = 2;
    expect_draw(30, "> 1  A keyring\n     encrypted, unlocked\n     recommended\n"
                    "  2  None\n     this run only\n");
}

static void the_cursor_stays_inside(void **state)
{
    (void)state;
    fill(9);
    assert_int_equal(moved(LIST_UP, 40), 0);
    assert_int_equal(moved(LIST_END, 40), 8);
    view.cursor = 8;
    assert_int_equal(moved(LIST_DOWN, 40), 8);
    assert_int_equal(moved(LIST_HOME, 40), 0);
    assert_int_equal(moved(LIST_PAGE_UP, 40), 5);
    view.cursor = 0;
    assert_int_equal(moved(LIST_PAGE_DOWN, 40), 3);
    view.item_count = 0;
    assert_int_equal(moved(LIST_DOWN, 40), 0);
}

static void digits_choose_also_two_of_them(void **state)
{
    size_t index = 99;

    (void)state;
    fill(12);
    assert_true(list_digit(&list, &view, 1, &index));
    assert_int_equal(index, 0);
    assert_true(list_digit(&list, &view, 2, &index));
    assert_int_equal(index, 11);
    assert_true(list_digit(&list, &view, 3, &index)); /* there is no 123 */
    assert_int_equal(index, 2);
    list.typed = 0;
    assert_false(list_digit(&list, &view, 0, &index));
    view.item_count = 3;
    assert_false(list_digit(&list, &view, 7, &index));
    assert_int_equal(index, 2);
}

static void a_filter_shows_what_holds_the_text_in_any_case(void **state)
{
    size_t shown[VIEW_ITEMS_MAX];

    (void)state;
    fill(12);
    list.filtering = true;
    entry_set(&list.filter, "ITEM1");
    assert_int_equal(list_shown(&list, &view, shown), 4); /* 1, 10, 11, 12 */
    assert_int_equal(shown[1], 9);
    view.cursor = 9;
    assert_int_equal(moved(LIST_DOWN, 40), 10);
    assert_int_equal(moved(LIST_UP, 40), 0);
    expect_draw(40, "   1  item1   even\n> 10  item10  odd\n  11  item11  even\n"
                    "  12  item12  odd\n");
    entry_set(&list.filter, "nowhere");
    assert_int_equal(list_shown(&list, &view, shown), 0);
    expect_draw(40, "No entry holds this text.\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(every_entry_has_its_number, fresh),
        cmocka_unit_test_setup(short_entries_stand_in_two_columns_where_they_fit, fresh),
        cmocka_unit_test_setup(entries_that_are_too_wide_take_more_rows_and_lose_nothing, fresh),
        cmocka_unit_test_setup(the_cursor_stays_inside, fresh),
        cmocka_unit_test_setup(digits_choose_also_two_of_them, fresh),
        cmocka_unit_test_setup(a_filter_shows_what_holds_the_text_in_any_case, fresh),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
