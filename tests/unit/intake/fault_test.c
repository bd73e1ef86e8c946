#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "intake/fault.h"

static struct dl_intake_fault parsed(const char *text)
{
    struct dl_intake_fault fault;
    struct dl_error err = {0};

    if (dl_intake_fault_parse(&fault, text, &err) != 0)
        fail_msg("%s: %s", text, err.text);
    return fault;
}

static void assert_refused(const char *text, const char *why)
{
    struct dl_intake_fault fault;
    struct dl_error err = {0};

    assert_int_equal(dl_intake_fault_parse(&fault, text, &err), -DL_E_VALUE);
    if (!strstr(err.text, why))
        fail_msg("%s: \"%s\" does not say \"%s\"", text, err.text, why);
}

static void reads_every_part_of_the_grammar(void **state)
{
    struct dl_intake_fault fault = parsed("status=503@api.datadoghq.eu/api/v1/validate*3:2.5%");

    (void)state;
    assert_int_equal(fault.kind, DL_FAULT_STATUS);
    assert_int_equal(fault.number, 503);
    assert_string_equal(fault.host, "api.datadoghq.eu");
    assert_string_equal(fault.path, "/api/v1/validate");
    assert_int_equal(fault.left, 3);
    assert_true(fault.share > 0.0249 && fault.share < 0.0251);
    fault = parsed("hang");
    assert_int_equal(fault.kind, DL_FAULT_HANG);
    assert_int_equal(fault.left, UINT64_MAX);
    assert_true(fault.share >= 1);
    assert_string_equal(fault.path, "");
}

static void reads_times_in_five_units(void **state)
{
    (void)state;
    assert_int_equal(parsed("delay=200ms").number, 200);
    assert_int_equal(parsed("delay=3s").number, 3000);
    assert_int_equal(parsed("date=-2h").number, -7200000);
    assert_int_equal(parsed("date=10m").number, 600000);
    assert_int_equal(parsed("date=365d").number, 31536000000);
}

static void keeps_signs_of_the_grammar_inside_a_text(void **state)
{
    struct dl_intake_fault fault = parsed("redirect=https://user:pw@portal.example:8443/x?a=b*c");

    (void)state;
    /* what stands behind the last @ and has a slash is the place: a URL with a user cannot be given
     */
    assert_string_equal(fault.host, "portal.example:8443");
    fault = parsed("redirect=https://portal.example:8443/x?a=b");
    assert_string_equal(fault.text, "https://portal.example:8443/x?a=b");
    fault = parsed("header=X-A: b:c*d=50%");
    assert_string_equal(fault.text, "X-A: b:c*d=50%");
    fault = parsed("body=");
    assert_string_equal(fault.text, "");
    fault = parsed("retry-after=-1");
    assert_string_equal(fault.text, "-1");
    fault = parsed("retry-after=Wed, 21 Oct 2026 07:28:00 GMT*2");
    assert_string_equal(fault.text, "Wed, 21 Oct 2026 07:28:00 GMT");
    assert_int_equal(fault.left, 2);
}

static void refuses_what_it_cannot_read_and_says_why(void **state)
{
    char longer[2000] = "body=";

    (void)state;
    memset(longer + 5, 'x', sizeof longer - 6);
    assert_refused("stauts=503", "did you mean \"status\"");
    assert_refused("", "there is no fault");
    assert_refused("status", "needs a value");
    assert_refused("status=99", "200 to 599");
    assert_refused("status=5oo", "\"5oo\" is no CODE");
    assert_refused("status=503:101%", "is no share");
    assert_refused("status=503*0", "is no count");
    assert_refused("hang=3", "takes no value");
    assert_refused("delay=3", "200ms, 3s, 10m or 2h");
    assert_refused("delay=-3s", "is no time");
    assert_refused("delay=9223372036854775807d", "is no time");
    assert_refused("slow=0", "must be 1 to");
    assert_refused("header=X-A", "header=NAME: TEXT");
    assert_refused("header=X-A: b\r\nX-B: c", "control character");
    assert_refused("tls=1.4", "1.0, 1.1, 1.2 or 1.3");
    assert_refused(longer, "longer than");
    longer[1400] = '\0';
    assert_refused(longer, "too long");
}

