#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "sheet_text.h"
#include "widget/matrix.h"

static struct view view;

static const char *const heads[] = {"Proxy", "DNS", "TLS", "Key"};
static const char *const names[] = {"US1", "EU1", "US1-FED"};

/* Two upper rows and three of four cells. */
static int fresh(void **state)
{
    (void)state;
    memset(&view, 0, sizeof(view));
    for (size_t i = 0; i < 2; i++) {
        struct view_matrix_row *row =
            view_matrix_row(&view, i ? "Key source" : "Configuration", "nine settings, verified");
        row->wide = true;
        row->marks[0] = VIEW_OK;
        row->right = "1 ms";
    }
    for (size_t i = 0; i < 4; i++)
        view_head(&view, heads[i]);
    for (size_t i = 0; i < 3; i++) {
        struct view_matrix_row *row = view_matrix_row(&view, names[i], i == 1 ? "E-TLS-TIME" : "");
        row->apart = i == 0;
        for (size_t column = 0; column < 4; column++)
            row->marks[column] = VIEW_OK;
    }
    view.matrix.rows[3].marks[2] = VIEW_FAIL;
    view.matrix.rows[3].marks[3] = VIEW_SKIP;
    view.matrix.rows[4].marks[2] = VIEW_RUN;
    view.matrix.rows[4].marks[3] = VIEW_WAIT;
    view.matrix.row = 3;
    view.matrix.column = 2;
    return 0;
}

static int done(void **state)
{
    (void)state;
    view_clear(&view);
    return 0;
}

static void draw(struct sheet *sheet, int columns, int rows, bool ascii, int *row, int *column)
{
    const struct matrix_place place = {
        .columns = columns, .edge = columns, .rows = rows, .focused = true, .ascii = ascii};

    matrix_draw(sheet, &view, &place, row, column);
}

static void expect_draw(int columns, int rows, const char *shown)
{
    struct sheet sheet;
    int row = -1, column = -1;

    sheet_init(&sheet);
    draw(&sheet, columns, rows, false, &row, &column);
    assert_string_equal(sheet_shown(&sheet), shown);
    sheet_free(&sheet);
}

static void words_stand_under_heads_and_the_selected_one_in_brackets(void **state)
{
    (void)state;
    assert_int_equal(matrix_rows(&view), 7);
    expect_draw(55, 7,
                "  OK    Configuration  nine settings, verified     1 ms\n"
                "  OK    Key source     nine settings, verified     1 ms\n"
                "\n"
                "              Proxy  DNS   TLS   Key\n"
                "  1  US1      ok     ok    ok    ok\n"
                "> 2  EU1      ok     ok   [FAIL] -     E-TLS-TIME\n"
                "  3  US1-FED  ok     ok    ..\n");
}

static void a_selected_cell_that_waits_has_its_brackets(void **state)
{
    (void)state;
    view.matrix.row = 4;
    view.matrix.column = 3;
    expect_draw(50, 4,
                "             Proxy DNS  TLS  Key\n"
                "  1  US1     ok    ok   ok   ok\n"
                "  2  EU1     ok    ok   FAIL -     E-TLS-TIME\n"
                "> 3  US1-FED ok    ok   ..  [  ]\n");
}

static void where_rows_lack_the_quiet_upper_ones_go_first(void **state)
{
    (void)state;
    view.matrix.rows[1].marks[0] = VIEW_WARN;
    expect_draw(55, 6,
                "  OK    Configuration  nine settings, verified     1 ms\n"
                "  WARN  Key source     nine settings, verified     1 ms\n"
                "              Proxy  DNS   TLS   Key\n"
                "  1  US1      ok     ok    ok    ok\n"
                "> 2  EU1      ok     ok   [FAIL] -     E-TLS-TIME\n"
                "  3  US1-FED  ok     ok    ..\n");
    expect_draw(55, 5,
                "  WARN  Key source  nine settings, verified        1 ms\n"
                "              Proxy  DNS   TLS   Key\n"
                "  1  US1      ok     ok    ok    ok\n"
                "> 2  EU1      ok     ok   [FAIL] -     E-TLS-TIME\n"
                "  3  US1-FED  ok     ok    ..\n");
}

static void then_what_is_far_from_the_selection(void **state)
{
    (void)state;
    view.matrix.row = 4;
    expect_draw(55, 2,
                "              Proxy  DNS   TLS   Key\n"
                "> 3  US1-FED  ok     ok   [..]                        ↑\n");
    view.matrix.row = 0;
    expect_draw(55, 3,
                "> OK    Configuration  nine settings, verified     1 ms\n"
                "              Proxy  DNS   TLS   Key\n"
                "  1  US1      ok     ok    ok    ok                   ↓\n");
}

