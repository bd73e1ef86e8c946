/* The wizard page by page: what a person does, what is asked of the loop, what is shown. */
#include "drive.h"

#include <string.h>

static void to_key(struct drive *d)
{
    drive_begin(d);
    drive_event(d, SETUP_SELECT, 3, NULL); /* EU1 */
    drive_next(d);
    assert_int_equal(setup_page(d->setup), SETUP_PAGE_KEY);
}

/* With the key kept nowhere, so that page 3 asks nothing. */
static void use_session(struct drive *d)
{
    assert_int_equal(
        dl_config_set(d->config, DL_PROP_KEY_SOURCE, "session", DL_ORIGIN_OPTION, NULL), 0);
}

static void to_tags(struct drive *d)
{
    use_session(d);
    to_key(d);
    drive_key(d, TEST_KEY);
    drive_next(d);
    drive_ok(d, SETUP_CHECK_KEY);
    assert_int_equal(setup_page(d->setup), SETUP_PAGE_TAGS);
}

static void to_review(struct drive *d)
{
    to_tags(d);
    drive_next(d);
    drive_test_ok(d);
    drive_next(d);
    assert_int_equal(setup_page(d->setup), SETUP_PAGE_REVIEW);
}

static void the_way_through_takes_six_key_presses_and_a_paste(void **state)
{
    struct drive *d = *state;
    struct setup_outcome outcome;

    use_session(d);
    drive_begin(d);
    drive_next(d);          /* 1: the site */
    drive_key(d, TEST_KEY); /* the paste */
    drive_next(d);          /* 2: check it */
    drive_ok(d, SETUP_CHECK_KEY);
    drive_next(d); /* 3: no tags */
    drive_test_ok(d);
    drive_next(d); /* 4: to the review */
    drive_next(d); /* 5: write */
    drive_answer(d, SETUP_SAVE, &(struct setup_result){.done = true, .changed = true});
    assert_true(drive_shows(d, "Ready. 33 test logs were accepted by Datadog US1"));
    assert_true(drive_shows(d, "source:acme_widget @test.id:7f3c91be-02d14a6e"));
    drive_next(d); /* 6: end */
    assert_int_equal(drive_effect(d, SETUP_END)->exit_code, 0);
    setup_outcome(d->setup, &outcome);
    assert_true(outcome.over && outcome.saved && outcome.changed && outcome.checked);
    assert_int_equal(outcome.accepted, 33);
    assert_true(setup_draft(d->setup)->verified);
    assert_int_equal(setup_draft(d->setup)->encoding, DL_ENCODING_ZSTD);
}

static void a_pasted_address_names_the_site(void **state)
{
    struct drive *d = *state;

    drive_begin(d);
    drive_event(d, SETUP_FOCUS, 0, NULL);
    drive_event(d, SETUP_TEXT, 0, "https://acme.us5.datadoghq.com/logs?x=1");
    assert_true(drive_shows(d, "US5"));
    drive_next(d);
    assert_string_equal(setup_draft(d->setup)->site->id, "us5");
}

static void what_is_no_site_stays_on_the_page(void **state)
{
    struct drive *d = *state;

    drive_begin(d);
    drive_event(d, SETUP_FOCUS, 0, NULL);
    drive_event(d, SETUP_TEXT, 0, "https://example.com");
    drive_next(d);
    assert_int_equal(setup_page(d->setup), SETUP_PAGE_SITE);
    assert_int_equal(d->view.lines[d->view.line_count - 2].mark, VIEW_FAIL);
}

static void reachability_is_looked_at_behind_the_site_page(void **state)
{
    struct drive *d = *state;

    drive_begin(d);
    assert_non_null(drive_effect(d, SETUP_REACH));
    drive_event(d, SETUP_SELECT, 3, NULL);
    assert_string_equal(drive_effect(d, SETUP_REACH)->config->site->id, "eu1");
    assert_null(drive_effect(d, SETUP_REACH)->key);
    drive_fails(d, SETUP_REACH, DL_E_NET_DNS);
    assert_true(drive_shows(d, "EU1 cannot be reached from here: E-NET-DNS"));
    drive_next(d);
    assert_true(drive_shows(d, "EU1 cannot be reached from here"));
}

