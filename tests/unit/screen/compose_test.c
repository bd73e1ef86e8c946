#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/text.h"
#include "screen/compose.h"
#include "widget/matrix.h"

static struct view view;
static struct screen_state state_;
static struct composition composition;

static int fresh(void **state)
{
    (void)state;
    memset(&view, 0, sizeof(view));
    memset(&state_, 0, sizeof(state_));
    compose_init(&composition);
    view.program = "ddlogs setup";
    view.title = "API key";
    view.step = 2;
    view.steps = 6;
    view.corner = "EU1 datadoghq.eu";
    view.question = "Paste an API key (not an application key).";
    view.help = "Create one here:";
    return 0;
}

static int done(void **state)
{
    (void)state;
    compose_free(&composition);
    state_free(&state_);
    return 0;
}

/* True if the text is on the screen, in one piece, inside its borders. */
static bool shows(const char *text)
{
    size_t n = strlen(text);

    for (int i = 0; i < PLACED_COUNT; i++) {
        const struct placed *part = &composition.parts[i];
        for (size_t k = 0; k < part->sheet.count; k++) {
            const struct span *span = &part->sheet.spans[k];
            int row = span->row - part->top;
            if (row >= 0 && row < part->height && span->length >= n &&
                memmem(sheet_text(&part->sheet, span), span->length, text, n))
                return true;
        }
    }
    return false;
}

static void inside(int rows, int columns)
{
    for (int i = 0; i < PLACED_COUNT; i++) {
        const struct placed *part = &composition.parts[i];
        assert_true(part->row >= 0 && part->row + part->height <= rows);
        for (size_t k = 0; k < part->sheet.count; k++) {
            const struct span *span = &part->sheet.spans[k];
            int width = (int)dl_text_width(sheet_text(&part->sheet, span));
            assert_true(span->column >= 0 && span->column + width <= columns);
        }
    }
}

static void key_page(void)
{
    view.fields[0] = (struct view_field){
        .label = "API key", .value = "", .hint = "paste is fine", .secret = true};
    view.field_count = 1;
    view.lines[0] =
        (struct view_line){VIEW_TEXT, VIEW_FAIL, "Datadog does not know this key.", "", ""};
    view.line_count = 1;
    view.keys[0] = (struct view_key){.key = "Enter", .label = "next"};
    view.key_count = 1;
    state_sync(&state_, &view);
}

static void nothing_is_wider_than_the_terminal_at_any_size(void **state)
{
    (void)state;
    key_page();
    for (int columns = 1; columns < 130; columns++)
        for (int rows = 1; rows < 40; rows += 3) {
            compose(&composition, &view, &state_, rows, columns, false);
            inside(rows, columns < 2 ? 2 : columns);
        }
}

/* Four upper rows and nine of twelve cells, and long lines below. */
static void matrix_page(void)
{
    static const char *const heads[] = {"Proxy",  "DNS",  "TCP",   "TLS",  "Clock", "Key",
                                        "Intake", "Send", "Batch", "Zstd", "Large", "Path"};
    struct view_matrix *matrix = &view.matrix;

    for (size_t i = 0; i < 12; i++)
        matrix->heads[matrix->column_count++] = heads[i];
    for (size_t i = 0; i < 13; i++) {
        struct view_matrix_row *row = &matrix->rows[matrix->row_count++];
        *row = (struct view_matrix_row){.name = i < 4 ? "Configuration" : "US1-FED",
                                        .text = i < 4 ? "→ a message that says a lot of things"
                                                      : "E-TLS-TIME",
                                        .right = "12345 ms",
                                        .wide = i < 4,
                                        .apart = i == 4};
        for (size_t column = 0; column < 12; column++)
            row->marks[column] = i == 9 && column == 7 ? VIEW_FAIL : VIEW_OK;
    }
    matrix->row = 9;
    matrix->column = 7;
    for (size_t i = 0; i < 20; i++)
        view.lines[view.line_count++] =
            (struct view_line){VIEW_TEXT, i == 0 ? VIEW_FAIL : VIEW_PLAIN, "what was seen", "", ""};
    view.keys[0] = (struct view_key){.key = "Enter", .label = "details"};
    view.key_count = 1;
    view.question = view.help = "";
    state_sync(&state_, &view);
}

static void a_matrix_stays_inside_and_shows_the_selected_cell_at_any_size(void **state)
{
    (void)state;
    matrix_page();
    for (int columns = 1; columns < 130; columns++)
        for (int rows = 1; rows < 40; rows += 3) {
            compose(&composition, &view, &state_, rows, columns, rows % 2 == 0);
            inside(rows, columns < 2 ? 2 : columns);
            bool waits = layout_size(rows, columns) == LAYOUT_WAIT;
            assert_int_equal(shows("[FAIL]"), !waits);
            assert_int_equal(shows("what was seen"), !waits);
            assert_int_equal(composition.cursor_row >= 0, !waits);
        }
}

