#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "screen/keys.h"

static struct view view;
static struct screen_state state_;
static char said[4096];                 /* the events, one after another */
static char texts[VIEW_FIELDS_MAX][64]; /* of the fields */
static int64_t now;
static struct dl_key *last_key;

static void on_event(void *loop, const struct setup_event *event)
{
    static const char *const names[] = {"select", "focus", "text",   "key",  "next", "back",
                                        "action", "help",  "scroll", "quit", "turn"};
    size_t len = strlen(said);

    (void)loop;
    if (event->kind == SETUP_TEXT)
        snprintf(said + len, sizeof(said) - len, "text=%s ", event->text);
    else if (event->kind == SETUP_KEY)
        snprintf(said + len, sizeof(said) - len, "key:%zu ",
                 event->key ? dl_key_length(event->key) : 0);
    else
        snprintf(said + len, sizeof(said) - len, "%s:%ld ", names[event->kind], event->number);
    if (event->kind == SETUP_TEXT)
        snprintf(texts[view.focus], sizeof(texts[0]), "%s", event->text);
    if (event->kind == SETUP_FOCUS)
        view.focus = (size_t)event->number;
    if (event->kind == SETUP_SELECT && view.matrix.row_count > 0) {
        view.matrix.row = (size_t)event->number / VIEW_CELLS_MAX;
        view.matrix.column = (size_t)event->number % VIEW_CELLS_MAX;
    } else if (event->kind == SETUP_SELECT) {
        view.cursor = (size_t)event->number;
    }
    if (event->kind == SETUP_SCROLL)
        view.scroll += (size_t)event->number;
    if (event->kind == SETUP_KEY) {
        dl_key_free(last_key);
        last_key = event->key;
        view.fields[0].filled = event->key != NULL;
    }
    state_sync(&state_, &view);
}

static int fresh(void **state)
{
    (void)state;
    memset(&view, 0, sizeof(view));
    memset(&state_, 0, sizeof(state_));
    memset(texts, 0, sizeof(texts));
    said[0] = '\0';
    now = 1000;
    view.keys[0] = (struct view_key){.key = "Enter", .label = "next"};
    view.keys[1] = (struct view_key){.key = "f", .label = "find"};
    view.key_count = 2;
    return 0;
}

static int done(void **state)
{
    (void)state;
    state_free(&state_);
    dl_key_free(last_key);
    last_key = NULL;
    return 0;
}

static void list(size_t count)
{
    view.item_count = count;
    for (size_t i = 0; i < count; i++)
        view.items[i].name = i % 2 ? "odd" : "even";
}

static void fields(size_t count, bool secret)
{
    view.field_count = count;
    for (size_t i = 0; i < count; i++)
        view.fields[i] = (struct view_field){.label = "x", .value = texts[i], .secret = secret};
    state_sync(&state_, &view);
    state_.list_columns = 78; /* as a drawing would have found */
    state_.list_height = 9;
}

static enum keys_result press(enum input_code code)
{
    const struct input_key key = {.code = code};

    now += 100;
    return keys_apply(&state_, &view, &key, now, on_event, NULL);
}

/* Types or, with a pause of 0, sends as fast as a paste. A line end is Enter. */
static void type(const char *text, int64_t pause)
{
    for (; *text != '\0'; text++) {
        const struct input_key key = {.code = *text == '\n' ? INPUT_ENTER : INPUT_CHARACTER,
                                      .character = (unsigned char)*text};
        now += pause;
        keys_apply(&state_, &view, &key, now, on_event, NULL);
        if (pause > 0)
            keys_settle(&state_, &view, on_event, NULL);
    }
    keys_settle(&state_, &view, on_event, NULL);
}

static void paste(const char *text)
{
    struct input_key key = {.code = INPUT_PASTE_BEGIN};

    keys_apply(&state_, &view, &key, now, on_event, NULL);
    for (; *text != '\0'; text++) {
        key = (struct input_key){INPUT_CHARACTER, (unsigned char)*text, true};
        keys_apply(&state_, &view, &key, now, on_event, NULL);
    }
    key = (struct input_key){.code = INPUT_PASTE_END};
    keys_apply(&state_, &view, &key, now, on_event, NULL);
    keys_settle(&state_, &view, on_event, NULL);
}

static void expect(const char *events)
{
    assert_string_equal(said, events);
    said[0] = '\0';
}

static void the_list_takes_arrows_letters_and_digits(void **state)
{
    (void)state;
    list(12);
    fields(0, false);
    press(INPUT_DOWN);
    type("jjk3", 100);
    expect("select:1 select:2 select:3 select:2 ");
    type("12", 100);
    expect("select:0 select:11 ");
    press(INPUT_END);
    press(INPUT_HOME);
    press(INPUT_PAGE_DOWN);
    expect("select:0 select:8 ");
    press(INPUT_ENTER);
    press(INPUT_ESCAPE);
    expect("next:0 back:0 ");
    type("f?", 100);
    expect("action:102 help:0 ");
}

