#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "intake/recorder.h"

static void stars_take_the_place_of_the_key(void **state)
{
    char text[] = "a 0123456789 b 01234567890123456789";

    (void)state;
    dl_intake_hide(text, strlen(text), "0123456789");
    assert_string_equal(text, "a ********** b ********************");
    dl_intake_hide(text, strlen(text), NULL);
    dl_intake_hide(text, strlen(text), "a");
    assert_string_equal(text, "a ********** b ********************");
}

static void long_runs_are_masked_and_shorter_ones_are_not(void **state)
{
    char text[] = "/v1/input/0123456789abcdefghijklmnopq/0123456789abcdefghijklmnop";

    (void)state;
    dl_intake_mask(text, strlen(text), 27, false);
    assert_string_equal(text, "/v1/input/***************************/0123456789abcdefghijklmnop");
    char hex[] = "abcdef0123456789 abcdefg0123456789";
    dl_intake_mask(hex, strlen(hex), 16, true);
    assert_string_equal(hex, "**************** abcdefg0123456789");
}

static void members_are_escaped_and_their_keys_masked(void **state)
{
    struct dl_buffer members;

    (void)state;
    dl_buffer_init(&members, 1000);
    assert_int_equal(dl_intake_member(&members, "a\"b", "c\\d"), 0);
    assert_int_equal(dl_intake_member(&members, "x", "k=0123456789abcdef0123456789abcdef"), 0);
    assert_string_equal(dl_buffer_string(&members),
                        "\"a\\\"b\":\"c\\\\d\",\"x\":\"k=********************************\"");
    dl_buffer_free(&members);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stars_take_the_place_of_the_key),
        cmocka_unit_test(long_runs_are_masked_and_shorter_ones_are_not),
        cmocka_unit_test(members_are_escaped_and_their_keys_masked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