static void each_kind_of_the_table_can_be_given(void **state)
{
    static const char *const given[DL_FAULT_COUNT] = {[DL_FAULT_STATUS] = "status=500",
                                                      [DL_FAULT_DELAY] = "delay=1s",
                                                      [DL_FAULT_HANG] = "hang",
                                                      [DL_FAULT_DROP] = "drop",
                                                      [DL_FAULT_CUT] = "cut=1",
                                                      [DL_FAULT_CLOSE] = "close",
                                                      [DL_FAULT_RESET] = "reset=1",
                                                      [DL_FAULT_SLOW] = "slow=1",
                                                      [DL_FAULT_HTML] = "html",
                                                      [DL_FAULT_REDIRECT] = "redirect=http://x",
                                                      [DL_FAULT_RETRY_AFTER] = "retry-after=1",
                                                      [DL_FAULT_BODY] = "body=x",
                                                      [DL_FAULT_HEADER] = "header=a: b",
                                                      [DL_FAULT_DATE] = "date=1h",
                                                      [DL_FAULT_RUBBISH] = "rubbish",
                                                      [DL_FAULT_ENDLESS] = "endless",
                                                      [DL_FAULT_HEADERS] = "headers",
                                                      [DL_FAULT_CONTINUE] = "continue=1",
                                                      [DL_FAULT_BOMB] = "bomb=1",
                                                      [DL_FAULT_ECHO_KEY] = "echo-key",
                                                      [DL_FAULT_POISON] = "poison=x",
                                                      [DL_FAULT_TLS] = "tls=1.2"};

    (void)state;
    for (int i = 0; i < DL_FAULT_COUNT; i++)
        assert_int_equal(parsed(given[i]).kind, i);
}

static void a_plan_joins_the_faults_that_apply(void **state)
{
    struct dl_intake_fault faults[] = {parsed("status=503@/a"), parsed("retry-after=5"),
                                       parsed("delay=1s*1"), parsed("delay=2s@h/a")};
    struct dl_intake_plan plan;

    (void)state;
    dl_intake_fault_plan(&plan, faults, 4, 0, 1, "h", "/a");
    assert_int_equal(plan.status, 503);
    assert_string_equal(plan.retry_after, "5");
    assert_int_equal(plan.delay_ms, 3000);
    assert_false(dl_intake_plan_is_raw(&plan));
    dl_intake_fault_plan(&plan, faults, 4, 0, 2, "i", "/b");
    assert_int_equal(plan.status, 429);
    assert_int_equal(plan.delay_ms, 0);
    assert_int_equal(plan.answer_cut, -1);
}

static void a_share_is_kept_to_and_depends_on_the_seed_alone(void **state)
{
    struct dl_intake_fault fault = parsed("status=503:10%"), again = fault;
    unsigned hits = 0, different = 0;
    struct dl_intake_plan a, b;

    (void)state;
    for (uint64_t n = 0; n < 10000; n++) {
        dl_intake_fault_plan(&a, &fault, 1, 42, n, "", "/");
        dl_intake_fault_plan(&b, &again, 1, 42, n, "", "/");
        assert_int_equal(a.any, b.any);
        hits += a.any;
        dl_intake_fault_plan(&b, &again, 1, 43, n, "", "/");
        different += a.any != b.any;
    }
    assert_in_range(hits, 900, 1100);
    assert_true(different > 1000);
    fault = parsed("hang:0%");
    dl_intake_fault_plan(&a, &fault, 1, 42, 1, "", "/");
    assert_false(a.any);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_every_part_of_the_grammar),
        cmocka_unit_test(reads_times_in_five_units),
        cmocka_unit_test(keeps_signs_of_the_grammar_inside_a_text),
        cmocka_unit_test(refuses_what_it_cannot_read_and_says_why),
        cmocka_unit_test(each_kind_of_the_table_can_be_given),
        cmocka_unit_test(a_plan_joins_the_faults_that_apply),
        cmocka_unit_test(a_share_is_kept_to_and_depends_on_the_seed_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
