/* What the doctor makes of its findings, and what it finds on this machine; the network is played
 * for real by tests/fault/doctor.bats. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "../folder.h"
#include "base/clock.h"
#include "base/text.h"
#include "check/internal.h"
#include "check/machine.h"
#include "spool/spool.h"

static struct dl_config *config;
static struct dl_doctor_options options;
static struct dl_error no_error;

static int set_up(void **state)
{
    options = (struct dl_doctor_options){.config_error = &no_error, .key_error = &no_error};
    if (dl_config_new(&config, "acme", NULL) < 0)
        return -1;
    options.config = config;
    return make_folder(state);
}

static int tear_down(void **state)
{
    dl_config_free(config);
    return remove_folder(state);
}

static const char *evidence(const struct dl_stage_report *r, const char *name)
{
    for (size_t i = 0; i < r->evidence_count; i++)
        if (strcmp(r->evidence[i].name, name) == 0)
            return r->evidence[i].value;
    return "";
}

/* ---- the worst of all ---- */

static void a_finding_that_needs_a_person_is_worse_than_one_that_passes(void **state)
{
    (void)state;
    assert_true(dl_doctor_is_worse(DL_E_KEY_403, DL_OK));
    assert_true(dl_doctor_is_worse(DL_E_TLS_CA, DL_E_NET_TIMEOUT)); /* 69 before 75 */
    assert_false(dl_doctor_is_worse(DL_E_NET_TIMEOUT, DL_E_TLS_CA));
    assert_true(dl_doctor_is_worse(DL_E_KEY_403, DL_E_TLS_TIME));    /* 77 before 69 */
    assert_false(dl_doctor_is_worse(DL_E_KEY_INTAKE, DL_E_KEY_403)); /* the first of equals */
}

static void the_worst_of_a_table_is_a_failure_of_machine_or_site(void **state)
{
    struct dl_stage_report tcp = {
        .stage = DL_STAGE_TCP, .result = DL_RESULT_FAIL, .code = DL_E_NET_TIMEOUT};
    struct dl_stage_report tls = {
        .stage = DL_STAGE_TLS, .result = DL_RESULT_FAIL, .code = DL_E_TLS_TIME};
    struct dl_stage_report plan = {
        .stage = DL_STAGE_PLAN, .result = DL_RESULT_WARN, .code = DL_E_KEY_403};
    struct dl_doctor_table table = {.row_count = 2};

    (void)state;
    assert_null(dl_doctor_worst(&table));
    table.machine[DL_STAGE_PLAN] = &plan; /* a warning is no failure */
    assert_null(dl_doctor_worst(&table));
    table.rows[0].reports[DL_STAGE_TCP] = &tcp;
    assert_ptr_equal(dl_doctor_worst(&table), &tcp);
    table.rows[1].reports[DL_STAGE_TLS] = &tls;
    assert_ptr_equal(dl_doctor_worst(&table), &tls);
    assert_ptr_equal(dl_doctor_cause(table.rows[0].reports), &tcp);
    assert_ptr_equal(dl_doctor_cause(table.machine), &plan);
    plan.result = DL_RESULT_SKIP;
    assert_null(dl_doctor_cause(table.machine));
}

/* ---- addresses and clocks ---- */