static void a_late_answer_for_another_site_is_not_shown(void **state)
{
    struct drive *d = *state;
    struct setup_result late = {.kind = SETUP_REACH, .done = true};

    drive_begin(d);
    late.serial = drive_effect(d, SETUP_REACH)->serial;
    late.error.code = DL_E_NET_DNS;
    drive_event(d, SETUP_SELECT, 3, NULL);
    setup_update(d->setup, &(struct setup_event){.kind = SETUP_DONE, .result = &late}, &d->fx);
    setup_view(d->setup, &d->view);
    assert_false(drive_shows(d, "cannot be reached"));
}

static void an_application_key_is_named_before_the_network_is_used(void **state)
{
    struct drive *d = *state;

    to_key(d);
    drive_key(d, TEST_KEY "01234567");
    assert_true(drive_shows(d, "E-KEY-APPKEY"));
    drive_next(d);
    assert_null(drive_effect(d, SETUP_CHECK_KEY));
    assert_int_equal(setup_page(d->setup), SETUP_PAGE_KEY);
}

static void an_unknown_shape_is_a_warning_and_no_wall(void **state)
{
    struct drive *d = *state;

    to_key(d);
    drive_key(d, "something-else-that-is-no-hex!!!");
    assert_true(drive_shows(d, "Enter checks it all the same"));
    drive_next(d);
    assert_non_null(drive_effect(d, SETUP_CHECK_KEY));
}

static void enter_without_a_key_asks_for_one(void **state)
{
    struct drive *d = *state;

    to_key(d);
    drive_next(d);
    assert_true(drive_shows(d, "Paste or type the key first"));
}

static void a_refused_key_offers_the_ways_out(void **state)
{
    struct drive *d = *state;

    to_key(d);
    drive_key(d, TEST_KEY);
    drive_next(d);
    drive_fails(d, SETUP_CHECK_KEY, DL_E_KEY_403);
    assert_true(drive_shows(d, "E-KEY-403"));
    assert_true(d->view.failed);
    assert_true(drive_offers(d, "f") && drive_offers(d, "e") && drive_offers(d, "s"));
    drive_letter(d, 'e');
    assert_false(d->view.fields[0].filled);
    assert_int_equal(d->view.focus, 0);
    drive_key(d, TEST_KEY);
    drive_next(d);
    drive_fails(d, SETUP_CHECK_KEY, DL_E_KEY_403);
    drive_letter(d, 's');
    assert_int_equal(setup_page(d->setup), SETUP_PAGE_SITE);
}

static void my_site_is_looked_for_with_consent_and_never_at_the_government(void **state)
{
    struct drive *d = *state;
    const struct setup_effect *effect;

    use_session(d);
    to_key(d);
    drive_key(d, TEST_KEY);
    drive_next(d);
    drive_fails(d, SETUP_CHECK_KEY, DL_E_KEY_403);
    drive_letter(d, 'f');
    assert_int_equal(setup_page(d->setup), SETUP_PAGE_FIND);
    assert_int_equal(d->fx.count, 0); /* nothing is sent yet */
    assert_true(drive_shows(d, "sends the key to 6 other Datadog sites"));
    drive_next(d); /* Enter is no */
    assert_int_equal(setup_page(d->setup), SETUP_PAGE_KEY);
    assert_true(drive_shows(d, "E-KEY-403"));
    drive_letter(d, 'f');
    drive_letter(d, 'y');
    effect = drive_effect(d, SETUP_FIND_SITE);
    assert_int_equal(effect->site_count, 6);
    for (size_t i = 0; i < effect->site_count; i++) {
        assert_false(effect->sites[i]->government);
        assert_string_not_equal(effect->sites[i]->id, "eu1");
    }
    drive_answer(d, SETUP_FIND_SITE,
                 &(struct setup_result){.done = true, .site = dl_site_by_id("us5")});
    assert_true(drive_shows(d, "US5 knows this key"));
    drive_next(d);
    assert_string_equal(setup_draft(d->setup)->site->id, "us5");
    assert_int_equal(setup_page(d->setup), SETUP_PAGE_TAGS);
}

