/* No memory, at every single allocation: the page goes on without what it could not have, and can
 * be left. */
#include "oom.h"

#include "kit.h"

static void look(void)
{
    explain_page_view(page, &view);
    assert_non_null(view.title);
    assert_non_null(view.corner);
    for (size_t i = 0; i < view.line_count; i++)
        assert_non_null(view.lines[i].left);
    for (size_t i = 0; i < view.matrix.row_count; i++)
        assert_non_null(view.matrix.rows[i].name);
    assert_true(view.matrix.row < view.matrix.row_count || view.matrix.row_count == 0);
}

static int walks(void *context)
{
    static const struct setup_event person[] = {
        {.kind = SETUP_TURN, .number = 1},
        {.kind = SETUP_ACTION, .number = 'f'},
        {.kind = SETUP_NEXT},
        {.kind = SETUP_HELP},
        {.kind = SETUP_BACK},
        {.kind = SETUP_BACK},
        {.kind = SETUP_ACTION, .number = 'e'},
        {.kind = SETUP_TEXT, .text = "7 eve"},
        {.kind = SETUP_NEXT},
        {.kind = SETUP_BACK},
        {.kind = SETUP_ACTION, .number = 'u'},
    };
    const struct study_options options = {.pipeline = pipeline, .suite = suite, .sample = "8 ann"};
    struct dl_error err = {0};
    int rc = explain_page_new(&page, &options, &err);

    (void)context;
    assert_true((rc == 0) == (page != NULL));
    if (rc != 0)
        return rc;
    look();
    for (size_t i = 0; i < sizeof person / sizeof person[0]; i++) {
        explain_page_event(page, &person[i]);
        look();
    }
    assert_false(explain_page_event(page, &(struct setup_event){.kind = SETUP_QUIT}));
    explain_page_free(page);
    page = NULL;
    view_clear(&view);
    return 0;
}

static void the_page_goes_on_and_can_be_left(void **state)
{
    (void)state;
    oom_some(walks, NULL, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(
        the_page_goes_on_and_can_be_left, open_assets, close_assets)};

    return cmocka_run_group_tests_name("the page of explain without memory", tests, NULL, NULL);
}