/* The column where the first span with this text begins, -1: nowhere. */
static int column_of(const char *text)
{
    for (int i = 0; i < PLACED_COUNT; i++)
        for (size_t k = 0; k < composition.parts[i].sheet.count; k++) {
            const struct sheet *sheet = &composition.parts[i].sheet;
            const char *at = sheet_text(sheet, &sheet->spans[k]);
            if (memmem(at, sheet->spans[k].length, text, strlen(text)))
                return sheet->spans[k].column;
        }
    return -1;
}

static void lines_stand_beside_a_matrix_where_both_have_room(void **state)
{
    (void)state;
    view.corner = view.question = view.help = "";
    for (size_t i = 0; i < 5; i++) {
        view.matrix.rows[i] = (struct view_matrix_row){
            .name = "1", .text = "a name that is long enough to be cut", .wide = true};
        view.lines[i] = (struct view_line){VIEW_TEXT, VIEW_PLAIN, "what is told of it", "", ""};
    }
    view.matrix.row_count = view.line_count = 5;
    view.beside = true;
    for (int columns = 40; columns < 220; columns++)
        for (int rows = 10; rows < 40; rows += 3) {
            const struct layout *layout = &composition.layout;
            compose(&composition, &view, &state_, rows, columns, rows % 2 == 0);
            inside(rows, columns);
            assert_int_equal(layout->split > 0, rows >= 20 && columns >= LAYOUT_BESIDE_COLUMNS);
            assert_int_equal(layout->panes[PANE_LIST].row == layout->panes[PANE_LINES].row,
                             layout->split > 0);
            assert_int_equal(column_of("what is told") > layout->split + layout->left,
                             layout->split > 0 || layout->left == 0);
        }
    compose(&composition, &view, &state_, 24, 80, true);
    assert_true(shows("|"));
    assert_int_equal(column_of("|"), 2 + 30);
    assert_int_equal(column_of("what is told"), 2 + 30 + 2);
    view.beside = false;
    compose(&composition, &view, &state_, 24, 80, true);
    assert_int_equal(composition.layout.split, 0);
    assert_int_equal(column_of("what is told"), 2);
}

static void a_wide_field_takes_the_width_of_the_text(void **state)
{
    (void)state;
    key_page();
    view.fields[0] = (struct view_field){.label = "Sample", .value = "ä", .wide = true};
    for (int columns = 40; columns < 220; columns++) {
        compose(&composition, &view, &state_, 24, columns, columns % 2 == 0);
        inside(24, columns);
    }
    compose(&composition, &view, &state_, 24, 80, false);
    assert_int_equal(column_of("]"), 77);
}

static void a_corner_without_room_ends_at_a_comma(void **state)
{
    (void)state;
    matrix_page();
    view.program = "";
    view.step = 0;
    view.title = "AP2 ap2.datadoghq.com";
    view.corner = "3 of 7 done, 12 s";
    compose(&composition, &view, &state_, 10, 42, false);
    assert_true(shows("3 of 7 done, 12 s"));
    compose(&composition, &view, &state_, 10, 40, false);
    assert_true(shows("3 of 7 done"));
    assert_false(shows("done,"));
    view.corner = "Configuration: FAIL, again in 12 s";
    compose(&composition, &view, &state_, 10, 40, false);
    assert_false(shows("Config"));
}

static void a_blank_row_parts_a_matrix_from_the_lines(void **state)
{
    (void)state;
    matrix_page();
    compose(&composition, &view, &state_, 24, 80, false);
    const struct placed *list = &composition.parts[PANE_LIST];
    assert_int_equal(list->height, matrix_rows(&view));
    assert_int_equal(composition.parts[PANE_LINES].row, list->row + list->height + 1);
    assert_int_equal(composition.parts[PANE_LINES].height, 4);
    compose(&composition, &view, &state_, 10, 40, false);
    assert_int_equal(composition.parts[PANE_LINES].height, 2);
}

static void all_parts_show_at_the_three_sizes(void **state)
{
    static const int sizes[][2] = {{24, 80}, {16, 60}, {10, 40}};

    (void)state;
    key_page();
    for (size_t i = 0; i < 3; i++) {
        compose(&composition, &view, &state_, sizes[i][0], sizes[i][1], false);
        assert_true(shows("2/6"));
        assert_true(shows("API key"));
        assert_true(shows("EU1 datadoghq.eu"));
        assert_true(shows("Create one here:"));
        assert_true(shows("paste is fine"));
        assert_true(shows("FAIL"));
        assert_true(shows("Enter"));
    }
}