static void my_site_is_not_looked_for_behind_a_custom_endpoint(void **state)
{
    struct drive *d = *state;

    assert_int_equal(
        dl_config_set(d->config, DL_PROP_ENDPOINT, "http://127.0.0.1:8080", DL_ORIGIN_OPTION, NULL),
        0);
    to_key(d);
    drive_key(d, TEST_KEY);
    drive_next(d);
    drive_fails(d, SETUP_CHECK_KEY, DL_E_KEY_403);
    assert_false(drive_offers(d, "f"));
}

static void esc_cancels_a_check_that_runs(void **state)
{
    struct drive *d = *state;

    to_key(d);
    drive_key(d, TEST_KEY);
    drive_next(d);
    assert_true(d->view.busy);
    drive_event(d, SETUP_TICK, 0, NULL);
    assert_int_equal(d->view.seconds, 1);
    drive_back(d);
    assert_int_equal(drive_effect(d, SETUP_CANCEL)->what, SETUP_CHECK_KEY);
    assert_false(d->view.busy);
    assert_int_equal(setup_page(d->setup), SETUP_PAGE_KEY);
}

static void a_key_of_the_environment_is_offered_first(void **state)
{
    struct drive *d = *state;

    d->input.environment_key = drive_make_key(TEST_KEY);
    to_key(d);
    assert_int_equal(d->view.item_count, 2);
    assert_string_equal(d->view.items[0].name, "Use the key in DD_API_KEY");
    drive_next(d);
    assert_true(dl_key_equal(drive_effect(d, SETUP_CHECK_KEY)->key, d->input.environment_key));
}

static void a_working_keyring_is_not_asked_about(void **state)
{
    struct drive *d = *state;

    to_key(d);
    drive_answer(d, SETUP_KEYRING_STATUS, &(struct setup_result){.done = true, .label = "Login"});
    drive_key(d, TEST_KEY);
    drive_next(d);
    drive_ok(d, SETUP_CHECK_KEY);
    assert_int_equal(setup_page(d->setup), SETUP_PAGE_TAGS);
}

static void without_a_keyring_a_person_chooses_another_place(void **state)
{
    struct drive *d = *state;

    to_key(d);
    drive_fails(d, SETUP_KEYRING_STATUS, DL_E_KS_NOBUS);
    drive_key(d, TEST_KEY);
    drive_next(d);
    drive_ok(d, SETUP_CHECK_KEY);
    assert_int_equal(setup_page(d->setup), SETUP_PAGE_STORE);
    assert_true(drive_shows(d, "E-KS-NOBUS"));
    drive_event(d, SETUP_SELECT, 2, NULL);
    drive_next(d);
    assert_int_equal(setup_page(d->setup), SETUP_PAGE_PLACE);
    assert_true(drive_shows(d, "LoadCredentialEncrypted=ddlogs_api_key"));
    drive_next(d);
    assert_int_equal(setup_page(d->setup), SETUP_PAGE_TAGS);
    assert_int_equal(setup_draft(d->setup)->key_source, DL_KEY_CREDENTIAL);
    assert_string_equal(setup_draft(d->setup)->key_name, "ddlogs_api_key");
}

static void a_locked_keyring_is_unlocked_only_when_asked(void **state)
{
    struct drive *d = *state;

    to_key(d);
    assert_false(drive_effect(d, SETUP_KEYRING_STATUS)->unlock);
    drive_fails(d, SETUP_KEYRING_STATUS, DL_E_KS_LOCKED);
    drive_key(d, TEST_KEY);
    drive_next(d);
    drive_ok(d, SETUP_CHECK_KEY);
    assert_true(drive_offers(d, "u"));
    drive_letter(d, 'u');
    assert_true(drive_effect(d, SETUP_KEYRING_STATUS)->unlock);
    drive_answer(d, SETUP_KEYRING_STATUS, &(struct setup_result){.done = true, .label = "Login"});
    assert_int_equal(setup_page(d->setup), SETUP_PAGE_TAGS);
}