static void a_matrix_takes_arrows_letters_and_digits(void **state)
{
    (void)state;
    view.matrix.column_count = 3;
    view.matrix.row_count = 4;
    fields(0, false);
    press(INPUT_DOWN);
    press(INPUT_RIGHT);
    press(INPUT_UP);
    expect("select:16 select:17 select:1 ");
    type("jlkh", 100);
    expect("select:17 select:18 select:2 select:1 ");
    type("409", 100);
    expect("select:49 ");
    press(INPUT_DOWN); /* there is no more */
    press(INPUT_HOME);
    press(INPUT_END);
    press(INPUT_PAGE_UP);
    expect("select:48 select:50 select:2 ");
    press(INPUT_ENTER);
    press(INPUT_ESCAPE);
    type("f?xé", 100);
    expect("next:0 back:0 action:102 help:0 ");
    press(INPUT_TAB); /* to the footer and back */
    press(INPUT_DOWN);
    expect("");
    press(INPUT_TAB);
    press(INPUT_DOWN);
    expect("select:18 ");
    state_.lines_total = 30;
    state_.lines_height = 4;
    press(INPUT_PAGE_DOWN); /* long lines below it scroll */
    expect("scroll:3 ");
}

static void on_a_wide_row_left_and_right_turn_where_the_page_says_so(void **state)
{
    (void)state;
    view.matrix.row_count = 2;
    view.matrix.rows[0].wide = view.matrix.rows[1].wide = true;
    fields(0, false);
    press(INPUT_RIGHT);
    type("h", 100);
    expect("");
    view.turns = true;
    press(INPUT_RIGHT);
    press(INPUT_LEFT);
    type("hl", 100);
    press(INPUT_DOWN);
    expect("turn:1 turn:-1 turn:-1 turn:1 select:16 ");
}

static void a_long_list_can_be_filtered(void **state)
{
    (void)state;
    list(12);
    fields(0, false);
    type("/odd", 100);
    expect("select:1 ");
    press(INPUT_DOWN);
    expect("select:3 ");
    press(INPUT_ESCAPE);
    assert_false(state_.list.filtering);
    assert_int_equal(state_.list.filter.len, 0);
    expect("");
    type("/", 100);
    press(INPUT_ENTER);
    expect("");
    press(INPUT_ENTER);
    expect("next:0 ");
}

static void tab_goes_through_list_fields_and_footer(void **state)
{
    (void)state;
    list(3);
    view.focus = 2;
    fields(2, false);
    press(INPUT_TAB);
    press(INPUT_TAB);
    press(INPUT_TAB);
    expect("focus:0 focus:1 focus:2 ");
    assert_int_equal(state_focus(&state_, &view), FOCUS_FOOTER);
    press(INPUT_TAB);
    assert_int_equal(state_focus(&state_, &view), FOCUS_LIST);
    expect("");
    press(INPUT_BACKTAB);
    assert_int_equal(state_focus(&state_, &view), FOCUS_FOOTER);
    press(INPUT_RIGHT);
    press(INPUT_ENTER);
    expect("action:102 ");
    press(INPUT_LEFT);
    press(INPUT_ENTER);
    expect("next:0 ");
}

static void fields_are_edited_and_told_as_a_whole(void **state)
{
    (void)state;
    fields(2, false);
    type("ab", 100);
    expect("text=a text=ab ");
    press(INPUT_LEFT);
    type("?", 100);
    expect("text=a?b ");
    press(INPUT_DOWN);
    expect("focus:1 ");
    press(INPUT_UP);
    expect("focus:0 ");
    press(INPUT_CLEAR);
    keys_settle(&state_, &view, on_event, NULL);
    expect("text= ");
    type("x\n", 100);
    expect("text=x next:0 ");
}

static void typing_beside_a_list_means_the_field(void **state)
{
    (void)state;
    list(3);
    view.focus = 1;
    fields(1, false);
    type("https", 100);
    expect("focus:0 text=h text=ht text=htt text=http text=https ");
}

static void a_paste_goes_to_the_field_and_sends_nothing_off(void **state)
{
    (void)state;
    list(3);
    view.focus = 1;
    fields(1, false);
    paste("https://x\n");
    expect("focus:0 text=https://x  ");
    press(INPUT_ENTER);
    expect("next:0 ");
}

static void a_fast_line_is_a_paste_too(void **state)
{
    (void)state;
    fields(1, false);
    type("team:web region:eu\n", 0);
    expect("text=team:web region:eu  ");
    now += 100;
    type("\n", 100);
    expect("next:0 ");
    press(INPUT_CLEAR);
    type("env:prod\n", 0); /* few characters: somebody types ahead */
    expect("text=env:prod next:0 ");
}

