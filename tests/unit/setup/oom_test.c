/* No memory, at every single allocation: the wizard goes on, never breaks, and can be left. */
#include "oom.h"

#include "setup/drive.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "setup/job.h"
#include "setup/save.h"

static void feed(struct setup *s, const struct setup_event *event, struct setup_effects *fx,
                 struct view *view)
{
    setup_update(s, event, fx);
    setup_view(s, view);
    assert_true(view->line_count <= VIEW_LINES_MAX && view->key_count <= VIEW_KEYS_MAX);
    assert_non_null(view->title);
    for (size_t i = 0; i < view->line_count; i++)
        assert_non_null(view->lines[i].text);
    for (size_t i = 0; i < view->item_count; i++)
        assert_non_null(view->items[i].name);
}

/* Every effect gets an answer: all is well. */
static void answer(struct setup *s, struct setup_effects *fx, struct view *view)
{
    static struct dl_stage_report report = {.result = DL_RESULT_PASS, .message = "fine"};

    for (int rounds = 0; fx->count > 0 && rounds < 20; rounds++) {
        const struct setup_effect effect = fx->items[--fx->count];
        struct setup_result result = {.kind = effect.kind,
                                      .serial = effect.serial,
                                      .done = true,
                                      .site = effect.sites[0],
                                      .test_id = "test",
                                      .label = "Login"};

        if (effect.kind == SETUP_CANCEL || effect.kind == SETUP_END)
            continue;
        for (int i = 0; i < DL_STAGE_COUNT; i++)
            result.reports[i] = &report;
        feed(s, &(struct setup_event){.kind = SETUP_DONE, .result = &result}, fx, view);
    }
}

static int walks(void *context)
{
    static const struct setup_event person[] = {
        {.kind = SETUP_SELECT, .number = 3},
        {.kind = SETUP_NEXT},
        {.kind = SETUP_ACTION, .number = 'f'},
        {.kind = SETUP_BACK},
        {.kind = SETUP_NEXT},
        {.kind = SETUP_NEXT},
        {.kind = SETUP_TEXT, .text = "env:prod, team:web Team:Ops"},
        {.kind = SETUP_NEXT},
        {.kind = SETUP_HELP},
        {.kind = SETUP_HELP},
        {.kind = SETUP_NEXT},
        {.kind = SETUP_NEXT},
        {.kind = SETUP_ACTION, .number = 'd'},
        {.kind = SETUP_NEXT},
        {.kind = SETUP_NEXT},
    };
    struct drive *d = context;
    struct setup *s = NULL;
    struct setup_effects fx;
    struct view view = {0};
    struct setup_outcome outcome;
    struct dl_buffer line;
    struct dl_key *key = NULL;
    int rc = setup_new(&s, &d->input, &fx, NULL);

    assert_true((rc == 0) == (s != NULL));
    if (rc != 0)
        return rc;
    answer(s, &fx, &view);
    for (size_t i = 0; i < sizeof person / sizeof person[0]; i++) {
        if (i == 3 && dl_key_new(&key, TEST_KEY, strlen(TEST_KEY), NULL) == 0) {
            feed(s, &(struct setup_event){.kind = SETUP_KEY, .key = key}, &fx, &view);
            answer(s, &fx, &view);
        }
        feed(s, &person[i], &fx, &view);
        answer(s, &fx, &view);
    }
    dl_buffer_init(&line, 100000);
    rc = setup_command_line(s, &line);
    dl_buffer_free(&line);
    setup_outcome(s, &outcome);
    for (int i = 0; i < 3 && !outcome.over; i++) {
        feed(s, &(struct setup_event){.kind = SETUP_QUIT}, &fx, &view);
        setup_outcome(s, &outcome);
    }
    assert_true(outcome.over);
    view_clear(&view);
    setup_free(s);
    return rc;
}

static void the_wizard_goes_on_and_can_be_left(void **state)
{
    oom_each(walks, *state);
}

/* A check that cannot even begin ends with a verdict, so that nobody waits for it. */
static int starts_a_job(void *context)
{
    struct drive *d = context;
    struct job_world world = {.integration = d->integration};
    struct setup_effect effect = {.kind = SETUP_CHECK_KEY, .serial = 7, .config = d->config};
    struct dl_key *key = NULL;
    struct setup_result result;
    struct job job = {0};
    int rc = dl_key_new(&key, TEST_KEY, strlen(TEST_KEY), NULL);

    if (rc != 0)
        return rc;
    effect.key = key;
    job_start(&job, &world, &effect, NULL);
    job_step(&job);
    assert_true(job_over(&job)); /* there is no site: it fails in any case */
    job_result(&job, &result);
    assert_true(result.done);
    assert_int_equal(result.serial, 7);
    assert_int_not_equal(result.error.code, DL_OK);
    job_end(&job);
    dl_key_free(key);
    return 0;
}

static void a_check_that_cannot_begin_is_over(void **state)
{
    oom_each(starts_a_job, *state);
}

static int saves(void *context)
{
    struct drive *d = context;
    char path[200];
    struct setup_effect effect = {.kind = SETUP_SAVE, .config = d->config, .name = path};
    struct save *save = NULL;
    struct dl_error err = {0};
    bool changed = false;
    int rc;

    (void)snprintf(path, sizeof path, "%s/config.json", d->folder);
    rc = save_start(&save, &effect, NULL, &err);
    assert_true((rc == 0) == (save != NULL));
    if (rc == 0)
        rc = save_step(save, &changed, &err);
    assert_true((access(path, F_OK) == 0) == changed);
    save_free(save);
    (void)unlink(path);
    (void)snprintf(path, sizeof path, "%s/config.json.lock", d->folder);
    (void)unlink(path);
    return rc;
}

static void the_configuration_is_saved_whole_or_not_at_all(void **state)
{
    oom_each(saves, *state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_wizard_goes_on_and_can_be_left, drive_setup,
                                        drive_teardown),
        cmocka_unit_test_setup_teardown(a_check_that_cannot_begin_is_over, drive_setup,
                                        drive_teardown),
        cmocka_unit_test_setup_teardown(the_configuration_is_saved_whole_or_not_at_all, drive_setup,
                                        drive_teardown),
    };
    return cmocka_run_group_tests_name("the wizard without memory", tests, NULL, NULL);
}