static void a_key_file_must_hold_the_key_that_was_checked(void **state)
{
    struct drive *d = *state;

    to_key(d);
    drive_fails(d, SETUP_KEYRING_STATUS, DL_E_KS_NOBUS);
    drive_key(d, TEST_KEY);
    drive_next(d);
    drive_ok(d, SETUP_CHECK_KEY);
    drive_event(d, SETUP_SELECT, 3, NULL);
    drive_next(d);
    drive_event(d, SETUP_TEXT, 0, "key");
    drive_next(d);
    assert_true(drive_shows(d, "beginning with /"));
    drive_event(d, SETUP_TEXT, 0, "/home/you/key");
    drive_next(d);
    drive_answer(d, SETUP_READ_KEY,
                 &(struct setup_result){.done = true,
                                        .key = drive_make_key("fedcba9876543210fedcba9876543210")});
    assert_true(drive_shows(d, "another key than the one that was checked"));
    drive_next(d);
    drive_answer(d, SETUP_READ_KEY,
                 &(struct setup_result){.done = true, .key = drive_make_key(TEST_KEY)});
    assert_int_equal(setup_page(d->setup), SETUP_PAGE_TAGS);
}

static void the_key_in_the_keyring_is_used_and_not_stored_again(void **state)
{
    struct drive *d = *state;

    to_key(d);
    drive_answer(d, SETUP_KEYRING_STATUS,
                 &(struct setup_result){.done = true, .label = "Login", .has_key = true});
    assert_string_equal(d->view.items[0].name, "Use the key in the keyring");
    drive_next(d);
    drive_answer(d, SETUP_READ_KEY,
                 &(struct setup_result){.done = true, .key = drive_make_key(TEST_KEY)});
    drive_ok(d, SETUP_CHECK_KEY);
    drive_next(d);
    drive_test_ok(d);
    drive_next(d);
    assert_true(drive_shows(d, "stays in the keyring"));
    drive_next(d);
    assert_null(drive_effect(d, SETUP_SAVE)->key);
}

static void tags_are_shown_as_they_will_be_before_they_are_taken(void **state)
{
    struct drive *d = *state;

    to_tags(d);
    drive_event(d, SETUP_TEXT, 0, "Team:Web");
    assert_true(drive_shows(d, "Team:Web -> team:web"));
    drive_next(d);
    assert_int_equal(setup_page(d->setup), SETUP_PAGE_TAGS);
    assert_string_equal(setup_draft(d->setup)->tags.items[0], "team:web");
    assert_true(drive_shows(d, "\"team\":\"web\"")); /* the preview of one log */
    assert_true(drive_shows(d, "\"ddsource\":\"acme_widget\""));
    drive_event(d, SETUP_TEXT, 0, "source:other");
    drive_next(d);
    assert_true(drive_shows(d, "E-TAG"));
    assert_int_equal(setup_draft(d->setup)->tags.count, 1);
}

static void tags_can_be_removed_and_travel_another_way(void **state)
{
    struct drive *d = *state;

    to_tags(d);
    drive_event(d, SETUP_TEXT, 0, "env:prod,team:web");
    drive_next(d);
    drive_letter(d, 't');
    assert_int_equal(setup_draft(d->setup)->tags_in, DL_TAGS_IN_DDTAGS);
    assert_true(drive_shows(d, "\"ddtags\":\"env:prod,team:web\""));
    drive_event(d, SETUP_SELECT, 0, NULL);
    drive_letter(d, 'd');
    assert_int_equal(setup_draft(d->setup)->tags.count, 1);
    assert_string_equal(setup_draft(d->setup)->tags.items[0], "team:web");
    drive_letter(d, 'a');
    assert_string_equal(setup_draft(d->setup)->tags.items[1], "team:widgets");
}