static void the_mask_has_32_stars_whatever_was_typed(void **state)
{
    (void)state;
    key_page();
    compose(&composition, &view, &state_, 24, 80, false);
    assert_false(shows("*"));
    mask_insert(&state_.mask, 'a');
    compose(&composition, &view, &state_, 24, 80, false);
    assert_true(shows(MASK_STARS));
    assert_false(shows(MASK_STARS "*"));
    for (int i = 0; i < 60; i++)
        mask_insert(&state_.mask, 'a');
    compose(&composition, &view, &state_, 10, 40, false);
    assert_true(shows(MASK_STARS));
    assert_false(shows(MASK_STARS "*"));
    assert_true(composition.cursor_row > 0);
}

static void too_small_says_so_and_what_is_needed(void **state)
{
    (void)state;
    key_page();
    compose(&composition, &view, &state_, 9, 39, false);
    assert_true(shows("39x9"));
    assert_true(shows("40x10"));
    assert_false(shows("EU1"));
    assert_int_equal(composition.cursor_row, -1);
}

static void a_terminal_without_utf8_gets_ascii_alone(void **state)
{
    (void)state;
    key_page();
    view.question = "Größe → “ok” … 日本";
    view.fields[0].secret = false;
    view.fields[0].value = "zażółć";
    state_sync(&state_, &view);
    compose(&composition, &view, &state_, 24, 80, true);
    for (int i = 0; i < PLACED_COUNT; i++) {
        const struct sheet *sheet = &composition.parts[i].sheet;
        for (size_t k = 0; k < sheet->text.len; k++)
            assert_true((unsigned char)sheet->text.data[k] < 0x80);
    }
    assert_true(shows("za????"));
    assert_true(shows("====="));
}

static void what_failed_is_in_sight_until_a_person_scrolls(void **state)
{
    (void)state;
    key_page();
    view.field_count = 0;
    for (size_t i = 0; i < 40; i++)
        view.lines[i] =
            (struct view_line){VIEW_TEXT, i == 30 ? VIEW_FAIL : VIEW_OK, "line", "", ""};
    view.line_count = 40;
    compose(&composition, &view, &state_, 16, 60, false);
    assert_true(shows("FAIL"));
    assert_int_equal(state_.lines_total, 40);
    assert_true(state_.top > 0);
    state_.scrolled = true;
    compose(&composition, &view, &state_, 16, 60, false);
    assert_false(shows("FAIL"));
    view.scroll = 9999;
    compose(&composition, &view, &state_, 16, 60, false);
    assert_int_equal(state_.top, 40 - state_.lines_height);
}

static void the_footer_shows_the_key_that_has_the_focus(void **state)
{
    (void)state;
    key_page();
    for (size_t i = 0; i < VIEW_KEYS_MAX; i++)
        view.keys[i] = (struct view_key){.key = "x", .label = "a label that is long"};
    view.keys[VIEW_KEYS_MAX - 1].label = "the last one";
    view.key_count = VIEW_KEYS_MAX;
    compose(&composition, &view, &state_, 10, 40, false);
    assert_false(shows("the last one"));
    state_.footer = true;
    state_.footer_key = VIEW_KEYS_MAX - 1;
    compose(&composition, &view, &state_, 10, 40, false);
    assert_true(shows("the last one"));
}

int main(void)
{
#define COMPOSE_TEST(name) cmocka_unit_test_setup_teardown(name, fresh, done)
    const struct CMUnitTest tests[] = {
        COMPOSE_TEST(nothing_is_wider_than_the_terminal_at_any_size),
        COMPOSE_TEST(a_matrix_stays_inside_and_shows_the_selected_cell_at_any_size),
        COMPOSE_TEST(lines_stand_beside_a_matrix_where_both_have_room),
        COMPOSE_TEST(a_wide_field_takes_the_width_of_the_text),
        COMPOSE_TEST(a_corner_without_room_ends_at_a_comma),
        COMPOSE_TEST(a_blank_row_parts_a_matrix_from_the_lines),
        COMPOSE_TEST(all_parts_show_at_the_three_sizes),
        COMPOSE_TEST(the_mask_has_32_stars_whatever_was_typed),
        COMPOSE_TEST(too_small_says_so_and_what_is_needed),
        COMPOSE_TEST(a_terminal_without_utf8_gets_ascii_alone),
        COMPOSE_TEST(what_failed_is_in_sight_until_a_person_scrolls),
        COMPOSE_TEST(the_footer_shows_the_key_that_has_the_focus),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