static void a_pasted_key_is_told_at_once_and_only_enter_sends_it(void **state)
{
    (void)state;
    fields(1, true);
    paste("0123456789abcdef0123456789abcdef\n");
    expect("key:32 ");
    press(INPUT_ENTER);
    expect("next:0 ");
}

static void a_key_that_comes_fast_without_brackets_is_a_paste(void **state)
{
    (void)state;
    fields(1, true);
    type("0123456789abcdef0123456789abcdef\n", 0);
    expect("key:32 ");
}

static void a_typed_key_is_told_when_it_is_done(void **state)
{
    (void)state;
    fields(1, true);
    type("0123456789ab", 100);
    expect("");
    press(INPUT_TAB);
    expect("key:12 focus:1 ");
    press(INPUT_TAB);
    type("c\n", 100);
    expect("focus:0 key:13 next:0 ");
    assert_string_equal(dl_key_text(last_key), "0123456789abc");
}

static void taking_one_character_of_a_key_away_takes_all(void **state)
{
    (void)state;
    fields(1, true);
    type("0123", 100);
    press(INPUT_BACKSPACE);
    expect(""); /* nobody knew of it */
    assert_null(state_.mask.key);
    paste("abcdef");
    expect("key:6 ");
    press(INPUT_CLEAR);
    expect("key:0 ");
    assert_null(last_key);
    press(INPUT_ENTER);
    expect("next:0 ");
}

static void a_key_the_machine_threw_away_is_wiped_here_too(void **state)
{
    (void)state;
    fields(1, true);
    paste("abcdef");
    view.fields[0].filled = false;
    state_sync(&state_, &view);
    assert_null(state_.mask.key);
}

static void another_page_forgets_everything(void **state)
{
    (void)state;
    fields(1, true);
    type("0123", 100);
    view.page++;
    state_sync(&state_, &view);
    assert_null(state_.mask.key);
    assert_false(state_.text_waits);
}

static void long_text_scrolls_within_its_ends(void **state)
{
    (void)state;
    fields(0, false);
    state_.lines_total = 20;
    state_.lines_height = 8;
    press(INPUT_PAGE_DOWN);
    expect("scroll:7 ");
    state_.top = 7;
    press(INPUT_PAGE_DOWN);
    expect("scroll:5 ");
    state_.top = 12;
    press(INPUT_DOWN);
    expect("");
    press(INPUT_UP);
    press(INPUT_HOME);
    expect("scroll:-1 scroll:-11 ");
}

static void keys_that_work_everywhere(void **state)
{
    (void)state;
    fields(1, false);
    assert_int_equal(press(INPUT_REDRAW), KEYS_REDRAW);
    assert_int_equal(press(INPUT_SUSPEND), KEYS_SUSPEND);
    press(INPUT_HELP);
    press(INPUT_QUIT);
    press(INPUT_NOTHING);
    expect("help:0 quit:0 ");
}

static void what_was_typed_is_told_before_help_or_quit(void **state)
{
    (void)state;
    fields(1, true);
    type("0123", 100);
    press(INPUT_HELP);
    expect("key:4 help:0 ");
}

int main(void)
{
#define KEYS_TEST(name) cmocka_unit_test_setup_teardown(name, fresh, done)
    const struct CMUnitTest tests[] = {
        KEYS_TEST(the_list_takes_arrows_letters_and_digits),
        KEYS_TEST(a_matrix_takes_arrows_letters_and_digits),
        KEYS_TEST(on_a_wide_row_left_and_right_turn_where_the_page_says_so),
        KEYS_TEST(a_long_list_can_be_filtered),
        KEYS_TEST(tab_goes_through_list_fields_and_footer),
        KEYS_TEST(fields_are_edited_and_told_as_a_whole),
        KEYS_TEST(typing_beside_a_list_means_the_field),
        KEYS_TEST(a_paste_goes_to_the_field_and_sends_nothing_off),
        KEYS_TEST(a_fast_line_is_a_paste_too),
        KEYS_TEST(a_pasted_key_is_told_at_once_and_only_enter_sends_it),
        KEYS_TEST(a_key_that_comes_fast_without_brackets_is_a_paste),
        KEYS_TEST(a_typed_key_is_told_when_it_is_done),
        KEYS_TEST(taking_one_character_of_a_key_away_takes_all),
        KEYS_TEST(a_key_the_machine_threw_away_is_wiped_here_too),
        KEYS_TEST(another_page_forgets_everything),
        KEYS_TEST(long_text_scrolls_within_its_ends),
        KEYS_TEST(keys_that_work_everywhere),
        KEYS_TEST(what_was_typed_is_told_before_help_or_quit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
