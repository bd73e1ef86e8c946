/* Whatever comes in whatever order: the wizard stays whole, shows no key, and can be left. */
#include "drive.h"

#include <stdlib.h>
#include <string.h>

static unsigned long seed;

static unsigned long chance(unsigned long below)
{
    seed = seed * 6364136223846793005UL + 1442695040888963407UL;
    return (seed >> 33) % below;
}

static const char *const texts[] = {
    "",
    "env:prod",
    "eu1",
    "https://app.datadoghq.eu/logs",
    "/home/you/key",
    "Team:Web Ops",
    "\033[2J",
    "a,b,c,d",
    "source:x",
    "ddlogs_api_key",
    TEST_KEY,
    "\xff\xfe",
    "=",
    "0",
};

/* The newest effect that was asked of each kind and is still to be answered. */
static struct setup_effect open_effects[SETUP_EFFECT_COUNT];

static void note(const struct drive *d)
{
    for (size_t i = 0; i < d->fx.count; i++)
        open_effects[d->fx.items[i].kind] = d->fx.items[i];
}

static void event(struct drive *d, const struct setup_event *e)
{
    setup_update(d->setup, e, &d->fx);
    note(d);
}

static void person(struct drive *d)
{
    static const enum setup_event_kind kinds[] = {
        SETUP_SELECT, SETUP_FOCUS,  SETUP_TEXT, SETUP_NEXT, SETUP_NEXT,  SETUP_NEXT,
        SETUP_BACK,   SETUP_ACTION, SETUP_HELP, SETUP_TICK, SETUP_SCROLL};
    struct setup_event e = {.kind = kinds[chance(sizeof kinds / sizeof kinds[0])]};

    e.text = texts[chance(sizeof texts / sizeof texts[0])];
    e.number = (long)chance(14) - 2;
    if (e.kind == SETUP_ACTION)
        e.number = "abcdefoorstuwxy\n"[chance(16)];
    event(d, &e);
}

static void answer(struct drive *d)
{
    static const enum dl_code codes[] = {DL_OK,        DL_OK,          DL_OK,
                                         DL_E_KEY_403, DL_E_KS_LOCKED, DL_E_NET_DNS};
    enum setup_effect_kind kind = (enum setup_effect_kind)chance(SETUP_EFFECT_COUNT);
    struct setup_result result = {
        .kind = kind, .serial = open_effects[kind].serial, .done = chance(4) > 0};

    result.serial += chance(10) == 0; /* late or early ones must change nothing */
    result.error.code = codes[chance(sizeof codes / sizeof codes[0])];
    result.has_key = chance(2);
    result.changed = chance(2);
    result.loaded = &d->loaded;
    result.site = chance(2) ? &dl_sites[chance(DL_SITE_COUNT)] : NULL;
    if (chance(2))
        result.key = drive_make_key(TEST_KEY);
    event(d, &(struct setup_event){.kind = SETUP_DONE, .result = &result});
}

static void check_view(const struct drive *d)
{
    const struct view *v = &d->view;

    assert_true(setup_page(d->setup) < SETUP_PAGE_COUNT);
    assert_non_null(v->title);
    assert_non_null(v->question);
    assert_true(v->item_count == 0 || v->cursor < v->item_count);
    assert_true(v->focus <= v->field_count);
    assert_true(v->memory_count < VIEW_MEMORY_MAX);
    for (size_t i = 0; i < v->memory_count; i++) {
        assert_null(strchr(v->memory[i], '\033'));
        assert_null(strstr(v->memory[i], "fedcba98"));
    }
}

static void random_run(struct drive *d, unsigned long number)
{
    seed = number * 7919 + 1;
    memset(open_effects, 0, sizeof open_effects);
    d->input.no_person = number % 5 == 0;
    d->input.check_only = number % 7 == 0;
    d->input.dry_run = number % 11 == 0;
    d->input.only =
        number % 3 == 0 ? (enum setup_page)chance(SETUP_PAGE_COUNT + 1) : SETUP_PAGE_COUNT;
    d->input.environment_key = number % 4 == 0 ? drive_make_key(TEST_KEY) : NULL;
    drive_begin(d);
    note(d);
    for (int i = 0; i < 200; i++) {
        unsigned long what = chance(20);
        if (what == 0)
            event(d,
                  &(struct setup_event){.kind = SETUP_KEY,
                                        .key = drive_make_key("fedcba9876543210fedcba9876543210")});
        else if (what < 8)
            answer(d);
        else
            person(d);
        setup_view(d->setup, &d->view);
        check_view(d);
    }
    event(d, &(struct setup_event){.kind = SETUP_QUIT});
    event(d, &(struct setup_event){.kind = SETUP_QUIT});
    setup_view(d->setup, &d->view);
    assert_true(d->view.over);
    setup_free(d->setup);
    d->setup = NULL;
}

static void random_events_never_break_it_and_two_quits_end_it(void **state)
{
    struct drive *d = *state;

    for (unsigned long number = 0; number < 300; number++)
        random_run(d, number);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(random_events_never_break_it_and_two_quits_end_it,
                                        drive_setup, drive_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
