/* Whatever is pressed while whatever table comes, at whatever size: the page stays whole, shows
 * what is selected, and can be left. Keys go the whole way through the screen, but for the
 * terminal.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/text.h"
#include "doctor/page.h"
#include "doctor/scenes.h"
#include "screen/compose.h"
#include "screen/keys.h"

static unsigned long seed;

static unsigned long chance(unsigned long below)
{
    seed = seed * 6364136223846793005UL + 1442695040888963407UL;
    return (seed >> 33) % below;
}

static struct scene scene;
static struct doctor_page *page;
static struct view view;
static struct screen_state screen;
static struct composition composition;
static struct doctor_news news;
static int rows, columns;
static enum doctor_wish wish;
static size_t wished_row;

static void look(void)
{
    doctor_page_view(page, &view);
    state_sync(&screen, &view);
    compose(&composition, &view, &screen, rows, columns, rows % 2 == 0);
}

static void on_event(void *loop, const struct setup_event *event)
{
    const struct doctor_effect effect = doctor_page_event(page, event);

    (void)loop;
    if (effect.wish != DOCTOR_NOTHING) {
        wish = effect.wish;
        wished_row = effect.row;
    }
    look();
}

static void person(void)
{
    static const enum input_code codes[] = {
        INPUT_UP,   INPUT_DOWN, INPUT_LEFT,    INPUT_RIGHT,     INPUT_HOME,   INPUT_END,
        INPUT_DOWN, INPUT_DOWN, INPUT_PAGE_UP, INPUT_PAGE_DOWN, INPUT_ENTER,  INPUT_TAB,
        INPUT_HELP, INPUT_LEFT, INPUT_ESCAPE,  INPUT_BACKTAB,   INPUT_REDRAW, INPUT_PASTE_BEGIN};
    static const char letters[] = "hjkl0123456789roww?/x~";
    struct input_key key = {.code = codes[chance(sizeof codes / sizeof codes[0])]};

    if (chance(3) == 0)
        key = (struct input_key){.code = INPUT_CHARACTER,
                                 .character = (unsigned char)letters[chance(sizeof letters - 1)],
                                 .pasted = chance(20) == 0};
    keys_apply(&screen, &view, &key, (int64_t)seed % 1000, on_event, NULL);
}

static void another_table(void)
{
    static const unsigned stages[] = {SCENE_STAGES, SCENE_ALL_STAGES, DL_STAGES_REACH, 0};
    bool all = wish == DOCTOR_ONE_SITE ? false : wish == DOCTOR_ALL_SITES || chance(4) > 0;

    scene_make(&scene, (enum scene_kind)chance(SCENE_COUNT),
               stages[chance(sizeof stages / sizeof stages[0])],
               all ? NULL : &dl_sites[chance(DL_SITE_COUNT)]);
    if (chance(10) == 0)
        scene.table.row_count = 0;
    if (chance(10) == 0)
        memset(scene.table.machine, 0, sizeof scene.table.machine);
    news = (struct doctor_news){.table = chance(40) ? &scene.table : NULL,
                                .all = all,
                                .done = chance(2),
                                .seconds = (long)chance(100000)};
    wish = DOCTOR_NOTHING;
    doctor_page_set(page, &news);
    doctor_page_set_watch(page, chance(2) ? "again in 12 s" : "");
    if (chance(8) == 0)
        doctor_page_fail(page, &(struct dl_error){.code = DL_E_CFG_PERM, .text = "no \033[2J"});
}

static void check(void)
{
    const struct view_matrix *matrix = &view.matrix;
    bool waits = layout_size(rows, columns) == LAYOUT_WAIT;

    assert_true(matrix->row_count == 0 || matrix->row < matrix->row_count);
    assert_true(matrix->column_count == 0 || matrix->column < matrix->column_count);
    assert_true(wish != DOCTOR_ONE_SITE || wished_row < scene.table.row_count);
    assert_true(view.memory_count < VIEW_MEMORY_MAX);
    assert_int_equal(composition.cursor_row >= 0, !waits && matrix->row_count > 0);
    for (size_t i = 0; i < view.memory_count; i++)
        assert_null(strchr(view.memory[i], '\033'));
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
    const struct doctor_page_options options = {
        .site = number % 3 ? &dl_sites[number % DL_SITE_COUNT] : NULL,
        .one_alone = number % 7 == 0};

    seed = number * 7919 + 1;
    memset(&screen, 0, sizeof screen);
    wish = DOCTOR_NOTHING;
    rows = columns = 0;
    assert_int_equal(doctor_page_new(&page, &options, NULL), 0);
    for (int i = 0; i < 120; i++) {
        if (i == 0 || chance(12) == 0)
            another_table();
        if (i == 0 || chance(10) == 0) {
            rows = 5 + (int)chance(40);
            columns = 30 + (int)chance(100);
        }
        look();
        check();
        person();
        look();
        check();
    }
    on_event(NULL, &(struct setup_event){.kind = SETUP_QUIT});
    assert_int_equal(wish, DOCTOR_QUIT);
    doctor_page_free(page);
    state_free(&screen);
    view_clear(&view);
}

static void random_keys_and_tables_never_break_it(void **state)
{
    (void)state;
    compose_init(&composition);
    for (unsigned long number = 0; number < 200; number++)
        random_run(number);
    compose_free(&composition);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(random_keys_and_tables_never_break_it)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