static void an_address_is_public_or_says_what_it_is(void **state)
{
    static const struct {
        const char *address, *scope;
    } cases[] = {{"10.1.2.3", "private"},       {"172.16.0.1", "private"},
                 {"172.31.255.1", "private"},   {"172.32.0.1", "public"},
                 {"192.168.9.9", "private"},    {"192.169.0.1", "public"},
                 {"100.64.0.1", "private"},     {"100.128.0.1", "public"},
                 {"169.254.1.1", "link-local"}, {"127.8.8.8", "this machine"},
                 {"3.233.1.1", "public"},       {"::1", "this machine"},
                 {"fd00::1", "private"},        {"fe80::1", "link-local"},
                 {"2600:1f18::1", "public"},    {"no address", ""}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(dl_family_scope(cases[i].address), cases[i].scope);
}

static int64_t wall(void)
{
    return 1795000000000; /* 2026-11-18 11:06:40 UTC */
}

static void the_clock_is_judged_at_its_limits(void **state)
{
    static const struct {
        const char *date;
        enum dl_code code;
    } cases[] = {{"Wed, 18 Nov 2026 11:06:40 GMT", DL_OK},
                 {"Wed, 18 Nov 2026 11:11:40 GMT", DL_OK},
                 {"Wed, 18 Nov 2026 11:11:41 GMT", DL_E_CLOCK},
                 {"Thu, 19 Nov 2026 05:06:40 GMT", DL_E_CLOCK},
                 {"Thu, 19 Nov 2026 05:06:41 GMT", DL_E_CLOCK_FAR}, /* 18 h behind */
                 {"Wed, 18 Nov 2026 09:06:40 GMT", DL_E_CLOCK},
                 {"Wed, 18 Nov 2026 09:06:39 GMT", DL_E_CLOCK_FAR}, /* 2 h ahead */
                 {"yesterday", DL_OK},
                 {"", DL_OK}};

    (void)state;
    dl_clock_replace(NULL, wall, NULL);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct dl_stage_report report = {.stage = DL_STAGE_CLOCK};
        char sentence[512] = "";

        assert_int_equal(dl_clock_stage_judge(&report, cases[i].date, sentence, sizeof sentence),
                         cases[i].code);
        assert_int_equal(*sentence != '\0', cases[i].code != DL_OK);
    }
    dl_clock_replace(NULL, NULL, NULL);
}

/* ---- this machine ---- */

static void a_configuration_tells_its_values_and_where_they_are_from(void **state)
{
    struct dl_stage_report report = {.stage = DL_STAGE_CONFIG};
    struct dl_error broken = {0};

    (void)state;
    dl_config_set(config, DL_PROP_SITE, "eu1", DL_ORIGIN_OPTION, NULL);
    dl_config_set(config, DL_PROP_TAGS, "team:web", DL_ORIGIN_FILE, NULL);
    dl_machine_config(&report, &options);
    assert_int_equal(report.result, DL_RESULT_PASS);
    assert_string_equal(evidence(&report, "site"), "eu1 (option)");
    assert_string_equal(evidence(&report, "tags"), "team:web (file)");
    assert_string_equal(evidence(&report, "encoding"), ""); /* a default */
    dl_error_set(&broken, DL_E_CFG_PARSE, "config.json:3:4: no such key");
    options.config_error = &broken;
    memset(&report, 0, sizeof report);
    dl_machine_config(&report, &options);
    assert_int_equal(report.result, DL_RESULT_FAIL);
    assert_int_equal(report.code, DL_E_CFG_PARSE);
}

static void a_value_that_the_environment_hides_is_named(void **state)
{
    struct dl_config *saved;
    char sentence[512];

    (void)state;
    assert_int_equal(dl_config_new(&saved, "acme", NULL), 0);
    dl_config_set(saved, DL_PROP_SITE, "eu1", DL_ORIGIN_FILE, NULL);
    dl_config_set(config, DL_PROP_SITE, "us5", DL_ORIGIN_ENVIRONMENT, NULL);
    assert_false(
        dl_machine_override(NULL, config, DL_PROP_SITE, "c.json", sentence, sizeof sentence));
    assert_true(
        dl_machine_override(saved, config, DL_PROP_SITE, "c.json", sentence, sizeof sentence));
    assert_string_equal(sentence,
                        "DD_SITE=us5 in the environment wins over site \"eu1\" in c.json");
    dl_config_set(config, DL_PROP_SITE, "eu1", DL_ORIGIN_ENVIRONMENT, NULL);
    assert_false(
        dl_machine_override(saved, config, DL_PROP_SITE, "c.json", sentence, sizeof sentence));
    dl_config_free(saved);
}