static void a_failed_test_saves_nothing_by_itself(void **state)
{
    struct drive *d = *state;

    to_tags(d);
    drive_next(d);
    drive_fails(d, SETUP_TEST, DL_E_NET_TIMEOUT);
    assert_true(drive_shows(d, "E-NET-TIMEOUT"));
    drive_next(d); /* repeats */
    drive_fails(d, SETUP_TEST, DL_E_NET_TIMEOUT);
    drive_letter(d, 'a');
    assert_int_equal(setup_page(d->setup), SETUP_PAGE_REVIEW);
    drive_next(d); /* Enter goes back */
    assert_int_equal(setup_page(d->setup), SETUP_PAGE_TEST);
    assert_null(drive_effect(d, SETUP_TEST)); /* and repeats nothing */
    drive_letter(d, 'a');
    drive_letter(d, 'w');
    assert_false(drive_effect(d, SETUP_SAVE)->config->verified);
    drive_answer(d, SETUP_SAVE, &(struct setup_result){.done = true, .changed = true});
    assert_true(drive_shows(d, "not verified"));
}

static void a_test_can_be_cancelled_looked_into_and_compared(void **state)
{
    struct drive *d = *state;

    to_tags(d);
    drive_next(d);
    drive_back(d);
    assert_int_equal(drive_effect(d, SETUP_CANCEL)->what, SETUP_TEST);
    assert_true(drive_shows(d, "Cancelled; nothing is saved."));
    drive_letter(d, 'd');
    assert_string_equal(d->view.title, "Details");
    drive_back(d);
    drive_letter(d, 'w');
    assert_non_null(drive_effect(d, SETUP_REPORT));
    drive_answer(d, SETUP_REPORT,
                 &(struct setup_result){.done = true, .label = "ddlogs-report-1.tar.gz"});
    assert_true(drive_shows(d, "Written: ddlogs-report-1.tar.gz"));
    drive_letter(d, 'w');
    drive_fails(d, SETUP_REPORT, DL_E_REPORT_WRITE);
    assert_true(drive_shows(d, "E-REPORT-WRITE"));
    drive_letter(d, 'o');
    assert_int_equal(drive_effect(d, SETUP_SURVEY)->site_count, DL_SITE_COUNT);
    assert_null(drive_effect(d, SETUP_SURVEY)->key);
    drive_back(d);
    assert_int_equal(setup_page(d->setup), SETUP_PAGE_TEST);
    drive_back(d);
    assert_int_equal(setup_page(d->setup), SETUP_PAGE_TAGS);
}

static void the_review_shows_the_difference_and_the_same_as_a_command(void **state)
{
    struct drive *d = *state;

    drive_save_before(d);
    drive_begin(d);
    drive_event(d, SETUP_SELECT, 3, NULL);
    drive_next(d);
    drive_key(d, TEST_KEY);
    drive_next(d);
    drive_ok(d, SETUP_CHECK_KEY);
    drive_next(d);
    drive_test_ok(d);
    drive_next(d);
    assert_true(drive_shows(d, "ddlogs setup --no-input --integration acme_widget --site eu1"));
    assert_true(drive_shows(d, "--tag env:prod"));
    assert_true(drive_shows(d, "--key-store session"));
    assert_true(drive_shows(d, "--api-key-fd 3 3< KEYFILE"));
    bool added = false, removed = false;
    for (size_t i = 0; i < d->view.line_count; i++) {
        added |= d->view.lines[i].kind == VIEW_ADDED && strstr(d->view.lines[i].left, "eu1");
        removed |= d->view.lines[i].kind == VIEW_REMOVED && strstr(d->view.lines[i].left, "us1");
    }
    assert_true(added && removed);
}

static void a_new_run_shows_what_is_there_and_says_unchanged(void **state)
{
    struct drive *d = *state;

    drive_save_before(d);
    assert_int_equal(dl_config_set(d->config, DL_PROP_ENCODING, "zstd", DL_ORIGIN_FILE, NULL), 0);
    assert_int_equal(dl_config_set(d->saved, DL_PROP_ENCODING, "zstd", DL_ORIGIN_FILE, NULL), 0);
    drive_begin(d);
    assert_true(drive_shows(d, "Now: US1 (as saved)."));
    drive_next(d);
    drive_key(d, TEST_KEY);
    drive_next(d);
    drive_ok(d, SETUP_CHECK_KEY);
    assert_string_equal(d->view.items[0].name, "env:prod");
    drive_next(d);
    drive_test_ok(d);
    drive_next(d);
    assert_true(drive_shows(d, "unchanged"));
    assert_true(dl_config_equal(setup_draft(d->setup), d->saved));
}

