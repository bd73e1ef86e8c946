#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "intake/auth.h"

static const char key[] = "0123456789abcdef0123456789ABCDEF";

static void accepts_the_one_key_alone(void **state)
{
    struct dl_intake_auth auth;

    (void)state;
    assert_int_equal(dl_intake_auth_init(&auth, key, NULL, NULL), 0);
    assert_true(dl_intake_auth_accepts(&auth, key));
    assert_false(dl_intake_auth_accepts(&auth, "0123456789abcdef0123456789ABCDE"));
    assert_false(dl_intake_auth_accepts(&auth, "0123456789abcdef0123456789ABCDEFF"));
    assert_false(dl_intake_auth_accepts(&auth, "0123456789abcdef0123456789abcdef"));
    assert_false(dl_intake_auth_accepts(&auth, ""));
}

static void a_key_that_is_no_key_of_datadog_can_be_the_one(void **state)
{
    struct dl_intake_auth auth;

    (void)state;
    assert_int_equal(dl_intake_auth_init(&auth, "demo", NULL, NULL), 0);
    assert_true(dl_intake_auth_accepts(&auth, "demo"));
    assert_false(dl_intake_auth_accepts(&auth, key));
}

static void keeps_no_copy_of_the_key_and_another_salt_each_time(void **state)
{
    struct dl_intake_auth a, b;

    (void)state;
    assert_int_equal(dl_intake_auth_init(&a, key, NULL, NULL), 0);
    assert_int_equal(dl_intake_auth_init(&b, key, NULL, NULL), 0);
    assert_null(memmem(&a, sizeof a, key, 8));
    assert_memory_not_equal(a.salt, b.salt, DL_INTAKE_SALT_SIZE);
    assert_memory_not_equal(a.hash, b.hash, DL_INTAKE_HASH_SIZE);
}

static void reads_the_hash_that_sha256sum_prints(void **state)
{
    struct dl_intake_auth auth;

    (void)state;
    /* the sum of "ab", the salt, and "key" */
    assert_int_equal(
        dl_intake_auth_init(&auth, NULL,
                            "6162:51a7328fd43ffde694029c1357560eb2bd9b7d2743576cca1863fe64b057b08b",
                            NULL),
        0);
    assert_true(dl_intake_auth_accepts(&auth, "key"));
    assert_false(dl_intake_auth_accepts(&auth, "another"));
}

static void refuses_a_hash_of_another_form(void **state)
{
    static const char *const bad[] = {"",        ":",      "6162",  "6162:", ":00",
                                      "6162:00", "616:00", "zz:00", NULL};
    char sum[65], text[300];
    struct dl_intake_auth auth;
    struct dl_error err;

    (void)state;
    for (const char *const *hash = bad; *hash; hash++)
        assert_int_equal(dl_intake_auth_init(&auth, NULL, *hash, &err), -DL_E_VALUE);
    memset(sum, '0', 64);
    sum[64] = '\0';
    snprintf(text, sizeof text, "%0130d:%s", 0, sum); /* a salt of 65 bytes */
    assert_int_equal(dl_intake_auth_init(&auth, NULL, text, &err), -DL_E_VALUE);
    snprintf(text, sizeof text, "00:%s00", sum);
    assert_int_equal(dl_intake_auth_init(&auth, NULL, text, &err), -DL_E_VALUE);
    assert_non_null(strstr(err.text, "SALT:SHA256"));
    assert_int_equal(dl_intake_auth_init(&auth, "", NULL, &err), -DL_E_VALUE);
    assert_int_equal(dl_intake_auth_init(&auth, key, "00:00", &err), -DL_E_VALUE);
}

static void without_one_accepts_every_key_of_32_digits(void **state)
{
    struct dl_intake_auth auth;

    (void)state;
    assert_int_equal(dl_intake_auth_init(&auth, NULL, NULL, NULL), 0);
    assert_true(dl_intake_auth_accepts(&auth, key));
    assert_false(dl_intake_auth_accepts(&auth, "0123456789abcdef0123456789ABCDE"));
    assert_false(dl_intake_auth_accepts(&auth, "0123456789abcdef0123456789ABCDEF0"));
    assert_false(dl_intake_auth_accepts(&auth, "0123456789abcdef0123456789ABCDEG"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepts_the_one_key_alone),
        cmocka_unit_test(a_key_that_is_no_key_of_datadog_can_be_the_one),
        cmocka_unit_test(keeps_no_copy_of_the_key_and_another_salt_each_time),
        cmocka_unit_test(reads_the_hash_that_sha256sum_prints),
        cmocka_unit_test(refuses_a_hash_of_another_form),
        cmocka_unit_test(without_one_accepts_every_key_of_32_digits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