static void where_columns_lack_those_with_news_stay(void **state)
{
    (void)state;
    view.matrix.column = 0;
    expect_draw(28, 4,
                "            Proxy TLS   +2\n"
                "  1 US1     ok    ok\n"
                "> 2 EU1    [ok]   FAIL\n"
                "  3 US1-FED ok    ..\n");
    view.matrix.column = 3;
    expect_draw(28, 4,
                "            TLS  Key   +2\n"
                "  1 US1     ok   ok\n"
                "> 2 EU1     FAIL[-]\n"
                "  3 US1-FED ..\n");
}

static void long_texts_are_cut_and_say_so(void **state)
{
    (void)state;
    view.matrix.row_count = 2;
    view.matrix.row = 1;
    expect_draw(36, 2,
                "  OK    Configuration  nine setting…\n"
                "> OK    Key source     nine setting…\n");
    struct sheet sheet;
    int row, column;
    sheet_init(&sheet);
    draw(&sheet, 36, 2, true, &row, &column);
    assert_string_equal(sheet_shown(&sheet), "  OK    Configuration  nine setti...\n"
                                             "> OK    Key source     nine setti...\n");
    assert_int_equal(row, 1);
    assert_int_equal(column, 2);
    sheet_free(&sheet);
}

static void the_place_of_the_selected_cell_is_told(void **state)
{
    struct sheet sheet;
    int row = -1, column = -1;

    (void)state;
    sheet_init(&sheet);
    draw(&sheet, 55, 7, false, &row, &column);
    assert_int_equal(row, 5);
    assert_int_equal(column, 27);
    sheet_free(&sheet);
}

static void nothing_goes_over_the_edge_at_any_size(void **state)
{
    struct sheet sheet;
    int row, column;

    (void)state;
    sheet_init(&sheet);
    for (int columns = 20; columns < 120; columns++)
        for (int rows = 1; rows < 9; rows++)
            for (size_t selected = 0; selected < view.matrix.row_count; selected++) {
                view.matrix.row = selected;
                draw(&sheet, columns, rows, false, &row, &column);
                assert_true(sheet.rows <= rows || rows < 2);
                assert_true(row >= 0 && row < sheet.rows);
            }
    sheet_free(&sheet);
}

static void moved(size_t row, size_t column, enum list_move move, size_t to_row, size_t to_column)
{
    view.matrix.row = row;
    view.matrix.column = column;
    assert_int_equal(matrix_moved(&view, move), to_row * VIEW_CELLS_MAX + to_column);
}

static void the_selection_moves_and_stays_inside(void **state)
{
    (void)state;
    moved(2, 2, LIST_UP, 1, 2);
    moved(0, 2, LIST_UP, 0, 2);
    moved(1, 2, LIST_DOWN, 2, 2);
    moved(4, 2, LIST_DOWN, 4, 2);
    moved(3, 2, LIST_LEFT, 3, 1);
    moved(3, 0, LIST_LEFT, 3, 0);
    moved(3, 2, LIST_RIGHT, 3, 3);
    moved(3, 3, LIST_RIGHT, 3, 3);
    moved(3, 2, LIST_HOME, 3, 0);
    moved(3, 2, LIST_END, 3, 3);
    moved(3, 2, LIST_PAGE_UP, 0, 2);
    moved(3, 2, LIST_PAGE_DOWN, 4, 2);
    /* a wide row has one cell; the column is kept for the others */
    moved(1, 2, LIST_LEFT, 1, 2);
    moved(1, 2, LIST_RIGHT, 1, 2);
    moved(1, 2, LIST_HOME, 0, 2);
    moved(1, 2, LIST_END, 4, 2);
}

static void digits_choose_rows_that_are_not_wide(void **state)
{
    size_t cell = 77;

    (void)state;
    assert_true(matrix_digit(&view, 1, &cell));
    assert_int_equal(cell, 2 * VIEW_CELLS_MAX + 2);
    assert_true(matrix_digit(&view, 3, &cell));
    assert_int_equal(cell, 4 * VIEW_CELLS_MAX + 2);
    cell = 77;
    assert_false(matrix_digit(&view, 4, &cell));
    assert_false(matrix_digit(&view, 0, &cell));
    assert_int_equal(cell, 77);
}

int main(void)
{
#define MATRIX_TEST(name) cmocka_unit_test_setup_teardown(name, fresh, done)
    const struct CMUnitTest tests[] = {
        MATRIX_TEST(words_stand_under_heads_and_the_selected_one_in_brackets),
        MATRIX_TEST(a_selected_cell_that_waits_has_its_brackets),
        MATRIX_TEST(where_rows_lack_the_quiet_upper_ones_go_first),
        MATRIX_TEST(then_what_is_far_from_the_selection),
        MATRIX_TEST(where_columns_lack_those_with_news_stay),
        MATRIX_TEST(long_texts_are_cut_and_say_so),
        MATRIX_TEST(the_place_of_the_selected_cell_is_told),
        MATRIX_TEST(nothing_goes_over_the_edge_at_any_size),
        MATRIX_TEST(the_selection_moves_and_stays_inside),
        MATRIX_TEST(digits_choose_rows_that_are_not_wide),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
