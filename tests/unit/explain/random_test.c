/* Whatever is pressed at whatever size: the page stays whole, shows what is selected, lets no
 * control character through, and can be left. Keys go the whole way through the screen, but for the
 * terminal. */
#include "kit.h"

#include "base/text.h"
#include "screen/compose.h"
#include "screen/keys.h"

static unsigned long seed;

static unsigned long chance(unsigned long below)
{
    seed = seed * 6364136223846793005UL + 1442695040888963407UL;
    return (seed >> 33) % below;
}

static struct screen_state screen;
static struct composition composition;
static int rows, columns;
static bool over;

static void look(void)
{
    explain_page_view(page, &view);
    state_sync(&screen, &view);
    compose(&composition, &view, &screen, rows, columns, rows % 2 == 0);
}

static void on_event(void *loop, const struct setup_event *event)
{
    (void)loop;
    over = !explain_page_event(page, event);
    look();
}

static void person(void)
{
    static const enum input_code codes[] = {
        INPUT_UP,   INPUT_DOWN, INPUT_LEFT,    INPUT_RIGHT,     INPUT_HOME,  INPUT_END,
        INPUT_DOWN, INPUT_DOWN, INPUT_PAGE_UP, INPUT_PAGE_DOWN, INPUT_ENTER, INPUT_TAB,
        INPUT_HELP, INPUT_LEFT, INPUT_ESCAPE,  INPUT_BACKTAB,   INPUT_CLEAR, INPUT_PASTE_BEGIN};
    static const char letters[] = "hjklefuef07 {}\":?x~q";
    struct input_key key = {.code = codes[chance(sizeof codes / sizeof codes[0])]};

    if (chance(2) == 0)
        key = (struct input_key){.code = INPUT_CHARACTER,
                                 .character = (unsigned char)letters[chance(sizeof letters - 1)],
                                 .pasted = chance(20) == 0};
    keys_apply(&screen, &view, &key, (int64_t)seed % 1000, on_event, NULL);
    keys_settle(&screen, &view, on_event, NULL);
}

static void check(void)
{
    bool waits = layout_size(rows, columns) == LAYOUT_WAIT;

    assert_true(view.matrix.row_count == 0 || view.matrix.row < view.matrix.row_count);
    assert_true(view.memory_count < VIEW_MEMORY_MAX);
    for (size_t i = 0; i < view.memory_count; i++)
        for (const char *c = view.memory[i]; *c; c++)
            assert_true((unsigned char)*c >= ' ');
    for (int i = 0; !waits && i < PLACED_COUNT; i++) {
        const struct placed *part = &composition.parts[i];
        assert_true(part->row >= 0 && part->row + part->height <= rows);
        for (size_t k = 0; k < part->sheet.count; k++) {
            const struct span *span = &part->sheet.spans[k];
            int end = span->column + (int)dl_text_width(sheet_text(&part->sheet, span));
            assert_true(span->column >= 0 && end <= columns);
        }
    }
}

static void random_run(unsigned long number)
{
    static const char *const samples[] = {NULL, "8 ann", "{\"a\x1b[2J\":\"\x07\",\"code\":7}",
                                          "\xff\x1b]0;t\x07 日本語 e\xcc\x81", ""};
    const struct study_options options = {.pipeline = pipeline,
                                          .suite = suite,
                                          .sample =
                                              samples[number % (sizeof samples / sizeof *samples)]};

    seed = number * 7919 + 1;
    memset(&screen, 0, sizeof screen);
    assert_int_equal(explain_page_new(&page, &options, NULL), 0);
    for (int i = 0; i < 150; i++) {
        if (i == 0 || chance(10) == 0) {
            rows = 5 + (int)chance(40);
            columns = 30 + (int)chance(140);
        }
        look();
        check();
        person();
        look();
        check();
    }
    on_event(NULL, &(struct setup_event){.kind = SETUP_QUIT});
    assert_true(over);
    explain_page_free(page);
    page = NULL;
    state_free(&screen);
    view_clear(&view);
}

static void random_keys_never_break_it(void **state)
{
    (void)state;
    compose_init(&composition);
    for (unsigned long number = 0; number < 200; number++)
        random_run(number);
    compose_free(&composition);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(random_keys_never_break_it, open_assets, close_assets)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