static void what_cannot_be_written_is_said_and_can_be_tried_again(void **state)
{
    struct drive *d = *state;

    to_review(d);
    drive_next(d);
    assert_true(d->view.busy);
    drive_fails(d, SETUP_SAVE, DL_E_CFG_CHANGED);
    assert_true(drive_shows(d, "E-CFG-CHANGED"));
    assert_int_equal(setup_page(d->setup), SETUP_PAGE_REVIEW);
    drive_letter(d, 'w');
    assert_non_null(drive_effect(d, SETUP_SAVE));
}

static void a_dry_run_asks_for_nothing_to_be_saved(void **state)
{
    struct drive *d = *state;

    d->input.dry_run = true;
    to_review(d);
    drive_next(d);
    assert_null(drive_effect(d, SETUP_SAVE));
    assert_true(drive_shows(d, "Dry run: nothing was written."));
}

static void check_only_ends_after_the_test(void **state)
{
    struct drive *d = *state;

    d->input.check_only = true;
    to_tags(d);
    drive_next(d);
    drive_test_ok(d);
    drive_next(d);
    assert_int_equal(setup_page(d->setup), SETUP_PAGE_RESULT);
    assert_true(drive_shows(d, "Checked only: nothing was written."));
}

static void one_step_alone_asks_that_step_and_tests(void **state)
{
    struct drive *d = *state;

    drive_save_before(d);
    d->input.only = SETUP_PAGE_TAGS;
    assert_int_equal(dl_config_set(d->config, DL_PROP_KEY_SOURCE, "keyring", DL_ORIGIN_FILE, NULL),
                     0);
    drive_begin(d);
    drive_answer(d, SETUP_READ_KEY,
                 &(struct setup_result){.done = true, .key = drive_make_key(TEST_KEY)});
    assert_int_equal(setup_page(d->setup), SETUP_PAGE_TAGS);
    drive_next(d);
    assert_int_equal(setup_page(d->setup), SETUP_PAGE_TEST);
}

static void several_integrations_are_chosen_from(void **state)
{
    struct drive *d = *state;
    static const char *const names[] = {"acme_widget", "other", NULL};

    d->input.names = names;
    d->input.loaded = NULL;
    drive_begin(d);
    assert_int_equal(d->view.item_count, 2);
    drive_event(d, SETUP_SELECT, 1, NULL);
    drive_next(d);
    assert_string_equal(drive_effect(d, SETUP_LOAD)->name, "other");
    drive_fails(d, SETUP_LOAD, DL_E_MANIFEST);
    assert_true(drive_shows(d, "E-MANIFEST"));
    drive_event(d, SETUP_SELECT, 0, NULL);
    drive_next(d);
    drive_answer(d, SETUP_LOAD, &(struct setup_result){.done = true, .loaded = &d->loaded});
    assert_int_equal(setup_page(d->setup), SETUP_PAGE_SITE);
}

static void warnings_come_first_and_only_when_there_are_some(void **state)
{
    struct drive *d = *state;
    static struct dl_error warning;

    dl_error_set(&warning, DL_E_ENV_OVERRIDE, "DD_SITE=us1 in your shell wins over what you save.");
    d->loaded.warnings = &warning;
    d->loaded.warning_count = 1;
    drive_begin(d);
    assert_true(drive_shows(d, "W-ENV-OVERRIDE: DD_SITE=us1 in your shell"));
    drive_next(d);
    assert_int_equal(setup_page(d->setup), SETUP_PAGE_SITE);
}

static void quitting_asks_once_when_something_was_entered(void **state)
{
    struct drive *d = *state;

    to_key(d);
    drive_key(d, TEST_KEY);
    drive_event(d, SETUP_QUIT, 0, NULL);
    assert_string_equal(d->view.title, "Quit");
    drive_back(d);
    assert_string_equal(d->view.title, "API key");
    drive_event(d, SETUP_QUIT, 0, NULL);
    drive_event(d, SETUP_QUIT, 0, NULL);
    assert_int_equal(drive_effect(d, SETUP_END)->exit_code, 130);
}

