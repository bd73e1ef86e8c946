/* No memory, at every single allocation: the doctor's page goes on with less, and can be left. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "doctor/page.h"
#include "doctor/scenes.h"
#include "oom.h"

static struct scene scene;
static struct view view;

static void look(const struct doctor_page *page)
{
    doctor_page_view(page, &view);
    assert_non_null(view.title);
    assert_non_null(view.corner);
    for (size_t i = 0; i < view.line_count; i++)
        assert_non_null(view.lines[i].text);
    for (size_t i = 0; i < view.matrix.row_count; i++)
        assert_non_null(view.matrix.rows[i].name);
    assert_true(view.matrix.row < view.matrix.row_count || view.matrix.row_count == 0);
}

static int walks(void *context)
{
    static const struct setup_event person[] = {
        {.kind = SETUP_SELECT, .number = 5 * VIEW_CELLS_MAX + 3},
        {.kind = SETUP_NEXT},
        {.kind = SETUP_HELP},
        {.kind = SETUP_BACK},
        {.kind = SETUP_ACTION, .number = 'o'},
    };
    const struct doctor_page_options options = {.site = &dl_sites[3]};
    const struct doctor_news news = {.table = &scene.table, .all = true, .done = true};
    struct doctor_page *page = NULL;
    struct dl_error err = {0};
    int rc = doctor_page_new(&page, &options, &err);

    (void)context;
    assert_true((rc == 0) == (page != NULL));
    if (rc != 0)
        return rc;
    doctor_page_set(page, &news);
    look(page);
    for (size_t i = 0; i < sizeof person / sizeof person[0]; i++) {
        doctor_page_event(page, &person[i]);
        look(page);
    }
    assert_int_equal(doctor_page_event(page, &(struct setup_event){.kind = SETUP_QUIT}).wish,
                     DOCTOR_QUIT);
    doctor_page_free(page);
    view_clear(&view);
    return 0;
}

static void the_page_goes_on_and_can_be_left(void **state)
{
    (void)state;
    scene_make(&scene, SCENE_BROKEN, SCENE_STAGES, NULL);
    oom_some(walks, NULL, 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_page_goes_on_and_can_be_left)};

    return cmocka_run_group_tests_name("the doctor's page without memory", tests, NULL, NULL);
}