static void the_source_of_a_key_passes_fails_or_was_not_asked(void **state)
{
    struct dl_stage_report report = {.stage = DL_STAGE_SOURCE};
    struct dl_error locked = {0};

    (void)state;
    dl_machine_source(&report, &options);
    assert_int_equal(report.result, DL_RESULT_SKIP);
    dl_error_set(&locked, DL_E_KS_LOCKED, "the keyring is locked");
    options.key_error = &locked;
    options.key_place = "the keyring";
    dl_machine_source(&report, &options);
    assert_int_equal(report.result, DL_RESULT_FAIL);
    assert_int_equal(report.code, DL_E_KS_LOCKED);
    assert_string_equal(evidence(&report, "place"), "the keyring");
}

static void a_spool_that_nobody_empties_is_a_warning(void **state)
{
    struct dl_stage_report report = {.stage = DL_STAGE_STATE};
    struct dl_spool_entry entry = {.count = 3, .raw_length = 2, .body = "[]", .length = 2};
    struct dl_spool *spool;
    const char *path = in_folder("spool");

    (void)state;
    dl_machine_state(&report, &options);
    assert_int_equal(report.result, DL_RESULT_SKIP);
    dl_config_set(config, DL_PROP_SPOOL, path, DL_ORIGIN_OPTION, NULL);
    dl_machine_state(&report, &options);
    assert_int_equal(report.result, DL_RESULT_PASS); /* nothing yet */
    entry.taken_ms = dl_clock_wall_ms();
    assert_int_equal(dl_spool_open(&spool, path, NULL, NULL), 0);
    assert_int_equal(dl_spool_append(spool, &entry, NULL), 0);
    assert_int_equal(dl_spool_sync(spool, NULL), 0);
    dl_spool_close(spool);
    memset(&report, 0, sizeof report);
    dl_machine_state(&report, &options);
    assert_int_equal(report.result, DL_RESULT_WARN);
    assert_int_equal(report.code, DL_E_SPOOL_WAITS);
    assert_string_equal(evidence(&report, "pending"), "3");
    assert_string_equal(evidence(&report, "owner"), "nobody");
}

static void the_plan_follows_the_cause(void **state)
{
    struct dl_stage_report report = {.stage = DL_STAGE_PLAN};
    struct dl_stage_report cause = {.stage = DL_STAGE_TCP,
                                    .result = DL_RESULT_FAIL,
                                    .code = DL_E_NET_TIMEOUT,
                                    .message = "no answer"};
    struct dl_doctor_row row = {.name = "EU1"};
    static char name[] = "acme";
    struct dl_integration integration = {.name = name, .source = name};
    struct dl_key *key;

    (void)state;
    dl_machine_plan(&report, &options, NULL);
    assert_int_equal(report.result, DL_RESULT_SKIP);
    options.integration = &integration;
    row.reports[DL_STAGE_TCP] = &cause;
    dl_machine_plan(&report, &options, &row);
    assert_int_equal(report.code, DL_E_NET_TIMEOUT);
    assert_non_null(strstr(report.message, "try again"));
    assert_string_equal(evidence(&report, "because"), "E-NET-TIMEOUT: no answer");
    cause.code = DL_E_KEY_403;
    memset(&report, 0, sizeof report);
    dl_machine_plan(&report, &options, &row);
    assert_non_null(strstr(report.message, "until this is mended"));
    assert_int_equal(dl_key_new(&key, "0123456789abcdef0123456789abcdef", 32, NULL), 0);
    options.key = key;
    cause.result = DL_RESULT_PASS;
    memset(&report, 0, sizeof report);
    dl_machine_plan(&report, &options, &row);
    assert_int_equal(report.result, DL_RESULT_PASS);
    assert_string_equal(report.message, "it would deliver to EU1, as gzip");
    dl_key_free(key);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_finding_that_needs_a_person_is_worse_than_one_that_passes),
        TEST(the_worst_of_a_table_is_a_failure_of_machine_or_site),
        TEST(an_address_is_public_or_says_what_it_is),
        TEST(the_clock_is_judged_at_its_limits),
        TEST(a_configuration_tells_its_values_and_where_they_are_from),
        TEST(a_value_that_the_environment_hides_is_named),
        TEST(the_source_of_a_key_passes_fails_or_was_not_asked),
        TEST(a_spool_that_nobody_empties_is_a_warning),
        TEST(the_plan_follows_the_cause),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