static void esc_on_the_first_page_asks_to_quit(void **state)
{
    struct drive *d = *state;

    drive_begin(d);
    drive_back(d);
    assert_string_equal(d->view.title, "Quit");
    drive_next(d);
    assert_int_equal(drive_effect(d, SETUP_END)->exit_code, 130);
}

static void with_no_person_quitting_has_the_exit_code_of_the_failure(void **state)
{
    struct drive *d = *state;

    d->input.no_person = true;
    d->input.key = drive_make_key(TEST_KEY);
    use_session(d);
    assert_int_equal(dl_config_set(d->config, DL_PROP_SITE, "eu1", DL_ORIGIN_OPTION, NULL), 0);
    drive_begin(d);
    drive_next(d);
    drive_next(d);
    drive_fails(d, SETUP_CHECK_KEY, DL_E_KEY_403);
    drive_event(d, SETUP_QUIT, 0, NULL);
    assert_int_equal(drive_effect(d, SETUP_END)->exit_code, 77);
}

static void help_lists_the_keys_of_the_page(void **state)
{
    struct drive *d = *state;

    drive_begin(d);
    drive_event(d, SETUP_HELP, 0, NULL);
    assert_true(d->view.help_page);
    assert_true(drive_shows(d, "all sites"));
    drive_event(d, SETUP_SCROLL, 3, NULL);
    assert_int_equal(d->view.scroll, 3);
    drive_event(d, SETUP_HELP, 0, NULL);
    assert_false(d->view.help_page);
}

static void every_page_counts_as_new_when_it_is_shown_anew(void **state)
{
    struct drive *d = *state;
    unsigned before;

    drive_begin(d);
    before = d->view.page;
    drive_event(d, SETUP_SELECT, 3, NULL);
    assert_int_equal(d->view.page, before);
    drive_next(d);
    assert_int_not_equal(d->view.page, before);
}

#define T(name) cmocka_unit_test_setup_teardown(name, drive_setup, drive_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(the_way_through_takes_six_key_presses_and_a_paste),
        T(a_pasted_address_names_the_site),
        T(what_is_no_site_stays_on_the_page),
        T(reachability_is_looked_at_behind_the_site_page),
        T(a_late_answer_for_another_site_is_not_shown),
        T(an_application_key_is_named_before_the_network_is_used),
        T(an_unknown_shape_is_a_warning_and_no_wall),
        T(enter_without_a_key_asks_for_one),
        T(a_refused_key_offers_the_ways_out),
        T(my_site_is_looked_for_with_consent_and_never_at_the_government),
        T(my_site_is_not_looked_for_behind_a_custom_endpoint),
        T(esc_cancels_a_check_that_runs),
        T(a_key_of_the_environment_is_offered_first),
        T(a_working_keyring_is_not_asked_about),
        T(without_a_keyring_a_person_chooses_another_place),
        T(a_locked_keyring_is_unlocked_only_when_asked),
        T(a_key_file_must_hold_the_key_that_was_checked),
        T(the_key_in_the_keyring_is_used_and_not_stored_again),
        T(tags_are_shown_as_they_will_be_before_they_are_taken),
        T(tags_can_be_removed_and_travel_another_way),
        T(a_failed_test_saves_nothing_by_itself),
        T(a_test_can_be_cancelled_looked_into_and_compared),
        T(the_review_shows_the_difference_and_the_same_as_a_command),
        T(a_new_run_shows_what_is_there_and_says_unchanged),
        T(what_cannot_be_written_is_said_and_can_be_tried_again),
        T(a_dry_run_asks_for_nothing_to_be_saved),
        T(check_only_ends_after_the_test),
        T(one_step_alone_asks_that_step_and_tests),
        T(several_integrations_are_chosen_from),
        T(warnings_come_first_and_only_when_there_are_some),
        T(quitting_asks_once_when_something_was_entered),
        T(esc_on_the_first_page_asks_to_quit),
        T(with_no_person_quitting_has_the_exit_code_of_the_failure),
        T(help_lists_the_keys_of_the_page),
        T(every_page_counts_as_new_when_it_is_shown_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
